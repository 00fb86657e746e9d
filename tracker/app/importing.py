"""Files of other apps become sessions of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tracker.app.terminal import Terminal
from tracker.archive.keeping import keep
from tracker.archive.settings import sessions_folder
from tracker.errors import TrackerError


def import_files(terminal: Terminal, files: Sequence[Path]) -> int:
    """Copy foreign files into the sessions folder; one that cannot be used is reported, the others are done.

    Returns
    -------
    int
        How many files could not be used.
    """
    failed = 0
    for file in terminal.tracked(files, "importing"):
        try:
            kept, warnings = keep(file, sessions_folder())
        except TrackerError as error:
            failed += 1
            terminal.complain(str(error))
            continue
        terminal.say(f"{file}: recorded as {kept}")
        for warning in warnings:
            terminal.say(f"  {warning}")
    return failed
