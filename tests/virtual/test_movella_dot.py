"""The virtual DOT writes the bytes of the note, computed here by hand, and has a DOT's quirks."""

import asyncio
import struct

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tracker.virtual.chip import Chip, DeviceClock
from tracker.virtual.imu import Imu
from tracker.virtual.jumping_clock import run
from tracker.virtual.movement import Pose
from tracker.virtual.peripherals.movella_dot import MovellaDot
from tracker.virtual.peripherals.movella_dot_layout import (
    CONTROL,
    DEVICE_CONTROL,
    DEVICE_INFO,
    DOT_BATTERY,
    LONG,
    MEDIUM,
    SHORT,
)
from tracker.virtual.peripherals.peripheral import AttError

HALF = 0.5**0.5
STEADY_S = 0.1


class Turning:
    """Something that lies turned by 90 deg about x and turns about its own x axis."""

    def __init__(self, deg_s=0.0):
        self.deg_s = deg_s

    def pose(self, t_s):
        turns = Rotation.from_rotvec(np.outer(np.radians(90.0 + self.deg_s * t_s), [1.0, 0.0, 0.0]))
        return Pose(np.zeros((len(t_s), 3)), turns.as_quat(scalar_first=True))


class Ear:
    """A central that takes every notification."""

    def __init__(self):
        self.heard = []

    def notify(self, uuid, data):
        self.heard.append((uuid, data))
        return True

    def of(self, uuid):
        return [data for said, data in self.heard if said == uuid]


def converse(*steps, imu=None, **options):
    """Subscribe to ("on", uuid), write (uuid, bytes) and wait seconds, in turn; the ear and the board."""
    ear = Ear()

    async def main():
        board = MovellaDot(imu or Imu(Turning()), **options)
        board.power_on()
        board.connected(ear.notify)
        for step in steps:
            match step:
                case ("on", uuid):
                    board.subscribed(uuid)
                case (uuid, data):
                    board.write(uuid, data)
                case wait_s:
                    await asyncio.sleep(wait_s)
        board.stop_packets()
        return board

    board = run(main())
    return ear, board


def started(mode, uuid, **options):
    ear, _ = converse(("on", uuid), (CONTROL, bytes([1, 1, mode])), STEADY_S, **options)
    return ear


def floats(packet, count):
    return np.frombuffer(packet, "<f4", offset=4, count=count)


def test_a_packet_computed_by_hand():
    imu = Imu(Turning(deg_s=90.0), chip=Chip(), clock=DeviceClock(start_us=1_000_000))
    first = started(26, LONG, imu=imu).of(LONG)[0]
    assert len(first) == 63
    assert first[44:] == bytes(19)
    assert struct.unpack_from("<I", first) == (1_000_000,)
    # turned by 90 deg about x the sensor's y axis points up; 90 deg/s are 1286 counts of 0.07 deg/s
    quaternion, acc, gyr = np.split(floats(first, 10), [4, 7])
    assert quaternion == pytest.approx([HALF, HALF, 0.0, 0.0], abs=1e-6)
    assert acc == pytest.approx([0.0, 9.80665, 0.0], abs=0.003)
    assert gyr == pytest.approx([90.0, 0.0, 0.0], abs=0.036)


@pytest.mark.parametrize(
    ("mode", "uuid", "values", "size"),
    [
        (21, MEDIUM, [0, 9.80665, 0, 0, 0, 0], 40),
        (24, MEDIUM, [HALF, HALF, 0, 0, 0, 0, 0], 40),
        (5, SHORT, [HALF, HALF, 0, 0], 20),
        (3, MEDIUM, [HALF, HALF, 0, 0, 0, 0, 0], 40),
        (6, SHORT, [0, 0, 0], 20),
    ],
)
def test_every_mode_has_its_values_its_characteristic_and_its_padding(mode, uuid, values, size):
    ear = started(mode, uuid)
    assert {said for said, _ in ear.heard} == {uuid}
    for packet in ear.of(uuid):
        assert len(packet) == size
        assert floats(packet, len(values)) == pytest.approx(values, abs=1e-5)
        assert not any(packet[4 + 4 * len(values) :])


def test_sixty_packets_a_second_whatever_rate_the_imu_came_with_and_time_wraps():
    imu = Imu(Turning(), rate_hz=100, clock=DeviceClock(start_us=2**32 - 50_000))
    ear, _ = converse(("on", LONG), (CONTROL, b"\1\1\x1a"), 1.0, imu=imu)
    us = [struct.unpack_from("<I", packet)[0] for packet in ear.of(LONG)]
    assert len(us) in (60, 61)
    assert us[:5] == [4294917296, 4294933963, 4294950629, 0, 16667]


