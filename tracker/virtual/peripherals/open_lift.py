"""A virtual board that speaks the open lift-IMU profile.

It says that it is virtual: in its name, model, serial number, hardware revision, board and chip.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import TypeAlias

import numpy as np

from tracker.virtual.chip import COUNTS, Counts
from tracker.virtual.imu import Imu, Readout
from tracker.virtual.keyframes import Floats
from tracker.virtual.peripherals.board import (
    BATTERY_LEVEL,
    BATTERY_SERVICE,
    FIRMWARE,
    HARDWARE,
    INFORMATION_SERVICE,
    MODEL,
    SERIAL,
    Board,
)
from tracker.virtual.peripherals.open_lift_layout import (
    CONTROL,
    INFO,
    LIFT_SERVICE,
    PARAMETERS,
    STREAM,
    Command,
    Flags,
    PacketType,
    Status,
    encode_answer,
    encode_info,
    encode_packet,
    most_samples,
)
from tracker.virtual.peripherals.peripheral import INVALID_LENGTH, AttError, Characteristic, Service

RATES_HZ = (50, 100, 200)
ACC_RANGES_G = (2, 4, 8, 16)
GYR_RANGES_DPS = (125, 250, 500, 1000, 2000)
"""What an LSM6DS3TR-C can be set to (and the rates that divide a second)."""
ZERO_S = 2.0
"""How long the board must lie still to learn its gyroscope's bias."""
STILL_DPS = 1.0
"""More spread than this while zeroing is not lying still."""

SERVICES = (
    Service(
        LIFT_SERVICE,
        (
            Characteristic(STREAM, ("notify",)),
            Characteristic(CONTROL, ("write", "notify")),
            Characteristic(INFO, ("read",)),
        ),
    ),
    Service(BATTERY_SERVICE, (Characteristic(BATTERY_LEVEL, ("read", "notify")),)),
    Service(
        INFORMATION_SERVICE,
        tuple(Characteristic(uuid, ("read",)) for uuid in (MODEL, SERIAL, FIRMWARE, HARDWARE)),
    ),
)

Answer: TypeAlias = tuple[Status, bytes]


