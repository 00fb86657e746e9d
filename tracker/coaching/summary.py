"""A session in plain sentences: each leg, then both, then what is not known.

No number is computed here that the tables do not have: a sentence picks one of them, or counts rows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from tracker.coaching.counts import counted
from tracker.coaching.exercises import by_name
from tracker.coaching.group import Group, concentric_s, eccentric_s, top_hold_s
from tracker.coaching.leg_words import leg_sentences
from tracker.coaching.measures import measure_named
from tracker.coaching.names import LEG_NAMES, NOBODY
from tracker.coaching.plan import OTHER, good_reps, in_rounds, weak_side_of
from tracker.coaching.results import BalanceMeasure, Session, Set, Verdict
from tracker.coaching.summing import TELLING_GAP_S
from tracker.motion.events import Clip
from tracker.sensing.marks import Side

SIDES = (Side.LEFT, Side.RIGHT, Side.UNKNOWN)

_NAMES = {side: name.capitalize() for side, name in LEG_NAMES.items()}


def summary_of(session: Session) -> tuple[str, ...]:
    """Say what a session was.

    Parameters
    ----------
    session
        With what was corrected in it.

    Returns
    -------
    tuple of str
        Sentences. They say what the dumbbell did and what follows for the next load; nothing about health.
    """
    if not session.sets:
        return (f"{nothing_found(session).capitalize()}.",)
    return tuple(_sentences(session))


def nothing_found(session: Session) -> str:
    """Say that there is no set, and why what was looked at was none."""
    if not session.rejected:
        return "no sets found: nothing that was lifted and brought back"
    reasons = Counter(motion.reason for motion in session.rejected)
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    looked = counted(len(session.rejected), "motion that was", "motions that were")
    return f"no sets found; of {looked} looked at: {told}"


def _sentences(session: Session) -> Iterator[str]:
    parts = _parts(session)
    for sets in parts:
        for leg in _legs(session, sets):
            yield from leg_sentences(_name(parts, leg.first), leg)
    for sets in parts:
        yield from _of_both(parts, session, sets)
    yield from _differences(session, parts)
    yield from _unknown(session)


def _parts(session: Session) -> list[list[Set]]:
    """Sets by athlete and exercise, in order of the first of each."""
    parts: dict[tuple[str, str], list[Set]] = {}
    for one in session.sets:
        parts.setdefault((one.athlete, one.exercise), []).append(one)
    return list(parts.values())


def _legs(session: Session, sets: Sequence[Set]) -> list[Group]:
    by_side = [tuple(one for one in sets if one.side is side) for side in SIDES]
    return [Group(session, of_side) for of_side in by_side if of_side]


def _name(parts: Sequence[Sequence[Set]], one: Set) -> str:
    """Name a leg; where there are several, whose it is and of which lift, too."""
    athletes = {sets[0].athlete for sets in parts}
    lifts = {sets[0].exercise for sets in parts}
    whose = one.athlete or NOBODY.capitalize() if len(athletes) > 1 else ""
    lift = by_name(one.exercise).title if len(lifts) > 1 else ""
    return ", ".join(word for word in (whose, lift, _NAMES[one.side]) if word)


def _of_both(parts: Sequence[Sequence[Set]], session: Session, sets: Sequence[Set]) -> Iterator[str]:
    whose = _name(parts, sets[0]).rpartition(", ")[0]
    begin = f"{whose}: " if whose else ""
    tempos = [(leg.first.side, _tempo(leg)) for leg in _legs(session, sets)]
    if told := ", ".join(f"{_NAMES[side].lower()} {tempo}" for side, tempo in tempos if tempo):
        yield f"{begin}Tempo (lowering-bottom-drive-top, s): {told}."
    yield from _weak_side(begin, sets)


def _weak_side(begin: str, sets: Sequence[Set]) -> Iterator[str]:
    weak = weak_side_of(sets)
    if weak is not Side.UNKNOWN:
        fewer, more = (sum(map(good_reps, in_rounds(sets, side))) for side in (weak, OTHER[weak]))
        strong, kind = OTHER[weak].value, "clean rep" if any(one.has_verdicts for one in sets) else "rep"
        yield (
            f"{begin}{_NAMES[weak]} is the weak side of this session: {counted(fewer, kind)} "
            f"against {more} in as many sets. Let it begin, and stop the {strong} at as many {kind}s."
        )


def _tempo(leg: Group) -> str:
    """Write the typical times; empty where one was not measured."""
    phases_s = (
        leg.median(eccentric_s),
        leg.median(lambda rep: rep.bottom_s),
        leg.median(concentric_s),
        leg.median(top_hold_s),
    )
    return "" if any(map(math.isnan, phases_s)) else "-".join(f"{phase_s:.1f}" for phase_s in phases_s)


def _differences(session: Session, parts: Sequence[Sequence[Set]]) -> Iterator[str]:
    """Say by what left and right differ beyond the noise of their reps."""
    if not session.balance:
        return
    lift = (
        f"{by_name(session.sets[-1].exercise).title}: " if len(parts) > 1 else ""
    )  # it is of the last one's
    beyond = [measure for measure in session.balance if measure.beyond_noise is Verdict.YES]
    if beyond:
        told = "; ".join(map(_difference, beyond))
        yield f"{lift}Left against right, beyond what reps and sensor explain: {told}."
        yield from _loads_differ(session)
    elif any(measure.beyond_noise is Verdict.NO for measure in session.balance):
        weak = any(weak_side_of(part) is not Side.UNKNOWN for part in parts)  # who was told is no chance
        begin = "Apart from the reps of the weak side, left" if weak else "Left"
        yield f"{lift}{begin} and right differ by no more than reps and sensor explain."
    else:
        yield f"{lift}Too few reps to tell left from right."


def _difference(measure: BalanceMeasure) -> str:
    """Write both values, and of which side it is less by how much."""
    of = measure_named(measure.measure)
    values = f"{of.title} {of.words(measure.left)} against {of.words(measure.right)}"
    less = "left" if measure.left < measure.right else "right"
    return values if of.is_share else f"{values} ({less} {measure.difference_pct:.0f} % less)"


def _loads_differ(session: Session) -> Iterator[str]:
    compared = [one for one in session.sets if one.exercise == session.sets[-1].exercise]
    loads = {side: {one.load_kg for one in compared if one.side is side} for side in SIDES[:2]}
    left, right = (sorted(kg for kg in loads[side] if not math.isnan(kg)) for side in SIDES[:2])
    if left and right and left != right:
        yield f"The loads differ, too: left up to {left[-1]:g} kg, right up to {right[-1]:g} kg."


def _unknown(session: Session) -> Iterator[str]:
    """Say what nobody said, and what the sensor cannot know here."""
    unsaid = sum(one.side is Side.UNKNOWN for one in session.sets)
    if unsaid:
        sets = counted(unsaid, "set")
        yield f"The leg of {sets} was not said, so left and right are not compared there."
    for one in session.sets:
        if one.gap_s >= TELLING_GAP_S:
            yield f"Set {one.number}: {one.gap_s:.1f} s without samples; a rep in it may be missing."
    if session.clip is not Clip.AS_CALIBRATED and any(one.is_judged for one in session.sets):
        yield "Not calibrated: level is judged by how the tilt changes, not by the tilt itself."
