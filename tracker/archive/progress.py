"""What an athlete has come to with a lift: bests of clean reps, the weak side, news since last time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from tracker.archive.listed import Point, SessionRow, SetRow, moment_s
from tracker.archive.trends import in_time, points_of
from tracker.coaching.measures import MEASURES
from tracker.coaching.plan import FEWEST_TO_TELL, OTHER, Effort, weaker
from tracker.sensing.marks import Side

LAST_SESSIONS = 4
"""So many sessions with both legs are looked at for the weak side: about two weeks."""

WEAK_IN = 3
"""In so many of them it must have been the weak one, and the other in none. Of sessions in which chance
alone names either side one time in four, that comes once in thirty."""

LEGS: Final = (Side.LEFT, Side.RIGHT)


class Kind(StrEnum):
    """What a best is a best of."""

    CLEAN_REPS = "most clean reps in a set"
    LOAD = f"heaviest load with {FEWEST_TO_TELL} clean reps or more"


@dataclass(frozen=True, slots=True)
class Best:
    """The best set of a leg.

    Attributes
    ----------
    kind, side
        Of what, with which leg.
    clean, load_kg
        Of that set; load nan when not said.
    session, number, started
        Which set, and when; "" when that is not known.
    """

    kind: Kind
    side: Side
    clean: int
    load_kg: float
    session: str
    number: int
    started: str


@dataclass(frozen=True, slots=True)
class WeakSide:
    """The weak side, and in how many of the last sessions with both it was; UNKNOWN where none stands out."""

    side: Side
    times: int
    sessions: int


def bests_of(sets: Sequence[SetRow]) -> tuple[Best, ...]:
    """Find each leg's best sets.

    Parameters
    ----------
    sets
        Of one athlete and one exercise. Where two are as good the earlier is the best, and a set of
        which nobody knows the day comes last.

    Returns
    -------
    tuple of Best
        Left before right: the most clean reps in a set (of two equal ones the heavier), and the
        heaviest load with `FEWEST_TO_TELL` clean reps or more (of two equal ones that with more). A
        single is strength tested, and the lift is trained in sets of 8 and more.
    """
    ordered = [*in_time(sets), *(one for one in sets if moment_s(one.started) is None)]
    found = []
    for side in LEGS:
        own = [one for one in ordered if one.side is side and one.clean > 0]  # nan is not
        if own:
            most = max(own, key=lambda one: (one.clean, _known(one.load_kg)))
            found.append(_best(Kind.CLEAN_REPS, most))
        loaded = [one for one in own if one.clean >= FEWEST_TO_TELL and one.load_kg > 0.0]
        if loaded:
            heaviest = max(loaded, key=lambda one: (one.load_kg, one.clean))
            found.append(_best(Kind.LOAD, heaviest))
    return tuple(found)


def weak_side_over(sessions: Sequence[SessionRow]) -> WeakSide:
    """Name the side that is the weak one again and again, not on one bad day.

    Parameters
    ----------
    sessions
        With the sets of one athlete and one exercise (`only`).
    """
    both = [row for row in in_time(sessions) if {*LEGS} <= {one.side for one in row.sets}]
    named = [weaker([_effort(one) for one in row.sets]) for row in both[-LAST_SESSIONS:]]
    for side in LEGS:
        if named.count(side) >= WEAK_IN and OTHER[side] not in named:
            return WeakSide(side, named.count(side), len(named))
    return WeakSide(Side.UNKNOWN, 0, len(named))


def only(sessions: Sequence[SessionRow], athlete: str, exercise: str) -> tuple[SessionRow, ...]:
    """Leave of sessions what one athlete did of one exercise; those without any of it are left out."""
    left = (
        replace(
            row,
            sets=tuple(one for one in row.sets if (one.athlete, one.exercise) == (athlete, exercise)),
            sides=tuple(one for one in row.sides if (one.athlete, one.exercise) == (athlete, exercise)),
        )
        for row in sessions
    )
    return tuple(row for row in left if row.sets)


def progress_words(sessions: Sequence[SessionRow]) -> tuple[str, ...]:
    """Say bests, weak side, and what is new since last time.

    Parameters
    ----------
    sessions
        With the sets of one athlete and one exercise (`only`), in any order.
    """
    return (*news_of(sessions), *standing_words(sessions))


def standing_words(sessions: Sequence[SessionRow]) -> tuple[str, ...]:
    """Say the weak side and the bests, of all sessions together; otherwise as `progress_words`."""
    sets = [one for row in sessions for one in row.sets]
    bests = [f"{best_words(best)}." for best in bests_of(sets)]
    weak = weak_side_over(sessions)
    reps = "reps" if all(math.isnan(one.clean) for one in sets) else "clean reps"
    told = [] if weak.side is Side.UNKNOWN else [_weak_words(weak, reps)]
    return (*told, *bests)


def best_words(best: Best) -> str:
    """Say a best in one line."""
    load = "" if math.isnan(best.load_kg) else f" at {best.load_kg:g} kg"
    when = f"on {day(best.started)}" if best.started else f"in {best.session}, day not known"
    name = best.side.value.capitalize()
    if best.kind is Kind.LOAD:
        return f"{name}, {best.kind.value}: {best.load_kg:g} kg, {best.clean} clean, {when}"
    return f"{name}, {best.kind.value}: {best.clean}{load}, {when}"


def news_of(sessions: Sequence[SessionRow]) -> tuple[str, ...]:
    """Say of each leg how its last session differs from the one before in which it was trained.

    Parameters
    ----------
    sessions
        As for `progress_words`.
    """
    told: list[str] = []
    for side in LEGS:
        rows = [row for row in in_time(sessions) if any(one.side is side for one in row.sets)]
        if len(rows) > 1:
            told += _news(side, rows[-2], rows[-1])
    return tuple(told)


def day(started: str) -> str:
    """Write a day as people do, in the recording's own time zone.

    Examples
    --------
    >>> day("2026-11-03T18:05:00+01:00")
    '3 November 2026'
    >>> day("20261103T180500")
    '3 November 2026'
    """
    on = datetime.fromisoformat(started)
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
"""Not strftime's: those would follow the system's language."""


def _news(side: Side, before: SessionRow, now: SessionRow) -> Iterator[str]:
    name, than = side.value.capitalize(), f"than on {day(before.started)}"
    was, is_ = _best_set(before, side), _best_set(now, side)
    if was and is_ and math.isnan(was.load_kg) == math.isnan(is_.load_kg):  # else nobody knows what it means
        more_kg = is_.load_kg - was.load_kg
        load = "" if math.isnan(more_kg) else f" at {is_.load_kg:g} kg"
        if abs(more_kg) > 0.0:  # not where both are nan: then clean reps are compared as they are
            change = f"{abs(more_kg):g} kg {'more' if more_kg > 0 else 'less'}"
            yield f"{name}: {is_.load_kg:g} kg, {change} {than}."
        elif was.clean != is_.clean:
            yield f"{name}: {_change(is_.clean - was.clean)} in a set{load} {than}."
    for measure in MEASURES:
        points = points_of(
            [one for row in (before, now) for one in row.sides if one.side is side], measure.name
        )
        if len(points) > 1 and _differ(*points[-2:]):
            values = f"{measure.words(points[-1].value)}, {measure.words(points[-2].value)}"
            on = day(before.started)
            yield f"{name}: {measure.title} {values} on {on}; beyond what reps and sensor explain."


def _differ(first: Point, last: Point) -> bool:
    """Whether two points differ beyond their noise; not where that is not known."""
    return abs(last.value - first.value) > math.hypot(first.noise, last.noise)


def _best_set(row: SessionRow, side: Side) -> SetRow | None:
    """Give the set with most clean reps of a leg, at the heaviest load of the session."""
    own = [one for one in row.sets if one.side is side and not math.isnan(one.clean)]
    heaviest = max((_known(one.load_kg) for one in own), default=0.0)
    return max(
        (one for one in own if _known(one.load_kg) == heaviest), key=lambda one: one.clean, default=None
    )


def _change(change: float) -> str:
    """Write how many clean reps more or fewer.

    Examples
    --------
    >>> _change(2.0), _change(-1.0)
    ('2 clean reps more', '1 clean rep fewer')
    """
    reps = "rep" if abs(change) == 1.0 else "reps"
    return f"{abs(change):.0f} clean {reps} {'more' if change > 0 else 'fewer'}"


def _weak_words(weak: WeakSide, reps: str) -> str:
    name, strong = weak.side.value.capitalize(), OTHER[weak.side].value
    return (
        f"{name} is the weak side: it had fewer {reps} in {weak.times} of the last {weak.sessions} "
        f"sessions, the {strong} in none. Let it begin, and stop the {strong} at as many {reps}."
    )


def _effort(one: SetRow) -> Effort:
    is_judged = not math.isnan(one.clean)
    good_reps = int(one.clean) if is_judged else one.reps
    return Effort(one.side, good_reps, one.load_kg, one.attempts, is_judged)


def _best(kind: Kind, one: SetRow) -> Best:
    return Best(kind, one.side, int(one.clean), one.load_kg, one.session, one.number, one.started)


def _known(load_kg: float) -> float:
    return 0.0 if math.isnan(load_kg) else load_kg
