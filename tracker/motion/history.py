"""What is not settled yet: the rows since the last set, by their number in the stream."""

from __future__ import annotations

import numpy as np

from tracker.motion.grid import BROKEN
from tracker.motion.orientation import CHANNELS, Oriented

ROOM = 4
"""A table is made for so many times the rows that it begins with: what it has no room for costs a copy of
all that is kept, and memory that is never written costs nothing."""


class History:
    """A table that grows at its end and is cut off at its start; row numbers never change.

    Attributes
    ----------
    start, end
        Numbers of the first row that is kept and of the one after the last.
    period_s
        Time between rows, s.
    """

    def __init__(self, period_s: float) -> None:
        self.period_s = period_s
        self.start = 0
        self.end = 0
        self._table = np.empty((CHANNELS, 4096))
        self._first = 0
        self._breaks: list[int] = []

    def append(self, block: Oriented) -> None:
        """Put rows behind the others."""
        used = self.end - self.start
        if self._first + used + len(block) > self._table.shape[1]:
            roomy = np.empty((CHANNELS, max(4096, ROOM * (used + len(block)))))
            roomy[:, :used] = self._table[:, self._first : self._first + used]
            self._table, self._first = roomy, 0
        if block.flags[0] & BROKEN:
            self._breaks.append(self.end)
        at = self._first + used
        self._table[:, at : at + len(block)] = block.table
        self.end += len(block)

    def drop(self, before: int) -> None:
        """Forget the rows before number `before`."""
        gone = max(0, min(before, self.end) - self.start)
        self._first += gone
        self.start += gone
        self._breaks = [row for row in self._breaks if row > self.start]

    def cut(self, start: int, stop: int) -> Oriented:
        """Rows start..stop-1 as far as they are kept, as a view; what is written stays, so it stays true."""
        offset = self._first - self.start
        start, stop = max(start, self.start), min(stop, self.end)
        return Oriented(self._table[:, start + offset : max(start, stop) + offset])

    def time(self, row: int) -> float:
        """Time of a row that is kept, s."""
        return float(self._table[0, row + self._first - self.start])

    def row_at(self, t_s: float) -> int:
        """First row at or after a time; `end` when there is none yet."""
        t_kept_s = self._table[0, self._first : self._first + self.end - self.start]
        return self.start + int(t_kept_s.searchsorted(t_s))

    def breaks(self, start: int, stop: int) -> list[int]:
        """Rows in start..stop-1 that follow a hole too long to bridge."""
        return [row for row in self._breaks if start <= row < stop]

    def gap_s(self, row: int) -> float:
        """Length of the hole before a row, s."""
        return self.time(row) - self.time(row - 1)

    def unseen_s(self, begin_s: float, end_s: float) -> float:
        """How much of a time lies in holes too long to bridge, s."""
        holes = self.breaks(self.start + 1, self.end)
        return sum(
            self.gap_s(row) for row in holes if begin_s <= self.time(row - 1) and self.time(row) <= end_s
        )

    def row_after(self, begin_s: float, seen_s: float) -> int:
        """First row when so much has been seen since a time, holes left out; `end` when there is none yet."""
        end_s = begin_s + seen_s
        for row in self.breaks(self.start + 1, self.end):
            if begin_s <= self.time(row - 1) < end_s:
                end_s += self.gap_s(row)
        return self.row_at(end_s)
