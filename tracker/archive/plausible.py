"""Whether a foreign file's numbers can be what their column names say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tracker.archive.samples_file import ACC, ARRIVAL, GYR, QUATERNION, TIME, SamplesFile
from tracker.errors import InputError
from tracker.sensing.samples import Floats

POSSIBLE_AT_REST_M_S2 = (7.0, 13.0)
"""|acc| at rest outside of this is no specific force in m/s2: gravity was taken off, or the unit is g.
The worst cheap parts read 9.2-10.6, and a wrist that never rests about 8.8-11.4."""

NORMAL_AT_REST_M_S2 = (9.3, 10.3)
"""|acc| at rest outside of this is a sensor that needs calibrating: 5 % off in scale or offset."""

REST_WINDOW_S = 1.0
"""Stretch in which stillness is judged, s: shorter than a pause between two reps."""

QUIETEST = 0.05
"""Share of the windows that is taken for rest: of 3 minutes 9 s, so that one lucky second of
straight movement, which a gyroscope does not feel, is outvoted."""

FASTEST_GYR_RAD_S = 80.0
"""No gyroscope on the market measures more per axis (4,000 deg/s are 70 rad/s); deg/s do."""

SHORTEST_PERIOD_S = 5e-4
"""Usual time between two samples, s: no radio carries 2,000 a second. Samples that were stamped on
arrival, in bursts, lie closer, and every pause between two bursts would be filled with rows."""

LONGEST_PERIOD_S = 2.0
"""A usual time between samples beyond this is milliseconds: 500 Hz and slower give more than 2."""

SLOW_PERIOD_S = 0.045
"""Beyond it (22 Hz) fast reps have too few samples: of 12 reps, 11 were found at 20 Hz and 8 at 12.5."""

UNIT_TOLERANCE = 0.1
"""How far a quaternion's length may be from 1: rounding to two decimals stays far inside."""


def check(samples: SamplesFile, path: Path) -> tuple[str, ...]:
    """Refuse what cannot be right, and name what is doubtful, one sentence each.

    Raises
    ------
    InputError
        If there is no sample, a number is missing, time does not rise, or values cannot be SI.
    """
    if not len(samples.t_s):
        raise InputError(f"{path} holds no samples; choose a file with at least one set in it")
    for values, names in _columns(samples):
        _check_finite(values, names, path)
    _check_rising(samples, path)
    if samples.gyr_rad_s is not None and np.abs(samples.gyr_rad_s).max() > FASTEST_GYR_RAD_S:
        raise InputError(f"{path} has gyr over {FASTEST_GYR_RAD_S:.0f} rad/s, likely deg/s; convert to rad/s")
    if samples.earth_from_sensor is not None:
        _check_unit(samples.earth_from_sensor, path)
    slow = _judge_rate(samples)
    return slow if samples.acc_m_s2 is None else (*slow, *_judge_rest(samples, samples.acc_m_s2, path))


def _judge_rate(samples: SamplesFile) -> tuple[str, ...]:
    usual_s = float(np.median(np.diff(samples.t_s))) if len(samples.t_s) > 1 else 0.0
    if usual_s <= SLOW_PERIOD_S:
        return ()
    return (f"sampled at {1 / usual_s:.0f} Hz: reps may be missed; record at 25 Hz or more",)


