"""Movella DOT and Xsens DOT: the CSV that the maker's app and SDK write.

How sure: [A] read in the maker's own document or code, [B] in files or programs of others, [D] our reading.
No sensor of ours was tried.

- Lines above the table: ``sep=,``, ``DeviceTag:``, ``FirmwareVersion:``, ``AppVersion:``, some more,
  ``StartTime:``, a line of the maker's; then an empty line and the header [A: XsensDotLogger of the maker's
  Android SDK, as it is found in programs that carry it]. Their order and number differ [B].
- ``PacketCounter,SampleTimeFine`` and then what the mode gives: ``Acc_X`` in m/s2 with gravity, ``Gyr_X`` in
  deg/s, ``Quat_W`` sensor to earth [A: Movella DOT BLE Service Specification, for the packets that these
  files hold; the files themselves name no units]. Rows may end with a comma more than the header [B].
- ``FreeAcc_X`` is without gravity and in the earth's frame [A]; it is not used.
- ``SampleTimeFine`` is us and wraps at 2^32 [A].
- The same columns without the lines above are of other Xsens devices, **in rad/s** [B]: refused.
- ``StartTime`` is the phone's: ``2025-07-11 20:06:00.086 +0200`` [A] or ``2025-07-11_20:06:00_086 WEST`` [B].
  Of such a name for a zone nothing is taken: the time counts as this computer's [D].
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from tracker.archive.imports.foreign import DEG_RAD, Format, samples
from tracker.archive.imports.in_time import unwrapped, without_doubles
from tracker.archive.imports.source import Source, decoded
from tracker.archive.imports.text_table import TextTable, text_table
from tracker.archive.samples_file import SamplesFile
from tracker.sensing.samples import Floats

TITLE = "Movella DOT"

_COUNTER, _TIME = "PacketCounter", "SampleTimeFine"
_ACC = ("Acc_X", "Acc_Y", "Acc_Z")
_GYR = ("Gyr_X", "Gyr_Y", "Gyr_Z")
_QUATERNION = ("Quat_W", "Quat_X", "Quat_Y", "Quat_Z")
_ABOVE = ("DeviceTag:", "FirmwareVersion:")
_ADVICE = (
    f"expected are {_TIME} and {_ACC[0]}..Z with {_GYR[0]}..Z, or {_QUATERNION[0]}..Z: "
    "choose Custom mode 5, Rate quantities or Extended (Quaternion) in the Movella DOT app"
)
_BITS = 32
_US_PER_S = 1e6
_MOST_ABOVE = 1 << 12
"""All lines above the table are within so many bytes."""

_START = re.compile(r"(\d{4}-\d\d-\d\d)[ _T](\d\d:\d\d:\d\d)[._](\d{3})\s*(\S*)")


def _header_at(content: bytes) -> int:
    """Find where the header begins; -1 where there is none."""
    return content[:_MOST_ABOVE].find(f"{_COUNTER},{_TIME}".encode())


def _fits(source: Source) -> bool:
    return source.lone is not None and _header_at(source.head(source.lone)) >= 0


def _read(source: Source) -> SamplesFile:
    content = source.read_lone()
    start = _header_at(content)
    above = decoded(content[:start])
    if not all(line in above for line in _ABOVE):
        source.refuse(
            f"has no lines {' and '.join(_ABOVE)} above its table, and other Xsens sensors give another unit "
            "for the gyroscope; export it from the Movella DOT app"
        )
    table = text_table(source, content[start:])
    parts = [part for part in (_ACC, _GYR, _QUATERNION) if part[0] in table.names]
    if _QUATERNION not in parts and parts != [_ACC, _GYR]:
        source.refuse(f"has not enough columns; {_ADVICE}")
    return _samples(source, table, parts, _started(above))


def _samples(source: Source, table: TextTable, parts: Sequence[tuple[str, ...]], started: str) -> SamplesFile:
    names = [name for part in parts for name in part]
    table.require((_TIME, *names), _ADVICE)
    ticks = unwrapped(table.integers(_TIME), _BITS, source)
    t_s, values = without_doubles(ticks / _US_PER_S, table.numbers(names), "sensor", source)
    columns = dict(zip(names, values.T, strict=True))
    gyr = _block(columns, _GYR)
    return samples(
        t_s,
        started,
        _block(columns, _ACC),
        None if gyr is None else gyr * DEG_RAD,
        _block(columns, _QUATERNION),
    )


def _block(columns: dict[str, Floats], names: tuple[str, ...]) -> Floats | None:
    return np.column_stack([columns[name] for name in names]) if names[0] in columns else None


def _started(above: str) -> str:
    line = next((line for line in above.splitlines() if line.startswith("StartTime:")), "")
    match = _START.search(line)
    if match is None:
        return ""
    day, time, thousandths, zone = match.groups()
    zone = zone.rstrip(",")
    try:
        moment = datetime.fromisoformat(f"{day}T{time}.{thousandths}")
        if re.fullmatch(r"[+-]\d{4}", zone):
            moment = datetime.strptime(f"{moment.isoformat()}{zone}", "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        return ""
    moment = moment.replace(tzinfo=UTC) if zone in ("Z", "UTC", "GMT") else moment
    return moment.isoformat(timespec="milliseconds")


MOVELLA_DOT = Format(TITLE, _fits, _read)
"""The CSV of Movella's app."""
