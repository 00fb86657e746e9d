"""Height gained between two standstills, and how far it may be off.

Height is acceleration integrated twice, so what the accelerometer reads too much grows with the
square of time. But between two standstills velocity must come back to where it was: every drive,
hold and lowering of a set says a little about that offset, and together they say enough
(self-calibration; ridge regression on the three components of the offset).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tracker.motion.grid import BROKEN
from tracker.motion.orientation import Instant, Oriented
from tracker.motion.phases import EARLY, LATE, Borders
from tracker.motion.view import View
from tracker.sensing.samples import Floats

STANDSTILL_S = 0.4
"""The standstill that a height is integrated from lies this near a border, or half a movement."""

OFFSET_M_S2 = 0.2
"""Offset of an accelerometer as delivered, 1 sigma: 20 mg, what data sheets of phones' parts give."""

SLOW_M_S = 0.02
"""What a standstill still moves: breathing, and the soft tissue that the weight lies on."""

LEVER_M = 0.5
"""A weight on the hips turns about the shoulders or the foot, half a metre away: where it still turns,
it still moves."""

ODD, ROUNDS = 2.0, 3
"""A stretch off by so many sigma counts half (Cauchy's weight); so many rounds settle who is odd."""

ENOUGH = 12
"""Stretches from which on the offset is known as well as a set allows: four reps."""

_AS_DELIVERED = np.eye(3) / OFFSET_M_S2**2
"""Information about the offset before anything has stood still."""

LEFT_M_S2 = 0.01
"""What no offset explains: scale errors, and orientation that follows the accelerometer slowly."""


class Climb(NamedTuple):
    """Height gained between two standstills.

    Attributes
    ----------
    height_m, duration_s
        From standstill to standstill; nan without an accelerometer, or while the second has not come.
    error_m
        How far the height may be off, 1 sigma.
    """

    height_m: float
    duration_s: float
    error_m: float

    def velocity_m_s(self, concentric_s: float) -> float:
        """Mean upward velocity between the borders of a drive, which hold 90 % of its rise."""
        return (LATE - EARLY) * self.height_m / concentric_s if concentric_s > 0 else math.nan


UNKNOWN = Climb(math.nan, math.nan, math.nan)


class Standstills(NamedTuple):
    """Quietest rows (of the stream) before a drive, after it, before the lowering and after it.

    While the lowering is not done, the last two are the second.
    """

    before: int
    top: int
    leaving: int
    after: int


