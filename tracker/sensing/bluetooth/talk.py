"""Carrying out a conversation over a connected BleakClient."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TypeAlias, TypeVar

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic

from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.plain_words import PAIR_AGAIN, UnpairedError, bounded
from tracker.sensing.sensors.conversation import (
    Asking,
    Expect,
    Read,
    Step,
    Subscribe,
    T,
    Unsubscribe,
    Wait,
    Write,
)

CALL_S = 5.0
"""For one read, write or subscription, s: some never answer; a slow link needs a tenth of it."""

PAIR_S = 20.0
"""For pairing, s: it takes one or two, but some systems ask the person first."""

ASK_AGAIN_S = 1.0
"""Time between two looks whether the person has said yes, s."""

_ADVICE = "bring it nearer, or switch it off and on"
_PAIR_ADVICE = f"let no other device be connected to it, {PAIR_AGAIN}"

R = TypeVar("R")

Hear: TypeAlias = Callable[[int, str, bytes], None]
"""Takes a notification: when it came (ns), its characteristic's UUID, its bytes."""


class Talk:
    """Talks with one connected sensor; every call ends within `CALL_S`.

    A sensor that wants to be paired first is paired, once, and asked again.

    Parameters
    ----------
    client
        Connected.
    now_ns
        Stamps notifications, before anything else is done.
    hear
        Is handed every notification, inside bleak's callback: it has to be quick and must not raise.
    name
        What to call the sensor in messages.

    Notes
    -----
    All methods raise BluetoothError when the sensor does not answer.
    """

    def __init__(
        self, client: BleakClient, now_ns: Callable[[], int], hear: Hear, name: str = "the sensor"
    ) -> None:
        self._client = client
        self._name = name
        self._has_paired = False
        self._now_ns = now_ns
        self._hear = hear
        self._one_at_a_time = asyncio.Lock()
        self._subscribed: set[str] = set()
        self._is_talking = False
        self._unexpected: defaultdict[str, asyncio.Queue[bytes]] = defaultdict(asyncio.Queue)

    async def carry_out(self, conversation: Asking[T]) -> T:
        """Do step by step what the conversation asks for, one conversation at a time; give its result.

        A step that fails raises BluetoothError inside the conversation, which may know another way.
        """
        async with self._one_at_a_time:
            self._is_talking = True
            try:
                step = next(conversation)
                while True:
                    try:
                        answer = await self._do(step)
                    except BluetoothError as refusal:
                        step = conversation.throw(refusal)
                    else:
                        step = conversation.send(answer)
            except StopIteration as end:
                result: T = end.value
                return result
            finally:
                self._is_talking = False
                self._unexpected.clear()

    async def _do(self, step: Step) -> bytes | None:
        match step:
            case Wait(duration_s):
                await asyncio.sleep(duration_s)
            case Expect(uuid, timeout_s):
                return await self._expected(uuid, timeout_s)
            case Read(uuid):
                return await self._read(uuid)
            case Write(uuid, data, response):
                await self._call(
                    "writing to", lambda: self._client.write_gatt_char(uuid, data, response=response)
                )
            case Subscribe(uuid):
                await self._subscribe(uuid)
            case Unsubscribe(uuid):
                await self._unsubscribe(uuid)
        return None

    async def _read(self, uuid: str) -> bytes:
        async def read() -> bytes:
            if self._client.services.get_characteristic(uuid) is None:
                return b""
            return bytes(await self._client.read_gatt_char(uuid))

        return await self._call("reading from", read)

    async def _subscribe(self, uuid: str) -> None:
        if uuid not in self._subscribed:
            hear = partial(self._notified, uuid)
            await self._call("subscribing to", lambda: self._client.start_notify(uuid, hear))
            self._subscribed.add(uuid)

    async def _unsubscribe(self, uuid: str) -> None:
        if uuid in self._subscribed:
            await self._call("unsubscribing from", lambda: self._client.stop_notify(uuid))
            self._subscribed.discard(uuid)

    async def _call(self, doing: str, call: Callable[[], Awaitable[R]]) -> R:
        """Make one call to the sensor; pair when it refuses for want of that, and make it again."""
        try:
            return await self._bounded(doing, call)
        except UnpairedError:
            if self._has_paired:
                raise
        self._has_paired = True
        deadline_s = asyncio.get_running_loop().time() + await self._pair()
        while True:
            try:
                return await self._bounded(doing, call)
            except UnpairedError:
                if asyncio.get_running_loop().time() >= deadline_s:
                    raise
            await asyncio.sleep(ASK_AGAIN_S)

    async def _bounded(self, doing: str, call: Callable[[], Awaitable[R]]) -> R:
        async with bounded(CALL_S, f"{doing} {self._name}", _ADVICE):
            return await call()

    async def _pair(self) -> float:
        """Pair; give the time that the person may need to say yes, s."""
        try:
            async with bounded(PAIR_S, f"pairing with {self._name}", _PAIR_ADVICE):
                await self._client.pair()
        except NotImplementedError:  # macOS: the refused call itself has made the system ask
            return PAIR_S
        return 0.0

    async def _expected(self, uuid: str, timeout_s: float) -> bytes | None:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                return await self._unexpected[uuid].get()
        return None

    def _notified(self, uuid: str, _: BleakGATTCharacteristic, data: bytearray) -> None:
        t_ns = self._now_ns()
        value = bytes(data)
        self._hear(t_ns, uuid, value)
        if self._is_talking:
            self._unexpected[uuid].put_nowait(value)
