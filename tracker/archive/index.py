"""The library's index: an SQLite file beside nothing, made of the recordings and made anew from them.

Whatever is wrong with the file costs time and nothing else: a damaged one is thrown away, one that cannot be
written is copied into memory, and so is none.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from os import fsencode
from pathlib import Path

from tracker.archive.listed import SessionRow
from tracker.archive.row_text import as_text, from_text
from tracker.archive.search import Search, began_s, condition, searchable, words_of

SCHEMA = 1
"""Of the tables below; an index of another one is made anew."""

BUSY_S = 5.0
"""How long another process may hold the index before it is left alone; it holds it for milliseconds."""

_TABLES = """
CREATE TABLE about (folder BLOB);
CREATE TABLE sessions (
    name BLOB PRIMARY KEY, family BLOB, seen TEXT, state TEXT, began_s REAL, words TEXT, row TEXT
);
CREATE INDEX by_family ON sessions (family);
CREATE TABLE done (session BLOB, athlete TEXT, exercise TEXT, side TEXT);
CREATE INDEX done_in ON done (session);
CREATE TABLE tags (session BLOB, tag TEXT);
CREATE INDEX tags_of ON tags (session);
"""
_NAMES = ("about", "sessions", "done", "tags")


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

    Parameters
    ----------
    folder
        Where the recordings lie; an index of another folder is made anew.
    path
        The file; None keeps it in memory.

    Attributes
    ----------
    note
        Why it is in memory although a file was asked for, in one line; "" otherwise.
    """

    def __init__(self, folder: Path, path: Path | None) -> None:
        self.note = ""
        self._folder = folder
        self._lock = threading.Lock()
        self._file = self._open(path)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def seen(self) -> list[Seen]:
        """Give what is known of all sessions, without their rows."""
        with self._lock:
            rows = self._file.execute("SELECT name, family, seen, state FROM sessions").fetchall()
        return [Seen(*row) for row in rows]

    def rows(self, search: Search) -> tuple[SessionRow, ...]:
        """Give the rows that are looked for, the newest first; those of unknown time last.

        Raises
        ------
        sqlite3.DatabaseError
            If the file is damaged.
        """
        where, values = condition(search)
        order = "ORDER BY began_s DESC NULLS LAST, name DESC"
        with self._lock:
            texts = self._file.execute(f"SELECT row FROM sessions WHERE {where} {order}", values).fetchall()
        try:
            return tuple([from_text(text, self._folder) for (text,) in texts])
        except ValueError as error:
            raise sqlite3.DatabaseError(str(error)) from error

    def put(self, row: SessionRow, seen: Seen) -> None:
        """Keep the row of a session in place of an older one, and how its files were before it was made."""
        name = seen.name
        done = dict.fromkeys((one.athlete, one.exercise, one.side) for one in row.sets)
        with self._transaction() as file:
            _forget(file, name)
            file.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)",
                (name, seen.family, seen.family_state, seen.state, began_s(row), words_of(row), as_text(row)),
            )
            file.executemany(
                "INSERT INTO done VALUES (?, ?, ?, ?)",
                [(name, searchable(who), searchable(what), side.value) for who, what, side in done],
            )
            file.executemany("INSERT INTO tags VALUES (?, ?)", [(name, searchable(tag)) for tag in row.tags])

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

    def _open(self, path: Path | None) -> sqlite3.Connection:
        if path is None:
            return _prepared(_connected(":memory:"), self._folder)
        try:
            try:
                return self._of_file(path)
            except sqlite3.OperationalError:  # locked, closed to us, read-only: it may be whole
                raise
            except sqlite3.DatabaseError:  # damaged
                for ending in ("", "-wal", "-shm"):
                    path.with_name(path.name + ending).unlink(missing_ok=True)
                return self._of_file(path)
        except (sqlite3.Error, OSError) as error:
            self.note = f"{path} cannot be used ({error}), so the index is kept in memory"
            return self._in_memory(path)

    def _of_file(self, path: Path) -> sqlite3.Connection:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = _connected(path)
        try:
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = NORMAL")  # a power cut costs the last rows at most
            return _prepared(file, self._folder)
        except BaseException:
            file.close()
            raise

    def _in_memory(self, path: Path) -> sqlite3.Connection:
        """Copy what can be read, so that a disk that is read-only costs no analysis."""
        memory = _connected(":memory:")
        with suppress(sqlite3.Error, OSError, ValueError):
            address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            with closing(sqlite3.connect(address, uri=True)) as file:
                file.backup(memory)
        try:
            return _prepared(memory, self._folder)
        except sqlite3.DatabaseError:
            memory.close()
            return _prepared(_connected(":memory:"), self._folder)


def _connected(path: Path | str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)


def _prepared(file: sqlite3.Connection, folder: Path) -> sqlite3.Connection:
    """Make the tables where they are missing, or are of another schema or folder."""
    own = fsencode(folder.absolute())
    file.execute("BEGIN IMMEDIATE")  # refused where it cannot be written
    [version] = file.execute("PRAGMA user_version").fetchone()
    if version != SCHEMA or file.execute("SELECT folder FROM about").fetchall() != [(own,)]:
        for table in _NAMES:
            file.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in _TABLES.split(";"):
            file.execute(statement)
        file.execute("INSERT INTO about VALUES (?)", (own,))
        file.execute(f"PRAGMA user_version = {SCHEMA}")
    file.execute("COMMIT")
    return file


def _forget(file: sqlite3.Connection, name: bytes) -> None:
    file.execute("DELETE FROM sessions WHERE name = ?", (name,))
    file.execute("DELETE FROM done WHERE session = ?", (name,))
    file.execute("DELETE FROM tags WHERE session = ?", (name,))
