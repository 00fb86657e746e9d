"""What is remembered between sessions: the known sensors, in TOML; and where things are kept."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import platformdirs
import tomli_w

from tracker.archive.files import replace_files
from tracker.errors import InputError
from tracker.sensing.samples import Calibrated

HOME = "TRACKER_HOME"
"""Environment variable: a folder for settings and sessions, in place of the system's."""

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


def load_sensors() -> tuple[KnownSensor, ...]:
    """Read the known sensors, in the order they were paired.

    Raises
    ------
    InputError
        If the settings file is no TOML or its sensors are not as they are written here.
    """
    try:
        return tuple(_sensor(**said) for said in _load().get(_SENSORS, []))
    except (AttributeError, TypeError, ValueError) as error:
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


def _sensor(calibration: dict[str, Any] | None = None, **said: Any) -> KnownSensor:  # noqa: ANN401
    if calibration is None:
        return KnownSensor(**said)
    plain: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in calibration.items()
    }
    return KnownSensor(**said, calibration=Calibrated(**plain))


def _folder(of_the_system: Path) -> Path:
    home = os.environ.get(HOME)
    return Path(home) if home else of_the_system


def _load() -> dict[str, Any]:
    path = settings_file()
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} cannot be read ({error}); mend it, or remove it to start afresh") from error
