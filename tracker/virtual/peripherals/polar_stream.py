"""One stream of a virtual Polar: it reads its FIFO in time, compresses, and hands over full frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np

from tracker.virtual.chip import Counts
from tracker.virtual.imu import Imu
from tracker.virtual.peripherals.polar_layout import (
    FRAME_LIMIT,
    SINCE_2000_NS,
    Measurement,
    encode_block,
    encode_reference,
    frame_header,
)

READS_A_SECOND = 4
"""How often the FIFO is emptied; what comes out makes one block of a frame."""
LONGEST_S = 1.5
"""A frame that does not fill up is sent after so long."""
AXES_OF = {Measurement.ACC: slice(0, 3), Measurement.GYRO: slice(3, 6)}


class Stream:
    """Measures with an IMU of its own from `start` to `stop`.

    Parameters
    ----------
    measurement
        Which of the IMU's channels.
    imu
        What it measures with.
    phase_s
        How much later than a whole period after switching on its samples are taken; the IMU's movement
        has to be later by as much.
    send
        Takes each frame.
    """

    def __init__(
        self, measurement: Measurement, imu: Imu, phase_s: float, send: Callable[[bytes], object]
    ) -> None:
        self.imu = imu
        self._measurement = measurement
        self._phase_s = phase_s
        self._send = send
        self._timer: asyncio.TimerHandle | None = None
        self._body = b""
        self._last: Counts = np.empty(0, np.int16)
        self._last_ns = 0
        self._frame_samples = 0

    @property
    def is_running(self) -> bool:
        """Whether it measures."""
        return self._timer is not None

    def start(self, loop: asyncio.AbstractEventLoop, born_s: float) -> None:
        """Measure from now on.

        Parameters
        ----------
        loop
            Whose clock it runs by.
        born_s
            When the sensor was switched on, on that clock.
        """
        self._loop, self._born_s = loop, born_s
        self._next = self.imu.first_at(loop.time() - born_s)
        self._body = b""
        self._await_read()

    def stop(self) -> None:
        """Measure no more; what is in the frame is lost."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    @property
    def _at_once(self) -> int:
        return max(1, self.imu.rate_hz // READS_A_SECOND)

    def _await_read(self) -> None:
        full_s = self.imu.true_s(self._next + self._at_once - 1) + self._phase_s
        self._timer = self._loop.call_at(self._born_s + full_s, self._read)

    def _read(self) -> None:
        fifo = self.imu.read(self._next, self._next + self._at_once)
        self._next += self._at_once
        counts = fifo.counts[:, AXES_OF[self._measurement]]
        self._add(counts)
        self._last = counts[-1]
        phase_ns = round(self._phase_s * 1e9)
        self._last_ns = SINCE_2000_NS + int(fifo.device_us[-1]) * 1000 + phase_ns
        if self._frame_samples >= LONGEST_S * self.imu.rate_hz:
            self._flush()
        self._await_read()

    def _add(self, counts: Counts) -> None:
        """Put a block into the frame; into the next one when it does not fit."""
        if self._body:
            block = encode_block(np.vstack([self._last, counts]))
            if len(frame_header(self._measurement, 0)) + len(self._body) + len(block) <= FRAME_LIMIT:
                self._body += block
                self._frame_samples += len(counts)
                return
            self._flush()
        self._body = encode_reference(counts[0]) + encode_block(counts)
        self._frame_samples = len(counts)

    def _flush(self) -> None:
        self._send(frame_header(self._measurement, self._last_ns) + self._body)
        self._body = b""
