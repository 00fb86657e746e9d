"""A Polar's clock that is set while it streams, and frames whose time is mangled."""

import struct

import numpy as np
import pytest

from tests.sensing.test_polar_packets import ACC, GYR, MS, block, decoder, frame, sent, stream


def on_a_clock(by_s, frames):
    """Have these frames be sent by a sensor whose clock is set so much later."""
    by_ns = round(by_s * 1e9)
    return [(at + by_ns, payload[:1] + struct.pack("<Q", at + by_ns) + payload[9:]) for at, payload in frames]


@pytest.mark.parametrize("set_by_s", [-40_000, -15, 15, 40_000])
@pytest.mark.parametrize("at", [8, 9])
def test_a_clock_that_is_set_costs_little_and_silences_nothing(set_by_s, at):
    """As by a phone app, in the middle of a link."""
    whole = on_a_clock(100_000.0, sorted(stream(ACC, frames=30) + stream(GYR, frames=30)))
    moved = on_a_clock(set_by_s, whole)
    arrivals_ns = [last_ns - whole[0][0] for last_ns, _ in whole]
    got = decoder().decode(block(*(payload for _, payload in whole[:at] + moved[at:]), t_ns=arrivals_ns))
    assert len(got) > 0.85 * len(decoder().decode(block(*(payload for _, payload in whole))))
    assert got.device_s[-1] - got.device_s[0] == pytest.approx(1.2, abs=0.1)
    assert (np.diff(got.device_s) > 0).all()


def test_a_second_stream_s_first_frame_that_is_mangled_sets_no_clock():
    acc, gyr = stream(ACC), stream(GYR, offset_ns=81 * MS)
    mangled = [(acc[1][0] + 1, frame(GYR, 100_000 * MS, [[1, 2, 3]] * 4))]
    got = decoder().decode(sent(acc, mangled, gyr))
    assert len(got) == len(decoder().decode(sent(acc, gyr))) > 0


def test_two_mangled_frames_are_no_clock_that_was_set():
    acc, gyr = stream(ACC), stream(GYR)
    frames = [payload for _, payload in sorted(acc + gyr)]
    mangled = [frame(GYR, number * 100_000 * MS, [[1, 2, 3]] * 4) for number in (3, 7)]
    got = decoder().decode(block(*frames[:8], *mangled, *frames[8:]))
    assert got.undecodable == 2
    assert len(got) == 32
