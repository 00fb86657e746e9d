"""The page of one set: its course, its reps, what was not counted, and what can be said of them."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from functools import partial

from nicegui import background_tasks, ui

from tracker import plots
from tracker.app.meanings import (
    Meaning,
    set_of,
    set_was_two,
    span_from,
    these_were_one,
    this_set_was,
    this_was_none,
)
from tracker.app.pages.review.addresses import session_address, set_address
from tracker.app.pages.review.corrections import Corrections
from tracker.app.pages.review.fields import SetFields
from tracker.app.pages.review.frame import Cell, Drawing, Text, button, framed, link, section, table
from tracker.app.pages.review.not_counted import at_words, not_counted_around, not_counted_table
from tracker.app.pages.review.parts import Parts
from tracker.app.pages.review.shelf import Opened, Shelf
from tracker.app.wording import (
    NOT_MEASURED,
    degrees,
    lockout_words,
    range_words,
    rocking_words,
    set_summary,
    tempo_words,
    when_words,
)
from tracker.coaching.editing import top_s
from tracker.coaching.edits import Span
from tracker.coaching.group import start_time
from tracker.coaching.names import set_name
from tracker.coaching.results import JudgedRep, Session, Set, Speaker
from tracker.motion.events import RejectedMotion
from tracker.sensing.marks import Declared, Side

COLUMNS = (
    *("rep", "at", "range", "tempo", "lockout", "tilt", "rocking"),
    *("clean", "cues", "said by", "correct it"),
)


REPLAY_PX = 410
"""Height of the replay without its own slider and buttons."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows: a set, in its session as it was opened."""

    opened: Opened
    one: Set


async def set_page(shelf: Shelf, name: str, number: int) -> None:
    """Build the page of a set; InputError where there is no such session or set."""
    opened = await shelf.open(name, with_motion=True)
    first = set_of(opened.session, number)
    with framed(f"Set {number}", ("Sessions", "/"), (name, session_address(name))) as retitled:

        async def redraw() -> None:
            corrections.shown = now = await shelf.open(name, with_motion=True)
            still = same_set(now.session, parts.shown.one)
            body.set_visibility(still is not None)
            gone.set_visibility(still is None)
            if still:
                retitled(f"Set {still.number}")
                ui.navigate.history.replace(set_address(name, still.number))
                await parts.show(Shown(now, still))

        corrections = Corrections(shelf, name, opened, redraw)
        parts = Parts(Shown(opened, first), shelf.work)
        with ui.element("div") as gone:
            Text("p", "This set is none any more; what was said can be undone on the session's page.")
            link("All of the session", session_address(name))
        gone.set_visibility(False)
        with ui.element("div") as body:
            _lay_out(parts, corrections)
    background_tasks.create(parts.show_figures())  # the page need not wait for them


def same_set(session: Session, before: Set) -> Set | None:
    """Find the set that a set has become: the one with its first rep, or else with most of its time.

    None where no set has any of it.
    """

    def common_s(one: Set) -> float:
        return min(one.t_end_s, before.t_end_s) - max(one.t_start_s, before.t_start_s)

    begins_s = top_s(before.reps[0].rep) if before.reps else math.nan
    begun = [one for one in session.sets if one.t_start_s <= begins_s <= one.t_end_s]
    likely = max(begun or session.sets, key=common_s, default=None)
    return likely if likely and common_s(likely) > 0.0 else None


def _lay_out(parts: Parts[Shown], corrections: Corrections) -> None:
    parts.drawn(_numbered, _neighbours)
    parts.drawn(_facts, lambda facts: Text("p", facts).classes("facts"))
    parts.drawn(lambda shown: set_summary(shown.one), lambda words: Text("p", words).classes("summary"))
    _sides(parts, corrections)
    with section("Course"):
        parts.figure(
            lambda shown: plots.course(shown.opened.session, shown.one.number, shown.opened.motion),
            lambda shown: f"Lift, height and tilt over time of {set_name(shown.one)}",
            height_px=940,
        )
    with ui.element("div").classes("pair"):
        with section("Rep by rep"):
            parts.figure(
                lambda shown: plots.reps(shown.one),
                lambda shown: f"Tempo, range and tilt of each rep of {set_name(shown.one)}",
                height_px=740,
            )
        with section("All reps laid over each other"):
            parts.figure(
                lambda shown: plots.overlay(shown.one, shown.opened.motion),
                lambda shown: f"Lift of each rep of {set_name(shown.one)} over its own time",
                height_px=420,
            )
    _in_space(parts)
    with section("Reps"):
        parts.drawn(lambda shown: shown.one, partial(_reps, corrections))
    with section("Not counted"):
        parts.drawn(_not_counted, lambda piece: not_counted_table(*piece, corrections))
    _what_it_was(parts, corrections)


def _facts(shown: Shown) -> str:
    """Say of which session the set is, when it was and whose: a printed page has no other way to tell."""
    started = start_time(shown.opened.session, shown.one.t_start_s)
    return " · ".join(filter(None, (shown.opened.row.name, when_words(started), shown.one.athlete)))


def _numbered(shown: Shown) -> tuple[str, Sequence[str], int]:
    """Name the sets of the session, and this one's number among them."""
    return shown.opened.row.name, [set_name(one) for one in shown.opened.session.sets], shown.one.number


