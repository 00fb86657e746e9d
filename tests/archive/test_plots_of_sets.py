"""The course of a set: what it draws is what the session says."""

import math
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

import tracker
from tests.archive.figures import NOT_KNOWN, motion, session, shapes, table, trace, traces
from tracker import plots
from tracker.archive.analyze import analyze
from tracker.archive.edits import add_edit
from tracker.archive.plots import theme
from tracker.coaching.edits import ARep, Span
from tracker.coaching.results import Rocking, Verdict
from tracker.motion.events import Motion
from tracker.sensing.marks import Side


@pytest.mark.parametrize("name", ["both_sides", "disconnect"])
@pytest.mark.parametrize("number", [1, 2])
def test_shaded_phases_are_the_borders(name, number):
    figure = plots.course(session(name), number, motion(name))
    counted = table(name, number).query("counted == 'yes'")
    for words, start, end in (
        ("drive", "t_start_s", "t_top_s"),
        ("top hold", "t_top_s", "t_leave_top_s"),
        ("lowering", "t_leave_top_s", "t_end_s"),
    ):
        drawn = [(shape.x0, shape.x1) for shape in shapes(figure, words)]
        assert np.array(drawn) == pytest.approx(counted[[start, end]].to_numpy(), abs=5e-4)
    bottoms = shapes(figure, "bottom")
    wanted = counted.dropna(subset="bottom_s")
    assert [shape.x1 - shape.x0 for shape in bottoms] == pytest.approx(wanted["bottom_s"].tolist(), abs=5e-4)
    colors = {shape.fillcolor for shape in figure.layout.shapes if shape.fillcolor}
    assert colors == set(theme.PHASES.values())


def test_the_course_has_every_extreme_of_lift_height_and_tilt():
    one, seen = session("rocking").sets[0], motion("rocking")
    figure = plots.course(session("rocking"), 1, seen)
    inside = (seen.t_s >= one.t_start_s - 5.0) & (seen.t_s <= one.t_end_s + 5.0)
    for name, values in (("Lift", seen.lift_deg), ("Height", 100 * seen.height_m), ("Tilt", seen.tilt_deg)):
        drawn = trace(figure, name)
        assert np.nanmin(drawn.y) == np.float32(np.nanmin(values[inside])), name
        assert np.nanmax(drawn.y) == np.float32(np.nanmax(values[inside])), name
    assert [axis.title.text for axis in figure.select_yaxes()] == ["Lift (deg)", "Height (cm)", "Tilt (deg)"]


def test_lockouts_are_marked_at_their_tops():
    figure = plots.course(session("missed_lockouts"), 1, motion("missed_lockouts"))
    rows = table("missed_lockouts", 1)
    for words, verdict in (("locked out", "yes"), ("not locked out", "no")):
        wanted = rows[rows["lockout"] == verdict]
        drawn = trace(figure, words)
        assert list(drawn.text) == [str(rep) for rep in wanted["rep"]]
        assert np.all(wanted["t_top_s"].to_numpy() <= np.array(drawn.x))
        assert np.all(np.array(drawn.x) <= wanted["t_leave_top_s"].to_numpy())
    reps = session("missed_lockouts").sets[0].reps
    short = [rep for rep in reps if rep.judgement.lockout is Verdict.NO]
    assert trace(figure, "not locked out").y == pytest.approx([rep.rep.top_deg for rep in short], abs=1.5)
    assert len(short) == 3
    assert set(trace(figure, "reference top").y) == {session("missed_lockouts").sets[0].reference_top_deg}
    cued = [rep for rep in reps if rep.cues]
    assert len(trace(figure, "cue").x) == len(cued) > 0
    assert "All the way up" in trace(figure, "cue").customdata[0]


def test_rocking_alerts_are_marked_at_the_tilt_they_mean():
    figure = plots.course(session("rocking"), 1, motion("rocking"))
    reps = session("rocking").sets[0].reps
    alerts = [rep for rep in reps if rep.judgement.rocking in (Rocking.ALERT, Rocking.SEVERE)]
    drawn = trace(figure, "rocking alert")
    assert len(drawn.x) == len(alerts) == 2
    assert list(np.sign(drawn.y)) == [np.sign(rep.rep.rocking_peak_deg) for rep in alerts]
    assert drawn.y == pytest.approx([rep.rep.rocking_peak_deg for rep in alerts], abs=2.5)
    assert "left end low" in drawn.customdata[0]


