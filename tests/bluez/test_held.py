"""A sensor that another program on this computer is connected to is left to it."""

import asyncio
import io

import pytest

from tests.bluez.boards import board
from tests.bluez.listening import listening
from tests.sensing.finding import find
from tracker.app.doctor import doctor
from tracker.app.pairing import pair
from tracker.app.terminal import Terminal
from tracker.archive.settings import load_sensors
from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.marks import Connected
from tracker.virtual.radio import Radio

pytestmark = pytest.mark.dbus

FIRST, SECOND = "F0:00:00:00:00:01", "F0:00:00:00:00:02"


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path))


@pytest.fixture
def computer(system_bluetooth):
    """A computer with boards in reach, the first of them held."""

    def make(*numbers):
        bluetooth = system_bluetooth(lambda: Radio(*map(board, numbers)))
        bluetooth.hold(FIRST)
        return bluetooth

    return make


def is_held(bluetooth):
    return bluetooth.do(lambda: not bluetooth.radio.station(FIRST).connectable)


def paired(monkeypatch, *answers, which=None):
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
    out = io.StringIO()
    with asyncio.Runner() as runner:
        pair(Terminal(out, out), None, runner, which=which)
    return out.getvalue()


async def test_it_is_found_once_and_as_held(computer):
    computer(1, 2)
    assert {one.address: one.is_held for one in await find(0.5)} == {FIRST: True, SECOND: False}


def test_the_doctor_does_not_try_it(computer, tmp_path):
    bluetooth = computer(1)
    out = io.StringIO()
    with asyncio.Runner() as runner:
        doctor(Terminal(out, io.StringIO()), runner, root=tmp_path)
    assert (
        " look  LIFT-V001: another program on this computer is connected to it, so it was not tried\n"
        in out.getvalue()
    )
    assert is_held(bluetooth)


async def test_who_names_none_gets_another(computer):
    bluetooth = computer(1, 2)
    async with listening() as listener:
        await listener.until_streaming()
    assert [mark.body.name for mark in listener.marks(Connected)] == ["LIFT-V002"]
    assert is_held(bluetooth)


async def test_who_names_none_gets_it_when_no_other_comes(computer):
    computer(1)
    streams = asyncio.Event()
    receiver = Receiver(Wanted(), lambda _: streams.set(), first_timeout_s=0.5)
    running = asyncio.create_task(receiver.run())
    await asyncio.sleep(0.3)
    assert not streams.is_set()
    await asyncio.wait_for(streams.wait(), 5.0)
    receiver.stop()
    await running
    await receiver.close()


async def test_who_names_it_gets_it_at_once(computer):
    """A tracker that crashed may have left the link."""
    computer(1, 2)
    async with listening(Wanted(name="LIFT-V001")) as listener:
        await listener.until_streaming(within_s=3.0)


def test_pairing_does_not_take_the_only_one_unasked(computer, monkeypatch):
    bluetooth = computer(1)
    with pytest.raises(BluetoothError, match=r"connected to it; .* take it over with --sensor LIFT-V001"):
        paired(monkeypatch)
    assert is_held(bluetooth)


@pytest.mark.slow
def test_pairing_takes_it_when_it_is_named(computer, monkeypatch):
    computer(1)
    assert "remembered" in paired(monkeypatch, which="LIFT-V001")


@pytest.mark.slow
def test_it_is_not_made_to_blink_and_the_other_is_paired(computer, monkeypatch):
    bluetooth = computer(1, 2)
    said = paired(monkeypatch, "b1", "2")
    assert "LIFT-V001 does not blink: another program" in said
    assert [known.name for known in load_sensors()] == ["LIFT-V002"]
    assert is_held(bluetooth)


@pytest.mark.slow
def test_it_is_left_out_of_the_shaking(computer, monkeypatch):
    monkeypatch.setattr("tracker.app.shaking.WATCH_S", 0.5)
    bluetooth = computer(1, 2)
    assert "left out: LIFT-V001: another program" in paired(monkeypatch, "s", "2")
    assert is_held(bluetooth)
