"""The sessions that the review pages show: the library, and those of it that are open for corrections."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import TypeAlias, TypeVar

from tracker.app.editing import Correctable, Corrected
from tracker.archive.edits import Said, edits_path
from tracker.archive.inventory import family_of
from tracker.archive.library import Library
from tracker.archive.listed import SessionRow
from tracker.archive.recording import SUFFIX
from tracker.archive.search import EVERYTHING, Search
from tracker.coaching.edits import Edit
from tracker.coaching.results import Session
from tracker.errors import InputError
from tracker.motion.events import Motion

MOST_OPEN = 4
"""Sessions that stay counted in memory: 12 minutes take some 30 MB, and nobody goes back further."""

T = TypeVar("T")

Look: TypeAlias = tuple[str, int, int]
"""A file's name, size and time."""


@dataclass(frozen=True, slots=True)
class Looks:
    """How the files of a session look on the disk.

    Attributes
    ----------
    recording
        Its segments.
    said
        The file of corrections, where there is one.
    """

    recording: tuple[Look, ...]
    said: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A session as it is now.

    Attributes
    ----------
    row
        What the library knows of it.
    session
        What it holds, with the corrections that hold.
    said
        Those, and the ones that were undone.
    looks
        How its files looked before they were read.
    motion
        What the dumbbell did, where that was asked for.
    """

    row: SessionRow
    session: Session
    said: Said
    looks: Looks
    motion: Motion | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What is in the library.

    Attributes
    ----------
    rows
        The sessions that were looked for, newest first.
    athletes, tags
        Of all sessions.
    notes
        What a reader must know of the list itself.
    """

    rows: tuple[SessionRow, ...]
    athletes: tuple[str, ...]
    tags: tuple[str, ...]
    notes: tuple[str, ...]


class Shelf:
    """Sessions by name, for pages that share one event loop.

    All work is done in one thread of its own, one piece after another: the loop goes on serving, and
    nothing is corrected by two pages at once.

    Parameters
    ----------
    library
        Of the folder that is shown.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._open: OrderedDict[Path, _Kept] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="review")

    async def list(self, search: Search = EVERYTHING) -> Listed:
        """List what is there now.

        Raises
        ------
        InputError
            If the folder of the sessions cannot be read.
        """

        def listed() -> Listed:
            library = self._library
            library.refresh()
            return Listed(library.sessions(search), library.athletes(), library.tags(), library.notes)

        return await self._done(listed)

    async def open(self, name: str, *, with_motion: bool = False) -> Opened:
        """Open a session; its motion, too, where that is to be drawn.

        Raises
        ------
        InputError
            If there is none of that name in the library, or it cannot be read.
        """

        def opened() -> Opened:
            row = self._row(name)
            kept = self._kept(row)
            looks = Looks(kept.looks, _said_looks(row.file))
            open_ = kept.session
            said = open_.said()
            motion = open_.motion(said) if with_motion else None  # first, because the session comes with it
            return Opened(row, open_.session(said), said, looks, motion)

        return await self._done(opened)

    async def looks(self, name: str) -> Looks:
        """Look at the files of a session, without reading them; InputError as for `open`."""

        def looked() -> Looks:
            file = self._row(name).file
            return Looks(_recording_looks(file), _said_looks(file))

        return await self._done(looked)

    async def correct(self, of: Opened, edit: Edit) -> Corrected:
        """Write down what was said of a session as it was opened.

        Raises
        ------
        InputError
            If nothing is there that could be meant, or the recording is another one than was opened.
        """

        def corrected() -> Corrected:
            kept = self._kept(self._row(of.row.name))
            if kept.looks != of.looks.recording:
                raise InputError(f"the recording of {of.row.name} has changed since it was shown here")
            return kept.session.correct(lambda _: edit)

        return await self._done(corrected)

    async def undo(self, name: str, entry: str) -> Corrected:
        """Take back a correction by the id of its entry; InputError where there is none."""
        return await self._done(lambda: self._kept(self._row(name)).session.undo(entry))

    async def work(self, act: Callable[[], T]) -> T:
        """Do something that takes its time, in turn with everything else."""
        return await self._done(act)

    def close(self) -> None:
        """Let go of everything, when what is being done is done."""
        self._thread.shutdown()

    async def _done(self, act: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, act)
        except OSError as error:  # a folder that was taken away, or is not ours any more
            raise InputError(
                f"{error.filename or 'the library'} cannot be read ({error.strerror})"
            ) from error

    def _row(self, name: str) -> SessionRow:
        """Find a session by its name alone, so that an address cannot name a file anywhere else.

        Its row may be older than the last correction: what is asked of it here, corrections cannot change.
        """
        row = self._indexed(name)
        if row is None or row.trouble or not row.file.exists():
            self._library.refresh()
            row = self._indexed(name)
        if row is None:
            raise InputError(f"no session is called {name}")
        if row.trouble:
            raise InputError(row.trouble)
        return row

    def _indexed(self, name: str) -> SessionRow | None:
        return next(iter(self._library.sessions(Search(name=name))), None)

    def _kept(self, row: SessionRow) -> _Kept:
        """Give a session as it was counted; anew where its files have changed since."""
        looks = _recording_looks(row.file)
        kept = self._open.pop(row.file, None)
        if kept is None or kept.looks != looks:
            kept = _Kept(looks, Correctable(row.file, row.name))
        self._open[row.file] = kept
        while len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)
        return kept


@dataclass(frozen=True, slots=True)
class _Kept:
    """A counted session, and how its files looked on the disk then."""

    looks: tuple[Look, ...]
    session: Correctable


def _recording_looks(file: Path) -> tuple[Look, ...]:
    """Look at the files that may be segments of a session: another one may have come."""
    family = family_of(file.name)
    files = sorted(file.parent.glob(f"{escape(family)}*{SUFFIX}"))
    return tuple(_look(one) for one in files if family_of(one.name) == family)


def _said_looks(file: Path) -> tuple[Look, ...]:
    said = edits_path(file)
    return (_look(said),) if said.exists() else ()


def _look(file: Path) -> Look:
    status = file.stat()
    return file.name, status.st_size, status.st_mtime_ns
