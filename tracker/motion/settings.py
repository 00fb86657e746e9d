"""What the counting needs to know about a lift; coaching/exercises.py fills it in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiftSettings:
    """How a lift moves, for the room that counts.

    Attributes
    ----------
    rises
        True when a rep starts with a rise, so that a drive is told from a lowering by height (the
        hip thrust). False when a cycle may start either way and may not rise at all (any_lift):
        then reps are found by being alike, and of the following only the least turning (or as much
        rising) and the pause are asked for.
    turn_deg
        Least and most turning of a drive, deg.
    climb_m
        Least height gained in a drive, m; ignored when `rises` is False.
    drive_s
        Shortest and longest drive, s.
    lowering_s
        Longest lowering, s.
    full_share
        A drive of less than this share of the set's usual one is a partial rep.
    set_pause_s
        A set is over when no drive starts for so long, s.
    """

    rises: bool
    turn_deg: tuple[float, float]
    climb_m: float
    drive_s: tuple[float, float]
    lowering_s: float
    full_share: float
    set_pause_s: float
