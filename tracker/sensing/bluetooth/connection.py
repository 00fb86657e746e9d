"""One connection to a sensor, from connecting to its loss."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias

from bleak import BleakClient
from bleak.backends.client import BaseBleakClient

from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.find import Found
from tracker.sensing.bluetooth.plain_words import PAIR_AGAIN, bounded
from tracker.sensing.bluetooth.talk import Talk
from tracker.sensing.marks import STOPPED, Battery, Connected, Disconnected, Mark, MarkBody
from tracker.sensing.samples import Packet
from tracker.sensing.sensors.conversation import Asking, T

CONNECT_S = 20.0
"""For connecting and reading the table of services, s; slow systems take ten."""

STOP_S = 2.0
"""For a sensor to stop its stream when asked, s; who lets go does not wait longer."""

DISCONNECT_S = 5.0
"""For letting go, s; BlueZ takes two."""

SILENCE_S = 5.0
"""A stream that is silent for so long is taken for lost, s: ten times a link's supervision timeout."""

LATE_S = 0.1
"""A timer that is later than this tells that this program stood still, and not the sensor, s."""

BATTERY_EVERY_S = 60.0
"""Time between two looks at the battery, s; it lasts for hours."""

REREAD_PAUSE_S = 1.0
"""Shortest time between two readings of the sensor's info, s: one mangled packet must not flood it."""

LOSS_TOLD_S = 0.2
"""A call that fails because the link breaks may fail before the system tells of the loss, s."""

_CONNECT_ADVICE = "bring it nearer, end what else is connected to it (a phone app?), or switch it off and on"

DROPPED = "the link was lost"
"""Why a link that nobody ended is down: out of range, or the sensor's battery is empty."""

Sink: TypeAlias = Callable[[Packet | Mark], None]


