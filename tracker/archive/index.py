"""The library's index: what is put into it, and what is looked for in it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tracker.archive.listed import SessionRow, moment_s
from tracker.archive.row_text import as_texts, from_texts
from tracker.archive.search import Search, condition, searchable, storable, words_of

_ROWS = "SELECT head, sets, sides FROM sessions WHERE {} ORDER BY began_s DESC, name DESC"
"""To SQLite, an unknown time is before all others."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A session as it was when it was analysed.

    Attributes
    ----------
    name
        Of the session, as the index has it.
    family, family_state
        The files beside it that are named alike, and how they all were.
    state
        How the files were that it was read from.
    """

    name: bytes
    family: bytes
    family_state: str
    state: str


class Index:
    """Rows of sessions in an SQLite file, or in memory.

    Several threads may use it at once.

    Parameters
    ----------
    folder
        Where the recordings lie.
    file
        See `tracker.archive.index_file`.
    """

    def __init__(self, folder: Path, file: sqlite3.Connection) -> None:
        self._folder = folder
        self._file = file
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        with self._lock:  # who reads has all rows before
            self._file.close()

    def seen(self) -> list[Seen]:
        """Give what is known of all sessions, without their rows."""
        with self._lock:
            rows = self._file.execute("SELECT name, family, seen, state FROM sessions").fetchall()
        return [Seen(*row) for row in rows]

    def rows(self, search: Search) -> tuple[SessionRow, ...]:
        """Give the rows that are looked for, the newest first; those of unknown time last."""
        where, values = condition(search)
        with self._lock:
            texts = self._file.execute(_ROWS.format(where), values).fetchall()
        return tuple([from_texts(self._folder, *row) for row in texts])

    def athletes(self) -> tuple[str, ...]:
        """Name everybody who trained, in order of their names."""
        return self._called("done")

    def tags(self) -> tuple[str, ...]:
        """Give all tags, in order."""
        return self._called("tags")

    def _called(self, table: str) -> tuple[str, ...]:
        with self._lock:
            rows = self._file.execute(f"SELECT DISTINCT called FROM {table} WHERE called <> ''").fetchall()
        return tuple(sorted(called for (called,) in rows))

    def put(self, row: SessionRow, seen: Seen) -> None:
        """Keep the row of a session in place of an older one, and how its files were before it was made."""
        name = seen.name
        found_by = (moment_s(row.started), words_of(row))
        done = dict.fromkeys((one.athlete, one.exercise, one.side) for one in row.sets)
        with self._transaction() as file:
            _forget(file, name)
            file.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (name, seen.family, seen.family_state, seen.state, *found_by, *as_texts(row)),
            )
            file.executemany(
                "INSERT INTO done VALUES (?, ?, ?, ?, ?)",
                [
                    (name, searchable(who), searchable(what), side.value, storable(who))
                    for who, what, side in done
                ],
            )
            file.executemany(
                "INSERT INTO tags VALUES (?, ?, ?)",
                [(name, searchable(tag), storable(tag)) for tag in row.tags],
            )

    def touch(self, seen: Iterable[Seen]) -> None:
        """Say that sessions are as they were, although files beside them have changed."""
        with self._transaction() as file:
            file.executemany(
                "UPDATE sessions SET family = ?, seen = ? WHERE name = ?",
                [(one.family, one.family_state, one.name) for one in seen],
            )

    def drop(self, names: Iterable[bytes]) -> None:
        """Forget sessions."""
        with self._transaction() as file:
            for name in names:
                _forget(file, name)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield self._file
            except BaseException:
                with suppress(sqlite3.Error):
                    self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")


def _forget(file: sqlite3.Connection, name: bytes) -> None:
    file.execute("DELETE FROM sessions WHERE name = ?", (name,))
    file.execute("DELETE FROM done WHERE session = ?", (name,))
    file.execute("DELETE FROM tags WHERE session = ?", (name,))
