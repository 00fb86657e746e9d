"""Turning points without an axis: real movements make them, shaking does not."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.motion.turns import BAND_DEG, FAR_DEG, Turns

PERIOD_S = 0.01
T_S = np.arange(0.0, 40.0, PERIOD_S)


def strokes_of(history):
    turns, found = Turns(0), []
    while (stroke := turns.next(history)) is not None:
        found.append(stroke)
    return found


@pytest.fixture(scope="session")
def found(by_hand):
    """The strokes of a curve of lift (and tilt), and where they turn, s."""

    def find(lift_deg, *, t_s=T_S, **more):
        strokes = strokes_of(by_hand.history(by_hand.rows(t_s, lift_deg, **more), t_s[1] - t_s[0]))
        return strokes, [float(t_s[stroke.stop]) for stroke in strokes]

    return find


def shaking(size_deg, seed=0):
    """Tremor between 2 and 8 Hz, at most `size_deg` to either side."""
    rng = np.random.default_rng(seed)
    waves = [np.sin(2 * np.pi * rng.uniform(2, 8) * T_S + rng.uniform(0, 6)) for _ in range(6)]
    total = np.sum(waves, axis=0)
    return size_deg * total / np.abs(total).max()


@pytest.mark.parametrize("seed", range(5))
def test_shaking_smaller_than_the_band_makes_no_turn(found, seed):
    size_deg = 0.49 * BAND_DEG
    assert found(shaking(size_deg, seed), tilt_deg=0.2 * shaking(size_deg, seed + 50))[0] == []


def test_a_still_dumbbell_makes_no_turn(found):
    assert found(np.zeros(len(T_S)))[0] == []


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("range_deg", [8.0, 20.0, 50.0])
def test_each_rep_is_a_stroke_up_and_a_stroke_back(by_hand, found, range_deg, seed):
    lift_deg = by_hand.along(T_S, *by_hand.reps(3, low=-range_deg)) + shaking(0.2, seed)
    clipped = by_hand.clipped_on(seed)
    strokes, turned_s = found(lift_deg, sensor_from_dumbbell=clipped, heading_deg=10 * seed)
    assert len(strokes) == 5  # the last way back ends in rest: nothing turns round any more
    tops_s, bottoms_s = turned_s[0::2], turned_s[1::2]
    for rep, top_s in enumerate(tops_s):
        assert 4.0 + 4.0 * rep + 0.5 < top_s < 4.0 + 4.0 * rep + 2.6
    for rep, bottom_s in enumerate(bottoms_s):
        assert 4.0 + 4.0 * rep + 2.6 < bottom_s < 4.0 + 4.0 * rep + 4.8
    assert all(before.stop == after.start for before, after in pairwise(strokes))
    assert all(stroke.start < stroke.stop < stroke.known for stroke in strokes)


def test_a_stroke_is_known_when_the_way_back_has_covered_the_band(by_hand, found):
    lift_deg = by_hand.along(T_S, (0, -40), (4, -40), (5, 0), (10, 0), (12, -40), (40, -40))
    ((stroke,), _) = found(lift_deg)
    assert lift_deg[stroke.known] == pytest.approx(-BAND_DEG, abs=0.8)
    assert lift_deg[stroke.stop] == pytest.approx(0.0, abs=0.01)


def test_slow_reps_turn_as_surely_as_fast_ones(by_hand, found):
    keys = [(0, -30), (2, -30), (10, 0), (18, -30), (18.5, 0), (19.0, -30), (27, 0), (35, -30)]
    _, turned_s = found(by_hand.along(T_S, *keys))
    assert turned_s == pytest.approx([10.0, 18.0, 18.5, 19.0, 27.0], abs=0.03)


def test_a_sticking_point_is_no_turn(by_hand, found):
    lift_deg = by_hand.along(T_S, (0, -40), (3, -40), (4, -15), (6, -16), (7, 0), (9, -40), (40, -40))
    _, turned_s = found(lift_deg)
    assert turned_s == pytest.approx([7.0], abs=0.03)


def test_turned_over_and_laid_down_the_next_standstill_is_a_turn(by_hand, found):
    over_deg = FAR_DEG + 30.0
    lift_deg = by_hand.along(T_S, (0, 0), (3, 0), (5, over_deg), (9, over_deg), (10, 130), (11, 90), (40, 90))
    _, turned_s = found(lift_deg)
    assert 4.5 < turned_s[0] < 6.0
    assert turned_s[1] == pytest.approx(10.0, abs=0.05)


@given(seed=st.integers(0, 1000), cuts=st.sets(st.integers(1, 2000), max_size=40))
@settings(deadline=None, max_examples=25)
def test_cutting_anywhere_finds_the_same_strokes(by_hand, seed, cuts):
    rng = np.random.default_rng(seed)
    t_s = np.arange(0.0, 40.0, 0.02)
    keys = [(0.0, 0.0)]
    while keys[-1][0] < 40.0:
        keys.append((keys[-1][0] + rng.uniform(0.2, 4.0), rng.choice([0.0, 3.0, 9.0, 40.0, 100.0])))
    made = by_hand.rows(t_s, by_hand.along(t_s, *keys), tilt_deg=0.1 * shaking(5.0, seed)[::2])
    whole = strokes_of(by_hand.history(made, 0.02))
    edges = [0, *sorted(cut for cut in cuts if cut < len(t_s)), len(t_s)]
    history, turns, cut_up = by_hand.history(made.cut(0, edges[1]), 0.02), Turns(0), []
    for start, stop in pairwise(edges):
        if start:
            history.append(made.cut(start, stop))
        while (stroke := turns.next(history)) is not None:
            cut_up.append(stroke)
    assert cut_up == whole
