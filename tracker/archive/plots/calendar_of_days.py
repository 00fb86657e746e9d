"""Training days: a field for each day, weeks beside one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import plotly.graph_objects as go

from tracker.archive.listed import SessionRow
from tracker.archive.plots import theme
from tracker.coaching.counts import counted

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_WEEKS, FEWEST_WEEKS = 53, 26
"""A year; and so few that a field is not wider than high."""

MOST_NAMES = 4
"""So many sessions are named when a day is hovered over."""

NONE, LITTLE = "#efefef", 1e-3
LEAST_TO_MOST = ((0.0, NONE), (LITTLE, NONE), (LITTLE, "#bfe0f5"), (0.5, "#4a9fd0"), (1.0, "#003f66"))
"""One hue from light to dark, so that it prints in grey: around Okabe and Ito's sky blue and blue."""

WEEK = timedelta(days=7)

FIRST_DAY, LAST_DAY = date.min + MOST_WEEKS * WEEK, date.max - WEEK
"""The weeks around a day outside of these are no dates any more; only a wrong clock says so."""


def calendar(sessions: Sequence[SessionRow]) -> go.Figure:
    """Draw the reps of each day.

    Parameters
    ----------
    sessions
        In any order; those without a start are left out, and what is more than a year before the last.

    Returns
    -------
    plotly.graph_objects.Figure
        Weeks from left to right, Monday on top; a day without training is light grey.
    """
    by_day: dict[date, list[SessionRow]] = defaultdict(list)
    for session in sessions:
        day = datetime.fromisoformat(session.started).date() if session.started else date.min
        if FIRST_DAY <= day <= LAST_DAY:
            by_day[day].append(session)
    weeks = _weeks(by_day)
    figure = go.Figure()
    if weeks:
        _draw(figure, weeks, by_day)
    theme.styled(figure, "Training days", 300)
    figure.update_xaxes(showgrid=False, type="date", title_text="Week")
    figure.update_yaxes(autorange="reversed", showgrid=False, type="category")
    if not weeks:
        theme.says(figure, "no sessions yet")
    return figure


def _weeks(days: Sequence[date] | dict[date, list[SessionRow]]) -> list[date]:
    """Mondays from the first week to the last one."""
    if not days:
        return []
    last = _monday(max(days))
    first = max(min(_monday(min(days)), last - (FEWEST_WEEKS - 1) * WEEK), last - (MOST_WEEKS - 1) * WEEK)
    return [first + number * WEEK for number in range((last - first).days // 7 + 1)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _draw(figure: go.Figure, weeks: Sequence[date], by_day: dict[date, list[SessionRow]]) -> None:
    grid = [[week + timedelta(days=weekday) for week in weeks] for weekday in range(len(DAYS))]
    reps = [[_reps(by_day.get(day, [])) for day in row] for row in grid]
    figure.add_heatmap(
        x=[week.isoformat() for week in weeks],
        y=list(DAYS),
        z=reps,
        customdata=[[_told(day, by_day.get(day, [])) for day in row] for row in grid],
        hovertemplate="%{customdata}<extra></extra>",
        zmin=0,
        zmax=max(1, *(max(row) for row in reps)),
        xgap=2,
        ygap=2,
        colorscale=LEAST_TO_MOST,
        colorbar={"title": {"text": "Reps"}, "thickness": 12},
    )


def _reps(sessions: Sequence[SessionRow]) -> int:
    return sum(one.reps for session in sessions for one in session.sets)


def _told(day: date, sessions: Sequence[SessionRow]) -> str:
    names = [theme.plain(session.name) for session in sessions[:MOST_NAMES]]
    more = len(sessions) - len(names)
    lines = [f"{DAYS[day.weekday()]} {day.isoformat()}: {counted(_reps(sessions), 'rep')}", *names]
    return "<br>".join([*lines, f"and {more} more"] if more else lines)
