"""What the reps of a set are held against: its reference top, its own bottom, tilt and range.

Decay, cut depth and slide look alike in one rep and separate over a set: when the top falls and the
bottom stays, range is lost; when the bottom rises and the top stays, depth is cut; when both shift
together, the weight has slid, and the reference is carried along. A weight that has slid stays where
it slid to: what shifts in one rep and is back in the next was a top and a bottom out of line by chance.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from tracker.coaching.exercises import Exercise
from tracker.motion.events import Rep

NOTHING = math.nan
FEWEST_REPS = 2
"""A single rep has nothing that it could be compared with."""


@dataclass(frozen=True, slots=True)
class SetReference:
    """What one set says about itself; nan where it says nothing.

    Attributes
    ----------
    top_deg, bottom_deg
        Lift at the lockout and at the set's own bottom, as the weight lay at the first rep.
    range_deg
        Median range of lift.
    tilt_top_deg
        Median tilt in the top hold.
    slides_deg
        For each rep, how far the weight has slid since the first; empty without a reference top.
    """

    top_deg: float
    bottom_deg: float
    range_deg: float
    tilt_top_deg: float
    slides_deg: tuple[float, ...]


NO_REFERENCE = SetReference(NOTHING, NOTHING, NOTHING, NOTHING, ())
"""Of a lift that is only counted."""


def reference_of(reps: Sequence[Rep], exercise: Exercise) -> SetReference:
    """Measure a set by its own reps.

    Parameters
    ----------
    reps
        The set's reps so far, in order of time, their lowering done. The drive of the first
        usually starts from the floor and the lowering of the last ends there: those two bottoms
        are left out.
    exercise
        Whose numbers to use.
    """
    if not exercise.judged:
        return NO_REFERENCE
    trusted = [angles_known(rep, exercise) for rep in reps]
    sure = list(compress(reps, trusted))
    range_deg = middle([rep.rom_deg for rep in sure])
    tilt_top_deg = middle([rep.tilt_top_deg for rep in sure]) if len(sure) >= FEWEST_REPS else NOTHING
    guess_deg = densest_top([rep.top_deg for rep in sure], exercise)
    if not (range_deg >= exercise.least_range_deg and math.isfinite(guess_deg)):
        return SetReference(NOTHING, NOTHING, range_deg, tilt_top_deg, ())
    near_deg = lockout_limit_deg(range_deg, exercise)
    tops = [rep.top_deg if known else NOTHING for rep, known in zip(reps, trusted, strict=True)]
    ends = list(zip(tops, bottoms_deg(reps), strict=True))
    bottom_deg = middle([bottom for top, bottom in ends if abs(top - guess_deg) <= near_deg])
    each = [shift_together(top - guess_deg, bottom - bottom_deg) for top, bottom in ends]
    shifts = _lasting(_carried(each))
    first_deg = shifts[0]
    top_deg = densest_top([top - shift for top, shift in zip(tops, shifts, strict=True)], exercise)
    slides = tuple([shift - first_deg for shift in shifts])
    return SetReference(top_deg + first_deg, bottom_deg + first_deg, range_deg, tilt_top_deg, slides)


def slide_after(reference: SetReference, rep: Rep) -> float:
    """Return how far the weight has slid, deg, by a rep whose lowering is still to come."""
    slide_deg = shift_together(rep.top_deg - reference.top_deg, rep.start_deg - reference.bottom_deg)
    if math.isfinite(slide_deg) or not reference.slides_deg:
        return slide_deg
    return reference.slides_deg[-1]


def is_complete(rep: Rep) -> bool:
    """Whether the lowering is done. A rep that is only announced says nothing about its set."""
    return math.isfinite(rep.t_end_s)


def _carried(shifts_deg: list[float]) -> list[float]:
    """Give a rep without a shift of its own that of the rep before."""
    carried: list[float] = []
    for shift_deg in shifts_deg:
        before_deg = carried[-1] if carried else 0.0
        carried.append(shift_deg if math.isfinite(shift_deg) else before_deg)
    return carried


def _lasting(shifts_deg: list[float]) -> list[float]:
    """Keep of a rep's shift what its neighbours share, the middle of the three; the ends keep theirs.

    Examples
    --------
    >>> _lasting([0.0, 2.0, 0.0, 0.0, 5.0, 5.0])
    [0.0, 0.0, 0.0, 0.0, 5.0, 5.0]
    """
    inner = [sorted(three)[1] for three in zip(shifts_deg, shifts_deg[1:], shifts_deg[2:], strict=False)]
    return [*shifts_deg[:1], *inner, *shifts_deg[1:][-1:]]


def angles_known(rep: Rep, exercise: Exercise) -> bool:
    """Whether the rep's angles are known: measured, no long hole, no sensor at the end of its range."""
    return not (rep.clipped or rep.gap_s >= exercise.longest_gap_s or math.isnan(rep.top_deg))


