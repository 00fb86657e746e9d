"""The rows that are on no disk yet: how many are tried at once, and when again after a refusal."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.archive.rows import Row

RETRY_S = 5.0
"""Time between two tries to write again, s: soon enough for who has just freed some space, seldom enough
for a disk in trouble."""

MOST_AT_ONCE, FEWEST_AT_ONCE = 500, 25
"""Rows in one batch when a backlog is written: a minute; and how few are tried where so many do not fit any
more: some seconds."""

_RETRY_NS = round(RETRY_S * 1e9)


class Backlog:
    """Rows in the order they came; time is theirs, so that it passes as it does for the session."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._at_once = MOST_AT_ONCE
        self._refused_ns: int | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, rows: Sequence[Row]) -> None:
        """Take in the next rows."""
        self._rows += rows

    @property
    def next(self) -> list[Row]:
        """The rows that are to be tried now."""
        return self._rows[: self._at_once]

    @property
    def is_due(self) -> bool:
        """Whether it is time to try: not within `RETRY_S` of a refusal that nothing could be done about."""
        return self._refused_ns is None or self._rows[-1].t_ns - self._refused_ns >= _RETRY_NS

    def took(self) -> None:
        """The disk has taken what was tried."""
        del self._rows[: self._at_once]
        if not self._rows:
            self._at_once = MOST_AT_ONCE

    def refused(self, *, had_room: bool, took_some: bool) -> None:
        """The disk has not taken it.

        Parameters
        ----------
        had_room
            Whether there was a file to write to: then fewer rows may fit.
        took_some
            Whether that had taken rows before: then the next file may take these.
        """
        tried = len(self.next)
        if had_room and tried > FEWEST_AT_ONCE:
            self._at_once, self._refused_ns = max(tried // 2, FEWEST_AT_ONCE), None
        else:
            self._at_once = MOST_AT_ONCE
            self._refused_ns = None if took_some else self._rows[-1].t_ns
