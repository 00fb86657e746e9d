"""Samples -> how the sensor lies in the world.

In: `Samples`. Out: `Oriented` blocks, late by
half the smoothing window, so that every channel of a row belongs to the same instant.

Orientation is VQF (Laidig & Seel, Information Fusion 91, 2023, doi 10.1016/j.inffus.2022.10.014),
6-axis and causal, at its defaults but for the gyroscope offset it believes in (5 deg/s exist, its
default stops at 2). Its result does not depend on how the stream is cut, to the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter, savgol_coeffs
from vqf import VQF

from tracker.motion.grid import BROKEN, Grid, Rows
from tracker.motion.quaternions import up_in_sensor
from tracker.sensing.samples import Floats, Samples

SMOOTHING_S = 0.11
"""Length of the Savitzky-Golay window (order 2), s: -3 dB at 10 Hz, above a thrust's 3 Hz. Its phase
is linear, so a time taken from a smoothed channel is late by a known constant, which is removed."""

BIAS_CLIP_DEG_S = 10.0
"""Largest gyroscope offset that is believed, deg/s; MPU-6050-class parts reach 5."""

BIAS_SIGMA_DEG_S = 1.0
"""How far the offset may be from zero at the start, 1 sigma, deg/s: what data sheets call typical. A
larger one learns 5 deg/s sooner, but takes a walk at the start for offset."""

GRAVITY_M_S2 = 9.81
"""Taken off the vertical specific force. Heights are integrated between two standstills, which
removes any constant, so its error does not matter."""


CHANNELS, FLAGS = 19, 18
"""Rows of `Oriented.table`, and the one that holds the flags."""


class Instant(NamedTuple):
    """One row of `Oriented` as plain floats; `rate` has three."""

    t_s: float
    rate: list[float]
    velocity: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Oriented:
    """A block on an even grid; time runs along the last axis of everything.

    Attributes
    ----------
    table
        Shape (CHANNELS, n): all channels below, one above the other, so that a block is cut,
        joined and stored in one piece.
    """

    table: Floats

    def __len__(self) -> int:
        return int(self.table.shape[1])

    @property
    def t_s(self) -> Floats:
        """Shape (n,), s on the recording's time."""
        return np.asarray(self.table[0])

    @property
    def up(self) -> Floats:
        """Shape (3, n), the earth's up as a unit vector in the sensor's frame."""
        return self.table[1:4]

    @property
    def rate(self) -> Floats:
        """Shape (3, n), rad/s, angular rate in the sensor's frame, offset removed, smoothed."""
        return self.table[4:7]

    @property
    def turned(self) -> Floats:
        """Shape (3, n), rad, running integral of the unsmoothed rate."""
        return self.table[7:10]

    @property
    def velocity(self) -> Floats:
        """Shape (n,), m/s, running integral of `rise`: only differences mean anything."""
        return np.asarray(self.table[10])

    @property
    def height(self) -> Floats:
        """Shape (n,), m, running integral of `velocity`: see `climbed_m` in height.py."""
        return np.asarray(self.table[11])

    @property
    def rise(self) -> Floats:
        """Shape (n,), m/s2, upward acceleration without gravity; nan without an accelerometer."""
        return np.asarray(self.table[12])

    @property
    def earth_from_sensor(self) -> Floats:
        """Shape (4, n), unit quaternions w, x, y, z."""
        return self.table[13:17]

    @property
    def disagreement(self) -> Floats:
        """Shape (n,), rad, between our up and that of the sensor's own orientation; nan without one."""
        return np.asarray(self.table[17])

    @property
    def flags(self) -> NDArray[np.uint8]:
        """Shape (n,), those of `Samples` with BROKEN and BRIDGED of grid.py."""
        return np.asarray(self.table[FLAGS]).astype(np.uint8)

    def are_flagged(self) -> bool:
        """Whether anything is said of any row: most stretches are whole."""
        return bool(self.table[FLAGS].any())

    def at(self, row: int) -> Instant:
        """One row; its numbers taken one by one from the arrays would cost five times as much."""
        t_s, _, _, _, wx, wy, wz, _, _, _, velocity, height = self.table[:12, row].tolist()
        return Instant(t_s, [wx, wy, wz], velocity, height)

    def cut(self, start: int, stop: int) -> Oriented:
        """Rows start..stop-1 (a view)."""
        return Oriented(self.table[:, start:stop])


class Orientation:
    """Fuse, integrate, smooth; blocks in, blocks out, the same however the stream is cut.

    State: the grid's last row, the filters' and the running integrals, and the rows that wait for
    their smoothed rate.
    """

    def __init__(self) -> None:
        self._grid = Grid()
        self._stretch: _Stretch | None = None

    def step(self, samples: Samples) -> list[Oriented]:
        """Rows that became known; BROKEN stands on the first row of a new stretch."""
        blocks: list[Oriented] = []
        for rows in self._grid.step(samples):
            if self._stretch is None or rows.flags[0] & BROKEN:
                blocks += self.finish()
                self._stretch = _Stretch(rows.period_s, self._stretch)
            blocks.append(self._stretch.step(rows))
        return [block for block in blocks if len(block)]

    def finish(self) -> list[Oriented]:
        """The rows that were waiting; the stretch is over."""
        waiting = [] if self._stretch is None else [self._stretch.rest()]
        return [block for block in waiting if len(block)]


