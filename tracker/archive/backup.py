"""Everything about one athlete as one ZIP: a manifest, and the files of the sessions as they are.

Nothing in it is compressed. What comes out is then as large as what is there, so nobody can hand over a
small file that fills the disk; a recording would become half as large.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from os import SEEK_END
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo, is_zipfile

from tracker.archive.holdings import Holding
from tracker.archive.manifest import Manifest, NewerError, Stored, decode_manifest, encode_manifest
from tracker.archive.placing import new_file
from tracker.errors import InputError

MANIFEST = "manifest.json"
FOLDER = "sessions"

_CHUNK = 1 << 20
_LONGEST_MANIFEST = 1 << 26
"""A manifest takes 300 bytes for each file; so much would be that of 200,000."""

_BROKEN = (BadZipFile, EOFError, NotImplementedError, RuntimeError, struct.error, ValueError, zlib.error)
"""What comes up for files that are no ZIPs, of another program, cut, damaged or encrypted."""


def write_backup(
    target: Path, athlete: str, sessions: Sequence[Holding], *, replace: bool = False
) -> Manifest:
    """Write all files of sessions into one, and read it back before it gets its name.

    Parameters
    ----------
    target
        The file; it is there in full or not at all.
    athlete
        Whose sessions they are.
    sessions
        What is left of files that a crash kept from being written is left out.
    replace
        Whether an older backup of that name may be replaced; anything else stays.

    Returns
    -------
    Manifest
        What is in it.

    Raises
    ------
    InputError
        If a file cannot be read, the new one cannot be written, or there is one already, or something else.
    """
    taken = InputError(f"{target} is there already; choose another name, or say --replace")
    if target.is_dir() or (target.exists() and not replace):
        raise taken
    if target.exists() and not is_zipfile(target):
        raise InputError(f"{target} is no backup, and is not written over; choose another name")
    try:
        with new_file(target, replace=replace) as file:
            manifest = _write(file, athlete, sessions)
            file.flush()
            with Backup(target, file) as written:
                written.check()
                if written.manifest != manifest:
                    raise InputError(f"{target} could not be read back; look at the disk")
    except OSError as error:
        if isinstance(error, FileExistsError) and target.exists():
            raise taken from None
        raise InputError(f"{target} cannot be written ({error.strerror}); choose another folder") from error
    return manifest


def _write(file: BinaryIO, athlete: str, sessions: Sequence[Holding]) -> Manifest:
    stored = []
    with ZipFile(file, "w", ZIP_STORED) as pack:
        for holding in sessions:
            for path in holding.files:
                if not path.name.startswith("."):
                    stored.append(_add(pack, path, holding.name))
        manifest = Manifest(athlete, tuple(stored))
        pack.writestr(ZipInfo(MANIFEST), encode_manifest(manifest))
    return manifest


def _add(pack: ZipFile, path: Path, session: str) -> Stored:
    """Copy one file, and hash what was copied: somebody else may write it."""
    info, digest, size = ZipInfo(f"{FOLDER}/{path.name}"), sha256(), 0
    info.file_size, changed_ns = _size_and_change(path)
    try:
        with pack.open(info, "w") as entry:
            for chunk in chunks_of(path):
                digest.update(chunk)
                size += len(chunk)
                entry.write(chunk)
    except UnicodeEncodeError as error:
        raise InputError(f"{path} has a name that is no text; give it another one") from error
    return Stored(session, path.name, size, digest.hexdigest(), changed_ns)


def _size_and_change(path: Path) -> tuple[int, int]:
    try:
        about = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    return about.st_size, about.st_mtime_ns


def chunks_of(path: Path) -> Iterator[bytes]:
    """Read a file piece by piece.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path} cannot be read ({error.strerror}); open it, or look at the disk")


class Backup:
    """A backup that is open for reading; whatever is wrong with it comes up when it is opened or checked.

    Parameters
    ----------
    path
        The file, as it is called where it cannot be used.
    file
        The same, where it is open already.

    Raises
    ------
    InputError
        If it is none, is cut or damaged, or of a newer version.

    Attributes
    ----------
    manifest
        What is in it.
    """

    def __init__(self, path: Path, file: BinaryIO | None = None) -> None:
        self._path = path
        with ExitStack() as opened, self._whole():
            self._pack = opened.enter_context(ZipFile(file or path))
            self._entries = {info.filename: info for info in self._pack.infolist()}
            if len(self._entries) < len(self._pack.infolist()):
                raise ValueError("it has a file twice")
            self.manifest = decode_manifest(self._manifest())
            self._check_sizes()
            opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pack.close()

    def check(self) -> None:
        """Read every file, and compare it with its hash.

        Raises
        ------
        InputError
            If one is not as it was written.
        """
        for stored in self.manifest.files:
            for _ in self.chunks(stored):
                pass

    def chunks(self, stored: Stored) -> Iterator[bytes]:
        """Read a file piece by piece; InputError at the end, if it is not as it was written."""
        digest = sha256()
        with self._whole(), self._pack.open(self._entries[_entry(stored.name)]) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                yield chunk
            if digest.hexdigest() != stored.sha256:
                raise ValueError(f"{stored.name} is not as it was written")

    def _manifest(self) -> bytes:
        info = self._entries.get(MANIFEST)
        if info is None or not _is_as_large_as_stored(info) or info.file_size > _LONGEST_MANIFEST:
            raise ValueError("it has no manifest of ours")
        return self._pack.read(info)

    def _check_sizes(self) -> None:
        """Refuse what unpacks to more than is there, and what is not listed."""
        sizes = {_entry(stored.name): stored.size for stored in self.manifest.files}
        if sizes.keys() != self._entries.keys() - {MANIFEST}:
            raise ValueError("it holds other files than it lists")
        for name, size in sizes.items():
            info = self._entries[name]
            if info.file_size != size or not _is_as_large_as_stored(info):
                raise ValueError(f"{name} is not as large as it is listed, or compressed")
        if sum(sizes.values()) > self._path_size():
            raise ValueError("it would unpack to more than is in it")

    def _path_size(self) -> int:
        file = self._pack.fp
        return file.seek(0, SEEK_END) if file else 0

    @contextmanager
    def _whole(self) -> Iterator[None]:
        try:
            yield
        except NewerError as error:
            raise InputError(f"{self._path} is of a newer version ({error}); update tracker") from error
        except OSError as error:
            why = error.strerror or str(error)
            raise InputError(f"{self._path} cannot be read ({why}); check the name") from error
        except _BROKEN as error:
            raise InputError(
                f"{self._path} is no whole backup of an athlete ({error}); take a copy that is"
            ) from error


def _entry(name: str) -> str:
    return f"{FOLDER}/{name}"


def _is_as_large_as_stored(info: ZipInfo) -> bool:
    return info.compress_type == ZIP_STORED and info.file_size == info.compress_size
