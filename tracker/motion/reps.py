"""A stretch of rows -> reps and rejected motions, all measured on one axis.

This is where it is decided what counts. It looks at whole movements and at the set they belong to;
whether a rep was a good one is none of its business.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from tracker.motion.cycles import Cycles, Turn
from tracker.motion.dumbbell import Frame
from tracker.motion.gates import LAST_COMES_BACK, RISE_SHARE, Cycle, Usual, judged, passes
from tracker.motion.height import Accelerometer, Standstills, standstills
from tracker.motion.history import History
from tracker.motion.measure import outlined, risen
from tracker.motion.phases import borders
from tracker.motion.settings import LiftSettings
from tracker.motion.view import View
from tracker.sensing.samples import Floats

TRIED_SHARE = 0.2
"""A movement below this share of the usual range is settling or shaking, not a try."""

TRY_S = 4.0
"""A try belongs to a set when the next rep follows within a breath."""

SINKING_S = 1.5
"""A weight that is lowered before its first drive, as in a squat, comes down within this time."""

REST_DEG_S, REST_S = 10.0, 0.1
"""At a hole's edge: what turns slower than this is at rest, what begins later than this begins after it."""

DOWN_SHARE, REST_SHARE = 0.75, 0.5
"""A lowering that a hole cuts off counts as done at so much of its range, for the rest takes a fifth of a
second; or at rest below half of it."""

NEIGHBOURS = 6
"""So many counted movements before one say what is usual: fatigue and a sliding weight change it slowly."""

LONGEST_STRETCH_S = 15.0
"""Between standstills farther apart than this, other errors of the height outgrow the offset."""

LIKE = (0.5, 1.8)
"""Movements of this size, in usual ranges, give the first idea of what is usual."""


def rested_s(history: History, cycle: Cycle, following: Cycle) -> float:
    """Dwell at the bottom between two reps, s; nan when samples are missing there."""
    if history.breaks(cycle.peak, following.peak + 1):
        return math.nan
    return following.outline.t_start_s - cycle.outline.t_end_s


def chain(history: History, cycles: list[Cycle], pause_s: float) -> list[Cycle]:
    """The last run of counted movements without a pause that ends a set, dwells filled in."""
    run: list[Cycle] = []
    tries = [cycle for cycle in cycles if cycle.was_meant]
    for cycle in reversed([cycle for cycle in cycles if cycle.reason is None]):
        if run:
            links = [cycle, *(one for one in tries if cycle.peak < one.peak < run[-1].peak), run[-1]]
            if any(_paused_s(history, one, two) > pause_s for one, two in pairwise(links)):
                break
            cycle = cycle._replace(bottom_s=rested_s(history, cycle, links[1]))
        elif cycle.fall_deg < LAST_COMES_BACK * cycle.outline.rom_deg:
            continue
        run.append(cycle)
    return run[::-1]


def _paused_s(history: History, one: Cycle, two: Cycle) -> float:
    """Time between two movements in which none was seen; nobody knows what happened in a hole."""
    ended_s, begins_s = one.outline.t_end_s, two.outline.t_start_s
    return begins_s - ended_s - history.unseen_s(ended_s, begins_s)


def extent(cycles: list[Cycle], kept: list[Cycle]) -> tuple[float, float]:
    """When a set began and ended, s: with the tries that follow one another and its reps."""
    first_s, last_s = kept[0].outline.t_start_s, kept[-1].outline.t_end_s
    tries = [cycle.outline for cycle in cycles if cycle.is_try]
    for rep in reversed(tries):
        if 0.0 <= first_s - rep.t_end_s <= TRY_S:
            first_s = rep.t_start_s
    for rep in tries:
        if 0.0 <= rep.t_start_s - last_s <= TRY_S:
            last_s = rep.t_end_s
    return first_s, last_s


