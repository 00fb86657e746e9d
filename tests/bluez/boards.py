"""Boards that lie on the floor, and one that wants to be paired."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tracker.virtual.imu import Imu
from tracker.virtual.movement import Pose
from tracker.virtual.peripherals.open_lift import SERVICES, OpenLift


class Still:
    """A dumbbell that lies on the floor."""

    def pose(self, t_s):
        return Pose(np.zeros((len(t_s), 3)), np.tile([1.0, 0.0, 0.0, 0.0], (len(t_s), 1)))


class Private(OpenLift):
    """A board that says nothing before it is paired."""

    services = tuple(
        replace(
            service,
            characteristics=tuple(
                replace(characteristic, encrypted=True) for characteristic in service.characteristics
            ),
        )
        for service in SERVICES
    )


def board(number: int = 1, kind: type[OpenLift] = OpenLift, rate_hz: int = 100) -> OpenLift:
    return kind(Imu(Still(), rate_hz=rate_hz), number=number)
