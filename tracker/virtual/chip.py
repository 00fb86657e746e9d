"""A chip's errors and scales, and the clock of the board it sits on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tracker.virtual.keyframes import Floats

Bools: TypeAlias = NDArray[np.bool_]
Counts: TypeAlias = NDArray[np.int16]
Triple: TypeAlias = tuple[float, float, float]

GRAVITY_M_S2 = 9.80665
"""Standard gravity: of this earth, and of the chip's unit g."""
GYR_LSB_DPS_PER_RANGE_DPS = 35e-6
"""ST's gyroscopes: 70 mdps a count at 2000 deg/s, not 2000 / 32768."""
COUNTS = 32768
"""Counts of a 16-bit word from zero to its end."""
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Chip:
    """Errors and scales of the chip; as it stands without arguments it only rounds.

    Attributes
    ----------
    acc_noise_g, gyr_noise_dps
        White noise density, per root Hz.
    acc_bias_g, gyr_bias_dps
        What it reads of nothing, per axis.
    acc_scale, gyr_scale
        Factors per axis, 1 is right.
    acc_range_g, gyr_range_dps
        Readings are clipped there.
    """

    acc_noise_g: float = 0.0
    gyr_noise_dps: float = 0.0
    acc_bias_g: Triple = (0.0, 0.0, 0.0)
    gyr_bias_dps: Triple = (0.0, 0.0, 0.0)
    acc_scale: Triple = (1.0, 1.0, 1.0)
    gyr_scale: Triple = (1.0, 1.0, 1.0)
    acc_range_g: int = 16
    gyr_range_dps: int = 2000

    @property
    def acc_lsb_g(self) -> float:
        """One count of acceleration, g."""
        return self.acc_range_g / COUNTS

    @property
    def gyr_lsb_dps(self) -> float:
        """One count of turning, deg/s."""
        return self.gyr_range_dps * GYR_LSB_DPS_PER_RANGE_DPS

    def convert(self, acc_m_s2: Floats, gyr_rad_s: Floats, rate_hz: int, rng: np.random.Generator) -> Counts:
        """Add the errors, clip at the ranges and round: shapes (n, 3) and (n, 3) to counts (n, 6)."""
        exact = np.hstack([acc_m_s2 / GRAVITY_M_S2, np.degrees(gyr_rad_s)])
        noise = np.repeat([self.acc_noise_g, self.gyr_noise_dps], 3) * np.sqrt(rate_hz / 2.0)
        scale = np.array([*self.acc_scale, *self.gyr_scale])
        bias = np.array([*self.acc_bias_g, *self.gyr_bias_dps])
        read = exact * scale + bias + noise * rng.standard_normal(exact.shape)
        ends = self._ends
        counts: Counts = np.rint(np.clip(read / self._lsbs, -ends, ends)).astype(np.int16)
        return counts

    def clipped(self, counts: Counts) -> Bools:
        """Whether each value stands at the end of its range, shape (n, 6)."""
        at_end: Bools = np.abs(counts.astype(np.int64)) >= self._ends
        return at_end

    def si(self, counts: Counts) -> tuple[Floats, Floats]:
        """Return what counts (n, 6) say: acceleration in m/s2 and turning in rad/s, each (n, 3)."""
        read = counts * self._lsbs
        return read[:, :3] * GRAVITY_M_S2, np.radians(read[:, 3:])

    @property
    def _lsbs(self) -> Floats:
        return np.repeat([self.acc_lsb_g, self.gyr_lsb_dps], 3)

    @property
    def _ends(self) -> Floats:
        """Counts at the end of the range; a 16-bit word ends at 32767."""
        ranges = np.repeat([self.acc_range_g, self.gyr_range_dps], 3)
        return np.minimum(np.floor(ranges / self._lsbs), COUNTS - 1)


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """The board's own clock.

    Attributes
    ----------
    skew_ppm
        How much it runs fast.
    start_us
        What it shows when the session starts; near 2**32 it wraps soon.
    sampling_off_ppm
        How much longer than nominal the chip's sample period is, on this clock.
    """

    skew_ppm: float = 0.0
    start_us: int = 0
    sampling_off_ppm: float = 0.0

    def us_at(self, true_s: float) -> int:
        """Microseconds it shows at a true time, not wrapped."""
        return self.start_us + round(true_s * MICROSECONDS * (1.0 + self.skew_ppm * 1e-6))

    def true_s(self, us: Floats) -> Floats:
        """Return the true times at which it shows `start_us` + `us`."""
        return us / (MICROSECONDS * (1.0 + self.skew_ppm * 1e-6))


def ordinary_chip(seed: int) -> Chip:
    """Draw a chip such as hobby boards carry: data-sheet noise, offsets and scales as delivered.

    Noise is that of an LSM6DS3TR-C (90 ug and 5 mdps a root Hz); offsets and scales are drawn from normal
    distributions: 15 mg, 0.4 deg/s, 0.5 % and 0.5 %.
    """
    rng = np.random.default_rng(seed)
    return Chip(
        acc_noise_g=90e-6,
        gyr_noise_dps=5e-3,
        acc_bias_g=_drawn(rng, 0.0, 0.015),
        gyr_bias_dps=_drawn(rng, 0.0, 0.4),
        acc_scale=_drawn(rng, 1.0, 0.005),
        gyr_scale=_drawn(rng, 1.0, 0.005),
    )


def _drawn(rng: np.random.Generator, centre: float, spread: float) -> Triple:
    x, y, z = rng.normal(centre, spread, 3)
    return float(x), float(y), float(z)
