"""The flow of a session, folded from events made by hand: what it goes through, and what it has declared."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tracker.app.flow import Flow, flow_of, step
from tracker.app.still_check import LIES_S, STILL_S, StillCheck
from tracker.app.under_way import LOOKS_OVER_S, FlowStage
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST
from tracker.coaching.plan import ASK, Wishes
from tracker.motion.events import Motion, Stage
from tracker.path import Step
from tracker.sensing.marks import Calibrated, Connected, Declared, Disconnected, Mark, Side, Stopped
from tracker.sensing.samples import Packet

PACKET = Packet(0, 0, 0, b"")
LEFT, RIGHT = Side.LEFT, Side.RIGHT
SAID = Declared(LEFT, 20.0, target_reps=8)
CONNECTED = Connected("open-lift", "LIFT-1A2B")


def rows(t_s, turning_deg_s, tilt_deg=math.nan):
    """Motion of these times, turning and tilt."""
    nothing = np.full(len(t_s), np.nan)
    turning = np.broadcast_to(np.asarray(turning_deg_s, float), len(t_s))
    tilt = np.full(len(t_s), tilt_deg)
    return Motion(t_s, nothing, tilt, nothing, nothing, turning, np.zeros(len(t_s), np.uint8))


def span(start_s, stop_s):
    return np.arange(round(start_s * 100), round(stop_s * 100)) / 100


def trembling(t_s):
    """Turning of a weight that two hands hold: 0.6 to 2.6 deg/s."""
    return 1.6 + np.sin(40.0 * t_s)


def lying(t_s):
    """Turning of a weight on the floor: noise beside an offset that is not known yet."""
    return 2.0 + 0.1 * np.sin(300.0 * t_s)


@pytest.fixture
def told(path_step):
    """Fold marks' bodies, events and motion, one step each; the flow and all that it declared."""

    def fold(*happenings, flow=None, heard=True):
        flow, declared = flow or flow_of(), []
        for happening in happenings:
            if isinstance(happening, Motion):
                flow = step(flow, PACKET, Step(happening, ()))
            elif hasattr(happening, "t_s"):
                flow = step(flow, PACKET, path_step(happening))
            else:
                flow = step(flow, Mark(0, 0, happening), path_step())
            while flow.declare is not None:
                declared.append(flow.declare)
                if not heard:
                    break
                flow = step(flow, Mark(0, 0, flow.declare), path_step())
        return flow, declared

    return fold


@pytest.fixture
def a_set(set_event, rep_event):
    """Events of a whole set of three reps, `clean` of them clean."""

    def make(number, side, clean=3):
        cleans = {rep: rep <= clean for rep in (1, 2, 3)}
        short = [rep for rep, is_clean in cleans.items() if not is_clean]
        began = set_event(number, side=side)
        reps = [rep_event(rep, set=number, side=side, clean=is_clean) for rep, is_clean in cleans.items()]
        return (began, *reps, set_event(number, ended=True, reps=3, short=short, side=side))

    return make


def test_a_session_goes_from_the_checklist_to_the_first_set_by_itself(told, set_event, rep_event):
    flow, _ = told(SAID)
    assert flow.stage is FlowStage.WAITING
    flow, _ = told(CONNECTED, flow=flow)
    assert flow.stage is FlowStage.SET_UP
    assert flow.checklist == ONE_LEG_HIP_THRUST.checklist
    floor, up = span(0.0, 3.0), span(3.0, 6.0)
    flow, _ = told(rows(floor, lying(floor)), flow=flow)
    assert flow.stage is FlowStage.SET_UP
    assert "lies untouched" in flow.still_words
    flow, _ = told(rows(up, 60.0), flow=flow)
    assert flow.stage is FlowStage.STILL
    assert "it moves" in flow.still_words
    hold = span(6.0, 7.0)
    flow, _ = told(rows(hold, trembling(hold)), flow=flow)
    assert flow.stage is FlowStage.STILL
    hold = span(7.0, 8.2)
    flow, _ = told(rows(hold, trembling(hold)), flow=flow)
    assert (flow.stage, flow.still_words) == (FlowStage.READY, "held still")
    drive = span(8.2, 9.0)
    flow, _ = told(rows(drive, 90.0), flow=flow)
    assert flow.stage is FlowStage.READY  # the first drive is no reason to begin again
    flow, _ = told(set_event(1), rep_event(1), flow=flow)
    assert flow.stage is FlowStage.SET
    assert flow.checklist == ()
    assert flow.still_words == ""


