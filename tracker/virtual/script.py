"""What a virtual lifter is asked to do: acts in order, each with its own numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Leg(StrEnum):
    """The working leg."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds from key pose to key pose; the lifter varies each by some percent.

    By the 5 % / 95 % definition a phase takes 62 % of the move that makes it, and a hold begins and ends
    inside the moves around it: as it stands, a tempo of about 1.5-1.1-0.7-1.3 is measured. Zero is allowed
    for hold and bottom: touch and go.
    """

    lower_s: float = 2.4
    bottom_s: float = 0.4
    drive_s: float = 1.2
    hold_s: float = 0.6


@dataclass(frozen=True, slots=True)
class Missed:
    """Rep `rep` (from 1) stops `short_deg` below the lockout."""

    rep: int
    short_deg: float


@dataclass(frozen=True, slots=True)
class Rocked:
    """In rep `rep` (from 1) the dumbbell tips to `peak_deg` for a part of it; positive: right end high."""

    rep: int
    peak_deg: float


Fault: TypeAlias = Missed | Rocked


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Carry the dumbbell to the bench, turn round, put it on the floor beside the legs."""

    duration_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Untouched:
    """Nobody holds the dumbbell; it does not move at all."""

    duration_s: float = 2.5


@dataclass(frozen=True, slots=True)
class PickUp:
    """Lift the dumbbell from the floor onto the shins."""

    duration_s: float = 2.0


@dataclass(frozen=True, slots=True)
class RollUp:
    """Roll it up the legs into the crease: the largest rotation of the session."""

    turn_deg: float = 250.0
    duration_s: float = 2.5


@dataclass(frozen=True, slots=True)
class Scoot:
    """Shuffle the back against the bench, weight in the crease."""

    duration_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Rest:
    """Sit on the floor with the weight in the crease and both hands on it, fidgeting once in the middle."""

    duration_s: float = 8.0


@dataclass(frozen=True, slots=True)
class WorkSet:
    """Reps of one leg. The first drive leaves the floor and the last lowering ends on it.

    Attributes
    ----------
    leg, reps, tempo
        Which leg, how many, how fast.
    rom_deg
        Turning of the dumbbell from the usual bottom to the lockout; from the floor it is more.
    travel_m
        Rise of the dumbbell over `rom_deg`, on an arc.
    faults
        Missed lockouts and rocking, by rep number.
    """

    leg: Leg
    reps: int
    tempo: Tempo = Tempo()
    rom_deg: float = 46.0
    travel_m: float = 0.35
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class PutDown:
    """Roll it down the legs and put it on the floor."""

    turn_deg: float = 250.0
    duration_s: float = 4.0


@dataclass(frozen=True, slots=True)
class Lie:
    """Lie on the floor with nobody near; as the first act, from the beginning.

    `slope_deg` is the floor's slope along the handle at first: positive, the right end is high.
    """

    duration_s: float = 4.0
    slope_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class TurnEndForEnd:
    """Lift it a little, turn it end for end and put it down on the same spot, rolled a little by chance.

    `turn_deg` is 180 where it is done as asked.
    """

    turn_deg: float = 180.0
    duration_s: float = 3.0


@dataclass(frozen=True, slots=True)
class RollOver:
    """Roll it along the floor, not quite straight."""

    turn_deg: float = 360.0
    duration_s: float = 5.0


Act: TypeAlias = (
    WalkIn | Untouched | PickUp | RollUp | Scoot | Rest | WorkSet | PutDown | Lie | TurnEndForEnd | RollOver
)


@dataclass(frozen=True, slots=True)
class Script:
    """A session: acts in order, a seed for everything that varies, and how deep the floor is.

    Attributes
    ----------
    acts
        Before the first act the dumbbell is in the hands (WalkIn), on the floor (a RollUp comes before
        the first set), or already in the crease.
    seed
        The same script gives the same movement to the last bit.
    seat_deg
        How far below the lockout the lift is while the hips sit on the floor.

    Raises
    ------
    ValueError
        If a set's range reaches the floor, or a fault names a rep the set does not have.
    """

    acts: tuple[Act, ...]
    seed: int = 0
    seat_deg: float = 56.0

    def __post_init__(self) -> None:
        for work in self.sets:
            if not 0 < work.rom_deg < self.seat_deg:
                raise ValueError(
                    f"a range of {work.rom_deg} deg does not fit above a seat {self.seat_deg} deg down"
                )
            if not all(1 <= fault.rep <= work.reps for fault in work.faults):
                raise ValueError(f"a fault names a rep outside 1..{work.reps}")

    @property
    def sets(self) -> tuple[WorkSet, ...]:
        """The sets, in order."""
        return tuple(act for act in self.acts if isinstance(act, WorkSet))

    @property
    def first_turn_deg(self) -> float:
        """How far the dumbbell is rolled before the first set, deg; 0 when it starts in the crease."""
        turned = 0.0
        for act in self.acts:
            if isinstance(act, WorkSet):
                break
            if isinstance(act, RollUp):
                turned += act.turn_deg
            elif isinstance(act, PutDown):
                turned -= act.turn_deg
        return turned


def demo_script(seed: int) -> Script:
    """Write a whole session of little over a minute: set-up, five reps a leg, one missed, one rocking."""
    brisk = Tempo(lower_s=1.8, bottom_s=0.4, drive_s=1.1, hold_s=0.5)
    return Script(
        acts=(
            WalkIn(3.5),
            Untouched(2.0),
            PickUp(1.8),
            RollUp(),
            Scoot(1.8),
            Rest(2.8),  # held still for long enough to be ready
            WorkSet(Leg.LEFT, reps=5, tempo=brisk, faults=(Missed(rep=4, short_deg=13.0),)),
            Rest(10.0),  # longer than a lifter breathes within a set
            WorkSet(Leg.RIGHT, reps=5, tempo=brisk, faults=(Rocked(rep=3, peak_deg=-11.0),)),
            Rest(1.5),
            PutDown(duration_s=3.5),
            Untouched(2.0),
        ),
        seed=seed,
    )


def calibration_script(seed: int, slope_deg: float = 0.0) -> Script:
    """Write what `tracker calibrate` asks for: lie still, turn end for end, lie still, roll a full turn."""
    return Script((Lie(5.0, slope_deg), TurnEndForEnd(), Lie(5.0), RollOver(), Lie(5.0)), seed)


def sets_only(*sets: WorkSet, seed: int = 0, rest_s: float = 8.0) -> Script:
    """Write a session that starts with the weight in the crease: nothing but sets and rests around them.

    The floor lies 10 deg below the widest range. ValueError when there is no set.
    """
    floor_below_bottom_deg = 10.0
    acts: list[Act] = [Rest(rest_s)]
    for work in sets:
        acts += [work, Rest(rest_s)]
    return Script(tuple(acts), seed, max(work.rom_deg for work in sets) + floor_below_bottom_deg)
