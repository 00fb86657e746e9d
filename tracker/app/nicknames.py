"""What people call their sensors."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.archive.settings import KnownSensor
from tracker.errors import InputError


def proper(nickname: str) -> str:
    """Give a nickname without blanks around it.

    Raises
    ------
    InputError
        If nothing is left that can be read and typed.

    Examples
    --------
    >>> proper(" gym 2 ")
    'gym 2'
    """
    if not any(map(str.isalnum, nickname)):
        raise InputError(f"a name needs a letter or digit; {nickname!r} has none")
    return nickname.strip()


def unused(nickname: str, known: Sequence[KnownSensor], which: str | None = None) -> str:
    """Give a nickname, without blanks around it, for a sensor that is still to be found.

    Parameters
    ----------
    nickname
        What the sensor is to be called.
    known
        The paired sensors.
    which
        The sensor's own name or address, when it is known: it may keep its nickname.

    Raises
    ------
    InputError
        If it is none, or another sensor has it, as far as can be told.
    """
    nickname = proper(nickname)
    for sensor in known:
        if sensor.nickname == nickname and not (which and _is_own(sensor, which)):
            raise InputError(
                f"a paired sensor is called {nickname}; choose another --name, or none to pair that one again"
            )
    return nickname


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


def called(known: Sequence[KnownSensor], name: str) -> KnownSensor:
    """Find a sensor by its nickname, else by what it calls itself: name, serial number or address.

    Raises
    ------
    InputError
        If none is called so, or several are.
    """
    own = [sensor for sensor in known if _is_own(sensor, name)]
    if not own or any(sensor.nickname == name for sensor in known):
        return named(known, name)
    if len(own) > 1:
        names = ", ".join(sensor.nickname for sensor in own)
        raise InputError(
            f"{len(own)} paired sensors are called {name}; say which one by its nickname: {names}"
        )
    return own[0]


def _is_own(sensor: KnownSensor, name: str) -> bool:
    """Whether a sensor calls itself so; "" is nobody's name."""
    return name.casefold() in {
        said.casefold() for said in (sensor.name, sensor.serial, sensor.address) if said
    }
