"""A recording's rows: packets and marks as Arrow columns, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from tracker.archive.marks import decode_mark, encode_mark
from tracker.sensing.marks import Mark
from tracker.sensing.samples import Bytes, Packet, Packets

PACKET, MARK = 0, 1
"""What a row is, in its column `kind`."""

FIELDS: tuple[pa.Field[Any], ...] = (
    pa.field("t_ns", pa.int64(), nullable=False),
    pa.field("kind", pa.int8(), nullable=False),
    pa.field("link", pa.int16(), nullable=False),
    pa.field("stream", pa.int16(), nullable=False),
    pa.field("payload", pa.binary(), nullable=False),
)
_DTYPES = (np.int64, np.int8, np.int16, np.int16)


class Row(NamedTuple):
    """One row, as its columns hold it."""

    t_ns: int
    kind: int
    link: int
    stream: int
    payload: bytes


def as_row(item: Packet | Mark) -> Row:
    """Write a packet or a mark as a row."""
    if isinstance(item, Packet):
        return Row(item.t_ns, PACKET, item.link, item.stream, item.payload)
    return Row(item.t_ns, MARK, item.link, -1, encode_mark(item.body))


def as_mark(row: Row) -> Mark:
    """Read a mark back from its row."""
    return Mark(row.t_ns, row.link, decode_mark(row.payload))


def as_batch(rows: Sequence[Row], schema: pa.Schema) -> pa.RecordBatch:
    """Lay rows out as one Arrow batch."""
    *numbers, payloads = zip(*rows, strict=True)
    ends = np.cumsum([0, *map(len, payloads)], dtype=np.int32)
    buffers = [[np.array(cells, dtype).tobytes()] for cells, dtype in zip(numbers, _DTYPES, strict=True)]
    buffers.append([ends.tobytes(), b"".join(payloads)])
    columns = [  # from buffers, because Arrow's own pa.array would import pandas: 0.3 s, in the set
        pa.Array.from_buffers(field.type, len(rows), [None, *map(pa.py_buffer, parts)])
        for field, parts in zip(FIELDS, buffers, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def as_items(batches: Sequence[pa.RecordBatch]) -> tuple[Packets | Mark, ...]:
    """Read rows back: each mark, and consecutive packets of one link as one block.

    The packets' bytes are views into the batches where there is one batch, else one copy.

    Raises
    ------
    ValueError
        If a mark is damaged.
    pyarrow.ArrowException
        If a column is.
    """
    if not any(batch.num_rows for batch in batches):
        return ()
    table = pa.Table.from_batches(batches)
    table.validate(full=True)
    return tuple(_items(table.combine_chunks().to_batches()[0]))


def _items(rows: pa.RecordBatch) -> Iterator[Packets | Mark]:
    # from_dlpack, because Arrow's own to_numpy would import pandas: 0.3 s
    t_ns, kind, link, stream = (np.from_dlpack(rows.column(field.name)) for field in FIELDS[:4])
    payload = rows.column("payload")
    _, offsets, data = map(_octets, payload.buffers())
    block = Packets(
        t_ns=np.asarray(t_ns, np.int64),
        link=0,
        stream=np.asarray(stream, np.int16),
        offsets=offsets.view(np.int32)[payload.offset :][: len(rows) + 1].astype(np.int64),
        data=data,
    )
    is_mark = kind == MARK
    starts = np.flatnonzero(is_mark[1:] | is_mark[:-1] | (link[1:] != link[:-1])) + 1
    for start, stop in pairwise((0, *starts.tolist(), len(rows))):
        own_link = int(link[start])
        if is_mark[start]:
            yield Mark(int(t_ns[start]), own_link, decode_mark(block[start].payload))
        else:
            yield replace(block.cut(start, stop), link=own_link)


def _octets(buffer: pa.Buffer | None) -> Bytes:
    return np.frombuffer(memoryview(buffer or b""), np.uint8)
