"""Reps, sets, gaps and links in words, the same on the panel, in plain lines and in tables."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from statistics import median

from tracker.app.screen import Screen
from tracker.coaching.balance import measure_named
from tracker.coaching.group import concentric_s, eccentric_s, top_hold_s
from tracker.coaching.judgements import ALERTS
from tracker.coaching.results import (
    BalanceMeasure,
    Event,
    GapEvent,
    Gate,
    RejectedEvent,
    RepEvent,
    Rocking,
    Session,
    Set,
    SetEvent,
    Verdict,
)
from tracker.motion.events import Channel, Clip, Rep, Stage
from tracker.sensing.samples import Battery, Connected, Disconnected, Feedback, MarkBody, Side
from tracker.sensing.sensors import by_make

NOT_MEASURED = "-"

LOST = "lost, searching"
"""How a receiver calls a link that is down."""

LOW_PERCENT = 20
"""A battery at this or below may not last through the evening."""


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


def sets_words(count: int) -> str:
    """Write how many sets there are.

    Examples
    --------
    >>> sets_words(1), sets_words(2)
    ('1 set', '2 sets')
    """
    return f"{count} set{'' if count == 1 else 's'}"


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


def lag_words(make: str) -> str:
    """Say that a make's samples come late; empty where nobody would notice."""
    lag_s = by_make(make).lag_s
    return f"its samples come {lag_s:g} s late, and so do the count and the cues" if lag_s else ""


def tilt_words(session: Session) -> str:
    """Say how far absolute tilt can be trusted; empty where none was judged."""
    if not any(done.is_judged for done in session.sets):
        return ""
    sure = f"sure to {2 * session.tilt_sure_deg:.1f} deg (2 sigma)"
    if session.clip is Clip.AS_CALIBRATED:
        return f"tilt: calibrated, {sure}, so far on virtual sensors"
    why = "clipped on otherwise than calibrated" if session.clip is Clip.MOVED else "not calibrated"
    return f"tilt: {why}, {sure}, its changes surer; tracker calibrate mends it"


def split_words(link: str) -> tuple[str, str]:
    """Tell the state of the link from what stands behind it: what is not recorded, and why.

    Examples
    --------
    >>> split_words("streaming; NOT RECORDED: the disk is full; free some space")
    ('streaming', 'NOT RECORDED: the disk is full; free some space')
    >>> split_words("streaming")
    ('streaming', '')
    """
    state, _, unsaved = link.partition("; ")
    return state, unsaved


def feedback_words(feedback: Feedback) -> str:
    """Say how long packets took to be seen and heard, at the median and at 95 %.

    Examples
    --------
    >>> feedback_words(Feedback(40, (1.2, 4.0, 6.0), (20.0, 31.2, 40.0)))
    'from packet to decision 1 / 4 ms, to the page 20 / 31 ms (median / 95 %)'
    """
    delays_ms = (
        ("decision", feedback.decided_ms),
        ("the page", feedback.seen_ms),
        ("sound", feedback.heard_ms),
    )
    told = [f"to {what} {ms[0]:.0f} / {ms[1]:.0f} ms" for what, ms in delays_ms if ms]
    return f"from packet {', '.join(told)} (median / 95 %)"


def link_words(screen: Screen, link: str) -> str:
    """Say how the link is: state, sensor, battery, how late samples come, gaps."""
    battery = "" if screen.battery_percent is None else battery_words(screen.battery_percent)
    gaps = f"gaps: {screen.gaps}, {seconds(screen.gap_s)}" if screen.gaps else "no gaps"
    if link.startswith("lost") and not screen.gaps:
        gaps = ""  # its gap is known when it is over
    late = f"{screen.lag_s:g} s late" if screen.lag_s else ""
    return joined(link, screen.sensor, battery, late, gaps)


def lost_words(link: str, lost_for_s: float) -> str:
    """Say for how long a link that is down has been so; other words stay as they are.

    Examples
    --------
    >>> lost_words("lost, searching", 4.2), lost_words("streaming", 0.0)
    ('lost for 4 s, searching', 'streaming')
    """
    return link.replace("lost", f"lost for {lost_for_s:.0f} s", 1) if link.startswith(LOST) else link


def battery_words(percent: int) -> str:
    """Say how full a battery is, and when that is little.

    Examples
    --------
    >>> battery_words(87), battery_words(15)
    ('battery 87 %', 'battery low: 15 %')
    """
    return f"battery low: {percent} %" if percent <= LOW_PERCENT else f"battery {percent} %"


def set_summary(done: Set) -> str:
    """Say what a set was, in one line."""
    if not done.reps:
        return "nothing in it was a rep"
    clean = f"{done.clean} clean of " if done.is_judged else ""
    reps = f"{len(done.reps)} reps, {clean}{len(done.reps) + len(done.partials)} attempts"
    moved = f"range {median_range_words(done)}"
    gate = f"next load {gate_words(done.gate.gate)} ({done.gate.reason})"
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


def mark_words(body: MarkBody) -> str:
    """Say a mark in one line; empty for what needs none."""
    match body:
        case Connected(name=name, make=make):
            return f"connected to {name or make}"
        case Disconnected(reason=reason):
            return joined("connection lost", reason)
        case Battery(percent=percent):
            return battery_words(percent)
        case _:
            return ""


def session_cells(session: Session) -> Iterator[tuple[str, ...]]:
    """Write the sets as the cells of a table: set, side, load, reps, clean, attempts, range, alerts, load."""
    for done in session.sets:
        alerts = sum(judged.judgement.rocking in ALERTS for judged in done.reps)
        yield (
            str(done.number),
            done.side.value,
            load_words(done.load_kg) or NOT_MEASURED,
            str(len(done.reps)),
            str(done.clean) if done.is_judged else NOT_MEASURED,
            str(len(done.reps) + len(done.partials)),
            median_range_words(done),
            str(alerts) if done.is_judged else NOT_MEASURED,
            gate_words(done.gate.gate),
        )


def balance_cells(compared: BalanceMeasure) -> tuple[str, ...]:
    """Write a measure of left against right as cells: what, left, right, difference, what chance explains."""
    measure = measure_named(compared.measure)
    left, right = (_measured(measure.form, value) for value in (compared.left, compared.right))
    ahead = "" if compared.stronger_side is Side.UNKNOWN else f", {compared.stronger_side.value} ahead"
    difference = _measured("{:.0f} %", compared.difference_pct)
    return (measure.title, left, right, difference + ahead, _measured("{:.0f} %", compared.noise_pct))


def _measured(form: str, value: float) -> str:
    return form.format(value) if math.isfinite(value) else NOT_MEASURED


def median_range_words(done: Set) -> str:
    """Write the median range of a set's reps."""
    ranges_deg = [judged.rep.rom_deg for judged in done.reps if not math.isnan(judged.rep.rom_deg)]
    return degrees(median(ranges_deg)) if ranges_deg else NOT_MEASURED


def gate_words(gate: Gate) -> str:
    """Write what to do with the load."""
    return gate.value.replace("_", " ")


def _rep_words(event: RepEvent) -> str:
    name = f"set {event.set}, rep {event.rep.number}"
    if event.stage in (Stage.ANNOUNCED, Stage.WITHDRAWN):
        return f"{name} {event.stage.value}"
    _, moved, tempo, lockout, tilt, rocking = rep_cells(event)
    measured = f"range {moved}, tempo {tempo}, lockout {lockout}, tilt {tilt}, rocking {rocking}"
    return "; ".join([f"{name}: {measured}", *event.rep.cues])
