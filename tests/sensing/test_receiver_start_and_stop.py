"""The first time, the choice of a sensor, and the end."""

import asyncio

import pytest

from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.stream import LinkState, Receiver, Wanted
from tracker.sensing.marks import Connected, Disconnected
from tracker.virtual import jumping_clock
from tracker.virtual.air import RefuseConnections
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.radio import Radio


class TestFirstTime:
    def test_states_on_the_way(self, make_board, make_listener):
        async def main():
            listener = make_listener(Radio(make_board()))
            seen = [listener.receiver.state]
            listening = asyncio.create_task(listener.listen(2.0))
            while not listening.done():
                await asyncio.sleep(0.005)
                if listener.receiver.state is not seen[-1]:
                    seen.append(listener.receiver.state)
            await listening
            return seen

        assert jumping_clock.run(main()) == [
            LinkState.SEARCHING,
            LinkState.CONNECTING,
            LinkState.STREAMING,
            LinkState.STOPPED,
        ]

    def test_failed_connections_are_tried_again(self, heard):
        listener = heard(20.0, script=((0.0, RefuseConnections(3)),))
        assert isinstance(listener.items[0].body, Connected)
        assert listener.packets(0)

    def test_a_sensor_that_never_connects_is_given_up_with_the_reason(self, heard):
        with pytest.raises(BluetoothError, match=r"connecting to LIFT-V001 failed .*; bring it nearer"):
            heard(60.0, script=((0.0, RefuseConnections(1000)),))

    def test_a_sensor_that_does_not_answer_is_given_up_with_the_reason(self, heard, make_board):
        class Mute(OpenLift):
            def write(self, _uuid, data):
                pass

        with pytest.raises(BluetoothError, match="does not answer; switch it off and on"):
            heard(60.0, make_board(kind=Mute))

    def test_no_adapter_is_said_at_once(self, heard):
        with pytest.raises(BluetoothError, match="Bluetooth is switched off; switch it on"):
            heard(1.0, adapter_on=False)

    def test_nothing_found_says_what_to_look_at(self, make_listener):
        async def main():
            listener = make_listener(Radio())
            with pytest.raises(BluetoothError, match="switched on, near, and no longer connected to a phone"):
                await listener.receiver.run()
            return asyncio.get_running_loop().time(), listener.items, listener.receiver.state

        ended_s, items, state = jumping_clock.run(main())
        assert ended_s == pytest.approx(20.0, abs=0.1)
        assert (items, state) == ([], LinkState.STOPPED)

    def test_a_message_names_the_sensor_that_is_missing(self, heard):
        with pytest.raises(BluetoothError, match="no LIFT-0042 found"):
            heard(60.0, wanted=Wanted(name="LIFT-0042"))

    def test_the_wanted_one_is_found_among_many_others(self, heard, make_board):
        boards = [make_board(number) for number in range(1, 9)]
        listener = heard(60.0, *boards, wanted=Wanted(serial="VIRTUAL-0008"))
        assert [mark.body.name for mark in listener.marks(Connected)] == ["LIFT-V008"]


class TestStop:
    @pytest.mark.parametrize("after_s", [0.0, 0.05, 0.11, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 5.0])
    def test_at_any_moment_ends_at_once_and_whole(self, make_board, make_listener, after_s):
        async def main():
            listener = make_listener(Radio(make_board()))
            running = asyncio.create_task(listener.receiver.run())
            await asyncio.sleep(after_s)
            listener.receiver.stop()
            stopped_s = asyncio.get_running_loop().time()
            await running
            waited_s = asyncio.get_running_loop().time() - stopped_s
            await listener.receiver.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            return listener, waited_s, others

        listener, waited_s, others = jumping_clock.run(main())
        assert waited_s == 0.0
        assert others == set()
        assert len(listener.marks(Connected)) == len(listener.marks(Disconnected))

    @pytest.mark.parametrize("after_s", [2.5, 3.5])
    def test_while_a_sensor_that_did_not_start_is_let_go_of(self, make_board, make_listener, after_s):
        class Slow(OpenLift):
            def write(self, _uuid, data):
                pass

        async def main():
            radio = Radio(make_board(kind=Slow))

            class Tenacious(radio.client):
                async def disconnect(self):
                    await asyncio.sleep(2.0)  # as BlueZ
                    await super().disconnect()

            radio.client = Tenacious
            listener = make_listener(radio)
            running = asyncio.create_task(listener.receiver.run())
            await asyncio.sleep(after_s)
            assert not radio.stations[0].connectable
            listener.receiver.stop()
            stopped_s = asyncio.get_running_loop().time()
            await running
            waited_s = asyncio.get_running_loop().time() - stopped_s
            await listener.receiver.close()
            return radio.stations[0].connectable, waited_s

        assert jumping_clock.run(main()) == (True, 0.0)

    def test_before_the_start_is_a_stop_too(self, make_board, make_listener):
        async def main():
            listener = make_listener(Radio(make_board()))
            listener.receiver.stop()
            await listener.receiver.run()
            return listener.items

        assert jumping_clock.run(main()) == []

    def test_being_cancelled_hands_over_the_rest_and_stays_cancelled(self, make_board, make_listener):
        async def main():
            listener = make_listener(Radio(make_board()))
            running = asyncio.create_task(listener.receiver.run())
            await asyncio.sleep(5.0)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            return listener

        assert jumping_clock.run(main()).items[-1].body == Disconnected("stopped")

    def test_the_user_does_not_wait_for_a_slow_disconnect(self, make_board):
        async def main():
            radio = Radio(make_board())
            let_go = []

            class Slow(radio.client):
                async def disconnect(self):
                    await asyncio.sleep(2.1)
                    await super().disconnect()
                    let_go.append(True)

            receiver = Receiver(
                Wanted(),
                [].append,
                scanner_backend=radio.scanner,
                client_backend=Slow,
                clock_ns=jumping_clock.clock_ns,
            )
            running = asyncio.create_task(receiver.run())
            await asyncio.sleep(5.0)
            receiver.stop()
            await running
            ended_s, at_end = asyncio.get_running_loop().time(), list(let_go)
            await receiver.close()
            return ended_s, at_end, let_go

        assert jumping_clock.run(main()) == (5.0, [], [True])


class TestWanted:
    BOARDS = (1, 2, 3)

    @pytest.mark.parametrize(
        "wanted",
        [
            Wanted(name="LIFT-V002"),
            Wanted(address="f0:00:00:00:00:02"),
            Wanted(serial="VIRTUAL-0002"),
            Wanted(
                make="open-lift", name="LIFT-V002", address="seen by another computer", serial="VIRTUAL-0002"
            ),
        ],
    )
    def test_the_wanted_one_of_three_is_taken(self, heard, make_board, wanted):
        listener = heard(20.0, *map(make_board, self.BOARDS), wanted=wanted)
        assert [mark.body.name for mark in listener.marks(Connected)] == ["LIFT-V002"]

    def test_another_make_is_not_taken(self, heard):
        with pytest.raises(BluetoothError, match="no sensor found"):
            heard(60.0, wanted=Wanted(make="acme"))

    def test_a_stranger_by_serial_number_is_let_go(self, heard, make_board):
        with pytest.raises(BluetoothError, match="no VIRTUAL-0009 found"):
            heard(120.0, *map(make_board, self.BOARDS), wanted=Wanted(serial="VIRTUAL-0009"))
