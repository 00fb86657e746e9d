"""The virtual board writes the bytes of the profile's note, computed here by hand."""

import asyncio
import struct
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tracker.virtual.chip import Chip, DeviceClock
from tracker.virtual.imu import Imu
from tracker.virtual.jumping_clock import run
from tracker.virtual.movement import Pose
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.peripherals.open_lift_layout import (
    CONTROL,
    INFO,
    STREAM,
    Flags,
    PacketType,
    encode_packet,
    most_samples,
)
from tracker.virtual.peripherals.peripheral import AttError

START_100_HZ_5 = bytes.fromhex("01 6400 00 05")
HALF = np.sqrt(0.5)


class Lying:
    """Something that lies still, turned about x, and from `moves_s` on turns about z at 90 deg/s."""

    def __init__(self, about_x_deg=0.0, moves_s=np.inf):
        self.about_x_deg = about_x_deg
        self.moves_s = moves_s

    def pose(self, t_s):
        turned = np.radians(90.0) * np.maximum(0.0, t_s - self.moves_s)
        turns = Rotation.from_rotvec(np.outer(turned, [0.0, 0.0, 1.0]))
        turns *= Rotation.from_euler("x", self.about_x_deg, degrees=True)
        return Pose(np.zeros((len(t_s), 3)), turns.as_quat(scalar_first=True))


class Ear:
    """A central that takes every notification while it has room."""

    def __init__(self, room=1000):
        self.room = room
        self.heard = []

    def notify(self, uuid, data):
        if self.room <= 0:
            return False
        self.room -= 1
        self.heard.append((uuid, data))
        return True

    def of(self, uuid):
        return [data for said, data in self.heard if said == uuid]


async def switched_on(imu, ear):
    board = OpenLift(imu)
    board.power_on()
    board.connected(ear.notify)
    return board


def converse(imu, *commands, ear=None):
    """Write commands one after another, each with the seconds to wait after it; return the ear and board."""
    ear = ear or Ear()

    async def main():
        board = await switched_on(imu, ear)
        for command, wait_s in commands:
            board.write(CONTROL, command)
            await asyncio.sleep(wait_s)
        board.disconnected()
        return board

    return ear, run(main())


def test_a_packet_computed_by_hand():
    packet = encode_packet(
        PacketType.ACC_GYR,
        sequence=65_536 + 258,
        device_us=(1 << 32) + 0x01020304,
        period_us=9_968,
        config_id=7,
        flags=Flags.GYR_CLIPPED | Flags.SAMPLES_LOST_BEFORE,
        counts=np.array([[1, -1, 2048, 256, -32768, 32767], [0, 0, 0, 0, 0, 2]], np.int16),
        quaternions=np.zeros((2, 4)),
    )
    assert packet == bytes.fromhex(
        "10 02 0201 04030201 f026 07 06  0100 ffff 0008 0001 0080 ff7f  0000 0000 0000 0000 0000 0200"
    )


def test_quaternions_follow_the_counts_or_stand_alone():
    values = {
        "sequence": 1,
        "device_us": 2,
        "period_us": 10_000,
        "config_id": 1,
        "flags": Flags(0),
        "counts": np.array([[1, 2, 3, 4, 5, 6]], np.int16),
        "quaternions": np.array([[1.0, 0.5, -0.5, -1.0]]),
    }
    turned = "ff7f 0040 00c0 0080"  # 1.0 does not fit into Q15: it becomes 32767
    both = encode_packet(PacketType.ACC_GYR_QUATERNION, **values)
    alone = encode_packet(PacketType.QUATERNION, **values)
    header = " 01 0100 02000000 1027 01 00 "
    assert both == bytes.fromhex("11" + header + "0100 0200 0300 0400 0500 0600" + turned)
    assert alone == bytes.fromhex("12" + header + turned)


def test_as_many_samples_as_the_note_says_fit_into_a_packet():
    assert [most_samples(kind) for kind in PacketType] == [19, 11, 29]


def test_info_computed_by_hand():
    imu = Imu(Lying(), chip=Chip(acc_range_g=16, gyr_range_dps=2000))
    _, board = converse(imu)
    info = board.read(INFO)
    assert info[:4] == bytes.fromhex("01 01 6400")
    assert info[8:22] == bytes.fromhex("0000003a 295c8f3d 1000 d007 07 03")  # 16/32768 g, 0.07 deg/s
    assert info[22:] == bytes.fromhex("3200 6400 c800") + b"\x0dvirtual board" + b"\x0cvirtual chip"


def test_streaming_says_what_the_imu_measures():
    imu = Imu(Lying(about_x_deg=90.0), clock=DeviceClock(start_us=2**32 - 100_000))
    ear, board = converse(imu, (bytes.fromhex("01 6400 01 05"), 0.2))
    assert ear.of(CONTROL) == [bytes.fromhex("81 00 01 6400")]
    packets = ear.of(STREAM)
    assert [struct.unpack_from("<BBHI", packet) for packet in packets] == [
        (0x11, 5, 0, 2**32 - 100_000),
        (0x11, 5, 1, 2**32 - 50_000),
        (0x11, 5, 2, 0),
        (0x11, 5, 3, 50_000),
    ]
    assert board.dropped == 0
    first = np.frombuffer(packets[0], "<i2", offset=12, count=10)
    # Turned by 90 deg about x, the sensor's y axis points up: 1 g is 2048 counts there.
    assert first.tolist() == [0, 2048, 0, 0, 0, 0, round(HALF * 32768), round(HALF * 32768), 0, 0]


