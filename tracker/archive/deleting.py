"""An athlete's files deleted: what is to go is written down first, so that no crash goes unnoticed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tracker.archive.files import FOR_OWNER, replace_files
from tracker.archive.holdings import is_recording
from tracker.archive.manifest import is_plain
from tracker.errors import InputError

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


def delete(folder: Path, athlete: str, files: Sequence[Path], note: Path) -> None:
    """Delete files; recordings go last, for they say whose the others are.

    Parameters
    ----------
    folder
        Of the sessions.
    athlete
        Whose they are.
    files
        Files in it; one that is gone already is passed over.
    note
        Where to write down what is to go; removed when all of it has gone.

    Raises
    ------
    InputError
        If the note cannot be written: then nothing was deleted. If a file cannot be deleted: then those
        before it were, and the note says what is left.
    """
    names = sorted((path.name for path in files), key=lambda name: (is_recording(name), name))
    try:
        replace_files({note: json.dumps({_ATHLETE: athlete, _FILES: names}).encode()}, FOR_OWNER)
    except InputError as error:
        raise InputError(f"nothing was deleted: {error}") from error
    try:
        for name in names:
            path = folder / name
            path.unlink(missing_ok=True)
        path = note
        note.unlink()
    except OSError as error:
        raise InputError(
            f"{path} cannot be deleted ({error.strerror}); mend that and delete again"
        ) from error


def _is_name(said: object) -> bool:
    return isinstance(said, str) and is_plain(said)
