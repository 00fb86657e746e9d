"""The page of one session: what it was in words, left beside right, its sets, and what was said of it."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from functools import partial

from nicegui import background_tasks, ui

from tracker import plots
from tracker.app.editing import entry_words
from tracker.app.library import changed_words
from tracker.app.meanings import Meaning, noted, only_training, session_was, tags_were
from tracker.app.pages.review.addresses import export_address, set_address
from tracker.app.pages.review.corrections import Corrections
from tracker.app.pages.review.fields import SetFields, line, lines, number, number_of
from tracker.app.pages.review.frame import (
    Cell,
    Text,
    button,
    framed,
    link,
    section,
    table,
    words_list,
)
from tracker.app.pages.review.not_counted import not_counted_table
from tracker.app.pages.review.parts import Parts
from tracker.app.pages.review.shelf import Opened, Shelf
from tracker.app.wording import (
    NOT_MEASURED,
    balance_cells,
    joined,
    median_range_words,
    tilt_words,
    when_words,
)
from tracker.archive.changed import changed_results
from tracker.archive.export.formats import FORMATS
from tracker.archive.listed import SessionRow
from tracker.coaching.edits import Entry, Trim, edit_words, undone
from tracker.coaching.names import NOBODY, athlete_names, set_name
from tracker.coaching.progression import gate_words
from tracker.coaching.results import BalanceMeasure, Set, Verdict
from tracker.coaching.summary import summary_of
from tracker.errors import TrackerError

COLUMNS = ("set", "reps", "clean", "attempts", "range", "next load", "why, between first and last rep")
"""Of the table of sets."""


async def session_page(shelf: Shelf, name: str) -> None:
    """Build the page of a session; InputError where there is none."""
    opened = await shelf.open(name)
    with framed(name, ("Sessions", "/")):

        async def redraw() -> None:
            corrections.shown = now = await shelf.open(name)
            await parts.show(now)

        corrections = Corrections(shelf, name, opened, redraw)
        parts = Parts(opened, shelf.work)
        _lay_out(parts, opened.row, shelf, corrections)
    background_tasks.create(parts.show_figures())  # the page need not wait for them


def _lay_out(parts: Parts[Opened], row: SessionRow, shelf: Shelf, corrections: Corrections) -> None:
    parts.drawn(_facts, lambda facts: Text("p", facts).classes("facts"))
    parts.drawn(lambda opened: opened.session.note, _note)
    parts.drawn(lambda opened: summary_of(opened.session), lambda lines: words_list(lines, "summary"))
    _files(row.name)
    parts.drawn(_all_set_cells, partial(_sets, row.name))
    _left_and_right(parts)
    parts.drawn(_notes, _to_know)
    with section("Not counted"):
        parts.drawn(
            lambda opened: opened.session.rejected,
            lambda motions: not_counted_table("Motions that were not counted", motions, corrections),
        )
    with section("What you said of it"):
        parts.drawn(lambda opened: opened.said.entries, partial(_said, corrections))
    _say_of_all(parts, corrections)
    _say_in_words(parts, corrections)
    _say_when(corrections)
    _of_that_day(row, shelf)


def _facts(opened: Opened) -> str:
    session = opened.session
    facts = [
        when_words(session.started),
        ", ".join(athlete_names(one.athlete for one in session.sets)),
        *(f"#{tag}" for tag in session.tags),
    ]
    return " · ".join(fact for fact in facts if fact)


def _note(note: str) -> None:
    if note:
        Text("p", note).classes("note")


def _notes(opened: Opened) -> Sequence[str]:
    left_out = [edit_words(edit) for edit in opened.said.edits if isinstance(edit, Trim)]
    return [*left_out, *filter(None, [tilt_words(opened.session)]), *opened.session.warnings]


def _to_know(notes: Sequence[str]) -> None:
    if notes:
        with section("What must be known of these numbers"):
            words_list(notes, "notes")


def _files(name: str) -> None:
    with ui.element("nav").classes("files").props('aria-label="files of this session"'):
        Text("span", "Report and files:")
        for what in FORMATS:
            link("report" if what == "html" else what, export_address(name, what))


def _all_set_cells(opened: Opened) -> list[tuple[str, ...]]:
    sets = opened.session.sets
    several = len({one.athlete for one in sets}) > 1
    return [_set_cells(one, (one.athlete or NOBODY) if several else "") for one in sets]


def _set_cells(one: Set, athlete: str) -> tuple[str, ...]:
    return (
        joined(set_name(one), athlete),
        str(len(one.reps)),
        str(one.clean) if one.has_verdicts else NOT_MEASURED,
        str(len(one.reps) + len(one.partials)),
        median_range_words(one),
        gate_words(one.gate.gate),
        one.gate.reason,
    )


def _sets(name: str, sets: Sequence[tuple[str, ...]]) -> None:
    if sets:
        with section("Sets"):
            rows: list[Sequence[Cell]] = [
                (partial(link, title, set_address(name, number)), *cells)
                for number, (title, *cells) in enumerate(sets, 1)
            ]
            table("Sets of this session", COLUMNS, rows, stacks=True)


def _left_and_right(parts: Parts[Opened]) -> None:
    with section("Left and right", "balance") as place:
        parts.figure(
            lambda opened: plots.balance(opened.session),
            lambda _: "Left against right, each difference with its noise band",
            height_px=640,
        )
        parts.drawn(lambda opened: opened.session.balance, _balance)
        Text("p", "Grey: no more than chance and the sensor explain.").classes("fine")
    parts.kept(lambda opened: place.set_visibility(bool(opened.session.balance)))


def _balance(balance: Sequence[BalanceMeasure]) -> None:
    columns = ("measure", "left", "right", "difference", "chance alone")
    drawn = table("Left against right", columns, [balance_cells(each) for each in balance], stacks=True)
    for measure, row in zip(balance, drawn, strict=True):
        if measure.beyond_noise is Verdict.NO:
            row.classes("inside")


def _said(corrections: Corrections, entries: Sequence[Entry]) -> None:
    """List what the person said: the sensor's word stands where nothing is said."""
    if not entries:
        Text("p", "Nothing yet: all of this is what the sensor says.")
        return
    gone = undone(entries)

    def row(number: int, entry: Entry) -> Sequence[Cell]:
        undo = partial(button, "Undo", partial(corrections.undo, entry.id), name=f"undo correction {number}")
        return (
            str(number),
            when_words(entry.when),
            entry_words(entries, entry),
            "undone" if entry.id in gone else undo,
        )

    rows = [row(number, entry) for number, entry in enumerate(entries, 1)]
    table("What was said of this session", ("", "when", "said", "take it back"), rows, stacks=True)


