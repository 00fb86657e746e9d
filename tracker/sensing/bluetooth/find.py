"""Finding sensors: first those that the system holds already, then those that advertise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeAlias

from bleak import BleakAdapter, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner

from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.plain_words import bounded
from tracker.sensing.sensors import SENSORS
from tracker.sensing.sensors.sensor import Sensor

START_SCAN_S = 15.0
"""For the adapter to start scanning, s: some systems ask the person for permission first."""

STOP_SCAN_S = 5.0
"""For the adapter to stop scanning, s; it always has to be waited for before connecting."""

ASK_SYSTEM_S = 3.0
"""For the system to list the devices that it holds, s: it only has to look them up."""

_ADVICE = "switch Bluetooth off and on"

Heard: TypeAlias = tuple[BLEDevice, AdvertisementData]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A supported sensor that is there.

    Attributes
    ----------
    sensor
        Its make.
    name, address
        As advertised; a name may still be missing (""), and some systems give an identifier of
        their own instead of the address.
    rssi
        Signal strength, dBm; None for one that the system holds a connection to.
    device
        bleak's handle, to connect with.
    """

    sensor: Sensor
    name: str
    address: str
    rssi: int | None
    device: BLEDevice


@dataclass(frozen=True, slots=True, eq=False)
class Nearby:
    """A Bluetooth device in reach, supported or not; fields as in `Found`.

    Attributes
    ----------
    found
        The sensor, where it is one that is supported.
    """

    name: str
    address: str
    rssi: int | None
    found: Found | None


async def find(timeout_s: float, backend: type[BaseBleakScanner] | None = None) -> list[Found]:
    """Look for supported sensors for the whole of `timeout_s`; the nearest comes first.

    Raises
    ------
    BluetoothError
        If Bluetooth is not available.
    """
    found: dict[str, Found] = {}
    async with aclosing(discover(timeout_s, backend)) as sensors:
        async for sensor in sensors:
            found[sensor.address] = sensor
    return sorted(found.values(), key=lambda one: 0 if one.rssi is None else one.rssi, reverse=True)


async def discover(
    timeout_s: float, backend: type[BaseBleakScanner] | None = None
) -> AsyncGenerator[Found, None]:
    """Give supported sensors as they are found; one may come again when its name becomes known.

    Parameters
    ----------
    timeout_s
        How long to scan, s.
    backend
        Another radio than the system's.

    Raises
    ------
    BluetoothError
        If Bluetooth is not available.

    Notes
    -----
    A generator that is left early has to be closed (`contextlib.aclosing`): that ends the scan.
    """
    known: set[tuple[str, str]] = set()
    async with aclosing(nearby(timeout_s, backend)) as devices:
        async for device in devices:
            found = device.found
            if found is not None and (found.address, found.name) not in known:
                known.add((found.address, found.name))
                yield found


async def nearby(
    timeout_s: float, backend: type[BaseBleakScanner] | None = None
) -> AsyncGenerator[Nearby, None]:
    """Give every device whenever it is heard, those that the system holds a connection to first.

    Parameters, errors and closing are those of `discover`.
    """
    if backend is None:
        for held in await _held_by_the_system():
            yield Nearby(held.name, held.address, None, held)
    async with _scan(backend) as heard:
        deadline_s = asyncio.get_running_loop().time() + timeout_s
        while (one := await _next(heard, deadline_s)) is not None:
            device, said = one
            name = said.local_name or device.name or ""
            yield Nearby(name, device.address, said.rssi, _recognised(device, said))


async def _held_by_the_system() -> list[Found]:
    """Ask for connected sensors: they do not advertise."""
    held: list[Found] = []
    # the scan that follows says what is wrong with Bluetooth; some platforms do not offer the question
    with suppress(BluetoothError, NotImplementedError):
        async with bounded(ASK_SYSTEM_S, "asking for connected sensors", _ADVICE):
            adapter = await BleakAdapter.get()
            for sensor in SENSORS:
                if sensor.service_uuid:
                    devices = await adapter.get_connected_devices([sensor.service_uuid])
                    held += [
                        Found(sensor, device.name or "", device.address, None, device) for device in devices
                    ]
    return held


@asynccontextmanager
async def _scan(backend: type[BaseBleakScanner] | None) -> AsyncIterator[asyncio.Queue[Heard]]:
    heard: asyncio.Queue[Heard] = asyncio.Queue()

    def hear(device: BLEDevice, said: AdvertisementData) -> None:
        heard.put_nowait((device, said))

    scanner = BleakScanner(hear, backend=backend)
    try:
        async with bounded(START_SCAN_S, "starting to scan", _ADVICE):
            await scanner.start()
        yield heard
    finally:
        with suppress(BluetoothError):
            async with bounded(STOP_SCAN_S, "ending the scan", _ADVICE):
                await scanner.stop()


async def _next(heard: asyncio.Queue[Heard], deadline_s: float) -> Heard | None:
    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline_s):
            return await heard.get()
    return None


def _recognised(device: BLEDevice, said: AdvertisementData) -> Found | None:
    name = said.local_name or device.name or ""
    for sensor in SENSORS:
        if sensor.recognises(name, said.service_uuids):
            return Found(sensor, name, device.address, said.rssi, device)
    return None
