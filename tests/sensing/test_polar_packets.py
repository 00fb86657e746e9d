"""Polar's two streams: their scales, their times, and what becomes of them when something is lost."""

import struct
from dataclasses import fields
from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import InputError
from tracker.sensing.clock import Timeline
from tracker.sensing.marks import Connected
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Cause, Packet, Packets, Readings
from tracker.sensing.sensors import by_make
from tracker.sensing.sensors.polar_frames import pack_info

ACC, GYR = 2, 5
MS = 1_000_000


def info(rate_hz=104, acc_factor=2**-11, gyr_factor=2**-4) -> bytes:
    said = []
    for kind, end, factor in ((ACC, 16, acc_factor), (GYR, 2000, gyr_factor)):
        said.append(struct.pack("<BB BBH BBH", 2, kind, 0, 1, rate_hz, 2, 1, end))
        factor_said = b"" if factor is None else struct.pack("<BBf", 5, 1, factor)
        said.append(bytes([0xF0, 2, kind, 0, 0]) + factor_said)
    return pack_info(*said)


def decoder(**started):
    return by_make("polar").decoder(Connected("polar", info=info(**started)))


def frame(kind, last_ns, counts) -> bytes:
    """A frame of 16-bit samples; each difference takes 17 bits."""
    counts = np.asarray(counts).reshape(-1, 3)
    packed = b""
    for row in (counts[1:] - counts[:-1]).tolist() if len(counts) > 1 else []:
        bits = sum((value & 0x1FFFF) << 17 * axis for axis, value in enumerate(row))
        packed += bytes([17, 1]) + bits.to_bytes(7, "little")
    return struct.pack("<BQB3h", kind, last_ns, 0x80, *counts[0].tolist()) + packed


def block(*payloads, t_ns=None, stream=0) -> Packets:
    t_ns = range(len(payloads)) if t_ns is None else t_ns
    return Packets.of([Packet(t, 0, stream, payload) for t, payload in zip(t_ns, payloads, strict=True)])


def ramp(t_ns):
    """What both streams measure: it rises straight, so that drawing between samples is exact."""
    return np.column_stack([t_ns / MS, -t_ns / MS, np.full(len(t_ns), 2048)]).round().astype(int)


def stream(kind, *, frames=8, samples=4, period_ns=10 * MS, offset_ns=0, lost=()):
    """Frames of a ramp and when the last sample of each was taken."""
    made = []
    for number in range(frames):
        t_ns = offset_ns + period_ns * np.arange(number * samples + 1, (number + 1) * samples + 1)
        if number not in lost:
            made.append((int(t_ns[-1]), frame(kind, int(t_ns[-1]), ramp(t_ns))))
    return made


def sent(*streams):
    """The frames of both, in the order in which they are full."""
    return block(*(payload for _, payload in sorted(chain(*streams))))


def values(readings: Readings):
    return {
        field.name: value.tolist()
        if isinstance(value := getattr(readings, field.name), np.ndarray)
        else value
        for field in fields(Readings)
    }


