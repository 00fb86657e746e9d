"""Corrections: what each does, and what it leaves alone."""

import math
from dataclasses import replace

import pytest

from tests.coaching.four_sets import (
    ANA,
    HALF_REP,
    HEAVIER,
    LEFT_AGAIN,
    REPS,
    TWO,
    counts,
    events_of,
    fold_of,
    sides,
)
from tracker.coaching.declared import Overrides
from tracker.coaching.edits import (
    ARep,
    Merge,
    NotARep,
    Noted,
    SessionSaid,
    SetSaid,
    Span,
    Split,
    Tagged,
    Trim,
    counted_as,
)
from tracker.coaching.judgements import NOT_JUDGED
from tracker.coaching.results import Speaker, Verdict
from tracker.errors import InputError
from tracker.motion.events import Clip, Reason, SetEnded
from tracker.sensing.marks import Declared, Side


def test_a_wrong_side_goes_to_the_other_side_of_the_balance_and_leaves_the_rest(four_sets):
    before, after = four_sets.session(), four_sets.session([LEFT_AGAIN])
    assert (sides(before), sides(after)) == (["left", "right"] * 2, ["left", "left", "left", "right"])
    assert [one.reps for one in after.sets] == [one.reps for one in before.sets]
    assert (before.edits, after.edits, after.warnings) == (0, 1, ())


def test_what_is_said_last_of_a_set_holds(four_sets):
    said = [HEAVIER, ANA, SessionSaid(Declared(load_kg=10.0)), SetSaid(HEAVIER.at, Declared(load_kg=12.0))]
    sets = four_sets.session(said).sets
    assert [one.load_kg for one in sets] == [12.0, 10.0, 10.0, 10.0]
    assert {one.athlete for one in sets} == {"Ana"}


def test_what_is_said_on_the_command_line_now_beats_what_was_said_then(by_hand):
    now = Overrides((Side.UNKNOWN,), load_kg=31.0, exercise="one_leg_hip_thrust", athlete="Jo")
    said = SetSaid(HEAVIER.at, Declared(Side.RIGHT, 10.0, "Ana", "any_lift"))
    one = fold_of(events_of(by_hand), overrides=now).session([said]).sets[0]
    assert (one.side, one.load_kg, one.athlete) == (Side.UNKNOWN, 31.0, "Jo")
    assert one.exercise == "one_leg_hip_thrust"


def test_a_set_of_another_lift_is_judged_as_that(four_sets):
    first, second, *_ = four_sets.session([SetSaid(HEAVIER.at, Declared(exercise="any_lift"))]).sets
    assert {rep.judgement.clean for rep in first.reps} == {Verdict.UNKNOWN}
    assert Verdict.YES in {rep.judgement.clean for rep in second.reps}


def test_a_tempo_that_was_aimed_for_is_what_cues_follow(four_sets):
    slow = four_sets.session([SetSaid(HEAVIER.at, Declared(tempo="4-1-1-1"))])
    said = [{cue.name for rep in one.reps for cue in rep.cues} for one in slow.sets]
    assert ["SLOWER_DOWN" in names for names in said] == [True, False, False, False]


def test_a_rep_that_was_none_is_a_rejected_motion_and_what_follows_is_derived_anew(four_sets):
    before = four_sets.session()
    after = four_sets.session([NotARep(Span(18.0, 21.0))])  # the one that missed its top
    assert (counts(after), before.sets[0].clean, after.sets[0].clean) == ([7, 8, 8, 8], 7, 7)
    assert [rep.number for rep in after.sets[0].reps] == [*range(1, 8)]
    assert [rep.judgement.lockout for rep in after.sets[0].reps] == [Verdict.YES] * 7
    [out] = [motion for motion in after.rejected if motion.reason is Reason.TAKEN_OUT]
    assert out.rep == before.sets[0].reps[2].rep
    assert after.sets[0].partials == ()  # it was none, so it was no attempt
    assert after.sets[1:] == before.sets[1:]


def test_without_its_last_rep_a_set_ends_earlier_and_has_no_bottom_after_it(four_sets):
    after = four_sets.session([NotARep(Span(38.0, 41.0))])
    assert after.sets[0].t_end_s == 37.0
    assert math.isnan(after.sets[0].reps[-1].rep.bottom_s)
    assert after.sets[1].rest_before_s == 63.0


def test_a_set_without_reps_is_none_and_the_later_ones_move_up(four_sets):
    none = [NotARep(Span(10.0 + 4.0 * n, 13.0 + 4.0 * n)) for n in range(REPS)]
    after = four_sets.session(none)
    assert ([one.number for one in after.sets], sides(after)) == ([1, 2, 3], ["right", "left", "right"])
    assert math.isnan(after.sets[0].rest_before_s)


