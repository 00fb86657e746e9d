"""What is remembered between sessions: the known sensors, in TOML; and where things are kept."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import platformdirs
import tomli_w

from tracker.archive.files import replace_files
from tracker.errors import InputError
from tracker.sensing.marks import Calibrated

HOME = "TRACKER_HOME"
"""Environment variable: a folder for settings, sessions and caches, in place of the system's."""

FULL_PERCENT = 100
"""A full battery, percent."""

_APP = "tracker"
_SENSORS = "sensors"


@dataclass(frozen=True, slots=True)
class KnownSensor:
    """A sensor that was paired.

    Attributes
    ----------
    nickname
        What the person calls it; unique among the known.
    make
        Key of its file in ``tracker.sensing.sensors``.
    name, serial, address
        As advertised or read; empty when the sensor does not say. Some systems give an address that
        holds on this computer only.
    last_seen
        When it last streamed here, ISO 8601 with offset, or "".
    battery
        Percent at that time; None when it does not say.
    calibration
        What `tracker calibrate` found; None before it. It holds as long as the sensor stays clipped on as
        it was.
    """

    nickname: str
    make: str
    name: str = ""
    serial: str = ""
    address: str = ""
    last_seen: str = ""
    battery: int | None = None
    calibration: Calibrated | None = None


def settings_file() -> Path:
    """Where the settings are kept."""
    return _folder(platformdirs.user_config_path(_APP)) / "settings.toml"


def sessions_folder() -> Path:
    """Where recordings are kept."""
    return _folder(platformdirs.user_data_path(_APP)) / "sessions"


def deletion_note() -> Path:
    """Where it is written down what is to go, while everything of an athlete is deleted."""
    return sessions_folder().with_name("deleting.json")


def library_index() -> Path:
    """Where the index of the recordings is kept: it may be deleted at any time."""
    home = os.environ.get(HOME)
    folder = Path(home) / "cache" if home else platformdirs.user_cache_path(_APP)
    return folder / "library.sqlite"


def load_sensors() -> tuple[KnownSensor, ...]:
    """Read the known sensors, in the order they were paired.

    Raises
    ------
    InputError
        If the settings file is no TOML or its sensors are not as they are written here.
    """
    said = _load().get(_SENSORS, [])
    try:
        if not isinstance(said, list):
            raise ValueError(f"{_SENSORS} is no list of tables")
        return tuple(map(_sensor, said))
    except ValueError as error:
        raise InputError(
            f"{settings_file()} has a sensor that is not understood ({error}); mend or remove it"
        ) from error


def save_sensors(sensors: Sequence[KnownSensor]) -> None:
    """Remember these sensors and no others; whatever else the settings hold stays.

    Raises
    ------
    InputError
        If the settings cannot be read or written.
    """
    plain = [{key: value for key, value in asdict(sensor).items() if value is not None} for sensor in sensors]
    replace_files({settings_file(): tomli_w.dumps(_load() | {_SENSORS: plain}).encode()})


def _sensor(said: object) -> KnownSensor:
    known = _table("it", said, KnownSensor)
    for field in ("nickname", "make"):
        if not known.get(field):
            raise ValueError(f"{field} is missing")
    for field, value in known.items():
        if field not in ("battery", "calibration"):
            _text(field, value)
    _moment("last_seen", known.get("last_seen", ""))
    battery = known.get("battery", 0)
    if type(battery) is not int or not 0 <= battery <= FULL_PERCENT:
        raise ValueError(f"battery is {battery!r}, and not a percentage")
    if "calibration" in known:
        known["calibration"] = _calibration(known["calibration"])
    return KnownSensor(**known)


def _calibration(said: object) -> Calibrated:
    known = _table("calibration", said, Calibrated)
    _moment("calibration.when", known.get("when", ""))
    for field in ("acc_offset_m_s2", "long_axis"):
        vector = known.get(field, [])
        if not isinstance(vector, list) or not all(type(value) in (int, float) for value in vector):
            raise ValueError(f"calibration.{field} is {vector!r}, and not three numbers")
        if field in known:
            known[field] = tuple(vector)
    return Calibrated(**known)


def _table(name: str, said: object, kind: type[KnownSensor] | type[Calibrated]) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise ValueError(f"{name} is {said!r}, and not a table")
    if unknown := said.keys() - {field.name for field in fields(kind)}:
        raise ValueError(f"{min(unknown)} is no field of it")
    return dict(said)


def _text(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{field} is {value!r}, and not a text in quotes")
    return value


def _moment(field: str, value: object) -> None:
    if not _text(field, value):
        return
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{field} is {value!r}, and not a date with time") from None


def _folder(of_the_system: Path) -> Path:
    home = os.environ.get(HOME)
    return Path(home) if home else of_the_system


def _load() -> dict[str, Any]:
    path = settings_file()
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} cannot be read ({error}); mend it, or remove it to start afresh") from error
