"""The virtual WitMotion sensor writes the bytes of its note, computed here by hand, and has its quirks."""

import asyncio
import struct

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tracker.virtual.chip import Chip
from tracker.virtual.imu import Imu
from tracker.virtual.jumping_clock import run
from tracker.virtual.movement import Pose
from tracker.virtual.peripherals.peripheral import AttError
from tracker.virtual.peripherals.witmotion import WitMotion
from tracker.virtual.peripherals.witmotion_layout import (
    COMMAND,
    STREAM,
    encode_frames,
    encode_reply,
    words_of,
)

UNLOCK = bytes.fromhex("ffaa6988b5")
RATE_50, RATE_100, RATE_200 = (bytes.fromhex(f"ffaa03{code}00") for code in ("08", "09", "0b"))
SIX_AXES = bytes.fromhex("ffaa240100")
WITH_TIME = bytes.fromhex("ffaa0ee400")
HALF = np.sqrt(0.5)


class Turning:
    """Something that is turned about x, and turns on about z at so many deg/s."""

    def __init__(self, about_x_deg=0.0, rate_dps=0.0):
        self.about_x_deg = about_x_deg
        self.rate_dps = rate_dps

    def pose(self, t_s):
        turns = Rotation.from_rotvec(np.outer(np.radians(self.rate_dps) * t_s, [0.0, 0.0, 1.0]))
        turns *= Rotation.from_euler("x", self.about_x_deg, degrees=True)
        return Pose(np.zeros((len(t_s), 3)), turns.as_quat(scalar_first=True))


def question(register: int) -> bytes:
    return struct.pack("<BBBH", 0xFF, 0xAA, 0x27, register)


def converse(*commands, moving=None, chip=None, listens=True, **kind):
    """Write commands, each with the seconds to wait after it; give what was heard, when, and the sensor."""
    heard = []

    async def main():
        board = WitMotion(Imu(moving or Turning(), chip=chip or Chip()), **kind)
        board.power_on()

        def notify(uuid, data):
            assert uuid == STREAM
            heard.append((asyncio.get_running_loop().time(), data))
            return True

        board.connected(notify)
        if listens:
            board.subscribed(STREAM)
        for command, wait_s in commands:
            if command:
                board.write(COMMAND, command)
            await asyncio.sleep(wait_s)
        board.disconnected()
        return board

    board = run(main())
    return [data for _, data in heard], [at_s for at_s, _ in heard], board


def frames_of(packets, size):
    data = b"".join(packets)
    return [data[i : i + size] for i in range(0, len(data), size)]


def test_the_default_frame_computed_by_hand():
    acc = np.array([[9.80665, -4.903325, 0.0]])
    words = words_of(acc, np.radians([[1000.0, -2000.0, 0.0]]))
    turned = Rotation.from_euler("ZYX", [90.0, 45.0, -90.0], degrees=True).as_quat(scalar_first=True)
    (frame,) = encode_frames(0x61, words, turned[None], [0])
    # 1 g, -0.5 g, 0 | 1000, -2000, 0 deg/s | roll -90, pitch 45, yaw 90 deg
    assert frame == bytes.fromhex("5561 0008 00fc 0000 0040 0080 0000 00c0 0020 0040")


def test_the_time_stands_first_or_last():
    words = np.arange(6, dtype="<i2")[None]
    at_ms = ((25 * 60 + 31) * 60 + 24) * 1000 + 645  # on the second day
    (first,) = encode_frames(0xE4, words, np.array([[1.0, 0.0, 0.0, 0.0]]), [at_ms])
    assert first == bytes.fromhex("55e4 0f0102011f18 8502 0000 0100 0200 0300 0400 0500 ff7f 0000 0000 0000")
    (last,) = encode_frames(0x61, words, np.array([[1.0, 0.0, 0.0, 0.0]]), [at_ms], time_last=True)
    assert last == bytes.fromhex("5561 0000 0100 0200 0300 0400 0500 0000 0000 0000 0f0102011f18 8502")


def test_an_answer_has_eight_registers():
    assert (
        encode_reply(0x64, [392, *[0] * 6, 0xFFFF])
        == bytes.fromhex("5571 6400 8801") + bytes(12) + b"\xff\xff"
    )


def test_streams_ten_a_second_from_the_subscription_on():
    packets, at_s, _ = converse((None, 2.05))
    assert [len(packet) for packet in packets] == [20] * 21  # the first one at once
    assert np.diff(at_s) == pytest.approx(np.full(20, 0.1))
    assert converse((None, 1.0), listens=False)[0] == []


