"""The five tables of a session, schema 1: the columns, their order and where each comes from.

Times are s on the recording's t_s; an empty cell (nan, <NA>, "") was not measured. `reps` also holds
the tried motions of a set that were not counted: counted is "no", and they have no number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from tracker.archive.columns import CM, COUNT, DEG, DEG_S, KG, M_S, PCT, SHARE, TEXT, Column, S, lay_out
from tracker.coaching.group import (
    Group,
    bottom_deg,
    concentric_s,
    eccentric_s,
    rom_deg,
    slide_deg,
    start_time,
    top_hold_s,
)
from tracker.coaching.judgements import NOT_JUDGED
from tracker.coaching.results import BalanceMeasure, Cue, Judgement, Rocking, Session, Set, Speaker
from tracker.motion.events import Channel, Rep
from tracker.sensing.marks import Side

SCHEMA = 1
"""Version of names, order and meaning of the columns."""

CM_PER_M = 100.0


@dataclass(frozen=True, slots=True)
class _Attempt:
    session: Session
    set: Set
    number: int | None
    rep: Rep
    judgement: Judgement = NOT_JUDGED
    cues: tuple[Cue, ...] = ()
    said_by: Speaker = Speaker.SENSOR


@dataclass(frozen=True, slots=True)
class _Motion:
    rep: Rep
    reason: str
    set: int | None
    number: int | None


def reps(session: Session) -> pd.DataFrame:
    """One row per counted rep and per tried motion of a set, in order of time."""
    return lay_out(_REPS, [attempt for one in session.sets for attempt in _attempts(session, one)])


def sets(session: Session) -> pd.DataFrame:
    """One row per set; the times of the phases are medians over its counted reps."""
    return lay_out(_SETS, [Group(session, (one,)) for one in session.sets])


def sides(session: Session) -> pd.DataFrame:
    """One row per side that has a set: left, right, unknown; medians over its counted reps."""
    of_side = {side: tuple(one for one in session.sets if one.side is side) for side in Side}
    return lay_out(_SIDES, [Group(session, of_side[side]) for side in Side if of_side[side]])


def balance(session: Session) -> pd.DataFrame:
    """One row per measure of left against right; none until both sides have a set."""
    return lay_out(_BALANCE, [(session, measure) for measure in session.balance])


def motions(session: Session) -> pd.DataFrame:
    """Every counted and every rejected motion, in order of time; set is empty outside of sets."""
    found = [_Motion(rep.rep, "", one.number, rep.number) for one in session.sets for rep in one.reps]
    set_of = {motion.rep.candidate: one.number for one in session.sets for motion in one.partials}
    for motion in session.rejected:
        found.append(_Motion(motion.rep, motion.reason.value, set_of.get(motion.rep.candidate), None))
    return lay_out(_MOTIONS, sorted(found, key=lambda motion: motion.rep.t_start_s))


TABLES = (reps, sets, sides, balance, motions)
"""All five; each one's name is that of its function."""


def _attempts(session: Session, one: Set) -> list[_Attempt]:
    counted = [
        _Attempt(session, one, rep.number, rep.rep, rep.judgement, rep.cues, rep.said_by) for rep in one.reps
    ]
    tried = [_Attempt(session, one, None, motion.rep) for motion in one.partials]
    return sorted(counted + tried, key=lambda attempt: attempt.rep.t_start_s)


def _tempo(rep: Rep) -> str:
    phases = (eccentric_s(rep), rep.bottom_s, concentric_s(rep), top_hold_s(rep))
    return "" if any(map(math.isnan, phases)) else "-".join(f"{phase:.0f}" for phase in phases)


def _range(rep: Rep, channel: Channel) -> float:
    return rep.rom_deg if channel is Channel.LIFT else rep.travel_m


def _rom_pct(attempt: _Attempt) -> float:
    channel = attempt.rep.carried_by
    ranges = (_range(rep.rep, channel) for rep in attempt.set.reps)
    best = max(filter(math.isfinite, ranges), default=math.nan)
    return 100 * _range(attempt.rep, channel) / best if best > 0 else math.nan


def _known(side: Side) -> str:
    return "" if side is Side.UNKNOWN else side.value