class OpenLift(Board):
    """The board: takes commands, makes packets of its IMU's samples, counts those it could not send.

    Parameters
    ----------
    imu
        What it measures, from the moment it is switched on.
    number
        Tells several boards apart: in the name, the serial number and the address. At most 255.
    battery_percent
        What its battery says, always.

    Attributes
    ----------
    blinks_until_s
        Until when its light blinks, s since it was switched on.
    """

    advertised = (LIFT_SERVICE,)
    services = SERVICES

    def __init__(self, imu: Imu, *, number: int = 1, battery_percent: int = 87) -> None:
        said = {
            BATTERY_LEVEL: bytes([battery_percent]),
            MODEL: b"LIFT virtual",
            SERIAL: f"VIRTUAL-{number:04d}".encode(),
            FIRMWARE: b"1.0.0-virtual",
            HARDWARE: b"virtual",
        }
        super().__init__(imu, f"LIFT-V{number:03d}", f"F0:00:00:00:00:{number:02X}", said)
        self._boot_id = int(np.random.default_rng([imu.seed, number]).integers(1 << 32))
        self._commands: dict[Command, Callable[..., Answer | None]] = {
            Command.START: self._start,
            Command.STOP: self._stop,
            Command.TIME: self._time,
            Command.IDENTIFY: self._identify,
            Command.ZERO: self._zero,
            Command.RANGES: self._set_ranges,
        }
        self.blinks_until_s = 0.0
        self._config_id = 1
        self._zero_dps: Floats | None = None
        self._sequence = 0
        self._lost_before = False
        self._kind = PacketType.ACC_GYR
        self._zero_timer: asyncio.TimerHandle | None = None

    def disconnected(self) -> None:
        """Stop streaming and zeroing; the next central starts anew."""
        super().disconnected()
        if self._zero_timer:
            self._zero_timer.cancel()

    def read(self, uuid: str, /) -> bytes:
        """Say the value of a readable characteristic."""
        if uuid != INFO:
            return super().read(uuid)
        return encode_info(
            config_id=self._config_id,
            rate_hz=self.imu.rate_hz,
            boot_id=self._boot_id,
            chip=self.imu.chip,
            rates_hz=RATES_HZ,
            board="virtual board",
            imu="virtual chip",
        )

    def write(self, _uuid: str, data: bytes, /) -> None:
        """Obey a command and answer it; AttError for no command at all."""
        if not data:
            raise AttError(INVALID_LENGTH)
        answer = self._obey(data[0], data[1:])
        if answer:
            self._answer(data[0], answer)

    def due(self, samples: Readout) -> None:
        """Send a full packet."""
        self._send(samples, Flags(0))

    # Commands. Each returns its answer, or None when it answers later.

    def _obey(self, code: int, parameters: bytes) -> Answer | None:
        if code not in PARAMETERS:
            return Status.UNKNOWN_COMMAND, b""
        command = Command(code)
        if len(parameters) != PARAMETERS[command].size:
            return Status.WRONG_LENGTH, b""
        return self._commands[command](*PARAMETERS[command].unpack(parameters))

    def _start(self, rate_hz: int, kind: int, samples: int) -> Answer:
        if self.is_streaming:
            return Status.NOT_NOW, b""
        if rate_hz not in RATES_HZ or kind not in list(PacketType):
            return Status.NOT_SUPPORTED, b""
        if not 1 <= samples <= most_samples(PacketType(kind)):
            return Status.NOT_SUPPORTED, b""
        if rate_hz != self.imu.rate_hz:
            self._reconfigure(replace(self.imu, rate_hz=rate_hz))
        self._kind = PacketType(kind)
        self.start_packets(samples)
        return Status.DONE, struct.pack("<BH", self._config_id, rate_hz)

    def _stop(self) -> Answer:
        if not self.is_streaming:
            return Status.NOT_NOW, b""
        self.stop_packets()
        if self.waiting:
            self._send(self.take(self.waiting), Flags.LAST)
        return Status.DONE, b""

    def _time(self, host_ns: int) -> Answer:
        device_us = self.imu.clock.us_at(self.now_s) & 0xFFFF_FFFF
        return Status.DONE, struct.pack("<QI", host_ns, device_us)

    def _identify(self, seconds: int) -> Answer:
        self.blinks_until_s = self.now_s + seconds
        return Status.DONE, b""

    def _zero(self) -> None:
        if self._zero_timer:
            self._zero_timer.cancel()
        self._zero_timer = self.loop.call_later(ZERO_S, self._finish_zero)

    def _finish_zero(self) -> None:
        now = self.imu.first_at(self.now_s)
        lain = self.imu.read(max(0, now - round(ZERO_S * self.imu.rate_hz)), now)
        turning_dps = lain.counts[:, 3:] * self.imu.chip.gyr_lsb_dps
        if turning_dps.std(axis=0).max() > STILL_DPS:
            self._answer(Command.ZERO, (Status.NOT_NOW, b""))
            return
        self._zero_dps = turning_dps.mean(axis=0)
        self._answer(Command.ZERO, (Status.DONE, b""))

    def _set_ranges(self, acc_g: int, gyr_dps: int) -> Answer:
        if self.is_streaming:
            return Status.NOT_NOW, b""
        if acc_g not in ACC_RANGES_G or gyr_dps not in GYR_RANGES_DPS:
            return Status.NOT_SUPPORTED, b""
        chip = replace(self.imu.chip, acc_range_g=acc_g, gyr_range_dps=gyr_dps)
        if chip != self.imu.chip:
            self._reconfigure(replace(self.imu, chip=chip))
        return Status.DONE, bytes([self._config_id])

    def _reconfigure(self, imu: Imu) -> None:
        self.configure(imu)
        self._config_id = (self._config_id + 1) & 0xFF

    def _answer(self, command: int, answer: Answer) -> None:
        self.send(CONTROL, encode_answer(command, *answer))

    # Packets.

    def _send(self, samples: Readout, flags: Flags) -> None:
        packet = encode_packet(
            self._kind,
            sequence=self._sequence,
            device_us=int(samples.device_us[0]),
            period_us=round(self.imu.period_us),
            config_id=self._config_id,
            flags=flags | self._flags(samples),
            counts=self._zeroed(samples),
            quaternions=samples.earth_from_sensor,
        )
        self._sequence += 1
        self._lost_before = not self.send(STREAM, packet)

    def _flags(self, samples: Readout) -> Flags:
        conditions = {
            Flags.ACC_CLIPPED: samples.acc_clipped.any(),
            Flags.GYR_CLIPPED: samples.gyr_clipped.any(),
            Flags.SAMPLES_LOST_BEFORE: self._lost_before,
            Flags.BIAS_CORRECTED: self._zero_dps is not None,
        }
        return reduce(or_, (flag for flag, holds in conditions.items() if holds), Flags(0))

    def _zeroed(self, samples: Readout) -> Counts:
        """Take the learnt bias off the counts, as far as 16 bits go."""
        if self._zero_dps is None:
            return samples.counts
        bias = np.rint(self._zero_dps / self.imu.chip.gyr_lsb_dps).astype(np.int64)
        exact = samples.counts - np.concatenate([np.zeros(3, np.int64), bias])
        counts: Counts = np.clip(exact, -COUNTS, COUNTS - 1).astype(np.int16)
        return counts
