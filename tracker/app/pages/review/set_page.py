"""The page of one set: its course, its reps, what was not counted, and what can be said of them."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from nicegui import ui

from tracker import plots
from tracker.app.meanings import (
    Meaning,
    rep_was_none,
    set_of,
    set_was,
    set_was_two,
    sets_were_one,
    this_was_a_rep,
)
from tracker.app.pages.review.addresses import session_address, set_address
from tracker.app.pages.review.corrections import Corrections
from tracker.app.pages.review.fields import SetFields
from tracker.app.pages.review.frame import Cell, Text, button, figure, framed, link, section, table
from tracker.app.pages.review.shelf import Opened, Shelf
from tracker.app.wording import (
    NOT_MEASURED,
    degrees,
    joined,
    load_words,
    lockout_words,
    range_words,
    rocking_words,
    set_summary,
    side_words,
    tempo_words,
)
from tracker.coaching.editing import span_of
from tracker.coaching.results import JudgedRep, Session, Set, Speaker
from tracker.motion.events import Motion, RejectedMotion, Rep
from tracker.sensing.samples import Declared, Side

COLUMNS = (
    *("rep", "at", "range", "tempo", "lockout", "tilt", "rocking"),
    *("clean", "cues", "said by", "correct it"),
)


def set_title(one: Set) -> str:
    """Name a set: its number, side and load."""
    return joined(f"Set {one.number}", side_words(one.side), load_words(one.load_kg))


async def set_page(shelf: Shelf, name: str, number: int) -> None:
    """Build the page of a set; InputError where there is no such session or set."""
    opened = await shelf.open(name, with_motion=True)
    shown = set_of(opened.session, number)
    with framed(f"Set {number}", ("Sessions", "/"), (name, session_address(name))) as retitled:

        async def redraw() -> None:
            nonlocal shown
            now = await shelf.open(name, with_motion=True)
            still = same_set(now.session, shown)
            shown = still or shown
            retitled(f"Set {shown.number}")
            ui.navigate.history.replace(set_address(name, shown.number))
            body.clear()
            with body:
                _draw(now, still, corrections)

        corrections = Corrections(shelf, name, redraw)
        with ui.element("div") as body:
            _draw(opened, shown, corrections)


def same_set(session: Session, before: Set) -> Set | None:
    """Find the set that a set has become: the one that has most of its time; None where none has any."""

    def common_s(one: Set) -> float:
        return min(one.t_end_s, before.t_end_s) - max(one.t_start_s, before.t_start_s)

    likely = max(session.sets, key=common_s, default=None)
    return likely if likely and common_s(likely) > 0.0 else None


def _draw(opened: Opened, one: Set | None, corrections: Corrections) -> None:
    session, motion = opened.session, opened.motion
    corrections.shown = opened
    if one is None:
        Text("p", "This set is none any more; what was said can be undone here, or on the session's page.")
        link("All of the session", session_address(opened.row.name))
        return
    number = one.number
    _neighbours(opened.row.name, session, one)
    Text("p", set_summary(one)).classes("summary")
    _sides(one, corrections)
    with section("Course"):
        figure(plots.course(session, number, motion), f"Lift, height and tilt over time of {set_title(one)}")
    with ui.element("div").classes("pair"):
        with section("Rep by rep"):
            figure(plots.reps(one), f"Tempo, range and tilt of each rep of {set_title(one)}")
        with section("All reps laid over each other"):
            figure(plots.overlay(one, motion), f"Lift of each rep of {set_title(one)} over its own time")
    _in_space(one, motion)
    with section("Reps"):
        table(
            f"Reps of set {number}",
            COLUMNS,
            [_rep_row(one, rep, corrections) for rep in one.reps],
            stacks=True,
        )
    _not_counted(session, one, corrections)
    _what_it_was(session, one, corrections)


def _in_space(one: Set, motion: Motion | None) -> None:
    """Offer the dumbbell in space; it is large, so it is drawn when somebody asks for it."""

    def draw() -> None:
        asked.delete()
        with place:
            figure(plots.replay(one, motion), f"The dumbbell in space through {set_title(one)}")

    with section("In space") as place:
        asked = button("Replay the set in 3D", draw)


def _neighbours(name: str, session: Session, one: Set) -> None:
    with ui.element("nav").classes("neighbours").props('aria-label="sets"'):
        for other in session.sets:
            here = link(set_title(other), set_address(name, other.number))
            if other is one:
                here.props["aria-current"] = "page"


def _sides(one: Set, corrections: Corrections) -> None:
    """Draw the side as buttons: the wrong leg is what is corrected most."""
    with ui.element("div").classes("sides").props('role="group" aria-label="working leg"'):
        Text("span", "Working leg:")
        for side in (Side.LEFT, Side.RIGHT, Side.UNKNOWN):
            meaning = partial(set_was, one.number, Declared(side=side))
            made = button(side.value.capitalize(), _saying(corrections, meaning))
            made.props["aria-pressed"] = "true" if side is one.side else "false"
            made.classes(side.value)


def at_words(rep: Rep) -> str:
    """Write when a motion was, by the time that corrections name it by."""
    return f"{span_of(rep).middle_s:.1f} s"


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
    place = f"{one.number}.{rep.number}"
    button(
        "Was none",
        _saying(corrections, partial(rep_was_none, place)),
        name=f"rep {rep.number} was none",
    )
    if rep.number > 1:
        button(
            "New set from here",
            _saying(corrections, partial(set_was_two, _between(one, rep))),
            name=f"a new set began with rep {rep.number}",
        )


def _between(one: Set, rep: JudgedRep) -> float:
    """Give a time between a rep's top and that of the rep before it, s."""
    before = one.reps[rep.number - 2].rep
    return 0.5 * (before.t_top_s + rep.rep.t_top_s)


