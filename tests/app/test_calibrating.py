"""`tracker calibrate` over the virtual radio, and what a session makes of it."""

import asyncio
import io
import math
import signal
from functools import partial

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tracker.app.calibrating import calibrate
from tracker.app.live import LiveSession
from tracker.app.sensors import Encounters, remember
from tracker.app.terminal import Terminal
from tracker.archive.analyze import session_of
from tracker.archive.header import Header
from tracker.archive.recording import Writer, read
from tracker.archive.settings import load_sensors
from tracker.errors import BluetoothError, InputError
from tracker.motion.events import Clip
from tracker.path import Path as Way
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.marks import Calibrated, Connected, Declared, Mark
from tracker.sensing.samples import Packets
from tracker.virtual.air import Drop
from tracker.virtual.chip import GRAVITY_M_S2, ordinary_chip
from tracker.virtual.imu import Imu, any_mounting
from tracker.virtual.jumping_clock import JumpingLoop, clock_ns, run
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals import PERIPHERALS
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.radio import Radio
from tracker.virtual.script import (
    Leg,
    Lie,
    RollOver,
    Script,
    TurnEndForEnd,
    WorkSet,
    calibration_script,
    sets_only,
)

CHIP, MOUNTING = ordinary_chip(11), any_mounting(11)
PAIRED = Connected("open-lift", "LIFT-V001", "F0:00:00:00:00:01", serial="VIRTUAL-0001")
SETS = perform(sets_only(WorkSet(Leg.LEFT, reps=4), seed=3))


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path))


def board(script):
    return OpenLift(Imu(perform(script).movement, MOUNTING, CHIP))


async def world(boards, radio):
    return Radio(*boards, **radio)


def guided(*boards, nickname=None, interrupt_s=None, out=None, **radio):
    """Calibrate over the virtual radio, on the jumping clock; the lines that were printed."""
    out = out or io.StringIO()
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        loop = runner.get_loop()
        made = runner.run(world(boards, radio))
        if interrupt_s:
            loop.call_later(interrupt_s, signal.raise_signal, signal.SIGINT)
        make_receiver = partial(
            Receiver,
            scanner_backend=made.scanner,
            client_backend=made.client,
            clock_ns=lambda: round(loop.time() * 1e9),
        )
        calibrate(Terminal(out, out), nickname, runner, make_receiver)
    return out.getvalue().splitlines()


def test_the_steps_are_said_one_after_the_other_and_the_result_is_remembered():
    remember(PAIRED, 80, "mine")
    said = guided(board(calibration_script(1)))
    assert [line[:6] for line in said if line[1:5] == " of "] == ["1 of 3", "2 of 3", "3 of 3"]
    assert sum(line.strip() == "Good." for line in said) == 3
    assert any(line.startswith("Calibrated: ") for line in said)
    [known] = load_sensors()
    handle = Rotation.from_quat(MOUNTING.dumbbell_from_sensor, scalar_first=True).inv().apply([1, 0, 0])
    assert abs(np.array(known.calibration.long_axis) @ handle) > math.cos(math.radians(0.6))
    offset_m_s2 = np.array(known.calibration.acc_offset_m_s2) @ handle
    assert offset_m_s2 == pytest.approx(GRAVITY_M_S2 * np.array(CHIP.acc_bias_g) @ handle, abs=0.02)
    assert known.calibration.when
    assert (known.nickname, known.battery) == ("mine", 80)


@pytest.mark.parametrize("make", PERIPHERALS)
def test_every_make_can_be_calibrated(make):
    one = PERIPHERALS[make](Imu(perform(calibration_script(1)).movement, MOUNTING, CHIP), number=1)
    remember(Connected(make, one.name, one.address), 80)
    guided(one)
    [known] = load_sensors()
    handle = Rotation.from_quat(MOUNTING.dumbbell_from_sensor, scalar_first=True).inv().apply([1, 0, 0])
    assert abs(np.array(known.calibration.long_axis) @ handle) > math.cos(math.radians(1.0))


def test_a_step_that_did_not_work_is_said_with_what_to_do_each_time():
    remember(PAIRED, 80)
    askew = TurnEndForEnd(30.0), Lie(5.0), TurnEndForEnd(30.0), Lie(5.0), TurnEndForEnd(120.0), Lie(5.0)
    said = guided(board(Script((Lie(6.0), *askew, RollOver(), Lie(5.0)), 2)))
    failed = [line for line in said if "That did not work" in line]
    assert len(failed) == 2
    assert all("swapped places; turn it like the hand of a clock" in line for line in failed)
    assert load_sensors()[0].calibration is not None


