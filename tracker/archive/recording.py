"""The recording: raw packets and marks, append-only, an Arrow IPC stream (`NAME.arrows`).

One row is one packet or one mark: t_ns, kind, link, stream, payload. The header is JSON in the
schema's metadata. A batch of rows is on the disk half a second after its first row, and a file that
was cut anywhere reads up to its last whole batch.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa

from tracker.archive.appending import END_OF_STREAM, Appending, unwritable
from tracker.archive.files import read_file
from tracker.archive.gathering import Gathering
from tracker.archive.header import Header, header_of
from tracker.archive.rows import Row, as_items, as_row
from tracker.errors import InputError
from tracker.sensing.marks import Mark
from tracker.sensing.samples import Packet, Packets

SUFFIX = ".arrows"

MAGIC = b"\xff\xff\xff\xff"
"""Every Arrow IPC stream begins with this."""

_HEADER_FITS = 1 << 16
"""A header is within so many bytes, twenty times over."""


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
    is_damaged
        Whether there is more of it, behind what could be read.
    """

    header: Header
    items: tuple[Packets | Mark, ...]
    lost: str = ""
    warnings: tuple[str, ...] = ()
    is_damaged: bool = False


class Writer:
    """Writes a recording while it happens; whoever hands over a packet never waits for the disk.

    A thread of its own gathers the rows and appends them as one batch, flushed and fsynced: at every
    mark, when the packets span `FLUSH_S`, and when a row has waited for `FLUSH_S`. It writes one file;
    `session_writer.SessionWriter` goes on in another one where this one fails.

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
        self._failure: Exception | None = None
        self._closed = False
        try:
            self._file = Appending(path, header)
        except OSError as error:
            raise unwritable(path, error) from error
        self._gathering = Gathering()
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    @property
    def rows(self) -> int:
        """How many rows are safely on the disk: the first so many that were handed over."""
        return self._file.rows

    @property
    def trouble(self) -> str:
        """Why nothing is written any more, in one line; "" while all is well."""
        failure = self._failure
        return str(unwritable(self.path, failure)) if isinstance(failure, OSError) else ""

    def write(self, item: Packet | Mark) -> None:
        """Hand over a packet or a mark, in the order they happened."""
        if self._closed:
            raise ValueError("the recording is closed")
        self._check()
        self._gathering.put(as_row(item))

    def flush(self) -> None:
        """Return when everything handed over is on the disk."""
        if not self._closed:
            self._gathering.wait()
        self._check()

    def close(self) -> None:
        """Write what is left and the end of the stream; closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        self._gathering.end()
        self._thread.join()
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
            raise unwritable(self.path, self._failure) from self._failure
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        for rows in self._gathering.batches():
            self._keep(rows)
        self._keep(None)

    def _keep(self, rows: list[Row] | None) -> None:
        """Write rows, or the end of the stream; what goes wrong is raised where people wait for it."""
        if self._failure is not None:
            return
        try:
            if rows is None:
                self._file.end()
            else:
                self._file.append(rows)
        except (OSError, ArithmeticError, ValueError, TypeError) as error:
            self._failure = error


def read(path: Path) -> Recording:
    """Read a recording, up to its last whole batch where it was cut.

    Raises
    ------
    InputError
        If it is no recording, is from a newer version, or is damaged.
    """
    return parse(read_file(path), path)


def read_header(path: Path) -> Header:
    """Read what a recording says about itself, and nothing else of it.

    Raises
    ------
    InputError
        If it is no recording, is from a newer version, or is damaged.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_HEADER_FITS)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the name") from error
    if not content.startswith(MAGIC):
        content = read_file(path)
    return header_of(_stream(pa.BufferReader(content), path).schema, path)


def parse(content: bytes, path: Path) -> Recording:
    """Read a recording from its bytes; `path` is named where they cannot be used."""
    source = pa.BufferReader(content)
    reader = _stream(source, path)
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
    is_damaged = _holds_a_batch(pa.py_buffer(content).slice(end))
    return Recording(header, items, _lost(content[end:], items, is_damaged=is_damaged), is_damaged=is_damaged)


def _stream(source: pa.BufferReader, path: Path) -> pa.RecordBatchStreamReader:
    try:
        return pa.ipc.open_stream(source)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} holds no recording: it was cut in its header, or is damaged") from error


def _holds_a_batch(rest: pa.Buffer) -> bool:
    """Whether a whole batch stands behind what could not be read: then that was not cut, but damaged."""
    content = rest.to_pybytes()
    at = content.find(MAGIC, len(MAGIC))
    while at >= 0:
        with suppress(pa.ArrowException, EOFError, OSError):
            if pa.ipc.read_message(rest.slice(at)).type == "record batch":
                return True
        at = content.find(MAGIC, at + 1)
    return False


def _lost(rest: bytes, items: Sequence[Packets | Mark], *, is_damaged: bool) -> str:
    if rest == END_OF_STREAM:
        return ""
    last = items[-1].t_ns if items else 0
    last_s = np.max(last) / 1e9
    if is_damaged:
        return (
            f"the recording is damaged after {last_s:.1f} s: the {len(rest)} bytes from there on are left out"
        )
    left_out = f"{len(rest)} bytes of an unfinished batch were left out"
    return f"the recording breaks off after {last_s:.1f} s: it was not closed, and {left_out}"
