"""Turning points about a known axis: bottom, top, bottom, top ... of a set.

Works on lift with a dead band, so a slow, shallow or shaky rep turns as surely as a fast one. Beside
the turning points, which are certain only when the way back has begun, it says early when a movement
has covered its share of the usual range and slowed down: that is when a rep is announced.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tracker.sensing.samples import Floats

BAND_SHARE, BAND_DEG = 0.15, (2.0, 10.0)
"""Dead band: 15 % of the usual range, between 2 deg (tremor and settling) and 10 deg."""

REACHED_SHARE = 0.55
"""A movement is done early when it has covered this share of the usual range and slowed down."""

SLOW_DEG_S, SLOW_SHARE = 3.0, 0.1
"""Slow: below 3 deg/s or 10 % of the movement's fastest; tremor about the handle reaches 3."""

WINDOW = 1024
"""Rows that are looked at together; any other number gives the same turning points."""


class Turn(NamedTuple):
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
        self._first, self._lift, self._rate = first, np.zeros(0), np.zeros(0)
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
            ahead = self._ahead(stop)
            lift = self._outward(self._lift[ahead])
            if math.isnan(self._from_deg):
                self._from_deg = lift.item(0)
            highest = np.maximum.accumulate(lift)
            if self._extreme_deg > highest.item(0):
                np.maximum(highest, self._extreme_deg, out=highest)
            back = _first(highest - lift >= self._band_deg)
            slow = self._slowed(lift, highest.item(-1), ahead)
            seen = min(back, slow, len(lift) - 1) + 1
            peak = int(lift[:seen].argmax())
            if lift.item(peak) > self._extreme_deg:
                self._extreme, self._extreme_deg = self._next + peak, lift.item(peak)
            self._next += seen
            if back < seen:
                return self._turned()
            if slow < seen:
                self._said = True
                return Turn(self._extreme, self._next - 1, self._sign > 0, False)
            if not self._said:
                speed = self._outward(self._rate[ahead])[:seen]
                self._fastest = max(self._fastest, speed.item(speed.argmax()))
        return None

    def _ahead(self, stop: int) -> slice:
        """The rows of the window from the next one on; those that have been looked at are kept."""
        if not self._first <= self._next < self._first + len(self._lift):
            self._first = self._next
            self._lift, self._rate = self._angles(self._next, min(stop, self._next + WINDOW))
        return slice(self._next - self._first, stop - self._first)

    def _outward(self, values: Floats) -> Floats:
        """Lift or its rate in the direction in which it moves."""
        return values if self._sign > 0 else -values

    def _slowed(self, lift: Floats, highest_deg: float, ahead: slice) -> int:
        """Index of the first row that is far enough from the last turn and slow."""
        far_deg = REACHED_SHARE * self._range_deg
        if self._said or highest_deg - self._from_deg < far_deg:
            return len(lift)
        speed = self._outward(self._rate[ahead])
        slow = SLOW_SHARE * np.maximum.accumulate(speed)
        np.maximum(slow, max(SLOW_DEG_S, SLOW_SHARE * self._fastest), out=slow)
        return _first((lift - self._from_deg >= far_deg) & (speed <= slow))

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
