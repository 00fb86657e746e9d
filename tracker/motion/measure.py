"""What a rep measured: range, travel, tilt, twist, rocking, turnaround."""

from __future__ import annotations

import math
from typing import NamedTuple, Self

import numpy as np

from tracker.motion.events import Channel, Rep
from tracker.motion.grid import BRIDGED, BROKEN
from tracker.motion.phases import EARLY, LATE, SLOW_DEG_S, Borders, first_at, last_at
from tracker.motion.view import View
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Floats

SETTLING_S = 6.0
"""So long after a hole the direction of gravity is still settling (twice the filter's 3 s)."""

REVERSAL_S = 1.5
"""The fast part of the lowering before a drive lies this near its bottom."""

FAST_SHARE = 0.25
"""A reversal lasts from the last to the first row faster than this share of its movement's fastest."""

FINISH_TIME_SHARE = 0.2
"""The finish is so much of the drive's time: as long as the back goes on to arch (0.2-0.4 s after a
drive of about 1 s), and at any tempo the same part of a drive that ends smoothly."""

UNKNOWN = 0
"""Candidates are numbered from 1."""


class Outline(NamedTuple):
    """What decides of a movement whether it counts and when its set ends; the rest is measured to be told.

    Attributes
    ----------
    view, borders
        The rows that it is measured on, and where its phases lie in them.
    is_at_top
        True when it is told before its lowering: then there is no more to it than its drive.
    t_start_s, t_top_s, rom_deg, start_deg, t_end_s, top_deg, end_deg, tilt_top_deg, still_deg_s, gap_s
        As in `Rep`; nan for what is not known yet.
    """

    view: View
    borders: Borders
    is_at_top: bool
    t_start_s: float
    t_top_s: float
    rom_deg: float
    start_deg: float
    t_end_s: float = math.nan
    top_deg: float = math.nan
    end_deg: float = math.nan
    tilt_top_deg: float = math.nan
    still_deg_s: float = math.nan
    gap_s: float = math.nan


class _Inside(NamedTuple):
    """What a rep did between its bottoms, as in `Rep`."""

    rocking_peak_deg: float = math.nan
    twist_deg: float = math.nan
    turnaround_s: float = math.nan
    turnaround_m_s2: float = math.nan
    peak_speed_deg_s: float = math.nan
    lowering_speed_deg_s: float = math.nan


class _Rows(NamedTuple):
    """The borders as whole rows; while the lowering is not done, it ends where it begins."""

    start: int
    top: int
    leave: int
    end: int
    done: bool

    @classmethod
    def of(cls, b: Borders) -> Self:
        done = not math.isnan(b.end)
        leave, end = (round(b.leave), round(b.end)) if done else (b.peak, b.peak)
        return cls(round(b.start), round(b.top), leave, end, done)

    @property
    def hold(self) -> slice:
        return slice(self.top, max(self.leave, self.top + 1))


def risen(view: View, b: Borders) -> Outline:
    """Measure what is needed to announce a movement that is at its top."""
    return Outline(view, b, True, *_drive(view, b))


def outlined(view: View, b: Borders) -> Outline:
    """Measure what is needed to count a movement."""
    at, lift = _Rows.of(b), view.lift_deg
    speed = view.speed_deg_s[at.hold]
    return Outline(
        view,
        b,
        False,
        *_drive(view, b),
        t_end_s=_time(view.rows.t_s, b.end),
        top_deg=_mean(lift[at.hold]),
        end_deg=lift.item(b.low_after) if at.done else math.nan,
        tilt_top_deg=_tilt_deg(view, at),
        still_deg_s=speed.item(speed.argmin()),
        gap_s=_lost(view, at)[0],
    )


def _drive(view: View, b: Borders) -> tuple[float, float, float, float]:
    """When it starts and reaches its top, its range, and lift before it."""
    lift, t_s = view.lift_deg, view.rows.t_s
    start_deg = lift.item(b.low)
    return _time(t_s, b.start), _time(t_s, b.top), lift.item(b.peak) - start_deg, start_deg


