"""The recording: raw packets and marks, append-only, an Arrow IPC stream (`NAME.arrows`).

One row is one packet or one mark: t_ns, kind, link, stream, payload. The header is JSON in the
schema's metadata. A batch of rows is on the disk half a second after its first row, and a file that
was cut anywhere reads up to its last whole batch.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from types import TracebackType
from typing import BinaryIO, Self, TypeAlias

import numpy as np
import pyarrow as pa

from tracker.archive.files import read_file
from tracker.archive.header import Header, as_metadata, header_of
from tracker.archive.rows import FIELDS, PACKET, Row, as_batch, as_items, as_row
from tracker.errors import InputError
from tracker.sensing.samples import Mark, Packet, Packets

SUFFIX = ".arrows"

FLUSH_S = 0.5
"""Oldest age of a row that is not on the disk, s: half of the second that a crash may cost."""

MAGIC = b"\xff\xff\xff\xff"
"""Every Arrow IPC stream begins with this."""

_FLUSH_NS = round(FLUSH_S * 1e9)
_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A recording, or a foreign file in the shape of one.

    Attributes
    ----------
    header
        What it says about itself.
    items
        Packets and marks in the order they came; consecutive packets of one link are one block.
    lost
        What could not be read, in one sentence; "" when the file is whole.
    warnings
        What a reader of the numbers must know, one sentence each.
    """

    header: Header
    items: tuple[Packets | Mark, ...]
    lost: str = ""
    warnings: tuple[str, ...] = ()


class TakenError(InputError):
    """A recording of this name is there already."""


class Writer:
    """Writes a recording while it happens; whoever hands over a packet never waits for the disk.

    A thread of its own gathers the rows and appends them as one batch, flushed and fsynced: at every
    mark, when the packets span `FLUSH_S`, and when a row has waited for `FLUSH_S`.

    Parameters
    ----------
    path
        A new file; its folder is made where it is missing.
    header
        What the recording says about itself.

    Raises
    ------
    TakenError
        If the file exists: a start never appends to an old one.
    InputError
        If it cannot be made; later, from any method, when the disk would not take a batch. What was
        flushed before stays readable.

    Attributes
    ----------
    path
        The file.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        self._schema = pa.schema(FIELDS, metadata=as_metadata(header))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = _new_file(path)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            self._append(self._schema.serialize())
        except OSError as error:
            with suppress(OSError):
                self._file.close()
            path.unlink(missing_ok=True)  # nothing is in it
            raise self._unwritable(error) from error
        self._failure: Exception | None = None
        self._closed = False
        self._queue: SimpleQueue[_Item] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    def write(self, item: Packet | Mark) -> None:
        """Hand over a packet or a mark, in the order they happened."""
        if self._closed:
            raise ValueError("the recording is closed")
        self._check()
        self._queue.put(as_row(item))

    def flush(self) -> None:
        """Return when everything handed over is on the disk."""
        if not self._closed:
            done = threading.Event()
            self._queue.put(done)
            done.wait()
        self._check()

    def close(self) -> None:
        """Write what is left and the end of the stream; closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        self._thread.join()
        with suppress(OSError):  # the disk's refusal is kept in _failure
            self._file.close()
        self._check()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check(self) -> None:
        if isinstance(self._failure, OSError):
            raise self._unwritable(self._failure) from self._failure
        if self._failure is not None:
            raise self._failure

    def _unwritable(self, error: OSError) -> InputError:
        why = f"{self.path} cannot be written ({error.strerror})"
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        return InputError(f"{why}; {'free some space or ' if is_full else ''}choose another folder")

    def _append(self, message: pa.Buffer | bytes) -> None:
        self._file.write(message)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _run(self) -> None:
        for rows in self._batches():
            self._keep(rows)
        self._keep(None)

    def _keep(self, rows: list[Row] | None) -> None:
        """Write rows, or the end of the stream; what goes wrong is raised where people wait for it."""
        if self._failure is not None:
            return
        try:
            self._append(_END_OF_STREAM if rows is None else as_batch(rows, self._schema).serialize())
        except (OSError, ArithmeticError, ValueError, TypeError) as error:
            self._failure = error

    def _batches(self) -> Iterator[list[Row]]:
        rows: list[Row] = []
        due_s = 0.0
        while True:
            try:
                item = self._queue.get(timeout=max(0.0, due_s - monotonic()) if rows else None)
            except Empty:
                yield rows
                rows = []
                continue
            if isinstance(item, Row):
                due_s = due_s if rows else monotonic() + FLUSH_S
                rows.append(item)
            if rows and _is_whole(rows, item):
                yield rows
                rows = []
            if item is None:
                return
            if isinstance(item, threading.Event):
                item.set()


def begin(folder: Path, session_id: str, started: str) -> Writer:
    """Open the recording of a new session; ``ID_2`` or the next that is free where another has its name.

    Whoever makes the file has the name, so two that begin at the same moment get one each.

    Parameters
    ----------
    folder
        For the recording, which is called ``ID.arrows`` (``ID.2.arrows`` would be its second segment).
    session_id
        What the session is to be called.
    started
        See `Header`.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    names = (session_id if number == 1 else f"{session_id}_{number}" for number in count(1))
    while True:
        name = next(names)
        with suppress(TakenError):
            return Writer(folder / f"{name}{SUFFIX}", Header(name, 1, started))


def _new_file(path: Path) -> BinaryIO:
    try:
        return path.open("xb")
    except FileExistsError as error:
        why = f"{path} is there already and is never written over"
        raise TakenError(f"{why}; record into another file") from error


_Item: TypeAlias = Row | threading.Event | None
"""What the writing thread is handed: a row, a wish to be told when all is written, or the end."""


def _is_whole(rows: list[Row], item: _Item) -> bool:
    is_packet = isinstance(item, Row) and item.kind == PACKET
    return not is_packet or rows[-1].t_ns - rows[0].t_ns >= _FLUSH_NS


def read(path: Path) -> Recording:
    """Read a recording, up to its last whole batch where it was cut.

    Raises
    ------
    InputError
        If it is no recording, is from a newer version, or is damaged.
    """
    return parse(read_file(path), path)


def parse(content: bytes, path: Path) -> Recording:
    """Read a recording from its bytes; `path` is named where they cannot be used."""
    source = pa.BufferReader(content)
    try:
        reader = pa.ipc.open_stream(source)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} holds no recording: it was cut in its header, or is damaged") from error
    header = header_of(reader.schema, path)
    batches, end = [], source.tell()
    try:
        for batch in reader:
            batches.append(batch)
            end = source.tell()
    except (pa.ArrowException, OSError):
        pass  # cut inside a batch; `end` is where the last whole one ended
    try:
        items = as_items(batches)
    except (ValueError, pa.ArrowException) as error:
        why = str(error).splitlines()[0]
        raise InputError(f"{path} is damaged inside ({why}); take a copy that is whole") from error
    return Recording(header, items, _lost(content[end:], items))


def _lost(rest: bytes, items: Sequence[Packets | Mark]) -> str:
    if rest == _END_OF_STREAM:
        return ""
    last = items[-1].t_ns if items else 0
    last_s = np.max(last) / 1e9
    left_out = f"{len(rest)} bytes of an unfinished batch were left out"
    return f"the recording breaks off after {last_s:.1f} s: it was not closed, and {left_out}"