class Connection:
    """One connection: it is opened, started, followed until it is lost, and closed.

    Parameters
    ----------
    found
        The sensor.
    number
        Of the link, within the recording.
    now_ns
        The recording's clock.
    backend
        Another radio than the system's.
    """

    def __init__(
        self,
        found: Found,
        number: int,
        now_ns: Callable[[], int],
        backend: type[BaseBleakClient] | None = None,
    ) -> None:
        self._found = found
        self._number = number
        self._now_ns = now_ns
        self._heard: asyncio.Queue[Packet | Mark] = asyncio.Queue()
        self._is_outdated = asyncio.Event()
        self._client = BleakClient(found.device, self._lost, timeout=CONNECT_S, backend=backend)
        self._name = found.name or found.address
        self._talk = Talk(self._client, now_ns, self._hear, self._name)
        self._connecting: asyncio.Task[None] | None = None
        self._up_ns = 0
        self._connected = Connected(found.sensor.make, found.name, found.address)

    async def open(self) -> Connected:
        """Connect and ask who is there; raises BluetoothError.

        Giving up takes bleak as long as disconnecting does, and nobody waits for that here: `close` does.
        """
        self._connecting = asyncio.create_task(self._client.connect())
        async with bounded(CONNECT_S, f"connecting to {self._name}", _CONNECT_ADVICE):
            await asyncio.shield(self._connecting)
        self._up_ns = self._now_ns()
        who = await self._ask(self._found.sensor.identity())
        self._connected = replace(self._connected, serial=who.serial, firmware=who.firmware)
        return self._connected

    async def start(self) -> None:
        """Have the sensor stream; raises BluetoothError."""
        info = await self._ask(self._found.sensor.start())
        self._connected = replace(self._connected, info=info)

    async def identify(self) -> bool:
        """Have the sensor blink; False when it cannot. Raises BluetoothError."""
        if self._found.sensor.identify is None:
            return False
        await self._talk.carry_out(self._found.sensor.identify())
        return True

    async def follow(self, sink: Sink) -> str:
        """Hand over the connect mark, then packets and marks until the link is lost; tell why it was.

        What is heard waits in a queue until it is handed over, so that an error of the sink comes out
        here and not inside bleak, and so that packets that beat the connect mark come after it.
        """
        sink(Mark(self._up_ns, self._number, self._connected))
        helpers = [asyncio.create_task(self._watch_battery()), asyncio.create_task(self._reread_info())]
        try:
            return await self._hand_over(sink)
        except asyncio.CancelledError:
            self._hand_over_rest(sink)
            raise
        finally:
            await _end(helpers)

    async def close(self) -> None:
        """Let go of the sensor, whatever state the link is in; one that streams is told to stop."""
        await self._stop_connecting()
        with suppress(BluetoothError, TimeoutError):
            if self._client.is_connected:
                async with asyncio.timeout(STOP_S):
                    await self._talk.carry_out(self._found.sensor.stop())
        with suppress(BluetoothError):
            async with bounded(DISCONNECT_S, "disconnecting", "nothing is lost by it"):
                await self._client.disconnect()

    async def _stop_connecting(self) -> None:
        if self._connecting is not None and not self._connecting.done():
            self._connecting.cancel()
            await asyncio.wait([self._connecting], timeout=DISCONNECT_S)

    async def _ask(self, conversation: Asking[T]) -> T:
        """Carry out one of the first conversations; a link that breaks at it may have lost its key."""
        try:
            return await self._talk.carry_out(conversation)
        except BluetoothError as error:
            if not _is_paired_here(self._found):
                raise
            await asyncio.sleep(LOSS_TOLD_S)
            if self._client.is_connected:
                raise
            raise BluetoothError(
                f"{self._name} breaks the link as soon as it is used: it may have forgotten that it was "
                f"paired; {PAIR_AGAIN}"
            ) from error

    def _hear(self, t_ns: int, uuid: str, payload: bytes) -> None:
        streams = self._found.sensor.stream_uuids
        if uuid in streams:
            self._heard.put_nowait(Packet(t_ns, self._number, streams.index(uuid), payload))

    def _mark(self, body: MarkBody) -> None:
        self._heard.put_nowait(Mark(self._now_ns(), self._number, body))

    def _lost(self, _: BleakClient) -> None:
        self._mark(Disconnected(DROPPED))

    async def _hand_over(self, sink: Sink) -> str:
        while (reason := self._pass_on(await self._next(), sink)) is None:
            pass
        return reason

    def _hand_over_rest(self, sink: Sink) -> None:
        self._mark(Disconnected(STOPPED))
        while self._pass_on(self._heard.get_nowait(), sink) is None:
            pass

    async def _next(self) -> Packet | Mark:
        loop = asyncio.get_running_loop()
        while True:
            deadline_s = loop.time() + SILENCE_S
            with suppress(TimeoutError):
                async with asyncio.timeout_at(deadline_s):
                    return await self._heard.get()
            this_stood_still = loop.time() - deadline_s > LATE_S
            if self._heard.empty() and not this_stood_still:
                self._mark(Disconnected("the sensor fell silent"))

    def _pass_on(self, item: Packet | Mark, sink: Sink) -> str | None:
        """Hand one item over; when it is the link's last one, tell why the link ended."""
        sink(item)
        if isinstance(item, Packet):
            if self._found.sensor.is_outdated(self._connected.info, item.payload):
                self._is_outdated.set()
        elif isinstance(item.body, Connected):
            self._connected = item.body
        elif isinstance(item.body, Disconnected):
            return item.body.reason
        return None

    async def _watch_battery(self) -> None:
        while True:
            with suppress(BluetoothError):
                percent = await self._talk.carry_out(self._found.sensor.battery())
                if percent is not None:
                    self._mark(Battery(percent))
            await asyncio.sleep(BATTERY_EVERY_S)

    async def _reread_info(self) -> None:
        while True:
            await self._is_outdated.wait()
            with suppress(BluetoothError):
                info = await self._talk.carry_out(self._found.sensor.reread())
                if info != self._connected.info:
                    self._mark(replace(self._connected, info=info))
            await asyncio.sleep(REREAD_PAUSE_S)
            self._is_outdated.clear()


def _is_paired_here(found: Found) -> bool:
    """Tell whether this computer has a key for the sensor; only BlueZ says so."""
    details = found.device.details
    return isinstance(details, dict) and bool(details.get("props", {}).get("Paired"))


async def _end(helpers: list[asyncio.Task[None]]) -> None:
    for helper in helpers:
        helper.cancel()
    await asyncio.wait(helpers)
    for helper in helpers:
        if not helper.cancelled():
            helper.result()  # they end only when cancelled, so this is a bug and must be seen
