"""A session whose program was killed goes on when it is started again."""

import asyncio
import io
import signal
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial

import pandas as pd
import pytest

from tracker.app.beginning import going_on
from tracker.app.cli import main
from tracker.app.holding import Asked
from tracker.app.live import LiveSession
from tracker.app.replay import one_by_one
from tracker.app.terminal import Terminal
from tracker.app.train import train
from tracker.archive.analyze import analyze
from tracker.archive.importers import open_any
from tracker.archive.joining import CLOCK_SET, CUT_OFF
from tracker.archive.recording import read
from tracker.archive.unfinished import unfinished
from tracker.errors import BluetoothError
from tracker.path import Path as Way
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.marks import Declared, Disconnected, Mark, Side
from tracker.sensing.samples import Cause, Packets
from tracker.virtual.imu import Imu, Mounting
from tracker.virtual.jumping_clock import JumpingLoop
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.radio import Radio
from tracker.virtual.script import Leg, WorkSet, sets_only

STARTED = datetime.fromisoformat("2026-01-31T18:05:00+01:00")
PERFORMANCE = perform(sets_only(WorkSet(Leg.LEFT, reps=4), seed=3))
[ITS_SET] = PERFORMANCE.truth.sets
KILLED_S = ITS_SET.t_end_s - 2.0
"""In the lowering of the last rep."""

KILLED = """
import asyncio, os, signal, sys
from datetime import datetime
from functools import partial
from pathlib import Path
from tracker.app.terminal import Terminal
from tracker.app.holding import Asked, hold
from tracker.archive.recording import read
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.marks import Declared, Side
from tracker.virtual.imu import Imu, Mounting
from tracker.virtual.jumping_clock import JumpingLoop
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.radio import Radio
from tracker.virtual.script import Leg, WorkSet, sets_only

folder, started, killed_s = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), float(sys.argv[3])

def die():
    [file] = folder.glob("*.arrows")
    while (items := read(file).items) == () or items[-1].t_ns.max() / 1e9 < killed_s - 0.6:
        pass  # the disk's thread does not run on the jumping clock: it is given its half second
    os.kill(os.getpid(), signal.SIGKILL)

async def world():
    movement = perform(sets_only(WorkSet(Leg.LEFT, reps=4), seed=3)).movement
    return Radio(OpenLift(Imu(movement, Mounting())))

with asyncio.Runner(loop_factory=JumpingLoop) as runner:
    loop = runner.get_loop()
    radio = runner.run(world())
    receiver = partial(
        Receiver,
        Wanted(),
        scanner_backend=radio.scanner,
        client_backend=radio.client,
        clock_ns=lambda: round(loop.time() * 1e9),
    )
    loop.call_later(killed_s, die)
    hold(Terminal(), runner, folder, Asked(Declared(Side.LEFT, 20.0)), receiver, clock=lambda: started)
"""


@pytest.fixture(scope="module")
def crash(tmp_path_factory):
    """A home whose only session was killed in its set, and the lines that were printed until then."""
    home = tmp_path_factory.mktemp("home")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, home / "sessions", STARTED.isoformat(), str(KILLED_S)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    return home, killed.stdout.splitlines()


@pytest.fixture
def home(crash, tmp_path, monkeypatch):
    """A copy of that home of one's own."""
    [file] = (crash[0] / "sessions").iterdir()
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / file.name).write_bytes(file.read_bytes())
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path))
    return tmp_path / "sessions"


NAME = "2026-01-31_18-05-00"


async def world(*boards):
    return Radio(*boards)


def over_the_radio(runner, *boards):
    """Make what makes a receiver in a world that begins now."""
    loop = runner.get_loop()
    radio = runner.run(world(*boards))
    return partial(
        Receiver,
        scanner_backend=radio.scanner,
        client_backend=radio.client,
        clock_ns=lambda: round(loop.time() * 1e9),
    )


def board(performance=PERFORMANCE):
    return OpenLift(Imu(performance.movement, Mounting()))


