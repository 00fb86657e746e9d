"""The recording: raw packets and marks, append-only, an Arrow IPC stream (`NAME.arrows`).

One row is one packet or one mark: t_ns, kind, link, stream, payload. The header is JSON in the
schema's metadata. A batch of rows is on the disk half a second after its first row, and a file that
was cut anywhere reads up to its last whole batch; one that is damaged, all but the damaged batches.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa

from tracker.archive.appending import Appending, unwritable
from tracker.archive.batches import END_OF_STREAM, MAGIC, Found, found_in, is_damaged, schema_of
from tracker.archive.files import read_file
from tracker.archive.gathering import Gathering
from tracker.archive.header import Header, header_of
from tracker.archive.rows import Row, as_items, as_row
from tracker.coaching.counts import counted
from tracker.errors import InputError
from tracker.sensing.marks import Mark
from tracker.sensing.samples import Packet, Packets

SUFFIX = ".arrows"

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
        Whether there is more of it, behind or between what could be read.
    absent_first, absent
        Rows that are missing because of damage, before the first that could be read and in all, those
        behind the last left out.
    """

    header: Header
    items: tuple[Packets | Mark, ...]
    lost: str = ""
    warnings: tuple[str, ...] = ()
    is_damaged: bool = False
    absent_first: int = 0
    absent: int = 0


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
    try:
        return header_of(schema_of(content), path)
    except (pa.ArrowException, OSError) as error:
        raise _none(path) from error


def parse(content: bytes, path: Path) -> Recording:
    """Read a recording from its bytes; `path` is named where they cannot be used."""
    try:
        found = found_in(content)
    except (pa.ArrowException, OSError) as error:
        raise _none(path) from error
    header = header_of(found.schema, path)
    try:
        items = as_items(found.batches)
    except (ValueError, pa.ArrowException) as error:
        why = str(error).splitlines()[0]
        raise InputError(f"{path} is damaged inside ({why}); take a copy that is whole") from error
    return Recording(
        header,
        items,
        lost=_rest(found.rest, items),
        warnings=_damage(found),
        is_damaged=bool(found.holes) or (found.rest != END_OF_STREAM and is_damaged(found.rest)),
        absent_first=sum(hole.before for hole in found.holes if not hole.batches),
        absent=sum(hole.rows for hole in found.holes),
    )


def _none(path: Path) -> InputError:
    return InputError(f"{path} holds no recording: it was cut in its header, or is damaged")


def _damage(found: Found) -> tuple[str, ...]:
    """Say where the recording is damaged, and that the rest was read."""
    if not found.holes:
        return ()
    after = [_last_s(found.batches[: hole.batches]) for hole in found.holes]
    missing = sum(hole.rows for hole in found.holes)
    rows = counted(missing, "packet")
    places = f"after {after[0]:.1f} s" + (
        f" and in {counted(len(after) - 1, 'more place')}" if after[1:] else ""
    )
    left_out = f"{rows} there are left out" if missing else "what stood there stands elsewhere once more"
    return (f"The recording is damaged {places}: {left_out}.",)


def _last_s(batches: Sequence[pa.RecordBatch]) -> float:
    times = [batch.column("t_ns") for batch in batches if batch.num_rows]
    return times[-1][-1].as_py() / 1e9 if times else 0.0


def _rest(rest: bytes, items: Sequence[Packets | Mark]) -> str:
    """Say what is behind the last batch that could be read; "" for nothing."""
    if rest == END_OF_STREAM:
        return ""
    last_s = np.max(items[-1].t_ns if items else 0) / 1e9
    if is_damaged(rest):
        left_out = f"the {len(rest)} bytes from there on are left out"
        return f"the recording is damaged after {last_s:.1f} s: {left_out}"
    left_out = f"{len(rest)} bytes of an unfinished batch were left out"
    return f"the recording breaks off after {last_s:.1f} s: it was not closed, and {left_out}"
