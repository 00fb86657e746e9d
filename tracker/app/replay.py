"""A recording as if it were live."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from tracker.app.guide import Guide
from tracker.app.terminal import REFRESH_S, Terminal, View
from tracker.archive.importers import open_any
from tracker.archive.recording import Recording
from tracker.coaching.plan import NO_WISHES
from tracker.coaching.results import Session
from tracker.errors import InputError
from tracker.path import Path as Way
from tracker.sensing.marks import Declared, Mark
from tracker.sensing.samples import Packet, Packets


def replay(terminal: Terminal, file: Path, speed: float) -> None:
    """Show a recording or a foreign file as if it were live, then what it was.

    Raises
    ------
    InputError
        If the file cannot be used.
    """
    recording = open_any(file)
    try:
        with terminal.live() as panel:
            session = asyncio.run(play(recording, Guide(panel, NO_WISHES, _as_recorded), speed))
    except InputError as error:
        raise InputError(f"{file}: {error}") from error
    for note in (recording.lost, *recording.warnings):
        if note:
            terminal.say(f"note: {note}")
    terminal.session(session)


def _as_recorded(_: Declared) -> None:
    """Declare nothing: what was declared is in the recording."""


async def play(recording: Recording, view: View, speed: float) -> Session:
    """Hand a recording's items to the path and the view when they are due.

    Parameters
    ----------
    recording
        What to play.
    view
        Who looks on.
    speed
        How many times as fast as it happened.
    """
    way = Way(session_id=recording.header.session_id, started=recording.header.started)
    clock = asyncio.get_running_loop().time
    start_s = drawn_s = clock()
    link = f"replay x {speed:g}"
    for item in one_by_one(recording.items):
        if (wait_s := start_s + item.t_ns / 1e9 / speed - clock()) > 0:
            await asyncio.sleep(wait_s)
        view.step(item, way.receive(item))
        if clock() - drawn_s >= REFRESH_S:
            drawn_s = clock()
            view.refresh(link)
    view.step(None, way.finish())
    view.refresh(link)
    return way.session()


def one_by_one(items: Sequence[Packets | Mark]) -> Iterator[Packet | Mark]:
    """Take a recording's blocks apart again into what came over the radio."""
    for item in items:
        if isinstance(item, Mark):
            yield item
        else:
            yield from item