class TestTimes:
    @pytest.mark.parametrize("offset_ns", [0, 3 * MS, -4 * MS])
    @pytest.mark.parametrize("off", [-0.05, 0.0, 0.04])
    def test_samples_of_both_streams_stand_at_the_times_of_the_angular_rate(self, offset_ns, off):
        period_ns = round((1 + off) * 1e9 / 104 / MS) * MS
        got = decoder().decode(
            sent(stream(ACC, offset_ns=offset_ns, period_ns=period_ns), stream(GYR, period_ns=period_ns))
        )
        t_ms = got.device_s * 1000
        assert np.diff(t_ms) == pytest.approx(np.full(len(got) - 1, period_ns / MS))
        assert got.period_s == pytest.approx(period_ns / 1e9)
        assert got.gyr_rad_s[:, 0] * 16 == pytest.approx(np.radians(t_ms))
        assert got.acc_m_s2[:, 0] * 2048 / 9.80665 == pytest.approx(t_ms, abs=1e-6)
        assert got.acc_m_s2[:, 1] == pytest.approx(-got.acc_m_s2[:, 0])
        assert 28 <= len(got) <= 32
        assert got.undecodable == 0

    def test_the_first_frame_waits_for_the_second(self):
        acc, gyr = stream(ACC, frames=2), stream(GYR, frames=2)
        live = decoder()
        seen = [len(live.decode(block(payload))) for _, payload in sorted(acc + gyr)]
        assert seen == [0, 0, 0, 8]

    def test_a_first_frame_with_a_mangled_time_is_forgotten(self):
        mangled = [(0, frame(GYR, 1 << 61, [[1, 2, 3]] * 4))]
        got = decoder().decode(sent(stream(ACC), mangled, stream(GYR)))
        assert len(got) == 32

    def test_a_frame_of_the_far_future_is_left_out_and_does_not_silence_the_stream(self):
        acc, gyr = stream(ACC), stream(GYR)
        mangled = frame(GYR, gyr[3][0] + 100_000 * MS, [[1, 2, 3]] * 4)
        frames = [payload for _, payload in sorted(acc + gyr)]
        got = decoder().decode(block(*frames[:8], mangled, *frames[8:]))
        assert got.undecodable == 1
        assert len(got) == 32

    def test_a_frame_that_comes_twice_or_late_is_left_out(self):
        acc, gyr = stream(ACC), stream(GYR)
        frames = [payload for _, payload in sorted(acc + gyr)]
        got = decoder().decode(block(*frames[:8], frames[5], frames[7], *frames[8:]))
        assert got.undecodable_at.tolist() == [16, 16]
        assert got.device_s.tolist() == decoder().decode(block(*frames)).device_s.tolist()

    def test_what_waited_for_its_frame_to_fill_would_have_come_earlier(self):
        streams = sorted(chain(stream(ACC), stream(GYR, offset_ns=3 * MS)))
        arrivals_ns = [last_ns + 500 * MS for last_ns, _ in streams]
        readings = decoder().decode(block(*(payload for _, payload in streams), t_ns=arrivals_ns))
        assert len(readings) > 20
        assert (readings.prompt_ns - np.rint(readings.device_s * 1e9) == 500 * MS).all()

    def test_the_arrival_is_that_of_the_later_stream(self):
        acc, gyr = stream(ACC, frames=3), stream(GYR, frames=3)
        order = [gyr[0], acc[0], gyr[1], gyr[2], acc[1], acc[2]]
        got = decoder().decode(block(*(payload for _, payload in order), t_ns=range(10, 16)))
        assert got.arrival_ns.tolist() == [14] * 8 + [15] * 4


class TestLoss:
    @pytest.mark.parametrize("loser", [ACC, GYR])
    @pytest.mark.parametrize("lost", [3, 5])
    def test_a_lost_frame_makes_a_gap_and_nothing_is_drawn_across(self, loser, lost):
        acc = stream(ACC, offset_ns=3 * MS, lost=(lost,) if loser == ACC else ())
        gyr = stream(GYR, lost=(lost,) if loser == GYR else ())
        got = decoder().decode(sent(acc, gyr))
        steps_ms = np.diff(got.device_s) * 1000
        assert np.count_nonzero(steps_ms > 15) == 1
        assert steps_ms.max() == pytest.approx(60 if loser == ACC else 50)
        assert got.acc_m_s2[:, 0] * 2048 / 9.80665 == pytest.approx(got.device_s * 1000, abs=1e-6)
        _, gaps = Timeline().step(got, 0)
        assert [gap.cause for gap in gaps] == [Cause.LOST]

    def test_a_second_frame_that_is_lost_costs_only_the_first(self):
        got = decoder().decode(sent(stream(ACC), stream(GYR, lost=(1,))))
        assert got.device_s[0] == pytest.approx(0.09)
        assert np.diff(got.device_s) == pytest.approx(np.full(len(got) - 1, 0.01))

    def test_one_stream_alone_gives_nothing_and_stays_bounded(self):
        for kind in (ACC, GYR):
            alone = decoder()
            for number in range(100):
                made = stream(kind, frames=1, samples=30, offset_ns=number * 300 * MS)
                assert len(alone.decode(block(made[0][1]))) == 0
            waiting = alone._join._acc, alone._join._gyr
            assert max(map(len, waiting)) <= 700

    @pytest.mark.parametrize("first", [ACC, GYR])
    def test_a_stream_that_comes_too_late_is_not_waited_for(self, first):
        one, other = (stream(kind, frames=300) for kind in (first, ACC + GYR - first))
        payloads = [payload for _, payload in one + other]
        whole, live = decoder().decode(block(*payloads)), decoder()
        assert whole.device_s[0] == pytest.approx(12.0 - 6.0, abs=0.05)
        single = [live.decode(block(payload)).device_s.tolist() for payload in payloads]
        assert list(chain(*single)) == whole.device_s.tolist()


