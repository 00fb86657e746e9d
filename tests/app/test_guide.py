"""Whole live sessions in which nobody says a side after the first: over the radio, into the tables, again."""

import asyncio
import errno
import io
import os
from functools import partial

import pandas as pd
import pytest

from tracker.app.demo import CLIPPED_ON, stopped_after
from tracker.app.flow import flow_of, step
from tracker.app.guide import Guide
from tracker.app.holding import Asked, hold
from tracker.app.replay import one_by_one
from tracker.app.terminal import Terminal, Together
from tracker.app.under_way import FlowStage
from tracker.archive.analyze import analyze
from tracker.archive.recording import read
from tracker.coaching.plan import NO_WISHES, Wishes
from tracker.path import Path as Way
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.marks import Declared, Mark, Side
from tracker.sensing.samples import Packet
from tracker.virtual.imu import Imu
from tracker.virtual.jumping_clock import JumpingLoop
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.radio import Radio
from tracker.virtual.script import (
    Leg,
    Missed,
    PickUp,
    PutDown,
    Rest,
    RollUp,
    Script,
    Tempo,
    Untouched,
    WorkSet,
)

BRISK = Tempo(lower_s=1.2, bottom_s=0.3, drive_s=0.9, hold_s=0.4)
LEFT, RIGHT = Side.LEFT, Side.RIGHT
STOPS_AT_LEFT = Wishes(weak_side=LEFT, weak_side_first=True, stop_at_weak=True)

THREE_SETS = perform(
    Script(
        (
            Untouched(3.0),
            PickUp(),
            RollUp(),
            Rest(6.0),
            WorkSet(Leg.LEFT, 5, BRISK, faults=(Missed(rep=3, short_deg=13.0),)),
            Rest(15.0),  # with a fidget in its middle, which may be the beginning of a drive
            WorkSet(Leg.RIGHT, 4, BRISK),
            Rest(12.0),
            WorkSet(Leg.LEFT, 4, BRISK),
            Rest(8.0),
            PutDown(),
            Untouched(2.0),
        ),
        seed=4,
    )
)


async def world():
    return Radio(OpenLift(Imu(THREE_SETS.movement, CLIPPED_ON)))


class Gone(io.StringIO):
    """A terminal that hangs up when the first set has begun."""

    def write(self, text):
        if "set 1 began" in self.getvalue():
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().write(text)


def held(folder, declared, wishes=NO_WISHES, during=(), out=None):
    """Hold the session; what was printed. `during` is (time, what is said then)."""
    out = out or io.StringIO()
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        loop = runner.get_loop()
        radio = runner.run(world())
        make_receiver = partial(
            Receiver,
            Wanted(),
            scanner_backend=radio.scanner,
            client_backend=radio.client,
            clock_ns=lambda: round(loop.time() * 1e9),
        )

        def prompt(live):
            stopped_after(THREE_SETS, loop, live)
            for at_s, said in during:
                loop.call_later(at_s, live.declare, said)

        assert not hold(Terminal(out, out), runner, folder, Asked(declared, wishes), make_receiver, prompt)
    return out.getvalue()


def table(folder, name):
    [file] = folder.glob(f"*.{name}.csv")
    return pd.read_csv(file)


def recorded(folder):
    [file] = folder.glob("*.arrows")
    return list(one_by_one(read(file).items))


def declared_in(items):
    return [item.body for item in items if isinstance(item, Mark) and isinstance(item.body, Declared)]


def replayed(items, wishes=NO_WISHES):
    """The flow after every item of a recording, and the session that the path makes of it."""
    way, flows = Way(), [flow_of(wishes)]
    for item in items:
        flows.append(step(flows[-1], item, way.receive(item)))
    return flows, way.session()


@pytest.fixture(scope="module")
def led(tmp_path_factory):
    """Folder, and what was printed, of a session in which the side was said once."""
    folder = tmp_path_factory.mktemp("led")
    return folder, held(folder, Declared(LEFT, 20.0, target_reps=5), STOPS_AT_LEFT)


def test_the_sides_in_the_tables_are_right_without_a_tap(led):
    folder, _ = led
    sets = table(folder, "sets")
    assert list(sets.side) == ["left", "right", "left"]
    assert list(sets.reps) == [5, 4, 4]
    assert set(sets.load_kg) == {20.0}


def test_the_strong_side_was_declared_to_stop_at_the_weak_sides_clean_reps(led):
    folder, said = led
    assert declared_in(recorded(folder)) == [
        Declared(LEFT, 20.0, target_reps=5),
        Declared(RIGHT),
        Declared(target_reps=4),
        Declared(LEFT),
        Declared(target_reps=5),
        Declared(RIGHT),
        Declared(target_reps=4),
    ]
    assert "rest 60 s; next right, 20 kg, target 4: its turn: 1 set left, none right; stops at the 4" in said
    assert "rest 90 s; next left, 20 kg, target 5: the weak side goes first" in said


def test_the_recording_gives_the_same_sides_again(led):
    folder, _ = led
    [file] = folder.glob("*.arrows")
    assert [done.side for done in analyze(file).sets] == [LEFT, RIGHT, LEFT]
    flows, session = replayed(recorded(folder), STOPS_AT_LEFT)
    assert [done.side for done in session.sets] == [LEFT, RIGHT, LEFT]
    assert flows[-1].said.person == Declared(LEFT, 20.0, target_reps=5)  # what we declared is known as ours
    assert flows[-1].said.unheard == ()


def test_what_a_crash_kept_from_being_recorded_is_declared_when_the_session_goes_on(led):
    items = recorded(led[0])
    at = next(n for n, item in enumerate(items) if isinstance(item, Mark) and item.body == Declared(RIGHT))
    way, declared = Way(), []
    guide = Guide(Together(), STOPS_AT_LEFT, declared.append)
    guide.catch_up((item, way.receive(item)) for item in items[:at])
    assert declared == []
    packet = next(item for item in items[at:] if isinstance(item, Packet))
    guide.step(packet, way.receive(packet))
    assert [said.side for said in declared] == [RIGHT]


def test_a_terminal_that_is_gone_does_not_end_the_flow(tmp_path):
    with pytest.raises(OSError, match="Input/output"):
        held(tmp_path, Declared(LEFT, 20.0), out=Gone())
    assert list(table(tmp_path, "sets").side) == ["left", "right", "left"]


def test_the_stages_come_in_their_order(led):
    folder, _ = led
    flows, _ = replayed(recorded(folder), STOPS_AT_LEFT)
    stages = [flow.stage for flow in flows]
    changes = [stage for before, stage in zip([None, *stages], stages, strict=False) if stage is not before]
    assert changes == [
        FlowStage.WAITING,
        FlowStage.SET_UP,
        FlowStage.STILL,
        FlowStage.READY,
        *[FlowStage.SET, FlowStage.REST] * 3,
        FlowStage.OVER,
    ]


def test_what_the_person_says_in_the_rest_is_what_the_next_set_gets(tmp_path):
    first, second, _ = THREE_SETS.truth.sets
    at_s = 0.5 * (first.t_end_s + second.t_start_s)
    held(tmp_path, Declared(LEFT), during=[(at_s, Declared(LEFT, load_kg=12.0))])
    sets = table(tmp_path, "sets")
    assert list(sets.side) == ["left", "left", "right"]
    assert sets.load_kg[1] == 12.0


def test_without_a_side_nothing_is_declared(tmp_path):
    said = held(tmp_path, Declared())
    assert declared_in(recorded(tmp_path)) == []
    assert set(table(tmp_path, "sets").side) == {"unknown"}
    assert "Which leg? Say it once" in said
