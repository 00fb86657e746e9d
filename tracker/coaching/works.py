"""What a session is summed up from: sets as they were counted, and what lies around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.coaching.declared import NOTHING_SAID
from tracker.coaching.sets import SetSoFar
from tracker.motion.events import RejectedMotion, SetEnded
from tracker.sensing.marks import Declared
from tracker.sensing.samples import Gap


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """One set: its reps, and what is known of it beside them.

    Attributes
    ----------
    so_far
        Its reps.
    t_start_s, t_end_s
        First drive begins, last bottom reached, s on t_s.
    ended
        What motion said of it when it was over; None before, and of a set that the person made.
    said
        What the person said of it afterwards.
    counted_by_person
        Numbers of the motions that count because the person said so.
    """

    so_far: SetSoFar
    t_start_s: float
    t_end_s: float
    ended: SetEnded | None = None
    said: Declared = NOTHING_SAID
    counted_by_person: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """All that was counted, or not, in a session.

    Attributes
    ----------
    works
        The sets, in order of time.
    rejected
        Every motion that was not counted.
    gaps
        Time without samples.
    said
        What the person said of the whole session afterwards.
    """

    works: Sequence[Work]
    rejected: Sequence[RejectedMotion]
    gaps: Sequence[Gap]
    said: Declared = NOTHING_SAID
