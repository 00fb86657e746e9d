"""From what a rep was to what to say, the most important first.

A cue is said once a rep. The app speaks the first of a rep and shows all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracker.coaching.exercises import Exercise
from tracker.coaching.judgements import ALERTS, NO, YES, held
from tracker.coaching.reference import SetReference, angles_known
from tracker.coaching.results import Cue, Judgement, Rocking
from tracker.coaching.tempo import Tempo
from tracker.motion.events import Rep

PRIORITY = (
    # what may hurt or drop the weight
    Cue.STEADY,
    Cue.DONT_BOUNCE,
    Cue.RIBS_DOWN,
    # what keeps a rep from being clean
    Cue.LEVEL_LEFT_LOW,
    Cue.LEVEL_RIGHT_LOW,
    Cue.ALL_THE_WAY_UP,
    # what makes the next reps worse
    Cue.WEIGHT_MOVED,
    Cue.STRAIGHT_UP,
    Cue.RESET,
    # what makes them worth more
    Cue.SLOWER_DOWN,
    Cue.DEEPER,
    Cue.HOLD,
)
"""Every cue in the order in which it is said."""

RANK = {cue: rank for rank, cue in enumerate(PRIORITY)}


@dataclass(frozen=True, slots=True)
class Before:
    """What was said in the set so far: an alert stays on until its notice level is left.

    Attributes
    ----------
    rocked, tilted
        Whether the rep before was told to be steady, or level.
    slide_deg
        Slide when the lifter was last told that the weight had moved.
    """

    rocked: bool = False
    tilted: bool = False
    slide_deg: float = 0.0

    def after(self, cues: tuple[Cue, ...], judgement: Judgement) -> Before:
        """Take in what was said about one more rep."""
        if not cues and not (self.rocked or self.tilted):
            return self
        return Before(
            rocked=Cue.STEADY in cues,
            tilted=Cue.LEVEL_LEFT_LOW in cues or Cue.LEVEL_RIGHT_LOW in cues,
            slide_deg=judgement.slide_deg if Cue.WEIGHT_MOVED in cues else self.slide_deg,
        )


NOTHING_SAID = Before()
"""How a set begins."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a set is held against: the lift's numbers, the set itself, the tempo that was asked for."""

    exercise: Exercise
    reference: SetReference
    tempo: Tempo | None


def cues_of(rep: Rep, judgement: Judgement, aim: Aim, before: Before) -> tuple[Cue, ...]:
    """Say what to do better after a rep; nothing for a lift that is only counted.

    Parameters
    ----------
    rep, judgement
        The rep, and what it was.
    aim
        What its set is held against.
    before
        What was said in the set before this rep.

    Returns
    -------
    tuple of Cue
        Each at most once, by `PRIORITY`.
    """
    if not aim.exercise.judged:
        return ()
    cues = [
        *_alerts(rep, judgement, aim.exercise, before),
        *_positions(rep, judgement, aim, before),
        *_times(rep, aim),
    ]
    cues.sort(key=RANK.__getitem__)
    return tuple(cues)


def _alerts(rep: Rep, judgement: Judgement, exercise: Exercise, before: Before) -> Iterator[Cue]:
    still_rocking = before.rocked and judgement.rocking is Rocking.NOTICE
    if judgement.rocking in ALERTS or still_rocking:
        yield Cue.STEADY
    if judgement.bounce is YES:
        yield Cue.DONT_BOUNCE
    change_deg = judgement.tilt_top_change_deg
    limit_deg = exercise.tilt_notice_deg if before.tilted else exercise.tilt_alert_deg
    if abs(change_deg) > limit_deg and held(rep, exercise):
        yield Cue.LEVEL_LEFT_LOW if change_deg > 0.0 else Cue.LEVEL_RIGHT_LOW


def _positions(rep: Rep, judgement: Judgement, aim: Aim, before: Before) -> Iterator[Cue]:
    exercise, reference = aim.exercise, aim.reference
    if judgement.overarch is YES:
        yield Cue.RIBS_DOWN
    if judgement.lockout is NO:
        yield Cue.ALL_THE_WAY_UP
    if abs(judgement.slide_deg - before.slide_deg) > exercise.slide_deg:
        yield Cue.WEIGHT_MOVED
    if abs(rep.twist_deg) > exercise.twist_alert_deg and angles_known(rep, exercise):
        yield Cue.STRAIGHT_UP
    cut_deg = rep.end_deg - (reference.bottom_deg + judgement.slide_deg)
    if cut_deg > max(exercise.depth_cut_deg, exercise.depth_cut_share * reference.range_deg):
        yield Cue.DEEPER


def _times(rep: Rep, aim: Aim) -> Iterator[Cue]:
    if aim.tempo is None:
        if rep.bottom_s < aim.exercise.reset_s:
            yield Cue.RESET
        return
    enough = 1.0 - aim.exercise.tempo_share
    if rep.bottom_s < enough * aim.tempo.bottom_s:
        yield Cue.RESET
    if rep.t_end_s - rep.t_leave_top_s < enough * aim.tempo.eccentric_s:
        yield Cue.SLOWER_DOWN
    if rep.t_leave_top_s - rep.t_top_s < enough * aim.tempo.top_s:
        yield Cue.HOLD
