"""What the columns of the tables mean, in a line each, and how a report calls them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of a table as a report shows it.

    Attributes
    ----------
    name
        In the tables of the CSV.
    head
        Above it.
    meaning
        In a line.
    decimals
        Of its numbers; the tables may have more.
    is_load
        Whether its zeros behind the point are left out, as people write loads.
    """

    name: str
    head: str
    meaning: str
    decimals: int = 0
    is_load: bool = False


_TIMES = (
    Shown("concentric_s", "drive s", "time of the drive, from 5 % of its range to 95 %", 2),
    Shown(
        "top_hold_s",
        "top s",
        "time at the top, from the end of the drive to the beginning of the lowering",
        2,
    ),
    Shown("eccentric_s", "lowering s", "time of the lowering, from 5 % of its range to 95 %", 2),
    Shown("bottom_s", "bottom s", "stay at the bottom before the next drive", 2),
)
_RANGES = (
    Shown("rom_deg", "range deg", "turn of the dumbbell in the drive, extreme to extreme", 1),
    Shown("travel_cm", "travel cm", "rise of the dumbbell in the drive, extreme to extreme"),
)
_COUNTS = (
    Shown("attempts", "attempts", "reps, and tries in a set that did not count"),
    Shown("reps", "reps", "reps that count"),
    Shown("clean", "clean", "locked out, level and without an alert"),
    Shown("lockout_rate", "lockout rate", "share of locked-out reps among those that could be judged", 2),
)
_TILT = Shown(
    "tilt_top_deg", "tilt at top deg", "slope of the handle in the top hold; plus: right end high", 1
)
_ALERTS = Shown("rocking_alerts", "rocking alerts", "reps in which the dumbbell rocked by 6.5 deg or more")
_GATE = Shown("gate", "next load", "go, hold or back off: whether the last reps of a set are like its first")

SIDES: Final = (
    Shown("side", "side", "the working leg, as it was said"),
    Shown("sets", "sets", "how many"),
    Shown("load_kg_max", "load kg", "the heaviest", 2, is_load=True),
    Shown("volume_kg", "volume kg", "load times reps, added up"),
    *_COUNTS,
    *_TIMES,
    *_RANGES,
    _TILT,
    _ALERTS,
    _GATE,
)

SETS: Final = (
    Shown("set", "set", "number in the session"),
    Shown("side", "side", "the working leg, as it was said"),
    Shown("load_kg", "load kg", "as it was said", 2, is_load=True),
    Shown("rest_before_s", "rest s", "since the set before"),
    *_COUNTS,
    Shown(
        "tempo_spread_s", "tempo spread s", "how much the reps' durations scatter (1.48 median deviations)", 2
    ),
    Shown(
        "rom_decay_pct", "range lost %", "range of the last third of the reps against the first third's", 1
    ),
    Shown("depth_change_deg", "bottom rise deg", "how much higher the bottom ends than it began", 1),
    Shown("slide_deg", "slide deg", "how far top and bottom shifted together: the weight moved", 1),
    _ALERTS,
    _GATE,
    Shown("gate_reason", "why", "reason of the next load"),
)

REPS: Final = (
    Shown("rep", "rep", "number in the set; empty: tried, not counted"),
    Shown(
        "lockout",
        "lockout",
        "whether the top was reached: short of the set's own by at most 3 deg, "
        "or 5 % of the range where that is more",
    ),
    Shown("top_short_deg", "short deg", "how far below the set's reference top", 1),
    *_RANGES,
    *_TIMES,
    Shown("tilt_top_change_deg", "tilt change deg", "tilt at the top against the set's median", 1),
    Shown(
        "rocking_peak_deg",
        "rocking deg",
        "largest tilt that the lift itself and slow sliding do not explain",
        1,
    ),
    Shown("low_side", "low end", "the lower end of the dumbbell at that moment"),
    Shown("clean", "clean", "locked out, level and without an alert"),
    Shown("cues", "cues", "what there was to say"),
    Shown("said_by", "counted by", "the sensor, or the person who said so afterwards"),
)

BALANCE: Final = (
    Shown("measure", "measure", "what is compared"),
    Shown("left", "left", "typical value (median, or share) of the left leg", 2),
    Shown("right", "right", "the same of the right leg", 2),
    Shown("difference_pct", "difference %", "of the larger value", 1),
    Shown("stronger_side", "stronger side", "by that measure"),
    Shown("noise_pct", "noise %", "what the reps' spread and the sensor explain, 19 times in 20", 1),
    Shown("beyond_noise", "beyond noise", "yes: worth watching; no: chance explains it"),
)


def meanings(*tables: Sequence[Shown]) -> tuple[Shown, ...]:
    """Give the columns of several tables, each once."""
    return tuple({column.name: column for table in tables for column in table}.values())
