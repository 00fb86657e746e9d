"""Go, hold or back off: load goes up only when the last reps of a set are like its first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tracker.coaching.exercises import Exercise
from tracker.coaching.judgements import ALERTS
from tracker.coaching.reference import middle
from tracker.coaching.results import Gate, GateDecision, JudgedRep, Verdict
from tracker.motion.events import Channel


@dataclass(frozen=True, slots=True)
class _Finding:
    gate: Gate
    words: str


def gate_of(reps: Sequence[JudgedRep], exercise: Exercise) -> GateDecision:
    """Compare the first reps of a set with its last.

    The set's first rep, which starts from the floor, and its last, which ends there, are left out.
    Of the others the first third is held against the last, each at least two reps.

    Parameters
    ----------
    reps
        The judged reps of one set, in order.
    exercise
        Whose numbers to use.
    """
    if not exercise.judged:
        return GateDecision(Gate.UNKNOWN, "not judged: reps of this lift are only counted")
    inner = inner_of(reps)
    if len(inner) < exercise.gate_reps:
        return GateDecision(Gate.UNKNOWN, _too_few(len(reps), len(inner), exercise))
    findings = [*_of_range(inner, exercise), *_of_lockout(inner, exercise), *_of_steadiness(inner, exercise)]
    findings += [*_of_tilt(inner, exercise), *_of_tempo(inner, exercise)]
    for gate in (Gate.BACK_OFF, Gate.HOLD):
        if any(finding.gate is gate for finding in findings):
            return GateDecision(gate, "; ".join(finding.words for finding in findings))
    return GateDecision(
        Gate.GO, "steady; range, lockout, level and tempo stay the same from the first rep to the last"
    )


def gate_words(gate: Gate) -> str:
    """Write what to do with the load.

    Examples
    --------
    >>> gate_words(Gate.BACK_OFF), gate_words(Gate.UNKNOWN)
    ('back off', 'not judged')
    """
    return "not judged" if gate is Gate.UNKNOWN else gate.value.replace("_", " ")


def _too_few(done: int, inner: int, exercise: Exercise) -> str:
    """Say why nothing can be compared: a short set, or a long one with reps that could not be judged."""
    least = exercise.gate_reps + 2
    if done < least:
        return f"not judged: it needs a set of {least} reps or more"
    missing = f"only {inner} of the {done - 2} reps between the first and the last could be judged"
    return f"not judged: {missing}, it needs {exercise.gate_reps}"


def inner_of(reps: Sequence[JudgedRep]) -> tuple[JudgedRep, ...]:
    """Choose the reps of a set that can show a change.

    The first rep starts from the floor and the last ends there: both are left out, and so are reps that
    could not be judged. One that a person counted and nobody measured is neither first nor last.
    """
    measured = [rep for rep in reps if not math.isnan(rep.rep.top_deg)]
    return tuple(rep for rep in measured[1:-1] if rep.judgement.lockout is not Verdict.UNKNOWN)


def first_and_last_third(
    reps: Sequence[JudgedRep],
) -> tuple[Sequence[JudgedRep], Sequence[JudgedRep]]:
    """Give the first and the last third of the reps, each of at least two."""
    third = max(2, len(reps) // 3)
    return reps[:third], reps[-third:]


def first_and_last(reps: Sequence[JudgedRep], value: Callable[[JudgedRep], float]) -> tuple[float, float]:
    """Medians of the first and of the last third of the reps."""
    first, last = first_and_last_third(reps)
    return middle([value(rep) for rep in first]), middle([value(rep) for rep in last])


def range_of(rep: JudgedRep) -> float:
    """Range of the channel that carried the rep; only to be compared within a set."""
    return rep.rep.rom_deg if rep.rep.carried_by is Channel.LIFT else 100.0 * rep.rep.travel_m


def _graded(value: float, hold: float, back_off: float, words: str) -> Iterator[_Finding]:
    if value > hold:
        yield _Finding(Gate.BACK_OFF if value > back_off else Gate.HOLD, words)


def _of_range(reps: Sequence[JudgedRep], exercise: Exercise) -> Iterator[_Finding]:
    if len({rep.rep.carried_by for rep in reps}) > 1:
        return
    first, last = first_and_last(reps, range_of)
    lost_pct = -_growth_pct(first, last)
    words = f"range falls by {lost_pct:.0f} %"
    yield from _graded(lost_pct, exercise.range_hold_pct, exercise.range_back_off_pct, words)


def _of_lockout(reps: Sequence[JudgedRep], exercise: Exercise) -> Iterator[_Finding]:
    missed = sum(rep.judgement.lockout is Verdict.NO for rep in reps)
    rate = (len(reps) - missed) / len(reps)
    words = f"{missed} of {len(reps)} reps not locked out"
    # negated, not taken from 1: 1 - 0.9 is less than one missed in ten
    yield from _graded(-rate, -exercise.lockout_rate_go, -exercise.lockout_rate_back_off, words)


def _of_steadiness(reps: Sequence[JudgedRep], exercise: Exercise) -> Iterator[_Finding]:
    """More load on a weight that rocks or a hip that rebounds makes both worse."""
    loose = sum(rep.judgement.rocking in ALERTS or rep.judgement.bounce is Verdict.YES for rep in reps)
    words = f"{loose} of {len(reps)} reps rocked or bounced"
    yield from _graded(-(len(reps) - loose) / len(reps), -exercise.lockout_rate_go, math.inf, words)


def _of_tilt(reps: Sequence[JudgedRep], exercise: Exercise) -> Iterator[_Finding]:
    """Find an end that sinks; a weight that rocks is tilted by its swing, and that is found by itself."""
    reps = [rep for rep in reps if rep.judgement.rocking not in ALERTS]
    if len(reps) < exercise.gate_reps:
        return
    first, last = first_and_last(reps, lambda rep: rep.judgement.tilt_top_change_deg)
    low = "left" if last > first else "right"
    words = f"{low} end sinks by {abs(last - first):.0f} deg"
    yield from _graded(abs(last - first), exercise.tilt_notice_deg, exercise.tilt_alert_deg, words)


def _of_tempo(reps: Sequence[JudgedRep], exercise: Exercise) -> Iterator[_Finding]:
    first, last = first_and_last(reps, lambda rep: rep.rep.t_top_s - rep.rep.t_start_s)
    slower_pct = _growth_pct(first, last)
    words = f"drive gets {slower_pct:.0f} % slower"
    yield from _graded(slower_pct, exercise.slower_hold_pct, exercise.slower_back_off_pct, words)


def _growth_pct(first: float, last: float) -> float:
    return 100.0 * (last / first - 1.0) if first > 0.0 else math.nan
