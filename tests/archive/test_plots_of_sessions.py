"""Left against right, trends and training days."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.archive.figures import (
    NOT_KNOWN,
    points,
    recorded,
    session,
    trace,
)
from tests.archive.sessions_by_hand import a_session, a_side
from tracker import plots
from tracker.archive.listed import Point
from tracker.archive.plots.two_sides import signed_pct
from tracker.archive.trends import points_of, titled
from tracker.coaching.results import Verdict
from tracker.sensing.marks import Side


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


@pytest.mark.parametrize("started", ["0001-01-01T00:00:00", "9999-12-31T23:59:59"])
def test_a_day_at_the_end_of_all_dates_does_not_cost_the_calendar(started):
    [alone] = plots.calendar([replace(a_session(3, [8]), started=started)]).layout.annotations
    assert alone.text == "no sessions yet"


def test_a_band_wider_than_the_value_is_no_number():
    [row, *others] = [row for row in session("rocking").balance if math.isfinite(row.noise_pct)]
    wide = replace(
        session("rocking"), balance=(replace(row, noise_pct=345.0, beyond_noise=Verdict.NO), *others)
    )
    [words] = [
        said
        for bar in plots.balance(wide).data
        for said in bar.customdata or ()
        if said.startswith(f"{titled(row.measure)}:")
    ]
    assert "by chance any difference" in words
    assert "345" not in words


def test_one_rep_a_day_is_one():
    (grid,) = plots.calendar([recorded("monday", "2026-01-05T18:00:00+01:00", 1)]).data
    assert ": 1 rep<br>" in grid.customdata[0][-1]


def test_sessions_of_one_evening_stand_on_a_day_and_not_on_an_axis_of_seconds():
    done = points(*[(Side.LEFT, 40.0, 2.0)] * 3)
    evening = [replace(one, started=f"2026-03-03T18:{minute:02}:00") for minute, one in enumerate(done)]
    axis = plots.trend(evening, "rom_deg").layout.xaxis
    first, last = (datetime.fromisoformat(str(end)[:19]) for end in axis.range)
    assert last - first == timedelta(days=7)
    assert first < datetime(2026, 3, 3, 18) < last
    assert axis.dtick == 24 * 3600 * 1000


def test_a_start_of_a_clock_without_time_is_drawn():
    [one] = points((Side.LEFT, 40.0, 2.0))
    assert plots.trend([replace(one, started="0001-01-01T00:00:10")], "rom_deg").data


def test_no_band_reaches_below_what_a_measure_can_be():
    [point] = points_of([a_side(started="2026-11-03", rocking_peak_deg=(1.0, 0.5))], "rocking_peak_deg")
    band = plots.trend([point], "rocking_peak_deg").data[0].error_y
    assert band.array == (point.noise,)
    assert point.noise > 1.0
    assert band.arrayminus == (1.0,)
