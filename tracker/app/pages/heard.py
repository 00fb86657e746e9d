"""From the session's events to what is to be heard, with eyes closed and both hands full.

Every rep is told exactly once at each of its two moments: at its top, when it is announced, and at its
bottom, when it is confirmed. The listener chooses one of them. What becomes known later changes the
screen and the tables, not what was heard: a second sound for the same rep would be counted as another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from tracker.app.screen import Item
from tracker.coaching.counts import counted
from tracker.coaching.cues import PRIORITY, RANK
from tracker.coaching.judgements import ALERTS
from tracker.coaching.results import Cue, Event, RepEvent, Set, SetEvent, Verdict
from tracker.motion.events import Stage
from tracker.path import Step
from tracker.sensing.marks import STOPPED, Connected, Declared, Disconnected, Mark, MarkBody

SUMMARY_RANK = -1.0
"""What a set was is said to its end, whatever else there is to say."""

LAST_ONE_RANK = RANK[Cue.RIBS_DOWN] + 0.5
"""Only what may hurt or drop the weight is more urgent than that one rep is left."""

NUMBER_RANK = float(len(PRIORITY))
"""A rep's number is said when there is nothing to correct."""

CUES_AT_THE_TOP = (Cue.ALL_THE_WAY_UP,)
"""What can still be mended there. Other words about the drive would be taken for the lowering's."""


class SoundName(StrEnum):
    """What can be heard besides words."""

    REP = "rep"
    LOCKOUT = "lockout"
    NO_LOCKOUT = "no_lockout"
    ALERT = "alert"
    TAKEN_BACK = "taken_back"
    TARGET = "target"
    SET_END = "set_end"
    LINK_LOST = "link_lost"
    LINK_BACK = "link_back"


class Moment(StrEnum):
    """For whom it is: who counts at the top, who counts at the bottom, or both."""

    TOP = "top"
    BOTTOM = "bottom"
    ANY = "any"


_NO_MOMENT: frozenset[Moment] = frozenset()
_LOCKOUT_SOUNDS = {Verdict.YES: SoundName.LOCKOUT, Verdict.NO: SoundName.NO_LOCKOUT}