def rest_acc_m_s2(t_s: Floats, acc_m_s2: Floats, gyr_rad_s: Floats | None) -> float:
    """|acc| in the quietest windows of a recording, m/s2.

    Parameters
    ----------
    t_s
        Shape (n,), s.
    acc_m_s2
        Shape (n, 3).
    gyr_rad_s
        Shape (n, 3): quiet is where it turns least. None: quiet is where acc spreads least.

    Returns
    -------
    float
        Median over the quietest `QUIETEST` of the windows (at least one) of `REST_WINDOW_S`; a
        shorter recording is one window.
    """
    period_s = float(np.median(np.diff(t_s))) if len(t_s) > 1 else REST_WINDOW_S
    rows = min(len(t_s), max(1, round(REST_WINDOW_S / period_s)))
    windows = len(t_s) // rows
    acc = acc_m_s2[: windows * rows].reshape(windows, rows, 3)
    if gyr_rad_s is None:
        unrest = acc.std(axis=1).sum(axis=1)
    else:
        unrest = _lengths(gyr_rad_s[: windows * rows].reshape(windows, rows, 3)).mean(axis=1)
    quiet = np.argsort(unrest, kind="stable")[: max(1, int(QUIETEST * windows))]
    return float(np.median(_lengths(acc[quiet])))


def _lengths(vectors: Floats) -> Floats:
    squares: Floats = np.einsum("...i,...i", vectors, vectors)  # np.linalg.norm takes 2-4 times as long
    return np.sqrt(squares)


def _columns(samples: SamplesFile) -> Iterator[tuple[Floats, tuple[str, ...]]]:
    yield samples.t_s[:, None], (TIME,)
    if samples.arrival_s is not None:
        yield samples.arrival_s[:, None], (ARRIVAL,)
    for values, names in (
        (samples.acc_m_s2, ACC),
        (samples.gyr_rad_s, GYR),
        (samples.earth_from_sensor, QUATERNION),
    ):
        if values is not None:
            yield values, names


def _check_finite(values: Floats, names: tuple[str, ...], path: Path) -> None:
    finite = np.isfinite(values)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        raise InputError(f"{path} has no number in {names[column]}, row {row + 1}; leave such rows out")


def _check_rising(samples: SamplesFile, path: Path) -> None:
    steps = np.diff(samples.t_s)
    if (steps <= 0).any():
        row = int(np.argmax(steps <= 0)) + 1
        before_s, after_s = samples.t_s[row - 1], samples.t_s[row]
        raise InputError(
            f"{path} has {TIME} {after_s:.6g} after {before_s:.6g} in row {row + 1}; "
            "sort the rows by time and leave out doubles"
        )
    if len(steps) and (usual_s := float(np.median(steps))) < SHORTEST_PERIOD_S:
        raise InputError(
            f"{path} has {TIME} {usual_s:.2g} s apart, likely stamped on arrival; "
            "give the device's time, or spread each burst evenly"
        )
    if len(steps) and usual_s > LONGEST_PERIOD_S:
        raise InputError(f"{path} has {TIME} {usual_s:.3g} apart, likely milliseconds; give seconds")
    if samples.arrival_s is not None and (np.diff(samples.arrival_s) < 0).any():
        raise InputError(f"{path} has {ARRIVAL} running backwards; correct it or leave the column out")


def _check_unit(earth_from_sensor: Floats, path: Path) -> None:
    off = np.abs(_lengths(earth_from_sensor) - 1) > UNIT_TOLERANCE
    if off.any():
        row = int(np.argmax(off)) + 1
        raise InputError(
            f"{path} has no unit quaternion in row {row}; scale {','.join(QUATERNION)} to length 1"
        )


def _judge_rest(samples: SamplesFile, acc_m_s2: Floats, path: Path) -> tuple[str, ...]:
    rest = rest_acc_m_s2(samples.t_s, acc_m_s2, samples.gyr_rad_s)
    low, high = POSSIBLE_AT_REST_M_S2
    if not low <= rest <= high:
        raise InputError(
            f"{path} has |acc| {rest:.3g} at rest, which is not gravity in m/s2; "
            "export acceleration with gravity, and multiply g by 9.80665"
        )
    low, high = NORMAL_AT_REST_M_S2
    if low <= rest <= high:
        return ()
    return (
        f"|acc| is {rest:.2f} m/s2 where it is quietest ({low}-{high} is normal at rest): "
        "the sensor needs calibrating, or never rested; heights are less sure",
    )
