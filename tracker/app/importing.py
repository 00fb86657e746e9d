"""Files of other apps become sessions of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tracker.app.batch import each
from tracker.app.terminal import Terminal
from tracker.archive.analyze import analyze
from tracker.archive.export.csv import write_tables
from tracker.archive.importers import stem
from tracker.archive.keeping import keep
from tracker.archive.settings import sessions_folder


def import_files(terminal: Terminal, files: Sequence[Path]) -> int:
    """Copy foreign files into the sessions folder; one that cannot be used is reported, the others are done.

    The tables lie beside each, as they do after training.

    Returns
    -------
    int
        How many files could not be used.
    """

    def keep_one(file: Path) -> None:
        kept, warnings = keep(file, sessions_folder())
        write_tables(analyze(kept), kept.parent, stem(kept))
        terminal.say(f"{file}: recorded as {kept}")
        for warning in warnings:
            terminal.say(f"  {warning}")

    return each(terminal, files, "importing", keep_one)
