"""What is drawn of a set over time: the rows of its figure, from the motion or, without, from the reps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from tracker.archive.plots import theme
from tracker.coaching.results import Set
from tracker.motion.events import Motion, Rep
from tracker.sensing.samples import Floats

AROUND_S = 5.0
"""So much before and after a set is shown, as far as its motion reaches (motion/settled.py)."""

CM_PER_M = 100.0

LEAST_ROOM = {theme.LIFT: 10.0, theme.HEIGHT: 10.0, theme.TILT: 8.0, theme.TURNING: 20.0}
"""An axis spans at least so much: a steady tilt is to look steady."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One row of a figure over time.

    Attributes
    ----------
    title
        Of its axis, with the unit.
    t_s, values
        Shape (n,); nan is not measured.
    span_s
        The set's own time, without what is around it.
    measured
        False when it only joins the reps' own numbers by straight lines.
    """

    title: str
    t_s: Floats
    values: Floats
    span_s: tuple[float, float]
    measured: bool = True

    def at(self, t_s: float) -> float:
        """Value at a time, on a straight line between the samples beside it; nan when not known there."""
        known = np.isfinite(self.values)
        if not known.any() or not np.isfinite(t_s):
            return float("nan")
        return float(np.interp(t_s, self.t_s[known], self.values[known]))

    def extent(self) -> tuple[float, float]:
        """The range of its axis: all values of the set, and a margin for marks above them.

        What is farther out around the set is cut off: the weight is turned over when it is put down.
        """
        from_s, to_s = self.span_s
        inside = (self.t_s >= from_s) & (self.t_s <= to_s)
        known = self.values[inside & np.isfinite(self.values)]
        if not len(known):
            return -1.0, 1.0
        low, high = float(known.min()), float(known.max())
        missing = max(0.0, LEAST_ROOM[self.title] - (high - low))
        room = high - low + missing
        return low - 0.5 * missing - 0.08 * room, high + 0.5 * missing + 0.25 * room


def rows_of(one: Set, motion: Motion | None) -> tuple[Row, ...]:
    """Choose what is known: lift, height and tilt; or turning alone; or what the reps say."""
    span_s = (one.t_start_s, one.t_end_s)
    if motion is not None:
        seen = between(motion, one.t_start_s - AROUND_S, one.t_end_s + AROUND_S)
        if np.isfinite(seen.lift_deg).any():
            return (
                Row(theme.LIFT, seen.t_s, seen.lift_deg, span_s),
                Row(theme.HEIGHT, seen.t_s, CM_PER_M * seen.height_m, span_s),
                Row(theme.TILT, seen.t_s, seen.tilt_deg, span_s),
            )
        if np.isfinite(seen.turning_deg_s).any():
            return (Row(theme.TURNING, seen.t_s, seen.turning_deg_s, span_s),)
    return tuple(drawn_from([rep.rep for rep in one.reps], span_s))


def between(motion: Motion, from_s: float, to_s: float) -> Motion:
    """Rows of a motion from one time to another; no bound where that is nan."""
    first = 0 if np.isnan(from_s) else int(np.searchsorted(motion.t_s, from_s))
    stop = len(motion) if np.isnan(to_s) else int(np.searchsorted(motion.t_s, to_s, side="right"))
    names = ("t_s", "lift_deg", "tilt_deg", "twist_deg", "height_m", "turning_deg_s", "phase")
    return Motion(*(getattr(motion, name)[first:stop] for name in names))


def drawn_from(reps: Sequence[Rep], span_s: tuple[float, float]) -> list[Row]:
    """Rows that go straight from border to border of the reps."""
    times = np.array([(rep.t_start_s, rep.t_top_s, rep.t_leave_top_s, rep.t_end_s) for rep in reps])
    lift = [(rep.start_deg, rep.top_deg, rep.top_deg, rep.end_deg) for rep in reps]
    height = [(0.0, rep.travel_m, rep.travel_m, 0.0) for rep in reps]
    tilt = [(np.nan, rep.tilt_top_deg, rep.tilt_top_deg, np.nan) for rep in reps]
    return [
        Row(title, times.ravel(), scale * np.array(list(chain(*values))), span_s, measured=False)
        for title, values, scale in (
            (theme.LIFT, lift, 1.0),
            (theme.HEIGHT, height, CM_PER_M),
            (theme.TILT, tilt, 1.0),
        )
    ]
