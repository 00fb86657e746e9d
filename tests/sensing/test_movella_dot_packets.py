"""The DOT's packets: bytes laid out by hand from the note, published ones, and anything at all."""

import json
import os
import struct
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import BadPacket, InputError
from tracker.sensing.clock import Timeline
from tracker.sensing.marks import Connected
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Cause, Packet, Packets, Readings
from tracker.sensing.sensors import by_make
from tracker.sensing.sensors.movella_dot_packets import MODES, read_info

SHARED = Path(os.environ.get("TRACKER_SHARED", Path(__file__).parents[3] / "shared"))
CAPTURES = SHARED / "data" / "sensor_captures" / "xsens_dot.json"

FULL = {26: (0, 63), 21: (1, 40), 24: (1, 40), 5: (2, 20)}
"""Stream and bytes of a notification of each mode."""
LEVEL = {
    26: (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 9.8125, 1.0, -2.0, 4.0),
    21: (0.0, 0.0, 9.8125, 1.0, -2.0, 4.0),
    24: (1.0, 0.0, 0.0, 0.0, 1.0, -2.0, 4.0),
    5: (1.0, 0.0, 0.0, 0.0),
}
"""What each mode says of a sensor that is level and turns slowly."""
STEP_US = 16_667


def info(mode=26, rate_hz=60) -> bytes:
    device = bytes([0, 0, 0, 10, 0, 30, 0, 11]) + b"Movella DOT".ljust(16, b"\0")
    return bytes([1, 1, mode]) + device + struct.pack("<HB5x", rate_hz, 0)


def decoder(mode=26, rate_hz=60):
    return by_make("movella-dot").decoder(Connected("movella-dot", info=info(mode, rate_hz)))


def payload(mode=26, *, at_us=0, values=None) -> bytes:
    said = LEVEL[mode] if values is None else values
    return struct.pack(f"<I{len(said)}f", at_us % 2**32, *said).ljust(FULL[mode][1], b"\0")


def block(*payloads: bytes, stream=0) -> Packets:
    return Packets.of([Packet(i, 0, stream, one) for i, one in enumerate(payloads)])


def decoded(mode, *payloads):
    return decoder(mode).decode(block(*payloads, stream=FULL[mode][0]))


def with_value(mode, at, value):
    said = list(LEVEL[mode])
    said[at] = value
    return payload(mode, values=said)


class TestValues:
    def test_acceleration_is_metric_already_and_turning_becomes_rad(self):
        got = decoded(26, payload(at_us=1_000_000))
        assert got.device_s.tolist() == [1.0]
        assert got.acc_m_s2.tolist() == [[0.0, 0.0, 9.8125]]
        assert got.gyr_rad_s.tolist() == [pytest.approx(np.radians([1.0, -2.0, 4.0]).tolist())]
        assert got.earth_from_sensor.tolist() == [[1.0, 0.0, 0.0, 0.0]]
        assert (got.flags.tolist(), got.arrival_ns.tolist(), got.undecodable) == ([0], [0], 0)

    @pytest.mark.parametrize("mode", FULL)
    def test_a_mode_brings_what_the_note_says(self, mode):
        got = decoded(mode, payload(mode))
        assert (got.earth_from_sensor is not None) == (mode != 21)
        assert (got.acc_m_s2 is not None) == (mode in (26, 21))
        assert (got.gyr_rad_s is not None) == (mode != 5)

    def test_the_period_is_that_of_the_rate_that_the_sensor_says(self):
        got = decoder(rate_hz=20).decode(block(payload()))
        assert got.period_s == 0.05

    def test_a_quaternion_a_little_off_is_made_a_unit(self):
        got = decoded(5, payload(5, values=(0.6, 0.0, 0.82, 0.0)))
        assert np.linalg.norm(got.earth_from_sensor) == pytest.approx(1.0, abs=1e-12)

    @pytest.mark.parametrize(("axis", "flag"), [(4, ACC_CLIPPED), (6, ACC_CLIPPED), (7, GYR_CLIPPED)])
    @pytest.mark.parametrize("sign", [1, -1])
    def test_the_end_of_a_range_flags_its_sample(self, axis, flag, sign):
        end = 157.0 if flag == ACC_CLIPPED else 2000.0
        got = decoded(
            26, payload(), with_value(26, axis, sign * end), with_value(26, axis, sign * end * 0.99)
        )
        assert got.flags.tolist() == [0, flag, 0]


