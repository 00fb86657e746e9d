"""What a rep measured, against curves whose borders, ranges and tilts are known in closed form."""

import numpy as np
import pytest

from tracker.motion.dumbbell import Frame
from tracker.motion.events import Channel
from tracker.motion.grid import BRIDGED
from tracker.motion.height import Accelerometer
from tracker.motion.measure import measured, outlined
from tracker.motion.phases import borders
from tracker.motion.reps import measured_cycle, weighed
from tracker.motion.view import View
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED

STRAIGHT = Frame(*np.eye(3))
RATES_HZ = (50, 100, 200)
SHARES = np.linspace(0.0, 1.0, 100_001)
COVERED = SHARES**3 * (10.0 + SHARES * (6.0 * SHARES - 15.0))


def when(share, begun_s, done_s):
    """When a move of least jerk from rest to rest has covered a share of its way."""
    return begun_s + (done_s - begun_s) * float(np.interp(share, COVERED, SHARES))


@pytest.fixture(scope="session")
def rep_of(by_hand):
    """Measure the rep of a curve of lift; the rows between which each part of it lies are given in s."""

    def measure(keys, within_s, *, rate_hz=100, end_s=None, height=(), flags=None, shaking_deg=0.0, **angles):
        t_s = np.arange(0.0, end_s or keys[-1][0], 1.0 / rate_hz)
        values = {
            name: by_hand.along(t_s, *course) if isinstance(course, list) else course
            for name, course in angles.items()
        }
        lift_deg = by_hand.along(t_s, *keys) + shaking_deg * np.sin(2 * np.pi * 8.0 * t_s)
        height_m = by_hand.along(t_s, *height) if height else np.nan
        made = by_hand.rows(t_s, lift_deg, height_m=height_m, **values)
        if flags is not None:
            made.table[-1] = flags(t_s)
        view = View.of(made, 0, STRAIGHT, 1.0 / rate_hz)
        low_s, peak_s, stop_s = within_s
        peak = int(np.searchsorted(t_s, low_s))
        peak += int(lift_deg[peak : int(np.searchsorted(t_s, peak_s)) + 1].argmax())
        stop = min(round(stop_s * rate_hz), len(t_s) - 1)
        cycle = measured_cycle(view, round(low_s * rate_hz), peak, stop)
        return weighed(cycle, view, Accelerometer()).as_candidate(1)

    return measure


KEYS = [(0.0, -40.0), (2.0, -40.0), (3.2, 5.0), (4.0, 5.0), (6.2, -38.0), (9.0, -38.0)]
"""1.2 s up by 45 deg, 0.8 s of hold, 2.2 s down by 43 deg."""
WITHIN_S = (1.0, 4.2, 8.0)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_phases_begin_at_5_and_end_at_95_percent_of_their_own_range(rep_of, rate_hz):
    rep = rep_of(KEYS, WITHIN_S, rate_hz=rate_hz)
    assert rep.t_start_s == pytest.approx(when(0.05, 2.0, 3.2), abs=0.005)
    assert rep.t_top_s == pytest.approx(when(0.95, 2.0, 3.2), abs=0.005)
    assert rep.t_leave_top_s == pytest.approx(when(0.05, 4.0, 6.2), abs=0.005)
    assert rep.t_end_s == pytest.approx(when(0.95, 4.0, 6.2), abs=0.005)
    assert np.isnan(rep.bottom_s)


@pytest.mark.parametrize("drive_s", [0.6, 1.0, 2.0, 4.0])
def test_a_drive_of_any_speed_is_timed(rep_of, drive_s):
    keys = [(0, -40), (2, -40), (2 + drive_s, 0), (3 + drive_s, 0), (5 + drive_s, -40), (8 + drive_s, -40)]
    rep = rep_of(keys, (1.0, 3.0 + drive_s, 6.0 + drive_s))
    # smoothing below 6 Hz, which belongs to the definition, rounds the corners of the fastest
    within_s = 0.005 if drive_s > 0.6 else 0.008
    assert rep.t_start_s == pytest.approx(when(0.05, 2.0, 2.0 + drive_s), abs=within_s)
    assert rep.t_top_s == pytest.approx(when(0.95, 2.0, 2.0 + drive_s), abs=within_s)


@pytest.mark.parametrize("stuck_s", [0.4, 0.8])
def test_a_sticking_point_belongs_to_the_drive(rep_of, stuck_s):
    on_s = 2.8 + stuck_s
    keys = [(0, -40), (2, -40), (2.8, -12), (on_s, -12), (on_s + 0.6, 0), (5, 0), (7, -40), (10, -40)]
    rep = rep_of(keys, (1.0, 5.5, 9.0))
    assert rep.t_start_s == pytest.approx(when(2 / 28, 2.0, 2.8), abs=0.01)
    assert rep.t_top_s == pytest.approx(when(10 / 12, on_s, on_s + 0.6), abs=0.01)
    assert rep.rom_deg == pytest.approx(40.0, abs=0.2)


