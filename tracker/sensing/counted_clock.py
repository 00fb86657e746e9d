"""Device time for a sensor that sends none: its samples are counted, and their arrival sets the pace.

A sample's number says when it was taken once the period is known, and no part keeps the period that
it states: some run several per cent off. Arrival is late by anything, but never early, so the
promptest packets lie on the line of the true times (`host_clock.line_below`).

What is given out is that line, and not the arrivals: a link that stalls and then delivers everything
changes nothing. Only what stays late for `RECOGNISE_S`, by a packet or more, tells that packets were lost.

The period is measured before the first sample is given out, and stays that of the link
(`period_s`); the spacing follows the line all the time. To hold it too, as for a sensor that sends its
clock, would not do: after two seconds it is known to 0.5 %, which is 150 ms half a minute later.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from tracker.sensing.host_clock import HostLine, line_below
from tracker.sensing.joining import joined
from tracker.sensing.samples import Floats, Ints, Readings

TICK_S = 0.5
"""Of each such stretch of samples the promptest packet counts, s: about a dozen packets, of which one
is hardly late."""

AT_FIRST, THEN = 20, 4
"""The line is fitted again at each of the first ticks, while it still changes, and then at one in so many."""

WINDOW_S = 60.0
"""Stretch that the line is fitted over, s: long for the scatter, short for a crystal that warms up."""

MEASURE_S, PATIENCE_S = 2.0, 4.0
"""Stretch that the period is first measured over, s, once it holds neither a stall nor a loss; and how
long to wait for such a one."""

RECOGNISE_S = 1.0
"""Packets that are late for so long are late because others are lost, s; a stall delivers all at once
when it ends."""

COMPARE_S = 2.0
"""How prompt packets were before is looked up over so long, s: a period that is known to 0.5 % makes
10 ms of it, a quarter of a packet."""

LOST_FROM, SPREAD_BELOW = 0.6, 1.5
"""How much later they are then, at least, and how much their delays differ, at most, in packets'
lengths: when they differ more, the link is catching up."""

RECENT_S = 10.0
"""What is given out follows the promptest packet of so long, s: it mends what the rate or a loss that
was not recognised did wrong, and no stall lasts so long."""

CATCH_UP_S, MOST_SLEW = 2.0, 0.02
"""Time over which what was given out is led to where it should be, s, and how much that may change the
spacing."""


@dataclass(slots=True)
class _Prompt:
    """The packet of a tick that came promptest: the number of its last sample, and its arrival, s."""

    number: int
    arrival_s: float


@dataclass(frozen=True, slots=True)
class _Segment:
    """What is given out: a straight line through (number, time), until the next tick."""

    number: int
    at_s: float
    period_s: float

    def times(self, numbers: Ints) -> Floats:
        times: Floats = self.at_s + (numbers - self.number).astype(np.float64) * self.period_s
        return times


class CountedClock:
    """Gives readings their `device_s`, s since the first packet came: on the host's clock.

    Parameters
    ----------
    stated_period_s
        What the sensor states, s; the true one is within a tenth of it (`host_clock.RATE_TOLERANCE`).

    Attributes
    ----------
    period_s
        As it was first measured; None until then.

    Notes
    -----
    Readings are held back until the period is known: `MEASURE_S` of them, at most `PATIENCE_S`. Then
    times rise strictly, and one that was given out is never taken back. They are the same however the
    packets come in blocks. The state is a point for each tick of `WINDOW_S` and what is held back.

    A lost packet is recognised `RECOGNISE_S` late: until then the samples after it are early by its
    length, and the gap appears where it was recognised.
    """

    def __init__(self, stated_period_s: float) -> None:
        self.period_s: float | None = None
        self._stated_s = stated_period_s
        self._tick_samples = max(1, round(TICK_S / stated_period_s))
        self._origin_ns: int | None = None
        self._taken = 0
        self._lost = 0
        self._tick = 0
        self._rate = 1.0
        self._packet_s = 0.0
        self._open: _Prompt | None = None
        self._open_late_s = 0.0
        self._points: deque[_Prompt] = deque()
        self._closed = 0
        self._segment: _Segment | None = None
        self._held: list[Readings] = []
        self._held_counts: list[int] = []

    def step(self, readings: Readings, counts: Ints) -> Readings:
        """Put the next readings on the clock.

        Parameters
        ----------
        readings
            Their `device_s` does not matter.
        counts
            Shape (k,), how many of them each packet brought; they add up to all.

        Returns
        -------
        What is ready: readings that were held back before come first. None may be.
        """
        counts = counts[counts > 0]
        if self._origin_ns is None and len(counts):
            self._origin_ns = int(readings.arrival_ns[0])
        times = self._times(counts, readings.arrival_ns)
        if self._segment is None or self._held:
            self._held.append(readings)
            if self._segment is None:
                return _first(readings, 0)
            readings, self._held = joined(self._held), []
        prompt_ns = (self._origin_ns or 0) + np.rint(times * 1e9).astype(np.int64)
        return replace(readings, device_s=times, period_s=self.period_s, prompt_ns=prompt_ns)

    def _times(self, counts: Ints, arrival_ns: Ints) -> Floats:
        """Count on; give the times of what is ready."""
        ends = counts.cumsum()
        lasts = self._taken + ends - 1
        arrival_s = (arrival_ns[ends - 1] - (self._origin_ns or 0)) / 1e9
        parts, packet = [np.empty(0)], 0
        while packet < len(counts):
            first = int(lasts[packet] - counts[packet] + 1)
            tick = (int(lasts[packet]) + self._lost) // self._tick_samples
            if tick != self._tick:
                parts += self._close_tick(first)
                tick = (int(lasts[packet]) + self._lost) // self._tick_samples
                self._tick = tick
            stop = int(lasts.searchsorted((tick + 1) * self._tick_samples - self._lost))
            self._note(lasts[packet:stop], arrival_s[packet:stop])
            if self._segment is None:
                self._held_counts += counts[packet:stop].tolist()
            else:
                parts.append(self._segment.times(np.arange(first, lasts[stop - 1] + 1) + self._lost))
            packet = stop
        self._taken += int(counts.sum())
        return np.concatenate(parts)

    def _note(self, lasts: Ints, arrival_s: Floats) -> None:
        """Keep the promptest packet of the tick."""
        numbers = lasts + self._lost
        late_s = arrival_s - numbers * (self._rate * self._stated_s)
        best = int(np.argmin(late_s))
        if self._open is None or late_s[best] < self._open_late_s:
            self._open = _Prompt(int(numbers[best]), float(arrival_s[best]))
            self._open_late_s = float(late_s[best])

    def _close_tick(self, first: int) -> list[Floats]:
        """Fit the line again before sample `first`; give the times of what was held back until now."""
        if self._open is None:
            return []
        self._points.append(self._open)
        self._open = None
        while self._nominal_s(self._points[-1]) - self._nominal_s(self._points[0]) > WINDOW_S:
            self._points.popleft()
        if self._segment is None:
            return self._begin(first)
        before = self._segment
        at_s = before.at_s + (first + self._lost - before.number) * before.period_s
        self._closed += 1
        if self._closed <= AT_FIRST or self._closed % THEN == 0:
            self._rate = self._fit(list(self._points)).rate
        lost = self._count_lost()
        self._segment = self._led_to_prompt(first + self._lost, at_s + lost * before.period_s)
        return []

    def _begin(self, first: int) -> list[Floats]:
        line = self._first_line()
        if line is None:
            return []
        self._rate, self.period_s = line.rate, line.rate * self._stated_s
        self._segment = _Segment(0, line.host_s(0.0), self.period_s)
        self._held_counts.clear()
        return [self._segment.times(np.arange(first))]

    def _first_line(self) -> HostLine | None:
        """Measure the period over ticks that are all prompt; None when it is too early to tell."""
        needed = round(MEASURE_S / TICK_S)
        if len(self._points) < needed:
            return None
        self._packet_s = float(np.median(self._held_counts)) * self._stated_s
        recent = list(self._points)[-needed:]
        line = self._fit(recent)
        latest_s = max(point.arrival_s - line.host_s(self._nominal_s(point)) for point in recent)
        if latest_s <= self._packet_s / 2:
            return line
        return self._fit(list(self._points)) if len(self._points) * TICK_S >= PATIENCE_S else None

    def _led_to_prompt(self, number: int, at_s: float) -> _Segment:
        """Go on at `at_s`, at the line's pace, and towards the promptest packets of late."""
        prompt_s = self._promptest_s(round(RECENT_S / TICK_S)) + number * self._stated_s * self._rate
        slew = min(max((prompt_s - at_s) / CATCH_UP_S, -MOST_SLEW), MOST_SLEW)
        return _Segment(number, at_s, (self._rate + slew) * self._stated_s)

    def _count_lost(self) -> int:
        """Tell by how many samples the numbers have fallen behind, and move them on."""
        newest_s = self._points[-1].arrival_s
        begins = len(self._points) - 1
        while begins and self._points[begins].arrival_s > newest_s - RECOGNISE_S:
            begins -= 1
        before = self._delays_s(begins - round(COMPARE_S / TICK_S), begins)
        if not before:
            return 0
        run = [delay_s - min(before) for delay_s in self._delays_s(begins, len(self._points))]
        if min(run) < LOST_FROM * self._packet_s or max(run) - min(run) > SPREAD_BELOW * self._packet_s:
            return 0
        lost = round(min(run) / self._packet_s) * round(self._packet_s / self._stated_s)
        for i in range(begins, len(self._points)):
            self._points[i].number += lost
        self._lost += lost
        return lost

    def _promptest_s(self, ticks: int) -> float:
        return min(self._delays_s(len(self._points) - ticks, len(self._points)))

    def _delays_s(self, start: int, stop: int) -> list[float]:
        """Give by how much the points of these ticks came after their number's time."""
        pace_s = self._rate * self._stated_s
        points = list(self._points)[max(0, start) : stop]
        return [point.arrival_s - point.number * pace_s for point in points]

    def _nominal_s(self, point: _Prompt) -> float:
        return point.number * self._stated_s

    def _fit(self, points: list[_Prompt]) -> HostLine:
        nominal_s = np.array([self._nominal_s(point) for point in points])
        return line_below(nominal_s, np.array([point.arrival_s for point in points]), TICK_S)


def _first(readings: Readings, n: int) -> Readings:
    """Cut the first n readings out, as if no packet had been left out."""
    return replace(
        readings,
        device_s=readings.device_s[:n],
        acc_m_s2=None if readings.acc_m_s2 is None else readings.acc_m_s2[:n],
        gyr_rad_s=None if readings.gyr_rad_s is None else readings.gyr_rad_s[:n],
        earth_from_sensor=None if readings.earth_from_sensor is None else readings.earth_from_sensor[:n],
        flags=readings.flags[:n],
        arrival_ns=readings.arrival_ns[:n],
        undecodable_at=np.empty(0, np.int64),
    )
