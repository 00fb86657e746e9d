"""The fold: which events come out of which, and what the session says at any time."""

import math
from dataclasses import replace

import pytest

from tracker.coaching.declared import Overrides
from tracker.coaching.exercises import ANY_LIFT
from tracker.coaching.group import start_time
from tracker.coaching.results import (
    GapEvent,
    Gate,
    RejectedEvent,
    RepEvent,
    SetEvent,
    Verdict,
)
from tracker.coaching.session import SessionFold
from tracker.errors import InputError
from tracker.motion.events import Reason, Rejected, RejectedMotion, RepSeen, SetEnded, SetStarted, Stage
from tracker.sensing.marks import Battery, Declared, Mark, Side
from tracker.sensing.samples import Cause, Gap

ANNOUNCED, CONFIRMED, REVISED, WITHDRAWN, SETTLED = (
    Stage.ANNOUNCED,
    Stage.CONFIRMED,
    Stage.REVISED,
    Stage.WITHDRAWN,
    Stage.SETTLED,
)


def story(events):
    """Events as (stage, number of the rep, lockout); sets as "set" and "end"."""
    return [
        (one.stage, one.rep.number, one.rep.judgement.lockout)
        if isinstance(one, RepEvent)
        else "end"
        if one.ended
        else "set"
        for one in events
    ]


def declare(t_s, **said):
    return t_s, Mark(round(t_s * 1e9), -1, Declared(**said))


def fold_with_marks(events, marks, **arguments):
    """The session when every mark comes before the events that are known later."""
    fold = SessionFold(**arguments)
    for event in events:
        while marks and marks[0][0] <= event.t_s:
            fold.step_mark(*marks.pop(0))
        fold.step(event)
    return fold.session()


def two_sets(by_hand):
    first = by_hand.reps({}, {}, {})
    second = by_hand.reps({}, {}, {}, first=10, t_start_s=100.0)
    return [*by_hand.told_by_motion(*first, number=1), *by_hand.told_by_motion(*second, number=2)]


def test_a_set_is_told_rep_by_rep_and_settled_at_its_end(by_hand):
    session, out = by_hand.folded(by_hand.told_by_motion(*by_hand.reps_to(0.0, 0.0, -9.0)))
    yes, no, unknown = Verdict.YES, Verdict.NO, Verdict.UNKNOWN
    assert story(out) == [
        (ANNOUNCED, 1, unknown),
        "set",
        (CONFIRMED, 1, unknown),
        (ANNOUNCED, 2, unknown),
        (REVISED, 1, yes),  # the second rep makes the reference
        (CONFIRMED, 2, yes),
        (ANNOUNCED, 3, no),
        (CONFIRMED, 3, no),
        (SETTLED, 1, yes),
        (SETTLED, 2, yes),
        (SETTLED, 3, no),
        "end",
    ]
    assert out[-1].set == session.sets[0]
    assert [one.rep for one in out[-4:-1]] == list(session.sets[0].reps)


def test_a_better_reference_revises_exactly_the_reps_that_read_differently(by_hand):
    reps = by_hand.reps_to(-10.0, -10.2, 0.0, -10.1, 0.2, 0.1)
    session, out = by_hand.folded(by_hand.told_by_motion(*reps))
    revised = [(one.t_s, one.rep.number) for one in out if isinstance(one, RepEvent) and one.stage is REVISED]
    at_the_second, at_the_fifth = reps[1].t_end_s, reps[4].t_end_s
    assert revised == [(at_the_second, 1), *((at_the_fifth, number) for number in (1, 2, 4))]
    said = [rep.judgement.lockout.value for rep in session.sets[0].reps]
    assert said == ["no", "no", "yes", "no", "yes", "yes"]


def test_an_overarch_taken_for_a_slide_is_told_when_the_next_rep_shows_that_nothing_slid(by_hand):
    bottoms = [-40.0, -40.0, -40.0, -37.0, -37.0, -40.0, -40.0]
    reps = by_hand.arched(by_hand.reps_between(bottoms, [0.0, 0.1, -0.1, 5.0, 0.0, 0.1]), 4)
    session, out = by_hand.folded(by_hand.told_by_motion(*reps))
    told = [one for one in out if isinstance(one, RepEvent) and one.rep.number == 4]
    said = [(one.t_s, one.stage.value, one.rep.judgement.overarch.value) for one in told]
    assert (reps[3].t_end_s, "confirmed", "no") in said
    assert (reps[4].t_end_s, "revised", "yes") in said
    assert session.sets[0].reps[3].judgement.overarch.value == "yes"


