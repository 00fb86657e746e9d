"""What all virtual boards share: a clock from when they are switched on, samples, packets in time."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping

from tracker.virtual.imu import Imu, Readout
from tracker.virtual.peripherals.peripheral import (
    READ_NOT_PERMITTED,
    WRITE_NOT_PERMITTED,
    AttError,
    Notify,
    Service,
)

READ_AHEAD = 1024
"""Samples asked of the IMU at a time."""

BATTERY_SERVICE, BATTERY_LEVEL = (f"0000{short}-0000-1000-8000-00805f9b34fb" for short in ("180f", "2a19"))
INFORMATION_SERVICE, MODEL, SERIAL, FIRMWARE, HARDWARE = (
    f"0000{short}-0000-1000-8000-00805f9b34fb" for short in ("180a", "2a24", "2a25", "2a26", "2a27")
)


class Board(ABC):
    """A board that measures and sends; a make adds what it advertises, what it answers, what it sends.

    Parameters
    ----------
    imu
        What it measures, from the moment it is switched on.
    name, address
        As it advertises.
    said
        Values of the characteristics that can be read and never change.

    Attributes
    ----------
    imu
        As set now: a command may change its rate or its ranges (`configure`).
    dropped
        How many packets found no room in the transmit buffer, or nobody listening.
    wanted
        UUIDs of the characteristics whose notifications the central wants.
    """

    advertised: tuple[str, ...] = ()
    manufacturer_data: Mapping[int, bytes] = {}
    services: tuple[Service, ...] = ()

    def __init__(self, imu: Imu, name: str, address: str, said: Mapping[str, bytes] | None = None) -> None:
        self.imu = imu
        self.name = name
        self.address = address
        self.dropped = 0
        self.wanted: set[str] = set()
        self._said = dict(said or {})
        self._notify: Notify | None = None
        self._per_packet = 1
        self._next = 0
        self._ahead: Readout | None = None
        self._ahead_first = 0
        self._packet_timer: asyncio.TimerHandle | None = None

    @abstractmethod
    def due(self, samples: Readout) -> None:
        """Send the samples of one packet, which have just been taken."""

    def power_on(self) -> None:
        """Start the clock and the sampling."""
        self.loop = asyncio.get_running_loop()
        self._born_s = self.loop.time()

    def connected(self, notify: Notify) -> None:
        """Remember how to send."""
        self._notify = notify

    def disconnected(self) -> None:
        """Stop streaming; the next central starts it anew."""
        self._notify = None
        self.wanted.clear()
        self.stop_packets()

    def subscribed(self, uuid: str, /) -> None:
        """Take note that the central wants a characteristic's notifications from now on."""
        self.wanted.add(uuid)

    def unsubscribed(self, uuid: str, /) -> None:
        """Take note that it wants them no more."""
        self.wanted.discard(uuid)

    def read(self, uuid: str, /) -> bytes:
        """Say the value of a readable characteristic."""
        if uuid not in self._said:
            raise AttError(READ_NOT_PERMITTED)
        return self._said[uuid]

    def write(self, _uuid: str, _data: bytes, /) -> None:
        """Refuse: a make that obeys commands says how."""
        raise AttError(WRITE_NOT_PERMITTED)

    @property
    def now_s(self) -> float:
        """Time since it was switched on, s."""
        return self.loop.time() - self._born_s

    @property
    def is_streaming(self) -> bool:
        """Whether packets are being sent."""
        return self._packet_timer is not None

    @property
    def waiting(self) -> int:
        """How many samples have been taken since the last packet."""
        return max(0, self.imu.first_at(self.now_s) - self._next)

    def start_packets(self, samples_per_packet: int) -> None:
        """Hand every `samples_per_packet` samples from now on to `due`, when the last of them is taken."""
        self.stop_packets()
        self._per_packet = samples_per_packet
        self._next = self.imu.first_at(self.now_s)
        self._await_packet()

    def stop_packets(self) -> None:
        """Stop that; what is waiting stays."""
        if self._packet_timer:
            self._packet_timer.cancel()
            self._packet_timer = None

    def take(self, n: int) -> Readout:
        """Take the next n samples out of the buffer."""
        first, self._next = self._next, self._next + n
        begins = self._ahead_first
        if self._ahead is None or not begins <= first <= first + n <= begins + READ_AHEAD:
            self._ahead, self._ahead_first = self.imu.read(first, first + max(n, READ_AHEAD)), first
        return self._ahead.cut(first - self._ahead_first, first + n - self._ahead_first)

    def configure(self, imu: Imu) -> None:
        """Measure with other settings from now on; not while streaming."""
        self.imu = imu
        self._ahead = None

    def send(self, uuid: str, data: bytes) -> bool:
        """Notify; False when nobody listens or there is no room, and the packet is lost."""
        sent = self._notify is not None and self._notify(uuid, data)
        self.dropped += not sent
        return sent

    def _await_packet(self) -> None:
        """Wait for the last sample of the next packet."""
        full_s = self.imu.true_s(self._next + self._per_packet - 1)
        self._packet_timer = self.loop.call_at(self._born_s + full_s, self._packet_full)

    def _packet_full(self) -> None:
        self.due(self.take(self._per_packet))
        if self._packet_timer is not None:  # `due` may have stopped it
            self._await_packet()