class TestLayout:
    def test_counts_without_a_factor_are_not_guessed(self):
        got = decoder(acc_factor=None).decode(sent(stream(ACC), stream(GYR)))
        assert (len(got), got.undecodable) == (0, 8)

    def test_milli_g_needs_no_factor(self):
        acc = [(t, payload[:9] + b"\x81" + payload[10:]) for t, payload in stream(ACC)]
        got = decoder(acc_factor=None).decode(sent(acc, stream(GYR)))
        assert got.acc_m_s2[:, 2] == pytest.approx(np.full(32, 2.048 * 9.80665))

    @pytest.mark.parametrize(
        ("kind", "flag"), [(ACC, ACC_CLIPPED), (GYR, GYR_CLIPPED)], ids=["acceleration", "angular rate"]
    )
    @pytest.mark.parametrize("count", [32767, -32767, -32768])
    def test_the_end_of_the_range_is_flagged(self, kind, flag, count):
        frames = stream(ACC) + stream(GYR)
        t_ns = max(t for t, payload in frames if payload[0] == kind)
        clipped = frame(kind, t_ns, [[0, 0, 0], [0, count, 0], [0, 0, 0], [0, 0, 0]])
        got = decoder().decode(
            sent([(t, p) for t, p in frames if (t, p[0]) != (t_ns, kind)], [(t_ns, clipped)])
        )
        assert got.flags.tolist() == [0] * 29 + [flag] + [0] * 2

    @pytest.mark.parametrize(
        "bad",
        [
            b"",
            frame(ACC, 500 * MS, [[1, 2, 3]])[:15],
            frame(ACC, 500 * MS, [[1, 2, 3]]) + b"\x08",
            frame(ACC, 500 * MS, [[1, 2, 3]]) + b"\x08\x01\x00\x00",
            frame(ACC, 500 * MS, [[1, 2, 3]]) + b"\x12\x00",
            frame(ACC, 500 * MS, [[1, 2, 3]]) + b"\x00\xff" * 4,
            frame(ACC, 500 * MS, [[1, 2, 32767]]) + b"\x02\x01\x10\x00",
            frame(6, 500 * MS, [[1, 2, 3]]),
            frame(ACC, 0, [[1, 2, 3]]),
            frame(ACC, 1 << 63, [[1, 2, 3]]),
            struct.pack("<BQB", ACC, 500 * MS, 0x01),
            struct.pack("<BQB", ACC, 500 * MS, 0x01) + b"12345",
            struct.pack("<BQB", ACC, 500 * MS, 0x82) + b"123456",
            struct.pack("<BQB6s", GYR, 500 * MS, 0x01, b"123456"),
            struct.pack("<BQB3f", GYR, 500 * MS, 0x81, 0.0, np.nan, 0.0),
            struct.pack("<BQB3f", GYR, 500 * MS, 0x81, 0.0, 1e9, 0.0),
        ],
    )
    def test_what_does_not_follow_it_is_left_out(self, bad):
        frames = sorted(stream(ACC) + stream(GYR))
        got = decoder().decode(block(*(payload for _, payload in frames), bad))
        assert got.undecodable_at.tolist() == [32]
        assert len(got) == 32

    def test_packets_of_another_characteristic_are_left_out(self):
        assert decoder().decode(block(stream(ACC)[0][1], stream=1)).undecodable == 1

    def test_no_packets_are_nothing(self):
        assert decoder().decode(block(b"").cut(0, 0)) is None

    @pytest.mark.parametrize(
        "said",
        [b"", b"\x05", info()[:30], info(rate_hz=0), info(rate_hz=60_000), info(acc_factor=np.nan),
         info(gyr_factor=-1.0), info(gyr_factor=np.inf), b"\x07\x02\x05\x00\x01\x68\x00\x02" + b"\x00"],
    )  # fmt: skip
    def test_info_that_cannot_be_used_is_refused(self, said):
        with pytest.raises(InputError, match=r"; \w+"):
            by_make("polar").decoder(Connected("polar", info=said))


