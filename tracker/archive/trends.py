"""A leg over sessions: one measure as points in time, each with its noise band.

A point's band holds 95 % of what chance would make of the same leg on the same day: 1.96 standard errors
of the typical value (coaching/measures.py says how they are made), and for tilt and rocking what the sensor
itself may be off by, which is another amount whenever it is clipped on anew. Two points whose bands do not
overlap really differ; two whose bands do may differ all the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from tracker.archive.listed import Point, SessionRow, SetRow, SideRow, moment_s
from tracker.coaching.measures import MEASURES

_BY_NAME: Final = {measure.name: measure for measure in MEASURES}

_Row = TypeVar("_Row", SessionRow, SideRow, SetRow)


@dataclass(frozen=True, slots=True)
class _Value:
    value: float
    noise: float


def points_of(sides: Sequence[SideRow], measure: str) -> tuple[Point, ...]:
    """Make a trend.

    Parameters
    ----------
    sides
        Of one athlete and one exercise, in any order. Those that do not know when they were are left out
        (`undated_words` says so).
    measure
        One of `TRENDS`.

    Returns
    -------
    tuple of Point
        In order of time, without those that did not measure it.

    Raises
    ------
    ValueError
        If there is no such measure.
    """
    if measure not in TRENDS:
        raise ValueError(f"there is no trend of {measure!r}; there are {', '.join(TRENDS)}")
    of = _COUNTS.get(measure) or _measured(measure)
    found = [(side, of(side)) for side in in_time(sides)]
    return tuple(
        Point(side.session, side.started, side.side, at.value, at.noise)
        for side, at in found
        if not math.isnan(at.value)
    )


def in_time(rows: Iterable[_Row]) -> list[_Row]:
    """Put rows in order of time; those that do not know theirs are left out.

    A time that names no time zone is local, as everywhere.
    """
    dated = [(began_s, row) for row in rows if (began_s := moment_s(row.started)) is not None]
    return [row for _, row in sorted(dated, key=lambda pair: pair[0])]


def undated_words(sessions: Sequence[SessionRow]) -> str:
    """Say which sessions no trend can show, for nobody knows when they were; "" where there is none."""
    undated = [row.name for row in sessions if row.sets and moment_s(row.started) is None]
    if not undated:
        return ""
    named = undated[0] if len(undated) == 1 else f"{len(undated)} sessions ({', '.join(undated)})"
    return f"Not in the trends, for it is not known when they were: {named}."


def _measured(name: str) -> Callable[[SideRow], _Value]:
    def of(side: SideRow) -> _Value:
        for one in side.measures:
            if one.measure == name:
                return _Value(one.value, _BY_NAME[name].noise(one.value, one.error))
        return _Value(math.nan, math.nan)

    return of


def _clean(side: SideRow) -> _Value:
    """Give the clean reps with the noise of their share."""
    return _Value(side.clean, _measured("clean_rate")(side).noise * side.judged)


_COUNTS: Final[dict[str, Callable[[SideRow], _Value]]] = {
    "clean": _clean,
    "load_kg_max": lambda side: _Value(side.load_kg_max, 0.0),  # as said: no noise
    "volume_kg": lambda side: _Value(side.volume_kg, 0.0),
}

TRENDS: Final = (*_COUNTS, *(measure.name for measure in MEASURES))
"""What can be followed: clean reps, heaviest load, load times reps, and what the sides are compared by."""

_COUNT_TITLES: Final = {
    "clean": "Clean reps",
    "load_kg_max": "Heaviest load (kg)",
    "volume_kg": "Load times reps (kg)",
}


def titled(measure: str) -> str:
    """Title what can be followed, with its unit; a name without words is shown as it is.

    Examples
    --------
    >>> titled("rom_deg"), titled("clean_rate"), titled("load_kg_max")
    ('Range (deg)', 'Clean share of judged reps', 'Heaviest load (kg)')
    """
    if measure not in _BY_NAME:
        return _COUNT_TITLES.get(measure, measure)
    of = _BY_NAME[measure]
    unit = of.form.partition("} ")[2]
    title = of.title[0].upper() + of.title[1:]
    return f"{title} ({unit})" if unit else title
