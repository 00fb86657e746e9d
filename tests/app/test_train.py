"""A whole session as `tracker train` and `tracker demo` hold it, on the jumping clock."""

import asyncio
import errno
import io
import re
import signal
from functools import partial

import pandas as pd
import pytest

from tracker.app.demo import CLIPPED_ON, declared_before, prompted
from tracker.app.terminal import Terminal
from tracker.app.train import hold
from tracker.archive.analyze import analyze
from tracker.errors import BluetoothError, InputError
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.samples import Side
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


def held(folder, out, boards, *, interrupt_s=None):
    """Hold the demo's session; SIGINT after `interrupt_s`. True when it was interrupted."""
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
        prompt = partial(prompted, PERFORMANCE, loop)
        declared = declared_before(PERFORMANCE.truth.sets[0])
        return hold(Terminal(out, out), runner, folder, declared, make_receiver, prompt)


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


def test_ctrl_c_before_a_sensor_is_found_leaves_nothing(tmp_path):
    out = io.StringIO()
    assert held(tmp_path / "new", out, [], interrupt_s=5.0)
    assert not (tmp_path / "new").exists()
    assert "nothing was recorded" in out.getvalue()


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
