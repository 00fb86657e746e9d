"""One peripheral on the air, and its link to the central: connection events, buffer, range, loss."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import numpy as np

from tracker.virtual.air import Drop, LinkModel, Lose, OutOfRange, RefuseConnections, Trouble
from tracker.virtual.bond import Bond
from tracker.virtual.peripherals.peripheral import (
    INSUFFICIENT_AUTHENTICATION,
    INSUFFICIENT_ENCRYPTION,
    NOTIFYING,
    READ_NOT_PERMITTED,
    REQUEST_NOT_SUPPORTED,
    WRITABLE,
    WRITE_NOT_PERMITTED,
    AttError,
    Characteristic,
    Peripheral,
    Property,
    Restarts,
)

NOTIFICATION_HEADER = 3
"""Bytes of the MTU that a notification needs for itself."""


class LinkError(Exception):
    """The link is gone or was never made; the backend turns it into bleak's error."""


class PairingError(Exception):
    """The peripheral does not let itself be paired."""


class Station:
    """One peripheral on the air: whether it can be reached, its link, and its bond with the central."""

    def __init__(self, peripheral: Peripheral, model: LinkModel, rng: np.random.Generator) -> None:
        self.peripheral = peripheral
        self.model = model
        self.bond = Bond()
        self._rng = rng
        self._loop = asyncio.get_running_loop()
        self._link: Link | None = None
        self._away_until_s = -np.inf
        self._losing_until_s = -np.inf
        self._loss = 0.0
        self._refusals = 0

    @property
    def reachable(self) -> bool:
        """Whether its radio is heard at all."""
        return self._loop.time() >= self._away_until_s

    @property
    def connectable(self) -> bool:
        """Whether it advertises: in reach, and no central has it (it takes one)."""
        return self.reachable and self._link is None

    @property
    def loses(self) -> bool:
        """Draw whether the next notification is lost."""
        return self._loop.time() < self._losing_until_s and bool(self._rng.random() < self._loss)

    def suffer(self, trouble: Trouble) -> None:
        """Let a trouble begin."""
        now_s = self._loop.time()
        match trouble:
            case Drop(away_s):
                self._away_until_s = max(self._away_until_s, now_s + away_s)
                self.disconnect()
            case OutOfRange(away_s):
                self._away_until_s = max(self._away_until_s, now_s + away_s)
                if self._link:
                    self._loop.call_later(self.model.supervision_s, self._supervise, self._link, trouble)
            case Lose(probability, for_s):
                self._loss, self._losing_until_s = probability, now_s + for_s
            case RefuseConnections(count):
                self._refusals += count

    def connect(self, on_lost: Callable[[], None]) -> Link:
        """Open a link; LinkError when this attempt is one that fails."""
        if self._refusals:
            self._refusals -= 1
            raise LinkError("the connection could not be established")
        self._link = Link(self, on_lost)
        return self._link

    def disconnect(self) -> None:
        """End the link, if there is one, and tell both ends."""
        link, self._link = self._link, None
        if link:
            link.end()

    def _supervise(self, link: Link, silence: OutOfRange) -> None:
        if self._link is link and silence.away_s > self.model.supervision_s:
            self.disconnect()