def test_a_rep_that_changes_nothing_for_its_set_leaves_the_others_as_they_were(by_hand):
    reps = by_hand.reps_to(0.0, 0.0, 0.0)
    fold = SessionFold()
    for event in by_hand.told_by_motion(*reps, ended=False):
        fold.step(event)
    before = fold.session().sets[0].reps
    out = fold.step(RepSeen(99.0, REVISED, 1, replace(reps[1], bottom_s=0.9)))
    after = fold.session().sets[0].reps
    assert story(out) == [(REVISED, 2, Verdict.YES)]
    assert after[0] is before[0]
    assert after[1].rep.bottom_s == 0.9
    assert after[2] is before[2]


def test_a_withdrawn_rep_goes_and_later_numbers_close_up(by_hand):
    reps = by_hand.reps_to(0.0, 0.0, 0.0, 0.0)
    events = by_hand.told_by_motion(*reps, ended=False)
    fold = SessionFold()
    for event in events:
        fold.step(event)
    out = fold.step(RepSeen(40.0, WITHDRAWN, 1, reps[1]))
    assert story(out) == [(WITHDRAWN, 2, Verdict.YES), (REVISED, 2, Verdict.YES), (REVISED, 3, Verdict.YES)]
    assert [rep.rep.candidate for rep in fold.session().sets[0].reps] == [0, 2, 3]
    assert [rep.number for rep in fold.session().sets[0].reps] == [1, 2, 3]


def test_a_withdrawn_rep_takes_its_part_of_the_reference_with_it(by_hand):
    reps = by_hand.reps_to(-10.0, -10.2, 0.0, 0.2)
    fold = SessionFold()
    for event in by_hand.told_by_motion(*reps, ended=False):
        fold.step(event)
    assert [rep.judgement.lockout for rep in fold.session().sets[0].reps][:2] == [Verdict.NO] * 2
    fold.step(RepSeen(40.0, WITHDRAWN, 1, reps[2]))
    fold.step(RepSeen(40.0, WITHDRAWN, 1, reps[3]))
    assert [rep.judgement.lockout for rep in fold.session().sets[0].reps] == [Verdict.YES] * 2


def test_a_set_without_reps_vanishes_and_the_next_takes_its_number(by_hand):
    ghost = by_hand.rep(0)
    real = by_hand.reps({}, {}, first=1, t_start_s=50.0)
    events = [
        RepSeen(11.0, ANNOUNCED, 1, by_hand.at_its_top(ghost)),
        RepSeen(20.0, WITHDRAWN, 1, ghost),
        by_hand.not_counted(ghost, Reason.ALONE),
        SetEnded(21.0, 1, 10.0, 13.0),
        *by_hand.told_by_motion(*real, number=2),
    ]
    session, out = by_hand.folded(events, overrides=Overrides(sides=(Side.RIGHT, Side.LEFT)))
    assert [(one.number, one.side) for one in session.sets] == [(1, Side.RIGHT)]
    assert [one.reason for one in session.rejected] == [Reason.ALONE]
    told = [(one.ended, len(one.set.reps)) for one in out if isinstance(one, SetEvent)]
    assert told == [(True, 0), (False, 1), (True, 2)]  # whoever shows the ghost learns that it is over


def test_a_rep_may_turn_out_to_begin_the_next_set(by_hand):
    reps = by_hand.reps({}, {}, t_start_s=60.0, first=5)
    before = by_hand.told_by_motion(*by_hand.reps({}, {}), ended=False)
    stray = RepSeen(61.0, ANNOUNCED, 1, by_hand.at_its_top(reps[0]))
    session, _ = by_hand.folded([*before, stray, *by_hand.told_by_motion(*reps, number=2)])
    assert [[rep.rep.candidate for rep in one.reps] for one in session.sets] == [[0, 1], [5, 6]]


def test_a_session_can_be_had_while_a_set_is_open(by_hand):
    session, _ = by_hand.folded(by_hand.told_by_motion(*by_hand.reps({}, {}, {}), ended=False))
    (one,) = session.sets
    assert (one.number, len(one.reps), one.clean) == (1, 3, 3)
    assert (one.t_start_s, one.t_end_s) == (10.0, 21.0)
    assert one.reference_top_deg == 0.0
    assert one.gate.gate is Gate.UNKNOWN


