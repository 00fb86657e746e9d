"""WitMotion: the TXT (or CSV) that the maker's Windows program records.

How sure: [A] read in the maker's own document or code, [B] in files or programs of others, [D] our reading.
No sensor of ours was tried.

- One header line, then rows, with tabs (TXT) or commas (CSV) between them: ``Time``, ``Device name``, ``Chip
  Time()``, ``Acceleration X(g)``, ``Angular velocity X(°/s)``, ``Angle X(°)`` and more [B: gyroflow's
  telemetry-parser, witmotion.rs, and five programs that read the CSV]. The phone app and older programs write
  ``time``, ``DeviceName``, ``AccX(g)``, ``AsX(°/s)`` with tabs and no chip time [B: six programs].
- The degree sign is in the encoding of Chinese systems or in UTF-8, and sometimes spoiled (``Â°``); with
  tabs the decimal point may be a comma [B: telemetry-parser].
- ``Chip Time()`` is the sensor's own clock, ``2024-3-19 16:44:16.689`` or with ``:`` before the thousandths
  [B]; fewer than three digits could be thousandths or decimals, and are refused. It has no offset and may
  never have been set, so no start is taken from it [D].
- ``Time`` is when the computer or phone got it: notifications bring several samples at once, so it spaces
  nothing, and a file without the chip's time is refused.
- 1 g is 9.80665 m/s2 [D]; + on the axis that points up at rest [B, see the note on WitMotion].
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import numpy as np

from tracker.archive.imports.foreign import DEG_RAD, G_M_S2, Format, samples
from tracker.archive.imports.in_time import without_doubles
from tracker.archive.imports.source import Source
from tracker.archive.imports.text_table import TextTable, column_names, text_table
from tracker.archive.samples_file import SamplesFile
from tracker.sensing.samples import Floats

TITLE = "WitMotion"

_CHIP_TIME = "Chip Time()"
_DEVICE = ("Device name", "DeviceName")
_ACC = (tuple(f"Acceleration {axis}(g)" for axis in "XYZ"), tuple(f"Acc{axis}(g)" for axis in "XYZ"))
_GYR = (tuple(f"Angular velocity {axis}(°/s)" for axis in "XYZ"), tuple(f"As{axis}(°/s)" for axis in "XYZ"))
_ADVICE = (
    f"expected are {_CHIP_TIME}, {_ACC[0][0]} to Z and {_GYR[0][0]} to Z, as WitMotion's program records them"
)
_TIME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{1,2}):(\d{1,2})[.:](\d{3})")


def _unspoiled(name: str) -> str:
    """Give a name its degree sign back, and the unit that programs write without it."""
    return name.replace("Â°", "°").replace("deg/s", "°/s")


def _fits(source: Source) -> bool:
    names = column_names(source, source.lone) if source.lone is not None else ()
    return any(acc[0] in names for acc in _ACC)


def _read(source: Source) -> SamplesFile:
    table = text_table(source, source.read_lone())
    table = replace(table, names=tuple(map(_unspoiled, table.names)))
    if _CHIP_TIME not in table.names:
        source.refuse(
            f"has no column {_CHIP_TIME}; the other time is when samples arrived, several at once: "
            "record with WitMotion's program for Windows, or with tracker train"
        )
    acc, gyr = (next((names for names in both if names[0] in table.names), both[0]) for both in (_ACC, _GYR))
    table.require((*acc, *gyr), _ADVICE)
    device = next((name for name in _DEVICE if name in table.names), None)
    if device is not None and len(set(table.texts(device))) > 1:
        source.refuse("has several sensors in one table; record the one on the dumbbell by itself")
    t_s, values = without_doubles(_chip_s(table), table.numbers((*acc, *gyr)), "sensor", source)
    return samples(t_s, "", values[:, :3] * G_M_S2, values[:, 3:] * DEG_RAD)


def _chip_s(table: TextTable) -> Floats:
    """Read the sensor's own clock, s since its first sample."""
    texts = table.texts(_CHIP_TIME)
    moments = [_moment(text, row, table.source) for row, text in enumerate(texts, start=1)]
    return np.array([(moment - moments[0]).total_seconds() for moment in moments])


def _moment(text: str, row: int, source: Source) -> datetime:
    match = _TIME.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        *parts, fraction = match.groups()
        year, month, day, hour, minute, second = map(int, parts)
        microsecond = int(fraction) * 1000
        return datetime(year, month, day, hour, minute, second, microsecond)
    except ValueError:
        source.refuse(f'has the {_CHIP_TIME} "{text}" in row {row}; expected is 2024-3-19 16:44:16.689')


WITMOTION = Format(TITLE, _fits, _read)
"""The recording of WitMotion's Windows program."""
