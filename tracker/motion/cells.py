"""Rows averaged into cells, in which a lift that nobody has described is looked at.

A cell holds where gravity points in the sensor's frame, and how fast the sensor rises or falls.
"""

from __future__ import annotations

import numpy as np

from tracker.motion.history import History
from tracker.sensing.samples import Floats

CELL_S = 0.2
"""Rows are averaged over about this time: the quickest rep (1.3 s) still has six cells."""

DRIFT_S = 4.0
"""Vertical speed is taken against its mean over this time to both sides: an accelerometer's offset and
tilt make it drift by 0.1-0.3 m/s each second, a rep's own speed has no mean."""

RAD_PER_M_S = 1.0
"""A speed of 1 m/s weighs as much as a turn of 1 rad: a forearm is about 0.3 m long and a rep takes
2-4 s, so both come to about 0.5 in a lift that turns and rises."""

LONGEST_HOLE_S = 30.0
"""No cycle and no pause is so long; of a longer hole only this much is kept."""


class Cells:
    """Averages of rows: up and vertical speed without its drift; nan stands in a hole.

    State: those that are settled, and the averages of the unbroken piece that is being read.
    """

    def __init__(self, first: int, period_s: float) -> None:
        self._size = max(1, round(CELL_S / period_s))
        self._period_s = self._size * period_s
        self.rows: list[int] = []
        self.values = np.empty((4, 0))
        self._piece = self._read = first
        self._raw = np.empty((4, 0))
        self._settled = 0

    def __len__(self) -> int:
        return len(self.rows)

    def count(self, duration_s: float) -> int:
        """How many cells a time takes."""
        return round(duration_s / self._period_s)

    def read(self, history: History, stop: int, whole: bool) -> None:
        """Go on to row `stop`; the last cells wait for what comes after them, unless this is the whole."""
        for row in history.breaks(max(self._read, self._piece + 1), stop):
            self._go_on(history, row)
            self._settle(done=True)
            hole = self.count(min(history.gap_s(row), LONGEST_HOLE_S))
            self._put(np.full((4, hole), np.nan), [row] * hole)
            self._piece = self._read = row
            self._raw, self._settled = np.empty((4, 0)), 0
        self._go_on(history, stop)
        self._settle(whole)

    def _go_on(self, history: History, stop: int) -> None:
        size = self._size
        n = (stop - self._read) // size
        if n <= 0:
            return
        block = history.cut(self._read, self._read + n * size)
        raw = np.empty((4, n))
        raw[:3] = block.up.reshape(3, n, size).mean(axis=2)
        raw[3] = RAD_PER_M_S * block.velocity.reshape(n, size).mean(axis=1)
        self._raw = np.concatenate([self._raw, np.where(np.isnan(raw), 0.0, raw)], axis=1)
        self._read += n * size

    def _settle(self, done: bool) -> None:
        """Take the drift off the cells whose surroundings are known."""
        half = self.count(DRIFT_S)
        n = self._raw.shape[1]
        stop = n if done else n - half
        if stop <= self._settled:
            return
        first = max(0, self._settled - half)
        new = self._raw[:, self._settled : stop].copy()
        new[3] = _without_drift(self._raw[3, first:], half)[self._settled - first : stop - first]
        rows = self._piece + self._size * np.arange(self._settled, stop)
        self._settled = stop
        self._put(new, rows.tolist())

    def _put(self, values: Floats, rows: list[int]) -> None:
        self.values = np.concatenate([self.values, values], axis=1)
        self.rows += rows


def _without_drift(speed: Floats, half: int) -> Floats:
    """Take off the mean around each cell; beyond its ends the curve goes on turned about them."""
    half = min(half, len(speed) - 1)
    if half < 1:
        return np.zeros(len(speed))
    window = np.hanning(2 * half + 3)[1:-1]
    ahead = 2 * speed[-1] - speed[-2 : -half - 2 : -1]
    before = 2 * speed[0] - speed[half:0:-1]
    around = np.concatenate([before, speed, ahead])
    return speed - np.convolve(around, window / window.sum(), mode="valid")
