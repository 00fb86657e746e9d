"""Whole sessions with a virtual DOT over the virtual radio, and a lifter's set counted."""

import asyncio
import itertools

import numpy as np
import pytest
from bleak import BleakClient

from tests.sensing.finding import find
from tracker.motion.events import Channel
from tracker.path import Path
from tracker.sensing.bluetooth.talk import Talk
from tracker.sensing.marks import Battery, Connected, Mark
from tracker.sensing.samples import Cause, Packet, Packets
from tracker.virtual import jumping_clock
from tracker.virtual.air import Drop, LinkModel, Lose
from tracker.virtual.chip import DeviceClock, ordinary_chip
from tracker.virtual.imu import Imu, any_mounting
from tracker.virtual.lifter import perform
from tracker.virtual.movement import Pose
from tracker.virtual.peripherals.movella_dot import MovellaDot
from tracker.virtual.peripherals.movella_dot_layout import CONTROL, DEVICE_CONTROL
from tracker.virtual.radio import Radio
from tracker.virtual.script import Leg, WorkSet, sets_only

REPS = 5
PLAYED = perform(sets_only(WorkSet(Leg.LEFT, REPS), seed=4, rest_s=4.0))


class Still:
    """A dumbbell that lies on the floor."""

    def pose(self, t_s):
        return Pose(np.zeros((len(t_s), 3)), np.tile([1.0, 0.0, 0.0, 0.0], (len(t_s), 1)))


def dot(moving=None, *, clock=DeviceClock(), **options):  # noqa: B008
    imu = Imu(moving or Still(), any_mounting(4), ordinary_chip(4), clock, seed=4)
    return MovellaDot(imu, **options)


def mode_of(listener, link=0):
    return listener.marks(Connected)[link].body.info[2]


def walked(items):
    """Send what was heard down the path, in blocks as from a file."""
    path = Path()
    for is_packet, run in itertools.groupby(items, key=lambda item: isinstance(item, Packet)):
        for item in [Packets.of(list(run))] if is_packet else run:
            path.receive(item)
    path.finish()
    return path.session()


class TestSession:
    def test_it_streams_sixty_samples_a_second_and_loses_none(self, heard):
        listener = heard(20.0, dot(clock=DeviceClock(start_us=2**32 - 7_000_000)))
        said = listener.items[0].body
        assert (said.make, said.name, said.firmware) == ("movella-dot", "Movella DOT V001", "2.4.0")
        assert bytes.fromhex(said.serial) == b"VIRTUAL\1"
        assert mode_of(listener) == 26
        samples, gaps = listener.decoded()
        assert gaps == []
        assert sum(map(len, samples)) == pytest.approx(20 * 60, rel=0.03)
        t_s = np.concatenate([block.t_s for block in samples])
        assert np.diff(t_s) == pytest.approx(np.full(len(t_s) - 1, 1 / 60), abs=1e-6)
        acc = np.concatenate([block.acc_m_s2 for block in samples])
        assert np.linalg.norm(acc, axis=1).mean() == pytest.approx(9.81, abs=0.3)

    def test_it_is_found_connected_and_streaming_in_under_three_seconds(self, heard):
        listener = heard(10.0, dot())
        assert listener.packets(0)[0].t_ns < 3e9

    def test_its_battery_is_told(self, heard):
        assert [mark.body.percent for mark in heard(5.0, dot(battery_percent=41)).marks(Battery)] == [41]

    def test_it_comes_back_measuring_and_is_stopped_and_started_anew(self, heard):
        listener = heard(30.0, dot(), script=((12.0, Drop(away_s=2.0)),))
        assert [mode_of(listener, link) for link in (0, 1)] == [26, 26]
        _, gaps = listener.decoded()
        assert [gap.cause for gap in gaps] == [Cause.LINK_DOWN]
        assert 2.0 < gaps[0].duration_s < 3.0
        first, last = listener.packets(1)[0], listener.packets(1)[-1]
        assert last.t_ns - first.t_ns > 12e9

    def test_a_rate_that_somebody_changed_while_it_was_away_is_set_again(self, make_listener):
        board, found_hz = dot(rate_hz=20), []

        def change():  # as the maker's app would
            board.write(CONTROL, bytes([1, 0, 26]))
            board.write(DEVICE_CONTROL, bytes([0x10]) + bytes(23) + bytes([15, 0]) + bytes(6))
            found_hz.append(board.read(DEVICE_CONTROL)[24])

        async def main():
            listener = make_listener(Radio(board, script=((10.0, Drop(away_s=2.0)),)))
            asyncio.get_running_loop().call_later(11.0, change)
            await listener.listen(20.0)
            return listener

        listener = jumping_clock.run(main())
        rates = [mark.body.info[3 + 24] for mark in listener.marks(Connected)]
        assert (found_hz, rates) == ([15], [60, 60])

    def test_lost_packets_are_gaps(self, heard):
        _, gaps = heard(20.0, dot(), script=((8.0, Lose(0.2, for_s=2.0)),)).decoded()
        assert len(gaps) > 5
        assert {gap.cause for gap in gaps} == {Cause.LOST}

    @pytest.mark.parametrize("refuses_aloud", [True, False])
    def test_old_firmware_streams_in_the_next_mode(self, heard, refuses_aloud):
        listener = heard(10.0, dot(modes=(3, 5, 6, 21, 24), refuses_aloud=refuses_aloud))
        assert mode_of(listener) == 21
        assert {packet.stream for packet in listener.packets(0)} == {1}
        assert listener.decoded()[1] == []

    def test_the_smallest_mtu_gets_the_quaternion_alone(self, heard):
        listener = heard(20.0, dot(), model=LinkModel(mtu=23))
        assert mode_of(listener) == 5
        samples, gaps = listener.decoded()
        assert gaps == []
        assert samples[0].acc_m_s2 is None

    def test_letting_go_leaves_it_stopped(self, heard):
        board = dot()
        heard(5.0, board)
        assert not board.is_measuring

    def test_it_blinks_when_asked_to(self):
        board = dot()

        async def main():
            radio = Radio(board)
            [found] = await find(1.0, radio.scanner)
            async with BleakClient(found.device, backend=radio.client) as client:
                talk = Talk(client, jumping_clock.clock_ns, lambda *_: None)
                await talk.carry_out(found.sensor.identify())

        jumping_clock.run(main())
        assert board.blinked == 1