def test_stopping_sends_what_is_waiting_as_the_last_packet():
    ear, _ = converse(Imu(Lying()), (START_100_HZ_5, 0.125), (b"\x02", 0.2))
    *full, last = ear.of(STREAM)
    assert [packet[1] for packet in full] == [5, 5]
    assert last[1] == 3
    assert last[11] == Flags.LAST
    assert ear.of(CONTROL)[-1] == bytes.fromhex("82 00")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("07", "87 01"),
        ("01 64", "81 02"),
        ("02 00", "82 02"),
        ("01 6500 00 05", "81 03"),
        ("01 6400 03 05", "81 03"),
        ("01 6400 00 14", "81 03"),
        ("01 6400 00 00", "81 03"),
        ("02", "82 04"),
        ("06 1000 d107", "86 03"),
        ("04 05", "84 00"),
    ],
)
def test_commands_are_answered_with_the_right_status(command, answer):
    ear, _ = converse(Imu(Lying()), (bytes.fromhex(command), 0.1))
    assert ear.of(CONTROL) == [bytes.fromhex(answer)]


@pytest.mark.parametrize("command", ["01 6400 00 05", "06 0400 f401"])
def test_what_cannot_be_done_while_streaming_is_refused(command):
    ear, _ = converse(Imu(Lying()), (START_100_HZ_5, 0.1), (bytes.fromhex(command), 0.1))
    assert ear.of(CONTROL)[-1][1] == 4


def test_time_gives_both_clocks():
    imu = Imu(Lying(), clock=DeviceClock(skew_ppm=100.0, start_us=5))
    ear, _ = converse(imu, (b"\x04\x01", 10.0), (struct.pack("<BQ", 3, 77), 0.0))
    assert ear.of(CONTROL)[-1] == struct.pack("<BBQI", 0x83, 0, 77, 10_001_005)


def test_another_range_changes_scale_and_config():
    ear, board = converse(
        Imu(Lying()),
        (bytes.fromhex("06 0400 f401"), 0.0),
        (bytes.fromhex("06 0400 f401"), 0.0),
        (START_100_HZ_5, 0.1),
    )
    assert ear.of(CONTROL) == [bytes.fromhex(said) for said in ("86 00 02", "86 00 02", "81 00 02 6400")]
    assert board.read(INFO)[8:20] == struct.pack("<ffHH", 4 / 32768, 0.0175, 4, 500)
    assert np.frombuffer(ear.of(STREAM)[0], "<i2", offset=12, count=3).tolist() == [0, 0, 8192]


def test_another_rate_changes_period_and_config():
    ear, _ = converse(Imu(Lying()), (bytes.fromhex("01 c800 00 0a"), 0.11))
    assert ear.of(CONTROL) == [bytes.fromhex("81 00 02 c800")]
    assert [struct.unpack_from("<HB", packet, 8) for packet in ear.of(STREAM)] == [(5000, 2)] * 2


def test_zeroing_takes_the_bias_off():
    imu = Imu(Lying(), chip=Chip(gyr_bias_dps=(1.4, 0.0, -0.7)))
    ear, _ = converse(imu, (b"\x05", 2.1), (START_100_HZ_5, 0.1))
    assert ear.of(CONTROL)[0] == bytes.fromhex("85 00")
    packet = ear.of(STREAM)[0]
    assert packet[11] == Flags.BIAS_CORRECTED
    assert np.frombuffer(packet, "<i2", offset=18, count=3).tolist() == [0, 0, 0]


def test_zeroing_is_refused_when_it_was_moved():
    ear, _ = converse(Imu(Lying(moves_s=1.0)), (b"\x05", 2.1))
    assert ear.of(CONTROL) == [bytes.fromhex("85 04")]


def test_packets_without_room_are_counted_on_and_flagged():
    ear = Ear(room=3)  # the answer and two packets
    _, board = converse(Imu(Lying()), (START_100_HZ_5, 0.21), ear=ear)
    assert board.dropped == 2
    assert [struct.unpack_from("<H", packet, 2)[0] for packet in ear.of(STREAM)] == [0, 1]


def test_clipping_is_flagged():
    biased = Chip(
        acc_bias_g=(0.0, 0.0, 2.0), acc_range_g=2, gyr_bias_dps=(200.0, 0.0, 0.0), gyr_range_dps=125
    )
    for chip, flags in (
        (Chip(), Flags(0)),
        (replace(biased, acc_range_g=4), Flags.GYR_CLIPPED),
        (replace(biased, gyr_range_dps=250), Flags.ACC_CLIPPED),
        (biased, Flags.ACC_CLIPPED | Flags.GYR_CLIPPED),
    ):
        ear, _ = converse(Imu(Lying(), chip=chip), (START_100_HZ_5, 0.1))
        assert ear.of(STREAM)[0][11] == flags


def test_nothing_written_is_no_command():
    with pytest.raises(AttError):
        converse(Imu(Lying()), (b"", 0.0))


def test_it_says_that_it_is_virtual():
    board = OpenLift(Imu(Lying()), number=2)
    assert board.name == "LIFT-V002"
    said = [
        board.read(characteristic.uuid)
        for service in board.services[2:]
        for characteristic in service.characteristics
    ]
    assert all(b"virtual" in text.lower() for text in said)
