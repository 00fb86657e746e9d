"""A virtual world of peripherals and one central's adapter, to be used through bleak itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tracker.virtual.air import LinkModel, Trouble
from tracker.virtual.link import Link, Station
from tracker.virtual.peripherals.peripheral import Peripheral

if TYPE_CHECKING:
    from tracker.virtual.backend import VirtualClient, VirtualScanner


class Radio:
    """A world of peripherals, switched on at the moment the radio is made, and one central's adapter.

    Parameters
    ----------
    peripherals
        Boards within reach.
    model
        How the air behaves.
    script
        Troubles to come, each with its time in s from now; they hit every peripheral.
    adapter_on
        False: scanning and connecting fail as on a computer whose Bluetooth is switched off.
    seed
        Which notifications get lost.

    Notes
    -----
    Make it inside a running event loop: that loop's clock is the world's.
    """

    def __init__(
        self,
        *peripherals: Peripheral,
        model: LinkModel | None = None,
        script: tuple[tuple[float, Trouble], ...] = (),
        adapter_on: bool = True,
        seed: int = 0,
    ) -> None:
        self.model = model or LinkModel()
        self.adapter_on = adapter_on
        rng = np.random.default_rng(seed)
        self.stations = tuple(Station(peripheral, self.model, rng) for peripheral in peripherals)
        loop = asyncio.get_running_loop()
        for station in self.stations:
            station.peripheral.power_on()
            for at_s, trouble in script:
                loop.call_at(loop.time() + at_s, station.suffer, trouble)

    @cached_property
    def scanner(self) -> type[VirtualScanner]:
        """The class to pass to BleakScanner as ``backend=``."""
        from tracker.virtual.backend import scanner_for

        return scanner_for(self)

    @cached_property
    def client(self) -> type[VirtualClient]:
        """The class to pass to BleakClient as ``backend=``."""
        from tracker.virtual.backend import client_for

        return client_for(self)

    def switch_adapter(self, on: bool) -> None:
        """Switch the central's adapter on, or off, which ends its links."""
        self.adapter_on = on
        if not on:
            for station in self.stations:
                station.disconnect()

    def station(self, address: str) -> Station:
        """Give the station with that address; KeyError when there is none."""
        return {station.peripheral.address: station for station in self.stations}[address]

    async def connect(self, address: str, on_lost: Callable[[], None]) -> Link:
        """Connect at the address's next advertisement, however long that takes.

        Raises
        ------
        LinkError
            If the attempt fails.
        """
        while True:
            await asyncio.sleep(self.model.advertising_s)
            for station in self.stations:
                if station.peripheral.address == address and station.connectable:
                    return station.connect(on_lost)


class Listening:
    """Calls `heard` for every advertisement on the air, until it is stopped."""

    def __init__(self, radio: Radio, heard: Callable[[Peripheral], None]) -> None:
        self._radio = radio
        self._heard = heard
        self._await_advertisements()

    def stop(self) -> None:
        """Hear nothing more."""
        self._timer.cancel()

    def _await_advertisements(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._radio.model.advertising_s, self._advertise)

    def _advertise(self) -> None:
        self._await_advertisements()
        for station in self._radio.stations:
            if station.connectable:
                self._heard(station.peripheral)
