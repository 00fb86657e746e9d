"""phyphox, the phone app of RWTH Aachen: its export as CSV, a ZIP with one table per sensor.

How sure: [A] read in the app's own source, [B] in files or programs of others, [D] our reading. No phone of
ours was tried.

- A ZIP of ``SET.csv`` files, ``meta/device.csv`` and ``meta/time.csv``; names and strings in quotes; five
  dialects: comma, tab or semicolon, and with the latter two a decimal comma; what is short is filled up with
  NaN [A: phyphox/phyphox-android, DataExport.java] or with ``""`` [A: phyphox/phyphox-ios,
  ExperimentExportSet.swift].
- Columns ``Time (s)`` and ``Acceleration x (m/s^2)`` or ``Gyroscope x (rad/s)`` in the app's own experiments
  [A: accelerometer.phyphox, gyroscope.phyphox]. In those that are put together in the app ("simple
  experiment", the way to record both) the sets are ``Accelerometer`` and ``Gyroscope``, with the same columns
  on Android and ``X (m/s^2)``, ``X (rad/s)`` on iOS [A: the code of both apps that writes them].
- ``Linear Acceleration x (m/s^2)`` and the set ``Linear Accelerometer`` are without gravity [A].
- The same sign on both systems: the app multiplies CoreMotion's acceleration (-1 g on the axis that points
  up) by -9.81 [A: ExperimentSensorInput.swift; in 2016 by +9.81, which nothing in a file tells].
- ``Time (s)`` is the time since the first start **without the pauses**, one clock for all sensors;
  meta/time.csv has START and PAUSE with experiment time, seconds since 1970 and text with the offset from UTC
  [A: phyphox/phyphox-docs, "Saved states"; DataExport.java]. Older apps wrote none [B]; then the first sensor
  sample may be anywhere on the clock, and a pause is not seen.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import PurePosixPath

import numpy as np

from tracker.archive.imports.foreign import Format, Stream, at_gyroscope
from tracker.archive.imports.source import Source
from tracker.archive.imports.text_table import TextTable, column_names, text_table
from tracker.archive.samples_file import SamplesFile
from tracker.sensing.samples import Floats

TITLE = "phyphox"

_TIME = "Time (s)"
_ACC = tuple(f"Acceleration {axis} (m/s^2)" for axis in "xyz")
_LINEAR = tuple(f"Linear Acceleration {axis} (m/s^2)" for axis in "xyz")
_GYR = tuple(f"Gyroscope {axis} (rad/s)" for axis in "xyz")
_ANY_ACC = tuple(f"{axis} (m/s^2)" for axis in "XYZ")
_ANY_GYR = tuple(f"{axis} (rad/s)" for axis in "XYZ")
"""Of a simple experiment, whose set tells which acceleration it is."""

_WITHOUT_GRAVITY = "linear"
"""So begin the names of sets without gravity."""

_EVENTS = ("event", "experiment time", "system time", "system time text")
_OFFSET = re.compile(r"UTC(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)$")

_ADVICE = (
    f"expected are tables with {_TIME} and {_ACC[0]} or {_ANY_ACC[0]}, {_GYR[0]} or {_ANY_GYR[0]}: add a "
    "simple experiment with accelerometer and gyroscope, and export all of it as CSV"
)


def _fits(source: Source) -> bool:
    return any(_TIME in column_names(source, name) for name in source.readers if _is_table(name))


def _tables(source: Source) -> dict[str, TextTable]:
    """Take the tables of the sets, by the sets' names."""
    names = [PurePosixPath(name).name for name in source.readers if _is_table(name)]
    found = {name: source.find(name) for name in names}
    tables = {name: text_table(source, source.read(path)) for name, path in found.items() if path is not None}
    return {PurePosixPath(name).stem.casefold(): table for name, table in tables.items()}


