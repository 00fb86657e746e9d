"""What legs, sets and athletes are called in words, on pages, in figures, reports and sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from tracker.coaching.results import Set
from tracker.sensing.marks import Side

LEG_NAMES: Final = {Side.LEFT: "left", Side.RIGHT: "right", Side.UNKNOWN: "leg not said"}

NOBODY: Final = "athlete not said"


def set_name(one: Set) -> str:
    """Name a set: number, leg, load as far as it was said; not the athlete, whose name may be long."""
    load = "" if math.isnan(one.load_kg) else f", {one.load_kg:g} kg"
    return f"Set {one.number}, {LEG_NAMES[one.side]}{load}"


def athlete_names(names: Iterable[str]) -> tuple[str, ...]:
    """Write whose sets they are, each once, in order; nothing where nobody was said at all.

    Examples
    --------
    >>> athlete_names(["Ana", "", "Ana"]), athlete_names(["", ""])
    (('Ana', 'athlete not said'), ())
    """
    each = tuple(dict.fromkeys(names))
    return tuple(name or NOBODY for name in each) if any(each) else ()
