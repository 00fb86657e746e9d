"""Which way the sensor is clipped, and the angles of the dumbbell that follow from it.

Dumbbell frame: x along the handle toward the lifter's right end, z up when level at the top of a
rep, y = z cross x. The sensor may sit any way round: x is near the axis about which the weight turned in
the drives (the pelvis turns about the lifter's right-pointing axis by the right-hand rule), z the
direction of gravity at a top.

A twist that goes with every rep turns that axis out of the horizontal, and gravity alone cannot tell
it from a weight that hangs to one side. So two things are weighed against each other: how much
lifters twist, and how level they hold the weight. Where the handle was calibrated (calibration.py) there
is nothing to weigh: x is the handle, and the drives only tell which of its ends is the right one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tracker.motion.events import Clip
from tracker.motion.orientation import Oriented
from tracker.motion.quaternions import east_and_north
from tracker.sensing.samples import Floats

DEG_PER_RAD = 180.0 / math.pi
"""For arrays of rows: numpy's own degrees() gives the same bits, one number at a time."""

TWIST_DEG = 3.5
"""Twist that goes with a drive, 1 sigma over people, deg."""

LEVEL_DEG = 3.0
"""Tilt of the weight at the top, 1 sigma over people and sets, deg."""


TILTING_DEG = 4.0
"""Tilt that goes with a drive, 1 sigma over people, deg."""

CALIBRATED_DEG = 0.3
"""What a calibration leaves of the handle's slope, 1 sigma, deg (tests/motion/test_calibration.py)."""

MOVED_SIGMAS = 5.0
"""Where twist, tilting and tilt would have to be so unusual together for a calibrated handle to be the axis
of the drives, the sensor was clipped on otherwise since. A weight that hangs by 15 deg looks so too."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The dumbbell's axes as unit vectors in the sensor's frame, each of shape (3,).

    Attributes
    ----------
    x, y, z
        The axes.
    handle
        The handle as it was calibrated, a unit vector of either sign; None: it was not.
    clip
        Whether x is that handle.
    sure_deg
        How far x may slope otherwise than the handle, 1 sigma, deg: what is left when twist and level are
        weighed against each other, or of the calibration.
    """

    x: Floats
    y: Floats
    z: Floats
    handle: Floats | None = None
    clip: Clip = Clip.NOT_CALIBRATED
    sure_deg: float = math.nan

    @classmethod
    def of(cls, drives_rad: Floats, ups_at_top: Floats, handle: Floats | None = None) -> Frame:
        """Build the frame from drives.

        Parameters
        ----------
        drives_rad
            Shape (n, 3), turning of each drive in the sensor's frame.
        ups_at_top
            Shape (n, 3), direction of up at each top.
        handle
            Shape (3,), direction of the handle as it was calibrated, of either sign; None: it was not.

        Examples
        --------
        >>> frame = Frame.of(np.array([[0.0, 0.7, 0.0]]), np.array([[0.0, 0.0, 1.0]]))
        >>> frame.x.tolist(), frame.z.tolist()
        ([0.0, 1.0, 0.0], [0.0, 0.0, 1.0])
        """
        turned = _unit(drives_rad.sum(axis=0))
        ranked = np.sort(ups_at_top, axis=0)  # numpy's own median takes ten times as long for a few rows
        up = _unit((ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2)
        size_deg = np.degrees(np.sqrt((drives_rad**2).sum(axis=1)).mean())
        x, clip = _along_calibrated(turned, up, handle, float(size_deg))
        sure_deg = CALIBRATED_DEG
        if clip is not Clip.AS_CALIBRATED:
            twist_deg = np.degrees(TWIST_DEG / size_deg)  # what that twist does to the axis
            out_of_level = twist_deg**2 / (twist_deg**2 + LEVEL_DEG**2)
            x = _unit(turned - out_of_level * (turned * up).sum() * up)
            sure_deg = LEVEL_DEG * math.sqrt(out_of_level)
        z = _unit(up - x * (up * x).sum())
        return cls(x, _across(z, x), z, handle, clip, sure_deg)

    def lift_deg(self, up: Floats) -> Floats:
        """Turn about the handle, deg, (3, n) -> (n,): 0 at the top the frame was built from."""
        return np.arctan2(_along(self.y, up), _along(self.z, up)) * DEG_PER_RAD

    def tilt_deg(self, up: Floats) -> Floats:
        """Slope of the handle, deg, (3, n) -> (n,): positive when the right end is high."""
        return np.arcsin(np.minimum(np.maximum(_along(self.x, up), -1.0), 1.0)) * DEG_PER_RAD

    def lift_rate_deg_s(self, rate: Floats) -> Floats:
        """Turning speed about the handle, deg/s, from rad/s in the sensor's frame, (3, n) -> (n,)."""
        return _along(self.x, rate) * DEG_PER_RAD

    def heading_deg(self, rows: Oriented) -> Floats:
        """Heading of the handle, deg, (n,), -180 to 180: only differences within a rep mean anything."""
        east, north = east_and_north(rows.earth_from_sensor, self.axis())
        return np.asarray(np.degrees(np.arctan2(north, east)))

    def heading_at(self, rows: Oriented, row: int) -> float:
        """The same for one row, in plain floats: an array of one costs ten times as much."""
        east, north = east_and_north(rows.earth_from_sensor[:, row].tolist(), self.axis())
        return math.degrees(math.atan2(north, east))

    def axis(self) -> tuple[float, float, float]:
        """The handle's axis x as plain floats."""
        a, b, c = self.x.tolist()
        return a, b, c


def turning_deg_s(rate: Floats) -> Floats:
    """Turning speed about any axis, deg/s, from rad/s in the sensor's frame, (3, n) -> (n,)."""
    wx, wy, wz = rate
    return np.asarray(np.sqrt(wx * wx + wy * wy + wz * wz) * DEG_PER_RAD)


def _along_calibrated(
    turned: Floats, up: Floats, handle: Floats | None, size_deg: float
) -> tuple[Floats, Clip]:
    """Point the calibrated handle as the drives turned, if it can be the axis that they turned about."""
    if handle is None:
        return turned, Clip.NOT_CALIBRATED
    x = np.copysign(1.0, (handle * turned).sum()) * handle
    tilt, slant = float((x * up).sum()), float((turned * up).sum())
    aside = float((x * np.cross(up, turned)).sum())
    strain = math.hypot(
        (slant - tilt) * size_deg / TWIST_DEG,
        aside * size_deg / TILTING_DEG,
        math.degrees(tilt) / LEVEL_DEG,
    )
    return (x, Clip.AS_CALIBRATED) if strain <= MOVED_SIGMAS else (turned, Clip.MOVED)


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.sqrt((vector * vector).sum()))


def _across(one: Floats, two: Floats) -> Floats:
    """Cross product; numpy's own looks at so many cases that it takes ten times as long for one."""
    (a, b, c), (x, y, z) = one.tolist(), two.tolist()
    return np.array([b * z - c * y, c * x - a * z, a * y - b * x])


def _along(axis: Floats, vectors: Floats) -> Floats:
    """Component along an axis; written out, so that no two cuts of a block can round differently."""
    a, b, c = axis.tolist()
    along: Floats = a * vectors[0]
    along += b * vectors[1]
    along += c * vectors[2]
    return along
