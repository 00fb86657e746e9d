"""Corrections applied to what was counted: one after another, each to what those before have left.

Everything that follows from the reps is summed up anew afterwards, so nothing here judges.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from tracker.coaching.declared import together
from tracker.coaching.edits import (
    ARep,
    Correction,
    Edit,
    Merge,
    NotARep,
    SessionSaid,
    SetSaid,
    Span,
    Split,
    Trim,
    duration_s,
    edit_words,
)
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST
from tracker.coaching.sets import SetSoFar, last_known_s
from tracker.coaching.works import Counted, Work
from tracker.motion.events import Clip, Reason, RejectedMotion, Rep, SetEnded
from tracker.sensing.marks import Declared
from tracker.sensing.samples import Gap

MOST_OF_A_SET = 0.75
"""A set is meant by a span that holds this share of it: newer code may find a rep more at its ends, and one
that it has grown together with another set of the same length is meant by neither."""

MOST_OF_A_REP = 0.5
"""A motion is meant by a span when they share more than this of the longer: borders of one motion differ by
less, and never two motions share so much with one span."""

JOINS_WITHIN_S = ONE_LEG_HIP_THRUST.motion.set_pause_s
"""A motion that is a rep after all belongs to a set that is as near as its reps may be to each other."""

UNLIKE = 0.5 / 2.0**4
"""Confidence of a motion that strains a gate twice as far as a rep may: a hole of a second in it, or turned
and laid as no rep is. What was measured of it then is not a rep's drive, top and lowering."""

KEPT = ("candidate", "t_start_s", "t_end_s", "carried_by", "gap_s", "clipped", "confidence")
"""What stays known of such a motion."""

ROUNDING_S = 1e-6
"""Times that differ by less were computed in another order."""

_T = TypeVar("_T")


def edited(counted: Counted, edits: Iterable[Correction]) -> tuple[Counted, tuple[str, ...]]:
    """Apply corrections in the order in which they were said.

    Parameters
    ----------
    counted
        What the sensor says.
    edits
        Those that stand.

    Returns
    -------
    counted, warnings
        What holds, and a sentence for each edit that means what is not there any more.
    """
    warnings, measured = [], counted.works
    for edit in edits:
        now = _apply(counted, edit)
        if now is None:
            warnings.append(not_applicable(edit))
        counted = now or counted
    works = [
        work if _is_as_measured(work, measured) else _with_dwells(work, counted) for work in counted.works
    ]
    return replace(counted, works=works), tuple(warnings)


def not_applicable(edit: Edit) -> str:
    """Say that what an edit means is not there: newer code counts otherwise, or another edit took it."""
    return f"A correction does not apply to what is counted now: {edit_words(edit)}."


def span_of(rep: Rep) -> Span:
    """Give the time that a motion takes; its last known time stands for an end that is not known."""
    return Span(rep.t_start_s, last_known_s(rep))


def top_s(rep: Rep) -> float:
    """Give the time of a rep's top, s; the middle of the rep where nobody measured that."""
    return span_of(rep).middle_s if math.isnan(rep.t_top_s) else rep.t_top_s


def _apply(counted: Counted, edit: Correction) -> Counted | None:
    """Give what holds after one edit; None where what it means is not there."""
    match edit:
        case SetSaid(at, said):
            return _say_of_sets(counted, at, said)
        case SessionSaid(said):
            works = [_said(work, said) for work in counted.works]
            return replace(counted, works=works, said=together(counted.said, said))
        case NotARep(at):
            return _take_out(counted, at)
        case ARep(at):
            return _count(counted, at)
        case Split(at_s):
            return _split(counted, at_s)
        case Merge(at):
            return _merge(counted, at)
        case Trim():
            outside = Reason.OUTSIDE_OF_TRAINING
            return _reject(counted, lambda rep: not edit.holds(span_of(rep).middle_s), outside)


