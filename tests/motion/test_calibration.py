"""Lying, turned end for end, rolled: where the handle is, what the accelerometer adds, what that is worth."""

import math
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from tracker.motion.bearings import Show
from tracker.motion.calibration import Calibration, Step, Trouble
from tracker.motion.dumbbell import Frame
from tracker.motion.events import Clip
from tracker.path import Path
from tracker.sensing.marks import Calibrated, Connected, Mark
from tracker.sensing.samples import Packet, Packets, Samples
from tracker.sensing.sensors.sample_blocks import MAKE, encode_rows
from tracker.virtual.chip import GRAVITY_M_S2, Chip, ordinary_chip
from tracker.virtual.imu import Imu, any_mounting
from tracker.virtual.lifter import perform
from tracker.virtual.script import (
    Leg,
    Lie,
    PickUp,
    PutDown,
    RollOver,
    RollUp,
    Script,
    TurnEndForEnd,
    WorkSet,
    calibration_script,
    sets_only,
)

SEEDS = range(6)
"""Chips, ways to clip them on, and movements."""


def sampled(script, seed=0, chip=None, from_s=0.0):
    """What a sensor measures of a script."""
    played = perform(script)
    imu = Imu(played.movement, any_mounting(seed), chip or ordinary_chip(100 + seed), seed=seed)
    read = imu.read(imu.first_at(from_s), imu.first_at(played.duration_s))
    acc, gyr = imu.chip.si(read.counts)
    t_s = read.true_s - read.true_s[0]
    return Samples(t_s, acc, gyr, None, np.zeros(len(t_s), np.uint8), imu.true_s(1), 0), played


def blocks(samples, edges):
    """Cut samples at rows."""
    edges = [0, *sorted(set(edges)), len(samples)]
    for start, stop in pairwise(edges):
        rows = slice(start, stop)
        if start < stop:
            yield replace(
                samples,
                t_s=samples.t_s[rows],
                acc_m_s2=samples.acc_m_s2[rows],
                gyr_rad_s=samples.gyr_rad_s[rows],
                flags=samples.flags[rows],
            )


def steps_of(samples, every=10):
    """What becomes known, packet by packet, as long as it changes in kind."""
    calibration, told = Calibration(), []
    for block in blocks(samples, range(every, len(samples), every)):
        progress = calibration.step(block)
        if (progress.step, progress.trouble) not in told[-1:]:
            told.append((progress.step, progress.trouble))
    return told, progress


def handle_in(seed):
    return (
        Rotation.from_quat(any_mounting(seed).dumbbell_from_sensor, scalar_first=True).inv().apply([1, 0, 0])
    )


@cache
def calibrated(seed):
    """Calibrate with the dumbbell lying any way up, on a floor that slopes by 1.5 deg."""
    roll_deg = float(np.random.default_rng(seed).uniform(60.0, 300.0))
    lain = (RollOver(roll_deg), Lie(5.0), TurnEndForEnd(), Lie(5.0), RollOver(), Lie(5.0))
    samples, _ = sampled(Script((Lie(1.0, 1.5), *lain), seed), seed, from_s=6.5)
    return Calibration().step(samples).found


@pytest.mark.parametrize("seed", SEEDS)
def test_offset_axis_and_slope_are_found_however_it_is_clipped_on(seed):
    found, handle = calibrated(seed), handle_in(seed)
    axis, offset = np.array(found.long_axis), np.array(found.acc_offset_m_s2)
    assert math.degrees(math.acos(min(1.0, abs(axis @ handle)))) < 0.5
    true_m_s2 = GRAVITY_M_S2 * np.array(ordinary_chip(100 + seed).acc_bias_g) @ handle
    assert offset @ handle == pytest.approx(true_m_s2, abs=0.02)
    assert np.linalg.norm(np.cross(offset, axis)) < 1e-9
    assert abs(found.slope_deg) == pytest.approx(1.5, abs=0.1)


def test_without_errors_of_the_chip_they_are_exact():
    samples, _ = sampled(calibration_script(3, slope_deg=-2.0), 3, Chip())
    found = Calibration().step(samples).found
    assert abs(np.array(found.long_axis) @ handle_in(3)) > math.cos(math.radians(0.15))
    assert np.linalg.norm(found.acc_offset_m_s2) < 0.005
    assert abs(found.slope_deg) == pytest.approx(2.0, abs=0.03)


def session_of(seed, *marks):
    """Two sets with the same sensor, through the whole way; the session and the truth."""
    samples, played = sampled(
        sets_only(WorkSet(Leg.LEFT, 4), WorkSet(Leg.RIGHT, 4), seed=seed, rest_s=12.0), seed
    )
    info, rows = encode_rows(samples.t_s, samples.acc_m_s2, samples.gyr_rad_s, None)
    way = Path(show=Show.NOTHING)
    for body in (Connected(MAKE, info=info), *marks):
        way.receive(Mark(0, 0, body))
    way.receive(Packets.of([Packet(0, 0, 0, rows[i : i + 500].tobytes()) for i in range(0, len(rows), 500)]))
    way.finish()
    return way.session(), played.truth


def tilt_errors_deg(session, truth):
    errors = []
    for judged in (judged for one in session.sets for judged in one.reps):
        real = min(truth.reps, key=lambda rep: abs(rep.t_top_s - judged.rep.t_top_s))
        errors.append(abs(judged.rep.tilt_top_deg - real.tilt_top_deg))
    return errors


