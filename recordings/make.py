"""From a reference to its files, the whole real way: lifter, sensor, radio, bleak, receiver, writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from recordings.labels import RecordedTime, rep_labels, set_labels, write_labels
from recordings.references import Reference
from tracker.archive.header import Header
from tracker.archive.recording import SUFFIX, Writer, read
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.marks import NO_LINK, Declared, Mark, Side, Stopped
from tracker.sensing.samples import Packet
from tracker.virtual.chip import ordinary_chip
from tracker.virtual.imu import Imu, any_mounting
from tracker.virtual.jumping_clock import clock_ns, run
from tracker.virtual.lifter import Performance, perform
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.radio import Radio
from tracker.virtual.truth import SetTruth

STARTED = "2026-01-01T18:00:00+00:00"
"""Made up: a session that never was has no start, and a true one would differ each time."""

SAYS_AFTER_S = 2.0
"""When the lifter says which leg is next, s after the set before."""

LINGER_S = 0.5
"""How long the recording goes on after the last movement, s."""


def make(reference: Reference, folder: Path) -> Path:
    """Write NAME.arrows, NAME.reps.csv and NAME.sets.csv; return the recording's path.

    Raises
    ------
    InputError
        If the recording is there already or cannot be written.
    """
    performance = perform(reference.script)
    path = folder / f"{reference.name}{SUFFIX}"
    with Writer(path, Header(reference.name, 1, STARTED)) as writer:
        run(_train(reference, performance, writer.write))
    time = RecordedTime(read(path).items, reference.clock)
    write_labels(rep_labels(performance.truth, time), folder / f"{reference.name}.reps.csv")
    write_labels(set_labels(performance.truth, time), folder / f"{reference.name}.sets.csv")
    return path


async def _train(
    reference: Reference, performance: Performance, keep: Callable[[Packet | Mark], None]
) -> None:
    """Receive from beginning to end, with the marks that `tracker train` writes beside what is received."""
    radio = Radio(_board(reference, performance), script=reference.troubles, seed=reference.script.seed)
    receiver = Receiver(
        Wanted(), keep, scanner_backend=radio.scanner, client_backend=radio.client, clock_ns=clock_ns
    )

    def say(work: SetTruth) -> None:
        declared = Declared(Side(work.leg.value), reference.load_kg, target_reps=work.reps)
        keep(Mark(receiver.t_ns(), NO_LINK, declared))

    loop, sets = asyncio.get_running_loop(), performance.truth.sets
    say(sets[0])
    for before, work in pairwise(sets):
        loop.call_later(before.t_end_s + SAYS_AFTER_S, say, work)
    loop.call_later(performance.duration_s + LINGER_S, receiver.stop)
    await receiver.run()
    keep(Mark(receiver.t_ns(), NO_LINK, Stopped()))
    await receiver.close()


def _board(reference: Reference, performance: Performance) -> OpenLift:
    seed = reference.script.seed
    return OpenLift(
        Imu(performance.movement, any_mounting(seed), ordinary_chip(seed), reference.clock, seed=seed)
    )
