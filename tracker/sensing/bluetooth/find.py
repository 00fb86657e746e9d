"""Finding sensors: first those that the system holds already, then those that advertise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeAlias
from weakref import WeakKeyDictionary

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

UNKNOWN_RSSI_DBM = -127
"""What bleak says where the system knows a device from before and has not heard it yet, dBm."""

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
        Signal strength, dBm; None while it is not known.
    device
        bleak's handle, to connect with.
    is_held
        The system holds a connection to it: another program's, or one that a crash has left. Whoever
        connects to it too and lets go ends that connection.
    """

    sensor: Sensor
    name: str
    address: str
    rssi: int | None
    device: BLEDevice
    is_held: bool = False


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
    if backend is None:
        await _require_bluetooth()


async def _require_bluetooth() -> None:
    """Say that nothing was heard because Bluetooth went away meanwhile: a scan does not."""
    with suppress(NotImplementedError):
        async with bounded(ASK_SYSTEM_S, "asking for the Bluetooth adapter", _ADVICE):
            await BleakAdapter.get()


async def nearby(
    timeout_s: float, backend: type[BaseBleakScanner] | None = None
) -> AsyncGenerator[Nearby, None]:
    """Give every device whenever it is heard, those that the system holds a connection to first.

    Parameters, errors and closing are those of `discover`.
    """
    held = {found.address: found for found in ([] if backend else await _held_by_the_system())}
    for found in held.values():
        yield Nearby(found.name, found.address, None, found)
    async with _scan(backend) as heard:
        deadline_s = asyncio.get_running_loop().time() + timeout_s
        while (one := await _next(heard, deadline_s)) is not None:
            device, said = one
            if device.address in held:  # BlueZ tells about it in a scan too
                continue
            name = said.local_name or device.name or ""
            yield Nearby(name, device.address, _rssi(said), _recognised(device, said))


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
                        Found(sensor, device.name or "", device.address, None, device, is_held=True)
                        for device in devices
                    ]
    return held


class _Scan:
    """One scan for all who listen at the same time: BlueZ lets a program scan only once.

    Whenever somebody stops listening it is ended before a connection is made, and begun anew for the
    others: so it also outlives an adapter that was switched off and on.
    """

    def __init__(self, backend: type[BaseBleakScanner] | None) -> None:
        self._backend = backend
        self._listeners: set[asyncio.Queue[Heard]] = set()
        self._scanner: BleakScanner | None = None
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[asyncio.Queue[Heard]]:
        heard: asyncio.Queue[Heard] = asyncio.Queue()
        self._listeners.add(heard)
        try:
            async with self._one_at_a_time:
                if self._scanner is None:
                    await self._begin()
            yield heard
        finally:
            self._listeners.discard(heard)
            async with self._one_at_a_time:
                await self._end()
                if self._listeners:
                    # where that fails, whoever listens on hears nothing, scans again, and says why
                    with suppress(BluetoothError):
                        await self._begin()

    async def _begin(self) -> None:
        scanner = BleakScanner(self._hear, backend=self._backend)
        self._scanner = scanner
        async with bounded(START_SCAN_S, "starting to scan", _ADVICE):
            await scanner.start()

    async def _end(self) -> None:
        scanner, self._scanner = self._scanner, None
        if scanner is not None:
            with suppress(BluetoothError):
                async with bounded(STOP_SCAN_S, "ending the scan", _ADVICE):
                    await scanner.stop()

    def _hear(self, device: BLEDevice, said: AdvertisementData) -> None:
        for listener in self._listeners:
            listener.put_nowait((device, said))


_SCANS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[type[BaseBleakScanner] | None, _Scan]] = (
    WeakKeyDictionary()
)
"""The scan of each event loop and radio."""


def _scan(backend: type[BaseBleakScanner] | None) -> AbstractAsyncContextManager[asyncio.Queue[Heard]]:
    scans = _SCANS.setdefault(asyncio.get_running_loop(), {})
    return scans.setdefault(backend, _Scan(backend)).listen()


async def _next(heard: asyncio.Queue[Heard], deadline_s: float) -> Heard | None:
    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline_s):
            return await heard.get()
    return None


def _recognised(device: BLEDevice, said: AdvertisementData) -> Found | None:
    name = said.local_name or device.name or ""
    for sensor in SENSORS:
        if sensor.recognises(name, said.service_uuids):
            return Found(sensor, name, device.address, _rssi(said), device)
    return None


def _rssi(said: AdvertisementData) -> int | None:
    return None if said.rssi == UNKNOWN_RSSI_DBM else said.rssi