def _is_table(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.casefold() == ".csv" and "meta" not in path.parts


def _read(source: Source) -> SamplesFile:
    tables = _tables(source)
    acc = _stream(tables, "accelerometer", _ACC, _ANY_ACC)
    gyr = _stream(tables, "gyroscope", _GYR, _ANY_GYR)
    if acc is None and any(
        _LINEAR[0] in table.names or name.startswith(_WITHOUT_GRAVITY) for name, table in tables.items()
    ):
        source.refuse(f"has acceleration without gravity only; export Acceleration (with g): {_ADVICE}")
    if acc is None or gyr is None:
        source.refuse(f"has no {'accelerometer' if acc is None else 'gyroscope'} samples; {_ADVICE}")
    starts = _starts(source)
    first_s = max(acc.t_s[0], gyr.t_s[0]) if len(acc.t_s) and len(gyr.t_s) else 0.0
    acc, gyr = (Stream(_with_pauses(stream.t_s, starts, source), stream.values) for stream in (acc, gyr))
    try:
        started = _started(starts, first_s)
    except (OSError, OverflowError, ValueError):
        source.refuse("has a start in meta/time.csv that is no time; export it again")
    return at_gyroscope(source, acc, gyr, started)


def _stream(
    tables: dict[str, TextTable], own: str, names: tuple[str, ...], any_names: tuple[str, ...]
) -> Stream | None:
    """Find a sensor's table: by its columns, or by the set's name where the columns are called X, Y and Z."""
    for name, table in tables.items():
        if name.startswith(_WITHOUT_GRAVITY):
            continue
        columns = names if names[0] in table.names else any_names
        if columns[0] in table.names and (columns is names or name == own):
            table.require((_TIME, *columns), _ADVICE)
            rows = _filled(table.numbers((_TIME, *columns)))
            return Stream(rows[:, 0], rows[:, 1:])
    return None


def _filled(rows: Floats) -> Floats:
    """Leave out the rows at the end that only another column filled up."""
    has_all = np.flatnonzero(np.isfinite(rows).all(axis=1))
    return rows[: has_all[-1] + 1] if len(has_all) else rows[:0]


def _starts(source: Source) -> list[tuple[float, float, str]]:
    """Read when it was started: experiment time, seconds since 1970, text; none where it is not told."""
    name = source.find("time.csv")
    if name is None:
        return []
    table = text_table(source, source.read(name))
    table.require(_EVENTS, "export it again")
    if not table.rows.strip():
        return []
    events, texts = table.texts(_EVENTS[0]), table.texts(_EVENTS[3])
    times = table.numbers(_EVENTS[1:3]).tolist()
    told = zip(events, times, texts, strict=True)
    return [(at_s, epoch_s, text) for event, (at_s, epoch_s), text in told if event == "START"]


def _with_pauses(t_s: Floats, starts: list[tuple[float, float, str]], source: Source) -> Floats:
    """Put the pauses back: what came after another start was moved up to what was before."""
    moved = t_s.copy()
    for (before_s, before_epoch_s, _), (at_s, epoch_s, _) in pairwise(starts):
        pause_s = (epoch_s - before_epoch_s) - (at_s - before_s)
        if not pause_s >= 0.0:
            source.refuse("was paused while the phone's clock was set back; export the parts by themselves")
        moved[t_s >= at_s] += pause_s
    return moved


def _started(starts: list[tuple[float, float, str]], first_s: float) -> str:
    """Say when the first sample was taken; "" where the file does not tell."""
    if not starts:
        return ""
    at_s, epoch_s, text = starts[0]
    match = _OFFSET.search(text)
    offset = timedelta()
    if match:
        offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
        offset = -offset if match["sign"] == "-" else offset
    moment = datetime.fromtimestamp(round(epoch_s + first_s - at_s, 3), timezone(offset))
    return moment.isoformat(timespec="milliseconds")


PHYPHOX = Format(TITLE, _fits, _read)
"""The export of phyphox."""
