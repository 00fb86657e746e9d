"""Where the handle lies in the sensor, and what the accelerometer reads along it that is not there.

Lying still, the accelerometer reads f = g u + b: up u as the sensor sees it, and its offset b. Let a be
the handle's direction in the sensor, however it is clipped, and s the slope of the handle where it lies:

    f1 . a = g sin s + b . a              lying
    f2 . a = -g sin s + b . a             turned end for end on the same spot

Half the sum is the offset along the handle, without the floor's slope; half the difference is the slope,
without the offset. Rolled about itself meanwhile or not, nothing changes: a . u feels slope only. What the
offset does across the handle leaves its tilt alone, so only the part along it is kept.

a itself: while the dumbbell rolls along the floor its slope stays, and what rolling adds to gravity stands
across the handle, wherever the sensor sits. So f . a is the same all the way: the tips of f lie in a plane
whose normal is a. The offset moves that plane and does not turn it. Where the axes of the accelerometer
have scales of their own, f = S g u + b, the normal is the one of S u: it is not quite the handle then, but f
along it still feels slope only, and that is what tilt is taken from.

How well it works was measured on virtual sensors only (tests/motion/test_calibration.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

import numpy as np

from tracker.motion.grid import BROKEN
from tracker.motion.orientation import GRAVITY_M_S2, Orientation, Oriented
from tracker.motion.quaternions import east_and_north, up_in_sensor
from tracker.motion.stillness import CHUNK_S, Stillness
from tracker.sensing.samples import Floats, Samples

STILL_S = 3.0
"""How long it has to lie still, s: the mean's noise is far below a hundredth of a degree by then."""

TURNED_DEG = 150.0
"""Turning end for end is a half turn about something, rolled or not; 30 deg are left for a sloppy one."""

ROLLED_DEG = 270.0
"""So much of a circle that the plane of its points is sure; a full turn is asked for."""

FULL_TURN_DEG = 360.0

MOVED_DEG = 10.0
"""Lying otherwise than before by less than this, it was only knocked against."""

ARC_RAD = math.radians(6.0)
"""What was read over each so many degrees of the roll is one point, however long it rested there."""

UNEVEN_DEG = 0.9
"""Points of a roll that lie so far from a plane (rms) come from a dumbbell that did not roll on a floor, and
the axis is off by as much. An even floor gives 0.05 (virtual); nobody has rolled a hexagonal one yet."""

STEEPEST_DEG = 10.0
"""A slope beyond this is no floor: one end lies on something."""

LARGEST_OFFSET_M_S2 = 1.5
"""The worst cheap parts read 0.8 m/s2 (80 mg) of nothing; beyond this something else is wrong."""


class Step(IntEnum):
    """What the person is asked to do."""

    LIE = 1
    TURN = 2
    ROLL = 3
    DONE = 4


class Trouble(StrEnum):
    """Why a step did not work."""

    NOT_TURNED = "it was moved, but its ends have not swapped places"
    ROLLED_ONLY = "it was rolled where it should have been turned end for end"
    UNEVEN = "it did not roll along the floor: it was lifted or tipped on the way"
    STEEP = "it lay too steep: one end was on something"
    OFFSET = "the two ways it lay do not fit together: it was not turned on the same spot"
    LOST = "samples were missing for too long"