def _rocking(level: Rocking) -> str:
    return "" if level is Rocking.UNKNOWN else level.value


_REPS: tuple[Column[_Attempt], ...] = (
    Column("session_id", TEXT, lambda a: a.session.session_id),
    Column("set", COUNT, lambda a: a.set.number),
    Column("side", TEXT, lambda a: a.set.side.value),
    Column("rep", COUNT, lambda a: a.number),
    Column("counted", TEXT, lambda a: "no" if a.number is None else "yes"),
    Column("start_time", TEXT, lambda a: start_time(a.session, a.rep.t_start_s)),
    Column("t_start_s", S, lambda a: a.rep.t_start_s),
    Column("t_top_s", S, lambda a: a.rep.t_top_s),
    Column("t_leave_top_s", S, lambda a: a.rep.t_leave_top_s),
    Column("t_end_s", S, lambda a: a.rep.t_end_s),
    Column("concentric_s", S, lambda a: concentric_s(a.rep)),
    Column("top_hold_s", S, lambda a: top_hold_s(a.rep)),
    Column("eccentric_s", S, lambda a: eccentric_s(a.rep)),
    Column("bottom_s", S, lambda a: a.rep.bottom_s),
    Column("tempo", TEXT, lambda a: _tempo(a.rep)),
    Column("rom_deg", DEG, lambda a: a.rep.rom_deg),
    Column("travel_cm", CM, lambda a: a.rep.travel_m * CM_PER_M),
    Column("rom_pct", PCT, _rom_pct),
    Column("carried_by", TEXT, lambda a: a.rep.carried_by.value),
    Column("lockout", TEXT, lambda a: a.judgement.lockout.value),
    Column("top_short_deg", DEG, lambda a: a.judgement.top_short_deg),
    Column("overshoot_deg", DEG, lambda a: a.judgement.overshoot_deg),
    Column("overarch", TEXT, lambda a: a.judgement.overarch.value),
    Column("tilt_top_deg", DEG, lambda a: a.rep.tilt_top_deg),
    Column("tilt_top_change_deg", DEG, lambda a: a.judgement.tilt_top_change_deg),
    Column("rocking_peak_deg", DEG, lambda a: abs(a.rep.rocking_peak_deg)),
    Column("rocking_alert", TEXT, lambda a: _rocking(a.judgement.rocking)),
    Column("low_side", TEXT, lambda a: _known(a.judgement.low_side)),
    Column("twist_deg", DEG, lambda a: a.rep.twist_deg),
    Column("bounce", TEXT, lambda a: a.judgement.bounce.value),
    Column("slide_deg", DEG, lambda a: a.judgement.slide_deg),
    Column("peak_speed_deg_s", DEG_S, lambda a: a.rep.peak_speed_deg_s),
    Column("mean_velocity_m_s", M_S, lambda a: a.rep.mean_velocity_m_s),
    Column("clean", TEXT, lambda a: a.judgement.clean.value),
    Column("cues", TEXT, lambda a: "; ".join(cue.value for cue in a.cues)),
    Column("gap_s", S, lambda a: a.rep.gap_s),
    Column("confidence", SHARE, lambda a: a.rep.confidence),
    Column("said_by", TEXT, lambda a: a.said_by.value),
    Column("load_kg", KG, lambda a: a.set.load_kg),
)

_REPS_TOGETHER: tuple[Column[Group], ...] = (
    Column("attempts", COUNT, lambda g: g.attempts),
    Column("reps", COUNT, lambda g: len(g.reps)),
    Column("clean", COUNT, lambda g: g.clean),
    Column("lockout_rate", SHARE, lambda g: g.lockout_rate),
    Column("concentric_s", S, lambda g: g.median(concentric_s)),
    Column("top_hold_s", S, lambda g: g.median(top_hold_s)),
    Column("eccentric_s", S, lambda g: g.median(eccentric_s)),
    Column("bottom_s", S, lambda g: g.median(lambda rep: rep.bottom_s)),
)

