"""The doctor on a computer whose Bluetooth is served by bleak's own BlueZ backend."""

import asyncio
import io

import pytest

from tests.bluez.boards import board
from tracker.app.doctor import doctor
from tracker.app.terminal import Terminal
from tracker.virtual.radio import Radio

pytestmark = pytest.mark.dbus


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
