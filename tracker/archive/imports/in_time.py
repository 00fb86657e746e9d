"""Samples of several sensors, and of clocks that wrap, put on one time."""

from __future__ import annotations

import numpy as np

from tracker.archive.imports.source import Source
from tracker.sensing.samples import Floats, Ints

WIDEST_BRIDGE = 2.5
"""Between two samples that lie further apart than so many usual periods nothing is interpolated: a phone's
instants jitter by half a period, and one lost sample leaves two."""

MOST_UNMATCHED = 0.5
"""When more than this share of a sensor's samples has none of the other beside it, they are no pair."""


def without_doubles(t_s: Floats, values: Floats, sensor: str, source: Source) -> tuple[Floats, Floats]:
    """Leave out rows that stand there twice, and see to it that time rises.

    A row that is repeated to the last digit adds nothing. A time with two different values, or one that
    runs backwards, has no right order that could be told.

    Parameters
    ----------
    t_s, values
        Shapes (n,), (n, k).
    sensor, source
        What is named where it is refused.

    Returns
    -------
    t_s, values
        As they were, without the doubles.

    Raises
    ------
    InputError
        If time does not rise otherwise, or a number is missing.
    """
    finite = np.isfinite(t_s) & np.isfinite(values).all(axis=1)
    if not finite.all():
        source.refuse(f"has no number for the {sensor} in row {int(np.argmin(finite)) + 1}; export it again")
    steps = np.diff(t_s)
    is_double = np.append(False, (steps == 0) & (values[1:] == values[:-1]).all(axis=1))[: len(t_s)]
    wrong = (steps <= 0) & ~is_double[1:]
    if wrong.any():
        row = int(np.argmax(wrong)) + 1
        source.refuse(
            f"has the {sensor} at {t_s[row]:.6g} s after {t_s[row - 1]:.6g} s in row {row + 1}; "
            "sort the rows by time, or export it again"
        )
    return (t_s[~is_double], values[~is_double]) if is_double.any() else (t_s, values)


def unwrapped(ticks: Ints, bits: int, source: Source) -> Ints:
    """Count on where a counter begins again at 0.

    Parameters
    ----------
    ticks
        Shape (n,), each below 2^bits.
    bits
        How wide the counter is.
    source
        Named where it is refused.

    Returns
    -------
    numpy.ndarray
        Shape (n,), from 0; equal for ticks that are.

    Raises
    ------
    InputError
        If it runs backwards: by more than half its range, that would be forwards.
    """
    size = 1 << bits
    if len(ticks) and not (ticks.min() >= 0 and ticks.max() < size):
        source.refuse(f"has a time outside of 0 to 2^{bits}, where its clock begins again; export it again")
    steps = np.diff(ticks) % size
    if (steps >= size // 2).any():
        row = int(np.argmax(steps >= size // 2)) + 1
        source.refuse(f"has a time that runs backwards in row {row + 1}; sort the rows by time")
    return np.append(0, np.cumsum(steps))[: len(ticks)]


def joined(
    wanted_s: Floats, t_s: Floats, values: Floats, sensor: str, source: Source
) -> tuple[Floats, np.ndarray]:
    """Give what a sensor would have measured at the instants of another, on straight lines between samples.

    Parameters
    ----------
    wanted_s
        Shape (m,), s, rising.
    t_s, values
        Shapes (n,), (n, k): of the sensor; time rises.
    sensor, source
        What is named where it is refused.

    Returns
    -------
    values, is_there
        Shapes (m, k), (m,): where there is none, before the first, after the last and across holes (see
        `WIDEST_BRIDGE`), the row means nothing. Loss stays loss.

    Raises
    ------
    InputError
        If the two hardly overlap.
    """
    if len(t_s) < 2 or not len(wanted_s):
        source.refuse(f"has no {sensor} samples beside the gyroscope's; record both sensors")
    at = np.clip(np.searchsorted(t_s, wanted_s, side="right"), 1, len(t_s) - 1)
    wide_s = WIDEST_BRIDGE * np.median(np.diff(t_s))
    inside = (wanted_s >= t_s[0]) & (wanted_s <= t_s[-1])
    is_on_one = (wanted_s == t_s[at]) | (wanted_s == t_s[at - 1])
    is_there = inside & (is_on_one | (t_s[at] - t_s[at - 1] <= wide_s))
    if is_there.mean() < MOST_UNMATCHED:
        share = f"{100 * is_there.mean():.0f} %"
        source.refuse(
            f"has {sensor} beside {share} of the gyroscope's samples only; record both sensors at one rate"
        )
    part = np.clip((wanted_s - t_s[at - 1]) / (t_s[at] - t_s[at - 1]), 0.0, 1.0)[:, None]
    return values[at - 1] * (1.0 - part) + values[at] * part, is_there
