"""The types that come out of motion: what the dumbbell did, and how sure that is.

Times are s on the recording's t_s. nan means "not measured" or "not known yet". Frames, signs and
the definition of a phase border are those of the README ("Frames and definitions").
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tracker.sensing.samples import Floats


class Phase(IntEnum):
    """Where in the cycle the dumbbell is, as far as is known at that sample."""

    UNKNOWN = 0
    DRIVE = 1
    TOP = 2
    LOWERING = 3
    BOTTOM = 4


class Channel(StrEnum):
    """Which signal carried a rep."""

    LIFT = "lift"
    HEIGHT = "height"


class Stage(StrEnum):
    """How final a rep is."""

    ANNOUNCED = "announced"
    """A top was reached; the rep may still be withdrawn."""
    CONFIRMED = "confirmed"
    """The lowering is done and the rep counts."""
    REVISED = "revised"
    """It still counts; some of its numbers have changed."""
    WITHDRAWN = "withdrawn"
    """It was none; a `Rejected` with the reason follows."""
    SETTLED = "settled"
    """The set is over; nothing in it changes any more."""


class Reason(StrEnum):
    """Why a motion was not counted: what motion saw, and at the end what the person said of a counted rep."""

    NO_HOLD = "never still at the top"
    NOT_RETURNED = "did not come back to where it started"
    TOO_SMALL = "much smaller than the set's reps"
    ALONE = "no other rep like it"
    NOT_RISING = "did not rise"
    CARRIED = "dumbbell was carried or turned over"
    LOWERED_FIRST = "lowered before it was lifted"
    GAP = "too many samples were lost in it"
    TAKEN_OUT = "taken out by the person"
    OUTSIDE_OF_TRAINING = "outside of what the person says was training"


TRIED = (Reason.TOO_SMALL, Reason.NOT_RETURNED)
"""Why something that was meant as a rep does not count."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """What the dumbbell did, sample by sample, as it was known when the sample came.

    Attributes
    ----------
    t_s
        Shape (n,), s.
    lift_deg, tilt_deg
        Shape (n,), deg; nan until it is known how the sensor is clipped.
    twist_deg, height_m
        Shape (n,), deg and m since the last bottom; nan between sets, height also without acceleration.
    turning_deg_s
        Shape (n,), deg/s, turning about any axis, the gyroscope's offset taken off as far as it is known;
        it needs no knowledge of the clip.
    phase
        Shape (n,), `Phase` as uint8.
    """

    t_s: Floats
    lift_deg: Floats
    tilt_deg: Floats
    twist_deg: Floats
    height_m: Floats
    turning_deg_s: Floats
    phase: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.t_s)


@dataclass(frozen=True, slots=True)
class Rep:
    """One cycle of the dumbbell: drive, top hold, lowering, and the bottom after it.

    Attributes
    ----------
    candidate
        Number of the motion in the recording, the same from its announcement to its settlement.
    t_start_s, t_top_s, t_leave_top_s, t_end_s
        Drive begins, drive ends, lowering begins, lowering ends.
    bottom_s
        Dwell after this rep's lowering, before the next drive; nan for a set's last.
    rom_deg, travel_m
        Range of lift and of height in the drive, extreme to extreme.
    carried_by
        The channel that its range is read from: height where the hands keep the dumbbell level.
    start_deg, top_deg, end_deg
        Lift before the drive, in the top hold, and after the lowering, on one axis for the set.
    tilt_top_deg
        Mean tilt in the top hold, right end high is positive.
    rocking_peak_deg
        Largest |tilt| that neither the rep's own geometry nor slow sliding explains, signed:
        positive when the right end was high.
    twist_deg
        Heading of the handle at the top against the start of the drive.
    turnaround_s, turnaround_m_s2
        How long the reversal before this drive took, and the highest upward acceleration in it.
    peak_speed_deg_s, lowering_speed_deg_s, mean_velocity_m_s
        Fastest turning in drive and lowering; mean upward velocity between the drive's borders.
    finish_share
        Speed of lift in the last fifth of the drive's time, as a share of the whole drive's.
    still_deg_s
        Least turning in the top hold.
    gap_s
        Longest stretch without samples inside the rep.
    clipped
        True when a sensor was at the end of its range inside the rep.
    confidence
        0-1, how far it is from the gates that a rep must pass: above 0.5 it passes all of them.
    """

    candidate: int
    t_start_s: float
    t_top_s: float
    t_leave_top_s: float
    t_end_s: float
    bottom_s: float
    rom_deg: float
    travel_m: float
    carried_by: Channel
    start_deg: float
    top_deg: float
    end_deg: float
    tilt_top_deg: float
    rocking_peak_deg: float
    twist_deg: float
    turnaround_s: float
    turnaround_m_s2: float
    peak_speed_deg_s: float
    lowering_speed_deg_s: float
    mean_velocity_m_s: float
    finish_share: float
    still_deg_s: float
    gap_s: float
    clipped: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class RejectedMotion:
    """A motion that was looked at and not counted, with the measurements a rep has."""

    reason: Reason
    rep: Rep


@dataclass(frozen=True, slots=True)
class RepSeen:
    """Something became known about a rep, at `t_s`."""

    t_s: float
    stage: Stage
    set: int
    rep: Rep


@dataclass(frozen=True, slots=True)
class Rejected:
    """A motion was not counted; decided at `t_s`."""

    t_s: float
    motion: RejectedMotion


@dataclass(frozen=True, slots=True)
class SetStarted:
    """A set is on; it began at `t_start_s` and this was known at `t_s`."""

    t_s: float
    set: int
    t_start_s: float


class Clip(StrEnum):
    """What is known of how the sensor sits on the dumbbell."""

    NOT_CALIBRATED = "not calibrated"
    AS_CALIBRATED = "as calibrated"
    MOVED = "the drives turn about another axis than the calibrated handle: clipped on otherwise since"


@dataclass(frozen=True, slots=True)
class SetEnded:
    """A set is over; it lasted from the first drive to the last bottom.

    When nothing in it was a rep after all, both are the time at which that was known.

    Attributes
    ----------
    handle
        Direction of the handle in the sensor's frame, a unit vector; None when it is not known.
    disagreement_deg
        Median angle between up as found here and as the sensor's own orientation has it; nan without one.
    clip
        Whether its tilt was measured on the handle as it was calibrated.
    tilt_sure_deg
        How far all its tilts may be off together, 1 sigma, deg: the handle's slope is known no better.
    """

    t_s: float
    set: int
    t_start_s: float
    t_end_s: float
    handle: tuple[float, float, float] | None = None
    disagreement_deg: float = math.nan
    clip: Clip = Clip.NOT_CALIBRATED
    tilt_sure_deg: float = math.nan


MotionEvent: TypeAlias = RepSeen | Rejected | SetStarted | SetEnded
