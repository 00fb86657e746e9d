"""The lifts that are known, and every number that judges them, with its unit, reason and source.

A lift is one entry below. A threshold is a field of `Exercise`; what two lifts have in common is
its default.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracker.errors import InputError
from tracker.motion.settings import LiftSettings


@dataclass(frozen=True, slots=True)
class Exercise:
    """A lift: how it moves, whether its reps are judged, and by which numbers.

    None of the thresholds below has been checked on people. "Simulated" stands for the labelled
    physics simulation the defaults were looked at with.

    Attributes
    ----------
    name, title
        What is typed and stored, and what is shown.
    motion
        What the counting needs to know about it.
    judged
        False when its reps are only counted and timed: no lockout, no cues, no gate.
    checklist
        What the sensor cannot see, to be looked at before the first set; at most six short lines.
    """

    name: str
    title: str
    motion: LiftSettings
    judged: bool
    checklist: tuple[str, ...] = ()

    longest_gap_s: float = 1.0
    """A rep with a longer hole is not judged: its samples are bridged by straight lines, and after
    1 s of that the orientation is off by more than any threshold here (measured, signal chain)."""

    least_range_deg: float = 8.0
    """Below this lift range of the set its tops say nothing: 3 deg short would be over a third of
    it, and a dumbbell that the hands keep level settles by 1-2 deg in a hold. Travel is no way
    out: it starts from a bottom that is not the same twice."""

    top_cluster_deg: float = 2.0
    """Width of the cluster of tops that makes the reference. Locked-out tops of one set scatter
    with a standard deviation of 0.7 deg, 1.1 at the most usual (simulated)."""

    overarch_most_deg: float = 8.0
    """Nobody arches further than this beyond the straight line: overarched tops lie 3-8 deg above
    the others (simulated). A cluster of tops higher than this above another is the lockout, and
    the lower one, however dense, is a habit of stopping short."""

    lockout_short_deg: float = 3.0
    """Short by more is no lockout. Lockouts end within 3 deg of the straight line, missed ones
    5.5 deg and more below it (simulated); a coach sees about 5 deg."""

    lockout_short_share: float = 0.05
    """... or by more than this share of the set's range, where that is larger: the phase borders
    are drawn at 5 % and 95 %, so less cannot be told from the end of the drive."""

    overarch_deg: float = 3.0
    """Beyond the reference top by more is a possible overarch; the same band as for the lockout."""

    overarch_finish_share: float = 0.6
    """... when the last fifth of the drive is slower than this share of the whole. A drive that ends
    smoothly at the line keeps 0.74 there (the least jerky movement; simulated 0.72, nineteen of
    twenty above 0.50), one that the back goes on from 0.34 (nineteen of twenty below 0.53)."""

    bounce_turnaround_s: float = 0.15
    """A shorter reversal is a rebound: bounces take 0.05-0.08 s, touch-and-go reps 0.16 s and more
    (simulated). That parts them without the acceleration peak, which depends on the bench."""

    rocking_notice_deg: float = 4.0
    """The alert less the standard error of 2.38 deg that goes with it: may be chance."""

    rocking_alert_deg: float = 6.5
    """95 % minimal detectable change of pelvic rotation in the unilateral bridge (6.59 deg). There
    is no published threshold for a dumbbell."""

    rocking_severe_deg: float = 10.0
    """Half as much again as the alert: the weight is about to leave the crease. A guess."""

    tilt_notice_deg: float = 5.0
    """Change of tilt at the top against the set's median. A level alert, once given, is repeated
    until the change is smaller than this, so that it does not come and go around one number."""

    tilt_alert_deg: float = 7.0
    """Just above the 6.59 deg minimal detectable change of pelvic rotation in that bridge."""

    tilt_hold_s: float = 0.3
    """A tilt seen for a shorter hold than this is passing through, not a dropped hip."""

    twist_alert_deg: float = 7.0
    """Turning of the handle from the start of the drive to the top, left or right; pelvic rotation
    again. Gyroscope only, so never judged over more than one rep."""

    slide_deg: float = 4.0
    """Top and bottom shifted together by more: the weight has moved. Bottoms of one set scatter
    with a standard deviation of 1.2-2.2 deg (simulated), so this is two of them and more."""

    depth_cut_deg: float = 5.0
    """A bottom higher than the set's own by more is a cut depth: two to four times
    that scatter."""

    depth_cut_share: float = 0.15
    """... or by more than this share of the set's range, where that is larger."""

    reset_s: float = 0.3
    """A shorter stay at the bottom leaves no time to brace again: about one reaction time."""

    tempo_share: float = 0.25
    """How much of a target time may be missing before it is said: counts are spoken in whole
    seconds, and a phase is known to about 0.04 s."""

    gate_reps: int = 4
    """The fewest reps that can show a change over a set: two to begin with and two to end with."""

    range_hold_pct: float = 10.0
    """Loss of range over a set that holds the load. Steady sets vary by up to 9 % between their
    first and last reps, fatigued ones lose 14-27 % (simulated)."""

    range_back_off_pct: float = 20.0
    """Loss of range that asks for less load: twice the hold, a fifth of the movement is gone."""

    lockout_rate_go: float = 0.9
    """Share of locked-out reps that lets the load go up: at most one in ten is missed."""

    lockout_rate_back_off: float = 0.7
    """Below this share more than every fourth rep is missed: the load is too much for the range."""

    slower_hold_pct: float = 25.0
    """Growth of the drive's time that holds the load: 20 % loss of velocity, the usual stop for
    strength work (Pareja-Blanco et al. 2017, Scand J Med Sci Sports 27)."""

    slower_back_off_pct: float = 67.0
    """The same for 40 % loss of velocity, close to failure in that study."""