def refined(history: History, counted: list[Cycle], handle: Floats | None) -> Frame:
    """The frame that the drives of reps give together, and the handle where it was calibrated."""
    ups = [history.cut(cycle.peak, cycle.peak + 1).up[:, 0] for cycle in counted]
    return Frame.of(np.array([cycle.turned for cycle in counted]), np.array(ups), handle)


def read(
    history: History, begin: int, stop: int, frame: Frame, range_deg: float, settings: LiftSettings
) -> list[Cycle]:
    """Find and measure every movement of a stretch, in order of time; those without a reason count."""
    begin, stop = max(begin, history.start), min(stop, history.end)
    view = View.of(history.cut(begin, stop), begin, frame, history.period_s)
    holes = history.breaks(begin + 1, stop)
    cycles: list[Cycle] = []
    for first, end in pairwise([begin, *holes, stop]):
        turns = _turns(view, first, end, range_deg)
        found = _measured_cycles(view, first, turns, end, range_deg)
        if found and first in holes and found[0].peak == turns[0].row:
            found[0] = _begun_unseen(view, found[0], first, history.gap_s(first))
        if found and end in holes and found[-1].peak == turns[-1].row:
            found[-1] = _ended_unseen(view, found[-1], end - 1, history.gap_s(end))
        cycles += found
    like = _of_like_size(cycles, range_deg)
    if not like:
        return cycles
    accelerometer = Accelerometer()
    learn(accelerometer, history, like)
    cycles = [weighed(cycle, view, accelerometer) for cycle in cycles]
    like = _of_like_size(cycles, range_deg)
    usual = _usual(like, cycles, frame, settings)
    counted = [cycle for cycle in cycles if passes(cycle, frame, usual, settings)]
    if not counted:
        return [judged(cycle, frame, usual, settings) for cycle in cycles]
    return _judged_by_neighbours(counted, cycles, frame, settings)


def _of_like_size(cycles: list[Cycle], range_deg: float) -> list[Cycle]:
    return [cycle for cycle in cycles if LIKE[0] <= cycle.outline.rom_deg / range_deg <= LIKE[1]]


def _usual(like: list[Cycle], cycles: list[Cycle], frame: Frame, settings: LiftSettings) -> Usual:
    """What movements of like size have in common; a set that began with partial reps has larger ones."""
    usual = Usual.guessed(like)
    larger = [cycle for cycle in cycles if cycle.outline.rom_deg > LIKE[1] * usual.range_deg]
    if not larger:
        return usual
    counted = sum(passes(cycle, frame, usual, settings) for cycle in cycles)
    if len(larger) <= counted:
        return usual
    of_larger = Usual.of(larger)
    full = [cycle for cycle in larger if passes(cycle, frame, of_larger, settings)]
    return Usual.of(full) if len(full) > counted else usual


def _judged_by_neighbours(
    counted: list[Cycle], cycles: list[Cycle], frame: Frame, settings: LiftSettings
) -> list[Cycle]:
    """Hold each movement against the counted ones before it, the first ones against each other."""
    judged_cycles: list[Cycle] = []
    held_to, usual = range(NEIGHBOURS), Usual.of(counted[:NEIGHBOURS])
    for cycle in cycles:
        before = sum(one.peak < cycle.peak for one in counted)
        near = range(max(0, before - NEIGHBOURS), max(before, NEIGHBOURS))
        if near != held_to:
            held_to, usual = near, Usual.of(counted[near.start : near.stop])
        judged_cycles.append(judged(cycle, frame, usual, settings))
    return judged_cycles


def learn(accelerometer: Accelerometer, history: History, cycles: list[Cycle]) -> None:
    """Take in where the weight stood still in and between movements, in order of time."""
    first, after = cycles[0].still.before, None
    rows = history.cut(first, cycles[-1].still.after + 1)
    flagged = rows.are_flagged()
    for cycle in cycles:
        still = cycle.still
        stretches = [(still.before, still.top), (still.top, still.leaving), (still.leaving, still.after)]
        if after is not None:
            stretches.append((after, still.before))
        for start, stop in stretches:
            if (stop - start) * history.period_s <= LONGEST_STRETCH_S:
                accelerometer.learn(rows, start - first, stop - first, flagged=flagged)
        after = still.after


