"""Frames, signs and smoothness of the virtual movement."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from tracker.virtual.keyframes import Course, Frame, Pulse
from tracker.virtual.lifter import perform
from tracker.virtual.movement import Movement, Tremor
from tracker.virtual.script import (
    Leg,
    Missed,
    PickUp,
    PutDown,
    RollUp,
    Script,
    Tempo,
    Untouched,
    WorkSet,
    demo_script,
    sets_only,
)

LEVEL = Frame(
    t_s=0.0,
    roll_deg=0.0,
    hip_deg=0.0,
    tilt_deg=0.0,
    heading_deg=0.0,
    x_m=0.0,
    y_m=0.0,
    z_m=0.0,
    arc_radius_m=0.5,
    arc_start_deg=-30.0,
    held=0.0,
)
DEMO = perform(demo_script(5))


def resting(**there):
    """A movement that stays in one pose."""
    pose = LEVEL._replace(**there)
    return Movement(Course([pose, pose._replace(t_s=1.0)]), (), (), (), Tremor(0.1, np.random.default_rng(0)))


def turn_of(movement, t_s=0.5):
    return Rotation.from_quat(movement.pose(np.array([t_s])).earth_from_dumbbell, scalar_first=True)


def lift_and_tilt_deg(pose):
    """The architecture's definitions, from the quaternion alone."""
    turn = Rotation.from_quat(pose.earth_from_dumbbell, scalar_first=True)
    up = turn.inv().apply([0.0, 0.0, 1.0])
    return np.degrees(np.unwrap(np.arctan2(up[:, 1], up[:, 2]))), np.degrees(np.arcsin(up[:, 0]))


def test_thirty_degrees_about_x_add_thirty_to_lift():
    turned = turn_of(resting(hip_deg=30.0)) * Rotation.from_euler("x", 30, degrees=True).inv()
    assert turned.magnitude() < 1e-12


def test_minus_five_about_y_is_tilt_plus_five_with_the_right_end_high():
    movement = resting(tilt_deg=5.0)
    turned = turn_of(movement) * Rotation.from_euler("y", -5, degrees=True).inv()
    assert turned.magnitude() < 1e-12
    right_end_m = turn_of(movement).apply([0.2, 0.0, 0.0])
    assert right_end_m[0, 2] == pytest.approx(0.2 * np.sin(np.radians(5.0)))


def test_heading_turns_the_handle_about_the_vertical():
    right_end_m = turn_of(resting(heading_deg=90.0, hip_deg=40.0)).apply([1.0, 0.0, 0.0])
    assert right_end_m[0] == pytest.approx([0.0, 1.0, 0.0], abs=1e-12)


def test_lift_and_tilt_by_their_definitions_are_the_ones_intended():
    t_s = np.arange(0.0, DEMO.duration_s, 0.01)
    lift_deg, tilt_deg = lift_and_tilt_deg(DEMO.movement.pose(t_s))
    meant = DEMO.movement.intended(t_s)
    in_sets = t_s > DEMO.truth.sets[0].t_start_s - 1.0
    assert np.abs(np.diff(lift_deg - meant.lift_deg)).max() < 30.0  # the unwrapping found no false turn
    shaking_deg = 0.15 * 4.0  # the strongest tremor, four times its RMS
    difference_deg = lift_deg - meant.lift_deg
    difference_deg -= 360.0 * np.round(difference_deg[-1] / 360.0)
    assert np.abs(difference_deg[in_sets]).max() < shaking_deg
    assert np.abs(tilt_deg - meant.tilt_deg)[in_sets].max() < shaking_deg


def test_a_drive_raises_lift_and_height_and_turns_positively_about_x():
    rep = DEMO.truth.reps[1]
    t_s = np.linspace(rep.t_start_s, rep.t_top_s, 200)
    meant = DEMO.movement.intended(t_s)
    assert np.all(np.diff(meant.lift_deg) > 0)
    assert np.all(np.diff(meant.position_m[:, 2]) > 0)
    turns = Rotation.from_quat(DEMO.movement.pose(t_s).earth_from_dumbbell, scalar_first=True)
    about_handle = (turns[0].inv() * turns[-1]).as_rotvec(degrees=True)
    assert about_handle[0] == pytest.approx(0.9 * rep.rom_deg, abs=2.0)
    assert abs(about_handle[0]) > 5 * np.abs(about_handle[1:]).max()


def test_level_at_the_top_and_feet_on_the_side_of_y():
    rep = DEMO.truth.reps[1]
    turn = turn_of(DEMO.movement, 0.5 * (rep.t_top_s + rep.t_leave_top_s))
    up, feet = turn.apply([0.0, 0.0, 1.0])[0], turn.apply([0.0, 1.0, 0.0])[0]
    assert up[2] > np.cos(np.radians(6.0))
    assert feet[1] > np.cos(np.radians(15.0))  # earth y points from the bench to the feet


