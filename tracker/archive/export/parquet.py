"""The tables as Parquet files: the columns of the CSV with their types, and where they are from."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from tracker.archive.export.exported import Exported
from tracker.archive.header import this_software
from tracker.archive.tables import SCHEMA
from tracker.coaching.results import Session

_ID, _STARTED = "session_id", "started"
"""Metadata of one session."""


def parquet_files(exported: Exported) -> dict[str, bytes]:
    """Write each table that is wanted; by the ending of its file's name."""
    session = exported.session
    return {
        f".{table.__name__}.parquet": as_parquet(table(session), table.__name__, session)
        for table in exported.tables
    }


def as_parquet(table: pd.DataFrame, name: str, session: Session) -> bytes:
    """Write a table as Parquet.

    What was not measured is null in columns of numbers and "" in those of text, as in the tables: pandas
    reads the same table back. Text stays as it was said, for no spreadsheet computes it.

    Parameters
    ----------
    table, name
        One of `tracker.archive.tables`, and what it is called.
    session
        Its id and start go into the file's key-value metadata, beside the schema's version and the software.
    """
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    said = {
        "table": name,
        "schema": str(SCHEMA),
        _ID: session.session_id,
        _STARTED: session.started,
        "software": this_software(),
    }
    metadata = {key.encode(): value.encode() for key, value in said.items()}
    return _as_file(arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), **metadata}))


def joined_parquet(contents: Sequence[bytes]) -> bytes:
    """Put files of one table behind each other; the metadata then name no session."""
    parts = [parquet.read_table(BytesIO(content)) for content in contents]
    metadata = dict(parts[0].schema.metadata)
    for of_one in (_ID, _STARTED):
        metadata.pop(of_one.encode())
    whole = pa.concat_tables(parts, promote_options="default")
    return _as_file(whole.replace_schema_metadata(metadata))


def _as_file(table: pa.Table) -> bytes:
    file = BytesIO()
    parquet.write_table(table, file)
    return file.getvalue()
