"""What lies in a folder of recordings: which files make a session, and whether they are as they were."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracker.archive.edits import SUFFIX as EDITS
from tracker.archive.edits import edits_path
from tracker.archive.recording import SUFFIX, read_header
from tracker.archive.segments import first_files, session_files
from tracker.errors import InputError

_MEMBER = re.compile(rf"(.+?)(?:\.[1-9]\d*)*(?:{re.escape(SUFFIX)}(?:\.gz)?|{re.escape(EDITS)})")

_ENDINGS = (SUFFIX, f"{SUFFIX}.gz", EDITS)
"""Most files in the folder are tables, which is seen sooner by this."""

State = tuple[int, int, int]
"""Size of a file, bytes, when it was changed, ns, who may read it: while they stay, so does the row."""


@dataclass(frozen=True, slots=True)
class Family:
    """Files whose names differ in their numbers only: segments of one session, and what was said of it.

    Attributes
    ----------
    name
        What their names have in common.
    files
        Their states, by name.
    """

    name: str
    files: Mapping[str, State]

    @property
    def state(self) -> str:
        """All of them in one text."""
        return _state(self.files)

    @property
    def recordings(self) -> tuple[str, ...]:
        """Those that were recorded, in the order of their names."""
        return tuple(sorted(name for name in self.files if not name.endswith(EDITS)))


@dataclass(frozen=True, slots=True)
class Found:
    """A session that lies in the folder.

    Attributes
    ----------
    file
        Its first segment.
    state
        How all files are that it is read from.
    among
        Files of its family: its later segments, and maybe others.
    """

    file: Path
    state: str
    among: tuple[Path, ...]


def family_of(name: str) -> str:
    """Name the family that a file belongs to; "" for a file that belongs to no session.

    Examples
    --------
    >>> family_of("monday.2.arrows"), family_of("monday.edits.jsonl"), family_of("monday.sets.csv")
    ('monday', 'monday', '')
    """
    match = _MEMBER.fullmatch(name) if name.endswith(_ENDINGS) else None
    return match[1] if match else ""


def families(folder: Path) -> dict[str, Family]:
    """Look through a folder once; one that is not there is empty.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    found: dict[str, dict[str, State]] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if (name := family_of(entry.name)) and (state := _state_of(entry)):
                    found.setdefault(name, {})[entry.name] = state
    except FileNotFoundError:  # no session yet
        return {}
    except OSError as error:
        raise InputError(f"{folder} cannot be read ({error.strerror}); open it") from error
    return {name: Family(name, files) for name, files in found.items()}


def sessions_of(family: Family, folder: Path) -> Iterator[Found]:
    """Tell which sessions a family's recordings make; a damaged one is a session by itself."""
    among = tuple(folder / name for name in family.recordings)
    recordings = [file for file in among if file.name.endswith(SUFFIX)]
    if len(among) == len(recordings) == 1:
        yield Found(among[0], family.state, among)
        return
    for file in first_files(recordings):
        try:
            segments = session_files(file, read_header(file), among)
        except InputError:
            segments = (file,)
        names = (*(segment.name for segment in segments), edits_path(file).name)
        state = _state({name: family.files[name] for name in names if name in family.files})
        yield Found(file, state, among)


def _state_of(entry: os.DirEntry[str]) -> State | None:
    for follow in (True, False):
        with suppress(OSError):  # a link that leads nowhere has a state of its own
            about = entry.stat(follow_symlinks=follow)
            return about.st_size, about.st_mtime_ns, about.st_mode
    return None  # gone while we looked


def _state(files: Mapping[str, State]) -> str:
    return "\n".join(f"{name!a} {state}" for name, state in sorted(files.items()))