def test_a_link_that_is_lost_starts_it_anew():
    remember(PAIRED, 80)
    again = (Lie(8.0), TurnEndForEnd(), Lie(5.0), RollOver(), Lie(5.0))
    said = guided(board(Script((Lie(8.0), *again), 2)), script=((6.0, Drop(away_s=0.5)),))
    assert sum(line.startswith("1 of 3") for line in said) == 2
    assert any("samples were missing for too long; bring the computer nearer" in line for line in said)
    assert load_sensors()[0].calibration is not None


def test_without_a_paired_sensor_it_says_what_comes_first():
    with pytest.raises(InputError, match="tracker pair first"):
        guided(board(calibration_script(1)))


def test_a_sensor_that_is_not_there_is_named():
    remember(PAIRED, 80, "mine")
    with pytest.raises(BluetoothError, match=r"LIFT-V001 found within .* phone app"):
        guided()


def test_one_that_is_left_lying_ends_by_itself(monkeypatch):
    remember(PAIRED, 80)
    monkeypatch.setattr("tracker.app.calibrating.LONGEST_S", 120.0)
    with pytest.raises(InputError, match="nothing was calibrated in 2 minutes"):
        guided(board(Script((Lie(700.0),), 1)))
    assert load_sensors()[0].calibration is None


def test_ctrl_c_lets_go_of_the_sensor_changes_nothing_and_says_so():
    remember(PAIRED, 80, "mine")
    one, out = board(Script((Lie(700.0),), 1)), io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        guided(one, interrupt_s=8.0, out=out)
    assert not one.is_streaming
    assert out.getvalue().endswith("Ended before it was done: mine is not calibrated\n")
    assert load_sensors()[0].calibration is None


class Nobody:
    """Nobody looks on."""

    def step(self, *_):
        pass

    def refresh(self, link):
        pass


def recorded(folder, **radio):
    """Hold a session with the paired sensor; its recording, and the session as it was live."""
    way = Way(session_id="test")

    async def session():
        air = Radio(OpenLift(Imu(SETS.movement, MOUNTING, CHIP)), **radio)
        live = LiveSession(
            partial(
                Receiver,
                Wanted(),
                scanner_backend=air.scanner,
                client_backend=air.client,
                clock_ns=clock_ns,
            ),
            partial(Writer, folder / "test.arrows", Header("test", 1, "")),
            way,
            Nobody(),
            Declared(),
            Encounters(load_sensors()).step,
        )
        asyncio.get_running_loop().call_later(SETS.duration_s + 0.5, live.stop)
        await live.run()
        await live.close()

    run(session())
    return read(folder / "test.arrows"), way.session()


def test_a_session_records_the_calibration_behind_each_connection_and_counts_with_it(tmp_path):
    remember(PAIRED, 80)
    guided(board(calibration_script(1)))
    recording, session = recorded(tmp_path, script=((9.0, Drop(away_s=0.8)),))
    bodies = [item.body for item in recording.items if isinstance(item, Mark)]
    places = [place for place, body in enumerate(bodies) if isinstance(body, Connected)]
    assert len(places) == 2
    for place in places:
        assert bodies[place + 1] == load_sensors()[0].calibration
    assert not isinstance(recording.items[0], Packets)
    assert session.clip is Clip.AS_CALIBRATED
    assert repr(session_of(recording)) == repr(session)


def test_absolute_tilt_is_better_for_it(tmp_path):
    remember(PAIRED, 80)
    without, _ = recorded(tmp_path / "without")
    guided(board(calibration_script(1)))
    with_it, _ = recorded(tmp_path / "with")

    def worst_deg(recording):
        [one] = session_of(recording).sets
        return max(
            abs(judged.rep.tilt_top_deg - real.tilt_top_deg)
            for judged, real in zip(one.reps, SETS.truth.reps, strict=True)
        )

    assert worst_deg(without) > 1.0
    assert worst_deg(with_it) < 0.5


def test_what_was_calibrated_after_a_recording_does_not_change_it(tmp_path):
    remember(PAIRED, 80)
    recording, session = recorded(tmp_path)
    guided(board(calibration_script(1)))
    assert not any(isinstance(item, Mark) and isinstance(item.body, Calibrated) for item in recording.items)
    assert repr(session_of(recording)) == repr(session)
