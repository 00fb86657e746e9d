"""Directions out of quaternions (w, x, y, z; sensor to earth, z up): here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import numpy as np

from tracker.sensing.samples import Floats


def up_in_sensor(earth_from_sensor: Floats) -> Floats:
    """Earth's z axis in the sensor's frame, the last row of the rotation matrix: (4, n) -> (3, n)."""
    w, x, y, z = earth_from_sensor
    return np.array([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)])


Number = TypeVar("Number", float, Floats)


def east_and_north(
    earth_from_sensor: Iterable[Number], axis: tuple[float, float, float]
) -> tuple[Number, Number]:
    """Horizontal components of a direction that is fixed in the sensor, for one row or for many."""
    w, x, y, z = earth_from_sensor
    a, b, c = axis
    zz, xy, wz = z * z, x * y, w * z
    east = (1 - 2 * (y * y + zz)) * a + 2 * (xy - wz) * b + 2 * (x * z + w * y) * c
    north = 2 * (xy + wz) * a + (1 - 2 * (x * x + zz)) * b + 2 * (y * z - w * x) * c
    return east, north
