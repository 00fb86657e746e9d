"""The virtual radio as a bleak backend; the only file of this room that imports bleak."""

# The signatures are bleak's: they have arguments that mean nothing here (cached values, write kinds, pairing,
# settings of one platform), and those have no types.
# ruff: noqa: ARG002, ANN401

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

from bleak.args import SizedBuffer
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakError,
    BleakGATTProtocolError,
)

from tracker.virtual.link import NOTIFICATION_HEADER, Link, LinkError, PairingError
from tracker.virtual.peripherals.peripheral import (
    READ_NOT_PERMITTED,
    WRITE_NOT_PERMITTED,
    AttError,
    Peripheral,
)
from tracker.virtual.radio import Listening, Radio

RSSI_DBM = -58
"""Signal strength of everything here: a sensor two metres away."""
UNCONNECTED_MTU = 23
"""What the Attribute Protocol starts with."""


class VirtualScanner(BaseBleakScanner):
    """Hears the peripherals of one virtual radio."""

    radio: ClassVar[Radio]

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: Literal["active", "passive"],
        **_: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._listening: Listening | None = None

    async def start(self) -> None:
        """Start hearing advertisements; BleakBluetoothNotAvailableError when the adapter is off."""
        _require_adapter(self.radio)
        self.seen_devices = {}
        self._listening = Listening(self.radio, self._heard)

    async def stop(self) -> None:
        """Stop hearing."""
        if self._listening:
            self._listening.stop()
            self._listening = None

    def _heard(self, peripheral: Peripheral) -> None:
        said = AdvertisementData(
            local_name=peripheral.name,
            manufacturer_data=dict(peripheral.manufacturer_data),
            service_data={},
            service_uuids=list(peripheral.advertised),
            tx_power=None,
            rssi=RSSI_DBM,
            platform_data=(),
        )
        if self.is_allowed_uuid(said.service_uuids):
            address = peripheral.address
            device = self.create_or_update_device(address, address, peripheral.name, peripheral, said)
            self.call_detection_callbacks(device, said)


class VirtualClient(BaseBleakClient):
    """Holds a connection over one virtual radio."""

    radio: ClassVar[Radio]

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        services: set[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(address_or_ble_device, **kwargs)
        self._wanted = services
        self._link: Link | None = None

    @property
    def name(self) -> str:
        """The peripheral's name; its address until it is connected."""
        return self._link.peripheral.name if self._link else self.address

    @property
    def mtu_size(self) -> int:
        """The link's MTU."""
        return self._link.mtu if self._link else UNCONNECTED_MTU

    @property
    def is_connected(self) -> bool:
        """Whether the link is up."""
        return self._link is not None

    async def connect(self, pair: bool, **_: Any) -> None:
        """Connect and read the GATT table; TimeoutError when nobody answers, BleakError when it fails."""
        _require_adapter(self.radio)
        if self._link:
            raise BleakError("Client is already connected")
        with _bleak_errors():
            async with asyncio.timeout(self._timeout):
                link = await self.radio.connect(self.address, self._lost)
                await _discover(link)
        self._link = link
        self.services = _services(link, self._wanted)

    async def disconnect(self) -> None:
        """End the link; nothing happens when there is none."""
        if self._link:
            self._link.disconnect()

    async def pair(self, *_: Any, **__: Any) -> None:
        """Bond without asking anybody; nothing happens when the central has a bond already, as on BlueZ."""
        if not self.radio.station(self.address).bond.central:
            with _bleak_errors():
                await self._held().pair()

    async def unpair(self) -> None:
        """Forget the bond on the central's side, which ends the link."""
        self.radio.station(self.address).bond.central = False
        await self.disconnect()

    async def read_gatt_char(
        self,
        characteristic: BleakGATTCharacteristic,
        *,
        use_cached: bool = False,
        **_: Any,
    ) -> bytearray:
        """Read a characteristic."""
        with _bleak_errors():
            return bytearray(await self._held().read(characteristic.uuid))

    async def write_gatt_char(
        self,
        characteristic: BleakGATTCharacteristic,
        data: SizedBuffer,
        response: bool,
    ) -> None:
        """Write a characteristic."""
        with _bleak_errors():
            await self._held().write(characteristic.uuid, bytes(data))

    async def start_notify(
        self,
        characteristic: BleakGATTCharacteristic,
        callback: NotifyCallback,
        **_: Any,
    ) -> None:
        """Call `callback` for each notification."""
        with _bleak_errors():
            await self._held().subscribe(characteristic.uuid, lambda data: callback(bytearray(data)))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Stop the notifications."""
        with _bleak_errors():
            await self._held().unsubscribe(characteristic.uuid)

    async def read_gatt_descriptor(
        self,
        descriptor: BleakGATTDescriptor,
        *,
        use_cached: bool = False,
        **_: Any,
    ) -> bytearray:
        """Refuse: virtual boards have no descriptors to read."""
        raise BleakGATTProtocolError(READ_NOT_PERMITTED)

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        """Refuse: virtual boards have no descriptors to write."""
        raise BleakGATTProtocolError(WRITE_NOT_PERMITTED)

    def _held(self) -> Link:
        if self._link is None:
            raise LinkError("Not connected")
        return self._link

    def _lost(self) -> None:
        """Tell the owner, as BlueZ does, whoever ended the link."""
        was_connected = self._link is not None
        self._link, self.services = None, None
        if was_connected and self._disconnected_callback:
            self._disconnected_callback()


def scanner_for(radio: Radio) -> type[VirtualScanner]:
    """Return a scanner class that hears `radio`."""
    return type("VirtualScanner", (VirtualScanner,), {"radio": radio})


def client_for(radio: Radio) -> type[VirtualClient]:
    """Return a client class that connects over `radio`."""
    return type("VirtualClient", (VirtualClient,), {"radio": radio})


def _require_adapter(radio: Radio) -> None:
    if not radio.adapter_on:
        raise BleakBluetoothNotAvailableError(
            "the virtual adapter is switched off", BleakBluetoothNotAvailableReason.POWERED_OFF
        )


@contextmanager
def _bleak_errors() -> Iterator[None]:
    """Turn what the radio and the peripheral refuse into what bleak's users expect."""
    try:
        yield
    except AttError as refusal:
        raise BleakGATTProtocolError(refusal.code) from refusal
    except (LinkError, PairingError) as failure:
        raise BleakError(str(failure)) from failure


async def _discover(link: Link) -> None:
    """Let the table be read; a link whose reader gives up is not left behind."""
    try:
        await link.round_trip()
    except asyncio.CancelledError:
        link.disconnect()
        raise


def _services(link: Link, wanted: set[str] | None) -> BleakGATTServiceCollection:
    table = BleakGATTServiceCollection()
    handle = 0
    for service in link.peripheral.services:
        handle += 1
        if wanted is not None and service.uuid not in wanted:
            continue
        shown = BleakGATTService(service, handle, service.uuid)
        table.add_service(shown)
        for characteristic in service.characteristics:
            handle += 1
            table.add_characteristic(
                BleakGATTCharacteristic(
                    characteristic,
                    handle,
                    characteristic.uuid,
                    list(characteristic.properties),
                    lambda: link.mtu - NOTIFICATION_HEADER,
                    shown,
                )
            )
    return table
