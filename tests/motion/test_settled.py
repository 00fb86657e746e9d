"""What is looked at afterwards: every set in the frame with which it was settled."""

from itertools import pairwise

import numpy as np
import pytest

from tracker.coaching.exercises import ANY_LIFT, ONE_LEG_HIP_THRUST
from tracker.motion.bearings import Show, joined
from tracker.motion.counting import Counting
from tracker.motion.events import Motion, Phase, RepSeen, SetEnded
from tracker.motion.settled import AROUND_S
from tracker.virtual.chip import ordinary_chip
from tracker.virtual.imu import any_mounting

SMOOTHING_DEG = 0.05
"""A hold's mean over whole rows against that over the rows nearest to its borders."""


def seen(*blocks, lift=ONE_LEG_HIP_THRUST):
    """All rows of the blocks, the settled reps of each set, and from when to when each lasted."""
    counting = Counting(lift.motion, Show.SETTLED)
    steps = [*(counting.step(block) for block in blocks), counting.finish()]
    events = [event for _, told in steps for event in told]
    ended = [event for event in events if isinstance(event, SetEnded)]
    reps = [[e.rep for e in events if isinstance(e, RepSeen) and e.set == one.set] for one in ended]
    return joined([motion for motion, _ in steps]), reps, [(one.t_start_s, one.t_end_s) for one in ended]


@pytest.fixture(scope="module")
def two_legs(lifter):
    """Two sets of 6 and 7 reps, with missed lockouts and rocking, from walking in to putting down."""
    script = lifter.session(
        8,
        lifter.set(lifter.missed(3, 12.0), lifter.rocked(5, 12.0)),
        lifter.set(lifter.rocked(2, -9.0), lifter.missed(6, 16.0), leg=lifter.leg.RIGHT, reps=7),
    )
    block, _ = lifter.sensed(script, mounting=any_mounting(8), chip=ordinary_chip(8), seed=8)
    return block, *seen(block)


def during(motion, from_s, to_s):
    return (motion.t_s >= from_s) & (motion.t_s <= to_s)


def every(reps):
    return [rep for of_set in reps for rep in of_set]


def test_every_row_comes_once_in_order(two_legs):
    block, motion, _, _ = two_legs
    assert np.diff(motion.t_s) == pytest.approx(block.period_s, abs=1e-9)
    assert len(motion) > len(block.t_s) - 20
    assert np.isfinite(motion.turning_deg_s).all()


def test_lift_is_that_of_the_reps(two_legs):
    _, motion, reps, _ = two_legs
    assert [len(of_set) for of_set in reps] == [6, 7]
    for rep in every(reps):
        hold = motion.lift_deg[during(motion, rep.t_top_s, rep.t_leave_top_s)]
        assert hold.mean() == pytest.approx(rep.top_deg, abs=SMOOTHING_DEG)
        before = motion.lift_deg[during(motion, rep.t_start_s - 1.5, rep.t_start_s)]
        assert np.abs(before - rep.start_deg).min() < 1e-9
        whole = motion.lift_deg[during(motion, rep.t_start_s - 0.3, rep.t_leave_top_s)]
        assert np.ptp(whole) == pytest.approx(rep.rom_deg, abs=0.3)


def test_tilt_and_twist_at_the_top_are_those_of_the_reps(two_legs):
    _, motion, reps, _ = two_legs
    for rep in every(reps):
        hold = during(motion, rep.t_top_s, rep.t_leave_top_s)
        assert motion.tilt_deg[hold].mean() == pytest.approx(rep.tilt_top_deg, abs=0.1)
        assert motion.twist_deg[hold].mean() == pytest.approx(rep.twist_deg, abs=0.3)


def test_height_at_the_top_is_the_reps_travel(two_legs):
    _, motion, reps, _ = two_legs
    for rep in every(reps):
        around = during(motion, rep.t_start_s - 0.5, rep.t_leave_top_s)
        assert np.nanmin(np.abs(motion.height_m[around] - rep.travel_m)) < 2e-3
        assert np.nanmin(np.abs(motion.height_m[around])) == 0.0
        assert np.nanmax(motion.height_m[around]) < rep.travel_m + 0.06


def test_phases_change_at_the_borders(two_legs):
    _, motion, reps, _ = two_legs
    last_of_a_set = {of_set[-1].candidate for of_set in reps}
    for rep in every(reps):
        for phase, from_s, to_s in (
            (Phase.DRIVE, rep.t_start_s, rep.t_top_s),
            (Phase.TOP, rep.t_top_s, rep.t_leave_top_s),
            (Phase.LOWERING, rep.t_leave_top_s, rep.t_end_s),
        ):
            assert set(motion.phase[(motion.t_s >= from_s) & (motion.t_s < to_s)]) == {phase}
        after = motion.phase[during(motion, rep.t_end_s + 0.02, rep.t_end_s + 0.1)]
        assert set(after) == {Phase.UNKNOWN if rep.candidate in last_of_a_set else Phase.BOTTOM}


