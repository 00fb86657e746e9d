"""org.bluez.GattService1 and GattCharacteristic1: what a connected device offers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from dbus_fast import Message, Variant

from tests.bluez.objects import NOTHING, Answer, Exported, Refusal
from tracker.virtual.link import LinkError
from tracker.virtual.peripherals.peripheral import (
    INSUFFICIENT_AUTHENTICATION,
    INSUFFICIENT_ENCRYPTION,
    INVALID_LENGTH,
    NOTIFYING,
    READ_NOT_PERMITTED,
    REQUEST_NOT_SUPPORTED,
    WRITE_NOT_PERMITTED,
    AttError,
    Characteristic,
    Service,
)

if TYPE_CHECKING:
    from tests.bluez.device import Device

T = TypeVar("T")

NOT_PAIRED = (INSUFFICIENT_AUTHENTICATION, INSUFFICIENT_ENCRYPTION)

_REFUSALS = {
    READ_NOT_PERMITTED: ("NotPermitted", "Read not permitted"),
    WRITE_NOT_PERMITTED: ("NotPermitted", "Write not permitted"),
    INSUFFICIENT_AUTHENTICATION: ("NotPermitted", "Not paired"),
    INSUFFICIENT_ENCRYPTION: ("NotPermitted", "Not paired"),
    REQUEST_NOT_SUPPORTED: ("NotSupported", "Operation is not supported"),
    INVALID_LENGTH: ("InvalidArguments", "Invalid Length"),
}
"""BlueZ's names for errors of the Attribute Protocol; the others it gives as numbers."""


class GattService(Exported):
    """A service of a device."""

    interface = "org.bluez.GattService1"

    def __init__(self, device: Device, handle: int, service: Service) -> None:
        super().__init__(
            device.tree,
            f"{device.path}/service{handle:04x}",
            {
                "UUID": Variant("s", service.uuid),
                "Device": Variant("o", device.path),
                "Primary": Variant("b", True),
                "Includes": Variant("ao", []),
            },
        )


class GattCharacteristic(Exported):
    """A characteristic of a device."""

    interface = "org.bluez.GattCharacteristic1"

    def __init__(
        self, device: Device, service: GattService, handle: int, characteristic: Characteristic, mtu: int
    ) -> None:
        super().__init__(
            device.tree,
            f"{service.path}/char{handle:04x}",
            {
                "UUID": Variant("s", characteristic.uuid),
                "Service": Variant("o", service.path),
                "Value": Variant("ay", b""),
                "Flags": Variant("as", list(characteristic.properties)),
                "MTU": Variant("q", mtu),
                "Notifying": Variant("b", False),
            },
        )
        self._device = device
        self._uuid = characteristic.uuid
        self._can_notify = bool(set(NOTIFYING) & set(characteristic.properties))
        self._listeners: set[str] = set()
        self.methods = {
            "ReadValue": self._read,
            "WriteValue": self._write,
            "StartNotify": self._start_notify,
            "StopNotify": self._stop_notify,
        }

    def link_down(self) -> None:
        """Nobody listens any more."""
        self._listeners.clear()
        if self["Notifying"]:
            self.change(Notifying=Variant("b", False))

    async def forget(self, listener: str) -> None:
        """Drop a program that has ended, or listens no more."""
        if listener in self._listeners:
            self._listeners.discard(listener)
            if not self._listeners:
                with suppress(Refusal):
                    await self._ask(lambda: self._device.link.unsubscribe(self._uuid))
                self.change(Notifying=Variant("b", False))

    async def _read(self, _: Message) -> Answer:
        value = await self._ask(lambda: self._device.link.read(self._uuid))
        self._heard(value)  # who listens hears it like a notification: so does BlueZ
        return "ay", [value]

    async def _write(self, message: Message) -> Answer:
        await self._ask(lambda: self._device.link.write(self._uuid, bytes(message.body[0])))
        return NOTHING

    async def _start_notify(self, message: Message) -> Answer:
        if not self._can_notify:
            raise Refusal("NotSupported", "Operation is not supported")
        if message.sender in self._listeners:
            raise Refusal("InProgress", "In Progress")
        if not self._listeners:
            await self._ask(lambda: self._device.link.subscribe(self._uuid, self._heard))
        self._listeners.add(message.sender or "")
        self.change(Notifying=Variant("b", True))
        return NOTHING

    async def _stop_notify(self, message: Message) -> Answer:
        if message.sender not in self._listeners:
            raise Refusal("Failed", "No notify session started")
        await self.forget(message.sender or "")
        return NOTHING

    def _heard(self, value: bytes) -> None:
        self.change(Value=Variant("ay", value))

    async def _ask(self, request: Callable[[], Awaitable[T]]) -> T:
        """Ask the device; refused for want of a key, BlueZ pairs on its own and asks again."""
        try:
            try:
                return await request()
            except AttError as refusal:
                if refusal.code not in NOT_PAIRED:
                    raise
                await self._device.pair_on_its_own()
            return await request()
        except AttError as refusal:
            by_number = ("Failed", f"Operation failed with ATT error: 0x{refusal.code:02x}")
            raise Refusal(*_REFUSALS.get(refusal.code, by_number)) from refusal
        except LinkError as loss:
            raise Refusal("Failed", "Not connected") from loss
