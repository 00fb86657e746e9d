"""Lost samples are put back by straight lines, or it is said that too many are lost."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.motion.grid import BRIDGE_S, BRIDGED, BROKEN, Grid
from tracker.sensing.samples import ACC_CLIPPED, Samples

PERIOD_S = 0.01
SLOPES = np.array([1.0, -2.0, 3.0, 0.5, -0.25, 8.0])
QUATERNIONS = np.array([[np.cos(0.02 * k), np.sin(0.02 * k), 0.0, 0.0] for k in range(400)])


def ramp(rows, period_s=PERIOD_S):
    """Accelerometer and gyroscope that rise evenly: whatever is lost lies on a straight line."""
    t_s = np.asarray(rows) * PERIOD_S
    values = t_s[:, None] * SLOPES
    flags = np.zeros(len(t_s), np.uint8)
    return Samples(t_s, values[:, :3], values[:, 3:], None, flags, period_s, 0)


def turning(quaternions, first=0):
    t_s = (np.arange(len(quaternions)) + first) * PERIOD_S
    return Samples(t_s, None, None, quaternions, np.zeros(len(t_s), np.uint8), PERIOD_S, 0)


def fed(*blocks):
    grid = Grid()
    return [rows for block in blocks for rows in grid.step(block)]


def joined(pieces):
    """Time, values and flags of all rows."""
    columns = [(rows.t_s, np.hstack(rows.values), rows.flags) for rows in pieces]
    return [np.concatenate(column) for column in zip(*columns, strict=True)]


@st.composite
def arrived(draw):
    """Numbers of the samples that came through; neither the first nor the last is lost."""
    numbers = [0]
    for _ in range(draw(st.integers(1, 8))):
        numbers += range(numbers[-1] + 1, numbers[-1] + 1 + draw(st.integers(1, 30)))
        numbers.append(numbers[-1] + 1 + draw(st.integers(0, 80)))
    return numbers


def test_what_is_whole_passes_untouched():
    block = ramp(range(50))
    block.flags[7] = ACC_CLIPPED
    (rows,) = fed(block)
    assert np.array_equal(rows.t_s, block.t_s)
    assert np.array_equal(np.hstack(rows.values), np.hstack([block.acc_m_s2, block.gyr_rad_s]))
    assert np.array_equal(rows.flags, block.flags)
    assert rows.period_s == PERIOD_S


@given(numbers=arrived())
@settings(deadline=None, max_examples=60)
def test_short_holes_are_bridged_by_straight_lines_and_long_ones_break(numbers):
    numbers = np.array(numbers)
    pieces = fed(ramp(numbers))
    breaks = numbers[1:][np.diff(numbers) * PERIOD_S > BRIDGE_S * (1 + 1e-9)]
    exact = numbers[1:][np.isclose(np.diff(numbers) * PERIOD_S, BRIDGE_S)]  # rounding decides those
    broken = {round(rows.t_s[0] / PERIOD_S) for rows in pieces if rows.flags[0] & BROKEN}
    assert set(breaks.tolist()) <= broken <= {*breaks.tolist(), *exact.tolist()}
    assert len(pieces) == 1 + len(broken)
    for rows in pieces:
        assert np.diff(rows.t_s) == pytest.approx(PERIOD_S)
        assert np.hstack(rows.values) == pytest.approx(rows.t_s[:, None] * SLOPES)
        assert not (rows.flags[1:] & BROKEN).any()
    t_s, _, flags = joined(pieces)
    real = np.rint(t_s / PERIOD_S)[(flags & BRIDGED) == 0]
    assert np.array_equal(real, numbers)


@given(numbers=arrived(), cuts=st.sets(st.integers(1, 200), max_size=20))
@settings(deadline=None, max_examples=60)
def test_cutting_anywhere_changes_not_a_bit(numbers, cuts):
    edges = [0, *sorted(cut for cut in cuts if cut < len(numbers)), len(numbers)]
    whole = joined(fed(ramp(numbers)))
    cut = joined(fed(*(ramp(numbers[start:stop]) for start, stop in pairwise(edges))))
    assert all(np.array_equal(some, others) for some, others in zip(whole, cut, strict=True))


def test_a_clip_flag_does_not_spread_over_a_hole():
    block = ramp([0, 1, 5, 6])
    block.flags[:] = [0, ACC_CLIPPED, ACC_CLIPPED, 0]
    (rows,) = fed(block)
    assert rows.flags.tolist() == [0, ACC_CLIPPED, BRIDGED, BRIDGED, BRIDGED, ACC_CLIPPED, 0]


@given(seed=st.integers(0, 2**32 - 1), cut=st.integers(1, 399))
@settings(deadline=None, max_examples=30)
def test_quaternions_stay_on_one_hemisphere(seed, cut):
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], len(QUATERNIONS))
    said = QUATERNIONS * signs[:, None]
    _, values, _ = joined(fed(turning(said[:cut]), turning(said[cut:], first=cut)))
    assert np.array_equal(values, QUATERNIONS * signs[0])


def test_a_hole_in_turned_signs_is_bridged_the_short_way():
    said = np.concatenate([QUATERNIONS[:10], -QUATERNIONS[14:20]])
    block = turning(said)
    block.t_s[10:] += 4 * PERIOD_S
    (rows,) = fed(block)
    assert np.abs(rows.values[0] - QUATERNIONS[:20]).max() < 2e-3  # a chord, not an arc


def test_another_sample_period_begins_a_new_stretch():
    slower = ramp(range(101, 140, 2), period_s=2 * PERIOD_S)
    first, second = fed(ramp(range(100)), slower)
    assert not first.flags.any()
    assert second.flags[0] == BROKEN
    assert np.array_equal(second.t_s, slower.t_s)
    assert second.period_s == 2 * PERIOD_S


@pytest.mark.parametrize("first_kind", ["acc and gyr", "quaternion"])
def test_another_kind_of_sensor_begins_a_new_stretch(first_kind):
    other = turning(QUATERNIONS[:20], first=101)
    if first_kind == "acc and gyr":
        first, second = fed(ramp(range(100)), other)
    else:
        first, second = fed(turning(QUATERNIONS[:100]), ramp(range(101, 121)))
    assert (len(first.t_s), len(second.t_s)) == (100, 20)
    assert second.flags[0] == BROKEN


def test_samples_without_any_angle_are_refused():
    block = ramp(range(3))
    bare = Samples(block.t_s, block.acc_m_s2, None, None, block.flags, PERIOD_S, 0)
    with pytest.raises(ValueError, match="accelerometer and gyroscope, or a quaternion"):
        Grid().step(bare)
