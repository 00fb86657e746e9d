"""A session as the CSV that Hevy exports: a row for each set.

The header, the quotation marks (text only), the line ends and the English months are those of rows that
people published; Hevy itself documents none of it. It has no column for the leg, so each leg is an
exercise of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

from tracker.archive.export.csv import quoted
from tracker.archive.export.exported import Exported, by_title, clean_of, described, moment
from tracker.coaching.exercises import by_name
from tracker.coaching.results import Session

HEADER = (
    '"title","start_time","end_time","description","exercise_title","superset_id","exercise_notes",'
    '"set_index","set_type","weight_kg","reps","distance_km","duration_seconds","rpe"'
)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Not strftime's: those would follow the system's language."""


def hevy_files(exported: Exported) -> dict[str, bytes]:
    """Write the one file; by the ending of its name.

    Raises
    ------
    InputError
        If there is a set and nobody knows when it was.
    """
    lines = [HEADER, *_rows(exported.session)]
    return {".hevy.csv": "".join(f"{line}\n" for line in lines).encode()}


def kg(load_kg: float) -> str:
    """Write a load without decimals that say nothing; empty when it was not said.

    Examples
    --------
    >>> kg(20.0), kg(22.5), kg(float("nan"))
    ('20', '22.5', '')
    """
    return "" if math.isnan(load_kg) else f"{load_kg:.2f}".rstrip("0").rstrip(".")


def _rows(session: Session) -> Iterator[str]:
    for exercise, sets in by_title(session).items():
        for index, one in enumerate(sets):
            yield ",".join(
                (
                    *_workout(session),
                    quoted(exercise),
                    "",  # superset_id
                    quoted(clean_of(session, sets)),
                    *(str(index), quoted("normal"), kg(one.load_kg), str(len(one.reps))),
                    *("", "", ""),  # distance_km, duration_seconds, rpe
                )
            )


def _workout(session: Session) -> tuple[str, str, str, str]:
    """Title, start, end and description: the same on every row."""
    start, end = moment(session, 0.0), moment(session, session.sets[-1].t_end_s)
    titles = dict.fromkeys(by_name(one.exercise).title for one in session.sets)
    told = (", ".join(titles), _time(start), _time(end), described(session))
    title, start_time, end_time, description = map(quoted, told)
    return title, start_time, end_time, description


def _time(when: datetime) -> str:
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}, {when:%H:%M}"
