"""The sensor measures the movement: integrated back, its readings give the movement again."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import cumulative_trapezoid
from scipy.spatial.transform import Rotation

from tracker.virtual.chip import GRAVITY_M_S2, Chip, DeviceClock, ordinary_chip
from tracker.virtual.imu import BLOCK, Imu, Mounting, any_mounting, sense
from tracker.virtual.lifter import perform
from tracker.virtual.movement import Pose
from tracker.virtual.script import (
    Leg,
    PickUp,
    Rocked,
    RollUp,
    Scoot,
    Script,
    Untouched,
    WalkIn,
    WorkSet,
    sets_only,
)

SET = perform(sets_only(WorkSet(Leg.LEFT, reps=4, faults=(Rocked(2, 10.0),)), seed=1, rest_s=2.0))
SET_UP = perform(Script((WalkIn(4.0), Untouched(1.0), PickUp(), RollUp(), Scoot()), seed=2))
CLIPPED_ON = any_mounting(7)
STEP_S = 1e-3


class Spinning:
    """Something that turns about the vertical at a steady rate, its centre at rest."""

    def __init__(self, rad_s):
        self.rad_s = rad_s

    def pose(self, t_s):
        turns = Rotation.from_rotvec(np.outer(self.rad_s * t_s, [0.0, 0.0, 1.0]))
        return Pose(np.zeros((len(t_s), 3)), turns.as_quat(scalar_first=True))


def product(turns):
    """All turns one after another, multiplied in pairs."""
    while len(turns) > 1:
        odd = turns[-1:] if len(turns) % 2 else None
        turns = turns[: len(turns) // 2 * 2]
        turns = turns[0::2] * turns[1::2]
        turns = turns if odd is None else Rotation.concatenate([turns, odd])
    return turns[0]


@pytest.mark.parametrize("performance", [SET, SET_UP], ids=["set", "set-up"])
def test_turning_integrates_to_the_orientation(performance):
    t_s = np.arange(0.0, performance.duration_s, STEP_S)
    middle = sense(performance.movement, CLIPPED_ON, t_s[:-1] + STEP_S / 2)
    turned = product(Rotation.from_rotvec(middle.gyr_rad_s * STEP_S))
    ends = sense(performance.movement, CLIPPED_ON, t_s[[0, -1]])
    start, end = Rotation.from_quat(ends.earth_from_sensor, scalar_first=True)
    error_deg = np.degrees(((start * turned).inv() * end).magnitude())
    assert error_deg < 1e-4  # the quietest gyroscope walks a hundred times as far


@pytest.mark.parametrize("performance", [SET, SET_UP], ids=["set", "set-up"])
def test_specific_force_integrates_twice_to_the_position(performance):
    t_s = np.arange(0.0, performance.duration_s, STEP_S)
    sensed = sense(performance.movement, CLIPPED_ON, t_s)
    to_earth = Rotation.from_quat(sensed.earth_from_sensor, scalar_first=True)
    acceleration = to_earth.apply(sensed.acc_m_s2) - [0.0, 0.0, GRAVITY_M_S2]
    pose = performance.movement.pose(t_s)
    turns = Rotation.from_quat(pose.earth_from_dumbbell, scalar_first=True)
    place_m = pose.position_m + turns.apply(CLIPPED_ON.lever_arm_m)
    start_m_s = (place_m[1] - place_m[0]) / STEP_S - acceleration[0] * STEP_S / 2
    speed = start_m_s + cumulative_trapezoid(acceleration, dx=STEP_S, axis=0, initial=0)
    found_m = place_m[0] + cumulative_trapezoid(speed, dx=STEP_S, axis=0, initial=0)
    assert np.abs(found_m - place_m).max() < 1e-4  # 0.1 mg of bias would make 200 times as much of it


@pytest.mark.parametrize("seed", range(4))
def test_at_rest_it_reads_one_g_upward_and_no_turning(seed):
    mounting = any_mounting(seed)
    sensed = sense(SET_UP.movement, mounting, np.linspace(4.1, 4.9, 50))
    up = Rotation.from_quat(sensed.earth_from_sensor, scalar_first=True).apply(sensed.acc_m_s2)
    assert up == pytest.approx(np.tile([0.0, 0.0, GRAVITY_M_S2], (50, 1)), abs=1e-6)
    assert np.abs(sensed.gyr_rad_s).max() < 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_how_it_is_turned_changes_nothing_but_the_axes(seed):
    t_s = np.arange(0.0, 20.0, 0.01)
    straight = sense(SET.movement, Mounting(lever_arm_m=(0.1, 0.02, 0.0)), t_s)
    mounting = replace(any_mounting(seed), lever_arm_m=(0.1, 0.02, 0.0))
    turned = sense(SET.movement, mounting, t_s)
    dumbbell_from_sensor = Rotation.from_quat(mounting.dumbbell_from_sensor, scalar_first=True)
    assert dumbbell_from_sensor.apply(turned.acc_m_s2) == pytest.approx(straight.acc_m_s2, abs=1e-6)
    assert dumbbell_from_sensor.apply(turned.gyr_rad_s) == pytest.approx(straight.gyr_rad_s, abs=1e-9)


def test_a_lever_arm_feels_the_pull_of_turning():
    sensed = sense(Spinning(3.0), Mounting(lever_arm_m=(0.15, 0.0, 0.0)), np.linspace(0.0, 2.0, 20))
    assert sensed.acc_m_s2 == pytest.approx(np.tile([-0.15 * 9.0, 0.0, GRAVITY_M_S2], (20, 1)), abs=1e-6)
    assert sensed.gyr_rad_s == pytest.approx(np.tile([0.0, 0.0, 3.0], (20, 1)), abs=1e-6)


@given(first=st.integers(0, 3 * BLOCK), lengths=st.lists(st.integers(1, BLOCK + 50), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_reading_in_any_pieces_gives_the_same_samples(first, lengths):
    imu = Imu(SET.movement, CLIPPED_ON, ordinary_chip(1), DeviceClock(skew_ppm=40.0), seed=9)
    borders = first + np.cumsum([0, *lengths])
    pieces = [imu.read(start, stop) for start, stop in pairwise(borders.tolist())]
    whole = imu.read(first, int(borders[-1]))
    assert np.array_equal(np.concatenate([piece.counts for piece in pieces]), whole.counts)
    assert np.array_equal(np.concatenate([piece.device_us for piece in pieces]), whole.device_us)


def test_counts_are_the_exact_readings_rounded():
    imu = Imu(SET.movement, CLIPPED_ON)
    read = imu.read(0, 1500)
    exact = sense(SET.movement, CLIPPED_ON, read.true_s)
    acc_m_s2, gyr_rad_s = imu.chip.si(read.counts)
    assert np.abs(acc_m_s2 - exact.acc_m_s2).max() <= 0.5001 * imu.chip.acc_lsb_g * GRAVITY_M_S2
    assert np.abs(gyr_rad_s - exact.gyr_rad_s).max() <= 0.5001 * np.radians(imu.chip.gyr_lsb_dps)
    assert not read.acc_clipped.any()
    assert not read.gyr_clipped.any()


def test_a_chip_errs_as_it_was_told():
    chip = Chip(
        acc_noise_g=1e-3,
        gyr_noise_dps=0.1,
        acc_bias_g=(0.1, 0.0, 0.0),
        gyr_bias_dps=(0.0, -2.0, 0.0),
        acc_scale=(1.0, 1.0, 1.02),
    )
    still = Spinning(0.0)
    acc_m_s2, gyr_rad_s = chip.si(Imu(still, chip=chip).read(0, 20_000).counts)
    assert acc_m_s2.mean(axis=0) / GRAVITY_M_S2 == pytest.approx([0.1, 0.0, 1.02], abs=2e-4)
    assert np.degrees(gyr_rad_s).mean(axis=0) == pytest.approx([0.0, -2.0, 0.0], abs=0.02)
    # A density of 1 mg per root Hz is 7.07 mg RMS in the 50 Hz below the half of 100 Hz.
    assert acc_m_s2.std(axis=0) / GRAVITY_M_S2 == pytest.approx([7.07e-3] * 3, rel=0.03)
    assert np.degrees(gyr_rad_s).std(axis=0) == pytest.approx([0.707] * 3, rel=0.03)


def test_the_ranges_clip_and_say_so():
    slow = Chip(acc_range_g=2, gyr_range_dps=125)
    fast = Imu(Spinning(4.0), Mounting(lever_arm_m=(2.0, 0.0, 0.0)), slow).read(0, 10)  # 229 deg/s, 3.3 g
    assert fast.acc_clipped.all()
    assert fast.gyr_clipped.all()
    acc_m_s2, gyr_rad_s = slow.si(fast.counts)
    assert acc_m_s2[:, 0] / GRAVITY_M_S2 == pytest.approx(-2.0, abs=1e-3)
    assert np.degrees(gyr_rad_s[:, 2]) == pytest.approx(125.0, abs=0.01)


def test_the_clock_runs_fast_and_the_chip_slow():
    clock = DeviceClock(skew_ppm=50.0, start_us=2**32 - 1000, sampling_off_ppm=8000.0)
    read = Imu(Spinning(0.0), clock=clock).read(0, 1001)
    assert np.diff(read.device_us).mean() == pytest.approx(10_080.0)
    assert read.device_us[0] == 2**32 - 1000
    assert read.true_s[-1] == pytest.approx(10.08 / (1 + 50e-6))
    assert clock.us_at(float(read.true_s[-1])) == read.device_us[-1]


def test_samples_are_numbered_from_the_start_of_the_session():
    imu = Imu(Spinning(0.0), rate_hz=50)
    assert [imu.first_at(t_s) for t_s in (0.0, 0.001, 0.02, 0.021)] == [0, 1, 1, 2]
    assert imu.true_s(25) == 0.5
