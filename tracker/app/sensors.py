"""The sensors that are known: remembered, listed, renamed, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from tracker.app.terminal import Terminal
from tracker.archive.settings import KnownSensor, load_sensors, save_sensors
from tracker.errors import InputError
from tracker.sensing.bluetooth.stream import Wanted
from tracker.sensing.samples import Connected


def show(terminal: Terminal) -> None:
    """List the known sensors."""
    known = load_sensors()
    if not known:
        terminal.say("no sensor is paired; run tracker pair")
        return
    rows = [
        (one.nickname, one.make, one.name, one.serial, _percent(one.battery), one.last_seen) for one in known
    ]
    terminal.listing("called", "make", "name", "serial", "battery", "last paired", rows=rows)


def rename(nickname: str, new: str) -> None:
    """Give a sensor another name.

    Raises
    ------
    InputError
        If none has this name, or another one has the new name.
    """
    known = load_sensors()
    old = named(known, nickname)
    if any(sensor.nickname == new for sensor in known if sensor is not old):
        raise InputError(f"another sensor is called {new}; choose another name, or forget that one first")
    save_sensors([replace(sensor, nickname=new) if sensor is old else sensor for sensor in known])


def forget(nickname: str) -> None:
    """Forget a sensor.

    Raises
    ------
    InputError
        If none has this name.
    """
    known = load_sensors()
    old = named(known, nickname)
    save_sensors([sensor for sensor in known if sensor is not old])


def named(known: Sequence[KnownSensor], nickname: str) -> KnownSensor:
    """Find a sensor by its nickname.

    Raises
    ------
    InputError
        If none has it.
    """
    for sensor in known:
        if sensor.nickname == nickname:
            return sensor
    names = ", ".join(sensor.nickname for sensor in known) or "none yet"
    raise InputError(f"no paired sensor is called {nickname}; paired: {names}; pair one with tracker pair")


def wanted(nickname: str | None) -> Wanted:
    """Say which sensor to look for: by nickname, else the only one that is paired, else any.

    Raises
    ------
    InputError
        If none has this nickname.
    """
    known = load_sensors()
    if nickname is None and len(known) != 1:
        return Wanted()
    sensor = known[0] if nickname is None else named(known, nickname)
    return Wanted(sensor.make, sensor.name, sensor.address, sensor.serial)


def remember(connected: Connected, battery: int | None, nickname: str | None = None) -> KnownSensor:
    """Remember a sensor as it is seen now, the same one only once.

    Parameters
    ----------
    connected
        Who it is.
    battery
        Percent; None when it does not say.
    nickname
        What to call it; None keeps the name that it has, a new one goes by its own.

    Raises
    ------
    InputError
        If another sensor has this nickname.
    """
    known = load_sensors()
    before = [sensor for sensor in known if _is_same(sensor, connected)]
    others = [sensor for sensor in known if sensor not in before]
    taken = {sensor.nickname for sensor in others}
    if nickname in taken:
        raise InputError(f"another sensor is called {nickname}; choose another --name")
    sensor = KnownSensor(
        nickname=nickname
        or (before[0].nickname if before else _free(connected.name or connected.make, taken)),
        make=connected.make,
        name=connected.name,
        serial=connected.serial,
        address=connected.address,
        last_seen=datetime.now().astimezone().isoformat(timespec="seconds"),
        battery=battery,
    )
    save_sensors([*others, sensor])
    return sensor


def _is_same(known: KnownSensor, connected: Connected) -> bool:
    if known.make != connected.make:
        return False
    if known.serial or connected.serial:
        return known.serial == connected.serial
    return (known.name, known.address) == (connected.name, connected.address)


def _free(wish: str, taken: set[str]) -> str:
    numbered = (wish if number == 1 else f"{wish} {number}" for number in count(1))
    return next(name for name in numbered if name not in taken)


def _percent(battery: int | None) -> str:
    return "-" if battery is None else f"{battery} %"
