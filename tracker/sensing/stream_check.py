"""What a few seconds of a sensor's stream say about the sensor and the link: numbers, no judgement."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from tracker.sensing.decoding import Decoding
from tracker.sensing.samples import Connected, Floats, Mark, Packet, Packets, Samples

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
    rate_hz: float
    stated_hz: float
    lost_share: float
    acc_m_s2: float
    gyr_rad_s: float
    is_resting: bool


def check_stream(items: Iterable[Packet | Mark]) -> StreamCheck:
    """Measure what was heard of one sensor, its connect mark included.

    Parameters
    ----------
    items
        In the order they came; one link is looked at, the last that sent two samples or more.
    """
    best = _NOTHING
    for _, of_link in groupby(items, key=lambda item: item.link):
        measured = _of_one_link(list(of_link))
        best = measured if measured.samples > 1 else best
    return best


def _of_one_link(items: list[Packet | Mark]) -> StreamCheck:
    packets = [item for item in items if isinstance(item, Packet)]
    marks = [item for item in items if isinstance(item, Mark) and isinstance(item.body, Connected)]
    if len(packets) < 2 or not marks:
        return _NOTHING
    decoding = Decoding()
    for mark in marks[:1]:
        decoding.step_mark(mark)
    first, gaps = decoding.step(Packets.of(packets))
    rest, more = decoding.finish()
    released = [samples for samples in (first, rest) if samples is not None]
    if not released or len(released[-1]) < 2:
        return _NOTHING
    samples = released[-1]
    span_s = float(samples.t_s[-1] - samples.t_s[0])
    lost_s = sum(gap.duration_s - samples.period_s for gap in (*gaps, *more))
    acc, gyr, is_resting = _at_rest(samples)
    return StreamCheck(
        samples=len(samples),
        rate_hz=_host_rate_hz(samples, packets, lost_s),
        stated_hz=1.0 / samples.period_s,
        lost_share=max(0.0, lost_s) / span_s,
        acc_m_s2=acc,
        gyr_rad_s=gyr,
        is_resting=is_resting,
    )


def _host_rate_hz(samples: Samples, packets: list[Packet], lost_s: float) -> float:
    """Samples a second between the first and the last packet, by the host's clock."""
    host_s = (packets[-1].t_ns - packets[0].t_ns) / 1e9
    taken = len(samples) + lost_s / samples.period_s
    in_first = len(samples) / len(packets)  # they were taken before it came
    return (taken - in_first) / host_s if host_s > 0 else math.nan


def _at_rest(samples: Samples) -> tuple[float, float, bool]:
    """|acc| and |rate| of the quietest window, and whether that is rest."""
    rows = max(2, round(REST_S / samples.period_s))
    windows = len(samples) // rows
    acc, gyr = (_windows(part, windows, rows) for part in (samples.acc_m_s2, samples.gyr_rad_s))
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


def _windows(values: Floats | None, windows: int, rows: int) -> Floats | None:
    return None if values is None else values[: windows * rows].reshape(windows, rows, 3)


_NOTHING = StreamCheck(0, math.nan, math.nan, math.nan, math.nan, math.nan, is_resting=False)
