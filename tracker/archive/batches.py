"""Batches of a recording's stream, each with a checksum: what is damaged is left out, the rest is read.

Arrow checks nothing of what it reads. With each batch, in its custom metadata, stand the CRC-32 of the whole
message, taken with zeros in its own place, and the number of its first row; the schema says that they are
there. Readers that do not know of them read on as ever, and an older recording has none.

Without the mark that says what a link is, its packets mean nothing. So the marks of a batch stand in the
metadata of the next few once more, for when it is damaged.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

import pyarrow as pa

MAGIC = b"\xff\xff\xff\xff"
"""Every message of an Arrow IPC stream begins with this."""

END_OF_STREAM = MAGIC + bytes(4)

MOST_HOLES = 64
"""Behind so many damaged places a file is not worth searching on: each costs a copy of the rest."""

_CHECKSUM = b"crc32"
_ROW = b"row"
_COPIES = b"marks"
_COPIED_ROWS = b"marks_rows"
_NO_CHECKSUM = b"00000000"
_CHECKED = b"checksum"
_PREFIX = 8
"""Bytes of `MAGIC` and of the metadata's length, which precede a message's metadata; its body follows."""

_BEGINNING = re.compile(b"(?=" + MAGIC + rb"..\0\0)", re.DOTALL)
"""Where a message may begin: a batch of our five columns has half a kilobyte of metadata."""

MOST_LOOKED_AT = 50_000
"""Behind damage, so many places that may begin a message are looked at: a second's work."""


class Copies(NamedTuple):
    """Rows of earlier batches that stand beside a batch once more.

    Attributes
    ----------
    rows
        Their numbers, ascending.
    batch
        Their content.
    """

    rows: tuple[int, ...]
    batch: pa.RecordBatch

    def since(self, row: int) -> Copies:
        """Leave out the rows before one."""
        older = sum(number < row for number in self.rows)
        return Copies(self.rows[older:], self.batch.slice(older))


class Hole(NamedTuple):
    """A damaged place.

    Attributes
    ----------
    batches
        How many batches could be read before it.
    size
        In bytes.
    rows
        How many rows it had that are nowhere else.
    before
        How many of them come before the first row of which there is a copy.
    """

    batches: int
    size: int
    rows: int
    before: int


class _Read(NamedTuple):
    """A whole batch, its size in bytes, the number of its first row, and all that its metadata say."""

    batch: pa.RecordBatch
    size: int
    row: int
    said: Mapping[bytes, bytes]


class Found(NamedTuple):
    """What could be read of a stream.

    Attributes
    ----------
    schema
        As the stream says.
    batches
        Those that are whole, in order; for a damaged one, its rows of which there are copies.
    holes
        Damaged places before and between them.
    rest
        What follows; of a stream that was closed, `END_OF_STREAM`.
    """

    schema: pa.Schema
    batches: list[pa.RecordBatch]
    holes: list[Hole]
    rest: bytes


def checked(schema: pa.Schema) -> pa.Schema:
    """Say in a schema that each batch is `sealed`."""
    return schema.with_metadata({**(schema.metadata or {}), _CHECKED: _CHECKSUM})


def sealed(batch: pa.RecordBatch, row: int, copies: Copies | None = None) -> bytes:
    """Write a batch as a message of the stream, with its checksum, its first row's number, and copies."""
    beside = {_ROW: b"%010d" % row}
    if copies and copies.rows:
        beside[_COPIED_ROWS] = b",".join(b"%d" % number for number in copies.rows)
        beside[_COPIES] = b64encode(copies.batch.serialize())
    checksum = _checksum(_message(batch, {_CHECKSUM: _NO_CHECKSUM, **beside}), _NO_CHECKSUM)
    return _message(batch, {_CHECKSUM: checksum, **beside})


def schema_of(content: bytes) -> pa.Schema:
    """Read what a stream begins with.

    Raises
    ------
    pyarrow.ArrowException, OSError
        If it is cut in there, or is none.
    """
    return pa.ipc.open_stream(content).schema


