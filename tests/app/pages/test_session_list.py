"""Whose progress the first review page shows."""

import math
from dataclasses import replace

from tests.archive.sessions_by_hand import a_session
from tracker.app.pages.review.session_list import _reps, _row, last_trained, meant_by, of_athlete
from tracker.coaching.results import Gate
from tracker.sensing.marks import Side


def by(athlete, row, **other):
    return replace(row, sides=tuple(replace(side, athlete=athlete, **other) for side in row.sides))


ANA, BEN = by("Ana", a_session(3, (8,))), by("Ben", a_session(5, (8,)))


def test_it_is_who_trained_last():
    assert last_trained([BEN, ANA], "").athlete == "Ben"
    assert last_trained([], "") is None


def test_it_is_the_athlete_who_is_asked_for_in_a_session_of_two():
    shared = replace(ANA, sides=(*BEN.sides, *ANA.sides))
    assert last_trained([shared], "Ana").athlete == "Ana"


def test_a_lift_that_is_only_counted_comes_last():
    counted = by("Ben", a_session(7, (8,)), exercise="any_lift", clean=math.nan)
    assert last_trained([counted, ANA], "").athlete == "Ana"
    assert last_trained([counted], "").exercise == "any_lift"


def test_clean_reps_are_told_of_what_was_judged_beside_what_was_only_counted():
    thrust = a_session(7, (8,))
    counted = by("Ana", thrust, exercise="any_lift", judged=0, clean=math.nan)
    assert _reps(replace(thrust, sides=thrust.sides + counted.sides), Side.LEFT) == "20, 8 of 10 clean"
    assert _reps(counted, Side.LEFT) == "10"


def test_of_a_shared_session_the_other_athletes_reps_are_left_out():
    shared = replace(ANA, sets=(*ANA.sets, *BEN.sets), sides=(*ANA.sides, *BEN.sides))
    assert of_athlete(shared, "").sides == shared.sides
    own = of_athlete(shared, "Ben")
    assert {one.athlete for one in own.sides} == {"Ben"}
    assert own.sides == BEN.sides


def test_capitals_tell_athletes_apart_but_need_not_be_typed():
    assert meant_by("ana", ("Ana", "ana")) == "ana"
    assert meant_by(" Zoe\u0308", ("Zo\u00eb",)) == meant_by("ZO\u00cb", ("Zo\u00eb",)) == "Zo\u00eb"
    assert meant_by("Carl", ("Ana",)) == "Carl"
    two = replace(ANA, sets=ANA.sets + tuple(replace(one, athlete="ana") for one in ANA.sets))
    assert len(of_athlete(two, "ana").sets) == len(ANA.sets)


def test_a_row_hides_no_load_no_athlete_and_no_leg():
    row = a_session(7, (8,), (7,))
    left, right = row.sets
    sets = (
        replace(left, load_kg=26.5),
        replace(left, load_kg=24.0, athlete=""),
        replace(right, load_kg=24.0),
    )
    sides = (row.sides[0], replace(row.sides[1], gate=Gate.UNKNOWN), replace(row.sides[0], side=Side.UNKNOWN))
    cells = _row(replace(row, sets=sets, sides=sides), list(Side))
    assert cells[2] == "Ana, athlete not said"
    assert cells[-3] == "24, 26.5 kg"
    assert cells[-2] == "left hold; right not judged; leg not said hold"
    assert _row(replace(row, sets=()), list(Side))[-3] == ""


def test_of_a_leg_of_which_only_some_reps_were_judged_those_are_told():
    some = by("Ana", a_session(7, (4,)), judged=4)
    assert _reps(some, Side.LEFT) == "10, 4 of 4 clean"
