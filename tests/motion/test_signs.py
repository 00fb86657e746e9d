"""Frames and signs, as the README has them; however the sensor is clipped on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from tracker.coaching.exercises import ONE_LEG_HIP_THRUST
from tracker.motion.counting import Counting
from tracker.motion.dumbbell import LEVEL_DEG, TWIST_DEG, Frame
from tracker.motion.events import Phase, RepSeen, Stage
from tracker.motion.orientation import Orientation

X, Y, Z = np.eye(3)
SEEDS = st.integers(0, 2**32 - 1)


def turn(degrees, axis):
    return Rotation.from_rotvec(np.radians(degrees) * axis)


def frame_of(sensor_from_dumbbell):
    """The frame that a drive about the handle, up to a level top, gives."""
    return Frame.of(sensor_from_dumbbell.apply(0.8 * X)[None], sensor_from_dumbbell.apply(Z)[None])


def angles(earth_from_dumbbell, sensor_from_dumbbell):
    """Lift and tilt of a dumbbell that lies so."""
    earth_from_sensor = earth_from_dumbbell * sensor_from_dumbbell.inv()
    frame, up = frame_of(sensor_from_dumbbell), earth_from_sensor.inv().apply(Z)[:, None]
    return frame.lift_deg(up)[0], frame.tilt_deg(up)[0]


@given(seed=SEEDS, heading_deg=st.floats(-180, 180))
@settings(deadline=None, max_examples=30)
def test_a_turn_about_the_handle_adds_to_lift(by_hand, seed, heading_deg):
    before = turn(heading_deg, Z) * turn(-20.0, X)
    lift_deg, tilt_deg = angles(before * turn(30.0, X), by_hand.clipped_on(seed))
    assert lift_deg == pytest.approx(-20.0 + 30.0, abs=1e-6)
    assert tilt_deg == pytest.approx(0.0, abs=1e-6)


@given(seed=SEEDS, heading_deg=st.floats(-180, 180))
@settings(deadline=None, max_examples=30)
def test_a_turn_of_minus_five_degrees_about_y_puts_the_right_end_high(by_hand, seed, heading_deg):
    tipped = turn(heading_deg, Z) * turn(-5.0, Y)
    assert tipped.apply(X)[2] > 0  # x points to the right end, and that is high
    lift_deg, tilt_deg = angles(tipped, by_hand.clipped_on(seed))
    assert tilt_deg == pytest.approx(5.0, abs=1e-6)
    assert lift_deg == pytest.approx(0.0, abs=1e-6)


@given(
    seed=SEEDS, lift_deg=st.floats(-120, 120), tilt_deg=st.floats(-60, 60), heading_deg=st.floats(-180, 180)
)
@settings(deadline=None, max_examples=30)
def test_any_attitude_is_read_back(by_hand, seed, lift_deg, tilt_deg, heading_deg):
    lies = turn(heading_deg, Z) * turn(-tilt_deg, Y) * turn(lift_deg, X)
    assert angles(lies, by_hand.clipped_on(seed)) == pytest.approx((lift_deg, tilt_deg), abs=1e-6)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=10)
def test_lift_rises_when_turning_is_positive_and_twist_when_turning_left_seen_from_above(by_hand, seed):
    t_s = np.arange(0.0, 1.0, 0.01)
    clipped = by_hand.clipped_on(seed)
    made = by_hand.rows(t_s, 40.0 * t_s, tilt_deg=3.0, heading_deg=15.0 * t_s, sensor_from_dumbbell=clipped)
    frame = frame_of(clipped)
    # about the handle, 3 deg off level, there is a little of the turning left too
    assert frame.lift_rate_deg_s(made.rate) == pytest.approx(40.0 + 15.0 * np.sin(np.radians(3.0)), abs=0.1)
    assert np.diff(frame.lift_deg(made.up)) == pytest.approx(0.4, abs=1e-6)
    assert np.diff(frame.heading_deg(made)) == pytest.approx(0.15, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_samples_of_a_turn_become_that_turn(by_hand, seed):
    t_s = np.arange(0.0, 8.0, 0.01)
    clipped = by_hand.clipped_on(seed)
    lift_deg = by_hand.along(t_s, (0, 0), (3, 0), (4, 30), (8, 30))
    tilt_deg = by_hand.along(t_s, (0, 0), (5, 0), (6, 5), (8, 5))
    made = by_hand.rows(t_s, lift_deg, tilt_deg=tilt_deg, sensor_from_dumbbell=clipped)
    (block,) = Orientation().step(by_hand.samples(made, 0.01))
    got, frame = block.up[:, [250, 450, 750]], frame_of(clipped)
    assert frame.lift_deg(got) == pytest.approx([0.0, 30.0, 30.0], abs=0.5)
    assert frame.tilt_deg(got) == pytest.approx([0.0, 0.0, 5.0], abs=0.5)


def counted(block):
    """Motion and the settled reps."""
    counting = Counting(ONE_LEG_HIP_THRUST.motion)
    motion, events = counting.step(block)
    events += counting.finish()[1]
    return motion, [e.rep for e in events if isinstance(e, RepSeen) and e.stage is Stage.SETTLED]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("left_deg", [10.0, -10.0])
def test_a_rep_that_twists_left_has_positive_twist(by_hand, seed, left_deg):
    t_s = np.arange(0.0, 30.0, 0.01)
    lift_deg, height_m = (by_hand.along(t_s, *by_hand.reps(5, *ends)) for ends in ((-40.0, 0.0), (0.0, 0.35)))
    heading_deg = by_hand.along(t_s, (0, 0), (12, 0), (13, left_deg), (13.8, left_deg), (15.4, 0), (30, 0))
    clipped = by_hand.clipped_on(seed)
    made = by_hand.rows(
        t_s, lift_deg, heading_deg=heading_deg, height_m=height_m, sensor_from_dumbbell=clipped
    )
    _, reps = counted(by_hand.samples(made, 0.01))
    assert len(reps) == 5
    # a fifth of it is taken for the axis that the drives turn about
    assert reps[2].twist_deg == pytest.approx(0.8 * left_deg, abs=1.5)
    assert [rep.twist_deg for rep in reps if rep is not reps[2]] == pytest.approx(
        [-0.2 * left_deg] * 4, abs=1.5
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("right_end_up_deg", [10.0, -10.0])
def test_of_a_whole_set_the_signs_are_those_of_the_truth(by_hand, lifter, right_end_up_deg, seed):
    w, x, y, z = by_hand.clipped_on(seed).inv().as_quat(scalar_first=True)
    script = lifter.session(4, lifter.set(lifter.rocked(4, right_end_up_deg), reps=5))
    block, truth = lifter.sensed(script, mounting=lifter.mounting((w, x, y, z), (0.08, 0.01, 0.02)))
    motion, reps = counted(block)
    assert [rep.rom_deg for rep in reps] == pytest.approx([true.rom_deg for true in truth.reps], abs=2.0)
    assert reps[3].rocking_peak_deg == pytest.approx(right_end_up_deg, abs=2.5)
    change_deg = reps[3].tilt_top_deg - reps[2].tilt_top_deg
    assert change_deg == pytest.approx(truth.reps[3].tilt_top_deg - truth.reps[2].tilt_top_deg, abs=1.5)
    rocking = (motion.t_s > truth.reps[3].t_start_s) & (motion.t_s < truth.reps[3].t_end_s)
    climbing = rocking & (motion.phase == Phase.DRIVE)
    out_deg = motion.tilt_deg[rocking] - np.median(motion.tilt_deg[rocking])
    assert out_deg[np.abs(out_deg).argmax()] * np.sign(right_end_up_deg) > 4.0
    assert climbing.sum() > 30
    assert motion.lift_deg[climbing][-1] - motion.lift_deg[climbing][0] > 25.0


@pytest.mark.parametrize("size_deg", [20.0, 60.0])
def test_the_handle_is_as_sure_as_the_frame_says(size_deg):
    """Of many lifters who twist and tilt as people do, two thirds are off by less than 1 sigma."""
    rng = np.random.default_rng(3)
    shares, lifters = [], 4000
    for twist_deg, level_deg in rng.normal(0.0, (TWIST_DEG, LEVEL_DEG), (lifters, 2)):
        up = turn(level_deg, Y).apply(Z)  # the weight hangs to one side by that
        drive = np.radians(size_deg) * X + np.radians(twist_deg) * up
        frame = Frame.of(drive[None], up[None])
        off_deg = frame.tilt_deg(up[:, None])[0] - np.degrees(np.arcsin(up @ X))
        shares.append(abs(off_deg) < frame.sure_deg)
    assert np.mean(shares) == pytest.approx(0.683, abs=0.03)
