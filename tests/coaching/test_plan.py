"""What comes next, from sets made by hand."""

import math
from dataclasses import replace
from functools import partial

import pytest

from tracker.coaching.exercises import ANY_LIFT, EXERCISES, ONE_LEG_HIP_THRUST
from tracker.coaching.plan import (
    ASK,
    BETWEEN_LEGS_S,
    BETWEEN_ROUNDS_S,
    NO_SET_YET,
    Wishes,
    next_of,
    weak_side_of,
)
from tracker.coaching.results import Gate, GateDecision, Set, Verdict
from tracker.sensing.marks import Declared, Side

LEFT, RIGHT, UNKNOWN = Side.LEFT, Side.RIGHT, Side.UNKNOWN
SAID = Declared(LEFT, 20.0, target_reps=8)


@pytest.fixture
def a_set(by_hand):
    """Make a set of six reps, `clean` of them clean."""

    def make(side, clean=6, load_kg=20.0, exercise=ONE_LEG_HIP_THRUST, gate=Gate.HOLD):
        judged = by_hand.judged(by_hand.reps_to(*[0.0] * 6), exercise)
        verdicts = [Verdict.YES] * clean + [Verdict.NO] * (6 - clean)
        reps = tuple(
            replace(rep, judgement=replace(rep.judgement, clean=verdict)) if exercise.judged else rep
            for rep, verdict in zip(judged, verdicts, strict=True)
        )
        decision = GateDecision(gate, f"as made for the {side.value}")
        return Set(1, side, "", exercise.name, load_kg, 10.0, 34.0, math.nan, reps, (), 0.0, decision, 0.0)

    return make


@pytest.fixture
def sets(a_set):
    """Make a set for each side that is named."""
    return lambda *sides: [a_set(side) for side in sides]


@pytest.mark.parametrize(
    ("done", "side", "warning"),
    [
        ((LEFT,), RIGHT, ""),
        ((RIGHT,), LEFT, ""),
        ((LEFT, RIGHT), LEFT, ""),
        ((LEFT, RIGHT, LEFT), RIGHT, ""),
        ((LEFT, RIGHT, RIGHT, LEFT), RIGHT, ""),
        ((LEFT, LEFT), RIGHT, "Right was skipped: 2 sets left, none right"),
        ((LEFT, RIGHT, LEFT, LEFT), RIGHT, "Right was skipped: 3 sets left, 1 right"),
        ((RIGHT, RIGHT, LEFT), LEFT, ""),
        ((UNKNOWN, LEFT), RIGHT, ""),
    ],
)
def test_the_sides_take_turns_and_the_one_that_was_skipped_comes_until_they_are_even(
    sets, done, side, warning
):
    proposal = next_of(sets(*done), SAID)
    assert (proposal.side, proposal.warning) == (side, warning)
    assert proposal.why


def test_what_the_person_says_beats_the_turn_and_the_side_that_is_left_out_is_told(sets):
    proposal = next_of(sets(LEFT, RIGHT, LEFT), SAID, corrected=Declared(LEFT))
    assert proposal.side is LEFT
    assert proposal.why == "as you said"
    assert proposal.warning == "Right is skipped: 2 sets left, 1 right"


@pytest.mark.parametrize("done", [(), (UNKNOWN,), (UNKNOWN, UNKNOWN)])
def test_where_no_side_was_said_none_is_proposed_but_asked(sets, done):
    proposal = next_of(sets(*done), Declared(load_kg=20.0))
    assert (proposal.side, proposal.why, proposal.warning) == (UNKNOWN, ASK, "")


def test_before_the_first_set_the_side_is_that_which_was_said():
    assert next_of((), SAID).side is LEFT
    assert next_of((), SAID, Wishes(RIGHT, weak_side_first=True)).side is LEFT


def test_the_weak_side_goes_first_where_that_is_wished(sets):
    wishes = Wishes(weak_side=RIGHT, weak_side_first=True)
    assert next_of((), Declared(), wishes).side is RIGHT
    assert next_of(sets(RIGHT), Declared(), wishes).side is LEFT
    assert next_of(sets(LEFT, RIGHT), SAID, wishes).side is RIGHT
    assert next_of(sets(LEFT, RIGHT), SAID, replace(wishes, weak_side_first=False)).side is LEFT


def test_who_trains_one_side_only_is_not_sent_to_the_other(sets):
    proposal = next_of(sets(LEFT, LEFT), SAID, Wishes(one_side=True))
    assert (proposal.side, proposal.warning, proposal.rest_s) == (LEFT, "", BETWEEN_ROUNDS_S)


def test_the_weak_side_is_found_by_the_clean_reps_of_whole_rounds(a_set):
    weak, strong = partial(a_set, RIGHT, 4), partial(a_set, LEFT, 6)
    assert weak_side_of([strong(), weak()]) is RIGHT
    assert weak_side_of([strong(), a_set(RIGHT, 5)]) is UNKNOWN  # by one rep
    assert weak_side_of([strong()]) is UNKNOWN
    assert weak_side_of([a_set(LEFT, 2), a_set(RIGHT, 2), a_set(LEFT, 6)]) is UNKNOWN  # no whole round more
    assert weak_side_of([a_set(LEFT, 5), a_set(RIGHT, 4)] * 2) is RIGHT


