"""The doctor on a computer whose Bluetooth is served by bleak's own BlueZ backend."""

import asyncio
import io
from contextlib import aclosing

import pytest

from tests.bluez.boards import board
from tests.sensing.finding import find
from tracker.app.doctor import doctor
from tracker.app.terminal import Terminal
from tracker.sensing.bluetooth.find import nearby
from tracker.virtual.radio import Radio

pytestmark = pytest.mark.dbus


async def test_the_signal_of_a_sensor_that_is_known_from_before_is_unknown_until_it_is_heard(
    system_bluetooth,
):
    """BlueZ then gives no signal, which bleak calls -127 dBm."""
    system_bluetooth(lambda: Radio(board()))
    await find(0.5)
    async with aclosing(nearby(0.5)) as devices:
        signals = [(device.rssi, device.found.rssi) async for device in devices]
    assert signals[0] == (None, None)
    assert signals[-1] == (-58, -58)


@pytest.mark.parametrize(
    ("computer", "said"),
    [
        ({}, "in reach: LIFT-V001 (open lift-IMU), signal: strong"),
        ({"with_adapter": False}, "scan: this computer has no Bluetooth adapter"),
        ({"with_bluez": False}, "scan: this computer has no Bluetooth service running"),
        ({"denied": ("org.bluez.Adapter1",)}, "scan: the system does not let you use Bluetooth"),
    ],
)
def test_it_tells_what_is_there_and_what_is_wrong(system_bluetooth, tmp_path, monkeypatch, computer, said):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path))
    system_bluetooth(lambda: Radio(board()), **computer)
    out = io.StringIO()
    with asyncio.Runner() as runner:
        doctor(Terminal(out, io.StringIO()), runner, root=tmp_path)
    assert said in out.getvalue()
