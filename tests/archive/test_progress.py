"""Bests, weak side over sessions and news, from rows made by hand."""

import math
from dataclasses import replace

import pytest

from tests.archive.sessions_by_hand import LEFT, RIGHT, a_session, a_set
from tracker.archive.progress import (
    Kind,
    bests_of,
    news_of,
    only,
    progress_words,
    weak_side_over,
)
from tracker.coaching.plan import FEWEST_TO_TELL
from tracker.sensing.marks import Side


def test_the_best_set_is_that_with_most_clean_reps_not_most_reps():
    sets = [a_set(clean=6, reps=15), a_set(clean=8, reps=8, number=2), a_set(RIGHT, clean=5, number=3)]
    bests = {(best.kind, best.side): best for best in bests_of(sets)}
    assert bests[Kind.CLEAN_REPS, LEFT].number == 2
    assert bests[Kind.CLEAN_REPS, LEFT].clean == 8
    assert bests[Kind.CLEAN_REPS, RIGHT].clean == 5
    assert (Kind.LOAD, RIGHT) not in bests  # five clean reps make no load one's own


@pytest.mark.parametrize(("clean", "load_kg"), [(FEWEST_TO_TELL, 30.0), (FEWEST_TO_TELL - 1, 20.0)])
def test_the_heaviest_load_needs_a_clean_set(clean, load_kg):
    sets = [a_set(clean=9, load_kg=20.0), a_set(clean=clean, load_kg=30.0)]
    [best] = [best for best in bests_of(sets) if best.kind is Kind.LOAD]
    assert best.load_kg == load_kg


def test_of_sets_as_good_the_heavier_is_the_best_then_the_earlier_then_that_of_a_known_day():
    light, heavy = a_set(load_kg=16.0, started="2026-11-02"), a_set(load_kg=18.0, started="2026-11-05")
    again, undated = a_set(load_kg=18.0, started="2026-11-07"), a_set(load_kg=18.0)
    best, _ = bests_of([undated, again, light, heavy])
    assert best.started == "2026-11-05"


@pytest.mark.parametrize("clean", [0.0, math.nan])
def test_without_a_clean_rep_there_is_no_best(clean):
    assert bests_of([a_set(clean=clean), a_set(RIGHT, clean=clean)]) == ()


def test_the_load_need_not_be_said():
    [best] = bests_of([a_set(load_kg=math.nan)])
    assert best.kind is Kind.CLEAN_REPS


@pytest.mark.parametrize(
    ("lefts", "weak"),
    [
        ((6, 6, 6, 6), (LEFT, 4, 4)),
        ((8, 6, 6, 6), (LEFT, 3, 4)),
        ((6, 6, 6), (LEFT, 3, 3)),
        ((6, 6), (Side.UNKNOWN, 0, 2)),
        ((8, 8, 6, 6), (Side.UNKNOWN, 0, 4)),
        ((8, 8, 8, 4), (Side.UNKNOWN, 0, 4)),  # one bad day
        ((10, 6, 6, 6), (Side.UNKNOWN, 0, 4)),
        ((10, 6, 6, 6, 6), (LEFT, 4, 4)),  # long ago
        ((10, 10, 10), (RIGHT, 3, 3)),
        ((), (Side.UNKNOWN, 0, 0)),
    ],
)
def test_a_side_is_weak_when_it_is_so_again_and_again(lefts, weak):
    sessions = [a_session(day, [left], [8]) for day, left in enumerate(lefts, 1)]
    found = weak_side_over(reversed(sessions))
    assert (found.side, found.times, found.sessions) == weak


def test_sessions_with_one_leg_only_or_without_a_day_say_nothing_about_the_weak_side():
    sessions = [a_session(day, [6], [8]) for day in (1, 2)]
    others = [a_session(3, [2]), a_session(0, [6], [8])]
    assert weak_side_over([*sessions, *others]).sessions == 2


def test_news_are_clean_reps_where_the_load_is_the_same_and_the_load_where_it_is_not():
    assert news_of([a_session(3, [6, 8], [8]), a_session(8, [10], [7])]) == (
        "Left: 2 clean reps more in a set at 20 kg than on 3 November 2026.",
        "Right: 1 clean rep fewer in a set at 20 kg than on 3 November 2026.",
    )
    assert news_of([a_session(3, [8]), a_session(8, [6], load_kg=22.5)]) == (
        "Left: 22.5 kg, 2.5 kg more than on 3 November 2026.",
    )
    assert news_of([a_session(3, [8]), a_session(5, [8]), a_session(8, [], [9])]) == ()
    unknown = [a_session(day, [clean], load_kg=math.nan) for day, clean in ((3, 6), (8, 8))]
    assert news_of(unknown) == ("Left: 2 clean reps more in a set than on 3 November 2026.",)
    assert news_of([a_session(3, [8]), unknown[1]]) == ()  # one load is known, the other is not


@pytest.mark.parametrize(("now", "told"), [(42.0, False), (41.0, True)])
def test_a_measure_is_news_beyond_the_noise_of_both_days(now, told):
    """Each band is 1.96 + 1 deg wide to either side, both together 4.19."""
    words = news_of([a_session(3, [8], rom_deg=(45.5, 1.0)), a_session(8, [8], rom_deg=(now, 1.0))])
    expected = "Left: range 41 deg, 46 deg on 3 November 2026; beyond what reps and sensor explain."
    assert words == ((expected,) if told else ())


def test_in_words():
    sessions = [a_session(day, [6], [9]) for day in (2, 4, 6)]
    assert progress_words(sessions) == (
        "Left is the weak side: it had fewer clean reps in 3 of the last 3 sessions, the right in none. "
        "Let it begin, and stop the right at as many clean reps.",
        "Left, most clean reps in a set: 6 at 20 kg, on 2 November 2026.",
        "Left, heaviest load with 6 clean reps or more: 20 kg, 6 clean, on 2 November 2026.",
        "Right, most clean reps in a set: 9 at 20 kg, on 2 November 2026.",
        "Right, heaviest load with 6 clean reps or more: 20 kg, 9 clean, on 2 November 2026.",
    )
    assert progress_words([]) == ()


def test_of_a_lift_that_is_not_judged_reps_are_not_called_clean():
    one = a_session(2, [math.nan], [math.nan])
    left, right = one.sets
    sessions = [replace(one, sets=(replace(left, reps=6), replace(right, reps=9)))] * 3
    [weak] = progress_words(sessions)
    assert weak.startswith("Left is the weak side: it had fewer reps in 3 of the last 3 sessions")
    assert "clean" not in weak


def test_one_athletes_lift_is_looked_at_alone():
    sessions = [a_session(2, [6], [9])]
    assert only(sessions, "Ana", "one_leg_hip_thrust")[0].sets == sessions[0].sets
    assert only(sessions, "Ana", "any_lift") == only(sessions, "Ben", "one_leg_hip_thrust") == ()
