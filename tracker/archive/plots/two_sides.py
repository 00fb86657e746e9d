"""Left against right: each measure's difference beside what chance would explain."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from tracker.archive.plots import theme
from tracker.archive.trends import titled
from tracker.coaching.balance import noise_words
from tracker.coaching.results import BalanceMeasure, Session, Verdict
from tracker.sensing.marks import Side

LIMITS_PCT = (20.0, 40.0, 60.0, 80.0, 110.0)
"""The axis reaches as far as one of these; a wider noise band goes on beyond its edge."""

PX_A_MEASURE = 36
INSIDE = "inside its noise"


def balance(session: Session) -> go.Figure:
    """Draw how far the sides differ, and to whose favour.

    Parameters
    ----------
    session
        Its `balance` has one row for each measure.

    Returns
    -------
    plotly.graph_objects.Figure
        One bar for each measure, toward the stronger side, or toward the larger value where neither is
        stronger; the band behind is what rep-to-rep scatter and the sensor explain (95 %). A bar inside
        of it is grey.
    """
    known = [row for row in session.balance if math.isfinite(row.difference_pct)]
    rows = list(reversed(known))  # the first one on top
    figure = go.Figure()
    limit = _limit_pct(rows)
    _draw_noise(figure, rows, limit)
    for side in Side:
        _draw(
            figure, [row for row in rows if row.beyond_noise is Verdict.YES and direction(row) is side], side
        )
    _draw_inside(figure, [row for row in rows if row.beyond_noise is not Verdict.YES])
    theme.styled(
        figure,
        "Left against right, toward the better",
        theme.AROUND_PX + 40 + PX_A_MEASURE * max(4, len(rows)),
    )
    figure.update_layout(barmode="overlay")
    figure.update_yaxes(
        categoryorder="array", categoryarray=[titled(row.measure) for row in rows], showgrid=False
    )
    _lay_out_axis(figure, limit)
    if not rows:
        theme.says(figure, "no measure of both sides yet")
    return figure


def direction(row: BalanceMeasure) -> Side:
    """Say which way a bar points: the stronger side, or the larger value where neither is stronger."""
    if row.stronger_side is not Side.UNKNOWN:
        return row.stronger_side
    if row.left == row.right:
        return Side.UNKNOWN
    return Side.LEFT if row.left > row.right else Side.RIGHT


def signed_pct(row: BalanceMeasure) -> float:
    """Difference with its direction, % of the larger side: negative toward the left."""
    return -row.difference_pct if direction(row) is Side.LEFT else row.difference_pct


def _limit_pct(rows: Sequence[BalanceMeasure]) -> float:
    largest = max((row.difference_pct for row in rows), default=0.0)
    return next((limit for limit in LIMITS_PCT if 1.1 * largest <= limit), LIMITS_PCT[-1])


def _lay_out_axis(figure: go.Figure, limit: float) -> None:
    ticks = [share * limit for share in (-1.0, -0.5, 0.0, 0.5, 1.0)]
    figure.update_xaxes(
        range=[-limit, limit],
        title_text="Difference (%)",
        tickvals=ticks,
        ticktext=[f"{abs(tick):.0f}" for tick in ticks],
        zerolinecolor=theme.INK,
        zerolinewidth=1.5,
    )
    for x, anchor, words in ((0.0, "left", "◀ left"), (1.0, "right", "right ▶")):
        figure.add_annotation(
            text=words,
            showarrow=False,
            xref="paper",
            yref="paper",
            x=x,
            xanchor=anchor,
            y=1.0,
            yanchor="bottom",
        )


def _draw_noise(figure: go.Figure, rows: Sequence[BalanceMeasure], limit: float) -> None:
    known = [row for row in rows if math.isfinite(row.noise_pct)]
    reach = [min(row.noise_pct, 2.0 * limit) for row in known]
    figure.add_bar(
        orientation="h",
        y=[titled(row.measure) for row in known],
        base=[-pct for pct in reach],
        x=[2.0 * pct for pct in reach],
        width=0.86,
        name="noise band (95 %)",
        hoverinfo="skip",
        marker={"color": "#e9e9e9", "line": {"color": theme.FAINT, "width": 1}},
    )


def _draw(figure: go.Figure, rows: Sequence[BalanceMeasure], side: Side) -> None:
    if rows:
        look = theme.SIDES[side]
        _bars(figure, rows, f"{side.value}, beyond noise", {"color": look.color}, look.symbol)


def _draw_inside(figure: go.Figure, rows: Sequence[BalanceMeasure]) -> None:
    if rows:
        _bars(figure, rows, INSIDE, {"color": theme.DIM}, "circle-open")


def _bars(
    figure: go.Figure, rows: Sequence[BalanceMeasure], name: str, marker: dict[str, object], symbol: str
) -> None:
    names, values = [titled(row.measure) for row in rows], [signed_pct(row) for row in rows]
    words = [_told(row) for row in rows]
    figure.add_bar(
        orientation="h",
        y=names,
        x=values,
        width=0.42,
        name=name,
        legendgroup=name,
        marker=marker,
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    figure.add_scatter(
        y=names,
        x=values,
        mode="markers",
        name=name,
        legendgroup=name,
        hoverinfo="skip",
        marker={**marker, "symbol": symbol, "size": 12, "line": {"color": theme.INK, "width": 1.2}},
    )


def _told(row: BalanceMeasure) -> str:
    words = f"{titled(row.measure)}: left {row.left:.3g}, right {row.right:.3g}<br>"
    words += f"differ by {row.difference_pct:.0f} %, by chance {noise_words(row.noise_pct) or 'not known'}"
    stronger = row.stronger_side is not Side.UNKNOWN
    return words + (f"<br>{row.stronger_side.value} is stronger" if stronger else "<br>neither is stronger")
