"""How a live session begins: as a new one, or going on with one that was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias

from tracker.app.screen import Item
from tracker.app.terminal import Terminal
from tracker.archive.joining import AT_THE_START, CLOCK_SET, Place
from tracker.archive.naming import named_after
from tracker.archive.session_writer import SessionWriter, begin
from tracker.archive.unfinished import Unfinished
from tracker.coaching.counts import counted
from tracker.path import Path as Way
from tracker.path import Step

Clock: TypeAlias = Callable[[], datetime]
"""Gives the time of day, with its offset."""


def wall_clock() -> datetime:
    """Give the time of day by the system's clock."""
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """What a live session needs to begin.

    Attributes
    ----------
    way
        The path; it knows what was recorded before an interruption.
    seen
        What came of that, for who looks on.
    place
        Where in its session this run stands.
    make_writer
        Opens the recording.
    """

    way: Way
    seen: tuple[tuple[Item, Step], ...]
    place: Place
    make_writer: Callable[[], SessionWriter]


def new_session(terminal: Terminal, folder: Path, clock: Clock) -> Beginning:
    """Begin a session that is named after the time."""
    now = clock()
    started = now.isoformat(timespec="milliseconds")
    make_writer = partial(begin, folder, named_after(now), started)
    return Beginning(Way(started=started), (), AT_THE_START, partial(_told, terminal, make_writer))


def going_on(terminal: Terminal, earlier: Unfinished, clock: Clock) -> Beginning:
    """Go on with a session: what there is of it goes down the path first."""
    header = earlier.recording.header
    way = Way(session_id=header.session_id, started=header.started)
    seen = tuple((item, way.receive(item)) for item in earlier.recording.items)
    sets = len(way.session().sets)
    terminal.say(
        f"going on with session {header.session_id} ({counted(sets, 'set')} so far); --new starts another one"
    )
    started = clock().isoformat(timespec="milliseconds")
    place, is_known = earlier.place(started)
    if not is_known:
        terminal.say(CLOCK_SET)
    make_writer = partial(SessionWriter, earlier.path, earlier.header(started))
    return Beginning(way, seen, place, partial(_told, terminal, make_writer))


def _told(terminal: Terminal, make_writer: Callable[[], SessionWriter]) -> SessionWriter:
    writer = make_writer()
    with suppress(OSError):  # a terminal that is gone says so itself, and costs no rep
        terminal.say(f"recording: {writer.segment}")
    return writer
