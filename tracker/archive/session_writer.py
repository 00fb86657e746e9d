"""A session on the disk, in as many segments as it takes: whatever the disk does, the set goes on.

The first segment is ``ID.arrows``, the next ones ``ID.2.arrows`` and so on. What the disk refuses is kept
in memory until another segment takes it.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from tracker.archive.appending import Appending, TakenError, refusal_words, unwritable
from tracker.archive.backlog import RETRY_S, Backlog
from tracker.archive.gathering import Gathering
from tracker.archive.header import Header
from tracker.archive.naming import in_turn
from tracker.archive.recording import SUFFIX
from tracker.archive.rows import MARK, Row, as_mark, as_row
from tracker.archive.segments import segment_path
from tracker.archive.standing import Standing
from tracker.errors import InputError
from tracker.sensing.marks import Mark
from tracker.sensing.samples import Packet

MOST_KEPT = 500_000
"""Rows that wait in memory at most: 14 hours of a sensor that sends ten packets a second, an hour and a
half of one that sends each sample by itself; 100 to 150 MB, which every computer has to spare."""

SILENT_S = 10.0
"""A disk that takes so long for a batch does not answer, s: a slow card takes a tenth of it."""


def begin(folder: Path, session_id: str, started: str, *, most_kept: int = MOST_KEPT) -> SessionWriter:
    """Open the recording of a new session; ``ID_2`` or the next that is free where another has its name.

    Whoever makes the file has the name, so two that begin at the same moment get one each.

    Parameters
    ----------
    folder
        For the recording.
    session_id
        What the session is to be called.
    started
        See `Header`.
    most_kept
        See `SessionWriter`.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    for name in in_turn(session_id):
        try:
            return SessionWriter(folder / f"{name}{SUFFIX}", Header(name, 1, started), most_kept=most_kept)
        except TakenError:
            continue
    raise AssertionError("there is always a next number")


class UnsavedError(InputError):
    """Something of a session is in no file; the message says what, and what was saved."""


