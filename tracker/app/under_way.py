"""The stages of a session, and the set that is on."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from tracker.coaching.results import RepEvent, Set
from tracker.motion.events import Stage

LOOKS_OVER_S = 7.0
"""A set without a rep for so long looks over, s: the other side is declared then, before it is certain. A
breath and a new brace take up to 7 s, and the pause that ends a set 10 s; then a drive that is under way may
keep it open up to the first top of the next set, when it is too late to declare its side. Said too early it
harms nothing: it holds for sets that start afterwards."""


class FlowStage(StrEnum):
    """Where the session is."""

    WAITING = "waiting for the sensor"
    SET_UP = "set up"
    STILL = "hold still"
    READY = "ready"
    SET = "set"
    REST = "rest"
    OVER = "over"


BEFORE_THE_FIRST_SET = (FlowStage.WAITING, FlowStage.SET_UP, FlowStage.STILL, FlowStage.READY)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The set that is on.

    Attributes
    ----------
    set
        As it was known when it began.
    came_from
        The stage before it.
    reps
        The last word on each of its reps.
    was_asked
        Whether what follows was asked for already.
    """

    set: Set
    came_from: FlowStage
    reps: tuple[RepEvent, ...] = ()
    was_asked: bool = False

    def after(self, event: RepEvent) -> UnderWay:
        """Take a rep into the set, or out of it; a set without reps is none, until one comes."""
        candidate = event.rep.rep.candidate
        others = tuple(told for told in self.reps if told.rep.rep.candidate != candidate)
        return replace(self, reps=others if event.stage is Stage.WITHDRAWN else (*others, event))

    def looks_over(self, now_s: float) -> bool:
        """Whether it is time to ask for what follows: no rep is up, and none came for long."""
        if self.was_asked or any(told.stage is Stage.ANNOUNCED for told in self.reps):
            return False
        ends_s = [told.rep.rep.t_end_s for told in self.reps if math.isfinite(told.rep.rep.t_end_s)]
        return now_s - max(ends_s, default=math.inf) >= LOOKS_OVER_S

    def so_far(self) -> Set:
        """The set with the reps that have come."""
        return replace(self.set, reps=tuple(told.rep for told in self.reps))
