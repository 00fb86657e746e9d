"""The panel as text."""

import io
import math
import re
from dataclasses import replace

import pytest
from rich.console import Console

from tracker.app.led import Led
from tracker.app.panel import GAUGE_CELLS, big_number, panel, tilt_gauge
from tracker.app.screen import Screen, seen
from tracker.motion.events import Phase, Stage
from tracker.sensing.marks import Battery, Connected, Mark
from tracker.sensing.samples import Packet

PACKET = Packet(0, 0, 0, b"")


def drawn(renderable, height=24, encoding="utf-8"):
    """What a terminal of 80 columns would show, without colours."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, width=80, height=height, color_system=None)
    console.print(renderable)
    file.flush()
    return file.buffer.getvalue().decode(encoding)


@pytest.fixture
def mid_set(path_step, rep_event, set_event):
    """Seven reps of a set, the fourth short; the eighth has just reached its top."""
    screen = seen(Screen(), Mark(0, 0, Connected("open-lift", "LIFT-1A2B")), path_step())
    screen = seen(screen, Mark(0, 0, Battery(87)), path_step())
    reps = [rep_event(number, clean=number != 4) for number in range(1, 8)]
    events = [set_event(1), *reps, rep_event(8, Stage.ANNOUNCED, clean=False)]
    return seen(screen, PACKET, path_step(*events, phase=Phase.TOP, tilt_deg=3.4))


def test_the_panel_says_all_that_a_lifter_looks_for(mid_set):
    text = drawn(panel(mid_set, Led(), "streaming", 40))
    assert "set 1, left, 20 kg" in text
    assert "6 of 8 attempts" in text
    assert re.search(r"undecided +1\b", text)
    assert re.search(r"phase +top\b", text)
    assert "2.1-0.7-1.0-1.2" in text
    assert "tilt +3.4 deg, right end high" in text
    assert "ALL THE WAY UP" in text
    assert "streaming, LIFT-1A2B, battery 87 %, no gaps" in text
    assert re.search(r"^ +4 +58 deg .* no, 8 deg short +\+1\.3 deg +none", text, re.M)
    assert re.search(r"^ +8\? ", text, re.M)


FULL = "NOT RECORDED: the disk is full; free some space, the set is kept in memory"


def test_what_is_not_recorded_has_a_line_of_its_own(mid_set):
    calm = drawn(panel(mid_set, Led(), "streaming", 24)).splitlines()
    troubled = drawn(panel(mid_set, Led(), f"streaming; {FULL}", 24)).splitlines()
    assert len(troubled) == len(calm)
    [line] = [line for line in troubled if "NOT RECORDED" in line]
    assert FULL in line  # in full on 80 columns
    assert any("streaming, LIFT-1A2B" in line for line in troubled)


@pytest.mark.parametrize("height", [16, 24, 30])
def test_the_newest_reps_are_seen_on_every_terminal(mid_set, height):
    lines = drawn(panel(mid_set, Led(), "streaming", height), height).splitlines()
    assert len(lines) <= height
    assert lines[-2].strip().startswith("8?")


def test_the_panel_ends_with_an_empty_line_for_what_the_terminal_echoes(mid_set):
    """After a full line Ctrl-C's echo would begin another, and the next drawing would be one line off."""
    assert drawn(panel(mid_set, Led(), "streaming", 24)).splitlines()[-1] == ""


def test_the_panel_is_drawn_before_the_first_rep():
    text = drawn(panel(Screen(), Led(), "searching", 24))
    assert "first set" in text
    assert "searching, no gaps" in text
    assert "0 of 0 attempts" in text


def test_before_the_first_set_the_panel_shows_the_checklist_and_what_to_do():
    led = Led(checklist=("bench edge", "heel drive"), now="it moves")
    text = drawn(panel(Screen(), led, "streaming", 24))
    assert re.search(r"^ check +bench edge *\n check +heel drive", text, re.M)
    assert "it moves" in text
    assert len(drawn(panel(Screen(), led, "streaming", 15), 15).splitlines()) <= 15


def test_in_the_rest_the_panel_shows_the_time_the_next_side_its_load_and_a_skipped_side(mid_set):
    led = Led(
        warning="Right is skipped", rest="34 of 60 s", next="left, 20 kg", load="hold: " + "tired " * 20
    )
    text = drawn(panel(replace(mid_set, in_set=False), led, "streaming", 40))
    assert re.search(r"rest +34 of 60 s", text)
    assert re.search(r"next +left, 20 kg", text)
    assert len(re.findall(r"load +hold: tired", text)) == text.count("hold") == 1  # one line, however long
    assert "Right is skipped" in text
    assert "ALL THE WAY UP" not in text
    assert "Right is skipped" not in drawn(panel(mid_set, led, "streaming", 40))  # a cue comes first


def test_the_panel_can_be_drawn_where_only_ascii_can(mid_set):
    assert "######" in drawn(panel(mid_set, Led(), "streaming", 24, ink="#"), encoding="ascii")


@pytest.mark.parametrize("number", [1, 12, 300])
def test_the_number_is_five_lines_high_and_its_lines_are_equally_long(path_step, rep_event, number):
    screen = seen(Screen(), PACKET, path_step(rep_event(number)))
    lines = big_number(screen).plain.split("\n")
    assert len(lines) == 5
    assert len({len(line.rstrip("? ").ljust(len(lines[0]))) for line in lines}) == 1


def test_digits_can_be_told_apart(path_step, rep_event):
    screens = [seen(Screen(), PACKET, path_step(rep_event(number))) for number in range(10)]
    assert len({big_number(screen).plain for screen in screens}) == 10


def test_an_undecided_number_has_a_question_mark(path_step, rep_event):
    announced = seen(Screen(), PACKET, path_step(rep_event(3, Stage.ANNOUNCED)))
    confirmed = seen(announced, PACKET, path_step(rep_event(3)))
    assert "?" in big_number(announced).plain
    assert "?" not in big_number(confirmed).plain


def mark_place(tilt_deg):
    return tilt_gauge(tilt_deg).plain.index("O") - len("left ") - GAUGE_CELLS // 2


def test_the_mark_goes_to_the_end_that_is_high():
    assert mark_place(0.0) == 0
    assert mark_place(6.0) == -mark_place(-6.0) == 8
    assert "left end high" in tilt_gauge(-6.0).plain


def test_the_mark_stays_on_the_gauge():
    assert mark_place(90.0) == -mark_place(-90.0) == GAUGE_CELLS // 2


def test_an_unknown_tilt_has_no_mark():
    assert "O" not in tilt_gauge(math.nan).plain


def test_samples_that_come_late_are_said_with_the_link():
    assert "0.5 s late" in drawn(panel(Screen(lag_s=0.5), Led(), "streaming", 24))
    assert "late" not in drawn(panel(Screen(), Led(), "streaming", 24))
