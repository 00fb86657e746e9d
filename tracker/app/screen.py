"""What the lifter sees, as one frozen value that is carried from event to event."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

from tracker.coaching.declared import together
from tracker.coaching.results import Event, GapEvent, RejectedEvent, RepEvent, Set, SetEvent, Verdict
from tracker.motion.events import TRIED, Phase, Stage
from tracker.path import Step
from tracker.sensing.marks import Battery, Connected, Declared, Disconnected, Mark, MarkBody, Side
from tracker.sensing.samples import Packet, Packets
from tracker.sensing.sensors import by_make

Item: TypeAlias = Packet | Packets | Mark

_NOTHING_SAID = Declared()


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything the panel shows.

    Attributes
    ----------
    sensor
        Name of the sensor that is connected; empty while none is.
    lag_s
        How much later than they happen its samples come, s.
    battery_percent
        Last word of the sensor, None before it.
    gaps, gap_s
        How often samples were missing, and for how long together, s.
    said
        What the person declared for the next set.
    set
        The set whose reps are shown, as it was known when it began or ended; None before the first.
    in_set
        True from its beginning to its end.
    reps
        The last word on each rep of the set, in the order of the set.
    not_counted
        Motions of the set that were tried and are no reps.
    phase, tilt_deg
        At the last sample.
    """

    sensor: str = ""
    lag_s: float = 0.0
    battery_percent: int | None = None
    gaps: int = 0
    gap_s: float = 0.0
    said: Declared = _NOTHING_SAID
    set: Set | None = None
    in_set: bool = False
    reps: tuple[RepEvent, ...] = ()
    not_counted: int = 0
    phase: Phase = Phase.UNKNOWN
    tilt_deg: float = math.nan

    @property
    def side(self) -> Side:
        """The working leg of the set that is on, between sets of the next one."""
        if self.in_set and self.set:
            return self.set.side
        return self.said.side or Side.UNKNOWN

    @property
    def load_kg(self) -> float:
        """The weight of the set that is on, between sets of the next one; nan when not said."""
        if self.in_set and self.set:
            return self.set.load_kg
        return math.nan if self.said.load_kg is None else self.said.load_kg

    @property
    def undecided(self) -> int:
        """Reps that were announced and may still be withdrawn."""
        return sum(event.stage is Stage.ANNOUNCED for event in self.reps)

    @property
    def clean(self) -> int:
        """Reps locked out, level and without an alert, as far as is known."""
        return sum(event.rep.judgement.clean is Verdict.YES for event in self.reps)

    @property
    def attempts(self) -> int:
        """Reps, and what was tried and not counted."""
        return len(self.reps) + self.not_counted

    @property
    def cue(self) -> str:
        """What to do about the newest rep; empty when it needs nothing.

        It stays through the next drive, until that rep is decided or has a cue of its own.
        """
        for event in reversed(self.reps):
            if event.rep.cues:
                return event.rep.cues[0].value
            if event.stage is not Stage.ANNOUNCED:
                return ""
        return ""


def seen(screen: Screen, item: Item | None, step: Step) -> Screen:
    """Return the screen after one item of the session and what the path made of it."""
    if isinstance(item, Mark):
        screen = _after_mark(screen, item.body)
    if len(step.motion):
        phase, tilt_deg = Phase(int(step.motion.phase[-1])), float(step.motion.tilt_deg[-1])
        screen = replace(screen, phase=phase, tilt_deg=tilt_deg)
    for event in step.events:
        screen = _after_event(screen, event)
    return screen


def _after_mark(screen: Screen, body: MarkBody) -> Screen:
    match body:
        case Connected(name=name, make=make):
            return replace(screen, sensor=name or make, lag_s=by_make(make).lag_s)
        case Disconnected():
            return replace(screen, sensor="", phase=Phase.UNKNOWN, tilt_deg=math.nan)
        case Battery(percent=percent):
            return replace(screen, battery_percent=percent)
        case Declared():
            return replace(screen, said=together(screen.said, body))
        case _:
            return screen


def _after_event(screen: Screen, event: Event) -> Screen:
    match event:
        case GapEvent(gap=gap):
            return replace(screen, gaps=screen.gaps + 1, gap_s=screen.gap_s + gap.duration_s)
        case SetEvent(ended=ended, set=known):
            return _after_set_event(screen, ended, known)
        case RepEvent():
            return _without_vanished_set(replace(screen, reps=_reps_with(screen, event)), event)
        case RejectedEvent(motion=motion) if screen.in_set and motion.reason in TRIED:
            return replace(screen, not_counted=screen.not_counted + 1)
        case _:
            return screen


def _after_set_event(screen: Screen, ended: bool, known: Set) -> Screen:
    reps = tuple(event for event in screen.reps if event.set == known.number)
    return replace(screen, set=known, in_set=not ended, reps=reps, not_counted=len(known.partials))


def _without_vanished_set(screen: Screen, event: RepEvent) -> Screen:
    """Close a set whose last rep was withdrawn: it was none, so nobody will say that it is over."""
    if screen.in_set and not screen.reps and event.stage is Stage.WITHDRAWN:
        return replace(screen, set=None, in_set=False, not_counted=0)
    return screen


def _reps_with(screen: Screen, event: RepEvent) -> tuple[RepEvent, ...]:
    if screen.reps and event.set < screen.reps[-1].set:
        return screen.reps  # an earlier set settles
    candidate = event.rep.rep.candidate
    others = [rep for rep in screen.reps if rep.set == event.set and rep.rep.rep.candidate != candidate]
    if event.stage is Stage.WITHDRAWN:
        return tuple(others)
    return tuple(sorted([*others, event], key=lambda rep: rep.rep.rep.t_start_s))