def _say_of_all(parts: Parts[Opened], corrections: Corrections) -> None:
    def say() -> Awaitable[None]:
        return corrections.correct(lambda: session_was(fields.declared()), fields.all)

    with section("All of this session was", "fields"):
        fields = SetFields("all sets", say)
        button("Say so", say)
    parts.kept(lambda _: fields.empty())


def _say_in_words(parts: Parts[Opened], corrections: Corrections) -> None:
    def keep_tags() -> Awaitable[None]:
        return corrections.correct(lambda: tags_were(tags.shown.split(","), tags.text.split(",")), [tags])

    def keep_note() -> Awaitable[None]:
        return corrections.correct(lambda: noted(note.text), [note])

    session = parts.shown.session
    with section("Tags and a note", "fields"):
        tags = line("Tags, with commas", keep_tags, ", ".join(session.tags))
        button("Keep the tags", keep_tags)
        note = lines("Note", session.note)
        button("Keep the note", keep_note)
    parts.kept(lambda opened: tags.show(", ".join(opened.session.tags)))
    parts.kept(lambda opened: note.show(opened.session.note))


def _say_when(corrections: Corrections) -> None:
    def meant() -> Meaning:
        return only_training(*(number_of(field.text) for field in fields))

    def say() -> Awaitable[None]:
        return corrections.correct(meant, fields)

    with section("Training began and ended", "fields"):
        fields = [number("From, s", say), number("To, s", say)]
        button("Leave out the rest", say)


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
