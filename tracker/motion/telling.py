"""The reps of a set as they were told: what is known of each, and the event that says what has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tracker.motion.events import MotionEvent, Reason, Rejected, RejectedMotion, Rep, RepSeen, Stage
from tracker.motion.gates import ALONE, Cycle
from tracker.motion.measure import Outline


@dataclass(slots=True, eq=False)
class Live:
    """A rep as it is known now, and as the last event told it."""

    candidate: int
    stage: Stage
    cycle: Cycle
    told: Rep | None = None

    @property
    def outline(self) -> Outline:
        """What decides whether it counts."""
        return self.cycle.outline

    def rep(self) -> Rep:
        """All that it measured."""
        return self.cycle.as_candidate(self.candidate)


class Telling:
    """What was told of the reps of one set.

    Parameters
    ----------
    number
        Of the set.
    new_candidate
        Gives numbers to reps.
    tells
        False when nobody looks at a set that is open: then only what will not change is told.

    Attributes
    ----------
    live
        The reps that stand, in the order in which they were taken in.
    """

    def __init__(self, number: int, new_candidate: Callable[[], int], *, tells: bool) -> None:
        self.live: list[Live] = []
        self._number = number
        self._new_candidate = new_candidate
        self._tells = tells
        self._refused: list[Outline] = []

    def seen(self, outline: Outline) -> Live | None:
        """The rep of this drive, if it was taken in."""
        return next((live for live in reversed(self.live) if same(live.outline, outline)), None)

    def count(self, cycle: Cycle, stage: Stage, now: float) -> list[MotionEvent]:
        """Take a rep in, or take its new numbers over."""
        live = self.seen(cycle.outline)
        if live is None:
            live = Live(self._new_candidate(), stage, cycle)
            self.live.append(live)
        live.stage, live.cycle = stage, cycle
        return self.tell(live, now)

    def tell(self, live: Live, now: float) -> list[MotionEvent]:
        """Tell a rep, unless it is revised and reads as before, or is open and nobody looks."""
        if not (self._tells or live.stage is Stage.SETTLED):
            return []
        before, live.told = live.told, live.rep()
        if live.stage is Stage.REVISED and live.told == before:
            return []
        return [RepSeen(now, live.stage, self._number, live.told)]

    def withdraw(self, live: Live, reason: Reason, now: float) -> list[MotionEvent]:
        """Take a rep out: it was none."""
        self.live.remove(live)
        self._refused.append(live.outline)
        rep = live.rep()
        refused = Rejected(now, RejectedMotion(reason, rep))
        return [RepSeen(now, Stage.WITHDRAWN, self._number, rep), refused] if self._tells else [refused]

    def withdraw_others(
        self, cycles: Sequence[Cycle], kept: Sequence[Cycle], now: float
    ) -> list[MotionEvent]:
        """Take out all reps that are not among those kept, for the reasons that the cycles give."""
        events: list[MotionEvent] = []
        for live in list(self.live):
            if not any(same(live.outline, cycle.outline) for cycle in kept):
                reason, confidence = _why_not(live.outline, cycles)
                live.cycle = live.cycle._replace(confidence=confidence)
                events += self.withdraw(live, reason, now)
        return events

    def refuse_others(self, cycles: Sequence[Cycle], kept: Sequence[Cycle], now: float) -> list[MotionEvent]:
        """Say what was looked at and not counted, unless it has been said already."""
        said = [*(cycle.outline for cycle in kept), *self._refused]
        rest = [c for c in cycles if not any(same(c.outline, outline) for outline in said)]
        rest = [refused(cycle, Reason.ALONE) for cycle in rest]
        return [
            Rejected(now, RejectedMotion(c.reason or Reason.ALONE, c.as_candidate(self._new_candidate())))
            for c in rest
        ]


def same(one: Outline, two: Outline) -> bool:
    """Whether two outlines are of one rep: their drives overlap."""
    return one.t_start_s < two.t_top_s and two.t_start_s < one.t_top_s


def refused(cycle: Cycle, reason: Reason) -> Cycle:
    """A movement that passed its gates, and does not count all the same."""
    return cycle._replace(reason=reason, confidence=ALONE) if cycle.reason is None else cycle


def _why_not(outline: Outline, cycles: Sequence[Cycle]) -> tuple[Reason, float]:
    """Why a rep that was shown did not stay one, and how sure it still looks."""
    for cycle in cycles:
        if same(cycle.outline, outline) and cycle.reason is not None:
            return cycle.reason, cycle.confidence
    return Reason.ALONE, ALONE
