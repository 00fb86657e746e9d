"""Events made by hand: a rep, a set, a step of the path; and a home, with commands that run in it."""

import asyncio
import math
from dataclasses import replace

import numpy as np
import pytest

from tracker.app.cli import main
from tracker.coaching.results import (
    Cue,
    Gate,
    GateDecision,
    JudgedRep,
    Judgement,
    RepEvent,
    Rocking,
    Set,
    SetEvent,
    Verdict,
)
from tracker.motion.events import Channel, Motion, Phase, Reason, RejectedMotion, Rep, Stage
from tracker.path import Step
from tracker.sensing.marks import Side
from tracker.virtual.backend import VirtualClient

REP_S = 5.0
"""A rep each five seconds: 1.0 up, 1.2 at the top, 2.1 down, 0.7 at the bottom."""

A_REP = Rep(
    candidate=0,
    t_start_s=0.0,
    t_top_s=1.0,
    t_leave_top_s=2.2,
    t_end_s=4.3,
    bottom_s=0.7,
    rom_deg=57.6,
    travel_m=0.35,
    carried_by=Channel.LIFT,
    start_deg=0.0,
    top_deg=57.6,
    end_deg=0.0,
    tilt_top_deg=1.3,
    rocking_peak_deg=2.0,
    twist_deg=1.0,
    turnaround_s=0.3,
    turnaround_m_s2=1.0,
    peak_speed_deg_s=100.0,
    lowering_speed_deg_s=40.0,
    mean_velocity_m_s=0.35,
    finish_share=0.74,
    still_deg_s=1.0,
    gap_s=0.0,
    clipped=False,
    confidence=0.9,
)

A_CLEAN_ONE = Judgement(
    lockout=Verdict.YES,
    top_short_deg=0.0,
    overshoot_deg=0.0,
    overarch=Verdict.NO,
    tilt_top_change_deg=0.0,
    rocking=Rocking.NONE,
    low_side=Side.UNKNOWN,
    bounce=Verdict.NO,
    slide_deg=0.0,
    clean=Verdict.YES,
)

A_SHORT_ONE = replace(A_CLEAN_ONE, lockout=Verdict.NO, top_short_deg=8.0, clean=Verdict.NO)


@pytest.fixture
def sessions(tmp_path, monkeypatch):
    """The folder of the recorded sessions, in a home of their own."""
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "home"))
    folder = tmp_path / "home" / "sessions"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def out(tmp_path):
    """Where a command writes."""
    return tmp_path / "out"


@pytest.fixture
def run(capsys):
    """Run `tracker athletes`; give its exit code, what it said, and its complaints line by line."""

    def run(*words):
        capsys.readouterr()
        status = main(["athletes", *map(str, words)])
        told = capsys.readouterr()
        return status, told.out, told.err.splitlines()

    return run


@pytest.fixture
def rep_event():
    """Make one word about rep `number` of a set; short of the lockout where `clean` is False."""

    def make(number, stage=Stage.CONFIRMED, *, clean=True, set=1, candidate=None, side=Side.LEFT):
        start_s = 100.0 * set + REP_S * number
        rep = replace(
            A_REP,
            candidate=100 * set + number if candidate is None else candidate,
            t_start_s=start_s,
            t_top_s=start_s + 1.0,
            t_leave_top_s=start_s + 2.2,
            t_end_s=start_s + 4.3,
        )
        judged = JudgedRep(
            number,
            rep,
            A_CLEAN_ONE if clean else A_SHORT_ONE,
            () if clean else (Cue.ALL_THE_WAY_UP,),
        )
        return RepEvent(start_s + 4.5, stage, set, side, judged)

    return make


@pytest.fixture
def set_event(rep_event):
    """Make the beginning or the end of a set of `reps` reps, the `short` ones without a lockout."""

    def make(number=1, *, ended=False, reps=0, short=(), side=Side.LEFT, partials=0):
        events = [rep_event(rep, clean=rep not in short, set=number) for rep in range(1, reps + 1)]
        known = Set(
            number=number,
            side=side,
            athlete="",
            exercise="one_leg_hip_thrust",
            load_kg=20.0,
            t_start_s=100.0 * number + REP_S,
            t_end_s=100.0 * number + REP_S * (reps + 1),
            rest_before_s=math.nan,
            reps=tuple(event.rep for event in events),
            partials=(RejectedMotion(Reason.TOO_SMALL, A_REP),) * partials,
            reference_top_deg=57.6,
            gate=GateDecision(Gate.HOLD, "lockouts fell from 100 % to 60 %"),
            gap_s=0.0,
        )
        return SetEvent(known.t_end_s, ended, known)

    return make


@pytest.fixture
def path_step():
    """Make one step of the path: its events, and time, phase, tilt and turning of the last sample."""

    def make(*events, phase=None, tilt_deg=math.nan, t_s=None, turning_deg_s=0.0):
        n = 0 if phase is None and t_s is None else 1
        motion = Motion(
            t_s=np.full(n, t_s or 0.0),
            lift_deg=np.zeros(n),
            tilt_deg=np.full(n, tilt_deg),
            twist_deg=np.zeros(n),
            height_m=np.zeros(n),
            turning_deg_s=np.full(n, turning_deg_s),
            phase=np.full(n, phase or Phase.UNKNOWN, np.uint8),
        )
        return Step(motion, events)

    return make


@pytest.fixture
def _slow_goodbyes(monkeypatch):
    """Have the virtual radio take as long to disconnect as BlueZ does."""
    at_once = VirtualClient.disconnect

    async def disconnect(client):
        await asyncio.sleep(2.0)
        await at_once(client)

    monkeypatch.setattr(VirtualClient, "disconnect", disconnect)
