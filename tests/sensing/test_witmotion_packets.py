"""WitMotion's bytes: frames made by hand from the note, cut and torn anywhere, and anything at all."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from tracker.sensing.clock import Timeline
from tracker.sensing.marks import Connected
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Cause, Packet, Packets, Readings
from tracker.sensing.sensors import by_make
from tracker.sensing.sensors.witmotion_frames import Framer, Shape, learn
from tracker.sensing.sensors.witmotion_packets import Info, quaternions_of

ANSWER = bytes.fromhex("5571 6400 8801") + bytes(14)
WORDS = (0, 0, 2048, 16, -32, 0, 0, 0, 0)


def default(words=WORDS) -> bytes:
    """The frame as delivered: acceleration, angular rate, angles."""
    return struct.pack("<BB9h", 0x55, 0x61, *words)


def time(ms: int, year=15) -> bytes:
    """The first day of a year, `ms` after midnight."""
    return struct.pack("<6BH", year, 1, 1, ms // 3_600_000, ms // 60_000 % 60, ms // 1000 % 60, ms % 1000)


def dated(ms=0, words=WORDS, year=15) -> bytes:
    """The default frame with the time behind it."""
    return default(words) + time(ms, year)


def timed(ms=0, *, mask=0xE4, words=(*WORDS[:6], 32767, 0, 0, 0)) -> bytes:
    """A frame with the time first."""
    return bytes([0x55, mask]) + time(ms) + struct.pack(f"<{len(words)}h", *words)


def decoder(**info):
    return by_make("witmotion").decoder(Connected("witmotion", info=Info(**info).encode()))


def block(*payloads: bytes, every_s=0.05, start=0, stream=0) -> Packets:
    return Packets.of(
        [Packet(round(1e9 * every_s * i), 0, stream, payload) for i, payload in enumerate(payloads, start)]
    )


def decoded(*payloads: bytes, **info) -> Readings:
    return decoder(rate_hz=20.0, **info).decode(block(*payloads))


class TestValues:
    def test_units_and_signs(self):
        words = (2048, -1024, 32767, 16384, -32768, 1, 16384, 0, 0)
        got = decoded(*(dated(50 * i, words) for i in range(3)))
        assert got.acc_m_s2[0].tolist() == pytest.approx([9.80665, -4.903325, 15.99951 * 9.80665], rel=1e-6)
        assert got.gyr_rad_s[0].tolist() == pytest.approx(np.radians([1000.0, -2000.0, 2000 / 32768]))
        assert got.flags.tolist() == [ACC_CLIPPED | GYR_CLIPPED] * 3
        assert got.device_s.tolist() == pytest.approx([0.0, 0.05, 0.1])
        assert got.period_s == 0.05
        # a roll of 90 deg turns the sensor about x: its y axis then points up
        up = Rotation.from_quat(got.earth_from_sensor[0], scalar_first=True).inv().apply([0.0, 0.0, 1.0])
        assert up.tolist() == pytest.approx([0.0, 1.0, 0.0], abs=1e-12)

    @pytest.mark.parametrize("axis", range(6))
    @pytest.mark.parametrize(
        ("count", "is_clipped"), [(32767, True), (-32767, True), (-32768, True), (32766, False)]
    )
    def test_the_end_of_the_range_flags_its_sample(self, axis, count, is_clipped):
        words = [0] * 9
        words[axis] = count
        flag = (ACC_CLIPPED if axis < 3 else GYR_CLIPPED) if is_clipped else 0
        assert decoded(dated(), dated(50, words), dated(100)).flags.tolist() == [0, flag, 0]

    @pytest.mark.parametrize(
        ("mask", "words", "has"),
        [
            (0xE4, (*WORDS[:6], 32767, 0, 0, 0), (True, True)),
            (0xE1, WORDS, (True, True)),
            (0xE0, WORDS[:6], (True, False)),
            (0xE8, (*WORDS[:6], 1, 2, 3), (True, False)),
            (0xEF, (*WORDS[:6], 1, 2, 3, 32767, 0, 0, 0, *range(6), 0, 0, 0), (True, True)),
            (0x84, (23170, 0, 0, 23170), (False, True)),
            (0x81, (0, 0, 16384), (False, True)),
        ],
    )
    def test_the_second_byte_says_which_fields_there_are(self, mask, words, has):
        got = decoded(*(timed(50 * i, mask=mask, words=words) for i in range(4)))
        assert len(got) == 4
        assert ((got.acc_m_s2 is not None), (got.earth_from_sensor is not None)) == has
        if has[0]:
            assert got.acc_m_s2[3].tolist() == pytest.approx([0.0, 0.0, 9.80665])
            assert got.gyr_rad_s[3].tolist() == pytest.approx(np.radians([0.9765625, -1.953125, 0.0]))
        if mask in (0x84, 0x81):  # turned by 90 deg about z, said in two ways
            assert got.earth_from_sensor[0].tolist() == pytest.approx([0.5**0.5, 0, 0, 0.5**0.5])

    @given(roll=st.floats(-180, 180), pitch=st.floats(-90, 90), yaw=st.floats(-180, 180))
    def test_angles_turn_about_x_then_y_then_z(self, roll, pitch, yaw):
        expected = Rotation.from_euler("ZYX", [yaw, pitch, roll], degrees=True)
        got = Rotation.from_quat(quaternions_of(np.radians([[roll, pitch, yaw]]))[0], scalar_first=True)
        assert (got * expected.inv()).magnitude() < 1e-7

    def test_a_quaternion_that_is_none_is_left_out(self):
        broken = timed(50, words=(*WORDS[:6], 0, 0, 0, 1))
        got = decoded(timed(0), broken, timed(100), timed(150))
        assert got.undecodable_at.tolist() == [1]
        assert got.device_s.tolist() == pytest.approx([0.0, 0.1, 0.15])


class TestFrames:
    @pytest.mark.parametrize(
        ("frame", "shape"),
        [(default(), Shape(0x61, 20)), (dated(), Shape(0x61, 28)), (timed(), Shape(0xE4, 30))],
    )
    def test_the_length_is_learnt_from_three_headers(self, frame, shape):
        assert learn(frame * 2) is None
        assert learn(frame * 2 + frame[:2]) == shape
        assert learn(frame[7:] + frame * 3) == shape
        assert learn(frame + ANSWER + frame + ANSWER + ANSWER + frame) == shape

    def test_frames_without_any_orientation_are_not_learnt(self):
        assert learn(timed(mask=0xC0, words=(1, 2, 3)) * 5) is None

    def test_what_waited_for_the_length_comes_with_its_own_arrival(self):
        sensor = decoder(rate_hz=20.0)
        early = [sensor.decode(block(dated(50 * i), start=i)) for i in range(2)]
        assert [len(part) for part in early] == [0, 0]
        got = sensor.decode(block(dated(100), start=2))
        assert got.arrival_ns.tolist() == [0, 50_000_000, 100_000_000]

    def test_headers_inside_a_frame_mislead_nobody(self):
        heads = struct.unpack("<9h", bytes.fromhex("5561" * 4 + "5571" * 5))
        got = decoded(*(dated(50 * i, heads) for i in range(5)))
        assert (len(got), got.undecodable) == (5, 0)

    @pytest.mark.parametrize("at", range(1, 30))
    def test_an_answer_anywhere_between_frames_and_a_cut_anywhere_lose_nothing(self, at):
        stream = b"".join(timed(10 * i) for i in range(3)) + ANSWER + timed(30) + ANSWER + timed(40)
        whole = decoded(stream)
        assert (len(whole), whole.undecodable) == (5, 0)
        got = decoded(*(stream[i : i + at] for i in range(0, len(stream), at)))
        assert got.undecodable == 0
        assert got.acc_m_s2.tolist() == whole.acc_m_s2.tolist()
        assert got.device_s.tolist() == whole.device_s.tolist()

    def test_a_lost_packet_costs_no_more_than_the_frames_it_had_a_part_of(self):
        stream = b"".join(timed(10 * i) for i in range(40))
        pieces = [stream[i : i + 20] for i in range(0, len(stream), 20)]
        del pieces[31]  # the end of one frame and the start of another
        got = decoded(*pieces)
        missing = sorted(set(range(40)) - set(np.rint(got.device_s * 100).astype(int).tolist()))
        assert len(missing) <= 3
        assert got.undecodable >= 1

    def test_a_torn_frame_is_not_completed_with_the_next_packet(self):
        torn = b"".join(dated(5 * i) for i in range(8))[:200]
        got = decoded(torn, *(dated(40 + 5 * i) for i in range(3)))
        assert np.rint(got.device_s * 1000).astype(int).tolist() == [0, 5, 10, 15, 20, 25, 30, 40, 45, 50]
        assert got.undecodable_at.tolist() == [7]

    def test_noise_between_packets_is_reported_and_passed(self):
        got = decoded(dated(0), dated(50), dated(100), b"\x55", b"\x55\x61\x55", b"", dated(150), dated(200))
        assert got.device_s.tolist() == pytest.approx([0.0, 0.05, 0.1, 0.15, 0.2])
        assert 1 <= got.undecodable <= 3
        assert set(got.undecodable_at.tolist()) == {3}

    def test_packets_of_another_characteristic_are_left_out(self):
        got = decoder(rate_hz=20.0).decode(block(*(dated(50 * i) for i in range(4)), stream=1))
        assert (len(got), got.undecodable) == (0, 4)

    def test_packets_from_before_it_was_set_are_passed_over(self):
        before = [default(), default() + ANSWER, default()]
        got = decoded(*before, *(timed(10 * i) for i in range(4)), setup_packets=3, mask=0xE4)
        assert (len(got), got.undecodable) == (4, 0)
        assert got.arrival_ns[0] == 150_000_000

    def test_no_packets_are_nothing(self):
        assert decoder().decode(block(dated()).cut(0, 0)) is None

    @pytest.mark.parametrize(
        "stranger",
        [
            bytes.fromhex("5551 0100 0200 0008 2800 db"),  # the older protocol: 11 bytes and a sum
            bytes.fromhex(
                "5561 0300 0500 0200 0000 0000 0000 d009 0c00 0900 0b00 0000 0000 0000"
            ),  # vibration
        ],
    )
    def test_other_devices_of_the_maker_are_not_taken_for_this_one(self, stranger):
        got = decoder(rate_hz=100.0).decode(block(*[stranger] * 200))
        assert len(got) == 0
        assert got.undecodable > 100


class TestClock:
    def test_frames_without_a_time_are_counted(self):
        got = decoder(rate_hz=100.0).decode(block(*[default() * 4] * 100, every_s=0.04))
        assert np.diff(got.device_s) == pytest.approx(np.full(399, 0.01), abs=1e-9)
        assert got.period_s == pytest.approx(0.01, abs=1e-9)

    def test_frames_without_a_time_at_an_unknown_rate_are_left_out(self):
        got = decoder().decode(block(*[default()] * 5))
        assert (len(got), got.undecodable) == (0, 5)

    def test_without_a_rate_the_period_is_not_stated(self):
        assert decoder().decode(block(*(dated(50 * i) for i in range(3)))).period_s is None

    @pytest.mark.parametrize("began_anew", [30, 20_000_000])
    def test_a_clock_that_is_set_within_a_link_leaves_a_gap_and_goes_on(self, began_anew):
        first = [dated(10_000_000 + 50 * i) for i in range(20)]
        then = [dated(began_anew + 50 * i) for i in range(20)]
        got = decoder(rate_hz=20.0).decode(
            Packets.of(
                [Packet(round(5e7 * i), 0, 0, frame) for i, frame in enumerate([*first, *[b""] * 10, *then])]
            )
        )
        samples, gaps = Timeline().step(got, 0)
        assert len(samples) == 40
        assert [(gap.t_start_s, gap.t_end_s, gap.cause) for gap in gaps] == [
            (pytest.approx(0.95), pytest.approx(1.5), Cause.LOST)
        ]

    def test_a_clock_that_is_set_between_two_frames_of_a_packet_is_seen_too(self):
        got = decoded(dated(1000) + dated(1050) + dated(1100), dated(50, year=16) + dated(100, year=16))
        assert np.diff(got.device_s) == pytest.approx([0.05, 0.05, 0.05, 0.05])

    def test_a_new_link_starts_at_zero_again(self):
        for _ in range(2):
            got = decoded(dated(777), dated(827), dated(877))
            assert got.device_s.tolist() == pytest.approx([0.0, 0.05, 0.1])

    def test_another_mark_of_the_same_link_changes_nothing(self):
        before = decoder(rate_hz=20.0)
        before.decode(block(*(dated(50 * i) for i in range(3))))
        again = by_make("witmotion").decoder(Connected("witmotion", info=Info().encode()), before)
        assert again.decode(block(dated(150), start=3)).device_s.tolist() == pytest.approx([0.15])


pieces = st.lists(
    st.one_of(
        st.binary(max_size=70),
        st.integers(1, 6).map(lambda n: b"".join(timed(10 * i) for i in range(n))),
        st.integers(1, 6).map(lambda n: dated(50 * n, (n, 2, 3, 4, 5, 6, 7000, 8, 9)) * n),
        st.integers(1, 6).map(lambda n: default((n, -n, 2000, 4, 5, 6, 700 * n, 8000, 9)) * n),
        st.just(ANSWER),
        st.tuples(st.integers(0, 29), st.integers(0, 255)).map(
            lambda change: timed()[: change[0]] + bytes([change[1]]) + timed()[change[0] + 1 :]
        ),
    ),
    min_size=1,
    max_size=25,
)


@settings(deadline=None, max_examples=50)
@given(
    pieces=pieces,
    size=st.sampled_from([0, 0, 7, 20, 61]),
    lead=st.sampled_from([b"", default(), dated(), timed()]),
)
def test_any_bytes_at_all_never_raise_and_cutting_changes_not_a_bit(pieces, size, lead):
    stream = lead * 3 + b"".join(pieces)
    payloads = (
        [lead * 3, *pieces] if size == 0 else [stream[i : i + size] for i in range(0, len(stream), size)]
    )
    payloads = payloads * 3 or [b""]  # long enough for the counted clock to begin
    whole = decoder(rate_hz=50.0).decode(block(*payloads))
    one_by_one = decoder(rate_hz=50.0)
    parts = [one_by_one.decode(block(payload, start=i)) for i, payload in enumerate(payloads)]
    assert sum(part.undecodable for part in parts) == whole.undecodable
    for field in ("device_s", "flags", "arrival_ns", "acc_m_s2", "gyr_rad_s", "earth_from_sensor"):
        values = [value for part in parts if len(part) and (value := getattr(part, field)) is not None]
        expected = getattr(whole, field)
        assert (
            np.concatenate(values).tolist() == expected.tolist()
            if values
            else not len(whole) or expected is None
        )
    assert np.isfinite(whole.device_s).all()


def test_a_stream_of_garbage_is_not_kept():
    framer = Framer()
    rng = np.random.default_rng(1)
    for _ in range(300):
        framer.step(block(*(rng.bytes(200) for _ in range(3))))
        assert sum(len(payload) for _, payload in framer._waiting) <= 600
    framer.step(block(*[timed()] * 3))
    for _ in range(300):
        framer.step(block(rng.bytes(200)))
        assert len(framer._rest) < 30
