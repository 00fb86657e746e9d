"""What counts: the gates that a movement of a set must pass, each with its physical reason.

They compare a movement with what the set's reps have in common, never with fixed degrees of range.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from tracker.motion.dumbbell import Frame
from tracker.motion.events import TRIED, Channel, Reason, Rep
from tracker.motion.grid import BRIDGE_S
from tracker.motion.height import UNKNOWN, Climb, Standstills
from tracker.motion.measure import Outline, measured
from tracker.motion.settings import LiftSettings
from tracker.sensing.samples import Floats

LEVEL_DEG = 25.0
"""Tilt this far from the set's usual one: the weight is being carried, not lifted on the hips."""

ABOUT_HANDLE = 0.6
"""Cosine between a drive's turning and the handle. Twist and tilt that go with a rep leave 0.93; a
rock of 13 deg in a rep that turns 18 leaves 0.8; walking with the weight is any way."""

POSE_DEG, POSE_SHARE = 25.0, 0.6
"""A rep's top lies this near the set's usual top, or within this share of the usual range: a missed
lockout is at most 20 deg short, a weight that slides moves the tops by 10-35 deg over a set."""

RESTLESS_DEG_S, STILL_DEG_S = 30.0, 10.0
"""Turning at the quietest moment of the hold. Reps have 3 deg/s, reps that rock 20, walking 24 and
more: what turns as far as the set's reps may rock, what does not must be still."""

COME_BACK = 0.25
"""A rep's lowering covers at least this share of the usual drive: one cut short is still a rep."""

LAST_COMES_BACK = 0.6
"""The last rep of a set is lowered all the way; else the weight has been taken off at the top."""

TOO_FAR = 3.5
"""More usual ranges than this turn the weight over; from the floor and back to it, it is up to 3."""

SURE_SHARE = 0.2
"""Height speaks for a movement's size where its error is below this share of the usual travel: the
dumbbell's roll on the hips is not proportional to the trunk's, its rise is."""

LEVEL_SHARE = 0.15
"""A bottom this near the set's usual one, in usual ranges, is the same bottom: rests on the floor are
lower, aborted lowerings higher."""

RISE_SHARE = 0.5
"""A drive rises at least this share of the set's usual travel, its error granted: the shortest rep has
53 %, what the hands do with the weight before and after a set mostly less."""

BEYOND_DOUBT = 1e9
"""A strain beyond it says no more."""

MIDDLE, UPPER_QUARTER = 0.5, 0.75
"""Ranks that stand for what is usual, among reps and among movements that may be partial reps."""

TINY = 1e-12
"""Keeps a division by nothing defined."""

UNJUDGED, ALONE = 0.5, 0.25
"""Confidence of a movement that has not been held against its set, and of one that has none."""

TRY_SHARE = 0.2
"""A try rises at least this share of the usual travel; less is a shift of the weight."""

FLAT_DEG = 15.0
"""A set whose reps turn less than this is held level by the hands: height carries it, if it is sure."""

GAP, TOO_SMALL, CARRIED = Reason.GAP, Reason.TOO_SMALL, Reason.CARRIED
NO_HOLD, NOT_RISING, NOT_RETURNED = Reason.NO_HOLD, Reason.NOT_RISING, Reason.NOT_RETURNED
"""By name: looked up in their enum, the thirteen of each movement would cost a sixth of its judgement."""


class Cycle(NamedTuple):
    """A measured movement up and back, and what its set says about it.

    Attributes
    ----------
    outline
        What it measured by itself.
    low, peak
        Rows of the bottom before it and of its top.
    turned
        Shape (3,), turning in the drive, rad, in the sensor's frame.
    still
        Where the weight stood still around it.
    climb, sunk
        Height gained in the drive and in the lowering; the latter is negative.
    reason
        Why it does not count; None when it does, or before it has been judged.
    confidence, bottom_s, carried_by
        As in `Rep`.
    is_try
        Whether it does not count for its size alone, or because it was not lowered again.
    """

    outline: Outline
    low: int
    peak: int
    turned: Floats
    still: Standstills
    climb: Climb = UNKNOWN
    sunk: Climb = UNKNOWN
    reason: Reason | None = None
    confidence: float = UNJUDGED
    bottom_s: float = math.nan
    carried_by: Channel = Channel.LIFT
    is_try: bool = False

    @property
    def was_meant(self) -> bool:
        """Whether the set goes on with it: a rep, a try, or one of which too many samples are lost."""
        return self.reason in (None, Reason.GAP) or self.is_try

    def as_candidate(self, number: int) -> Rep:
        """The rep with all that is known of it, measured now that it is told."""
        concentric_s = self.outline.t_top_s - self.outline.t_start_s
        return measured(
            self.outline,
            candidate=number,
            bottom_s=self.bottom_s,
            travel_m=self.climb.height_m,
            carried_by=self.carried_by,
            mean_velocity_m_s=self.climb.velocity_m_s(concentric_s),
            confidence=self.confidence,
        )

    @property
    def fall_deg(self) -> float:
        """How far lift came back; nan while it has not."""
        return self.outline.top_deg - self.outline.end_deg


