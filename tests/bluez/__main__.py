"""A system with Bluetooth in a process of its own: so its work is not counted as the receiver's.

``python -m tests.bluez BOARDS RATE_HZ`` prints the address of its bus and ends with its standard input.
"""

from __future__ import annotations

import sys

from tests.bluez.system import SystemBluetooth
from tracker.virtual.chip import ordinary_chip
from tracker.virtual.imu import Imu, any_mounting
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.peripherals.open_lift_layout import INFO, encode_info
from tracker.virtual.radio import Radio
from tracker.virtual.script import demo_script


class OneRate(OpenLift):
    """A board that offers no other rate than the one that it runs at."""

    def read(self, uuid: str, /) -> bytes:
        """Say the value of a readable characteristic."""
        if uuid != INFO:
            return super().read(uuid)
        return encode_info(
            config_id=self._config_id,
            rate_hz=self.imu.rate_hz,
            boot_id=self._boot_id,
            chip=self.imu.chip,
            rates_hz=(self.imu.rate_hz,),
            board="virtual board",
            imu="virtual chip",
        )


def radio(boards: int, rate_hz: int) -> Radio:
    """Make a radio with boards on the dumbbells of as many lifters."""
    imus = [
        Imu(perform(demo_script(seed)).movement, any_mounting(seed), ordinary_chip(seed), rate_hz=rate_hz)
        for seed in range(1, boards + 1)
    ]
    return Radio(*(OneRate(imu, number=number) for number, imu in enumerate(imus, start=1)))


if __name__ == "__main__":
    boards, rate_hz = map(int, sys.argv[1:])
    with SystemBluetooth(lambda: radio(boards, rate_hz)) as bluetooth:
        sys.stdout.write(f"{bluetooth.bus.address}\n")
        sys.stdout.flush()
        sys.stdin.read()
