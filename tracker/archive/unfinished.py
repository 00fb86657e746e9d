"""A session that was interrupted: found, kept from others, and gone on with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from tracker.archive import lock
from tracker.archive.header import Header
from tracker.archive.joining import LONGEST_PAUSE, Joining, Place, moment
from tracker.archive.recording import SUFFIX, Recording, read, read_header
from tracker.archive.segments import first_path, segment_path, session_files
from tracker.errors import InputError
from tracker.sensing.marks import Connected, Mark, Stopped
from tracker.sensing.samples import Packets

LONGEST_SESSION = timedelta(days=1)
"""A recording that began longer ago is not opened to see whether it goes on: nobody trains so long."""


@dataclass(frozen=True, slots=True, eq=False)
class Unfinished:
    """A session without an end, locked until it is left, so that nobody else goes on with it.

    Attributes
    ----------
    path
        Of its first segment.
    recording
        What there is of it, every link ended.
    """

    path: Path
    recording: Recording
    _joining: Joining
    _locks: ExitStack

    def header(self, started: str) -> Header:
        """Make the header of the segment in which a run goes on that `started` then."""
        newest = self._joining.newest
        free = (n for n in count(newest.segment + 1) if not segment_path(self.path, n).exists())
        return Header(newest.session_id, next(free), started)

    def place(self, started: str) -> tuple[Place, bool]:
        """Say where in the session that run stands, and whether the clock can be right about it."""
        return self._joining.next_place(started)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._locks.close()


def unfinished(folder: Path, now: datetime, is_wanted: Callable[[Connected], bool]) -> Unfinished | None:
    """Find the session to go on with: the last one, if it was cut off a short while ago.

    Sessions that another program records, of other sensors, and files that cannot be read are passed over.

    Parameters
    ----------
    folder
        Where the sessions lie.
    now
        By the system's clock.
    is_wanted
        Whether a sensor is the one that is used now.

    Returns
    -------
    Unfinished, or None
        None too when the last one of the past `LONGEST_PAUSE` was ended.
    """
    for newest in _newest_first(folder, now):
        with ExitStack() as locks, suppress(InputError, OSError):
            files = session_files(newest, read_header(newest))
            if not all(lock.take(locks.enter_context(file.open("r+b"))) for file in files):
                continue
            joining = Joining(read(files[0]))
            for file in files[1:]:
                joining.add(read(file))
            if not _is_recent(joining, newest, now) or not is_wanted(_sensor_of(joining.items)):
                continue
            if _has_ended(joining.items):
                return None
            return Unfinished(first_path(files[0]), joining.interrupted(), joining, locks.pop_all())
    return None


def _newest_first(folder: Path, now: datetime) -> list[Path]:
    """Give the newest segments of the sessions that may be recent."""
    began: dict[Path, datetime] = {}
    for file in folder.glob(f"*{SUFFIX}"):
        with suppress(InputError, OSError):
            header = read_header(file)
            started = None if header.imported else moment(header.started)  # nobody goes on with a file
            if started is not None and (_changed_lately(file, now) or abs(now - started) < LONGEST_SESSION):
                began[file] = started
    return sorted(began, key=lambda file: (began[file], file.name), reverse=True)


def _is_recent(joining: Joining, newest: Path, now: datetime) -> bool:
    """Whether the last row is. Where the clock was set since the start, the file still knows."""
    started = moment(joining.newest.started)
    run = timedelta(microseconds=(joining.end_ns - joining.place.t_ns) / 1000)
    by_clock = started is not None and abs(now - started - run) <= LONGEST_PAUSE
    return by_clock or _changed_lately(newest, now)


def _changed_lately(file: Path, now: datetime) -> bool:
    return abs(now.timestamp() - file.stat().st_mtime) <= LONGEST_PAUSE.total_seconds()


def _sensor_of(items: Sequence[Packets | Mark]) -> Connected:
    bodies = [item.body for item in items if isinstance(item, Mark)]
    sensors = [body for body in bodies if isinstance(body, Connected)]
    if not sensors:
        raise InputError("nothing was recorded yet")
    return sensors[-1]


def _has_ended(items: Sequence[Packets | Mark]) -> bool:
    return isinstance(items[-1], Mark) and isinstance(items[-1].body, Stopped)