def found_in(content: bytes) -> Found:
    """Read all batches that are whole; raises as `schema_of`."""
    source = pa.BufferReader(content)
    schema = pa.ipc.open_stream(source).schema
    begin = content[: source.tell()]
    batches: list[pa.RecordBatch] = []
    holes: list[Hole] = []
    at, size, rows = len(begin), 0, 0
    while True:
        for read in _run(begin, content, at):
            if size:
                hole, known = _hole(len(batches), size, rows, read)
                holes.append(hole)
                batches += known
            batches.append(read.batch)
            at, size, rows = at + read.size, 0, read.row + read.batch.num_rows
        following = _next_sealed(begin, content, at) if len(holes) < MOST_HOLES else None
        if following is None:
            return Found(schema, batches, holes, content[at:])
        at, size = following, following - at


def is_damaged(rest: bytes) -> bool:
    """Whether what could not be read was not cut: it holds a whole batch, or the end of the stream."""
    return rest.endswith(END_OF_STREAM) or next(_messages(rest, 0), None) is not None


def _run(begin: bytes, content: bytes, at: int) -> Iterator[_Read]:
    """Read whole batches from one place on; a damaged one may say a wrong size."""
    source = pa.BufferReader(content if at == len(begin) else begin + content[at:])
    stream = pa.ipc.open_stream(source)
    is_checked = _CHECKED in (stream.schema.metadata or {})
    whole = memoryview(content)
    with suppress(StopIteration, pa.ArrowException, OSError, KeyError, TypeError):  # last: not said
        before = source.tell()
        while True:
            batch, said = stream.read_next_batch_with_custom_metadata()
            after = source.tell()
            size, before = after - before, after
            if not is_checked:
                yield _Read(batch, size, 0, {})
                continue
            checksum = said[_CHECKSUM]
            if checksum != _checksum(whole[at : at + size], checksum):
                return
            at += size
            yield _Read(batch, size, int(said[_ROW]), said)


def _hole(batches: int, size: int, rows: int, read: _Read) -> tuple[Hole, list[pa.RecordBatch]]:
    """Say what is missing between a number of rows and the next batch, and give what is known of it."""
    missing = read.row - rows
    copies = _copies(read.said, read.batch.schema).since(rows) if _COPIES in read.said else None
    if not copies or not copies.rows:
        return Hole(batches, size, missing, missing), []
    return Hole(batches, size, missing - len(copies.rows), copies.rows[0] - rows), [copies.batch]


def _next_sealed(begin: bytes, content: bytes, at: int) -> int | None:
    """Find the next batch whose checksum is right: without one, what looks like a batch may be none."""
    if _CHECKED not in (pa.ipc.open_stream(begin).schema.metadata or {}):
        return None
    for start, stop in _messages(content, at + 1):
        if any(_run(begin, begin + content[start:stop], len(begin))):
            return start
    return None


def _messages(content: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Find what looks like a whole batch: where it begins and ends."""
    whole = pa.py_buffer(content)
    for found in islice(_BEGINNING.finditer(content, at), MOST_LOOKED_AT):
        start = found.start()
        length = int.from_bytes(content[start + len(MAGIC) : start + _PREFIX], "little")
        with suppress(pa.ArrowException, EOFError, OSError):
            message = pa.ipc.read_message(whole.slice(start))
            if message.type == "record batch" and message.body is not None:
                yield start, start + _PREFIX + length + message.body.size


def _copies(said: Mapping[bytes, bytes], schema: pa.Schema) -> Copies:
    batch = pa.ipc.read_record_batch(pa.py_buffer(b64decode(said[_COPIES])), schema)
    return Copies(tuple(map(int, said[_COPIED_ROWS].split(b","))), batch)


def _message(batch: pa.RecordBatch, beside: Mapping[bytes, bytes]) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch, custom_metadata=dict(beside))
    return sink.getvalue().to_pybytes()[batch.schema.serialize().size : -len(END_OF_STREAM)]


def _checksum(message: bytes | memoryview, written: bytes) -> bytes:
    """Sum up a message in which this checksum is written."""
    body = _PREFIX + int.from_bytes(message[len(MAGIC) : _PREFIX], "little")
    metadata = bytes(message[:body]).replace(written, _NO_CHECKSUM)
    return b"%08x" % zlib.crc32(message[body:], zlib.crc32(metadata))
