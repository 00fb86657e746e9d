"""Go, hold or back off: the first reps of a set against its last."""

import pytest

from tracker.coaching.exercises import ANY_LIFT
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST as HIP_THRUST
from tracker.coaching.progression import gate_of
from tracker.coaching.results import Gate


def gate(by_hand, reps):
    return gate_of(by_hand.judged(reps), HIP_THRUST)


def changing(by_hand, name, values):
    return by_hand.reps(*({name: value} for value in values))


def test_reps_that_stay_the_same_let_the_load_go_up(by_hand):
    said = gate(by_hand, by_hand.reps_to(*[0.0] * 8))
    assert said.gate is Gate.GO
    assert "stay the same" in said.reason


@pytest.mark.parametrize(
    ("name", "values", "expected", "words"),
    [
        ("rom_deg", [40, 40, 40, 38, 36, 35, 35, 35], Gate.HOLD, "range falls by 12 %"),
        ("rom_deg", [40, 40, 40, 36, 33, 30, 30, 30], Gate.BACK_OFF, "range falls by 25 %"),
        ("top_deg", [0, 0, 0, -9, 0, 0, 0, 0], Gate.HOLD, "1 of 6 reps not locked out"),
        ("top_deg", [0, 0, -9, -9, 0, 0, 0, 0], Gate.BACK_OFF, "2 of 6 reps not locked out"),
        ("tilt_top_deg", [0, 0, 0, 0, 0, -6, -6, -6], Gate.HOLD, "right end sinks by 6 deg"),
        ("tilt_top_deg", [0, 0, 0, 0, 0, 8, 8, 8], Gate.BACK_OFF, "left end sinks by 8 deg"),
    ],
)
def test_what_changes_holds_the_load_or_lowers_it(by_hand, name, values, expected, words):
    said = gate(by_hand, changing(by_hand, name, values))
    assert (said.gate, said.reason) == (expected, words)


def test_one_missed_in_ten_lets_the_load_go_up(by_hand):
    tops = [0.0] * 12
    tops[5] = -9.0
    assert gate(by_hand, by_hand.reps_to(*tops)).gate is Gate.GO
    tops[6] = -9.0
    assert gate(by_hand, by_hand.reps_to(*tops)).gate is Gate.HOLD


@pytest.mark.parametrize(("slower", "expected"), [(1.2, Gate.GO), (1.4, Gate.HOLD), (1.9, Gate.BACK_OFF)])
def test_a_drive_that_gets_slower_counts_too(by_hand, slower, expected):
    reps = by_hand.reps(*[{}] * 8)
    tired = [by_hand.rep(n, 10.0 + 4.0 * n, t_top_s=10.0 + 4.0 * n + slower) for n in (5, 6, 7)]
    assert gate(by_hand, [*reps[:5], *tired]).gate is expected


@pytest.mark.parametrize(("rocking_peak_deg", "told"), [(13.0, False), (1.0, True)])
def test_a_weight_that_rocks_is_no_end_that_sinks(by_hand, rocking_peak_deg, told):
    """Two swings one after the other would be the median of a third."""
    tilts = [0, 0, 0, -7, -7, 0, 0, 0, 0, 0]
    rocks = {3: -rocking_peak_deg, 4: -rocking_peak_deg}
    reps = [{"tilt_top_deg": tilt, "rocking_peak_deg": rocks.get(n, 0.3)} for n, tilt in enumerate(tilts)]
    said = gate(by_hand, by_hand.reps(*reps[2:]))
    assert ("sinks by" in said.reason) is told
    assert said.gate is not Gate.GO


def test_every_finding_is_named_and_the_worst_decides(by_hand):
    reps = by_hand.reps(*({"rom_deg": 40 - 3 * n, "tilt_top_deg": 1.5 * n} for n in range(8)))
    said = gate(by_hand, reps)
    assert said.gate is Gate.BACK_OFF
    assert "range falls by" in said.reason
    assert "left end sinks by" in said.reason


def test_the_floor_at_both_ends_of_the_set_takes_no_part(by_hand):
    reps = changing(by_hand, "rom_deg", [70, 40, 40, 40, 40, 40, 20])
    assert gate(by_hand, reps).gate is Gate.GO


def test_height_shows_the_range_where_height_carried_the_reps(by_hand):
    travels = [0.4, 0.4, 0.4, 0.36, 0.34, 0.33, 0.33, 0.33]
    reps = by_hand.reps(*({"travel_m": travel, "carried_by": "height"} for travel in travels))
    assert gate(by_hand, reps).reason == "range falls by 18 %"


def test_fewer_than_four_reps_between_first_and_last_say_nothing(by_hand):
    said = gate(by_hand, by_hand.reps_to(*[0.0] * 5))
    assert said.gate is Gate.UNKNOWN
    assert said.reason == "not judged: it needs a set of 6 reps or more"
    assert gate(by_hand, by_hand.reps_to(*[0.0] * 6)).gate is Gate.GO


def test_reps_that_nobody_could_judge_do_not_count(by_hand):
    said = gate(by_hand, by_hand.reps({}, {}, {"gap_s": 2.0}, {}, {}, {}))
    assert said.gate is Gate.UNKNOWN
    assert said.reason == (
        "not judged: only 3 of the 4 reps between the first and the last could be judged, it needs 4"
    )


def test_no_reps_and_a_counted_lift_have_no_gate(by_hand):
    assert gate_of((), HIP_THRUST).gate is Gate.UNKNOWN
    assert gate_of(by_hand.judged(by_hand.reps_to(*[0.0] * 8)), ANY_LIFT).gate is Gate.UNKNOWN


@pytest.mark.parametrize(("loose", "wanted"), [(0, Gate.GO), (1, Gate.HOLD), (5, Gate.HOLD)])
@pytest.mark.parametrize("fault", [{"rocking_peak_deg": 9.0}, {"turnaround_s": 0.06}])
def test_a_set_that_rocks_or_bounces_holds_the_load(by_hand, loose, wanted, fault):
    inner = [fault] * loose + [{}] * (6 - loose)
    said = gate(by_hand, by_hand.reps({}, *inner, {}))
    assert said.gate is wanted
    assert ("rocked or bounced" in said.reason) == (loose > 0)
