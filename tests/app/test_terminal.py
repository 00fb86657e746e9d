"""What is printed on a terminal, in a pipe, and where neither takes it."""

import io
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

import tracker
from tracker.app.console import PIPE_WIDTH
from tracker.app.finding import Finding, State
from tracker.app.guide import Guide
from tracker.app.now import NOTHING_YET
from tracker.app.terminal import Terminal, Together
from tracker.app.views import PlainLines
from tracker.app.wording import balance_cells, set_summary
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST
from tracker.coaching.plan import NO_WISHES
from tracker.coaching.progression import gate_of
from tracker.coaching.results import BalanceMeasure, GapEvent, RejectedEvent, Session, Verdict
from tracker.errors import InputError
from tracker.motion.events import Clip, Reason, RejectedMotion, Stage
from tracker.sensing.bluetooth.stream import LinkState
from tracker.sensing.marks import Battery, Connected, Disconnected, Mark, Side
from tracker.sensing.samples import Cause, Gap, Packet

PACKET = Packet(0, 0, 0, b"")


class Tty(io.StringIO):
    """A text stream that is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def lines(path_step):
    """Say marks and events as plain lines, one step each."""

    def say(*happenings):
        out = io.StringIO()
        view = Guide(PlainLines(Terminal(out, out).say), NO_WISHES, lambda _: None)
        for happening in happenings:
            is_mark = isinstance(happening, Mark)
            view.step(happening if is_mark else PACKET, path_step() if is_mark else path_step(happening))
        return out.getvalue().splitlines()

    return say


def test_each_event_is_a_line(lines, rep_event, set_event):
    said = lines(
        Mark(0, 0, Connected("open-lift", "LIFT-1A2B")),
        Mark(0, 0, Battery(87)),
        set_event(1),
        rep_event(1),
        rep_event(2, clean=False),
        GapEvent(112.0, Gap(111.0, 112.0, Cause.LOST)),
        RejectedEvent(115.0, RejectedMotion(Reason.TOO_SMALL, rep_event(3).rep.rep)),
        Mark(0, 0, Disconnected("out of range")),
        set_event(1, ended=True, reps=2, short=(2,), partials=1),
    )
    assert said == [
        "connected to LIFT-1A2B",
        f"check: {'; '.join(ONE_LEG_HIP_THRUST.checklist)}",
        "battery 87 %",
        "  105.00 s  set 1 began, left, 20 kg",
        "  109.50 s  set 1, rep 1: range 58 deg, tempo 2.1-0.7-1.0-1.2, lockout yes, "
        "tilt +1.3 deg, rocking none",
        "  114.50 s  set 1, rep 2: range 58 deg, tempo 2.1-0.7-1.0-1.2, lockout no, 8 deg short, "
        "tilt +1.3 deg, rocking none; All the way up",
        "  112.00 s  no samples for 1.0 s: packets lost",
        "  115.00 s  not a rep: much smaller than the set's reps",
        "connection lost, out of range",
        "  115.00 s  set 1 over: left, 20 kg, 2 reps, 1 clean of 3 attempts, range 58 deg, "
        "next load hold (between the first rep and the last, lockouts fell from 100 % to 60 %)",
        "rest 60 s; next right: its turn: 1 set left, none right",
    ]


def test_a_rep_is_said_again_only_when_it_is_another_in_kind(lines, rep_event):
    said = lines(
        rep_event(1, Stage.ANNOUNCED),
        rep_event(1),
        rep_event(1, Stage.REVISED),
        rep_event(1, Stage.REVISED, clean=False),
        rep_event(1, Stage.SETTLED, clean=False),
        rep_event(1, Stage.WITHDRAWN),
    )
    assert [line.split("rep 1")[1].split(",")[0] for line in said] == [
        " announced",
        ": range 58 deg",
        ": range 58 deg",
        " withdrawn",
    ]


def test_the_link_is_said_when_it_changes():
    out = io.StringIO()
    view = PlainLines(Terminal(out, out).say)
    for link in ("searching", "searching", "streaming", "lost, searching", "lost, searching"):
        view.refresh(link)
    assert out.getvalue().splitlines() == ["link: searching", "link: streaming", "link: lost, searching"]


def test_what_is_not_recorded_is_said_once_and_so_is_its_end():
    out = io.StringIO()
    view = PlainLines(Terminal(out, out).say)
    full = "NOT RECORDED: the disk is full; free some space, the set is kept in memory"
    for link in ("streaming", f"streaming; {full}", f"lost, searching; {full}", "streaming"):
        view.refresh(link)
    assert out.getvalue().splitlines() == [
        "link: streaming",
        full,
        "link: lost, searching",
        "link: streaming",
        "recorded again, with all that was kept in memory",
    ]


def test_the_summary_of_a_session_fits_its_lines(set_event):
    out = io.StringIO()
    sets = (set_event(1, reps=8, short=(3,)).set, set_event(2, reps=7, partials=2).set)
    Terminal(out, out).session(Session("monday", "", sets, (), (), (), ("the battery was low",)))
    said = out.getvalue().splitlines()
    assert max(map(len, said)) <= PIPE_WIDTH
    assert said[-1] == "note: the battery was low"
    assert said[-2] == "set 2, next load: lockouts fell from 100 % to 60 %"
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in said if line.startswith("│")]
    assert rows[0] == ["1", "left", "20 kg", "8", "7", "8", "58 deg", "0", "hold"]
    assert rows[1][:6] == ["2", "left", "20 kg", "7", "7", "9"]


@pytest.mark.parametrize(
    ("clip", "says"),
    [
        (
            Clip.NOT_CALIBRATED,
            "tilt: not calibrated, sure to 5.3 deg (2 sigma), its changes surer",
        ),
        (Clip.MOVED, "tilt: clipped on otherwise than calibrated, sure to 5.3 deg"),
        (Clip.AS_CALIBRATED, "tilt: calibrated, sure to 5.3 deg (2 sigma), so far"),
    ],
)
def test_the_summary_says_whether_tilt_was_calibrated(set_event, clip, says):
    out = io.StringIO()
    sets = (set_event(1, reps=3).set,)
    Terminal(out, out).session(Session("monday", "", sets, (), (), (), (), clip, tilt_sure_deg=2.66))
    assert sum(line.startswith(says) for line in out.getvalue().splitlines()) == 1


def test_lines_that_change_are_drawn_on_a_terminal_and_left_out_in_a_pipe():
    for stream, is_drawn in ((Tty(), True), (io.StringIO(), False)):
        with Terminal(stream, stream).lines() as lines:
            lines.show("1 of 3")
            lines.show_listing("name", rows=[("Ana [1]",)], below="looking")
            lines.say("done [x]")
            lines.note("found Ana")
        said = stream.getvalue()
        assert [word in said for word in ("1 of 3", "Ana [1]", "looking")] == [is_drawn] * 3
        assert ("found Ana" in said) is not is_drawn
        assert "done [x]" in said
        assert ("\x1b" in said) is is_drawn


GUIDANCE = (
    "2 of 3  Turn it end for end on the same spot, so that its ends swap places. Hands off again.",
    "        That did not work: it was moved; lay it down on the floor, take your hands off and wait.",
    "tilt: not calibrated, sure to 2.4 deg (2 sigma), its changes surer; tracker calibrate mends it",
    "recording: /home/somebody/a-folder-with-a-long-name/and-one-below-it/2026-11-22_19-00-00.tracker",
)
A_DOUBT = Finding("LIFT-V001", State.LOOK, GUIDANCE[2], "end its connection to a phone app, " * 4)


@pytest.mark.parametrize("columns", [72, 80, 100])
def test_a_terminal_breaks_lines_between_words_and_a_pipe_does_not(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    tty, pipe = Tty(), io.StringIO()
    for out in (tty, pipe):
        terminal = Terminal(out, out)
        for line in GUIDANCE:
            terminal.say(line)
        terminal.finding(A_DOUBT)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", tty.getvalue())
    assert shown.split() == pipe.getvalue().split()
    assert all(len(line) <= columns for line in shown.splitlines() if "somebody" not in line)
    assert len(pipe.getvalue().splitlines()) == len(GUIDANCE) + 2
    after = shown.splitlines()[shown.splitlines().index("recording:") + 1 :] if columns < 100 else []
    assert all(line.startswith((" look  ", "       ", "/home")) for line in after)


def test_what_a_program_reads_is_not_broken(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    out = Tty()
    Terminal(out, out).data('{"said": "it is switched off in the system"}')
    assert out.getvalue() == '{"said": "it is switched off in the system"}\n'


def test_a_session_without_sets_says_so():
    out = io.StringIO()
    Terminal(out, out).session(Session("monday", "", (), (), (), (), ()))
    assert out.getvalue() == "no sets found: nothing that was lifted and brought back\n"


def test_what_was_looked_at_and_was_no_set_is_told_with_its_reason(rep_event):
    out = io.StringIO()
    motions = tuple(
        RejectedMotion(reason, rep_event(1).rep.rep)
        for reason in (Reason.CARRIED, Reason.ALONE, Reason.CARRIED)
    )
    Terminal(out, out).session(Session("monday", "", (), motions, (), (), ()))
    assert (
        "3 motions that were looked at: 2 dumbbell was carried or turned over, 1 no other" in out.getvalue()
    )


def test_the_panel_says_for_how_long_the_link_is_lost(monkeypatch):
    out, now_s = Tty(), 0.0
    with Terminal(out, out).live() as view:
        monkeypatch.setattr(view._console, "get_time", lambda: now_s)
        for now_s, link in enumerate(("streaming", LinkState.LOST, "connecting", LinkState.LOST)):  # noqa: B007
            view.refresh(link)
        assert "lost for 2 s, searching" in out.getvalue()
        now_s = 9.0
        view.refresh("streaming")
        before = len(out.getvalue())
        view.refresh(LinkState.LOST)
        assert "lost for 0 s, searching" in out.getvalue()[before:]


def test_a_short_gap_is_told_with_two_decimals(lines):
    assert lines(GapEvent(112.0, Gap(111.96, 112.0, Cause.LOST)))[0].endswith("for 0.04 s: packets lost")


def test_brackets_and_digits_are_printed_as_they_are():
    out = Tty()
    Terminal(out, out).say("[red] 12 :smile: [/nonsense]")
    assert out.getvalue() == "[red] 12 :smile: [/nonsense]\n"


def test_a_name_that_the_terminal_cannot_write_stops_nothing():
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    Terminal(out, out).say("José")
    out.flush()
    assert out.buffer.getvalue() == b"Jos?\n"


def test_a_question_that_nobody_can_answer_is_an_error(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    out = io.StringIO()
    with pytest.raises(InputError, match="terminal"):
        Terminal(out, out).ask("Which one? ")
    assert out.getvalue() == ""


@pytest.mark.parametrize(("stream", "moves"), [(Tty, True), (io.StringIO, False)])
def test_progress_is_shown_on_a_terminal_only(stream, moves):
    err = stream()
    assert list(Terminal(io.StringIO(), err).tracked([1, 2, 3], "analyzing")) == [1, 2, 3]
    assert ("analyzing" in err.getvalue()) is moves


@pytest.mark.parametrize(
    ("stream", "total", "moves"), [(Tty, 3, True), (Tty, 1, False), (io.StringIO, 3, False)]
)
def test_progress_that_is_told_is_shown_on_a_terminal_when_there_are_several(stream, total, moves):
    err = stream()
    with Terminal(io.StringIO(), err).progress("analyzing") as progress:
        for done in range(total + 1):
            progress(done, total)
    assert ("analyzing" in err.getvalue()) is moves


class Onlooker:
    """A view that counts what it is told, and fails at the step of that number, None at none."""

    def __init__(self, fails_at=None):
        self.steps, self.links, self._fails_at = 0, [], fails_at

    def step(self, _item, _step, _now):
        self.steps += 1
        if self.steps == self._fails_at:
            raise ValueError(f"at {self._fails_at}")

    def refresh(self, link):
        self.links.append(link)


@pytest.mark.parametrize("first", [True, False])
def test_of_several_who_look_on_one_that_fails_is_left_out_and_told_at_the_end(first, path_step):
    broken, well = Onlooker(fails_at=2), Onlooker()
    together = Together(*((broken, well) if first else (well, broken)))
    for item in (Packet(0, 0, 0, b""),) * 3:
        together.step(item, path_step(), NOTHING_YET)
    together.refresh("streaming")
    assert (broken.steps, broken.links) == (2, [])
    assert (well.steps, well.links) == (3, ["streaming"])
    with pytest.raises(ValueError, match="at 2"):
        together.step(None, path_step(), NOTHING_YET)
    assert well.steps == 4


def test_a_set_of_one_rep_that_was_not_judged():
    one = tracker.analyze(Path(__file__).parents[2] / "recordings" / "both_sides.arrows").sets[0]
    alone = replace(one, reps=one.reps[:1], partials=(), gate=gate_of((), ONE_LEG_HIP_THRUST))
    said = set_summary(alone)
    assert "1 rep, 1 clean of 1 attempt, " in said
    assert said.endswith(", next load not judged: it needs a set of 6 reps or more")


def test_a_band_wider_than_the_value_is_no_number():
    compared = BalanceMeasure("bottom_s", 0.2, 0.3, 33.0, Side.UNKNOWN, 345.0, Verdict.NO)
    assert balance_cells(compared)[-1] == "any difference: they vary too much to tell"


@pytest.mark.parametrize(
    ("beyond", "told"),
    [
        (Verdict.YES, ("clean share of judged reps", "75 %", "50 %", "25 points, left better", "15 points")),
        (Verdict.NO, ("clean share of judged reps", "75 %", "50 %", "25 points", "15 points")),
    ],
)
def test_shares_differ_by_points_and_no_side_is_better_by_chance(beyond, told):
    assert balance_cells(BalanceMeasure("clean_rate", 0.75, 0.5, 33.3, Side.LEFT, 20.0, beyond)) == told


def test_what_was_not_measured_is_no_difference():
    compared = BalanceMeasure("clean_rate", *[math.nan] * 3, Side.UNKNOWN, math.nan, Verdict.UNKNOWN)
    assert balance_cells(compared) == ("clean share of judged reps", "-", "-", "-", "-")
