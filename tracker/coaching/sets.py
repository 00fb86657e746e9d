"""A set: its reps in order, judged together, and what follows from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tracker.coaching.cues import NOTHING_SAID, Aim, Before, cues_of
from tracker.coaching.declared import Terms
from tracker.coaching.judgements import judge
from tracker.coaching.progression import gate_of
from tracker.coaching.reference import is_complete, reference_of, slide_after
from tracker.coaching.results import JudgedRep, Set, Speaker
from tracker.motion.events import TRIED, RejectedMotion, Rep
from tracker.sensing.samples import Gap


class _Known(NamedTuple):
    """A judged rep, what it was judged by, and what was said in its set before and after it."""

    rep: JudgedRep
    aim: Aim
    before: Before
    after: Before


class SetSoFar:
    """The reps of one set while they come in, change and go.

    Each is judged again only when it has changed itself, or what it is held against has.
    """

    def __init__(self) -> None:
        self.reps: list[Rep] = []
        self._terms: Terms | None = None
        self._aim: Aim | None = None
        self._aim_may_have_changed = True
        self._known: dict[int, _Known] = {}

    def put(self, rep: Rep) -> None:
        """Add a rep, or its newer version, in order of time."""
        old = self._take(rep.candidate)
        self.reps.append(rep if old is None or old != rep else old)
        self.reps.sort(key=_by_start)
        if _says_about_its_set(old) != _says_about_its_set(rep):
            self._aim_may_have_changed = True

    def drop(self, candidate: int) -> None:
        """Take a rep out, if it is in the set."""
        if _says_about_its_set(self._take(candidate)) is not None:
            self._aim_may_have_changed = True

    def _take(self, candidate: int) -> Rep | None:
        for place, rep in enumerate(self.reps):
            if rep.candidate == candidate:
                return self.reps.pop(place)
        return None

    @property
    def t_start_s(self) -> float:
        """First drive begins, s; nan without reps."""
        return self.reps[0].t_start_s if self.reps else math.nan

    @property
    def t_end_s(self) -> float:
        """Last bottom reached so far, s; nan without reps."""
        return last_known_s(self.reps[-1]) if self.reps else math.nan

    def judged(self, terms: Terms) -> tuple[JudgedRep, ...]:
        """Judge every rep as far as the set has come.

        Parameters
        ----------
        terms
            What holds for the set.
        """
        aim = self._aim_by(terms)
        slides = iter(aim.reference.slides_deg)
        before = NOTHING_SAID
        known = {}
        for number, rep in enumerate(self.reps, 1):
            slide_deg = next(slides, math.nan) if is_complete(rep) else slide_after(aim.reference, rep)
            old = self._known.get(rep.candidate)
            if old is None or not _still_holds(old, rep, number, aim, before):
                old = _judged(rep, number, slide_deg, aim, before)
            known[rep.candidate] = old
            before = old.after
        self._known = known
        return tuple(one.rep for one in known.values())

    def reference_top_deg(self, terms: Terms) -> float:
        """Lift that counts as locked out after the last rep, deg; nan without a reference."""
        reference = self._aim_by(terms).reference
        return reference.top_deg + reference.slides_deg[-1] if reference.slides_deg else math.nan

    def _aim_by(self, terms: Terms) -> Aim:
        if self._aim is None or self._aim_may_have_changed or terms != self._terms:
            self._terms, self._aim_may_have_changed = terms, False
            complete = [rep for rep in self.reps if is_complete(rep)]
            aim = Aim(terms.exercise, reference_of(complete, terms.exercise), terms.tempo)
            if aim != self._aim:
                self._aim = aim
        return self._aim


def _judged(rep: Rep, number: int, slide_deg: float, aim: Aim, before: Before) -> _Known:
    judgement = judge(rep, aim.reference, slide_deg, aim.exercise, first=number == 1)
    cues = cues_of(rep, judgement, aim, before)
    return _Known(JudgedRep(number, rep, judgement, cues), aim, before, before.after(cues, judgement))


def _still_holds(old: _Known, rep: Rep, number: int, aim: Aim, before: Before) -> bool:
    same_rep = old.rep.rep is rep and old.rep.number == number
    return same_rep and old.aim is aim and old.before is before


def _says_about_its_set(rep: Rep | None) -> tuple[object, ...] | None:
    """Return what enters the set's reference; None for a rep that says nothing yet."""
    if rep is None or not is_complete(rep):
        return None
    ends = (rep.start_deg, rep.top_deg, rep.end_deg)
    return (*ends, rep.t_start_s, rep.rom_deg, rep.tilt_top_deg, rep.gap_s, rep.clipped)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the session knows beside a set's reps.

    Attributes
    ----------
    number
        The set's number in the session, from 1.
    terms
        What holds for it.
    t_before_s
        End of the set before, s on t_s; nan for the first.
    rejected, gaps
        Those of the session; a set picks its own by their times.
    counted_by_person
        Numbers of the motions that count because the person said so.
    """

    number: int
    terms: Terms
    t_before_s: float
    rejected: Sequence[RejectedMotion]
    gaps: Sequence[Gap]
    counted_by_person: frozenset[int] = frozenset()


def set_of(so_far: SetSoFar, t_start_s: float, t_end_s: float, around: Surroundings) -> Set:
    """Sum up a set as far as it has come.

    Parameters
    ----------
    so_far
        Its reps.
    t_start_s, t_end_s
        First drive begins, last bottom reached, s on t_s.
    around
        What else is known.
    """
    terms = around.terms
    reps = tuple(_said_by(around, rep) for rep in so_far.judged(terms))
    return Set(
        number=around.number,
        side=terms.side,
        athlete=terms.athlete,
        exercise=terms.exercise.name,
        load_kg=terms.load_kg,
        t_start_s=t_start_s,
        t_end_s=t_end_s,
        rest_before_s=math.nan if math.isnan(around.t_before_s) else t_start_s - around.t_before_s,
        reps=reps,
        partials=tuple(motion for motion in around.rejected if _tried_in(motion, t_start_s, t_end_s)),
        reference_top_deg=so_far.reference_top_deg(terms),
        gate=gate_of(reps, terms.exercise),
        gap_s=sum(_overlap_s(gap, t_start_s, t_end_s) for gap in around.gaps),
    )


def _said_by(around: Surroundings, rep: JudgedRep) -> JudgedRep:
    is_sensors = rep.rep.candidate not in around.counted_by_person
    return rep if is_sensors else replace(rep, said_by=Speaker.PERSON)


def _overlap_s(gap: Gap, t_start_s: float, t_end_s: float) -> float:
    return max(0.0, min(t_end_s, gap.t_end_s) - max(t_start_s, gap.t_start_s))


def last_known_s(rep: Rep) -> float:
    """Return the last of a rep's times that is known, s; nan when none is."""
    times = (rep.t_end_s, rep.t_leave_top_s, rep.t_top_s, rep.t_start_s)
    return next((t_s for t_s in times if math.isfinite(t_s)), math.nan)


def _by_start(rep: Rep) -> float:
    return rep.t_start_s if math.isfinite(rep.t_start_s) else math.inf


def _tried_in(motion: RejectedMotion, start_s: float, end_s: float) -> bool:
    middle_s = 0.5 * (motion.rep.t_start_s + last_known_s(motion.rep))
    return start_s <= middle_s <= end_s and motion.reason in TRIED
