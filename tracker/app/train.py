"""A live session: a sensor in, a recording and its tables out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from tracker.app.beginning import Clock, going_on, new_session, wall_clock
from tracker.app.listening import MakeReceiver as MakeListener
from tracker.app.live import Follow, LiveSession, MakeReceiver, nothing_follows
from tracker.app.sensors import Encounters, chosen, is_same, wanted
from tracker.app.terminal import Terminal
from tracker.app.wording import lag_words
from tracker.archive.export.csv import write_tables
from tracker.archive.files import require_writable
from tracker.archive.importers import stem
from tracker.archive.session_writer import UnsavedError
from tracker.archive.settings import HOME, load_sensors, sessions_folder
from tracker.archive.unfinished import Unfinished, unfinished
from tracker.coaching.exercises import by_name
from tracker.coaching.results import Session
from tracker.coaching.tempo import tempo_of
from tracker.errors import InputError
from tracker.path import Path as Way
from tracker.sensing.bluetooth.stream import Receiver
from tracker.sensing.samples import Connected, Declared, Side


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


def train(
    terminal: Terminal,
    declared: Declared,
    nickname: str | None,
    runner: asyncio.Runner,
    make_receiver: MakeListener = Receiver,
    *,
    new: bool = False,
    clock: Clock = wall_clock,
) -> bool:
    """Record and count until Ctrl-C, then write the tables beside the recording.

    A session that was interrupted a short while ago goes on.

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
    new
        Start another session, even where one was interrupted.
    clock
        Gives the time of day.

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

    def is_wanted(connected: Connected) -> bool:
        return sensor is None or is_same(sensor, connected)

    with ExitStack() as whatever_happens:
        whatever_happens.callback(met.save)
        earlier = None if new else unfinished(folder, clock(), is_wanted)
        if earlier:
            whatever_happens.enter_context(earlier)
        return hold(
            terminal, runner, folder, declared, this_one, follow=met.step, earlier=earlier, clock=clock
        )


def hold(
    terminal: Terminal,
    runner: asyncio.Runner,
    folder: Path,
    declared: Declared,
    make_receiver: MakeReceiver,
    prompt: Callable[[LiveSession], None] | None = None,
    follow: Follow = nothing_follows,
    earlier: Unfinished | None = None,
    clock: Clock = wall_clock,
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
        Is handed the session before it starts: whoever will declare things or stop it.
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
    way = begun.way
    with ExitStack() as whatever_happens:
        with terminal.live() as view:
            for item, step in begun.seen:
                view.step(item, step)
            live = LiveSession(make_receiver, begun.make_writer, way, view, declared, follow, begun.place)
            whatever_happens.callback(lambda: runner.run(live.close()))
            if prompt:
                prompt(live)
            interrupted, unsaved = _run(runner, live, way)
        if live.recording:
            terminal.session(_session(way, live.recording))
        else:
            terminal.say("nothing was recorded: no sensor was connected")
        if unsaved:
            raise InputError("; ".join(map(str, unsaved))) from unsaved[0]
        if live.recording:
            terminal.say(f"recording and tables: {folder / stem(live.recording)}.*")
    return interrupted


def _session(way: Way, recording: Path) -> Session:
    """What was counted so far, under the name that the recording got."""
    return replace(way.session(), session_id=stem(recording))


def _run(runner: asyncio.Runner, live: LiveSession, way: Way) -> tuple[bool, list[InputError]]:
    """Run to the end, and write the tables however it ended; what could not be written is told later."""
    interrupted = False
    unsaved: list[InputError] = []
    try:
        runner.run(live.run())
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
