"""A live session: a sensor in, a recording and its tables out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.app.guide import Guide
from tracker.app.listening import MakeReceiver as MakeListener
from tracker.app.live import Follow, LiveSession, MakeReceiver, nothing_follows
from tracker.app.sensors import Encounters, chosen, wanted
from tracker.app.terminal import Terminal, Together
from tracker.app.wording import lag_words
from tracker.archive.export.csv import write_tables
from tracker.archive.files import require_writable
from tracker.archive.importers import stem
from tracker.archive.recording import Writer, begin
from tracker.archive.settings import HOME, load_sensors, sessions_folder
from tracker.coaching.exercises import by_name
from tracker.coaching.plan import NO_WISHES, Wishes
from tracker.coaching.results import Session
from tracker.coaching.tempo import tempo_of
from tracker.path import Path as Way
from tracker.sensing.bluetooth.stream import Receiver
from tracker.sensing.samples import Declared, Side

if TYPE_CHECKING:
    from tracker.app.pages.site import Site


def declared_of(
    side: str | None,
    load_kg: float | None,
    target: int | None,
    tempo: str | None,
    athlete: str | None,
    exercise: str | None,
) -> Declared:
    """Take the options of the command line as a declaration.

    Raises
    ------
    InputError
        If the tempo or the exercise is none: now, not after the set.
    """
    if tempo is not None:
        tempo_of(tempo)
    if exercise is not None:
        by_name(exercise)
    return Declared(Side(side) if side else None, load_kg, athlete, exercise, target, tempo)


def wishes_of(
    weak_side: str | None,
    weak_first: bool | None,
    stop_at_weak: bool,
    one_side: bool,
    rest_s: float | None,
) -> Wishes:
    """Take the options of the command line as wishes.

    The weak side goes first where it is named or where the other stops at its reps: else nobody's order is
    changed unasked.
    """
    if weak_first is None:
        weak_first = weak_side is not None or stop_at_weak
    weak = Side(weak_side) if weak_side else Side.UNKNOWN
    return Wishes(weak, weak_first, stop_at_weak, one_side, rest_s)


def train(
    terminal: Terminal,
    declared: Declared,
    nickname: str | None,
    runner: asyncio.Runner,
    make_receiver: MakeListener = Receiver,
    site: Site | None = None,
    wishes: Wishes = NO_WISHES,
) -> bool:
    """Record and count until Ctrl-C or the page's own button, then write the tables beside the recording.

    Parameters
    ----------
    terminal
        For the panel and the summary.
    declared
        What is known about the sets.
    nickname
        Of a paired sensor; None takes the only one that is paired, and where none is the first that is
        found.
    runner
        Whose event loop it runs on.
    make_receiver
        The radio, where it is not the system's.
    site
        The live page; None without one.
    wishes
        How to be led from set to set.

    Returns
    -------
    bool
        True when it was ended by Ctrl-C, as it is meant to be.

    Raises
    ------
    BluetoothError
        If no sensor is found.
    InputError
        If the nickname is not known, several are paired and none is named, or the recording cannot be
        written.
    """
    sensor, folder = chosen(nickname), sessions_folder()
    require_writable(folder, HOME)
    if sensor is None:
        terminal.say("no sensor is paired: the first one that is found is taken (tracker pair remembers one)")
    elif lag := lag_words(sensor.make):
        terminal.say(f"{sensor.nickname}: {lag}")
    met = Encounters(load_sensors())
    this_one = partial(make_receiver, wanted(sensor))
    try:
        return hold(terminal, runner, folder, declared, this_one, follow=met.step, wishes=wishes, site=site)
    finally:
        met.save()


def hold(
    terminal: Terminal,
    runner: asyncio.Runner,
    folder: Path,
    declared: Declared,
    make_receiver: MakeReceiver,
    prompt: Callable[[LiveSession], None] | None = None,
    follow: Follow = nothing_follows,
    site: Site | None = None,
    wishes: Wishes = NO_WISHES,
) -> bool:
    """Hold one session to its end: panel, recording, tables, summary.

    Parameters
    ----------
    terminal
        For the panel and the summary.
    runner
        Whose event loop it runs on.
    folder
        For the recording and its tables, which are named after the time.
    declared
        What is known before it starts.
    make_receiver
        Makes the receiver, given where to put what it hears.
    prompt
        Is handed the session before it starts: whoever will correct things or stop it.
    follow
        See `LiveSession`.
    site
        The live page; None without one.
    wishes
        How the person wants to be led from set to set.

    Returns
    -------
    bool
        True when it was interrupted.

    Raises
    ------
    BluetoothError
        If no sensor is found.
    InputError
        If the recording or its tables cannot be written.
    """
    now = datetime.now().astimezone()
    started = now.isoformat(timespec="milliseconds")
    make_writer = partial(_begun, terminal, folder, f"{now:%Y-%m-%d_%H-%M-%S}", started)
    way = Way(started=started)
    with ExitStack() as whatever_happens:
        if site:
            site.invite()
        with terminal.live(wishes) as view:
            views = Together(view, site.feed) if site else view
            guide = Guide(views, wishes, lambda said: live.declare(said))
            last_word = site.feed.delays.summary if site else lambda: None
            live = LiveSession(make_receiver, make_writer, way, guide, declared, follow, last_word)
            whatever_happens.callback(lambda: runner.run(live.close()))
            if prompt:
                prompt(live)
            interrupted = _run(runner, live, way, site)
        if live.recording:
            terminal.session(_session(way, live.recording))
            terminal.say(f"recording and tables: {folder / stem(live.recording)}.*")
        else:
            terminal.say("nothing was recorded: no sensor was connected")
    return interrupted


def _begun(terminal: Terminal, folder: Path, session_id: str, started: str) -> Writer:
    writer = begin(folder, session_id, started)
    with suppress(OSError):  # a terminal that is gone says so itself, and costs no rep
        terminal.say(f"recording: {writer.path}")
    return writer


def _session(way: Way, recording: Path) -> Session:
    """What was counted so far, under the name that the recording got."""
    return replace(way.session(), session_id=stem(recording))


async def _looked_at(live: LiveSession, site: Site | None) -> None:
    async with site.open(live) if site else nullcontext():
        await live.run()


def _run(runner: asyncio.Runner, live: LiveSession, way: Way, site: Site | None) -> bool:
    """Run to the end, and write the tables however it ended."""
    try:
        runner.run(_looked_at(live, site))
    except KeyboardInterrupt:
        return True
    finally:
        if live.counted and (file := live.recording):
            write_tables(_session(way, file), file.parent, stem(file))
    return False
