"""The files of a backup put back, never over others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from tracker.archive.backup import Backup, chunks_of
from tracker.archive.holdings import is_recording, owner
from tracker.archive.importers import stem
from tracker.archive.manifest import Stored
from tracker.archive.placing import new_file
from tracker.errors import InputError


class Outcome(Enum):
    """What became of a file."""

    RESTORED = "restored"
    THERE = "there already"
    TAKEN = "another file has its name"
    HELD_BACK = "another session has its name"


@dataclass(frozen=True, slots=True)
class Restored:
    """A file of a backup, its place, and what became of it."""

    stored: Stored
    path: Path
    outcome: Outcome


def restore(backup: Backup, folder: Path) -> Iterator[Restored]:
    """Put the files of a backup into a folder, one after the other; what is there stays as it is.

    A session of which a recording's name is taken is not restored at all: its corrections and tables would
    come to lie beside another one's recording. Recordings come after what belongs to them, so what was
    cut off half-way can be done again.

    Parameters
    ----------
    backup
        One that was checked.
    folder
        Of the recorded sessions; made where it is missing.

    Raises
    ------
    InputError
        If there is no room, or the disk refuses; what was put back stays, and can be done again.
    """
    try:
        planned = [_planned(folder, stored) for stored in backup.manifest.files]
        strange = _strange(folder, planned)
    except OSError as error:  # a name that is too long, a folder that is closed
        why = f"{folder} cannot take what is in the backup ({error.strerror})"
        raise InputError(f"{why}; nothing was restored") from error
    _require_room(folder, sum(one.stored.size for one in planned if one.outcome is Outcome.RESTORED))
    for _, of_session in groupby(sorted(planned, key=_order), key=lambda one: one.stored.session):
        yield from _restored(backup, list(of_session), strange)


def _order(one: Restored) -> tuple[str, bool, str]:
    return one.stored.session, is_recording(one.stored.name), one.stored.name


def _planned(folder: Path, stored: Stored) -> Restored:
    path = folder / stored.name
    if not path.exists() and not path.is_symlink():
        return Restored(stored, path, Outcome.RESTORED)
    is_same = path.is_file() and path.stat().st_size == stored.size and _hash(path) == stored.sha256
    return Restored(stored, path, Outcome.THERE if is_same else Outcome.TAKEN)


def _hash(path: Path) -> str:
    digest = sha256()
    for chunk in chunks_of(path):
        digest.update(chunk)
    return digest.hexdigest()


def _require_room(folder: Path, size: int) -> None:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if shutil.disk_usage(there).free < size:
        raise InputError(f"{folder} has no room for {size} bytes; free some space, nothing was restored")


def _strange(folder: Path, planned: Sequence[Restored]) -> frozenset[str]:
    """Name the sessions in the folder whose recordings are not in the backup."""
    known = {one.stored.name for one in planned}
    there = (path.name for path in folder.iterdir()) if folder.exists() else ()
    return frozenset(stem(Path(name)) for name in there if is_recording(name) and name not in known)


def _restored(backup: Backup, files: list[Restored], strange: frozenset[str]) -> Iterator[Restored]:
    own = {stem(one.path) for one in files if is_recording(one.stored.name)}
    new = [one.stored.name for one in files if one.outcome is Outcome.RESTORED]
    is_another = any(one.outcome is Outcome.TAKEN and is_recording(one.stored.name) for one in files)
    is_another |= any(owner(name, own | strange) in strange for name in new)
    for one in files:
        if is_another and one.outcome is Outcome.RESTORED:
            yield Restored(one.stored, one.path, Outcome.HELD_BACK)
            continue
        if one.outcome is Outcome.RESTORED:
            _put(backup, one)
        yield one


def _put(backup: Backup, one: Restored) -> None:
    try:
        with new_file(one.path, changed_ns=one.stored.changed_ns) as file:
            for chunk in backup.chunks(one.stored):
                file.write(chunk)
    except OSError as error:
        why = f"{one.path} cannot be written ({error.strerror})"
        raise InputError(f"{why}; what came before it is restored, mend this and restore again") from error
