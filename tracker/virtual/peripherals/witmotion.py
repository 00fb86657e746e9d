"""A virtual WitMotion sensor, WT901BLE68 or one of its relatives; its name says that it is virtual."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tracker.virtual.chip import MICROSECONDS, Counts
from tracker.virtual.imu import Imu, Readout
from tracker.virtual.peripherals.board import Board
from tracker.virtual.peripherals.peripheral import WRITE_NOT_PERMITTED, AttError, Characteristic, Service
from tracker.virtual.peripherals.witmotion_layout import (
    COMMAND,
    DEFAULT_OUTPUT,
    READ_REGISTER,
    REGISTERS_IN_REPLY,
    SERVICE,
    STREAM,
    UNLOCK,
    encode_frames,
    encode_reply,
    read_command,
    words_of,
)

SAVE, RATE, OUTPUT, ALGORITHM, VERSION, BATTERY = 0x00, 0x03, 0x0E, 0x24, 0x2E, 0x64

RATES_HZ = {6: 10, 7: 20, 8: 50, 9: 100, 0x0B: 200}
PACKED_ABOVE_HZ, PACKETS_PER_S = 20, 25
"""Above the one, frames are packed so that so many notifications leave in a second."""

CUT_AT_BYTES = 200
"""A notification ends here, in the middle of a frame if need be."""

UNLOCKED_S = 10.0
REPLY_S = 0.06
"""It answers 16 questions a second."""

DEAD_BAND_DPS = 1.0
"""When no axis turns faster, the gyroscope reads exactly zero on all three."""

_FIRMWARE_WORD = 13115


class WitMotion(Board):
    """The sensor: streams as soon as the stream is subscribed to, at 10 Hz until it is told otherwise.

    Parameters
    ----------
    imu
        What it measures, at whatever rate; this sensor sets its own.
    number
        Tells several apart: in the name and the address. At most 255.
    battery_volts
        What its battery says, always; 4.8 on USB power.
    chooses_output
        False: older firmware, whose register 0x0E is no output mask.
    answers
        False: firmware that does not answer questions.
    sends_time
        True: the WT901SDCL, whose frames have 28 bytes and end with the time.

    Attributes
    ----------
    registers
        As they are set now; what is not there reads 0.
    saved
        How often the settings were saved to its flash memory.
    """

    services = (
        Service(
            SERVICE,
            (
                Characteristic(STREAM, ("notify",)),
                Characteristic(COMMAND, ("write", "write-without-response")),
            ),
        ),
    )

    def __init__(
        self,
        imu: Imu,
        *,
        number: int = 1,
        battery_volts: float = 3.92,
        chooses_output: bool = True,
        answers: bool = True,
        sends_time: bool = False,
    ) -> None:
        model = "WTSDCL" if sends_time else "WT901BLE68"
        super().__init__(imu, f"{model}-V{number:03d}", f"F0:00:00:00:01:{number:02X}")
        self.saved = 0
        self._volts = battery_volts
        self._chooses_output = chooses_output and not sends_time
        self._answers = answers
        self._sends_time = sends_time
        self.forget()

    def forget(self) -> None:
        """Take the delivered settings, as after it was switched off and on."""
        self.registers = {
            RATE: 6,
            ALGORITHM: 0,
            OUTPUT: DEFAULT_OUTPUT if self._chooses_output else 0,
            VERSION: _FIRMWARE_WORD,
            BATTERY: round(100 * self._volts),
        }
        self._unlocked_until_s = -np.inf
        self._replies: list[bytes] = []
        self.configure(replace(self.imu, rate_hz=RATES_HZ[self.registers[RATE]]))

    def disconnected(self) -> None:
        """Stop streaming; the settings stay while it is switched on."""
        super().disconnected()
        self._replies.clear()

    def subscribed(self, uuid: str, /) -> None:
        """Stream from now on: there is no other start."""
        super().subscribed(uuid)
        self._stream()

    def unsubscribed(self, uuid: str, /) -> None:
        """Stop."""
        super().unsubscribed(uuid)
        self.stop_packets()

    def write(self, uuid: str, data: bytes, /) -> None:
        """Obey; what is no command, or comes while settings are locked, is ignored without a word."""
        if uuid != COMMAND:
            raise AttError(WRITE_NOT_PERMITTED)
        command = read_command(data)
        if data == UNLOCK:
            self._unlocked_until_s = self.now_s + UNLOCKED_S
        elif command and command[0] == READ_REGISTER:
            self._question(command[1])
        elif command and self.now_s < self._unlocked_until_s:
            self._set(*command)

    def due(self, samples: Readout) -> None:
        """Send a full packet; an answer that waits goes with it."""
        device_ms = (samples.device_us - self.imu.clock.start_us) * 1000 // MICROSECONDS
        frames = encode_frames(
            self._output,
            self._words(samples),
            samples.earth_from_sensor,
            device_ms.tolist(),
            time_last=self._sends_time,
        )
        replies, self._replies = self._replies, []
        self.send(STREAM, b"".join([*frames, *replies])[:CUT_AT_BYTES])

    @property
    def _output(self) -> int:
        return self.registers[OUTPUT] if self._chooses_output else DEFAULT_OUTPUT

    def _stream(self) -> None:
        rate_hz = self.imu.rate_hz
        self.start_packets(rate_hz // PACKETS_PER_S if rate_hz > PACKED_ABOVE_HZ else 1)

    def _question(self, first: int) -> None:
        if self._answers:
            values = [self.registers.get(first + i, 0) for i in range(REGISTERS_IN_REPLY)]
            self._replies.append(encode_reply(first, values))
            self.loop.call_later(REPLY_S, self._reply)

    def _reply(self) -> None:
        if self._replies and self.wanted:
            self.send(STREAM, self._replies.pop(0))

    def _set(self, register: int, value: int) -> None:
        if register == SAVE:
            self.saved += 1
            return
        if register == RATE and value not in RATES_HZ:
            return
        self.registers[register] = value
        if register == RATE:
            was_streaming = self.is_streaming
            self.stop_packets()
            self.configure(replace(self.imu, rate_hz=RATES_HZ[value]))
            if was_streaming:
                self._stream()

    def _words(self, samples: Readout) -> Counts:
        """Say what the chip measured on this sensor's scales, with its dead band."""
        acc_m_s2, gyr_rad_s = self.imu.chip.si(samples.counts)
        is_still = (np.abs(gyr_rad_s) < np.radians(DEAD_BAND_DPS)).all(axis=1)
        words: Counts = words_of(acc_m_s2, np.where(is_still[:, None], 0.0, gyr_rad_s))
        return words
