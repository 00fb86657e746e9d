"""Decay, cut depth and slide of a set, from tops and bottoms made by hand."""

import math
from dataclasses import replace

import pytest

from tracker.coaching.drift import Lost, drift_of
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST
from tracker.coaching.results import Gate, GateDecision, Session, Set
from tracker.motion.events import Channel
from tracker.sensing.marks import Side

REPS = 10
STEADY = [0.0] * REPS
LOW = [-40.0] * (REPS + 1)
FALLING = [0.0] * 5 + [-8.0] * 5
RISING = [-40.0] * 5 + [-32.0] * 6


@pytest.fixture
def drift(by_hand):
    def make(bottoms_deg, tops_deg, **changes):
        reps = [replace(rep, **changes) for rep in by_hand.reps_between(bottoms_deg, tops_deg)]
        judged = tuple(by_hand.judged(reps, ONE_LEG_HIP_THRUST))
        gate = GateDecision(Gate.UNKNOWN, "as made")
        one = Set(
            1, Side.LEFT, "", "one_leg_hip_thrust", 20.0, 10.0, 50.0, math.nan, judged, (), 0.0, gate, 0.0
        )
        return drift_of(Session("a", "", (one,), (), (), (), ()), one)

    return make


def test_a_steady_set_loses_nothing_and_stays_where_it_is(drift):
    found = drift(LOW, STEADY)
    assert (found.lost, found.lost_from, found.slid_deg, found.slid_from) == (Lost.NOWHERE, None, 0.0, None)


def test_the_top_falls_and_the_bottom_stays(drift):
    found = drift(LOW, FALLING)
    assert (found.lost, found.lost_from, found.slid_deg) == (Lost.AT_THE_TOP, 6, 0.0)


def test_the_bottom_rises_and_the_top_stays(drift):
    found = drift(RISING, STEADY)
    assert (found.lost, found.lost_from, found.slid_deg) == (Lost.AT_THE_BOTTOM, 6, 0.0)


def test_half_of_it_at_either_end(drift):
    found = drift([-40.0] * 5 + [-35.0] * 6, [0.0] * 5 + [-5.0] * 5)
    assert found.lost is Lost.AT_BOTH


def test_both_shift_together(drift):
    found = drift([-40.0] * 5 + [-52.0] * 6, [0.0] * 5 + [-12.0] * 5)
    assert (found.lost, found.lost_from) == (Lost.NOWHERE, None)
    assert found.slid_deg == pytest.approx(-12.0, abs=1.0)
    assert found.slid_from == 6


def test_where_good_and_short_reps_take_turns_no_rep_is_named(drift):
    found = drift(LOW, [0.0, 0.0, 0.0, -8.0, 0.0, 0.0, -8.0, -8.0, -8.0, -8.0])
    assert found.lost is Lost.AT_THE_TOP
    assert found.lost_from == 7
    assert drift(LOW, [0.0, -8.0, 0.0, 0.0, -8.0, -8.0, 0.0, -8.0, -8.0, -8.0]).lost_from is None


def test_a_last_rep_over_the_whole_range_shows_that_none_was_lost(drift):
    found = drift(LOW, [0.0] * 6 + [-8.0, -8.0, -8.0, 0.0])
    assert (found.lost, found.lost_from) == (Lost.NOWHERE, None)


def test_the_first_drive_and_the_last_lowering_take_no_part(drift):
    found = drift([-60.0, *LOW[1:-1], -60.0], STEADY)
    assert found.lost is Lost.NOWHERE


def test_a_loss_that_lies_within_the_scatter_of_bottoms_has_no_place(drift):
    found = drift([-20.0] * 5 + [-17.4] * 6, STEADY)
    assert (found.lost, found.lost_from) == (Lost.UNKNOWN, None)


@pytest.mark.parametrize(
    ("reps", "changes"), [(5, {}), (10, {"carried_by": Channel.HEIGHT}), (10, {"clipped": True})]
)
def test_what_is_too_short_or_cannot_be_read_from_angles_is_not_told(drift, reps, changes):
    found = drift(LOW[: reps + 1], FALLING[-reps:], **changes)
    assert (found.lost, found.lost_from) == (Lost.UNKNOWN, None)
