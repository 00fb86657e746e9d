"""What a stream check found, in words: fine, or look at this and do that."""

import math
from dataclasses import replace

import pytest

from tracker.app.finding import State
from tracker.app.stream_findings import stream_findings
from tracker.sensing.sensors.open_lift import OPEN_LIFT
from tracker.sensing.stream_check import StreamCheck

GOOD = StreamCheck(
    samples=300,
    span_s=3.0,
    rate_hz=101.0,
    stated_hz=100.0,
    lost_share=0.0,
    acc_m_s2=9.8,
    gyr_rad_s=0.01,
    is_resting=True,
)


def told(check=GOOD, sensor=OPEN_LIFT, battery=80):
    return {one.topic: one for one in stream_findings(check, sensor, b"", battery)}


def test_a_good_sensor_has_nothing_to_be_looked_at():
    assert [one.state for one in told().values()] == [State.FINE] * 6


@pytest.mark.parametrize(
    ("change", "topic", "says"),
    [
        ({"rate_hz": 80.0}, "samples", "80 a second, not 100 as it says; switch it off and on"),
        ({"rate_hz": 20.0, "stated_hz": 20.0}, "samples", "fast reps may be missed; set it to 50"),
        ({"rate_hz": math.nan}, "samples", "too few came to tell how many a second; bring it nearer"),
        ({"lost_share": 0.04}, "radio", "4 % lost; bring the computer nearer"),
        ({"acc_m_s2": 10.4}, "gravity", "10.40 m/s2 at rest where 9.81 is right; calibrate it"),
        ({"acc_m_s2": 1.0}, "gravity", "1.00 m/s2 at rest is no gravity; reset it"),
        ({"gyr_rad_s": 0.2}, "turning", "11.5 deg/s at rest is much; leave it still"),
        ({"is_resting": False}, "rest", "it was moved"),
    ],
)
def test_what_is_not_fine_says_what_to_do(change, topic, says):
    found = told(replace(GOOD, **change))
    assert says in f"{found[topic].said}; {found[topic].advice}"
    assert [one.topic for one in found.values() if one.state is State.LOOK] == [topic]


def test_a_little_loss_is_fine_and_said():
    assert told(replace(GOOD, lost_share=0.004))["radio"].said == "0.4 % lost"


@pytest.mark.parametrize(("percent", "is_fine"), [(20, False), (21, True), (None, True)])
def test_a_battery_that_may_not_last_is_to_be_charged(percent, is_fine):
    assert told(battery=percent)["battery"].state is (State.FINE if is_fine else State.LOOK)


def test_what_is_not_measured_is_not_judged():
    assert set(told(replace(GOOD, acc_m_s2=math.nan, gyr_rad_s=math.nan))) == {
        "samples",
        "radio",
        "clock",
        "battery",
    }


def test_samples_that_come_late_are_said():
    assert "0.5 s late" in told(sensor=replace(OPEN_LIFT, lag_s=0.5))["delay"].said


def test_a_sensor_without_a_clock_is_said_to_be_counted():
    assert "counted" in told(sensor=replace(OPEN_LIFT, has_clock=lambda _: False))["clock"].said