@pytest.mark.parametrize("before", [(), (CONNECTED,), (CONNECTED, rows(span(0.0, 1.0), 60.0))])
def test_the_first_rep_begins_the_set_whatever_was_not_done_before(told, set_event, before):
    flow, _ = told(*before, set_event(1))
    assert flow.stage is FlowStage.SET


def test_a_lost_link_goes_back_to_waiting_only_before_the_first_set(told, a_set):
    gone = Disconnected("out of range")
    assert told(CONNECTED, gone)[0].stage is FlowStage.WAITING
    assert told(CONNECTED, a_set(1, LEFT)[0], gone)[0].stage is FlowStage.SET
    assert told(CONNECTED, *a_set(1, LEFT), gone)[0].stage is FlowStage.REST


def test_when_a_set_is_over_the_other_side_is_declared_and_the_rest_runs(told, a_set):
    flow, declared = told(SAID, CONNECTED, *a_set(1, LEFT))
    assert flow.stage is FlowStage.REST
    assert declared == [Declared(RIGHT)]
    assert flow.said.unheard == ()
    over_s = flow.sets[-1].t_end_s
    assert flow.rest_since_s == over_s
    assert flow.rested_s(over_s + 34.0) == pytest.approx(34.0)
    assert flow.rest_target_s == 60.0
    flow, declared = told(*a_set(2, RIGHT), flow=flow)
    assert declared == [Declared(LEFT)]
    assert flow.rest_target_s == 90.0


def test_the_other_side_is_declared_before_it_is_certain_that_the_set_is_over(told, a_set):
    *going_on, over = a_set(1, LEFT)
    flow, declared = told(SAID, CONNECTED, *going_on)
    end_s = going_on[-1].rep.rep.t_end_s
    waits = span(end_s, end_s + LOOKS_OVER_S - 0.1)
    flow, declared = told(rows(waits, trembling(waits)), flow=flow)
    assert declared == []
    late = span(waits[-1], end_s + LOOKS_OVER_S + 0.1)
    flow, declared = told(rows(late, trembling(late)), flow=flow)
    assert declared == [Declared(RIGHT)]
    assert flow.stage is FlowStage.SET
    assert flow.next.side is LEFT  # what this set was to be
    assert told(over, flow=flow)[1] == []


def test_a_rep_that_is_up_keeps_the_set_from_looking_over(told, a_set, rep_event):
    *going_on, _ = a_set(1, LEFT)
    up = rep_event(4, Stage.ANNOUNCED)
    later = span(up.t_s + 10.0, up.t_s + 11.0)
    assert told(SAID, CONNECTED, *going_on, up, rows(later, trembling(later)))[1] == []


def test_a_set_that_vanishes_goes_back_and_takes_its_declaration_back(told, a_set, set_event, rep_event):
    flow, _ = told(SAID, CONNECTED, *a_set(1, LEFT))
    resting = flow
    began, one = set_event(2, side=RIGHT), rep_event(1, set=2, side=RIGHT)
    later = span(one.t_s, one.t_s + 12.0)
    flow, declared = told(began, one, rows(later, trembling(later)), flow=flow)
    assert declared == [Declared(LEFT)]
    flow, declared = told(replace(one, stage=Stage.WITHDRAWN), flow=flow)
    assert (flow.stage, declared) == (FlowStage.REST, [])
    flow, declared = told(set_event(2, ended=True, side=RIGHT), flow=flow)
    assert declared == [Declared(RIGHT)]
    assert (flow.stage, flow.next, flow.rest_since_s) == (FlowStage.REST, resting.next, resting.rest_since_s)
    assert len(flow.sets) == 1


