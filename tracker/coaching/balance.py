"""Left against right: each measure of both legs, and whether they differ by more than noise.

Standard errors of both sides are added in quadrature; `tracker.coaching.measures` says how they come about.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tracker.coaching.measures import MEASURES, Measure, Value
from tracker.coaching.results import BalanceMeasure, Set, Verdict
from tracker.sensing.marks import Side

WHOLE_PCT = 100.0
"""A difference is of the larger value: it cannot be more than all of it, and a wider band hides any."""


def balance_of(sets: Sequence[Set]) -> tuple[BalanceMeasure, ...]:
    """Compare the sides.

    Parameters
    ----------
    sets
        Sets of one exercise; those of unknown side are left out.

    Returns
    -------
    tuple of BalanceMeasure
        One for each of `MEASURES`, nan where a side did not measure it; empty until both sides
        have a set, and where the sets are of several people: their balance is nobody's.
    """
    if len({one.athlete for one in sets}) > 1:
        return ()
    left = [one for one in sets if one.side is Side.LEFT]
    right = [one for one in sets if one.side is Side.RIGHT]
    if not left or not right:
        return ()
    return tuple(_compare(measure, measure.of_side(left), measure.of_side(right)) for measure in MEASURES)


def noise_words(noise_pct: float) -> str:
    """Write what chance explains; "" when it is not known.

    A band wider than the larger side's whole value tells nothing by its number.

    Examples
    --------
    >>> noise_words(12.4), noise_words(345.0), noise_words(math.nan)
    ('12 %', 'any difference: they vary too much to tell', '')
    """
    if math.isnan(noise_pct):
        return ""
    return f"{noise_pct:.0f} %" if noise_pct <= WHOLE_PCT else "any difference: they vary too much to tell"


def _compare(measure: Measure, left: Value, right: Value) -> BalanceMeasure:
    larger = max(left.value, right.value)
    difference = abs(left.value - right.value)
    noise = measure.noise(larger, math.hypot(left.error, right.error))
    return BalanceMeasure(
        measure=measure.name,
        left=left.value,
        right=right.value,
        difference_pct=_percent(difference, larger),
        stronger_side=_stronger(measure, left.value, right.value),
        noise_pct=_percent(noise, larger),
        beyond_noise=_beyond(difference, noise),
    )


def _percent(part: float, whole: float) -> float:
    if part == 0.0:
        return 0.0
    return 100.0 * part / whole if whole > 0.0 else math.nan


def _stronger(measure: Measure, left: float, right: float) -> Side:
    ahead = measure.stronger * (left - right)
    if ahead > 0.0:
        return Side.LEFT
    return Side.RIGHT if ahead < 0.0 else Side.UNKNOWN


def _beyond(difference: float, noise: float) -> Verdict:
    if not math.isfinite(difference) or not math.isfinite(noise):
        return Verdict.UNKNOWN
    return Verdict.YES if difference > noise else Verdict.NO