def test_a_motion_that_was_a_rep_counts_is_judged_and_shows_who_says_so(four_sets):
    before, after = four_sets.session(), four_sets.session([HALF_REP])
    assert len(before.rejected) == 1
    assert (counts(after), after.rejected) == ([8, 8, 9, 8], ())
    assert [rep.said_by for rep in after.sets[2].reps] == [Speaker.SENSOR] * 8 + [Speaker.PERSON]
    assert after.sets[2].reps[-1].judgement.lockout is Verdict.YES
    assert after.sets[2].t_end_s == 239.0
    assert {rep.said_by for one in before.sets for rep in one.reps} == {Speaker.SENSOR}


def test_a_rep_between_two_others_ends_the_dwell_of_the_one_before(by_hand):
    reps = by_hand.reps({}, {})
    later = replace(by_hand.rep(5, 40.0))
    far = [replace(reps[0], bottom_s=27.0), later]
    fold = fold_of([*by_hand.told_by_motion(*far), by_hand.not_counted(by_hand.rep(9, 20.0))])
    [one] = fold.session([ARep(Span(20.0, 23.0))]).sets
    assert [rep.rep.bottom_s for rep in one.reps][:2] == [7.0, 1.0]


@pytest.mark.parametrize(
    ("reason", "confidence", "measured"),
    [
        (Reason.GAP, 0.0, False),
        (Reason.CARRIED, 0.0, False),
        (Reason.CARRIED, 0.4, True),  # not far from what a rep may be
        (Reason.TOO_SMALL, 0.0, True),  # small is what it was
    ],
)
def test_a_motion_unlike_any_rep_counts_but_nothing_of_it_was_measured(by_hand, reason, confidence, measured):
    """It would be eight reps and one of 123 deg, and a lowering of 0.05 s."""
    odd = by_hand.rep(998, 43.0, rom_deg=123.0, t_leave_top_s=45.9, t_end_s=45.95, confidence=confidence)
    fold = fold_of([*events_of(by_hand), by_hand.not_counted(odd, reason)])
    before, after = fold.session().sets[0], fold.session([ARep(Span(43.0, 45.95))]).sets[0]
    added = after.reps[-1]
    assert (len(after.reps), added.said_by, added.rep.t_start_s) == (9, Speaker.PERSON, 43.0)
    assert (added.rep.t_end_s, after.t_end_s) == (45.95, 45.95)
    assert math.isfinite(added.rep.rom_deg) is measured
    if not measured:
        assert added.judgement == NOT_JUDGED
        assert added.cues == ()
        assert [rep.judgement for rep in after.reps[:-1]] == [rep.judgement for rep in before.reps]
        times = (added.rep.t_top_s, added.rep.t_leave_top_s, added.rep.bottom_s, added.rep.mean_velocity_m_s)
        assert all(map(math.isnan, times))
        assert after.gate == before.gate


def test_a_set_is_split_and_a_rep_taken_out_again_where_nobody_measured_its_top(by_hand):
    odd = by_hand.rep(998, 43.0, confidence=0.0)
    fold = fold_of([*events_of(by_hand), by_hand.not_counted(odd, Reason.CARRIED)])
    said = [ARep(Span(43.0, 46.0)), Split(42.0)]
    assert counts(fold.session(said)) == [8, 1, 8, 8, 8]
    assert counts(fold.session([*said, NotARep(Span(43.0, 46.0))])) == [8, 8, 8, 8]


def test_a_motion_far_from_every_set_makes_one_of_its_own(four_sets, by_hand):
    fold = fold_of([*events_of(by_hand), by_hand.not_counted(by_hand.rep(998, 500.0), Reason.ALONE)])
    after = fold.session([ANA, ARep(Span(500.0, 503.0))])
    assert (counts(after), sides(after)[-1]) == ([8, 8, 8, 8, 1], "right")
    assert after.sets[-1].athlete == "Ana"
    assert four_sets.session([ARep(Span(500.0, 503.0))]).warnings == (
        "A correction does not apply to what is counted now: the motion at 501.5 s was a rep.",
    )


def test_a_set_of_a_motion_alone_stands_in_its_place_in_time(by_hand):
    fold = fold_of([*events_of(by_hand), by_hand.not_counted(by_hand.rep(998, 60.0), Reason.ALONE)])
    after = fold.session([ARep(Span(60.0, 63.0))])
    assert (counts(after), sides(after)) == ([8, 1, 8, 8, 8], ["left", "left", "right", "left", "right"])
    assert [one.rest_before_s for one in after.sets][1:3] == [19.0, 37.0]


@pytest.mark.parametrize(("at_s", "parts"), [(22.9, [3, 5]), (23.1, [4, 4]), (24.9, [4, 4]), (27.1, [5, 3])])
def test_a_rep_belongs_to_the_part_in_which_its_top_is(four_sets, at_s, parts):
    assert counts(four_sets.session([Split(at_s)]))[:2] == parts


