"""What a rep measured: phase borders, range, travel, tilt, twist, rocking, turnaround.

A phase starts when lift has covered 5 % of that phase's own range and ends at 95 %, both extremes
included, smoothed below 6 Hz without delay. This is the definition of every time in every table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.signal import firwin

from tracker.motion.dumbbell import Frame, climbed_m
from tracker.motion.events import Channel, Rep
from tracker.motion.grid import BRIDGED, BROKEN
from tracker.motion.orientation import Oriented
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Floats

EARLY, LATE = 0.05, 0.95
"""Shares of its range at which a phase begins and ends."""

CUTOFF_HZ, SMOOTHING_S = 6.0, 0.25
"""Low-pass for borders; the window is as long as the 6 Hz corner needs."""

STILL_S = 0.3
"""So long below the slow threshold is a standstill: longer than any reversal, shorter than a hold."""

STANDSTILL_S = 0.4
"""The standstill that a height is integrated from lies this near a border, or half a drive."""

SETTLING_S = 6.0
"""So long after a hole the direction of gravity is still settling (twice the filter's 3 s)."""

BACK_SHARE = 0.7
"""A lowering may stand still once this share of the drive has come back; before, it is a pause in it."""

REST_S, RISEN_DEG = 1.0, 5.0
"""So long is a rest, not a sticking point: a drive starts after it wherever it was, if it still rises
by more than a hold at the top settles and creeps (the weight may have been rolled up the legs before)."""

SLOW_DEG_S, SLOW_SHARE = 3.0, 0.1
"""Slow about the handle: below 3 deg/s or 10 % of the phase's fastest."""

UNJUDGED = 0.5
"""Confidence of a motion that has not been held against its set."""

DRIFT_S = 10.0
"""Tilt that changes more slowly than this is sliding, not rocking."""

DRIFT_HZ = 10.0
"""Rate at which the slow part of tilt is looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A stretch of rows seen in a frame; every array has shape (n,).

    Attributes
    ----------
    rows, frame
        What was sensed, and the frame it is seen in.
    first
        Number of the first row in the stream.
    lift_deg, tilt_deg, lift_rate_deg_s
        Angles and turning speed of the dumbbell; lift is smoothed.
    speed_deg_s
        Turning about any axis.
    loose_deg
        Tilt that neither lift nor slow sliding explains.
    period_s
        Time between rows, s.
    """

    rows: Oriented
    frame: Frame
    first: int
    lift_deg: Floats
    tilt_deg: Floats
    lift_rate_deg_s: Floats
    speed_deg_s: Floats
    loose_deg: Floats
    period_s: float

    def count(self, duration_s: float) -> int:
        """How many rows a time takes, at least one."""
        return max(1, round(duration_s / self.period_s))

    def angles(self, start: int, stop: int) -> tuple[Floats, Floats]:
        """Lift and its rate of rows start..stop-1 of the stream."""
        part = slice(start - self.first, stop - self.first)
        return self.lift_deg[part], self.lift_rate_deg_s[part]

    @classmethod
    def of(cls, rows: Oriented, first: int, frame: Frame, period_s: float) -> View:
        """Look at rows in a frame."""
        lift, tilt = frame.lift_deg(rows.up), frame.tilt_deg(rows.up)
        wx, wy, wz = rows.rate
        return cls(
            rows=rows,
            frame=frame,
            first=first,
            lift_deg=_smoothed(lift, period_s),
            tilt_deg=tilt,
            lift_rate_deg_s=frame.lift_rate_deg_s(rows.rate),
            speed_deg_s=np.degrees(np.sqrt(wx * wx + wy * wy + wz * wz)),
            loose_deg=_unexplained(tilt, lift, period_s),
            period_s=period_s,
        )


def _smoothed(values: Floats, period_s: float) -> Floats:
    """Low-pass with linear phase, its delay removed; ends are held."""
    half = max(1, round(SMOOTHING_S / period_s / 2))
    if 1 / period_s <= 2.2 * CUTOFF_HZ:
        return values
    held = [np.full(half, values[0]), values, np.full(half, values[-1])]
    return np.convolve(np.concatenate(held), _low_pass(half, period_s), mode="valid")


@cache
def _low_pass(half: int, period_s: float) -> Floats:
    return np.asarray(firwin(2 * half + 1, CUTOFF_HZ, fs=1 / period_s))


def _unexplained(tilt: Floats, lift: Floats, period_s: float) -> Floats:
    """Tilt less its straight line on lift, less its slow part."""
    spread = lift - lift.mean()
    power = float((spread * spread).sum())
    slope = float((spread * tilt).sum()) / power if power > 0 else 0.0
    rest = tilt - slope * spread
    if len(rest) * period_s <= DRIFT_S:
        return np.asarray(rest - np.partition(rest, len(rest) // 2)[len(rest) // 2])
    every = max(1, round(1 / (DRIFT_HZ * period_s)))
    coarse = rest[::every]
    slow = median_filter(coarse, size=round(DRIFT_S * DRIFT_HZ) + 1, mode="nearest")
    at = np.arange(len(rest))
    return np.asarray(rest - np.interp(at, at[::every], slow))


@dataclass(frozen=True, slots=True)
class Borders:
    """Where a rep's phases begin and end, as fractional rows of a view.

    ``low`` and ``peak`` are the rows of the extremes; ``leave`` and ``end`` are nan while the
    lowering is not done.
    """

    low: int
    start: float
    top: float
    peak: int
    leave: float
    end: float
    low_after: int


def borders(view: View, low: int, peak: int, stop: int) -> Borders:
    """Find a rep's borders; `low`, `peak` and `stop` (end of its lowering, or of what is known) are rows."""
    lift = view.lift_deg
    low = _before_drive(view, low, peak)
    rise = lift[peak] - lift[low]
    late = low + max(1, _first_at(lift[low : peak + 1] >= lift[low] + LATE * rise))
    early = low + _last_at(lift[low:late] <= lift[low] + EARLY * rise)
    start = _crossing(lift, early, lift[low] + EARLY * rise)
    top = _crossing(lift, late - 1, lift[low] + LATE * rise)
    stop = _after_lowering(view, peak, stop, float(rise))
    after = peak + int(lift[peak : stop + 1].argmin())
    if after <= peak:
        return Borders(low, start, top, peak, np.nan, np.nan, peak)
    fall = lift[peak] - lift[after]
    done = peak + max(1, _first_at(lift[peak : after + 1] <= lift[after] + EARLY * fall))
    left = peak + _last_at(lift[peak:done] >= lift[peak] - EARLY * fall)
    leave = _crossing(lift, left, lift[peak] - EARLY * fall)
    end = _crossing(lift, done - 1, lift[after] + EARLY * fall)
    return Borders(low, start, top, peak, leave, end, after)


def _before_drive(view: View, low: int, peak: int) -> int:
    """Row of the bottom before a drive: the lowest one of the last standstill, or of all."""
    lift, rate = view.lift_deg[low : peak + 1], view.lift_rate_deg_s[low : peak + 1]
    slow = np.abs(rate) <= max(SLOW_DEG_S, SLOW_SHARE * float(rate.max()))
    rise = lift - lift[0]
    still = view.count(STILL_S)
    at = _last_at(slow & (rise <= 0.35 * rise[-1]))
    below_top = rise <= rise[-1] - RISEN_DEG
    rested = np.flatnonzero(_lasting(slow, view.count(REST_S)) & below_top)
    at = max(at, int(rested[-1]) if len(rested) else 0)
    since = max(0, at - still)
    return low + since + int(lift[since : at + 1].argmin())


def _lasting(hits: NDArray[np.bool], rows: int) -> NDArray[np.bool]:
    """Where so many hits have followed one another, up to and with this row."""
    at = np.arange(len(hits))
    return at - np.maximum.accumulate(np.where(hits, -1, at)) >= rows


def _after_lowering(view: View, peak: int, stop: int, rise: float) -> int:
    """Row where the lowering is over: the first standstill after most of the way back, or `stop`."""
    lift, rate, still = view.lift_deg, view.lift_rate_deg_s, view.count(STILL_S)
    moving = rate[peak : stop + 1] < -max(SLOW_DEG_S, SLOW_SHARE * -float(rate[peak : stop + 1].min()))
    low_enough = lift[peak : stop + 1] <= lift[peak] - BACK_SHARE * rise
    if not low_enough.any() or not moving.any():
        return stop
    first = int(low_enough.argmax())
    quiet = np.flatnonzero(_lasting(~moving[first:], still))
    return peak + first + int(quiet[0]) if len(quiet) else stop


def _first_at(hits: NDArray[np.bool]) -> int:
    return int(hits.argmax()) if len(hits) else 0


def _last_at(hits: NDArray[np.bool]) -> int:
    found = np.flatnonzero(hits)
    return int(found[-1]) if len(found) else 0


def _crossing(lift: Floats, row: int, level: float) -> float:
    """Fractional row between `row` and the next at which lift passes the level."""
    row = min(max(row, 0), len(lift) - 2)
    before = float(lift[row])
    step = float(lift[row + 1]) - before
    return row + min(1.0, max(0.0, (level - before) / step)) if step else float(row)


def measured(view: View, b: Borders) -> Rep:
    """All that a rep measured between its borders; nan for what is not known yet."""
    lift, rate, t = view.lift_deg, view.lift_rate_deg_s, view.rows.t_s
    start, top, peak = round(b.start), round(b.top), b.peak
    done = not np.isnan(b.end)
    leave, end = (round(b.leave), round(b.end)) if done else (peak, peak)
    hold = slice(top, max(leave, top + 1))
    margin = max(view.count(STANDSTILL_S), (top - start) // 2)
    onset = _quietest(view.speed_deg_s, max(0, start - margin), start)
    settled = _quietest(view.speed_deg_s, top, max(top, min(leave, top + margin)))
    twist = view.frame.heading_at(view.rows, top) - view.frame.heading_at(view.rows, b.low)
    loose = view.loose_deg[start : end + 1]
    travel = climbed_m(view.rows, onset, settled)
    duration_s = float(t[settled] - t[onset])
    rep_rows = view.rows.cut(start, end + 1)
    flags = rep_rows.flags
    turnaround = _turnaround(view, b.low, peak)
    return Rep(
        candidate=0,
        t_start_s=_time(t, b.start),
        t_top_s=_time(t, b.top),
        t_leave_top_s=_time(t, b.leave),
        t_end_s=_time(t, b.end),
        bottom_s=np.nan,
        rom_deg=float(lift[peak] - lift[b.low]),
        travel_m=travel,
        carried_by=Channel.LIFT,
        start_deg=float(lift[b.low]),
        top_deg=float(lift[hold].mean()),
        end_deg=float(lift[b.low_after]) if done else np.nan,
        tilt_top_deg=np.nan if _unsettled(view, end) else float(view.tilt_deg[hold].mean()),
        rocking_peak_deg=float(loose[np.abs(loose).argmax()]),
        twist_deg=(twist + 180.0) % 360.0 - 180.0,
        turnaround_s=turnaround[0],
        turnaround_m_s2=turnaround[1],
        peak_speed_deg_s=float(rate[start : top + 1].max()),
        lowering_speed_deg_s=float(-rate[leave : end + 1].min()) if done else np.nan,
        mean_velocity_m_s=travel / duration_s if duration_s > 0 else np.nan,
        still_deg_s=float(view.speed_deg_s[hold].min()),
        gap_s=_longest_gap_s(rep_rows.t_s, flags, view.period_s),
        clipped=bool((flags & (GYR_CLIPPED | ACC_CLIPPED)).any()),
        confidence=UNJUDGED,
    )


def _time(t_s: Floats, row: float) -> float:
    """Time of a fractional row, s."""
    if np.isnan(row):
        return np.nan
    whole = min(int(row), len(t_s) - 2)
    return float(t_s[whole] + (row - whole) * (t_s[whole + 1] - t_s[whole]))


def _unsettled(view: View, end: int) -> bool:
    """Whether the orientation started anew so shortly before that tilt cannot be trusted."""
    before = view.rows.cut(max(0, end - view.count(SETTLING_S)), end + 1)
    return bool((before.flags & BROKEN).any())


def _quietest(speed: Floats, start: int, stop: int) -> int:
    return start + int(speed[start : stop + 1].argmin())


def _turnaround(view: View, low: int, peak: int) -> tuple[float, float]:
    """Time from fast lowering to fast drive, s, and the highest upward acceleration in it."""
    rate, t = view.lift_rate_deg_s, view.rows.t_s
    drive = rate[low : peak + 1]
    before = rate[max(0, low - view.count(1.5)) : low + 1]
    fast_up, fast_down = 0.25 * float(drive.max()), 0.25 * float(before.min())
    falling = np.flatnonzero(before <= fast_down)
    if fast_down > -SLOW_DEG_S or not len(falling):
        return np.nan, np.nan
    last = low - len(before) + 1 + int(falling[-1])
    first = low + _first_at(drive >= fast_up)
    return float(t[first] - t[last]), float(view.rows.rise[last : first + 1].max())


def _longest_gap_s(t_s: Floats, flags: NDArray[np.uint8], period_s: float) -> float:
    """Longest stretch without real samples, s."""
    if not (flags & (BRIDGED | BROKEN)).any():
        return 0.0
    real = t_s[(flags & BRIDGED) == 0]
    return float((real[1:] - real[:-1]).max()) if len(real) > 1 else len(t_s) * period_s
