"""A virtual Movella DOT, from firmware_notes/movella_dot.md.

It says that it is virtual in its name, its serial number (the letters VIRTUAL, as a number) and its product
code. It never falls asleep, is never synchronised and records nothing; where the note does not know what a
real one does, it does what is harder for the central.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from types import MappingProxyType

from tracker.virtual.imu import Imu, Readout
from tracker.virtual.peripherals.board import Board
from tracker.virtual.peripherals.movella_dot_layout import (
    COMPANY,
    CONFIGURATION_SERVICE,
    CONTROL,
    DEVICE_CONTROL,
    DEVICE_INFO,
    DEVICE_REPORT,
    DOT_BATTERY,
    DOT_BATTERY_SERVICE,
    LAYOUTS,
    LONG,
    MEASUREMENT_SERVICE,
    MEDIUM,
    RATES_HZ,
    SHORT,
    encode_device_control,
    encode_device_info,
    encode_sample,
)
from tracker.virtual.peripherals.peripheral import (
    INVALID_LENGTH,
    WRITE_NOT_PERMITTED,
    AttError,
    Characteristic,
    Service,
)

MEASUREMENT, START = 1, 1
VISIT_IDENTIFY, VISIT_RATE = 0x01, 0x10
CONTROL_BYTES, DEVICE_CONTROL_BYTES = 3, 32
RATE_AT = 24
VALUE_NOT_ALLOWED = 0x13
"""ATT error: what firmware may answer to a mode that it does not know."""

WHEN_SUBSCRIBED_WRONGLY = {LONG: 26, MEDIUM: 3, SHORT: 6}
"""The mode of the frames that come over a characteristic which is not that of the mode that was started."""

SERVICES = (
    Service(
        CONFIGURATION_SERVICE,
        (
            Characteristic(DEVICE_INFO, ("read",)),
            Characteristic(DEVICE_CONTROL, ("read", "write")),
            Characteristic(DEVICE_REPORT, ("notify",)),
        ),
    ),
    Service(
        MEASUREMENT_SERVICE,
        (
            Characteristic(CONTROL, ("read", "write")),
            Characteristic(LONG, ("notify",)),
            Characteristic(MEDIUM, ("notify",)),
            Characteristic(SHORT, ("notify",)),
        ),
    ),
    Service(DOT_BATTERY_SERVICE, (Characteristic(DOT_BATTERY, ("read", "notify")),)),
)


class MovellaDot(Board):
    """The sensor: one packet for each sample, at 60 Hz and below.

    Parameters
    ----------
    imu
        What it measures, from the moment it is switched on; it has its own rate.
    number
        Tells several apart. At most 255.
    modes
        Payload modes that its firmware knows; without 26 it is an old one.
    refuses_aloud
        Whether a mode that it does not know is answered with an ATT error, or with nothing.
    rate_hz
        Output rate that is stored in it.
    battery_percent, is_charging
        What its battery says, always.

    Attributes
    ----------
    blinked
        How many times it was asked to identify itself.
    """

    manufacturer_data = MappingProxyType({COMPANY: b""})
    services = SERVICES

    def __init__(
        self,
        imu: Imu,
        *,
        number: int = 1,
        modes: tuple[int, ...] = tuple(LAYOUTS),
        refuses_aloud: bool = True,
        rate_hz: int = 60,
        battery_percent: int = 87,
        is_charging: bool = False,
    ) -> None:
        address = f"F0:00:00:D0:70:{number:02X}"
        said = {
            DEVICE_INFO: encode_device_info(
                address=address,
                firmware=(2, 4, 0),
                serial=int.from_bytes(b"VIRTUAL" + bytes([number]), "big"),
                product=b"VIRT-0",
            ),
            DEVICE_CONTROL: encode_device_control(tag=b"virtual DOT", rate_hz=rate_hz),
            CONTROL: bytes([MEASUREMENT, 0, 4]),
            DOT_BATTERY: bytes([battery_percent, is_charging]),
        }
        super().__init__(replace(imu, rate_hz=rate_hz), f"Movella DOT V{number:03d}", address, said)
        self.blinked = 0
        self._modes = modes
        self._refuses_aloud = refuses_aloud
        self._sends: dict[str, int] = {}

    @property
    def is_measuring(self) -> bool:
        """Whether it measures; it goes on when the link has ended, and sends to nobody."""
        return self._said[CONTROL][1] == START

    def write(self, uuid: str, data: bytes, /) -> None:
        """Obey a command."""
        if uuid == CONTROL:
            self._measure(data)
        elif uuid == DEVICE_CONTROL:
            self._set(data)
        else:
            raise AttError(WRITE_NOT_PERMITTED)

    def due(self, samples: Readout) -> None:
        """Send a sample over each characteristic that was wanted when the measurement started."""
        for uuid, mode in self._sends.items():
            self.send(uuid, encode_sample(mode, samples, self.imu.chip))

    def _measure(self, data: bytes) -> None:
        if len(data) != CONTROL_BYTES:
            raise AttError(INVALID_LENGTH)
        kind, action, mode = data
        if kind != MEASUREMENT or (action == START and mode not in self._modes):
            if self._refuses_aloud:
                raise AttError(VALUE_NOT_ALLOWED)
            return
        if action != START:
            self.stop_packets()
            self._say(bytes([MEASUREMENT, 0]), 0, CONTROL)
        elif not self.is_measuring:
            self._say(data, 0, CONTROL)
            self._sends = self._wanted_now(mode)
            self.start_packets(1)

    def _wanted_now(self, mode: int) -> dict[str, int]:
        """Give the characteristics that will send, and what: those subscribed to before the start."""
        right = LAYOUTS[mode].characteristic
        payload = [uuid for uuid in (LONG, MEDIUM, SHORT) if uuid in self.wanted]
        return {uuid: mode if uuid == right else WHEN_SUBSCRIBED_WRONGLY[uuid] for uuid in payload}

    def _set(self, data: bytes) -> None:
        if len(data) != DEVICE_CONTROL_BYTES:
            raise AttError(INVALID_LENGTH)
        visit = data[0]
        if visit & VISIT_IDENTIFY and data[1] == 1:
            self.blinked += 1
        (rate_hz,) = struct.unpack_from("<H", data, RATE_AT)
        if visit & VISIT_RATE and rate_hz in RATES_HZ and not self.is_measuring:
            self._say(data[RATE_AT : RATE_AT + 2], RATE_AT, DEVICE_CONTROL)
            self.configure(replace(self.imu, rate_hz=rate_hz))

    def _say(self, value: bytes, at: int, uuid: str) -> None:
        """Change part of what a characteristic says."""
        self._said[uuid] = self._said[uuid][:at] + value + self._said[uuid][at + len(value) :]
