"""Samples files of others, CSV or Parquet: their columns and what they say about the session."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from tracker.errors import InputError
from tracker.sensing.marks import Declared, Side
from tracker.sensing.samples import Floats

TIME, ARRIVAL = "t_s", "arrival_s"
ACC = ("acc_x_m_s2", "acc_y_m_s2", "acc_z_m_s2")
GYR = ("gyr_x_rad_s", "gyr_y_rad_s", "gyr_z_rad_s")
QUATERNION = ("qw", "qx", "qy", "qz")

_PARQUET = b"PAR1"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NEEDED = f"samples need {TIME} and {','.join((*ACC, *GYR))}, or {TIME} and {','.join(QUATERNION)}"


@dataclass(frozen=True, slots=True, eq=False)
class SamplesFile:
    """What a samples file holds.

    Attributes
    ----------
    t_s
        Shape (n,), s, device time.
    arrival_s
        Shape (n,), s, host clock, equal for the samples of one packet; or None.
    acc_m_s2, gyr_rad_s, earth_from_sensor
        Shapes (n, 3), (n, 3), (n, 4), as in `tracker.sensing.samples.Readings`, or None.
    declared
        Side, load, athlete and exercise, as far as the file names them.
    started
        ISO 8601, or "".
    """

    t_s: Floats
    arrival_s: Floats | None
    acc_m_s2: Floats | None
    gyr_rad_s: Floats | None
    earth_from_sensor: Floats | None
    declared: Declared
    started: str


def read_samples(content: bytes, path: Path) -> SamplesFile:
    """Read the columns and the metadata of a samples file.

    Parameters
    ----------
    content
        The file, decompressed: Parquet, or else taken for CSV with ``# key: value`` lines above it.
    path
        Its name, for what is said when it cannot be used.

    Raises
    ------
    InputError
        If it is neither, is cut, lacks columns, or holds text where numbers must be.
    """
    try:
        table, metadata = _parquet(content, path) if content.startswith(_PARQUET) else _csv(content, path)
        columns = {name: _floats(table.column(name)) for name in table.column_names}
    except (pa.ArrowException, OSError) as error:
        said = str(error).splitlines()[0]
        raise InputError(
            f"{path} is cut or is no samples file ({said}); take a copy that is whole"
        ) from error
    return SamplesFile(
        t_s=columns[TIME],
        arrival_s=columns.get(ARRIVAL),
        acc_m_s2=_block(columns, ACC),
        gyr_rad_s=_block(columns, GYR),
        earth_from_sensor=_block(columns, QUATERNION),
        declared=_declared(metadata, path),
        started=_started(metadata, path),
    )


def _floats(column: pa.ChunkedArray[Any]) -> Floats:
    known = column.cast(pa.float64()).combine_chunks()
    if known.null_count:
        return known.to_numpy(zero_copy_only=False)  # nan where a cell is empty
    return np.asarray(np.from_dlpack(known), np.float64)  # to_numpy would import pandas: 0.3 s


def _block(columns: Mapping[str, Floats], names: Sequence[str]) -> Floats | None:
    return np.column_stack([columns[name] for name in names]) if names[0] in columns else None


_FORMULA = re.compile(r"""([,;]["\s]*)(?='*[=+\-@])""")
"""Where a spreadsheet, for which a line above the samples is several cells, would begin to compute one."""

_GUARDED = re.compile(_FORMULA.pattern.replace("(?=", "'(?="))


def without_formulas(said: str) -> str:
    """Write what was said so that no spreadsheet computes it; `as_said` reads it.

    Examples
    --------
    >>> without_formulas("coach; @ana"), as_said("coach; '@ana")
    ("coach; '@ana", 'coach; @ana')
    """
    return _FORMULA.sub(r"\1'", said)


def as_said(written: str) -> str:
    """Take back what `without_formulas` put in."""
    return _GUARDED.sub(r"\1", written)


def _parquet(content: bytes, path: Path) -> tuple[pa.Table, dict[str, str]]:
    file = parquet.ParquetFile(pa.BufferReader(content))
    said = file.metadata.metadata or {}
    metadata = {key.decode(errors="replace"): value.decode(errors="replace") for key, value in said.items()}
    return file.read(columns=_wanted(file.schema_arrow.names, path)), metadata


def _csv(content: bytes, path: Path) -> tuple[pa.Table, dict[str, str]]:
    content = content.removeprefix(_BYTE_ORDER_MARK)
    metadata = {}
    start = 0
    try:
        for line in _lines_above(content):
            start += len(line)
            key, _, value = line.decode().strip("\r\n\t ").lstrip("#").partition(":")
            metadata[key.strip().lower()] = as_said(value.strip())
        header = content[start:].partition(b"\n")[0].decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is neither a recording nor samples as CSV or Parquet; choose one"
        ) from error
    names = [name.strip('"\r ') for name in header.split(",")]
    wanted = _wanted(names, path)
    read = csv.ReadOptions(column_names=names, skip_rows=1)  # the names as they are here, without spaces
    convert = csv.ConvertOptions(include_columns=wanted, column_types=dict.fromkeys(wanted, pa.float64()))
    return csv.read_csv(BytesIO(content[start:]), read_options=read, convert_options=convert), metadata


def _lines_above(content: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(content):
        end = content.find(b"\n", start) + 1 or len(content)
        line = content[start:end]
        if line.strip() and not line.startswith(b"#"):
            return
        yield line
        start = end


def _wanted(names: Sequence[str], path: Path) -> list[str]:
    groups = [group for group in (ACC, GYR, QUATERNION) if set(group) & set(names)]
    wanted = [TIME, *(name for group in groups for name in group)]
    missing = [name for name in wanted if name not in names]
    if not groups and TIME not in names:
        raise InputError(f"{path} has no column of samples, and is no export that is known; {_NEEDED}")
    if missing or not (QUATERNION in groups or {ACC, GYR} <= set(groups)):
        lack = f"has no column {missing[0]}" if missing else "has not enough columns"
        raise InputError(f"{path} {lack}; {_NEEDED}")
    wanted += [ARRIVAL] if ARRIVAL in names else []
    doubled = [name for name in wanted if names.count(name) > 1]
    if doubled:
        raise InputError(f"{path} has the column {doubled[0]} twice; leave one out")
    return wanted


def _declared(metadata: Mapping[str, str], path: Path) -> Declared:
    side, load_kg = metadata.get("side"), metadata.get("load_kg")
    return Declared(
        side=_side(side, path) if side else None,
        load_kg=_load_kg(load_kg, path) if load_kg else None,
        athlete=metadata.get("athlete") or None,
        exercise=metadata.get("exercise") or None,
    )


def _side(said: str, path: Path) -> Side:
    try:
        return Side(said.lower())
    except ValueError as error:
        raise InputError(f'{path} says "side: {said}"; write left, right or unknown') from error


def _load_kg(said: str, path: Path) -> float:
    try:
        load_kg = float(said)
    except ValueError:
        load_kg = math.nan
    if not 0 <= load_kg < math.inf:
        raise InputError(f'{path} says "load_kg: {said}"; write the weight as a number, in kg')
    return load_kg


def _started(metadata: Mapping[str, str], path: Path) -> str:
    said = metadata.get("start", "")
    try:
        return datetime.fromisoformat(said).isoformat() if said else ""
    except ValueError as error:
        raise InputError(f'{path} says "start: {said}"; write it like 2026-01-31T18:05:00+01:00') from error
