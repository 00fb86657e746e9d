"""The page of one session: what it was in words, left beside right, its sets, and what was said of it."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Sequence
from functools import partial

from nicegui import ui

from tracker import plots
from tracker.app.editing import entry_words
from tracker.app.library import changed_words
from tracker.app.meanings import Meaning, noted, only_training, session_was, tagged_with
from tracker.app.pages.review.addresses import export_address, set_address
from tracker.app.pages.review.corrections import Corrections
from tracker.app.pages.review.fields import SetFields, number_of
from tracker.app.pages.review.frame import (
    Cell,
    Text,
    button,
    figure,
    framed,
    link,
    section,
    table,
    words_list,
)
from tracker.app.pages.review.set_page import not_counted_table, set_title
from tracker.app.pages.review.shelf import Opened, Shelf
from tracker.app.wording import (
    NOBODY,
    NOT_MEASURED,
    balance_cells,
    median_range_words,
    minute_words,
    tilt_words,
)
from tracker.archive.changed import changed_results
from tracker.archive.export.formats import FORMATS
from tracker.archive.listed import SessionRow
from tracker.coaching.edits import Trim, edit_words, standing, undone
from tracker.coaching.group import Group
from tracker.coaching.progression import gate_words
from tracker.coaching.results import Session, Set, Verdict
from tracker.coaching.summary import summary_of
from tracker.errors import TrackerError

COLUMNS = ("set", "reps", "clean", "tried", "range", "next load", "why, between first and last rep")
"""Of the table of sets."""


async def session_page(shelf: Shelf, name: str) -> None:
    """Build the page of a session; InputError where there is none."""
    opened = await shelf.open(name)
    with framed(name, ("Sessions", "/")):

        async def redraw() -> None:
            now = await shelf.open(name)
            body.clear()
            with body:
                _draw(now, shelf, corrections)

        corrections = Corrections(shelf, name, redraw)
        with ui.element("div") as body:
            _draw(opened, shelf, corrections)


def _draw(opened: Opened, shelf: Shelf, corrections: Corrections) -> None:
    corrections.shown, session = opened, opened.session
    _facts(opened)
    words_list(summary_of(session), "summary")
    _files(opened.row.name)
    if session.sets:
        with section("Sets"):
            table("Sets of this session", COLUMNS, [_set_row(opened.row.name, one) for one in session.sets])
    if session.balance:
        _left_and_right(session)
    left_out = [edit_words(edit) for edit in opened.said.edits if isinstance(edit, Trim)]
    if notes := [*left_out, *filter(None, [tilt_words(session)]), *session.warnings]:
        with section("What must be known of these numbers"):
            words_list(notes, "notes")
    with section("Not counted"):
        not_counted_table("Motions that were not counted", session.rejected, corrections)
    _said(opened, corrections)
    _say(session, corrections)
    _of_that_day(opened.row, shelf)


def _facts(opened: Opened) -> None:
    session = opened.session
    athletes = Group(session, session.sets).named(lambda one: one.athlete or NOBODY)
    facts = [
        when_words(session.started),
        "" if athletes == NOBODY else athletes,
        *(f"#{tag}" for tag in session.tags),
    ]
    Text("p", " · ".join(fact for fact in facts if fact)).classes("facts")
    if session.note:
        Text("p", session.note).classes("note")


def when_words(started: str) -> str:
    """Write a start for people: its day and minute, as the clock there showed them."""
    return minute_words(started) if started else "start not known"


def _files(name: str) -> None:
    with ui.element("nav").classes("files").props('aria-label="files of this session"'):
        Text("span", "Report and files:")
        for what in FORMATS:
            link("report" if what == "html" else what, export_address(name, what))


def _set_row(name: str, one: Set) -> Sequence[Cell]:
    return (
        partial(link, set_title(one), set_address(name, one.number)),
        str(len(one.reps)),
        str(one.clean) if one.is_judged else NOT_MEASURED,
        str(len(one.reps) + len(one.partials)),
        median_range_words(one),
        gate_words(one.gate.gate),
        one.gate.reason,
    )


def _left_and_right(session: Session) -> None:
    with section("Left and right", "balance"):
        figure(plots.balance(session), "Left against right, each difference with its noise band")
        columns = ("measure", "left", "right", "difference", "chance alone")
        drawn = table("Left against right", columns, [balance_cells(each) for each in session.balance])
        for measure, row in zip(session.balance, drawn, strict=True):
            if measure.beyond_noise is not Verdict.YES:
                row.classes("inside")
        Text("p", "Grey: no more than chance between reps explains.").classes("fine")


def _said(opened: Opened, corrections: Corrections) -> None:
    """List what the person said: the sensor's word stands where nothing is said."""
    entries = opened.said.entries
    with section("What you said of it"):
        if not entries:
            Text("p", "Nothing yet: all of this is what the sensor says.")
            return
        holds, gone = standing(entries), undone(entries)

        def rows() -> Iterator[Sequence[Cell]]:
            for number, entry in enumerate(entries, 1):
                undo: Cell = ""
                if entry.id not in gone:
                    undo = partial(
                        button, "Undo", partial(corrections.undo, entry.id), name=f"undo correction {number}"
                    )
                yield (
                    str(number),
                    when_words(entry.when),
                    entry_words(entries, entry),
                    "yes" if entry in holds else "",
                    undo,
                )

        table("What was said of this session", ("", "when", "said", "holds", ""), list(rows()), stacks=True)


