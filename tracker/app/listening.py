"""Listening to one sensor for a while, and letting go of it whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeAlias

from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.connection import Connection
from tracker.sensing.bluetooth.find import Found, Nearby, nearby
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.marks import Battery, Connected, Mark
from tracker.sensing.samples import Packet

START_S = 30.0
"""How long connecting and starting may take, s: slow systems need ten for the connection alone."""

Item: TypeAlias = Packet | Mark
MakeReceiver: TypeAlias = Callable[[Wanted, Callable[[Item], None]], Receiver]


@dataclass(frozen=True, slots=True)
class Air:
    """The radio; another one than the system's in tests."""

    nearby: Callable[[float], AsyncGenerator[Nearby, None]] = nearby
    receiver: MakeReceiver = Receiver
    connection: Callable[[Found], Connection] = lambda found: Connection(found, 0, lambda: 0)


class Listening:
    """One sensor that is listened to, as a context: it is let go of at the end, after Ctrl-C too.

    Parameters
    ----------
    wanted
        Which sensor.
    make_receiver
        Makes the receiver.

    Attributes
    ----------
    heard
        Everything that came.
    """

    def __init__(self, wanted: Wanted, make_receiver: MakeReceiver) -> None:
        self.heard: list[Item] = []
        self._name = wanted.title
        self._streams = asyncio.Event()
        self.receiver = make_receiver(wanted, self._take)

    async def __aenter__(self) -> Self:
        self._receiving = asyncio.create_task(self.receiver.run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.receiver.stop()
        await asyncio.wait((self._receiving,))
        await self.receiver.close()

    async def begun(self, timeout_s: float = START_S) -> None:
        """Wait for the first packet.

        Raises
        ------
        BluetoothError
            If none comes, with the sensor's name and the reason.
        """
        first = asyncio.create_task(self._streams.wait())
        try:
            await asyncio.wait((self._receiving, first), timeout=timeout_s, return_when="FIRST_COMPLETED")
        finally:
            first.cancel()
        if self._streams.is_set():
            return
        if self._receiving.done() and (error := self._receiving.exception()):
            raise BluetoothError(_named(self._name, str(error))) from error
        why = self.receiver.trouble or "it connects but sends no samples; switch it off and on"
        raise BluetoothError(_named(self._name, why))

    @property
    def is_over(self) -> bool:
        """Whether receiving has ended of itself: something is wrong."""
        return self._receiving.done()

    @property
    def connected(self) -> Connected:
        """Who it is; only once it has begun."""
        return [
            item.body for item in self.heard if isinstance(item, Mark) and isinstance(item.body, Connected)
        ][-1]

    @property
    def battery(self) -> int | None:
        """Percent, as it said last; None when it has not."""
        said = [
            item.body.percent
            for item in self.heard
            if isinstance(item, Mark) and isinstance(item.body, Battery)
        ]
        return said[-1] if said else None

    def _take(self, item: Item) -> None:
        self.heard.append(item)
        if isinstance(item, Packet):
            self._streams.set()


HELD = "another program on this computer is connected to it"
"""Why a sensor that the system holds is left alone: letting go of it would end the other's session."""


def wanted_of(found: Found) -> Wanted:
    """Want this one sensor and no other."""
    return Wanted(found.sensor.make, found.name, found.address)


def called(found: Found) -> str:
    """What to call a sensor that has no nickname yet."""
    return found.name or found.address


def _named(name: str, why: str) -> str:
    return why if name in why else f"{name}: {why}"
