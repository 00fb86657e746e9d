"""The truth is what the definitions say about the movement, found in another way."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.virtual.lifter import perform
from tracker.virtual.script import Leg, Missed, Rocked, Tempo, WorkSet, demo_script, sets_only

DEMO = perform(demo_script(11))
STEP_S = 1e-3


def found_borders_s(movement, rep):
    """Extremes and 5 % / 95 % crossings by plain search around a rep."""
    t_s = np.arange(rep.t_start_s - 0.25, rep.t_end_s + 0.45, STEP_S)  # from still to still
    lift_deg = movement.intended(t_s).lift_deg
    top = int(np.argmax(lift_deg))
    up, down = lift_deg[: top + 1], lift_deg[top:]
    rise, fall = up.max() - up.min(), down.max() - down.min()
    return (
        t_s[np.argmax(up >= up.min() + 0.05 * rise)],
        t_s[np.argmax(up >= up.min() + 0.95 * rise)],
        t_s[top + np.argmax(down <= down.max() - 0.05 * fall)],
        t_s[top + np.argmax(down <= down.max() - 0.95 * fall)],
    )


@pytest.mark.parametrize("rep", DEMO.truth.reps, ids=lambda rep: f"{rep.leg}-{rep.rep}")
def test_borders_lie_where_a_plain_search_finds_them(rep):
    borders_s = (rep.t_start_s, rep.t_top_s, rep.t_leave_top_s, rep.t_end_s)
    assert found_borders_s(DEMO.movement, rep) == pytest.approx(borders_s, abs=1.5 * STEP_S)


def test_the_demo_is_what_was_promised():
    assert 60.0 < DEMO.duration_s < 70.0
    assert [(work.leg, work.reps) for work in DEMO.truth.sets] == [(Leg.LEFT, 5), (Leg.RIGHT, 5)]
    assert sum(not rep.locked_out for rep in DEMO.truth.reps) == 1
    assert sum(rep.rocking_peak_deg != 0.0 for rep in DEMO.truth.reps) == 1


def test_happenings_follow_one_another_without_holes():
    happenings = DEMO.truth.happenings
    assert happenings[0].t_start_s == 0.0
    assert happenings[-1].t_end_s == DEMO.duration_s
    assert all(now.t_end_s == after.t_start_s for now, after in pairwise(happenings))


def test_a_missed_lockout_is_short_by_what_was_asked():
    work = WorkSet(Leg.LEFT, reps=6, faults=(Missed(rep=3, short_deg=12.0),))
    played = perform(sets_only(work, seed=8))
    tops_deg = [
        float(played.movement.intended(np.array([(rep.t_top_s + rep.t_leave_top_s) / 2])).lift_deg[0])
        for rep in played.truth.reps
    ]
    assert [rep.locked_out for rep in played.truth.reps] == [True, True, False, True, True, True]
    others_deg = np.median(tops_deg[:2] + tops_deg[3:])
    assert others_deg - tops_deg[2] == pytest.approx(12.0, abs=2.5)


@pytest.mark.parametrize("peak_deg", [-14.0, -8.0, 8.0, 14.0])
def test_rocking_tips_the_dumbbell_for_a_part_of_the_rep(peak_deg):
    work = WorkSet(Leg.RIGHT, reps=5, faults=(Rocked(rep=4, peak_deg=peak_deg),))
    played = perform(sets_only(work, seed=3))
    rocked = played.truth.reps[3]
    assert [rep.rocking_peak_deg for rep in played.truth.reps] == pytest.approx(
        [0.0, 0.0, 0.0, peak_deg, 0.0], abs=0.01
    )
    t_s = np.arange(rocked.t_start_s, rocked.t_end_s, STEP_S)
    meant = played.movement.intended(t_s)
    assert 0.15 < np.mean(np.abs(meant.rocking_deg) > 0.5 * abs(peak_deg)) < 0.7
    unexplained = np.polyfit(meant.lift_deg, meant.tilt_deg - meant.rocking_deg, 1, full=True)[1]
    assert unexplained == pytest.approx(0.0, abs=1e-12)  # the rest of the tilt is linear in lift


def test_the_first_drive_and_the_last_lowering_touch_the_floor():
    played = perform(sets_only(WorkSet(Leg.LEFT, reps=5), seed=4))
    first, *middle, last = played.truth.reps
    assert all(first.rom_deg > rep.rom_deg + 5.0 for rep in (*middle, last))
    start, end = played.movement.intended(np.array([first.t_start_s - 0.3, last.t_end_s + 0.6])).lift_deg
    assert start == end == -sets_only(WorkSet(Leg.LEFT, reps=5)).seat_deg


def seconds(least, most):
    return st.integers(round(least * 1000), round(most * 1000)).map(lambda milliseconds: milliseconds / 1000)


@given(
    seed=st.integers(0, 10**6),
    rom_deg=st.floats(35.0, 60.0),
    travel_m=st.floats(0.30, 0.40),
    tempo=st.builds(Tempo, seconds(0.6, 4.0), seconds(0.0, 1.5), seconds(0.5, 2.0), seconds(0.0, 2.0)),
)
@settings(max_examples=40, deadline=None)
def test_any_set_is_measured_in_order_and_in_range(seed, rom_deg, travel_m, tempo):
    reps = perform(sets_only(WorkSet(Leg.LEFT, 4, tempo, rom_deg, travel_m), seed=seed)).truth.reps
    times_s = [t_s for rep in reps for t_s in (rep.t_start_s, rep.t_top_s, rep.t_leave_top_s, rep.t_end_s)]
    assert np.all(np.diff(times_s) > 0)
    for rep in reps[1:]:
        assert rep.rom_deg == pytest.approx(rom_deg, abs=3.0)
        assert rep.travel_m == pytest.approx(travel_m * rep.rom_deg / rom_deg, rel=0.03)
        assert abs(rep.twist_deg) == pytest.approx(3.5, abs=1.9)
        # 5 % and 95 % of a least-jerk move lie 62 % of its time apart; each drive's time varies by 10 %.
        assert rep.t_top_s - rep.t_start_s == pytest.approx(0.62 * tempo.drive_s, rel=0.12)
