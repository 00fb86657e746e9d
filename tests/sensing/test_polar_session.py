"""Whole sessions with a virtual Polar over the virtual radio."""

import asyncio

import numpy as np
import pytest

from tracker.errors import BluetoothError, RefusedError
from tracker.path import Path
from tracker.sensing.bluetooth.stream import Wanted
from tracker.sensing.marks import Battery, Connected, Disconnected
from tracker.sensing.samples import Cause, Packets
from tracker.sensing.sensors import by_make
from tracker.sensing.sensors.polar_frames import Kind, read_info
from tracker.virtual import jumping_clock
from tracker.virtual.air import Drop, Lose
from tracker.virtual.chip import Chip, DeviceClock, ordinary_chip
from tracker.virtual.imu import Imu, any_mounting, sense
from tracker.virtual.lifter import perform
from tracker.virtual.movement import Pose
from tracker.virtual.peripherals.polar import Polar
from tracker.virtual.peripherals.polar_layout import SINCE_2000_NS
from tracker.virtual.radio import Radio
from tracker.virtual.script import Leg, Tempo, WorkSet, sets_only

BRISK = Tempo(lower_s=1.2, bottom_s=0.3, drive_s=0.9, hold_s=0.4)


class Swinging:
    """Something that swings about x by 60 deg, once in 1.5 s."""

    def pose(self, t_s):
        half = np.radians(30.0) * np.sin(2 * np.pi * t_s / 1.5)
        turned = np.column_stack([np.cos(half), np.sin(half), 0 * half, 0 * half])
        return Pose(np.zeros((len(t_s), 3)), turned)


def swinging(**board):
    clock = DeviceClock(skew_ppm=200.0, sampling_off_ppm=30_000.0)
    return Polar(Imu(Swinging(), chip=Chip(acc_noise_g=90e-6, gyr_noise_dps=5e-3), clock=clock), **board)


def all_of(listener, link):
    """What came over a link."""
    decoder = by_make("polar").decoder(listener.marks(Connected)[link].body)
    return decoder.decode(Packets.of(listener.packets(link)))


def late_s(measured, truth, after, by_s=0.001):
    """How much later than said something was measured that moves from `truth` to `after` within `by_s`."""
    moves = (after - truth) / by_s
    return float(((measured - truth) * moves).sum() / (moves * moves).sum())


def test_every_sample_is_that_of_its_time(heard):
    """Within a tenth of a millisecond of the sensor's clock, though its parts run 3 % slow."""
    sensor = swinging()
    listener = heard(30.0, sensor)
    readings = all_of(listener, 0)
    assert len(readings) == pytest.approx(28.5 * 104 / 1.03, rel=0.03)
    assert np.diff(readings.device_s) == pytest.approx(np.full(len(readings) - 1, 1.03 / 104), abs=2e-6)
    true_s = sensor.imu.clock.true_s((readings.device_s - SINCE_2000_NS / 1e9) * 1e6)
    truth = sense(Swinging(), sensor.imu.mounting, true_s)
    after = sense(Swinging(), sensor.imu.mounting, true_s + 0.001)
    assert abs(late_s(readings.gyr_rad_s, truth.gyr_rad_s, after.gyr_rad_s)) < 1e-4
    assert abs(late_s(readings.acc_m_s2, truth.acc_m_s2, after.acc_m_s2)) < 1e-4
    assert np.abs(np.degrees(readings.gyr_rad_s - truth.gyr_rad_s)).max() < 0.5
    assert np.abs(readings.acc_m_s2 - truth.acc_m_s2).max() < 0.05


def test_it_starts_at_104_hz_with_the_widest_ranges_and_is_left_as_it_was_found(heard):
    sensor = swinging()
    listener = heard(10.0, sensor)
    connected = listener.marks(Connected)[0].body
    assert (connected.serial, connected.firmware) == ("VIRTUAL001", "2.1.0-virtual")
    acc = read_info(connected.info)[Kind.ACC]
    assert (acc.rate_hz, acc.end) == (104, 16)
    assert [mark.body.percent for mark in listener.marks(Battery)] == [87]
    assert not sensor.is_streaming
    assert not sensor.is_in_sdk_mode


