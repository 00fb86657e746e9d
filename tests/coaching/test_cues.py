"""What is said after a rep: which cue, in which order, and when it stops."""

import pytest

from tracker.coaching.cues import PRIORITY
from tracker.coaching.results import Cue, Verdict
from tracker.coaching.tempo import tempo_of


def cues(judged):
    return [rep.cues for rep in judged]


@pytest.mark.parametrize(
    ("changes", "cue"),
    [
        ({"top_deg": -5.0}, Cue.ALL_THE_WAY_UP),
        ({"top_deg": 5.0, "finish_share": 0.3}, Cue.RIBS_DOWN),
        ({"rocking_peak_deg": -7.0}, Cue.STEADY),
        ({"turnaround_s": 0.07}, Cue.DONT_BOUNCE),
        ({"tilt_top_deg": 9.0}, Cue.LEVEL_LEFT_LOW),
        ({"tilt_top_deg": -7.0}, Cue.LEVEL_RIGHT_LOW),
        ({"twist_deg": -7.5}, Cue.STRAIGHT_UP),
        ({"bottom_s": 0.2}, Cue.RESET),
        ({"end_deg": -33.0}, Cue.DEEPER),
    ],
)
def test_each_fault_has_its_cue(by_hand, changes, cue):
    judged = by_hand.judged(by_hand.reps({}, {}, changes, {}, {}))
    assert cues(judged) == [(), (), (cue,), (), ()]


def test_every_cue_has_its_place_in_the_order():
    assert sorted(PRIORITY) == sorted(Cue)


def test_what_may_hurt_is_said_first(by_hand):
    faults = {
        "top_deg": -9.0,
        "rocking_peak_deg": 8.0,
        "turnaround_s": 0.05,
        "bottom_s": 0.1,
        "twist_deg": 9.0,
    }
    judged = by_hand.judged(by_hand.reps({}, {}, faults))
    assert judged[2].cues == (
        Cue.STEADY,
        Cue.DONT_BOUNCE,
        Cue.ALL_THE_WAY_UP,
        Cue.STRAIGHT_UP,
        Cue.RESET,
    )


def test_steady_is_repeated_until_the_rocking_is_below_its_notice_level(by_hand):
    peaks = [5.0, 7.0, 5.0, -4.5, 3.5, 5.0]
    judged = by_hand.judged(by_hand.reps(*({"rocking_peak_deg": peak} for peak in peaks)))
    assert [Cue.STEADY in said for said in cues(judged)] == [False, True, True, True, False, False]


def test_level_is_repeated_until_the_tilt_is_below_its_notice_level(by_hand):
    tilts = [0.0, 0.0, 6.0, 8.0, 6.0, 4.0, 6.0, 0.0, 0.0, 0.0, 0.0]
    judged = by_hand.judged(by_hand.reps(*({"tilt_top_deg": tilt} for tilt in tilts)))
    assert [n for n, said in enumerate(cues(judged)) if Cue.LEVEL_LEFT_LOW in said] == [3, 4]


def test_a_slide_is_said_each_4_degrees_and_not_each_rep(by_hand):
    shifts = [0.0, 0.0, 0.0, 5.0, 5.0, 5.0, 5.0, 10.0, 10.0, 10.0]
    judged = by_hand.judged(by_hand.reps_between([s - 40.0 for s in [*shifts, 10.0]], shifts))
    assert [n for n, said in enumerate(cues(judged)) if Cue.WEIGHT_MOVED in said] == [3, 7]


def test_nothing_is_said_about_holds_without_a_target(by_hand):
    hurried = {"t_leave_top_s": 11.1, "t_end_s": 11.5}
    assert cues(by_hand.judged([by_hand.rep(**hurried)])) == [()]


def test_a_target_tempo_leaves_a_quarter(by_hand):
    def said(tempo):
        return by_hand.judged([by_hand.rep(bottom_s=0.8)], tempo=tempo_of(tempo))[0].cues

    assert said("1.3-1-1-1.3") == ()  # 1 s of each
    assert said("1.4-1-1-1.3") == (Cue.SLOWER_DOWN,)
    assert said("1.3-1-1-1.4") == (Cue.HOLD,)
    assert said("1.3-1.1-1-1.3") == (Cue.RESET,)


def test_who_asks_for_no_pause_at_the_bottom_is_not_told_to_make_one(by_hand):
    touch_and_go = by_hand.rep(bottom_s=0.05)
    assert by_hand.judged([touch_and_go])[0].cues == (Cue.RESET,)
    assert by_hand.judged([touch_and_go], tempo=tempo_of("1-0-X-1"))[0].cues == ()


def test_angles_nobody_trusts_are_not_talked_about(by_hand):
    wild = {"top_deg": -20.0, "end_deg": 0.0, "twist_deg": 40.0, "rocking_peak_deg": 30.0, "gap_s": 1.5}
    judged = by_hand.judged(by_hand.reps({}, {}, wild, {}))
    assert cues(judged)[2] == ()
    assert judged[2].judgement.lockout is Verdict.UNKNOWN
