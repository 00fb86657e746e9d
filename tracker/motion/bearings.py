"""What the screen shows of the rows as they come: angles, height and phase with what is known then."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from tracker.motion.dumbbell import Frame, turning_deg_s
from tracker.motion.events import Motion, Phase
from tracker.motion.history import History
from tracker.motion.orientation import Oriented
from tracker.sensing.samples import Floats

MOVING_DEG_S = 6.0
"""Turning about the handle that is shown as drive or lowering: above tremor, below a slow rep."""

CHANNELS = tuple(field.name for field in fields(Motion))

DRIVE, TOP, LOWERING, BOTTOM = (
    np.uint8(phase) for phase in (Phase.DRIVE, Phase.TOP, Phase.LOWERING, Phase.BOTTOM)
)


class Show(Enum):
    """What is shown of the rows, and when."""

    AS_THEY_COME = "as they come"
    """Each row at once, with what is known when it comes."""
    NOTHING = "nothing"
    """Only their times, and only what is settled is told: the quickest."""
    SETTLED = "settled"
    """Each row once, late, with the last word on it (settled.py); what is told is as with nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Bearings:
    """How rows are shown from `row` on.

    Attributes
    ----------
    frame
        Which way the sensor is clipped.
    range_deg
        The set's usual range; nan when no set is open, then there is no phase.
    heading_deg, t_s, velocity_m_s, height_m
        At the last bottom: twist and height start from there.
    """

    row: int
    frame: Frame
    range_deg: float
    heading_deg: float
    t_s: float
    velocity_m_s: float
    height_m: float

    @classmethod
    def at(cls, history: History, bottom: int, row: int, frame: Frame, range_deg: float) -> Bearings:
        """Bearings that hold from `row` on and start from the bottom at row `bottom`."""
        rows = history.cut(bottom, bottom + 1)
        there = rows.at(0)
        heading_deg = frame.heading_at(rows, 0)
        return cls(row, frame, range_deg, heading_deg, there.t_s, there.velocity, there.height)

    def motion(self, rows: Oriented) -> Motion:
        """Show rows; height drifts with the accelerometer's error until the next bottom.

        Between sets there is no rep that twist, height or phase could belong to.
        """
        lift, tilt = self.frame.lift_deg(rows.up), self.frame.tilt_deg(rows.up)
        turning = turning_deg_s(rows.rate)
        if np.isnan(self.range_deg):
            nothing = np.full(len(rows), np.nan)
            return Motion(rows.t_s.copy(), lift, tilt, nothing, nothing, turning, _no_phase(rows))
        twist = self.frame.heading_deg(rows) - self.heading_deg
        since_s = rows.t_s - self.t_s
        return Motion(
            t_s=rows.t_s.copy(),
            lift_deg=lift,
            tilt_deg=tilt,
            twist_deg=(twist + 180.0) % 360.0 - 180.0,
            height_m=rows.height - self.height_m - self.velocity_m_s * since_s,
            turning_deg_s=turning,
            phase=self._phase(lift, self.frame.lift_rate_deg_s(rows.rate)),
        )

    def _phase(self, lift: Floats, rate: Floats) -> NDArray[np.uint8]:
        resting = np.where(lift > -0.5 * self.range_deg, TOP, BOTTOM)
        moving = np.where(rate > 0, DRIVE, LOWERING)
        return np.where(np.abs(rate) >= MOVING_DEG_S, moving, resting)


def unclipped(rows: Oriented) -> Motion:
    """Rows for which it is not known how the sensor is clipped."""
    nothing = np.full(len(rows), np.nan)
    turning = turning_deg_s(rows.rate)
    return Motion(rows.t_s.copy(), nothing, nothing, nothing, nothing, turning, _no_phase(rows))


def unseen(rows: Oriented) -> Motion:
    """Rows that nobody looks at: their times alone."""
    nothing = np.full(len(rows), np.nan)
    return Motion(rows.t_s.copy(), nothing, nothing, nothing, nothing, nothing, _no_phase(rows))


def _no_phase(rows: Oriented) -> NDArray[np.uint8]:
    return np.zeros(len(rows), np.uint8)


def joined(motions: list[Motion]) -> Motion:
    """One block of several."""
    if len(motions) == 1:
        return motions[0]
    none = np.zeros(0)
    if not motions:
        return Motion(none, none, none, none, none, none, np.zeros(0, np.uint8))
    return Motion(*(np.concatenate([getattr(motion, name) for motion in motions]) for name in CHANNELS))