def weighed(cycle: Cycle, view: View, accelerometer: Accelerometer) -> Cycle:
    """The movement with its heights as the accelerometer is known now."""
    still, first, flagged = cycle.still, view.first, view.flagged
    climb = accelerometer.climb(view.rows, still.before - first, still.top - first, flagged=flagged)
    sunk = accelerometer.climb(view.rows, still.leaving - first, still.after - first, flagged=flagged)
    return cycle._replace(climb=climb, sunk=sunk)


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
        if cycle.outline.rom_deg >= TRIED_SHARE * range_deg:
            cycles.append(cycle)
    return cycles


def _begun_unseen(view: View, cycle: Cycle, first: int, hole_s: float) -> Cycle:
    """Count the hole before a row to the movement after it, unless that begins from rest."""
    began_later = cycle.low - first > view.count(REST_S)
    return cycle if began_later or _speed_deg_s(view, first) <= REST_DEG_S else _lacking(cycle, hole_s)


def _ended_unseen(view: View, cycle: Cycle, last: int, hole_s: float) -> Cycle:
    """Count the hole after a row to the movement before it, unless that was down by then."""
    row = last - view.first  # the angle itself: smoothing looks across the hole
    lift_deg = view.frame.lift_deg(view.rows.up[:, row : row + 1]).item()
    top_deg = cycle.outline.start_deg + cycle.outline.rom_deg
    returned = (top_deg - lift_deg) / cycle.outline.rom_deg
    is_down = returned >= (DOWN_SHARE if _speed_deg_s(view, last) > REST_DEG_S else REST_SHARE)
    return cycle if is_down else _lacking(cycle, hole_s)


def _speed_deg_s(view: View, row: int) -> float:
    return abs(view.lift_rate_deg_s.item(row - view.first))


def _lacking(cycle: Cycle, hole_s: float) -> Cycle:
    """The movement with more samples missing."""
    return cycle._replace(outline=cycle.outline._replace(gap_s=cycle.outline.gap_s + hole_s))


def risen_cycle(view: View, low: int, peak: int) -> Cycle:
    """Measure the drive of a movement that is at its top; rows are numbers in the stream."""
    first, rows = view.first, view.rows
    found = borders(view, low - first, peak - first, peak - first)
    turned = rows.turned[:, found.peak] - rows.turned[:, found.low]
    still = Standstills(found.low + first, peak, peak, peak)
    return Cycle(risen(view, found), found.low + first, peak, turned, still)


def measured_cycle(view: View, low: int, peak: int, stop: int) -> Cycle:
    """Measure one movement but for its heights; rows are numbers in the stream."""
    first, rows = view.first, view.rows
    found = borders(view, low - first, peak - first, stop - first)
    turned = rows.turned[:, found.peak] - rows.turned[:, found.low]
    return Cycle(outlined(view, found), found.low + first, peak, turned, standstills(view, found))


def was_lowered_first(
    history: History, kept: list[Cycle], last: Cycle, accelerometer: Accelerometer, frame: Frame
) -> bool:
    """Whether a set that ends at a top was lowered before its first drive, as in a squat.

    Parameters
    ----------
    history, accelerometer, frame
        The rows, and what is known of heights and of the axis.
    kept
        The reps of the set.
    last
        The last drive: the weight has not come down from it.
    """
    least_m = RISE_SHARE * Usual.of(kept).travel_m
    view = View.of(history.cut(last.low, last.peak + 1), last.low, frame, history.period_s)
    if not weighed(last, view, accelerometer).climb.height_m >= least_m:
        return False
    bottom = kept[0].still.before
    first = max(history.start, bottom - round(SINKING_S / history.period_s))
    return accelerometer.above_m(history.cut(first, bottom + 1), bottom - first) >= least_m
