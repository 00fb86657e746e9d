"""Traces no longer than a screen can show, with every extreme in them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tracker.sensing.samples import Floats

BINS = 900
"""A trace has so many stretches at most, each drawn by its least and its largest value: about one a pixel
on a wide screen; zooming in by more than the sample rate allows shows no more anyway."""

HOLE_PERIODS = 2.5
"""Samples farther apart than this have a hole between them; the line breaks there."""


def thinned(t_s: Floats, values: Floats, bins: int = BINS) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Thin a trace out.

    Parameters
    ----------
    t_s, values
        Shape (n,), time in order; nan is not measured.
    bins
        How many stretches at most.

    Returns
    -------
    t_s, values
        Shape (m,): the least and the largest value of each stretch at their times, first and last, the
        samples beside holes and what was not measured, and a nan in every hole, so that no line is drawn
        across it. Time is rounded to the ms, values to single precision.

    Examples
    --------
    >>> thinned(np.arange(6.0), np.array([0.0, 3.0, 1.0, 1.0, -2.0, 0.0]), bins=1)[1].tolist()
    [0.0, 3.0, -2.0, 0.0]
    """
    holes = np.flatnonzero(_after_a_hole(t_s))
    kept = np.unique(np.concatenate([_kept(values, bins), holes, holes - 1]))
    at = np.searchsorted(kept, holes)
    t_kept = np.insert(t_s[kept], at, t_s[holes])
    return np.round(t_kept, 3), np.insert(values[kept], at, np.nan).astype(np.float32)


def _kept(values: Floats, bins: int) -> NDArray[np.intp]:
    n = len(values)
    if n <= 2 * bins:
        return np.arange(n)
    edges = np.linspace(0, n, bins + 1).astype(np.intp)[:-1]
    lowest = np.where(np.isnan(values), np.inf, values)
    highest = np.where(np.isnan(values), -np.inf, values)
    chosen = [_arg(np.minimum, lowest, edges), _arg(np.maximum, highest, edges)]
    unknown = np.flatnonzero(np.diff(np.isnan(values).astype(np.int8)))
    return np.unique(np.concatenate([*chosen, unknown, unknown + 1, [0, n - 1]]))


def _arg(extreme: np.ufunc, values: Floats, edges: NDArray[np.intp]) -> NDArray[np.intp]:
    """Row of the first extreme of each stretch."""
    of_stretch = np.repeat(extreme.reduceat(values, edges), np.diff([*edges, len(values)]))
    hits = np.where(values == of_stretch, np.arange(len(values)), len(values))
    return np.asarray(np.minimum.reduceat(hits, edges))


def _after_a_hole(t_s: Floats) -> NDArray[np.bool]:
    steps = np.diff(t_s)
    period_s = float(np.median(steps)) if len(steps) else 0.0
    return np.concatenate([[False], steps > HOLE_PERIODS * period_s])
