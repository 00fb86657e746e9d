"""One recording's file while it is written: batches of rows, each on the disk before the next."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from tracker.archive import lock
from tracker.archive.batches import END_OF_STREAM, Copies, checked, sealed
from tracker.archive.header import Header, as_metadata
from tracker.archive.rows import FIELDS, MARK, Row, as_batch
from tracker.errors import InputError

MOST_ROWS = 100
"""A batch that is damaged is left out as a whole: a second of a live session, ten of a foreign file."""

COPIED = 1 << 14
"""Marks stand once more beside the batches that begin within so many bytes: disks lose blocks of 4 KB."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_WORDS = {
    errno.ENOSPC: ("the disk is full", "free some space"),
    errno.EDQUOT: ("your share of the disk is full", "free some space"),
    errno.EFBIG: ("the file has become too large", "free some space"),
    errno.EROFS: ("the disk is read-only", "make it writable"),
    errno.EACCES: ("the folder is closed to you", "open it"),
    errno.ENOENT: ("the folder is gone", "bring it back"),
    errno.ETIMEDOUT: ("the disk does not answer", "look at its cable"),
    errno.EIO: ("the disk fails", "look at its cable"),
}


class TakenError(InputError):
    """A recording of this name is there already."""


def refusal_words(error: OSError) -> tuple[str, str]:
    """Say in words for a lifter why the disk refuses, and what to do."""
    return _WORDS.get(error.errno or 0, ((error.strerror or "the disk refuses").lower(), "look at the disk"))


def unwritable(path: Path, error: OSError) -> InputError:
    """Say that a recording cannot be written, and what to do."""
    room = "free some space or " if error.errno in _FULL else ""
    return InputError(f"{path} cannot be written ({error.strerror}); {room}choose another folder")


class _Marked(NamedTuple):
    """The row of a mark: its number in the file, and how many bytes its batch ends at."""

    until: int
    number: int
    row: Row


class Appending:
    """A new file that takes rows; locked for as long as it is open, so that nobody goes on with it.

    Parameters
    ----------
    path
        The file; its folder is made where it is missing.
    header
        What the recording says about itself.
    repeated
        Rows that stand in earlier segments already, and make this one readable by itself.

    Raises
    ------
    TakenError
        If the file exists.
    OSError
        If it cannot be made; then it is not there. Later, from `append` and `end`, when the disk refuses.

    Attributes
    ----------
    path
        The file.
    rows
        How many of the rows that were handed to `append` are safely on the disk.
    """

    def __init__(self, path: Path, header: Header, repeated: Sequence[Row] = ()) -> None:
        self.path = path
        self.rows = self._in_file = 0
        self._marks: list[_Marked] = []
        self._octets = 0
        self._schema = checked(pa.schema(FIELDS, metadata=as_metadata(header)))
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = _new_file(path)
        self._tells_deletion = self._is_named()
        try:
            lock.take(self._file)
            self._write(self._schema.serialize())
            if repeated:
                self._put(repeated)
        except OSError:
            self.discard()
            raise

    def append(self, rows: Sequence[Row]) -> None:
        """Write rows, in batches of at most `MOST_ROWS`; when this returns they are on the disk."""
        self._put(rows)
        self.rows += len(rows)

    def end(self) -> None:
        """Write the end of the stream."""
        self._write(END_OF_STREAM)

    def close(self) -> None:
        """Let go of the file and its lock."""
        with suppress(OSError):  # what could not be written was told when it was to be written
            self._file.close()

    def discard(self) -> None:
        """Take away a file that has taken nothing."""
        self.close()
        with suppress(OSError):
            self.path.unlink()

    def _put(self, rows: Sequence[Row]) -> None:
        firsts = range(0, len(rows), MOST_ROWS)
        self._write(b"".join(self._sealed(rows[first : first + MOST_ROWS]) for first in firsts))

    def _sealed(self, rows: Sequence[Row]) -> bytes:
        message = sealed(as_batch(rows, self._schema), self._in_file, self._copies())
        self._octets += len(message)
        marks = ((at, row) for at, row in enumerate(rows, self._in_file) if row.kind == MARK)
        self._marks += (_Marked(self._octets, at, row) for at, row in marks)
        self._in_file += len(rows)
        return message

    def _copies(self) -> Copies | None:
        """Give the marks that came a moment ago."""
        self._marks = [one for one in self._marks if one.until + COPIED > self._octets]
        if not self._marks:
            return None
        numbers = tuple(one.number for one in self._marks)
        return Copies(numbers, as_batch([one.row for one in self._marks], self._schema))

    def _write(self, message: pa.Buffer | bytes) -> None:
        rest = memoryview(message)
        while rest:
            rest = rest[self._file.write(rest) :]
        os.fsync(self._file.fileno())
        if self._tells_deletion and not self._is_named():  # it would take everything and keep nothing
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    def _is_named(self) -> bool:
        """Whether a name leads to the file: not when it was deleted; some file systems never say."""
        return os.fstat(self._file.fileno()).st_nlink > 0


def _new_file(path: Path) -> FileIO:
    try:
        return path.open("xb", buffering=0)  # a buffer would write later what was refused now
    except FileExistsError as error:
        why = f"{path} is there already and is never written over"
        raise TakenError(f"{why}; record into another file") from error
