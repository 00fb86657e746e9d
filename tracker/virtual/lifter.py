"""A virtual lifter plays a script: one-leg hip thrusts and all that goes around them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from itertools import groupby

import numpy as np

from tracker.virtual.keyframes import Course, Pulse
from tracker.virtual.movement import Movement, Tremor
from tracker.virtual.script import (
    Act,
    Lie,
    PickUp,
    PutDown,
    Rest,
    RollOver,
    RollUp,
    Scoot,
    Script,
    TurnEndForEnd,
    Untouched,
    WalkIn,
    WorkSet,
)
from tracker.virtual.stage import (
    BESIDE_X_M,
    CREASE_Z_M,
    PLATE_RADIUS_M,
    RESTING_HELD,
    WALK_M,
    Stage,
    rolled_m,
)
from tracker.virtual.thrust import play_set
from tracker.virtual.truth import Happening, Truth, rep_truth, set_truth

LIFTED_Z_M = 0.45
"""Height of the centre while it is lifted over the legs."""
TURNED_ABOVE_FLOOR_M = 0.08
"""How high it is held to be turned end for end."""
SLANT_DEG = 5.0
"""How far off it is put down, and how much its heading changes while it rolls: 1 sigma."""
FIDGET_LEAST_S = 4.0
"""A shorter rest passes without fidgeting."""


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """A script, played: the movement, the truth about it, and how long it takes."""

    movement: Movement
    truth: Truth
    duration_s: float


def perform(script: Script) -> Performance:
    """Play a script.

    Parameters
    ----------
    script
        What to do; with its seed it determines everything.

    Returns
    -------
    Performance
        The movement starts at 0 s; after `duration_s` nothing moves any more but a held dumbbell's tremor.
    """
    stage = Stage(script)
    happenings = []
    for act in script.acts:
        begun_s = stage.now.t_s
        _play(act, stage)
        happenings.append(Happening(act, begun_s, stage.now.t_s))
    movement = Movement(
        Course(stage.frames),
        tuple(stage.rocking),
        tuple(stage.walks),
        tuple(stage.clanks),
        Tremor(stage.tremor_deg, stage.rng),
    )
    reps = tuple(rep_truth(movement, keys) for keys in stage.keys)
    sets = tuple(set_truth(tuple(of_set)) for _, of_set in groupby(reps, key=lambda rep: rep.set))
    return Performance(movement, Truth(reps, sets, tuple(happenings)), stage.now.t_s)


@singledispatch
def _play(act: Act, _stage: Stage) -> None:
    raise TypeError(f"no lifter knows how to play {act}")


@_play.register
def _walk_in(act: WalkIn, stage: Stage) -> None:
    walk_s, turn_s, lower_s, let_go_s = np.array([0.55, 0.2, 0.2, 0.05]) * act.duration_s
    stage.walks.append(Pulse(stage.now.t_s, stage.now.t_s + walk_s, 1.0))
    stage.move(walk_s, y_m=stage.now.y_m - WALK_M)
    stage.move(turn_s, heading_deg=stage.now.heading_deg + 180.0, x_m=BESIDE_X_M)
    stage.move(lower_s, z_m=PLATE_RADIUS_M)
    stage.clank(3.0, 6.0)
    stage.move(let_go_s, held=0.0)


@_play.register
def _untouched(act: Untouched, stage: Stage) -> None:
    stage.move(act.duration_s)


@_play.register
def _pick_up(act: PickUp, stage: Stage) -> None:
    grip_s, lift_s, place_s = np.array([0.2, 0.45, 0.35]) * act.duration_s
    stage.move(grip_s, held=1.0)
    stage.move(lift_s, z_m=LIFTED_Z_M, x_m=0.5 * BESIDE_X_M, tilt_deg=stage.signed(4.0, 8.0))
    stage.move(place_s, z_m=CREASE_Z_M, x_m=0.0, tilt_deg=stage.some(1.0))
    stage.clank(1.0, 3.0)


@_play.register
def _roll_up(act: RollUp, stage: Stage) -> None:
    push_s, regrip_s = 0.45 * act.duration_s, 0.1 * act.duration_s
    for share, tilt_deg in ((0.55, stage.signed(1.0, 3.0)), (0.45, stage.some(0.7))):
        turn_deg = share * act.turn_deg
        stage.move(
            push_s,
            roll_deg=stage.now.roll_deg + turn_deg,
            y_m=stage.now.y_m - rolled_m(turn_deg),
            tilt_deg=tilt_deg,
        )
        stage.move(regrip_s)
    stage.clank(0.5, 1.5)


@_play.register
def _scoot(act: Scoot, stage: Stage) -> None:
    here, shuffle_s = stage.now, act.duration_s / 4.0
    for _ in range(2):
        stage.move(
            shuffle_s,
            roll_deg=here.roll_deg + stage.signed(3.0, 6.0),
            tilt_deg=stage.signed(1.0, 3.0),
            y_m=here.y_m - stage.rng.uniform(0.03, 0.06),
            z_m=here.z_m + stage.rng.uniform(0.01, 0.03),
        )
        stage.move(shuffle_s, roll_deg=here.roll_deg, tilt_deg=stage.some(0.7), y_m=here.y_m, z_m=here.z_m)


@_play.register
def _rest(act: Rest, stage: Stage) -> None:
    here = stage.now
    settle_s, fidget_s = 0.1 * act.duration_s, 0.08 * act.duration_s
    stage.move(settle_s, held=RESTING_HELD)
    if act.duration_s < FIDGET_LEAST_S:
        stage.move(act.duration_s - settle_s)
        return
    still_s = (act.duration_s - settle_s - 2 * fidget_s) / 2
    stage.move(still_s)
    stage.move(fidget_s, roll_deg=here.roll_deg + stage.signed(2.0, 5.0), tilt_deg=stage.signed(2.0, 4.0))
    stage.move(fidget_s, roll_deg=here.roll_deg, tilt_deg=stage.some(0.7))
    stage.move(still_s)


@_play.register
def _put_down(act: PutDown, stage: Stage) -> None:
    roll_s, lift_s, lower_s, let_go_s = np.array([0.45, 0.3, 0.2, 0.05]) * act.duration_s
    stage.move(
        roll_s,
        roll_deg=stage.now.roll_deg - act.turn_deg,
        y_m=stage.now.y_m + rolled_m(act.turn_deg),
        held=1.0,
    )
    stage.move(lift_s, z_m=LIFTED_Z_M, x_m=0.6 * BESIDE_X_M, tilt_deg=stage.signed(4.0, 8.0))
    stage.move(lower_s, z_m=PLATE_RADIUS_M, x_m=BESIDE_X_M, tilt_deg=0.0)
    stage.clank(3.0, 6.0)
    stage.move(let_go_s, held=0.0)


@_play.register
def _lie(act: Lie, stage: Stage) -> None:
    stage.move(act.duration_s)


@_play.register
def _turn_end_for_end(act: TurnEndForEnd, stage: Stage) -> None:
    here = stage.now
    grip_s, turn_s, lower_s, let_go_s = np.array([0.15, 0.5, 0.3, 0.05]) * act.duration_s
    stage.move(grip_s, held=1.0, z_m=here.z_m + TURNED_ABOVE_FLOOR_M, tilt_deg=stage.signed(2.0, 5.0))
    stage.move(turn_s, heading_deg=here.heading_deg + act.turn_deg + stage.some(SLANT_DEG))
    lies_deg = here.tilt_deg * float(np.cos(np.radians(act.turn_deg)))
    stage.move(lower_s, z_m=here.z_m, tilt_deg=lies_deg, roll_deg=here.roll_deg + stage.some(SLANT_DEG))
    stage.clank(1.0, 3.0)
    stage.move(let_go_s, held=0.0)


@_play.register
def _roll_over(act: RollOver, stage: Stage) -> None:
    stage.move(
        act.duration_s,
        roll_deg=stage.now.roll_deg - act.turn_deg,
        y_m=stage.now.y_m + rolled_m(act.turn_deg),
        heading_deg=stage.now.heading_deg + stage.some(SLANT_DEG),
    )


@_play.register
def _work_set(act: WorkSet, stage: Stage) -> None:
    play_set(act, stage)
