"""How a set drifts from its first reps to its last: range lost at the top, depth cut, weight slid.

The three look alike in one rep and separate over a set: the top falls and the bottom stays, the bottom
rises and the top stays, or both shift together. Read from the same first and last reps as the gate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tracker.coaching.exercises import by_name
from tracker.coaching.group import Group, rom_deg, slide_deg
from tracker.coaching.results import JudgedRep, Session, Set
from tracker.motion.events import Channel

MOSTLY = 0.7
"""The end that gave so much of the lost range lost it; else both did."""

SEEN_DEG = 3.0
"""An end that has moved by less may not have: medians of three bottoms scatter by 1.5 deg (simulated)."""

FEWEST_AFTER = 2
"""A change that is only in the last rep has no course yet."""


class Lost(StrEnum):
    """Where the range of a set's last reps was lost."""

    AT_THE_TOP = "top"
    AT_THE_BOTTOM = "bottom"
    AT_BOTH = "both"
    NOWHERE = "nowhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Drift:
    """What the last reps of a set are against its first.

    Attributes
    ----------
    lost
        Where range was lost, if it was; UNKNOWN where the set is too short, or was not carried by lift.
    lost_from
        Number of the rep from which on every one is short of half the loss; None where that is not clear.
    slid_deg
        How far the weight has slid, deg; 0 for no further than a rep may shift by chance, nan unknown.
    slid_from
        Number of the rep from which on it lay there; None where that is not clear.
    """

    lost: Lost
    lost_from: int | None
    slid_deg: float
    slid_from: int | None


def drift_of(session: Session, one: Set) -> Drift:
    """Tell decay, cut depth and slide of a set apart.

    Parameters
    ----------
    session
        The session that the set is of.
    one
        The set.
    """
    group, exercise = Group(session, (one,)), by_name(one.exercise)
    slid = group.change(slide_deg)
    if math.isnan(slid):
        return Drift(Lost.UNKNOWN, None, math.nan, None)
    is_slid = abs(slid) > exercise.slide_deg
    lost = _lost(group, exercise.range_hold_pct)
    is_lost = lost not in (Lost.NOWHERE, Lost.UNKNOWN)
    return Drift(
        lost=lost,
        lost_from=_since(group, rom_deg) if is_lost else None,
        slid_deg=slid if is_slid else 0.0,
        slid_from=_since(group, slide_deg) if is_slid else None,
    )


def _lost(group: Group, least_pct: float) -> Lost:
    if any(rep.rep.carried_by is Channel.HEIGHT for rep in group.reps):
        return Lost.UNKNOWN  # its angles hardly turn, and height has no top that is the same twice
    if not group.rom_decay_pct > least_pct or _is_back(group):
        return Lost.NOWHERE
    fallen, risen = max(0.0, -group.change(_above_deg)), max(0.0, group.change(_start_deg))
    if max(fallen, risen) < SEEN_DEG:
        return Lost.UNKNOWN
    share = fallen / (fallen + risen)
    if share >= MOSTLY:
        return Lost.AT_THE_TOP
    return Lost.AT_THE_BOTTOM if share <= 1.0 - MOSTLY else Lost.AT_BOTH


def _is_back(group: Group) -> bool:
    """Whether the last rep, whose drive is as the others', rose over its range again: then none was lost."""
    first, last = group.first_and_last(rom_deg)
    return rom_deg(group.reps[-1]) > (first + last) / 2


def _above_deg(rep: JudgedRep) -> float:
    """Top above the reference top, which slides with the weight, deg."""
    return rep.judgement.overshoot_deg - rep.judgement.top_short_deg


def _start_deg(rep: JudgedRep) -> float:
    """Bottom that the drive began from, against the same, deg."""
    return _above_deg(rep) - rep.rep.rom_deg


def _since(group: Group, value: Callable[[JudgedRep], float]) -> int | None:
    """Number of the rep from which on every one lies beyond the middle of first and last."""
    first, last = group.first_and_last(value)
    beyond = [(value(rep) - first) / (last - first) > 0.5 for rep in group.inner]  # of unknown ones: no
    start = _last_run(beyond)
    is_clear = len(beyond) - start >= FEWEST_AFTER and sum(beyond[:start]) <= 1
    return group.inner[start].number if is_clear and start else None


def _last_run(beyond: Sequence[bool]) -> int:
    """Place at which the unbroken run at the end begins."""
    start = len(beyond)
    while start and beyond[start - 1]:
        start -= 1
    return start
