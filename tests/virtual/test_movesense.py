"""The virtual Movesense writes the bytes of the note, computed here by hand."""

import asyncio
import struct

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tracker.virtual.chip import Chip, DeviceClock
from tracker.virtual.imu import Imu
from tracker.virtual.jumping_clock import run
from tracker.virtual.movement import Pose
from tracker.virtual.peripherals.movesense import Movesense
from tracker.virtual.peripherals.movesense_layout import GSP_COMMAND, GSP_NOTIFY, encode_imu6
from tracker.virtual.peripherals.peripheral import AttError, Restarts

AT_104 = b"\1\x63/Meas/IMU6/104\0"
OK = bytes.fromhex("01 63 c8 00")


class Turning:
    """Something that lies on its side, its y axis up, and turns about the vertical at 90 deg/s."""

    def pose(self, t_s):
        turns = Rotation.from_rotvec(np.outer(np.radians(90.0) * t_s, [0.0, 0.0, 1.0]))
        turns *= Rotation.from_euler("x", 90.0, degrees=True)
        return Pose(np.zeros((len(t_s), 3)), turns.as_quat(scalar_first=True))


def converse(*commands, room=1000, **options):
    """Write commands one after another, each with the seconds to wait after it; what was heard, the board."""
    heard = []

    def notify(uuid, data):
        assert uuid == GSP_NOTIFY
        if len(heard) < room:
            heard.append(data)
            return True
        return False

    async def main():
        clock = options.pop("clock", DeviceClock())
        chip = options.pop("chip", Chip())
        board = Movesense(Imu(Turning(), clock=clock, chip=chip), **options)
        board.power_on()
        board.connected(notify)
        board.subscribed(GSP_NOTIFY)
        for command, wait_s in commands:
            board.write(GSP_COMMAND, command)
            await asyncio.sleep(wait_s)
        return board

    return heard, run(main())


def test_a_packet_computed_by_hand():
    acc = np.array([[1.0, -2.0, 9.75], [0.5, 0.0, 0.25]])
    first, *rest = encode_imu6(0x2A, (1 << 32) + 0x01020304, acc, 2.0 * acc)
    assert rest == []
    assert first == bytes.fromhex(
        "02 2a 04030201  0000803f 000000c0 00001c41  0000003f 00000000 0000803e"
        "0000 0040 000080c0 00009c41  0000803f 00000000 0000003f"
    )


def test_a_packet_of_eight_samples_is_cut_in_two_within_a_sample():
    first, second = encode_imu6(0x63, 7, np.arange(24.0).reshape(8, 3), np.arange(24.0, 48.0).reshape(8, 3))
    assert (first[:2], second[:2]) == (b"\2\x63", b"\3\x63")
    body = first[2:] + second[2:]
    assert body == struct.pack("<I48f", 7, *range(48))
    assert (len(first) - 2 - 4) % 12


def test_hello_computed_by_hand_says_that_it_is_virtual():
    heard, board = converse((b"\0\1", 0.0), number=2)
    assert board.name == "Movesense 999900000002"
    texts = b"999900000002\0virtual Movesense\0F0:00:00:00:03:02\0virtual app\x001.0.0\0"
    assert heard == [b"\1\1\1" + texts]


def test_the_stream_says_what_the_imu_measures_in_thirteen_packets_a_second():
    clock = DeviceClock(start_us=(2**32 - 1) * 1000)
    heard, _ = converse((AT_104, 2.0), clock=clock, rate_off_percent=0.0)
    answer, *parts = heard
    assert answer == OK
    assert [part[:2] for part in parts[:4]] == [b"\2\x63", b"\3\x63"] * 2
    assert len(parts) == 2 * 26
    packets = [first[2:] + second[2:] for first, second in zip(parts[::2], parts[1::2], strict=True)]
    stamps = [struct.unpack_from("<I", packet)[0] for packet in packets]
    assert stamps[:4] == [2**32 - 1, 75, 152, 229]  # 76.92 ms apart, cut, and wrapped
    values = np.frombuffer(packets[5], "<f4", offset=4).reshape(2, 8, 3)
    assert values[0] == pytest.approx(np.tile([0.0, 9.80665, 0.0], (8, 1)), abs=1e-3)
    assert values[1] == pytest.approx(np.tile([0.0, 90.0, 0.0], (8, 1)), abs=0.04)


@pytest.mark.parametrize(("off", "step_ms"), [(2.5, 76.923 / 1.025), (-3.0, 76.923 / 0.97)])
def test_the_chip_s_rate_is_off_by_as_much_as_it_is_told(off, step_ms):
    heard, _ = converse((AT_104, 10.0), rate_off_percent=off)
    stamps = [struct.unpack_from("<I", part, 2)[0] for part in heard if part[0] == 2]
    assert (stamps[-1] - stamps[0]) / (len(stamps) - 1) == pytest.approx(step_ms, abs=0.02)


