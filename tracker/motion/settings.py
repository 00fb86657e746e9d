"""What the counting needs to know about a lift; coaching/exercises.py fills it in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiftSettings:
    """How a lift moves, for the room that counts.

    Attributes
    ----------
    rises
        True when a rep starts with a rise, so that a drive can be told from a lowering by height
        (the hip thrust). False when a cycle may start either way (any_lift).
    """

    rises: bool = True