def trained(after, *, boards=(board,), new=False, interrupt_s=PERFORMANCE.duration_s):
    """Train once more, so long after the first start; what was printed."""
    out = io.StringIO()
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        make_receiver = over_the_radio(runner, *(board() for board in boards))
        runner.get_loop().call_later(interrupt_s, signal.raise_signal, signal.SIGINT)
        clock = partial(STARTED.__add__, after)
        train(Terminal(out, out), Asked(), None, runner, make_receiver, new=new, clock=clock)
    return out.getvalue().splitlines()


def test_what_was_written_half_a_second_before_the_kill_is_there(crash):
    home, lines = crash
    session = analyze(home / "sessions" / f"{NAME}.arrows")
    assert [len(one.reps) for one in session.sets] == [3]
    assert session.sets[0].side is Side.LEFT
    assert "breaks off after" in session.warnings[0]
    assert any(line.startswith("connected to") for line in lines)


def test_a_restart_goes_on_with_the_session_of_the_crash(home):
    pause = timedelta(seconds=120)
    lines = trained(pause)
    assert f"going on with session {NAME} (1 set so far); --new starts another one" in lines
    assert f"recording: {home / NAME}.2.arrows" in lines
    assert lines[-1] == f"recording and tables: {home / NAME}.*"
    assert sorted(file.name for file in home.glob("*.arrows")) == [f"{NAME}.2.arrows", f"{NAME}.arrows"]

    sets = pd.read_csv(home / f"{NAME}.sets.csv")
    assert list(sets.reps) == [3, 4]
    assert list(sets.side) == ["left", "right"]  # what was before counts: it is the other side's turn
    assert set(sets.load_kg) == {20.0}
    assert set(sets.session_id) == {NAME}
    assert sets.t_start_s[1] - sets.t_start_s[0] == pytest.approx(pause.total_seconds(), abs=0.2)
    assert sets.rest_before_s[1] == pytest.approx(sets.t_start_s[1] - sets.t_end_s[0], abs=0.01)
    session = analyze(home / f"{NAME}.arrows")
    assert [gap.cause for gap in session.gaps] == [Cause.LINK_DOWN]
    assert len(session.warnings) == 1
    assert "breaks off after" in session.warnings[0]
    assert not list(home.glob(f"{NAME}.2.*.csv"))


def test_a_set_that_was_cut_off_shortly_before_goes_on(home):
    at_once = perform(sets_only(WorkSet(Leg.LEFT, reps=4), seed=3, rest_s=1.0))
    trained(timedelta(seconds=KILLED_S + 3.0), boards=(partial(board, at_once),))
    [done] = analyze(home / f"{NAME}.arrows").sets
    assert len(done.reps) == 7
    assert done.gap_s == pytest.approx(3.5, abs=1.0)


def heard(items):
    way = Way(session_id=NAME, started=STARTED.isoformat(timespec="milliseconds"))
    steps = [*(way.receive(item) for item in items), way.finish()]
    return [event for step in steps for event in step.events], way.session()


class Onlooker:
    """Somebody who remembers what was shown."""

    def __init__(self):
        self.items = []
        self.events = []

    def step(self, item, step):
        if item is not None:
            self.items += item if isinstance(item, Packets) else [item]
        self.events += step.events

    def refresh(self, link):
        pass