class _Stretch:
    """An unbroken stretch; it takes the integrals and the gyroscope's offset from the one before."""

    def __init__(self, period_s: float, before: _Stretch | None) -> None:
        self._period_s = period_s
        self._vqf = VQF(period_s, biasClip=BIAS_CLIP_DEG_S, biasSigmaInit=BIAS_SIGMA_DEG_S)
        self._sums, self._height_m = np.zeros(4), 0.0
        if before is not None:
            self._vqf.setBiasEstimate(*before._vqf.getBiasEstimate())
            self._sums = np.nan_to_num(before._sums)
            self._height_m = 0.0 if math.isnan(before._height_m) else before._height_m
        self._taps = _smoothing_taps(period_s)
        self._delay_left = len(self._taps) // 2
        self._filter_state: Floats | None = None
        self._waiting = np.empty((CHANNELS, 0))
        self._last_s: float | None = None
        self._last_q: Floats | None = None

    def step(self, rows: Rows) -> Oriented:
        n = self._waiting.shape[1]
        table = np.empty((CHANNELS, n + len(rows.t_s)))
        table[:, :n] = self._waiting
        new = Oriented(table[:, n:])
        new.table[0], new.table[FLAGS] = rows.t_s, rows.flags
        self._fuse(rows.values, new)
        self._integrate(new)
        return self._with_smooth_rate(table, new.rate)

    def rest(self) -> Oriented:
        """The waiting rows, smoothed as if the last rate had gone on."""
        held = np.repeat(self._waiting[4:7, -1:], len(self._taps) // 2, axis=1)
        return self._with_smooth_rate(self._waiting, held)

    def _fuse(self, values: tuple[Floats, ...], new: Oriented) -> None:
        """Fill in quaternion, up, rate and rise, of acc + gyr or of quaternions."""
        q = new.earth_from_sensor
        if len(values) == 1:
            q[:] = values[0].T
            q /= np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3])  # bridged ones are chords
            new.up[:] = up_in_sensor(q)
            new.rate[:] = self._rate_of(q)
            new.rise[:] = new.disagreement[:] = np.nan
            return
        acc, gyr = np.ascontiguousarray(values[0]), np.ascontiguousarray(values[1])
        fused = self._vqf.updateBatch(gyr, acc)
        q[:] = fused["quat6D"].T
        new.up[:] = up = up_in_sensor(q)
        new.rate[:] = (gyr - fused["bias"]).T
        new.disagreement[:] = np.nan
        if len(values) > 2:
            off = up - values[2].T
            new.disagreement[:] = np.sqrt(off[0] * off[0] + off[1] * off[1] + off[2] * off[2])
        new.rise[:] = up[0] * acc[:, 0] + up[1] * acc[:, 1] + up[2] * acc[:, 2] - GRAVITY_M_S2

    def _integrate(self, new: Oriented) -> None:
        """Fill in the running integrals over the rows' own times, carried on from the block before.

        By their nominal period would not do: the velocity's error grows all session, and a height
        between two rows is what is left of it after their time is taken off.
        """
        t_s = new.t_s
        before_s = t_s.item(0) - self._period_s if self._last_s is None else self._last_s
        since_s = np.empty(len(new))
        since_s[0] = t_s.item(0) - before_s
        np.subtract(t_s[1:], t_s[:-1], out=since_s[1:])
        self._last_s = t_s.item(-1)
        steps = np.empty((4, len(new) + 1))
        steps[:, 0] = self._sums
        np.multiply(new.rate, since_s, out=steps[:3, 1:])
        np.multiply(new.rise, since_s, out=steps[3, 1:])
        sums = steps.cumsum(axis=1)
        climbs = np.empty(len(new) + 1)
        climbs[0] = self._height_m
        np.multiply(sums[3, 1:], since_s, out=climbs[1:])
        heights = climbs.cumsum()
        new.table[7:11], new.table[11] = sums[:, 1:], heights[1:]
        self._sums, self._height_m = sums[:, -1], heights.item(-1)

    def _rate_of(self, q: Floats) -> Floats:
        """Angular rate between neighbouring quaternions, rad/s in the sensor's frame."""
        chain = np.concatenate([q[:, :1] if self._last_q is None else self._last_q, q], axis=1)
        self._last_q = q[:, -1:]
        (aw, ax, ay, az), (bw, bx, by, bz) = chain[:, :-1], chain[:, 1:]
        vector = np.stack(
            [
                aw * bx - ax * bw - ay * bz + az * by,
                aw * by + ax * bz - ay * bw - az * bx,
                aw * bz - ax * by + ay * bx - az * bw,
            ]
        )
        return 2.0 * vector / self._period_s  # the angle between neighbours is small: sin a = a

    def _with_smooth_rate(self, table: Floats, rate: Floats) -> Oriented:
        """Rows whose smoothed rate is known; the others wait."""
        if self._filter_state is None:
            self._filter_state = _settled_state(self._taps) * rate[:, :1]
        # [1, 0] instead of [1]: with the former, scipy's result does not depend on the cut
        smooth, self._filter_state = lfilter(self._taps, [1.0, 0.0], rate, axis=1, zi=self._filter_state)
        early = min(self._delay_left, smooth.shape[1])
        self._delay_left -= early
        n = smooth.shape[1] - early
        self._waiting = table[:, n:].copy()
        known = table[:, :n]
        known[4:7] = smooth[:, early:]
        return Oriented(known)


def _smoothing_taps(period_s: float) -> Floats:
    """Symmetric taps that add up to 1; an odd number of them, at least 3."""
    half = max(1, round(SMOOTHING_S / period_s) // 2)
    return np.asarray(savgol_coeffs(2 * half + 1, min(2, 2 * half)))


def _settled_state(taps: Floats) -> Floats:
    """State of the filter after a long constant input of 1, shape (1, taps - 1)."""
    return np.cumsum(taps[:0:-1])[::-1][None]
