"""An athlete's files deleted: what is to go is written down first, so that no crash goes unnoticed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tracker.archive.files import FOR_OWNER, left_unfinished, replace_files
from tracker.archive.holdings import is_recording
from tracker.archive.library import Library
from tracker.archive.manifest import is_plain
from tracker.errors import InputError

_PATIENCE_S = 0.5
"""How long others may hold the index before it is deleted; they make it anew."""

_ATHLETE, _FILES = "athlete", "files"


@dataclass(frozen=True, slots=True)
class Deletion:
    """What is to go.

    Attributes
    ----------
    athlete
        Whose it is.
    files
        Names of files in the folder of the sessions.
    """

    athlete: str
    files: tuple[str, ...]


def cut_off_deletion(note: Path) -> Deletion | None:
    """Read what was to go when a deletion was cut off; None when none was.

    Parameters
    ----------
    note
        The file in which it was written down.

    Raises
    ------
    InputError
        If the note cannot be read, or is not as it is written here.
    """
    try:
        said = json.loads(note.read_bytes())
        deletion = Deletion(said[_ATHLETE], tuple(said[_FILES]))
        if not isinstance(deletion.athlete, str) or not all(map(_is_name, deletion.files)):
            raise ValueError("it names what is no file")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        why = f"{note} says what was to be deleted when that was cut off, and cannot be read ({error})"
        raise InputError(f"{why}; remove it, and delete again") from error
    return deletion


def delete(deletion: Deletion, folder: Path, note: Path, index: Path) -> None:
    """Delete files, and what the library's index holds of them.

    Recordings go last, for they say whose the others are; a file that is gone already is passed over.

    Parameters
    ----------
    deletion
        What is to go.
    folder
        Of the sessions.
    note
        Where to write down what is to go; removed when all of it has gone, with what a crash left of it.
    index
        Of the library; it may be missing.

    Raises
    ------
    InputError
        If the note cannot be written: then nothing was deleted. If a file cannot be deleted: then those
        before it were, and the note says what is left.
    """
    names = sorted(deletion.files, key=lambda name: (is_recording(name), name))
    try:
        replace_files({note: json.dumps({_ATHLETE: deletion.athlete, _FILES: names}).encode()}, FOR_OWNER)
    except InputError as error:
        raise InputError(f"nothing was deleted: {error}") from error
    try:
        for path in [folder / name for name in names]:
            path.unlink(missing_ok=True)
        path = index
        _forget([folder / name for name in names], folder, index)
        for path in [*left_unfinished(note), note]:
            path.unlink()
    except OSError as error:
        raise InputError(
            f"{path} cannot be deleted ({error.strerror}); mend that and delete again"
        ) from error


def _forget(files: Sequence[Path], folder: Path, index: Path) -> None:
    """Have the index hold nothing of files that are gone, in no free page either; else it goes as a whole."""
    if not index.exists():
        return
    try:
        with Library(folder, index) as library:
            library.refresh(files)
        with closing(sqlite3.connect(index, _PATIENCE_S, isolation_level=None)) as file:
            file.execute("VACUUM")
            [is_busy, *_] = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not is_busy:
            return
    except sqlite3.Error:
        pass
    for ending in ("", "-wal", "-shm"):
        index.with_name(f"{index.name}{ending}").unlink(missing_ok=True)


def _is_name(said: object) -> bool:
    return isinstance(said, str) and is_plain(said)
