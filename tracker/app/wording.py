"""Reps, sets and gaps in words, the same on the panel, in plain lines, on pages and in tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator
from datetime import datetime
from statistics import median

from tracker.app.screen import Screen
from tracker.coaching.balance import noise_words
from tracker.coaching.counts import counted
from tracker.coaching.group import concentric_s, eccentric_s, top_hold_s
from tracker.coaching.judgements import ALERTS
from tracker.coaching.leg_words import why_words
from tracker.coaching.measures import measure_named
from tracker.coaching.progression import gate_words
from tracker.coaching.results import (
    BalanceMeasure,
    Event,
    GapEvent,
    Gate,
    GateDecision,
    RejectedEvent,
    RepEvent,
    Rocking,
    Session,
    Set,
    SetEvent,
    Verdict,
)
from tracker.motion.events import Channel, Clip, Rep, Stage
from tracker.sensing.marks import Side

NOT_MEASURED = "-"


def degrees(value_deg: float, *, signed: bool = False) -> str:
    """Write an angle in whole degrees, or with a sign and one decimal.

    Examples
    --------
    >>> degrees(57.6), degrees(-1.25, signed=True), degrees(math.nan)
    ('58 deg', '-1.2 deg', '-')
    """
    if math.isnan(value_deg):
        return NOT_MEASURED
    return f"{value_deg:+.1f} deg" if signed else f"{value_deg:.0f} deg"


def seconds(duration_s: float) -> str:
    """Write a duration, a short one with one decimal more.

    Examples
    --------
    >>> seconds(2.04), seconds(0.04)
    ('2.0 s', '0.04 s')
    """
    return f"{duration_s:.1f} s" if duration_s >= 0.1 else f"{duration_s:.2f} s"


def tempo_words(rep: Rep) -> str:
    """Write eccentric-bottom-concentric-top, s with one decimal; "?" for what is not known yet."""
    phases_s = (eccentric_s(rep), rep.bottom_s, concentric_s(rep), top_hold_s(rep))
    return "-".join("?" if math.isnan(phase_s) else f"{phase_s:.1f}" for phase_s in phases_s)


def range_words(rep: Rep) -> str:
    """Write the range on the channel that carried the rep."""
    if rep.carried_by is Channel.HEIGHT and not math.isnan(rep.travel_m):
        return f"{rep.travel_m * 100:.0f} cm"
    return degrees(rep.rom_deg)


def rep_cells(event: RepEvent) -> tuple[str, ...]:
    """Write a rep as the cells of a table: rep, range, tempo, lockout, tilt, rocking."""
    rep, judgement = event.rep.rep, event.rep.judgement
    return (
        f"{event.rep.number}?" if event.stage is Stage.ANNOUNCED else str(event.rep.number),
        range_words(rep),
        tempo_words(rep),
        lockout_words(judgement.lockout, judgement.top_short_deg),
        degrees(rep.tilt_top_deg, signed=True),
        rocking_words(judgement.rocking, judgement.low_side),
    )


def lockout_words(lockout: Verdict, top_short_deg: float) -> str:
    """Say whether a rep was locked out, and how far it was short when not."""
    if lockout is Verdict.UNKNOWN:
        return NOT_MEASURED
    if lockout is Verdict.NO and not math.isnan(top_short_deg):
        return f"no, {degrees(top_short_deg)} short"
    return lockout.value


def rocking_words(rocking: Rocking, low_side: Side) -> str:
    """Say how strongly the dumbbell rocked, and which end was low."""
    if rocking is Rocking.UNKNOWN:
        return NOT_MEASURED
    if rocking is Rocking.NONE or low_side is Side.UNKNOWN:
        return rocking.value
    return f"{rocking.value}, {low_side.value} low"


def joined(*parts: str) -> str:
    """Write parts with commas between them; empty ones are left out."""
    return ", ".join(part for part in parts if part)


def minute_words(moment: str) -> str:
    """Write a moment, ISO 8601, as day and minute that the clock there showed.

    Examples
    --------
    >>> minute_words("2026-01-31T18:05:12.250+01:00")
    '2026-01-31 18:05'
    """
    return datetime.fromisoformat(moment).isoformat(" ", "minutes")[:16]


def when_words(started: str) -> str:
    """Write a start for people: its day and minute, as the clock there showed them."""
    return minute_words(started) if started else "start not known"


def side_words(side: Side) -> str:
    """Name a side; empty when it was not said."""
    return "" if side is Side.UNKNOWN else side.value


def load_words(load_kg: float) -> str:
    """Write a weight; empty when it was not said."""
    return "" if math.isnan(load_kg) else f"{load_kg:g} kg"


def set_words(screen: Screen) -> str:
    """Name the set that is on, or what comes next: number, side, load."""
    number = screen.set.number if screen.set else 0
    what = f"set {number}" if screen.in_set else (f"rest after set {number}; next" if number else "first set")
    return joined(what, side_words(screen.side), load_words(screen.load_kg))


def tilt_words(session: Session) -> str:
    """Say how far absolute tilt can be trusted; empty where none was judged."""
    if not any(done.is_judged for done in session.sets):
        return ""
    sure = f"sure to {2 * session.tilt_sure_deg:.1f} deg (2 sigma)"
    if session.clip is Clip.AS_CALIBRATED:
        return f"tilt: calibrated, {sure}, so far on virtual sensors"
    why = "clipped on otherwise than calibrated" if session.clip is Clip.MOVED else "not calibrated"
    return f"tilt: {why}, {sure}, its changes surer; tracker calibrate mends it"


def set_summary(done: Set) -> str:
    """Say what a set was, in one line."""
    if not done.reps:
        return "nothing in it was a rep"
    clean = f"{done.clean} clean of " if done.has_verdicts else ""
    tried = counted(len(done.reps) + len(done.partials), "attempt")
    reps = f"{counted(len(done.reps), 'rep')}, {clean}{tried}"
    moved = f"range {median_range_words(done)}"
    why = done.gate.reason if done.gate.gate is Gate.GO else why_words(done)
    gate = f"next load {gate_words(done.gate.gate)} ({why})"
    if done.gate.gate is Gate.UNKNOWN:  # the reason says so itself
        gate = f"next load {done.gate.reason}"
    return joined(side_words(done.side), load_words(done.load_kg), reps, moved, gate)


def event_words(event: Event) -> str:
    """Say an event in one line; empty for what needs no line of its own."""
    match event:
        case SetEvent(ended=False, set=began):
            return joined(f"set {began.number} began", side_words(began.side), load_words(began.load_kg))
        case SetEvent(set=done):
            return f"set {done.number} over: {set_summary(done)}"
        case GapEvent(gap=gap):
            return f"no samples for {seconds(gap.duration_s)}: {gap.cause.value}"
        case RejectedEvent(motion=motion):
            return f"not a rep: {motion.reason.value}"
        case RepEvent():
            return _rep_words(event)


def kind_of(event: RepEvent) -> Hashable:
    """Tell what a reader would call another rep: its stage, number, verdicts and cues, not its numbers."""
    judgement = event.rep.judgement
    stage = event.stage if event.stage in (Stage.ANNOUNCED, Stage.WITHDRAWN) else Stage.CONFIRMED
    return (stage, event.set, event.rep.number, judgement.lockout, judgement.rocking, event.rep.cues)


def session_cells(session: Session) -> Iterator[tuple[str, ...]]:
    """Write the sets as the cells of a table: set, side, load, reps, clean, attempts, range, alerts, load."""
    for done in session.sets:
        alerts = sum(judged.judgement.rocking in ALERTS for judged in done.reps)
        yield (
            str(done.number),
            done.side.value,
            load_words(done.load_kg) or NOT_MEASURED,
            str(len(done.reps)),
            str(done.clean) if done.has_verdicts else NOT_MEASURED,
            str(len(done.reps) + len(done.partials)),
            median_range_words(done),
            str(alerts) if done.is_judged else NOT_MEASURED,
            gate_words(done.gate.gate),
        )


def balance_cells(compared: BalanceMeasure) -> tuple[str, ...]:
    """Write a measure of left against right as cells: what, left, right, difference, what chance explains.

    Which is better is said where the difference is more than chance. Shares differ by points: a percentage
    of percentages reads as either.
    """
    measure = measure_named(compared.measure)
    left, right = (_or_none(measure.words, value) for value in (compared.left, compared.right))
    is_told = compared.beyond_noise is Verdict.YES and compared.stronger_side is not Side.UNKNOWN
    better = f", {compared.stronger_side.value} better" if is_told else ""
    if measure.is_share:
        difference, chance = (_or_none("{:.0f} points".format, 100.0 * it) for it in _in_points(compared))
        return (measure.title, left, right, difference + better, chance)
    difference = _or_none("{:.0f} %".format, compared.difference_pct)
    return (measure.title, left, right, difference + better, noise_words(compared.noise_pct) or NOT_MEASURED)


def _in_points(compared: BalanceMeasure) -> tuple[float, float]:
    """Difference of two shares, and what chance explains of it."""
    larger = max(compared.left, compared.right)
    return abs(compared.left - compared.right), compared.noise_pct / 100.0 * larger


def _or_none(words: Callable[[float], str], value: float) -> str:
    return words(value) if math.isfinite(value) else NOT_MEASURED


def median_range_words(done: Set) -> str:
    """Write the median range of a set's reps."""
    ranges_deg = [judged.rep.rom_deg for judged in done.reps if not math.isnan(judged.rep.rom_deg)]
    return degrees(median(ranges_deg)) if ranges_deg else NOT_MEASURED


def advice_words(decision: GateDecision) -> str:
    """Write what to do with the load, and why; where it is not judged the reason says both."""
    if decision.gate is Gate.UNKNOWN:
        return decision.reason
    return f"{gate_words(decision.gate)}: {decision.reason}"


def _rep_words(event: RepEvent) -> str:
    name = f"set {event.set}, rep {event.rep.number}"
    if event.stage in (Stage.ANNOUNCED, Stage.WITHDRAWN):
        return f"{name} {event.stage.value}"
    _, moved, tempo, lockout, tilt, rocking = rep_cells(event)
    measured = f"range {moved}, tempo {tempo}, lockout {lockout}, tilt {tilt}, rocking {rocking}"
    return "; ".join([f"{name}: {measured}", *event.rep.cues])
