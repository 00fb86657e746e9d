"""A virtual lifter and a virtual sensor, received like real ones: over bleak, in real time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

from tracker.app.holding import Asked, hold
from tracker.app.live import LiveSession, MakeReceiver
from tracker.app.terminal import Terminal
from tracker.archive.files import require_writable
from tracker.archive.settings import HOME, sessions_folder
from tracker.coaching.declared import together
from tracker.errors import InputError
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.marks import Declared, Side
from tracker.virtual.chip import ordinary_chip
from tracker.virtual.imu import Imu, Mounting
from tracker.virtual.lifter import Performance, perform
from tracker.virtual.peripherals import PERIPHERALS
from tracker.virtual.radio import Radio
from tracker.virtual.script import demo_script

SEED = 7
"""Which of the many ways to move the lifter takes; any other shows the same."""

LOAD_KG = 20.0
"""What the lifter says is on the bar; nothing that is measured depends on it."""

CLIPPED_ON = Mounting((0.653, 0.271, 0.653, 0.271), lever_arm_m=(0.06, 0.02, 0.03))
"""Somehow: upright and turned, beside the plates. Nobody tells the tracker."""

FOLDER = "demo"
"""Beside the folder of the sessions: what a virtual lifter did is nobody's training."""

LINGER_S = 1.0
"""How long the panel stands after the last movement, s."""


def show(terminal: Terminal, folder: Path, make: str = "open-lift") -> bool:
    """Show a session of a little over a minute.

    Parameters
    ----------
    terminal
        For the panel and the summary.
    folder
        For the recording and its tables.
    make
        Which virtual sensor, a key of `PERIPHERALS`.

    Returns
    -------
    bool
        True when it was interrupted.

    Raises
    ------
    InputError
        If there is no such sensor, or the folder cannot be written.
    """
    if make not in PERIPHERALS:
        raise InputError(f"there is no virtual sensor {make!r}; choose one of: {', '.join(PERIPHERALS)}")
    require_writable(folder, "--out")
    _introduce(terminal)
    performance = perform(demo_script(SEED))
    with asyncio.Runner() as runner:
        make_receiver = _on_the_air(runner, performance, make)
        prompt = partial(stopped_after, performance, runner.get_loop())
        return hold(terminal, runner, folder, Asked(declared_before(performance)), make_receiver, prompt)


def train(terminal: Terminal, asked: Asked, runner: asyncio.Runner) -> bool:
    """Train with a virtual lifter until told to stop; recorded apart from real sessions.

    Parameters
    ----------
    terminal
        For the panel and the summary.
    asked
        What the person wants of the session; what is not declared the lifter says.
    runner
        Whose event loop it runs on.

    Returns
    -------
    bool
        True when it was interrupted.

    Raises
    ------
    InputError
        If it cannot be recorded.
    """
    folder = sessions_folder().with_name(FOLDER)
    require_writable(folder, HOME)
    _introduce(terminal)
    performance = perform(demo_script(SEED))
    asked = replace(asked, declared=together(declared_before(performance), asked.declared))
    make_receiver = _on_the_air(runner, performance, "open-lift")
    return hold(terminal, runner, folder, asked, make_receiver)


def _introduce(terminal: Terminal) -> None:
    terminal.say(
        "A virtual lifter with a virtual sensor: five reps a leg, one short, one rocking. A good minute."
    )


def _on_the_air(runner: asyncio.Runner, performance: Performance, make: str) -> MakeReceiver:
    """Switch the sensor on, and make what receives it and nothing else."""
    radio = runner.run(_switched_on(performance, make))
    return partial(Receiver, Wanted(), scanner_backend=radio.scanner, client_backend=radio.client)


async def _switched_on(performance: Performance, make: str) -> Radio:
    return Radio(PERIPHERALS[make](Imu(performance.movement, CLIPPED_ON, ordinary_chip(SEED), seed=SEED)))


def declared_before(performance: Performance) -> Declared:
    """Put into a declaration what the lifter says once, before the first set."""
    first = performance.truth.sets[0]
    return Declared(Side(first.leg.value), LOAD_KG, target_reps=first.reps)


def stopped_after(performance: Performance, loop: asyncio.AbstractEventLoop, live: LiveSession) -> None:
    """Have the session stopped when all is over.

    Parameters
    ----------
    performance
        Began just now.
    loop
        Whose clock the lifter follows.
    live
        The session.
    """
    loop.call_later(performance.duration_s + LINGER_S, live.stop)
