"""Reps and event streams made by hand: a plain good rep, varied where a test says so."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.coaching.four_sets import events_of, fold_of
from tracker.coaching.declared import Overrides, Terms
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST
from tracker.coaching.session import SessionFold
from tracker.coaching.sets import SetSoFar
from tracker.motion.events import (
    Channel,
    Reason,
    Rejected,
    RejectedMotion,
    Rep,
    RepSeen,
    SetEnded,
    SetStarted,
    Stage,
)
from tracker.sensing.marks import Side

NAN = math.nan
CYCLE_S = 4.0
BOTTOM_DEG = -40.0

PLAIN = Rep(
    candidate=0,
    t_start_s=10.0,
    t_top_s=11.0,
    t_leave_top_s=12.0,
    t_end_s=13.0,
    bottom_s=1.0,
    rom_deg=40.0,
    travel_m=0.36,
    carried_by=Channel.LIFT,
    start_deg=BOTTOM_DEG,
    top_deg=0.0,
    end_deg=BOTTOM_DEG,
    tilt_top_deg=1.0,
    rocking_peak_deg=1.0,
    twist_deg=1.0,
    turnaround_s=0.6,
    turnaround_m_s2=1.0,
    peak_speed_deg_s=80.0,
    lowering_speed_deg_s=60.0,
    mean_velocity_m_s=0.36,
    finish_share=0.74,
    still_deg_s=1.0,
    gap_s=0.02,
    clipped=False,
    confidence=0.95,
)
"""A good rep: 1 s up, 1 s hold, 1 s down, 1 s at the bottom, 40 deg, level and steady."""


def a_rep(candidate=0, t_start_s=PLAIN.t_start_s, **changes):
    shift_s = t_start_s - PLAIN.t_start_s
    moved = replace(
        PLAIN,
        candidate=candidate,
        t_start_s=t_start_s,
        t_top_s=PLAIN.t_top_s + shift_s,
        t_leave_top_s=PLAIN.t_leave_top_s + shift_s,
        t_end_s=PLAIN.t_end_s + shift_s,
    )
    return replace(moved, **changes)


def some_reps(*changes, first=0, t_start_s=PLAIN.t_start_s):
    """One rep for each dict of changes, one after another."""
    return [a_rep(first + n, t_start_s + n * CYCLE_S, **change) for n, change in enumerate(changes)]


def reps_between(bottoms_deg, tops_deg):
    """Reps from bottom to top and on to the next bottom; one bottom more than tops."""
    ends = zip(bottoms_deg, tops_deg, bottoms_deg[1:], strict=False)
    return some_reps(
        *(
            {"start_deg": low, "top_deg": top, "end_deg": next_low, "rom_deg": top - low}
            for low, top, next_low in ends
        )
    )


def reps_to(*tops_deg):
    return reps_between([BOTTOM_DEG] * (len(tops_deg) + 1), tops_deg)


def arched(reps, *numbers):
    """The reps, those of these numbers with a drive that crept on at its end."""
    return [replace(rep, finish_share=0.34) if n in numbers else rep for n, rep in enumerate(reps, 1)]


def at_its_top(rep):
    """The rep as it is known when it is announced."""
    return replace(rep, t_leave_top_s=NAN, t_end_s=NAN, bottom_s=NAN, end_deg=NAN, lowering_speed_deg_s=NAN)


def told_by_motion(*reps, number=1, ended=True):
    """What motion tells about a set: each rep announced and confirmed, then all settled and the end."""
    events = []
    for place, rep in enumerate(reps):
        events.append(RepSeen(rep.t_top_s, Stage.ANNOUNCED, number, at_its_top(rep)))
        if place == 0:
            events.append(SetStarted(rep.t_end_s, number, rep.t_start_s))
        events.append(RepSeen(rep.t_end_s, Stage.CONFIRMED, number, rep))
    if ended:
        over_s = reps[-1].t_end_s + 10.0
        events += [RepSeen(over_s, Stage.SETTLED, number, rep) for rep in reps]
        events.append(SetEnded(over_s, number, reps[0].t_start_s, reps[-1].t_end_s))
    return events


def not_counted(rep, reason=Reason.TOO_SMALL):
    return Rejected(rep.t_end_s, RejectedMotion(reason, rep))


def judged(reps, exercise=ONE_LEG_HIP_THRUST, tempo=None):
    """The judged reps of one set."""
    so_far = SetSoFar()
    for rep in reps:
        so_far.put(rep)
    return so_far.judged(Terms(Side.UNKNOWN, NAN, "", exercise, tempo))


def folded(events, **arguments):
    """The session after these events, and every event that came out."""
    fold = SessionFold(**arguments)
    out = [told for event in events for told in fold.step(event)]
    return fold.session(), out


@pytest.fixture(scope="session")
def by_hand():
    """Everything above, for the tests of this room."""
    return SimpleNamespace(
        rep=a_rep,
        reps=some_reps,
        reps_to=reps_to,
        reps_between=reps_between,
        arched=arched,
        at_its_top=at_its_top,
        told_by_motion=told_by_motion,
        not_counted=not_counted,
        judged=judged,
        folded=folded,
        overrides=Overrides,
    )


@pytest.fixture(scope="session")
def four_sets(by_hand):
    """A session of four sets, to be corrected; corrections leave it as it is."""
    return fold_of(events_of(by_hand))