def test_a_set_that_was_two_follows_what_was_declared_for_each_part(by_hand):
    fold = fold_of(events_of(by_hand, starts_s=(74.0,)))  # the right side was declared in its middle
    after = fold.session([Split(90.0)])
    assert (counts(after), sides(after)) == ([4, 4], ["left", "right"])
    assert [one.rest_before_s for one in after.sets][1] == 1.0
    assert math.isnan(after.sets[0].reps[-1].rep.bottom_s)


def test_what_was_said_of_a_set_holds_for_both_of_its_parts(four_sets):
    heavier_then_two = four_sets.session([HEAVIER, TWO])
    assert [one.load_kg for one in heavier_then_two.sets] == [22.5, 22.5, 20.0, 20.0, 20.0]


def test_sets_that_were_one_are_judged_together(four_sets):
    before, after = four_sets.session(), four_sets.session([Merge(Span(10.0, 131.0))])
    assert (counts(after), sides(after)) == ([16, 8, 8], ["left", "left", "right"])
    assert (after.sets[0].t_start_s, after.sets[0].t_end_s) == (10.0, 131.0)
    assert [rep.number for rep in after.sets[0].reps] == [*range(1, 17)]
    assert math.isnan(after.sets[0].reps[7].rep.bottom_s)  # 59 s are a rest
    assert before.sets[0].gate != after.sets[0].gate


@pytest.mark.parametrize("bottom_s", [0.4, math.nan], ids=["cut off by a hole", "not seen"])
def test_what_motion_measured_of_a_dwell_holds_again(by_hand, bottom_s):
    first, second = by_hand.reps({}, {})
    fold = fold_of(by_hand.told_by_motion(replace(first, bottom_s=bottom_s), second))
    split_s = 0.5 * (first.t_top_s + second.t_top_s)
    again = fold.session([Split(split_s), Merge(Span(first.t_start_s, second.t_end_s))])
    assert repr(replace(again, edits=0)) == repr(fold.session())
    assert math.isnan(fold.session([Split(split_s)]).sets[0].reps[0].rep.bottom_s)


def test_split_and_merged_again_is_the_set_that_was(four_sets):
    before, after = four_sets.session(), four_sets.session([TWO, Merge(Span(10.0, 41.0))])
    assert repr(replace(after, edits=0)) == repr(before)


def test_the_worst_that_motion_says_of_sets_holds_for_what_is_made_of_them(by_hand):
    events = events_of(by_hand, starts_s=(10.0, 50.0))
    ends = iter([{"clip": Clip.AS_CALIBRATED, "tilt_sure_deg": 0.5}, {"clip": Clip.MOVED}])
    told = [replace(event, **next(ends)) if isinstance(event, SetEnded) else event for event in events]
    session = fold_of(told).session([Merge(Span(10.0, 81.0))])
    assert (counts(session), session.clip, session.tilt_sure_deg) == ([16], Clip.MOVED, 0.5)


def test_what_lies_outside_of_training_is_kept_among_the_rejected(four_sets):
    after = four_sets.session([Trim(from_s=50.0, to_s=216.0)])
    assert (counts(after), sides(after)) == ([8, 4], ["right", "left"])
    outside = [motion for motion in after.rejected if motion.reason is Reason.OUTSIDE_OF_TRAINING]
    assert len(outside) == 8 + 4 + 8
    assert four_sets.session([Trim(from_s=0.0)]).sets == four_sets.session().sets


def test_the_lift_that_a_session_was_is_the_one_that_was_said_last():
    lift = SessionSaid(Declared(exercise="any_lift"))
    thrust = SessionSaid(Declared(exercise="one_leg_hip_thrust"))
    assert counted_as([lift, thrust, ANA, SetSaid(HEAVIER.at, lift.said)]) == "one_leg_hip_thrust"
    assert counted_as([ANA]) is None


def test_a_lift_that_nobody_knows_is_refused(four_sets):
    with pytest.raises(InputError, match="any_lift"):
        four_sets.session([SetSaid(HEAVIER.at, Declared(exercise="knitting"))])


def test_tags_and_a_note_are_the_session_s_and_no_corrections(four_sets):
    before = four_sets.session()
    after = four_sets.session(
        [Tagged(("easy", "Cramp")), Noted("a"), Tagged((), ("EASY",)), HEAVIER, Noted("b")]
    )
    assert (after.tags, after.note, after.edits) == (("Cramp",), "b", 1)
    assert (before.tags, before.note) == ((), "")
    assert repr(replace(four_sets.session([Tagged(("x",)), Noted("y")]), tags=(), note="")) == repr(before)
