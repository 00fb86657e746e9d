"""A stretch of rows -> reps and rejected motions, all measured on one axis.

This is where it is decided what counts. It looks at whole movements and at the set they belong to;
whether a rep was a good one is none of its business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from tracker.motion.cycles import Cycles, Turn
from tracker.motion.dumbbell import Frame
from tracker.motion.events import Reason, Rep
from tracker.motion.grid import BRIDGE_S
from tracker.motion.history import History
from tracker.motion.measure import Borders, View, borders, measured
from tracker.motion.search import CLIMB_ERROR_M_S2
from tracker.motion.settings import LiftSettings

TRIED_SHARE = 0.2
"""A movement below this share of the usual range is settling or shaking, not a try."""

LEVEL_DEG = 25.0
"""Tilt this far from the set's usual one: the weight is being carried, not lifted on the hips."""

ABOUT_HANDLE = 0.8
"""Cosine between a drive's turning and the handle; rocking and twist bend it to 0.93."""

STILL_DEG_S, STILL_SHARE = 8.0, 0.15
"""Least turning in the hold: below 8 deg/s or 15 % of the drive's fastest (reps 3, walking 24)."""

COME_BACK = 0.25
"""A rep's lowering covers at least this share of its drive: one that is cut short is still a rep."""

SURE_SHARE = 0.1
"""Height may speak for a rep's size when its error is below this share of the usual travel: the
dumbbell's roll on the hips is not proportional to the trunk's, its rise is."""

RISE_SHARE = 0.3
"""A drive rises at least this share of the set's usual travel."""

LIKE = (0.5, 1.8)
"""Movements of this size, in usual ranges, give the first idea of what is usual."""

SAME_AXIS = float(np.cos(np.radians(0.5)))
"""Cosine between two axes that are the same: half a degree turns 40 deg of lift into 0.2 deg of tilt."""

TINY = 1e-12
"""Keeps a division by nothing defined."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A measured movement up and back, with the reason if it does not count."""

    rep: Rep
    low: int
    peak: int
    turned: tuple[float, float, float]
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Usual:
    """What the reps of a set have in common.

    Attributes
    ----------
    range_deg, travel_m, tilt_deg
        Usual range of lift, height gained (nan when not measured) and tilt at the top.
    """

    range_deg: float
    travel_m: float
    tilt_deg: float

    @classmethod
    def of(cls, reps: list[Rep]) -> Usual:
        """Learn from reps; the upper quarter of ranges, so that partial reps do not pull it down."""
        travels = [rep.travel_m for rep in reps if not np.isnan(rep.travel_m)]
        return cls(
            range_deg=float(np.quantile([rep.rom_deg for rep in reps], 0.75)),
            travel_m=float(np.median(travels)) if travels else np.nan,
            tilt_deg=float(np.median([rep.tilt_top_deg for rep in reps])),
        )


def why_not(cycle: Cycle, frame: Frame, usual: Usual, settings: LiftSettings) -> Reason | None:
    """The first gate that a movement fails, or None: it counts."""
    rep, turned = cycle.rep, np.array(cycle.turned)
    along = float((turned * frame.x).sum() / np.sqrt((turned * turned).sum() + TINY))
    duration_s = rep.t_top_s - rep.t_start_s
    error_m = 0.5 * CLIMB_ERROR_M_S2 * duration_s**2
    gates = (
        (Reason.GAP, rep.gap_s > BRIDGE_S),
        (Reason.TOO_SMALL, _share(rep, usual, error_m) < settings.full_share),
        (Reason.CARRIED, rep.rom_deg > settings.turn_deg[1] or along < ABOUT_HANDLE),
        (Reason.CARRIED, abs(rep.tilt_top_deg - usual.tilt_deg) > LEVEL_DEG),
        (Reason.CARRIED, duration_s > settings.drive_s[1]),
        (Reason.NO_HOLD, rep.still_deg_s > max(STILL_DEG_S, STILL_SHARE * rep.peak_speed_deg_s)),
        (Reason.NOT_RISING, settings.rises and rep.travel_m + error_m < RISE_SHARE * usual.travel_m),
        (Reason.NOT_RETURNED, rep.top_deg - rep.end_deg < COME_BACK * rep.rom_deg),
    )
    return next((reason for reason, failed in gates if failed), None)


