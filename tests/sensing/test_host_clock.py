"""The host's clock beside t_s: prompt packets count, late ones do not."""

import numpy as np
import pytest

from tracker.sensing.host_clock import HostClock

LATENCY_S = 0.012


def arrivals(t_s, rng, *, drift=0.0, started_s=100.0):
    """Simulate when packets arrive: 30 ms connection events, retransmissions, 1 % stalls of 50-400 ms."""
    late_s = rng.uniform(0, 0.03, len(t_s)) + rng.exponential(0.01, len(t_s))
    late_s += (rng.random(len(t_s)) < 0.01) * rng.uniform(0.05, 0.4, len(t_s))
    return np.maximum.accumulate(started_s + t_s * (1 + drift) + LATENCY_S + late_s)


def fed(t_s, arrival_s, size=1) -> HostClock:
    clock = HostClock()
    for i in range(0, len(t_s), size):
        clock.step(t_s[i : i + size], arrival_s[i : i + size])
    return clock


def test_nothing_is_known_before_the_first_packet():
    assert HostClock().line() is None


@pytest.mark.parametrize("drift", [0.0, 40e-6, -40e-6, 0.02])
@pytest.mark.parametrize("duration_s", [30.0, 120.0, 600.0])
def test_good_to_three_milliseconds_through_a_bad_link(drift, duration_s):
    t_s = np.arange(0, duration_s, 0.05)
    arrival_s = arrivals(t_s, np.random.default_rng(7), drift=drift)
    line = fed(t_s, arrival_s).line()
    assert line.rate == pytest.approx(1 + drift, abs=0.005 / duration_s)
    truth_s = 100.0 + t_s[-1] * (1 + drift) + LATENCY_S
    assert line.host_s(t_s[-1]) == pytest.approx(truth_s, abs=3e-3)
    assert line.t_s(truth_s) == pytest.approx(t_s[-1], abs=3e-3)


def test_no_packet_lies_below_the_line():
    t_s = np.arange(0, 100, 0.05)
    arrival_s = arrivals(t_s, np.random.default_rng(3))
    line = fed(t_s, arrival_s).line()
    assert min(arrival - line.host_s(t) for t, arrival in zip(t_s, arrival_s, strict=True)) > -1e-9


def test_a_short_stretch_takes_the_promptest_packet():
    line = fed(np.array([0.0, 1.0, 2.0]), np.array([10.4, 11.1, 12.3])).line()
    assert (line.at_t_s, line.at_host_s, line.rate) == (1.0, 11.1, 1.0)


def test_clocks_that_cannot_be_are_not_believed():
    t_s = np.arange(0, 60, 0.05)
    assert fed(t_s, np.zeros(len(t_s))).line().rate == 1.0


def test_a_crystal_that_changes_is_followed():
    t_s = np.arange(0, 600, 0.05)
    drifting_s = t_s + np.maximum(0, t_s - 300) * 50e-6
    line = fed(t_s, 5.0 + drifting_s).line()
    assert line.rate == pytest.approx(1 + 50e-6, abs=1e-6)


def test_how_it_was_handed_in_does_not_matter():
    t_s = np.arange(0, 300, 0.05)
    arrival_s = arrivals(t_s, np.random.default_rng(1))
    assert (
        fed(t_s, arrival_s, 1).line() == fed(t_s, arrival_s, 77).line() == fed(t_s, arrival_s, 10_000).line()
    )
