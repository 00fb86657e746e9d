"""The reference top: where a set's tops gather, carried along by a slide and by nothing else."""

import pytest

from tracker.coaching.exercises import ONE_LEG_HIP_THRUST as HIP_THRUST
from tracker.coaching.reference import densest_top, middle, reference_of, slide_after

approx = pytest.approx


def reference(reps):
    return reference_of(reps, HIP_THRUST)


def test_the_reference_is_the_centre_of_the_densest_two_degrees():
    assert densest_top([5.0, 0.2, -0.2, 0.6, -3.0], HIP_THRUST) == approx(0.2)


def test_overarched_tops_do_not_draw_it_up():
    assert densest_top([0.0, 0.3, -0.3, 3.5, 5.0, 7.0, 7.5], HIP_THRUST) == approx(0.0)


def test_short_tops_do_not_draw_it_down():
    assert densest_top([0.0, 0.3, -0.3, -6.0, -9.0, -12.0, -15.0], HIP_THRUST) == approx(0.0)


def test_a_habit_of_stopping_short_is_not_the_line():
    assert densest_top([0.0, 1.0, -12.0, -12.5, -13.0, -12.2], HIP_THRUST) == approx(0.5)


def test_one_top_far_above_the_others_is_not_the_line_either():
    assert densest_top([12.0, 0.0, 0.2, 0.4, 0.6], HIP_THRUST) == approx(0.3)


def test_of_two_lone_tops_the_higher_is_the_line():
    assert densest_top([-12.0, 0.0], HIP_THRUST) == 0.0


@pytest.mark.parametrize("tops", [[], [3.0], [3.0, float("nan")]])
def test_there_is_none_before_the_second_rep(tops):
    assert densest_top(tops, HIP_THRUST) != densest_top(tops, HIP_THRUST)  # nan


def test_the_order_of_the_reps_does_not_matter_without_a_slide(by_hand):
    tops = [0.0, 0.5, -8.0, 0.2, -0.4, 4.0]
    there, back = (reference(by_hand.reps_to(*some)) for some in (tops, reversed(tops)))
    assert there.top_deg == approx(back.top_deg)
    assert there.bottom_deg == back.bottom_deg == -40.0


def test_a_slide_carries_the_reference_along(by_hand):
    shifts = [0.0, 0.0, 3.0, 6.0, 9.0, 12.0, 15.0]
    slid = reference(by_hand.reps_between([s - 40.0 for s in [*shifts, 15.0]], shifts))
    assert slid.slides_deg[0] == 0.0
    assert slid.slides_deg[-1] == approx(15.0, abs=2.0)
    assert all(
        slid.top_deg + slide == approx(top, abs=2.0)
        for slide, top in zip(slid.slides_deg, shifts, strict=True)
    )


def test_falling_tops_over_a_steady_bottom_are_no_slide(by_hand):
    decayed = reference(by_hand.reps_to(0.0, 0.0, 0.0, -3.0, -5.5, -8.0, -10.5))
    assert decayed.slides_deg == (0.0,) * 7
    assert decayed.top_deg == 0.0


def test_rising_bottoms_under_a_steady_top_are_no_slide(by_hand):
    cut = reference(by_hand.reps_between([-40, -40, -40, -38, -36, -34, -32], [0.0] * 6))
    assert cut.slides_deg == (0.0,) * 6


def test_the_floor_before_the_first_and_after_the_last_rep_is_no_bottom(by_hand):
    on_the_floor = reference(by_hand.reps_between([-60, -40, -40, -40, -62], [0.0] * 4))
    assert on_the_floor.bottom_deg == -40.0
    assert on_the_floor.slides_deg == (0.0,) * 4


def test_a_rep_with_a_hole_or_a_clipped_sensor_takes_no_part(by_hand):
    sound = by_hand.reps_to(0.0, 0.5, 0.2)
    spoilt = [
        by_hand.rep(7, 50.0, top_deg=30.0, rom_deg=99.0, gap_s=1.0),
        by_hand.rep(8, 54.0, top_deg=30.5, rom_deg=99.0, clipped=True),
    ]
    assert reference([*sound, *spoilt]).top_deg == approx(reference(sound).top_deg)
    assert reference([*sound, *spoilt]).range_deg == reference(sound).range_deg


def test_a_dumbbell_held_level_has_no_reference(by_hand):
    held = reference(by_hand.reps_between([-6.0] * 5, [0.0] * 4))
    assert held.top_deg != held.top_deg  # nan
    assert held.slides_deg == ()


def test_a_rep_still_at_its_top_is_placed_by_the_bottom_it_came_from(by_hand):
    steady = reference(by_hand.reps_to(0.0, 0.0, 0.0))
    slid = by_hand.rep(3, 22.0, start_deg=-34.0, top_deg=5.0)
    short = by_hand.rep(3, 22.0, start_deg=-40.0, top_deg=-9.0)
    assert slide_after(steady, slid) == 5.0
    assert slide_after(steady, short) == 0.0


def test_a_middle_leaves_out_what_was_not_measured():
    assert middle([float("nan"), 3.0, 1.0, 2.0, float("inf")]) == 2.0
    assert middle([1.0, 2.0]) == 1.5
