"""What a receiver hands over, through every loss of the link."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from tracker.sensing.bluetooth.stream import LinkState, Receiver, Wanted
from tracker.sensing.marks import Battery, Connected, Disconnected
from tracker.sensing.samples import Cause, Packet
from tracker.virtual import jumping_clock
from tracker.virtual.air import Drop, LinkModel, OutOfRange
from tracker.virtual.radio import Radio


class TestStream:
    def test_all_is_handed_over_in_order_from_the_connect_mark_on(self, heard):
        listener = heard(30.0)
        first, last = listener.items[0], listener.items[-1]
        said = first.body
        assert (said.make, said.name, said.address) == ("open-lift", "LIFT-V001", "F0:00:00:00:00:01")
        assert (said.serial, said.firmware) == ("VIRTUAL-0001", "1.0.0-virtual")
        assert last.body == Disconnected("stopped")
        t_ns = [item.t_ns for item in listener.items]
        assert t_ns == sorted(t_ns)
        assert len(listener.packets(0)) == pytest.approx(30 * 20, rel=0.02)

    def test_nothing_is_lost_and_the_samples_are_those_of_a_board_at_rest(self, heard):
        samples, gaps = heard(20.0).decoded()
        assert gaps == []
        assert sum(map(len, samples)) == pytest.approx(2000, rel=0.02)
        acc = np.concatenate([block.acc_m_s2 for block in samples])
        assert np.linalg.norm(acc, axis=1).mean() == pytest.approx(9.81, abs=0.3)

    def test_the_battery_is_told_at_once_and_each_minute(self, heard):
        marks = heard(125.0).marks(Battery)
        assert [mark.body.percent for mark in marks] == [87, 87, 87]
        assert np.diff([mark.t_ns for mark in marks]) / 1e9 == pytest.approx([60, 60], abs=0.1)

    def test_info_that_starting_changes_is_the_new_one_and_nothing_comes_before_it(self, heard, make_board):
        listener = heard(5.0, make_board(rate_hz=200))
        assert isinstance(listener.items[0].body, Connected)
        samples, gaps = listener.decoded()
        assert gaps == []
        assert samples[0].period_s == pytest.approx(0.01, rel=0.01)

    def test_a_changed_range_is_read_again_on_the_same_link(self, make_board, make_listener):
        changing = make_board()

        def change():
            changing._reconfigure(replace(changing.imu, chip=replace(changing.imu.chip, acc_range_g=4)))

        async def main():
            listener = make_listener(Radio(changing))
            asyncio.get_running_loop().call_later(5.0, change)
            await listener.listen(10.0)
            return listener

        listener = jumping_clock.run(main())
        first, second = listener.marks(Connected)
        assert (first.link, second.link) == (0, 0)
        assert first.body.info != second.body.info
        samples, gaps = listener.decoded()
        assert [gap.cause for gap in gaps] == [Cause.UNDECODABLE]
        assert gaps[0].duration_s < 0.3
        acc = np.concatenate([block.acc_m_s2 for block in samples])
        assert np.linalg.norm(acc, axis=1) == pytest.approx(9.81, abs=1.0)

    def test_an_error_of_the_sink_comes_out_of_run(self, make_board):
        async def main():
            radio = Radio(make_board())
            receiver = Receiver(
                Wanted(),
                full_disk,
                scanner_backend=radio.scanner,
                client_backend=radio.client,
                clock_ns=jumping_clock.clock_ns,
            )
            await receiver.run()

        def full_disk(item):
            if isinstance(item, Packet):
                raise OSError("disk full")

        with pytest.raises(OSError, match="disk full"):
            jumping_clock.run(main())


class TestLoss:
    def test_a_drop_makes_a_new_link_where_the_device_s_clock_says(self, heard):
        listener = heard(30.0, script=((20.0, Drop(away_s=3.0)),))
        assert [mark.link for mark in listener.marks(Connected)] == [0, 1]
        assert [mark.body.reason for mark in listener.marks(Disconnected)] == ["the link was lost", "stopped"]
        _, gaps = listener.decoded()
        assert [gap.cause for gap in gaps] == [Cause.LINK_DOWN]
        before, after = listener.packets(0)[-1], listener.packets(1)[0]
        device_us = [int.from_bytes(packet.payload[4:8], "little") for packet in (before, after)]
        assert gaps[0].duration_s == pytest.approx((device_us[1] - device_us[0]) / 1e6 - 0.04, abs=0.05)
        assert gaps[0].duration_s < 4.0

    def test_a_loss_is_shown_at_once_with_its_reason(self, make_board, make_listener):
        async def main():
            listener = make_listener(Radio(make_board(), script=((5.0, Drop(away_s=60.0)),)))
            listening = asyncio.create_task(listener.listen(10.0))
            await asyncio.sleep(5.01)
            shown = listener.receiver.state, listener.receiver.trouble
            await listening
            return shown

        assert jumping_clock.run(main()) == (LinkState.LOST, "the link was lost")

    def test_out_of_range_and_back(self, heard):
        listener = heard(35.0, script=((5.0, OutOfRange(away_s=15.0)),))
        assert [mark.link for mark in listener.marks(Connected)] == [0, 1]
        assert 15.0 < listener.decoded()[1][0].duration_s < 21.5
        assert listener.packets(1)

    def test_a_moment_out_of_range_keeps_the_link(self, heard):
        listener = heard(20.0, script=((10.0, OutOfRange(away_s=0.3)),))
        assert len(listener.marks(Connected)) == 1
        assert listener.decoded()[1] == []

    def test_a_link_that_is_silent_but_never_breaks_is_given_up(self, heard):
        listener = heard(40.0, model=LinkModel(supervision_s=1e6), script=((5.0, OutOfRange(away_s=20.0)),))
        assert listener.marks(Disconnected)[0].body.reason == "the sensor fell silent"
        assert listener.packets(1)

    def test_a_frozen_program_does_not_give_the_sensor_up(self, make_board, make_listener):
        async def main():
            listener = make_listener(Radio(make_board()))
            loop = asyncio.get_running_loop()
            loop.call_later(10.0, loop.jump, 8.0)
            await listener.listen(25.0)
            return listener

        assert len(jumping_clock.run(main()).marks(Connected)) == 1

    def test_ten_drops_in_two_minutes(self, heard):
        listener = heard(120.0, script=tuple((11.0 * (i + 1), Drop(away_s=1.0)) for i in range(10)))
        assert [mark.link for mark in listener.marks(Connected)] == list(range(11))
        _, gaps = listener.decoded()
        assert [gap.cause for gap in gaps] == [Cause.LINK_DOWN] * 10
        assert max(gap.duration_s for gap in gaps) < 2.5

    def test_bluetooth_switched_off_and_on_again_is_waited_for(self, make_board, make_listener):
        async def main():
            radio = Radio(make_board(), script=((10.0, Drop()),))
            listener = make_listener(radio)
            loop = asyncio.get_running_loop()
            loop.call_later(9.9, setattr, radio, "adapter_on", False)
            loop.call_later(30.0, setattr, radio, "adapter_on", True)
            listening = asyncio.create_task(listener.listen(60.0))
            await asyncio.sleep(25.0)
            during = listener.receiver.state, listener.receiver.trouble
            await listening
            return listener, during

        listener, (state, trouble) = jumping_clock.run(main())
        assert state is LinkState.LOST
        assert trouble == "Bluetooth is switched off; switch it on and try again"
        assert listener.packets(1)

    def test_the_same_sensor_is_waited_for_and_no_other_is_taken(self, make_board, make_listener):
        first, second = make_board(1), make_board(2)

        async def main():
            radio = Radio(first, second)
            listener = make_listener(radio)
            asyncio.get_running_loop().call_later(10.0, radio.stations[0].suffer, Drop(away_s=30.0))
            await listener.listen(60.0)
            return listener

        names = [mark.body.name for mark in jumping_clock.run(main()).marks(Connected)]
        assert names == ["LIFT-V001", "LIFT-V001"]
