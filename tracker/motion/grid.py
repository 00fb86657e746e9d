"""Samples -> rows on an even grid: short holes bridged, long ones marked.

Filters count samples, so a missing one must be put back before them: a straight line between its
neighbours is better than holding, and far better than feeding on as if nothing were lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tracker.motion.quaternions import up_in_sensor
from tracker.sensing.clock import GAP_PERIODS
from tracker.sensing.samples import Floats, Samples

BRIDGE_S = 0.5
"""Longest hole that is bridged, s: half a drive. What is interpolated beyond it bends the
orientation by degrees."""

BROKEN = 4
"""Flag beside those of `Samples`: first row after a hole that was too long to bridge."""
BRIDGED = 8
"""Flag: this row was interpolated."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """An unbroken stretch on an even grid.

    Attributes
    ----------
    t_s
        Shape (n,), s.
    values
        Accelerometer, m/s2, and gyroscope, rad/s, each of shape (n, 3), and up in the sensor's frame as its
        own orientation has it, (n, 3), where there is one; or (n, 4) alone: quaternion w, x, y, z.
    flags
        Shape (n,), uint8; BROKEN can only stand on the first row.
    period_s
        Time between rows, s.
    """

    t_s: Floats
    values: tuple[Floats, ...]
    flags: NDArray[np.uint8]
    period_s: float


class Grid:
    """Put lost samples back, or say that too many are lost.

    State: the last row, because a hole may lie between two blocks.
    """

    def __init__(self) -> None:
        self._last: tuple[float, tuple[Floats, ...]] | None = None
        self._period_s = 0.0

    def step(self, samples: Samples) -> list[Rows]:
        """Unbroken stretches, in order. Raises ValueError for samples that cannot give an angle."""
        values = self._values(samples)
        t_s, flags, lead = samples.t_s, samples.flags, 0
        other = self._last is not None and (
            self._period_s != samples.period_s or _widths(self._last[1]) != _widths(values)
        )
        if self._last is not None and not other and _is_even(t_s, self._last[0], samples.period_s):
            self._last = _last_row(t_s, values)
            return [Rows(t_s, values, flags, samples.period_s)]
        if self._last is not None:
            lead = 1  # the row before this block, so that a hole between blocks is seen
            t_s = np.concatenate([[self._last[0]], t_s])
            before = tuple(part[:1] for part in values) if other else self._last[1]
            values = tuple(np.concatenate(both) for both in zip(before, values, strict=True))
            flags = np.concatenate([np.zeros(1, np.uint8), flags])
        self._last, self._period_s = _last_row(t_s, values), samples.period_s
        long = np.flatnonzero(np.diff(t_s) > max(BRIDGE_S, GAP_PERIODS * samples.period_s)) + 1
        starts = sorted({0, *([1] if other else []), *long.tolist()})
        pieces = []
        for start, stop in pairwise([*starts, len(t_s)]):
            parts = tuple(part[start:stop] for part in values)
            rows = _bridged(t_s[start:stop], parts, flags[start:stop], samples.period_s)
            if start == 0:
                parts = tuple(part[lead:] for part in rows.values)
                rows = Rows(rows.t_s[lead:], parts, rows.flags[lead:], rows.period_s)
            else:
                rows.flags[0] |= BROKEN
            if len(rows.t_s):
                pieces.append(rows)
        return pieces

    def _values(self, samples: Samples) -> tuple[Floats, ...]:
        if samples.acc_m_s2 is not None and samples.gyr_rad_s is not None:
            if samples.earth_from_sensor is None:
                return samples.acc_m_s2, samples.gyr_rad_s
            return samples.acc_m_s2, samples.gyr_rad_s, up_in_sensor(samples.earth_from_sensor.T).T
        if samples.earth_from_sensor is None:
            raise ValueError("samples need accelerometer and gyroscope, or a quaternion")
        # a gyroscope beside it would add its offset and nothing else: the turning is in the quaternions
        return (self._one_hemisphere(samples.earth_from_sensor),)

    def _one_hemisphere(self, quaternions: Floats) -> Floats:
        """Choose between q and -q so that neighbours are near each other."""
        first = quaternions[:1]
        if self._last is not None and len(self._last[1]) == 1:
            (first,) = self._last[1]
        chain = np.concatenate([first, quaternions])
        a, b = chain[:-1], chain[1:]
        dot = a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2] + a[:, 3] * b[:, 3]
        return quaternions * np.cumprod(np.where(dot < 0, -1.0, 1.0))[:, None]


def _is_even(t_s: Floats, before_s: float, period_s: float) -> bool:
    """Whether there is no hole, as in most blocks: neither before the first row nor between two."""
    if t_s[0] - before_s > GAP_PERIODS * period_s:
        return False
    return not (t_s[1:] - t_s[:-1] > GAP_PERIODS * period_s).any()


def _last_row(t_s: Floats, values: tuple[Floats, ...]) -> tuple[float, tuple[Floats, ...]]:
    return float(t_s[-1]), tuple(part[-1:] for part in values)


def _widths(values: tuple[Floats, ...]) -> list[int]:
    """What kind of rows they are."""
    return [part.shape[1] for part in values]


def _bridged(t_s: Floats, values: tuple[Floats, ...], flags: NDArray[np.uint8], period_s: float) -> Rows:
    """Fill every hole with straight lines."""
    steps = np.diff(t_s)
    holes = np.flatnonzero(steps > GAP_PERIODS * period_s)
    if len(holes) == 0:
        return Rows(t_s, values, flags.copy(), period_s)
    missing = np.rint(steps[holes] / period_s).astype(int) - 1
    after = np.repeat(holes, missing)
    share = np.concatenate([np.arange(1, m + 1) / (m + 1) for m in missing])
    t_new = t_s[after] + steps[after] * share
    at = after + 1
    new = [part[after] + (part[at] - part[after]) * share[:, None] for part in values]
    return Rows(
        np.insert(t_s, at, t_new),
        tuple(np.insert(part, at, filled, axis=0) for part, filled in zip(values, new, strict=True)),
        np.insert(flags, at, np.uint8(BRIDGED)),
        period_s,
    )
