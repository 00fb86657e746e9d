"""The segments of a session joined to one recording."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import numpy as np

from tracker.archive.header import Header
from tracker.archive.recording import Recording
from tracker.archive.standing import Standing
from tracker.sensing.marks import Disconnected, Mark
from tracker.sensing.samples import Packet, Packets

LONGEST_PAUSE = timedelta(minutes=30)
"""A session goes on after a pause up to this: rests within a training are shorter, and two trainings of a
day are further apart. A longer one between two segments is the system clock's, and not the lifter's."""

STARTING = timedelta(minutes=1)
"""Longest time from looking at how long ago a session was cut off to going on with it."""

CUT_OFF = "the recording was cut off"
"""Why a link ended that has no other end."""

CLOCK_SET = "The system's clock was set while the session was interrupted: for how long it was, is not known."

_Item = TypeVar("_Item", bound=Packet | Packets | Mark)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run of the program stands in its session.

    Attributes
    ----------
    t_ns
        Time of the session at which the run's own clock was 0, ns.
    links
        Number in the session of the run's link 0.
    """

    t_ns: int = 0
    links: int = 0

    def put(self, item: _Item) -> _Item:
        """Give an item of the run as it is in the session."""
        if self == AT_THE_START:
            return item
        link = item.link + self.links if item.link >= 0 else item.link
        any_of_them: Any = item
        put: _Item = replace(any_of_them, t_ns=item.t_ns + self.t_ns, link=link)
        return put


AT_THE_START = Place()
"""Of a session's first run."""


class Joining:
    """Puts segment after segment into one recording.

    A run of the program is put on the session's time by the system's clock, when it `started`. Where that
    was set meanwhile, it follows directly on what was before. Its links get numbers of their own, and a
    link that has no end because the recording was cut gets one.

    Parameters
    ----------
    first
        The first segment.
    """

    def __init__(self, first: Recording) -> None:
        self._header = self._newest = first.header
        self._items = list(first.items)
        self._rows = first.header.first_row + _own_rows(first)
        self._place = AT_THE_START
        self._lost = first.lost
        self._losses = _absent(first.header.first_row, 0)
        self._warnings = [*first.warnings, *_missing(1, first.header.segment)]

    @property
    def items(self) -> Sequence[Packets | Mark]:
        """Packets and marks as they are in the session."""
        return self._items

    @property
    def end_ns(self) -> int:
        """Time of the last row, ns."""
        return int(np.max(self._items[-1].t_ns)) if self._items else 0

    @property
    def newest(self) -> Header:
        """Of the last segment that was added."""
        return self._newest

    @property
    def place(self) -> Place:
        """Of the last run."""
        return self._place

    def add(self, segment: Recording) -> None:
        """Take in the next segment."""
        header = segment.header
        self._warnings += [*segment.warnings, *_missing(self._newest.segment + 1, header.segment)]
        items = segment.items
        if header.first_row and header.started == self._newest.started:
            items = items[_repeated(segment) :]
            self._match_rows(header.first_row)
        else:
            self._begin_run(header)
        self._rows = header.first_row + _own_rows(segment)
        self._items += map(self._place.put, items)
        self._newest, self._lost = header, segment.lost

    def next_place(self, started: str) -> tuple[Place, bool]:
        """Say where a run belongs that `started` then, and whether that can be right."""
        last_ns = self.end_ns
        links = 1 + max((item.link for item in self._items), default=-1)
        now, then = moment(started), moment(self._newest.started)
        if now is not None and then is not None:
            since = now - then
            t_ns = self._place.t_ns + since // timedelta(microseconds=1) * 1000
            pause = timedelta(microseconds=(t_ns - last_ns) / 1000)
            if timedelta(0) <= pause <= LONGEST_PAUSE + STARTING:
                return Place(t_ns, links), True
        return Place(last_ns, links), False

    def recording(self) -> Recording:
        """Give what was joined."""
        lost = "; ".join([*self._losses, *([self._lost] if self._lost else [])])
        return Recording(self._header, tuple(self._items), lost, tuple(self._warnings))

    def interrupted(self) -> Recording:
        """Give what was joined, its links ended: a new run will follow."""
        self._end_run()
        return self.recording()

    def _match_rows(self, first_row: int) -> None:
        """Leave out what the next segment has again; say what neither has."""
        self._losses += _absent(first_row - self._rows, self.end_ns)
        self._items = _without_last(self._items, self._rows - first_row)

    def _begin_run(self, header: Header) -> None:
        """Put a run of the program behind the one before."""
        self._end_run()
        self._place, is_known = self.next_place(header.started)
        self._losses += _absent(header.first_row, self._place.t_ns)
        if not is_known:
            self._warnings.append(CLOCK_SET)

    def _end_run(self) -> None:
        """Give every link that is up an end."""
        standing, last_ns = Standing(), self.end_ns
        for item in self._items:
            if isinstance(item, Mark):
                standing.step(item)
        self._items += (Mark(last_ns, link, Disconnected(CUT_OFF)) for link in standing.links)
        self._losses += [self._lost] if self._lost else []
        self._lost = ""


def moment(started: str) -> datetime | None:
    """Read a header's time; None where it is not known."""
    return datetime.fromisoformat(started).astimezone() if started else None


def _repeated(segment: Recording) -> int:
    """How many items at its beginning stand in earlier segments, too: as far as they are not damaged."""
    return max(0, segment.header.repeats - segment.absent_first)


def _own_rows(segment: Recording) -> int:
    """How many rows a segment added, the damaged ones, too."""
    return _rows(segment.items) + segment.absent - segment.header.repeats


def _rows(items: Iterable[Packets | Mark]) -> int:
    return sum(1 if isinstance(item, Mark) else len(item) for item in items)


def _without_last(items: list[Packets | Mark], rows: int) -> list[Packets | Mark]:
    left = list(items)
    while rows > 0 and left:
        last = left.pop()
        size = _rows([last])
        if isinstance(last, Packets) and size > rows:
            left.append(last.cut(0, size - rows))
        rows -= size
    return left


def _absent(rows: int, after_ns: int) -> list[str]:
    return (
        [f"{rows} packets after {after_ns / 1e9:.1f} s are in no segment that is there"] if rows > 0 else []
    )


def _missing(expected: int, found: int) -> list[str]:
    return (
        [] if found == expected else [f"Segments of the session that are missing: {expected} to {found - 1}."]
    )