class SessionWriter:
    """Writes a session while it happens, and never stops it; who hands over a packet never waits.

    When the disk refuses a batch the next segment is tried at once, for the file may only have become too
    large, with a part of the batch where it is long, and then every `RETRY_S`. Meanwhile all is kept in
    memory, up to `most_kept` rows: beyond that packets are dropped, marks are kept, and `trouble` and
    `close` say so.

    Parameters
    ----------
    path
        Of the session's first segment; the session is named after it.
    header
        Of the segment to begin with: the first, or that after a crash.
    most_kept
        Rows that wait in memory at most.
    clock_s
        Tells how long the disk does not answer, s.

    Raises
    ------
    TakenError
        If the file of that segment exists.
    InputError
        If it cannot be made: nobody should train for nothing. Later only `UnsavedError`, from `close`.

    Attributes
    ----------
    path
        Of the session's first segment.
    """

    def __init__(
        self,
        path: Path,
        header: Header,
        *,
        most_kept: int = MOST_KEPT,
        clock_s: Callable[[], float] = monotonic,
    ) -> None:
        self.path = path
        self._clock_s = clock_s
        self._asked_s: float | None = None
        self._header = header
        self._most_kept = most_kept
        self._handed_over = self._dropped = self._safe = 0
        self._safe_ns = self._newest_ns = 0
        self._backlog = Backlog()
        self._standing = Standing()
        self._refusal: OSError | None = None
        self._failure: Exception | None = None
        self._closed = False
        self._first = segment_path(path, header.segment)
        try:
            self._file: Appending | None = Appending(self._first, header)
        except OSError as error:
            raise unwritable(self._first, error) from error
        self._locked: Appending | None = None
        self._gathering = Gathering()
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    @property
    def segment(self) -> Path:
        """The file that is written now, or that was the last to take anything."""
        return segment_path(self.path, self._header.segment)

    @property
    def rows(self) -> int:
        """How many rows are safely on the disk: the first so many that were kept."""
        return self._safe

    @property
    def trouble(self) -> str:
        """Why what comes now is not on the disk, and what to do, for the screen; "" while all is well."""
        refusal, asked_s = self._refusal, self._asked_s
        if refusal is None and asked_s is not None and self._clock_s() - asked_s > SILENT_S:
            refusal = OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        if refusal is None:
            return ""
        why, advice = refusal_words(refusal)
        if self._is_memory_full:
            return f"NOT RECORDED: {why}; {advice}, memory is full too: what comes now is lost"
        return f"NOT RECORDED: {why}; {advice}, the set is kept in memory"

    def write(self, item: Packet | Mark) -> None:
        """Hand over a packet or a mark, in the order they happened."""
        if self._closed:
            raise ValueError("the recording is closed")
        if self._failure is not None:
            raise self._failure
        self._newest_ns = item.t_ns
        if self._is_memory_full and isinstance(item, Packet):
            self._dropped += 1
            return
        self._handed_over += 1
        self._gathering.put(as_row(item))

    def flush(self) -> None:
        """Return when everything handed over is on the disk, or has been refused."""
        if not self._closed:
            self._gathering.wait()

    def close(self) -> None:
        """Write what is left and the end of the stream; closing twice does nothing.

        Raises
        ------
        UnsavedError
            If something could not be written; one line that says what was saved and what not.
        """
        if self._closed:
            return
        self._closed = True
        self._gathering.end()
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        if self._backlog or self._dropped:
            raise UnsavedError(self._unsaved())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _is_memory_full(self) -> bool:
        return self._handed_over - self._safe >= self._most_kept

    def _unsaved(self) -> str:
        saved = f"{self.path} holds the session up to {self._safe_ns / 1e9:.0f} s"
        if self._refusal is None:
            return (
                f"{saved}, without {self._dropped} packets that came while neither disk nor memory took any"
            )
        rest_s = (self._newest_ns - self._safe_ns) / 1e9
        why, advice = refusal_words(self._refusal)
        unsaved = f"the {rest_s:.0f} s after that could not be saved: {why}"
        return f"{saved}; {unsaved}; {advice} before the next session"

    def _run(self) -> None:
        for rows in self._gathering.batches(wake_s=RETRY_S):
            self._take(rows, anyway=not rows)
        self._take([], anyway=True)
        for file in (self._file, self._locked):
            if file is not None:
                with suppress(OSError):  # all rows are there, or `close` says which are not
                    file.end()
                file.close()

    def _take(self, rows: list[Row], *, anyway: bool) -> None:
        if self._failure is None:
            try:
                self._backlog.add(rows)
                self._save(anyway=anyway)
            except (ArithmeticError, ValueError, TypeError) as error:
                self._failure = error

    def _save(self, *, anyway: bool) -> None:
        """Write the backlog: into the next segment where this one refuses, until that refuses too."""
        refusal = self._refusal
        while self._backlog and (self._file or anyway or self._backlog.is_due):
            anyway = False
            self._asked_s = self._clock_s()
            try:
                self._file = self._file or self._next()
                self._file.append(self._backlog.next)
            except OSError as error:
                refusal = error
                self._give_up()
            else:
                self._took()
        self._asked_s = None
        self._refusal = refusal if self._backlog else None

    def _took(self) -> None:
        for row in self._backlog.next:
            self._safe, self._safe_ns = self._safe + 1, row.t_ns
            if row.kind == MARK:
                self._standing.step(as_mark(row))
        self._backlog.took()
        if self._locked is not None:
            self._locked.close()
            self._locked = None

    def _give_up(self) -> None:
        """Give a file up. One that took something stays open: its lock says that somebody records."""
        file, self._file = self._file, None
        took_some = file is not None and file.rows > 0
        self._backlog.refused(had_room=file is not None, took_some=took_some)
        if file is not None and (took_some or file.path == self._first):
            self._locked = file
        elif file is not None:
            file.discard()

    def _next(self) -> Appending:
        """Open the next segment: the first whose name is free."""
        repeated = [as_row(mark) for mark in self._standing.marks]
        for segment in count(self._header.segment):
            header = replace(self._header, segment=segment, first_row=self._safe, repeats=len(repeated))
            with suppress(TakenError):
                file = Appending(segment_path(self.path, segment), header, repeated)
                self._header = header
                return file
        raise AssertionError("there is always a next number")