def test_nothing_comes_when_it_was_subscribed_after_the_start():
    ear, board = converse((CONTROL, b"\1\1\x1a"), ("on", LONG), 1.0)
    assert ear.heard == []
    assert board.is_measuring
    assert board.read(CONTROL) == b"\1\1\x1a"


def test_a_characteristic_of_another_mode_brings_other_frames():
    ear = started(26, MEDIUM)
    assert ear.of(LONG) == []
    assert floats(ear.of(MEDIUM)[0], 7) == pytest.approx([HALF, HALF, 0, 0, 0, 0, 0], abs=1e-5)


def test_stopping_stops_and_keeps_the_mode():
    ear, board = converse(("on", LONG), (CONTROL, b"\1\1\x1a"), 0.1, (CONTROL, b"\1\0\0"), 1.0)
    assert 5 <= len(ear.heard) <= 7
    assert board.read(CONTROL) == b"\1\0\x1a"


def test_it_says_that_it_is_stopped_before_anything_was_started():
    _, board = converse()
    assert board.read(CONTROL) == bytes.fromhex("010004")


def test_another_start_while_it_measures_changes_nothing():
    ear, board = converse(("on", SHORT), (CONTROL, b"\1\1\5"), 0.1, ("on", LONG), (CONTROL, b"\1\1\x1a"), 0.1)
    assert board.read(CONTROL) == b"\1\1\5"
    assert ear.of(LONG) == []


def test_old_firmware_refuses_aloud_or_says_nothing():
    with pytest.raises(AttError):
        converse((CONTROL, b"\1\1\x1a"), modes=(21, 24))
    ear, board = converse(("on", LONG), (CONTROL, b"\1\1\x1a"), 1.0, modes=(21, 24), refuses_aloud=False)
    assert (ear.heard, board.is_measuring) == ([], False)


@pytest.mark.parametrize(("uuid", "data"), [(CONTROL, b"\1\1"), (DEVICE_CONTROL, b""), (DEVICE_INFO, b"\0")])
def test_what_cannot_be_written_is_refused(uuid, data):
    with pytest.raises(AttError):
        converse((uuid, data))


def setting(visit, rate_hz, identify=0):
    return bytes([visit, identify]) + bytes(22) + struct.pack("<HB5x", rate_hz, 0)


def test_the_settings_computed_by_hand():
    _, board = converse(rate_hz=30)
    said = board.read(DEVICE_CONTROL)
    assert said == bytes.fromhex("00 00 00 0a00 1e00 0b") + b"virtual DOT" + bytes(5) + bytes.fromhex(
        "1e00 00 0000000000"
    )


def test_the_rate_is_set_when_it_is_visited_and_not_while_measuring():
    _, board = converse((DEVICE_CONTROL, setting(0x10, 30)))
    assert board.read(DEVICE_CONTROL)[24:26] == b"\x1e\0"
    for steps in (
        [(DEVICE_CONTROL, setting(0x00, 30))],
        [(DEVICE_CONTROL, setting(0x10, 120))],
        [(CONTROL, b"\1\1\x1a"), (DEVICE_CONTROL, setting(0x10, 30))],
    ):
        _, board = converse(*steps)
        assert board.read(DEVICE_CONTROL)[24:26] == b"\x3c\0"


def test_blinking_is_counted_when_it_is_visited():
    _, board = converse(
        (DEVICE_CONTROL, setting(0x01, 60, identify=1)), (DEVICE_CONTROL, setting(0x00, 60, 1))
    )
    assert board.blinked == 1


def test_the_battery_says_whether_it_charges():
    assert converse(battery_percent=40)[1].read(DOT_BATTERY) == b"\x28\0"
    assert converse(is_charging=True)[1].read(DOT_BATTERY) == b"\x57\1"


def test_it_says_that_it_is_virtual_and_which_one():
    _, board = converse(number=2)
    said = board.read(DEVICE_INFO)
    assert board.name == "Movella DOT V002"
    assert len(said) == 34
    assert said[:6] == bytes.fromhex(board.address.replace(":", ""))[::-1]
    assert said[6:9] == bytes([2, 4, 0])
    assert said[20:28][::-1] == b"VIRTUAL\2"
    assert said[28:] == b"VIRT-0"
    assert board.manufacturer_data == {0x0886: b""}
