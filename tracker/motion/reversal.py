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
from dataclasses import dataclass

import numpy as np

from tracker.motion.orientation import GRAVITY_M_S2
from tracker.motion.quaternions import east_and_north, up_in_sensor
from tracker.sensing.samples import Floats

ARC_RAD = math.radians(6.0)
"""What was read over each so many degrees of the roll is one point, however long it rested there."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Lying:
    """A pose at rest: what accelerometer and gyroscope read, and how the sensor lay in the world."""

    acc_m_s2: Floats
    gyr_rad_s: Floats
    earth_from_sensor: Floats


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


def found_of(axis: Floats, uneven_deg: float, one: Lying, two: Lying) -> Found:
    """Put the handle's axis and the two poses together, as in the equations above."""
    first, second = float(axis @ one.acc_m_s2), float(axis @ two.acc_m_s2)
    x, y, z = (0.5 * (first + second) * axis).tolist()
    slope = max(-1.0, min(1.0, 0.5 * (first - second) / GRAVITY_M_S2))
    a, b, c = axis.tolist()
    return Found((x, y, z), (a, b, c), math.degrees(math.asin(slope)), uneven_deg)


def turn_deg(one: Lying, two: Lying) -> float:
    """Angle between two poses, 0 to 180 deg."""
    same = abs(float(one.earth_from_sensor @ two.earth_from_sensor))
    return 2.0 * math.degrees(math.acos(min(1.0, same)))


def swung_deg(axis: Floats, one: Lying, two: Lying) -> float:
    """Angle by which the handle itself was turned between two poses, 0 to 180 deg."""
    return math.degrees(math.acos(max(-1.0, min(1.0, float(_in_earth(axis, one) @ _in_earth(axis, two))))))


def _in_earth(axis: Floats, pose: Lying) -> Floats:
    a, b, c = axis.tolist()
    east, north = east_and_north(pose.earth_from_sensor.tolist(), (a, b, c))
    up = float(up_in_sensor(pose.earth_from_sensor) @ axis)
    return np.array([east, north, up])
