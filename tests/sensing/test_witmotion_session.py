"""Whole sessions with virtual WitMotion sensors over the virtual radio."""

from functools import cache

import numpy as np
import pytest

from tests.sensing.conftest import board, heard
from tracker.path import Path
from tracker.sensing.marks import Battery, Connected
from tracker.sensing.samples import Cause
from tracker.sensing.sensors.witmotion_packets import read_info
from tracker.virtual.air import Drop, LinkModel, Lose
from tracker.virtual.chip import DeviceClock, ordinary_chip
from tracker.virtual.imu import Imu, any_mounting
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals.witmotion import WitMotion
from tracker.virtual.script import Leg, Tempo, WorkSet, sets_only

KINDS = {
    "that sends its time": {},
    "with older firmware": {"chooses_output": False},
    "of 28 bytes": {"sends_time": True},
}
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)

BRISK = Tempo(lower_s=1.4, bottom_s=0.4, drive_s=1.0, hold_s=0.4)
BURSTS = LinkModel(interval_s=0.03)


class SwitchedOff(WitMotion):
    """Loses its settings with every link, as if it had been switched off and on."""

    def disconnected(self):
        super().disconnected()
        self.forget()


@cache
def performance():
    return perform(sets_only(WorkSet(Leg.LEFT, 4, BRISK), WorkSet(Leg.RIGHT, 4, BRISK), seed=4, rest_s=11.0))


def lifting(**kind) -> WitMotion:
    return WitMotion(Imu(performance().movement, any_mounting(4), ordinary_chip(4), seed=4), **kind)


def counted(listener):
    path = Path()
    for item in listener.items:
        path.receive(item)
    path.finish()
    return path.session()


@each_kind
def test_streams_100_hz_within_three_seconds_and_tells_its_battery(kind):
    listener = heard(20.0, WitMotion(Imu(board().imu.moving), **kind))
    (connected,) = listener.marks(Connected)
    assert connected.body.make == "witmotion"
    assert [mark.body.percent for mark in listener.marks(Battery)] == [75]
    assert listener.marks(Battery)[0].t_ns < 3e9
    samples, gaps = listener.decoded()
    assert gaps == []
    assert samples[0].period_s == pytest.approx(0.01, rel=0.01)
    assert sum(map(len, samples)) == pytest.approx(1850, abs=100)
    acc = np.concatenate([block.acc_m_s2 for block in samples])
    assert np.linalg.norm(acc, axis=1) == pytest.approx(9.81, abs=0.1)


@each_kind
def test_settings_are_made_again_on_a_new_link_and_the_gap_is_told(kind):
    sensor = SwitchedOff(Imu(board().imu.moving), **kind)
    listener = heard(30.0, sensor, script=((12.0, Drop(1.0)),))
    first, second = (read_info(mark.body.info) for mark in listener.marks(Connected))
    assert (first.rate_code, first.algorithm, first.mask) == (second.rate_code, second.algorithm, second.mask)
    assert second.rate_hz == 100.0
    samples, gaps = listener.decoded()
    assert [gap.cause for gap in gaps] == [Cause.LINK_DOWN]
    assert gaps[0].duration_s < 4.0
    t_s = np.concatenate([block.t_s for block in samples])
    assert (np.diff(t_s) > 0).all()
    assert {block.link for block in samples} == {0, 1}


def test_back_within_two_seconds_of_being_in_reach():
    listener = heard(30.0, SwitchedOff(Imu(board().imu.moving)), script=((12.0, Drop(3.0)),))
    assert listener.packets(1)[0].t_ns < 17e9


def test_firmware_that_answers_nothing_is_used_at_its_ten_a_second():
    listener = heard(20.0, WitMotion(Imu(board().imu.moving), answers=False))
    samples, gaps = listener.decoded()
    assert gaps == []
    assert samples[0].period_s == pytest.approx(0.1, rel=0.01)
    assert listener.marks(Battery) == []


@each_kind
def test_nothing_but_settings_that_can_be_undone_is_written(kind):
    sensor = WitMotion(Imu(board().imu.moving), **kind)
    heard(5.0, sensor)
    assert sensor.saved == 0
    assert sensor.registers[0x0E] == (0xE4 if kind == {} else 0)


@pytest.mark.parametrize(("slow_ppm", "kind"), [(0.0, {}), (30_000.0, {"chooses_output": False})])
def test_every_rep_is_counted_at_whatever_pace_the_part_runs(slow_ppm, kind):
    clock = DeviceClock(sampling_off_ppm=slow_ppm)
    imu = Imu(performance().movement, any_mounting(4), ordinary_chip(4), clock, seed=4)
    session = counted(heard(performance().duration_s + 1.0, WitMotion(imu, **kind), model=BURSTS))
    assert [len(work.reps) for work in session.sets] == [4, 4]
    assert session.gaps == ()


@each_kind
def test_reps_outside_a_disconnect_and_through_lost_packets_are_counted(kind):
    first, second = performance().truth.sets
    between_s = (first.t_end_s + second.t_start_s) / 2
    script = ((0.0, Lose(0.01, 1000.0)), (between_s, Drop(0.5)))
    session = counted(heard(performance().duration_s + 1.0, lifting(**kind), script=script))
    assert [len(work.reps) for work in session.sets] == [4, 4]
    assert Cause.LINK_DOWN in {gap.cause for gap in session.gaps}


@each_kind
def test_a_set_goes_on_across_a_disconnect(kind):
    first = performance().truth.sets[0]
    script = ((first.t_start_s + 5.0, Drop(0.3)),)
    session = counted(heard(performance().duration_s + 1.0, lifting(**kind), model=BURSTS, script=script))
    assert len(session.sets) == 2
    assert len(session.sets[0].reps) >= 3  # one may be lost with the link
    assert len(session.sets[1].reps) == 4
