"""All reps of a set on one time axis from 0 to 100 %, the first ones against the last."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tracker.archive.plots import theme
from tracker.archive.plots.decimated import thinned
from tracker.archive.plots.rows_of_set import Row, drawn_from, rows_of
from tracker.coaching.results import JudgedRep, Set
from tracker.motion.events import Motion, Rep

BINS = 120
"""Each rep is drawn with so many stretches: all of them fit on a phone's 390 pixels."""

FIRST, LAST = theme.Look("#000000", "circle", "solid"), theme.Look("#CC79A7", "diamond", "dash")
"""Neither of the sides' colours: what is held against each other here is early and late in one set."""

FIRST_REPS, LAST_REPS, OTHERS = "first reps", "last reps", "other reps"


def overlay(one: Set, motion: Motion | None) -> go.Figure:
    """Lay all reps of a set over one another.

    Parameters
    ----------
    one
        The set.
    motion
        Of the whole recording (`tracker.trace`); None: straight lines between the reps' borders.

    Returns
    -------
    plotly.graph_objects.Figure
        Lift over the share of each rep's time, from its drive's start to its lowering's end. The first
        third of the reps is held against the last third, at least two each, as for the gate: without the
        very first, which comes from the floor, and the very last, which ends there. The others are thin
        and grey.
    """
    figure = go.Figure()
    lift = next(iter(rows_of(one, motion)), None)
    known = lift is not None and lift.title == theme.LIFT and lift.measured
    first, last = first_and_last(one.reps)
    groups = [(rep, _group(rep, first, last)) for rep in one.reps if _is_whole(rep.rep)]
    shown: set[str] = set()
    for rep, group in sorted(groups, key=lambda pair: pair[1] != OTHERS):
        row = (
            lift
            if known and lift is not None
            else drawn_from([rep.rep], (rep.rep.t_start_s, rep.rep.t_end_s))[0]
        )
        _draw(figure, rep, row, group, showlegend=group not in shown)
        shown.add(group)
    theme.styled(figure, f"{theme.named(one)}: reps laid over", 420)
    figure.update_xaxes(title_text="Share of the rep's time (%)", range=[0, 100])
    figure.update_yaxes(title_text=theme.LIFT, zerolinecolor=theme.LINES)
    if not shown:
        theme.says(figure, "no reps")
    return figure


def first_and_last(reps: Sequence[JudgedRep]) -> tuple[Sequence[JudgedRep], Sequence[JudgedRep]]:
    """Choose the reps that the beginning and the end of a set are known by; none of fewer than six."""
    inner = reps[1:-1]
    third = max(2, len(inner) // 3)
    return (inner[:third], inner[-third:]) if len(inner) >= 2 * third else ((), ())


def _group(rep: JudgedRep, first: Sequence[JudgedRep], last: Sequence[JudgedRep]) -> str:
    if rep in first:
        return f"{FIRST_REPS}: {_numbers(first)}"
    return f"{LAST_REPS}: {_numbers(last)}" if rep in last else OTHERS


def _numbers(reps: Sequence[JudgedRep]) -> str:
    return ", ".join(str(rep.number) for rep in reps)


def _is_whole(rep: Rep) -> bool:
    return math.isfinite(rep.t_start_s) and math.isfinite(rep.t_end_s)


def _draw(figure: go.Figure, judged: JudgedRep, row: Row, group: str, *, showlegend: bool) -> None:
    rep = judged.rep
    inside = (row.t_s >= rep.t_start_s) & (row.t_s <= rep.t_end_s)
    t_s, lift_deg = thinned(row.t_s[inside], row.values[inside], BINS)
    looks = {FIRST_REPS: FIRST, LAST_REPS: LAST}
    look = looks.get(group.partition(":")[0], theme.Look(theme.FAINT, "", "solid"))
    figure.add_scatter(
        x=np.round(100.0 * (t_s - rep.t_start_s) / (rep.t_end_s - rep.t_start_s), 2),
        y=lift_deg,
        mode="lines",
        name=group,
        legendgroup=group,
        showlegend=showlegend,
        line={"color": look.color, "dash": look.dash, "width": 1.0 if group == OTHERS else 2.5},
        hovertemplate=f"rep {judged.number}: %{{y:.1f}} deg at %{{x:.0f}} %<extra></extra>",
    )
