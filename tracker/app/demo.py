"""A virtual lifter and a virtual sensor, received like real ones: over bleak, in real time."""

from __future__ import annotations

import asyncio
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.app.live import LiveSession
from tracker.app.terminal import Terminal
from tracker.app.train import hold
from tracker.archive.files import require_writable
from tracker.errors import InputError
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.samples import Declared, Side
from tracker.virtual.chip import ordinary_chip
from tracker.virtual.imu import Imu, Mounting
from tracker.virtual.lifter import Performance, perform
from tracker.virtual.peripherals import PERIPHERALS
from tracker.virtual.radio import Radio
from tracker.virtual.script import demo_script
from tracker.virtual.truth import SetTruth

if TYPE_CHECKING:
    from tracker.app.pages.site import Site

SEED = 7
"""Which of the many ways to move the lifter takes; any other shows the same."""

LOAD_KG = 20.0
"""What the lifter says is on the bar; nothing that is measured depends on it."""

CLIPPED_ON = Mounting((0.653, 0.271, 0.653, 0.271), lever_arm_m=(0.06, 0.02, 0.03))
"""Somehow: upright and turned, beside the plates. Nobody tells the tracker."""

LINGER_S = 1.0
"""How long the panel stands after the last movement, s."""

SAYS_AFTER_S = 1.0
"""When the lifter says which leg is next, s after the set before."""


def show(
    terminal: Terminal,
    folder: Path,
    make: str = "open-lift",
    declared: Declared | None = None,
    site: Site | None = None,
) -> bool:
    """Show a session of a little over a minute; with a page it stays until it is told to stop.

    Parameters
    ----------
    terminal
        For the panel and the summary.
    folder
        For the recording and its tables.
    make
        Which virtual sensor, a key of `PERIPHERALS`.
    declared
        What the person says instead of the lifter, before the first set.
    site
        The live page; None without one.

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
    terminal.say(
        "A virtual lifter with a virtual sensor: five reps a leg, one short, one rocking. A good minute."
    )
    performance = perform(demo_script(SEED))
    with asyncio.Runner() as runner:
        radio = runner.run(_switched_on(performance, make))
        make_receiver = partial(
            Receiver, Wanted(), scanner_backend=radio.scanner, client_backend=radio.client
        )
        prompt = partial(prompted, performance, runner.get_loop(), stays=site is not None)
        first = declared or declared_before(performance.truth.sets[0])
        return hold(terminal, runner, folder, first, make_receiver, prompt, site=site)


async def _switched_on(performance: Performance, make: str) -> Radio:
    return Radio(PERIPHERALS[make](Imu(performance.movement, CLIPPED_ON, ordinary_chip(SEED), seed=SEED)))


def declared_before(work: SetTruth) -> Declared:
    """Put into a declaration what the lifter says before a set."""
    return Declared(Side(work.leg.value), LOAD_KG, target_reps=work.reps)


def prompted(
    performance: Performance, loop: asyncio.AbstractEventLoop, live: LiveSession, *, stays: bool = False
) -> None:
    """Have the lifter name the other leg in the rest, and stop the session when all is over.

    Parameters
    ----------
    performance
        Began just now.
    loop
        Whose clock the lifter follows.
    live
        The session that is told.
    stays
        Leave it to somebody else to stop the session.
    """
    sets = performance.truth.sets
    for before, work in pairwise(sets):
        loop.call_later(before.t_end_s + SAYS_AFTER_S, live.declare, declared_before(work))
    if not stays:
        loop.call_later(performance.duration_s + LINGER_S, live.stop)
