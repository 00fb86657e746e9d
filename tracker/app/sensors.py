"""The sensors that are known: remembered, listed, renamed, forgotten, met again in a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from tracker.app.nicknames import called, proper
from tracker.app.terminal import Terminal
from tracker.archive.settings import KnownSensor, load_sensors, save_sensors
from tracker.errors import InputError
from tracker.sensing.bluetooth.stream import Wanted
from tracker.sensing.marks import Battery, Calibrated, Connected, Mark


def show(terminal: Terminal) -> None:
    """List the known sensors."""
    known = load_sensors()
    if not known:
        terminal.say("no sensor is paired; run tracker pair")
        return
    rows = [
        (
            one.nickname,
            one.name or one.make,
            one.serial or one.address,
            percent_words(one.battery),
            day_words(one.last_seen, now()),
            day_words(one.calibration.when, now()) if one.calibration else "-",
        )
        for one in known
    ]
    terminal.listing(
        *("called", "name", "serial or address", "battery", "last seen", "calibrated"), rows=rows
    )


def rename(name: str, new: str) -> None:
    """Give a sensor another nickname.

    Parameters
    ----------
    name
        As for `chosen`.
    new
        The nickname.

    Raises
    ------
    InputError
        If none is called so, several are, another one has the new name, or that is none.
    """
    new = proper(new)
    known = load_sensors()
    old = called(known, name)
    if any(sensor.nickname == new for sensor in known if sensor is not old):
        raise InputError(f"another sensor is called {new}; choose another name, or forget that one first")
    save_sensors([replace(sensor, nickname=new) if sensor is old else sensor for sensor in known])


def forget(name: str) -> None:
    """Forget a sensor; `name` is as for `chosen`.

    Raises
    ------
    InputError
        If none is called so, or several are.
    """
    known = load_sensors()
    old = called(known, name)
    save_sensors([sensor for sensor in known if sensor is not old])


def chosen(nickname: str | None) -> KnownSensor | None:
    """Say which paired sensor is meant; None when none is paired.

    Parameters
    ----------
    nickname
        Its nickname, or its own name, serial number or address where no nickname is that and only one
        sensor has it; None takes the only one that is paired.

    Raises
    ------
    InputError
        If none is called so, several are, or there are several and none was named.
    """
    known = load_sensors()
    if nickname is not None:
        return called(known, nickname)
    if len(known) > 1:
        names = ", ".join(f"{sensor.nickname} ({sensor.name or sensor.make})" for sensor in known)
        raise InputError(f"{len(known)} sensors are paired: {names}; say which one with --sensor")
    return known[0] if known else None


def wanted(sensor: KnownSensor | None) -> Wanted:
    """Say what to look for: this sensor, or any where none is known."""
    if sensor is None:
        return Wanted()
    return Wanted(sensor.make, sensor.name, sensor.address, sensor.serial)


class Encounters:
    """The known sensors as a session meets them.

    Parameters
    ----------
    known
        The known sensors.
    """

    def __init__(self, known: Sequence[KnownSensor]) -> None:
        self._known = known
        self._links: dict[int, Connected] = {}
        self._battery: dict[int, int] = {}

    def step(self, mark: Mark) -> Mark | None:
        """Take note of a mark; give the one that follows it: the calibration of a sensor that connects."""
        match mark.body:
            case Battery(percent):
                self._battery[mark.link] = percent
            case Connected() as connected:
                is_new = mark.link not in self._links
                self._links[mark.link] = connected
                sensor = next((one for one in self._known if is_same(one, connected)), None)
                if is_new and sensor is not None and sensor.calibration is not None:
                    return Mark(mark.t_ns, mark.link, sensor.calibration)
        return None

    def save(self) -> None:
        """Remember when the known ones among them were last seen, and their batteries.

        Raises
        ------
        InputError
            If the settings cannot be read or written.
        """
        known = load_sensors()
        seen = list(known)
        for link, connected in self._links.items():
            battery = self._battery.get(link)
            seen = [_seen_again(one, connected, battery) if is_same(one, connected) else one for one in seen]
        if tuple(seen) != known:
            save_sensors(seen)


def _seen_again(sensor: KnownSensor, connected: Connected, battery: int | None) -> KnownSensor:
    return replace(
        sensor,
        address=connected.address,
        last_seen=now(),
        battery=sensor.battery if battery is None else battery,
    )


def calibrated(nickname: str, calibration: Calibrated | None) -> None:
    """Remember a calibration with the paired sensor of this name; None forgets it."""
    known = load_sensors()
    save_sensors(
        [replace(one, calibration=calibration) if one.nickname == nickname else one for one in known]
    )


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
    before = [sensor for sensor in known if is_same(sensor, connected)]
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
        last_seen=now(),
        battery=battery,
        calibration=before[0].calibration if before else None,
    )
    save_sensors([*others, sensor])
    return sensor


def is_same(known: KnownSensor, connected: Connected) -> bool:
    """Tell whether a sensor that connected is this known one."""
    if known.make != connected.make:
        return False
    if known.serial and connected.serial:
        return known.serial == connected.serial
    return (known.name, known.address) == (connected.name, connected.address)


def _free(wish: str, taken: set[str]) -> str:
    numbered = (wish if number == 1 else f"{wish} {number}" for number in count(1))
    return next(name for name in numbered if name not in taken)


def now() -> str:
    """The time of day, ISO 8601 with offset."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def percent_words(battery: int | None) -> str:
    """Write the charge of a battery; "-" when the sensor does not say."""
    return "-" if battery is None else f"{battery} %"


def day_words(when: str, today: str) -> str:
    """Write a day, and of today the time; both are ISO 8601.

    Examples
    --------
    >>> day_words("2026-01-31T18:05:00+01:00", "2026-01-31T20:00:00+01:00")
    'today 18:05'
    >>> day_words("2026-01-31T18:05:00+01:00", "2026-02-01T07:00:00+01:00"), day_words("", "")
    ('2026-01-31', '-')
    """
    if when and when[:10] == today[:10]:
        return f"today {when[11:16]}"
    return when[:10] or "-"