def test_absolute_tilt_is_sure_to_0_4_deg_after_calibration():
    before, after = [], []
    for seed in SEEDS:
        found = calibrated(seed)
        mark = Calibrated(found.acc_offset_m_s2, found.long_axis)
        for marks, errors in (((), before), ((mark,), after)):
            session, truth = session_of(seed, *marks)
            assert [len(one.reps) for one in session.sets] == [4, 4]
            assert session.clip is (Clip.AS_CALIBRATED if marks else Clip.NOT_CALIBRATED)
            errors += tilt_errors_deg(session, truth)
    assert np.median(before) > 0.8
    assert np.percentile(before, 95) > 2.0
    assert np.median(after) < 0.25
    assert np.percentile(after, 95) < 0.7


def test_a_sensor_that_was_clipped_on_otherwise_is_told_and_measured_without_its_axis():
    found = calibrated(0)
    other = np.cross(found.long_axis, (0.3, -0.5, 0.8))
    x, y, z = (other / np.linalg.norm(other)).tolist()
    session, _ = session_of(0, Calibrated(found.acc_offset_m_s2, (x, y, z)))
    assert session.clip is Clip.MOVED
    assert any("tracker calibrate" in warning for warning in session.warnings)
    assert [one.reps for one in session.sets] == [
        one.reps for one in session_of(0, Calibrated(found.acc_offset_m_s2))[0].sets
    ]


def test_the_calibrated_handle_points_to_the_right_end_whichever_sign_it_has():
    drives, ups = np.array([[0.05, 0.7, 0.02]]), np.array([[0.0, 0.0, 1.0]])
    for sign in (1.0, -1.0):
        frame = Frame.of(drives, ups, sign * np.array([0.0, 1.0, 0.0]))
        assert frame.x.tolist() == [0.0, 1.0, 0.0]
        assert frame.clip is Clip.AS_CALIBRATED


@cache
def whole():
    samples, _ = sampled(calibration_script(1), 1)
    return samples, Calibration().step(samples)


@settings(max_examples=15, deadline=None)
@given(st.sets(st.integers(1, 2300), max_size=40))
def test_it_does_not_matter_how_the_stream_is_cut(edges):
    samples, at_once = whole()
    calibration = Calibration()
    for block in blocks(samples, [edge for edge in edges if edge < len(samples)]):
        progress = calibration.step(block)
    assert progress == at_once


def test_the_steps_come_one_after_the_other():
    told, progress = steps_of(whole()[0])
    assert told == [(Step.LIE, None), (Step.TURN, None), (Step.ROLL, None), (Step.DONE, None)]
    assert progress.found is not None


def troubles(*acts, seed=2):
    told, _ = steps_of(sampled(Script(acts, seed), seed)[0])
    return [trouble for _, trouble in told if trouble]


def test_a_dumbbell_that_is_put_back_as_it_lay_has_not_been_turned():
    assert troubles(Lie(4.0), TurnEndForEnd(20.0), Lie(4.0)) == [Trouble.NOT_TURNED]


def test_turning_after_all_goes_on_from_there():
    acts = (Lie(4.0), TurnEndForEnd(20.0), Lie(4.0), TurnEndForEnd(160.0), Lie(5.0), RollOver(), Lie(4.0))
    told, progress = steps_of(sampled(Script(acts, 2), 2)[0])
    assert (Step.TURN, Trouble.NOT_TURNED) in told
    assert progress.step is Step.DONE


def test_rolling_half_over_is_no_turning_end_for_end():
    said = troubles(Lie(4.0), RollOver(180.0), Lie(4.0), RollOver(360.0), Lie(4.0))
    assert said == [Trouble.ROLLED_ONLY]


def test_half_a_roll_waits_for_the_rest_of_it():
    acts = (Lie(4.0), TurnEndForEnd(), Lie(4.0), RollOver(150.0), Lie(4.0), RollOver(200.0, 4.0), Lie(4.0))
    told, progress = steps_of(sampled(Script(acts, 2), 2)[0])
    assert [trouble for _, trouble in told if trouble] == []
    assert progress.step is Step.DONE
    assert abs(np.array(progress.found.long_axis) @ handle_in(2)) > math.cos(math.radians(0.5))


def test_a_dumbbell_turned_in_the_hands_did_not_roll():
    acts = (Lie(4.0), TurnEndForEnd(), Lie(4.0), PickUp(), RollUp(330.0), PutDown(10.0), Lie(4.0))
    assert troubles(*acts) == [Trouble.UNEVEN]


def test_a_dumbbell_with_one_end_on_the_bench_lies_too_steep():
    assert troubles(Lie(4.0, 14.0), TurnEndForEnd(), Lie(4.0), RollOver(), Lie(4.0)) == [Trouble.STEEP]


def test_a_hole_in_the_stream_starts_it_anew():
    samples, _ = whole()
    hole = replace(samples, t_s=np.where(samples.t_s > 7.0, samples.t_s + 2.0, samples.t_s))
    told, _ = steps_of(hole)
    assert (Step.LIE, Trouble.LOST) in told


def test_held_in_the_hands_it_never_lies_still():
    samples, _ = sampled(sets_only(WorkSet(Leg.LEFT, 2), seed=1))
    assert steps_of(samples)[1].step is Step.LIE
