"""What a rep was for this lift, given its set: one function for each judgement, with its reason.

Every function abstains (`Verdict.UNKNOWN`, `Rocking.UNKNOWN`, `Side.UNKNOWN`, nan) where there is
nothing to judge by: a hole in the samples, a sensor at the end of its range, a set of one rep.
"""

from __future__ import annotations

import math
from dataclasses import replace

from tracker.coaching.exercises import Exercise
from tracker.coaching.reference import SetReference, angles_known, lockout_limit_deg
from tracker.coaching.results import Judgement, Rocking, Verdict
from tracker.motion.events import Rep
from tracker.sensing.marks import Side

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN  # looking up an enum's member is slow in 3.11

NOT_JUDGED = Judgement(
    lockout=UNKNOWN,
    top_short_deg=math.nan,
    overshoot_deg=math.nan,
    overarch=UNKNOWN,
    tilt_top_change_deg=math.nan,
    rocking=Rocking.UNKNOWN,
    low_side=Side.UNKNOWN,
    bounce=UNKNOWN,
    slide_deg=math.nan,
    clean=UNKNOWN,
)
"""The judgement of a rep of a lift that is only counted."""

ALERTS = (Rocking.ALERT, Rocking.SEVERE)
"""Levels of rocking that are said, and that keep a rep from being clean."""


def judge(
    rep: Rep, reference: SetReference, slide_deg: float, exercise: Exercise, *, first: bool
) -> Judgement:
    """Judge one rep.

    Parameters
    ----------
    rep
        The rep.
    reference
        What `reference_of` made of its set.
    slide_deg
        How far the weight had slid by this rep, deg.
    exercise
        Whose numbers to use.
    first
        Whether it is the set's first.
    """
    if not exercise.judged:
        return NOT_JUDGED
    rebounds = bounce(rep, exercise, first=first)
    if not angles_known(rep, exercise):
        return replace(NOT_JUDGED, bounce=rebounds)
    above_deg = rep.top_deg - (reference.top_deg + slide_deg)
    tilt_change_deg = rep.tilt_top_deg - reference.tilt_top_deg
    locked_out = lockout(above_deg, reference.range_deg, exercise)
    rocked = rocking(rep, exercise)
    return Judgement(
        lockout=locked_out,
        top_short_deg=_part_above_zero(0.0 - above_deg),
        overshoot_deg=_part_above_zero(above_deg),
        overarch=overarch(above_deg, rep.finish_share, exercise),
        tilt_top_change_deg=tilt_change_deg,
        rocking=rocked,
        low_side=low_side(rep, exercise),
        bounce=rebounds,
        slide_deg=slide_deg,
        clean=clean(locked_out, rocked, level(rep, tilt_change_deg, exercise)),
    )


def lockout(above_deg: float, range_deg: float, exercise: Exercise) -> Verdict:
    """Was the top reached? Torso and thigh are in line where the set's tops gather.

    Parameters
    ----------
    above_deg
        Top of the rep above the reference top, which slides with the weight, deg.
    range_deg
        The set's range, deg.
    exercise
        Whose numbers to use.
    """
    if not math.isfinite(above_deg):
        return UNKNOWN
    return verdict(above_deg >= -lockout_limit_deg(range_deg, exercise))


def overarch(above_deg: float, finish_share: float, exercise: Exercise) -> Verdict:
    """Did the top go beyond the line? Straight hips can only rise on by arching the back.

    The drive ends at the line, and the back creeps on: an arched top is high, and slow to come. A
    weight that slid or rocked on the hips reaches its high top as fast as any other. A possible
    overarch: the lumbar spine can hide one from the dumbbell altogether.

    Parameters
    ----------
    above_deg
        Top of the rep above the reference top, which slides with the weight, deg.
    finish_share
        Speed in the end of the drive, as a share of the whole drive's.
    exercise
        Whose numbers to use.
    """
    if not math.isfinite(above_deg):
        return UNKNOWN
    return verdict(above_deg > exercise.overarch_deg and finish_share < exercise.overarch_finish_share)


def bounce(rep: Rep, exercise: Exercise, *, first: bool) -> Verdict:
    """Did this drive rebound? The hips turn round faster than muscles reverse a movement.

    A set's first drive has nothing to rebound from. A clipped sensor does not matter: the time is
    read between turning points.
    """
    if rep.gap_s >= exercise.longest_gap_s:
        return UNKNOWN
    if not math.isfinite(rep.turnaround_s):
        return NO if first else UNKNOWN
    return verdict(rep.turnaround_s < exercise.bounce_turnaround_s)


def rocking(rep: Rep, exercise: Exercise) -> Rocking:
    """How strongly did it rock? By the tilt that neither the rep's geometry nor a slide explains."""
    peak_deg = abs(rep.rocking_peak_deg)
    if not math.isfinite(peak_deg):
        return Rocking.UNKNOWN
    if peak_deg < exercise.rocking_notice_deg:
        return Rocking.NONE
    if peak_deg < exercise.rocking_alert_deg:
        return Rocking.NOTICE
    return Rocking.ALERT if peak_deg < exercise.rocking_severe_deg else Rocking.SEVERE


def low_side(rep: Rep, exercise: Exercise) -> Side:
    """Which end was low at the rocking peak? The sign is known where a rep begins with a rise.

    Right is the end about which the pelvis turns by the right-hand rule on the way up.
    """
    if not exercise.motion.rises:
        return Side.UNKNOWN
    if rep.rocking_peak_deg > 0.0:
        return Side.LEFT
    return Side.RIGHT if rep.rocking_peak_deg < 0.0 else Side.UNKNOWN


def level(rep: Rep, change_deg: float, exercise: Exercise) -> Verdict:
    """Were the hips as level as in the set's other reps? A tilt in passing does not count.

    The set's median is what it is held against: that is free of how the weight lies on the hips.
    """
    if not math.isfinite(change_deg):
        return UNKNOWN
    return verdict(abs(change_deg) <= exercise.tilt_alert_deg or not held(rep, exercise))


def held(rep: Rep, exercise: Exercise) -> bool:
    """Whether the top was held long enough for a tilt there to be a dropped hip."""
    return rep.t_leave_top_s - rep.t_top_s >= exercise.tilt_hold_s


def clean(locked_out: Verdict, rocked: Rocking, is_level: Verdict) -> Verdict:
    """Was it locked out, level and without an alert? Nobody knows without knowing the lockout."""
    if locked_out is UNKNOWN:
        return UNKNOWN
    if locked_out is NO or is_level is NO or rocked in ALERTS:
        return NO
    unknown = is_level is UNKNOWN or rocked is Rocking.UNKNOWN
    return UNKNOWN if unknown else YES


def verdict(holds: bool) -> Verdict:
    """Say yes or no."""
    return YES if holds else NO


def _part_above_zero(value: float) -> float:
    return 0.0 if value <= 0.0 else value
