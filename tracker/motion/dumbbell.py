"""Which way the sensor is clipped, and the angles of the dumbbell that follow from it.

Dumbbell frame: x along the handle toward the lifter's right end, z up when level at the top of a
rep, y = z cross x. The sensor may sit any way round: x is the axis about which the weight turned in
the drives (the pelvis turns about the lifter's right-pointing axis by the right-hand rule), z the
direction of gravity at a top.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tracker.motion.orientation import Oriented, east_and_north
from tracker.sensing.samples import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The dumbbell's axes as unit vectors in the sensor's frame, each of shape (3,)."""

    x: Floats
    y: Floats
    z: Floats

    @classmethod
    def of(cls, turned: Floats, up_at_top: Floats) -> Frame:
        """Build the frame from the turning of drives and the up direction at a top, each (3,).

        Examples
        --------
        >>> frame = Frame.of(np.array([0.0, 2.0, 0.0]), np.array([0.0, 0.1, 1.0]))
        >>> frame.x.tolist(), frame.z.tolist()
        ([0.0, 1.0, 0.0], [0.0, 0.0, 1.0])
        """
        x = turned / np.sqrt((turned * turned).sum())
        level = up_at_top - x * (up_at_top * x).sum()
        z = level / np.sqrt((level * level).sum())
        return cls(x, np.cross(z, x), z)

    def lift_deg(self, up: Floats) -> Floats:
        """Turn about the handle, deg, (3, n) -> (n,): 0 at the top the frame was built from."""
        return np.degrees(np.arctan2(_along(self.y, up), _along(self.z, up)))

    def tilt_deg(self, up: Floats) -> Floats:
        """Slope of the handle, deg, (3, n) -> (n,): positive when the right end is high."""
        return np.degrees(np.arcsin(np.clip(_along(self.x, up), -1.0, 1.0)))

    def lift_rate_deg_s(self, rate: Floats) -> Floats:
        """Turning speed about the handle, deg/s, from rad/s in the sensor's frame, (3, n) -> (n,)."""
        return np.degrees(_along(self.x, rate))

    def heading_deg(self, rows: Oriented) -> Floats:
        """Heading of the handle, deg, (n,), -180 to 180: only differences within a rep mean anything."""
        east, north = east_and_north(rows.earth_from_sensor, self._axis())
        return np.asarray(np.degrees(np.arctan2(north, east)))

    def heading_at(self, rows: Oriented, row: int) -> float:
        """The same for one row, in plain floats: an array of one costs ten times as much."""
        east, north = east_and_north(rows.earth_from_sensor[:, row].tolist(), self._axis())
        return math.degrees(math.atan2(north, east))

    def _axis(self) -> tuple[float, float, float]:
        a, b, c = self.x.tolist()
        return a, b, c


def _along(axis: Floats, vectors: Floats) -> Floats:
    """Component along an axis; written out, so that no two cuts of a block can round differently."""
    a, b, c = axis.tolist()
    return np.asarray(a * vectors[0] + b * vectors[1] + c * vectors[2])


def climbed_m(rows: Oriented, start: int, stop: int) -> float:
    """Height gained between two standstills (rows of the block), m; nan without acceleration.

    The speed that the integral shows at the second standstill is an error of the accelerometer and
    of g that grew evenly, so a ramp is taken off.
    """
    duration_s = rows.t_s[stop] - rows.t_s[start]
    gained = rows.height[stop] - rows.height[start] - rows.velocity[start] * duration_s
    return float(gained - 0.5 * (rows.velocity[stop] - rows.velocity[start]) * duration_s)
