"""What a few seconds of a sensor's stream say about the sensor and the link: numbers, no judgement."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from tracker.sensing.decoding import Decoding
from tracker.sensing.marks import Mark
from tracker.sensing.samples import Floats, Gap, Packet, Packets, Samples

REST_S = 0.5
"""Length of the windows of which the quietest is taken for rest, s."""

REST_SPREAD_RAD_S, REST_SPREAD_M_S2 = np.radians(2.0), 0.3
"""More than this in the quietest window (standard deviation per axis) is no rest: a hand trembles by it."""


@dataclass(frozen=True, slots=True)
class StreamCheck:
    """What was measured; nan where it could not be.

    Attributes
    ----------
    samples
        How many came.
    span_s
        From the first packet with samples to the last, by the host's clock, s: the longer, the surer.
    rate_hz
        Samples a second by the host's clock, lost ones included: what the sensor really takes.
    stated_hz
        What the sensor says, or by its own clock.
    lost_share
        Share of the time without samples.
    acc_m_s2
        |acc| at rest; nan without an accelerometer.
    gyr_rad_s
        |rate| at rest; nan without a gyroscope.
    is_resting
        Whether it was at rest for a while.
    """

    samples: int
    span_s: float
    rate_hz: float
    stated_hz: float
    lost_share: float
    acc_m_s2: float
    gyr_rad_s: float
    is_resting: bool


def check_stream(items: Iterable[Packet | Mark], since_ns: int = 0) -> StreamCheck:
    """Measure what was heard of one sensor, its connect mark included.

    Parameters
    ----------
    items
        In the order they came; one link is looked at, the last that sent two samples or more.
    since_ns
        What came before is decoded and not measured: some makes stream before they are set up.
    """
    best = _NOTHING
    for _, of_link in groupby(items, key=lambda item: item.link):
        measured = _measured([one for one in _released(of_link) if one.t_ns >= since_ns])
        best = measured if measured.samples > 1 else best
    return best


@dataclass(frozen=True, slots=True, eq=False)
class _Release:
    """Samples that became known when a packet came, and the gaps before or between them."""

    t_ns: int
    samples: Samples
    gaps: tuple[Gap, ...]


def _released(items: Iterable[Packet | Mark]) -> Iterator[_Release]:
    decoding, t_ns = Decoding(), 0
    for item in items:
        t_ns = item.t_ns
        if isinstance(item, Mark):
            samples, gaps = decoding.step_mark(item)
        elif decoding.is_new(item.link):
            continue
        else:
            samples, gaps = decoding.step(Packets.of([item]))
        if samples is not None:
            yield _Release(t_ns, samples, gaps)
    samples, gaps = decoding.finish()
    if samples is not None:
        yield _Release(t_ns, samples, gaps)


def _measured(releases: list[_Release]) -> StreamCheck:
    count = sum(len(one.samples) for one in releases)
    if count < 2:
        return _NOTHING
    period_s = releases[0].samples.period_s
    lost_s = sum(gap.duration_s - period_s for one in releases[1:] for gap in one.gaps)
    span_s = (releases[-1].t_ns - releases[0].t_ns) / 1e9
    taken = count - len(releases[0].samples) + lost_s / period_s  # those of the first came before it
    acc, gyr, is_resting = _at_rest([one.samples for one in releases])
    return StreamCheck(
        samples=count,
        span_s=span_s,
        rate_hz=taken / span_s if span_s > 0 else math.nan,
        stated_hz=1.0 / period_s,
        lost_share=lost_s / (count * period_s + lost_s),
        acc_m_s2=acc,
        gyr_rad_s=gyr,
        is_resting=is_resting,
    )


def _at_rest(blocks: Sequence[Samples]) -> tuple[float, float, bool]:
    """|acc| and |rate| of the quietest window, and whether that is rest."""
    rows = max(2, round(REST_S / blocks[0].period_s))
    windows = sum(map(len, blocks)) // rows
    acc = _windows([block.acc_m_s2 for block in blocks], windows, rows)
    gyr = _windows([block.gyr_rad_s for block in blocks], windows, rows)
    spreads = [
        part.std(axis=1).max(axis=1) / limit
        for part, limit in ((acc, REST_SPREAD_M_S2), (gyr, REST_SPREAD_RAD_S))
        if part is not None
    ]
    if not windows or not spreads:
        return math.nan, math.nan, False
    unrest = np.max(spreads, axis=0)
    quiet = int(unrest.argmin())
    means = [
        math.nan if part is None else float(np.linalg.norm(part[quiet].mean(axis=0))) for part in (acc, gyr)
    ]
    return means[0], means[1], bool(unrest[quiet] < 1.0)


def _windows(blocks: Sequence[Floats | None], windows: int, rows: int) -> Floats | None:
    measured = [block for block in blocks if block is not None]
    if not measured:
        return None
    return np.concatenate(measured)[: windows * rows].reshape(windows, rows, 3)


_NOTHING = StreamCheck(0, math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, is_resting=False)
