"""The virtual boards: one file for each make, one line for each in `PERIPHERALS`."""

from __future__ import annotations

from typing import Protocol

from tracker.virtual.imu import Imu
from tracker.virtual.peripherals.board import Board
from tracker.virtual.peripherals.movella_dot import MovellaDot
from tracker.virtual.peripherals.movesense import Movesense
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.peripherals.polar import Polar
from tracker.virtual.peripherals.witmotion import WitMotion


class MakeBoard(Protocol):
    """Makes a virtual board; whatever else a make can be told has a default."""

    def __call__(self, imu: Imu, *, number: int = 1) -> Board:
        """Make board number 1-255 of its make: the number is in its name, serial number and address."""
        ...


PERIPHERALS: dict[str, MakeBoard] = {
    "open-lift": OpenLift,
    "witmotion": WitMotion,
    "movella-dot": MovellaDot,
    "movesense": Movesense,
    "polar": Polar,
}
"""The keys are those by which a person names the make."""
