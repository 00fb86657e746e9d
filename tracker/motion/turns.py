"""Turning points without knowing an axis: where the weight went out, stopped and came back.

The direction of gravity in the sensor's frame wanders over a sphere. A turning point is the place
farthest from the last one, once the way back has covered a dead band; so shaking smaller than the
band makes none, however the sensor is clipped. Between two turning points lies a stroke.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.motion.history import History
from tracker.sensing.samples import Floats

BAND_DEG = 5.0
"""Dead band, deg: tremor and the settling of a hold (1-2 deg) stay below it, the flattest thrust
(a dumbbell held level by the hands turns 10 deg and more) above."""

FAR_DEG = 60.0
"""Farther than any thrust from the last turning point: there a way back hardly shows as distance, so
the next standstill is taken for a turning point (the weight has been picked up and laid down)."""

STILL_S, STILL_DEG = 0.4, 1.5
"""Standstill: gravity's direction has changed by less than 1.5 deg in 0.4 s; tremor averages out."""

LONGEST_S = 60.0
"""A stroke is looked at for its last 60 s: with all that came before, it only lay still."""

WINDOW = 1024
"""Rows that are looked at together; any other number gives the same turning points."""


BAND, FAR, STILL = (2 * np.sin(np.radians(angle) / 2) for angle in (BAND_DEG, FAR_DEG, STILL_DEG))
"""The same as distances between unit vectors: exactly rounded, unlike an arc cosine."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A movement from one turning point to the next.

    Attributes
    ----------
    start, stop
        Rows of the two turning points.
    known
        Row at which the second one was certain.
    """

    start: int
    stop: int
    known: int


class Turns:
    """Find turning points one after another.

    State: the last turning point, the farthest place since then, and how far it has looked.
    """

    def __init__(self, first: int) -> None:
        self._origin = self._farthest = first
        self._distance = -1.0
        self._next = first
        self._from = np.zeros((3, 1))

    def next(self, history: History) -> Stroke | None:
        """The next stroke that is certain within the rows there are, or None."""
        while self._next < history.end:
            up = history.cut(self._next, self._next + WINDOW).up
            if self._distance < 0:
                self._from, self._distance = up[:, :1].copy(), 0.0
            chord = _apart(up, self._from)
            back = np.maximum.accumulate(np.maximum(chord, self._distance)) - chord >= BAND
            if self._distance > FAR or chord.max() > FAR:
                back |= (chord > FAR) & self._still(history, up)
            over = round(LONGEST_S / history.period_s) - (self._next - self._origin)
            if over < len(chord):  # it has rested since: told now, while its rows are known
                moved = np.maximum.accumulate(np.maximum(chord, self._distance)) >= BAND
                back[max(0, over) :] |= moved[max(0, over) :]
            at = int(back.argmax())
            seen = at + 1 if back[at] else len(chord)
            peak = int(chord[:seen].argmax())
            if chord[peak] > self._distance:
                self._farthest, self._distance = self._next + peak, float(chord[peak])
            self._next += seen
            if back[at]:
                return self._turn(history)
        return None

    def last(self, history: History) -> Stroke | None:
        """The stroke that was on its way when the stream ended, or None."""
        return self._turn(history) if self._distance >= BAND else None

    def _still(self, history: History, up: Floats) -> NDArray[np.bool]:
        """Whether each of the rows from the next one on follows a standstill."""
        lag = round(STILL_S / history.period_s)
        first = max(self._next - lag, self._origin)
        before = history.cut(first, self._next + up.shape[1]).up
        at = np.maximum(np.arange(up.shape[1]) + self._next - lag - first, 0)
        return np.asarray(_apart(up, before[:, at]) < STILL)

    def _turn(self, history: History) -> Stroke:
        known = self._next - 1
        oldest = known - round(LONGEST_S / history.period_s)
        stroke = Stroke(max(self._origin, oldest), max(self._farthest, oldest), known)
        self._origin, self._distance = stroke.stop, -1.0
        self._next = self._farthest = stroke.stop
        return stroke


def _apart(some: Floats, others: Floats) -> Floats:
    """Distance between unit vectors, (3, n), (3, n) -> (n,)."""
    dx, dy, dz = some - others
    return np.asarray(np.sqrt(dx * dx + dy * dy + dz * dz))