@pytest.mark.parametrize(("command", "in_packet"), [(RATE_50, 2), (RATE_100, 4), (RATE_200, 8)])
def test_packs_frames_so_that_25_packets_leave_in_a_second(command, in_packet):
    packets, _, _ = converse((UNLOCK, 0.1), (command, 2.0))
    packed = [packet for packet in packets if len(packet) == 20 * in_packet]
    assert len(packed) == pytest.approx(50, abs=1)


def test_a_packet_is_cut_at_200_bytes_within_a_frame():
    packets, _, _ = converse((UNLOCK, 0.1), (WITH_TIME, 0.1), (RATE_200, 1.0))
    assert len(packets[-1]) == 200
    assert packets[-1][180:182] == bytes.fromhex("55e4")


def test_settings_are_locked_until_unlocked_and_again_after_ten_seconds():
    for commands, rate in (
        (((RATE_100, 0.1),), 6),
        (((UNLOCK, 0.1), (RATE_100, 0.1)), 9),
        (((UNLOCK, 10.1), (RATE_100, 0.1)), 6),
    ):
        assert converse(*commands)[2].registers[3] == rate


def test_answers_after_60_ms_or_behind_the_frames_of_a_packet_before():
    packets, at_s, _ = converse((None, 0.01), (question(0x03), 0.08))
    assert packets[1:] == [bytes.fromhex("5571 0300 0600") + bytes(14)]
    assert at_s[1] == pytest.approx(0.07)
    packets, _, _ = converse((UNLOCK, 0.1), (RATE_100, 0.1), (question(0x24), 0.05))
    glued = next(packet for packet in packets if len(packet) == 100)
    assert glued[80:] == bytes.fromhex("5571 2400") + bytes(16)


def test_firmware_that_does_not_answer_does_not():
    packets, _, _ = converse((question(0x03), 1.0), answers=False)
    assert {packet[1] for packet in packets} == {0x61}


def test_older_firmware_has_no_output_to_choose():
    packets, _, board = converse((UNLOCK, 0.1), (WITH_TIME, 0.5), chooses_output=False)
    assert board.registers[0x0E] == 0xE4  # another register by that number, and harm done to it
    assert {packet[:2] for packet in packets} == {b"\x55\x61"}


def test_the_28_byte_model_sends_the_time_last():
    packets, _, board = converse((None, 1.05), sends_time=True)
    assert {len(packet) for packet in packets} == {28}
    ms = [struct.unpack_from("<H", packet, 26)[0] for packet in packets]
    assert np.diff(ms)[:9].tolist() == [100] * 9
    assert board.name.startswith("WTSDCL")


def test_the_gyroscope_reads_exactly_zero_below_its_dead_band():
    noisy = Chip(gyr_noise_dps=0.01, gyr_bias_dps=(0.3, -0.2, 0.1))
    still = frames_of(converse((None, 3.05), chip=noisy)[0], 20)
    assert {frame[8:14] for frame in still} == {bytes(6)}
    turning = frames_of(converse((None, 3.05), moving=Turning(rate_dps=90.0))[0], 20)
    assert np.array([struct.unpack_from("<h", frame, 12) for frame in turning]) == pytest.approx(
        90 / 2000 * 32768, abs=2
    )


def test_says_what_the_imu_measures():
    packets, _, _ = converse((UNLOCK, 0.1), (WITH_TIME, 0.5), moving=Turning(about_x_deg=90.0))
    frame = next(packet for packet in packets if packet[1] == 0xE4)
    words = struct.unpack_from("<10h", frame, 10)
    assert words == (0, 2048, 0, 0, 0, 0, round(HALF * 32768), round(HALF * 32768), 0, 0)


def test_what_is_set_is_forgotten_when_it_is_switched_off():
    _, _, board = converse((UNLOCK, 0.1), (RATE_100, 0.1), (SIX_AXES, 0.1))
    assert (board.registers[0x03], board.registers[0x24]) == (9, 1)
    board.forget()
    assert (board.registers[0x03], board.registers[0x24], board.imu.rate_hz) == (6, 0, 10)


def test_what_is_no_command_is_ignored_and_another_characteristic_refuses():
    packets, _, board = converse(
        (b"", 0.1), (b"\xff", 0.1), (UNLOCK[:4], 0.1), (b"\x01\x02\x03\x04\x05", 0.1)
    )
    assert board.registers[0x03] == 6
    assert len(packets) == 5
    with pytest.raises(AttError):
        board.write(STREAM, b"\0")


def test_it_says_that_it_is_virtual():
    assert WitMotion(Imu(Turning()), number=2).name == "WT901BLE68-V002"
