"""Imported samples: what goes in as rows comes out untouched, however it was cut into payloads."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import InputError
from tracker.sensing.marks import Connected
from tracker.sensing.samples import Packet, Packets
from tracker.sensing.sensors import SENSORS, by_make
from tracker.sensing.sensors.sample_blocks import MAKE, encode_rows

T_S = np.array([0.0, 0.013, 0.02, 0.031])
ACC = np.arange(12.0).reshape(4, 3) / 7
GYR = -np.arange(12.0).reshape(4, 3) / 3
QUATERNION = np.tile([0.5, 0.5, -0.5, 0.5], (4, 1))


def decode(info: bytes, *payloads: bytes):
    packets = [Packet(100 * i, 0, 0, payload) for i, payload in enumerate(payloads)]
    return by_make(MAKE).decoder(Connected(MAKE, info=info)).decode(Packets.of(packets))


@pytest.mark.parametrize(
    ("acc", "gyr", "quaternion"),
    [
        (ACC, GYR, QUATERNION),
        (ACC, GYR, None),
        (ACC, None, QUATERNION),
        (None, GYR, QUATERNION),
        (ACC, None, None),
        (None, None, QUATERNION),
    ],
)
def test_what_goes_in_comes_out(acc, gyr, quaternion):
    info, rows = encode_rows(T_S, acc, gyr, quaternion)
    got = decode(info, rows[:1].tobytes(), rows[1:].tobytes())
    for part, expected in ((got.acc_m_s2, acc), (got.gyr_rad_s, gyr), (got.earth_from_sensor, quaternion)):
        assert (part is None) if expected is None else np.array_equal(part, expected)
    assert np.array_equal(got.device_s, T_S)
    assert got.arrival_ns.tolist() == [0, 100, 100, 100]
    assert (got.is_t_s, got.period_s, got.flags.tolist(), got.undecodable) == (True, None, [0] * 4, 0)


def test_the_layout_is_the_documented_one():
    info, rows = encode_rows(np.array([1.5]), None, np.array([[1.0, 2.0, 3.0]]), None)
    assert info == b"\2"
    assert rows.tobytes() == struct.pack("<4d", 1.5, 1.0, 2.0, 3.0)


@pytest.mark.parametrize("bad", [b"", b"\0" * 31, b"\0" * 33, struct.pack("<4d", 0.5, 1.0, np.nan, 3.0)])
def test_a_payload_that_is_no_rows_is_counted_and_left_out(bad):
    info, rows = encode_rows(T_S, ACC, None, None)
    got = decode(info, rows[:2].tobytes(), bad, rows[2:].tobytes())
    assert got.undecodable_at.tolist() == [2]
    assert np.array_equal(got.acc_m_s2, ACC)
    assert got.arrival_ns.tolist() == [0, 0, 200, 200]


@pytest.mark.parametrize("info", [b"", b"\0", b"\x08", b"\1\1"])
def test_info_that_names_no_columns_is_refused(info):
    with pytest.raises(InputError, match="import the file again"):
        decode(info, b"")


@settings(deadline=None)
@given(payloads=st.lists(st.binary(max_size=100), min_size=1, max_size=8), info=st.integers(1, 7))
def test_any_bytes_at_all_never_raise(payloads, info):
    got = decode(bytes([info]), *payloads)
    assert len(got) == len(got.arrival_ns) == len(got.flags)


class TestRegistry:
    def test_every_make_is_found_by_its_key(self):
        assert [by_make(sensor.make) for sensor in SENSORS] == list(SENSORS)

    def test_an_unknown_make_is_refused_with_the_known_ones(self):
        with pytest.raises(InputError, match=r"'acme'.*open-lift"):
            by_make("acme")

    def test_only_its_own_advertisement_is_recognised(self):
        sensor = by_make("open-lift")
        assert sensor.recognises(
            "LIFT-00A1", ["0000180f-0000-1000-8000-00805f9b34fb", sensor.service_uuid.upper()]
        )
        assert not sensor.recognises("LIFT-00A1", [])
        assert not by_make("samples").recognises("", [""])
