"""Sensor Logger, the phone app of Kelvin Choi: the folder or ZIP that it exports, a CSV per sensor.

How sure: [A] read in the app's own documentation (github.com/tszheichoi/awesome-sensor-logger), [B] in files
or programs of others, [D] our reading. No phone of ours was tried.

- ``time`` is ns since 1970, UTC, ``seconds_elapsed`` since the button; the values follow as ``z,y,x`` [A:
  README.md; B for the order, and columns are taken by name]. Times of two sensors do not agree [A].
- ``Gyroscope.csv`` in rad/s, the same on both systems [A: UNITS.md, COORDINATES.md].
- **Android**: ``TotalAcceleration.csv`` is with gravity, ``Accelerometer.csv`` without, both in m/s2 [A:
  UNITS.md]; a phone on its back has gravity on +z [A: COORDINATES.md], which is specific force.
- **iOS**: ``Accelerometer.csv`` is without gravity, ``Gravity.csv`` is gravity, together they are what the
  sensor measured [A: UNITS.md], with **all three signs the other way round** than on Android, unless the
  setting "Standardise Units & Frames" was on [A: COORDINATES.md, CROSSPLATFORM.md]. A TotalAcceleration.csv
  of iOS is not documented, and not used.
- ``Metadata.csv`` says which: ``platform`` is ios or android, ``standardisation`` true or false [A that the
  file and ``platform`` are there; B for the spelling and ``standardisation``, and that it is missing before
  the setting came, in version 1.29]. ``recording timezone`` is a name like Europe/Berlin [B].
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from tracker.archive.imports.foreign import Format, Stream, at_gyroscope
from tracker.archive.imports.in_time import joined
from tracker.archive.imports.source import Source
from tracker.archive.imports.text_table import column_names, text_table
from tracker.archive.samples_file import SamplesFile
from tracker.sensing.samples import Ints

TITLE = "Sensor Logger"

_TIME, _ELAPSED = "time", "seconds_elapsed"
_XYZ = ("x", "y", "z")
_METADATA, _GYR = "Metadata.csv", "Gyroscope.csv"
_TOTAL, _LINEAR, _GRAVITY = "TotalAcceleration.csv", "Accelerometer.csv", "Gravity.csv"
_ADVICE = f"expected are the columns {_TIME},{_ELAPSED},z,y,x"
_NS_PER_S = 1_000_000_000


def _fits(source: Source) -> bool:
    names = [name for name in source.readers if PurePosixPath(name).suffix.casefold() == ".csv"]
    is_json = source.lone is not None and f'"{_ELAPSED}"'.encode() in source.head(source.lone)
    return is_json or any({_TIME, _ELAPSED} <= set(column_names(source, name)) for name in names)


def _read(source: Source) -> SamplesFile:
    said = _metadata(source)
    platform = said.get("platform", "").casefold()
    if platform not in ("ios", "android"):
        source.refuse(f'says "platform: {platform}" in {_METADATA}; ios or android was expected')
    gyr_ns, gyr = _sensor(source, _GYR, "switch the gyroscope on in the app")
    if not len(gyr_ns):
        source.refuse(f"has no samples in {_GYR}; choose a recording with at least one set in it")
    zero_ns = int(gyr_ns[0])
    is_turned = platform == "ios" and said.get("standardisation", "").casefold() != "true"
    acc = _of_android(source, zero_ns) if platform == "android" else _of_ios(source, zero_ns)
    acc = Stream(acc.t_s, -acc.values if is_turned else acc.values)
    started = _started(zero_ns, said.get("recording timezone", ""))
    return at_gyroscope(source, acc, Stream(_seconds(gyr_ns, zero_ns), gyr), started)


def _metadata(source: Source) -> dict[str, str]:
    name = source.find(_METADATA)
    if name is None:
        source.refuse(
            f"has no {_METADATA}, which says which way the phone's acceleration points; "
            "give the whole ZIP or folder that Sensor Logger exported"
        )
    table = text_table(source, source.read(name))
    if "platform" not in table.names:
        source.refuse(f"has no column platform in {_METADATA}; export it again as CSV")
    return {key: next(iter(table.texts(key)), "") for key in table.names if table.names.count(key) == 1}


def _of_android(source: Source, zero_ns: int) -> Stream:
    advice = f"switch Total Acceleration on in the app: {_LINEAR} is without gravity"
    times_ns, values = _sensor(source, _TOTAL, advice)
    return Stream(_seconds(times_ns, zero_ns), values)


def _of_ios(source: Source, zero_ns: int) -> Stream:
    """Add gravity to what was told without it; both come from one reading of the system's."""
    advice = "switch Accelerometer and Gravity on in the app: on iOS only both together are with gravity"
    linear, gravity = (
        Stream(_seconds(times_ns, zero_ns), values).checked(name, source)
        for name in (_LINEAR, _GRAVITY)
        for times_ns, values in (_sensor(source, name, advice),)
    )
    values, is_there = joined(linear.t_s, gravity.t_s, gravity.values, "gravity", source)
    return Stream(linear.t_s[is_there], linear.values[is_there] + values[is_there])


def _sensor(source: Source, file: str, advice: str) -> tuple[Ints, np.ndarray]:
    name = source.find(file)
    if name is None:
        source.refuse(f"has no {file}; {advice}")
    table = text_table(source, source.read(name))
    table.require((_TIME, *_XYZ), f"{_ADVICE} in {file}")
    return table.integers(_TIME), table.numbers(_XYZ)


def _seconds(times_ns: Ints, zero_ns: int) -> np.ndarray:
    return (times_ns - zero_ns) / _NS_PER_S


def _started(zero_ns: int, zone: str) -> str:
    """Say when the first sample was taken, in the phone's own zone where the computer knows it."""
    moment = datetime.fromtimestamp(zero_ns // 1_000_000 / 1000, UTC)
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):  # the instant is right all the same
        moment = moment.astimezone(ZoneInfo(zone)) if zone else moment
    return moment.isoformat(timespec="milliseconds")


SENSOR_LOGGER = Format(TITLE, _fits, _read)
"""The export of Sensor Logger."""
