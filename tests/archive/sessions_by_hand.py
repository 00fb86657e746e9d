"""Rows of sessions that are written down by hand: clean reps of each leg's sets, day after day."""

import math
from pathlib import Path

from tracker.archive.listed import SessionRow, SetRow, SideRow
from tracker.coaching.measures import MEASURES, Measured
from tracker.coaching.results import Gate
from tracker.sensing.marks import Side

LEFT, RIGHT = Side.LEFT, Side.RIGHT
THRUST = "one_leg_hip_thrust"


def a_set(side=LEFT, clean=8, load_kg=20.0, reps=10, *, session="a", started="", number=1):
    return SetRow(
        session, number, side, "Ana", THRUST, load_kg, started, reps, reps, clean, Gate.HOLD, "as made"
    )


def a_side(side=LEFT, clean=8, load_kg=20.0, *, session="a", started="", **measures):
    """A side's row: `measures` are values and errors by name, of the others value 1 and error 0.1."""
    told = tuple(Measured(one.name, *measures.get(one.name, (1.0, 0.1))) for one in MEASURES)
    return SideRow(
        session,
        started,
        "Ana",
        THRUST,
        side,
        1,
        10,
        10,
        0 if math.isnan(clean) else 10,
        clean,
        load_kg,
        10 * load_kg,
        Gate.HOLD,
        told,
    )


def a_session(day, left=(), right=(), *, load_kg=20.0, **measures):
    """One session: for each leg the clean reps of its sets. `day` 0 is not known."""
    name, started = f"day{day}", f"2026-11-{day:02}T18:00:00+01:00" if day else ""
    sets, sides = [], []
    for side, cleans in ((LEFT, left), (RIGHT, right)):
        for clean in cleans:
            made = a_set(side, clean, load_kg, session=name, started=started, number=len(sets) + 1)
            sets.append(made)
        if cleans:
            sides.append(a_side(side, sum(cleans), load_kg, session=name, started=started, **measures))
    return SessionRow(name, Path(f"{name}.arrows"), started, sets=tuple(sets), sides=tuple(sides))
