"""Carrying out a conversation over a connected BleakClient."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeAlias

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic

from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.plain_words import bounded
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

_ADVICE = "bring the sensor nearer, or switch it off and on"

Hear: TypeAlias = Callable[[int, str, bytes], None]
"""Takes a notification: when it came (ns), its characteristic's UUID, its bytes."""


class Talk:
    """Talks with one connected sensor; every call ends within `CALL_S`.

    Parameters
    ----------
    client
        Connected.
    now_ns
        Stamps notifications, before anything else is done.
    hear
        Is handed every notification, inside bleak's callback: it has to be quick and must not raise.

    Notes
    -----
    All methods raise BluetoothError when the sensor does not answer.
    """

    def __init__(self, client: BleakClient, now_ns: Callable[[], int], hear: Hear) -> None:
        self._client = client
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
                async with bounded(CALL_S, "writing to the sensor", _ADVICE):
                    await self._client.write_gatt_char(uuid, data, response=response)
            case Subscribe(uuid):
                await self._subscribe(uuid)
            case Unsubscribe(uuid):
                await self._unsubscribe(uuid)
        return None

    async def _read(self, uuid: str) -> bytes:
        async with bounded(CALL_S, "reading from the sensor", _ADVICE):
            if self._client.services.get_characteristic(uuid) is None:
                return b""
            return bytes(await self._client.read_gatt_char(uuid))

    async def _subscribe(self, uuid: str) -> None:
        if uuid in self._subscribed:
            return
        async with bounded(CALL_S, "subscribing to the sensor", _ADVICE):
            await self._client.start_notify(uuid, partial(self._notified, uuid))
        self._subscribed.add(uuid)

    async def _unsubscribe(self, uuid: str) -> None:
        if uuid in self._subscribed:
            async with bounded(CALL_S, "unsubscribing from the sensor", _ADVICE):
                await self._client.stop_notify(uuid)
            self._subscribed.discard(uuid)

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
