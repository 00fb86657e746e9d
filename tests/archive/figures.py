"""Sessions, motions and points to draw, and what to look for in a figure."""

import math
from functools import cache
from pathlib import Path

import tracker
from tracker.archive.listed import Point, SessionRow, SetRow
from tracker.coaching.results import Gate
from tracker.sensing.marks import Side

RECORDINGS = Path(__file__).parents[2] / "recordings"
NOT_KNOWN = math.nan
LARGEST_JSON = 250_000
"""Of one figure, bytes: on a slow connection, and on a phone, in sight at once."""


@cache
def session(name, **said):
    return tracker.analyze(RECORDINGS / f"{name}.arrows", tracker.Overrides(**said))


@cache
def motion(name, **said):
    return tracker.trace(RECORDINGS / f"{name}.arrows", tracker.Overrides(**said))


def traces(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def trace(figure, name):
    (only,) = traces(figure, name)
    return only


def shapes(figure, name):
    return [shape for shape in figure.layout.shapes if shape.name == name]


def table(name, number):
    rows = tracker.tables.reps(session(name))
    return rows[rows["set"] == number]


def points(*values):
    return [
        Point(f"day {n}", f"2026-01-{n + 1:02d}T18:05:00+01:00", side, value, noise)
        for n, (side, value, noise) in enumerate(values)
    ]


def recorded(name, started, *reps):
    sets = tuple(
        SetRow(name, n, Side.LEFT, "", "one_leg_hip_thrust", 20.0, started, r, r, r, Gate.GO, "")
        for n, r in enumerate(reps, start=1)
    )
    return SessionRow(name, Path(name), started, sets=sets)
