"""A new file in its place: in full or not at all, and never over another one."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tracker.archive.files import unfinished


@contextmanager
def new_file(path: Path, *, replace: bool = False, changed_ns: int | None = None) -> Iterator[BinaryIO]:
    """Open a new file for writing; where no error comes up meanwhile, it is then there in full.

    Parameters
    ----------
    path
        Its place; the folder is made where it is missing.
    replace
        Whether it may take the place of another one.
    changed_ns
        When it is to have been changed last, ns since 1970; None for now.

    Raises
    ------
    FileExistsError
        If there is another one, and it may not be replaced.
    OSError
        If it cannot be written; then nothing is left of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = unfinished(path)
    try:
        with new.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if changed_ns is not None:
            os.utime(new, ns=(changed_ns, changed_ns))
        _put(new, path, replace=replace)
    finally:
        new.unlink(missing_ok=True)


def _put(new: Path, path: Path, *, replace: bool) -> None:
    if not replace:
        try:
            os.link(new, path)
        except FileExistsError:
            raise
        except OSError:  # a file system on which no file has two names, like that of most USB sticks
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        else:
            return
    new.replace(path)