def test_gaps_are_hatched_in_every_row():
    figure = plots.course(session("disconnect"), 1, motion("disconnect"))
    hatched = traces(figure, "no samples")
    assert [row.fillpattern.shape for row in hatched] == ["/"] * 3
    gaps = [
        gap for gap in session("disconnect").gaps if gap.t_start_s < session("disconnect").sets[0].t_end_s
    ]
    assert any(gap.duration_s > 2.0 for gap in gaps)
    for row in hatched:
        corners = np.array(row.x, np.float64).reshape(-1, 6)
        assert corners[:, [0, 2]].tolist() == [[gap.t_start_s, gap.t_end_s] for gap in gaps]
    lift = trace(figure, "Lift")
    longest = max(gaps, key=lambda gap: gap.duration_s)
    at = int(np.abs(lift.x - longest.t_end_s).argmin())
    assert np.isnan(lift.y[at - 1 : at + 2]).any()  # no line across it


def test_what_was_not_counted_is_framed_with_its_reason():
    figure = plots.course(session("disconnect"), 1, motion("disconnect"))
    one = session("disconnect").sets[0]
    near = [
        motion
        for motion in session("disconnect").rejected
        if one.t_start_s - 5 < motion.rep.t_start_s < one.t_end_s + 5
    ]
    assert len(near) == len(shapes(figure, "not counted")) == len(trace(figure, "not counted").x) > 0
    assert [shape.x0 for shape in shapes(figure, "not counted")] == [found.rep.t_start_s for found in near]
    for words, found in zip(trace(figure, "not counted").customdata, near, strict=True):
        assert found.reason.value in words


def test_without_motion_the_reps_own_numbers_are_drawn():
    figure = plots.course(session("both_sides"), 2, None)
    reps = session("both_sides").sets[1].reps
    lift = trace(figure, "Lift")
    assert lift.line.dash == "dot"
    tops = [rep.rep.top_deg for rep in reps for _ in range(2)]
    assert np.array(lift.y).reshape(-1, 4)[:, 1:3].ravel() == pytest.approx(tops, abs=1e-4)
    assert "without motion" in figure.layout.annotations[0].text
    assert len(shapes(figure, "drive")) == len(reps) == 8


def test_motion_of_nothing_is_as_without():
    seen = motion("both_sides")
    unknown = np.full(len(seen), NOT_KNOWN)
    none = Motion(seen.t_s, unknown, unknown, unknown, unknown, unknown, seen.phase)
    assert plots.course(session("both_sides"), 1, none) == plots.course(session("both_sides"), 1, None)
    assert plots.overlay(session("both_sides").sets[0], none) == plots.overlay(
        session("both_sides").sets[0], None
    )


def test_a_lift_that_is_only_counted_is_drawn_as_turning():
    any_lift = session("both_sides", exercise="any_lift")
    figure = plots.course(any_lift, 1, motion("both_sides", exercise="any_lift"))
    assert [axis.title.text for axis in figure.select_yaxes()] == ["Turning (deg/s)"]
    assert len(shapes(figure, "drive")) == len(any_lift.sets[0].reps) > 5
    assert len(trace(figure, "lockout not judged").x) == len(any_lift.sets[0].reps)
    bars = plots.reps(any_lift.sets[0])
    assert not traces(bars, "not clean")
    assert traces(bars, "not judged")


def test_a_set_that_is_not_there_is_said():
    with pytest.raises(IndexError, match="there is no set 9; the session has 2"):
        plots.course(session("both_sides"), 9, None)


def test_an_unknown_side_has_a_look_of_its_own():
    one = replace(session("both_sides").sets[0], side=Side.UNKNOWN, load_kg=NOT_KNOWN)
    figure = plots.course(replace(session("both_sides"), sets=(one,)), 1, motion("both_sides"))
    assert figure.layout.title.text == "Set 1, leg not said"
    assert trace(figure, "Lift").line.color == theme.SIDES[Side.UNKNOWN].color


def test_a_rep_that_nobody_measured_has_its_place_in_the_course(tmp_path):
    """A person counted the roll onto the hips before the first set."""
    file = Path(shutil.copy("recordings/both_sides.arrows", tmp_path))
    add_edit(file, ARep(Span(9.38, 10.125)), datetime.now().astimezone())
    recorded = analyze(file)
    rep = recorded.sets[0].reps[0]
    assert math.isnan(rep.rep.top_deg)
    drawn = plots.course(recorded, 1, tracker.trace(file)).data
    [marks] = [line for line in drawn if line.name == "lockout not judged"]
    assert list(marks.x) == [pytest.approx(0.5 * (rep.rep.t_start_s + rep.rep.t_end_s))]
    assert all(map(math.isfinite, marks.y))
