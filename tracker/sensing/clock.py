"""Device time: counters that wrap, and readings of many connections put on one t_s.

Samples are spaced by the device's own clock; their arrival only tells where on t_s a connection starts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tracker.sensing.host_clock import HostClock
from tracker.sensing.joining import joined
from tracker.sensing.samples import Cause, Floats, Gap, Ints, Readings, Samples

GAP_PERIODS = 1.5
"""A spacing of more sample periods than this is a gap: halfway between none lost and one lost."""

AHEAD_S, DRIFT = 60.0, 0.01
"""A packet whose time is so far ahead of its arrival, since the link came up and beyond 1 % of a clock's
error, is mangled: taken at its word it would silence the link, for all that follows would be too old."""

MEASURE_S = 1.0
"""Stretch over which the period of a sensor that does not state it is measured, s: long enough for
the median to see through a batch's jitter, short enough that nobody waits for the first rep."""

MEASURE_SPACINGS = 10
"""Spacings that such a measurement takes at least: a median of fewer is one spacing's luck."""

SAME_PERIOD = 0.03
"""A new link's period so near to the last one's is the same, measured again: a set goes on at one only."""


class Unwrapper:
    """Counts on where a device's counter starts again from zero.

    Parameters
    ----------
    bits
        Width of the counter.

    Notes
    -----
    Every step is taken the short way round, so a late packet steps back instead of a whole turn
    ahead, and a silence must be shorter than half a turn. The state is the last count.

    Examples
    --------
    >>> Unwrapper(8).step(np.array([250, 255, 4, 3]))
    array([250, 255, 260, 259])
    """

    def __init__(self, bits: int) -> None:
        self._turn = 1 << bits
        self._last: int | None = None

    def step(self, ticks: NDArray[np.integer]) -> Ints:
        """Unwrap the next block of counts, shape (n,); the very first count stays as it is."""
        if len(ticks) == 0:
            return np.empty(0, np.int64)
        raw = ticks.astype(np.int64)
        last = int(raw[0]) if self._last is None else self._last
        half = self._turn // 2
        steps = (raw - _shifted(raw, last) + half) % self._turn - half
        counts: Ints = last + steps.cumsum()
        self._last = int(counts[-1])
        return counts


def _shifted(values: NDArray[Any], first: float) -> NDArray[Any]:
    """Give the value before each one; before the first of the block stood `first`."""
    before = np.empty_like(values)
    before[0] = first
    before[1:] = values[:-1]
    return before


Released: TypeAlias = tuple[Samples | None, tuple[Gap, ...]]
"""The samples that are ready (their t_s goes on) and the gaps before or between them."""

_NOTHING: Released = (None, ())


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """Samples on t_s whose period may be unknown yet, and which of them follow bad packets."""

    samples: Samples
    after_undecodable: NDArray[np.bool_]


@dataclass(slots=True)
class _Link:
    """What is known of the connection that is up."""

    number: int
    origin_device_s: float | None = None
    origin_t_s: float = 0.0
    origin_ns: int = 0
    period_s: float | None = None
    newest_s: float | None = None
    last_arrival_ns: int | None = None
    is_after_undecodable: bool = False
    has_released: bool = False
    held: list[_Placed] = field(default_factory=list)


