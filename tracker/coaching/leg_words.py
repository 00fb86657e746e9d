"""What one leg did in a session, in sentences; every number in them stands in the tables, too."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from tracker.coaching.counts import counted
from tracker.coaching.drift import Lost, drift_of
from tracker.coaching.group import Group
from tracker.coaching.judgements import ALERTS
from tracker.coaching.results import Cue, Gate, JudgedRep, Set, Verdict
from tracker.sensing.marks import Side

TELLING_SHARE = 1.0 / 3.0
"""What the tempo or a bottom asked for is told of a leg when every third rep was told so."""

NAMED_REPS = 4
"""More reps than these are counted, not named."""

LOAD_WORDS = {
    Gate.GO: "range, lockout, level and tempo held; the load may go up",
    Gate.HOLD: "hold the load",
    Gate.BACK_OFF: "back off and take less load",
}

_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)

_LOST_WORDS = {
    Lost.AT_THE_TOP: "the range is lost at the top, the bottom stays",
    Lost.AT_THE_BOTTOM: "the range is lost at the bottom, the top stays: depth is cut",
    Lost.AT_BOTH: "the range is lost at the top and at the bottom",
}

_ALERT_WORDS = {
    Cue.DONT_BOUNCE: "bounced out of the bottom",
    Cue.RIBS_DOWN: "possibly arched beyond the line",
    Cue.LEVEL_LEFT_LOW: "left end low at the top, against the set's own level,",
    Cue.LEVEL_RIGHT_LOW: "right end low at the top, against the set's own level,",
}
_HABIT_WORDS = {
    Cue.STRAIGHT_UP: "turned sideways on the way up",
    Cue.RESET: "no reset at the bottom",
    Cue.SLOWER_DOWN: "lowered faster than aimed for",
    Cue.DEEPER: "bottom higher than usual",
    Cue.HOLD: "top held shorter than aimed for",
}


def leg_sentences(name: str, leg: Group) -> Iterator[str]:
    """Say what a leg did.

    Parameters
    ----------
    name
        Of the leg, as a sentence begins.
    leg
        Sets of one leg, one athlete and one exercise.
    """
    if not leg.is_judged:
        yield f"{name}: {counted(len(leg.reps), 'rep')}{_where(leg)}, not judged."
        return
    yield f"{name}: {_clean_words(leg)}; {_load_words(leg)}."
    for one in leg.sets:
        if words := _set_words(leg, one):
            yield f"{name}{_in_set(leg, one)}: {words}."
    told = (_short_words(leg), _rocking_words(leg), *_cue_words(leg))
    yield from (f"{name}: {words}." for words in told if words)


def _clean_words(leg: Group) -> str:
    reps, unknown = counted(len(leg.reps), "rep"), sum(_is_unknown(rep) for rep in leg.reps)
    if unknown == len(leg.reps):
        return f"{reps}{_where(leg)}, none could be judged"
    words = f"{leg.clean:.0f} of {reps} locked out and level{_where(leg)}"
    more = leg.attempts - len(leg.reps)
    words += f", {unknown} could not be judged" if unknown else ""
    return words + (f", {counted(more, 'more try', 'more tries')} did not count" if more else "")


def _is_unknown(rep: JudgedRep) -> bool:
    return rep.judgement.clean is Verdict.UNKNOWN


def _where(leg: Group) -> str:
    """Say in how many sets, and with what load as far as it was said."""
    sets = f" in {len(leg.sets)} sets" if len(leg.sets) > 1 else ""
    loads = sorted({one.load_kg for one in leg.sets if not math.isnan(one.load_kg)})
    if not loads:
        return sets
    return f"{sets} at {loads[0]:g} kg" if len(loads) == 1 else f"{sets} at {loads[0]:g} to {loads[-1]:g} kg"


def _load_words(leg: Group) -> str:
    """Say what to do with the load; why, where one set has the say."""
    if leg.gate is Gate.UNKNOWN:
        return f"next load {leg.sets[-1].gate.reason}"
    if leg.gate is Gate.GO or len(leg.sets) > 1:
        return LOAD_WORDS[leg.gate]
    return f"{LOAD_WORDS[leg.gate]}: {why_words(leg.first)}"


def why_words(one: Set) -> str:
    """Say what keeps a set's load where it is: the gate leaves the first rep and the last out."""
    return f"between the first rep and the last, {one.gate.reason}"


def _set_words(leg: Group, one: Set) -> str:
    """Say what changed over a set, how, and from which rep on; empty for nothing."""
    drift = drift_of(leg.session, one)
    told = []
    if one.gate.gate in (Gate.HOLD, Gate.BACK_OFF) and len(leg.sets) > 1:
        told.append(why_words(one))
    if drift.lost in _LOST_WORDS:
        told.append(_since(drift.lost_from, _LOST_WORDS[drift.lost]))
    if abs(drift.slid_deg) > 0.0:  # not where it is nan
        slid = f"top and bottom lie {abs(drift.slid_deg):.0f} deg from where they were"
        told.append(f"{_since(drift.slid_from, slid)}: the weight seems to have moved")
    return ". ".join([*told[:1], *(f"{words[0].upper()}{words[1:]}" for words in told[1:])])


def _short_words(leg: Group) -> str:
    missed = [rep for rep in leg.reps if rep.judgement.lockout is Verdict.NO]
    if not missed:
        return ""
    most_deg = max(rep.judgement.top_short_deg for rep in missed)
    return f"short of the lockout {_which(leg, missed)}, by {most_deg:.0f} deg at most"


def _rocking_words(leg: Group) -> str:
    rocked = [rep for rep in leg.reps if rep.judgement.rocking in ALERTS]
    if not rocked:
        return ""
    most_deg = max(abs(rep.rep.rocking_peak_deg) for rep in rocked)
    [(low, times)] = Counter(rep.judgement.low_side for rep in rocked).most_common(1)
    words = f"the weight rocked {_which(leg, rocked)}, by {most_deg:.0f} deg at most"
    if low is Side.UNKNOWN:
        return words
    if times == len(rocked):
        return f"{words}, with the {low.value} end low"
    return f"{words}, in {times} of these with the {low.value} end low" if 2 * times > len(rocked) else words


def _cue_words(leg: Group) -> Iterator[str]:
    for cue, words in {**_ALERT_WORDS, **_HABIT_WORDS}.items():
        told = [rep for rep in leg.reps if cue in rep.cues]
        least = len(leg.reps) * TELLING_SHARE if cue in _HABIT_WORDS else 1
        if told and len(told) >= least:
            yield f"{words} {_which(leg, told)}"


def _which(leg: Group, reps: Sequence[JudgedRep]) -> str:
    """Name a few reps of one set; of more, say how many they are.

    From "rep 4" to "in 7 of 36 reps".
    """
    if len(reps) == len(leg.reps):
        return "in every rep"
    numbers = [rep.number for rep in reps]
    if len(leg.sets) > 1 or len(numbers) > NAMED_REPS:
        return f"in {len(numbers)} of {len(leg.reps)} reps"
    if len(numbers) == 1:
        return f"in rep {numbers[0]}"
    return f"in reps {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _in_set(leg: Group, one: Set) -> str:
    return f", set {one.number}" if len(leg.sets) > 1 else ""


def _since(number: int | None, words: str) -> str:
    return words if number is None else f"from the {ordinal(number)} rep on {words}"


def ordinal(number: int) -> str:
    """Write a place in words, one beyond twelve in figures.

    Examples
    --------
    >>> ordinal(6), ordinal(13), ordinal(21)
    ('sixth', '13th', '21st')
    """
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
