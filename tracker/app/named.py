"""Recorded sessions by the names that people call them by."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tracker.archive.importers import stem
from tracker.archive.recording import SUFFIX
from tracker.archive.segments import first_files
from tracker.archive.settings import sessions_folder
from tracker.errors import InputError


def recorded() -> list[Path]:
    """Find all recordings in the sessions folder, in order of their names."""
    return sorted(sessions_folder().glob(f"*{SUFFIX}"))


def require_elsewhere(out: Path) -> None:
    """Keep the tables that were written when a session was recorded: today's go to another folder.

    Raises
    ------
    InputError
        If `out` is the sessions folder.
    """
    if out.resolve() == sessions_folder().resolve():
        raise InputError(f"{out} keeps the tables as they were when recorded; choose another folder (--out)")


def recordings_of(name: str) -> list[Path]:
    """Find all segments of a session; or the file of that name.

    Raises
    ------
    InputError
        If there is neither.
    """
    if Path(name).is_file():
        return [Path(name)]
    segments = [file for file in recorded() if name in (stem(file), stem(file).rpartition(".")[0])]
    if not segments:
        raise InputError(f"no session or file is called {name}; the sessions lie in {sessions_folder()}")
    return segments


def first_recording_of(name: str) -> Path:
    """Find the file that a session begins with, with which its later segments are read.

    Raises
    ------
    InputError
        If there is none.
    """
    files = first_files(recordings_of(name))
    return next((file for file in files if stem(file) == name), files[0])


def sessions_named(names: Sequence[str]) -> list[Path]:
    """Find the files that sessions begin with, each once, however often it was named; all when none is named.

    Raises
    ------
    InputError
        If there is none, or none of a given name.
    """
    files = [file for name in names for file in recordings_of(name)] if names else recorded()
    files = list({file.resolve(): file for file in files}.values())
    if not files:
        raise InputError(f"no session is recorded in {sessions_folder()}; run tracker train, or name a file")
    return first_files(files)
