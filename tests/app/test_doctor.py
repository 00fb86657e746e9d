"""What the doctor looks at, and what it says to do about each finding."""

import asyncio
import io
import json
from dataclasses import replace
from functools import partial

import pytest

from tracker.app import doctor
from tracker.app.doctor import (
    State,
    recordings_finding,
    room_finding,
    scan_finding,
    sensor_findings,
    system_findings,
)
from tracker.app.listening import Air
from tracker.app.terminal import Terminal
from tracker.archive.settings import KnownSensor, save_sensors, settings_file
from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.find import nearby
from tracker.sensing.bluetooth.host import Blocked, Host, look
from tracker.sensing.bluetooth.stream import Receiver
from tracker.virtual.imu import Imu
from tracker.virtual.jumping_clock import JumpingLoop
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.peripherals.polar import Polar
from tracker.virtual.radio import Radio
from tracker.virtual.script import Rest, Script

AT_REST = perform(Script((Rest(30.0),))).movement
A_LINUX = Host("Linux", "6.1", "3.11.2", "3.1.0", (5, 66), ("hci0",), (), in_wsl=False)


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "home"))


@pytest.fixture
def root(tmp_path):
    """The kernel's ``sys``: one adapter with one connection, and a radio that is no Bluetooth."""
    for entry in ("bluetooth/hci0", "bluetooth/hci0:64", "rfkill/rfkill0", "rfkill/rfkill1"):
        (tmp_path / "sys/class" / entry).mkdir(parents=True)
    rfkill(tmp_path, 0, name="phy0", type="wlan", soft="1", hard="0")
    rfkill(tmp_path, 1, name="hci0", type="bluetooth", soft="0", hard="0")
    return tmp_path


def rfkill(root, number, **said):
    for what, value in said.items():
        (root / f"sys/class/rfkill/rfkill{number}" / what).write_text(f"{value}\n")


def examined(root, *boards, as_json=False, adapter_on=True):
    """Have the doctor look at a computer with these boards around it; what it printed, and its verdict."""
    out = io.StringIO()

    async def world():
        return Radio(*boards, adapter_on=adapter_on)

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        radio = runner.run(world())
        air = Air(
            nearby=partial(nearby, backend=radio.scanner),
            receiver=partial(
                Receiver,
                scanner_backend=radio.scanner,
                client_backend=radio.client,
                clock_ns=lambda: round(runner.get_loop().time() * 1e9),
            ),
        )
        terminal = Terminal(out, io.StringIO())
        is_ill = doctor.doctor(terminal, runner, as_json=as_json, air=air, root=root)
    return out.getvalue(), is_ill


@pytest.fixture(autouse=True)
def _a_linux(monkeypatch):
    """The jumping loop waits for no process, so BlueZ's version is not asked for."""
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("shutil.which", lambda _: None)


def test_all_is_well(root):
    said, is_ill = examined(root, OpenLift(Imu(AT_REST)))
    assert not is_ill
    assert "ok  adapter: hci0\n" in said
    assert "the adapter scans" in said
    assert "LIFT-V001 (open lift-IMU), signal: strong" in said
    assert "wrong" not in said


def test_the_only_sensor_there_is_listened_to(root):
    said, _ = examined(root, OpenLift(Imu(AT_REST)))
    assert "ok  LIFT-V001, samples: 100 a second, as it says" in said
    assert "ok  LIFT-V001, radio: nothing lost" in said
    assert "ok  LIFT-V001, battery: 87 %" in said


def test_a_sensor_that_sends_nothing_is_named_with_what_to_do(root, monkeypatch):
    board = OpenLift(Imu(AT_REST))
    monkeypatch.setattr(board, "due", lambda _: None)
    said, is_ill = examined(root, board)
    assert is_ill
    assert "wrong  LIFT-V001: " in said
    assert "switch it off and on" in said


def test_a_sensor_that_cannot_be_used_is_named_once(root):
    said, is_ill = examined(root, Polar(Imu(AT_REST), has_gyroscope=False))
    assert is_ill
    assert "wrong  Polar H10 V0000001: this Polar has no gyroscope" in said


def test_of_several_strangers_none_is_connected_to(root):
    said, _ = examined(root, OpenLift(Imu(AT_REST)), OpenLift(Imu(AT_REST), number=2))
    assert "in reach: LIFT-V002" in said
    assert "a second" not in said


def test_a_computer_without_an_adapter(tmp_path):
    said, is_ill = examined(tmp_path, adapter_on=False)
    assert is_ill
    assert "wrong  adapter: the system sees no Bluetooth adapter" in said
    assert "wrong  scan: Bluetooth is switched off" in said
    assert "-> switch it on and try again" in said


def test_an_adapter_that_scans_is_not_missed(tmp_path):
    """A container may be given the bus and not the kernel's list."""
    said, is_ill = examined(tmp_path, OpenLift(Imu(AT_REST)))
    assert not is_ill
    assert "the adapter scans" in said
    assert "no Bluetooth adapter" not in said


