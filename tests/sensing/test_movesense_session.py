"""Whole sessions with a virtual Movesense over the virtual radio: found, started, lost, counted."""

import numpy as np
import pytest

from tests.sensing.conftest import Still, heard
from tracker.errors import BluetoothError, RefusedError
from tracker.path import Path
from tracker.sensing.bluetooth.stream import Wanted
from tracker.sensing.marks import Battery, Connected, Disconnected
from tracker.sensing.samples import ACC_CLIPPED, Cause, Packets
from tracker.sensing.sensors import by_make
from tracker.virtual.air import Drop, LinkModel, Lose, OutOfRange
from tracker.virtual.chip import Chip, DeviceClock, ordinary_chip
from tracker.virtual.imu import Imu, any_mounting
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals.movesense import Movesense
from tracker.virtual.script import Leg, Tempo, WorkSet, sets_only

ROUGH = LinkModel(interval_s=0.03)
"""Packets come in bursts each 30 ms."""


def board(*, chip=None, clock=None, **options) -> Movesense:
    return Movesense(Imu(Still(), chip=chip or ordinary_chip(1), clock=clock or DeviceClock()), **options)


def device_s(listener, link=0) -> np.ndarray:
    """Decode all packets of a link, as one block."""
    mark = listener.marks(Connected)[link]
    return by_make("movesense").decoder(mark.body).decode(Packets.of(listener.packets(link))).device_s


def errors_ms(sensor, times_s) -> np.ndarray:
    """How far sample times are from when the sensor's own clock says that they were taken, ms."""
    period_us, start_us = sensor.imu.period_us, sensor.imu.clock.start_us
    samples = np.rint((times_s * 1e6 - start_us) / period_us)
    return times_s * 1e3 - (start_us + samples * period_us) / 1e3


class TestStream:
    def test_the_connect_mark_says_who_it_is_and_how_it_streams(self):
        said = heard(3.0, board(number=3)).items[0].body
        assert (said.make, said.name) == ("movesense", "Movesense 999900000003")
        assert said.serial == said.name.removeprefix("Movesense ")
        assert said.firmware == "virtual Movesense, virtual app 1.0.0, protocol 1"
        assert said.info[1:16] == b"\x0e/Meas/IMU6/104"

    def test_nothing_is_lost_and_it_lies_still(self):
        samples, gaps = heard(20.0, board(rate_off_percent=0.0)).decoded()
        assert gaps == []
        assert sum(map(len, samples)) == pytest.approx(20 * 104, rel=0.03)
        acc = np.concatenate([block.acc_m_s2 for block in samples])
        assert np.linalg.norm(acc, axis=1).mean() == pytest.approx(9.81, abs=0.3)
        assert samples[0].period_s == pytest.approx(1 / 104, rel=0.005)

    def test_it_streams_a_second_after_it_was_switched_on(self):
        listener = heard(5.0, board())
        assert listener.packets(0)[0].t_ns < 1e9
        assert listener.decoded()[0][0].t_s[0] == 0.0

    def test_the_battery_is_told_each_minute_between_the_packets(self):
        listener = heard(65.0, board(battery_percent=55))
        assert [mark.body.percent for mark in listener.marks(Battery)] == [55, 55]
        assert listener.decoded()[1] == []

    def test_it_is_told_to_stop(self):
        sensor = board(keeps_subscription=True)
        heard(5.0, sensor)
        assert sensor._subscription is None

    def test_clipping_is_seen_because_the_ranges_were_read(self):
        samples, _ = heard(3.0, board(chip=Chip(acc_range_g=2, acc_bias_g=(0.0, 0.0, 1.5)))).decoded()
        assert {flag for block in samples for flag in block.flags.tolist()} == {ACC_CLIPPED}

    @pytest.mark.parametrize("options", [{"silent": ("/Meas/Acc/Config",)}, {"big_endian_status": True}])
    def test_odd_firmware_streams_all_the_same(self, options):
        samples, gaps = heard(10.0, board(**options)).decoded()
        assert (sum(map(len, samples)) > 600, gaps) == (True, [])

    @pytest.mark.parametrize(
        "options", [{"silent": ("/Meas/IMU6/104",)}, {"refused": {"/Meas/IMU6/104": 503}}]
    )
    def test_52_hz_is_what_is_left(self, options):
        listener = heard(20.0, board(**options))
        assert listener.items[0].body.info[1:15] == b"\x0d/Meas/IMU6/52"
        samples, gaps = listener.decoded()
        assert (samples[0].period_s, gaps) == (pytest.approx(1 / 52 / 1.023, rel=0.005), [])


