"""A session as the CSV that Strong exports: a row for each set.

Header and rows are those that people published from the English app (iOS, 5.15); other versions and
languages separate by ";", add columns for units, or write reps with a decimal. Weights are in whatever
unit the app is set to: here kg. Strong has no column for the leg, so each leg is an exercise of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from tracker.archive.export.csv import quoted
from tracker.archive.export.exported import Exported, by_title, clean_of, described, moment
from tracker.coaching.exercises import by_name
from tracker.coaching.results import Session, Set

HEADER = (
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE"
)


def strong_files(exported: Exported) -> dict[str, bytes]:
    """Write the one file; by the ending of its name.

    Raises
    ------
    InputError
        If there is a set and nobody knows when it was.
    """
    lines = [HEADER, *_rows(exported.session)]
    return {".strong.csv": "".join(f"{line}\n" for line in lines).encode()}


def duration(seconds: float) -> str:
    """Write how long a workout lasted, to the minute.

    Examples
    --------
    >>> duration(72 * 60), duration(3600), duration(50)
    ('1h 12m', '1h', '1m')
    """
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    parts = (f"{hours}h" if hours else "", f"{minutes}m" if minutes else "")
    return " ".join(part for part in parts if part)


def _rows(session: Session) -> Iterator[str]:
    for exercise, sets in by_title(session).items():
        for order, one in enumerate(sets, 1):
            yield ",".join((*_workout(session), quoted(exercise), str(order), *_set(session, one)))


def _workout(session: Session) -> tuple[str, str, str]:
    """Date, name and duration: the same on every row."""
    titles = dict.fromkeys(by_name(one.exercise).title for one in session.sets)
    return (
        f"{moment(session, 0.0):%Y-%m-%d %H:%M:%S}",
        quoted(", ".join(titles)),
        duration(session.sets[-1].t_end_s),
    )


def _set(session: Session, one: Set) -> tuple[str, ...]:
    """Weight, reps, distance, seconds, notes, the workout's notes, RPE."""
    weight = "" if math.isnan(one.load_kg) else f"{round(one.load_kg, 2)}"
    notes = (quoted(clean_of(session, [one])), quoted(described(session)))
    return (weight, str(len(one.reps)), "0", "0", *notes, "")
