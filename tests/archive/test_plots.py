"""The figures: what they draw is what the session says."""

import math
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

import tracker
from tracker import plots
from tracker.archive.listed import Point, SessionRow, SetRow
from tracker.archive.plots import theme
from tracker.archive.plots.decimated import thinned
from tracker.archive.plots.measures import titled
from tracker.archive.plots.replay_of_set import earth_from_dumbbell
from tracker.archive.plots.two_sides import signed_pct
from tracker.coaching.results import Gate, Rocking, Verdict
from tracker.motion.events import Motion, Phase
from tracker.sensing.samples import Side

RECORDINGS = Path(__file__).parents[2] / "recordings"
NOT_KNOWN = math.nan
LARGEST_JSON = 250_000
"""Of one figure, bytes: on a slow connection, and on a phone, in sight at once."""


@cache
def session(name, **said):
    return tracker.analyze(RECORDINGS / f"{name}.arrows", tracker.Overrides(**said))


@cache
def motion(name, **said):
    return tracker.trace(RECORDINGS / f"{name}.arrows", tracker.Overrides(**said))


def traces(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def trace(figure, name):
    (only,) = traces(figure, name)
    return only


def shapes(figure, name):
    return [shape for shape in figure.layout.shapes if shape.name == name]


def table(name, number):
    rows = tracker.tables.reps(session(name))
    return rows[rows["set"] == number]


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
    assert traces(bars, "rep")


def test_a_set_that_is_not_there_is_said():
    with pytest.raises(IndexError, match="there is no set 9; the session has 2"):
        plots.course(session("both_sides"), 9, None)


@pytest.mark.parametrize("name", ["missed_lockouts", "rocking", "disconnect"])
def test_bars_are_the_tables_columns(name):
    figure, rows = plots.reps(session(name).sets[0]), table(name, 1)
    for words, column in (
        ("drive", "concentric_s"),
        ("top hold", "top_hold_s"),
        ("lowering", "eccentric_s"),
        ("bottom", "bottom_s"),
    ):
        drawn = np.array(trace(figure, words).y, np.float64)
        assert drawn == pytest.approx(rows[column].to_numpy(), abs=5.1e-4, nan_ok=True)
    for axis, column in (("y2", "rom_deg"), ("y3", "tilt_top_deg")):
        drawn = {x: y for bar in figure.data if bar.yaxis == axis for x, y in zip(bar.x, bar.y, strict=True)}
        values = [drawn[place] for place in range(1, len(rows) + 1)]
        assert np.array(values, np.float64) == pytest.approx(rows[column].to_numpy(), abs=5.1e-3, nan_ok=True)


def test_reps_that_are_not_clean_differ_by_hatching_and_by_their_label():
    figure, rows = plots.reps(session("missed_lockouts").sets[0]), table("missed_lockouts", 1)
    bad = rows["rep"][rows["clean"] == "no"].tolist()
    hatched = traces(figure, "not clean")
    assert [list(bar.x) for bar in hatched] == [bad, bad]
    assert {bar.marker.pattern.shape for bar in hatched} == {"/"}
    assert [text for text in figure.layout.xaxis.ticktext if "✗" in text] == [f"{rep} ✗" for rep in bad]


def test_what_was_tried_stands_among_the_reps():
    one = session("both_sides").sets[0]
    tried = tracker.RejectedMotion(tracker.Reason.TOO_SMALL, one.reps[3].rep)
    without = replace(one, reps=(*one.reps[:3], *one.reps[4:]), partials=(tried,))
    figure = plots.reps(without)
    bars = traces(figure, "tried, not counted")
    assert [list(bar.x) for bar in bars] == [[4], [4]]
    assert bars[0].y[0] == tried.rep.rom_deg
    assert tried.reason.value in bars[0].customdata[0]
    assert list(figure.layout.xaxis.ticktext)[2:5] == ["3", "–", "5"]  # noqa: RUF001


def test_sets_that_height_carries_show_travel():
    one = session("both_sides").sets[0]
    by_height = tuple(
        replace(rep, rep=replace(rep.rep, carried_by=tracker.Channel.HEIGHT)) for rep in one.reps
    )
    figure = plots.reps(replace(one, reps=by_height))
    assert figure.layout.yaxis2.title.text == "Travel (cm)"
    assert figure.data[4].y[0] == 100 * one.reps[0].rep.travel_m


def test_first_and_last_reps_stand_out_of_the_overlay():
    one = session("missed_lockouts").sets[0]
    figure = plots.overlay(one, motion("missed_lockouts"))
    assert len(figure.data) == len(one.reps) == 8
    assert Counter(line.name for line in figure.data) == {
        "other reps": 4,
        "first reps: 2, 3": 2,
        "last reps: 6, 7": 2,
    }
    for line in figure.data:
        assert line.x[0] < 1.0
        assert line.x[-1] > 99.0
    widths = {line.name.partition(" ")[0]: line.line.width for line in figure.data}
    assert widths["other"] < widths["first"] == widths["last"]
    assert len({line.line.dash for line in figure.data}) == 2
    tops = sorted(float(np.max(line.y)) for line in figure.data)
    assert tops == pytest.approx(sorted(rep.rep.top_deg for rep in one.reps), abs=2.5)


def test_a_set_without_reps_says_so():
    empty = replace(session("both_sides").sets[0], reps=(), partials=(), reference_top_deg=NOT_KNOWN)
    for figure in (plots.reps(empty), plots.overlay(empty, motion("both_sides"))):
        assert [said.text for said in figure.layout.annotations] == ["no reps"]
    alone = replace(session("both_sides"), sets=(empty,))
    assert not shapes(plots.course(alone, 1, None), "drive")


def test_an_unknown_side_has_a_look_of_its_own():
    one = replace(session("both_sides").sets[0], side=Side.UNKNOWN, load_kg=NOT_KNOWN)
    figure = plots.course(replace(session("both_sides"), sets=(one,)), 1, motion("both_sides"))
    assert figure.layout.title.text == "Set 1, side unknown"
    assert trace(figure, "Lift").line.color == theme.SIDES[Side.UNKNOWN].color


def test_balance_is_that_of_the_session():
    rows = session("rocking").balance
    moved = [replace(row, beyond_noise=Verdict.YES) if row.measure == "rom_deg" else row for row in rows]
    figure = plots.balance(replace(session("rocking"), balance=tuple(moved)))
    (bottom,) = [row for row in rows if row.measure == "bottom_s"]
    longer = Side.LEFT if bottom.left > bottom.right else Side.RIGHT  # neither is stronger
    drawn = {}
    for bar in figure.data:
        if bar.type == "bar" and not bar.name.startswith("noise"):
            drawn |= {y: (x, bar.name) for x, y in zip(bar.x, bar.y, strict=True)}
    for row in moved:
        words = titled(row.measure)
        if math.isnan(row.difference_pct):
            assert words not in drawn
            continue
        x, name = drawn[words]
        assert x == signed_pct(row)
        assert abs(x) == row.difference_pct
        side = row.stronger_side if row.measure != "bottom_s" else longer
        assert (x < 0.0) == (side is Side.LEFT and row.difference_pct > 0.0)
        beyond = f"{row.stronger_side.value}, beyond noise"
        assert name == (beyond if row.measure == "rom_deg" else "inside its noise")
    noise = trace(figure, "noise band (95 %)")
    wanted = {titled(row.measure): row.noise_pct for row in rows}
    limit = figure.layout.xaxis.range[1]
    for name, base, width in zip(noise.y, noise.base, noise.x, strict=True):
        assert -base == width / 2 == min(wanted[name], 2 * limit)


def test_balance_of_one_side_says_what_is_missing():
    one_side = replace(session("rocking"), balance=())
    assert plots.balance(one_side).layout.annotations[-1].text == "no measure of both sides yet"


def points(*values):
    return [
        Point(f"day {n}", f"2026-01-{n + 1:02d}T18:05:00+01:00", side, value, noise)
        for n, (side, value, noise) in enumerate(values)
    ]


def test_a_trend_has_each_point_with_its_band():
    known = points((Side.LEFT, 40.0, 2.0), (Side.RIGHT, 41.0, 3.0), (Side.LEFT, 42.0, NOT_KNOWN))
    lost = [*points((Side.LEFT, NOT_KNOWN, 1.0)), Point("x", "", Side.LEFT, 1.0, 1.0)]
    figure = plots.trend([*reversed(known), *lost], "rom_deg")
    left, right = trace(figure, "left"), trace(figure, "right")
    assert (list(left.y), list(right.y)) == ([40.0, 42.0], [41.0])
    assert list(left.x) == ["2026-01-01T18:05:00", "2026-01-03T18:05:00"]
    assert (list(left.error_y.array), list(right.error_y.array)) == ([2.0, None], [3.0])
    assert left.marker.symbol != right.marker.symbol
    assert left.line.dash != right.line.dash
    assert figure.layout.yaxis.title.text == "Range (deg)"
    assert plots.trend([], "rom_deg").layout.annotations[0].text == "nothing measured yet"


def recorded(name, started, *reps):
    sets = tuple(
        SetRow(name, n, Side.LEFT, "", "one_leg_hip_thrust", 20.0, started, r, r, r, Gate.GO, "")
        for n, r in enumerate(reps, start=1)
    )
    return SessionRow(name, Path(name), started, sets=sets)


def test_the_calendar_has_the_reps_of_each_day():
    rows = [
        recorded("monday", "2026-01-05T18:00:00+01:00", 8, 7),
        recorded("again", "2026-01-05T20:00:00+01:00", 5),
        recorded("sunday", "2026-01-18T23:59:00+01:00", 9),
        recorded("some day", "", 3),
    ]
    figure = plots.calendar(rows)
    (grid,) = figure.data
    assert list(grid.y) == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    drawn = {(grid.x[c], grid.y[r]): z for r, row in enumerate(grid.z) for c, z in enumerate(row) if z}
    assert drawn == {("2026-01-05", "Mon"): 20, ("2026-01-12", "Sun"): 9}
    assert "20 reps" in grid.customdata[0][-2]
    assert grid.customdata[0][-2].endswith("monday<br>again")
    assert plots.calendar([]).layout.annotations[0].text == "no sessions yet"


def test_a_calendar_ends_a_year_before_its_last_day():
    figure = plots.calendar(
        [recorded("a", "2020-01-01T10:00:00+01:00", 1), recorded("b", "2026-01-01T10:00:00+01:00", 2)]
    )
    assert (len(figure.data[0].x), figure.data[0].x[-1]) == (53, "2025-12-29")


def test_names_cannot_be_markup():
    name = "<a href='javascript:alert(1)'>&me</a>"
    row = recorded(name, "2026-01-05T18:00:00+01:00", 8)
    point = Point(name, row.started, Side.LEFT, 1.0, 1.0)
    for figure in (plots.calendar([row]), plots.trend([point], "reps")):
        told = str(figure.data[0].customdata)
        assert "<a" not in told
        assert "&lt;a" in told


def test_left_and_right_look_the_same_in_all_figures():
    both = session("both_sides")
    for one in both.sets:
        look = theme.SIDES[one.side]
        assert trace(plots.course(both, one.number, motion("both_sides")), "Lift").line.color == look.color
        assert traces(plots.reps(one), "clean")[0].marker.color == look.color
    figure = plots.trend(points((Side.LEFT, 1.0, 1.0), (Side.RIGHT, 1.0, 1.0)), "reps")
    for side in (Side.LEFT, Side.RIGHT):
        drawn, look = trace(figure, side.value), theme.SIDES[side]
        assert (drawn.marker.color, drawn.marker.symbol, drawn.line.dash) == (
            look.color,
            look.symbol,
            look.dash,
        )


def luminance(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_text_and_marks_stand_out_of_the_ground():
    assert min(contrast(text, theme.GROUND) for text in (theme.INK, theme.DIM)) >= 4.5
    assert min(contrast(look.color, theme.GROUND) for look in theme.SIDES.values()) >= 3.0
    assert contrast(theme.FAINT, theme.GROUND) >= 3.0
    assert contrast("#000000", "#ffffff") == 21.0


@pytest.mark.parametrize("name", ["both_sides", "packet_loss"])
def test_figures_are_small(name):
    one = session(name).sets[0]
    for figure in (
        plots.course(session(name), 1, motion(name)),
        plots.reps(one),
        plots.overlay(one, motion(name)),
        plots.balance(session(name)),
    ):
        assert isinstance(figure, go.Figure)
        assert 1000 < len(figure.to_json()) < LARGEST_JSON


@pytest.mark.parametrize("bins", [1, 7, 50, 10_000])
def test_thinning_loses_no_extreme_and_no_hole(bins):
    rng = np.random.default_rng(1)
    t_s, values = np.arange(3000) / 100.0, rng.normal(size=3000)
    values[1000:1100] = np.nan
    t_s[2000:] += 3.0
    t_thin, thin = thinned(t_s, values, bins)
    assert (np.nanmin(thin), np.nanmax(thin)) == (
        np.float32(np.nanmin(values)),
        np.float32(np.nanmax(values)),
    )
    assert len(thin) <= min(3001, 2 * bins + 10)
    at = int(np.searchsorted(t_thin, 20.0))
    assert np.isnan(thin[at : at + 2]).any()
    assert np.all(np.diff(t_thin) >= 0.0)
    unknown = t_thin[np.isnan(thin) & (t_thin < 15.0)]
    assert (unknown.min(), unknown.max()) == (10.0, 10.99)


def test_thinning_nothing_is_nothing():
    for t_s in (np.zeros(0), np.zeros(1)):
        assert len(thinned(t_s, t_s)[0]) == len(t_s)


def test_phases_have_words_and_colours_for_the_tempo():
    assert list(theme.PHASES) == list(theme.PHASE_WORDS) == [phase for phase in Phase if phase]


def one_row(**angles):
    known = {
        name: np.array([angles.get(name, 0.0)]) for name in ("lift_deg", "tilt_deg", "twist_deg", "height_m")
    }
    return Motion(t_s=np.zeros(1), **known, turning_deg_s=np.zeros(1), phase=np.zeros(1, np.uint8))


@pytest.mark.parametrize(
    ("angles", "right_end", "top_of_the_weight"),
    [
        ({}, [1, 0, 0], [0, 0, 1]),
        ({"lift_deg": 90.0}, [1, 0, 0], [0, -1, 0]),
        ({"lift_deg": -90.0}, [1, 0, 0], [0, 1, 0]),
        ({"tilt_deg": 90.0}, [0, 0, 1], [-1, 0, 0]),
        ({"twist_deg": 90.0}, [0, 1, 0], [0, 0, 1]),
        ({"lift_deg": math.nan, "twist_deg": math.nan}, [1, 0, 0], [0, 0, 1]),
    ],
)
def test_the_dumbbell_turns_by_the_rules_of_the_frames(angles, right_end, top_of_the_weight):
    (turn,) = earth_from_dumbbell(one_row(**angles))
    assert turn @ [1, 0, 0] == pytest.approx(right_end, abs=1e-12)
    assert turn @ [0, 0, 1] == pytest.approx(top_of_the_weight, abs=1e-12)


def test_lift_and_tilt_of_the_replayed_dumbbell_are_those_of_the_motion():
    angles = {"lift_deg": -35.0, "tilt_deg": 6.0, "twist_deg": 4.0}
    (turn,) = earth_from_dumbbell(one_row(**angles))
    up_x, up_y, up_z = turn.T @ [0, 0, 1]  # up in the dumbbell's frame: README, frames and definitions
    assert math.degrees(math.atan2(up_y, up_z)) == pytest.approx(-35.0)
    assert math.degrees(math.asin(up_x)) == pytest.approx(6.0)


def test_a_replay_has_a_picture_for_every_moment_of_the_set():
    one, seen = session("rocking").sets[0], motion("rocking")
    figure = plots.replay(one, seen)
    times_s = [float(frame.name) for frame in figure.frames]
    assert (times_s[0], times_s[-1]) == (
        pytest.approx(one.t_start_s, abs=0.02),
        pytest.approx(one.t_end_s, abs=0.02),
    )
    assert np.diff(times_s).max() < 0.25
    assert [step.args[0][0] for step in figure.layout.sliders[0].steps] == [
        frame.name for frame in figure.frames
    ]
    for frame, t_s in zip(figure.frames, times_s, strict=True):
        heads, handle = frame.data
        right_up_cm = float(handle.z[3] - handle.z[2])
        tilt_deg = math.degrees(math.asin(right_up_cm / 36.0))
        at = int(np.abs(seen.t_s - t_s).argmin())
        assert tilt_deg == pytest.approx(seen.tilt_deg[at], abs=0.2)
        if np.isfinite(seen.height_m[at]):
            assert heads.z.mean() == pytest.approx(100.0 * seen.height_m[at], abs=0.2)
    assert max(figure.data[0].k) == len(figure.data[0].x) - 1
    assert len(figure.to_json()) < LARGEST_JSON


@pytest.mark.parametrize("none", [None, "any_lift"])
def test_without_angles_there_is_no_replay(none):
    seen = None if none is None else motion("both_sides", exercise=none)
    figure = plots.replay(session("both_sides").sets[0], seen)
    assert (len(figure.frames), figure.layout.annotations[0].text) == (0, "no motion of this set")
