"""Sensors that want to be paired, through bleak's own BlueZ backend and our agent."""

import asyncio
import subprocess
import sys

import pytest
from bleak import BleakClient, BleakScanner
from dbus_fast import Message

from tests.bluez.agents import AGENT
from tests.bluez.boards import Private, board
from tests.bluez.listening import listening, refusal
from tracker.sensing.bluetooth import agent
from tracker.sensing.marks import Connected, Disconnected
from tracker.virtual.air import Drop, LinkModel
from tracker.virtual.peripherals.open_lift_layout import INFO
from tracker.virtual.radio import Radio

pytestmark = pytest.mark.dbus

ADDRESS = "F0:00:00:00:00:01"
QUICK = LinkModel(interval_s=0.0075, advertising_s=0.02)


def private() -> Radio:
    return Radio(board(kind=Private), model=QUICK)


async def test_it_is_paired_by_our_agent_and_streams(system_bluetooth):
    bluetooth = system_bluetooth(private)
    async with listening() as listener:
        await listener.until_streaming()
        assert bluetooth.service.agents.asked() is None  # the desktop's is asked again
    assert listener.marks(Connected)[0].body.serial == "VIRTUAL-0001"
    assert bluetooth.bond(ADDRESS).holds
    assert bluetooth.device(ADDRESS)["Paired"]
    assert bluetooth.calls.count("RegisterAgent") == 1


@pytest.mark.parametrize(
    ("computer", "refusal"),
    [
        ({}, ""),
        ({"denied": ("org.bluez.AgentManager1",)}, "org.freedesktop.DBus.Error.AccessDenied"),
        ({"with_bluez": False}, "org.freedesktop.DBus.Error.ServiceUnknown"),
    ],
)
async def test_whether_our_agent_is_taken_can_be_asked(system_bluetooth, computer, refusal):
    system_bluetooth(private, **computer)
    assert await agent.agent_refusal() == refusal


async def test_an_agent_that_was_only_offered_is_taken_back(system_bluetooth):
    bluetooth = system_bluetooth(private)
    assert await agent.agent_refusal() == ""
    async with asyncio.timeout(5.0):
        while bluetooth.service.agents.asked() is not None:  # noqa: ASYNC110 - of another thread
            await asyncio.sleep(0.01)


async def test_two_of_two_athletes_are_paired_at_the_same_time(system_bluetooth):
    """Whoever says no name gets one that nobody else in this program has."""
    system_bluetooth(lambda: Radio(board(1, Private), board(2, Private), model=QUICK))
    async with listening() as one, listening() as other:
        await asyncio.gather(one.until_streaming(), other.until_streaming())
    names = {listener.marks(Connected)[0].body.name for listener in (one, other)}
    assert names == {"LIFT-V001", "LIFT-V002"}


async def test_without_our_agent_the_first_read_would_never_be_answered(system_bluetooth):
    """So does BlueZ 5.66; the bound in `Talk` is there for it."""
    system_bluetooth(private)
    device = await BleakScanner.find_device_by_name("LIFT-V001", timeout=2.0)
    async with BleakClient(device) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await client.read_gatt_char(INFO)


async def test_after_a_loss_the_pairing_holds(system_bluetooth):
    bluetooth = system_bluetooth(private)
    async with listening() as listener:
        await listener.until_streaming()
        await asyncio.to_thread(bluetooth.suffer, Drop())
        await listener.until_streaming(link=1)


async def test_a_sensor_that_has_forgotten_the_pairing_is_told_apart(system_bluetooth):
    """BlueZ encrypts with its old key and ends the link when the sensor does not have it any more."""
    bluetooth = system_bluetooth(private)
    bluetooth.bond(ADDRESS).central = True
    assert await refusal() == (
        "LIFT-V001 breaks the link as soon as it is used: it may have forgotten that it was paired; "
        "forget it in the system's Bluetooth settings, then run tracker pair"
    )
    bluetooth.forget(ADDRESS)
    async with listening() as listener:
        await listener.until_streaming()