@pytest.mark.parametrize(("rate_hz", "samples"), [(13, 1), (26, 2), (52, 4)])
def test_slower_streams_are_one_notification_of_fewer_samples(rate_hz, samples):
    heard, _ = converse((f"\1\x63/Meas/IMU6/{rate_hz}\0".encode(), 1.0))
    assert {len(part) for part in heard[1:]} == {2 + 4 + 24 * samples}
    assert len(heard) - 1 == pytest.approx(13, abs=1)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (b"\4\4/System/Energy/Level\0", "01 04 c8 00 57"),
        (b"\4\4/System/Energy/Level", "01 04 c8 00 57"),
        (b"\4\2/Meas/Acc/Config\0", "01 02 c8 00 10"),
        (b"\4\3/Meas/Gyro/Config\0", "01 03 c8 00 d007"),
        (b"\4\5/Nothing\0", "01 05 94 01"),
        (b"\1\x63/Meas/IMU6/208\0", "01 63 94 01"),
        (b"\2\x63", "01 63 94 01"),
        (b"\x63\7", "01 07 90 01"),
        (b"\7\5\1", "01 05 90 01"),
    ],
)
def test_commands_are_answered_by_status_and_data(command, answer):
    assert converse((command, 0.0))[0] == [bytes.fromhex(answer)]


def test_the_ranges_are_the_chip_s():
    heard, _ = converse(
        (b"\4\2/Meas/Acc/Config\0", 0.0),
        (b"\4\3/Meas/Gyro/Config\0", 0.0),
        chip=Chip(acc_range_g=8, gyr_range_dps=500),
    )
    assert [said[4:] for said in heard] == [b"\x08", b"\xf4\x01"]


def test_statuses_of_the_sample_app_are_big_endian():
    assert converse((b"\2\x63", 0.0), big_endian_status=True)[0] == [bytes.fromhex("01 63 01 94")]


def test_unsubscribing_ends_the_stream_and_a_second_stream_is_refused():
    heard, board = converse((AT_104, 0.5), (AT_104, 0.5), (b"\2\x63", 1.0))
    assert [said for said in heard if said[0] == 1] == [OK, bytes.fromhex("01 63 fb 01"), OK]
    assert heard[-1] == OK
    assert not board.is_streaming


def test_info_is_never_answered_and_costs_a_slot_each_time():
    info, level = b"\4\6/Info\0", b"\4\4/System/Energy/Level\0"
    heard, _ = converse(*[(info, 0.0), (level, 0.0)] * 3, slots=3)
    assert heard == [b"\1\4\xc8\0\x57"] * 2 + [b"\1\4\xad\1"]


def test_the_slots_stay_lost_over_a_new_link_until_it_restarts():
    async def main():
        heard = []
        board = Movesense(Imu(Turning()), slots=1)
        board.power_on()
        board.connected(lambda _uuid, data: not heard.append(data))
        board.write(GSP_COMMAND, b"\4\6/Info\0")
        board.disconnected()
        board.connected(lambda _uuid, data: not heard.append(data))
        board.write(GSP_COMMAND, b"\0\1")
        with pytest.raises(Restarts):
            board.write(GSP_COMMAND, b"\7\5\5")
        board.write(GSP_COMMAND, b"\2\x63")
        return heard, board.restarts

    heard, restarts = run(main())
    assert heard == [b"\1\1\xad\1", b"\1\5\xca\0", b"\1\x63\x94\1"]
    assert restarts == 1


def test_a_part_without_room_is_lost_by_itself():
    heard, board = converse((AT_104, 0.25), room=4)  # the answer, a packet and a first part
    assert [said[0] for said in heard] == [1, 2, 3, 2]
    assert board.dropped > 0


@pytest.mark.parametrize(("keeps", "brings"), [(True, 12), (False, 0)])
def test_a_subscription_may_outlive_the_link(keeps, brings):
    async def main():
        heard = []
        board = Movesense(Imu(Turning()), keeps_subscription=keeps)
        board.power_on()
        board.connected(lambda *_: True)
        board.write(GSP_COMMAND, AT_104)
        await asyncio.sleep(1.0)
        board.disconnected()
        board.connected(lambda _uuid, data: not heard.append(data))
        board.subscribed(GSP_NOTIFY)
        await asyncio.sleep(0.5)
        return heard

    assert len(run(main())) == pytest.approx(brings, abs=1)


@pytest.mark.parametrize("command", [b"", b"\1"])
def test_less_than_a_command_and_its_ref_is_refused(command):
    with pytest.raises(AttError):
        converse((command, 0.0))
