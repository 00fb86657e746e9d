"""Key poses in time, joined by minimum-jerk moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
T = TypeVar("T", float, Floats)


class Frame(NamedTuple, Generic[T]):
    """Where everything is: one key pose (floats), or many instants of a course (arrays of shape (n,)).

    Attributes
    ----------
    t_s
        Time, s from the start of the session.
    roll_deg
        Lift that the rolling on the legs has brought; -seat while the weight is in the crease.
    hip_deg
        How far the hips have turned above their seat on the floor.
    tilt_deg, heading_deg
        Right end high, and the handle's heading against the bench.
    x_m, y_m, z_m
        Centre of the dumbbell with the hips on the floor: to the lifter's right, toward the feet, up.
    arc_radius_m, arc_start_deg
        The arc that `hip_deg` moves the dumbbell on.
    held
        Share of the tremor that reaches it: 0 on the floor, 1 in working hands.
    """

    t_s: T
    roll_deg: T
    hip_deg: T
    tilt_deg: T
    heading_deg: T
    x_m: T
    y_m: T
    z_m: T
    arc_radius_m: T
    arc_start_deg: T
    held: T


class Course:
    """Key poses joined by moves from rest to rest; before the first and after the last nothing moves.

    Each move is the quintic of least jerk (Flash and Hogan 1985): position, velocity and acceleration are
    continuous everywhere.

    Parameters
    ----------
    frames
        At least two, rising in time.

    Raises
    ------
    ValueError
        If there are fewer, or time does not rise.
    """

    def __init__(self, frames: Sequence[Frame[float]]) -> None:
        table = np.array(frames, np.float64).T
        self._t_s = table[0]
        self._values = table[1:]
        if len(frames) < 2 or not np.all(np.diff(self._t_s) > 0):
            raise ValueError("a course needs at least two key poses, rising in time")

    def at(self, t_s: Floats) -> Frame[Floats]:
        """Return everything at the times `t_s`, shape (n,)."""
        move = np.searchsorted(self._t_s, t_s, side="right") - 1
        move = np.clip(move, 0, len(self._t_s) - 2)
        begun, done = self._t_s[move], self._t_s[move + 1]
        share = minimum_jerk(np.clip((t_s - begun) / (done - begun), 0.0, 1.0))
        before, after = self._values[:, move], self._values[:, move + 1]
        return Frame(t_s, *(before + (after - before) * share))


def minimum_jerk(share: Floats) -> Floats:
    """Covered share of a move's way after a share 0-1 of its time."""
    return share**3 * (10.0 + share * (6.0 * share - 15.0))


@dataclass(frozen=True, slots=True)
class Pulse:
    """A smooth bump: zero outside start_s..end_s, `size` in its middle, continuous to the acceleration."""

    start_s: float
    end_s: float
    size: float

    def at(self, t_s: Floats) -> Floats:
        """Value at the times `t_s`, shape (n,), in the unit of `size`."""
        share = np.clip((t_s - self.start_s) / (self.end_s - self.start_s), 0.0, 1.0)
        return self.size * (4.0 * share * (1.0 - share)) ** 3
