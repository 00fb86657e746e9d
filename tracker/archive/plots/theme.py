"""How all figures look: colours, marks, fonts, axis titles.

Colours are those of Okabe and Ito (Color Universal Design, 2008, jfly.uni-koeln.de/color), which people
with any common colour blindness tell apart; nothing is told by colour alone. The ground is white, for
print. Text has a contrast of at least 4.5 to 1 on it, lines and marks of 3 to 1 (WCAG 2.2, 1.4.3 and
1.4.11); the phases' light shades stand beside words and borders.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from tracker.coaching.results import JudgedRep, Verdict
from tracker.motion.events import Phase
from tracker.sensing.marks import Side

INK, DIM, FAINT, LINES, GROUND = "#1f1f1f", "#595959", "#8a8a8a", "#e3e3e3", "#ffffff"
"""Text; what matters less, still text; reps that stand back; grid; ground."""

FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
FONT_PX, TITLE_PX = 13, 16
ROW_PX, AROUND_PX = 170, 168
"""Height of one row of a figure, and of title, legend and time axis around the rows."""


@dataclass(frozen=True, slots=True)
class Look:
    """How something is drawn wherever it is drawn: colour, mark, dash of its line."""

    color: str
    symbol: str
    dash: str = "solid"


SIDES = {
    Side.LEFT: Look("#0072B2", "circle", "solid"),
    Side.RIGHT: Look("#D55E00", "diamond", "dash"),
    Side.UNKNOWN: Look(DIM, "square", "dot"),
}

PHASES = {
    Phase.DRIVE: "#009E73",
    Phase.TOP: "#F0E442",
    Phase.LOWERING: "#56B4E9",
    Phase.BOTTOM: "#CC79A7",
}
"""The tempo's colours."""

PHASE_WORDS = {
    Phase.DRIVE: "drive",
    Phase.TOP: "top hold",
    Phase.LOWERING: "lowering",
    Phase.BOTTOM: "bottom",
}

TIME, LIFT, HEIGHT, TILT = "Time (s)", "Lift (deg)", "Height (cm)", "Tilt (deg)"
RANGE, TRAVEL, TURNING = "Range (deg)", "Travel (cm)", "Turning (deg/s)"


_TITLE = {
    "x": 0.0,
    "xref": "container",
    "xanchor": "left",
    "pad": {"l": 12, "t": 28},
    "y": 1.0,
    "yanchor": "top",
    "yref": "container",
    "font": {"size": TITLE_PX},
}
"""At the upper left, above what is drawn and below the buttons, which a phone always shows."""

_LEGEND = {
    "orientation": "h",
    "x": 0.0,
    "xanchor": "left",
    "y": 0.0,
    "yref": "container",
    "yanchor": "bottom",
    "font": {"size": 12},
}
"""Below it: beside it there is no room on a phone."""


TOUCH_SCRIPT = Path(__file__).parent / "touch.js"
"""What a page that shows figures runs, too, so that a finger can scroll it."""


def plain(text: str) -> str:
    """Make text that somebody typed safe where plotly reads markup."""
    return html.escape(text)


def is_not_clean(rep: JudgedRep) -> bool:
    """Whether it was judged, and was not locked out, or not level, or rocked."""
    return rep.judgement.clean is Verdict.NO


def styled(figure: go.Figure, title: str, height_px: int) -> go.Figure:
    """Give a figure the look of all.

    Parameters
    ----------
    figure
        Is changed.
    title
        Plain words, escaped by who gives them; short enough for a phone.
    height_px
        The width is that of where it is shown.
    """
    figure.update_layout(
        title={"text": title, **_TITLE},
        font={"family": FONT, "size": FONT_PX, "color": INK},
        paper_bgcolor=GROUND,
        plot_bgcolor=GROUND,
        height=height_px,
        margin={"l": 58, "r": 14, "t": 64, "b": 40},
        legend=_LEGEND,
        hoverlabel={"bgcolor": GROUND, "font": {"family": FONT, "size": FONT_PX, "color": INK}},
        dragmode="zoom",
        modebar={"orientation": "h", "remove": ["lasso2d", "select2d"]},
    )
    ink = {"color": INK}
    figure.update_xaxes(gridcolor=LINES, linecolor=DIM, zerolinecolor=LINES, ticks="outside", tickfont=ink)
    figure.update_yaxes(gridcolor=LINES, linecolor=DIM, zerolinecolor=DIM, automargin=True, tickfont=ink)
    return figure


def reaching(first: float, last: float) -> dict[str, Any]:
    """Lay out an axis from one value to another, so that whoever zoomed in stays there when these change.

    A range that is given takes the place of what was zoomed to, end by end; one that the figure finds for
    itself does not.
    """
    return {"autorangeoptions": {"include": [first, last], "clipmin": first, "clipmax": last}}


def says(figure: go.Figure, words: str) -> None:
    """Say in the figure why there is nothing, or less than usual."""
    figure.add_annotation(
        text=words,
        xref="paper",
        yref="paper",
        x=0.5,
        y=0.5,
        showarrow=False,
        font={"size": 14, "color": INK},
        bgcolor="rgba(255,255,255,0.9)",
    )


def key(figure: go.Figure, name: str, *, color: str, symbol: str = "square", line: str = INK) -> None:
    """Put a mark into the legend that stands for shapes, which have no entry of their own."""
    marker = {"color": color, "symbol": symbol, "size": 11, "line": {"color": line, "width": 1}}
    figure.add_scatter(
        x=[None], y=[None], mode="markers", name=name, marker=marker, hoverinfo="skip", legendgroup=name
    )
