"""Measures of a leg over sessions, from rows made by hand."""

import math
from dataclasses import replace

import pytest

from tests.archive.sessions_by_hand import LEFT, RIGHT, a_session, a_side
from tracker.archive.trends import TRENDS, points_of, undated_words
from tracker.coaching.measures import (
    HEIGHT_SURE_SHARE,
    MEASURES,
    RANGE_SURE_DEG,
    ROCKING_SURE_DEG,
    TILT_SURE_DEG,
)

OTHERS = {"tilt_top_deg": (3.0, 0.25), "travel_cm": (40.0, 0.5)}


@pytest.mark.parametrize("measure", TRENDS)
def test_every_measure_has_a_point_for_each_leg_and_session_in_order_of_time(measure):
    sides = [side for day in (7, 3, 5) for side in a_session(day, [8], [9]).sides]
    points = points_of(sides, measure)
    assert [point.session for point in points] == ["day3", "day3", "day5", "day5", "day7", "day7"]
    assert {point.side for point in points} == {LEFT, RIGHT}
    assert all(point.started for point in points)


def test_every_measure_that_the_sides_are_compared_by_has_a_trend():
    assert {measure.name for measure in MEASURES} < set(TRENDS)


@pytest.mark.parametrize(
    ("measure", "value", "noise"),
    [
        ("rom_deg", 45.0, 1.96 * 0.5 + RANGE_SURE_DEG),
        ("travel_cm", 40.0, 1.96 * 0.5 + HEIGHT_SURE_SHARE * 40.0),
        ("tilt_top_deg", 3.0, 1.96 * 0.25 + TILT_SURE_DEG),
        ("rocking_peak_deg", 1.0, 1.96 * 0.1 + ROCKING_SURE_DEG),
        ("clean", 8.0, 10 * 1.96 * 0.1),
        ("load_kg_max", 22.5, 0.0),
        ("volume_kg", 225.0, 0.0),
    ],
)
def test_the_band_is_of_95_percent_and_what_the_sensor_may_be_off_by(measure, value, noise):
    side = a_side(load_kg=22.5, started="2026-11-03", rom_deg=(45.0, 0.5), **OTHERS)
    [point] = points_of([side], measure)
    assert point.value == value
    assert point.noise == pytest.approx(noise)


def test_a_band_that_is_not_known_is_none_and_what_was_not_measured_is_no_point():
    one = a_side(started="2026-11-03", rom_deg=(45.0, math.nan), travel_cm=(math.nan, math.nan))
    [point] = points_of([one], "rom_deg")
    assert math.isnan(point.noise)
    assert points_of([one], "travel_cm") == ()
    assert points_of([replace(one, clean=math.nan, load_kg_max=math.nan)], "clean") == ()


def test_sessions_of_an_unknown_day_are_left_out_and_said():
    sessions = [a_session(3, [8]), a_session(0, [8])]
    points = points_of([side for row in sessions for side in row.sides], "clean")
    assert [point.session for point in points] == ["day3"]
    assert undated_words(sessions) == "Not in the trends, for it is not known when they were: day0."
    assert undated_words(sessions[:1]) == ""
    assert "2 sessions (day0, day0)" in undated_words([a_session(0, [8])] * 2)


def test_a_year_that_no_system_counts_to_costs_no_other_session_its_trend():
    lost = replace(a_session(5, [8]), started="0001-01-01T00:00:00")
    sides = [*a_session(3, [8]).sides, replace(a_side(started=lost.started), session=lost.name)]
    assert [point.session for point in points_of(sides, "clean")] == ["day3"]
    assert undated_words([lost]) == "Not in the trends, for it is not known when they were: day5."


def test_days_are_in_order_whatever_time_zone_they_were_recorded_in():
    hours = ("2026-11-03T18:00:00+01:00", "2026-11-03T18:30:00+02:00", "2026-11-03T16:45:00+00:00")
    sides = [a_side(started=started) for started in hours]
    assert [point.started for point in points_of(sides, "clean")] == [hours[1], hours[2], hours[0]]


def test_a_measure_that_nobody_measures_is_told():
    with pytest.raises(ValueError, match="there is no trend of 'weight'; there are clean, load_kg_max"):
        points_of([], "weight")


def test_clean_reps_are_known_to_the_share_of_those_that_were_judged():
    sides = [replace(one, judged=4) for one in a_session(3, (4,), clean_rate=(1.0, 0.15)).sides]
    [point] = points_of(sides, "clean")
    assert (point.value, point.noise) == pytest.approx((4.0, 4 * 1.96 * 0.15))
