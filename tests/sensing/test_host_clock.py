"""The host's clock beside t_s: the middle of the packets that were not held up."""

import numpy as np
import pytest

from tracker.sensing.host_clock import WINDOW_S, HostClock, line_below, line_through_prompt

LATENCY_S = 0.012
SKEW = 200e-6


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
def test_good_to_four_milliseconds_through_a_bad_link(drift, duration_s):
    """Beside the mean of what a packet is late by."""
    t_s = np.arange(0, duration_s, 0.05)
    mean_late_s = 0.015 + 0.01
    errors_s = []
    for seed in range(10):
        line = fed(t_s, arrivals(t_s, np.random.default_rng(seed), drift=drift)).line()
        assert line.rate == pytest.approx(1 + drift, abs=5e-3 / min(duration_s, WINDOW_S))
        truth_s = 100.0 + t_s[-1] * (1 + drift) + LATENCY_S + mean_late_s
        errors_s.append(line.host_s(t_s[-1]) - truth_s)
        assert line.t_s(line.host_s(t_s[-1])) == pytest.approx(t_s[-1])
    assert np.abs(errors_s).max() < 4e-3


PAIRS = [
    *((0.0075, interval_s) for interval_s in (0.015, 0.03, 0.05)),
    *((1 / 60, interval_s) for interval_s in (0.015, 0.03)),
    *((0.04, interval_s) for interval_s in (0.0075, 0.015, 0.03, 0.045, 0.05)),
    *((0.05, interval_s) for interval_s in (0.0075, 0.015, 0.03, 0.045)),
    *((0.06, interval_s) for interval_s in (0.045, 0.05)),
]
"""How often packets are sent and the link wakes, s."""
IN_STEP = [(0.03, 0.015), (0.03, 0.03), (0.05, 0.05), (0.06, 0.0075), (0.06, 0.015), (0.06, 0.03)]
"""Packets that meet each waking of the link, or each second, fourth or eighth, at the same moment of it."""


def errors_ms(packet_s, interval_s, *, jitter_s, links=30):
    """How far the newest packet of 30-60 s is off, on links each with a constant taken off, ms.

    Clocks differ by 200 ppm, one packet in a hundred stalls, and packets leave when the link wakes.
    """
    errors = []
    for seed in range(links):
        rng = np.random.default_rng(seed)
        t_s = np.arange(0, 60.0, packet_s)
        sent_s = rng.uniform(0, interval_s) + t_s * (1 - SKEW * (-1) ** seed)
        late_s = rng.exponential(jitter_s, len(t_s))
        late_s += (rng.random(len(t_s)) < packet_s / 4.0) * rng.uniform(0.05, 0.4, len(t_s))
        arrival_s = np.maximum.accumulate(np.ceil((sent_s + late_s) / interval_s) * interval_s)
        stops = t_s.searchsorted(np.arange(30.0, 59.0, 4.0))
        lines = [line_through_prompt(t_s[:stop], arrival_s[:stop]) for stop in stops]
        off_s = [
            line.host_s(t_s[stop - 1]) - sent_s[stop - 1] for line, stop in zip(lines, stops, strict=True)
        ]
        errors.append(1e3 * np.abs(off_s - np.median(off_s)))
    return np.concatenate(errors)


@pytest.mark.parametrize("jitter_s", [0.0, 0.005], ids=["even", "jittery"])
@pytest.mark.parametrize(("packet_s", "interval_s"), PAIRS)
def test_within_2_and_10_ms_of_the_truth_after_half_a_minute(packet_s, interval_s, jitter_s):
    """Median and 95 %, whatever packets and link do to one another."""
    off_ms = errors_ms(packet_s, interval_s, jitter_s=jitter_s)
    assert np.median(off_ms) < 2.0
    assert np.percentile(off_ms, 95) < 10.0


@pytest.mark.parametrize(("packet_s", "interval_s"), IN_STEP)
def test_what_no_one_way_link_can_tell(packet_s, interval_s):
    """How long packets in step with the link wait grows as slowly as clocks drift, until a waking is missed.

    After 150 s, for 30 ms and 200 ppm. Until then nobody can tell it from a clock, and when it happens half
    a waking is what was not known.
    """
    off_ms = errors_ms(packet_s, interval_s, jitter_s=0.0)
    assert np.median(off_ms) < 2.1
    assert np.percentile(off_ms, 95) < 0.6e3 * interval_s


def test_no_packet_lies_below_the_lowest_line():
    t_s = np.arange(0, 100, 0.05)
    arrival_s = arrivals(t_s, np.random.default_rng(3))
    line = line_below(t_s, arrival_s)
    assert min(arrival - line.host_s(t) for t, arrival in zip(t_s, arrival_s, strict=True)) > -1e-9


def test_a_short_stretch_says_nothing_of_the_rate():
    line = fed(np.array([0.0, 1.0, 2.0]), np.array([10.4, 11.1, 12.3])).line()
    assert (line.at_t_s, line.rate) == (1.0, 1.0)
    assert line.at_host_s == pytest.approx((10.4 + 11.1 + 12.3) / 3)


def test_a_packet_that_was_held_up_says_nothing():
    t_s, arrival_s = np.arange(5.0), np.array([10.4, 11.1, 12.3, 13.9, 14.0])
    line = fed(t_s, arrival_s).line()
    assert line.host_s(1.75) == pytest.approx(np.delete(arrival_s, 3).mean())


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
