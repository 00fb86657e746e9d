"""Corrections find what they mean in what newer code counts, and can be said and unsaid in any order."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.coaching.four_sets import (
    ANA,
    HALF_REP,
    HEAVIER,
    LEFT_AGAIN,
    NO_REP,
    STARTS_S,
    TWO,
    counts,
    events_of,
    fold_of,
    sides,
)
from tracker.coaching.editing import edited, not_applicable
from tracker.coaching.edits import (
    ARep,
    Entry,
    Merge,
    NotARep,
    SetSaid,
    Span,
    Split,
    Trim,
    Undo,
    edit_words,
    edits_of,
)
from tracker.coaching.results import Speaker
from tracker.coaching.works import Counted
from tracker.motion.events import Reason
from tracker.sensing.marks import Declared, Side

QUICKLY = settings(max_examples=40, deadline=None)

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
    newer = fold_of(events_of(by_hand, starts_s=(-60.0, *(start_s + 0.3 for start_s in STARTS_S))))
    said = [LEFT_AGAIN, NO_REP, TWO, Merge(Span(10.0, 41.0)), HEAVIER]
    then, now = four_sets.session(said), newer.session(said)
    assert now.warnings[0].startswith("Sets of which the leg was not said: 1")
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