def _say(session: Session, corrections: Corrections) -> None:
    _say_of_all(corrections)
    _say_in_words(session, corrections)
    _say_when(corrections)


def _say_of_all(corrections: Corrections) -> None:
    def say() -> Awaitable[None]:
        return corrections.correct(lambda: session_was(fields.declared()), fields.all)

    with section("All of this session was", "fields"):
        fields = SetFields(corrections.fields, "all sets", None, say)
        button("Say so", say)


def _say_in_words(session: Session, corrections: Corrections) -> None:
    with section("Tags and a note", "fields"):
        tags = corrections.fields.line("Tags, with commas", ", ".join(session.tags))
        button(
            "Keep the tags", lambda: corrections.correct(lambda: _tagged(session, tags.value or ""), [tags])
        )
        note = corrections.fields.lines("Note", session.note)
        button("Keep the note", lambda: corrections.correct(lambda: noted(note.value or ""), [note]))


def _say_when(corrections: Corrections) -> None:
    def meant() -> Meaning:
        from_s, to_s = (number_of(field.value or "") for field in fields)
        return only_training(from_s, to_s)

    with section("Training began and ended", "fields"):
        fields = [
            corrections.fields.line(label).props('inputmode="decimal"') for label in ("From, s", "To, s")
        ]
        button("Leave out the rest", lambda: corrections.correct(meant, fields))


def _of_that_day(row: SessionRow, shelf: Shelf) -> None:
    """Offer what this version makes of the recording, against the tables of the day it was recorded."""

    async def compare() -> None:
        try:
            lines = [*changed_words(await shelf.work(lambda: changed_results(row.file)))]
        except TrackerError as error:
            lines = [str(error)]
        asked.delete()
        with place:
            words_list(lines)

    with section("As recorded, then and now") as place:
        asked = button("Compare with the tables of that day", compare)


def _tagged(session: Session, said: str) -> Meaning:
    """Take the tags of a field for all there are: those that are missing in it are taken off."""
    tags = [tag.strip() for tag in said.split(",") if tag.strip()]
    meant, has = ({tag.casefold() for tag in some} for some in (tags, session.tags))
    return tagged_with(
        add=[tag for tag in tags if tag.casefold() not in has],
        remove=[tag for tag in session.tags if tag.casefold() not in meant],
    )
