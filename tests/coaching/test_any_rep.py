"""Whatever motion measures, or fails to measure, coaching answers."""

import math
from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.coaching.declared import Overrides
from tracker.coaching.edits import ARep, Merge, NotARep, SessionSaid, SetSaid, Span, Split, Trim
from tracker.coaching.exercises import EXERCISES
from tracker.coaching.results import RepEvent, Verdict
from tracker.coaching.session import SessionFold
from tracker.motion.events import (
    Channel,
    Reason,
    Rejected,
    RejectedMotion,
    Rep,
    RepSeen,
    SetEnded,
    SetStarted,
    Stage,
)
from tracker.sensing.marks import Declared, Side
from tracker.sensing.samples import Cause, Gap

ANY_NUMBER = st.one_of(st.just(math.nan), st.floats(-100.0, 100.0), st.floats())
BY_TYPE = {
    "int": st.integers(0, 5),
    "float": ANY_NUMBER,
    "bool": st.booleans(),
    "Channel": st.sampled_from(Channel),
}
ANY_REP = st.builds(Rep, **{field.name: BY_TYPE[field.type] for field in fields(Rep)})
ANY_SET = st.integers(1, 3)
ANY_EVENT = st.one_of(
    st.builds(RepSeen, ANY_NUMBER, st.sampled_from(Stage), ANY_SET, ANY_REP),
    st.builds(Rejected, ANY_NUMBER, st.builds(RejectedMotion, st.sampled_from(Reason), ANY_REP)),
    st.builds(SetStarted, ANY_NUMBER, ANY_SET, ANY_NUMBER),
    st.builds(SetEnded, ANY_NUMBER, ANY_SET, ANY_NUMBER, ANY_NUMBER),
    st.builds(Gap, ANY_NUMBER, ANY_NUMBER, st.sampled_from(Cause)),
)
ANY_SPAN = st.builds(Span, ANY_NUMBER, ANY_NUMBER)
ANY_SAID = st.builds(
    Declared, side=st.sampled_from(Side), exercise=st.sampled_from([exercise.name for exercise in EXERCISES])
)
ANY_EDIT = st.one_of(
    st.builds(SetSaid, ANY_SPAN, ANY_SAID),
    st.builds(SessionSaid, ANY_SAID),
    st.builds(NotARep, ANY_SPAN),
    st.builds(ARep, ANY_SPAN),
    st.builds(Split, ANY_NUMBER),
    st.builds(Merge, ANY_SPAN),
    st.builds(Trim, ANY_NUMBER, ANY_NUMBER),
)
OVERRIDES = st.builds(
    Overrides,
    st.lists(st.sampled_from(Side), max_size=3).map(tuple),
    exercise=st.sampled_from([exercise.name for exercise in EXERCISES]),
)
QUICKLY = settings(max_examples=30, deadline=None)
REAL_STAGES = (Stage.ANNOUNCED, Stage.CONFIRMED, Stage.REVISED)


@QUICKLY
@given(st.lists(ANY_EVENT, max_size=15), OVERRIDES)
def test_no_events_break_the_fold(events, overrides):
    fold = SessionFold(overrides)
    for event in events:
        fold.step(event)
        fold.session()
    assert [one.number for one in fold.session().sets] == sorted(one.number for one in fold.session().sets)


@QUICKLY
@given(st.lists(ANY_EVENT, max_size=15), st.lists(ANY_EDIT, max_size=8))
def test_no_corrections_break_the_fold(events, edits):
    fold = SessionFold()
    for event in events:
        fold.step(event)
    before = repr(fold.session())
    session = fold.session(edits)
    assert [one.number for one in session.sets] == [*range(1, len(session.sets) + 1)]
    assert all(one.reps for one in session.sets)
    assert repr(fold.session()) == before


@QUICKLY
@given(st.lists(st.tuples(st.sampled_from(REAL_STAGES), ANY_REP), min_size=1, max_size=8))
def test_what_was_told_last_is_what_the_session_says(by_hand, steps):
    """Between its events an open set is known in full: place, verdicts and cues of every rep."""
    fold, told = SessionFold(), {}
    for stage, rep in steps:
        for event in fold.step(RepSeen(0.0, stage, 1, rep)):
            assert isinstance(event, RepEvent)
            told[event.rep.rep.candidate] = event.rep
    (one,) = fold.session().sets
    assert {rep.rep.candidate for rep in one.reps} == set(told)
    afresh = by_hand.judged([rep.rep for rep in one.reps])
    assert repr(one.reps) == repr(afresh)  # nan is not equal to itself
    for rep in one.reps:
        last = told[rep.rep.candidate]
        assert (last.number, last.cues) == (rep.number, rep.cues)
        assert last.judgement.lockout is rep.judgement.lockout
        assert last.judgement.clean is rep.judgement.clean


@QUICKLY
@given(st.lists(ANY_REP, max_size=8))
def test_a_rep_whose_top_is_not_known_is_never_locked_out(by_hand, reps):
    for one in by_hand.judged(reps):
        if not math.isfinite(one.rep.top_deg) or one.rep.clipped:
            assert one.judgement.lockout is Verdict.UNKNOWN
            assert one.judgement.clean is Verdict.UNKNOWN


@QUICKLY
@given(st.permutations(range(8)), st.lists(st.sampled_from([0.0, -9.0, 5.0]), min_size=8, max_size=8))
def test_the_order_in_which_reps_become_known_does_not_matter(by_hand, order, tops):
    reps = by_hand.reps_to(*tops)
    assert by_hand.judged([reps[n] for n in order]) == by_hand.judged(reps)
