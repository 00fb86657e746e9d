"""Movesense: the JSON that the maker's showcase app and logbook converter write.

How sure: [A] read in the maker's own document, [B] in files or programs of others, [D] our reading. No sensor
of ours was tried.

- ``{"Meas": {"IMU6": [chunk, ...]}}`` (or IMU9) from the showcase app [B: github.com/tjrantal/
  movesenseJsonReader, data/ and IMUData.java]; ``{"Samples": [{"TimeDetailed": ...}, {"MeasIMU6": chunk},
  ...]}`` from a logbook read with sbem2json [B: github.com/sensein/movesense-py, json2zarr.py and
  ms_json2csv.py].
- A chunk has ``Timestamp``, ms since boot, u32, of its **first** sample, and arrays of equal length of
  ``ArrayAcc``, m/s2 with gravity, + on the axis that points up at rest, and ``ArrayGyro``, deg/s [see the
  firmware note on Movesense].
- ``TimeDetailed`` has ``relativeTime``, ms since boot, and ``utcTime``, us since 1970 [B; one program
  says that it agreed to 3 ms in a recording].
- The samples between two stamps are spread evenly [B: both programs]; after a hole, and in the last chunk,
  at the usual period.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import orjson

from tracker.archive.imports.foreign import DEG_RAD, Format, samples
from tracker.archive.imports.in_time import unwrapped, without_doubles
from tracker.archive.imports.source import Source
from tracker.archive.samples_file import SamplesFile
from tracker.sensing.samples import Floats, Ints

TITLE = "Movesense"

MOST_BYTES = 1 << 27
"""JSON takes ten times its size in memory; 128 MB are an hour at 104 Hz with the magnetometer."""

_ADVICE = (
    "expected is JSON with chunks of Timestamp, ArrayAcc and ArrayGyro as Meas: IMU6 or IMU9, or as "
    "MeasIMU6 or MeasIMU9 in Samples: record IMU6"
)
_BITS = 32
_MS_PER_S = 1000.0
_HOLE = 1.5
"""A step of so many chunks is a hole, in which nothing was recorded."""


def _fits(source: Source) -> bool:
    return source.lone is not None and source.head(source.lone).lstrip().startswith(b"{")


def _read(source: Source) -> SamplesFile:
    content = source.read_lone()
    if len(content) > MOST_BYTES:
        source.refuse(f"is JSON of over {MOST_BYTES >> 20} MB; cut it into single trainings")
    try:
        chunks, clock = _chunks(orjson.loads(content))
    except orjson.JSONDecodeError as error:
        source.refuse(f"is cut or no JSON ({error}); export it again")
    if not chunks:
        source.refuse(f"holds no IMU samples; {_ADVICE}")
    try:
        stamps, sizes, values = _arrays(chunks)
        started = _started(clock, int(stamps[0]))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        source.refuse(f"has a chunk that is not as it should be ({error}); {_ADVICE}")
    t_s = _times(unwrapped(stamps, _BITS, source), sizes, source)
    t_s, values = without_doubles(t_s, values, "sensor", source)
    return samples(t_s, started, values[:, :3], values[:, 3:] * DEG_RAD)


def _arrays(chunks: list[Any]) -> tuple[Ints, Ints, Floats]:
    """Give stamps, ms, and sizes of the chunks, and all samples, shape (n, 6)."""
    stamps = np.array([chunk["Timestamp"] for chunk in chunks], np.int64)
    sizes = np.array([len(chunk["ArrayAcc"]) for chunk in chunks], np.int64)
    if sizes.min() == 0 or [len(chunk["ArrayGyro"]) for chunk in chunks] != sizes.tolist():
        raise ValueError("its arrays are empty or differ in length")
    return stamps, sizes, np.hstack([_vectors(chunks, name) for name in ("ArrayAcc", "ArrayGyro")])


def _chunks(said: object) -> tuple[list[Any], Mapping[str, Any] | None]:
    """Find the chunks, and what was said of the clock; none where they are not where they should be."""
    if not isinstance(said, dict):
        return [], None
    meas, entries = said.get("Meas"), said.get("Samples")
    if isinstance(meas, dict):
        found = meas.get("IMU6") or meas.get("IMU9")
        return found if isinstance(found, list) else [], None
    entries = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    chunks = [chunk for entry in entries for key, chunk in entry.items() if key in ("MeasIMU6", "MeasIMU9")]
    return chunks, next((entry["TimeDetailed"] for entry in entries if "TimeDetailed" in entry), None)


def _vectors(chunks: list[Any], name: str) -> Floats:
    vectors = [[vector["x"], vector["y"], vector["z"]] for chunk in chunks for vector in chunk[name]]
    return np.array(vectors, np.float64)


def _times(stamps_ms: Ints, sizes: Ints, source: Source) -> Floats:
    """Spread the samples of every chunk between its stamp and the next one."""
    if len(stamps_ms) < 2:
        source.refuse(
            "has a single chunk, which tells no rate; choose a recording with at least one set in it"
        )
    steps_ms = np.diff(stamps_ms) / sizes[:-1]
    usual_ms = float(np.median(steps_ms))
    is_whole = steps_ms <= _HOLE * usual_ms
    periods_ms = np.append(np.where(is_whole, steps_ms, usual_ms), usual_ms)
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    t_s: Floats = (np.repeat(stamps_ms, sizes) + within * np.repeat(periods_ms, sizes)) / _MS_PER_S
    return t_s


def _started(clock: Mapping[str, Any] | None, first_ms: int) -> str:
    if clock is None:
        return ""
    since = timedelta(microseconds=int(clock["utcTime"]), milliseconds=first_ms - int(clock["relativeTime"]))
    return (datetime(1970, 1, 1, tzinfo=UTC) + since).isoformat(timespec="milliseconds")


MOVESENSE = Format(TITLE, _fits, _read)
"""The JSON of Movesense's apps."""
