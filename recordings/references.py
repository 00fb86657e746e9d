"""The reference sessions: what the virtual lifter does in each, and what befalls the sensor."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tracker.virtual.air import Lose, OutOfRange, Trouble
from tracker.virtual.chip import DeviceClock
from tracker.virtual.script import (
    Leg,
    Missed,
    PickUp,
    PutDown,
    Rest,
    Rocked,
    RollUp,
    Scoot,
    Script,
    Tempo,
    Untouched,
    WalkIn,
    WorkSet,
    sets_only,
)

CHANGE_SIDES_S = 15.0
"""Rest between the legs, s: half as long again as the pause that ends a set."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One session; its script's seed also draws the chip, how it is clipped on, and what gets lost.

    Attributes
    ----------
    name
        Of its files.
    script
        What the lifter does.
    load_kg
        What the lifter says is on the bar; nothing that is measured depends on it.
    clock
        The board's clock.
    troubles
        What happens to the radio link, each with its time, s from the start.
    """

    name: str
    script: Script
    load_kg: float = 20.0
    clock: DeviceClock = field(default_factory=DeviceClock)
    troubles: tuple[tuple[float, Trouble], ...] = ()


BOTH_SIDES = Reference(
    "both_sides",
    Script(
        acts=(
            WalkIn(),
            Untouched(),
            PickUp(),
            RollUp(),
            Scoot(),
            Rest(3.0),
            WorkSet(Leg.LEFT, reps=8),
            Rest(CHANGE_SIDES_S),
            WorkSet(Leg.RIGHT, reps=8),
            Rest(3.0),
            PutDown(),
            Untouched(),
        ),
        seed=101,
    ),
)

ROCKING = Reference(
    "rocking",
    sets_only(
        WorkSet(Leg.LEFT, reps=7, faults=(Rocked(2, 12.5), Rocked(4, -8.2), Rocked(6, 5.2))),
        WorkSet(Leg.RIGHT, reps=7, faults=(Rocked(3, -13.0), Rocked(5, 8.2))),
        seed=102,
        rest_s=CHANGE_SIDES_S,
    ),
    load_kg=16.0,
)

MISSED_LOCKOUTS = Reference(
    "missed_lockouts",
    sets_only(
        WorkSet(Leg.RIGHT, reps=8, faults=(Missed(3, 7.0), Missed(6, 12.0), Missed(7, 16.0))),
        WorkSet(Leg.LEFT, reps=8, faults=(Missed(2, 9.0), Missed(8, 7.0))),
        seed=103,
        rest_s=CHANGE_SIDES_S,
    ),
    load_kg=24.0,
)

PACKET_LOSS = Reference(
    "packet_loss",
    Script(
        acts=(
            Untouched(),
            PickUp(),
            RollUp(),
            Scoot(),
            Rest(3.0),
            WorkSet(Leg.LEFT, reps=8),
            Rest(CHANGE_SIDES_S),
            WorkSet(Leg.RIGHT, reps=8),
            Rest(3.0),
            PutDown(),
        ),
        seed=104,
    ),
    troubles=((0.0, Lose(probability=0.04, for_s=math.inf)),),
)

DISCONNECT = Reference(
    "disconnect",
    sets_only(
        WorkSet(Leg.LEFT, reps=8),
        WorkSet(Leg.RIGHT, reps=6),
        seed=105,
        rest_s=CHANGE_SIDES_S,
    ),
    troubles=((30.2, OutOfRange(away_s=3.0)),),
)

SLOW_TEMPO = Reference(
    "slow_tempo",
    sets_only(
        WorkSet(Leg.LEFT, reps=5, tempo=Tempo(lower_s=4.5, bottom_s=1.0, drive_s=2.2, hold_s=1.5)),
        WorkSet(Leg.RIGHT, reps=5, tempo=Tempo(lower_s=4.5, bottom_s=1.0, drive_s=2.2, hold_s=1.5)),
        seed=106,
        rest_s=CHANGE_SIDES_S,
    ),
    load_kg=12.0,
    clock=DeviceClock(skew_ppm=60.0, start_us=2**32 - 40_000_000, sampling_off_ppm=4000.0),
)

REFERENCES = (BOTH_SIDES, ROCKING, MISSED_LOCKOUTS, PACKET_LOSS, DISCONNECT, SLOW_TEMPO)