def lockout_limit_deg(range_deg: float, exercise: Exercise) -> float:
    """How far below the reference top, deg, still is a lockout in a set of that range."""
    return max(exercise.lockout_short_deg, exercise.lockout_short_share * range_deg)


def densest_top(tops_deg: Sequence[float], exercise: Exercise) -> float:
    """Centre of the densest cluster of tops, deg; nan for fewer than two tops.

    Ties go to the cluster with more tops close enough to count as locked out, then to the higher.
    A cluster half as dense wins when it lies further above than anyone arches: the straight line is
    a stop, so many reps can end short of it and none far beyond.

    Examples
    --------
    >>> from tracker.coaching.exercises import ONE_LEG_HIP_THRUST
    >>> densest_top([0.0, -12.0, 0.5, 6.0, -0.5], ONE_LEG_HIP_THRUST)
    0.0
    """
    ordered = sorted(top for top in tops_deg if math.isfinite(top))
    if len(ordered) < FEWEST_REPS:
        return NOTHING
    clusters = _clusters(ordered, exercise.top_cluster_deg)
    most = max(clusters)[0]
    size, centre = max(
        (cluster for cluster in clusters if cluster[0] == most),
        key=lambda cluster: (_how_many_near(ordered, cluster[1], exercise.lockout_short_deg), cluster[1]),
    )
    for higher_size, higher in clusters:
        if higher > centre + exercise.overarch_most_deg and 2 * higher_size >= max(size, 2 * FEWEST_REPS):
            size, centre = higher_size, higher
    return centre


def _clusters(ordered: list[float], width_deg: float) -> list[tuple[int, float]]:
    """For each top the cluster that begins with it: how many tops, and its centre."""
    clusters = []
    end = 0
    for start, lowest in enumerate(ordered):
        while end < len(ordered) and ordered[end] <= lowest + width_deg:
            end += 1
        clusters.append((end - start, sum(ordered[start:end]) / (end - start)))
    return clusters


def _how_many_near(ordered: list[float], centre_deg: float, near_deg: float) -> int:
    return bisect_right(ordered, centre_deg + near_deg) - bisect_left(ordered, centre_deg - near_deg)


def bottoms_deg(reps: Sequence[Rep]) -> list[float]:
    """Mean lift of the bottoms before and after each rep, without the floor; nan where unknown."""
    befores = [NOTHING, *(rep.start_deg for rep in reps[1:])]
    afters = [*(rep.end_deg for rep in reps[:-1]), NOTHING]
    return [_mean_of_known(before, after) for before, after in zip(befores, afters, strict=True)]


def _mean_of_known(before: float, after: float) -> float:
    if math.isfinite(before) and math.isfinite(after):
        return 0.5 * (before + after)
    return before if math.isfinite(before) else after


def shift_together(top_deg: float, bottom_deg: float) -> float:
    """Return what both have shifted in common, deg: the smaller of the two, 0 when they part.

    Examples
    --------
    >>> shift_together(-9.0, -7.0), shift_together(-9.0, 1.0)
    (-7.0, 0.0)
    """
    if not math.isfinite(top_deg) or not math.isfinite(bottom_deg):
        return NOTHING
    if top_deg * bottom_deg <= 0.0:
        return 0.0
    return math.copysign(min(abs(top_deg), abs(bottom_deg)), top_deg)


def middle(values: Sequence[float]) -> float:
    """Median of what is finite; nan when nothing is."""
    known = sorted([value for value in values if math.isfinite(value)])
    half = len(known) // 2
    if not known:
        return NOTHING
    return known[half] if len(known) % 2 else 0.5 * (known[half - 1] + known[half])
