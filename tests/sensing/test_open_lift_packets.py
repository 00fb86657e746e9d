"""The open profile's bytes: vectors made by hand from the note, and anything at all."""

import struct
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import BadPacket, InputError
from tracker.sensing.clock import Timeline
from tracker.sensing.marks import Connected
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Packet, Packets, Readings
from tracker.sensing.sensors import by_make
from tracker.sensing.sensors.open_lift_packets import read_info

# version 1, config 7, 100 Hz | boot id | 2**-11 g | 2**-4 deg/s | 16 g | 2000 deg/s | types 0, 1, 2 |
# two rates: 50, 100 | "A" | "B"
INFO = bytes.fromhex("0107 6400  78563412  0000003a  0000803d  1000 d007  07  02 3200 6400  0141 0142")

# acc + gyr, 2 samples | sequence | 1,000,000 us | 10,000 us | config 7 | no flags |
# 0, 0, 2048 = 1 g; 16, -32, 0 = 1, -2, 0 deg/s | 32767, -32768, -1; 0, 0, 0
ACC_GYR = bytes.fromhex(
    "1002 3412 40420f00 1027 07 00  0000 0000 0008 1000 e0ff 0000  ff7f 0080 ffff 0000 0000 0000"
)

# acc + gyr + quaternion, 1 sample, flags 0 and 1: acc and gyr were clipped | ... | 0.7071, 0.7071, 0, 0
WITH_QUATERNION = bytes.fromhex(
    "1101 0000 00000000 1027 07 03  0008 0000 0000 0000 0000 1000  825a 825a 0000 0000"
)

# quaternion, 1 sample | 32767, 0, 0, 0
ONLY_QUATERNION = bytes.fromhex("1201 0000 00000000 1027 07 1c  ff7f 0000 0000 0000")

DEG = np.pi / 180


def decoder(info=INFO):
    return by_make("open-lift").decoder(Connected("open-lift", info=info))


def block(*payloads: bytes, stream=0, t_ns=0) -> Packets:
    return Packets.of([Packet(t_ns + i, 0, stream, payload) for i, payload in enumerate(payloads)])


def packet(*, at_us=0, n=2, kind=0, period_us=10_000, config=7, flags=0, sequence=0, words=None) -> bytes:
    width = {0: 6, 1: 10, 2: 4}[kind]
    if words is None:
        words = np.arange(n * width).reshape(n, width)
        words[:, -4:] = [16384, 16384, 16384, 16384] if kind else words[:, -4:]
    head = struct.pack("<BBHIHBB", 0x10 | kind, n, sequence % 2**16, at_us % 2**32, period_us, config, flags)
    return head + np.asarray(words, "<i2").tobytes()


class TestVectors:
    def test_acceleration_and_angular_rate(self):
        got = decoder().decode(block(ACC_GYR, t_ns=5))
        assert got.device_s.tolist() == [1.0, 1.01]
        assert got.acc_m_s2[0].tolist() == pytest.approx([0.0, 0.0, 9.80665])
        assert got.gyr_rad_s[0].tolist() == pytest.approx([DEG, -2 * DEG, 0.0])
        assert got.acc_m_s2[1].tolist() == pytest.approx(
            [15.99951 * 9.80665, -16 * 9.80665, -0.0047884], rel=1e-5
        )
        assert got.flags.tolist() == [0, ACC_CLIPPED]
        assert got.arrival_ns.tolist() == [5, 5]
        assert got.period_s == 0.01
        assert got.earth_from_sensor is None
        assert (got.undecodable, got.is_t_s) == (0, False)

    def test_all_three(self):
        got = decoder().decode(block(WITH_QUATERNION))
        assert got.acc_m_s2.tolist() == [pytest.approx([9.80665, 0, 0])]
        assert got.gyr_rad_s.tolist() == [pytest.approx([0, 0, DEG])]
        assert got.earth_from_sensor.tolist() == [pytest.approx([0.5**0.5, 0.5**0.5, 0, 0])]
        assert got.flags.tolist() == [ACC_CLIPPED | GYR_CLIPPED]

    def test_quaternion_alone(self):
        got = decoder().decode(block(ONLY_QUATERNION))
        assert got.acc_m_s2 is None
        assert got.gyr_rad_s is None
        assert got.earth_from_sensor.tolist() == [[1.0, 0.0, 0.0, 0.0]]
        assert got.flags.tolist() == [0]  # bits 2, 3 and 4 say nothing about clipping

    def test_info(self):
        info = read_info(INFO)
        assert (info.config_id, info.acc_lsb_g, info.gyr_lsb_dps) == (7, 2**-11, 2**-4)
        assert (info.types, info.rates_hz) == (0b111, (50, 100))

    def test_info_that_lists_no_rates_has_the_one_that_is_set(self):
        assert read_info(INFO[:21] + b"\0").rates_hz == (100,)

    def test_info_of_a_later_minor_kind_may_be_longer(self):
        assert read_info(INFO + b"more") == read_info(INFO)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (b"", "0 bytes"),
        (INFO[:21], "21 bytes"),
        (INFO[:25], "ends within its 2 rates"),
        (b"\2" + INFO[1:], "version 2"),
        (INFO[:8] + struct.pack("<f", 0.0) + INFO[12:], "scales"),
        (INFO[:8] + struct.pack("<f", np.inf) + INFO[12:], "scales"),
        (INFO[:12] + struct.pack("<f", np.nan) + INFO[16:], "scales"),
        (INFO[:12] + struct.pack("<f", -0.07) + INFO[16:], "scales"),
    ],
)
def test_info_that_cannot_be_used_is_refused(value, says):
    with pytest.raises(BadPacket, match=says):
        read_info(value)
    with pytest.raises(InputError, match=says):
        decoder(value)