@dataclass(frozen=True, slots=True)
class Usual:
    """What the reps of a set have in common.

    Attributes
    ----------
    range_deg, travel_m
        Usual range of lift and height gained (nan when not measured).
    bottom_deg, top_deg, tilt_deg
        Usual lift at the bottom and at the top, and tilt at the top.
    """

    range_deg: float
    travel_m: float
    bottom_deg: float
    top_deg: float
    tilt_deg: float

    @classmethod
    def of(cls, cycles: list[Cycle]) -> Usual:
        """Learn from reps in order of time; from the first one, often from the floor, only if it is alone."""
        cycles = cycles[1:] or cycles
        reps = [cycle.outline for cycle in cycles]
        return cls(
            range_deg=_ranked([rep.rom_deg for rep in reps], MIDDLE),
            travel_m=_ranked([cycle.climb.height_m for cycle in cycles], MIDDLE),
            bottom_deg=_ranked([rep.start_deg for rep in reps], MIDDLE),
            top_deg=_ranked([rep.top_deg for rep in reps], MIDDLE),
            tilt_deg=_ranked([rep.tilt_top_deg for rep in reps], MIDDLE),
        )

    @classmethod
    def guessed(cls, cycles: list[Cycle]) -> Usual:
        """Guess from movements of all kinds: partial reps must not pull it down, no bottom can be trusted."""
        guess = cls.of(cycles)
        largest = [cycle.outline.rom_deg for cycle in cycles[1:] or cycles]
        return replace(guess, range_deg=_ranked(largest, UPPER_QUARTER), bottom_deg=math.nan)


def _ranked(values: list[float], share: float) -> float:
    """The known value with this share of the others below it; nan when none is known."""
    known = sorted([value for value in values if value == value])  # nan is not itself
    return known[round(share * (len(known) - 1))] if known else math.nan


def judged(cycle: Cycle, frame: Frame, usual: Usual, settings: LiftSettings) -> Cycle:
    """Say whether a movement counts, why it does not, and how sure that is.

    Each gate gives a strain: 0 far inside, 1 at the gate. A movement fails with the first gate that
    is strained beyond 1; its confidence follows the worst strain s, 1 - s^4 / 2 inside and
    1 / (2 s^4) outside. It says how near a decision was; `make accuracy` prints how often each band
    of it was right.
    """
    strains = _strains(cycle, frame, usual, settings)
    worst = min(BEYOND_DOUBT, max(strain for _, strain in strains))
    confidence = 1 - worst**4 / 2 if worst <= 1 else 0.5 / worst**4
    reason = next((reason for reason, strain in strains if strain > 1), None)
    is_flat = usual.range_deg < FLAT_DEG and not math.isnan(_sure(cycle, cycle.climb, 1.0, usual))
    channel = Channel.HEIGHT if is_flat else Channel.LIFT
    rose = cycle.climb.height_m >= TRY_SHARE * usual.travel_m
    forgiven = (*TRIED, Reason.NOT_RISING) if rose else TRIED
    is_try = reason in TRIED and all(strain <= 1 for other, strain in strains if other not in forgiven)
    return cycle._replace(reason=reason, confidence=confidence, carried_by=channel, is_try=is_try)


def passes(cycle: Cycle, frame: Frame, usual: Usual, settings: LiftSettings) -> bool:
    """Say whether a movement counts, and no more."""
    return not any(strain > 1 for _, strain in _strains(cycle, frame, usual, settings))