class Kind(StrEnum):
    """What words are about; each kind can be switched off."""

    CUE = "cue"
    NUMBER = "number"
    LAST_ONE = "last_one"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Heard:
    """A sound, and for whom it is."""

    sound: SoundName
    moment: Moment = Moment.ANY


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words that may be said.

    Attributes
    ----------
    text
        The words.
    rank
        The lower, the more important: `coaching.cues.RANK`, and the ranks of this file.
    kind, moment
        What they are about, and for whom they are.
    rep
        `Rep.candidate` of the rep that they are about; None when they are about the set.
    """

    text: str
    rank: float
    kind: Kind
    moment: Moment = Moment.ANY
    rep: int | None = None


@dataclass(frozen=True, slots=True)
class ToHear:
    """What one step gives to hear, in order; the browser spaces the sounds and chooses the words."""

    heard: tuple[Heard, ...] = ()
    spoken: tuple[Spoken, ...] = ()


@dataclass(slots=True)
class _Told:
    """What was told of a rep, and at which of its moments."""

    set: int
    start_s: float
    at: dict[SoundName | Cue, frozenset[Moment]] = field(default_factory=dict)

    @property
    def moments(self) -> frozenset[Moment]:
        """Moments of the rep that have been counted."""
        return self.at.get(SoundName.REP, _NO_MOMENT)

    def due(self, what: SoundName | Cue, moments: frozenset[Moment]) -> frozenset[Moment]:
        """Moments at which this is to be told now; it is told at each but once."""
        known = self.at.get(what, _NO_MOMENT)
        self.at[what] = known | moments
        return moments - known


class Hearing:
    """Turn steps of the path, as it shows them live, into sounds and words.

    Notes
    -----
    The first reps of a set are confirmed late and together: each gets its tick, at both moments at once.
    A rep that is withdrawn is taken back for those who had heard it: putting the weight down may look
    like a top, and who counts at the bottom hears nothing of it. (Of 332 reps in 43 simulated recordings
    22 tops were taken back, and 3 bottoms.) Lockout, alert and cues are told of the newest rep only:
    later they would be taken for the next one's. A set's target is the one that was declared when the
    set was first heard of.
    """

    def __init__(self) -> None:
        self._told: dict[int, _Told] = {}  # by candidate, of the open sets
        self._declared_reps: int | None = None
        self._targets: dict[int, int | None] = {}  # by number of the open set
        self._is_lost = False

    def step(self, item: Item | None, step: Step) -> ToHear:
        """Take one item of the session, None at its end, and what the path made of it."""
        told: list[Heard | Spoken] = []
        if isinstance(item, Mark):
            told += self._after_mark(item.body)
        for event in step.events:
            told += self._after_event(event)
        return ToHear(
            heard=tuple(one for one in told if isinstance(one, Heard)),
            spoken=tuple(one for one in told if isinstance(one, Spoken)),
        )

    def _after_mark(self, body: MarkBody) -> Iterator[Heard]:
        match body:
            case Declared(target_reps=int() as reps):
                self._declared_reps = reps
            case Disconnected(reason=reason) if self._told and reason != STOPPED and not self._is_lost:
                self._is_lost = True
                yield Heard(SoundName.LINK_LOST)
            case Connected() if self._is_lost:
                self._is_lost = False
                yield Heard(SoundName.LINK_BACK)

    def _after_event(self, event: Event) -> Iterator[Heard | Spoken]:
        match event:
            case RepEvent(stage=Stage.WITHDRAWN):
                yield from self._taken_back(event)
            case RepEvent():
                yield from self._rep(event)
            case SetEvent(ended=False, set=began):
                self._targets.setdefault(began.number, self._declared_reps)
            case SetEvent(set=done):
                self._told = {key: told for key, told in self._told.items() if told.set != done.number}
                self._targets.pop(done.number, None)
                if done.reps:
                    yield Heard(SoundName.SET_END)
                    yield Spoken(summary(done), SUMMARY_RANK, Kind.SUMMARY)

    def _taken_back(self, event: RepEvent) -> Iterator[Heard]:
        told = self._told.pop(event.rep.rep.candidate, None)
        if told is None:
            return
        if not any(other.set == told.set for other in self._told.values()):
            self._targets.pop(told.set, None)  # the set was none: nobody will say that it is over
        yield Heard(SoundName.TAKEN_BACK, _for_whom(told.moments))

    def _rep(self, event: RepEvent) -> Iterator[Heard | Spoken]:
        rep = event.rep.rep
        told = self._told.setdefault(rep.candidate, _Told(event.set, rep.t_start_s))
        told.set, told.start_s = event.set, rep.t_start_s
        new = told.due(SoundName.REP, _moments(event.stage))
        if new:
            yield Heard(SoundName.REP, _for_whom(new))
            yield Spoken(str(event.rep.number), NUMBER_RANK, Kind.NUMBER, _for_whom(new), rep.candidate)
        is_newest = told.start_s >= max(other.start_s for other in self._told.values())
        if is_newest and event.stage is not Stage.SETTLED:
            yield from _judged(event, told)
            yield from _advised(event, told)
        yield from self._against_target(event, new)

    def _against_target(self, event: RepEvent, new: frozenset[Moment]) -> Iterator[Heard | Spoken]:
        target = self._targets.setdefault(event.set, self._declared_reps)
        if target is None:
            return
        reached = frozenset(at for at in new if self._count(event.set, at) == target)
        if reached:
            yield Heard(SoundName.TARGET, _for_whom(reached))
        one_is_left = target > 1 and self._count(event.set, Moment.BOTTOM) == target - 1
        if Moment.BOTTOM in new and one_is_left:
            candidate = event.rep.rep.candidate
            yield Spoken("Last one", LAST_ONE_RANK, Kind.LAST_ONE, Moment.ANY, candidate)

    def _count(self, number: int, moment: Moment) -> int:
        return sum(told.set == number and moment in told.moments for told in self._told.values())


def summary(done: Set) -> str:
    """Say what a set was, in as few words as can be heard.

    Parameters
    ----------
    done
        A set with at least one rep.
    """
    reps = counted(len(done.reps), "rep")
    return f"{reps}, {done.clean} clean" if done.has_verdicts else reps


def _moments(stage: Stage) -> frozenset[Moment]:
    """Moments of a rep that are over when it is at a stage; what was revised may still be up."""
    has_come_down = stage in (Stage.CONFIRMED, Stage.SETTLED)
    return frozenset((Moment.TOP, Moment.BOTTOM) if has_come_down else (Moment.TOP,))


def _for_whom(moments: frozenset[Moment]) -> Moment:
    return next(iter(moments)) if len(moments) == 1 else Moment.ANY


def _judged(event: RepEvent, told: _Told) -> Iterator[Heard]:
    """Tell lockout and rocking as soon as they are known."""
    judgement = event.rep.judgement
    if judgement.lockout is not Verdict.UNKNOWN and (at := told.due(SoundName.LOCKOUT, told.moments)):
        yield Heard(_LOCKOUT_SOUNDS[judgement.lockout], _for_whom(at))
    if judgement.rocking in ALERTS and (at := told.due(SoundName.ALERT, told.moments)):
        yield Heard(SoundName.ALERT, _for_whom(at))


def _advised(event: RepEvent, told: _Told) -> Iterator[Spoken]:
    for cue in event.rep.cues:
        in_time = Moment.BOTTOM in told.moments or cue in CUES_AT_THE_TOP
        if in_time and (at := told.due(cue, told.moments)):
            yield Spoken(cue.value, float(RANK[cue]), Kind.CUE, _for_whom(at), event.rep.rep.candidate)
