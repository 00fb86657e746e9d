"""A measure over days, one line a side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import plotly.graph_objects as go

from tracker.archive.listed import Point
from tracker.archive.plots import theme
from tracker.archive.trends import titled
from tracker.coaching.names import LEG_NAMES
from tracker.sensing.marks import Side

WALL_CLOCK = len("2026-01-31T18:05:00")
"""So much of a start is drawn: the time of day as it was there, without its offset."""


MARK_PX = {Side.LEFT: 14, Side.RIGHT: 8, Side.UNKNOWN: 8}
"""The left's mark is drawn first and larger: both are seen where both legs did the same."""

WEEK = timedelta(days=7)
MS_A_DAY = 24 * 3600 * 1000.0


def trend(points: Sequence[Point], measure: str) -> go.Figure:
    """Draw a measure over sessions.

    Parameters
    ----------
    points
        In any order; those without a value or a day are left out.
    measure
        Name of one of `balance.MEASURES`.

    Returns
    -------
    plotly.graph_objects.Figure
        One line for each side, each point with its 95 % band, which ends at 0 as every
        measure does; a point without one has no bar.
    """
    figure = go.Figure()
    known = sorted((p for p in points if p.started and math.isfinite(p.value)), key=lambda p: p.started)
    for side in Side:
        _draw(figure, side, [point for point in known if point.side is side])
    theme.styled(figure, titled(measure), 400)
    figure.update_xaxes(title_text="Day", type="date")
    figure.update_yaxes(title_text=titled(measure))
    if known:
        _show_days(figure, known)
    if not known:
        theme.says(figure, "nothing measured yet")
        figure.update_xaxes(showticklabels=False)  # there is no day, and plotly would make some up
        figure.update_yaxes(showticklabels=False)
    return figure


def _show_days(figure: go.Figure, known: Sequence[Point]) -> None:
    """Show a week at least: sessions of one day or two would get an axis of hours or seconds."""
    first, last = (datetime.fromisoformat(point.started[:WALL_CLOCK]) for point in (known[0], known[-1]))
    if last - first < WEEK:
        middle = first + 0.5 * (last - first)
        with suppress(OverflowError):  # in a year that a clock without time gives
            week = [middle - 0.5 * WEEK, middle + 0.5 * WEEK]
            figure.update_xaxes(range=week, dtick=MS_A_DAY, tickformat="%-d %b")


def _draw(figure: go.Figure, side: Side, points: Sequence[Point]) -> None:
    if not points:
        return
    look = theme.SIDES[side]
    noise = [point.noise if math.isfinite(point.noise) else None for point in points]
    below = [min(point.noise, point.value) if math.isfinite(point.noise) else None for point in points]
    figure.add_scatter(
        x=[point.started[:WALL_CLOCK] for point in points],
        y=[point.value for point in points],
        mode="lines+markers",
        name=LEG_NAMES[side],
        line={"color": look.color, "dash": look.dash, "width": 2},
        marker={"symbol": look.symbol, "size": MARK_PX[side], "color": look.color},
        error_y={"array": noise, "arrayminus": below, "color": look.color, "thickness": 1.2, "width": 4},
        customdata=[_told(point) for point in points],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _told(point: Point) -> str:
    band = f" ± {point.noise:.3g}" if math.isfinite(point.noise) else ""
    where = f"{theme.plain(point.session)}, {point.started[:10]}"
    return f"{where}<br>{LEG_NAMES[point.side]}: {point.value:.3g}{band}"
