"""A set over time: lift, height and tilt, with what was seen in them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tracker.archive.plots import marks_of_set, theme
from tracker.archive.plots.decimated import thinned
from tracker.archive.plots.rows_of_set import AROUND_S, Row, rows_of
from tracker.coaching.names import set_name
from tracker.coaching.results import Session, Set
from tracker.coaching.sets import last_known_s
from tracker.motion.events import Motion, Phase, Rep

LEGEND_PX = 90
"""On a phone the legend has four lines."""

SHADE = 0.28
"""Opacity of a phase: the line before it keeps its contrast."""


def course(session: Session, number: int, motion: Motion | None) -> go.Figure:
    """Draw one set over time.

    Lift, height and tilt on one time axis (only turning where the axis of the lift is not known), with the
    phases of each rep shaded, lockouts and the reference top, cues, rocking alerts, gaps, and motions
    that were not counted.

    Parameters
    ----------
    session
        What the set is part of.
    number
        Of the set, from 1.
    motion
        Of the whole recording (`tracker.trace`); None: straight lines between the reps' borders.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    IndexError
        If the session has no set of that number.
    """
    one = next((one for one in session.sets if one.number == number), None)
    if one is None:
        raise IndexError(f"there is no set {number}; the session has {len(session.sets)}")
    rows = rows_of(one, motion)
    figure = _laid_out(one, rows)
    spans = list(_phases(one))
    figure.update_layout(shapes=[_shade(*span) for span in spans])
    for phase in dict.fromkeys(phase for phase, *_ in spans):
        theme.key(figure, theme.PHASE_WORDS[phase], color=_faded(theme.PHASES[phase]))
    for at, row in enumerate(rows, start=1):
        _draw(figure, one, row, at)
    _mark(figure, session, one, rows)
    return figure


def _laid_out(one: Set, rows: tuple[Row, ...]) -> go.Figure:
    """Make the axes, one under another."""
    heights = [2.0, 1.0, 1.0][: len(rows)]
    figure = make_subplots(
        rows=len(rows), cols=1, shared_xaxes=True, vertical_spacing=0.05, row_heights=heights
    )
    height_px = theme.AROUND_PX + LEGEND_PX + theme.ROW_PX * (len(rows) + 1)
    theme.styled(figure, set_name(one), height_px)
    figure.update_xaxes(theme.reaching(one.t_start_s - AROUND_S, one.t_end_s + AROUND_S))
    figure.update_xaxes(title_text=theme.TIME, row=len(rows))
    figure.update_layout(hovermode="x")
    figure.update_yaxes(zerolinecolor=theme.LINES, row=1)
    if not rows[0].measured:
        figure.add_annotation(
            text="without motion: only the reps' own numbers",
            showarrow=False,
            xref="paper",
            yref="paper",
            x=0.0,
            y=1.0,
            yanchor="bottom",
            font={"size": 12, "color": theme.DIM},
        )
    return figure


def _phases(one: Set) -> Iterator[tuple[Phase, float, float]]:
    """Each phase with its borders, s; a bottom lasts until the next drive."""
    for judged in one.reps:
        rep = judged.rep
        edges = (rep.t_start_s, rep.t_top_s, rep.t_leave_top_s, rep.t_end_s, rep.t_end_s + rep.bottom_s)
        for phase, start_s, end_s in zip(theme.PHASES, edges, edges[1:], strict=False):
            if math.isfinite(start_s) and math.isfinite(end_s):
                yield phase, start_s, end_s


def _shade(phase: Phase, start_s: float, end_s: float) -> go.layout.Shape:
    return go.layout.Shape(
        type="rect",
        xref="x",
        yref="paper",
        x0=start_s,
        x1=end_s,
        y0=0.0,
        y1=1.0,
        layer="below",
        fillcolor=theme.PHASES[phase],
        opacity=SHADE,
        line_width=0,
        name=theme.PHASE_WORDS[phase],
    )


def _faded(color: str) -> str:
    """Give the colour that a shade of it has on the ground."""
    parts = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - SHADE * (255 - part)):02x}" for part in parts)


def _draw(figure: go.Figure, one: Set, row: Row, at: int) -> None:
    t_s, values = thinned(row.t_s, row.values)
    look = theme.SIDES[one.side]
    line = {
        "color": look.color,
        "width": 2.0 if row.measured else 1.5,
        "dash": "solid" if row.measured else "dot",
    }
    words = row.title.partition(" (")[0]
    figure.add_scatter(
        x=t_s,
        y=values,
        mode="lines",
        name=words,
        line=line,
        showlegend=False,
        row=at,
        col=1,
        hovertemplate=f"%{{x:.2f}} s<br>{words.lower()} %{{y:.1f}}<extra></extra>",
    )
    figure.update_yaxes(theme.reaching(*row.extent()), title_text=row.title, row=at, col=1)


def _mark(figure: go.Figure, session: Session, one: Set, rows: tuple[Row, ...]) -> None:
    first, tilt = rows[0], next((row for row in rows if row.title == theme.TILT), None)
    if first.title == theme.LIFT and math.isfinite(one.reference_top_deg):
        marks_of_set.reference_top(figure, one)
    marks_of_set.lockouts(figure, one, first)
    marks_of_set.cues(figure, one, first)
    if tilt is not None:
        marks_of_set.rocking(figure, one, tilt, len(rows))
    inside = [motion for motion in session.rejected if _touches(one, *_span(motion.rep))]
    marks_of_set.not_counted(figure, inside, first)
    gaps = [gap for gap in session.gaps if _touches(one, gap.t_start_s, gap.t_end_s)]
    marks_of_set.gaps(figure, gaps, rows)


def _span(rep: Rep) -> tuple[float, float]:
    return rep.t_start_s, last_known_s(rep)


def _touches(one: Set, start_s: float, end_s: float) -> bool:
    return start_s < one.t_end_s + AROUND_S and end_s > one.t_start_s - AROUND_S
