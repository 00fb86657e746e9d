"""Where the phases of a rep begin and end.

A phase starts when lift has covered 5 % of that phase's own range and ends at 95 %, both extremes
included, smoothed below 6 Hz without delay. This is the definition of every time in every table.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tracker.motion.view import View
from tracker.sensing.samples import Floats

EARLY, LATE = 0.05, 0.95
"""Shares of its range at which a phase begins and ends."""

SLOW_DEG_S, SLOW_SHARE = 3.0, 0.1
"""Slow about the handle: below 3 deg/s or 10 % of the phase's fastest."""

STILL_S = 0.3
"""So long below the slow threshold is a standstill: longer than any reversal, shorter than a hold."""

BOTTOM_SHARE = 0.35
"""A standstill in this lower part of a drive lies before it; higher up it is a sticking point."""

REST_S, RISEN_DEG = 1.0, 5.0
"""So long is a rest, not a sticking point: a drive starts after it wherever it was, if it still rises
by more than a hold at the top settles and creeps (the weight may have been rolled up the legs before)."""

BACK_SHARE = 0.7
"""A lowering may stand still once this share of the drive has come back; before, it is a pause in it."""

HALT_S, HALT_SHARE = 0.1, 0.85
"""A lowering that goes on to the floor is over at the bottom of the rep, however short the halt there:
longer than a tremor's, and within 15 % of where the drive began."""


class Borders(NamedTuple):
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
    bottom, highest = lift.item(low), lift.item(peak)
    rise = highest - bottom
    late = low + max(1, first_at(lift[low : peak + 1] >= bottom + LATE * rise))
    early = low + last_at(lift[low:late] <= bottom + EARLY * rise)
    start = _crossing(lift, early, bottom + EARLY * rise)
    top = _crossing(lift, late - 1, bottom + LATE * rise)
    after = peak
    if stop > peak:
        stop = _after_lowering(view, low, peak, stop)
        after += int(lift[peak : stop + 1].argmin())
    if after <= peak:
        return Borders(low, start, top, peak, np.nan, np.nan, peak)
    lowest = lift.item(after)
    fall = highest - lowest
    done = peak + max(1, first_at(lift[peak : after + 1] <= lowest + EARLY * fall))
    left = peak + last_at(lift[peak:done] >= highest - EARLY * fall)
    leave = _crossing(lift, left, highest - EARLY * fall)
    end = _crossing(lift, done - 1, lowest + EARLY * fall)
    return Borders(low, start, top, peak, leave, end, after)


def _before_drive(view: View, low: int, peak: int) -> int:
    """Row of the bottom before a drive: the lowest one of the last standstill, or of all."""
    lift, rate = view.lift_deg[low : peak + 1], view.lift_rate_deg_s[low : peak + 1]
    slow = np.abs(rate) <= max(SLOW_DEG_S, SLOW_SHARE * rate.item(rate.argmax()))
    rise = lift - lift.item(0)
    still = view.count(STILL_S)
    risen = rise.item(-1)
    at = last_at(slow & (rise <= BOTTOM_SHARE * risen))
    rest = view.count(REST_S)
    if np.count_nonzero(slow) > rest:
        at = max(at, last_at(_lasting(slow, rest) & (rise <= risen - RISEN_DEG)))
    since = max(0, at - still)
    return low + since + int(lift[since : at + 1].argmin())


def _lasting(hits: NDArray[np.bool], rows: int) -> NDArray[np.bool]:
    """Where so many hits have followed one another, up to and with this row."""
    at = np.arange(len(hits))
    return at - np.maximum.accumulate(np.where(hits, -1, at)) >= rows


def _after_lowering(view: View, low: int, peak: int, stop: int) -> int:
    """Row where the lowering is over: the first standstill after most of the way back, or `stop`."""
    lift, rate = view.lift_deg[peak : stop + 1], view.lift_rate_deg_s[peak : stop + 1]
    highest = lift.item(0)
    rise = highest - view.lift_deg.item(low)
    back = first_at(lift <= highest - rise) or len(lift)  # what comes after may be faster: putting it down
    moving = rate < -max(SLOW_DEG_S, SLOW_SHARE * -rate.item(rate[:back].argmin()))
    if not moving[moving.argmax()]:
        return stop
    far_below = highest - lift.item(lift.argmin()) - (1 - HALT_SHARE) * rise
    if far_below > rise:
        halt = _first_quiet(moving, lift <= highest - HALT_SHARE * rise, view.count(HALT_S))
        if halt is not None and highest - lift.item(halt) < far_below:
            return peak + halt
    quiet = _first_quiet(moving, lift <= highest - BACK_SHARE * rise, view.count(STILL_S))
    return stop if quiet is None else peak + quiet


def _first_quiet(moving: NDArray[np.bool], low_enough: NDArray[np.bool], rows: int) -> int | None:
    """First row, once it is low enough, with so many quiet ones before it; None when there is none."""
    first = first_at(low_enough)
    quiet = ~moving[first:]
    if not low_enough[first] or np.count_nonzero(quiet) <= rows:
        return None
    quiet = _lasting(quiet, rows)
    at = first_at(quiet)
    return first + at if quiet[at] else None


def first_at(hits: NDArray[np.bool]) -> int:
    """Index of the first hit; 0 when there is none."""
    return int(hits.argmax()) if len(hits) else 0


def last_at(hits: NDArray[np.bool]) -> int:
    """Index of the last hit; 0 when there is none."""
    after = int(hits[::-1].argmax()) if len(hits) else 0
    return len(hits) - 1 - after if len(hits) and hits[-1 - after] else 0


def _crossing(lift: Floats, row: int, level: float) -> float:
    """Fractional row between `row` and the next at which lift passes the level."""
    row = min(row, len(lift) - 2)
    before = lift.item(row)
    step = lift.item(row + 1) - before
    share = (level - before) / step if step else 0.0
    return row + (1.0 if share > 1.0 else share if share > 0.0 else 0.0)
