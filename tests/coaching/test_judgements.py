"""What a rep was: each judgement just inside and just outside its threshold, and its abstentions."""

import math

import pytest

from tracker.coaching.exercises import ANY_LIFT
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST as HIP_THRUST
from tracker.coaching.judgements import NOT_JUDGED, bounce, clean, level, lockout, low_side, overarch, rocking
from tracker.coaching.results import Rocking, Verdict
from tracker.sensing.marks import Side

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN


def lockouts(judged):
    return [rep.judgement.lockout for rep in judged]


@pytest.mark.parametrize(
    ("above_deg", "range_deg", "said"),
    [
        (0.0, 40.0, YES),
        (-2.99, 40.0, YES),
        (-3.01, 40.0, NO),
        (-3.01, 80.0, YES),  # 5 % of 80 deg is 4 deg
        (-4.01, 80.0, NO),
        (9.0, 40.0, YES),
        (math.nan, 40.0, UNKNOWN),
    ],
)
def test_a_lockout_is_short_by_at_most_3_deg_or_5_percent(above_deg, range_deg, said):
    assert lockout(above_deg, range_deg, HIP_THRUST) is said


@pytest.mark.parametrize(
    ("above_deg", "finish_share", "said"),
    [
        (2.99, 0.3, NO),
        (3.01, 0.3, YES),
        (3.01, 0.59, YES),
        (3.01, 0.61, NO),  # as fast as a drive that ends at the line
        (-9.0, 0.3, NO),
        (math.nan, 0.3, UNKNOWN),
    ],
)
def test_an_overarch_creeps_on_by_more_than_3_deg(above_deg, finish_share, said):
    assert overarch(above_deg, finish_share, HIP_THRUST) is said


@pytest.mark.parametrize(
    ("peak_deg", "level"),
    [
        (3.9, Rocking.NONE),
        (-4.0, Rocking.NOTICE),
        (6.4, Rocking.NOTICE),
        (-6.5, Rocking.ALERT),
        (9.9, Rocking.ALERT),
        (10.0, Rocking.SEVERE),
        (math.nan, Rocking.UNKNOWN),
    ],
)
def test_rocking_has_three_levels_to_either_side(by_hand, peak_deg, level):
    assert rocking(by_hand.rep(rocking_peak_deg=peak_deg), HIP_THRUST) is level


def test_the_low_side_is_opposite_to_the_high_end(by_hand):
    assert low_side(by_hand.rep(rocking_peak_deg=5.0), HIP_THRUST) is Side.LEFT
    assert low_side(by_hand.rep(rocking_peak_deg=-5.0), HIP_THRUST) is Side.RIGHT
    assert low_side(by_hand.rep(rocking_peak_deg=math.nan), HIP_THRUST) is Side.UNKNOWN


def test_no_side_is_low_where_a_rep_may_start_either_way(by_hand):
    assert low_side(by_hand.rep(rocking_peak_deg=5.0), ANY_LIFT) is Side.UNKNOWN


@pytest.mark.parametrize(
    ("turnaround_s", "first", "said"),
    [
        (0.08, False, YES),
        (0.149, False, YES),
        (0.15, False, NO),
        (math.nan, False, UNKNOWN),
        (math.nan, True, NO),  # from rest there is nothing to rebound from
    ],
)
def test_a_bounce_turns_round_within_150_ms(by_hand, turnaround_s, first, said):
    assert bounce(by_hand.rep(turnaround_s=turnaround_s), HIP_THRUST, first=first) is said


def test_a_bounce_is_judged_when_a_sensor_clipped_but_not_across_a_hole(by_hand):
    clipped = by_hand.rep(turnaround_s=0.05, clipped=True)
    holed = by_hand.rep(turnaround_s=0.05, gap_s=1.0)
    assert bounce(clipped, HIP_THRUST, first=False) is YES
    assert bounce(holed, HIP_THRUST, first=False) is UNKNOWN


def test_a_tilt_in_passing_is_level(by_hand):
    held, passing = by_hand.rep(), by_hand.rep(t_leave_top_s=11.2)
    assert level(held, 7.1, HIP_THRUST) is NO
    assert level(held, -6.9, HIP_THRUST) is YES
    assert level(passing, 7.1, HIP_THRUST) is YES
    assert level(held, math.nan, HIP_THRUST) is UNKNOWN


@pytest.mark.parametrize(
    ("locked_out", "rocked", "is_level", "said"),
    [
        (YES, Rocking.NONE, YES, YES),
        (YES, Rocking.NOTICE, YES, YES),
        (YES, Rocking.ALERT, YES, NO),
        (YES, Rocking.NONE, NO, NO),
        (NO, Rocking.NONE, YES, NO),
        (UNKNOWN, Rocking.SEVERE, NO, UNKNOWN),
        (YES, Rocking.UNKNOWN, YES, UNKNOWN),
        (YES, Rocking.NONE, UNKNOWN, UNKNOWN),
    ],
)
def test_clean_is_locked_out_level_and_without_an_alert(locked_out, rocked, is_level, said):
    assert clean(locked_out, rocked, is_level) is said


def test_the_set_says_what_its_top_is(by_hand):
    judged = by_hand.judged(by_hand.reps_to(0.0, -2.8, 0.2, -3.4, 0.1, -9.0))
    assert lockouts(judged) == [YES, YES, YES, NO, YES, NO]
    assert judged[5].judgement.top_short_deg == pytest.approx(9.1)
    assert judged[5].judgement.overshoot_deg == 0.0


def test_an_overarched_rep_is_over_and_makes_no_other_short(by_hand):
    judged = by_hand.judged(by_hand.arched(by_hand.reps_to(0.0, 0.2, 5.0, 5.5, -0.2, 0.1), 3, 4))
    assert lockouts(judged) == [YES] * 6
    assert [rep.judgement.overarch for rep in judged] == [NO, NO, YES, YES, NO, NO]
    assert judged[2].judgement.overshoot_deg == pytest.approx(5.0, abs=0.1)


