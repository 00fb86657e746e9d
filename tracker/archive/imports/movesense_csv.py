"""Movesense: the pair of CSV files that the logbook converter writes of a recording.

How sure: [B] read in the converter's code, [D] our reading. No sensor of ours was tried.

- ``NAME_MeasIMU6_Acc.csv`` and ``NAME_MeasIMU6_Gyro.csv`` (or IMU9), with the header ``Timestamp_ms,X,Y,Z,
  RelativeTime,SECONDS,UTC,2025-12-22 08:00:00.000``, whose last two pairs are values, not names, and rows of
  four cells [B: github.com/sensein/movesense-py, ms_json2csv.py, process_imu_stream; it is a fork of the
  maker's python-datalogger-tool, D].
- Values are the JSON's, unchanged: m/s2 with gravity and deg/s [B for unchanged; the units are those of the
  note on Movesense]. ``Timestamp_ms`` is ms since boot, cut to whole ms [B].
- RelativeTime, s since boot, was at UTC [B].

Other CSV files of Movesense's sample apps hold one sensor each with the chunk's stamp on every row, or a
developer's own columns; they are refused.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tracker.archive.imports.foreign import DEG_RAD, Format, Stream, at_gyroscope
from tracker.archive.imports.source import Source
from tracker.archive.imports.text_table import TextTable, column_names, text_table
from tracker.archive.samples_file import SamplesFile

TITLE = "Movesense"

_NAME = re.compile(r"_MeasIMU[69]_(Acc|Gyro)\.csv$")
_STAMP, _XYZ = "Timestamp_ms", ("X", "Y", "Z")
_OTHER_APPS = "Timestamp (ms)"
_ADVICE = (
    "expected is a folder or ZIP with NAME_MeasIMU6_Acc.csv and NAME_MeasIMU6_Gyro.csv, or the JSON "
    "that they were made of"
)
_MS_PER_S = 1000.0


def _fits(source: Source) -> bool:
    if any(_NAME.search(name) for name in source.readers):
        return True
    lone = source.lone
    return lone is not None and bool({_STAMP, _OTHER_APPS} & set(column_names(source, lone)))


def _read(source: Source) -> SamplesFile:
    acc, gyr = (_table(source, sensor) for sensor in ("Acc", "Gyro"))
    streams = []
    for table in (acc, gyr):
        table.require((_STAMP, *_XYZ), _ADVICE)
        streams.append(Stream(table.integers(_STAMP) / _MS_PER_S, table.numbers(_XYZ)))
    first, turning = streams
    in_rad_s = Stream(turning.t_s, turning.values * DEG_RAD)
    return at_gyroscope(source, first, in_rad_s, _started(gyr.names, turning))


def _table(source: Source, sensor: str) -> TextTable:
    names = [name for name in source.readers if (match := _NAME.search(name)) and match[1] == sensor]
    if len(names) != 1:
        source.refuse(f"has {'no' if not names else 'more than one'} table of the {sensor} sensor; {_ADVICE}")
    return text_table(source, source.read(names[0]))


def _started(names: tuple[str, ...], stream: Stream) -> str:
    """Say when the first sample was taken; "" where the header does not tell."""
    try:
        relative_s = float(names[names.index("RelativeTime") + 1])
        utc = datetime.fromisoformat(names[names.index("UTC") + 1]).replace(tzinfo=UTC)
        moment = utc + timedelta(seconds=float(stream.t_s[0]) - relative_s)
    except (IndexError, OverflowError, ValueError):
        return ""
    return moment.isoformat(timespec="milliseconds")


MOVESENSE_CSV = Format(TITLE, _fits, _read)
"""The CSV files of Movesense's logbook converter."""
