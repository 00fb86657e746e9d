"""Height between standstills: an accelerometer as delivered calibrates itself over a set."""

import numpy as np
import pytest

from tracker.motion.grid import BRIDGED, BROKEN
from tracker.motion.height import OFFSET_M_S2, Accelerometer, climbed_m
from tracker.motion.orientation import FLAGS

RATE_HZ = 100
RISE_M = 0.35
REPS = 6
REP_S = 6.0
STILL_S = (0.5, 2.5, 3.5, 5.5)
"""Of each rep: before the drive, at the top, before the lowering, after it."""


@pytest.fixture(scope="session")
def worn(by_hand):
    """A set of slow reps, its rise wrong by what an offset in the sensor's frame makes of it."""

    def make(offset_m_s2=(0.0, 0.0, 0.0)):
        t_s = np.arange(0.0, REPS * REP_S + 1.0, 1 / RATE_HZ)
        starts = [n * REP_S for n in range(REPS)]
        lift = [(0, -40)]
        height = [(0, 0.0)]
        for start_s in starts:
            for after_s, lift_deg, height_m in (
                (0.6, -40, 0.0),
                (2.4, 0, RISE_M),
                (3.6, 0, RISE_M),
                (5.4, -40, 0.0),
            ):
                lift.append((start_s + after_s, lift_deg))
                height.append((start_s + after_s, height_m))
        rows = by_hand.rows(t_s, by_hand.along(t_s, *lift), height_m=by_hand.along(t_s, *height))
        wrong = rows.rise + (rows.up * np.array(offset_m_s2)[:, None]).sum(axis=0)
        rows.table[12] = wrong
        rows.table[10] = np.cumsum(wrong) / RATE_HZ
        rows.table[11] = np.cumsum(rows.table[10]) / RATE_HZ
        return rows

    return make


def stills():
    """Rows of the standstills of every rep."""
    return [[round((n * REP_S + s) * RATE_HZ) for s in STILL_S] for n in range(REPS)]


def calibrated(rows):
    accelerometer = Accelerometer()
    for before, top, leaving, after in stills():
        for start, stop in ((before, top), (top, leaving), (leaving, after)):
            accelerometer.learn(rows, start, stop)
    return accelerometer


OFFSET = (0.05, -0.25, 0.2)


def test_a_perfect_accelerometer_needs_no_calibration(worn):
    rows = worn()
    before, top, *_ = stills()[2]
    climb = Accelerometer().climb(rows, before, top)
    assert climb.height_m == pytest.approx(RISE_M, abs=0.005)
    assert climb.duration_s == pytest.approx(2.0)


def test_standstills_find_the_offset(worn):
    rows = worn(OFFSET)
    before, top, leaving, after = stills()[3]
    as_delivered = Accelerometer().climb(rows, before, top)
    known = calibrated(rows)
    assert abs(as_delivered.height_m - RISE_M) > 0.03
    assert known.climb(rows, before, top).height_m == pytest.approx(RISE_M, abs=0.01)
    assert known.climb(rows, leaving, after).height_m == pytest.approx(-RISE_M, abs=0.01)


def test_what_is_not_known_is_said(worn):
    rows = worn(OFFSET)
    before, top, *_ = stills()[3]
    as_delivered, known = Accelerometer().climb(rows, before, top), calibrated(rows).climb(rows, before, top)
    assert abs(as_delivered.height_m - RISE_M) < 3 * as_delivered.error_m
    assert known.error_m < as_delivered.error_m


def test_a_slower_movement_is_known_less_well(worn):
    rows = worn()
    fast, slow = (Accelerometer().climb(rows, 50, 50 + n).error_m for n in (100, 400))
    assert fast < 0.5 * slow


def test_a_standstill_that_was_none_hardly_counts(worn):
    rows = worn(OFFSET)
    known = calibrated(rows)
    known.learn(rows, 150, 450)  # from the middle of a drive to the middle of a lowering
    before, top, *_ = stills()[3]
    assert known.climb(rows, before, top).height_m == pytest.approx(RISE_M, abs=0.02)


def test_across_a_hole_height_is_not_known(worn):
    rows = worn()
    before, top, *_ = stills()[2]
    rows.table[FLAGS, before + 20] = BRIDGED
    assert Accelerometer().climb(rows, before, top).height_m == pytest.approx(RISE_M, abs=0.005)
    rows.table[FLAGS, before + 20] = BROKEN
    climb = Accelerometer().climb(rows, before, top)
    assert np.isnan([climb.height_m, climb.error_m]).all()


def test_without_an_accelerometer_nothing_is_learned(worn):
    rows = worn()
    rows.table[10:13] = np.nan
    assert np.isnan(calibrated(rows).climb(rows, *stills()[0][:2]).height_m)


def test_where_it_came_from_is_told(worn):
    rows = worn()
    *_, leaving, after = stills()[1]
    assert Accelerometer().above_m(rows.cut(leaving, after + 1), after - leaving) == pytest.approx(
        RISE_M, abs=0.01
    )
    before, top, *_ = stills()[1]
    assert Accelerometer().above_m(rows.cut(before, top + 1), top - before) == pytest.approx(0.0, abs=0.01)


def test_the_ramp_takes_a_constant_error_off(worn):
    rows = worn((0.0, 0.0, 0.0))
    before, top, *_ = stills()[0]
    rows.table[10] += 0.3 * np.arange(len(rows)) / RATE_HZ
    rows.table[11] += 0.15 * (np.arange(len(rows)) / RATE_HZ) ** 2
    assert climbed_m(rows, before, top) == pytest.approx(RISE_M, abs=0.01)


def test_offsets_beyond_the_usual_are_found_too(worn):
    offset = (0.0, 3 * OFFSET_M_S2, 0.0)
    rows = worn(offset)
    before, top, *_ = stills()[4]
    assert calibrated(rows).climb(rows, before, top).height_m == pytest.approx(RISE_M, abs=0.02)