@dataclass(frozen=True, slots=True)
class Found:
    """What a calibration gives.

    Attributes
    ----------
    acc_offset_m_s2
        The accelerometer's offset in the sensor's frame; only the part along the handle is known.
    long_axis
        The handle's direction in the sensor's frame, a unit vector.
    slope_deg
        How much the floor sloped along the handle; it is in neither of them.
    uneven_deg
        How far the points of the roll were from a plane (rms).
    """

    acc_offset_m_s2: tuple[float, float, float]
    long_axis: tuple[float, float, float]
    slope_deg: float
    uneven_deg: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is.

    Attributes
    ----------
    step
        What is asked for.
    still_s
        How long it has been lying still, s.
    rolled_deg
        In the step ROLL: how far it has rolled.
    trouble
        Why the last step did not work; None when it did.
    failures
        How often one did not work so far.
    found
        In the step DONE: the calibration.
    """

    step: Step = Step.LIE
    still_s: float = 0.0
    rolled_deg: float = 0.0
    trouble: Trouble | None = None
    failures: int = 0
    found: Found | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Lying:
    """A pose at rest: what accelerometer and gyroscope read, and how the sensor lay in the world."""

    acc_m_s2: Floats
    gyr_rad_s: Floats
    earth_from_sensor: Floats


class Calibration:
    """Follows a dumbbell through the steps; blocks may be cut anywhere.

    Parameters
    ----------
    failures
        How often a step did not work before, over another link.

    Notes
    -----
    It decides at the end of every chunk of `CHUNK_S`, counted in samples, and at no other time. The rows of
    a roll are kept until it is over; while it lies or is handed about, none are.
    """

    def __init__(self, failures: int = 0) -> None:
        self._orientation = Orientation()
        self._stillness = Stillness()
        self._acc: list[Floats] = []
        self._gyr: list[Floats] = []
        self._roll: list[tuple[Floats, Floats]] = []
        self._turned_rad = np.zeros(3)
        self._now: Oriented | None = None
        self._poses: list[_Lying] = []
        self._period_s = 0.0
        self._progress = Progress(failures=failures)

    def step(self, samples: Samples) -> Progress:
        """Take in a block with acceleration and angular rate; tell how far it is.

        Raises
        ------
        ValueError
            If the samples have no acceleration or no angular rate.
        """
        if samples.acc_m_s2 is None or samples.gyr_rad_s is None:
            raise ValueError("a calibration needs acceleration and angular rate")
        self._period_s = samples.period_s
        size = max(2, round(CHUNK_S / samples.period_s))
        for part in _cut_at_chunks(samples, sum(map(len, self._acc)), size):
            self._take(part)
            if sum(map(len, self._acc)) == size and self._progress.step is not Step.DONE:
                self._look()
        return self._progress

    def _take(self, samples: Samples) -> None:
        assert samples.acc_m_s2 is not None
        assert samples.gyr_rad_s is not None
        self._acc.append(samples.acc_m_s2)
        self._gyr.append(samples.gyr_rad_s)
        for block in self._orientation.step(replace(samples, earth_from_sensor=None)):
            if self._now is not None and block.flags[0] & BROKEN:
                self._begin_again(Trouble.LOST)
            self._now = block.cut(len(block) - 1, len(block))

    def _look(self) -> None:
        """Judge the chunk that is full, and the step with it."""
        acc, gyr = np.concatenate(self._acc), np.concatenate(self._gyr)
        self._acc, self._gyr = [], []
        self._stillness.step(acc, gyr)
        if self._progress.step is Step.ROLL:
            self._roll.append((acc, (gyr - self._poses[-1].gyr_rad_s) * self._period_s))
            self._turned_rad += self._roll[-1][1].sum(axis=0)
        rolled_deg = math.degrees(float(np.linalg.norm(self._turned_rad)))
        self._progress = replace(self._progress, still_s=self._stillness.still_s, rolled_deg=rolled_deg)
        if self._stillness.still_s >= STILL_S and self._now is not None:
            still = self._stillness
            self._lies(_Lying(still.acc_m_s2, still.gyr_rad_s, self._now.earth_from_sensor[:, 0]))

    def _lies(self, pose: _Lying) -> None:
        """It has been lying still long enough for the step that is on."""
        if self._progress.step is Step.LIE:
            self._poses = [pose]
            self._go_on(Step.TURN)
        elif self._progress.step is Step.ROLL:
            if self._progress.rolled_deg >= ROLLED_DEG:
                self._finish()
        elif _turn_deg(self._poses[0], pose) >= TURNED_DEG:
            self._poses = [self._poses[0], pose]
            self._go_on(Step.ROLL)
        elif _turn_deg(self._poses[-1], pose) >= MOVED_DEG:
            self._poses = [self._poses[0], pose]
            self._go_on(Step.TURN, Trouble.NOT_TURNED)

    def _go_on(self, step: Step, trouble: Trouble | None = None) -> None:
        self._roll, self._turned_rad = [], np.zeros(3)
        failures = self._progress.failures + (trouble is not None)
        self._progress = Progress(step, trouble=trouble, failures=failures)

    def _begin_again(self, trouble: Trouble) -> None:
        self._poses = []
        self._stillness = Stillness()
        self._go_on(Step.LIE, trouble)

    def _finish(self) -> None:
        acc, turned = (np.concatenate(part) for part in zip(*self._roll, strict=True))
        axis, uneven_deg = rolled_about(acc, turned)
        one, two = self._poses
        found = _found(axis, uneven_deg, one, two)
        if uneven_deg > UNEVEN_DEG:
            self._go_on(Step.ROLL, Trouble.UNEVEN)
        elif _swung_deg(axis, one, two) < TURNED_DEG:
            self._begin_again(Trouble.ROLLED_ONLY)
        elif abs(found.slope_deg) > STEEPEST_DEG:
            self._begin_again(Trouble.STEEP)
        elif np.linalg.norm(found.acc_offset_m_s2) > LARGEST_OFFSET_M_S2:
            self._begin_again(Trouble.OFFSET)
        else:
            self._progress = Progress(Step.DONE, failures=self._progress.failures, found=found)


def rolled_about(acc_m_s2: Floats, turned_rad: Floats) -> tuple[Floats, float]:
    """Find the axis of a roll along a floor.

    Parameters
    ----------
    acc_m_s2
        Shape (n, 3), specific force.
    turned_rad
        Shape (n, 3), how far it turned from sample to sample.

    Returns
    -------
    axis, uneven_deg
        Shape (3,), a unit vector in the sensor's frame, as the roll turned; and how far the points of
        the roll are from a plane (rms), as a slope in deg.
    """
    way = np.linalg.norm(turned_rad, axis=1).cumsum()
    arcs, first = np.unique(way // ARC_RAD, return_index=True)
    counts = np.diff(np.append(first, len(way)))
    points = np.add.reduceat(acc_m_s2, first, axis=0)[: len(arcs)] / counts[:, None]
    spread, directions = np.linalg.eigh(np.cov(points, rowvar=False, bias=True))
    axis = directions[:, 0] * (1.0 if directions[:, 0] @ turned_rad.sum(axis=0) >= 0 else -1.0)
    return axis, math.degrees(math.sqrt(max(0.0, float(spread[0]))) / GRAVITY_M_S2)


def _found(axis: Floats, uneven_deg: float, one: _Lying, two: _Lying) -> Found:
    first, second = float(axis @ one.acc_m_s2), float(axis @ two.acc_m_s2)
    x, y, z = (0.5 * (first + second) * axis).tolist()
    slope = max(-1.0, min(1.0, 0.5 * (first - second) / GRAVITY_M_S2))
    a, b, c = axis.tolist()
    return Found((x, y, z), (a, b, c), math.degrees(math.asin(slope)), uneven_deg)


def _turn_deg(one: _Lying, two: _Lying) -> float:
    """Angle between two poses, 0 to 180 deg."""
    same = abs(float(one.earth_from_sensor @ two.earth_from_sensor))
    return 2.0 * math.degrees(math.acos(min(1.0, same)))


def _swung_deg(axis: Floats, one: _Lying, two: _Lying) -> float:
    """Angle by which the handle itself was turned between two poses, 0 to 180 deg."""
    return math.degrees(math.acos(max(-1.0, min(1.0, float(_in_earth(axis, one) @ _in_earth(axis, two))))))


def _in_earth(axis: Floats, pose: _Lying) -> Floats:
    a, b, c = axis.tolist()
    east, north = east_and_north(pose.earth_from_sensor.tolist(), (a, b, c))
    up = float(up_in_sensor(pose.earth_from_sensor) @ axis)
    return np.array([east, north, up])


def _cut_at_chunks(samples: Samples, begun: int, size: int) -> Iterator[Samples]:
    """Cut a block where chunks are full; `begun` samples of the first one came before."""
    start, stop = 0, max(1, size - begun)
    while start < len(samples):
        assert samples.acc_m_s2 is not None
        assert samples.gyr_rad_s is not None
        part = slice(start, stop)
        yield replace(
            samples,
            t_s=samples.t_s[part],
            acc_m_s2=samples.acc_m_s2[part],
            gyr_rad_s=samples.gyr_rad_s[part],
            earth_from_sensor=None,
            flags=samples.flags[part],
        )
        start, stop = stop, stop + size
