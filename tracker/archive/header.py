"""What a recording says about itself: JSON in the metadata of its Arrow schema."""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, dataclass, field, fields
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from tracker.archive.rows import FIELDS
from tracker.errors import InputError

FORMAT = "tracker-recording"
VERSION = 1
"""Of the format; a reader refuses a higher one, because it may mean other things by the same names."""

_KEY = b"tracker"


def this_software() -> str:
    """Name this program and its version, for what it writes."""
    return f"thrust-tracker {version('thrust-tracker')}"


@dataclass(frozen=True, slots=True)
class Header:
    """What a recording says about itself.

    Attributes
    ----------
    session_id
        Name of the session; its segments share it.
    segment
        From 1; a session that was interrupted goes on in the next segment.
    started
        When `t_ns` was 0, ISO 8601 with offset; "" when it is not known.
    software
        What wrote it.
    first_row
        How many rows the run of the program that wrote this segment had written into earlier ones: its
        clock and its links go on. 0: a new run, with a clock and links of its own.
    repeats
        How many rows at the beginning stand in earlier segments already: the marks without which this one
        could not be read alone.
    imported
        Of which foreign file it was made: its format and its name; "" where a sensor was recorded.
    """

    session_id: str
    segment: int
    started: str
    software: str = field(default_factory=this_software)
    first_row: int = 0
    repeats: int = 0
    imported: str = ""


_LATER = {own.name: own.default for own in fields(Header) if own.default is not MISSING}
"""Fields that came later: where they are missing, they say nothing."""


def as_metadata(header: Header) -> dict[bytes | str, bytes | str]:
    """Write a header as the metadata of a schema."""
    said = {name: value for name, value in asdict(header).items() if name not in _LATER or value}
    return {_KEY: json.dumps({"format": FORMAT, "version": VERSION, **said}).encode()}


def header_of(schema: pa.Schema, path: Path) -> Header:
    """Read the header back; `path` is named where it cannot be used.

    Raises
    ------
    InputError
        If it is missing, damaged, or from a newer version.
    """
    try:
        said = json.loads((schema.metadata or {}).get(_KEY, b"{}"))
        if said.get("format") != FORMAT:
            raise InputError(f"{path} is Arrow but no recording; choose a recording, samples CSV or Parquet")
        if said["version"] > VERSION:
            raise InputError(f"{path} is of a newer version ({said.get('software')}); update tracker")
        if not schema.equals(pa.schema(FIELDS)):
            raise ValueError("its columns are others")
        if said["started"]:
            datetime.fromisoformat(said["started"])
        return Header(**{own.name: (_LATER | said)[own.name] for own in fields(Header)})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} has a damaged header; take a copy that is whole") from error
