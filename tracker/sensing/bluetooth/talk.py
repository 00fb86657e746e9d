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

from tracker.sensing.bluetooth.plain_words import bounded
from tracker.sensing.sensors.conversation import Conversation, Expect, Read, Step, Subscribe, Wait, Write

CALL_S = 5.0
"""For one read, write or subscription, s: some never answer; a slow link needs a tenth of it."""

_ADVICE = "bring the sensor nearer, or switch it off and on"

SERIAL = "00002a25-0000-1000-8000-00805f9b34fb"
FIRMWARE = "00002a26-0000-1000-8000-00805f9b34fb"
BATTERY_LEVEL = "00002a19-0000-1000-8000-00805f9b34fb"

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
        self._is_talking = False
        self._unexpected: defaultdict[str, asyncio.Queue[bytes]] = defaultdict(asyncio.Queue)

    async def carry_out(self, conversation: Conversation) -> bytes:
        """Do step by step what the conversation asks for; give the info that it ends with."""
        self._is_talking = True
        answer: bytes | None = None
        try:
            while True:
                answer = await self._do(conversation.send(answer))
        except StopIteration as end:
            info: bytes = end.value
            return info
        finally:
            self._is_talking = False
            self._unexpected.clear()

    async def text(self, uuid: str) -> str:
        """Read a characteristic that holds text; "" when the sensor does not have it."""
        return (await self._value(uuid)).decode(errors="replace").strip("\0 ")

    async def battery_percent(self) -> int | None:
        """Read the battery; None when the sensor does not say."""
        value = await self._value(BATTERY_LEVEL)
        return min(value[0], 100) if value else None

    async def _value(self, uuid: str) -> bytes:
        async with bounded(CALL_S, "reading from the sensor", _ADVICE):
            if self._client.services.get_characteristic(uuid) is None:
                return b""
            return bytes(await self._client.read_gatt_char(uuid))

    async def _do(self, step: Step) -> bytes | None:
        match step:
            case Wait(duration_s):
                await asyncio.sleep(duration_s)
            case Expect(uuid, timeout_s):
                return await self._expected(uuid, timeout_s)
            case Read(uuid):
                async with bounded(CALL_S, "reading from the sensor", _ADVICE):
                    return bytes(await self._client.read_gatt_char(uuid))
            case Write(uuid, data):
                async with bounded(CALL_S, "writing to the sensor", _ADVICE):
                    await self._client.write_gatt_char(uuid, data, response=True)
            case Subscribe(uuid):
                async with bounded(CALL_S, "subscribing to the sensor", _ADVICE):
                    await self._client.start_notify(uuid, partial(self._notified, uuid))
        return None

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