def test_tremor_hardly_moves_the_borders(rep_of):
    rep = rep_of(KEYS, WITHIN_S, shaking_deg=0.3)
    assert rep.t_start_s == pytest.approx(when(0.05, 2.0, 3.2), abs=0.02)
    assert rep.t_top_s == pytest.approx(when(0.95, 2.0, 3.2), abs=0.02)
    assert rep.t_leave_top_s == pytest.approx(when(0.05, 4.0, 6.2), abs=0.04)
    assert rep.t_end_s == pytest.approx(when(0.95, 4.0, 6.2), abs=0.04)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_range_is_extreme_to_extreme(rep_of, rate_hz):
    rep = rep_of(KEYS, WITHIN_S, rate_hz=rate_hz)
    assert rep.rom_deg == pytest.approx(45.0, abs=0.1)
    assert (rep.start_deg, rep.top_deg, rep.end_deg) == pytest.approx((-40.0, 5.0, -38.0), abs=0.5)
    assert rep.carried_by is Channel.LIFT


def test_speeds_are_those_of_the_movement(rep_of):
    height = [(0, 0.1), (2, 0.1), (3.2, 0.45), (4.0, 0.45), (6.2, 0.1), (9, 0.1)]
    rep = rep_of(KEYS, WITHIN_S, height=height)
    assert rep.peak_speed_deg_s == pytest.approx(1.875 * 45.0 / 1.2, rel=0.01)
    assert rep.lowering_speed_deg_s == pytest.approx(1.875 * 43.0 / 2.2, rel=0.01)
    assert rep.travel_m == pytest.approx(0.35, abs=0.005)
    concentric_s = when(0.95, 2.0, 3.2) - when(0.05, 2.0, 3.2)
    assert rep.mean_velocity_m_s == pytest.approx(0.9 * 0.35 / concentric_s, rel=0.03)
    assert rep.still_deg_s < 1.0


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("drive_s", [0.5, 1.2, 3.0])
def test_a_drive_that_ends_smoothly_keeps_three_quarters_of_its_speed_in_its_last_fifth(
    rep_of, rate_hz, drive_s
):
    keys = [(0, -40), (2, -40), (2 + drive_s, 5), (3 + drive_s, 5), (5 + drive_s, -38), (8 + drive_s, -38)]
    rep = rep_of(keys, (1.0, 3.0 + drive_s, 7.0 + drive_s), rate_hz=rate_hz)
    start, top = (when(share, 0.0, 1.0) for share in (0.05, 0.95))
    gained = 0.95 - float(np.interp(top - 0.2 * (top - start), SHARES, COVERED))
    assert gained / (0.2 * 0.9) == pytest.approx(0.74, abs=0.01)
    assert rep.finish_share == pytest.approx(0.74, abs=0.04)


def test_a_drive_that_creeps_on_after_the_line_is_slow_in_its_end(rep_of):
    keys = [(0, -40), (2, -40), (2.8, 0), (3.2, 5), (4.2, 5), (6.2, -38), (9, -38)]
    assert rep_of(keys, (1.0, 4.4, 8.0)).finish_share < 0.6


def test_without_an_accelerometer_the_travel_is_not_known(rep_of):
    rep = rep_of(KEYS, WITHIN_S)
    assert np.isnan([rep.travel_m, rep.mean_velocity_m_s, rep.turnaround_m_s2]).all()


def test_what_is_not_over_is_not_known_yet(rep_of):
    rep = rep_of(KEYS, (1.0, 3.6, 3.6), end_s=3.6)
    assert rep.t_top_s == pytest.approx(when(0.95, 2.0, 3.2), abs=0.005)
    unknown = [rep.t_leave_top_s, rep.t_end_s, rep.end_deg, rep.lowering_speed_deg_s]
    assert np.isnan(unknown).all()


@pytest.mark.parametrize("tilt_deg", [-6.0, 3.0])
def test_tilt_at_the_top_is_the_mean_of_the_hold(rep_of, tilt_deg):
    course = [(0, 0), (2, 0), (3.2, tilt_deg), (4.0, tilt_deg), (6.2, 0), (9, 0)]
    assert rep_of(KEYS, WITHIN_S, tilt_deg=course).tilt_top_deg == pytest.approx(tilt_deg, abs=0.2)