class TestLayout:
    @pytest.mark.parametrize(
        "bad",
        [
            b"",
            ACC_GYR[:11],
            ACC_GYR[:-1],
            ACC_GYR + b"\0",
            ACC_GYR[:12],
            b"\x20" + ACC_GYR[1:],
            b"\x13" + ACC_GYR[1:],
            packet(n=0, words=np.empty((0, 6))),
            packet(period_us=0),
            packet(config=8),
            packet(kind=2, words=[[0, 0, 0, 0], [16384] * 4]),
        ],
    )
    def test_what_does_not_follow_it_is_counted_and_left_out(self, bad):
        got = decoder().decode(block(packet(at_us=0), bad, packet(at_us=40_000)))
        assert got.undecodable_at.tolist() == [2]
        assert got.device_s.tolist() == [0.0, 0.01, 0.04, 0.05]
        assert got.arrival_ns.tolist() == [0, 0, 2, 2]
        assert got.acc_m_s2.tolist() == decoder().decode(block(packet(), packet())).acc_m_s2.tolist()

    def test_a_broken_quaternion_spoils_its_packet(self):
        bad = packet(kind=2, words=[[16384] * 4, [0, 0, 0, 1]])
        got = decoder().decode(block(packet(kind=2), bad, packet(kind=2, at_us=40_000)))
        assert got.undecodable_at.tolist() == [2]
        assert got.device_s.tolist() == [0.0, 0.01, 0.04, 0.05]

    def test_another_type_than_the_link_s_first_is_left_out(self):
        got = decoder().decode(block(packet(kind=1), packet(kind=0, at_us=20_000)))
        assert (len(got), got.undecodable) == (2, 1)

    def test_packets_of_another_characteristic_are_left_out(self):
        assert decoder().decode(block(ACC_GYR, stream=1)).undecodable == 1

    def test_a_block_of_nothing_good_still_counts(self):
        got = decoder().decode(block(b"", b"x"))
        assert (len(got), got.undecodable_at.tolist()) == (0, [0, 0])

    def test_no_packets_are_nothing(self):
        assert decoder().decode(block(ACC_GYR).cut(0, 0)) is None

    def test_blocks_of_mixed_lengths_keep_every_sample_in_its_place(self):
        rng = np.random.default_rng(5)
        sizes = [1, 5, 19, 5, 2]
        words = [rng.integers(-32000, 32000, (n, 6)) for n in sizes]
        payloads = [
            packet(n=n, at_us=100_000 * i, words=w) for i, (n, w) in enumerate(zip(sizes, words, strict=True))
        ]
        got = decoder().decode(block(*payloads))
        assert got.acc_m_s2 == pytest.approx(np.concatenate(words)[:, :3] * 2**-11 * 9.80665)
        assert got.gyr_rad_s == pytest.approx(np.concatenate(words)[:, 3:] * 2**-4 * DEG)
        assert got.device_s[[0, 1, 6, 25, 30]].tolist() == [0.0, 0.1, 0.2, 0.3, 0.4]

    @pytest.mark.parametrize("axis", range(6))
    @pytest.mark.parametrize(
        ("count", "is_clipped"), [(32767, True), (-32767, True), (-32768, True), (32766, False)]
    )
    def test_the_end_of_the_range_flags_its_sample(self, axis, count, is_clipped):
        words = np.zeros((3, 6), int)
        words[1, axis] = count
        flag = (ACC_CLIPPED if axis < 3 else GYR_CLIPPED) if is_clipped else 0
        assert decoder().decode(block(packet(n=3, words=words))).flags.tolist() == [0, flag, 0]