class TestSet:
    @pytest.mark.parametrize("modes", [(26,), (21,), (24,), (5,)])
    def test_every_rep_of_a_lifter_is_found_in_every_mode(self, heard, modes):
        listener = heard(PLAYED.duration_s + 2.0, dot(PLAYED.movement, modes=modes))
        [work] = walked(listener.items).sets
        reps = [judged.rep for judged in work.reps]
        assert len(reps) == REPS
        late_s = listener.packets(0)[0].t_ns / 1e9
        for rep, true in zip(reps, PLAYED.truth.reps, strict=True):
            assert rep.t_top_s + late_s == pytest.approx(true.t_top_s, abs=0.15)
        has_acc = modes[0] in (26, 21)
        assert {rep.carried_by for rep in reps} == {Channel.LIFT}
        assert [bool(np.isfinite(rep.travel_m)) for rep in reps] == [has_acc] * REPS

    def test_reps_outside_a_drop_out_count_and_the_set_goes_on(self, heard):
        true = PLAYED.truth.reps
        away_s = true[2].t_end_s - 0.1  # between the third rep and the fourth
        script = ((away_s, Drop(away_s=0.3)),)
        listener = heard(PLAYED.duration_s + 2.0, dot(PLAYED.movement), script=script)
        assert [mark.link for mark in listener.marks(Connected)] == [0, 1]
        session = walked(listener.items)
        [gap] = session.gaps
        [work] = session.sets
        late_s = listener.packets(0)[0].t_ns / 1e9
        outside = [
            rep
            for rep in true
            if rep.t_end_s < gap.t_start_s + late_s or rep.t_start_s > gap.t_end_s + late_s
        ]
        assert len(outside) >= 3
        assert len(outside) <= len(work.reps) <= REPS

    def test_live_and_from_a_file_are_the_same(self, heard):
        items = heard(PLAYED.duration_s + 2.0, dot(PLAYED.movement)).items
        path = Path()
        for item in items:
            path.receive(item)
        path.finish()
        assert repr(path.session()) == repr(walked(items))


def test_nothing_else_is_handed_over_than_packets_and_marks(heard):
    assert all(isinstance(item, Packet | Mark) for item in heard(3.0, dot()).items)