def test_the_versions_begin_with_our_own(root):
    assert "ok  versions: tracker 0." in examined(root)[0]


@pytest.mark.parametrize(
    ("soft", "hard", "advice"), [("1", "0", "rfkill unblock bluetooth"), ("0", "1", "function key")]
)
def test_a_blocked_adapter_is_said_with_the_way_to_unblock_it(root, soft, hard, advice):
    rfkill(root, 1, soft=soft, hard=hard)
    said, is_ill = examined(root)
    assert is_ill
    assert advice in said
    assert "phy0" not in said


def test_json_is_a_list_of_findings(root):
    said, _ = examined(root, as_json=True)
    findings = json.loads(said)
    assert {"topic", "state", "said", "advice"} == set(findings[0])
    assert "sensors" in {finding["topic"] for finding in findings}


def test_a_paired_sensor_that_is_away_is_named_and_one_that_is_there_is_not(root):
    save_sensors(
        [
            KnownSensor("his", "open-lift", "LIFT-V001", "1"),
            KnownSensor("hers", "open-lift", "LIFT-V002", "2"),
        ]
    )
    said, is_ill = examined(root, OpenLift(Imu(AT_REST)))
    assert not is_ill
    assert "hers is not in reach" in said
    assert "his is not in reach" not in said


def test_settings_that_cannot_be_read_are_a_finding_and_no_end(root):
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text("[[sensors")
    said, is_ill = examined(root, OpenLift(Imu(AT_REST)))
    assert is_ill
    assert "wrong  settings:" in said
    assert "LIFT-V001" in said


def test_a_full_disk_is_said(tmp_path):
    assert room_finding(tmp_path, 10_000_000).state is State.WRONG
    assert room_finding(tmp_path, 10_000_000_000).state is State.FINE


def test_recordings_that_cannot_be_written_are_said_as_such(tmp_path):
    (tmp_path / "file").touch()
    finding = recordings_finding(tmp_path / "file" / "sessions")
    assert finding.state is State.WRONG
    assert "cannot be written" in finding.said
    assert finding.advice == "choose another folder (TRACKER_HOME)"
    assert recordings_finding(tmp_path / "new" / "sessions").topic == "recordings"
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("host", "topic", "state"),
    [
        (Host("Linux", "6.1-microsoft", "3.11", "3.1", None, (), (), in_wsl=True), "system", State.WRONG),
        (Host("Linux", "6.1", "3.11", "3.1", (5, 50), ("hci0",), (), in_wsl=False), "BlueZ", State.WRONG),
        (Host("Linux", "6.1", "3.11", "3.1", None, ("hci0",), (), in_wsl=False), "BlueZ", State.LOOK),
        (A_LINUX, "BlueZ", State.FINE),
        (A_LINUX, "adapter", State.FINE),
        (replace(A_LINUX, agent_refusal=""), "pairing", State.FINE),
        (replace(A_LINUX, agent_refusal="org.bluez.Error.NotPermitted"), "pairing", State.LOOK),
    ],
)
def test_what_the_system_brings_along(host, topic, state):
    [finding] = [finding for finding in system_findings(host) if finding.topic == topic]
    assert finding.state is state
    assert bool(finding.advice) == (state is not State.FINE)


def test_other_systems_list_no_adapters_so_none_is_missed():
    host = Host("Darwin", "23", "3.12", "3.1", None, None, (), in_wsl=False)
    assert [finding.state for finding in system_findings(host)] == [State.FINE]


def test_a_line_of_error_is_split_into_what_is_wrong_and_what_to_do():
    finding = scan_finding(str(BluetoothError("Bluetooth is off; switch it on; wait")))
    assert (finding.said, finding.advice) == ("Bluetooth is off", "switch it on; wait")


def test_nobody_paired_and_nobody_there():
    [finding] = sensor_findings([], [])
    assert finding.state is State.LOOK
    assert "tracker pair" in finding.advice


def test_the_kernel_is_read_as_it_writes(root):
    rfkill(root, 1, soft="1")
    host = asyncio.run(look(root))
    assert host.adapters == ("hci0",)
    assert host.blocked == (Blocked("hci0", by_software=True, by_hardware=False),)


def test_bluez_says_its_version(tmp_path, monkeypatch):
    command = tmp_path / "bluetoothctl"
    command.write_text("#!/bin/sh\necho 'bluetoothctl: 5.66'\n")
    command.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda _: str(command))
    assert asyncio.run(look(tmp_path)).bluez == (5, 66)


def test_a_command_that_hangs_is_not_waited_for(tmp_path, monkeypatch):
    command = tmp_path / "bluetoothctl"
    command.write_text("#!/bin/sh\nexec sleep 60\n")
    command.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda _: str(command))
    monkeypatch.setattr("tracker.sensing.bluetooth.host.BLUETOOTHCTL_S", 0.1)
    assert asyncio.run(look(tmp_path)).bluez is None