def _not_counted(session: Session, one: Set, corrections: Corrections) -> None:
    """List the motions from the set before to the set after that were not counted."""
    around = not_counted_around(session, one)
    with section("Not counted"):
        not_counted_table(f"Motions around set {one.number} that were not counted", around, corrections)


def not_counted_around(session: Session, one: Set) -> tuple[RejectedMotion, ...]:
    """Give the motions that were not counted between the set before and the set after."""
    before_s = max((other.t_end_s for other in session.sets[: one.number - 1]), default=-math.inf)
    after_s = min((other.t_start_s for other in session.sets[one.number :]), default=math.inf)
    return tuple(
        motion
        for motion in session.rejected
        if motion.rep.t_start_s >= before_s and not motion.rep.t_start_s >= after_s
    )


def not_counted_table(caption: str, motions: Sequence[RejectedMotion], corrections: Corrections) -> None:
    """Draw motions that were not counted, each with its reason, and a button that makes it a rep."""
    if not motions:
        Text("p", "Nothing else was lifted and brought back.")
        return
    rows = [_motion_row(motion, corrections) for motion in motions]
    table(caption, ("at", "why", "range", "sure", "correct it"), rows, stacks=True)


def _motion_row(motion: RejectedMotion, corrections: Corrections) -> Sequence[Cell]:
    rep = motion.rep
    return (
        at_words(rep),
        motion.reason.value,
        range_words(rep),
        f"{100.0 * rep.confidence:.0f} %" if math.isfinite(rep.confidence) else NOT_MEASURED,
        lambda: button(
            "It was a rep",
            _saying(corrections, partial(this_was_a_rep, rep)),
            name=f"the motion at {at_words(rep)} was a rep",
        ),
    )


def _what_it_was(session: Session, one: Set, corrections: Corrections) -> None:
    with section("This set was", "fields"):

        def say() -> Awaitable[None]:
            return corrections.correct(lambda: set_was(one.number, fields.declared()), fields.all)

        fields = SetFields(corrections.fields, "this set", one, say)
        button("Say so", say)
        if one.number < len(session.sets):
            after = one.number + 1
            button(
                f"One set with set {after}",
                _saying(corrections, partial(sets_were_one, one.number, after)),
            )


def _saying(corrections: Corrections, mean: Callable[[], Meaning]) -> Callable[[], Awaitable[None]]:
    """Say something when a button is pressed."""
    return lambda: corrections.correct(mean)
