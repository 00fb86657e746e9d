"""The dumbbell's movement at any time: what the lifter meant, and the shaking on top of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tracker.virtual.keyframes import Course, Floats, Frame, Pulse

TREMOR_HZ = (2.0, 8.0)
"""Band of a loaded hand's and hip's shaking."""
TREMOR_WAVES = 6
"""Sines that make it up: enough for it not to look periodic within a rep."""
TREMOR_AXES = (1.0, 0.6, 0.6)
"""Share of the tremor about lift, tilt and heading: the long axis is the one that is least held."""
TREMOR_M_PER_DEG = 1e-3
"""Shaking of the centre that goes with a degree of tremor: about 0.1 m/s2 for 0.1 deg."""
STRIDE_HZ = 0.9
"""Strides a second of a short walk with a weight; the body bobs twice a stride."""
BOB_M = 0.02
SWAY_M = 0.015
SWING_DEG = 5.0
"""How a carried dumbbell moves with the steps: up and down, sideways, and about each axis."""
CLANK_HZ = 25.0
"""Ring of plates on a handle, kept below the half of a 100 Hz sensor's rate."""
CLANK_S = 0.12
"""How long it rings."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Where the dumbbell is and how it is turned, at n instants.

    Attributes
    ----------
    position_m
        Shape (n, 3), its centre on earth, z up.
    earth_from_dumbbell
        Shape (n, 4), unit quaternions w, x, y, z; dumbbell x to the lifter's right end, z up when level
        at the top, y toward the feet.
    """

    position_m: Floats
    earth_from_dumbbell: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Intended:
    """The movement without shaking, at n instants.

    Attributes
    ----------
    lift_deg, tilt_deg, heading_deg
        Shape (n,); lift and tilt as the architecture defines them, heading of the handle's x.
    rocking_deg
        Shape (n,), the part of the tilt that is rocking.
    position_m
        Shape (n, 3).
    """

    lift_deg: Floats
    tilt_deg: Floats
    heading_deg: Floats
    rocking_deg: Floats
    position_m: Floats

    @property
    def angles_deg(self) -> Floats:
        """Lift, tilt and heading, shape (3, n)."""
        return np.stack([self.lift_deg, self.tilt_deg, self.heading_deg])


@dataclass(frozen=True, slots=True)
class Clank:
    """A knock at `start_s`: the plates ring up and down with a peak of about `peak_m_s2`."""

    start_s: float
    peak_m_s2: float

    @property
    def end_s(self) -> float:
        """When it has rung out."""
        return self.start_s + CLANK_S

    def at(self, t_s: Floats) -> Floats:
        """Height it adds at the times `t_s`, shape (n,), m."""
        ring_rad_s = 2.0 * np.pi * CLANK_HZ
        window = Pulse(self.start_s, self.end_s, self.peak_m_s2 / ring_rad_s**2)
        ring: Floats = window.at(t_s) * np.sin(ring_rad_s * (t_s - self.start_s))
        return ring


class Tremor:
    """A sum of sines between 2 and 8 Hz on six channels: lift, tilt, heading (deg), x, y, z (m).

    Parameters
    ----------
    rms_deg
        Root mean square about the long axis, deg.
    rng
        Draws the frequencies and phases.
    """

    def __init__(self, rms_deg: float, rng: np.random.Generator) -> None:
        channels = 2 * len(TREMOR_AXES)
        self._rad_s = 2.0 * np.pi * rng.uniform(*TREMOR_HZ, (channels, TREMOR_WAVES, 1))
        self._phase = rng.uniform(0.0, 2.0 * np.pi, (channels, TREMOR_WAVES, 1))
        turning = rms_deg * np.array(TREMOR_AXES)
        rms = np.concatenate([turning, turning * TREMOR_M_PER_DEG])
        self._amplitude = rms[:, None] * np.sqrt(2.0 / TREMOR_WAVES)

    def at(self, t_s: Floats) -> Floats:
        """Shaking at the times `t_s` (n,): shape (6, n)."""
        shaking: Floats = self._amplitude * np.sin(self._rad_s * t_s + self._phase).sum(axis=1)
        return shaking


