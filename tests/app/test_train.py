"""A whole session as `tracker train` and `tracker demo` hold it, on the jumping clock."""

import asyncio
import errno
import io
import re
import signal
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pandas as pd
import pytest

from tracker.app.beginning import wall_clock
from tracker.app.demo import CLIPPED_ON, declared_before, stopped_after
from tracker.app.holding import Asked, hold
from tracker.app.sensors import remember
from tracker.app.terminal import Terminal
from tracker.app.train import train, wishes_of
from tracker.archive.analyze import analyze
from tracker.archive.settings import load_sensors
from tracker.coaching.plan import Wishes
from tracker.errors import BluetoothError, InputError
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.marks import Connected, Side
from tracker.sensing.sensors.open_lift import OPEN_LIFT
from tracker.virtual.imu import Imu
from tracker.virtual.jumping_clock import JumpingLoop
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.radio import Radio
from tracker.virtual.script import demo_script

PERFORMANCE = perform(demo_script(seed=11))


class Screen(io.StringIO):
    """A terminal of 80 columns and 30 lines."""

    def isatty(self):
        return True


class Unplugged(Screen):
    """A terminal that is gone after some writes."""

    def write(self, text):
        if self.tell() > 20_000:
            raise OSError(errno.EIO, "Input/output error")
        return super().write(text)


async def world(*boards):
    return Radio(*boards)


def board():
    return OpenLift(Imu(PERFORMANCE.movement, CLIPPED_ON))


