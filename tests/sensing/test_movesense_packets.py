"""Movesense notifications: bytes made by hand, halves that got lost, and anything at all."""

import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import InputError
from tracker.sensing.clock import Timeline
from tracker.sensing.marks import Connected
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Packet, Packets
from tracker.sensing.sensors import by_make

DEG = np.pi / 180
CAPTURES = Path(os.environ.get("TRACKER_SHARED", Path(__file__).parents[3] / "shared")) / "data"


def info(path=b"/Meas/IMU6/104", acc=b"\x08", gyr=b"\xd0\x07", stamps=(0, 80, 160)) -> bytes:
    """Info of ref 0x63, 8 g, 2000 deg/s; 80 ms a packet, which is 10 ms a sample."""
    said = b"".join(bytes([len(field)]) + field for field in (path, acc, gyr))
    return b"\x63" + said + struct.pack(f"<{len(stamps)}I", *stamps)


def decoder(value=None):
    return by_make("movesense").decoder(Connected("movesense", info=info() if value is None else value))


def body(at_ms=0, *, n=8, acc=9.75, gyr=1.0) -> bytes:
    """A packet's bytes: n samples, gravity along z, turning about x."""
    samples = [[[0.0, 0.0, acc]] * n, [[gyr, 0.0, 0.0]] * n]
    return struct.pack("<I", at_ms % 2**32) + np.array(samples, "<f4").tobytes()


def halves(at_ms=0, *, cut=152, ref=0x63, **values) -> list[bytes]:
    whole = body(at_ms, **values)
    return [bytes([2, ref]) + whole[:cut], bytes([3, ref]) + whole[cut:]]


def block(*payloads: bytes, t_ms=None, stream=0) -> Packets:
    at_ms = range(len(payloads)) if t_ms is None else t_ms
    return Packets.of(
        [Packet(t * 1_000_000, 0, stream, payload) for t, payload in zip(at_ms, payloads, strict=True)]
    )


class TestPacket:
    def test_units_signs_and_order(self):
        samples = np.arange(48, dtype="<f4").reshape(2, 8, 3)
        payload = b"\2\x63" + struct.pack("<I", 1000) + samples.tobytes()
        got = decoder().decode(block(payload))
        assert got.acc_m_s2.tolist() == samples[0].tolist()
        assert got.gyr_rad_s == pytest.approx(samples[1].astype(float) * DEG)
        assert got.device_s == pytest.approx(1.0 + 0.01 * np.arange(8))
        assert got.period_s == pytest.approx(0.01)
        assert (got.earth_from_sensor, got.is_t_s) == (None, False)

    @pytest.mark.parametrize("cut", [0, 1, 4, 5, 100, 151, 152, 195, 196])
    def test_it_may_be_cut_in_two_anywhere(self, cut):
        got = decoder().decode(block(*halves(cut=cut)))
        assert len(got) == 8
        assert got.acc_m_s2[7].tolist() == [0.0, 0.0, 9.75]
        assert set(got.arrival_ns) == {1_000_000 if cut < 196 else 0}  # of the part that completed it

    def test_52_hz_is_one_notification_of_four_samples(self):
        got = decoder(info(b"/Meas/IMU6/52", stamps=(0, 80))).decode(block(b"\2\x63" + body(n=4)))
        assert got.device_s == pytest.approx([0.0, 0.02, 0.04, 0.06])

    def test_answers_between_the_parts_are_passed_over(self):
        first, second = halves()
        got = decoder().decode(block(first, b"\1\4\xc8\x00\x57", b"\1\x63\xc8\x00", second))
        assert (len(got), got.undecodable) == (8, 0)

    def test_other_subscriptions_are_passed_over(self):
        got = decoder().decode(block(*halves(ref=0x20), *halves(80), *halves(ref=0x64)))
        assert (len(got), got.undecodable, got.device_s[0]) == (8, 0, pytest.approx(0.08))

    def test_no_packets_are_nothing_and_half_a_packet_is_no_sample(self):
        assert decoder().decode(block(b"x").cut(0, 0)) is None
        got = decoder().decode(block(halves()[0]))
        assert (len(got), got.acc_m_s2.shape, got.undecodable) == (0, (0, 3), 0)


