"""What a few seconds of a stream say about sensor and link."""

import math

import numpy as np
import pytest

from tracker.errors import InputError
from tracker.sensing.marks import Connected, Mark
from tracker.sensing.samples import Packet
from tracker.sensing.sensors.sample_blocks import MAKE, encode_rows
from tracker.sensing.stream_check import check_stream
from tracker.virtual.air import Drop, Lose
from tracker.virtual.chip import Chip, DeviceClock
from tracker.virtual.imu import Imu
from tracker.virtual.movement import Pose
from tracker.virtual.peripherals.open_lift import OpenLift


class Moved:
    """A dumbbell that swings, or lies where `size_m` is 0."""

    def __init__(self, size_m=0.0):
        self._size_m = size_m

    def pose(self, t_s):
        way = np.column_stack([self._size_m * np.sin(9.0 * t_s), 0.0 * t_s, 0.0 * t_s])
        return Pose(way, np.tile([1.0, 0.0, 0.0, 0.0], (len(t_s), 1)))


def imu(chip=None, moved=None, **settings):
    return Imu(moved or Moved(), chip=chip or Chip(), **settings)


def test_a_sensor_at_rest_on_a_good_link(heard):
    check = check_stream(heard(4.0, OpenLift(imu())).items)
    assert check.rate_hz == pytest.approx(100.0, rel=0.03)
    assert check.stated_hz == 100.0
    assert check.lost_share == 0.0
    assert check.acc_m_s2 == pytest.approx(9.807, abs=0.01)
    assert check.gyr_rad_s == 0.0
    assert check.is_resting


def test_errors_of_the_chip_are_what_it_reads_at_rest(heard):
    chip = Chip(acc_bias_g=(0.0, 0.0, 0.06), gyr_bias_dps=(3.0, 0.0, 4.0))
    check = check_stream(heard(4.0, OpenLift(imu(chip))).items)
    assert check.acc_m_s2 == pytest.approx(9.807 * 1.06, abs=0.01)
    assert math.degrees(check.gyr_rad_s) == pytest.approx(5.0, abs=0.1)


def test_one_that_is_moved_is_not_at_rest(heard):
    assert not check_stream(heard(4.0, OpenLift(imu(moved=Moved(0.05)))).items).is_resting


def test_what_is_lost_is_measured_and_does_not_slow_the_rate(heard):
    check = check_stream(heard(6.0, OpenLift(imu()), script=((1.0, Lose(0.3, 9.0)),)).items)
    assert check.lost_share == pytest.approx(0.3, abs=0.12)
    assert check.rate_hz == pytest.approx(100.0, rel=0.05)


def test_a_clock_that_runs_wrong_shows_against_the_hosts(heard):
    slow = imu(clock=DeviceClock(skew_ppm=-200_000.0))
    check = check_stream(heard(6.0, OpenLift(slow)).items)
    assert check.stated_hz == pytest.approx(100.0, rel=0.01)
    assert check.rate_hz == pytest.approx(80.0, rel=0.03)


def test_what_came_before_it_was_set_up_is_not_measured(heard):
    items = heard(6.0, OpenLift(imu()), script=((0.0, Lose(0.6, 3.0)),)).items
    assert check_stream(items).lost_share > 0.1
    later = check_stream(items, since_ns=3_200_000_000)
    assert later.lost_share == 0.0
    assert later.rate_hz == pytest.approx(100.0, rel=0.03)
    assert later.span_s == pytest.approx(2.7, abs=0.3)


def test_of_two_links_the_later_one_counts(heard):
    check = check_stream(heard(6.0, OpenLift(imu()), script=((2.0, Drop(away_s=0.5)),)).items)
    assert check.lost_share == 0.0
    assert 200 < check.samples < 350


def test_without_samples_nothing_is_said():
    assert check_stream(()).samples == 0
    connected = Mark(0, 0, Connected("open-lift", info=bytes(30)))
    assert check_stream([Packet(0, 0, 0, b"")]).samples == 0
    with pytest.raises(InputError, match="update tracker"):
        check_stream([connected, Packet(1, 0, 0, b""), Packet(2, 0, 0, b"")])


def test_a_sensor_that_sends_quaternions_only_has_no_rest_to_check():
    t_s = np.arange(300) / 100
    info, rows = encode_rows(t_s, None, None, np.tile([1.0, 0.0, 0.0, 0.0], (300, 1)))
    packets = [Packet(round(1e7 * row), 0, 0, rows[row : row + 10].tobytes()) for row in range(0, 300, 10)]
    check = check_stream([Mark(0, 0, Connected(MAKE, info=info)), *packets])
    assert math.isnan(check.acc_m_s2)
    assert math.isnan(check.gyr_rad_s)
    assert check.rate_hz == pytest.approx(100.0, rel=0.05)
