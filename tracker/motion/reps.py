"""A stretch of rows -> reps and rejected motions, all measured on one axis.

This is where it is decided what counts. It looks at whole movements and at the set they belong to;
whether a rep was a good one is none of its business.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from tracker.motion.cycles import Cycles, Turn
from tracker.motion.dumbbell import Frame
from tracker.motion.gates import LAST_COMES_BACK, Cycle, Usual, judged
from tracker.motion.history import History
from tracker.motion.measure import measured
from tracker.motion.phases import borders
from tracker.motion.settings import LiftSettings
from tracker.motion.view import View

TRIED_SHARE = 0.2
"""A movement below this share of the usual range is settling or shaking, not a try."""

LIKE = (0.5, 1.8)
"""Movements of this size, in usual ranges, give the first idea of what is usual."""


def chain(cycles: list[Cycle], pause_s: float) -> list[Cycle]:
    """The last run of counted movements without a pause that ends a set, dwells filled in."""
    run: list[Cycle] = []
    for cycle in reversed([cycle for cycle in cycles if cycle.reason is None]):
        if run:
            dwell_s = run[-1].rep.t_start_s - cycle.rep.t_end_s
            if dwell_s > pause_s:
                break
            cycle = replace(cycle, bottom_s=dwell_s)
        elif cycle.fall_deg < LAST_COMES_BACK * cycle.rep.rom_deg:
            continue
        run.append(cycle)
    return run[::-1]


def refined(history: History, counted: list[Cycle]) -> Frame:
    """The frame that the drives of reps give together."""
    ups = [history.cut(cycle.peak, cycle.peak + 1).up[:, 0] for cycle in counted]
    return Frame.of(np.array([cycle.turned for cycle in counted]), np.array(ups))


def read(
    history: History, begin: int, stop: int, frame: Frame, range_deg: float, settings: LiftSettings
) -> list[Cycle]:
    """Find and measure every movement of a stretch, in order of time; those without a reason count."""
    begin, stop = max(begin, history.start), min(stop, history.end)
    view = View.of(history.cut(begin, stop), begin, frame, history.period_s)
    edges = [begin, *history.breaks(begin + 1, stop), stop]
    cycles: list[Cycle] = []
    for first, end in pairwise(edges):
        turns = _turns(view, first, end, range_deg)
        cycles += _measured_cycles(view, first, turns, end, range_deg)
    like = [cycle for cycle in cycles if LIKE[0] <= cycle.rep.rom_deg / range_deg <= LIKE[1]]
    usual = None
    for _ in range(2):  # first against all that are of like size, then against those that count
        before, usual = usual, Usual.of([cycle.rep for cycle in like])
        if not like or usual == before:
            break
        cycles = [judged(cycle, frame, usual, settings) for cycle in cycles]
        like = [cycle for cycle in cycles if cycle.reason is None]
    return cycles


def _turns(view: View, first: int, end: int, range_deg: float) -> list[Turn]:
    cycles = Cycles(view.angles, first, range_deg, early=False)
    turns = []
    while (turn := cycles.next(end)) is not None:
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
    found = borders(view, low - view.first, peak - view.first, stop - view.first)
    turned = view.rows.turned[:, found.peak] - view.rows.turned[:, found.low]
    return Cycle(measured(view, found), found.low + view.first, peak, turned)