class TestLoss:
    @pytest.mark.parametrize("lost", range(6))
    def test_a_lost_half_drops_only_its_packet(self, lost):
        payloads = [*halves(0), *halves(80), *halves(160)]
        t_ms = [0, 1, 80, 81, 160, 161]
        del payloads[lost], t_ms[lost]
        got = decoder().decode(block(*payloads, t_ms=t_ms))
        stamps_s = [at_s for i, at_s in enumerate((0.0, 0.08, 0.16)) if i != lost // 2]
        assert got.device_s[::8] == pytest.approx(stamps_s)
        assert got.undecodable == 0  # nothing that came was wrong: the stamps show the loss

    def test_halves_of_two_packets_are_not_joined(self):
        first, _, _, second = [*halves(0), *halves(80)]
        got = decoder().decode(block(first, second, *halves(160), t_ms=[0, 77, 160, 161]))
        assert got.device_s[::8] == pytest.approx([0.16])

    @pytest.mark.parametrize(
        ("bad", "count"),
        [
            (b"", 1),
            (b"\2", 1),
            (b"\x09\x63", 1),
            (b"\2\x63" + body() + b"\0", 1),
            (b"\2\x63" + body(acc=np.nan), 1),
            (b"\2\x63" + body(gyr=np.inf), 1),
        ],
    )
    def test_what_does_not_follow_the_layout_is_left_out_and_reported(self, bad, count):
        got = decoder().decode(block(*halves(0), bad, *halves(160)))
        assert got.undecodable_at.tolist() == [8] * count
        assert got.device_s[::8] == pytest.approx([0.0, 0.16])

    def test_parts_that_make_no_whole_packet_are_reported(self):
        first, second = halves(0)
        got = decoder().decode(block(first, second[:-1], *halves(80), first + b"\0", second, *halves(240)))
        assert got.undecodable_at.tolist() == [0, 8]

    def test_a_second_part_behind_a_whole_packet_belongs_to_nothing(self):
        got = decoder().decode(block(b"\2\x63" + body(0), halves(0)[1], b"\3\x63", *halves(80)))
        assert got.device_s[::8] == pytest.approx([0.0, 0.08])
        assert got.undecodable == 0

    def test_packets_go_on_after_parts_that_made_no_packet(self):
        first, second = halves(0)
        got = decoder().decode(block(first, second[:-1], *halves(80), first + b"\0", second, *halves(240)))
        assert got.device_s[::8] == pytest.approx([0.08, 0.24])

    def test_another_characteristic_is_not_ours(self):
        assert decoder().decode(block(*halves(), stream=1)).undecodable == 2

    def test_a_loss_is_a_gap_on_the_recording_s_time(self):
        packets = [payload for at_ms in (0, 80, 240, 320) for payload in halves(at_ms)]
        t_ms = [t for at_ms in (0, 80, 240, 320) for t in (at_ms, at_ms)]
        _, gaps = Timeline().step(decoder().decode(block(*packets, t_ms=t_ms)), 0)
        assert [gap.cause for gap in gaps] == ["packets lost"]
        assert gaps[0].duration_s == pytest.approx(0.09)


class TestRanges:
    @pytest.mark.parametrize(("acc", "is_clipped"), [(78.408, True), (-78.408, True), (78.0, False)])
    def test_the_end_of_the_accelerometer_s_range_is_flagged(self, acc, is_clipped):
        got = decoder().decode(block(*halves(acc=acc)))
        assert set(got.flags) == {ACC_CLIPPED if is_clipped else 0}

    @pytest.mark.parametrize(("gyr", "is_clipped"), [(2000.0, True), (-2293.0, True), (1990.0, False)])
    def test_the_end_of_the_gyroscope_s_range_is_flagged(self, gyr, is_clipped):
        got = decoder().decode(block(*halves(gyr=gyr)))
        assert set(got.flags) == {GYR_CLIPPED if is_clipped else 0}

    @pytest.mark.parametrize("answers", [{"acc": b"", "gyr": b""}, {"acc": b"\3", "gyr": b"\1"}])
    def test_nothing_is_claimed_about_a_range_that_is_not_known(self, answers):
        got = decoder(info(**answers)).decode(block(*halves(acc=300.0, gyr=9000.0)))
        assert set(got.flags) == {0}


@pytest.mark.parametrize(
    "value", [b"", b"\x63", info()[:-13], info()[:10], info(b"/Meas/IMU6/208"), b"\x63\xff" + info()[2:]]
)
def test_an_info_that_cannot_be_used_is_refused(value):
    with pytest.raises(InputError, match="pair it again"):
        decoder(value)


def test_another_mark_on_the_same_link_goes_on_with_the_clock():
    before = decoder()
    before.decode(block(*halves(2**32 - 80)))
    after = by_make("movesense").decoder(Connected("movesense", info=info(acc=b"")), before)
    assert after.decode(block(*halves(0))).device_s[0] == pytest.approx(2**32 / 1000)


notifications = st.one_of(
    st.binary(max_size=210),
    st.integers(0, 2**32 - 1).flatmap(lambda at_ms: st.sampled_from(halves(at_ms))),
    st.integers(0, 12).flatmap(lambda k: st.sampled_from(halves(77 * k))),
    st.integers(0, 12).map(lambda k: b"\2\x63" + body(77 * k)),
    st.sampled_from([b"\1\4\xc8\x00\x57", b"\2\x63" + body(acc=np.nan), halves(ref=9)[0]]),
)
recordings = st.lists(
    st.tuples(st.lists(notifications, max_size=3), st.booleans(), st.integers(0, 200)), min_size=1, max_size=9
)


def heard(recording) -> Packets:
    """Put what a recording draws into one block: strange notifications, good packets, and waits."""
    payloads, t_ms, now_ms = [b"\1\x63\xc8\x00"], [0], 0
    for k, (strange, is_there, wait_ms) in enumerate(recording):
        payloads += [*strange, *(halves(77 * k + 5) if is_there else [])]
        t_ms += [now_ms] * (len(payloads) - len(t_ms))
        now_ms += wait_ms
    return block(*payloads, t_ms=t_ms)


@settings(deadline=None)
@given(recording=recordings, cuts=st.randoms(use_true_random=False))
def test_cutting_anywhere_changes_not_a_bit_and_nothing_raises(recording, cuts):
    whole, cut, parts, start = heard(recording), decoder(), [], 0
    expected = decoder().decode(whole)
    while start < len(whole):
        stop = cuts.randint(start + 1, len(whole))
        parts.append(cut.decode(whole.cut(start, stop)))
        start = stop
    for name in ("device_s", "acc_m_s2", "gyr_rad_s", "flags", "arrival_ns"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert joined.tolist() == getattr(expected, name).tolist(), name
    before = np.cumsum([0, *map(len, parts)])
    bad_at = [at + first for part, first in zip(parts, before, strict=False) for at in part.undecodable_at]
    assert bad_at == expected.undecodable_at.tolist()


@settings(deadline=None)
@given(value=st.binary(max_size=60) | st.integers(0, 40).map(lambda n: info()[:n]))
def test_any_info_is_read_or_refused(value):
    try:
        got = decoder(value).decode(block(*halves()))
    except InputError:
        return
    assert got is not None


@pytest.mark.skipif(not CAPTURES.is_dir(), reason="the shared packet captures are not here")
class TestPublished:
    @staticmethod
    def vector(name):
        said = json.loads((CAPTURES / "sensor_captures" / "movesense.json").read_text())
        return next(vector for vector in said["vectors"] if vector["id"] == name)

    def test_the_captured_imu9_packet_without_its_magnetic_block_is_an_imu6_packet(self):
        """The only published packet has a third block behind; acceleration and turning lie the same way."""
        vector = self.vector("ms_imu9_52")
        packet = bytes.fromhex(vector["hex"])[: 4 + 4 * 24]
        got = decoder(info(b"/Meas/IMU6/52", stamps=())).decode(
            block(b"\2\x63" + packet[:50], b"\3\x63" + packet[50:])
        )
        assert got.device_s[0] == vector["expected"]["timestamp_ms"] / 1000
        assert got.acc_m_s2 == pytest.approx(np.array(vector["expected"]["acc"]))
        assert got.gyr_rad_s == pytest.approx(np.array(vector["expected"]["gyro"]) * DEG)

    def test_the_captured_values_stand_on_the_counts_of_8_g_and_2000_deg_s(self):
        """What the note concludes about the default ranges: 0.244 mg with 9.807 m/s2, and 70 mdeg/s."""
        expected = self.vector("ms_imu9_52")["expected"]
        for values, count in ((expected["acc"], 0.244e-3 * 9.807), (expected["gyro"], 0.07)):
            counts = np.array(values) / count
            assert np.abs(counts - np.rint(counts)).max() < 1e-3

    def test_a_lone_second_part_is_no_packet(self):
        part = bytes.fromhex(self.vector("ms_frame_part2")["hex"])
        got = decoder(b"\3" + info()[1:]).decode(block(part))
        assert (len(got), got.undecodable) == (0, 0)


def test_twelve_minutes_are_read_fast(benchmark):
    payloads = [payload for k in range(9360) for payload in halves(77 * k)]
    recording = block(*payloads, t_ms=[77 * (k // 2) for k in range(len(payloads))])
    samples, gaps = benchmark(lambda: Timeline().step(decoder().decode(recording), 0))
    assert (len(samples), gaps) == (74_880, ())
