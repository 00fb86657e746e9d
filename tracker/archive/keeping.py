"""Foreign files copied into the sessions folder, as recordings like any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from tracker.archive.appending import Appending, TakenError, unwritable
from tracker.archive.header import Header
from tracker.archive.importers import open_any
from tracker.archive.naming import in_turn, named_after
from tracker.archive.recording import SUFFIX, Recording, read
from tracker.archive.rows import Row, as_row
from tracker.errors import InputError
from tracker.sensing.marks import NO_LINK, Declared, Mark
from tracker.sensing.samples import Packets

NOTHING_DECLARED = Declared()


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of a foreign file; it stands over what the file says itself.

    Attributes
    ----------
    declared
        What all of its sets were.
    started
        When it began, ISO 8601 with offset; "" leaves that to the file.
    """

    declared: Declared = NOTHING_DECLARED
    started: str = ""


NOTHING_TOLD = Told()


def keep(path: Path, folder: Path, told: Told = NOTHING_TOLD) -> tuple[Path, tuple[str, ...]]:
    """Copy a foreign file into a folder of recordings, and never write over one.

    It is named after its start, or after the file where that is not told, and its header says what it was
    made of.

    Parameters
    ----------
    path
        A samples file, or an export of another app.
    folder
        For the recording; made where it is missing.
    told
        What a person says of it, which the recording then holds.

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
    if told.started:
        _check_before(recording, folder, path)
        recording = replace(recording, header=replace(recording.header, started=told.started))
    for kept in _free(recording.header, folder):
        header = _header(kept, recording.header)
        try:
            file = Appending(kept, header)
        except TakenError:
            _check_other(kept, recording, path)
            continue
        except OSError as error:
            raise unwritable(kept, error) from error
        _write(file, recording, told.declared)
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


def _check_before(recording: Recording, folder: Path, path: Path) -> None:
    """Refuse what is there already under the name that it has without a start that is told."""
    for header in {recording.header, replace(recording.header, started="")}:
        for kept in takewhile(Path.exists, _free(header, folder)):
            _check_other(kept, recording, path)


def _check_other(kept: Path, recording: Recording, path: Path) -> None:
    """Refuse what would be counted twice; another training may come in a file of the same name."""
    try:
        other = read(kept)
    except InputError:  # what is damaged stays, and is something else
        return
    if other.header.imported == recording.header.imported and _data(other) == _data(recording):
        raise InputError(f"{path} was imported before, as {kept}; delete that one to do it again")


def _data(recording: Recording) -> bytes:
    return b"".join(item.data.tobytes() for item in recording.items if not isinstance(item, Mark))


def _write(file: Appending, recording: Recording, declared: Declared) -> None:
    try:
        file.append(list(_rows(recording, declared)))
        file.end()
    except BaseException as error:  # half of it would count, and keep the whole from being imported
        file.discard()
        if isinstance(error, OSError):
            raise unwritable(file.path, error) from error
        raise
    file.close()


def _rows(recording: Recording, declared: Declared) -> Iterator[Row]:
    """Give the file's own marks, what is told now, and the packets."""
    marks = [item for item in recording.items if isinstance(item, Mark)]
    told = [Mark(0, NO_LINK, declared)] if declared != NOTHING_DECLARED else []
    yield from map(as_row, [*marks, *told])
    yield from (as_row(packet) for item in recording.items if isinstance(item, Packets) for packet in item)
