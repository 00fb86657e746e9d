"""Up, rate and rise: right at rest, in time with the samples, and the same however the stream is cut."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from tracker.motion.grid import BRIDGED, BROKEN
from tracker.motion.height import climbed_m
from tracker.motion.orientation import Orientation, Oriented
from tracker.motion.quaternions import up_in_sensor

RATES_HZ = (50, 100, 200)


def oriented(*blocks):
    """All rows that come of these blocks."""
    orientation = Orientation()
    out = [piece for block in blocks for piece in orientation.step(block)]
    return Oriented(np.concatenate([piece.table for piece in [*out, *orientation.finish()]], axis=1))


def late_s(t_s, got, wanted):
    """How much later a curve comes than it should, by the best fit of its own slope."""
    slope = np.gradient(wanted, t_s)
    return -float(((got - wanted) * slope).sum() / (slope * slope).sum())


@pytest.fixture(scope="session")
def swing(by_hand):
    """Five seconds of rest, then turning to and fro about the handle; lift in deg."""

    def make(rate_hz, **more):
        t_s = np.arange(0.0, 20.0, 1.0 / rate_hz)
        lift_deg = 10.0 * (1.0 - np.cos(np.pi * np.maximum(0.0, t_s - 5.0)))
        return by_hand.rows(t_s, lift_deg, **more)

    return make


@pytest.fixture(scope="session")
def thrust(by_hand):
    """Two standstills and 0.35 m between them, with a turn of 46 deg."""

    def make(rate_hz=100, **more):
        t_s = np.arange(0.0, 10.0, 1.0 / rate_hz)
        lift_deg = by_hand.along(t_s, (0, -46), (5, -46), (6.2, 0), (10, 0))
        height_m = by_hand.along(t_s, (0, 0), (5, 0), (6.2, 0.35), (10, 0.35))
        return by_hand.rows(t_s, lift_deg, height_m=height_m, **more)

    return make


@given(seed=st.integers(0, 2**32 - 1), rate_hz=st.sampled_from(RATES_HZ))
@settings(deadline=None, max_examples=20)
def test_up_at_rest_is_where_the_accelerometer_points(by_hand, seed, rate_hz):
    t_s = np.arange(0.0, 12.0, 1.0 / rate_hz)
    still = by_hand.rows(t_s, 0.0, sensor_from_dumbbell=by_hand.clipped_on(seed))
    got = oriented(by_hand.samples(still, 1.0 / rate_hz))
    off_deg = np.degrees(np.linalg.norm(got.up - still.up, axis=0))
    assert np.array_equal(got.t_s, t_s)
    assert off_deg.max() < 1.0  # the gyroscope's offset is not known yet
    assert off_deg[t_s > 10.0].max() < 0.02
    assert np.degrees(np.abs(got.rate[:, t_s > 10.0]).max()) < 0.01
    assert np.abs(got.rise).max() < 0.01


@pytest.mark.parametrize("offset_deg_s", [(0.5, -0.3, 0.2), (4.0, -5.0, 3.0)])
def test_a_gyroscope_that_reads_something_of_nothing_is_put_right_at_rest(by_hand, offset_deg_s):
    t_s = np.arange(0.0, 15.0, 0.01)
    got = oriented(by_hand.samples(by_hand.rows(t_s, 0.0), 0.01, gyr_offset_deg_s=offset_deg_s))
    settled = got.t_s > 10.0
    assert np.degrees(np.abs(got.rate[:, settled])).max() < 0.1
    assert np.degrees(np.abs(got.up[:2, settled])).max() < 0.1


def test_what_was_learned_of_the_gyroscope_outlives_a_gap(by_hand):
    t_s = np.arange(0.0, 15.0, 0.01)
    block = by_hand.samples(by_hand.rows(t_s, 0.0), 0.01, gyr_offset_deg_s=(4.0, -5.0, 3.0))
    got = oriented(by_hand.part(block, t_s < 10.0), by_hand.part(block, t_s > 12.0))
    (after,) = np.flatnonzero(got.flags & BROKEN)
    assert got.t_s[after] == pytest.approx(12.0, abs=0.011)
    assert np.degrees(np.abs(got.rate[:, after:])).max() < 0.1


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("kind", ["samples", "attitudes"])
def test_no_channel_comes_late(by_hand, swing, kind, rate_hz):
    true = swing(rate_hz)
    got = oriented(getattr(by_hand, kind)(true, 1.0 / rate_hz))
    moving = slice(6 * rate_hz, 19 * rate_hz)
    assert np.array_equal(got.t_s, true.t_s)
    late_rows = {
        name: rate_hz
        * late_s(true.t_s[moving], getattr(got, name)[row, moving], getattr(true, name)[row, moving])
        for name, row in (("up", 1), ("rate", 0), ("turned", 0))
    }
    # a rate is the mean since the row before, so the middle of its time lies half a row back
    assert late_rows == pytest.approx({"up": 0.0, "rate": 0.5, "turned": 0.0}, abs=0.1)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_smoothing_keeps_a_drive_as_fast_as_it_was(by_hand, thrust, rate_hz):
    true = thrust(rate_hz)
    got = oriented(by_hand.samples(true, 1.0 / rate_hz))
    assert got.rate[0].max() == pytest.approx(true.rate[0].max(), rel=0.02)


def test_walking_in_does_not_spoil_the_angles_of_the_set(lifter):
    block, truth = lifter.sensed(lifter.session(4, lifter.set(reps=6)))
    tops = np.searchsorted(block.t_s, [rep.t_top_s + 0.2 for rep in truth.reps])
    true_up = up_in_sensor(block.earth_from_sensor[tops].T)
    off_deg = np.degrees(oriented(block).up[:, tops] - true_up)
    assert np.ptp(off_deg[0]) < 0.5  # tilt
    assert np.ptp(off_deg[1]) < 1.0  # lift


def test_turning_adds_up(by_hand, swing):
    true = swing(100)
    got = oriented(by_hand.samples(true, 0.01))
    assert np.degrees(got.turned[0, 1400] - got.turned[0, 500]) == pytest.approx(20.0, abs=0.5)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("seed", range(3))
def test_rise_integrates_to_the_height_between_two_standstills(by_hand, thrust, seed, rate_hz):
    true = thrust(rate_hz, sensor_from_dumbbell=by_hand.clipped_on(seed))
    got = oriented(by_hand.samples(true, 1.0 / rate_hz))
    assert climbed_m(got, round(4.8 * rate_hz), round(6.4 * rate_hz)) == pytest.approx(0.35, abs=0.005)
    assert climbed_m(got, round(1.0 * rate_hz), round(2.6 * rate_hz)) == pytest.approx(0.0, abs=0.005)


def test_an_accelerometer_as_delivered_misses_the_height_by_little(by_hand, thrust):
    got = oriented(by_hand.samples(thrust(), 0.01, acc_offset=(0.1, -0.15, 0.1)))
    assert climbed_m(got, 480, 640) == pytest.approx(0.35, abs=0.03)


@pytest.mark.parametrize("seed", range(2))
def test_a_stream_of_quaternions_gives_the_same_directions(by_hand, swing, seed):
    true = swing(100, tilt_deg=4.0, sensor_from_dumbbell=by_hand.clipped_on(seed))
    got = oriented(by_hand.attitudes(true, 0.01))
    assert got.up == pytest.approx(true.up, abs=1e-9)
    assert np.isnan([got.rise, got.velocity, got.height]).all()
    assert np.isnan(climbed_m(got, 100, 900))


def test_a_gyroscope_beside_quaternions_changes_nothing(by_hand, swing):
    true = swing(100)
    beside = by_hand.samples(true, 0.01, gyr_offset_deg_s=(3.0, -2.0, 1.0)).gyr_rad_s
    attitudes = by_hand.attitudes(true, 0.01)
    got = oriented(by_hand.part(attitudes, slice(None), gyr_rad_s=beside))
    assert np.array_equal(got.table, oriented(attitudes).table, equal_nan=True)


def test_bridged_quaternions_are_rotations(by_hand, swing):
    true = swing(100)
    arrived = np.delete(np.arange(len(true)), np.arange(630, 670))
    got = oriented(by_hand.part(by_hand.attitudes(true, 0.01), arrived))
    assert len(got) == len(true)
    assert ((got.flags & BRIDGED) > 0).sum() == 40
    assert np.linalg.norm(got.up, axis=0) == pytest.approx(1.0, abs=1e-6)


def test_bridged_samples_keep_the_angle(by_hand, thrust):
    true = thrust()
    arrived = np.delete(np.arange(len(true)), np.arange(540, 560))
    got = oriented(by_hand.part(by_hand.samples(true, 0.01), arrived))
    assert np.diff(got.t_s) == pytest.approx(0.01)
    assert np.degrees(np.abs(got.up[:, -1] - true.up[:, -1])).max() < 1.0


@st.composite
def streams(draw):
    """Which of 600 samples arrived, and where the stream is cut."""
    lost = set()
    for _ in range(draw(st.integers(0, 3))):
        first = draw(st.integers(1, 590))
        lost |= set(range(first, min(599, first + draw(st.integers(1, 80)))))
    arrived = [number for number in range(600) if number not in lost]
    cuts = draw(st.sets(st.integers(1, len(arrived) - 1), max_size=30))
    return arrived, [0, *sorted(cuts), len(arrived)]


@given(stream=streams(), kind=st.sampled_from(["samples", "attitudes"]))
@settings(deadline=None, max_examples=40)
def test_cutting_anywhere_changes_not_a_bit(by_hand, swing, stream, kind):
    arrived, edges = stream
    block = by_hand.part(getattr(by_hand, kind)(swing(50), 0.02), arrived)
    whole = oriented(block)
    cut = oriented(*(by_hand.part(block, slice(start, stop)) for start, stop in pairwise(edges)))
    assert np.array_equal(cut.table, whole.table, equal_nan=True)


@pytest.mark.parametrize("off_deg", [0.0, 10.0])
def test_an_orientation_of_the_sensors_own_is_compared_with_ours(by_hand, swing, off_deg):
    true = swing(100)
    off = Rotation.from_euler("x", off_deg, degrees=True)
    told = (off * Rotation.from_quat(true.earth_from_sensor.T, scalar_first=True)).as_quat(scalar_first=True)
    block = by_hand.part(by_hand.samples(true, 0.01), slice(None), earth_from_sensor=told)
    got = oriented(block)
    assert np.degrees(np.median(got.disagreement[200:])) == pytest.approx(off_deg, abs=0.7)
    assert np.isnan(oriented(by_hand.samples(true, 0.01)).disagreement).all()
    assert (got.up == oriented(by_hand.samples(true, 0.01)).up).all()


def test_one_by_one_is_the_same_as_all_at_once(by_hand, thrust):
    block = by_hand.samples(thrust(), 0.01)
    one_by_one = oriented(*(by_hand.part(block, slice(n, n + 1)) for n in range(len(block))))
    assert np.array_equal(one_by_one.table, oriented(block).table, equal_nan=True)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 12])
@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_no_stream_is_too_short(by_hand, n, rate_hz):
    block = by_hand.samples(by_hand.rows(np.arange(20) / rate_hz, 0.0), 1.0 / rate_hz)
    got = oriented(by_hand.part(block, slice(n)))
    assert np.array_equal(got.t_s, block.t_s[:n])
    assert got.up[2] == pytest.approx(1.0)


def test_nothing_gives_nothing():
    orientation = Orientation()
    assert sum(len(block) for block in orientation.finish()) == 0


def test_finishing_twice_gives_nothing_more(by_hand, thrust):
    orientation = Orientation()
    orientation.step(by_hand.samples(thrust(), 0.01))
    assert sum(len(block) for block in orientation.finish()) > 0
    assert sum(len(block) for block in orientation.finish()) == 0