ONE_LEG_HIP_THRUST = Exercise(
    name="one_leg_hip_thrust",
    title="Weighted one-leg hip thrust",
    motion=LiftSettings(
        rises=True,  # from the floor up; nothing else starts a thrust
        turn_deg=(6.0, 85.0),  # held level by the hands 10; trunk 63 at most, and slack; a curl turns 100
        climb_m=0.05,  # hips travel 0.36 +/- 0.03; partials half of it; a walking step 0.03
        drive_s=(0.2, 6.0),  # fastest 0.27; a grinding rep 4
        lowering_s=8.0,  # coaches ask for 2-3 s
        full_share=0.55,  # half a drive is a partial; 20 deg short of one of 45, 56 %, a missed lockout
        set_pause_s=10.0,  # a breath and a new brace take up to 7 s, a change of sides 15
    ),
    judged=True,
    checklist=(
        "bench edge under the shoulder blades",
        "dumbbell in the crease of the working hip",
        "foot flat, so far out that the shin is vertical at the top",
        "a cramp in the back of the thigh: foot closer",
        "drive through heel and midfoot",
        "other leg long and quiet",
    ),
)

ANY_LIFT = Exercise(
    name="any_lift",
    title="Any lift, counted only",
    motion=LiftSettings(
        rises=False,  # a row starts with a pull, a squat with a descent
        turn_deg=(10.0, 180.0),  # an assisted pull-up turns the wrist by 15; a press rises instead
        climb_m=0.0,  # the sensor may sit anywhere on the weight
        drive_s=(0.2, 6.0),
        lowering_s=8.0,
        full_share=0.55,
        set_pause_s=10.0,
    ),
    judged=False,
)

EXERCISES = (ONE_LEG_HIP_THRUST, ANY_LIFT)
"""Every lift that is known; the first is meant when nothing is said."""


def title_of(name: str) -> str:
    """Write an exercise for people; the name itself of one that only a newer version knows."""
    return next((exercise.title for exercise in EXERCISES if exercise.name == name), name)


def by_name(name: str) -> Exercise:
    """Find a lift by its name.

    Raises
    ------
    InputError
        If there is none of that name; the message lists those there are.

    Examples
    --------
    >>> by_name("any_lift").judged
    False
    """
    for exercise in EXERCISES:
        if exercise.name == name:
            return exercise
    known = ", ".join(exercise.name for exercise in EXERCISES)
    raise InputError(f"no exercise is called {name!r}: choose one of {known}")
