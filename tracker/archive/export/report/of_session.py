"""A session as a report: who and when, what it was in words, both legs, every set, and what is not known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.archive import plots, tables
from tracker.archive.export.report.cannot_see import cannot_see
from tracker.archive.export.report.columns import BALANCE, REPS, SETS, SIDES, Shown, meanings
from tracker.archive.export.report.document import Figures
from tracker.archive.export.report.markup import Markup, element, listing, together
from tracker.archive.export.report.tabled import side_by_side, tabled
from tracker.archive.header import this_software
from tracker.archive.progress import day
from tracker.coaching.counts import counted
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST, by_name
from tracker.coaching.group import Group, start_time
from tracker.coaching.names import athlete_names, set_name
from tracker.coaching.progression import gate_words
from tracker.coaching.results import Gate, Session, Set, Speaker
from tracker.coaching.summary import summary_of
from tracker.motion.events import Clip, Motion


@dataclass(frozen=True, slots=True)
class Told:
    """A session, and what else a report says of it.

    Attributes
    ----------
    name
        What people call it.
    session
        With the corrections that hold.
    corrections
        Those, in words.
    recorded_with
        The software that recorded it.
    motion
        Of the whole recording; None where it cannot be had.
    """

    name: str
    session: Session
    corrections: tuple[str, ...] = ()
    recorded_with: str = ""
    motion: Motion | None = None


def session_report(told: Told, figures: Figures) -> Iterator[Markup]:
    """Write what stands below the heading of a session's report."""
    session = told.session
    yield about(told)
    yield element("h2", "Summary")
    yield listing(summary_of(session), class_="summary")
    if session.sets:
        yield element("h2", "Each side")
        yield side_by_side(tables.sides(session), SIDES, "Sums and medians of each side")
        yield from _left_and_right(session, figures)
        yield element("h2", "Sets")
        yield tabled(tables.sets(session), SETS, "Every set")
        for one in session.sets:
            yield element("section", *_set(told, one, figures), class_="set")
    yield from _said(told)
    yield from closing([session], SIDES, SETS, REPS, BALANCE)


def about(told: Told) -> Markup:
    """Write who, when, what, and with which weight."""
    session = told.session
    loads = sorted({one.load_kg for one in session.sets if not math.isnan(one.load_kg)})
    lifts = dict.fromkeys(by_name(one.exercise).title for one in session.sets)
    facts = {
        "Athlete": "; ".join(athlete_names(one.athlete for one in session.sets)),
        "When": day_and_minute(session.started) if session.started else "not known",
        "Lift": ", ".join(lifts),
        "Load": ", ".join(f"{load:g} kg" for load in loads),
        "Session": told.name,
        "Recorded with": told.recorded_with,
        "Report by": this_software(),
    }
    said = {"Tags": ", ".join(session.tags), "Note": session.note}
    facts = {name: value or "not said" for name, value in facts.items()}
    return facts_list(facts | {name: value for name, value in said.items() if value})


def facts_list(facts: dict[str, str]) -> Markup:
    """Write names and values."""
    return element(
        "dl",
        *(element(tag, said) for pair in facts.items() for tag, said in zip(("dt", "dd"), pair, strict=True)),
    )


def day_and_minute(started: str) -> str:
    """Write the day and the minute of a start, as the clock there showed them.

    Examples
    --------
    >>> day_and_minute("20261103T180512")
    '3 November 2026, 18:05'
    """
    return f"{day(started)}, {datetime.fromisoformat(started):%H:%M}"


def _left_and_right(session: Session, figures: Figures) -> Iterator[Markup]:
    if not session.balance:
        return
    yield element("h2", "Left against right")
    words = "Left against right: how far each measure differs, and the band that chance explains"
    yield figures.place(plots.balance(session), words)
    yield tabled(tables.balance(session), BALANCE, "Left against right; grey is inside the noise")


def _set(told: Told, one: Set, figures: Figures) -> Iterator[Markup]:
    session, name = told.session, set_name(one)
    yield element("h3", name)
    yield element("p", _set_words(session, one))
    course = plots.course(session, one.number, told.motion)
    yield figures.place(course, f"{name}: lift, height and tilt over time")
    yield figures.place(plots.reps(one), f"{name}: tempo, range and tilt of each rep")
    rows = tables.reps(session)
    yield tabled(rows[rows["set"] == one.number], REPS, f"{name}: every rep")


def _set_words(session: Session, one: Set) -> str:
    """Say who did it where they are several, how many reps, when, and what follows for the load."""
    group, when = Group(session, (one,)), start_time(session, one.t_start_s)
    several = len({other.athlete for other in session.sets}) > 1
    whose = f"{one.athlete or 'Nobody was named'}: " if several else ""
    clean = "" if math.isnan(group.clean) else f", {group.clean:.0f} clean"
    begins = f" Begins {when[11:19]}." if when else ""
    gate = f"Next load: {gate_words(one.gate.gate)} ({one.gate.reason})"
    if one.gate.gate is Gate.UNKNOWN:
        gate = f"Next load {one.gate.reason}"
    reps, tried = counted(len(one.reps), "rep"), counted(group.attempts, "attempt")
    return f"{whose}{reps}{clean}, {tried}.{begins} {gate}."


def _said(told: Told) -> Iterator[Markup]:
    """Write who is speaking: what the person corrected, and what a reader must know."""
    yield element("h2", "Who is speaking")
    by_hand = sum(rep.said_by is Speaker.PERSON for one in told.session.sets for rep in one.reps)
    if told.corrections:
        yield element("p", "The sensor, with these corrections by a person:")
        yield listing(told.corrections)
    else:
        yield element(
            "p", "The sensor only: nothing was corrected. Side, load and athlete are what somebody said."
        )
    if by_hand:
        reps = counted(by_hand, "rep counts", "reps count")
        yield element("p", f"{reps} because a person said so.")
    if told.session.warnings:
        yield element("p", "To be known of these numbers:")
        yield listing(told.session.warnings)


def closing(sessions: Sequence[Session], *columns: tuple[Shown, ...]) -> Iterator[Markup]:
    """Write what the sensor cannot see, and what columns mean; those of no session mean nothing."""
    lifts = {one.exercise: by_name(one.exercise) for session in sessions for one in session.sets}
    calibrated = all(session.clip is Clip.AS_CALIBRATED for session in sessions)
    told = [
        words
        for lift in list(lifts.values()) or [ONE_LEG_HIP_THRUST]
        for words in cannot_see(lift, calibrated=calibrated)
    ]
    yield element("h2", "What this sensor cannot see")
    yield listing(tuple(dict.fromkeys(told)))
    if lifts:
        yield element("h2", "What the columns mean")
        yield element("dl", *map(_defined, meanings(*columns)))


def _defined(column: Shown) -> Markup:
    name = element("code", column.name)
    return together(element("dt", column.head), element("dd", f"{column.meaning} (", name, ")"))
