"""What each figure should reach."""

from __future__ import annotations

from tests.accuracy.tables import at_least, at_most

F1 = at_least(0.998)
EXACT_SETS_PCT = at_least(97.0)
GHOSTS = at_most(0)
"""Where nothing happens, outside of sets, and at rest."""
PARTIALS_COUNTED_PCT = at_most(5.0)
ABSTAINED_PCT = at_most(5.0)
EMPTY_PCT = at_most(5.0)

TIMES_MS = {
    "start": (at_most(25), at_most(100)),
    "top": (at_most(25), at_most(100)),
    "leave top": (at_most(25), at_most(200)),
    "end": (at_most(25), at_most(100)),
}
"""Median and 95 % absolute error."""
SET_BORDER_P95_S = at_most(1.0)

RANGE_DEG = at_most(0.8)
TRAVEL_CM = at_most(3.0)
TRAVEL_SPREAD_CM = at_most(1.5)
TILT_CHANGE_DEG = at_most(0.5)
"""Median absolute error; of the spread, the median over sets."""

LOCKOUT_F1 = at_least(0.95)
"""Without sliding sets, which have a bar of their own."""
SLIDING_CALLED_MISSED_PCT = at_most(10.0)
ROCKING_F1 = at_least(0.95)
BOUNCE_F1 = at_least(0.95)
OVERARCH_F1 = at_least(0.70)

COUNTS_PCT = {"gym_watch": (at_least(60), at_least(85)), "metamotion": (at_least(75), at_least(90))}
"""Share of recordings whose count is exact, and within 1."""