class Timeline:
    """Puts the readings of one connection after the other on the recording's time, t_s.

    t_s is the device's time since the recording's first sample. A new connection is placed by the
    device's clock, if that goes on, or by the host's, as the connection before saw it; at least one
    period after the last sample. Readings that are on t_s already pass untouched. Samples that do not
    rise are left out: their packet came twice or late.

    Attributes
    ----------
    zero_ns
        When the packet with the sample at t_s 0 arrived, or would have, had it not waited to be filled
        (`Readings.prompt_ns`), ns since the recording started; 0 for readings that are on t_s already.

    Notes
    -----
    Blocks may be cut anywhere: each time is one difference and one sum from its link's first sample. A
    sensor that does not state its period has its samples held back until `MEASURE_S` have measured it.
    """

    def __init__(self) -> None:
        self.zero_ns = 0
        self._link: _Link | None = None
        self._host = HostClock()
        self._released_s: float | None = None
        self._released_period_s = 0.0
        self._device_zero_s = 0.0

    def step(self, readings: Readings, link: int) -> Released:
        """Take in the next block of readings.

        Raises
        ------
        ValueError
            If another link's samples are still held back: `link_down` comes before a new link.
        """
        if self._link is None or self._link.number != link:
            if self._link is not None and self._link.held:
                raise ValueError(f"link {self._link.number} holds samples back: call link_down() first")
            self._link = _Link(link, newest_s=self._released_s)
        placed = self._place(readings, self._link)
        if placed is None:
            return _NOTHING
        self._link.held.append(placed)
        if self._link.period_s is None:
            self._link.period_s = self._as_before(readings.period_s or _measured_period_s(self._link.held))
        return _NOTHING if self._link.period_s is None else self._release(self._link, self._link.period_s)

    def link_down(self) -> Released:
        """End the connection; what was held back comes out, save a lone sample, which says nothing."""
        link, self._link = self._link, None
        if link is None or not link.held:
            return _NOTHING
        t_s = np.concatenate([placed.samples.t_s for placed in link.held])
        return self._release(link, float(np.median(np.diff(t_s)))) if len(t_s) > 1 else _NOTHING

    def finish(self) -> Released:
        """End the recording; what was held back comes out."""
        return self.link_down()

    def _place(self, readings: Readings, link: _Link) -> _Placed | None:
        t_s = readings.device_s if readings.is_t_s else self._on_t_s(readings, link)
        kept = _rising(t_s, link.newest_s)
        t_s = t_s[kept]
        after_undecodable = _after_undecodable(kept, len(t_s), readings.undecodable_at, link)
        if len(t_s) == 0:
            return None
        link.newest_s = float(t_s[-1])
        if not readings.is_t_s:
            self._tell_host(t_s, readings.arrival_ns[kept], _prompt_ns(readings)[kept], link)
        return _Placed(_samples(readings, kept, t_s, link), after_undecodable)

    def _as_before(self, period_s: float | None) -> float | None:
        before_s = self._released_period_s
        return before_s if period_s and abs(period_s - before_s) <= SAME_PERIOD * before_s else period_s

    def _on_t_s(self, readings: Readings, link: _Link) -> Floats:
        if len(readings) == 0:
            return readings.device_s
        if link.origin_device_s is None:
            link.origin_device_s = float(readings.device_s[0])
            link.origin_ns = int(readings.arrival_ns[0])
            known_s = link.origin_device_s if readings.goes_on else None
            link.origin_t_s = self._start_of_link_s(known_s, int(_prompt_ns(readings)[0]))
            self._device_zero_s = link.origin_device_s - link.origin_t_s
            self._host = HostClock()
        since_s = readings.device_s - link.origin_device_s
        ahead_s = since_s - (readings.arrival_ns - link.origin_ns) / 1e9
        is_false = ahead_s > AHEAD_S + DRIFT * since_s
        if is_false.any():
            since_s = np.where(is_false, -np.inf, since_s)  # these never rise
        return since_s + link.origin_t_s

    def _start_of_link_s(self, device_s: float | None, prompt_ns: int) -> float:
        if self._released_s is None:
            self.zero_ns = prompt_ns
            return 0.0
        earliest_s, line = self._released_s + self._released_period_s, self._host.line()
        if line is None:
            return earliest_s
        device_says_s = None if device_s is None else device_s - self._device_zero_s
        return max(earliest_s, line.start_s(prompt_ns / 1e9, device_says_s))

    def _tell_host(self, t_s: Floats, arrival_ns: Ints, prompt_ns: Ints, link: _Link) -> None:
        last = -1 if link.last_arrival_ns is None else link.last_arrival_ns
        is_first_of_packet = arrival_ns != _shifted(arrival_ns, last)
        link.last_arrival_ns = int(arrival_ns[-1])
        self._host.step(t_s[is_first_of_packet], prompt_ns[is_first_of_packet] / 1e9)

    def _release(self, link: _Link, period_s: float) -> Released:
        samples = joined([placed.samples for placed in link.held])
        after_undecodable = np.concatenate([placed.after_undecodable for placed in link.held])
        link.held = []
        if samples.period_s != period_s:  # it was not known yet when they came
            samples = replace(samples, period_s=period_s)
        is_new_link = self._released_s is not None and not link.has_released
        gaps = _gaps(samples, self._released_s, after_undecodable, is_new_link=is_new_link)
        self._released_s = float(samples.t_s[-1])
        self._released_period_s = period_s
        link.has_released = True
        return samples, gaps


def _prompt_ns(readings: Readings) -> Ints:
    return readings.arrival_ns if readings.prompt_ns is None else readings.prompt_ns


def _measured_period_s(held: list[_Placed]) -> float | None:
    t_s = np.concatenate([placed.samples.t_s for placed in held])
    last = max(int(np.searchsorted(t_s, t_s[0] + MEASURE_S)), MEASURE_SPACINGS)
    return float(np.median(np.diff(t_s[: last + 1]))) if last < len(t_s) else None


def _rising(t_s: Floats, newest_s: float | None) -> slice | Ints:
    """Give the samples that are later than all before them: nearly always every one."""
    if len(t_s) == 0:
        return slice(None)
    before_s = _shifted(t_s, -np.inf if newest_s is None else newest_s)
    if (t_s > before_s).all():
        return slice(None)
    return np.flatnonzero(t_s > np.maximum.accumulate(before_s))


def _after_undecodable(
    kept: slice | Ints, count: int, undecodable_at: Ints, link: _Link
) -> NDArray[np.bool_]:
    """Say of each of the `count` samples that are kept whether bad packets came before it."""
    follows = np.zeros(count + 1, np.bool_)
    follows[0] = link.is_after_undecodable
    if len(undecodable_at):
        follows[undecodable_at if isinstance(kept, slice) else kept.searchsorted(undecodable_at)] = True
    link.is_after_undecodable = bool(follows[-1])
    return follows[:-1]


def _samples(readings: Readings, kept: slice | Ints, t_s: Floats, link: _Link) -> Samples:
    return Samples(
        t_s=t_s,
        acc_m_s2=None if readings.acc_m_s2 is None else readings.acc_m_s2[kept],
        gyr_rad_s=None if readings.gyr_rad_s is None else readings.gyr_rad_s[kept],
        earth_from_sensor=None if readings.earth_from_sensor is None else readings.earth_from_sensor[kept],
        flags=readings.flags[kept],
        period_s=np.nan if link.period_s is None else link.period_s,
        link=link.number,
    )


def _gaps(
    samples: Samples, released_s: float | None, after_undecodable: NDArray[np.bool_], *, is_new_link: bool
) -> tuple[Gap, ...]:
    t_s = samples.t_s
    before_s = _shifted(t_s, t_s[0] if released_s is None else released_s)
    is_wide = t_s - before_s > GAP_PERIODS * samples.period_s
    is_wide[0] |= is_new_link
    if not is_wide.any():
        return ()
    causes = {
        int(i): Cause.UNDECODABLE if after_undecodable[i] else Cause.LOST for i in np.flatnonzero(is_wide)
    }
    if is_new_link:
        causes[0] = Cause.LINK_DOWN
    return tuple(Gap(float(before_s[i]), float(t_s[i]), cause) for i, cause in causes.items())
