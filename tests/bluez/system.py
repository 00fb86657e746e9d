"""A system with Bluetooth, in a thread of its own: a program that stands still cannot make it stand still."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Self, TypeVar

from tests.bluez.bus import PrivateBus
from tests.bluez.device import Device
from tests.bluez.habits import Habits
from tests.bluez.service import Service
from tracker.virtual.air import Trouble
from tracker.virtual.bond import Bond
from tracker.virtual.radio import Radio

T = TypeVar("T")

PATIENCE_S = 10.0
"""For anything that is asked of it."""


class SystemBluetooth:
    """This computer's Bluetooth, while the context lasts.

    Parameters
    ----------
    make_radio
        Makes the radio with its boards; called inside the system's own loop.
    habits
        How its BlueZ behaves.
    with_adapter
        False: there is none.
    with_bluez
        False: bluetoothd does not run.
    denied
        Interfaces of org.bluez that the system lets nobody call.

    Attributes
    ----------
    radio
        To be touched through `do` only: it lives in the system's thread.
    """

    def __init__(
        self,
        make_radio: Callable[[], Radio] = Radio,
        *,
        habits: Habits | None = None,
        with_adapter: bool = True,
        with_bluez: bool = True,
        denied: tuple[str, ...] = (),
    ) -> None:
        self.habits = habits or Habits()
        self._make_radio = make_radio
        self._with_adapter = with_adapter
        self._with_bluez = with_bluez
        self.bus = PrivateBus(denied)

    def __enter__(self) -> Self:
        self.bus.start()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bluez", daemon=True)
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        if self._with_bluez:
            self._run(self.service.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()
        self.bus.stop()

    @property
    def calls(self) -> list[str]:
        """Names of the methods of BlueZ's that were called, in order."""
        return self.service.calls

    def do(self, action: Callable[..., T], *arguments: object) -> T:
        """Do something in the system's thread."""

        async def act() -> T:
            return action(*arguments)

        return self._run(act())

    def switch(self, on: bool) -> None:
        """Switch Bluetooth on or off, as a person does in the settings."""
        self.do(self.service.adapter.switch, on)

    def unplug(self) -> None:
        """Take the adapter away."""
        self.switch(False)
        self.do(self.service.tree.remove, self.service.adapter.path)

    def suffer(self, trouble: Trouble) -> None:
        """Let a trouble begin for every board."""
        for station in self.radio.stations:
            self.do(station.suffer, trouble)

    def bond(self, address: str) -> Bond:
        """Give what this computer and a board keep of their pairing."""
        return self.radio.station(address).bond

    def device(self, address: str) -> Device:
        """Give what BlueZ knows about a board; KeyError when it knows nothing."""
        return {str(device["Address"]): device for device in self.do(lambda: self.service.adapter.devices)}[
            address
        ]

    def hold(self, address: str) -> None:
        """Connect to a board, as another program on this computer does."""
        self._run(self._hold(address))

    def forget(self, address: str) -> None:
        """Forget a board, as a person does in the settings."""
        self.do(self.service.adapter.remove, self.device(address))

    async def _hold(self, address: str) -> None:
        adapter = self.service.adapter
        device = Device(adapter, self.radio.station(address).peripheral)
        adapter.tree.add(device)
        await device.connect()
        while not device["ServicesResolved"]:  # noqa: ASYNC110 - as other programs see it
            await asyncio.sleep(0.001)

    async def _start(self) -> None:
        self.radio = self._make_radio()
        self.service = Service(self.radio, self.habits)
        if self._with_bluez:
            await self.service.start(self._with_adapter)

    def _run(self, doing: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(PATIENCE_S)
