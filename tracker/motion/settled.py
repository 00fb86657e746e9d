"""What a person looks at afterwards: each set in the frame with which it was settled.

Rows are given out late, when nothing in them changes any more: those of a set and some seconds around
it when it is over, those of no set when none can begin in them any more. There is no second way of
counting: the frame, the bottoms and the borders are those of the reps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tracker.motion.bearings import joined, unclipped
from tracker.motion.dumbbell import Frame, turning_deg_s
from tracker.motion.events import Motion, Phase
from tracker.motion.gates import Cycle
from tracker.motion.height import climbed_m, heights_m
from tracker.motion.history import History
from tracker.motion.orientation import Oriented
from tracker.motion.view import View
from tracker.sensing.samples import Floats

AROUND_S = 5.0
"""So much before the first drive and after the last bottom is seen in the set's frame: half of the pause
that ends a set, and a try belongs to a set up to 4 s from its reps. Farther away the weight may have been
put down or clipped on otherwise, and its lift would mean nothing."""

IN_ORDER = tuple(np.uint8(phase) for phase in (Phase.DRIVE, Phase.TOP, Phase.LOWERING, Phase.BOTTOM))


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A set that is over, as its reps were measured.

    Attributes
    ----------
    frame
        The axis that all its drives give.
    begin
        The first row that was read with it.
    t_start_s, t_end_s
        First drive begins, last bottom reached.
    kept
        The reps, in order of time.
    meant
        The reps, and what was tried and not counted, in order of time.
    """

    frame: Frame
    begin: int
    t_start_s: float
    t_end_s: float
    kept: Sequence[Cycle]
    meant: Sequence[Cycle]

    def motion(self, history: History, first: int, stop: int) -> Motion:
        """Show rows first..stop-1.

        Lift is smoothed as for the reps, so that tops and bottoms are theirs, but never across a hole.
        Twist and height start anew from the bottom of each rep and try, and are nan before the first and
        after the last; height also in the dwell at a bottom, where nothing says what it is.
        """
        rows, frame = history.cut(first, stop), self.frame
        edges = [first, *history.breaks(first + 1, stop), stop]
        inside = [one for one in self.meant if first <= one.low and max(one.peak, one.still.after) < stop]
        parts = [View.of(history.cut(*edge), edge[0], frame, history.period_s) for edge in pairwise(edges)]
        return Motion(
            t_s=rows.t_s.copy(),
            lift_deg=np.concatenate([part.lift_deg for part in parts]),
            tilt_deg=frame.tilt_deg(rows.up),
            twist_deg=self._twist_deg(rows, first, inside),
            height_m=_height_m(rows, first, inside),
            turning_deg_s=turning_deg_s(rows.rate),
            phase=self._phase(rows),
        )

    def _twist_deg(self, rows: Oriented, first: int, inside: Sequence[Cycle]) -> Floats:
        twist = np.full(len(rows), np.nan)
        heading = self.frame.heading_deg(rows)
        lows = [cycle.low - first for cycle in inside]
        for low, following in pairwise([*lows, int(np.searchsorted(rows.t_s, self.t_end_s))]):
            twist[low:following] = (heading[low:following] - heading[low] + 180.0) % 360.0 - 180.0
        return twist

    def _phase(self, rows: Oriented) -> NDArray[np.uint8]:
        phase = np.zeros(len(rows), np.uint8)
        for cycle in self.kept:
            rep = cycle.as_candidate(0)
            edges_s = [rep.t_start_s, rep.t_top_s, rep.t_leave_top_s, rep.t_end_s]
            edges_s.append(rep.t_end_s + (0.0 if math.isnan(rep.bottom_s) else rep.bottom_s))
            known_s = np.maximum.accumulate(
                np.nan_to_num(edges_s, nan=-np.inf)
            )  # what is not known lasts 0 s
            edges = np.searchsorted(rows.t_s, known_s)
            for at, (start, stop) in enumerate(pairwise(edges.tolist())):
                phase[start:stop] = IN_ORDER[at]
        return phase


def _height_m(rows: Oriented, first: int, inside: Sequence[Cycle]) -> Floats:
    height = np.full(len(rows), np.nan)
    for cycle in inside:
        still, reached_m = cycle.still, 0.0
        height[max(0, still.before - first - 1) :] = np.nan
        stretches = [
            (still.before, still.top, cycle.climb.height_m),
            (still.top, still.leaving, _kept_m(rows, still.top - first, still.leaving - first)),
            (still.leaving, still.after, cycle.sunk.height_m),
        ]
        for start, stop, gained_m in stretches:
            if start < stop and first <= start:
                there = heights_m(rows, start - first, stop - first, gained_m)
                height[start - first : start - first + len(there)] = reached_m + there
                reached_m += gained_m
    return height


def _kept_m(rows: Oriented, start: int, stop: int) -> float:
    """How far the weight has sunk or risen between two standstills without a drive, m."""
    return climbed_m(rows, start, stop) if 0 <= start < stop else math.nan


class Settling:
    """Give rows out once they are settled.

    State: the first row that has not been given out, and what waits to be taken away.
    """

    def __init__(self) -> None:
        self._next = 0
        self._ready: list[Motion] = []

    def give_set(self, history: History, settled: Settled, stop: int) -> None:
        """Give out a set that was over at row `stop`, and what is before it."""
        first = max(self._next, settled.begin, history.row_at(settled.t_start_s - AROUND_S))
        self.give_before(history, first)
        self._next = max(first, min(stop, history.row_at(settled.t_end_s + AROUND_S)))
        self._ready.append(settled.motion(history, first, self._next))

    def give_before(self, history: History, row: int) -> None:
        """Give out the rows before a row in which no set can begin any more."""
        if row > self._next:
            self._ready.append(unclipped(history.cut(self._next, row)))
            self._next = row

    def start_anew(self) -> None:
        """Rows are numbered from 0 again."""
        self._next = 0

    def taken(self) -> Motion:
        """All that was given out since the last time."""
        ready, self._ready = self._ready, []
        return joined(ready)