def test_a_high_top_that_came_as_fast_as_any_other_is_no_overarch(by_hand):
    judged = by_hand.judged(by_hand.reps_to(0.0, 0.2, 5.0, -0.2, 0.1))
    assert [rep.judgement.overarch for rep in judged] == [NO] * 5
    assert judged[2].judgement.overshoot_deg == pytest.approx(5.0, abs=0.1)


def test_a_bottom_that_is_high_by_chance_does_not_excuse_an_overarch(by_hand):
    reps = by_hand.reps_between([-40, -40, -40, -38, -38, -40, -40], [0.0, 0.2, -0.1, 4.0, 0.1, 0.0])
    judged = by_hand.judged(by_hand.arched(reps, 4))
    assert judged[3].judgement.overarch is YES
    assert judged[3].judgement.slide_deg == pytest.approx(0.0, abs=0.2)


def test_a_bottom_that_is_low_by_chance_does_not_excuse_a_short_top(by_hand):
    reps = by_hand.reps_between([-40, -40, -43, -43, -40, -40], [0.0, 0.2, -5.0, 0.1, 0.0])
    assert lockouts(by_hand.judged(reps)) == [YES, YES, NO, YES, YES]


def test_a_slide_makes_neither_short_nor_overarched(by_hand):
    for sign in (1.0, -1.0):
        shifts = [sign * shift for shift in (0.0, 0.0, 0.0, 5.0, 10.0, 15.0, 20.0)]
        judged = by_hand.judged(by_hand.reps_between([s - 40.0 for s in [*shifts, shifts[-1]]], shifts))
        assert lockouts(judged) == [YES] * 7
        assert all(rep.judgement.overarch is NO for rep in judged)
        assert judged[-1].judgement.slide_deg == pytest.approx(shifts[-1], abs=3.0)


def test_decay_depth_and_slide_are_told_apart(by_hand):
    decay = by_hand.judged(by_hand.reps_to(0.0, 0.0, 0.0, 0.0, -4.0, -8.0))[-1]
    depth = by_hand.judged(by_hand.reps_between([-40, -40, -40, -40, -36, -32, -32], [0.0] * 6))[-2]
    slide = by_hand.judged(by_hand.reps_between([-40, -40, -40, -40, -36, -32, -32], [0, 0, 0, 0, 4, 8]))[-1]
    assert decay.judgement.lockout is NO
    assert decay.judgement.slide_deg == 0.0
    assert depth.judgement.lockout is YES
    assert depth.judgement.slide_deg == 0.0
    assert slide.judgement.lockout is YES
    assert slide.judgement.slide_deg > 4.0


def test_a_single_rep_has_nothing_to_be_judged_by(by_hand):
    (only,) = by_hand.judged(by_hand.reps_to(0.0))
    assert only.judgement.lockout is UNKNOWN
    assert only.judgement.overarch is UNKNOWN
    assert only.judgement.clean is UNKNOWN
    assert math.isnan(only.judgement.tilt_top_change_deg)
    assert only.judgement.rocking is Rocking.NONE  # that one needs no other rep


@pytest.mark.parametrize("spoilt", [{"gap_s": 1.0}, {"clipped": True}])
def test_angles_are_not_judged_across_a_hole_or_a_clipped_sensor(by_hand, spoilt):
    judged = by_hand.judged(by_hand.reps({}, {}, {"rocking_peak_deg": 12.0, **spoilt}, {}))
    said = judged[2].judgement
    assert (said.lockout, said.overarch, said.clean) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert (said.rocking, said.low_side) == (Rocking.UNKNOWN, Side.UNKNOWN)
    assert lockouts(judged) == [YES, YES, UNKNOWN, YES]


def test_a_short_hole_does_not_matter(by_hand):
    judged = by_hand.judged(by_hand.reps({}, {}, {"gap_s": 0.9}))
    assert lockouts(judged) == [YES] * 3


def test_a_dumbbell_held_level_by_the_hands_has_no_lockout(by_hand):
    assert lockouts(by_hand.judged(by_hand.reps_between([-7.9] * 5, [0.0] * 4))) == [UNKNOWN] * 4
    assert lockouts(by_hand.judged(by_hand.reps_between([-8.1] * 5, [0.0] * 4))) == [YES] * 4


def test_tilt_is_held_against_the_sets_own(by_hand):
    judged = by_hand.judged(by_hand.reps(*({"tilt_top_deg": tilt} for tilt in (-3.0, -3.2, -2.8, 5.0, -3.0))))
    assert [round(rep.judgement.tilt_top_change_deg, 1) for rep in judged] == [0.0, -0.2, 0.2, 8.0, 0.0]
    assert [rep.judgement.clean for rep in judged] == [YES, YES, YES, NO, YES]


def test_an_announced_rep_is_judged_by_the_others_and_does_not_judge_them(by_hand):
    done = by_hand.reps_to(0.0, 0.1, 0.2)
    high = by_hand.at_its_top(by_hand.rep(3, 22.0, top_deg=14.0, finish_share=0.3))
    judged = by_hand.judged([*done, high])
    assert judged[:3] == by_hand.judged(done)
    assert judged[3].judgement.overarch is YES


def test_a_counted_lift_is_not_judged(by_hand):
    judged = by_hand.judged(by_hand.reps_to(0.0, -20.0, 0.0), exercise=ANY_LIFT)
    assert [rep.number for rep in judged] == [1, 2, 3]
    assert all(rep.judgement is NOT_JUDGED and rep.cues == () for rep in judged)
