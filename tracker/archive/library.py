"""The collection of recorded sessions: listed and searched without opening any of them.

The recordings, and what was said of them, are the truth. What is listed is derived from both and kept in an
index, which may be deleted at any time; only what has changed since is analysed again.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from os import fsdecode
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tracker.archive.in_processes import read_rows
from tracker.archive.index import Index
from tracker.archive.index_file import Opened, in_memory, opened
from tracker.archive.inventory import families, family_of
from tracker.archive.listed import SessionRow
from tracker.archive.news import news_of
from tracker.archive.search import EVERYTHING, Search

_T = TypeVar("_T")

Progress = Callable[[int, int], None]
"""Is told how many sessions are analysed, and of how many."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What has come of looking through the folder.

    Attributes
    ----------
    analysed
        Rows of the sessions that were new or had changed.
    gone
        How many sessions are not there any more.
    """

    analysed: tuple[SessionRow, ...] = ()
    gone: int = 0

    @property
    def unreadable(self) -> tuple[SessionRow, ...]:
        """Those of the analysed that cannot be read."""
        return tuple(row for row in self.analysed if row.trouble)


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


class Library:
    """All sessions of a folder.

    Parameters
    ----------
    folder
        Where the recordings lie; it may be missing as long as there are none.
    index
        The file of the index; None keeps it in memory.
    processes
        How many sessions are analysed at once; None: one for each core.
    """

    def __init__(self, folder: Path, index: Path | None, processes: int | None = None) -> None:
        self._folder = folder
        self._path = index
        self._processes = processes
        self._was_damaged = self._is_in_memory = False
        self._replacing = threading.Lock()
        self._use(opened(folder, index))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What somebody should know of folder and index, one sentence each."""
        missing = "" if self._folder.is_dir() else f"{self._folder} is not there, so no session is found"
        return tuple(filter(None, (missing, self._note)))

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def sessions(self, search: Search = EVERYTHING) -> tuple[SessionRow, ...]:
        """Give the sessions that are looked for, the newest first, as they were when last refreshed."""
        return self._with_index(lambda index: index.rows(search), of_all=True)

    def athletes(self) -> tuple[str, ...]:
        """Name everybody who trained, in order of their names; as last refreshed."""
        return self._with_index(lambda index: index.athletes(), of_all=True)

    def tags(self) -> tuple[str, ...]:
        """Give all tags, in order; as last refreshed."""
        return self._with_index(lambda index: index.tags(), of_all=True)

    def refresh(self, files: Iterable[Path] | None = None, progress: Progress = no_progress) -> Refreshed:
        """Look through the folder, and analyse what is new or has changed.

        Parameters
        ----------
        files
            Only the sessions that these files belong to; None: all.
        progress
            Is told how far it is.

        Raises
        ------
        InputError
            If the folder cannot be read.
        """
        wanted = None if files is None else {family_of(file.name) for file in files}
        return self._with_index(
            lambda index: self._refresh(index, wanted, progress), of_all=wanted is not None
        )

    def rebuild(self, progress: Progress = no_progress) -> Refreshed:
        """Analyse all sessions again, whatever the index says.

        Raises
        ------
        InputError
            If the folder cannot be read.
        """
        return self._with_index(lambda index: self._refresh(index, None, progress, again=True))

    def _with_index(self, work: Callable[[Index], _T], *, of_all: bool = False) -> _T:
        """Do something with the index; where its file fails, with another one, which may need to know all."""
        index = self._index
        try:
            return work(index)
        except sqlite3.DatabaseError as error:
            self._open_another(index, error)
        if of_all:
            self.refresh()
        return self._with_index(work, of_all=of_all)

    def _open_another(self, failed: Index, error: sqlite3.DatabaseError) -> None:
        """Replace an index that failed, unless another thread has done so since."""
        with self._replacing:
            if failed is self._index:
                self._replace(error)

    def _replace(self, error: sqlite3.DatabaseError) -> None:
        """Make a damaged file anew, once; after that, and when it cannot be used at all, do without it."""
        if self._is_in_memory or isinstance(error, sqlite3.ProgrammingError):  # the latter is our own
            raise error
        self.close()
        is_damaged = not isinstance(error, sqlite3.OperationalError)
        if is_damaged and not self._was_damaged:
            self._was_damaged = True
            self._use(opened(self._folder, self._path, is_damaged=True))
        else:
            self._is_in_memory = True
            self._use(in_memory(self._folder, self._path, error))

    def _use(self, index: Opened) -> None:
        self._index = Index(self._folder, index.connection)
        self._note = index.note

    def _refresh(
        self, index: Index, wanted: set[str] | None, progress: Progress, *, again: bool = False
    ) -> Refreshed:
        there, seen = families(self._folder), index.seen()
        if wanted is not None:
            there = {name: family for name, family in there.items() if name in wanted}
            seen = [one for one in seen if fsdecode(one.family) in wanted]
        if again:
            seen = [replace(one, family_state="", state="") for one in seen]
        news = news_of(there.values(), seen, self._folder)
        index.drop(news.gone)
        rows: list[SessionRow] = []
        stale = {found.file: seen for found, seen in news.stale.items()}
        for row in read_rows(list(news.stale), self._processes):
            progress(len(rows), len(stale))
            if row.file.is_symlink() or row.file.exists():  # it may have been deleted while it was analysed
                now = replace(stale[row.file], family_state="")
                index.put(row, replace(now, state="") if row.is_passing else now)
                rows.append(row)
                if row.is_passing:
                    del stale[row.file]
        index.touch([*news.same, *stale.values()])  # a family is known when all of it is
        progress(len(rows), len(rows))
        return Refreshed(tuple(rows), len(news.gone))
