"""Movements made by hand, as rows of the room and as samples; and those of a virtual lifter."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.integrate import cumulative_trapezoid
from scipy.spatial.transform import Rotation

from tracker.motion.history import History
from tracker.motion.orientation import CHANNELS, Oriented
from tracker.sensing.samples import Samples
from tracker.virtual.chip import Chip
from tracker.virtual.imu import Imu, Mounting
from tracker.virtual.lifter import perform
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
)

GRAVITY_M_S2 = 9.80665
STRAIGHT = Rotation.identity()
BRISK = Tempo(lower_s=1.8, bottom_s=0.4, drive_s=1.1, hold_s=0.5)


def clipped_on(seed):
    """Any way to clip the sensor on: sensor_from_dumbbell."""
    return Rotation.random(rng=np.random.default_rng(seed))


def along(t_s, *keys):
    """Go through (time, value) keys, from rest to rest, with the least jerk."""
    times, values = np.array(keys, np.float64).T
    move = np.clip(np.searchsorted(times, t_s, side="right") - 1, 0, len(times) - 2)
    share = np.clip((t_s - times[move]) / (times[move + 1] - times[move]), 0.0, 1.0)
    step = values[move + 1] - values[move]
    return values[move] + step * share**3 * (10.0 + share * (6.0 * share - 15.0))


def reps(n, low=-40.0, top=0.0, first_s=4.0):
    """Keys of n equal reps of 4 s: 1.0 up, 0.8 at the top, 1.6 down, 0.6 at the bottom."""
    keys = [(0.0, low)]
    for start_s in first_s + 4.0 * np.arange(n):
        keys += [(start_s, low), (start_s + 1.0, top), (start_s + 1.8, top), (start_s + 3.4, low)]
    return [*keys, (keys[-1][0] + 60.0, low)]


def rows(
    t_s, lift_deg, tilt_deg=0.0, heading_deg=0.0, height_m=np.nan, flags=0, sensor_from_dumbbell=STRAIGHT
):
    """What orientation would give for a dumbbell that turns so, by the rules of the README's frames."""
    lift, tilt, heading = (np.radians(a + 0.0 * t_s) for a in (lift_deg, tilt_deg, heading_deg))
    roll = Rotation.from_rotvec(lift[:, None] * [1.0, 0.0, 0.0])
    slope = Rotation.from_rotvec(tilt[:, None] * [0.0, -1.0, 0.0])
    yaw = Rotation.from_rotvec(heading[:, None] * [0.0, 0.0, 1.0])
    earth_from_dumbbell = yaw * slope * roll
    d_lift, d_tilt, d_heading = (np.gradient(a, t_s, edge_order=2)[:, None] for a in (lift, tilt, heading))
    rate = d_lift * [1.0, 0.0, 0.0] + roll.inv().apply(
        d_tilt * [0.0, -1.0, 0.0] + slope.inv().apply(d_heading * [0.0, 0.0, 1.0])
    )
    rate = sensor_from_dumbbell.apply(rate)
    height = height_m + 0.0 * t_s
    velocity = np.gradient(height, t_s, edge_order=2)
    earth_from_sensor = earth_from_dumbbell * sensor_from_dumbbell.inv()
    made = Oriented(np.zeros((CHANNELS, len(t_s))))
    made.t_s[:] = t_s
    made.up[:] = earth_from_sensor.inv().apply([0.0, 0.0, 1.0]).T
    made.rate[:] = rate.T
    made.turned[:] = cumulative_trapezoid(rate, t_s, axis=0, initial=0).T
    made.rise[:] = np.gradient(velocity, t_s, edge_order=2)
    made.velocity[:] = velocity
    made.height[:] = height
    made.earth_from_sensor[:] = earth_from_sensor.as_quat(scalar_first=True).T
    made.table[-1] = flags
    return made


def history(made, period_s):
    """Rows as they are kept."""
    kept = History(period_s)
    kept.append(made)
    return kept


def samples(made, period_s, *, acc_offset=(0.0, 0.0, 0.0), gyr_offset_deg_s=(0.0, 0.0, 0.0)):
    """What accelerometer and gyroscope would read; where the height is not known, it is level.

    A gyroscope's reading is the mean since the one before, and its time the end of that interval.
    """
    rise = np.nan_to_num(made.rise)
    turns = Rotation.from_quat(made.earth_from_sensor.T, scalar_first=True)
    turned = (turns[:-1].inv() * turns[1:]).as_rotvec()
    return Samples(
        t_s=made.t_s,
        acc_m_s2=(made.up * (GRAVITY_M_S2 + rise)).T + acc_offset,
        gyr_rad_s=np.concatenate([turned[:1], turned]) / period_s + np.radians(gyr_offset_deg_s),
        earth_from_sensor=None,
        flags=np.zeros(len(made), np.uint8),
        period_s=period_s,
        link=0,
    )


def attitudes(made, period_s):
    """What a sensor would send that computes its own orientation and nothing else."""
    quaternions = made.earth_from_sensor.T.copy()
    return Samples(made.t_s, None, None, quaternions, np.zeros(len(made), np.uint8), period_s, 0)


def part(block, rows, **changes):
    """Some samples of a block: a slice, or the numbers of those that arrived."""
    values = {
        name: None if getattr(block, name) is None else getattr(block, name)[rows]
        for name in ("t_s", "acc_m_s2", "gyr_rad_s", "earth_from_sensor", "flags")
    }
    return Samples(**{**values, "period_s": block.period_s, "link": block.link, **changes})


def session(seed, *works, tail_s=2.0):
    """A script from walking in to putting down, with these sets."""
    acts = [WalkIn(4.0), Untouched(2.0), PickUp(1.8), RollUp(), Scoot(1.8), Rest(2.0)]
    for work in works:
        acts += [work, Rest(15.0)]
    return Script((*acts[:-1], Rest(2.0), PutDown(3.5), Untouched(tail_s)), seed)


def a_set(*faults, leg=Leg.LEFT, reps=6, tempo=BRISK, **more):
    return WorkSet(leg, reps, tempo, faults=faults, **more)


@cache
def sensed(script, *, mounting=Mounting(), chip=Chip(), rate_hz=100, seed=0, from_s=0.0):  # noqa: B008
    """The samples of a played script from a time on (with the exact attitude beside), and the truth."""
    played = perform(script)
    imu = Imu(played.movement, mounting, chip, rate_hz=rate_hz, seed=seed)
    readout = imu.read(imu.first_at(from_s), imu.first_at(played.duration_s))
    acc_m_s2, gyr_rad_s = chip.si(readout.counts)
    t_s = readout.device_us / 1e6
    flags = np.zeros(len(t_s), np.uint8)
    block = Samples(t_s, acc_m_s2, gyr_rad_s, readout.earth_from_sensor, flags, 1 / rate_hz, 0)
    return block, played.truth


@pytest.fixture(scope="session")
def by_hand():
    """Everything above, for the tests of this room."""
    return SimpleNamespace(
        clipped_on=clipped_on,
        along=along,
        reps=reps,
        rows=rows,
        history=history,
        samples=samples,
        attitudes=attitudes,
        part=part,
    )


@pytest.fixture(scope="session")
def lifter():
    """A virtual lifter: scripts, and what a sensor measures of them."""
    return SimpleNamespace(
        session=session,
        set=a_set,
        sensed=sensed,
        mounting=Mounting,
        missed=Missed,
        rocked=Rocked,
        leg=Leg,
    )
