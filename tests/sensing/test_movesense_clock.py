"""Sample times from whole-millisecond stamps: within a millisecond, rising, never changed, cut anywhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.sensing.sensors.movesense_clock import PacketClock, first_period_s

SAMPLES = 8
NOMINAL_S = 1 / 104


def true_ms(packets, *, off=0.0, phase=0.0, ramp_per_s=0.0) -> np.ndarray:
    """When the samples of `packets` packets are taken on the sensor's clock, shape (packets, samples), ms."""
    at_s = np.arange(packets * SAMPLES) * NOMINAL_S / (1 + off)
    at_s += 0.5 * ramp_per_s * at_s**2  # a rate that changes as the chip warms up
    return (1e3 * at_s + phase).reshape(packets, SAMPLES)


def stamps_of(taken_ms) -> np.ndarray:
    return (np.floor(taken_ms[:, 0]).astype(np.int64) % 2**32).astype(np.uint32)


def errors_ms(taken_ms, kept=slice(None)) -> np.ndarray:
    """Time the packets that are kept; errors beside the half millisecond that cutting takes on average."""
    stamps = stamps_of(taken_ms)
    clock = PacketClock(SAMPLES, first_period_s(stamps[:5], SAMPLES, NOMINAL_S))
    times_s = clock.step(stamps[kept])
    return 1e3 * times_s - taken_ms[kept] + 0.5


@settings(deadline=None, max_examples=200)
@given(
    off=st.floats(-0.05, 0.05),
    phase=st.floats(0, 2000),
    ramp_per_s=st.floats(-2e-6, 2e-6),
    seed=st.integers(0, 2**32 - 1),
    loss=st.sampled_from([0.0, 0.02, 0.3]),
)
def test_every_sample_is_within_a_millisecond_of_the_sensor_s_clock(off, phase, ramp_per_s, seed, loss):
    taken_ms = true_ms(400, off=off, phase=phase, ramp_per_s=ramp_per_s)
    kept = np.random.default_rng(seed).random(400) >= loss
    kept[:5] = True
    errors = errors_ms(taken_ms, kept)
    assert np.abs(errors).max() < 1.0
    assert (np.diff((taken_ms[kept] + errors).ravel()) > 0).all()


@pytest.mark.parametrize("off", [-0.04, -0.0113, 0.0, 0.023, 0.04])
def test_after_five_seconds_the_rounding_hardly_shows(off):
    errors = errors_ms(true_ms(800, off=off, phase=0.37))[64:]
    assert errors.std() < 0.1
    assert np.abs(errors).max() < 0.35


def test_a_line_through_stamps_that_fit_exactly_is_exact():
    clock = PacketClock(SAMPLES, 0.0101)
    times_s = clock.step(np.arange(1000, 1000 + 80 * 6, 80, dtype=np.uint32))
    assert times_s[4] == pytest.approx(1.32 + 0.01 * np.arange(8), abs=1e-12)


def test_lost_packets_do_not_move_the_line():
    errors = errors_ms(true_ms(300, off=0.0113), np.arange(300) % 7 != 3)
    assert np.abs(errors[70:]).max() < 0.35


def test_after_a_long_silence_the_slope_is_kept():
    taken_ms = true_ms(400, off=0.04)
    errors = errors_ms(taken_ms, np.r_[:100, 350:400])
    assert np.abs(errors[100:]).max() < 0.6


def test_samples_that_are_missing_begin_a_new_line():
    taken_ms = np.delete(true_ms(200, off=-0.02).ravel(), [801, 802]).reshape(-1)[: 199 * SAMPLES]
    errors = errors_ms(taken_ms.reshape(-1, SAMPLES))
    assert np.abs(np.delete(errors, 100, axis=0)).max() < 1.0  # but for the packet that they are missing in


def test_the_counter_s_wrap_is_gone_over():
    taken_ms = true_ms(200, phase=2**32 - 3000.0)
    assert np.abs(errors_ms(taken_ms)).max() < 1.0


def test_a_packet_that_comes_twice_does_not_bend_the_line():
    stamps = stamps_of(true_ms(200))
    clock = PacketClock(SAMPLES, first_period_s(stamps[:5], SAMPLES, NOMINAL_S))
    times_s = clock.step(np.insert(stamps, 120, stamps[119]))
    assert np.abs(1e3 * times_s[121:] - true_ms(200)[120:] + 0.5).max() < 1.0


@settings(deadline=None)
@given(
    stamps=st.lists(
        st.integers(0, 2**32 - 1) | st.integers(0, 300).map(lambda k: int(76.9 * k)), min_size=1, max_size=90
    ),
    cuts=st.lists(st.integers(0, 90), max_size=8),
)
def test_cutting_anywhere_changes_not_a_bit(stamps, cuts):
    stamps = np.array([*np.arange(0, 77 * 80, 77), *stamps], np.uint32)
    whole = PacketClock(SAMPLES, NOMINAL_S).step(stamps)
    clock = PacketClock(SAMPLES, NOMINAL_S)
    parts = [clock.step(part) for part in np.split(stamps, sorted(cuts))]
    assert np.concatenate(parts).tolist() == whole.tolist()
    assert np.isfinite(whole).all()


@pytest.mark.parametrize(
    ("stamps", "period_s"),
    [
        ([], NOMINAL_S),
        ([5], NOMINAL_S),
        ([0, 80, 160, 240, 320], 0.01),
        ([2**32 - 80, 0, 80], 0.01),
        ([0, 80, 240, 320], 0.01),  # one was lost
        ([0, 1000, 5], NOMINAL_S),
    ],
)
def test_the_first_stamps_tell_the_period_or_nothing(stamps, period_s):
    assert first_period_s(np.array(stamps, np.uint32), SAMPLES, NOMINAL_S) == pytest.approx(period_s)
