"""The decoded samples on t_s, as CSV and Parquet, in the columns that `tracker analyze` reads.

What such a file cannot say, its reader does not know: which samples were at the end of the sensor's
range, how the handle lies in a calibrated sensor (its acceleration is corrected all the same), and a leg,
load, athlete or lift that changed. Legs that took turns stand in its metadata as "sides", in the words of
``tracker analyze --sides``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from tracker.archive.export.exported import Exported
from tracker.archive.header import this_software
from tracker.archive.importers import open_any
from tracker.archive.recording import Recording
from tracker.archive.samples_file import ACC, GYR, QUATERNION, TIME, without_formulas
from tracker.coaching.results import Session, Set
from tracker.errors import InputError
from tracker.sensing.decoding import Decoding
from tracker.sensing.marks import Mark, Side, Stopped
from tracker.sensing.samples import Floats, Samples


def samples_files(exported: Exported) -> dict[str, bytes]:
    """Write the samples twice, as CSV and as Parquet; by the endings of their names.

    Raises
    ------
    InputError
        If the recording cannot be read, or holds no samples.
    """
    columns = _columns(list(_blocks(open_any(exported.path))), exported)
    said = {key: " ".join(value.split()) for key, value in _said(exported.session).items() if value}
    return {".samples.csv": _csv(columns, said), ".samples.parquet": _parquet(columns, said)}


def _blocks(recording: Recording) -> Iterator[Samples]:
    """Decode a recording as `tracker.path` does."""
    decoding = Decoding()
    for item in recording.items:
        samples, _ = decoding.step_mark(item) if isinstance(item, Mark) else decoding.step(item)
        if samples is not None:
            yield samples
        if isinstance(item, Mark) and isinstance(item.body, Stopped):
            yield from _rest(decoding)
    yield from _rest(decoding)


def _rest(decoding: Decoding) -> Iterator[Samples]:
    samples, _ = decoding.finish()
    if samples is not None:
        yield samples


def _columns(blocks: list[Samples], exported: Exported) -> pa.Table:
    """Put blocks end to end; a channel that one of them lacks, of another sensor, is left out."""
    if not blocks:
        raise InputError(f"{exported.path} holds no samples; nothing is to be exported")
    columns: dict[str, Floats] = {TIME: np.concatenate([block.t_s for block in blocks])}
    for names, parts in (
        (ACC, [block.acc_m_s2 for block in blocks]),
        (GYR, [block.gyr_rad_s for block in blocks]),
        (QUATERNION, [block.earth_from_sensor for block in blocks]),
    ):
        there = [part for part in parts if part is not None]
        if len(there) == len(parts):
            columns |= dict(zip(names, np.concatenate(there).T, strict=True))
    return pa.table({name: pa.array(np.ascontiguousarray(values)) for name, values in columns.items()})


def _said(session: Session) -> dict[str, str]:
    """Metadata: what holds for the whole session, "" where nothing does."""
    sides = [one.side.value for one in session.sets]
    side = _only(session, lambda one: one.side.value)
    return {
        "session_id": session.session_id,
        "start": session.started,
        "side": "" if side == Side.UNKNOWN else side,
        "sides": "" if side else ",".join(sides),
        "load_kg": _only(session, lambda one: str(one.load_kg)).replace("nan", ""),
        "athlete": _only(session, lambda one: one.athlete),
        "exercise": _only(session, lambda one: one.exercise),
        "software": this_software(),
    }


def _only(session: Session, name: Callable[[Set], str]) -> str:
    """Give what all sets share; "" where they differ."""
    names = {name(one) for one in session.sets}
    return names.pop() if len(names) == 1 else ""


def _csv(columns: pa.Table, said: Mapping[str, str]) -> bytes:
    above = (f"# {key}: {without_formulas(value)}" for key, value in said.items())
    lines = [*above, ",".join(columns.column_names)]
    rows = BytesIO()
    csv.write_csv(columns, rows, csv.WriteOptions(include_header=False))
    return "".join(f"{line}\n" for line in lines).encode() + rows.getvalue()


def _parquet(columns: pa.Table, said: Mapping[str, str]) -> bytes:
    file = BytesIO()
    metadata = {key.encode(): value.encode() for key, value in said.items()}
    parquet.write_table(columns.replace_schema_metadata(metadata), file)
    return file.getvalue()