def _neighbours(piece: tuple[str, Sequence[str], int]) -> None:
    name, titles, here = piece
    with ui.element("nav").classes("neighbours").props('aria-label="sets"'):
        for number, title in enumerate(titles, 1):
            way = link(title, set_address(name, number))
            if number == here:
                way.props["aria-current"] = "page"


def _in_space(parts: Parts[Shown]) -> None:
    """Offer the dumbbell in space; it is large, so it is drawn when somebody asks for it.

    It stays, wound to where somebody left it, while a correction changes nothing that is seen in it.
    """

    def what_is_seen(shown: Shown) -> tuple[str, str, float, float]:
        one = shown.one
        return set_name(one), one.exercise, one.t_start_s, one.t_end_s

    def offer(_: object) -> None:
        def draw() -> None:
            asked.delete()
            one = parts.shown.one
            with place:
                figure = plots.replay(one, parts.shown.opened.motion)
                figure.update_layout(height=REPLAY_PX)
                for plotlys_own in (*figure.layout.sliders, *figure.layout.updatemenus):
                    plotlys_own.visible = False
                drawn = Drawing(figure, f"The dumbbell in space through {set_name(one)}")
            ui.run_javascript(f"playable({drawn.html_id!r})")

        with ui.element("div") as place:
            asked = button("Replay the set in 3D", draw)

    with section("In space"):
        parts.drawn(what_is_seen, offer)


def _sides(parts: Parts[Shown], corrections: Corrections) -> None:
    """Draw the side as buttons: the wrong leg is what is corrected most."""
    with ui.element("div").classes("sides").props('role="group" aria-label="working leg"'):
        Text("span", "Working leg:")
        for side in (Side.LEFT, Side.RIGHT, Side.UNKNOWN):
            _side(side, parts, corrections)


def _side(side: Side, parts: Parts[Shown], corrections: Corrections) -> None:
    def meaning() -> Meaning:
        return this_set_was(parts.shown.one, Declared(side=side))

    def show(shown: Shown) -> None:
        made.props["aria-pressed"] = "true" if side is shown.one.side else "false"

    words = "Not said" if side is Side.UNKNOWN else side.value.capitalize()
    made = button(words, corrections.saying(meaning)).classes(side.value)
    parts.kept(show)


def _reps(corrections: Corrections, one: Set) -> None:
    rows = [_rep_row(one, rep, corrections) for rep in one.reps]
    table(f"Reps of set {one.number}", COLUMNS, rows, stacks=True)


def _rep_row(one: Set, rep: JudgedRep, corrections: Corrections) -> Sequence[Cell]:
    judgement = rep.judgement
    return (
        str(rep.number),
        at_words(rep.rep),
        range_words(rep.rep),
        tempo_words(rep.rep),
        lockout_words(judgement.lockout, judgement.top_short_deg),
        degrees(rep.rep.tilt_top_deg, signed=True),
        rocking_words(judgement.rocking, judgement.low_side),
        judgement.clean.value,
        "; ".join(rep.cues) or NOT_MEASURED,
        "you" if rep.said_by is Speaker.PERSON else "sensor",
        partial(_rep_buttons, one, rep, corrections),
    )


def _rep_buttons(one: Set, rep: JudgedRep, corrections: Corrections) -> None:
    """Name the buttons by the rep's time, too: its number is that of the next rep when it was none.

    They mean the rep of their row. One that is pressed while the page is drawn anew must not mean the one
    that has its number by the time it is heard.
    """
    which = f"rep {rep.number} at {at_words(rep.rep)}"
    button("Was none", corrections.saying(partial(this_was_none, rep.rep)), name=f"{which} was none")
    if rep.number > 1:
        button(
            "New set from here",
            corrections.saying(partial(set_was_two, _between(one, rep))),
            name=f"new set from here, {which}",
        )


def _between(one: Set, rep: JudgedRep) -> float:
    """Give a time between a rep's top and that of the rep before it, s."""
    return 0.5 * (top_s(one.reps[rep.number - 2].rep) + top_s(rep.rep))


def _not_counted(shown: Shown) -> tuple[str, Sequence[RejectedMotion]]:
    """Give the motions around the set that were not counted, and what their table holds."""
    around = not_counted_around(shown.opened.session, shown.one)
    return f"Motions around set {shown.one.number} that were not counted", around


def _what_it_was(parts: Parts[Shown], corrections: Corrections) -> None:
    def say() -> Awaitable[None]:
        return corrections.correct(lambda: this_set_was(parts.shown.one, fields.declared()), fields.all)

    with section("This set was", "fields"):
        fields = SetFields("this set", say, parts.shown.one)
        parts.kept(lambda shown: fields.show(shown.one))
        button("Say so", say)
        parts.drawn(_beside, partial(_joins, corrections))


def _beside(shown: Shown) -> Sequence[tuple[str, Span]]:
    """Name the sets before and after this one, each with the time of both."""
    sets, here = shown.opened.session.sets, shown.one.number - 1
    before = [(set_name(other), span_from(other, shown.one)) for other in sets[:here][-1:]]
    after = [(set_name(other), span_from(shown.one, other)) for other in sets[here + 1 :][:1]]
    return before + after


def _joins(corrections: Corrections, beside: Sequence[tuple[str, Span]]) -> None:
    """Offer to make one set of this and the one beside it; its side is told, which may be the other one."""
    for name, both in beside:
        button(f"One set with {name}", corrections.saying(partial(these_were_one, both)))
