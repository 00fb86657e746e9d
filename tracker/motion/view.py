"""A stretch of rows seen in a frame: what reps are measured on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from scipy.ndimage import median_filter
from scipy.signal import firwin

from tracker.motion.dumbbell import Frame, turning_deg_s
from tracker.motion.history import History
from tracker.motion.orientation import Oriented
from tracker.sensing.samples import Floats

CUTOFF_HZ, SMOOTHING_S = 6.0, 0.25
"""Low-pass for lift: tremor of 6 Hz and more moves no border; the window is what that corner needs."""

DRIFT_S = 10.0
"""Tilt that changes more slowly than this is sliding, not rocking."""

DRIFT_HZ = 10.0
"""Rate at which the slow part of tilt is looked at."""


class Angles:
    """Lift and its rate of a stream's rows in one frame, each worked out once, as rows come.

    State: those that are known, from row `first` of the stream on.

    Parameters
    ----------
    history
        The rows.
    frame
        The frame they are seen in.
    first
        No row before it will be asked for.
    """

    def __init__(self, history: History, frame: Frame, first: int) -> None:
        self._history, self._frame = history, frame
        self._first = self._end = max(first, history.start)
        self._known = np.empty((2, 0))

    def __call__(self, start: int, stop: int) -> tuple[Floats, Floats]:
        """Lift, deg, and its rate, deg/s, of rows start..stop-1 of the stream; views that stay true."""
        if self._end < min(stop, self._history.end):
            self._go_on()
        lift, rate = self._known[:, start - self._first : min(stop, self._end) - self._first]
        return lift, rate

    def _go_on(self) -> None:
        """Work out those of the rows that have come."""
        rows = self._history.cut(self._end, self._history.end)
        used, needed = self._end - self._first, self._history.end - self._first
        if needed > self._known.shape[1]:
            roomy = np.empty((2, 2 * needed))
            roomy[:, :used] = self._known[:, :used]
            self._known = roomy
        self._known[0, used:needed] = self._frame.lift_deg(rows.up)
        self._known[1, used:needed] = self._frame.lift_rate_deg_s(rows.rate)
        self._end = self._history.end


@dataclass(frozen=True, eq=False)
class View:
    """A stretch of rows seen in a frame; every array has shape (n,).

    Attributes
    ----------
    rows, frame
        What was sensed, and the frame it is seen in.
    first
        Number of the first row in the stream.
    lift_deg, lift_rate_deg_s
        Turn about the handle, smoothed, and its rate.
    period_s
        Time between rows, s.
    """

    rows: Oriented
    frame: Frame
    first: int
    lift_deg: Floats
    lift_rate_deg_s: Floats
    period_s: float

    @classmethod
    def of(cls, rows: Oriented, first: int, frame: Frame, period_s: float) -> View:
        """Look at rows in a frame."""
        angles = frame.lift_deg(rows.up), frame.lift_rate_deg_s(rows.rate)
        return cls.with_angles(rows, first, frame, period_s, angles)

    @classmethod
    def with_angles(
        cls, rows: Oriented, first: int, frame: Frame, period_s: float, angles: tuple[Floats, Floats]
    ) -> View:
        """Look at rows whose lift and its rate in that frame are known, before smoothing."""
        lift, rate = angles
        return cls(rows, frame, first, _smoothed(lift, period_s), rate, period_s)

    @cached_property
    def tilt_deg(self) -> Floats:
        """Slope of the handle, right end high is positive."""
        return self.frame.tilt_deg(self.rows.up)

    @cached_property
    def flagged(self) -> bool:
        """Whether anything is said of any row."""
        return self.rows.are_flagged()

    @cached_property
    def speed_deg_s(self) -> Floats:
        """Turning about any axis."""
        return turning_deg_s(self.rows.rate)

    @cached_property
    def loose_deg(self) -> Floats:
        """Tilt that neither lift nor slow sliding explains."""
        return _unexplained(self.tilt_deg, self.lift_deg, self.period_s)

    def count(self, duration_s: float) -> int:
        """How many rows a time takes, at least one."""
        return round(duration_s / self.period_s) or 1

    def angles(self, start: int, stop: int) -> tuple[Floats, Floats]:
        """Lift and its rate of rows start..stop-1 of the stream."""
        part = slice(start - self.first, stop - self.first)
        return self.lift_deg[part], self.lift_rate_deg_s[part]


def _smoothed(values: Floats, period_s: float) -> Floats:
    """Low-pass with linear phase, its delay removed; ends are held."""
    half = max(1, round(SMOOTHING_S / period_s / 2))
    if 1 / period_s <= 2.2 * CUTOFF_HZ:
        return values
    held = np.empty(len(values) + 2 * half)
    held[:half], held[half:-half], held[-half:] = values[0], values, values[-1]
    return np.convolve(held, _low_pass(half, period_s), mode="valid")


@cache
def _low_pass(half: int, period_s: float) -> Floats:
    return np.asarray(firwin(2 * half + 1, CUTOFF_HZ, fs=1 / period_s))


def _unexplained(tilt: Floats, lift: Floats, period_s: float) -> Floats:
    """Tilt less its straight line on lift, less its slow part."""
    spread = lift - lift.mean()
    power = float((spread * spread).sum())
    slope = float((spread * tilt).sum()) / power if power > 0 else 0.0
    rest = tilt - slope * spread
    if len(rest) * period_s <= DRIFT_S:
        return np.asarray(rest - np.partition(rest, len(rest) // 2)[len(rest) // 2])
    every = max(1, round(1 / (DRIFT_HZ * period_s)))
    coarse = rest[::every]
    slow = median_filter(coarse, size=round(DRIFT_S * DRIFT_HZ) + 1, mode="nearest")
    at = np.arange(len(rest))
    return np.asarray(rest - np.interp(at, at[::every], slow))
