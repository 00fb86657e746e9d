"""What is marked in the course of a set: lockouts, cues, rocking, gaps, motions that were not counted."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tracker.archive.plots import theme
from tracker.archive.plots.rows_of_set import Row
from tracker.coaching.editing import top_s
from tracker.coaching.judgements import ALERTS
from tracker.coaching.results import JudgedRep, Set, Verdict
from tracker.coaching.sets import last_known_s
from tracker.motion.events import RejectedMotion, Rep
from tracker.sensing.marks import Side
from tracker.sensing.samples import Gap

LOCKOUTS = {
    Verdict.YES: ("locked out", "circle", theme.INK),
    Verdict.NO: ("not locked out", "x", theme.INK),
    Verdict.UNKNOWN: ("lockout not judged", "circle-open", theme.DIM),
}
MARK_PX = 10


def reference_top(figure: go.Figure, one: Set) -> None:
    """Draw the lift that counts as locked out."""
    figure.add_scatter(
        x=[one.t_start_s, one.t_end_s],
        y=[one.reference_top_deg] * 2,
        mode="lines",
        name="reference top",
        line={"color": theme.INK, "width": 1.2, "dash": "dash"},
        row=1,
        col=1,
        hovertemplate="reference top %{y:.1f} deg<extra></extra>",
    )


def lockouts(figure: go.Figure, one: Set, row: Row) -> None:
    """Mark each top with its rep's number, and whether it was locked out."""
    for verdict, (words, symbol, color) in LOCKOUTS.items():
        reps = [rep for rep in one.reps if rep.judgement.lockout is verdict]
        if not reps:
            continue
        figure.add_scatter(
            x=[_top_s(rep.rep) for rep in reps],
            y=[_height_of_mark(row, rep.rep) for rep in reps],
            mode="markers+text",
            name=words,
            text=[str(rep.number) for rep in reps],
            textposition="top center",
            marker={
                "symbol": symbol,
                "size": MARK_PX,
                "color": color,
                "line": {"color": theme.GROUND, "width": 1},
            },
            customdata=[_told(rep) for rep in reps],
            hovertemplate="%{customdata}<extra></extra>",
            row=1,
            col=1,
        )


def cues(figure: go.Figure, one: Set, row: Row) -> None:
    """Mark reps with something to say, above the line; hovering tells what."""
    reps = [rep for rep in one.reps if rep.cues]
    if not reps:
        return
    low, high = row.extent()
    figure.add_scatter(
        x=[_top_s(rep.rep) for rep in reps],
        y=[high - 0.035 * (high - low)] * len(reps),
        mode="markers",
        name="cue",
        marker={"symbol": "triangle-down", "size": MARK_PX, "color": theme.INK},
        row=1,
        col=1,
        customdata=["; ".join(cue.value for cue in rep.cues) for rep in reps],
        hovertemplate="%{customdata}<extra></extra>",
    )


def rocking(figure: go.Figure, one: Set, row: Row, at: int) -> None:
    """Mark rocking alerts where tilt is farthest to the side that it rocked to."""
    reps = [rep for rep in one.reps if rep.judgement.rocking in ALERTS]
    if not reps:
        return
    places = [_farthest(row, rep.rep) for rep in reps]
    words = [
        f"rep {rep.number}: rocking {rep.judgement.rocking.value}, "
        f"{abs(rep.rep.rocking_peak_deg):.1f} deg{_low_end(rep.judgement.low_side)}"
        for rep in reps
    ]
    figure.add_scatter(
        x=[x for x, _ in places],
        y=[y for _, y in places],
        mode="markers",
        name="rocking alert",
        marker={
            "symbol": "star-triangle-up",
            "size": MARK_PX + 4,
            "color": theme.GROUND,
            "line": {"color": theme.INK, "width": 2},
        },
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
        row=at,
        col=1,
    )


