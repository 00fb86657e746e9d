"""Four sets of eight reps to correct, and corrections of them."""

from __future__ import annotations

import math
from dataclasses import replace

from tracker.coaching.edits import ARep, NotARep, SessionSaid, SetSaid, Span, Split
from tracker.coaching.session import SessionFold
from tracker.sensing.marks import Declared, Mark, Side

STARTS_S = (10.0, 100.0, 200.0, 300.0)
REPS = 8
"""In each of four sets; the first takes from 10 to 41 s, the others as long."""

LEFT_AGAIN = SetSaid(Span(100.0, 131.0), Declared(side=Side.LEFT))
HEAVIER = SetSaid(Span(10.0, 41.0), Declared(load_kg=22.5))
NO_REP = NotARep(Span(312.0, 315.0))
"""The fourth set's reps start every 4 s and last 3: nothing at 312 s but the rep from there."""
HALF_REP = ARep(Span(236.0, 239.0))
"""A motion that was tried behind the third set."""
TWO = Split(25.9)
ANA = SessionSaid(Declared(athlete="Ana"))


def events_of(by_hand, starts_s=STARTS_S, reps=REPS):
    """Sets of equal reps, one that missed its top in each, and a half rep behind the third."""
    events = []
    for number, start_s in enumerate(starts_s, 1):
        each = by_hand.reps(
            *({"top_deg": -9.0} if n == 2 else {} for n in range(reps)), first=100 * number, t_start_s=start_s
        )
        each[-1] = replace(each[-1], bottom_s=math.nan)
        events += by_hand.told_by_motion(*each, number=number)
    half = by_hand.rep(999, 236.0, rom_deg=20.0)
    return [*events, by_hand.not_counted(half)]


def fold_of(events, **arguments):
    fold = SessionFold(**arguments)
    for side, t_s in ((Side.LEFT, 0.0), (Side.RIGHT, 90.0), (Side.LEFT, 190.0), (Side.RIGHT, 290.0)):
        fold.step_mark(t_s, Mark(0, -1, Declared(side=side, load_kg=20.0)))
    for event in events:
        fold.step(event)
    return fold


def counts(session):
    return [len(one.reps) for one in session.sets]


def sides(session):
    return [one.side.value for one in session.sets]
