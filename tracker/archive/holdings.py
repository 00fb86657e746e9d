"""Recorded sessions with every file that is named after them: segments, corrections, tables, leftovers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracker.archive import lock
from tracker.archive.files import NAME_SHOWN
from tracker.archive.importers import stem
from tracker.archive.recording import SUFFIX, read_header
from tracker.archive.segments import first_files, first_path
from tracker.errors import InputError

_ENDINGS = (SUFFIX, f"{SUFFIX}.gz")


@dataclass(frozen=True, slots=True)
class Holding:
    """One recorded session.

    Attributes
    ----------
    name
        What people and commands call it.
    first
        The file that is read; its later segments are read with it.
    files
        All that are named after the session, this one included, in order of their names.
    """

    name: str
    first: Path
    files: tuple[Path, ...]

    @property
    def recordings(self) -> tuple[Path, ...]:
        """Its segments, also those that cannot be read."""
        return tuple(file for file in self.files if is_recording(file.name))


def is_recording(name: str) -> bool:
    """Whether a file's name is that of a recording.

    Examples
    --------
    >>> is_recording("monday.2.arrows"), is_recording("monday.reps.csv")
    (True, False)
    """
    return name.endswith(_ENDINGS)


def holdings(folder: Path) -> tuple[tuple[Holding, ...], tuple[Path, ...]]:
    """Find the sessions in a folder, and their files.

    A file is a session's when its name is the session's and something behind a full stop: the longest such
    name has it. What a crash left of a file that was being written has a full stop before that, too.

    Returns
    -------
    holdings, others
        In order of their names; the files that are named after no session.

    Raises
    ------
    InputError
        If the folder cannot be looked into.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except FileNotFoundError:
        return (), ()
    except OSError as error:
        raise InputError(f"{folder} cannot be looked into ({error.strerror}); open it") from error
    first_of = _first_of([file for file in files if is_recording(file.name)])
    own: dict[str, list[Path]] = {name: [] for name in first_of}
    others: list[Path] = []
    for file in files:
        name = owner(file.name, own)
        own.get(name, others).append(file)
    found = (Holding(name, first, tuple(own[name])) for name, first in first_of.items())
    return tuple(sorted(found, key=lambda holding: holding.name)), tuple(others)


def is_being_recorded(files: Iterable[Path]) -> bool:
    """Whether a program writes one of these recordings right now."""
    for path in files:
        try:
            with path.open("rb") as file:
                if not lock.take(file):
                    return True
        except OSError:  # gone, or closed to us: whoever touches it says so
            continue
    return False


def _first_of(recordings: Sequence[Path]) -> dict[str, Path]:
    """Name each session; a segment that cannot be read is of the session that its name says."""
    first_of: dict[str, Path] = {}
    firsts = first_files(recordings)
    for file in sorted(firsts, key=lambda file: file != first_path(file)):  # stable; first segments first
        name = stem(file)
        of = stem(first_path(file))
        if name == of or not _goes_on(file):
            first_of.setdefault(name, file)
        elif of not in first_of:
            first_of[of] = file
        elif _is_readable(file):  # of another session than the one that has this name
            first_of.setdefault(name, file)
    return first_of


def _goes_on(file: Path) -> bool:
    """Whether a file goes on with a session, by its header, or by its name where it has none."""
    try:
        return read_header(file).segment > 1
    except InputError:
        return True


def _is_readable(file: Path) -> bool:
    try:
        read_header(file)
    except InputError:
        return False
    return True


def owner(file: str, names: Iterable[str]) -> str:
    """Name the session whose file it is; "" for none.

    What a crash left of a long name may be of several sessions that begin alike: then it is of none.

    Examples
    --------
    >>> owner("monday.2.sets.csv", ["monday", "monday.2", "mon"])
    'monday.2'
    >>> long = 50 * "x"
    >>> left_over = f".{long[:40]}.0123abcd"
    >>> owner(left_over, ["x", long]) == long, owner(left_over, [long, f"{long}y"])
    (True, '')
    """
    plain, known = file.removeprefix("."), list(names)
    whole = max((name for name in known if plain.startswith(f"{name}.")), key=len, default="")
    if whole or plain == file:
        return whole
    shortened = [name for name in known if name[:NAME_SHOWN] == plain.rpartition(".")[0]]
    return shortened[0] if len(shortened) == 1 else ""