@pytest.mark.parametrize("minutes", [2, -5, -60])
def test_what_a_session_that_goes_on_shows_is_what_its_files_give(home, minutes):
    """Also when the system's clock was set back meanwhile: then time goes on where it ended."""
    now = STARTED + timedelta(minutes=minutes)
    onlooker, out = Onlooker(), io.StringIO()
    with ExitStack() as stack:
        at = now if abs(minutes) < 30 else STARTED
        earlier = stack.enter_context(unfinished(home, at, lambda _: True))
        runner = stack.enter_context(asyncio.Runner(loop_factory=JumpingLoop))
        begun = going_on(Terminal(out, out), earlier, lambda: now)
        for item, step in begun.seen:
            onlooker.step(item, step)
        make_receiver = partial(over_the_radio(runner, board()), Wanted())
        said = Declared(side=Side.RIGHT)
        live = LiveSession(make_receiver, begun.make_writer, begun.way, onlooker, said, place=begun.place)
        runner.get_loop().call_later(PERFORMANCE.duration_s, live.stop)
        runner.run(live.run())
        runner.run(live.close())

    recording = open_any(home / f"{NAME}.arrows")
    events, session = heard(recording.items)
    assert list(one_by_one(recording.items)) == onlooker.items
    assert len(events) > 4
    assert list(map(repr, events)) == list(map(repr, onlooker.events))
    assert repr(session) == repr(begun.way.session())
    times_ns = [item.t_ns for item in onlooker.items]
    assert times_ns == sorted(times_ns)
    assert onlooker.items.count(Mark(recording_end_ns(home), 0, Disconnected(CUT_OFF))) == 1
    assert (recording.warnings == (CLOCK_SET,)) is (minutes < 0)
    assert (CLOCK_SET in out.getvalue()) is (minutes < 0)


def recording_end_ns(home):
    return int(read(home / f"{NAME}.arrows").items[-1].t_ns[-1])


def test_new_starts_another_session(home):
    before = (home / f"{NAME}.arrows").read_bytes()
    lines = trained(timedelta(seconds=60), new=True, interrupt_s=6.0)
    assert not any("going on" in line for line in lines)
    assert f"recording: {home / '2026-01-31_18-06-00.arrows'}" in lines
    assert (home / f"{NAME}.arrows").read_bytes() == before


@pytest.mark.parametrize("after", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=400)])
def test_an_old_crash_is_left_alone(home, after):
    lines = trained(after, interrupt_s=6.0)
    assert not any("going on" in line for line in lines)
    assert len(list(home.glob("*.arrows"))) == 2


def test_a_session_that_another_tracker_records_is_not_taken(home):
    with unfinished(home, STARTED, lambda _: True):
        lines = trained(timedelta(seconds=60), interrupt_s=6.0)
    assert not any("going on" in line for line in lines)
    assert not (home / f"{NAME}.2.arrows").exists()


def test_without_a_sensor_the_session_stays_as_it_was(home):
    with pytest.raises(BluetoothError):
        trained(timedelta(seconds=60), boards=(), interrupt_s=100.0)
    assert [file.name for file in home.glob("*.arrows")] == [f"{NAME}.arrows"]
    assert any("going on" in line for line in trained(timedelta(seconds=90), interrupt_s=6.0))


def test_a_session_may_be_killed_and_go_on_more_than_once(home):
    for number in (2, 3):
        trained(timedelta(minutes=number), interrupt_s=8.0)
        file = home / f"{NAME}.{number}.arrows"
        file.write_bytes(file.read_bytes()[:-400])  # no end of the stream, and no Stopped mark
    lines = trained(timedelta(minutes=5), interrupt_s=8.0)
    assert f"recording: {home / NAME}.4.arrows" in lines
    recording = open_any(home / f"{NAME}.arrows")
    links = {item.link for item in recording.items if not isinstance(item, Mark)}
    assert links == {0, 1, 2, 3}


def test_all_files_together_count_each_set_once(home, tmp_path, capsys):
    trained(timedelta(seconds=120))
    files = sorted(map(str, home.glob("*.arrows")))
    for number, arguments in enumerate(
        (["analyze", *files], ["export"], ["export", NAME], ["analyze", files[1]])
    ):
        out = tmp_path / str(number)
        assert main([*arguments, "--out", str(out)]) == 0
        assert len(list(out.iterdir())) == 5
        assert list(pd.read_csv(out / f"{NAME}.sets.csv").reps) == [3, 4]
    assert main(["analyze", files[0], "--out", str(tmp_path / "alone")]) == 0
    assert list(pd.read_csv(tmp_path / "alone" / f"{NAME}.2.sets.csv").reps) == [4]
    capsys.readouterr()