_SETS: tuple[Column[Group], ...] = (
    Column("session_id", TEXT, lambda g: g.session.session_id),
    Column("set", COUNT, lambda g: g.first.number),
    Column("side", TEXT, lambda g: g.first.side.value),
    Column("athlete", TEXT, lambda g: g.first.athlete),
    Column("exercise", TEXT, lambda g: g.first.exercise),
    Column("load_kg", KG, lambda g: g.first.load_kg),
    Column("start_time", TEXT, lambda g: start_time(g.session, g.first.t_start_s)),
    Column("t_start_s", S, lambda g: g.first.t_start_s),
    Column("t_end_s", S, lambda g: g.first.t_end_s),
    Column("rest_before_s", S, lambda g: g.first.rest_before_s),
    *_REPS_TOGETHER,
    Column("tempo_spread_s", S, lambda g: g.tempo_spread_s),
    Column("rom_deg_first", DEG, lambda g: g.first_and_last(rom_deg)[0]),
    Column("rom_deg_last", DEG, lambda g: g.first_and_last(rom_deg)[1]),
    Column("rom_decay_pct", PCT, lambda g: g.rom_decay_pct),
    Column("depth_change_deg", DEG, lambda g: g.change(bottom_deg)),
    Column("slide_deg", DEG, lambda g: g.change(slide_deg)),
    Column("tilt_top_deg", DEG, lambda g: g.median(lambda rep: rep.tilt_top_deg)),
    Column("rocking_alerts", COUNT, lambda g: g.rocking_alerts),
    Column("cues", TEXT, lambda g: g.cues),
    Column("gate", TEXT, lambda g: g.gate.value),
    Column("gate_reason", TEXT, lambda g: g.first.gate.reason),
    Column("gap_s", S, lambda g: g.first.gap_s),
)

_SIDES: tuple[Column[Group], ...] = (
    Column("session_id", TEXT, lambda g: g.session.session_id),
    Column("start_time", TEXT, lambda g: start_time(g.session, g.first.t_start_s)),
    Column("athlete", TEXT, lambda g: g.named(lambda one: one.athlete)),
    Column("exercise", TEXT, lambda g: g.named(lambda one: one.exercise)),
    Column("side", TEXT, lambda g: g.first.side.value),
    Column("sets", COUNT, lambda g: len(g.sets)),
    Column("load_kg_max", KG, lambda g: g.load_kg_max),
    Column("volume_kg", KG, lambda g: g.volume_kg),
    *_REPS_TOGETHER,
    Column("rom_deg", DEG, lambda g: g.median(lambda rep: rep.rom_deg)),
    Column("travel_cm", CM, lambda g: g.median(lambda rep: rep.travel_m) * CM_PER_M),
    Column("tilt_top_deg", DEG, lambda g: g.median(lambda rep: rep.tilt_top_deg)),
    Column("rocking_alerts", COUNT, lambda g: g.rocking_alerts),
    Column("gate", TEXT, lambda g: g.gate.value),
)

_BALANCE: tuple[Column[tuple[Session, BalanceMeasure]], ...] = (
    Column("session_id", TEXT, lambda row: row[0].session_id),
    Column("measure", TEXT, lambda row: row[1].measure),
    Column("left", SHARE, lambda row: row[1].left),
    Column("right", SHARE, lambda row: row[1].right),
    Column("difference_pct", PCT, lambda row: row[1].difference_pct),
    Column("stronger_side", TEXT, lambda row: _known(row[1].stronger_side)),
    Column("noise_pct", PCT, lambda row: row[1].noise_pct),
    Column("beyond_noise", TEXT, lambda row: row[1].beyond_noise.value),
)

_MOTIONS: tuple[Column[_Motion], ...] = (
    Column("t_start_s", S, lambda m: m.rep.t_start_s),
    Column("t_end_s", S, lambda m: m.rep.t_end_s),
    Column("kind", TEXT, lambda m: "rejected" if m.number is None else "rep"),
    Column("reason", TEXT, lambda m: m.reason),
    Column("rom_deg", DEG, lambda m: m.rep.rom_deg),
    Column("travel_cm", CM, lambda m: m.rep.travel_m * CM_PER_M),
    Column("confidence", SHARE, lambda m: m.rep.confidence),
    Column("set", COUNT, lambda m: m.set),
    Column("rep", COUNT, lambda m: m.number),
)
