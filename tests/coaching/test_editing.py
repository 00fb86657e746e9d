"""Corrections: what each does, what it leaves alone, and that they can be said and unsaid in any order."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.coaching.declared import Overrides
from tracker.coaching.editing import edited, not_applicable
from tracker.coaching.edits import (
    ARep,
    Entry,
    Merge,
    NotARep,
    SessionSaid,
    SetSaid,
    Span,
    Split,
    Trim,
    Undo,
    counted_as,
    edit_words,
    edits_of,
)
from tracker.coaching.results import Speaker, Verdict
from tracker.coaching.session import SessionFold
from tracker.coaching.works import Counted
from tracker.errors import InputError
from tracker.motion.events import Clip, Reason, SetEnded
from tracker.sensing.samples import Declared, Mark, Side

QUICKLY = settings(max_examples=40, deadline=None)
STARTS_S = (10.0, 100.0, 200.0, 300.0)
REPS = 8
"""In each of four sets; the first takes from 10 to 41 s, the others as long."""

LEFT_AGAIN = SetSaid(Span(100.0, 131.0), Declared(side=Side.LEFT))
HEAVIER = SetSaid(Span(10.0, 41.0), Declared(load_kg=22.5))
NO_REP = NotARep(Span(312.0, 315.0))
"""The fourth set's reps start every 4 s and last 3: nothing at 312 s but the rep from there."""
HALF_REP = ARep(Span(236.0, 239.0))
"""A motion that was tried behind the third set."""
TWO = Split(25.9)
ANA = SessionSaid(Declared(athlete="Ana"))


def events_of(by_hand, starts_s=STARTS_S, reps=REPS):
    """Sets of equal reps, one that missed its top in each, and a half rep behind the third."""
    events = []
    for number, start_s in enumerate(starts_s, 1):
        each = by_hand.reps(
            *({"top_deg": -9.0} if n == 2 else {} for n in range(reps)), first=100 * number, t_start_s=start_s
        )
        each[-1] = replace(each[-1], bottom_s=math.nan)
        events += by_hand.told_by_motion(*each, number=number)
    half = by_hand.rep(999, 236.0, rom_deg=20.0)
    return [*events, by_hand.not_counted(half)]


def fold_of(events, **arguments):
    fold = SessionFold(**arguments)
    for side, t_s in ((Side.LEFT, 0.0), (Side.RIGHT, 90.0), (Side.LEFT, 190.0), (Side.RIGHT, 290.0)):
        fold.step_mark(t_s, Mark(0, -1, Declared(side=side, load_kg=20.0)))
    for event in events:
        fold.step(event)
    return fold


@pytest.fixture(scope="module")
def four_sets(by_hand):
    return fold_of(events_of(by_hand))


def counts(session):
    return [len(one.reps) for one in session.sets]


def sides(session):
    return [one.side.value for one in session.sets]


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


def test_a_motion_far_from_every_set_makes_one_of_its_own(four_sets, by_hand):
    fold = fold_of([*events_of(by_hand), by_hand.not_counted(by_hand.rep(998, 500.0), Reason.ALONE)])
    after = fold.session([ANA, ARep(Span(500.0, 503.0))])
    assert (counts(after), sides(after)[-1]) == ([8, 8, 8, 8, 1], "right")
    assert after.sets[-1].athlete == "Ana"
    assert four_sets.session([ARep(Span(500.0, 503.0))]).warnings == (
        "A correction does not apply to what is counted now: the motion at 501.5 s was a rep.",
    )


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
    assert after.sets[0].reps[7].rep.bottom_s == 59.0
    assert before.sets[0].gate != after.sets[0].gate


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


GONE = [
    SetSaid(Span(150.0, 180.0), Declared(side=Side.LEFT)),
    SetSaid(Span(100.0, 110.0), Declared(side=Side.LEFT)),  # most of the set lies outside
    NotARep(Span(45.0, 48.0)),
    NotARep(Span(10.0, 41.0)),  # a set is no rep
    NotARep(Span(math.nan, 13.0)),
    ARep(Span(60.0, 63.0)),
    Split(5.0),
    Split(60.0),
    Merge(Span(10.0, 41.0)),  # one set is one already
]


@pytest.mark.parametrize("edit", GONE, ids=edit_words)
def test_what_is_not_there_is_told_and_nothing_else_is_taken_for_it(four_sets, edit):
    before, after = four_sets.session(), four_sets.session([edit])
    assert after.warnings == (not_applicable(edit),)
    assert repr(replace(after, edits=0, warnings=())) == repr(before)


def test_in_nothing_there_is_nothing_to_correct():
    for edit in (HEAVIER, NO_REP, HALF_REP, TWO, Merge(Span(0.0, 9.0))):
        _, warnings = edited(Counted((), (), ()), [edit])
        assert len(warnings) == 1


