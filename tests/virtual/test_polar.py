"""The virtual Polar writes the bytes of the note, computed here by hand."""

import asyncio
import struct

import numpy as np
import pytest

from tracker.virtual.chip import Chip, ordinary_chip
from tracker.virtual.imu import Imu
from tracker.virtual.jumping_clock import run
from tracker.virtual.movement import Pose
from tracker.virtual.peripherals.peripheral import AttError
from tracker.virtual.peripherals.polar import Polar
from tracker.virtual.peripherals.polar_layout import (
    PMD_CONTROL,
    PMD_DATA,
    SINCE_2000_NS,
    decode_params,
    encode_block,
    encode_reference,
)

SDK_ON = "02 09"
ACC_104_HZ_16_G = "02 02  00 01 6800  01 01 1000  02 01 1000  04 01 03"
ACC_52_HZ_8_G = "02 02  00 01 3400  01 01 1000  02 01 0800  04 01 03"
GYR_52_HZ = "02 05  00 01 3400  01 01 1000  02 01 D007  04 01 03"
GYR_104_HZ = "02 05  00 01 6800  01 01 1000  02 01 D007  04 01 03"

RANGES = "00 05 1A00 3400 6800 D000 A001  02 04 0200 0400 0800 1000  01 01 1000  04 01 03"


class Lying:
    """Something that lies still, level."""

    def pose(self, t_s):
        return Pose(np.zeros((len(t_s), 3)), np.tile([1.0, 0.0, 0.0, 0.0], (len(t_s), 1)))


def converse(*commands, chip=None, **board):
    """Write commands, each with the seconds to wait after it; give what was said, the data, the sensor."""
    said, data = [], []

    def notify(uuid, payload):
        (said if uuid == PMD_CONTROL else data).append((asyncio.get_running_loop().time(), payload))
        return True

    async def main():
        sensor = Polar(Imu(Lying(), chip=chip or Chip()), **board)
        sensor.power_on()
        sensor.connected(notify)
        for command, wait_s in commands:
            sensor.write(PMD_CONTROL, bytes.fromhex(command))
            await asyncio.sleep(wait_s)
        return sensor

    sensor = run(main())
    return [payload for _, payload in said], data, sensor


def test_differences_are_packed_lowest_bit_first_and_padded_to_a_byte():
    counts = np.array([[0, 0, 2048], [3, -4, 2048]], np.int16)
    assert encode_reference(counts[0]) == bytes.fromhex("0000 0000 0008")
    # +3 and -4 take 3 bits: 3 = 011, -4 = 100, 0 = 000, the first one lowest: 0 0010 0011
    assert encode_block(counts) == bytes.fromhex("03 01 23 00")


@pytest.mark.parametrize(
    ("differences", "block"),
    [
        ([[0, 0, 0]], "01 01 00"),
        ([[-1, -1, 0]], "01 01 03"),
        ([[1, 0, 0]], "02 01 01"),
        ([[127, -128, 0]], "08 01 7F 80 00"),
        ([[128, 0, 0]], "09 01 80 00 00 00"),
        ([[0, 0, 0]] * 6, "01 06 00 00 00"),
        ([[1, 0, 0], [0, 0, -1]], "02 02 01 0C"),
    ],
)
def test_every_block_takes_the_bits_that_it_needs(differences, block):
    counts = np.cumsum([[0, 0, 0], *differences], axis=0).astype(np.int16)
    assert encode_block(counts) == bytes.fromhex(block)


def test_a_jump_from_end_to_end_takes_seventeen_bits():
    counts = np.array([[-32768, 0, 0], [32767, 0, 0]], np.int16)
    assert encode_block(counts) == bytes.fromhex("11 01 FFFF 00 00 00 00 00")


def test_features_settings_and_starts_computed_by_hand():
    said, _, sensor = converse((SDK_ON, 0), ("01 02", 0), (ACC_104_HZ_16_G, 0), (GYR_104_HZ, 0))
    assert sensor.read(PMD_CONTROL)[:3] == bytes.fromhex("0F 6E 02")
    assert said == [
        bytes.fromhex("F0 02 09 00 00"),
        bytes.fromhex("F0 01 02 00 00" + RANGES),
        bytes.fromhex("F0 02 02 00 00 05 01 0000003A"),  # 16 / 32768 g
        bytes.fromhex("F0 02 05 00 00 05 01 295C8F3D"),  # 0.07 deg/s
    ]