def test_a_short_set_that_is_clean_throughout_says_nothing_of_how_many(a_set):
    short = replace(a_set(RIGHT), reps=a_set(RIGHT).reps[:3])
    assert weak_side_of([a_set(LEFT), short]) is UNKNOWN
    tried = replace(short, partials=a_set(RIGHT).reps[3:5])
    assert weak_side_of([a_set(LEFT), tried]) is RIGHT
    broken_off = replace(a_set(RIGHT, 2), reps=a_set(RIGHT, 2).reps[:3])
    assert weak_side_of([a_set(LEFT), broken_off]) is RIGHT


def test_reps_that_nobody_could_judge_are_not_held_against_clean_ones(a_set):
    judged, whole = a_set(RIGHT, 3), a_set(LEFT, 6)
    unknown = tuple(
        replace(rep, judgement=replace(rep.judgement, clean=Verdict.UNKNOWN)) for rep in whole.reps
    )
    assert weak_side_of([whole, judged]) is RIGHT
    assert weak_side_of([replace(whole, reps=unknown), judged]) is UNKNOWN


def test_who_lifts_more_weight_with_fewer_reps_need_not_be_weaker(a_set):
    assert weak_side_of([a_set(LEFT, 6, 16.0), a_set(RIGHT, 4, 20.0)]) is UNKNOWN
    assert weak_side_of([a_set(LEFT, 6, 20.0), a_set(RIGHT, 4, 16.0)]) is RIGHT


def test_the_strong_side_stops_at_the_clean_reps_of_the_weak_one_in_that_round(a_set):
    wishes = Wishes(weak_side=LEFT, weak_side_first=True, stop_at_weak=True)
    first = [a_set(LEFT, 5)]
    proposal = next_of(first, SAID, wishes)
    assert (proposal.side, proposal.target_reps) == (RIGHT, 5)
    assert "stops at the 5 clean of the left" in proposal.why
    second = [*first, a_set(RIGHT), a_set(LEFT, 3)]
    assert next_of(second, SAID, wishes).target_reps == 3
    assert next_of(second[:2], SAID, wishes).target_reps == 8  # the weak side: as the person said
    assert next_of(second, SAID, wishes, Declared(target_reps=7)).target_reps == 7
    assert next_of(second, SAID, replace(wishes, stop_at_weak=False)).target_reps == 8


def test_without_a_clean_rep_there_is_nothing_to_stop_at(a_set):
    proposal = next_of([a_set(LEFT, 0)], SAID, Wishes(LEFT, stop_at_weak=True))
    assert proposal.target_reps == 8
    assert "no clean rep" in proposal.why


def test_a_target_that_is_taken_back_is_none():
    assert next_of((), Declared(LEFT, target_reps=0)).target_reps is None


def test_reps_that_are_only_counted_count_as_good(a_set):
    done = [a_set(LEFT, exercise=ANY_LIFT)]
    assert next_of(done, SAID, Wishes(LEFT, stop_at_weak=True)).target_reps == 6


def test_each_side_keeps_its_own_load_until_another_is_said(a_set):
    done = [a_set(LEFT, load_kg=20.0), a_set(RIGHT, load_kg=16.0)]
    said = Declared(RIGHT, 16.0)
    assert next_of(done, said).load_kg == 20.0
    assert next_of([*done, a_set(LEFT)], said).load_kg == 16.0
    assert next_of(done, said, corrected=Declared(load_kg=22.5)).load_kg == 22.5
    assert next_of(done[:1], Declared(LEFT, 20.0)).load_kg == 20.0  # the right has had none yet
    assert math.isnan(next_of((), Declared(LEFT)).load_kg)


@pytest.mark.parametrize("gate", [Gate.GO, Gate.BACK_OFF])
def test_the_gate_is_that_of_the_sides_last_set_and_never_changes_the_load(a_set, gate):
    done = [a_set(LEFT, gate=gate), a_set(RIGHT)]
    proposal = next_of(done, SAID)
    assert proposal.gate == GateDecision(gate, "as made for the left")
    assert proposal.load_kg == 20.0
    assert next_of(done[:1], SAID).gate == NO_SET_YET


def test_the_rest_is_shorter_between_the_legs_than_before_the_same_leg_again(sets):
    assert next_of(sets(LEFT), SAID).rest_s == BETWEEN_LEGS_S
    assert next_of(sets(LEFT, RIGHT), SAID).rest_s == BETWEEN_ROUNDS_S
    assert next_of(sets(LEFT), SAID, corrected=Declared(LEFT)).rest_s == BETWEEN_ROUNDS_S
    assert next_of(sets(UNKNOWN), Declared()).rest_s == BETWEEN_ROUNDS_S
    assert next_of(sets(LEFT), SAID, Wishes(rest_s=75.0)).rest_s == 75.0


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_a_checklist_is_short(exercise):
    assert len(exercise.checklist) <= 6
    assert all(0 < len(check) <= 60 for check in exercise.checklist)
    assert bool(exercise.checklist) is exercise.judged