def held(folder, out, boards, *, interrupt_s=None, clock=wall_clock, during=()):
    """Hold the demo's session; SIGINT after `interrupt_s`. True when it was interrupted.

    `during` is (time, what to call).
    """
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        loop = runner.get_loop()
        radio = runner.run(world(*boards))
        make_receiver = partial(
            Receiver,
            Wanted(),
            scanner_backend=radio.scanner,
            client_backend=radio.client,
            clock_ns=lambda: round(loop.time() * 1e9),
        )
        if interrupt_s:
            loop.call_later(interrupt_s, signal.raise_signal, signal.SIGINT)
        for at_s, call in during:
            loop.call_later(at_s, call)
        prompt = partial(stopped_after, PERFORMANCE, loop)
        asked = Asked(declared_before(PERFORMANCE))
        return hold(Terminal(out, out), runner, folder, asked, make_receiver, prompt, clock=clock)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Folder and printed lines of one whole session in a pipe."""
    folder, out = tmp_path_factory.mktemp("session"), io.StringIO()
    assert not held(folder, out, [board()])
    return folder, out.getvalue()


def table(folder, name):
    [file] = folder.glob(f"*.{name}.csv")
    return pd.read_csv(file)


def test_the_tables_hold_what_the_lifter_did(whole):
    folder, _ = whole
    reps, sets = table(folder, "reps"), table(folder, "sets")
    assert list(sets.side) == ["left", "right"]
    assert list(sets.reps) == [5, 5]
    assert set(sets.load_kg) == {20.0}
    counted = reps[reps.counted == "yes"]
    left = counted[counted.side == "left"]
    assert list(left.lockout[1:]) == ["yes", "yes", "no", "yes"]  # the first comes from the floor
    assert counted[counted.side == "right"].rocking_alert.iloc[2] in ("alert", "severe")


def test_the_recording_gives_the_same_session_again(whole):
    folder, _ = whole
    [file] = folder.glob("*.arrows")
    session = analyze(file)
    assert [done.side for done in session.sets] == [Side.LEFT, Side.RIGHT]
    assert [len(done.reps) for done in session.sets] == [5, 5]
    assert session.started


def test_the_lines_in_a_pipe_tell_the_session_without_control_characters(whole):
    folder, out = whole
    assert not [letter for letter in out if ord(letter) < 32 and letter != "\n"]
    lines = out.splitlines()
    assert "connected to LIFT-V001" in lines
    assert "battery 87 %" in lines
    assert sum("began, left, 20 kg" in line for line in lines) == 1
    assert sum(re.search(r"set 2, rep 5: range \d+ deg", line) is not None for line in lines) >= 1
    assert sum(re.search(r"set \d over: ", line) is not None for line in lines) == 2
    assert "All the way up" in out
    assert lines[-1].startswith(f"recording and tables: {folder}")


def test_no_line_about_a_rep_is_said_twice(whole):
    _, out = whole
    said = [line.split("  ", 1)[-1] for line in out.splitlines() if " rep " in line]
    assert len(said) == len(set(said))


def test_on_a_terminal_the_panel_is_drawn_in_place(tmp_path):
    out = Screen()
    held(tmp_path, out, [board()], interrupt_s=25.0)
    drawn = out.getvalue()
    assert "\x1b[" in drawn
    assert "set 1, left, 20 kg" in drawn
    assert "attempts" in drawn
    assert "streaming, LIFT-V001, battery 87 %" in drawn


def test_ctrl_c_ends_the_set_with_everything_saved(tmp_path):
    out = io.StringIO()
    assert held(tmp_path, out, [board()], interrupt_s=30.0)
    assert len(table(tmp_path, "sets")) == 1
    assert len(table(tmp_path, "reps")) >= 3
    [file] = tmp_path.glob("*.arrows")
    assert analyze(file).warnings == ()


def test_a_terminal_that_goes_away_costs_no_rep(tmp_path):
    with pytest.raises(OSError, match="Input/output"):
        held(tmp_path, Unplugged(), [board()])
    assert list(table(tmp_path, "sets").reps) == [5, 5]
    assert list(table(tmp_path, "sets").side) == ["left", "right"]


@pytest.mark.parametrize("interrupt_s", [None, 40.0])
def test_a_disk_that_is_full_to_the_end_costs_no_rep_and_one_line_says_what_was_saved(tmp_path, interrupt_s):
    resource = pytest.importorskip("resource", reason="no limits on files here")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))

    out = io.StringIO()
    try:
        with pytest.raises(InputError) as told:
            held(tmp_path, out, [board()], during=[(25.0, fill)], interrupt_s=interrupt_s)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    [file] = tmp_path.iterdir()
    assert re.fullmatch(
        rf"{file} holds the session up to \d+ s; the \d+ s after that could not be saved: .*; free some "
        r"space before the next session; \S+\.csv cannot be written .*",
        str(told.value),
    )
    said = out.getvalue()
    assert "NOT RECORDED: the file has become too large; free some space, the set is kept in memory" in said
    rows = [line for line in said.splitlines() if line.startswith("│")]
    assert [row.split("│")[4].strip() for row in rows] == (["5", "5"] if interrupt_s is None else ["5"])
    assert "recording and tables" not in said


def test_ctrl_c_before_a_sensor_is_found_leaves_nothing(tmp_path):
    out = io.StringIO()
    assert held(tmp_path / "new", out, [], interrupt_s=5.0)
    assert not (tmp_path / "new").exists()
    assert "nothing was recorded" in out.getvalue()
    assert "recording: " not in out.getvalue()


def test_no_sensor_is_an_error_and_leaves_nothing(tmp_path):
    with pytest.raises(BluetoothError, match="phone app"):
        held(tmp_path / "new", io.StringIO(), [])
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("_slow_goodbyes")
def test_a_recording_that_cannot_be_written_lets_go_of_the_sensor(tmp_path):
    (tmp_path / "file").touch()
    lift = board()
    farewells = []
    lift.disconnected = lambda: farewells.append("gone")
    with pytest.raises(InputError, match="cannot be written"):
        held(tmp_path / "file", io.StringIO(), [lift])
    assert farewells == ["gone"]


def test_two_sessions_of_the_same_second_are_told_apart_in_their_tables(tmp_path):
    def same_second():
        return datetime(2026, 1, 31, 18, 5, tzinfo=UTC)

    said = io.StringIO()
    for _ in range(2):
        held(tmp_path, said, [board()], interrupt_s=25.0, clock=same_second)
    names = ["2026-01-31_18-05-00", "2026-01-31_18-05-00_2"]
    for name in names:
        assert set(pd.read_csv(tmp_path / f"{name}.reps.csv").session_id) == {name}
        assert f"recording: {tmp_path / name}.arrows\n" in said.getvalue()
    assert analyze(tmp_path / f"{names[1]}.arrows").session_id == names[1]


@pytest.fixture
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path))


def trained(nickname=None, *, interrupt_s=6.0):
    """Train over the virtual radio until Ctrl-C; what was printed."""
    out = io.StringIO()
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        loop = runner.get_loop()
        radio = runner.run(world(board()))
        make_receiver = partial(
            Receiver,
            scanner_backend=radio.scanner,
            client_backend=radio.client,
            clock_ns=lambda: round(loop.time() * 1e9),
        )
        loop.call_later(interrupt_s, signal.raise_signal, signal.SIGINT)
        assert train(Terminal(out, out), Asked(), nickname, runner, make_receiver)
    return out.getvalue().splitlines()


PAIRED = Connected("open-lift", "LIFT-V001", "elsewhere", serial="VIRTUAL-0001")
OTHER = Connected("open-lift", "LIFT-V002", "F0:02", serial="VIRTUAL-0002")


@pytest.mark.usefixtures("_home")
def test_training_with_a_paired_sensor_updates_when_it_was_seen_and_its_battery():
    before = remember(PAIRED, 99, "mine")
    remember(OTHER, 70, "hers")
    said = trained("mine")
    assert "connected to LIFT-V001" in said
    mine, hers = load_sensors()
    assert (mine.battery, mine.address) == (87, "F0:00:00:00:00:01")
    assert mine.last_seen >= before.last_seen
    assert hers.battery == 70


@pytest.mark.usefixtures("_home")
def test_of_several_paired_sensors_none_is_taken_unless_it_is_named(tmp_path):
    remember(PAIRED, 99, "mine")
    remember(OTHER, 70, "hers")
    with pytest.raises(
        InputError, match=r"mine \(LIFT-V001\), hers \(LIFT-V002\); say which one with --sensor"
    ):
        trained()
    assert not (tmp_path / "sessions").exists()


def test_the_weak_side_goes_first_where_it_is_named_or_where_the_other_stops_at_it():
    wishes = partial(wishes_of, one_side=False, rest_s=None)
    assert wishes(None, None, stop_at_weak=False) == Wishes()
    assert wishes("left", None, stop_at_weak=False) == Wishes(Side.LEFT, weak_side_first=True)
    assert wishes(None, None, stop_at_weak=True).weak_side_first
    assert not wishes("left", False, stop_at_weak=True).weak_side_first


@pytest.mark.usefixtures("_home")
def test_without_a_paired_sensor_the_first_is_taken_and_that_is_said():
    said = trained()
    assert "no sensor is paired: the first one that is found is taken (tracker pair remembers one)" in said
    assert "connected to LIFT-V001" in said
    assert load_sensors() == ()


@pytest.mark.usefixtures("_home")
def test_samples_that_come_late_are_said_once_at_the_start(monkeypatch):
    late = replace(OPEN_LIFT, lag_s=0.5)
    monkeypatch.setattr("tracker.sensing.sensors.SENSORS", (late,))
    remember(PAIRED, 99, "mine")
    said = trained()
    assert said[0] == "mine: its samples come 0.5 s late, and so do the count and the cues"
    assert sum("0.5 s late" in line for line in said) == 1


@pytest.mark.usefixtures("_home")
def test_a_folder_that_cannot_be_written_is_told_before_the_search(tmp_path):
    (tmp_path / "sessions").touch()
    with pytest.raises(InputError, match=r"cannot be written .*; choose another folder \(TRACKER_HOME\)"):
        trained()