def not_counted(figure: go.Figure, motions: Sequence[RejectedMotion], row: Row) -> None:
    """Frame motions that were not counted; hovering tells why."""
    if not motions:
        return
    low, high = row.extent()
    for motion in motions:
        figure.add_shape(
            type="rect",
            xref="x",
            yref="y",
            x0=motion.rep.t_start_s,
            x1=last_known_s(motion.rep),
            y0=low,
            y1=high,
            line={"color": theme.DIM, "width": 1.5, "dash": "dot"},
            name="not counted",
        )
    figure.add_scatter(
        x=[0.5 * (motion.rep.t_start_s + last_known_s(motion.rep)) for motion in motions],
        y=[low + 0.06 * (high - low)] * len(motions),
        mode="markers",
        name="not counted",
        marker={"symbol": "x-thin", "size": MARK_PX, "line": {"color": theme.DIM, "width": 2.5}},
        customdata=[
            f"not counted: {motion.reason.value}; range {motion.rep.rom_deg:.0f} deg" for motion in motions
        ],
        hovertemplate="%{customdata}<extra></extra>",
        row=1,
        col=1,
    )


def gaps(figure: go.Figure, found: Sequence[Gap], rows: Sequence[Row]) -> None:
    """Hatch the times without samples, in every row; hovering at the bottom of the first tells why."""
    if not found:
        return
    x = [t_s for gap in found for t_s in (*[gap.t_start_s] * 2, *[gap.t_end_s] * 2, gap.t_start_s, None)]
    for at, row in enumerate(rows, start=1):
        low, high = row.extent()
        figure.add_scatter(
            x=x,
            y=[low, high, high, low, low, None] * len(found),
            mode="lines",
            fill="toself",
            name="no samples",
            legendgroup="gap",
            line={"color": theme.FAINT, "width": 0.5},
            fillcolor="rgba(255,255,255,0.6)",
            fillpattern={"shape": "/", "fgcolor": theme.DIM, "size": 7},
            showlegend=at == 1,
            hoverinfo="skip",
            row=at,
            col=1,
        )
    figure.add_scatter(
        x=[0.5 * (gap.t_start_s + gap.t_end_s) for gap in found],
        y=[rows[0].extent()[0]] * len(found),
        mode="markers",
        marker={"symbol": "line-ns", "size": MARK_PX, "line": {"color": theme.DIM, "width": 1}},
        customdata=[f"no samples for {gap.duration_s:.2f} s: {gap.cause.value}" for gap in found],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
        name="why",
        row=1,
        col=1,
    )


def _top_s(rep: Rep) -> float:
    """Middle of the top hold, s."""
    middle_s = 0.5 * (rep.t_top_s + rep.t_leave_top_s)
    return middle_s if math.isfinite(middle_s) else top_s(rep)


def _height_of_mark(row: Row, rep: Rep) -> float:
    """Where a top is marked: on its lift, or above the line where that was not measured."""
    low, high = row.extent()
    is_on_lift = row.title == theme.LIFT and math.isfinite(rep.top_deg)
    return row.at(_top_s(rep)) if is_on_lift else high - 0.12 * (high - low)


def _told(rep: JudgedRep) -> str:
    words = LOCKOUTS[rep.judgement.lockout][0]
    short = rep.judgement.top_short_deg
    by = f" by {short:.1f} deg" if rep.judgement.lockout is Verdict.NO and math.isfinite(short) else ""
    return f"rep {rep.number}: {words}{by}; top {rep.rep.top_deg:.1f} deg, range {rep.rep.rom_deg:.1f} deg"


def _low_end(side: Side) -> str:
    return "" if side is Side.UNKNOWN else f", {side.value} end low"


def _farthest(row: Row, rep: Rep) -> tuple[float, float]:
    """Where tilt is farthest up, or down, within a rep."""
    inside = (row.t_s >= rep.t_start_s) & (row.t_s <= rep.t_end_s) & np.isfinite(row.values)
    if not inside.any():
        return _top_s(rep), rep.tilt_top_deg
    signed = np.where(inside, math.copysign(1.0, rep.rocking_peak_deg) * row.values, -np.inf)
    at = int(signed.argmax())
    return float(row.t_s[at]), float(row.values[at])
