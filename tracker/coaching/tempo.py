"""The tempo a set aims for, in the order coaches write it: eccentric-bottom-concentric-top."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tracker.errors import InputError

AS_FAST_AS_POSSIBLE = "x"
"""Coaches write X for a phase without a count, mostly the drive: "3-1-X-2"."""

LONGEST_PHASE_S = 60.0
"""A longer count than a minute is a slip of the finger, not a tempo."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """Target time of each phase, s; 0 asks for nothing."""

    eccentric_s: float
    bottom_s: float
    concentric_s: float
    top_s: float


def tempo_of(text: str) -> Tempo:
    """Read a tempo.

    Parameters
    ----------
    text
        Four phases in s, eccentric-bottom-concentric-top; X where speed is free.

    Raises
    ------
    InputError
        If it is anything else.

    Examples
    --------
    >>> tempo_of("3-1-X-2")
    Tempo(eccentric_s=3.0, bottom_s=1.0, concentric_s=0.0, top_s=2.0)
    """
    try:
        eccentric_s, bottom_s, concentric_s, top_s = (_phase_s(part) for part in text.split("-"))
    except ValueError:
        raise InputError(
            f"{text!r} is no tempo: give eccentric-bottom-concentric-top in s, like 3-1-1-2 or 3-1-X-2"
        ) from None
    return Tempo(eccentric_s, bottom_s, concentric_s, top_s)


def _phase_s(part: str) -> float:
    if part.strip().lower() == AS_FAST_AS_POSSIBLE:
        return 0.0
    phase_s = float(part)
    if not (math.isfinite(phase_s) and 0.0 <= phase_s <= LONGEST_PHASE_S):
        raise ValueError(part)
    return phase_s
