"""What newer code says of an old recording, against the tables that were written when it was recorded.

`tracker train` and `import` leave the tables beside the recording, as the code of that day had them, and
nothing writes over them. What was said of the session afterwards takes no part in the comparison.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from tracker.archive import tables
from tracker.archive.analyze import session_of
from tracker.archive.export.csv import as_csv
from tracker.archive.files import read_file
from tracker.archive.importers import open_any, stem
from tracker.coaching.results import Session
from tracker.errors import InputError

COUNTS = ("attempts", "reps", "clean")
"""A set is told of where one of these differs; its other figures follow from them, or are in its side's."""

ROW = "row"
"""What differs where a side or a set was not there before, or is not any more."""

_NO_RESULT = ("session_id", "start_time", "athlete", "exercise", "side", "set")
"""Columns that name a row."""

_Cells = dict[str, str]
_Rows = dict[str, _Cells]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is another one today.

    Attributes
    ----------
    of
        What it is a figure of: "left", "set 3".
    figure
        As the column is called, with its unit; `ROW` for a side or a set that is new or gone.
    was, now
        As the tables have them, "" for none; the reps of a row that is new or gone.
    """

    of: str
    figure: str
    was: str
    now: str

    @property
    def change(self) -> float:
        """How much more it is today; nan where that is no number."""
        try:
            return float(self.now) - float(self.was)
        except ValueError:
            return math.nan


@dataclass(frozen=True, slots=True)
class ChangedResults:
    """What differs.

    Attributes
    ----------
    session
        Its name.
    software
        What recorded it, and wrote the tables of that day.
    has_tables
        Whether any were kept.
    differences
        All that differs: the sides first, then the sets.
    """

    session: str
    software: str
    has_tables: bool
    differences: tuple[Difference, ...] = ()


def changed_results(file: Path) -> ChangedResults:
    """Analyse a recording as it was recorded, and compare that with the tables that lie beside it.

    Parameters
    ----------
    file
        The first segment of a session.

    Raises
    ------
    InputError
        If the recording or the tables cannot be read.
    """
    recording = open_any(file)
    kept = {name: path for name in ("sides", "sets") if (path := _beside(file, name)).exists()}
    if not kept:
        return ChangedResults(stem(file), recording.header.software, has_tables=False)
    session = session_of(recording)
    differences = [each for name, path in kept.items() for each in _compared(name, path, session)]
    return ChangedResults(stem(file), recording.header.software, True, tuple(differences))


def _beside(file: Path, table: str) -> Path:
    return file.with_name(f"{stem(file)}.{table}.csv")


def _compared(name: str, path: Path, session: Session) -> Iterator[Difference]:
    table, key = (tables.sides, "side") if name == "sides" else (tables.sets, "set")
    was, now = _rows(read_file(path), key, path), _rows(as_csv(table(session)), key, path)
    for value in dict.fromkeys([*was, *now]):
        of = value if key == "side" else f"set {value}"
        if value not in was or value not in now:
            reps = [rows[value].get("reps", "") if value in rows else "" for rows in (was, now)]
            yield Difference(of, ROW, *reps)
        elif key == "side":
            yield from _cells(of, was[value], now[value], [*now[value]])
        else:
            yield from _cells(of, was[value], now[value], COUNTS)


def _cells(of: str, was: _Cells, now: _Cells, figures: Sequence[str]) -> Iterator[Difference]:
    for figure in figures:
        known = figure in was and figure in now and figure not in _NO_RESULT
        if known and was[figure] != now[figure]:
            yield Difference(of, figure, was[figure], now[figure])


def _rows(content: bytes, key: str, path: Path) -> _Rows:
    try:
        rows = list(csv.DictReader(StringIO(content.decode(), newline=""), strict=True))
        if any(cell is None or name is None for row in rows for name, cell in row.items()):
            raise ValueError("a row of it is cut")
        return {row[key]: dict(row) for row in rows}
    except (ValueError, csv.Error, KeyError) as error:
        raise InputError(f"{path} is no table of this program ({error}); move it away") from error