def test_a_set_whose_reps_were_all_withdrawn_is_on_again_with_the_next_one(told, a_set, rep_event):
    began, one, *_ = a_set(1, LEFT)
    flow, _ = told(SAID, CONNECTED, began, one, replace(one, stage=Stage.WITHDRAWN))
    assert flow.stage is FlowStage.SET_UP
    assert told(rep_event(2), flow=flow)[0].stage is FlowStage.SET


def test_where_no_side_was_said_nothing_is_declared(told, a_set):
    flow, declared = told(Declared(load_kg=20.0, target_reps=8), CONNECTED, *a_set(1, Side.UNKNOWN))
    assert declared == []
    assert (flow.next.side, flow.next.why) == (Side.UNKNOWN, ASK)
    flow, declared = told(Declared(RIGHT), *a_set(2, RIGHT), flow=flow)
    assert declared == [Declared(LEFT)]


def test_the_weak_side_is_declared_before_the_first_set(told):
    flow = flow_of(Wishes(weak_side=RIGHT, weak_side_first=True))
    assert told(CONNECTED, flow=flow)[1] == [Declared(RIGHT)]
    assert told(Declared(LEFT), CONNECTED, flow=flow)[1] == []


def test_the_strong_side_gets_the_weak_sides_clean_reps_as_its_target_and_the_weak_its_own_again(told, a_set):
    wishes = Wishes(weak_side=LEFT, weak_side_first=True, stop_at_weak=True)
    flow, declared = told(SAID, CONNECTED, *a_set(1, LEFT, clean=2), flow=flow_of(wishes))
    assert declared == [Declared(RIGHT, target_reps=2)]
    assert flow.next.target_reps == 2
    flow, declared = told(*a_set(2, RIGHT), flow=flow)
    assert declared == [Declared(LEFT, target_reps=8)]


def test_a_target_that_nobody_asked_for_is_taken_back(told, a_set):
    wishes = Wishes(weak_side=LEFT, weak_side_first=True, stop_at_weak=True)
    _, declared = told(Declared(LEFT), CONNECTED, *a_set(1, LEFT), *a_set(2, RIGHT), flow=flow_of(wishes))
    assert [said.target_reps for said in declared] == [3, 0]


def test_what_the_person_says_in_the_rest_holds_for_the_next_set_only(told, a_set):
    flow, _ = told(SAID, CONNECTED, *a_set(1, LEFT), *a_set(2, RIGHT), *a_set(3, LEFT))
    flow, declared = told(Declared(LEFT, load_kg=22.5, target_reps=6), flow=flow)
    assert declared == []
    assert (flow.next.side, flow.next.load_kg, flow.next.target_reps) == (LEFT, 22.5, 6)
    assert flow.warning == "Right is skipped: 2 sets left, 1 right"
    flow, declared = told(*a_set(4, LEFT), flow=flow)
    assert flow.warning == "Right was skipped: 3 sets left, 1 right"
    assert declared == [Declared(RIGHT, load_kg=20.0)]


def test_what_the_person_says_during_a_set_is_meant_for_the_next_one(told, a_set):
    began, *reps, over = a_set(1, LEFT)
    flow, _ = told(SAID, CONNECTED, began, Declared(LEFT), *reps)
    assert flow.next.why == "as you said"
    flow, declared = told(over, flow=flow)
    assert (flow.next.side, declared) == (LEFT, [])


def test_what_is_said_after_a_set_began_and_before_that_is_known_is_not_used_up_by_it(told, a_set):
    began, *others = a_set(1, LEFT)
    late = span(began.set.t_start_s + 2.0, began.set.t_start_s + 3.0)
    flow, _ = told(SAID, CONNECTED, rows(late, 60.0), Declared(load_kg=25.0), began, *others)
    assert flow.next.load_kg == 25.0


def test_a_declaration_is_asked_for_once_though_its_mark_takes_its_time(told, a_set):
    flow, declared = told(SAID, CONNECTED, *a_set(1, LEFT), heard=False)
    t_s = span(150.0, 151.0)
    flow, again = told(rows(t_s, trembling(t_s)), Disconnected(""), flow=flow, heard=False)
    assert (declared, again) == ([Declared(RIGHT)], [])
    flow, again = told(Declared(RIGHT), flow=flow)
    assert (again, flow.said.corrected) == ([], Declared())