def test_sets_know_their_span_their_rest_and_their_gaps(by_hand):
    gaps = [Gap(5.0, 10.5, Cause.LOST), Gap(12.0, 12.25, Cause.LOST), Gap(60.0, 70.0, Cause.LINK_DOWN)]
    session, out = by_hand.folded([*gaps, *two_sets(by_hand)])
    first, second = session.sets
    assert (first.t_start_s, first.t_end_s, first.gap_s) == (10.0, 21.0, 0.75)
    assert math.isnan(first.rest_before_s)
    assert (second.rest_before_s, second.gap_s) == (79.0, 0.0)
    assert session.gaps == tuple(gaps)
    assert out[0] == GapEvent(10.5, gaps[0])


def test_motions_that_were_tried_inside_a_set_are_its_partials(by_hand):
    inside = by_hand.rep(50, 22.0)
    motions = [
        by_hand.not_counted(inside, Reason.TOO_SMALL),
        by_hand.not_counted(replace(inside, candidate=51), Reason.NOT_RETURNED),
        by_hand.not_counted(replace(inside, candidate=52), Reason.CARRIED),
        by_hand.not_counted(by_hand.rep(53, 2.0), Reason.TOO_SMALL),
    ]
    reps = [*by_hand.reps({}, {}, {}), by_hand.rep(9, 30.0)]
    session, out = by_hand.folded([*motions, *by_hand.told_by_motion(*reps)])
    assert [one.rep.candidate for one in session.sets[0].partials] == [50, 51]
    assert [one.rep.candidate for one in session.rejected] == [53, 50, 51, 52]  # in order of time
    assert out[:4] == [RejectedEvent(one.t_s, one.motion) for one in motions]


def test_a_mark_holds_for_sets_that_start_after_it(by_hand):
    marks = [
        declare(0.0, side=Side.LEFT, load_kg=20.0, athlete="Kim"),
        declare(15.0, side=Side.RIGHT),  # in the middle of the first set
        declare(30.0, load_kg=22.5),
        declare(101.0, side=Side.LEFT, load_kg=50.0),  # after the second has begun
    ]
    first, second = fold_with_marks(two_sets(by_hand), marks).sets
    assert (first.side, first.load_kg, first.athlete) == (Side.LEFT, 20.0, "Kim")
    assert (second.side, second.load_kg, second.athlete) == (Side.RIGHT, 22.5, "Kim")


def test_what_is_said_now_beats_the_marks(by_hand):
    marks = [declare(0.0, side=Side.LEFT, load_kg=20.0, athlete="Kim", exercise="one_leg_hip_thrust")]
    now = Overrides((Side.RIGHT, Side.LEFT), load_kg=30.0, exercise="any_lift", athlete="Jo")
    sets = fold_with_marks(two_sets(by_hand), marks, overrides=now).sets
    assert [one.side for one in sets] == [Side.RIGHT, Side.LEFT]
    assert {(one.load_kg, one.athlete, one.exercise) for one in sets} == {(30.0, "Jo", "any_lift")}


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ((), [Side.LEFT, Side.LEFT]),
        ((Side.RIGHT,), [Side.RIGHT, Side.RIGHT]),
        ((Side.RIGHT, Side.LEFT, Side.RIGHT), [Side.RIGHT, Side.LEFT]),
    ],
)
def test_sides_said_now_are_those_of_the_sets_in_order(by_hand, sides, expected):
    marks = [declare(0.0, side=Side.LEFT)]
    sets = fold_with_marks(two_sets(by_hand), marks, overrides=Overrides(sides)).sets
    assert [one.side for one in sets] == expected


def test_beyond_the_sides_said_now_nothing_is_known(by_hand):
    events = [
        *two_sets(by_hand),
        *by_hand.told_by_motion(*by_hand.reps({}, {}, first=20, t_start_s=200.0), number=3),
    ]
    session, _ = by_hand.folded(events, overrides=Overrides((Side.LEFT, Side.RIGHT)))
    assert [one.side for one in session.sets] == [Side.LEFT, Side.RIGHT, Side.UNKNOWN]
    assert session.warnings == ("Sets of which the leg was not said: 1. Say it to compare left and right.",)
    assert [one.measure for one in session.balance][:2] == ["reps", "clean_rate"]


