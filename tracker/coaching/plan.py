"""What comes next: which side, how many reps, what weight, how long a rest, and why.

The sensor cannot see the working leg, so the sides are kept by counting sets: as many left as right. A
*round* is one set of each. All of it is advice to whoever declares; the load is never changed here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tracker.coaching.counts import counted
from tracker.coaching.declared import together
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST
from tracker.coaching.results import Gate, GateDecision, Set
from tracker.sensing.marks import Declared, Side

BETWEEN_LEGS_S = 60.0
"""Rest before the other leg. Sets are 60-120 s apart; the leg that comes now has rested while the other
worked, so the least of it is enough: for breath, brace and grip."""

BETWEEN_ROUNDS_S = 90.0
"""Rest before a round, or before the same leg again: the middle of those 60-120 s."""

WEAK_BY_REPS = 2
"""A side that has so many clean reps fewer, over whole rounds, is the weak one. By one rep two sides
differ by chance: a top that is 3 deg short is clean, one that is 3.1 deg short is not."""

FEWEST_TO_TELL = ONE_LEG_HIP_THRUST.gate_reps + 2
"""Reps of a set that is judged for more load. A shorter one that is clean throughout was ended while the
leg could do more, as far as anybody can see: it says nothing of how many."""

ASK = "Which leg? Say it once, then the sides take turns."
"""What is asked where nobody has said a side: the sensor cannot see it."""

NO_SET_YET = GateDecision(Gate.UNKNOWN, "no set on this side yet")

OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT, Side.UNKNOWN: Side.UNKNOWN}


class HasSide(Protocol):
    """Whatever was done with one leg."""

    @property
    def side(self) -> Side:
        """Which."""


_WithSide = TypeVar("_WithSide", bound=HasSide)


@dataclass(frozen=True, slots=True)
class Effort:
    """What a set came to: good reps of how many, with which leg and what load (nan when not said).

    Where none could be judged all of them are good: of a lift that is only counted, or for want of samples.
    """

    side: Side
    good_reps: int
    load_kg: float
    attempts: int
    is_judged: bool

    @property
    def tells(self) -> bool:
        """Whether the leg is known to have done what it can."""
        return self.good_reps < self.attempts or self.attempts >= FEWEST_TO_TELL


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the person wants to be led through a session.

    Attributes
    ----------
    weak_side
        Known from earlier sessions or by feel; UNKNOWN: by this session's clean reps.
    weak_side_first
        Every round begins with the weak side, once it is known.
    stop_at_weak
        The strong side aims for the weak side's clean reps of the same round.
    one_side
        Only the side that was said is trained, as after an injury: the other is owed nothing.
    rest_s
        Rest after every set; None: `BETWEEN_LEGS_S` and `BETWEEN_ROUNDS_S`.
    """

    weak_side: Side = Side.UNKNOWN
    weak_side_first: bool = False
    stop_at_weak: bool = False
    one_side: bool = False
    rest_s: float | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """The set that comes next.

    Attributes
    ----------
    side
        The working leg; UNKNOWN where nothing is proposed, then `why` is a question.
    target_reps
        None without one.
    load_kg
        As declared for this side; nan when not said.
    gate
        Whether this side's load may go up, by its last set.
    why
        Why this side, and why this target when it is not the person's own.
    warning
        A side that is left out, in words; empty when none is.
    rest_s
        How long to rest before it.
    """

    side: Side
    target_reps: int | None
    load_kg: float
    gate: GateDecision
    why: str
    warning: str
    rest_s: float


NO_WISHES = Wishes()
NOTHING_SAID = Declared()


def next_of(
    sets: Sequence[Set],
    said: Declared,
    wishes: Wishes = NO_WISHES,
    corrected: Declared = NOTHING_SAID,
) -> Next:
    """Propose the next set.

    A side that has fewer sets comes next, as often as it takes. When both have as many, the weak side
    begins where that is wished and known, else the sides go on taking turns.

    Parameters
    ----------
    sets
        Those of one athlete and one exercise, in order. Sets of unknown side count for neither.
    said
        All that the person has said before.
    wishes
        How to be led.
    corrected
        What the person said for this one set; it beats the proposal.
    """
    said = together(said, corrected)
    done = [one for one in sets if one.side is not Side.UNKNOWN]
    owed = Side.UNKNOWN if wishes.one_side else owed_side(done)
    weak = wishes.weak_side if wishes.weak_side is not Side.UNKNOWN else weak_side_of(done)
    first = weak if wishes.weak_side_first else Side.UNKNOWN
    if corrected.side is not None or wishes.one_side or not done:
        side, why = _side_said(said, first)
    else:
        side, why = _side_by_turn(done, owed, first)
    target_reps, limit = said.target_reps, ""
    if corrected.target_reps is None and wishes.stop_at_weak and side is OTHER[weak]:
        target_reps, limit = _stopped(done, weak, said)
    own = [one for one in done if one.side is side]
    return Next(
        side=side,
        target_reps=target_reps or None,
        load_kg=_load_kg(own, said, corrected),
        gate=own[-1].gate if own else NO_SET_YET,
        why="; ".join(words for words in (why, limit) if words),
        warning=_warning(done, owed, side),
        rest_s=_rest_s(done, owed, side, wishes),
    )