def test_the_person_has_the_last_word_when_both_speak_at_once(told, a_set):
    """Their mark comes first and ours behind it: the side is declared once more, as the person said."""
    flow, _ = told(SAID, CONNECTED, *a_set(1, LEFT), heard=False)
    flow, declared = told(Declared(LEFT), flow=flow, heard=False)
    assert declared == [Declared(LEFT)]
    flow, declared = told(Declared(RIGHT), Declared(LEFT), flow=flow)
    assert (flow.next.side, flow.said.holds.side, declared) == (LEFT, LEFT, [])


def test_another_athlete_has_sides_and_sets_of_his_own(told, a_set):
    flow, _ = told(SAID, CONNECTED, *a_set(1, LEFT))
    flow, _ = told(Declared(LEFT, athlete="Ana"), flow=flow)
    assert (flow.next.side, flow.warning) == (LEFT, "")


def test_when_it_is_stopped_it_is_over_and_nothing_is_declared_any_more(told, a_set, path_step):
    began, *reps, over = a_set(1, LEFT)
    flow, _ = told(SAID, CONNECTED, began, *reps)
    ended = step(flow, Mark(0, 0, Stopped()), path_step(over))
    assert (ended.stage, ended.declare, len(ended.sets)) == (FlowStage.OVER, None, 1)
    assert step(flow, None, path_step(over)).stage is FlowStage.OVER


def test_a_heavy_end_is_said_in_the_rest_when_tilt_is_calibrated(told, a_set):
    calibrated = Calibrated(long_axis=(1.0, 0.0, 0.0))
    held, put_down = span(200.0, 203.0), span(203.0, 206.0)
    for bodies, tilt_deg, says in (
        ((CONNECTED, calibrated), 7.0, "left-heavy: its left end is 7 deg low"),
        ((CONNECTED, calibrated), -7.0, "right-heavy: its right end is 7 deg low"),
        ((CONNECTED, calibrated), 2.0, ""),
        ((CONNECTED,), 7.0, ""),
    ):
        flow, _ = told(SAID, *bodies, *a_set(1, LEFT), rows(held, trembling(held), tilt_deg))
        assert flow.heavy_words == (f"possibly {says}" if says else "")
        flow, _ = told(rows(put_down, lying(put_down), tilt_deg), flow=flow)
        flow, _ = told(rows(held + 6.0, trembling(held), tilt_deg), flow=flow)
        assert flow.heavy_words == ""  # it may have been turned end for end


def test_the_still_check_is_the_same_however_rows_are_cut():
    t_s = np.concatenate([span(0.0, 4.0), span(6.0, 12.0)])
    turning = np.where(t_s < 3.0, lying(t_s), np.where(t_s < 8.0, 50.0, trembling(t_s)))
    whole = StillCheck().after(rows(t_s, turning))
    cut = StillCheck()
    for part in np.split(np.arange(len(t_s)), [3, 50, 399, 400, 401, 700]):
        cut = cut.after(rows(t_s[part], turning[part]))
    assert repr(cut) == repr(whole)
    assert whole.is_held_still
    assert whole.lay


def test_a_weight_that_is_taken_up_gently_has_to_be_held_from_then_on():
    floor, up = span(0.0, 5.0), span(5.0, 6.0)
    check = StillCheck().after(rows(floor, lying(floor))).after(rows(up, trembling(up)))
    assert (check.lies, check.is_held_still) == (False, False)


def test_a_gap_is_neither_lying_nor_holding_still():
    before, after = span(0.0, 1.0), span(9.0, 9.5)
    for turning in (lying, trembling):
        check = StillCheck().after(rows(before, turning(before))).after(rows(after, turning(after)))
        assert not check.lies
        assert check.held_s < STILL_S
    assert LIES_S < STILL_S


def test_a_flow_can_be_shown_before_anything_happened():
    assert (Flow().still_words, Flow().rested_s(0.0), Flow().rest_target_s) == ("", None, None)
