"""All reps of a set on one time axis from 0 to 100 %, the first ones against the last."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tracker.archive.plots import theme
from tracker.archive.plots.decimated import thinned
from tracker.archive.plots.rows_of_set import Row, drawn_from, rows_of
from tracker.coaching.group import FEWEST_FOR_CHANGE
from tracker.coaching.names import set_name
from tracker.coaching.progression import first_and_last_third, inner_of
from tracker.coaching.results import JudgedRep, Set
from tracker.motion.events import Motion, Rep

BINS = 120
"""Each rep is drawn with so many stretches: all of them fit on a phone's 390 pixels."""

FIRST, LAST = theme.Look("#000000", "circle", "solid"), theme.Look("#CC79A7", "diamond", "dash")
"""Neither of the sides' colours: what is held against each other here is early and late in one set."""

FIRST_REPS, LAST_REPS = "first reps", "last reps"


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
        third of the reps is held against the last third, at least two each: of a set that is judged
        those that the gate compares, of another one all but the very first, which comes from the floor,
        and the very last, which ends there. The others are thin and grey.
    """
    figure = go.Figure()
    lift = next(iter(rows_of(one, motion)), None)
    known = lift is not None and lift.title == theme.LIFT and lift.measured
    first, last = first_and_last_of(one)
    whole = [rep for rep in one.reps if _is_whole(rep.rep)]
    others = _others(sum(rep not in first and rep not in last for rep in whole), has_ends=bool(first))
    groups = [(rep, _group(rep, first, last) or others) for rep in whole]
    shown: set[str] = set()
    for rep, group in sorted(groups, key=lambda pair: pair[1] != others):
        row = (
            lift
            if known and lift is not None
            else drawn_from([rep.rep], (rep.rep.t_start_s, rep.rep.t_end_s))[0]
        )
        _draw(figure, rep, row, group, showlegend=group not in shown)
        shown.add(group)
    theme.styled(figure, f"{set_name(one)}: reps laid over", 420)
    figure.update_xaxes(title_text="Share of the rep's time (%)", range=[0, 100])
    figure.update_yaxes(title_text=theme.LIFT, zerolinecolor=theme.LINES)
    if not shown:
        theme.says(figure, "no reps")
    return figure


def first_and_last_of(one: Set) -> tuple[Sequence[JudgedRep], Sequence[JudgedRep]]:
    """Choose the reps that the beginning and the end of a set are known by; none where they are too few."""
    inner = inner_of(one.reps) if one.is_judged else one.reps[1:-1]
    return first_and_last_third(inner) if len(inner) >= FEWEST_FOR_CHANGE else ((), ())


def _group(rep: JudgedRep, first: Sequence[JudgedRep], last: Sequence[JudgedRep]) -> str:
    if rep in first:
        return f"{FIRST_REPS}: {_numbers(first)}"
    return f"{LAST_REPS}: {_numbers(last)}" if rep in last else ""


def _others(count: int, *, has_ends: bool) -> str:
    """Call the reps between first and last, or all of them where there is no such choice."""
    rep = "rep" if count == 1 else "reps"
    return f"other {rep}" if has_ends else rep


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
        line={
            "color": look.color,
            "dash": look.dash,
            "width": 2.5 if group.partition(":")[0] in looks else 1.0,
        },
        hovertemplate=f"rep {judged.number}: %{{y:.1f}} deg at %{{x:.0f}} %<extra></extra>",
    )