def _say_of_sets(counted: Counted, at: Span, said: Declared) -> Counted | None:
    meant = _meant(counted, at)
    works = [_said(work, said) if work in meant else work for work in counted.works]
    return replace(counted, works=works) if meant else None


def _take_out(counted: Counted, at: Span) -> Counted | None:
    reps = [rep for work in counted.works for rep in work.so_far.reps]
    meant = _best(at, reps, span_of)
    if meant is None:
        is_out_already = _best(at, counted.rejected, _span_of_rejected)
        return counted if is_out_already else None
    return _reject(counted, lambda rep: rep is meant, Reason.TAKEN_OUT)


def _count(counted: Counted, at: Span) -> Counted | None:
    motion = _best(at, counted.rejected, _span_of_rejected)
    if motion is None:
        reps = [rep for work in counted.works for rep in work.so_far.reps]
        return counted if _best(at, reps, span_of) else None
    rep = _unmeasured(motion.rep) if _is_unlike_a_rep(motion) else motion.rep
    near = min(counted.works, key=lambda work: _away_s(work, rep), default=None)
    by_person = frozenset([rep.candidate])
    if near is None or not _away_s(near, rep) <= JOINS_WITHIN_S:
        alone = Work(SetSoFar(), math.nan, math.nan, said=counted.said, counted_by_person=by_person)
        changed = [*counted.works, *_with_reps(alone, [rep])]
    else:
        known = replace(near, counted_by_person=near.counted_by_person | by_person)
        now = _with_reps(known, [*near.so_far.reps, rep])
        changed = [each for work in counted.works for each in (now if work is near else [work])]
    rejected = [other for other in counted.rejected if other is not motion]
    return replace(counted, works=_in_order(changed), rejected=rejected)


def _is_unlike_a_rep(motion: RejectedMotion) -> bool:
    return motion.reason in (Reason.GAP, Reason.CARRIED) and motion.rep.confidence < UNLIKE


def _unmeasured(rep: Rep) -> Rep:
    """Keep of a motion when it was: the person says that it was a rep, and nobody measured it as one."""
    measures: dict[str, Any] = {field.name: math.nan for field in fields(rep) if field.name not in KEPT}
    return replace(rep, **measures, t_end_s=last_known_s(rep))


def _split(counted: Counted, at_s: float) -> Counted | None:
    works: list[Work] = []
    for work in counted.works:
        before = [rep for rep in work.so_far.reps if top_s(rep) < at_s]
        after = [rep for rep in work.so_far.reps if not top_s(rep) < at_s]
        works += [*_with_reps(work, before), *_with_reps(work, after)] if before and after else [work]
    return replace(counted, works=works) if len(works) > len(counted.works) else None


def _merge(counted: Counted, at: Span) -> Counted | None:
    meant = _meant(counted, at)
    if len(meant) < 2:  # one cannot be merged
        return None
    first = replace(
        meant[0],
        ended=_ended_together([work.ended for work in meant if work.ended is not None]),
        counted_by_person=frozenset().union(*(work.counted_by_person for work in meant)),
    )
    whole = _with_reps(first, [rep for work in meant for rep in work.so_far.reps])
    others = [work for work in counted.works if work not in meant]
    return replace(counted, works=_in_order([*others, *whole]))


def _reject(counted: Counted, is_out: Callable[[Rep], bool], reason: Reason) -> Counted:
    """Take reps out of their sets; nothing is thrown away."""
    works: list[Work] = []
    rejected = list(counted.rejected)
    for work in counted.works:
        out = [rep for rep in work.so_far.reps if is_out(rep)]
        rejected += [RejectedMotion(reason, rep) for rep in out]
        left = [rep for rep in work.so_far.reps if rep not in out]
        works += _with_reps(work, left) if out else [work]
    return replace(counted, works=works, rejected=rejected)