def test_corrections_find_their_sets_and_reps_in_what_newer_code_counts(four_sets, by_hand):
    """It finds one set more before all others, and draws every border a little later."""
    newer = fold_of(
        events_of(by_hand, starts_s=(-60.0, *(start_s + 0.3 for start_s in STARTS_S))), overrides=Overrides()
    )
    said = [LEFT_AGAIN, NO_REP, TWO, Merge(Span(10.0, 41.0)), HEAVIER]
    then, now = four_sets.session(said), newer.session(said)
    assert now.warnings[0].startswith("Sets of unknown side: 1")
    assert counts(now)[1:] == counts(then) == [8, 8, 8, 7]
    assert sides(now)[1:] == sides(then)
    assert [one.load_kg for one in now.sets][1:] == [22.5, 20.0, 20.0, 20.0]


def test_what_newer_code_says_by_itself_needs_no_correction(by_hand):
    """It counts the half rep, and has thrown out the rep that was none."""
    said = [HALF_REP, NO_REP]
    half = by_hand.rep(998, 236.0)
    third = by_hand.told_by_motion(half, number=3)
    fourth = by_hand.not_counted(by_hand.rep(997, 312.0), Reason.CARRIED)
    session = fold_of([*third, fourth]).session(said)
    assert (counts(session), session.warnings) == ([1], ())
    assert session.sets[0].reps[0].said_by is Speaker.SENSOR


def test_sets_that_have_grown_together_are_meant_by_neither_name(by_hand):
    newer = fold_of(events_of(by_hand, starts_s=(10.0,), reps=18))
    session = newer.session(
        [
            SetSaid(Span(10.0, 41.0), Declared(side=Side.LEFT)),
            SetSaid(Span(50.0, 81.0), Declared(load_kg=5.0)),
        ]
    )
    assert len(session.warnings) == 2
    assert session.sets[0].load_kg == 20.0


def test_a_set_that_has_come_apart_is_meant_with_both_parts(by_hand):
    newer = fold_of(events_of(by_hand, starts_s=(10.0, 30.0), reps=3))
    assert [one.load_kg for one in newer.session([HEAVIER]).sets] == [22.5, 22.5]


INDEPENDENT = [LEFT_AGAIN, HEAVIER, NO_REP, HALF_REP, Split(215.9), ANA, NotARep(Span(128.0, 131.0))]
ANY_EDITS = st.lists(
    st.sampled_from([*INDEPENDENT, TWO, Merge(Span(10.0, 131.0)), Trim(50.0), *GONE]), max_size=8
)


@QUICKLY
@given(st.permutations(INDEPENDENT))
def test_the_order_of_corrections_of_different_things_does_not_matter(four_sets, order):
    assert repr(four_sets.session(order)) == repr(four_sets.session(INDEPENDENT))
    assert four_sets.session(order).warnings == ()


@QUICKLY
@given(ANY_EDITS, st.data())
def test_what_was_undone_was_never_said(four_sets, edits, data):
    """Whatever is said and undone in between: entries and undos against a plain list of what holds."""
    entries, holds = [], {}
    for number, edit in enumerate(edits):
        entries.append(Entry(str(number), "", edit))
        holds[str(number)] = edit
        while holds and data.draw(st.booleans()):
            undone = data.draw(st.sampled_from(sorted(holds)))
            entries.append(Entry(f"undo {len(entries)}", "", Undo(undone)))
            del holds[undone]
    assert edits_of(entries) == tuple(holds.values())
    assert repr(four_sets.session(edits_of(entries))) == repr(four_sets.session([*holds.values()]))


@QUICKLY
@given(ANY_EDITS)
def test_nothing_is_left_of_what_was_undone_and_everything_comes_back(four_sets, edits):
    before = repr(four_sets.session())
    then = repr(four_sets.session(edits))
    said = [Entry(str(number), "", edit) for number, edit in enumerate(edits)]
    undone = [*said, *(Entry(f"u{entry.id}", "", Undo(entry.id)) for entry in said)]
    again = [*undone, *(Entry(f"r{entry.id}", "", Undo(f"u{entry.id}")) for entry in said)]
    assert repr(four_sets.session(edits_of(undone))) == before
    assert repr(four_sets.session(edits_of(again))) == then


@QUICKLY
@given(ANY_EDITS)
def test_no_correction_loses_or_doubles_a_motion(four_sets, edits):
    after = four_sets.session(edits)
    counted = [rep.rep.candidate for one in after.sets for rep in one.reps]
    rejected = [motion.rep.candidate for motion in after.rejected]
    before = four_sets.session()
    known = [rep.rep.candidate for one in before.sets for rep in one.reps]
    assert sorted([*counted, *rejected]) == sorted([*known, 999])
    assert [one.number for one in after.sets] == [*range(1, len(after.sets) + 1)]
    assert [one.t_start_s for one in after.sets] == sorted(one.t_start_s for one in after.sets)


def test_the_lift_that_a_session_was_is_the_one_that_was_said_last():
    lift = SessionSaid(Declared(exercise="any_lift"))
    thrust = SessionSaid(Declared(exercise="one_leg_hip_thrust"))
    assert counted_as([lift, thrust, ANA, SetSaid(HEAVIER.at, lift.said)]) == "one_leg_hip_thrust"
    assert counted_as([ANA]) is None


def test_a_lift_that_nobody_knows_is_refused(four_sets):
    with pytest.raises(InputError, match="any_lift"):
        four_sets.session([SetSaid(HEAVIER.at, Declared(exercise="knitting"))])
