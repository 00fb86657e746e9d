"""Where things stand while a script is played, and all that has been played so far."""

from __future__ import annotations

import numpy as np

from tracker.virtual.keyframes import Frame, Pulse
from tracker.virtual.movement import Clank
from tracker.virtual.script import Lie, Script, WalkIn
from tracker.virtual.truth import RepKeys

PLATE_RADIUS_M = 0.10
"""Half the height of the dumbbell: its centre's height on the floor, and what it rolls on."""
CREASE_Y_M, CREASE_Z_M = 0.45, 0.22
"""The hip crease of a lifter sitting with the back against the bench's edge."""
BESIDE_X_M = 0.45
"""Where the dumbbell stands on the floor: beside the right shin."""
CARRIED_Z_M = 0.75
"""Height of the centre in hanging hands."""
WALK_M = 3.0
"""Way to the bench."""
RESTING_HELD = 0.4
"""Share of the working tremor while the weight only lies in the crease under the hands."""
TREMOR_RMS_DEG = (0.05, 0.15)
"""Least and most shaking of a lifter."""


class Stage:
    """The key poses so far, and everything that varies: drawn from the script's seed, in order.

    Attributes
    ----------
    frames, rocking, walks, clanks, keys
        What has been played: key poses, bumps of tilt, walks, knocks, and where the reps lie.
    sets
        How many sets have been started.
    seat_deg, tremor_deg
        As in `Script`; the lifter's tremor.
    """

    def __init__(self, script: Script) -> None:
        self.rng = np.random.default_rng(script.seed)
        self.tremor_deg = self.rng.uniform(*TREMOR_RMS_DEG)
        self.seat_deg = script.seat_deg
        self.frames = [_opening(script)]
        self.rocking: list[Pulse] = []
        self.walks: list[Pulse] = []
        self.clanks: list[Clank] = []
        self.keys: list[RepKeys] = []
        self.sets = 0

    @property
    def now(self) -> Frame[float]:
        """The last key pose."""
        return self.frames[-1]

    def move(self, duration_s: float, **there: float) -> None:
        """Move to new values of some of a frame's fields; a move that takes no time is left out."""
        if duration_s > 0:
            self.frames.append(self.now._replace(t_s=self.now.t_s + duration_s, **there))

    def clank(self, least_m_s2: float, most_m_s2: float) -> None:
        """Knock now, with a drawn peak acceleration."""
        self.clanks.append(Clank(self.now.t_s, self.rng.uniform(least_m_s2, most_m_s2)))

    def some(self, spread: float) -> float:
        """Draw a deviation with standard deviation `spread`, never more than twice that."""
        return float(np.clip(self.rng.normal(0.0, spread), -2 * spread, 2 * spread))

    def signed(self, least: float, most: float) -> float:
        """Draw a size between `least` and `most`, and its sign."""
        return float(self.rng.uniform(least, most) * self.rng.choice([-1.0, 1.0]))


def rolled_m(turn_deg: float) -> float:
    """How far the dumbbell comes when it rolls by `turn_deg` without slipping."""
    return PLATE_RADIUS_M * float(np.radians(turn_deg))


def _opening(script: Script) -> Frame[float]:
    seated = Frame(
        t_s=0.0,
        roll_deg=-script.seat_deg - script.first_turn_deg,
        hip_deg=0.0,
        tilt_deg=0.0,
        heading_deg=0.0,
        x_m=0.0,
        y_m=CREASE_Y_M + rolled_m(script.first_turn_deg),
        z_m=CREASE_Z_M,
        arc_radius_m=0.0,
        arc_start_deg=0.0,
        held=RESTING_HELD,
    )
    if script.acts and isinstance(script.acts[0], WalkIn):
        return seated._replace(y_m=seated.y_m + WALK_M, z_m=CARRIED_Z_M, heading_deg=-180.0, held=1.0)
    if script.acts and isinstance(script.acts[0], Lie):
        lies_deg = script.acts[0].slope_deg
        return seated._replace(x_m=BESIDE_X_M, z_m=PLATE_RADIUS_M, tilt_deg=lies_deg, held=0.0)
    if script.first_turn_deg:
        return seated._replace(x_m=BESIDE_X_M, z_m=PLATE_RADIUS_M, held=0.0)
    return seated