class TestTime:
    @pytest.mark.parametrize("off", [-4.0, -1.1, 0.0, 2.3, 4.0])
    def test_it_is_the_sensor_s_own_to_a_millisecond(self, off):
        """The stamps are cut to milliseconds, which takes half of one away on average."""
        sensor = board(rate_off_percent=off, clock=DeviceClock(skew_ppm=200.0, start_us=1_234_567))
        stalls = tuple((7.0 * (i + 1), OutOfRange(0.3)) for i in range(8))
        times_s = device_s(heard(60.0, sensor, model=ROUGH, script=stalls))
        errors = errors_ms(sensor, times_s) + 0.5
        assert np.abs(errors).max() < 1.0
        assert np.abs(errors[30 * 104 :]).max() < 0.4
        assert (np.diff(times_s) > 0).all()

    def test_it_goes_on_through_the_wrap_of_the_stamps(self):
        sensor = board(clock=DeviceClock(start_us=(2**32 - 10_000) * 1000))
        listener = heard(20.0, sensor)
        assert listener.decoded()[1] == []
        assert np.abs(errors_ms(sensor, device_s(listener)) + 0.5).max() < 1.0

    def test_loss_leaves_it_right_and_drops_whole_packets_only(self):
        sensor = board()
        listener = heard(60.0, sensor, script=((1.0, Lose(0.02, for_s=60.0)),))
        assert np.abs(errors_ms(sensor, device_s(listener)) + 0.5).max() < 1.0
        samples, gaps = listener.decoded()
        assert {gap.cause for gap in gaps} == {Cause.LOST}
        lost_s = np.array([gap.duration_s for gap in gaps]) - samples[0].period_s
        packets = lost_s / (8 * samples[0].period_s)
        assert packets == pytest.approx(np.rint(packets), abs=0.1)
        assert len(gaps) == pytest.approx(0.04 * 60 * 13, rel=0.5)


class TestLoss:
    @pytest.mark.parametrize("keeps", [False, True])
    def test_a_drop_makes_a_new_link_that_is_started_like_the_first(self, keeps):
        sensor = board(keeps_subscription=keeps)
        listener = heard(30.0, sensor, script=((15.0, Drop(away_s=3.0)),))
        first, second = listener.marks(Connected)
        assert (first.link, second.link) == (0, 1)
        assert first.body.info[:-20] == second.body.info[:-20]
        samples, gaps = listener.decoded()
        assert gaps[0].cause is Cause.LINK_DOWN
        assert 3.0 < gaps[0].duration_s < 5.0
        assert sum(gap.duration_s for gap in gaps[1:]) < 0.5  # what was left running is ended first
        away_s = device_s(listener, 1)[0] - device_s(listener, 0)[-1]
        assert gaps[0].duration_s == pytest.approx(away_s, abs=0.05)
        assert samples[-1].t_s[-1] > 29.0

    def test_the_sensor_is_waited_for_and_no_other_is_taken(self):
        listener = heard(
            30.0,
            board(number=1),
            board(number=2),
            wanted=Wanted(serial="999900000002"),
            script=((10.0, Drop(away_s=2.0)),),
        )
        assert {mark.body.name for mark in listener.marks(Connected)} == {"Movesense 999900000002"}

    def test_one_without_slots_is_restarted_once_and_then_streams(self):
        sensor = board()
        sensor._slots_left = 0
        listener = heard(20.0, sensor)
        assert sensor.restarts == 1
        assert 4.0 < listener.packets(0)[0].t_ns / 1e9 < 8.0
        assert [mark.body.reason for mark in listener.marks(Disconnected)] == ["stopped"]

    def test_slots_that_run_out_within_a_session_do_not_end_the_stream(self):
        sensor = board(silent=("/System/Energy/Level",), slots=1)
        listener = heard(70.0, sensor)
        assert listener.decoded()[1] == []
        assert listener.marks(Battery) == []
        assert sensor.restarts == 1  # at the end, when the stream could not be ended otherwise

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"slots": 0}, "was restarted; it comes back within seconds"),
            ({"refused": {"/Meas/IMU6/104": 507, "/Meas/IMU6/52": 507}}, "no memory left for a stream"),
            ({"silent": ("/Meas/IMU6/104", "/Meas/IMU6/52")}, "sends nothing; take its battery out"),
        ],
    )
    def test_one_that_never_starts_is_given_up_with_the_reason(self, options, says):
        with pytest.raises(BluetoothError, match=says):
            heard(90.0, board(**options))

    def test_firmware_without_the_service_is_named(self):
        class Old(Movesense):
            services = ()

        with pytest.raises(RefusedError, match="lacks a service that is needed; update its firmware"):
            heard(60.0, Old(Imu(Still())))


class TestReps:
    @pytest.mark.parametrize(
        ("script", "options"),
        [
            ((), {}),
            (((1.0, Lose(0.01, for_s=100.0)),), {"rate_off_percent": -3.0}),
            ((), {"refused": {"/Meas/IMU6/104": 404}}),
        ],
        ids=["104 Hz", "1 % loss, slow chip", "52 Hz"],
    )
    def test_every_rep_of_a_lifter_is_counted(self, script, options):
        brisk = Tempo(lower_s=1.2, bottom_s=0.3, drive_s=0.9, hold_s=0.4)
        played = perform(
            sets_only(WorkSet(Leg.LEFT, 6, brisk), WorkSet(Leg.RIGHT, 5, brisk), seed=5, rest_s=11.0)
        )
        imu = Imu(played.movement, any_mounting(5), ordinary_chip(5), seed=5)
        listener = heard(played.duration_s, Movesense(imu, **options), script=script)
        way = Path()
        for item in listener.items:
            way.receive(item)
        way.finish()
        assert [len(work.reps) for work in way.session().sets] == [6, 5]

    def test_live_and_read_back_are_the_same(self):
        played = perform(sets_only(WorkSet(Leg.LEFT, 3), seed=6, rest_s=4.0))
        listener = heard(played.duration_s, Movesense(Imu(played.movement, chip=ordinary_chip(6), seed=6)))
        live, read = Path(), Path()
        for item in listener.items:
            live.receive(item)
        read.receive(listener.items[0])
        read.receive(Packets.of(listener.packets(0)))
        for path in (live, read):
            path.finish()
        assert [len(work.reps) for work in live.session().sets] == [3]
        assert repr(live.session()) == repr(read.session())