def standstills(view: View, b: Borders) -> Standstills:
    """Find where to integrate from and to: near the borders, where the weight turns least."""
    speed, first = view.speed_deg_s, view.first
    start, top = round(b.start), round(b.top)
    leave, end = (top, top) if math.isnan(b.end) else (round(b.leave), round(b.end))
    margin = max(view.count(STANDSTILL_S), (top - start) // 2)
    before = _quietest(speed, max(0, start - margin), start)
    reached = _quietest(speed, top, max(top, min(b.peak if end == top else leave, top + margin)))
    if end == top:
        return Standstills(first + before, first + reached, first + reached, first + reached)
    margin = max(view.count(STANDSTILL_S), (end - leave) // 2)
    leaving = _quietest(speed, max(reached, leave - margin), max(reached, leave))
    after = _quietest(speed, end, min(len(speed) - 1, end + margin))
    return Standstills(first + before, first + reached, first + leaving, first + after)


def _quietest(speed: Floats, start: int, stop: int) -> int:
    return start + int(speed[start : stop + 1].argmin())


def climbed_m(rows: Oriented, start: int, stop: int) -> float:
    """Height gained between two standstills (rows of the block), m; nan without acceleration.

    The speed that the integral shows at the second standstill is an error that grew evenly, so a
    ramp is taken off.
    """
    return _climbed_m(rows.at(start), rows.at(stop))


def _climbed_m(one: Instant, two: Instant) -> float:
    duration_s = two.t_s - one.t_s
    gained_m = two.height - one.height - one.velocity * duration_s
    return gained_m - 0.5 * (two.velocity - one.velocity) * duration_s


def heights_m(rows: Oriented, start: int, stop: int, gained_m: float) -> Floats:
    """Height at rows start..stop of a block above the first of them; both are standstills.

    Parameters
    ----------
    rows
        The block.
    start, stop
        Rows of the block.
    gained_m
        What is known to lie between them: what the integral says otherwise is taken off as if it were a
        movement from rest to rest.

    Returns
    -------
    array of shape (stop - start + 1,), m
        From 0 to `gained_m`; all nan where that is nan, or samples are missing.
    """
    part = rows.cut(start, stop + 1)
    since_s = part.t_s - part.t_s[0]
    if len(part) < 2 or math.isnan(gained_m) or _is_broken(part.cut(1, len(part))):
        return np.full(len(part), np.nan)
    velocity, share = part.velocity, since_s / since_s[-1]
    drift_m_s = velocity[0] + 0.5 * (velocity[-1] - velocity[0]) * share
    height = part.height - part.height[0] - drift_m_s * since_s
    return np.asarray(height + (gained_m - height[-1]) * share * share * (3.0 - 2.0 * share))


class Accelerometer:
    """What it reads too much, as far as the standstills of a set have shown.

    Its methods look for holes between two rows of a block unless told that the block is not `flagged`.

    State: for each stretch between two standstills the velocity that was gained, which should be
    none, the integral of up, which an offset is multiplied with, and how sure the standstills are.
    """

    def __init__(self) -> None:
        self._stretches: list[tuple[float, float, float, float, float]] = []
        self._solved: tuple[list[float], list[float]] | None = None

    @property
    def is_known(self) -> bool:
        """Whether more standstills would change little."""
        return len(self._stretches) >= ENOUGH

    def learn(self, rows: Oriented, start: int, stop: int, *, flagged: bool = True) -> None:
        """Take in that the weight stood still at two rows of a block; a hole between them says nothing."""
        one, two = rows.at(start), rows.at(stop)
        gained_m_s = two.velocity - one.velocity
        if stop <= start or math.isnan(gained_m_s):
            return
        if flagged and rows.cut(start, stop + 1).are_flagged():
            return
        period_s = (two.t_s - one.t_s) / (stop - start)
        x, y, z = np.add.reduce(rows.up[:, start + 1 : stop + 1], axis=1).tolist()
        sigma_m_s = math.hypot(SLOW_M_S, _moving_m_s(one), _moving_m_s(two))
        self._stretches.append((gained_m_s, x * period_s, y * period_s, z * period_s, sigma_m_s))
        self._solved = None

    def climb(self, rows: Oriented, start: int, stop: int, *, flagged: bool = True) -> Climb:
        """Height gained between two standstills, the offset taken out; unknown across a long hole."""
        if stop <= start or (flagged and _is_broken(rows.cut(start, stop + 1))):
            return UNKNOWN
        one, two = rows.at(start), rows.at(stop)
        height_m = _climbed_m(one, two)
        if math.isnan(height_m):
            return UNKNOWN
        (offset_x, offset_y, offset_z), covariance = self._known()
        duration_s = two.t_s - one.t_s
        n = stop - start
        # an offset's double integral less its ramp, for each component; rows j = 0 .. n - 1
        share = np.arange(0.5 * n, -0.5 * n, -1.0)
        share *= (duration_s / n) ** 2
        x, y, z = lever_s2 = np.add.reduce(rows.up[:, start + 1 : stop + 1] * share, axis=1).tolist()
        moving_m = 0.5 * duration_s * math.hypot(_moving_m_s(one), _moving_m_s(two))
        unexplained_m = 0.5 * LEFT_M_S2 * duration_s**2
        return Climb(
            height_m - (x * offset_x + y * offset_y + z * offset_z),
            duration_s,
            math.sqrt(_variance(lever_s2, covariance) + moving_m**2 + unexplained_m**2),
        )

    def above_m(self, rows: Oriented, stop: int) -> float:
        """How far above the standstill at row `stop` the weight has been since the block's first row, m."""
        offset_m_s2, _ = self._known()
        rise = rows.rise[: stop + 1] - (rows.up[:, : stop + 1] * np.array(offset_m_s2)[:, None]).sum(axis=0)
        period_s = float(rows.t_s[stop] - rows.t_s[0]) / max(1, stop)
        since = rise[::-1].cumsum() * period_s  # velocity before the standstill, with the sign changed
        return float((since.cumsum() * period_s).max())

    def _known(self) -> tuple[list[float], list[float]]:
        """Offset in the sensor's frame, its three components, m/s2, and its covariance, row by row."""
        if self._solved is None:
            self._solved = _ridge(np.array(self._stretches).reshape(-1, 5))
        return self._solved


def _ridge(stretches: Floats) -> tuple[list[float], list[float]]:
    """Fit the offset; stretches that do not fit (it did not stand still after all) count for less."""
    gained, along, sigma = stretches[:, 0], stretches[:, 1:4], stretches[:, 4]
    given = np.concatenate([along, gained[:, None]], axis=1)[:, None, :]
    offset, variance, misfit = np.zeros(3), sigma**2, 1.0
    weight = 1 / variance
    for _ in range(ROUNDS):
        weighted = weight[:, None] * along
        told = np.add.reduce(weighted[:, :, None] * given)
        covariance = np.linalg.inv(told[:, :3] + _AS_DELIVERED)
        offset = np.add.reduce(covariance * told[:, 3], axis=1)
        strain = ((gained - np.add.reduce(along * offset, axis=1)) / sigma) ** 2
        odd = 1 + strain / ODD**2
        weight = 1 / (variance * odd)
    if len(strain):
        misfit = max(1.0, float((strain / odd).mean()))
    return offset.tolist(), (misfit * covariance).ravel().tolist()


def _variance(along: list[float], covariance: list[float]) -> float:
    """Along a direction; in plain floats, because arrays of nine numbers cost ten times as much."""
    x, y, z = along
    xx, xy, xz, yx, yy, yz, zx, zy, zz = covariance
    # in this order the sum is that of numpy, to the last bit
    first = (x * xx * x + x * xy * y) + (x * xz * z + y * yx * x)
    return first + ((y * yy * y + y * yz * z) + (z * zx * x + z * zy * y)) + z * zz * z


def _is_broken(rows: Oriented) -> bool:
    return bool((rows.flags & BROKEN).any())


def _moving_m_s(standing: Instant) -> float:
    return LEVER_M * math.hypot(*standing.rate)
