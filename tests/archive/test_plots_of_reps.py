"""The reps of a set, side by side, laid over one another, and replayed."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import tracker
from tests.archive.figures import (
    LARGEST_JSON,
    NOT_KNOWN,
    motion,
    session,
    shapes,
    table,
    trace,
    traces,
)
from tracker import plots
from tracker.archive.plots.replay_of_set import earth_from_dumbbell
from tracker.coaching.group import Group
from tracker.coaching.progression import first_and_last
from tracker.coaching.results import Verdict
from tracker.motion.events import Motion


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


def unjudged(rep):
    unknown = replace(rep.judgement, clean=Verdict.UNKNOWN, lockout=Verdict.UNKNOWN)
    return replace(rep, judgement=unknown)


def test_a_rep_that_was_not_judged_is_not_drawn_as_clean():
    one = session("both_sides").sets[0]
    mixed = replace(one, reps=(*one.reps[:3], unjudged(one.reps[3]), *one.reps[4:]))
    [first, _] = traces(plots.reps(mixed), "not judged")
    assert list(first.x) == [4]
    assert first.customdata[0].startswith("rep 4, not judged")
    assert all(4 not in bar.x for bar in traces(plots.reps(mixed), "clean"))


def test_the_overlay_holds_against_each_other_what_the_gate_does():
    one = session("missed_lockouts").sets[0]
    mixed = replace(one, reps=(*one.reps[:1], unjudged(one.reps[1]), *one.reps[2:]))
    names = {line.name for line in plots.overlay(mixed, None).data}
    assert names == {"other reps", "first reps: 3, 4", "last reps: 6, 7"}
    first, last = first_and_last(Group(session("missed_lockouts"), (mixed,)).inner, lambda rep: rep.number)
    assert (first, last) == (3.5, 6.5)


@pytest.mark.parametrize(("count", "word"), [(1, "rep"), (3, "reps")])
def test_reps_too_few_for_first_and_last_are_no_others(count, word):
    one = session("both_sides").sets[0]
    assert {line.name for line in plots.overlay(replace(one, reps=one.reps[:count]), None).data} == {word}
