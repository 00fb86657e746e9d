"""The timeline of any recording, cut anywhere: not a bit changes, and time rises."""

import itertools
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.sensing.clock import Timeline
from tracker.sensing.samples import Gap, Readings, Samples


@dataclass(frozen=True)
class Sent:
    """A packet: when its samples were taken and arrived, or that it could not be decoded."""

    device_s: np.ndarray
    arrival_ns: int
    is_bad: bool


@st.composite
def recordings(draw):
    """Links, each with the period it states (or None) and its packets."""
    links, arrival_ns = [], 0
    for _ in range(draw(st.integers(1, 3))):
        period_s = draw(st.sampled_from([0.005, 0.01, 0.0199432373046875]))
        device_s = draw(st.floats(0, 5000))
        packets = []
        for dice in draw(st.lists(st.integers(0, 9 * 8 * 4 * 10 - 1), max_size=25)):
            dice, n = divmod(dice, 9)
            dice, jump = divmod(dice, 8)
            dice, wait = divmod(dice, 4)
            device_s += [0, 0, 0, 0, 1, 7, 60, -12][jump] * period_s
            arrival_ns += [0, 0, 45_000_000, 400_000_000][wait]
            packets.append(Sent(device_s + np.arange(n + 1) * period_s, arrival_ns, is_bad=dice == 0))
            device_s += (n + 1) * period_s
        links.append((period_s if draw(st.booleans()) else None, packets))
        arrival_ns += draw(st.integers(0, 30_000_000_000))
    return links


def decoded(packets: list[Sent], period_s: float | None) -> Readings:
    """Make the readings a decoder would; each value tells which sample it belongs to."""
    good = [packet for packet in packets if not packet.is_bad]
    counts = [0 if packet.is_bad else len(packet.device_s) for packet in packets]
    before = np.cumsum([0, *counts])[:-1]
    device_s = np.concatenate([np.empty(0), *(packet.device_s for packet in good)])
    return Readings(
        device_s=device_s,
        acc_m_s2=np.column_stack([device_s] * 3),
        gyr_rad_s=None,
        earth_from_sensor=None,
        flags=np.zeros(len(device_s), np.uint8),
        arrival_ns=np.repeat([packet.arrival_ns for packet in packets], counts).astype(np.int64),
        period_s=period_s if good else None,
        undecodable_at=before[[packet.is_bad for packet in packets]],
    )


def through(recording, rng: np.random.Generator, share_cut: float) -> tuple[list[Samples], list[Gap]]:
    """Send a recording through a timeline, cut behind that share of its packets."""
    timeline, samples, gaps = Timeline(), [], []

    def keep(released):
        samples.extend([] if released[0] is None else [released[0]])
        gaps.extend(released[1])

    for link, (period_s, packets) in enumerate(recording):
        cuts = np.flatnonzero(rng.random(len(packets)) < share_cut) + 1
        for start, stop in itertools.pairwise([0, *cuts.tolist(), len(packets)]):
            keep(timeline.step(decoded(packets[start:stop], period_s), link))
        keep(timeline.link_down())
    keep(timeline.finish())
    return samples, gaps


def every_bit(samples: list[Samples]):
    return [
        (block.link, block.period_s, t_s, *values)
        for block in samples
        for t_s, values in zip(block.t_s.tolist(), block.acc_m_s2.tolist(), strict=True)
    ]


@settings(deadline=None)
@given(recording=recordings(), seed=st.integers(0, 2**32 - 1))
def test_cutting_anywhere_changes_not_a_bit_and_time_always_rises(recording, seed):
    rng = np.random.default_rng(seed)
    whole, gaps = through(recording, rng, 0.0)
    for share_cut in (1.0, 0.3):
        cut, cut_gaps = through(recording, rng, share_cut)
        assert every_bit(cut) == every_bit(whole)
        assert cut_gaps == gaps
    t_s = [t for block in whole for t in block.t_s.tolist()]
    neighbours = set(itertools.pairwise(t_s))
    assert all(before < after for before, after in neighbours)
    assert t_s[:1] in ([], [0.0])
    assert all((gap.t_start_s, gap.t_end_s) in neighbours for gap in gaps)
