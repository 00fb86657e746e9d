"""What the person said about the sets: in marks while recording, or as overrides afterwards."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from tracker.coaching.exercises import ONE_LEG_HIP_THRUST, Exercise, by_name
from tracker.coaching.tempo import Tempo, tempo_of
from tracker.sensing.marks import Declared, Side, as_one

_T = TypeVar("_T", float, str)

NOTHING_SAID = Declared()


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the person says now; it beats what the recording's marks say.

    Attributes
    ----------
    sides
        The working leg of each set, in order. A single one holds for every set; sets beyond the
        end of a longer list are unknown. Empty: as marked.
    load_kg, exercise, athlete
        For every set; None: as marked.
    """

    sides: tuple[Side, ...] = ()
    load_kg: float | None = None
    exercise: str | None = None
    athlete: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one set; load nan and athlete "" when nobody said."""

    side: Side
    load_kg: float
    athlete: str
    exercise: Exercise
    tempo: Tempo | None


class Declarations:
    """What was said, and from when it holds.

    Parameters
    ----------
    overrides
        What beats the marks.

    Raises
    ------
    InputError
        If the overrides name an exercise that is not known.
    """

    def __init__(self, overrides: Overrides) -> None:
        exercise = ONE_LEG_HIP_THRUST if overrides.exercise is None else by_name(overrides.exercise)
        self._overrides = overrides
        self._from_s = [-math.inf]
        self._terms = [
            Terms(
                side=Side.UNKNOWN,
                load_kg=math.nan if overrides.load_kg is None else overrides.load_kg,
                athlete=as_one(overrides.athlete or ""),
                exercise=exercise,
                tempo=None,
            )
        ]

    def add(self, t_s: float, declared: Declared) -> None:
        """Take in a mark of that time, s on t_s; marks come in order of time.

        Raises
        ------
        InputError
            If it names an exercise that is not known, or a tempo that is none.
        """
        self._from_s.append(t_s)
        self._terms.append(self._changed(self._terms[-1], declared))

    def at(self, t_start_s: float, number: int, said: Declared = NOTHING_SAID) -> Terms:
        """Say what holds for a set.

        Parameters
        ----------
        t_start_s
            When its first drive starts, s on t_s; nan is taken as later than every mark.
        number
            The set's number in the session, from 1.
        said
            What the person said of it afterwards; it beats the marks.

        Raises
        ------
        InputError
            If that names an exercise that is not known, or a tempo that is none.
        """
        terms = self._changed(self._terms[bisect_right(self._from_s, t_start_s) - 1], said)
        return replace(terms, side=self._side_said_now(number)) if self._overrides.sides else terms

    def _changed(self, known: Terms, declared: Declared) -> Terms:
        if declared == NOTHING_SAID:
            return known
        overrides = self._overrides
        exercise = declared.exercise if overrides.exercise is None else None
        return Terms(
            side=known.side if declared.side is None else declared.side,
            load_kg=_newest(known.load_kg, declared.load_kg, overrides.load_kg),
            athlete=_newest(known.athlete, declared.athlete, overrides.athlete),
            exercise=known.exercise if exercise is None else by_name(exercise),
            tempo=known.tempo if declared.tempo is None else tempo_of(declared.tempo),
        )

    def _side_said_now(self, number: int) -> Side:
        sides = self._overrides.sides
        if len(sides) == 1:
            return sides[0]
        return sides[number - 1] if number <= len(sides) else Side.UNKNOWN


def together(before: Declared, now: Declared) -> Declared:
    """Put what is said now over what was said before; what is not said now stays."""
    said = {field.name: getattr(now, field.name) for field in fields(now)}
    return replace(before, **{name: value for name, value in said.items() if value is not None})


def _newest(known: _T, declared: _T | None, overridden: _T | None) -> _T:
    return known if declared is None or overridden is not None else declared