class Movement:
    """Everything the dumbbell does, as a function of time.

    Parameters
    ----------
    course
        The key poses.
    rocking
        Bumps of tilt, deg.
    walks
        Bumps of size 1 while the lifter walks.
    clanks
        Knocks.
    tremor
        Shaking while it is held.
    """

    def __init__(
        self,
        course: Course,
        rocking: tuple[Pulse, ...],
        walks: tuple[Pulse, ...],
        clanks: tuple[Clank, ...],
        tremor: Tremor,
    ) -> None:
        self._course = course
        self._rocking = rocking
        self._walks = walks
        self._clanks = clanks
        self._tremor = tremor

    def intended(self, t_s: Floats) -> Intended:
        """Return the movement without tremor, steps and knocks, at the times `t_s`, shape (n,), s."""
        return self._intended(self._course.at(t_s))

    def pose(self, t_s: Floats) -> Pose:
        """Return the whole movement, shaking included, at the times `t_s`, shape (n,), s."""
        frame = self._course.at(t_s)
        meant = self._intended(frame)
        shaking = frame.held * self._tremor.at(t_s) + _steps(t_s) * _sum(self._walks, t_s)
        lift_deg, tilt_deg, heading_deg = shaking[:3] + meant.angles_deg
        position_m = meant.position_m + shaking[3:].T
        position_m[:, 2] += _sum(self._clanks, t_s)
        return Pose(position_m, _earth_from_dumbbell(lift_deg, tilt_deg, heading_deg))

    def _intended(self, frame: Frame[Floats]) -> Intended:
        rocking_deg = _sum(self._rocking, frame.t_s)
        return Intended(
            lift_deg=frame.roll_deg + frame.hip_deg,
            tilt_deg=frame.tilt_deg + rocking_deg,
            heading_deg=frame.heading_deg,
            rocking_deg=rocking_deg,
            position_m=_position_m(frame),
        )


def _earth_from_dumbbell(lift_deg: Floats, tilt_deg: Floats, heading_deg: Floats) -> Floats:
    """Turn by lift about x, then -tilt about y, then heading about z: quaternions w, x, y, z, (n, 4)."""
    halves = np.radians(np.stack([lift_deg, -tilt_deg, heading_deg])) / 2.0
    (cos_x, cos_y, cos_z), (sin_x, sin_y, sin_z) = np.cos(halves), np.sin(halves)
    w = cos_x * cos_y * cos_z + sin_x * sin_y * sin_z
    x = sin_x * cos_y * cos_z - cos_x * sin_y * sin_z
    y = cos_x * sin_y * cos_z + sin_x * cos_y * sin_z
    z = cos_x * cos_y * sin_z - sin_x * sin_y * cos_z
    return np.stack([w, x, y, z], axis=1)


def _position_m(frame: Frame[Floats]) -> Floats:
    seat = np.radians(frame.arc_start_deg)
    hip = np.radians(frame.arc_start_deg + frame.hip_deg)
    y_m = frame.y_m + frame.arc_radius_m * (np.cos(hip) - np.cos(seat))
    z_m = frame.z_m + frame.arc_radius_m * (np.sin(hip) - np.sin(seat))
    return np.stack([frame.x_m, y_m, z_m], axis=1)


def _sum(bumps: tuple[Pulse, ...] | tuple[Clank, ...], t_s: Floats) -> Floats:
    total = np.zeros_like(t_s)
    earliest_s, latest_s = t_s.min(), t_s.max()
    for bump in bumps:
        if bump.start_s < latest_s and bump.end_s > earliest_s:
            total += bump.at(t_s)
    return total


def _steps(t_s: Floats) -> Floats:
    stride = 2.0 * np.pi * STRIDE_HZ * t_s
    once, twice = np.sin(stride), np.sin(2.0 * stride)
    return np.stack(
        [SWING_DEG * twice, SWING_DEG * once, SWING_DEG * once, SWAY_M * once, 0.0 * once, BOB_M * twice]
    )
