"""A virtual Movesense: it streams float packets in two parts, and runs out of request slots.

It says that it is virtual: its serial number begins with 9999, and so does the number in its name; its
product and its app are called virtual.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from tracker.virtual.chip import MICROSECONDS
from tracker.virtual.imu import Imu, Readout
from tracker.virtual.peripherals.board import Board
from tracker.virtual.peripherals.movesense_layout import (
    ADVERTISED,
    GSP_COMMAND,
    GSP_NOTIFY,
    GSP_SERVICE,
    Command,
    Status,
    encode_acc_config,
    encode_gyr_config,
    encode_hello,
    encode_imu6,
    encode_response,
    packet_samples,
    path_of,
)
from tracker.virtual.peripherals.peripheral import INVALID_LENGTH, AttError, Characteristic, Restarts, Service

RATES_HZ = (13, 26, 52, 104)
PATHS = {f"/Meas/IMU6/{rate_hz}": rate_hz for rate_hz in RATES_HZ}
"""What it can stream. 208 Hz, which needs three parts to a packet, is left out."""
NEVER_ANSWERED = "/Info"
RESTART_MODE = 5
RESTART_S = 4.0
"""How long it is away when it restarts."""

SERVICES = (
    Service(
        GSP_SERVICE,
        (Characteristic(GSP_COMMAND, ("write",)), Characteristic(GSP_NOTIFY, ("notify",))),
    ),
)


class Movesense(Board):
    """The sensor: one subscription at a time, and few slots for requests.

    Parameters
    ----------
    imu
        What it measures; its rate follows the subscription.
    number
        Tells several sensors apart: in the name, the serial number and the address. At most 255.
    battery_percent
        What its battery says, always.
    rate_off_percent
        How much faster than sold its chip samples.
    slots
        Requests that may stay unanswered before it refuses all others.
    silent
        Paths that are never answered when they are read, and bring no data when they are subscribed to.
    refused
        Paths it answers with an error, and with which.
    keeps_subscription
        It goes on where it was when a new central comes.
    big_endian_status
        It sends statuses like the maker's sample app.

    Attributes
    ----------
    restarts
        How often it was restarted.
    """

    advertised = ADVERTISED
    services = SERVICES

    def __init__(
        self,
        imu: Imu,
        *,
        number: int = 1,
        battery_percent: int = 87,
        rate_off_percent: float = 2.3,
        slots: int = 4,
        silent: tuple[str, ...] = (),
        refused: Mapping[str, int] | None = None,
        keeps_subscription: bool = False,
        big_endian_status: bool = False,
    ) -> None:
        off = 1.0 / (1.0 + rate_off_percent / 100.0) - 1.0
        clock = replace(imu.clock, sampling_off_ppm=off * MICROSECONDS)
        self._serial = f"9999{number:08d}"
        super().__init__(
            replace(imu, clock=clock, rate_hz=RATES_HZ[-1]),
            f"Movesense {self._serial}",
            f"F0:00:00:00:03:{number:02X}",
        )
        self.restarts = 0
        self._battery_percent = battery_percent
        self._slots = self._slots_left = slots
        self._silent = {NEVER_ANSWERED, *silent}
        self._refused = dict(refused or {})
        self._keeps_subscription = keeps_subscription
        self._big_endian = big_endian_status
        self._subscription: tuple[int, str] | None = None
        self._commands: dict[int, Callable[[int, bytes], None]] = {
            Command.HELLO: self._hello,
            Command.SUBSCRIBE: self._subscribe,
            Command.UNSUBSCRIBE: self._unsubscribe,
            Command.GET: self._get,
            Command.SYSTEM_MODE: self._set_mode,
        }

    def disconnected(self) -> None:
        """Stop streaming; the slots that are lost stay lost."""
        super().disconnected()
        if not self._keeps_subscription:
            self._subscription = None

    def subscribed(self, uuid: str, /) -> None:
        """Go on with a subscription that an earlier central has left."""
        super().subscribed(uuid)
        if self._subscription:
            self._stream()

    def write(self, _uuid: str, data: bytes, /) -> None:
        """Obey a command; AttError for less than a command with its reference."""
        code, ref, payload = data[:1], data[1:2], data[2:]
        if not ref:
            raise AttError(INVALID_LENGTH)
        if not self._slots_left and code[0] != Command.SYSTEM_MODE:
            self._respond(ref[0], Status.TOO_MANY_REQUESTS)
        elif code[0] in self._commands:
            self._commands[code[0]](ref[0], payload)
        else:
            self._respond(ref[0], Status.BAD_REQUEST)

    def due(self, samples: Readout) -> None:
        """Send a packet; each part that finds no room is lost by itself."""
        if self._subscription is None:
            return
        acc_m_s2, gyr_rad_s = self.imu.chip.si(samples.counts)
        stamp_ms = int(samples.device_us[0]) // 1000
        for part in encode_imu6(self._subscription[0], stamp_ms, acc_m_s2, np.degrees(gyr_rad_s)):
            self.send(GSP_NOTIFY, part)

    # Commands.

    def _hello(self, ref: int, _payload: bytes) -> None:
        said = (self._serial, "virtual Movesense", self.address, "virtual app", "1.0.0")
        self.send(GSP_NOTIFY, encode_hello(ref, *said))

    def _subscribe(self, ref: int, payload: bytes) -> None:
        path = path_of(payload)
        if path in self._refused:
            self._respond(ref, self._refused[path])
        elif path not in PATHS:
            self._respond(ref, Status.NOT_FOUND)
        elif self._subscription is not None:
            self._respond(ref, Status.NO_ROOM)
        else:
            self._subscription = (ref, path)
            self._respond(ref, Status.OK)
            self._stream()

    def _unsubscribe(self, ref: int, _payload: bytes) -> None:
        if self._subscription is None or self._subscription[0] != ref:
            self._respond(ref, Status.NOT_FOUND)
            return
        self._subscription = None
        self.stop_packets()
        self._respond(ref, Status.OK)

    def _get(self, ref: int, payload: bytes) -> None:
        path = path_of(payload)
        values = {
            "/System/Energy/Level": bytes([self._battery_percent]),
            "/Meas/Acc/Config": encode_acc_config(self.imu.chip.acc_range_g),
            "/Meas/Gyro/Config": encode_gyr_config(self.imu.chip.gyr_range_dps),
        }
        if path in self._silent:
            self._slots_left -= 1
        elif path in values and path not in self._refused:
            self._respond(ref, Status.OK, values[path])
        else:
            self._respond(ref, self._refused.get(path, Status.NOT_FOUND))

    def _set_mode(self, ref: int, payload: bytes) -> None:
        if payload != bytes([RESTART_MODE]):
            self._respond(ref, Status.BAD_REQUEST)
            return
        self._respond(ref, Status.ACCEPTED)
        self.restarts += 1
        self._slots_left = self._slots
        self._subscription = None
        raise Restarts(RESTART_S)

    def _respond(self, ref: int, status: int, data: bytes = b"") -> None:
        self.send(GSP_NOTIFY, encode_response(ref, status, data, big_endian=self._big_endian))

    def _stream(self) -> None:
        """Measure at the subscription's rate from now on."""
        if self._subscription is None or self._subscription[1] in self._silent:
            return
        self.stop_packets()
        rate_hz = PATHS[self._subscription[1]]
        self.configure(replace(self.imu, rate_hz=rate_hz))
        self.start_packets(packet_samples(rate_hz))
