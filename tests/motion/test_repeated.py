"""Lifts that nobody has described: what comes again alike is counted, whatever moves and however."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.coaching.exercises import ANY_LIFT
from tracker.motion.counting import Counting
from tracker.motion.events import Channel, RepSeen, SetEnded, Stage

PERIOD_S = 0.02


def told(*blocks):
    """All events."""
    counting = Counting(ANY_LIFT.motion)
    return [event for block in blocks for event in counting.step(block)[1]] + counting.finish()[1]


def last_words(events):
    return [event.rep for event in events if isinstance(event, RepSeen) and event.stage is Stage.SETTLED]


def sets_of(events):
    """How many reps each set has that ended."""
    ended = [event.set for event in events if isinstance(event, SetEnded)]
    last = [event.set for event in events if isinstance(event, RepSeen) and event.stage is Stage.SETTLED]
    return [last.count(number) for number in ended]


@pytest.fixture(scope="session")
def moved(by_hand):
    """Samples of a wrist that fidgets, then lifts, then fidgets."""

    def samples(out, *, turn_deg=0.0, twist_deg=0.0, rise_m=0.0, tail_s=8.0, seed=1, cut=slice(None)):
        t_s = np.arange(0.0, out[-1][0] + tail_s, PERIOD_S)
        share = by_hand.along(t_s, *out, (out[-1][0] + 60.0, out[-1][1]))
        rng = np.random.default_rng(seed)
        steps = np.arange(0.0, t_s[-1] + 3.0, 0.7)
        outside = (t_s < out[0][0]) | (t_s > out[-1][0])
        ease = np.convolve(outside, np.full(41, 1 / 41), mode="same")
        fidget, roll = (np.interp(t_s, steps, rng.normal(0.0, 12.0, len(steps))) * ease for _ in range(2))
        both = 0.5 * (1 - np.cos(2 * np.pi * share))  # out and back on the way out, and on the way back
        made = by_hand.rows(
            t_s,
            30.0 + turn_deg * share + fidget,
            twist_deg * both + roll,
            height_m=rise_m * share,
            sensor_from_dumbbell=by_hand.clipped_on(seed),
        )
        return by_hand.part(by_hand.samples(made, PERIOD_S), cut)

    return samples


def lifted(n, out_s=1.0, hold_s=0.2, back_s=1.4, rest_s=0.4, first_s=10.0, pause=(0, 0.0)):
    """Keys of n reps, 0 at rest and 1 when it is out; before one of them there may be a pause."""
    keys, now = [(first_s, 0.0)], first_s
    for number in range(n):
        now += rest_s + (pause[1] if number == pause[0] else 0.0)
        keys += [(now, 0.0), (now + out_s, 1.0), (now + out_s + hold_s, 1.0)]
        now += out_s + hold_s + back_s
        keys.append((now, 0.0))
    return keys


@pytest.mark.parametrize("n", [3, 5, 12])
@pytest.mark.parametrize("turn_deg", [110.0, -60.0])
def test_a_curl_counts_whichever_way_it_turns(moved, n, turn_deg):
    events = told(moved(lifted(n), turn_deg=turn_deg, twist_deg=15.0, rise_m=0.3))
    assert sets_of(events) == [n]
    assert {rep.carried_by for rep in last_words(events)} == {Channel.LIFT}


@pytest.mark.parametrize("rise_m", [0.4, -0.5])
def test_a_press_that_wobbles_out_and_back_twice_counts_once(moved, rise_m):
    events = told(moved(lifted(8), twist_deg=14.0, rise_m=rise_m))
    assert sets_of(events) == [8]
    reps = last_words(events)
    assert {rep.carried_by for rep in reps} == {Channel.HEIGHT}
    assert np.median([rep.travel_m for rep in reps]) == pytest.approx(abs(rise_m), abs=0.05)


def test_times_of_a_rep_are_in_order_and_reps_do_not_overlap(moved):
    reps = last_words(told(moved(lifted(6), turn_deg=50.0, rise_m=0.3)))
    for rep in reps:
        assert rep.t_start_s < rep.t_top_s <= rep.t_leave_top_s < rep.t_end_s
        assert 0.5 < rep.confidence <= 1.0
    assert all(one.t_end_s <= two.t_start_s for one, two in pairwise(reps))


def test_slow_reps_count(moved):
    assert sets_of(told(moved(lifted(4, out_s=3.0, back_s=4.0), turn_deg=70.0, rise_m=0.3))) == [4]


def test_a_breath_does_not_end_the_set_and_a_rest_does(moved):
    assert sets_of(told(moved(lifted(9, pause=(4, 6.0)), turn_deg=80.0, rise_m=0.3))) == [9]
    assert sets_of(told(moved(lifted(9, pause=(4, 40.0)), turn_deg=80.0, rise_m=0.3))) == [4, 5]


def test_a_longer_set_soon_after_does_not_swallow_the_one_before(moved):
    slow, fast = lifted(5, out_s=3.0, hold_s=1.0, back_s=3.0, rest_s=1.0), lifted(20, 0.5, 0.1, 0.7, 0.2)
    later_s = slow[-1][0] + 11.0 - fast[0][0]
    keys = [*slow, *((t_s + later_s, share) for t_s, share in fast)]
    assert sets_of(told(moved(keys, turn_deg=60.0, rise_m=0.3))) == [5, 20]


def test_fidgeting_is_no_set(moved):
    for seed in range(4):
        assert told(moved([(60.0, 0.0)], seed=seed)) == []


def test_walking_is_no_set(by_hand):
    t_s = np.arange(0.0, 40.0, PERIOD_S)
    steps = 2 * np.pi * t_s / 1.1
    made = by_hand.rows(t_s, 20.0 * np.sin(steps), 4.0 * np.cos(steps), height_m=0.02 * np.sin(2 * steps))
    assert told(by_hand.samples(made, PERIOD_S)) == []


@pytest.mark.parametrize(("from_s", "until_s", "n"), [(11.2, 26.4, 5), (10.4, 24.7, 5), (12.6, 26.4, 4)])
def test_a_rep_of_which_half_was_recorded_counts(moved, from_s, until_s, n):
    keys = lifted(5, first_s=10.0)
    assert keys[-1][0] == pytest.approx(25.0)
    block = moved(keys, turn_deg=60.0, rise_m=0.4)
    rows = slice(round(from_s / PERIOD_S), round(min(until_s, 25.2) / PERIOD_S))
    assert sets_of(told(moved(keys, turn_deg=60.0, rise_m=0.4, cut=rows))) == [n]
    assert sets_of(told(block)) == [5]


def test_a_hole_costs_no_more_than_the_reps_it_lies_in(by_hand, moved):
    block = moved(lifted(8), turn_deg=60.0, rise_m=0.3)
    for hole_s in (1.5, 6.0):
        heard = (block.t_s < 22.0) | (block.t_s > 22.0 + hole_s)
        lost = 1 + round(hole_s / 3.0)
        (counted,) = sets_of(told(by_hand.part(block, heard)))
        assert 8 - lost <= counted <= 8


@pytest.mark.parametrize("every", [1, 4])
def test_a_low_sample_rate_will_do(by_hand, moved, every):
    block = moved(lifted(7), turn_deg=60.0, rise_m=0.3)
    seldom = by_hand.part(block, slice(None, None, every), period_s=PERIOD_S * every)
    assert sets_of(told(seldom)) == [7]


@settings(max_examples=5, deadline=None)
@given(cuts=st.sets(st.integers(1, 2000), max_size=30))
def test_cutting_anywhere_changes_nothing(by_hand, moved, cuts):
    block = moved(lifted(8), turn_deg=60.0, rise_m=0.3)
    edges = [0, *sorted(cuts), len(block.t_s)]
    parts = [by_hand.part(block, slice(a, b)) for a, b in pairwise(edges)]
    assert repr(told(*parts)) == repr(told(block))
