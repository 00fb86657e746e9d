"""What the sets say about the sensor itself."""

import math

import pytest

from tracker.coaching.sensor import sensor_warnings
from tracker.motion.events import SetEnded


def ended(number, handle_deg=0.0, off_deg=math.nan):
    angle = math.radians(handle_deg)
    return SetEnded(60.0 * number, number, 0.0, 0.0, (math.cos(angle), math.sin(angle), 0.0), off_deg)


@pytest.mark.parametrize("turned_deg", [0.0, 8.0, 15.0, 172.0, 180.0])
def test_the_error_of_finding_the_handle_is_no_slip(turned_deg):
    assert list(sensor_warnings([ended(1), ended(2, turned_deg)])) == []


@pytest.mark.parametrize("turned_deg", [30.0, -45.0, 90.0, 150.0])
def test_a_clip_that_slipped_is_told_once(turned_deg):
    (warning,) = sensor_warnings([ended(1), ended(2), ended(3, turned_deg), ended(4, turned_deg)])
    assert "Between set 2 and 3" in warning
    assert "clip slips" in warning


def test_a_set_whose_handle_is_not_known_accuses_nobody():
    assert list(sensor_warnings([ended(1), SetEnded(60.0, 2, 0.0, 0.0), ended(3, 60.0)])) == []


def test_an_orientation_that_is_off_is_told_with_its_size():
    (warning,) = sensor_warnings([ended(1, off_deg=2.0), ended(2, off_deg=12.4), ended(3, off_deg=7.0)])
    assert "up to 12 deg in 2 of 3 sets" in warning
    assert list(sensor_warnings([ended(1, off_deg=4.0), ended(2)])) == []
