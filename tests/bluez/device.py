"""org.bluez.Device1: one device that was heard of."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

from dbus_fast import Message, Variant

from tests.bluez.gatt import GattCharacteristic, GattService
from tests.bluez.objects import NOTHING, Answer, Exported, Refusal
from tracker.virtual.link import Link, LinkError, PairingError
from tracker.virtual.peripherals.peripheral import Peripheral

if TYPE_CHECKING:
    from tests.bluez.adapter import Adapter

RSSI_DBM = -58
FIRST_HANDLE = 10


class Device(Exported):
    """One device: it is heard, connected, read, paired, lost, and forgotten."""

    interface = "org.bluez.Device1"

    def __init__(self, adapter: Adapter, peripheral: Peripheral) -> None:
        path = f"{adapter.path}/dev_{peripheral.address.upper().replace(':', '_')}"
        super().__init__(adapter.tree, path, _said(adapter, peripheral))
        self._adapter = adapter
        self._peripheral = peripheral
        self._bond = adapter.radio.station(peripheral.address).bond
        self._link: Link | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._forgetting: asyncio.TimerHandle | None = None
        self.change_bond()
        self.methods = {
            "Connect": self._connect,
            "Disconnect": self._disconnect,
            "Pair": self._pair,
            "CancelPairing": _done,
        }

    @property
    def link(self) -> Link:
        """The link; LinkError while it is down."""
        if self._link is None:
            raise LinkError("Not connected")
        return self._link

    def heard(self) -> None:
        """Take note of an advertisement."""
        self._keep()
        self.change(RSSI=Variant("n", RSSI_DBM))

    def scan_ended(self) -> None:
        """Take note that nobody scans any more: what was heard only is forgotten some time."""
        self.lose("RSSI")
        self._keep()
        if not self["Connected"] and not self["Paired"]:
            loop = asyncio.get_running_loop()
            self._forgetting = loop.call_later(self._adapter.habits.forget_s, self.tree.remove, self.path)

    def change_bond(self) -> None:
        """Say whether this computer has a key for it."""
        paired = Variant("b", self._bond.central)
        self.change(Paired=paired, Bonded=paired)

    def end(self) -> None:
        """End the link, and every attempt to make one."""
        if self._connecting:
            self._connecting.cancel()
        if self._link:
            self._link.disconnect()

    def removed(self) -> None:
        """Take the key away with the device."""
        self.end()
        self._keep()

    async def pair_on_its_own(self) -> None:
        """Pair because a characteristic wants it; without an agent BlueZ never answers."""
        agent = self._adapter.agents.asked()
        if agent is None:
            await asyncio.Event().wait()
        elif await self._adapter.agents.allows(agent, self.path):
            await self._make_bond()

    async def _connect(self, _: Message) -> Answer:
        return await self.connect()

    async def connect(self) -> Answer:
        """Make a link, unless there is one."""
        self._adapter.require_power()
        if self._link:
            return NOTHING
        if self._connecting:
            raise Refusal("InProgress", "Operation already in progress")
        self._keep()
        self._connecting = asyncio.create_task(self._make_link())
        try:
            await asyncio.wait([self._connecting])
            if self._link is None:
                raise Refusal("Failed", "le-connection-unknown")
        finally:
            self._connecting = None
        self.change(Connected=Variant("b", True))
        self._adapter.work(self._resolve(self._link))
        return NOTHING

    async def _make_link(self) -> None:
        with suppress(LinkError):
            self._link = await self._adapter.radio.connect(self._peripheral.address, self._lost)

    async def _resolve(self, link: Link) -> None:
        await asyncio.sleep(self._adapter.habits.resolve_s)
        if self._link is not link:
            return
        handles = count(FIRST_HANDLE)
        for service in link.peripheral.services:
            shown = GattService(self, next(handles), service)
            if shown.path not in self.tree:  # else it is kept from the last time
                self.tree.add(shown)
            for characteristic in service.characteristics:
                offered = GattCharacteristic(self, shown, next(handles), characteristic, link.mtu)
                if offered.path not in self.tree:
                    self.tree.add(offered)
        self.change(ServicesResolved=Variant("b", True))

    async def _disconnect(self, _: Message) -> Answer:
        if self._link is None and self._connecting is None:
            raise Refusal("NotConnected", "Not Connected")
        if self._link is not None:
            self.change(ServicesResolved=Variant("b", False))
            await asyncio.sleep(self._adapter.habits.disconnect_s)
        self.end()
        return NOTHING

    def _lost(self) -> None:
        if self._link is None:  # before Connect has heard of it
            return
        self._link = None
        self.change(ServicesResolved=Variant("b", False), Connected=Variant("b", False))
        for exported in self.tree.under(self.path):
            if isinstance(exported, GattCharacteristic):
                exported.link_down()
        if not self._adapter["Discovering"]:
            self.scan_ended()

    async def _pair(self, message: Message) -> Answer:
        if self._bond.central:
            raise Refusal("AlreadyExists", "Already Exists")
        await self._connect(message)
        agent = self._adapter.agents.asked(message.sender or "")
        if agent is None:
            raise Refusal("AuthenticationFailed", "Authentication Failed")
        if not await self._adapter.agents.allows(agent, self.path):
            raise Refusal("AuthenticationRejected", "Authentication Rejected")
        try:
            await self._make_bond(refused=Refusal("AuthenticationFailed", "Authentication Failed"))
        except LinkError as loss:
            raise Refusal("ConnectionAttemptFailed", "Page Timeout") from loss
        return NOTHING

    async def _make_bond(self, refused: Refusal | None = None) -> None:
        try:
            await self.link.pair()
        except PairingError:
            if refused:
                raise refused from None
        self.change_bond()

    def _keep(self) -> None:
        if self._forgetting:
            self._forgetting.cancel()
            self._forgetting = None


async def _done(_: Message) -> Answer:
    return NOTHING


def _said(adapter: Adapter, peripheral: Peripheral) -> dict[str, Variant]:
    made_up = peripheral.address.upper().replace(":", "-")
    said = {
        "Address": Variant("s", peripheral.address.upper()),
        "AddressType": Variant("s", "random"),
        "Alias": Variant("s", peripheral.name or made_up),
        "Trusted": Variant("b", False),
        "Blocked": Variant("b", False),
        "LegacyPairing": Variant("b", False),
        "Connected": Variant("b", False),
        "UUIDs": Variant("as", list(peripheral.advertised)),
        "Adapter": Variant("o", adapter.path),
        "ServicesResolved": Variant("b", False),
        "RSSI": Variant("n", RSSI_DBM),
    }
    if peripheral.name:
        said["Name"] = Variant("s", peripheral.name)
    if peripheral.manufacturer_data:
        data = {company: Variant("ay", value) for company, value in peripheral.manufacturer_data.items()}
        said["ManufacturerData"] = Variant("a{qv}", data)
    return said