def test_a_set_is_seen_with_some_seconds_around_it_and_nothing_else(two_legs):
    _, motion, _, spans = two_legs
    around = np.zeros(len(motion), bool)
    for start_s, end_s in spans:
        around |= during(motion, start_s - AROUND_S, end_s + AROUND_S)
    assert (np.isfinite(motion.lift_deg) == around).mean() > 0.999  # but for the rows at the edges
    assert np.isfinite(motion.lift_deg).sum() > 1000
    assert (np.isfinite(motion.lift_deg) == np.isfinite(motion.tilt_deg)).all()
    for values in (motion.height_m, motion.twist_deg):
        known = motion.t_s[np.isfinite(values)]
        inside = [(start_s - 1.5 < known) & (known < end_s + 1.5) for start_s, end_s in spans]
        assert np.any(inside, axis=0).all()


def test_cutting_changes_nothing(two_legs, by_hand):
    block, whole, _, _ = two_legs
    edges = [0, 1, 900, 901, 2400, 2417, 4000, len(block.t_s)]
    parts = [by_hand.part(block, slice(a, b)) for a, b in pairwise(edges)]
    cut, _, _ = seen(*parts)
    for name in Motion.__slots__:
        assert getattr(cut, name).tobytes() == getattr(whole, name).tobytes(), name


def test_a_hole_smooths_nothing_away(two_legs, by_hand):
    block, whole, reps, _ = two_legs
    rep = reps[0][3]
    lost = (block.t_s > rep.t_top_s - 0.2) & (block.t_s < rep.t_top_s + 1.5)
    motion, _, _ = seen(by_hand.part(block, np.flatnonzero(~lost)))
    before = during(motion, rep.t_start_s, rep.t_top_s - 0.35)
    same = during(whole, rep.t_start_s, rep.t_top_s - 0.35)
    assert motion.lift_deg[before] == pytest.approx(whole.lift_deg[same], abs=1.5)
    assert np.diff(motion.t_s).max() == pytest.approx(lost.sum() * block.period_s, abs=0.1)
    hole_s = motion.t_s[np.diff(motion.t_s).argmax()]
    beside = during(motion, rep.t_start_s, hole_s)
    assert np.all(np.diff(motion.lift_deg[beside])[5:] > -0.5)  # it rises up to the hole's edge


def test_a_try_long_after_the_set_belongs_to_none(by_hand):
    """It keeps the set open, and lies beyond what is seen with it."""
    keys = by_hand.reps(5)[:-1]
    end_s = keys[-1][0]
    keys += [(end_s + 7.0, -40.0), (end_s + 8.0, -18.0), (end_s + 8.5, -18.0), (end_s + 9.5, -40.0)]
    t_s = np.arange(0.0, end_s + 40.0, 0.02)
    lift_deg = by_hand.along(t_s, *keys, (end_s + 60.0, -40.0))
    height_m = 0.3 * (lift_deg + 40.0) / 40.0
    motion, reps, spans = seen(by_hand.samples(by_hand.rows(t_s, lift_deg, height_m=height_m), 0.02))
    assert [len(of_set) for of_set in reps] == [5]
    (span,) = spans
    known_s = motion.t_s[np.isfinite(motion.lift_deg)]
    assert known_s[-1] == pytest.approx(span[1] + AROUND_S, abs=0.03)
    assert known_s[-1] < end_s + 7.0
    assert motion.t_s[np.isfinite(motion.twist_deg)][-1] < end_s + 1.0


def test_lifts_that_are_only_counted_are_seen_as_turning(two_legs):
    block, *_ = two_legs
    motion, reps, _ = seen(block, lift=ANY_LIFT)
    assert len(every(reps)) >= 10
    assert np.isnan(motion.lift_deg).all()
    assert np.isfinite(motion.turning_deg_s).all()


def test_without_acceleration_there_is_no_height(two_legs, by_hand):
    block, *_ = two_legs
    turning = by_hand.part(block, slice(None), acc_m_s2=None, gyr_rad_s=None)
    motion, reps, _ = seen(turning)
    assert len(every(reps)) == 13
    assert np.isnan(motion.height_m).all()
    assert np.isfinite(motion.lift_deg).any()


def test_rest_is_turning_alone(by_hand):
    t_s = np.arange(0.0, 40.0, 0.02)
    motion, reps, _ = seen(by_hand.samples(by_hand.rows(t_s, 10.0 + 0.0 * t_s), 0.02))
    assert reps == []
    assert len(motion) > 1900
    assert np.isnan(motion.lift_deg).all()
