"""What a browser is told, as dataclasses that become JSON as they are.

`Shown` is everything that changes with an event: it is sent whole, so whoever comes late or back has missed
nothing. `Pulse` is where the dumbbell is, with every packet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tracker.app.flow import Flow
from tracker.app.link_wording import battery_words, split_words
from tracker.app.now import Now
from tracker.app.under_way import FlowStage
from tracker.app.wording import (
    advice_words,
    joined,
    load_words,
    median_range_words,
    rep_cells,
    seconds,
    side_words,
)
from tracker.coaching.counts import counted
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST, by_name
from tracker.coaching.judgements import ALERTS
from tracker.coaching.plan import Next
from tracker.coaching.results import RepEvent, Set, Verdict
from tracker.coaching.tempo import Tempo, tempo_of
from tracker.motion.events import Motion, Phase, Stage

TRACE_STEP = 4
"""Every how many samples the trace has a point: 25 a second at 100 Hz, smooth for movements below 6 Hz."""


@dataclass(frozen=True, slots=True)
class ShownRep:
    """A rep as a row of the table, and how it is marked; `clean` is yes, no or unknown."""

    cells: tuple[str, ...]
    undecided: bool
    clean: str
    alert: bool


@dataclass(frozen=True, slots=True)
class ShownRest:
    """A rest: since when, s on t_s, and how long it is to be, s."""

    since_s: float
    target_s: float


@dataclass(frozen=True, slots=True)
class ShownNext:
    """What comes next: the side, weight and target in words, whether the load may go up, and why."""

    side: str
    aim: str
    gate: str
    advice: str
    why: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything on the page but the movement itself.

    Attributes
    ----------
    stage
        Name of the `FlowStage` in lower case.
    set
        Its number; 0 before the first.
    side, load_kg
        The working leg ("left", "right", "unknown") and the weight, 0 when not said.
    number, undecided
        Of the newest rep; 0 before it. Undecided: it may still be withdrawn.
    clean, attempts, target
        Clean reps, reps and tries, and the reps that the set aims for (0: not said).
    tempo
        What the set aims for; None when nothing was said.
    cue
        What to do about the newest rep, in words; empty when nothing.
    reps
        The set's reps, oldest first.
    summaries
        What each set that is over was, one line each.
    checklist, still
        Before the first set: what the sensor cannot see, and what it sees of the weight.
    rest, next, warning
        Between sets: the rest, what follows it, and the side that is left out.
    link, streams, trouble
        The link in words, whether samples come, and what is wrong with the recording.
    sensor, battery, gaps, late
        In words; empty when there is nothing to say.
    notice_deg, alert_deg
        Bands of the tilt display, deg: above the first is a notice, above the second an alert.
    """

    stage: str
    set: int
    side: str
    load_kg: float
    number: int
    undecided: bool
    clean: int
    attempts: int
    target: int
    tempo: Tempo | None
    cue: str
    reps: tuple[ShownRep, ...]
    summaries: tuple[str, ...]
    checklist: tuple[str, ...]
    still: str
    rest: ShownRest | None
    next: ShownNext | None
    warning: str
    link: str
    streams: bool
    trouble: str
    sensor: str
    battery: str
    gaps: str
    late: str
    notice_deg: float
    alert_deg: float


@dataclass(frozen=True, slots=True)
class Pulse:
    """Where the dumbbell is.

    Attributes
    ----------
    t_s, arrived_ms
        Of the last sample, and when it came, on the session's clock.
    phase, in_phase_s
        "drive", "top", "lowering", "bottom" or "unknown", and for how long.
    tilt_deg
        None when it is not known; positive when the right end is high.
    trace
        Points (t_s, lift_deg) since the pulse before.
    """

    t_s: float
    arrived_ms: float
    phase: str
    in_phase_s: float
    tilt_deg: float | None
    trace: tuple[tuple[float, float], ...]


