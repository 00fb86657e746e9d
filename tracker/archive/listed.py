"""What the library knows of a session without opening its recording: rows of plain figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar, overload

from tracker.coaching.measures import Measured
from tracker.coaching.results import Gate
from tracker.sensing.marks import Side

_Row = TypeVar("_Row")


def known_sum(values: Iterable[float]) -> float:
    """Add up what is known; nan where nothing is.

    Examples
    --------
    >>> known_sum([8.0, math.nan]), known_sum([math.nan])
    (8.0, nan)
    """
    known = [value for value in values if not math.isnan(value)]
    return sum(known) if known else math.nan


def moment_s(started: str) -> float | None:
    """Read a start, ISO 8601, as s since 1970; without an offset it is local.

    None where nobody knows it, or the year is one that a system cannot count to.

    Examples
    --------
    >>> moment_s("1970-01-01T01:00:00+00:00"), moment_s("")
    (3600.0, None)
    """
    if not started:
        return None
    try:
        return datetime.fromisoformat(started).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


class Later(Sequence[_Row], Generic[_Row]):
    """Rows that are made when somebody first looks at them: who lists 5,000 sessions looks at a few.

    Parameters
    ----------
    make
        Makes them.
    """

    __slots__ = ("_make", "_rows")

    def __init__(self, make: Callable[[], tuple[_Row, ...]]) -> None:
        self._make: Callable[[], tuple[_Row, ...]] | None = make
        self._rows: tuple[_Row, ...] = ()

    @property
    def _made(self) -> tuple[_Row, ...]:
        if self._make is not None:
            self._rows, self._make = self._make(), None
        return self._rows

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, place: int) -> _Row: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[_Row, ...]: ...
    def __getitem__(self, place: int | slice) -> _Row | tuple[_Row, ...]:
        return self._made[place]

    def __eq__(self, other: object) -> bool:
        return self._made == (other._made if isinstance(other, Later) else other)

    def __hash__(self) -> int:
        return hash(self._made)

    def __repr__(self) -> str:
        return repr(self._made)


@dataclass(frozen=True, slots=True)
class SetRow:
    """One set of a session.

    Attributes
    ----------
    session, number
        Name of the session, and of the set in it, from 1.
    side, athlete, exercise, load_kg
        As declared; load nan and athlete "" when not said.
    started
        When its first drive began, ISO 8601; "" when it is not known.
    attempts, reps, clean
        Tried, counted, and counted clean; clean is nan where none could be judged.
    gate, gate_reason
        Whether the load may go up, and why in words.
    """

    session: str
    number: int
    side: Side
    athlete: str
    exercise: str
    load_kg: float
    started: str
    attempts: int
    reps: int
    clean: float
    gate: Gate
    gate_reason: str


@dataclass(frozen=True, slots=True)
class SideRow:
    """The sets that one athlete did of one exercise with one leg in a session.

    Attributes
    ----------
    session, started
        Name of the session, and when the first of the sets began, ISO 8601 or "".
    athlete, exercise, side
        Whose sets they are, of which lift, with which leg.
    sets, attempts, reps, judged, clean
        How many; judged are those known to be clean or not, and clean is nan where there is none.
    load_kg_max, volume_kg
        Heaviest load, and load times counted reps; nan when not said.
    gate
        The worst of the sets' gates.
    measures
        Typical values with their standard errors, one for each of `balance.MEASURES`.
    """

    session: str
    started: str
    athlete: str
    exercise: str
    side: Side
    sets: int
    attempts: int
    reps: int
    judged: int
    clean: float
    load_kg_max: float
    volume_kg: float
    gate: Gate
    measures: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One recorded session.

    Attributes
    ----------
    name
        What people and commands call it: the name of its first file without the ending.
    file
        Its first segment.
    started
        When its t_s was 0, ISO 8601; "" when it is not known.
    software
        What recorded it.
    tags, note
        What the person says of it.
    edits
        How many corrections hold.
    warnings
        What a reader of its numbers must know.
    trouble
        Why it cannot be read, in one line; "" when it can. Then there are no sets.
    sets, sides
        What was done.
    is_passing
        Whether the trouble may pass while the file stays as it is: it is read again the next time.
    """

    name: str
    file: Path
    started: str = ""
    software: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    edits: int = 0
    warnings: tuple[str, ...] = ()
    trouble: str = ""
    sets: Sequence[SetRow] = ()
    sides: Sequence[SideRow] = ()
    is_passing: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A measure of one leg in one session, for a trend.

    Attributes
    ----------
    session, started, side
        Which.
    value
        In the measure's unit.
    noise
        Half the width of its 95 % band, in the same unit; nan when it is not known.
    """

    session: str
    started: str
    side: Side
    value: float
    noise: float
