"""The collection of recorded sessions: listed and searched without opening any of them.

The recordings, and what was said of them, are the truth. What is listed is derived from both and kept in an
index, which may be deleted at any time; only what has changed since is analysed again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from os import fsdecode
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tracker.archive.in_processes import read_rows
from tracker.archive.index import Index
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
        self._index = Index(folder, index)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What somebody should know of the index, one sentence each."""
        return (self._index.note,) if self._index.note else ()

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def sessions(self, search: Search = EVERYTHING) -> tuple[SessionRow, ...]:
        """Give the sessions that are looked for, the newest first, as they were when last refreshed."""
        return self._with_index(lambda index: index.rows(search))

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
        return self._with_index(lambda index: self._refresh(index, files, progress))

    def rebuild(self, progress: Progress = no_progress) -> Refreshed:
        """Analyse all sessions again, whatever the index says.

        Raises
        ------
        InputError
            If the folder cannot be read.
        """
        return self._with_index(lambda index: self._refresh(index, None, progress, again=True))

    def _with_index(self, work: Callable[[Index], _T]) -> _T:
        """Do something with the index; where that fails, with another one, made of what is there."""
        try:
            return work(self._index)
        except sqlite3.Error:
            self._index.close()
            self._index = Index(self._folder, self._path)
            try:
                self._refresh(self._index, None, no_progress)
                return work(self._index)
            except sqlite3.Error as error:
                self._index.close()
                self._index = Index(self._folder, None)
                self._index.note = f"{self._path} cannot be used ({error}), so the index is kept in memory"
                self._refresh(self._index, None, no_progress)
                return work(self._index)

    def _refresh(
        self, index: Index, files: Iterable[Path] | None, progress: Progress, *, again: bool = False
    ) -> Refreshed:
        there, seen = families(self._folder), index.seen()
        if files is not None:
            wanted = {family_of(file.name) for file in files}
            there = {name: family for name, family in there.items() if name in wanted}
            seen = [one for one in seen if fsdecode(one.family) in wanted]
        if again:
            seen = [replace(one, family_state="", state="") for one in seen]
        news = news_of(there.values(), seen, self._folder)
        index.touch(news.same)
        index.drop(news.gone)
        rows: list[SessionRow] = []
        for row in read_rows(list(news.stale), self._processes):
            progress(len(rows), len(news.stale))
            index.put(row, news.stale[row.file])
            rows.append(row)
        progress(len(rows), len(rows))
        return Refreshed(tuple(rows), len(news.gone))
