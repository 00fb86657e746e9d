"""The file of the library's index, SQLite; whatever is wrong with it costs time and nothing else.

A damaged file is thrown away and made anew; one that cannot be written is copied into memory.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from os import fsencode
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

BUSY_S = 2.0
"""How long another process may hold the index before it is left alone; ours hold it for milliseconds."""

_TABLES = """
CREATE TABLE about (folder BLOB);
CREATE TABLE sessions (
    name BLOB PRIMARY KEY, family BLOB, seen TEXT, state TEXT,
    began_s REAL, words TEXT, head TEXT, sets TEXT, sides TEXT
);
CREATE INDEX by_time ON sessions (began_s, name);
CREATE TABLE done (session BLOB, athlete TEXT, exercise TEXT, side TEXT, called TEXT);
CREATE INDEX done_in ON done (session);
CREATE TABLE tags (session BLOB, tag TEXT, called TEXT);
CREATE INDEX tags_of ON tags (session);
"""
_NAMES = ("about", "sessions", "done", "tags")

SCHEMA = crc32(_TABLES.encode()) >> 1
"""Of these tables; an index of other ones is made anew. SQLite keeps it as a signed number of 32 bits."""


class Opened(NamedTuple):
    """An index that is open.

    Attributes
    ----------
    connection
        With all tables; threads may share it, one at a time.
    note
        Why it is in memory although a file was asked for, in one line; "" otherwise.
    """

    connection: sqlite3.Connection
    note: str = ""


def opened(folder: Path, path: Path | None, *, is_damaged: bool = False) -> Opened:
    """Open the index of a folder.

    Parameters
    ----------
    folder
        Where the recordings lie; an index of another folder is made anew.
    path
        Its file; None keeps it in memory.
    is_damaged
        Whether the file is known to be, so that it is made anew.
    """
    if path is None:
        return Opened(_prepared(_connected(":memory:"), folder))
    try:
        if not is_damaged:
            try:
                return Opened(_of_file(folder, path))
            except sqlite3.OperationalError:  # locked, closed to us, read-only: it may be whole
                raise
            except sqlite3.DatabaseError:
                pass
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        return Opened(_of_file(folder, path))
    except (sqlite3.Error, OSError) as error:
        return in_memory(folder, path, error)


def in_memory(folder: Path, path: Path | None, why: Exception) -> Opened:
    """Copy what can be read, so that a disk that is read-only costs no analysis."""
    note = f"{path} cannot be used ({why}), so the library's index is kept in memory"
    memory = _connected(":memory:")
    try:
        with suppress(sqlite3.OperationalError, OSError, ValueError):
            address = f"{Path(path or '').absolute().as_uri()}?mode=ro&immutable=1"
            with closing(sqlite3.connect(address, uri=True)) as file:
                file.backup(memory)
        return Opened(_prepared(memory, folder), note)
    except sqlite3.DatabaseError:  # a copy of what is damaged
        memory.close()
        return Opened(_prepared(_connected(":memory:"), folder), note)


def _of_file(folder: Path, path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = _connected(path)
    try:
        file.execute("PRAGMA journal_mode = WAL")  # who reads and who writes do not wait for each other
        file.execute("PRAGMA synchronous = NORMAL")  # a power cut costs the last rows at most
        return _prepared(file, folder)
    except BaseException:
        file.close()
        raise


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
