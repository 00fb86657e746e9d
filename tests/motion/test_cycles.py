"""Tops and bottoms about a known axis; early ones as soon as the movement has slowed down."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.motion.cycles import Cycles

PERIOD_S = 0.01
T_S = np.arange(0.0, 40.0, PERIOD_S)
ALL = (len(T_S),)
RANGE_DEG = 40.0


def found(lift_deg, range_deg=RANGE_DEG, stops=ALL):
    """The turning points of a curve of lift, of which ever more is known: as far as each of the stops."""
    rate_deg_s = np.gradient(lift_deg, PERIOD_S)
    cycles = Cycles(lambda start, stop: (lift_deg[start:stop], rate_deg_s[start:stop]), 0, range_deg)
    turns = []
    for stop in stops:
        while (turn := cycles.next(stop)) is not None:
            turns.append(turn)
        assert cycles.position == stop
    return turns


def shaking(size_deg, hz=5.0):
    return size_deg * np.sin(2 * np.pi * hz * T_S)


def tops_s(turns, *, final):
    return [turn.row * PERIOD_S for turn in turns if turn.top and turn.final is final]


@pytest.mark.parametrize("range_deg", [10.0, 20.0, 40.0, 60.0])
def test_tops_and_bottoms_alternate_and_lie_where_they_are(by_hand, range_deg):
    turns = found(by_hand.along(T_S, *by_hand.reps(4, low=-range_deg)) + shaking(0.05), range_deg)
    final = [turn for turn in turns if turn.final]
    assert [turn.top for turn in final] == [True, False] * 3 + [True]
    for rep, turn in enumerate(turn for turn in final if turn.top):
        assert 4.9 + 4 * rep <= turn.row * PERIOD_S <= 5.9 + 4 * rep
    for rep, turn in enumerate(turn for turn in final if not turn.top):
        assert 7.3 + 4 * rep <= turn.row * PERIOD_S <= 8.1 + 4 * rep


def test_early_announcements_come_before_the_final_word(by_hand):
    turns = found(by_hand.along(T_S, *by_hand.reps(4)))
    words = [(turn.top, turn.final) for turn in turns]
    up, back = [(True, False), (True, True)], [(False, False), (False, True)]
    assert words == (up + back) * 3 + up + back[:1]  # the last bottom is not left any more
    for early, final in zip(turns[0::2], turns[1::2], strict=False):
        assert early.row <= early.known < final.known
        assert early.row <= final.row < final.known
    for rep, early in enumerate(turns[0::4]):
        assert early.known * PERIOD_S <= 5.0 + 4.0 * rep  # not after the drive has ended
        assert early.known * PERIOD_S > 4.7 + 4.0 * rep


@pytest.mark.parametrize("size_deg", [0.5, 0.9])
def test_shaking_smaller_than_the_band_makes_no_turn(by_hand, size_deg):
    assert found(shaking(size_deg)) == []
    turns = found(by_hand.along(T_S, *by_hand.reps(3)) + shaking(size_deg))
    assert [turn.top for turn in turns if turn.final] == [True, False] * 2 + [True]


def test_slow_reps_turn(by_hand):
    keys = [(0, -40), (2, -40), (8, 0), (16, -40), (22, 0), (30, -40), (31, 0), (33, -40), (60, -40)]
    turns = found(by_hand.along(T_S, *keys))
    assert tops_s(turns, final=True) == pytest.approx([8.0, 22.0, 31.0], abs=0.02)


def test_shallow_reps_turn_when_the_set_is_shallow(by_hand):
    turns = found(by_hand.along(T_S, *by_hand.reps(4, low=-6.0)), range_deg=6.0)
    assert len(tops_s(turns, final=True)) == 4


def test_a_partial_rep_turns_but_is_not_announced(by_hand):
    keys = [
        (0, -40),
        (4, -40),
        (5, -22),
        (6, -22),
        (7.5, -40),
        (9, -40),
        (10, 0),
        (11, 0),
        (12, -40),
        (40, -40),
    ]
    turns = found(by_hand.along(T_S, *keys))
    assert len(tops_s(turns, final=True)) == 2
    (announced_s,) = tops_s(turns, final=False)
    assert announced_s > 9.5


@pytest.mark.parametrize("stuck_deg", [-25.0, -12.0])
def test_a_sticking_point_is_not_the_top(by_hand, stuck_deg):
    keys = [(0, -40), (4, -40), (4.7, stuck_deg), (5.5, stuck_deg - 1), (6.2, 0), (7, 0), (9, -40), (40, -40)]
    turns = found(by_hand.along(T_S, *keys))
    (top_s,) = tops_s(turns, final=True)
    assert 6.1 <= top_s <= 7.1


def test_touch_and_go_reps_turn_without_any_hold(by_hand):
    keys = [(0, -40), *((4 + 0.8 * n, 0 if n % 2 else -40) for n in range(11)), (60, -40)]
    turns = found(by_hand.along(T_S, *keys))
    assert tops_s(turns, final=True) == pytest.approx(4.8 + 1.6 * np.arange(5), abs=0.02)
    assert len(tops_s(turns, final=False)) == 5


def test_it_says_whether_a_drive_is_under_way(by_hand):
    lift_deg = by_hand.along(T_S, (0, -40), (4, -40), (5, 0), (8, 0), (9.6, -40), (40, -40))
    rate_deg_s = np.gradient(lift_deg, PERIOD_S)
    under_way = {}
    for at_s in (3.9, 4.2, 4.8, 7.0, 9.0, 10.0, 39.0):
        cycles = Cycles(lambda start, stop: (lift_deg[start:stop], rate_deg_s[start:stop]), 0, RANGE_DEG)
        while cycles.next(round(at_s / PERIOD_S)) is not None:
            pass
        under_way[at_s] = cycles.under_way
    assert under_way == {3.9: False, 4.2: False, 4.8: True, 7.0: True, 9.0: True, 10.0: False, 39.0: False}


@given(seed=st.integers(0, 1000), cuts=st.sets(st.integers(1, len(T_S) - 1), max_size=40))
@settings(deadline=None, max_examples=40)
def test_cutting_anywhere_finds_the_same_turns(by_hand, seed, cuts):
    rng = np.random.default_rng(seed)
    keys = [(0.0, -40.0)]
    while keys[-1][0] < 40.0:
        keys.append((keys[-1][0] + rng.uniform(0.2, 3.0), rng.choice([-40.0, -38.0, -15.0, -3.0, 0.0])))
    lift_deg = by_hand.along(T_S, *keys) + shaking(0.3)
    assert found(lift_deg, stops=(*sorted(cuts), *ALL)) == found(lift_deg)
