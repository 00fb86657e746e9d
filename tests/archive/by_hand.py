"""A session that is written down by hand, so that every cell of its tables can be."""

import math
from dataclasses import replace

from tracker.coaching.judgements import NOT_JUDGED
from tracker.coaching.results import (
    BalanceMeasure,
    Cue,
    Gate,
    GateDecision,
    JudgedRep,
    Judgement,
    Rocking,
    Session,
    Set,
    Verdict,
)
from tracker.motion.events import Channel, Reason, RejectedMotion, Rep
from tracker.sensing.marks import Side

NAN = math.nan


def rep(candidate: int, t_start_s: float, rom_deg: float = 50.0, **other) -> Rep:
    """A rep of 0.8 s up, 1 s at the top, 2.2 s down, 0.5 s at the bottom."""
    measured = Rep(
        candidate=candidate,
        t_start_s=t_start_s,
        t_top_s=t_start_s + 0.8,
        t_leave_top_s=t_start_s + 1.8,
        t_end_s=t_start_s + 4.0,
        bottom_s=0.5,
        rom_deg=rom_deg,
        travel_m=0.356,
        carried_by=Channel.LIFT,
        start_deg=0.0,
        top_deg=rom_deg,
        end_deg=0.0,
        tilt_top_deg=-1.234,
        rocking_peak_deg=-2.005,
        twist_deg=0.5,
        turnaround_s=0.3,
        turnaround_m_s2=1.0,
        peak_speed_deg_s=112.26,
        lowering_speed_deg_s=50.0,
        mean_velocity_m_s=0.44444,
        finish_share=0.74,
        still_deg_s=0.2,
        gap_s=0.0,
        clipped=False,
        confidence=0.98765,
    )
    return replace(measured, **other)


GOOD = Judgement(
    lockout=Verdict.YES,
    top_short_deg=0.0,
    overshoot_deg=1.5,
    overarch=Verdict.NO,
    tilt_top_change_deg=-0.001,
    rocking=Rocking.NONE,
    low_side=Side.RIGHT,
    bounce=Verdict.UNKNOWN,
    slide_deg=NAN,
    clean=Verdict.YES,
)
POOR = replace(GOOD, lockout=Verdict.NO, top_short_deg=9.0, rocking=Rocking.SEVERE, clean=Verdict.NO)
GO, BACK_OFF, NO_GATE = (GateDecision(gate, gate.value) for gate in (Gate.GO, Gate.BACK_OFF, Gate.UNKNOWN))
PARTIAL = RejectedMotion(Reason.TOO_SMALL, rep(7, 15.0, 20.0, bottom_s=NAN, end_deg=1.0))
SETUP = RejectedMotion(Reason.CARRIED, rep(0, 2.0, 95.0, travel_m=NAN))

LEFT = Set(
    number=1,
    side=Side.LEFT,
    athlete="Ana",
    exercise="one_leg_hip_thrust",
    load_kg=20.0,
    t_start_s=10.0,
    t_end_s=23.5,
    rest_before_s=NAN,
    reps=(
        JudgedRep(1, rep(3, 10.0), GOOD, ()),
        JudgedRep(2, rep(9, 19.5, 40.0, t_top_s=20.9, bottom_s=NAN), POOR, (Cue.ALL_THE_WAY_UP, Cue.STEADY)),
    ),
    partials=(PARTIAL,),
    reference_top_deg=50.0,
    gate=BACK_OFF,
    gap_s=0.12345,
)
LEFT_AGAIN = replace(
    LEFT,
    number=2,
    load_kg=22.5,
    t_start_s=60.0,
    t_end_s=64.0,
    rest_before_s=36.5,
    reps=(JudgedRep(1, rep(12, 60.0), GOOD, (Cue.STEADY,)),),
    partials=(),
    gate=GO,
    gap_s=0.0,
)
RIGHT = replace(
    LEFT_AGAIN,
    number=3,
    side=Side.RIGHT,
    load_kg=NAN,
    t_start_s=100.0,
    t_end_s=104.0,
    reps=(JudgedRep(1, rep(14, 100.0), NOT_JUDGED, ()),),
    gate=NO_GATE,
)
MEASURE = BalanceMeasure("top_hold_s", 1.0, 0.89, 11.0, Side.LEFT, 5.04, Verdict.YES)
SESSION = Session(
    session_id="monday",
    started="2026-01-31T18:05:00+01:00",
    sets=(LEFT, LEFT_AGAIN, RIGHT),
    rejected=(SETUP, PARTIAL),
    balance=(MEASURE, replace(MEASURE, stronger_side=Side.UNKNOWN, left=NAN)),
    gaps=(),
    warnings=(),
)
NOTHING = Session("empty", "", (), (), (), (), ())
