"""Whole files in and out: read with plain words when it fails, replaced as a whole or not at all."""

from __future__ import annotations

import errno
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from glob import escape
from gzip import GzipFile
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from tracker.errors import InputError

FOR_ALL = 0o666
"""Mode of a file that everybody may read and write, where the umask lets them."""

FOR_OWNER = 0o600
"""Mode of a file with a secret in it."""

MOST_BYTES = 1 << 28
"""A larger file is not opened, nor unpacked, for all of it is held in memory: text of 112 MB took 660 MB. A
quarter of a GB is a day of a sensor at 100 Hz, recorded, or nine hours of it as text."""

NAME_SHOWN = 40
"""Letters of a file's name that stand in the one it has while it is written. All of them could be too many:
disks count bytes, up to four for a letter, and take 255."""

_GZIP = b"\x1f\x8b"


def too_large(path: Path) -> InputError:
    """Say that a file is not opened for its size."""
    return InputError(f"{path} is over {MOST_BYTES >> 20} MB, unpacked; cut it into single trainings")


def named(path: Path) -> Path:
    """Give a path that ends in a name: . and .. are folders, which have names of their own."""
    return path if path.name.strip(".") else path.resolve()


def read_file(path: Path) -> bytes:
    """Read a file, decompressed where it is gzip.

    Raises
    ------
    InputError
        If it cannot be read, is empty, larger than `MOST_BYTES`, or is compressed and cut.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise too_large(path)
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the name") from error
    if content.startswith(_GZIP):
        try:
            content = GzipFile(fileobj=BytesIO(content)).read(MOST_BYTES + 1)
        except (EOFError, OSError, zlib.error) as error:
            raise InputError(f"{path} is a cut or damaged gzip file; copy it again") from error
    if len(content) > MOST_BYTES:
        raise too_large(path)
    if not content:
        raise InputError(f"{path} is empty; choose a recording, or samples as CSV or Parquet")
    return content


def require_writable(folder: Path, named_by: str) -> None:
    """Find out now whether files can be made in a folder, so that nobody trains for nothing.

    Where it is missing it is made and taken away again; nothing else is touched.

    Parameters
    ----------
    folder
        Where files are to be made later.
    named_by
        The option or variable that chooses another one.

    Raises
    ------
    InputError
        If they cannot.
    """
    made: list[Path] = []
    try:
        for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
            missing.mkdir(exist_ok=True)
            made.append(missing)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        why = f"{folder} cannot be written ({error.strerror})"
        raise InputError(f"{why}; choose another folder ({named_by})") from error
    finally:
        for path in reversed(made):
            with suppress(OSError):  # somebody else keeps something in it by now
                path.rmdir()


def unfinished(path: Path) -> Path:
    """Name a file beside its place while it is written: hidden, new, and no longer than a name may be."""
    return path.with_name(f".{path.name[:NAME_SHOWN]}.{uuid4().hex}")


def left_unfinished(path: Path) -> Iterator[Path]:
    """Find what a crash left of a file while it was written."""
    return path.parent.glob(f".{escape(path.name[:NAME_SHOWN])}.*")


def replace_files(contents: Mapping[Path, bytes], mode: int = FOR_ALL) -> None:
    """Write files so that each is there in full or as it was before; folders are made.

    All are written beside their places first: when the disk is full, none is replaced.

    Parameters
    ----------
    contents
        What to write where.
    mode
        Who may read and write it, before the umask; Windows leaves it to the folder.

    Raises
    ------
    InputError
        If one cannot be written.
    """
    written: list[tuple[Path, Path]] = []
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            new = unfinished(path)
            # Not a NamedTemporaryFile: that one is always for its owner's eyes only.
            with open(new, "xb", opener=partial(os.open, mode=mode)) as file:
                written.append((new, path))
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for new, path in written:
            new.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); choose another folder") from error
    finally:
        for new, _ in written:
            new.unlink(missing_ok=True)