def _strains(
    cycle: Cycle, frame: Frame, usual: Usual, settings: LiftSettings
) -> tuple[tuple[Reason, float], ...]:
    rep, size = cycle.outline, cycle.outline.rom_deg
    (x, y, z), (a, b, c) = cycle.turned.tolist(), frame.axis()
    along = (x * a + y * b + z * c) / (math.hypot(x, y, z) + TINY)
    duration_s = rep.t_top_s - rep.t_start_s
    pose_deg = max(POSE_DEG, POSE_SHARE * usual.range_deg)
    still_deg_s = RESTLESS_DEG_S if size >= settings.full_share * usual.range_deg else STILL_DEG_S
    least_m = RISE_SHARE * usual.travel_m
    # what never stands still must show by its height that it was lifted; else its error is granted
    granted_m = (
        min(cycle.climb.error_m, SURE_SHARE * usual.travel_m) if rep.still_deg_s <= STILL_DEG_S else 0.0
    )
    return (
        (GAP, rep.gap_s / BRIDGE_S),
        (TOO_SMALL, _ratio(settings.full_share, _share(cycle, usual))),
        (CARRIED, size / settings.turn_deg[1]),
        (CARRIED, size / (TOO_FAR * usual.range_deg)),
        (CARRIED, _ratio(ABOUT_HANDLE, along)),
        (CARRIED, abs(rep.top_deg - usual.top_deg) / pose_deg),
        (CARRIED, _known(abs(rep.tilt_top_deg - usual.tilt_deg) / LEVEL_DEG)),
        (CARRIED, duration_s / settings.drive_s[1]),
        (CARRIED, _known(cycle.fall_deg / (TOO_FAR * max(usual.range_deg, size)))),
        (NO_HOLD, rep.still_deg_s / still_deg_s),
        (NOT_RISING, _known(_ratio(least_m, cycle.climb.height_m + granted_m))),
        (NOT_RETURNED, _ratio(COME_BACK, _returned(cycle, usual))),
        (NOT_RETURNED, _known(_rising_again(cycle, usual))),
    )


def _ratio(least: float, value: float) -> float:
    """Strain of a value that must not be below `least`; one that is unknown or negative fails."""
    if math.isnan(least):
        return math.nan
    return least / value if value > 0 else math.inf


def _known(strain: float) -> float:
    """No strain where there was nothing to measure."""
    return 0.0 if math.isnan(strain) else strain


def _share(cycle: Cycle, usual: Usual) -> float:
    """Size of a movement in usual drives: by height where that is sure, otherwise by lift.

    Height is that of the drive, and of the lowering if it comes back to the usual bottom. A drive from
    the floor is as large as its lowering: what it rose from the floor is no part of a rep.
    """
    rep = cycle.outline
    level_deg = LEVEL_SHARE * usual.range_deg
    below_deg = usual.bottom_deg - rep.start_deg
    is_from_floor = below_deg > level_deg and usual.range_deg >= FLAT_DEG
    is_back_level = below_deg >= -level_deg and abs(rep.end_deg - usual.bottom_deg) <= level_deg
    heights = [] if is_from_floor and is_back_level else [(1.0, cycle.climb)]
    if is_back_level:
        heights.append((-1.0, cycle.sunk))
    known = [(_sure(cycle, height, sign, usual), height.error_m) for sign, height in heights]
    known = [(share, error_m) for share, error_m in known if not math.isnan(share)]
    if known:
        weights = [1 / error_m**2 for _, error_m in known]
        return sum(share * w for (share, _), w in zip(known, weights, strict=True)) / sum(weights)
    return (rep.rom_deg - (below_deg if is_from_floor and is_back_level else 0.0)) / usual.range_deg


def _sure(cycle: Cycle, climb: Climb, sign: float, usual: Usual) -> float:
    """Height in usual travels; nan where it is not known well enough."""
    is_sure = climb.error_m < SURE_SHARE * usual.travel_m and cycle.outline.gap_s == 0
    return sign * climb.height_m / usual.travel_m if is_sure else math.nan


def _rising_again(cycle: Cycle, usual: Usual) -> float:
    """Strain of a lowering that goes up: beyond twice its error and what height is sure of, it is none."""
    return cycle.sunk.height_m / max(2 * cycle.sunk.error_m, SURE_SHARE * usual.travel_m)


def _returned(cycle: Cycle, usual: Usual) -> float:
    """How far it came back, in usual drives, by lift or by height: one that is cut short shows in both."""
    by_height = _sure(cycle, cycle.sunk, -1.0, usual)
    by_lift = cycle.fall_deg / (min(cycle.outline.rom_deg, usual.range_deg) + TINY)
    return by_lift if math.isnan(by_height) else max(by_lift, by_height)