def test_the_set_up_roll_is_the_largest_rotation_and_rolls_without_slipping():
    roll = next(happening for happening in DEMO.truth.happenings if isinstance(happening.act, RollUp))
    before, after = (DEMO.movement.intended(np.array([t])) for t in (roll.t_start_s, roll.t_end_s))
    turned_deg = float(after.lift_deg[0] - before.lift_deg[0])
    assert turned_deg == pytest.approx(250.0)
    assert turned_deg > 3 * max(rep.rom_deg for rep in DEMO.truth.reps)
    rolled_m = float(before.position_m[0, 1] - after.position_m[0, 1])
    assert rolled_m == pytest.approx(0.10 * np.radians(turned_deg))


def test_the_weight_always_ends_up_in_the_crease():
    set_up, work = (PickUp(), RollUp(200.0)), WorkSet(Leg.LEFT, reps=1)
    played = perform(Script((*set_up, PutDown(200.0), *set_up, work, PutDown(), PickUp(), RollUp(), work)))
    starts_s = np.array([work.t_start_s - 0.3 for work in played.truth.sets])
    seated = played.movement.intended(starts_s)
    assert seated.lift_deg == pytest.approx([-56.0, -56.0])
    assert seated.position_m[0] == pytest.approx(seated.position_m[1])


def test_untouched_means_untouched():
    still = next(happening for happening in DEMO.truth.happenings if isinstance(happening.act, Untouched))
    pose = DEMO.movement.pose(np.linspace(still.t_start_s + 0.2, still.t_end_s, 500))
    assert np.ptp(pose.position_m, axis=0).max() == 0.0
    assert np.ptp(pose.earth_from_dumbbell, axis=0).max() == 0.0


def test_velocity_and_acceleration_are_continuous():
    """A step in velocity or acceleration would not shrink with the step of the grid."""
    step_s = 1e-4
    t_s = np.arange(7.0, 22.0, step_s)  # set-up and first reps
    meant = DEMO.movement.intended(t_s)
    for way in (meant.lift_deg, meant.tilt_deg, *meant.position_m.T):
        acceleration = np.diff(way, 2) / step_s**2
        assert np.abs(np.diff(acceleration)).max() < 5e-3 * np.abs(acceleration).max()


@given(seed=st.integers(0, 2**32 - 1), start_s=st.floats(0, 60), n=st.integers(1, 50))
@settings(max_examples=20, deadline=None)
def test_sampling_together_or_apart_gives_the_same_bits(seed, start_s, n):
    movement = perform(sets_only(WorkSet(Leg.RIGHT, reps=2), seed=seed)).movement
    t_s = start_s + np.arange(n) * 0.013
    together = movement.pose(t_s)
    apart = [movement.pose(t_s[i : i + 1]) for i in range(n)]
    assert np.array_equal(together.position_m, np.concatenate([pose.position_m for pose in apart]))


def test_the_seed_decides_everything():
    t_s = np.linspace(0.0, 60.0, 2000)
    again = perform(demo_script(5))
    assert again.truth == DEMO.truth
    assert np.array_equal(again.movement.pose(t_s).position_m, DEMO.movement.pose(t_s).position_m)
    other = perform(demo_script(6))
    assert other.truth != DEMO.truth


def test_a_pulse_is_zero_outside_and_has_its_size_in_the_middle():
    pulse = Pulse(1.0, 3.0, -7.0)
    assert pulse.at(np.array([0.0, 1.0, 2.0, 3.0, 9.0])).tolist() == [0.0, 0.0, -7.0, 0.0, 0.0]


@pytest.mark.parametrize("frames", [[LEVEL], [LEVEL, LEVEL]])
def test_a_course_needs_time(frames):
    with pytest.raises(ValueError, match="rising in time"):
        Course(frames)


def test_a_script_that_cannot_be_played_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        Script((WorkSet(Leg.LEFT, reps=3, rom_deg=60.0),), seat_deg=56.0)
    with pytest.raises(ValueError, match="outside"):
        sets_only(WorkSet(Leg.LEFT, reps=3, faults=(Missed(rep=4, short_deg=10.0),)))


def test_tremor_has_the_strength_it_was_given():
    t_s = np.arange(0.0, 200.0, 0.01)
    shaking = Tremor(0.12, np.random.default_rng(3)).at(t_s)
    assert shaking[0].std() == pytest.approx(0.12, rel=0.02)
    spectrum = np.abs(np.fft.rfft(shaking[0])) ** 2
    hz = np.fft.rfftfreq(len(t_s), 0.01)
    assert spectrum[(hz > 1.9) & (hz < 8.1)].sum() > 0.999 * spectrum.sum()


def test_touch_and_go_has_no_holds():
    tempo = Tempo(lower_s=0.8, bottom_s=0.0, drive_s=0.6, hold_s=0.0)
    reps = perform(sets_only(WorkSet(Leg.LEFT, reps=4, tempo=tempo))).truth.reps
    # 5 % and 95 % of a least-jerk move lie 19 % of its time inside it.
    assert all(rep.t_leave_top_s - rep.t_top_s < 0.19 * 1.1 * (0.6 + 0.8) for rep in reps)
