"""The tables as CSV files: UTF-8, RFC 4180. And how text stands in a CSV file of any format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from tracker.archive import tables
from tracker.archive.export.exported import Exported, Table
from tracker.archive.files import replace_files
from tracker.coaching.results import Session

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_tables(session: Session, folder: Path, stem: str) -> tuple[Path, ...]:
    """Write ``STEM.reps.csv``, ``.sets.csv``, ``.sides.csv``, ``.balance.csv`` and ``.motions.csv``.

    Parameters
    ----------
    session
        What to write; a table without rows is a header.
    folder
        Made where it is missing; files of these names are replaced, each as a whole.
    stem
        See `tracker.archive.importers.stem`.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    InputError
        If one cannot be written.
    """
    contents = _contents(session, tables.TABLES)
    files = {folder / f"{stem}{ending}": content for ending, content in contents.items()}
    replace_files(files)
    return tuple(files)


def csv_files(exported: Exported) -> dict[str, bytes]:
    """Write each table that is wanted; by the ending of its file's name."""
    return _contents(exported.session, exported.tables)


def as_csv(table: pd.DataFrame) -> bytes:
    """Write a table as CSV: lines end in CRLF, empty is not measured, no text can be a formula."""
    text = table.select_dtypes(exclude="number").columns
    safe = table.assign(**{str(name): table[name].map(as_plain_text) for name in text})
    return safe.to_csv(index=False, lineterminator="\r\n").encode()


def joined_csv(contents: Sequence[bytes]) -> bytes:
    """Put files of one kind behind each other, under the header of the first."""
    return b"".join([contents[0], *(content.partition(b"\n")[2] for content in contents[1:])])


def as_plain_text(said: str) -> str:
    """Keep a spreadsheet from computing what a person wrote: a quote mark before what it would take so.

    Examples
    --------
    >>> as_plain_text("=1+1"), as_plain_text("Ana")
    ("'=1+1", 'Ana')
    """
    return f"'{said}" if said.startswith(_STARTS_A_FORMULA) else said


def quoted(said: str) -> str:
    """Write text as a cell in quotation marks; it cannot be a formula.

    Examples
    --------
    >>> print(quoted('the "big" one'))
    "the ""big"" one"
    """
    return '"' + as_plain_text(said).replace('"', '""') + '"'


def _contents(session: Session, wanted: tuple[Table, ...]) -> dict[str, bytes]:
    return {f".{table.__name__}.csv": as_csv(table(session)) for table in wanted}
