"""The screen, folded from events made by hand."""

import math

import pytest

from tracker.app.screen import Screen, seen
from tracker.coaching.results import GapEvent, RejectedEvent
from tracker.motion.events import Phase, Reason, RejectedMotion, Stage
from tracker.sensing.marks import Battery, Connected, Declared, Disconnected, Mark, Side
from tracker.sensing.samples import Cause, Gap, Packet

PACKET = Packet(0, 0, 0, b"")


@pytest.fixture
def after(path_step):
    """Fold events, one step of the path each, from an empty screen or a given one."""

    def fold(*events, screen=None):
        screen = screen or Screen()
        for event in events:
            screen = seen(screen, PACKET, path_step(event))
        return screen

    return fold


def marked(screen, path_step, *bodies):
    for body in bodies:
        screen = seen(screen, Mark(0, 0, body), path_step())
    return screen


def test_an_announced_rep_is_shown_at_once_and_counts_as_undecided(after, rep_event):
    screen = after(rep_event(1), rep_event(2, Stage.ANNOUNCED))
    assert [event.rep.number for event in screen.reps] == [1, 2]
    assert screen.undecided == 1
    assert after(rep_event(2), screen=screen).undecided == 0


def test_a_withdrawn_rep_leaves_the_screen(after, rep_event):
    screen = after(rep_event(1), rep_event(2, Stage.ANNOUNCED), rep_event(2, Stage.WITHDRAWN))
    assert [event.rep.number for event in screen.reps] == [1]
    assert screen.undecided == 0


def test_the_last_word_on_a_rep_replaces_the_one_before(after, rep_event):
    screen = after(rep_event(1), rep_event(2), rep_event(1, Stage.REVISED, clean=False))
    assert screen.attempts == 2
    assert screen.clean == 1
    assert [event.stage for event in screen.reps] == [Stage.REVISED, Stage.CONFIRMED]


def test_reps_stand_in_the_order_of_the_set_not_of_the_news(after, rep_event):
    screen = after(rep_event(3), rep_event(1), rep_event(2))
    assert [event.rep.number for event in screen.reps] == [1, 2, 3]


def test_the_next_set_starts_an_empty_table_and_the_last_one_may_still_settle(after, rep_event, set_event):
    screen = after(set_event(1), rep_event(1), set_event(1, ended=True, reps=1), set_event(2))
    assert screen.reps == ()
    screen = after(rep_event(1, set=2), rep_event(1, Stage.SETTLED, set=1), screen=screen)
    assert [event.set for event in screen.reps] == [2]


def test_a_set_that_is_over_stays_on_the_screen_through_the_rest(after, rep_event, set_event):
    screen = after(set_event(1), rep_event(1), rep_event(2), set_event(1, ended=True, reps=2))
    assert not screen.in_set
    assert len(screen.reps) == 2


def test_motions_that_are_no_reps_are_attempts_only_inside_a_set(after, rep_event, set_event):
    half = RejectedEvent(110.0, RejectedMotion(Reason.TOO_SMALL, rep_event(1).rep.rep))
    assert after(half).attempts == 0
    assert after(set_event(1), rep_event(1), half).attempts == 2
    assert after(set_event(1), rep_event(1), half, set_event(1, ended=True, reps=1), half).attempts == 1
    assert after(set_event(1), rep_event(1), set_event(1, ended=True, reps=1, partials=1)).attempts == 2


def test_the_cue_stays_through_the_next_drive_and_goes_when_that_rep_needs_none(after, rep_event):
    screen = after(rep_event(1, clean=False))
    assert screen.cue == "All the way up"
    screen = after(rep_event(2, Stage.ANNOUNCED), screen=screen)
    assert screen.cue == "All the way up"
    assert after(rep_event(2), screen=screen).cue == ""


def test_side_and_load_are_those_of_the_set_that_is_on_then_what_was_said_for_the_next(
    after, path_step, set_event
):
    screen = marked(Screen(), path_step, Declared(side=Side.LEFT, load_kg=20.0, target_reps=8))
    assert (screen.side, screen.load_kg) == (Side.LEFT, 20.0)
    screen = marked(after(set_event(1), screen=screen), path_step, Declared(side=Side.RIGHT))
    assert screen.side is Side.LEFT
    screen = after(set_event(1, ended=True), screen=screen)
    assert (screen.side, screen.load_kg, screen.said.target_reps) == (Side.RIGHT, 20.0, 8)


def test_nothing_was_said(path_step):
    screen = seen(Screen(), PACKET, path_step())
    assert screen.side is Side.UNKNOWN
    assert math.isnan(screen.load_kg)


def test_the_link_comes_and_goes_and_takes_phase_and_tilt_with_it(path_step):
    screen = marked(Screen(), path_step, Connected("open-lift", "LIFT-1A2B"), Battery(87))
    assert (screen.sensor, screen.battery_percent) == ("LIFT-1A2B", 87)
    screen = seen(screen, PACKET, path_step(phase=Phase.TOP, tilt_deg=-3.0))
    assert (screen.phase, screen.tilt_deg) == (Phase.TOP, -3.0)
    screen = marked(screen, path_step, Disconnected("out of range"))
    assert (screen.sensor, screen.phase) == ("", Phase.UNKNOWN)
    assert math.isnan(screen.tilt_deg)
    assert screen.battery_percent == 87


def test_a_packet_without_samples_leaves_the_tilt_as_it_was(path_step):
    screen = seen(Screen(), PACKET, path_step(phase=Phase.DRIVE, tilt_deg=2.0))
    assert seen(screen, PACKET, path_step()) == screen


def test_gaps_add_up(after):
    gap = GapEvent(3.0, Gap(2.0, 2.5, Cause.LOST))
    screen = after(gap, gap)
    assert screen.gaps == 2
    assert screen.gap_s == pytest.approx(1.0)


def test_only_what_was_tried_is_an_attempt(after, rep_event, set_event):
    carried = RejectedEvent(110.0, RejectedMotion(Reason.CARRIED, rep_event(1).rep.rep))
    assert after(set_event(1), rep_event(1), carried).attempts == 1


def test_a_set_that_vanishes_with_its_last_rep_leaves_the_screen(after, rep_event, set_event):
    screen = after(set_event(1), rep_event(1), rep_event(2))
    screen = after(rep_event(2, Stage.WITHDRAWN), screen=screen)
    assert screen.in_set
    screen = after(rep_event(1, Stage.WITHDRAWN), screen=screen)
    assert (screen.in_set, screen.set, screen.attempts) == (False, None, 0)
