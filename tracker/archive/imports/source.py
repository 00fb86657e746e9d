"""What was given to be read: one file, a ZIP or a folder, each as names with their bytes.

Nothing of a ZIP is ever written to the disk, so that its paths lead nowhere; and no file is read that is
larger than `MOST_BYTES`, as it lies on the disk or unpacked: that is refused, not streamed, for a session is
analysed in memory anyway.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import NoReturn, TypeAlias
from zipfile import BadZipFile, ZipFile, ZipInfo

from tracker.archive.files import MOST_BYTES, read_file, too_large
from tracker.errors import InputError

ZIP = b"PK\x03\x04"
"""A ZIP that holds anything begins with this."""

MOST_FILES = 1000
"""A folder or ZIP with more files is no export of a recording; a phone app writes at most some dozens."""

HEAD_BYTES = 1 << 13
"""What is read to tell of which format a file is: all lines above a table and its header are within it."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_DAMAGED = (BadZipFile, EOFError, OSError, RuntimeError, ValueError, struct.error, zlib.error)
"""What `zipfile` raises when bytes are wrong, depending on which; encryption is a RuntimeError."""

Reader: TypeAlias = Callable[[int | None], bytes]
"""Reads the first so many bytes of a file; None: all of it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or files that belong together.

    Attributes
    ----------
    path
        What the user named.
    readers
        What reads each file, by its name, with ``/`` between folders. A file that was given alone has its
        own name.
    """

    path: Path
    readers: Mapping[str, Reader]

    @property
    def lone(self) -> str | None:
        """The name of the file that was given alone; None for a folder or ZIP of several."""
        return next(iter(self.readers)) if len(self.readers) == 1 else None

    def read(self, name: str) -> bytes:
        """Read one of the files, without a byte order mark.

        Raises
        ------
        InputError
            If it is too large, damaged or encrypted.
        """
        return self.readers[name](None).removeprefix(_BYTE_ORDER_MARK)

    def read_lone(self) -> bytes:
        """Read the file that was given alone; see `read`."""
        (name,) = self.readers
        return self.read(name)

    def head(self, name: str) -> bytes:
        """Read the first `HEAD_BYTES` of one of the files; see `read`."""
        return self.readers[name](HEAD_BYTES).removeprefix(_BYTE_ORDER_MARK)

    def find(self, name: str) -> str | None:
        """Find the file of that name, in any folder, in capitals or not; None where there is none.

        Raises
        ------
        InputError
            If there are several: two recordings in one ZIP are not told apart.
        """
        found = [own for own in self.readers if PurePosixPath(own).name.casefold() == name.casefold()]
        if len(found) > 1:
            self.refuse(
                f"has {name} more than once ({', '.join(sorted(found))}); give one recording at a time"
            )
        return found[0] if found else None

    def refuse(self, why: str) -> NoReturn:
        """Say in one line what is wrong with it.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError(f"{self.path} {why}")


def one_file(path: Path, content: bytes) -> Source:
    """Take a file that was read already: a ZIP as what is in it."""
    return _zip(path, content) if content.startswith(ZIP) else Source(path, {path.name: _given(content)})


def folder(path: Path) -> Source:
    """Take the files of a folder, and of the folders in it.

    Raises
    ------
    InputError
        If there are too many to be one recording.
    """
    files = [
        file for file in islice(chain(path.glob("*"), path.glob("*/*")), 2 * MOST_FILES) if file.is_file()
    ]
    names = {file.relative_to(path).as_posix(): file for file in files}
    _check_number(path, list(names))
    return Source(path, {name: _of_disk(file) for name, file in names.items() if not _is_of_macos(name)})


def _zip(path: Path, content: bytes) -> Source:
    try:
        archive = ZipFile(BytesIO(content))
    except _DAMAGED as error:
        raise InputError(f"{path} is a cut or damaged ZIP; export it again") from error
    entries = [
        entry for entry in archive.infolist() if not entry.is_dir() and not _is_of_macos(entry.filename)
    ]
    _check_number(path, entries)
    return Source(path, {entry.filename: _packed(path, archive, entry) for entry in entries})


def _check_number(path: Path, files: Sequence[object]) -> None:
    if len(files) > MOST_FILES:
        raise InputError(f"{path} holds over {MOST_FILES} files; name the folder or ZIP of one recording")


def _given(content: bytes) -> Reader:
    return lambda most: content if most is None else content[:most]


def _of_disk(file: Path) -> Reader:
    def read(most: int | None) -> bytes:
        if most is None:
            return read_file(file)
        try:
            with file.open("rb") as opened:
                return opened.read(most)
        except OSError as error:
            raise InputError(f"{file} cannot be read ({error.strerror}); check its rights") from error

    return read


def _packed(path: Path, archive: ZipFile, entry: ZipInfo) -> Reader:
    def unpack(most: int | None) -> bytes:
        if most is None and entry.file_size > MOST_BYTES:  # zipfile gives no byte more than was declared
            raise too_large(path)
        try:
            with archive.open(entry) as opened:
                return opened.read(-1 if most is None else most)
        except _DAMAGED as error:
            why = "is encrypted" if entry.flag_bits & 1 else "is damaged"
            name = PurePosixPath(entry.filename).name
            raise InputError(f"{path} {why} ({name}); export it again") from error

    return unpack


def _is_of_macos(name: str) -> bool:
    """Whether macOS put it there: what belongs to a file besides its content has its name after ``._``."""
    return PurePosixPath(name).name.startswith("._")


def decoded(text: bytes) -> str:
    """Decode a line: UTF-8, or else the encoding of Chinese systems, which has another degree sign."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("gb18030", errors="replace")
