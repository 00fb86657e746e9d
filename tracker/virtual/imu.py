"""What a sensor clipped to the dumbbell measures, first exactly, then as its chip would say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from tracker.virtual.chip import GRAVITY_M_S2, MICROSECONDS, Bools, Chip, Counts, DeviceClock, Triple
from tracker.virtual.keyframes import Floats
from tracker.virtual.movement import Pose

Ints: TypeAlias = NDArray[np.int64]

HALF_STEP_S = 1e-4
"""Half the stretch that differences are taken over: rounding costs 1e-7 m/s2, tremor 1e-5 of itself."""
BLOCK = 256
"""Samples made at a time. Noise is drawn block by block, so what is read never depends on how it is cut."""


class Moving(Protocol):
    """Anything that has a pose at any time."""

    def pose(self, t_s: Floats) -> Pose:
        """Pose at the times `t_s`, shape (n,), s."""
        ...


@dataclass(frozen=True, slots=True)
class Mounting:
    """How the sensor is clipped to the dumbbell.

    Attributes
    ----------
    dumbbell_from_sensor
        Unit quaternion w, x, y, z.
    lever_arm_m
        From the dumbbell's centre to the sensor, in the dumbbell's frame.
    """

    dumbbell_from_sensor: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    lever_arm_m: Triple = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Sensed:
    """What a sensor without errors measures, in its own frame.

    Attributes
    ----------
    acc_m_s2
        Shape (n, 3), specific force: +9.81 on the axis that points up at rest.
    gyr_rad_s
        Shape (n, 3), angular rate, right-handed.
    earth_from_sensor
        Shape (n, 4), unit quaternions w, x, y, z.
    """

    acc_m_s2: Floats
    gyr_rad_s: Floats
    earth_from_sensor: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Readout:
    """What the chip put into its buffer.

    Attributes
    ----------
    true_s
        Shape (n,), when each sample was really taken, s.
    device_us
        Shape (n,), what the board's clock showed then, not wrapped.
    counts
        Shape (n, 6), acc x, y, z, gyr x, y, z.
    acc_clipped, gyr_clipped
        Shape (n,), whether any axis stood at the end of its range.
    earth_from_sensor
        Shape (n, 4), w, x, y, z: the board's own fusion, which here is exact.
    """

    true_s: Floats
    device_us: Ints
    counts: Counts
    acc_clipped: Bools
    gyr_clipped: Bools
    earth_from_sensor: Floats

    def cut(self, start: int, stop: int) -> Readout:
        """Return samples start..stop-1 of it."""
        return Readout(
            true_s=self.true_s[start:stop],
            device_us=self.device_us[start:stop],
            counts=self.counts[start:stop],
            acc_clipped=self.acc_clipped[start:stop],
            gyr_clipped=self.gyr_clipped[start:stop],
            earth_from_sensor=self.earth_from_sensor[start:stop],
        )


def sense(moving: Moving, mounting: Mounting, t_s: Floats) -> Sensed:
    """Measure without errors.

    Central differences of the pose over +-`HALF_STEP_S`, so the accelerations that the lever arm brings
    need no formula of their own.

    Parameters
    ----------
    moving
        The dumbbell.
    mounting
        How the sensor sits on it.
    t_s
        Shape (n,), s.
    """
    pose = moving.pose(np.concatenate([t_s - HALF_STEP_S, t_s, t_s + HALF_STEP_S]))
    earth_from_dumbbell = Rotation.from_quat(pose.earth_from_dumbbell, scalar_first=True)
    sensor_m = pose.position_m + earth_from_dumbbell.apply(mounting.lever_arm_m)
    before_m, here_m, after_m = np.split(sensor_m, 3)
    specific_force = (before_m - 2.0 * here_m + after_m) / HALF_STEP_S**2
    specific_force[:, 2] += GRAVITY_M_S2
    n = len(t_s)
    before, here, after = (
        earth_from_dumbbell[:n],
        earth_from_dumbbell[n : 2 * n],
        earth_from_dumbbell[2 * n :],
    )
    turning_rad_s = (before.inv() * after).as_rotvec() / (2.0 * HALF_STEP_S)
    dumbbell_from_sensor = Rotation.from_quat(mounting.dumbbell_from_sensor, scalar_first=True)
    earth_from_sensor = here * dumbbell_from_sensor
    return Sensed(
        acc_m_s2=earth_from_sensor.inv().apply(specific_force),
        gyr_rad_s=dumbbell_from_sensor.inv().apply(turning_rad_s),
        earth_from_sensor=earth_from_sensor.as_quat(scalar_first=True),
    )


@dataclass(frozen=True, slots=True)
class Imu:
    """A sensor on a moving dumbbell, sampling from the start of the session on, for ever.

    Attributes
    ----------
    moving, mounting, chip, clock
        What it measures, how it sits, its errors, its clock.
    rate_hz
        Nominal sample rate.
    seed
        For the noise; the same seed gives the same samples.
    """

    moving: Moving
    mounting: Mounting = field(default_factory=Mounting)
    chip: Chip = field(default_factory=Chip)
    clock: DeviceClock = field(default_factory=DeviceClock)
    rate_hz: int = 100
    seed: int = 0

    @property
    def period_us(self) -> float:
        """Sample period on the board's clock."""
        return MICROSECONDS / self.rate_hz * (1.0 + self.clock.sampling_off_ppm * 1e-6)

    def true_s(self, sample: int) -> float:
        """When sample number `sample` is taken, s from the start of the session."""
        return float(self.clock.true_s(np.array([sample * self.period_us]))[0])

    def first_at(self, true_s: float) -> int:
        """Return the number of the first sample at or after a true time."""
        return max(0, int(np.ceil(true_s / self.true_s(1))))

    def read(self, first: int, stop: int) -> Readout:
        """Return the samples first..stop-1, at least one."""
        blocks = range(first // BLOCK, (stop - 1) // BLOCK + 1)
        parts = [self._block(block) for block in blocks]
        whole = Readout(
            true_s=np.concatenate([part.true_s for part in parts]),
            device_us=np.concatenate([part.device_us for part in parts]),
            counts=np.concatenate([part.counts for part in parts]),
            acc_clipped=np.concatenate([part.acc_clipped for part in parts]),
            gyr_clipped=np.concatenate([part.gyr_clipped for part in parts]),
            earth_from_sensor=np.concatenate([part.earth_from_sensor for part in parts]),
        )
        return whole.cut(first - blocks[0] * BLOCK, stop - blocks[0] * BLOCK)

    def _block(self, block: int) -> Readout:
        us = np.arange(block * BLOCK, (block + 1) * BLOCK, dtype=np.float64) * self.period_us
        true_s = self.clock.true_s(us)
        sensed = sense(self.moving, self.mounting, true_s)
        rng = np.random.default_rng([self.seed, block])
        counts = self.chip.convert(sensed.acc_m_s2, sensed.gyr_rad_s, self.rate_hz, rng)
        clipped = self.chip.clipped(counts)
        return Readout(
            true_s=true_s,
            device_us=self.clock.start_us + np.rint(us).astype(np.int64),
            counts=counts,
            acc_clipped=np.any(clipped[:, :3], axis=1),
            gyr_clipped=np.any(clipped[:, 3:], axis=1),
            earth_from_sensor=sensed.earth_from_sensor,
        )


def any_mounting(seed: int) -> Mounting:
    """Draw a way to clip the sensor on: turned anyhow, up to 15 cm along the handle, 5 cm off its axis."""
    rng = np.random.default_rng(seed)
    w, x, y, z = Rotation.random(rng=rng).as_quat(scalar_first=True)
    along_m, off_m = rng.uniform(-0.15, 0.15), rng.uniform(-0.05, 0.05, 2)
    return Mounting(
        (float(w), float(x), float(y), float(z)), (float(along_m), float(off_m[0]), float(off_m[1]))
    )