def _share(rep: Rep, usual: Usual, error_m: float) -> float:
    """Size of a drive against the usual one, by turning or by height if that is sure enough."""
    share = rep.rom_deg / usual.range_deg
    if error_m < SURE_SHARE * usual.travel_m and rep.gap_s == 0:
        return max(share, rep.travel_m / usual.travel_m)
    return share


def chain(cycles: list[Cycle], pause_s: float) -> list[Cycle]:
    """The last run of counted movements without a pause that ends a set, dwells filled in."""
    run: list[Cycle] = []
    for cycle in reversed([cycle for cycle in cycles if cycle.reason is None]):
        if run:
            dwell_s = run[-1].rep.t_start_s - cycle.rep.t_end_s
            if dwell_s > pause_s:
                break
            cycle = replace(cycle, rep=replace(cycle.rep, bottom_s=dwell_s))
        run.append(cycle)
    return run[::-1]


def read(
    history: History, begin: int, stop: int, frame: Frame, range_deg: float, settings: LiftSettings
) -> tuple[Frame, list[Cycle]]:
    """Find and measure every movement of a stretch, on the axis that its own drives give.

    Returns
    -------
    frame
        The axis, refined with the drives that count.
    cycles
        In order of time; only those without a reason count.
    """
    cycles = _read_on(history, begin, stop, frame, range_deg, settings)
    counted = chain(cycles, settings.set_pause_s)
    if len(counted) < 2:
        return frame, cycles
    better = refined(history, counted)
    if float((better.x * frame.x).sum()) >= SAME_AXIS:
        return frame, cycles
    usual = Usual.of([cycle.rep for cycle in counted])
    return better, _read_on(history, begin, stop, better, usual.range_deg, settings)


def refined(history: History, counted: list[Cycle]) -> Frame:
    """The frame that the drives of reps give together."""
    turned = np.sum([cycle.turned for cycle in counted], axis=0)
    ups = np.array([history.cut(cycle.peak, cycle.peak + 1).up[:, 0] for cycle in counted])
    return Frame.of(turned, np.median(ups, axis=0))


def _read_on(
    history: History, begin: int, stop: int, frame: Frame, range_deg: float, settings: LiftSettings
) -> list[Cycle]:
    begin, stop = max(begin, history.start), min(stop, history.end)
    view = View.of(history.cut(begin, stop), begin, frame, history.period_s)
    edges = [begin, *history.breaks(begin + 1, stop), stop]
    cycles: list[Cycle] = []
    for first, end in pairwise(edges):
        turns = _turns(history, first, end, frame, range_deg)
        cycles += _measured_cycles(view, first, turns, end, range_deg)
    like = [cycle for cycle in cycles if LIKE[0] <= cycle.rep.rom_deg / range_deg <= LIKE[1]]
    for _ in range(2):  # first against all that are of like size, then against those that count
        if not like:
            return cycles
        usual = Usual.of([cycle.rep for cycle in like])
        reasons = [why_not(cycle, frame, usual, settings) for cycle in cycles]
        like = [cycle for cycle, reason in zip(cycles, reasons, strict=True) if reason is None]
    return [replace(cycle, reason=reason) for cycle, reason in zip(cycles, reasons, strict=True)]


def _turns(history: History, first: int, end: int, frame: Frame, range_deg: float) -> list[Turn]:
    cycles = Cycles(frame, first, range_deg)
    turns = []
    while (turn := cycles.next(history, end)) is not None:
        if turn.final:
            turns.append(turn)
    return turns


def _measured_cycles(view: View, first: int, turns: list[Turn], end: int, range_deg: float) -> list[Cycle]:
    """Each top with the bottoms around it."""
    cycles = []
    rows = [turn.row for turn in turns] + [end - 1]
    for i, turn in enumerate(turns):
        if not turn.top:
            continue
        cycle = measured_cycle(view, rows[i - 1] if i else first, turn.row, rows[i + 1])
        if cycle.rep.rom_deg >= TRIED_SHARE * range_deg:
            cycles.append(cycle)
    return cycles


def measured_cycle(view: View, low: int, peak: int, stop: int) -> Cycle:
    """Measure one movement; rows are numbers in the stream."""
    found: Borders = borders(view, low - view.first, peak - view.first, stop - view.first)
    turned = view.rows.turned[:, found.peak] - view.rows.turned[:, found.low]
    rep = measured(view, found)
    return Cycle(
        rep, found.low + view.first, peak, (float(turned[0]), float(turned[1]), float(turned[2])), None
    )
