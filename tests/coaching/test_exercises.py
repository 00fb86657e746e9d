"""The known lifts and the tempo a set aims for."""

import pytest

from tracker.coaching.exercises import ANY_LIFT, EXERCISES, ONE_LEG_HIP_THRUST, by_name
from tracker.coaching.tempo import Tempo, tempo_of
from tracker.errors import InputError


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_every_exercise_is_found_by_its_name(exercise):
    assert by_name(exercise.name) is exercise


def test_an_unknown_exercise_says_which_there_are():
    with pytest.raises(InputError, match=r"'squat'.*one_leg_hip_thrust, any_lift"):
        by_name("squat")


def test_only_the_hip_thrust_starts_with_a_rise_and_is_judged():
    assert ONE_LEG_HIP_THRUST.judged
    assert ONE_LEG_HIP_THRUST.motion.rises
    assert not ANY_LIFT.judged
    assert not ANY_LIFT.motion.rises


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_what_is_worse_has_the_higher_threshold(exercise):
    assert 0 < exercise.rocking_notice_deg < exercise.rocking_alert_deg < exercise.rocking_severe_deg
    assert 0 < exercise.tilt_notice_deg < exercise.tilt_alert_deg
    assert 0 < exercise.range_hold_pct < exercise.range_back_off_pct
    assert 0 < exercise.slower_hold_pct < exercise.slower_back_off_pct
    assert 0 < exercise.lockout_rate_back_off < exercise.lockout_rate_go <= 1


def test_a_tempo_is_read_in_the_coaches_order():
    assert tempo_of("3-1-1-2") == Tempo(eccentric_s=3, bottom_s=1, concentric_s=1, top_s=2)
    assert tempo_of("2.5-0-x-1").concentric_s == 0


@pytest.mark.parametrize(
    "text", ["", "3-1-1", "3-1-1-2-1", "3-1-fast-2", "3--1-2", "nan-1-1-1", "inf-1-1-1", "90-1-1-1"]
)
def test_what_is_no_tempo_says_how_one_looks(text):
    with pytest.raises(InputError, match="3-1-1-2"):
        tempo_of(text)
