"""Rows on their way to the disk: handed over by one thread, gathered into batches by another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TypeAlias

from tracker.archive.rows import PACKET, Row

FLUSH_S = 0.5
"""Oldest age of a row that is not on the disk, s: half of the second that a crash may cost."""

_FLUSH_NS = round(FLUSH_S * 1e9)

_Item: TypeAlias = Row | threading.Event | None
"""A row, a wish to be told when all before it is written, or the end."""


class Gathering:
    """A queue of rows that comes out in batches.

    A batch is due at every mark, when the packets span `FLUSH_S`, and when a row has waited for `FLUSH_S`.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Item] = SimpleQueue()

    def put(self, row: Row) -> None:
        """Hand over a row; nobody waits."""
        self._queue.put(row)

    def wait(self) -> None:
        """Return when the batches of all rows before this have been dealt with."""
        done = threading.Event()
        self._queue.put(done)
        done.wait()

    def end(self) -> None:
        """Say that nothing more comes."""
        self._queue.put(None)

    def batches(self, wake_s: float | None = None) -> Iterator[list[Row]]:
        """Give batch after batch until the end.

        Parameters
        ----------
        wake_s
            After so long without a row an empty batch is given, s; None: never.
        """
        rows: list[Row] = []
        due_s = 0.0
        while True:
            try:
                item = self._queue.get(timeout=max(0.0, due_s - monotonic()) if rows else wake_s)
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


def _is_whole(rows: list[Row], item: _Item) -> bool:
    is_packet = isinstance(item, Row) and item.kind == PACKET
    return not is_packet or rows[-1].t_ns - rows[0].t_ns >= _FLUSH_NS