def shown(now: Now, link: str) -> Shown:
    """Say what is to be seen.

    Parameters
    ----------
    now
        The session so far.
    link
        State of the link in words, then what is wrong with the recording.
    """
    screen, flow = now.screen, now.flow
    link, trouble = split_words(link)
    newest = screen.reps[-1] if screen.reps else None
    exercise = by_name(screen.said.exercise or ONE_LEG_HIP_THRUST.name)
    return Shown(
        stage=flow.stage.name.lower(),
        set=screen.set.number if screen.set else 0,
        side=screen.side.value,
        load_kg=0.0 if math.isnan(screen.load_kg) else screen.load_kg,
        number=newest.rep.number if newest else 0,
        undecided=newest is not None and newest.stage is Stage.ANNOUNCED,
        clean=screen.clean,
        attempts=screen.attempts,
        target=screen.said.target_reps or 0,
        tempo=tempo_of(screen.said.tempo) if screen.said.tempo else None,
        cue=screen.cue,
        reps=tuple(map(_rep, screen.reps)),
        summaries=tuple(map(_summary, flow.sets)),
        checklist=flow.checklist,
        still=flow.still_words,
        rest=_rest(flow),
        next=_next(flow.next) if flow.stage is FlowStage.REST else None,
        warning=flow.warning,
        link=link,
        streams=link.startswith("streaming"),
        trouble=trouble,
        sensor=screen.sensor,
        battery="" if screen.battery_percent is None else battery_words(screen.battery_percent),
        gaps=f"{screen.gaps} gaps, {seconds(screen.gap_s)}" if screen.gaps else "",
        late=f"{screen.lag_s:g} s late" if screen.lag_s else "",
        notice_deg=exercise.rocking_notice_deg,
        alert_deg=exercise.rocking_alert_deg,
    )


def _summary(done: Set) -> str:
    return joined(
        f"set {done.number}",
        side_words(done.side),
        load_words(done.load_kg),
        f"{len(done.reps)} of {len(done.reps) + len(done.partials)} counted",
        f"{done.clean} clean" if done.has_verdicts else "",
        f"range {median_range_words(done)}".replace(" deg", "°"),
    )


def _rest(flow: Flow) -> ShownRest | None:
    since_s, target_s = flow.rest_since_s, flow.rest_target_s
    return None if since_s is None or target_s is None else ShownRest(since_s, target_s)


def _next(proposed: Next) -> ShownNext:
    target = counted(proposed.target_reps, "rep") if proposed.target_reps else ""
    gate = proposed.gate
    return ShownNext(
        side=proposed.side.value,
        aim=joined(load_words(proposed.load_kg), target),
        gate=gate.gate.value,
        advice=advice_words(gate),
        why=proposed.why,
    )


def _rep(event: RepEvent) -> ShownRep:
    judgement = event.rep.judgement
    undecided = event.stage is Stage.ANNOUNCED
    clean = Verdict.UNKNOWN if undecided else judgement.clean
    cells = tuple(cell.replace(" deg", "°") for cell in rep_cells(event))
    return ShownRep(cells, undecided, clean.value, judgement.rocking in ALERTS)


class Pulses:
    """Turns blocks of motion into pulses; carries when the phase began and where the trace goes on."""

    def __init__(self) -> None:
        self._phase = Phase.UNKNOWN
        self._since_s = 0.0
        self._skip = 0

    def step(self, motion: Motion, arrived_ms: float) -> Pulse:
        """Take the next block, of one sample or more, and when it came."""
        changes = np.flatnonzero(np.diff(motion.phase, prepend=np.uint8(self._phase)))
        if len(changes):
            self._since_s = float(motion.t_s[changes[-1]])
        self._phase = Phase(int(motion.phase[-1]))
        rows = range(self._skip, len(motion), TRACE_STEP)
        self._skip = (self._skip - len(motion)) % TRACE_STEP
        now_s, tilt_deg = float(motion.t_s[-1]), float(motion.tilt_deg[-1])
        return Pulse(
            t_s=round(now_s, 3),
            arrived_ms=round(arrived_ms, 1),
            phase=self._phase.name.lower(),
            in_phase_s=round(now_s - self._since_s, 3),
            tilt_deg=None if math.isnan(tilt_deg) else round(tilt_deg, 2),
            trace=tuple(
                (round(float(motion.t_s[row]), 3), round(float(motion.lift_deg[row]), 2))
                for row in rows
                if not math.isnan(motion.lift_deg[row])
            ),
        )
