"""What a person says of sets, from the options of the command line or the fields of a page."""

from __future__ import annotations

from unicodedata import bidirectional, category

from tracker.app.options import HEAVIEST_KG
from tracker.archive.letters import is_text
from tracker.coaching.exercises import by_name
from tracker.coaching.tempo import tempo_of
from tracker.errors import InputError
from tracker.sensing.marks import Declared, Side

_TURNS_ROUND = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Classes of the marks that change the direction of all that follows them, which is more than the name."""

LONGEST_NAME = 80
"""Letters of a name or tag: longer than any that is meant as one, and still a line or two of a page."""


def declared_of(
    *,
    side: str | None,
    load_kg: float | None,
    athlete: str | None,
    exercise: str | None,
    target: int | None = None,
    tempo: str | None,
) -> Declared:
    """Take what was typed as a declaration.

    Raises
    ------
    InputError
        If the load, the tempo, the exercise or the name is none: now, not after the set.
    """
    if load_kg is not None and not 0.0 <= load_kg <= HEAVIEST_KG:
        raise InputError(f"{load_kg:g} kg is no load; say one from 0 to {HEAVIEST_KG:g} kg")
    if tempo is not None:
        tempo_of(tempo)
    if exercise is not None:
        by_name(exercise)
    if athlete is not None:
        check_name(athlete)
    return Declared(Side(side) if side else None, load_kg, athlete, exercise, target, tempo)


def check_text(said: str) -> None:
    """Check that something is text, and not bytes of another encoding; InputError where it is not."""
    if not is_text(said):
        raise InputError(f"{said!a:.40} is no text: a letter in it is not encoded as UTF-8")


def check_name(name: str) -> None:
    """Check that a name, or a tag, can stand in one line of a list; InputError where it cannot."""
    check_text(name)
    if any(category(letter) == "Cc" or bidirectional(letter) in _TURNS_ROUND for letter in name):
        raise InputError(f"{name!r} is no name: it has a line break or another control character in it")
    if len(name) > LONGEST_NAME:
        raise InputError(f"{name[:20]} ... is no name: it has {len(name)} letters, over {LONGEST_NAME}")
