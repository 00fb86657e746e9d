"""Left against right, and the noise band around it."""

import math
import random

import pytest

from tracker.coaching.balance import balance_of
from tracker.coaching.measures import HEIGHT_SURE_SHARE, MEASURES
from tracker.coaching.results import Side, Verdict


def sides(by_hand, left, right):
    """One set a side; each argument is the changes of its reps."""
    events = []
    for number, changes in enumerate((left, right), 1):
        reps = by_hand.reps(*changes, first=100 * number, t_start_s=200.0 * number)
        events += by_hand.told_by_motion(*reps, number=number)
    return by_hand.folded(events, overrides=by_hand.overrides(sides=(Side.LEFT, Side.RIGHT)))[0]


def measured(session, name):
    (found,) = [one for one in session.balance if one.measure == name]
    return found


def travels(*values):
    """Changes that make a rep travel so far, m."""
    return [{"travel_m": value} for value in values]


def test_there_is_no_balance_with_one_side_only(by_hand):
    reps = by_hand.reps_to(0.0, 0.0, 0.0)
    for side in (Side.LEFT, Side.UNKNOWN):
        session, _ = by_hand.folded(by_hand.told_by_motion(*reps), overrides=by_hand.overrides(sides=(side,)))
        assert session.balance == ()
    assert balance_of([]) == ()


def test_medians_and_difference_of_the_larger_side(by_hand):
    session = sides(by_hand, travels(0.40, 0.41, 0.39, 0.60), travels(0.30, 0.32, 0.31, 0.31))
    travel = measured(session, "travel_cm")
    assert travel.left == pytest.approx(40.5)
    assert travel.right == pytest.approx(31.0)
    assert travel.difference_pct == pytest.approx(100 * 9.5 / 40.5)
    assert travel.stronger_side is Side.LEFT


def test_the_noise_is_that_of_two_medians_and_of_the_sensor(by_hand):
    left, right = (0.40, 0.41, 0.39, 0.42, 0.38), (0.30, 0.31, 0.29, 0.32, 0.28)
    spread = math.sqrt(sum(n * n for n in (0, 1, 1, 2, 2)) / 4)  # cm
    noise_cm = 1.96 * 1.2533 * spread / math.sqrt(5) * math.sqrt(2) + HEIGHT_SURE_SHARE * 40.0
    travel = measured(sides(by_hand, travels(*left), travels(*right)), "travel_cm")
    assert travel.noise_pct == pytest.approx(100 * noise_cm / 40.0, rel=1e-6)
    assert travel.beyond_noise is Verdict.YES


def test_a_difference_within_the_reps_own_spread_is_noise(by_hand):
    session = sides(by_hand, travels(0.30, 0.40, 0.50, 0.35, 0.45), travels(0.29, 0.39, 0.49, 0.34, 0.44))
    assert measured(session, "travel_cm").beyond_noise is Verdict.NO


def test_what_the_sensor_may_be_off_by_for_a_whole_set_is_no_difference_however_alike_its_reps(by_hand):
    session = sides(by_hand, travels(*[0.34, 0.341, 0.339] * 3), travels(*[0.30, 0.301, 0.299] * 3))
    travel = measured(session, "travel_cm")
    assert travel.difference_pct == pytest.approx(100 * 4 / 34)
    assert travel.beyond_noise is Verdict.NO


def test_equal_sides_are_called_different_about_as_often_as_the_band_says(by_hand):
    chance = random.Random(7)
    wrong = 0
    for _ in range(60):
        left, right = ([chance.gauss(0.40, 0.03) for _ in range(10)] for _ in range(2))
        travel = measured(sides(by_hand, travels(*left), travels(*right)), "travel_cm")
        wrong += travel.beyond_noise is Verdict.YES
    assert wrong / 60 <= 0.05


def test_two_reps_have_no_spread_of_their_own(by_hand):
    travel = measured(sides(by_hand, travels(0.4, 0.4), travels(0.2, 0.2)), "travel_cm")
    assert travel.difference_pct == pytest.approx(50.0)
    assert travel.beyond_noise is Verdict.UNKNOWN
    assert math.isnan(travel.noise_pct)


def test_ten_of_ten_against_nine_of_ten_is_no_difference(by_hand):
    missed_one = [{}] * 9 + [{"top_deg": -9.0}]
    missed_all_but_two = [{}] * 2 + [{"top_deg": -9.0 - 3 * n} for n in range(8)]
    one = measured(sides(by_hand, [{}] * 10, missed_one), "lockout_rate")
    assert (one.left, one.right, one.beyond_noise) == (1.0, 0.9, Verdict.NO)
    most = measured(sides(by_hand, [{}] * 10, missed_all_but_two), "lockout_rate")
    assert most.beyond_noise is Verdict.YES
    assert most.stronger_side is Side.LEFT


def test_the_shorter_drive_is_the_stronger_and_the_longer_lowering_the_better(by_hand):
    slow = [{"t_top_s": 200.0 + 4.0 * n + 1.3} for n in range(4)]
    session = sides(by_hand, slow, [{}] * 4)
    assert measured(session, "concentric_s").stronger_side is Side.RIGHT
    assert measured(session, "eccentric_s").stronger_side is Side.UNKNOWN  # equal


def test_tilt_is_compared_by_size_and_within_what_a_sensor_is_sure_of(by_hand):
    tilts = [{"tilt_top_deg": -3.0}] * 5, [{"tilt_top_deg": 3.5}] * 5, [{"tilt_top_deg": 9.0}] * 5
    close = measured(sides(by_hand, tilts[0], tilts[1]), "tilt_top_deg")
    assert (close.left, close.right, close.beyond_noise) == (3.0, 3.5, Verdict.NO)
    assert close.stronger_side is Side.LEFT
    assert measured(sides(by_hand, tilts[0], tilts[2]), "tilt_top_deg").beyond_noise is Verdict.YES


def test_every_measure_has_its_row_even_where_nothing_was_measured(by_hand):
    unknown = [{"travel_m": math.nan}] * 3
    session = sides(by_hand, unknown, [{}] * 3)
    assert [one.measure for one in session.balance] == [measure.name for measure in MEASURES]
    travel = measured(session, "travel_cm")
    assert math.isnan(travel.left)
    assert travel.beyond_noise is Verdict.UNKNOWN
    assert travel.stronger_side is Side.UNKNOWN