@pytest.mark.parametrize("heading_deg", [-8.0, 8.0])
@pytest.mark.parametrize("before_deg", [0.0, 178.0])
def test_twist_is_the_heading_at_the_top_against_the_start(rep_of, heading_deg, before_deg):
    after_deg = before_deg + heading_deg
    course = [
        (0, before_deg),
        (2, before_deg),
        (2.8, after_deg),
        (4, after_deg),
        (6, before_deg),
        (9, before_deg),
    ]
    rep = rep_of(KEYS, WITHIN_S, heading_deg=course)
    assert rep.twist_deg == pytest.approx(heading_deg, abs=0.3)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_turnaround_is_from_a_quarter_of_the_lowering_speed_to_a_quarter_of_the_drives(rep_of, rate_hz):
    keys = [(0, -40), (1, -40), (2, 0), (3.5, -40), (4.5, 0), (6, -40), (9, -40)]
    rep = rep_of(keys, (3.4, 4.6, 8.0), rate_hz=rate_hz)
    # speed is 30 s^2 (1 - s)^2 of range a duration, at most 1.875: a quarter at 14.6 % from either end
    assert rep.turnaround_s == pytest.approx(0.1464 * (1.5 + 1.0), abs=1.5 / rate_hz)


def test_a_bounce_is_short_and_hard(rep_of):
    keys = [(0, -40), (1, -40), (2, 0), (2.5, -40), (2.9, 0), (4.4, -40), (9, -40)]
    height = [(time_s, 0.35 * (1 + lift_deg / 40.0)) for time_s, lift_deg in keys]
    rep = rep_of(keys, (2.4, 3.0, 8.0), height=height)
    assert rep.turnaround_s == pytest.approx(0.1464 * (0.5 + 0.4), abs=0.015)
    # least jerk starts with 60 / sqrt(108) ranges a squared duration, soon after the reversal
    assert rep.turnaround_m_s2 == pytest.approx(60 / np.sqrt(108) * 0.35 / 0.4**2, rel=0.25)


def test_a_rep_from_rest_has_no_turnaround(rep_of):
    assert np.isnan(rep_of(KEYS, WITHIN_S).turnaround_s)


@pytest.mark.parametrize(("flag", "clipped"), [(0, False), (ACC_CLIPPED, True), (GYR_CLIPPED, True)])
def test_a_clipped_sample_marks_its_rep_only(rep_of, flag, clipped):
    inside = rep_of(KEYS, WITHIN_S, flags=lambda t_s: np.where(np.abs(t_s - 3.0) < 0.006, flag, 0))
    before = rep_of(KEYS, WITHIN_S, flags=lambda t_s: np.where(t_s < 1.5, flag, 0))
    assert (inside.clipped, before.clipped) == (clipped, False)


def test_the_longest_hole_inside_a_rep_is_told(rep_of):
    rep = rep_of(KEYS, WITHIN_S, flags=lambda t_s: np.where((t_s > 2.5) & (t_s < 2.799), BRIDGED, 0))
    assert rep.gap_s == pytest.approx(0.3, abs=0.011)
    assert rep_of(KEYS, WITHIN_S).gap_s == 0.0


@pytest.fixture(scope="session")
def rocking(by_hand):
    """Rocking of each of eight reps: rep 4 has a bump of tilt, all tilt with lift, and the weight slides."""

    def measure(bump_deg, *, with_lift=0.0, slide_deg=0.0):
        t_s = np.arange(0.0, 40.0, 0.01)
        lift_deg = by_hand.along(t_s, *by_hand.reps(8))
        bump = by_hand.along(t_s, (0, 0), (16.6, 0), (17.2, bump_deg), (17.8, 0), (40, 0))
        tilt_deg = 2.0 + with_lift * lift_deg + slide_deg * t_s / 40.0 + bump
        view = View.of(by_hand.rows(t_s, lift_deg, tilt_deg=tilt_deg), 0, STRAIGHT, 0.01)
        found = []
        for start in range(400, 3600, 400):
            b = borders(view, start - 50, start + 140, start + 390)
            found.append(measured(outlined(view, b)).rocking_peak_deg)
        return found

    return measure


@pytest.mark.parametrize("bump_deg", [8.0, -8.0])
def test_rocking_is_the_largest_tilt_signed(rocking, bump_deg):
    found = rocking(bump_deg)
    assert found.pop(3) == pytest.approx(bump_deg, abs=0.7)
    assert found == pytest.approx([0.0] * 7, abs=0.7)


@pytest.mark.parametrize("with_lift", [-0.15, 0.1])
def test_tilt_that_goes_with_lift_is_no_rocking(rocking, with_lift):
    assert rocking(0.0, with_lift=with_lift) == pytest.approx([0.0] * 8, abs=0.2)
    found = rocking(8.0, with_lift=with_lift)
    assert found.pop(3) == pytest.approx(8.0, abs=0.7)
    assert found == pytest.approx([0.0] * 7, abs=0.7)


def test_slow_sliding_is_no_rocking(rocking):
    assert rocking(0.0, slide_deg=8.0) == pytest.approx([0.0] * 8, abs=1.0)
    found = rocking(8.0, slide_deg=8.0)
    assert found.pop(3) == pytest.approx(8.0, abs=1.0)
    assert found == pytest.approx([0.0] * 7, abs=1.5)
