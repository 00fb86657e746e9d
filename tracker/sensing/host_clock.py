"""The host's clock as seen from the recording's time: which moment of t_s arrived when."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tracker.sensing.samples import Floats

WINDOW_S = 120.0
"""Stretch that the mapping looks back over, s: 60-120 s hold enough prompt packets and still follow
a crystal that warms up (design note 4, section 8)."""

RATE_AFTER_S = 10.0
"""Stretch below which both clocks are taken to run alike, s: over a shorter one the latency's
scatter would tilt the line more than any crystal does."""

RATE_TOLERANCE = 0.1
"""Largest difference of the two clocks' rates that is believed: parts sold as 100 Hz run at 95-105."""

PROMPT = 2.0
"""A packet that is more than so many times as late as the median one was held up: a stall, or sent again.
On a link that wakes at even intervals the others are as often earlier than the median as later."""

SAME_CLOCK_S = 5.0
"""How far a sensor's clock and the host's may differ over the time away, s, to be believed to have gone
on: more than a sensor ever holds its samples back, less than the clock of another sensor is off."""


@dataclass(frozen=True, slots=True)
class HostLine:
    """The straight line from t_s to the host's clock, at a constant delay.

    Attributes
    ----------
    at_t_s, at_host_s
        A point on it, s.
    rate
        Host seconds for each second of t_s; always positive, so time never steps back along it.

    Examples
    --------
    >>> line = HostLine(at_t_s=10.0, at_host_s=12.0, rate=1.0)
    >>> line.host_s(20.0), line.t_s(22.0)
    (22.0, 20.0)
    """

    at_t_s: float
    at_host_s: float
    rate: float

    def host_s(self, t_s: float) -> float:
        """Give the host's time, s, at which a packet from `t_s` that is not held up arrives."""
        return self.at_host_s + (t_s - self.at_t_s) * self.rate

    def t_s(self, host_s: float) -> float:
        """Give the time on t_s from which such a packet arrives at `host_s`, s."""
        return self.at_t_s + (host_s - self.at_host_s) / self.rate

    def start_s(self, host_s: float, device_says_s: float | None) -> float:
        """Give where on t_s a new link starts.

        Parameters
        ----------
        host_s
            When its first packet arrived, s.
        device_says_s
            The same by the sensor's clock, s on t_s, if that goes on from link to link; it is
            sharper, as samples may come late, and it is believed unless it was set in between.
        """
        t_s = self.t_s(host_s)
        if device_says_s is None or abs(device_says_s - t_s) > SAME_CLOCK_S:
            return t_s
        return device_says_s


class HostClock:
    """Maps t_s to the host's clock, beside t_s and never a warp of it.

    A link wakes at even intervals, and packets that leave at even intervals wait for it. Where both are in
    a simple ratio, as 50 ms and 30 ms, how long the promptest ones wait changes as slowly as clocks drift,
    for up to a minute, and then jumps. All packets that were not held up, taken together, jump less
    (`line_through_prompt`).

    Notes
    -----
    Within 2 ms (median) and 10 ms (95 %) half a minute after the start, on links that wake each 7.5-50 ms,
    with stalls and clocks that differ by 200 ppm. Not so where packets are in step with the link, as each
    60 ms on 30 ms: until a waking is missed, after minutes, half a waking is what no one-way link can tell.
    Nor can it tell the constant part of the latency. The state is the points of the window; however they
    were handed in, the line is the same.
    """

    def __init__(self) -> None:
        self._blocks: deque[tuple[Floats, Floats]] = deque()

    def step(self, t_s: Floats, arrival_s: Floats) -> None:
        """Take in when what was measured at `t_s`, shape (n,), rising, arrived: shape (n,), s."""
        if len(t_s) == 0:
            return
        self._blocks.append((t_s, arrival_s))
        while self._blocks[0][0][-1] < t_s[-1] - WINDOW_S:
            self._blocks.popleft()

    def line(self) -> HostLine | None:
        """Fit the line over the last `WINDOW_S`; None when nothing was taken in."""
        if not self._blocks:
            return None
        t_s = np.concatenate([block[0] for block in self._blocks])
        arrival_s = np.concatenate([block[1] for block in self._blocks])
        inside = t_s >= t_s[-1] - WINDOW_S
        return line_through_prompt(t_s[inside], arrival_s[inside])


def line_through_prompt(t_s: Floats, arrival_s: Floats) -> HostLine:
    """Fit the line through the middle of the packets that were not held up.

    Those are at most `PROMPT` times as late as the median packet, over the line below all of them.

    Parameters
    ----------
    t_s, arrival_s
        Shape (n,), at least one point, s; t_s rises.
    """
    below = line_below(t_s, arrival_s)
    late_s = arrival_s - (t_s - below.at_t_s) * below.rate
    late_s -= late_s.min()
    is_prompt = late_s <= PROMPT * np.median(late_s)
    t_s, arrival_s = t_s[is_prompt], arrival_s[is_prompt]
    at_t_s, at_host_s = float(t_s.mean()), float(arrival_s.mean())
    rate = below.rate
    if t_s[-1] - t_s[0] >= RATE_AFTER_S:
        from_middle_s = t_s - at_t_s
        fitted = float(from_middle_s @ (arrival_s - at_host_s) / (from_middle_s @ from_middle_s))
        rate = fitted if abs(fitted - 1.0) <= RATE_TOLERANCE else rate
    return HostLine(at_t_s, at_host_s, rate)


def line_below(t_s: Floats, arrival_s: Floats, rate_after_s: float = RATE_AFTER_S) -> HostLine:
    """Fit the line that lies below all points and is closest to them together.

    Parameters
    ----------
    t_s, arrival_s
        Shape (n,), at least one point, s; t_s rises.
    rate_after_s
        Stretch of t_s below which the rate is taken to be 1.
    """
    if len(t_s) > 1 and t_s[-1] - t_s[0] >= rate_after_s:
        (t_a, host_a), (t_b, host_b) = _edge_under(float(t_s.mean()), _lower_hull(t_s, arrival_s))
        rate = (host_b - host_a) / (t_b - t_a)
        if abs(rate - 1.0) <= RATE_TOLERANCE:
            return HostLine(t_a, host_a, rate)
    prompt = int(np.argmin(arrival_s - t_s))
    return HostLine(float(t_s[prompt]), float(arrival_s[prompt]), 1.0)


_Point = tuple[float, float]


def _lower_hull(t_s: Floats, arrival_s: Floats) -> list[_Point]:
    hull: list[_Point] = []
    for point in zip(t_s.tolist(), arrival_s.tolist(), strict=True):
        while len(hull) > 1 and not _turns_left(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return hull


def _turns_left(a: _Point, b: _Point, c: _Point) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])


def _edge_under(t_s: float, hull: list[_Point]) -> tuple[_Point, _Point]:
    return next((a, b) for a, b in pairwise(hull) if b[0] >= t_s)