class Link:
    """One connection, as the central holds it. Ends when either side or the air ends it."""

    def __init__(self, station: Station, on_lost: Callable[[], None]) -> None:
        self.peripheral = station.peripheral
        self.mtu = station.model.mtu
        self._station = station
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._subscribers: dict[str, Callable[[bytes], None]] = {}
        self._buffer: deque[tuple[str, bytes]] = deque()
        self._event_s = self._loop.time()
        self._event: asyncio.TimerHandle | None = None
        self._up = True
        self._encrypted = False
        self.peripheral.connected(self._notify)

    async def read(self, uuid: str) -> bytes:
        """Read a characteristic; AttError, LinkError."""
        await self._request(uuid, ("read",), READ_NOT_PERMITTED)
        return self.peripheral.read(uuid)

    async def write(self, uuid: str, data: bytes) -> None:
        """Write a characteristic; AttError, LinkError."""
        await self._request(uuid, WRITABLE, WRITE_NOT_PERMITTED)
        try:
            self.peripheral.write(uuid, data)
        except Restarts as restart:
            self._station.suffer(Drop(restart.away_s))

    async def subscribe(self, uuid: str, callback: Callable[[bytes], None]) -> None:
        """Call `callback` for every notification from now on; AttError, LinkError."""
        await self._request(uuid, NOTIFYING, REQUEST_NOT_SUPPORTED)
        self._subscribers[uuid] = callback
        try:
            self.peripheral.subscribed(uuid)
        except AttError:
            del self._subscribers[uuid]
            raise

    async def unsubscribe(self, uuid: str) -> None:
        """Stop the notifications; AttError, LinkError."""
        await self._request(uuid, NOTIFYING, REQUEST_NOT_SUPPORTED)
        if self._subscribers.pop(uuid, None):
            self.peripheral.unsubscribed(uuid)

    async def pair(self) -> None:
        """Exchange keys, which encrypts the link; PairingError, LinkError."""
        await self.round_trip()
        if not self._station.bond.allowed:
            raise PairingError("the peripheral does not let itself be paired")
        self._station.bond.make()
        self._encrypted = True

    async def round_trip(self) -> None:
        """Wait for a request and its answer to pass: one connection event, later while out of range."""
        while True:
            await asyncio.sleep(self._station.model.interval_s)
            if not self._up:
                raise LinkError("the link was lost")
            if self._station.reachable:
                return

    def disconnect(self) -> None:
        """End it from the central's side."""
        if self._up:
            self._station.disconnect()

    def end(self) -> None:
        """Take the link down and tell both ends."""
        self._up = False
        self._subscribers.clear()
        if self._event:
            self._event.cancel()
        self.peripheral.disconnected()
        self._on_lost()

    async def _request(self, uuid: str, one_of: tuple[Property, ...], refusal: int) -> None:
        await self.round_trip()
        characteristic = _characteristic(self.peripheral, uuid)
        if not set(one_of) & set(characteristic.properties):
            raise AttError(refusal)
        if characteristic.encrypted and not self._encrypted:
            self._encrypt()

    def _encrypt(self) -> None:
        """Encrypt with the keys that are there, as the central does on its own when it has one."""
        bond = self._station.bond
        if bond.central and not bond.peripheral:
            self.disconnect()
            raise LinkError("the link was lost: the peripheral no longer has the key")
        if not bond.central:
            raise AttError(INSUFFICIENT_ENCRYPTION if bond.peripheral else INSUFFICIENT_AUTHENTICATION)
        self._encrypted = True

    def _notify(self, uuid: str, data: bytes) -> bool:
        """Queue a notification for the next connection event; False when there is no room or no listener."""
        if uuid not in self._subscribers or len(self._buffer) >= self._station.model.buffer_packets:
            return False
        self._buffer.append((uuid, data[: self.mtu - NOTIFICATION_HEADER]))
        self._await_event()
        return True

    def _await_event(self) -> None:
        if self._event is None:
            interval_s = self._station.model.interval_s
            passed = max(0.0, self._loop.time() - self._event_s)
            self._event_s += (passed // interval_s + 1.0) * interval_s
            self._event = self._loop.call_at(self._event_s, self._connection_event)

    def _connection_event(self) -> None:
        self._event = None
        if self._station.reachable:
            for _ in range(min(self._station.model.packets_per_event, len(self._buffer))):
                self._deliver(*self._buffer.popleft())
        if self._up and self._buffer:
            self._await_event()

    def _deliver(self, uuid: str, data: bytes) -> None:
        subscriber = self._subscribers.get(uuid)
        if subscriber and not self._station.loses:
            subscriber(data)


def _characteristic(peripheral: Peripheral, uuid: str) -> Characteristic:
    return next(
        characteristic
        for service in peripheral.services
        for characteristic in service.characteristics
        if characteristic.uuid == uuid
    )
