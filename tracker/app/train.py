"""Training with a sensor of one's own: which one, what is known about it, and what was interrupted."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from functools import partial

from tracker.app.beginning import Clock, wall_clock
from tracker.app.holding import Asked, hold
from tracker.app.link_wording import lag_words
from tracker.app.listening import MakeReceiver as MakeListener
from tracker.app.sensors import Encounters, chosen, is_same, wanted
from tracker.app.terminal import Terminal
from tracker.archive.files import require_writable
from tracker.archive.settings import HOME, load_sensors, sessions_folder
from tracker.archive.unfinished import unfinished
from tracker.coaching.plan import Wishes
from tracker.sensing.bluetooth.stream import Receiver
from tracker.sensing.marks import Connected, Side


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
    asked: Asked,
    nickname: str | None,
    runner: asyncio.Runner,
    make_receiver: MakeListener = Receiver,
    *,
    new: bool = False,
    clock: Clock = wall_clock,
) -> bool:
    """Record and count until told to stop, then write the tables beside the recording.

    A session that was interrupted a short while ago goes on.

    Parameters
    ----------
    terminal
        For the panel and the summary.
    asked
        What the person wants of the session.
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
        True when it was ended by Ctrl-C.

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
        return hold(terminal, runner, folder, asked, this_one, follow=met.step, earlier=earlier, clock=clock)