@st.composite
def recordings(draw):
    """Frames of both streams with loss, garbage and another order, and where to cut."""
    acc = stream(
        ACC,
        frames=draw(st.integers(0, 12)),
        offset_ns=draw(st.integers(-9, 9)) * MS,
        samples=draw(st.sampled_from([5, 60])),
    )
    gyr = stream(GYR, frames=draw(st.integers(0, 12)), samples=draw(st.sampled_from([1, 4, 9, 70])))
    payloads = [payload for _, payload in sorted(acc + gyr)]
    payloads = [payload for payload in payloads if draw(st.integers(0, 9))]
    if draw(st.booleans()):
        payloads = draw(st.permutations(payloads))
    extra = st.one_of(
        st.binary(max_size=40),
        st.builds(
            frame,
            st.sampled_from([ACC, GYR]),
            st.integers(0, 20_000).map(lambda ms: ms * MS),
            st.integers(1, 6).map(lambda n: [[1, 2, 3]] * n),
        ),
    )
    for payload in draw(st.lists(extra, max_size=6)):
        payloads.insert(draw(st.integers(0, len(payloads))), payload)
    return payloads or [b""]


@settings(deadline=None, max_examples=200)
@given(payloads=recordings(), cuts=st.sets(st.integers(1, 30)))
def test_cutting_anywhere_changes_not_a_bit(payloads, cuts):
    whole = decoder().decode(block(*payloads))
    packets, live, parts = block(*payloads), decoder(), []
    edges = [0, *sorted(cut for cut in cuts if cut < len(payloads)), len(payloads)]
    for start, stop in pairwise(edges):
        parts.append(live.decode(packets.cut(start, stop)))
    assert sum(part.undecodable for part in parts) == whole.undecodable
    for name in ("device_s", "flags", "arrival_ns", "acc_m_s2", "gyr_rad_s"):
        assert np.concatenate([getattr(part, name) for part in parts]).tolist() == values(whole)[name]
    before, undecodable_at = 0, []
    for part in parts:
        undecodable_at += (part.undecodable_at + before).tolist()
        before += len(part)
    assert undecodable_at == whole.undecodable_at.tolist()
    assert {part.period_s for part in parts if len(part)} <= {whole.period_s}
    assert (np.diff(whole.device_s) > 0).all()


def test_twelve_minutes_are_read_fast(benchmark):
    """Of 2,900 frames each; 0.2 s when it was written: the bits of every block are unpacked by themselves."""
    rng = np.random.default_rng(3)
    frames = []
    for kind in (ACC, GYR):
        for number in range(1450):
            last_ns = round((number + 1) * 52 * 1e9 / 104)
            body = struct.pack("<3h", 0, 0, 2048) + bytes([9, 51]) + rng.bytes(173)
            frames.append((last_ns, struct.pack("<BQB", kind, last_ns, 0x80) + body))
    recording = block(*(payload for _, payload in sorted(frames)))
    readings = benchmark(lambda: decoder().decode(recording))
    assert len(readings) == 1450 * 52