def owed_side(sets: Sequence[Set]) -> Side:
    """Name the side with fewer sets; UNKNOWN when both have as many."""
    left, right = _count(sets, Side.LEFT), _count(sets, Side.RIGHT)
    if left == right:
        return Side.UNKNOWN
    return Side.LEFT if left < right else Side.RIGHT


def weak_side_of(sets: Sequence[Set]) -> Side:
    """Name the side with fewer clean reps over the whole rounds so far, by `WEAK_BY_REPS` at least.

    UNKNOWN when that is not so, when that side had the heavier weight (then it need not be weaker), or
    ended a set before it can tell (`Effort.tells`).
    """
    return weaker(
        [
            Effort(one.side, good_reps(one), one.load_kg, len(one.reps) + len(one.partials), one.has_verdicts)
            for one in sets
        ]
    )


def weaker(efforts: Sequence[Effort]) -> Side:
    """Name the weak side of a session by what its sets came to, as `weak_side_of`."""
    left, right = in_rounds(efforts, Side.LEFT), in_rounds(efforts, Side.RIGHT)
    behind = sum(one.good_reps for one in right) - sum(one.good_reps for one in left)
    if abs(behind) < WEAK_BY_REPS or len({one.is_judged for one in (*left, *right)}) > 1:
        return Side.UNKNOWN  # clean reps cannot be held against reps that nobody judged
    weak, strong = (left, right) if behind > 0 else (right, left)
    if not all(one.tells for one in weak):
        return Side.UNKNOWN
    if any(one.load_kg > other.load_kg for one, other in zip(weak, strong, strict=True)):
        return Side.UNKNOWN
    return weak[0].side


def in_rounds(sets: Sequence[_WithSide], side: Side) -> list[_WithSide]:
    """Take those sets of a side to which the other has one, too."""
    rounds = min(_count(sets, Side.LEFT), _count(sets, Side.RIGHT))
    return [one for one in sets if one.side is side][:rounds]


def good_reps(done: Set) -> int:
    """Count the clean reps of a set; all of them where none is judged, as of a lift that is only counted."""
    return done.clean if done.has_verdicts else len(done.reps)


def _side_said(said: Declared, first: Side) -> tuple[Side, str]:
    """Take the side that was said, and say so."""
    if said.side is not None:
        return said.side, ASK if said.side is Side.UNKNOWN else "as you said"
    return first, ASK if first is Side.UNKNOWN else "the weak side goes first"


def _side_by_turn(done: Sequence[Set], owed: Side, first: Side) -> tuple[Side, str]:
    """Choose the side whose turn it is, and say why."""
    if owed is not Side.UNKNOWN:
        return owed, f"its turn: {_counted(done, OTHER[owed])}"
    if first is not Side.UNKNOWN:
        return first, "the weak side goes first"
    return OTHER[done[-1].side], "the sides take turns"


def _stopped(done: Sequence[Set], weak: Side, said: Declared) -> tuple[int | None, str]:
    """Where the strong side stops in this round: at the weak side's clean reps, when it has had its set."""
    rounds = _count(done, OTHER[weak])
    of_weak = [one for one in done if one.side is weak]
    if len(of_weak) <= rounds:
        return said.target_reps, ""
    if reps := good_reps(of_weak[rounds]):
        kind = "clean" if of_weak[rounds].has_verdicts else "reps"
        return reps, f"stops at the {reps} {kind} of the {weak.value}"
    return said.target_reps, f"the {weak.value} had no clean rep to stop at"


def _load_kg(own: Sequence[Set], said: Declared, corrected: Declared) -> float:
    """Weight that was declared for a side: each keeps its own until somebody says another."""
    if corrected.load_kg is None and own and not math.isnan(own[-1].load_kg):
        return own[-1].load_kg
    return math.nan if said.load_kg is None else said.load_kg


def _warning(done: Sequence[Set], owed: Side, side: Side) -> str:
    """Say that a side is left out: now, or more than once already."""
    if owed is Side.UNKNOWN or side is Side.UNKNOWN:
        return ""
    if side is not owed:
        return f"{owed.value.capitalize()} is skipped: {_counted(done, OTHER[owed])}"
    if _count(done, OTHER[owed]) - _count(done, owed) > 1:
        return f"{owed.value.capitalize()} was skipped: {_counted(done, OTHER[owed])}"
    return ""


def _rest_s(done: Sequence[Set], owed: Side, side: Side, wishes: Wishes) -> float:
    if wishes.rest_s is not None:
        return wishes.rest_s
    goes_over = owed is not Side.UNKNOWN and side is OTHER[done[-1].side]
    return BETWEEN_LEGS_S if goes_over else BETWEEN_ROUNDS_S


def _counted(done: Sequence[Set], ahead: Side) -> str:
    """Count the sets of both sides in words, the side that is ahead first."""
    more, fewer = _count(done, ahead), _count(done, OTHER[ahead])
    return f"{counted(more, 'set')} {ahead.value}, {fewer or 'none'} {OTHER[ahead].value}"


def _count(sets: Sequence[_WithSide], side: Side) -> int:
    return sum(one.side is side for one in sets)