def test_events_carry_the_side_of_their_set(by_hand):
    _, out = by_hand.folded(two_sets(by_hand), overrides=Overrides((Side.LEFT, Side.RIGHT)))
    said = {(one.set, one.side) for one in out if isinstance(one, RepEvent)}
    assert said == {(1, Side.LEFT), (2, Side.RIGHT)}


def test_a_declared_tempo_is_what_the_reps_are_held_against(by_hand):
    session = fold_with_marks(two_sets(by_hand), [declare(50.0, tempo="3-1-1-1")])
    first, second = ([cue.name for rep in one.reps for cue in rep.cues] for one in session.sets)
    assert first == []
    assert second == ["SLOWER_DOWN"] * 3


def test_lifts_of_different_kinds_are_not_balanced_against_each_other(by_hand):
    marks = [
        declare(0.0, side=Side.LEFT, exercise="any_lift"),
        declare(50.0, side=Side.RIGHT, exercise="one_leg_hip_thrust"),
    ]
    session = fold_with_marks(two_sets(by_hand), marks)
    assert {one.side for one in session.sets} == {Side.LEFT, Side.RIGHT}
    assert session.balance == ()


def test_a_counted_lift_has_no_reference_and_no_gate(by_hand):
    reps = by_hand.reps(*[{}] * 8)
    session, out = by_hand.folded(by_hand.told_by_motion(*reps), overrides=Overrides(exercise=ANY_LIFT.name))
    (one,) = session.sets
    assert len(one.reps) == 8
    assert math.isnan(one.reference_top_deg)
    assert one.gate.gate is Gate.UNKNOWN
    assert not any(told.stage is REVISED for told in out if isinstance(told, RepEvent))


def test_an_unknown_exercise_or_tempo_is_refused_when_it_is_said():
    with pytest.raises(InputError, match="any_lift"):
        SessionFold(Overrides(exercise="squat"))
    with pytest.raises(InputError, match="any_lift"):
        SessionFold().step_mark(*declare(0.0, exercise="squat"))
    with pytest.raises(InputError, match="3-1-1-2"):
        SessionFold().step_mark(*declare(0.0, tempo="slow"))


def test_an_exercise_that_is_overridden_is_not_looked_up():
    SessionFold(Overrides(exercise="any_lift")).step_mark(*declare(0.0, exercise="squat"))


def test_marks_that_declare_nothing_change_nothing():
    fold = SessionFold()
    fold.step_mark(0.0, Mark(0, 0, Battery(80)))
    assert fold.session() == SessionFold().session()


def test_clipped_reps_are_warned_about(by_hand):
    reps = by_hand.reps({}, {"clipped": True}, {})
    session, _ = by_hand.folded(by_hand.told_by_motion(*reps), overrides=Overrides((Side.LEFT,)))
    assert session.warnings == (
        "Reps in which a sensor reached the end of its range: 1. Their angles are not judged.",
    )


def test_identity_passes_through():
    session = SessionFold(session_id="abc", started="2024-05-01T18:00:00+02:00").session()
    assert (session.session_id, session.started) == ("abc", "2024-05-01T18:00:00+02:00")


def test_a_moment_after_the_last_year_that_a_calendar_has_is_not_known():
    session = SessionFold(session_id="abc", started="9999-12-31T23:59:30+00:00").session()
    assert start_time(session, 10.0) == "9999-12-31T23:59:40.000+00:00"
    assert start_time(session, 60.0) == ""
    assert (session.sets, session.balance, session.rejected) == ((), (), ())


def test_what_was_rejected_on_the_way_and_is_a_rep_after_all_is_in_the_session_once(by_hand):
    rep, later = by_hand.reps({}, {})
    early = replace(rep, candidate=7, t_end_s=rep.t_end_s - 0.1)
    fold = SessionFold()
    for event in (
        SetStarted(1.0, 1, rep.t_start_s),
        Rejected(2.0, RejectedMotion(Reason.TOO_SMALL, early)),
        RepSeen(9.0, Stage.SETTLED, 1, rep),
        RepSeen(9.0, Stage.SETTLED, 1, later),
        SetEnded(9.0, 1, rep.t_start_s, later.t_end_s),
    ):
        fold.step(event)
    session = fold.session()
    assert [len(one.reps) for one in session.sets] == [2]
    assert session.rejected == session.sets[0].partials == ()
