"""What is wrong with Bluetooth is said in one line that tells what to do, by bleak's own BlueZ backend."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.bluez.boards import board
from tests.bluez.listening import listening, refusal
from tests.sensing.finding import find
from tracker.errors import BluetoothError
from tracker.sensing.bluetooth import connection
from tracker.sensing.bluetooth.stream import LinkState, Wanted
from tracker.sensing.marks import Disconnected
from tracker.virtual.air import Drop, LinkModel, OutOfRange, RefuseConnections
from tracker.virtual.radio import Radio

pytestmark = pytest.mark.dbus

EVERY = ("org.freedesktop.DBus.ObjectManager",)
METHODS = ("org.bluez.Adapter1",)
QUICK = LinkModel(interval_s=0.0075, advertising_s=0.02)


def one() -> Radio:
    return Radio(board())


class TestBeforeTheFirstStream:
    async def test_bluetooth_switched_off(self, system_bluetooth):
        system_bluetooth(lambda: Radio(board(), adapter_on=False))
        assert await refusal() == "Bluetooth is switched off; switch it on and try again"

    async def test_no_adapter(self, system_bluetooth):
        system_bluetooth(one, with_adapter=False)
        assert await refusal() == "this computer has no Bluetooth adapter; plug one in"

    async def test_no_bluetooth_service(self, system_bluetooth):
        system_bluetooth(one, with_bluez=False)
        assert await refusal() == (
            "this computer has no Bluetooth service running; start it (sudo systemctl start bluetooth)"
        )

    @pytest.mark.usefixtures("system_bluetooth")
    async def test_no_message_bus(self, monkeypatch, tmp_path):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
        assert "no Bluetooth service running; start it" in await refusal()

    async def test_the_message_bus_has_died(self, system_bluetooth):
        system_bluetooth(one).bus.kill()
        assert "no Bluetooth service running; start it" in await refusal()

    @pytest.mark.parametrize("interfaces", [EVERY, METHODS])
    async def test_permission_denied(self, system_bluetooth, interfaces):
        system_bluetooth(one, denied=interfaces)
        assert await refusal() == (
            "the system does not let you use Bluetooth; join the group bluetooth "
            "(sudo usermod -aG bluetooth $USER), then log in again"
        )

    async def test_an_adapter_that_is_busy(self, system_bluetooth):
        bluetooth = system_bluetooth(one)
        bluetooth.habits.refuse_next("StartDiscovery", "InProgress", "Operation already in progress")
        assert await refusal() == (
            "the Bluetooth adapter is busy; close other programs that use Bluetooth and try again"
        )

    async def test_no_sensor(self, system_bluetooth):
        system_bluetooth()
        assert "switched on, near, and no longer connected to a phone" in await refusal()

    async def test_a_sensor_that_a_phone_holds(self, system_bluetooth):
        bluetooth = system_bluetooth(one)
        bluetooth.do(bluetooth.radio.stations[0].connect, lambda: None)
        assert "no longer connected to a phone app" in await refusal()

    async def test_bluetooth_switched_off_during_the_search(self, system_bluetooth):
        bluetooth = system_bluetooth()
        searching = asyncio.create_task(refusal())
        await asyncio.sleep(0.2)
        await asyncio.to_thread(bluetooth.switch, False)
        assert await searching == "Bluetooth is switched off; switch it on and try again"

    async def test_a_sensor_that_never_lets_itself_be_connected(self, system_bluetooth):
        bluetooth = system_bluetooth(one)
        bluetooth.suffer(RefuseConnections(1000))
        said = await refusal()
        assert said.startswith("connecting to LIFT-V001 failed")
        assert said.endswith(
            "bring it nearer, end what else is connected to it (a phone app?), or switch it off and on"
        )

    async def test_a_subscription_that_is_never_answered_is_given_up(self, system_bluetooth):
        bluetooth = system_bluetooth(one)
        bluetooth.habits.delay_s["StartNotify"] = 60.0
        async with listening() as listener:
            await listener.until(lambda: listener.receiver.trouble)
            trouble = listener.receiver.trouble
        assert trouble == (
            "subscribing to LIFT-V001 took longer than 5 s; bring it nearer, or switch it off and on"
        )


class TestInTheMiddle:
    async def test_bluetooth_off_and_on_again(self, system_bluetooth):
        bluetooth = system_bluetooth(one)
        async with listening() as listener:
            await listener.until_streaming()
            await asyncio.to_thread(bluetooth.switch, False)
            await listener.until_lost()
            assert listener.marks(Disconnected)[0].body.reason == "the link was lost"
            await listener.until(lambda: "switched off" in listener.receiver.trouble)
            assert listener.receiver.state is LinkState.LOST
            assert listener.receiver.trouble == "Bluetooth is switched off; switch it on and try again"
            await asyncio.to_thread(bluetooth.switch, True)
            await listener.until_streaming(link=1, within_s=2.0)
            assert listener.receiver.trouble == ""

    async def test_bluetooth_off_and_on_again_while_a_lost_sensor_is_searched_for(self, system_bluetooth):
        bluetooth = system_bluetooth(one)
        async with listening() as listener:
            await listener.until_streaming()
            await asyncio.to_thread(bluetooth.suffer, Drop(away_s=2.0))
            await listener.until_lost()
            await asyncio.sleep(0.5)
            await asyncio.to_thread(bluetooth.switch, False)  # ends the scan, and nobody is told
            await asyncio.to_thread(bluetooth.switch, True)
            await listener.until_streaming(link=1)

    async def test_a_phone_that_takes_the_sensor_and_lets_it_go(self, system_bluetooth):
        bluetooth = system_bluetooth(one)
        async with listening() as listener:
            await listener.until_streaming()
            station = bluetooth.radio.stations[0]
            await asyncio.to_thread(bluetooth.do, lambda: (station.disconnect(), station.connect(bool)))
            await listener.until(lambda: "connected to a phone app?" in listener.receiver.trouble)
            await asyncio.to_thread(bluetooth.do, station.disconnect)
            await listener.until_streaming(link=1, within_s=2.0)

    async def test_the_adapter_pulled_out(self, system_bluetooth):
        bluetooth = system_bluetooth(one)
        async with listening() as listener:
            await listener.until_streaming()
            await asyncio.to_thread(bluetooth.unplug)
            await listener.until_lost()
            await listener.until(lambda: "no Bluetooth adapter; plug one in" in listener.receiver.trouble)

    async def test_the_message_bus_dies(self, system_bluetooth):
        bluetooth = system_bluetooth(one)
        async with listening() as listener:
            await listener.until_streaming()
            bluetooth.bus.kill()
            await listener.until_lost()
            await listener.until(lambda: "no Bluetooth service running" in listener.receiver.trouble)

    async def test_a_sensor_that_is_forgotten_is_found_again(self, system_bluetooth):
        bluetooth = system_bluetooth(one)
        async with listening() as listener:
            await listener.until_streaming()
            await asyncio.to_thread(bluetooth.forget, "F0:00:00:00:00:01")
            await listener.until_streaming(link=1)


WHEN_S = [0.02 * n for n in range(12)]
"""Before it is found until after it streams, over a quick link."""


class TestAnyMoment:
    """Whatever happens while it connects and starts is tried again; nothing comes out but that."""

    @pytest.mark.parametrize("at_s", WHEN_S)
    async def test_the_link_is_lost(self, system_bluetooth, at_s):
        await self.comes_through(system_bluetooth, at_s, lambda bluetooth: bluetooth.suffer(Drop(away_s=0.1)))

    @pytest.mark.parametrize("at_s", WHEN_S)
    async def test_the_sensor_is_forgotten(self, system_bluetooth, at_s):
        def forget(bluetooth):
            with suppress(KeyError):  # not heard yet
                bluetooth.forget("F0:00:00:00:00:01")

        await self.comes_through(system_bluetooth, at_s, forget)

    async def comes_through(self, system_bluetooth, at_s, act: Callable):
        bluetooth = system_bluetooth(lambda: Radio(board(), model=QUICK))
        async with listening() as listener:
            await asyncio.sleep(at_s)
            await asyncio.to_thread(act, bluetooth)
            await listener.until(lambda: listener.receiver.state is LinkState.STREAMING)
            await asyncio.sleep(0.2)
            await listener.until(lambda: listener.receiver.state is LinkState.STREAMING)


async def test_a_silence_longer_than_the_supervision_time_out_is_a_new_link(system_bluetooth):
    bluetooth = system_bluetooth(one)
    async with listening() as listener:
        await listener.until_streaming()
        await asyncio.to_thread(bluetooth.suffer, OutOfRange(away_s=1.5))
        await listener.until_streaming(link=1)
    assert [mark.body.reason for mark in listener.marks(Disconnected)] == ["the link was lost", "stopped"]


async def test_nobody_waits_for_the_two_seconds_that_letting_go_takes(system_bluetooth):
    bluetooth = system_bluetooth(one)
    bluetooth.habits.disconnect_s = 2.0
    async with listening() as listener:
        await listener.until_streaming()
        listener.receiver.stop()
        stopped_s = time.monotonic()
        await listener.until(lambda: listener.receiver.state is LinkState.STOPPED)
        assert time.monotonic() - stopped_s < 0.1
        await listener.receiver.close()
        assert 1.9 < time.monotonic() - stopped_s < 3.0
    assert not bluetooth.device("F0:00:00:00:00:01")["Connected"]


async def test_nobody_waits_for_it_while_connecting_either(system_bluetooth):
    bluetooth = system_bluetooth(one)
    bluetooth.habits.disconnect_s, bluetooth.habits.resolve_s = 2.0, 60.0
    async with listening() as listener:
        await listener.until(lambda: "Connect" in bluetooth.calls)
        await asyncio.sleep(0.3)
        listener.receiver.stop()
        stopped_s = time.monotonic()
        await listener.until(lambda: listener.receiver.state is LinkState.STOPPED)
        assert time.monotonic() - stopped_s < 0.1
    assert not bluetooth.device("F0:00:00:00:00:01")["Connected"]


async def test_a_service_that_hangs_is_given_up(system_bluetooth, monkeypatch):
    monkeypatch.setattr(connection, "CONNECT_S", 0.3)
    monkeypatch.setattr(connection, "DISCONNECT_S", 0.3)
    bluetooth = system_bluetooth(one)
    bluetooth.habits.delay_s |= {"Connect": 60.0, "Disconnect": 60.0}
    async with asyncio.timeout(15.0):
        assert "connecting to LIFT-V001 took longer than 0.3 s; bring it nearer" in await refusal()


async def test_a_program_that_stands_still_loses_nothing(system_bluetooth):
    system_bluetooth(one)
    async with listening() as listener:
        await listener.until_streaming()
        time.sleep(1.0)  # noqa: ASYNC251 - this is the point
        await asyncio.sleep(0.5)
    sequence = [int.from_bytes(packet.payload[2:4], "little") for packet in listener.packets(0)]
    assert len(sequence) > 30
    assert sequence == list(range(sequence[0], sequence[0] + len(sequence)))


async def test_a_sensor_that_the_system_still_holds_is_found(system_bluetooth):
    """Of a program that was killed: BlueZ keeps its link, and the sensor does not advertise."""
    bluetooth = system_bluetooth(one)
    async with listening() as listener:
        await listener.until_streaming()
        assert [(one.name, one.rssi) for one in await find(0.3)] == [("LIFT-V001", None)]
    assert bluetooth.calls.count("Connect") == 1


async def test_a_device_out_of_reach_is_forgotten_after_some_time(system_bluetooth):
    bluetooth = system_bluetooth(one)
    bluetooth.habits.forget_s = 0.3
    assert await find(0.3)
    bluetooth.suffer(Drop(away_s=60.0))
    await asyncio.sleep(0.5)
    with pytest.raises(KeyError):
        bluetooth.device("F0:00:00:00:00:01")


async def test_finding_without_bluetooth_says_so(system_bluetooth):
    system_bluetooth(one, with_adapter=False)
    with pytest.raises(BluetoothError, match="no Bluetooth adapter; plug one in"):
        await find(1.0)


async def test_another_sensor_than_the_wanted_one_is_left_alone(system_bluetooth):
    bluetooth = system_bluetooth(lambda: Radio(board(1), board(2)))
    async with listening(Wanted(name="LIFT-V002")) as listener:
        await listener.until_streaming()
    assert bluetooth.calls.count("Connect") == 1
