"""What really happened, by the definitions that every table uses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tracker.virtual.keyframes import Floats
from tracker.virtual.movement import Intended, Movement
from tracker.virtual.script import Act, Leg

BEGUN = 0.05
"""A phase starts when it has covered this share of its own range ..."""
DONE = 0.95
"""... and ends at this one."""
GRID_S = 5e-3
"""Spacing of the instants between which a border is interpolated: good to 0.1 ms."""


@dataclass(frozen=True, slots=True)
class RepTruth:
    """One rep.

    Attributes
    ----------
    set, leg, rep
        Number of the set, working leg, number in the set; numbers from 1.
    t_start_s, t_top_s, t_leave_top_s, t_end_s
        Drive begins and ends, lowering begins and ends: 5 % and 95 % of each one's range of lift.
    rom_deg, travel_m
        Range of lift and of height in the drive, extreme to extreme.
    locked_out
        Whether the script asked for the lockout.
    rocking_peak_deg
        Largest rocking inside the rep, signed: positive when the right end was high; 0 without rocking.
    tilt_top_deg
        Mean tilt from t_top_s to t_leave_top_s, rocking included.
    twist_deg
        Mean heading over the same time against the heading at t_start_s.
    """

    set: int
    leg: Leg
    rep: int
    t_start_s: float
    t_top_s: float
    t_leave_top_s: float
    t_end_s: float
    rom_deg: float
    travel_m: float
    locked_out: bool
    rocking_peak_deg: float
    tilt_top_deg: float
    twist_deg: float


@dataclass(frozen=True, slots=True)
class SetTruth:
    """One set, from its first drive's begin to its last lowering's end."""

    set: int
    leg: Leg
    t_start_s: float
    t_end_s: float
    reps: int


@dataclass(frozen=True, slots=True)
class Happening:
    """When an act of the script was played."""

    act: Act
    t_start_s: float
    t_end_s: float


@dataclass(frozen=True, slots=True)
class Truth:
    """All there is to know about a session, in order of time."""

    reps: tuple[RepTruth, ...]
    sets: tuple[SetTruth, ...]
    happenings: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class RepKeys:
    """The key poses a rep was made of: where to look for its borders.

    Lift only rises from `drive_s` to `top_s` and only falls from there to `low_s`.
    """

    set: int
    leg: Leg
    rep: int
    drive_s: float
    top_s: float
    low_s: float
    locked_out: bool


def rep_truth(movement: Movement, keys: RepKeys) -> RepTruth:
    """Measure one rep on the movement without shaking, by the 5 % / 95 % definition."""
    up_s = _grid(keys.drive_s, keys.top_s)
    up, down_s = movement.intended(up_s), _grid(keys.top_s, keys.low_s)
    down = movement.intended(down_s)
    t_start_s, t_top_s = _borders_s(up_s, up.lift_deg)
    t_leave_top_s, t_end_s = _borders_s(down_s, -down.lift_deg)
    top = movement.intended(_grid(t_top_s, t_leave_top_s))
    start = movement.intended(np.array([t_start_s]))
    return RepTruth(
        set=keys.set,
        leg=keys.leg,
        rep=keys.rep,
        t_start_s=t_start_s,
        t_top_s=t_top_s,
        t_leave_top_s=t_leave_top_s,
        t_end_s=t_end_s,
        rom_deg=float(np.ptp(up.lift_deg)),
        travel_m=float(np.ptp(up.position_m[:, 2])),
        locked_out=keys.locked_out,
        rocking_peak_deg=_peak(movement.intended(_grid(t_start_s, t_end_s))),
        tilt_top_deg=float(top.tilt_deg.mean()),
        twist_deg=float(top.heading_deg.mean() - start.heading_deg[0]),
    )


def set_truth(reps: tuple[RepTruth, ...]) -> SetTruth:
    """Sum up the reps of one set."""
    return SetTruth(reps[0].set, reps[0].leg, reps[0].t_start_s, reps[-1].t_end_s, len(reps))


def _grid(start_s: float, end_s: float) -> Floats:
    return np.linspace(start_s, end_s, max(2, round((end_s - start_s) / GRID_S) + 1))


def _borders_s(t_s: Floats, rising: Floats) -> tuple[float, float]:
    levels = rising[0] + np.array([BEGUN, DONE]) * (rising[-1] - rising[0])
    begun_s, done_s = np.interp(levels, rising, t_s)
    return float(begun_s), float(done_s)


def _peak(meant: Intended) -> float:
    return float(meant.rocking_deg[np.argmax(np.abs(meant.rocking_deg))])