class TestClock:
    def test_microseconds_go_on_through_the_wrap(self):
        got = decoder().decode(block(packet(at_us=2**32 - 20_000), packet(at_us=0), packet(at_us=20_000)))
        assert np.diff(got.device_s) == pytest.approx(np.full(5, 0.01))

    def test_a_duplicate_does_not_shift_what_follows(self):
        got = decoder().decode(block(packet(at_us=0), packet(at_us=0), packet(at_us=20_000)))
        assert got.device_s.tolist() == [0.0, 0.01, 0.0, 0.01, 0.02, 0.03]

    def test_goes_on_when_the_info_changes_within_a_link(self):
        before = decoder()
        before.decode(block(packet(at_us=2**32 - 20_000)))
        wrapped = before.decode(block(packet(at_us=0)))
        info = INFO[:1] + b"\x08" + INFO[2:8] + struct.pack("<f", 2**-10) + INFO[12:]
        after = by_make("open-lift").decoder(Connected("open-lift", info=info), before)
        got = after.decode(block(packet(at_us=20_000, config=8)))
        assert got.device_s[0] - wrapped.device_s[-1] == pytest.approx(0.01)
        assert got.acc_m_s2 == pytest.approx(2 * wrapped.acc_m_s2)

    def test_a_new_link_starts_anew(self):
        first, second = decoder(), decoder()
        first.decode(block(packet(at_us=2**32 - 20_000)))
        assert second.decode(block(packet(at_us=20_000))).device_s[0] == 0.02


def values(readings: Readings):
    return {
        field.name: value.tolist()
        if isinstance(value := getattr(readings, field.name), np.ndarray)
        else value
        for field in fields(Readings)
    }


payloads = st.lists(
    st.one_of(
        st.binary(max_size=60),
        st.builds(
            packet,
            at_us=st.integers(0, 2**32 - 1),
            n=st.integers(1, 6),
            kind=st.sampled_from([0, 0, 0, 1, 2]),
            config=st.sampled_from([7, 7, 7, 9]),
            flags=st.integers(0, 255),
        ),
        st.tuples(st.integers(0, 39), st.integers(0, 255)).map(
            lambda change: ACC_GYR[: change[0]] + bytes([change[1]]) + ACC_GYR[change[0] + 1 :]
        ),
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None)
@given(payloads=payloads)
def test_any_bytes_at_all_never_raise_and_cutting_changes_not_a_bit(payloads):
    whole = decoder().decode(block(*payloads))
    one_by_one = decoder()
    single = [one_by_one.decode(block(payload, t_ns=i)) for i, payload in enumerate(payloads)]
    assert sum(part.undecodable for part in single) == whole.undecodable
    for name in ("device_s", "flags", "arrival_ns", "acc_m_s2", "gyr_rad_s", "earth_from_sensor"):
        parts = [getattr(part, name) for part in single if len(part)]
        joined = np.concatenate(parts).tolist() if parts and parts[0] is not None else None
        if parts:
            assert joined == values(whole)[name]
    assert np.isfinite(whole.device_s).all()
    assert whole.earth_from_sensor is None or np.allclose(np.linalg.norm(whole.earth_from_sensor, axis=1), 1)


@settings(deadline=None)
@given(value=st.binary(max_size=40) | st.integers(0, 30).flatmap(lambda n: st.just(INFO[:n])))
def test_any_info_is_read_or_refused(value):
    try:
        info = read_info(value)
    except BadPacket:
        return
    assert info.acc_lsb_g > 0
    assert info.rates_hz


def test_twelve_minutes_are_read_fast(benchmark):
    """Decoded and on t_s in under 15 ms (the bar of the issue's speed section; 6 ms when it was written)."""
    rng = np.random.default_rng(2)
    words = rng.integers(-30_000, 30_000, (7200, 10, 6))
    recording = block(*(packet(n=10, at_us=100_000 * i, words=words[i]) for i in range(7200)))
    recording = replace(recording, t_ns=100_000_000 * np.arange(1, 7201))
    samples, gaps = benchmark(lambda: Timeline().step(decoder().decode(recording), 0))
    assert (len(samples), gaps) == (72_000, ())
