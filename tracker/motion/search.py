"""Is this a set? Two movements up and back that agree are the first sign of one, or one beyond doubt.

Looks at strokes only, so it needs no axis. A pair of strokes is a candidate when physics says that
the weight was lifted and brought back; walking, picking up and rolling the weight up the legs fail
on one gate or another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tracker.motion.dumbbell import DEG_PER_RAD
from tracker.motion.height import climbed_m
from tracker.motion.history import History
from tracker.motion.settings import LiftSettings
from tracker.motion.turns import LONGEST_S, Stroke, Turns
from tracker.sensing.samples import Floats

OPPOSED = 0.7
"""Cosine between the turning up and the turning back must be beyond it: most thrusts are beyond 0.93,
a dumbbell held level, which turns 12 deg and twists 5, beyond 0.72."""

RETURNED = (0.4, 2.5)
"""Turning back over turning up: the first drive from the floor is up to twice the others."""

STILL_DEG_S, STILL_SHARE = 8.0, 0.12
"""The least turning at the top: below 8 deg/s, or below 12 % of the stroke's fastest turning. Thrusts
have 3 at the median and 10 at most, walking 24."""

QUIET_DEG_S, QUIET_SHARE = 5.0, 0.1
"""A stroke begins and ends where turning falls below 5 deg/s or 10 % of its fastest; tremor under
load reaches 5."""

ALIKE = 0.9
"""Cosine between the turning of two drives of one set: they turn about the same handle."""


NEAR_S = 30.0
"""Two candidates that agree lie no farther apart: a few reps that rocked too much may lie between."""

ALONE_QUIET_DEG_S, ALONE_HOLD_S, ALONE_BACK = 2.0, 0.3, 0.7
"""A lift without another like it counts when it is beyond doubt: from a bottom and to a top both as quiet
as a weight that rests on somebody, held, and brought back by as much, in angle and in height."""

ALONE_DEG, ALONE_M = 15.0, 0.15
"""It also turns and rises more than a weight that is only shifted does."""

KEPT_S = LONGEST_S + NEAR_S
"""A candidate that began longer ago is given up: its rows need not be kept for ever."""

CLIMB_ERROR_M_S2 = 0.04
"""An accelerometer's offset turns with the sensor; half of it, times the square of a movement's
duration, is how far its height may be off (20 mg = 0.2 m/s2 over a turn of 25 deg)."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A lift and its way back.

    Attributes
    ----------
    start, top, end
        Rows where the turning up begins and ends and the way back ends.
    turned_deg
        Shape (3,), turning up in the sensor's frame.
    known
        Row at which all this was certain.
    is_sure
        Whether it counts without another like it.
    """

    start: int
    top: int
    end: int
    turned_deg: Floats
    known: int
    is_sure: bool

    @property
    def size_deg(self) -> float:
        """Angle turned up, deg."""
        return float(np.sqrt((self.turned_deg**2).sum()))


@dataclass(frozen=True, slots=True, eq=False)
class _Moved:
    """What a stroke did between its two quiet ends."""

    start: int
    stop: int
    known: int
    turned_deg: Floats
    size_deg: float
    climbed_m: float
    began_s: float
    ended_s: float
    fastest_deg_s: float
    least_before_deg_s: float
    least_after_deg_s: float

    @property
    def duration_s(self) -> float:
        return self.ended_s - self.began_s


class Search:
    """Find two agreeing candidates, or a sure one; state: the last stroke and the last few candidates."""

    def __init__(self, first: int, settings: LiftSettings) -> None:
        self._turns = Turns(first)
        self._settings = settings
        self._before: _Moved | None = None
        self._candidates: list[Candidate] = []

    def next(self, history: History) -> tuple[Candidate, ...] | None:
        """Two candidates that agree, or one that is sure and stayed alone; None when all rows are read.

        A candidate stayed alone when the movement after it began later than the pause that ends a set,
        or when no movement has been told for so long that none can have begun before.
        """
        pause = round(self._settings.set_pause_s / history.period_s)
        late = pause + round(LONGEST_S / history.period_s)
        while (stroke := self._turns.next(history)) is not None:
            pair = self._taken(history, stroke)
            begins = stroke.known if self._before is None else self._before.start
            found = self._alone(stroke.known - late) or pair or self._alone(begins - pause)
            if found:
                return found
        return self._alone(history.end - late)

    def last(self, history: History) -> tuple[Candidate, ...] | None:
        """The same when the stream is over, and nothing more can come."""
        stroke = self._turns.last(history)
        found = None if stroke is None else self._taken(history, stroke)
        return found or self._alone(history.end)

    def _alone(self, before: int) -> tuple[Candidate, ...] | None:
        """A sure candidate that was over by a row; it is told once."""
        alone = next((one for one in self._candidates if one.is_sure and one.end < before), None)
        if alone is None:
            return None
        self._candidates.remove(alone)
        return (alone,)

    def _taken(self, history: History, stroke: Stroke) -> tuple[Candidate, ...] | None:
        """Two candidates that agree, if this stroke makes them."""
        up, back = self._before, _moved(history, stroke)
        self._before = back
        if up is None or not _is_lift(up, back, self._settings):
            return None
        is_sure = _is_sure(up, back)
        two = Candidate(up.start, up.stop, back.stop, up.turned_deg, back.known, is_sure)
        near = two.start - round(NEAR_S / history.period_s)
        kept = two.known - round(KEPT_S / history.period_s)
        self._candidates = [one for one in self._candidates if one.end >= near and one.start >= kept]
        if two.start < kept:
            return None
        agreeing = [one for one in self._candidates if _agree(one, two)]
        self._candidates.append(two)
        return (agreeing[0], two) if agreeing else None


def _agree(one: Candidate, two: Candidate) -> bool:
    """Whether two drives are about the same handle and of like size."""
    cosine = float((one.turned_deg * two.turned_deg).sum()) / (one.size_deg * two.size_deg)
    ratio = min(one.size_deg, two.size_deg) / max(one.size_deg, two.size_deg)
    return cosine >= ALIKE and ratio >= RETURNED[0]


def _is_lift(up: _Moved, back: _Moved, settings: LiftSettings) -> bool:
    """Whether the gates of physics let this pair through."""
    if min(up.size_deg, back.size_deg) == 0.0:
        return False
    cosine = float((up.turned_deg * back.turned_deg).sum()) / (up.size_deg * back.size_deg)
    still = min(up.least_after_deg_s, back.least_before_deg_s)
    low, high = settings.turn_deg
    return (
        cosine <= -OPPOSED
        and low <= up.size_deg <= high
        and RETURNED[0] <= back.size_deg / up.size_deg <= RETURNED[1]
        and still <= max(STILL_DEG_S, STILL_SHARE * up.fastest_deg_s)
        and settings.drive_s[0] <= up.duration_s <= settings.drive_s[1]
        and back.duration_s <= settings.lowering_s
        and _rises(up, back, settings)
    )


def _is_sure(up: _Moved, back: _Moved) -> bool:
    """Whether a lift and its way back count without another like them."""
    quiet = max(up.least_before_deg_s, min(up.least_after_deg_s, back.least_before_deg_s))
    low, high = ALONE_BACK, 1 / ALONE_BACK
    return (
        quiet <= ALONE_QUIET_DEG_S
        and back.began_s - up.ended_s >= ALONE_HOLD_S
        and up.size_deg >= ALONE_DEG
        and low <= back.size_deg / up.size_deg <= high
        and up.climbed_m >= ALONE_M
        and low <= -back.climbed_m / up.climbed_m <= high
    )


def _rises(up: _Moved, back: _Moved, settings: LiftSettings) -> bool:
    """Up goes up and back comes down; without an accelerometer nothing speaks against it."""
    if np.isnan(up.climbed_m):
        return True
    up_error, back_error = (0.5 * CLIMB_ERROR_M_S2 * m.duration_s**2 for m in (up, back))
    rises = up.climbed_m >= settings.climb_m - up_error
    return rises and back.climbed_m <= back_error - 0.5 * settings.climb_m


def _moved(history: History, stroke: Stroke) -> _Moved:
    rows = history.cut(stroke.start, stroke.stop + 1)
    wx, wy, wz = rows.rate
    speed = np.sqrt(wx * wx + wy * wy + wz * wz) * DEG_PER_RAD
    fastest = int(speed.argmax())
    quiet = max(QUIET_DEG_S, QUIET_SHARE * float(speed[fastest]))
    start = _last_below(speed[: fastest + 1], quiet)
    stop = fastest + _first_below(speed[fastest:], quiet)
    turned = np.degrees(rows.turned[:, -1] - rows.turned[:, 0])
    return _Moved(
        start=stroke.start + start,
        stop=stroke.start + stop,
        known=stroke.known,
        turned_deg=turned,
        size_deg=float(np.sqrt((turned * turned).sum())),
        climbed_m=climbed_m(rows, start, stop),
        began_s=float(rows.t_s[start]),
        ended_s=float(rows.t_s[stop]),
        fastest_deg_s=float(speed[fastest]),
        least_before_deg_s=speed.item(speed[: start + 1].argmin()),
        least_after_deg_s=speed.item(stop + int(speed[stop:].argmin())),
    )


def _last_below(values: Floats, level: float) -> int:
    below = values < level
    at = len(below) - 1 - int(below[::-1].argmax())
    return at if below[at] else int(values.argmin())


def _first_below(values: Floats, level: float) -> int:
    below = values < level
    at = int(below.argmax())
    return at if below[at] else int(values.argmin())
