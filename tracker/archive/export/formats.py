"""The formats by name. To add one: a file beside this one, and a line in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracker.archive.export.csv import csv_files, joined_csv
from tracker.archive.export.exported import Exported
from tracker.archive.export.fit import fit_files
from tracker.archive.export.hevy import hevy_files
from tracker.archive.export.html import html_files
from tracker.archive.export.parquet import joined_parquet, parquet_files
from tracker.archive.export.samples import samples_files
from tracker.archive.export.strong import strong_files


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Attributes
    ----------
    files
        Writes a session: the contents of its files by the endings of their names.
    has_tables
        Whether it holds the tables, so that one of them can be chosen.
    has_sets
        Whether it holds sets, so that those of one leg can be chosen.
    joined
        Makes one file of the same file of several sessions; None where a file holds one session.
    """

    files: Callable[[Exported], Mapping[str, bytes]]
    has_tables: bool = False
    has_sets: bool = True
    joined: Callable[[Sequence[bytes]], bytes] | None = None


FORMATS: Final = {
    "csv": Format(csv_files, has_tables=True, joined=joined_csv),
    "parquet": Format(parquet_files, has_tables=True, joined=joined_parquet),
    "fit": Format(fit_files),
    "hevy": Format(hevy_files, joined=joined_csv),
    "strong": Format(strong_files, joined=joined_csv),
    "html": Format(html_files),
    "samples": Format(samples_files, has_sets=False),
}
