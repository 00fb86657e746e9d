"""Someone who receives over the system's Bluetooth, in real time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.connection import Sink
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.marks import Connected, Disconnected, Mark
from tracker.sensing.samples import Packet

PATIENCE_S = 10.0


class Listener:
    """Takes what a receiver hands over, and hands it on."""

    def __init__(self, wanted: Wanted, hand_on: Sink) -> None:
        self.items: list[Packet | Mark] = []
        self.made_s = time.monotonic()
        self.receiver = Receiver(wanted, self._take)
        self._hand_on = hand_on

    def _take(self, item: Packet | Mark) -> None:
        self.items.append(item)
        self._hand_on(item)

    def marks(self, kind: type) -> list[Mark]:
        return [item for item in self.items if isinstance(item, Mark) and isinstance(item.body, kind)]

    def packets(self, link: int) -> list[Packet]:
        return [item for item in self.items if isinstance(item, Packet) and item.link == link]

    async def until(self, true: Callable[[], object], within_s: float = PATIENCE_S) -> None:
        """Wait until something is true; TimeoutError when it does not come true."""
        async with asyncio.timeout(within_s):
            while not true():  # noqa: ASYNC110 - any of many things may make it true
                await asyncio.sleep(0.01)

    async def until_streaming(self, link: int = 0, within_s: float = PATIENCE_S) -> None:
        await self.until(lambda: len(self.packets(link)) > 5, within_s)

    async def until_lost(self, times: int = 1) -> None:
        await self.until(lambda: len(self.marks(Disconnected)) >= times)

    @property
    def links(self) -> int:
        return len({mark.link for mark in self.marks(Connected)})


@asynccontextmanager
async def listening(
    wanted: Wanted = Wanted(),  # noqa: B008
    hand_on: Sink = lambda _: None,
) -> AsyncIterator[Listener]:
    """Receive while the context lasts; what the receiver raises comes out at its end."""
    listener = Listener(wanted, hand_on)
    running = asyncio.create_task(listener.receiver.run())
    try:
        yield listener
    finally:
        listener.receiver.stop()
        await asyncio.wait([running])
        await listener.receiver.close()
    running.result()


async def refusal(wanted: Wanted = Wanted()) -> str:  # noqa: B008
    """Receive in vain; give what is said about it."""
    receiver = Receiver(wanted, [].append, first_timeout_s=0.5)
    try:
        async with asyncio.timeout(60.0):
            await receiver.run()
    except BluetoothError as error:
        return str(error)
    finally:
        await receiver.close()
    raise AssertionError("it streamed")