def measured(
    outline: Outline,
    *,
    candidate: int = UNKNOWN,
    bottom_s: float = math.nan,
    travel_m: float = math.nan,
    carried_by: Channel = Channel.LIFT,
    mean_velocity_m_s: float = math.nan,
    confidence: float = math.nan,
) -> Rep:
    """All that a rep measured between its borders, beside what its set says of it."""
    view, b = outline.view, outline.borders
    at, inside = _Rows.of(b), _Inside()
    if outline.is_at_top:
        outline = outlined(view, b)._replace(still_deg_s=math.nan)  # it may yet become stiller
    else:
        inside = _inside(view, b, at)
    return Rep(
        candidate=candidate,
        t_start_s=outline.t_start_s,
        t_top_s=outline.t_top_s,
        t_leave_top_s=_time(view.rows.t_s, b.leave),
        t_end_s=outline.t_end_s,
        bottom_s=bottom_s,
        rom_deg=outline.rom_deg,
        travel_m=travel_m,
        carried_by=carried_by,
        start_deg=outline.start_deg,
        top_deg=outline.top_deg,
        end_deg=outline.end_deg,
        tilt_top_deg=outline.tilt_top_deg,
        rocking_peak_deg=inside.rocking_peak_deg,
        twist_deg=inside.twist_deg,
        turnaround_s=inside.turnaround_s,
        turnaround_m_s2=inside.turnaround_m_s2,
        peak_speed_deg_s=inside.peak_speed_deg_s,
        lowering_speed_deg_s=inside.lowering_speed_deg_s,
        mean_velocity_m_s=mean_velocity_m_s,
        finish_share=_finish_share(view.lift_deg, b),
        still_deg_s=outline.still_deg_s,
        gap_s=outline.gap_s,
        clipped=_lost(view, at)[1],
        confidence=confidence,
    )


def _inside(view: View, b: Borders, at: _Rows) -> _Inside:
    rate, loose = view.lift_rate_deg_s, view.loose_deg[at.start : at.end + 1]
    turnaround_s, turnaround_m_s2 = _turnaround(view, b.low, b.peak)
    return _Inside(
        rocking_peak_deg=float(loose[np.abs(loose).argmax()]),
        twist_deg=_twist_deg(view, b.low, at.top),
        turnaround_s=turnaround_s,
        turnaround_m_s2=turnaround_m_s2,
        peak_speed_deg_s=float(rate[at.start : at.top + 1].max()),
        lowering_speed_deg_s=float(-rate[at.leave : at.end + 1].min()) if at.done else math.nan,
    )


def _finish_share(lift: Floats, b: Borders) -> float:
    """Speed of lift in the end of the drive, as a share of the whole drive's."""
    bottom = lift.item(b.low)
    rise = lift.item(b.peak) - bottom
    if rise <= 0.0:
        return math.nan
    row = b.top - FINISH_TIME_SHARE * (b.top - b.start)
    whole = int(row)
    before = lift.item(whole)
    before += (row - whole) * (lift.item(whole + 1) - before)
    return (bottom + LATE * rise - before) / (FINISH_TIME_SHARE * (LATE - EARLY) * rise)


def _tilt_deg(view: View, at: _Rows) -> float:
    """Mean tilt in the hold; nan where gravity's direction is still settling after a hole."""
    if view.flagged:
        before = view.rows.cut(max(0, at.end - view.count(SETTLING_S)), at.end + 1)
        if (before.flags & BROKEN).any():
            return math.nan
    return _mean(view.tilt_deg[at.hold])


def _mean(values: Floats) -> float:
    return float(values.sum()) / len(values)


def _twist_deg(view: View, low: int, top: int) -> float:
    turned = view.frame.heading_at(view.rows, top) - view.frame.heading_at(view.rows, low)
    return (turned + 180.0) % 360.0 - 180.0


def _time(t_s: Floats, row: float) -> float:
    """Time of a fractional row, s."""
    if math.isnan(row):
        return math.nan
    whole = min(int(row), len(t_s) - 2)
    before_s = t_s.item(whole)
    return before_s + (row - whole) * (t_s.item(whole + 1) - before_s)


def _turnaround(view: View, low: int, peak: int) -> tuple[float, float]:
    """Time from fast lowering to fast drive, s, and the highest upward acceleration in it."""
    rate, t = view.lift_rate_deg_s, view.rows.t_s
    drive = rate[low : peak + 1]
    before = rate[max(0, low - view.count(REVERSAL_S)) : low + 1]
    fast_up = FAST_SHARE * drive.item(drive.argmax())
    fast_down = FAST_SHARE * before.item(before.argmin())
    if not fast_down <= -SLOW_DEG_S:
        return math.nan, math.nan
    last = low - len(before) + 1 + last_at(before <= fast_down)
    first = low + first_at(drive >= fast_up)
    rise = view.rows.rise[last : first + 1]
    return t.item(first) - t.item(last), rise.item(rise.argmax())


def _lost(view: View, at: _Rows) -> tuple[float, bool]:
    """Longest stretch of a rep without real samples, s, and whether a sensor came to its range's end."""
    if not view.flagged:
        return 0.0, False
    inside = view.rows.cut(at.start, at.end + 1)
    flags = inside.flags
    clipped = bool((flags & (GYR_CLIPPED | ACC_CLIPPED)).any())
    if not (flags & (BRIDGED | BROKEN)).any():
        return 0.0, clipped
    real = inside.t_s[(flags & BRIDGED) == 0]
    return float((real[1:] - real[:-1]).max()) if len(real) > 1 else len(inside) * view.period_s, clipped