def test_old_firmware_streams_at_52_hz(heard):
    samples, gaps = heard(20.0, swinging(has_sdk_mode=False)).decoded()
    assert gaps == []
    assert samples[0].period_s == pytest.approx(1.03 / 52, rel=1e-4)


def test_a_disconnect_in_the_middle_finds_the_streams_running_and_starts_them_anew(heard):
    sensor = swinging()
    listener = heard(40.0, sensor, script=((20.0, Drop(away_s=2.0)),))
    first, second = listener.marks(Connected)
    assert first.body.info == second.body.info
    assert [mark.body.reason for mark in listener.marks(Disconnected)] == ["the link was lost", "stopped"]
    _, gaps = listener.decoded()
    assert [gap.cause for gap in gaps] == [Cause.LINK_DOWN]
    before, after = (all_of(listener, link).device_s for link in (0, 1))
    assert gaps[0].duration_s == pytest.approx(after[0] - before[-1], abs=1e-6)  # by the sensor's own clock
    assert 2.0 < gaps[0].duration_s < 5.0
    assert not sensor.is_streaming


def test_lost_notifications_are_gaps_and_what_is_there_stays_true(heard):
    samples, gaps = heard(60.0, swinging(), script=((5.0, Lose(0.05, 50.0)),)).decoded()
    assert gaps
    assert {gap.cause for gap in gaps} == {Cause.LOST}
    assert all(0.02 < gap.duration_s < 2.5 for gap in gaps)
    t_s = np.concatenate([block.t_s for block in samples])
    within = np.diff(t_s)[np.diff(t_s) < 0.014]
    assert within == pytest.approx(np.full(len(within), 1.03 / 104), abs=2e-4)


def test_one_that_is_not_bonded_says_why(heard):
    with pytest.raises(BluetoothError, match="it is not paired; say yes when the system asks"):
        heard(60.0, swinging(is_bonded=False))


@pytest.mark.parametrize(
    ("quirk", "make", "says"),
    [
        ({"is_in_charger": True}, "polar", "take it out of its charger"),
        ({"has_gyroscope": False}, "polar-heart-rate", "has no gyroscope"),
    ],
)
def test_a_refusal_that_stands_is_told_at_once(heard, monkeypatch, quirk, make, says):
    links = []
    monkeypatch.setattr(Polar, "disconnected", lambda board: links.append(board))
    with pytest.raises(RefusedError, match=says):
        heard(60.0, swinging(**quirk), wanted=Wanted(make=make))
    assert len(links) == 1


def test_one_that_is_put_into_its_charger_in_the_middle_is_waited_for(make_listener):
    async def main():
        sensor = swinging()
        listener = make_listener(Radio(sensor, script=((5.0, Drop(away_s=1.0)),)))
        listening = asyncio.create_task(listener.listen(60.0))
        await asyncio.sleep(5.5)
        sensor.is_in_charger = True
        await asyncio.sleep(10.0)
        trouble = listener.receiver.trouble
        sensor.is_in_charger = False
        await listening
        return listener, trouble

    listener, trouble = jumping_clock.run(main())
    assert "take it out of its charger" in trouble
    assert listener.packets(1)


def test_a_chest_strap_is_refused_when_asked_for_and_else_left_alone(heard, make_board):
    strap = swinging(has_gyroscope=False)
    with pytest.raises(BluetoothError, match="has no gyroscope"):
        heard(60.0, strap, wanted=Wanted(make="polar-heart-rate"))
    listener = heard(5.0, strap, make_board())
    assert [mark.body.make for mark in listener.marks(Connected)] == ["open-lift"]


def test_every_rep_of_two_sets_is_counted(heard):
    works = [WorkSet(Leg.LEFT, 6, BRISK), WorkSet(Leg.RIGHT, 5, BRISK)]
    played = perform(sets_only(*works, seed=5, rest_s=25.0))
    imu = Imu(played.movement, any_mounting(5), ordinary_chip(5), seed=5)

    listener, path = heard(played.duration_s + 5.0, Polar(imu)), Path()
    for item in listener.items:
        path.receive(item)
    path.finish()
    assert [len(each.reps) for each in path.session().sets] == [6, 5]
