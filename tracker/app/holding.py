"""One live session from beginning to end: a sensor in, a recording and its tables out."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.app.beginning import Beginning, Clock, going_on, new_session, wall_clock
from tracker.app.guide import Guide
from tracker.app.link_wording import feedback_words
from tracker.app.live import Follow, LiveSession, MakeReceiver, nothing_follows
from tracker.app.terminal import Onlooker, Terminal, Together
from tracker.archive.export.csv import write_tables
from tracker.archive.importers import stem
from tracker.archive.session_writer import UnsavedError
from tracker.archive.unfinished import Unfinished
from tracker.coaching.plan import NO_WISHES, NOTHING_SAID, Wishes
from tracker.coaching.results import Session
from tracker.errors import InputError
from tracker.path import Path as Way
from tracker.sensing.marks import Declared

if TYPE_CHECKING:
    from tracker.app.pages.live_site import LiveSite


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person wants of a session.

    Attributes
    ----------
    declared
        What is known before it starts.
    wishes
        How to be led from set to set.
    site
        The live page; None without one.
    """

    declared: Declared = NOTHING_SAID
    wishes: Wishes = NO_WISHES
    site: LiveSite | None = None


def hold(
    terminal: Terminal,
    runner: asyncio.Runner,
    folder: Path,
    asked: Asked,
    make_receiver: MakeReceiver,
    prompt: Callable[[LiveSession], None] | None = None,
    follow: Follow = nothing_follows,
    earlier: Unfinished | None = None,
    clock: Clock = wall_clock,
) -> bool:
    """Hold one session to its end: panel, page, recording, tables, summary.

    Parameters
    ----------
    terminal
        For the panel and the summary.
    runner
        Whose event loop it runs on.
    folder
        For the recording and its tables, which are named after the time.
    asked
        What the person wants of it.
    make_receiver
        Makes the receiver, given where to put what it hears.
    prompt
        Is handed the session before it starts: whoever will correct things or stop it.
    follow
        See `LiveSession`.
    earlier
        A session to go on with; None begins another one.
    clock
        Gives the time of day.

    Returns
    -------
    bool
        True when it was interrupted.

    Raises
    ------
    BluetoothError
        If no sensor is found.
    InputError
        If the recording cannot be begun, or something of it or its tables could not be written.
    """
    begun = going_on(terminal, earlier, clock) if earlier else new_session(terminal, folder, clock)
    with ExitStack() as whatever_happens:
        if asked.site:
            whatever_happens.enter_context(asked.site)
        with terminal.live() as panel:
            live = _session_of(begun, asked, panel, make_receiver, follow)
            whatever_happens.callback(lambda: runner.run(live.close()))
            if prompt:
                prompt(live)
            interrupted, unsaved = _run(runner, live, begun.way, asked.site)
        if asked.site and (feedback := asked.site.feed.delays.summary()):
            terminal.say(feedback_words(feedback))
        _sum_up(terminal, live, begun.way, unsaved)
    return interrupted


def _session_of(
    begun: Beginning, asked: Asked, panel: Onlooker, make_receiver: MakeReceiver, follow: Follow
) -> LiveSession:
    """Put a session together; whoever looks on has seen what was before an interruption."""
    site = asked.site
    onlookers = (site.feed, panel) if site else (panel,)  # the page first: a terminal takes ms for a line
    guide = Guide(Together(*onlookers), asked.wishes, lambda said: live.declare(said))
    guide.catch_up(begun.seen)
    last_word = site.feed.delays.summary if site else lambda: None
    live = LiveSession(
        make_receiver, begun.make_writer, begun.way, guide, asked.declared, follow, last_word, begun.place
    )
    return live


async def _looked_at(live: LiveSession, site: LiveSite | None) -> None:
    async with site.open(live) if site else nullcontext():
        await live.run()


def _run(
    runner: asyncio.Runner, live: LiveSession, way: Way, site: LiveSite | None
) -> tuple[bool, list[InputError]]:
    """Run to the end, and write the tables however it ended; what could not be written is told later."""
    gc.freeze()  # what the libraries have loaded stays: looking through it now and then would hold up a rep
    interrupted = False
    unsaved: list[InputError] = []
    try:
        runner.run(_looked_at(live, site))
    except KeyboardInterrupt:
        interrupted = True
    except UnsavedError as error:
        unsaved.append(error)
    finally:
        if live.counted and (file := live.recording):
            try:
                write_tables(_session(way, file), file.parent, stem(file))
            except InputError as error:
                unsaved.append(error)
    return interrupted, unsaved


def _sum_up(terminal: Terminal, live: LiveSession, way: Way, unsaved: list[InputError]) -> None:
    file = live.recording
    if file:
        terminal.session(_session(way, file))
    else:
        terminal.say("nothing was recorded: no sensor was connected")
    if unsaved:
        raise InputError("; ".join(map(str, unsaved))) from unsaved[0]
    if file:
        terminal.say(f"look at it, correct it: tracker review {file}")
        terminal.say(f"recording and tables: {file.parent / stem(file)}.*")


def _session(way: Way, recording: Path) -> Session:
    """What was counted so far, under the name that the recording got."""
    return replace(way.session(), session_id=stem(recording))