async def test_a_sensor_that_forgets_the_pairing_in_the_middle_is_told_too(system_bluetooth):
    bluetooth = system_bluetooth(private)
    async with listening() as listener:
        await listener.until_streaming()
        bluetooth.bond(ADDRESS).peripheral = False
        await asyncio.to_thread(bluetooth.suffer, Drop())
        await listener.until(lambda: "settings, then run tracker pair" in listener.receiver.trouble)
        await asyncio.to_thread(bluetooth.forget, ADDRESS)  # as it says
        await listener.until_streaming(link=1)
    assert [mark.body.reason for mark in listener.marks(Disconnected)] == ["the link was lost", "stopped"]


async def test_a_computer_that_has_forgotten_the_pairing_pairs_again(system_bluetooth):
    bluetooth = system_bluetooth(private)
    bluetooth.bond(ADDRESS).peripheral = True
    async with listening() as listener:
        await listener.until_streaming()
    assert bluetooth.bond(ADDRESS).holds


async def test_a_sensor_that_lets_nobody_pair_is_given_up_with_what_to_do(system_bluetooth):
    bluetooth = system_bluetooth(private)
    bluetooth.bond(ADDRESS).allowed = False
    said = await refusal()
    assert said.startswith("pairing with LIFT-V001 failed")
    assert said.endswith(
        "; let no other device be connected to it, "
        "forget it in the system's Bluetooth settings, then run tracker pair"
    )


async def test_a_pairing_that_is_never_answered_is_given_up(system_bluetooth, monkeypatch):
    from tracker.sensing.bluetooth import talk

    monkeypatch.setattr(talk, "PAIR_S", 0.5)
    bluetooth = system_bluetooth(private)
    bluetooth.bond(ADDRESS).allowed = False
    bluetooth.habits.delay_s["Pair"] = 60.0
    assert (await refusal()).startswith("pairing with LIFT-V001 took longer than 0.5 s; let no other")


async def test_the_agent_says_yes_for_its_own_device_only(system_bluetooth):
    bluetooth = system_bluetooth(private)
    agents = bluetooth.service.agents

    def asked(device):
        future = asyncio.run_coroutine_threadsafe(agents.allows(agents.asked(), device), bluetooth._loop)
        return asyncio.wrap_future(future)

    async with agent.agent_for(ADDRESS.lower()):
        assert await asked("/org/bluez/hci0/dev_F0_00_00_00_00_01")
        assert not await asked("/org/bluez/hci0/dev_F0_00_00_00_00_02")
        async with agent.agent_for("F0:00:00:00:00:02"):  # the newest is asked, for all
            assert await asked("/org/bluez/hci0/dev_F0_00_00_00_00_01")
    async with asyncio.timeout(2.0):
        while agents.asked():  # noqa: ASYNC110 - BlueZ is told by the bus
            await asyncio.sleep(0.01)


async def test_the_agent_answers_whatever_it_may_be_asked(monkeypatch):
    monkeypatch.setattr(agent, "_EXPECTED", {"/dev_F0_00_00_00_00_01"})

    def said(member, *body, signature=""):
        message = Message(
            path=agent.PATH, interface=AGENT, member=member, signature=signature, body=list(body), serial=1
        )
        reply = agent._answer(message)
        return reply.error_name

    device = "/org/bluez/hci0/dev_F0_00_00_00_00_01"
    assert said("Cancel") is said("Release") is None
    assert said("RequestConfirmation", device, 123456, signature="ou") is None
    assert said("AuthorizeService", device, INFO, signature="os") is None
    assert said("RequestPinCode", device, signature="o") == "org.bluez.Error.Rejected"
    assert agent._answer(Message(path="/", interface="org.other", member="Cancel")) is None


async def test_without_bluez_the_agent_is_no_trouble(system_bluetooth):
    system_bluetooth(with_bluez=False)
    async with agent.agent_for(ADDRESS):
        pass


async def test_without_a_bus_the_agent_is_no_trouble(monkeypatch, tmp_path):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
    async with agent.agent_for(ADDRESS):
        pass


def test_nothing_of_d_bus_is_imported_before_a_connection():
    """It is there on Linux only."""
    program = "import sys, tracker.sensing.bluetooth.agent; print('dbus_fast' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
