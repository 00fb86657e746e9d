"""What a person says of sets, from the options of the command line."""

from __future__ import annotations

from unicodedata import category

from tracker.coaching.exercises import by_name
from tracker.coaching.tempo import tempo_of
from tracker.errors import InputError
from tracker.sensing.samples import Declared, Side


def declared_of(
    *,
    side: str | None,
    load_kg: float | None,
    athlete: str | None,
    exercise: str | None,
    target: int | None = None,
    tempo: str | None,
) -> Declared:
    """Take the options of the command line as a declaration.

    Raises
    ------
    InputError
        If the tempo, the exercise or the name is none: now, not after the set.
    """
    if tempo is not None:
        tempo_of(tempo)
    if exercise is not None:
        by_name(exercise)
    if athlete is not None and any(category(letter) == "Cc" for letter in athlete):
        raise InputError(f"{athlete!r} is no name: it has a line break or another control character in it")
    return Declared(Side(side) if side else None, load_kg, athlete, exercise, target, tempo)