class TestLayout:
    @pytest.mark.parametrize("mode", FULL)
    def test_zeros_behind_the_values_may_be_missing(self, mode):
        (size,) = (one.size for one in MODES if one.number == mode)
        assert decoded(mode, payload(mode)[:size]).undecodable == 0

    @pytest.mark.parametrize("mode", FULL)
    def test_what_does_not_follow_it_is_counted_and_left_out(self, mode):
        (size,) = (one.size for one in MODES if one.number == mode)
        good, later = payload(mode), payload(mode, at_us=2 * STEP_US)
        wrong = (b"", good[:3], good[: size - 1], good + b"\0", payload(mode, values=[np.nan] * 4))
        for bad in wrong:
            got = decoded(mode, good, bad, later)
            assert got.undecodable_at.tolist() == [1]
            assert got.device_s.tolist() == [0.0, 2 * STEP_US / 1e6]

    @pytest.mark.parametrize("stream", [0, 1, 2])
    @pytest.mark.parametrize("mode", FULL)
    def test_another_characteristic_is_never_decoded(self, mode, stream):
        got = decoder(mode).decode(block(payload(mode), stream=stream))
        assert got.undecodable == (stream != FULL[mode][0])

    @pytest.mark.parametrize(("started", "sent"), [(21, 24), (24, 21)])
    def test_a_frame_of_another_mode_over_the_same_characteristic_is_left_out(self, started, sent):
        assert decoded(started, payload(sent)).undecodable == 1

    @pytest.mark.parametrize(
        ("at", "value"), [(0, 0.9), (5, 400.0), (8, -4100.0), (4, np.inf), (9, np.nan), (6, 1e38)]
    )
    def test_what_cannot_be_is_left_out(self, at, value):
        assert decoded(26, with_value(26, at, value)).undecodable == 1

    def test_no_packets_are_nothing(self):
        assert decoder().decode(block(payload()).cut(0, 0)) is None

    def test_a_block_of_nothing_good_still_counts(self):
        got = decoded(26, b"", b"x")
        assert (len(got), got.undecodable_at.tolist()) == (0, [0, 0])


class TestInfo:
    def test_says_mode_and_rate(self):
        said = read_info(info(24, 30))
        assert (said.mode.number, said.rate_hz) == (24, 30)

    @pytest.mark.parametrize("mode", [2, 3, 6, 7, 16, 22, 23])
    def test_acceleration_without_gravity_is_refused(self, mode):
        with pytest.raises(BadPacket, match="without gravity; let tracker start the sensor"):
            read_info(info(mode))

    @pytest.mark.parametrize(
        ("value", "says"),
        [
            (b"", "0 bytes"),
            (info()[:28], "28 bytes"),
            (info(4), "payload mode 4 is not supported"),
            (info(17), "payload mode 17 is not supported"),
            (info(rate_hz=0), "0 Hz"),
        ],
    )
    def test_what_cannot_be_used_is_refused(self, value, says):
        with pytest.raises(InputError, match=says):
            by_make("movella-dot").decoder(Connected("movella-dot", info=value))


class TestClock:
    def test_goes_on_through_the_wrap_after_71_minutes(self):
        got = decoded(26, *(payload(at_us=2**32 - 2 * STEP_US + i * STEP_US) for i in range(5)))
        assert np.diff(got.device_s) == pytest.approx(np.full(4, STEP_US / 1e6), abs=1e-9)

    def test_a_mangled_time_does_not_shift_what_follows(self):
        times = [0, STEP_US, 1 << 31, 3 * STEP_US]
        got = decoded(26, *(payload(at_us=at_us) for at_us in times))
        assert got.device_s[[0, 1, 3]].tolist() == [0.0, STEP_US / 1e6, 3 * STEP_US / 1e6]

    def test_goes_on_when_the_info_is_told_again(self):
        before = decoder()
        before.decode(block(payload(at_us=2**32 - STEP_US)))
        after = by_make("movella-dot").decoder(Connected("movella-dot", info=info()), before)
        assert after.decode(block(payload())).device_s.tolist() == [2**32 / 1e6]

    def test_lost_packets_are_gaps_by_the_device_s_time(self):
        kept = [i for i in range(120) if i not in (30, 31, 32, 77)]
        readings = decoded(26, *(payload(at_us=i * STEP_US) for i in kept))
        samples, gaps = Timeline().step(readings, 0)
        assert len(samples) == 116
        assert [gap.cause for gap in gaps] == [Cause.LOST] * 2
        assert [gap.duration_s for gap in gaps] == pytest.approx([4 * STEP_US / 1e6, 2 * STEP_US / 1e6])


