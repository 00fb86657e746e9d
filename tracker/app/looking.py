"""Looking round for sensors: a list that grows while it is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from tracker.app.listening import Air, called
from tracker.app.terminal import Lines
from tracker.archive.settings import KnownSensor
from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.find import UNKNOWN_RSSI_DBM, Found, Nearby
from tracker.sensing.sensors import SENSORS

LOOK_S = 5.0
"""How long to look once a sensor is there, s: those that are switched on are heard within two."""

LONGEST_S = 20.0
"""How long to look where none is there, s: time to switch it on."""

HINT_S = 5.0
"""When to say what may be wrong, s."""

REDRAW_S = 0.25
"""How often the list is drawn, s."""

STRONG_DBM, GOOD_DBM, WEAK_DBM = -60, -75, -88
"""Weakest signal that is called so: a metre or two, across a room, the edge of where it holds."""

COLUMNS = ("", "name", "make", "signal", "address", "paired as")

_HINT = "is it switched on, near, and no longer connected to a phone app?"


def signal_words(rssi: int | None, *, is_held: bool = False) -> str:
    """Say how strong a signal is.

    Examples
    --------
    >>> signal_words(-58), signal_words(-95), signal_words(None), signal_words(None, is_held=True)
    ('strong', 'very weak', 'unknown', 'connected')
    """
    if is_held:
        return "connected"  # by this computer; such a sensor does not advertise
    if rssi is None:
        return "unknown"
    for least, words in ((STRONG_DBM, "strong"), (GOOD_DBM, "good"), (WEAK_DBM, "weak")):
        if rssi >= least:
            return words
    return "very weak"


def _dbm(device: Found | Nearby) -> int:
    return UNKNOWN_RSSI_DBM if device.rssi is None else device.rssi


@dataclass(slots=True)
class Surroundings:
    """What has been heard so far.

    Attributes
    ----------
    known
        The sensors that are paired.
    with_others
        Whether devices that are not supported are listed too.
    devices
        The last word of each address.
    """

    known: Sequence[KnownSensor]
    with_others: bool
    devices: dict[str, Nearby]

    @property
    def sensors(self) -> list[Found]:
        """Those that are supported, the strongest first."""
        found = [device.found for device in self.devices.values() if device.found is not None]
        return sorted(found, key=lambda one: (one.is_held, _dbm(one)), reverse=True)

    @property
    def others(self) -> list[Nearby]:
        """Those that are not, the strongest first."""
        others = [device for device in self.devices.values() if device.found is None]
        return sorted(others, key=_dbm, reverse=True)

    def rows(self) -> list[tuple[str, ...]]:
        """Write them as the cells of a table: number, name, make, signal, address, nickname."""
        rows: list[tuple[str, ...]] = [
            (
                str(number),
                one.name or "-",
                one.sensor.title,
                signal_words(one.rssi, is_held=one.is_held),
                one.address,
                self.nickname(one),
            )
            for number, one in enumerate(self.sensors, start=1)
        ]
        if self.with_others:
            rows += [
                ("", one.name or "-", "not supported", signal_words(one.rssi), one.address, "")
                for one in self.others
            ]
        return rows

    def nickname(self, found: Found) -> str:
        """What it is called, as far as can be told from afar; "" when it is not paired."""
        for one in self.known:
            if (one.make, one.name, one.address) == (found.sensor.make, found.name, found.address):
                return one.nickname
        return ""


async def look_round(
    lines: Lines, air: Air, known: Sequence[KnownSensor], which: str | None, *, with_others: bool
) -> Surroundings:
    """Look for sensors, showing each as it is heard.

    Parameters
    ----------
    lines
        Where they are shown.
    air
        The radio.
    known
        The sensors that are paired.
    which
        Name or address of the one that is wanted: then it ends as soon as that is there.
    with_others
        Show devices that are not supported too.

    Raises
    ------
    BluetoothError
        If Bluetooth is not available, no sensor is found, or not the one that is wanted.
    """
    around = Surroundings(known, with_others, {})
    looking = asyncio.create_task(_look(lines, air, around))
    clock = asyncio.get_running_loop().time
    begun_s = clock()
    try:
        while not looking.done() and not _is_enough(around, which, clock() - begun_s):
            await asyncio.wait((looking,), timeout=REDRAW_S)
            lines.show_listing(*COLUMNS, rows=around.rows(), below=_below(around, clock() - begun_s))
    finally:
        looking.cancel()
        await asyncio.wait((looking,))
    if not looking.cancelled():
        looking.result()
    if not around.sensors:
        raise BluetoothError(_nothing(around))
    return around


def named(around: Surroundings, which: str) -> Found:
    """Give the sensor of that name or address; BluetoothError when it is not there, or several are."""
    fits = [one for one in around.sensors if _is_called(one, which)]
    if len(fits) == 1:
        return fits[0]
    if fits:
        addresses = ", ".join(one.address for one in fits)
        raise BluetoothError(f"{len(fits)} sensors are called {which}; say which by its address: {addresses}")
    other = next((other for other in around.others if _is_called(other, which)), None)
    if other is not None:
        titles = ", ".join(sensor.title for sensor in SENSORS if sensor.stream_uuids)
        name = other.name or other.address
        raise BluetoothError(f"{name} is in reach, but is no supported sensor; supported are: {titles}")
    names = ", ".join(called(one) for one in around.sensors) or "none"
    raise BluetoothError(f"no sensor called {which} is in reach; in reach: {names}")


async def _look(lines: Lines, air: Air, around: Surroundings) -> None:
    async with aclosing(air.nearby(LONGEST_S)) as devices:
        async for device in devices:
            before = around.devices.get(device.address)
            if before is None or (device.name and not before.name) or device.found or not before.found:
                around.devices[device.address] = device
            if before is None and device.found is not None:
                title = device.found.sensor.title
                signal = signal_words(device.rssi, is_held=device.found.is_held)
                lines.note(f"found {called(device.found)}, {title}, signal {signal}")


def _is_enough(around: Surroundings, which: str | None, since_s: float) -> bool:
    if which is not None:
        return any(_is_called(device, which) for device in around.devices.values())
    return bool(around.sensors) and since_s >= LOOK_S


def _is_called(device: Found | Nearby, which: str) -> bool:
    return which.lower() in (device.name.lower(), device.address.lower())


def _below(around: Surroundings, since_s: float) -> str:
    if not around.sensors:
        return (
            f"looking ... {_HINT}"
            if since_s >= HINT_S
            else "looking ... switch your sensor on, and bring it near"
        )
    return f"looking ... {max(0.0, LOOK_S - since_s):.0f} s"


def _nothing(around: Surroundings) -> str:
    said = f"no sensor found within {LONGEST_S:g} s; {_HINT}"
    if not around.others:
        return f"{said} No other Bluetooth device was heard either, so look at this computer's Bluetooth too"
    hint = "they are listed above" if around.with_others else "tracker pair --all lists them"
    return f"{said} Devices that are not supported: {len(around.others)} ({hint})"