def test_a_frame_says_when_its_last_sample_was_taken():
    _, data, _ = converse((ACC_52_HZ_8_G, 3.5))
    arrived_s, first = data[0]
    measurement, last_ns, kind = struct.unpack_from("<BQB", first)
    assert (measurement, kind) == (2, 0x80)
    # at rest: 1 g of 8 g is 4096 counts; blocks of 13 samples, the first of which is the reference itself
    assert first[10:] == bytes.fromhex("0000 0000 0010  01 0C 00 00 00 00 00") + 5 * (
        bytes.fromhex("01 0D") + bytes(5)
    )
    assert last_ns - SINCE_2000_NS == pytest.approx(77 * 1e9 / 52, abs=1000)
    assert arrived_s == pytest.approx(77 / 52)
    second = data[1][1]
    assert struct.unpack_from("<Q", second, 1)[0] - last_ns == pytest.approx(78 * 1e9 / 52, abs=1000)


def test_the_gyroscope_s_samples_are_taken_at_other_times():
    _, data, _ = converse((ACC_52_HZ_8_G, 0), (GYR_52_HZ, 2.0))
    (_, acc), (_, gyr) = data
    assert struct.unpack_from("<Q", gyr, 1)[0] - struct.unpack_from("<Q", acc, 1)[0] == 3_100_000


def test_frames_are_fuller_the_less_it_moves_and_never_too_long():
    _, data, _ = converse((SDK_ON, 0), (ACC_104_HZ_16_G, 10.0), chip=ordinary_chip(1))
    _, noisy, _ = converse((SDK_ON, 0), (ACC_104_HZ_16_G, 10.0), chip=Chip(acc_noise_g=0.01))
    assert len(data) < len(noisy) / 2
    assert max(len(payload) for _, payload in [*data, *noisy]) <= 232


def test_streams_go_on_when_nobody_listens():
    async def main():
        sensor = Polar(Imu(Lying()))
        sensor.power_on()
        sensor.connected(lambda *_: True)
        sensor.write(PMD_CONTROL, bytes.fromhex(ACC_52_HZ_8_G))
        sensor.disconnected()
        await asyncio.sleep(5.0)
        return sensor

    sensor = run(main())
    assert sensor.is_streaming
    assert sensor.dropped == 3


@pytest.mark.parametrize(
    ("commands", "answer"),
    [
        (["07 02"], "F0 07 02 01"),
        ([""], "F0 00 00 01"),
        (["01 06"], "F0 01 06 02"),
        (["04 02"], "F0 04 02 00 00" + RANGES),
        (["03 02"], "F0 03 02 00 00"),
        (["03 09"], "F0 03 09 06"),
        ([SDK_ON, SDK_ON], "F0 02 09 06"),
        ([ACC_52_HZ_8_G, SDK_ON], "F0 02 09 0C"),
        ([ACC_52_HZ_8_G, ACC_52_HZ_8_G], "F0 02 02 06"),
        ([ACC_104_HZ_16_G], "F0 02 02 08"),
        ([ACC_52_HZ_8_G.replace("0800", "1000")], "F0 02 02 09"),
        ([ACC_52_HZ_8_G.replace("01 01 1000", "01 01 0E00")], "F0 02 02 07"),
        ([ACC_52_HZ_8_G.replace("04 01 03", "04 01 01")], "F0 02 02 0B"),
        (["02 02 00 01 3400"], "F0 02 02 05"),
        (["02 02 00 01 34"], "F0 02 02 04"),
        (["02 02 00"], "F0 02 02 04"),
        (["02 02 09 01 34"], "F0 02 02 04"),
    ],
)  # fmt: skip
def test_commands_are_answered_with_the_right_status(commands, answer):
    said, _, _ = converse(*((command, 0) for command in commands))
    assert said[-1] == bytes.fromhex(answer)


def test_in_its_charger_it_does_not_stream():
    said, _, _ = converse((SDK_ON, 0), (ACC_52_HZ_8_G, 0), is_in_charger=True)
    assert [payload[3] for payload in said] == [13, 13]


def test_without_a_bond_nobody_subscribes():
    with pytest.raises(AttError):
        Polar(Imu(Lying()), is_bonded=False).subscribed(PMD_DATA)


def test_a_start_command_is_read_as_it_is_laid_out():
    assert decode_params(bytes.fromhex(ACC_104_HZ_16_G)[2:]) == {0: 104, 1: 16, 2: 16, 4: 3}


def test_it_says_that_it_is_virtual():
    sensor = Polar(Imu(Lying()), number=2)
    assert sensor.name == "Polar Sense V0000002"
    said = [sensor.read(each.uuid) for each in sensor.services[2].characteristics]
    assert all(b"virtual" in text.lower() for text in said)
