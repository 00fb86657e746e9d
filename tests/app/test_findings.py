"""What a stream check found, in words: fine, or look at this and do that."""

import math
from dataclasses import replace

import pytest

from tracker.app.findings import findings
from tracker.sensing.sensors.open_lift import OPEN_LIFT
from tracker.sensing.stream_check import StreamCheck

GOOD = StreamCheck(
    samples=300, rate_hz=101.0, stated_hz=100.0, lost_share=0.0, acc_m_s2=9.8, gyr_rad_s=0.01, is_resting=True
)


def told(check=GOOD, sensor=OPEN_LIFT, battery=80):
    return {one.what: one for one in findings(check, sensor, battery)}


def test_a_good_sensor_has_nothing_to_be_looked_at():
    assert [one.is_fine for one in told().values()] == [True] * 6


@pytest.mark.parametrize(
    ("change", "what", "says"),
    [
        ({"rate_hz": 80.0}, "samples", "80 a second, not 100 as it says; switch it off and on"),
        ({"rate_hz": 20.0, "stated_hz": 20.0}, "samples", "fast reps may be missed, set it to 50"),
        ({"lost_share": 0.04}, "radio", "4 % lost; bring the computer nearer"),
        ({"acc_m_s2": 10.4}, "gravity", "10.40 m/s2 at rest where 9.81 is right; calibrate it"),
        ({"acc_m_s2": 1.0}, "gravity", "1.00 m/s2 at rest, which is no gravity; reset it"),
        ({"gyr_rad_s": 0.2}, "turning", "11.5 deg/s at rest is much; leave it still"),
        ({"is_resting": False}, "at rest", "it was moved"),
    ],
)
def test_what_is_not_fine_says_what_to_do(change, what, says):
    found = told(replace(GOOD, **change))
    assert says in found[what].words
    assert [one.what for one in found.values() if not one.is_fine] == [what]


def test_a_little_loss_is_fine_and_said():
    assert told(replace(GOOD, lost_share=0.004))["radio"].words == "0.4 % lost"


@pytest.mark.parametrize(("percent", "is_fine"), [(20, False), (21, True), (None, True)])
def test_a_battery_that_may_not_last_is_to_be_charged(percent, is_fine):
    assert told(battery=percent)["battery"].is_fine is is_fine


def test_what_is_not_measured_is_not_judged():
    assert set(told(replace(GOOD, acc_m_s2=math.nan, gyr_rad_s=math.nan))) == {
        "samples",
        "radio",
        "clock",
        "battery",
    }


def test_samples_that_come_late_are_said():
    assert "0.5 s late" in told(sensor=replace(OPEN_LIFT, lag_s=0.5))["delay"].words


def test_a_sensor_without_a_clock_is_said_to_be_counted():
    assert "counted" in told(sensor=replace(OPEN_LIFT, has_clock=False))["clock"].words
