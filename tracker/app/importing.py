"""Files of other apps become sessions of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tracker.app.batch import each
from tracker.app.dates import moment_of
from tracker.app.terminal import Terminal
from tracker.archive.analyze import analyze
from tracker.archive.export.csv import write_tables
from tracker.archive.importers import stem
from tracker.archive.keeping import Told, keep
from tracker.archive.settings import sessions_folder
from tracker.errors import InputError
from tracker.sensing.marks import Declared


def told_of(files: Sequence[Path], declared: Declared, started: str | None) -> Told:
    """Take what is said of foreign files on the command line.

    Raises
    ------
    InputError
        If the start is no time, or one for several files.
    """
    if started is None:
        return Told(declared)
    if len(files) > 1:
        raise InputError("--started says when one file began; import them one by one")
    return Told(declared, moment_of(started, "--started").isoformat())


def import_files(terminal: Terminal, files: Sequence[Path], told: Told) -> int:
    """Copy foreign files into the sessions folder; one that cannot be used is reported, the others are done.

    The tables lie beside each, as they do after training.

    Parameters
    ----------
    terminal
        For a line about each file.
    files
        Exports of other apps, or samples.
    told
        What a person says of all of them.

    Returns
    -------
    int
        How many files could not be used.
    """

    def keep_one(file: Path) -> None:
        kept, warnings = keep(file, sessions_folder(), told)
        write_tables(analyze(kept), kept.parent, stem(kept))
        terminal.say(f"{file}: recorded as {kept}")
        for warning in warnings:
            terminal.say(f"  {warning}")

    return each(terminal, files, "importing", keep_one)
