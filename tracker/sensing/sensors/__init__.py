"""The sensors that are supported: one file for each make, one line for each in `SENSORS`."""

from __future__ import annotations

from tracker.errors import InputError
from tracker.sensing.sensors.movella_dot import MOVELLA_DOT
from tracker.sensing.sensors.movesense import MOVESENSE
from tracker.sensing.sensors.open_lift import OPEN_LIFT
from tracker.sensing.sensors.polar import POLAR, POLAR_WITHOUT_GYROSCOPE
from tracker.sensing.sensors.sample_blocks import SAMPLE_BLOCKS
from tracker.sensing.sensors.sensor import Sensor
from tracker.sensing.sensors.witmotion import WITMOTION

SENSORS: tuple[Sensor, ...] = (
    OPEN_LIFT,
    WITMOTION,
    MOVELLA_DOT,
    MOVESENSE,
    POLAR,
    POLAR_WITHOUT_GYROSCOPE,
    SAMPLE_BLOCKS,
)


def by_make(make: str) -> Sensor:
    """Give the sensor with that key.

    Raises
    ------
    InputError
        If no sensor has it.

    Examples
    --------
    >>> by_make("open-lift").title
    'open lift-IMU'
    """
    for sensor in SENSORS:
        if sensor.make == make:
            return sensor
    known = ", ".join(sensor.make for sensor in SENSORS if sensor.stream_uuids)
    raise InputError(f"no sensor of make {make!r} is supported; update tracker, or use one of: {known}")
