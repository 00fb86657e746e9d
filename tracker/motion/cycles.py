"""Turning points about a known axis: bottom, top, bottom, top ... of a set.

Works on lift with a dead band, so a slow, shallow or shaky rep turns as surely as a fast one. Beside
the turning points, which are certain only when the way back has begun, it says early when a movement
has covered its share of the usual range and slowed down: that is when a rep is announced.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tracker.sensing.samples import Floats

BAND_SHARE, BAND_DEG = 0.15, (2.0, 10.0)
"""Dead band: 15 % of the usual range, between 2 deg (tremor and settling) and 10 deg."""

REACHED_SHARE = 0.55
"""A movement is done early when it has covered this share of the usual range and slowed down."""

SLOW_DEG_S, SLOW_SHARE = 3.0, 0.1
"""Slow: below 3 deg/s or 10 % of the movement's fastest; tremor about the handle reaches 3."""

WINDOW = 512
"""Rows that are looked at together; any other number gives the same turning points."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An extreme of lift.

    Attributes
    ----------
    row
        Where it is.
    known
        Row at which it was certain (`final`) or likely.
    top
        True for a top, False for a bottom.
    final
        False when the movement has only slowed down; the extreme may still move on.
    """

    row: int
    known: int
    top: bool
    final: bool


class Cycles:
    """Find tops and bottoms one after another.

    State: the direction, the extreme so far, the fastest so far, and how far it has looked.

    Parameters
    ----------
    angles
        Gives lift, deg, and its rate, deg/s, of rows start..stop-1 of the stream.
    first
        The row to begin with.
    range_deg
        Usual range of the movement.
    early
        False when nobody waits: then only the final turning points are given.
    """

    def __init__(
        self,
        angles: Callable[[int, int], tuple[Floats, Floats]],
        first: int,
        range_deg: float,
        *,
        early: bool = True,
    ) -> None:
        self._says_early = early
        self._angles = angles
        self._range_deg = range_deg
        self._band_deg = float(np.clip(BAND_SHARE * range_deg, *BAND_DEG))
        self._sign = 1.0
        self._next = first
        self._window = (first, np.zeros(0), np.zeros(0))
        self._begin(first, np.nan)

    def _begin(self, row: int, lift_deg: float) -> None:
        """A new movement starts from an extreme."""
        self._from_deg = lift_deg
        self._extreme, self._extreme_deg = row, -np.inf
        self._fastest, self._said = 0.0, not self._says_early

    @property
    def position(self) -> int:
        """The row that will be looked at next."""
        return self._next

    @property
    def under_way(self) -> bool:
        """Whether it is rising by more than the dead band, or has not come down again."""
        if self._sign > 0:
            return self._extreme_deg - self._from_deg >= self._band_deg
        return not self._said

    def next(self, stop: int) -> Turn | None:
        """The next turning point, final or early, that is known before row `stop`; None: no more."""
        while self._next < stop:
            lift, speed = self._ahead(stop)
            if math.isnan(self._from_deg):
                self._from_deg = float(lift[0])
            back, slow = self._came_back(lift), self._slowed(lift, speed)
            seen = min(back, slow, len(lift) - 1) + 1
            peak = int(lift[:seen].argmax())
            if lift[peak] > self._extreme_deg:
                self._extreme, self._extreme_deg = self._next + peak, float(lift[peak])
            self._fastest = max(self._fastest, float(speed[:seen].max()))
            self._next += seen
            if back < seen:
                return self._turned()
            if slow < seen:
                self._said = True
                return Turn(self._extreme, self._next - 1, self._sign > 0, False)
        return None

    def _ahead(self, stop: int) -> tuple[Floats, Floats]:
        """Lift and its rate from the next row on, as far as they have been looked at; up is positive."""
        start, known, _ = self._window
        if not start <= self._next < start + len(known):
            start = self._next
            self._window = start, *self._angles(start, min(stop, start + WINDOW))
        part = slice(self._next - start, stop - start)
        return self._sign * self._window[1][part], self._sign * self._window[2][part]

    def _came_back(self, lift: Floats) -> int:
        """Index of the first row that is the dead band below the extreme before it."""
        highest = np.maximum.accumulate(lift)
        np.maximum(highest, self._extreme_deg, out=highest)
        return _first(highest - lift >= self._band_deg)

    def _slowed(self, lift: Floats, speed: Floats) -> int:
        """Index of the first row that is far enough from the last turn and slow."""
        if self._said:
            return len(lift)
        far = lift - self._from_deg >= REACHED_SHARE * self._range_deg
        if not far.any():
            return len(lift)
        fastest = np.maximum.accumulate(speed)
        np.maximum(fastest, self._fastest, out=fastest)
        return _first(far & (speed <= np.maximum(SLOW_DEG_S, SLOW_SHARE * fastest)))

    def _turned(self) -> Turn:
        turn = Turn(self._extreme, self._next - 1, self._sign > 0, True)
        self._sign = -self._sign
        self._next = self._extreme + 1
        self._begin(turn.row, -self._extreme_deg)
        return turn


def _first(hits: np.ndarray[tuple[int], np.dtype[np.bool]]) -> int:
    """Index of the first hit; a number beyond the block when there is none."""
    at = int(hits.argmax())
    return at if hits[at] else len(hits)
