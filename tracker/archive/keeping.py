"""Foreign files copied into the sessions folder, as recordings like any other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tracker.archive.appending import Appending, TakenError, unwritable
from tracker.archive.header import Header
from tracker.archive.importers import open_any
from tracker.archive.naming import in_turn, named_after
from tracker.archive.recording import SUFFIX, Recording, read_header
from tracker.archive.rows import Row, as_row
from tracker.errors import InputError
from tracker.sensing.marks import Mark


def keep(path: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    """Copy a foreign file into a folder of recordings, and never write over one.

    It is named after its start, or after the file where that is not told, and its header says what it was
    made of.

    Parameters
    ----------
    path
        A samples file, or an export of another app.
    folder
        For the recording; made where it is missing.

    Returns
    -------
    recording, warnings
        The new file; what is doubtful about the old one, one sentence each.

    Raises
    ------
    InputError
        If it cannot be used, is a recording already, was imported before, or cannot be written.
    """
    recording = open_any(path)
    if recording.header.software:  # something wrote it as a recording
        raise InputError(f"{path} is a recording already; copy it into {folder}")
    for kept in _free(recording.header, folder):
        header = _header(kept, recording.header)
        try:
            file = Appending(kept, header)
        except TakenError:
            _check_other(kept, header, path)
            continue
        except OSError as error:
            raise unwritable(kept, error) from error
        _write(file, recording)
        return kept, recording.warnings
    raise AssertionError("there is always a next number")


def _header(kept: Path, foreign: Header) -> Header:
    name = kept.name.removesuffix(SUFFIX)
    return Header(name, segment=1, started=foreign.started, imported=foreign.imported)


def _free(header: Header, folder: Path) -> Iterator[Path]:
    """Give the names that it may have, the best first."""
    name = header.session_id
    if header.started:
        name = named_after(datetime.fromisoformat(header.started))
    return (folder / f"{one}{SUFFIX}" for one in in_turn(name))


def _check_other(kept: Path, header: Header, path: Path) -> None:
    """Refuse what would be there twice, and counted twice."""
    try:
        other = read_header(kept)
    except InputError:  # what is damaged stays, and is something else
        return
    if (other.imported, other.started) == (header.imported, header.started):
        raise InputError(f"{path} was imported before, as {kept}; delete that one to do it again")


def _write(file: Appending, recording: Recording) -> None:
    try:
        file.append(list(_rows(recording)))
        file.end()
    except OSError as error:
        file.discard()
        raise unwritable(file.path, error) from error
    file.close()


def _rows(recording: Recording) -> Iterator[Row]:
    for item in recording.items:
        if isinstance(item, Mark):
            yield as_row(item)
        else:
            yield from map(as_row, item)