def _with_reps(work: Work, reps: Sequence[Rep]) -> list[Work]:
    """Give a set other reps; one without any is none."""
    if not reps:
        return []
    so_far = SetSoFar()
    for rep in reps:
        so_far.put(rep)
    return [replace(work, so_far=so_far, t_start_s=so_far.t_start_s, t_end_s=so_far.t_end_s)]


def _is_as_measured(work: Work, measured: Sequence[Work]) -> bool:
    """Whether a set has the reps of one that motion counted: then it knows their dwells best."""
    return any(work.so_far.reps == one.so_far.reps for one in measured)


def _with_dwells(work: Work, counted: Counted) -> Work:
    """End the dwell at each rep's bottom where the next rep starts; the set's last rep has none."""
    reps = work.so_far.reps
    so_far = SetSoFar()
    for rep, following in zip(reps, [*reps[1:], None], strict=True):
        dwell_s = _dwell_s(rep, following, counted.gaps) if following else math.nan
        so_far.put(rep if repr(dwell_s) == repr(rep.bottom_s) else replace(rep, bottom_s=dwell_s))
    return replace(work, so_far=so_far)


def _dwell_s(rep: Rep, following: Rep, gaps: Sequence[Gap]) -> float:
    """Give the dwell between two reps, s: as it was measured, unless another rep follows now.

    Nan where nobody saw it, or the rep's end, and where it is as long as the pause that ends a set: that is
    a rest.
    """
    dwell_s = following.t_start_s - rep.t_end_s
    if rep.bottom_s <= dwell_s + ROUNDING_S:
        return rep.bottom_s
    unseen = any(rep.t_end_s < gap.t_end_s and gap.t_start_s < following.t_start_s for gap in gaps)
    return math.nan if unseen or math.isnan(rep.top_deg) or dwell_s >= JOINS_WITHIN_S else dwell_s


def _ended_together(ends: Sequence[SetEnded]) -> SetEnded | None:
    """Put together what motion said of sets that are one: of what may be wrong, the worst."""
    if not ends:
        return None
    clips = {one.clip for one in ends}
    worst = next(clip for clip in (Clip.MOVED, Clip.NOT_CALIBRATED, Clip.AS_CALIBRATED) if clip in clips)
    return replace(
        ends[0],
        clip=worst,
        disagreement_deg=_largest(one.disagreement_deg for one in ends),
        tilt_sure_deg=_largest(one.tilt_sure_deg for one in ends),
    )


def _largest(values: Iterable[float]) -> float:
    return max((value for value in values if not math.isnan(value)), default=math.nan)


def _said(work: Work, said: Declared) -> Work:
    return replace(work, said=together(work.said, said))


def _meant(counted: Counted, at: Span) -> list[Work]:
    """Find the sets that lie within a span, or nearly so."""
    spans = [(work, Span(work.t_start_s, work.t_end_s)) for work in counted.works]
    return [work for work, span in spans if at.shared_s(span) >= MOST_OF_A_SET * duration_s(span) > 0.0]


def _best(at: Span, motions: Sequence[_T], span: Callable[[_T], Span]) -> _T | None:
    """Find the motion that a span means."""
    best = max(motions, key=lambda motion: _share(at, span(motion)), default=None)
    return best if best is not None and _share(at, span(best)) > MOST_OF_A_REP else None


def _share(one: Span, other: Span) -> float:
    """Give the part of the longer that both have in common, 0 where a time is not known."""
    lasting = (duration_s(one), duration_s(other))
    return one.shared_s(other) / max(lasting) if all(each_s > 0.0 for each_s in lasting) else 0.0


def _away_s(work: Work, rep: Rep) -> float:
    """How far a motion lies from a set, s; negative inside."""
    span = span_of(rep)
    return max(work.t_start_s - span.to_s, span.from_s - work.t_end_s)


def _span_of_rejected(motion: RejectedMotion) -> Span:
    return span_of(motion.rep)


def _in_order(works: Iterable[Work]) -> list[Work]:
    return sorted(works, key=lambda work: work.t_start_s)