class TestPublished:
    @pytest.fixture
    def captures(self):
        if not CAPTURES.exists():
            pytest.skip(
                "the published captures are not here; set TRACKER_SHARED to the folder that has data/"
            )
        return {one["id"]: one for one in json.loads(CAPTURES.read_text("utf-8"))["vectors"]}

    def test_free_acceleration_is_never_taken_for_a_quaternion(self, captures):
        packets = [bytes.fromhex(captures[f"dot_cap_freeacc_{n}"]["hex"]) for n in (1, 2)]
        assert decoded(5, *packets).undecodable == 2

    @pytest.mark.parametrize("mode", FULL)
    def test_time_and_padding_are_where_the_capture_has_them(self, captures, mode):
        stamps = []
        for n in (1, 2):
            capture = captures[f"dot_cap_freeacc_{n}"]
            said, expected = bytes.fromhex(capture["hex"]), capture["expected"]
            assert said[-expected["padding_bytes"] :] == bytes(4)
            stamps.append((said[:4], expected["timestamp_us"]))
        got = decoded(mode, *(stamp + payload(mode)[4:] for stamp, _ in stamps))
        assert got.device_s.tolist() == [us / 1e6 for _, us in stamps]


def values(readings: Readings):
    return {
        field.name: value.tolist()
        if isinstance(value := getattr(readings, field.name), np.ndarray)
        else value
        for field in fields(Readings)
    }


floats = st.floats(width=32) | st.sampled_from([0.0, 1.0, -0.5, 9.8125, 500.0])


@st.composite
def streams(draw):
    """A mode, and payloads of it with some of others and some that are broken."""
    mode = draw(st.sampled_from(sorted(FULL)))
    good = st.builds(payload, st.just(mode), at_us=st.integers(0, 2**32 - 1))
    others = st.sampled_from(sorted(FULL)).map(payload)
    wild = st.lists(floats, min_size=len(LEVEL[mode]), max_size=len(LEVEL[mode])).map(
        lambda said: payload(mode, values=said)
    )
    changed = st.tuples(st.integers(0, FULL[mode][1] - 1), st.integers(0, 255)).map(
        lambda change: payload(mode)[: change[0]] + bytes([change[1]]) + payload(mode)[change[0] + 1 :]
    )
    one = st.one_of(good, good, good, others, wild, changed, st.binary(max_size=70))
    return mode, draw(st.lists(one, min_size=1, max_size=20)), draw(st.integers(1, 7))


@settings(deadline=None)
@given(stream=streams())
def test_any_bytes_at_all_never_raise_and_cutting_changes_not_a_bit(stream):
    mode, payloads, step = stream
    packets = block(*payloads, stream=FULL[mode][0])
    whole = decoder(mode).decode(packets)
    cutting, parts = decoder(mode), []
    for start in range(0, len(packets), step):
        parts.append(cutting.decode(packets.cut(start, min(start + step, len(packets)))))
    assert sum(part.undecodable for part in parts) == whole.undecodable
    for name in ("device_s", "flags", "arrival_ns", "acc_m_s2", "gyr_rad_s", "earth_from_sensor"):
        columns = [getattr(part, name) for part in parts]
        joined = None if columns[0] is None else np.concatenate(columns).tolist()
        assert joined == values(whole)[name], name
    for name in ("device_s", "acc_m_s2", "gyr_rad_s", "earth_from_sensor"):
        column = getattr(whole, name)
        assert column is None or np.isfinite(column).all(), name


@settings(deadline=None)
@given(value=st.binary(max_size=60) | st.integers(0, 35).map(lambda n: info()[:n]))
def test_any_info_is_read_or_refused(value):
    try:
        said = read_info(value)
    except BadPacket:
        return
    assert said.rate_hz > 0


def test_twelve_minutes_decode_quickly(benchmark):
    packets = block(*(payload(at_us=i * STEP_US) for i in range(43_200)))
    readings = benchmark(lambda: decoder().decode(packets))
    assert len(readings) == 43_200
