"""The types that come out of coaching: judged reps, sets, sides and the session.

These are the public results (`tracker.Session` and what hangs below it); archive/tables.py lays
them out as tables. nan means "not measured", `Verdict.UNKNOWN` means "nothing to judge by".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tracker.motion.events import Clip, RejectedMotion, Rep, Stage
from tracker.sensing.marks import Side
from tracker.sensing.samples import Gap


class Verdict(StrEnum):
    """A judgement, with abstention."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Rocking(StrEnum):
    """How strongly the dumbbell rocked in a rep."""

    NONE = "none"
    NOTICE = "notice"
    ALERT = "alert"
    SEVERE = "severe"
    UNKNOWN = "unknown"


class Cue(StrEnum):
    """What to tell the lifter, in the words a coach would use."""

    ALL_THE_WAY_UP = "All the way up"
    HOLD = "Hold"
    LEVEL_LEFT_LOW = "Level your hips: left is low"
    LEVEL_RIGHT_LOW = "Level your hips: right is low"
    RIBS_DOWN = "Ribs down, stop at the line"
    STRAIGHT_UP = "Straight up"
    SLOWER_DOWN = "Slower down"
    DEEPER = "A little deeper"
    RESET = "Reset before you drive"
    DONT_BOUNCE = "Don't bounce"
    STEADY = "Steady the weight"
    WEIGHT_MOVED = "Weight moved: re-centre"


class Gate(StrEnum):
    """Whether the load may go up: the first reps of a set against its last."""

    GO = "go"
    HOLD = "hold"
    BACK_OFF = "back_off"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rep was for this lift, given its set.

    Attributes
    ----------
    lockout, overarch, bounce
        Verdicts; `top_short_deg` and `overshoot_deg` say by how much it was short or over.
    tilt_top_change_deg
        Tilt in the top hold against the set's median.
    rocking
        Level of `Rep.rocking_peak_deg`.
    low_side
        The lower end at the rocking peak; UNKNOWN when it is not known which end is which.
    slide_deg
        How far top and bottom have shifted together since the set's first reps.
    clean
        Locked out, level, no alert. UNKNOWN while the lockout is.
    """

    lockout: Verdict
    top_short_deg: float
    overshoot_deg: float
    overarch: Verdict
    tilt_top_change_deg: float
    rocking: Rocking
    low_side: Side
    bounce: Verdict
    slide_deg: float
    clean: Verdict


class Speaker(StrEnum):
    """Who says that a motion is a rep."""

    SENSOR = "sensor"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class JudgedRep:
    """A rep of a set: its number in the set (from 1), what it measured and was, what to say, who says so."""

    number: int
    rep: Rep
    judgement: Judgement
    cues: tuple[Cue, ...]
    said_by: Speaker = Speaker.SENSOR


@dataclass(frozen=True, slots=True)
class GateDecision:
    """Go, hold or back off, and why in words."""

    gate: Gate
    reason: str


@dataclass(frozen=True, slots=True)
class Set:
    """Reps of one side without a pause that ends a set.

    Attributes
    ----------
    number
        From 1, in the order of the session.
    side, athlete, exercise, load_kg
        As declared; load nan and athlete "" when not said.
    t_start_s, t_end_s
        First drive begins, last bottom reached, s on t_s.
    rest_before_s
        From the end of the set before; nan for the first.
    reps
        Counted reps, in order.
    partials
        Motions inside the set that were tried and not counted.
    reference_top_deg
        Lift that counts as locked out; nan when the set has none.
    gap_s
        Time without samples inside the set.
    """

    number: int
    side: Side
    athlete: str
    exercise: str
    load_kg: float
    t_start_s: float
    t_end_s: float
    rest_before_s: float
    reps: tuple[JudgedRep, ...]
    partials: tuple[RejectedMotion, ...]
    reference_top_deg: float
    gate: GateDecision
    gap_s: float

    @property
    def clean(self) -> int:
        """How many reps were locked out, level and without an alert."""
        return sum(rep.judgement.clean is Verdict.YES for rep in self.reps)

    @property
    def is_judged(self) -> bool:
        """Whether any rep could be judged: the reps of some lifts are only counted."""
        return any(rep.judgement.rocking is not Rocking.UNKNOWN for rep in self.reps)

    @property
    def has_verdicts(self) -> bool:
        """Whether it is known of any rep if it was clean; of none, no count of clean reps means anything."""
        return any(rep.judgement.clean is not Verdict.UNKNOWN for rep in self.reps)


@dataclass(frozen=True, slots=True)
class BalanceMeasure:
    """One measure of the left side against the right.

    `difference_pct` is of the larger side; `noise_pct` is what the reps' own spread and what the
    sensor may be off by for a whole set would explain.
    """

    measure: str
    left: float
    right: float
    difference_pct: float
    stronger_side: Side
    noise_pct: float
    beyond_noise: Verdict


@dataclass(frozen=True, slots=True)
class Session:
    """Everything one recording says, as of now.

    Attributes
    ----------
    session_id, started
        Name of the recording's session, and when its t_s was 0 (ISO 8601 with offset, or "").
    sets
        In order of time.
    rejected
        Every motion that was not counted, in order of time, with its reason.
    balance
        Left against right; empty until both sides have a set.
    gaps
        Time without samples.
    warnings
        What a reader of the numbers must know, one sentence each.
    clip
        Whether tilt was measured on the handle as it was calibrated: in all sets, or not.
    tilt_sure_deg
        How far the tilts of a set may be off together, 1 sigma, deg: of the least sure one; nan without.
    edits
        How many corrections by the person are in it.
    tags, note
        What the person says of it; no figure follows from them.
    """

    session_id: str
    started: str
    sets: tuple[Set, ...]
    rejected: tuple[RejectedMotion, ...]
    balance: tuple[BalanceMeasure, ...]
    gaps: tuple[Gap, ...]
    warnings: tuple[str, ...]
    clip: Clip = Clip.NOT_CALIBRATED
    tilt_sure_deg: float = math.nan
    edits: int = 0
    tags: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class RepEvent:
    """A rep was announced, confirmed, revised, withdrawn or settled; known at `t_s`."""

    t_s: float
    stage: Stage
    set: int
    side: Side
    rep: JudgedRep


@dataclass(frozen=True, slots=True)
class SetEvent:
    """A set began (``ended`` False) or is over; `set` is what is known of it."""

    t_s: float
    ended: bool
    set: Set


@dataclass(frozen=True, slots=True)
class RejectedEvent:
    """A motion was not counted."""

    t_s: float
    motion: RejectedMotion


@dataclass(frozen=True, slots=True)
class GapEvent:
    """Samples are missing; `gap` says from when to when and why."""

    t_s: float
    gap: Gap


Event: TypeAlias = RepEvent | SetEvent | RejectedEvent | GapEvent
