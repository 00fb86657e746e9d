"""The reps of a set side by side: tempo, range, tilt at the top."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tracker.archive.plots import theme
from tracker.coaching.group import concentric_s, eccentric_s, top_hold_s
from tracker.coaching.names import set_name
from tracker.coaching.results import JudgedRep, Set, Verdict
from tracker.motion.events import Channel, Phase, RejectedMotion, Rep

TEMPO: tuple[tuple[Phase, Callable[[Rep], float]], ...] = (
    (Phase.DRIVE, concentric_s),
    (Phase.TOP, top_hold_s),
    (Phase.LOWERING, eccentric_s),
    (Phase.BOTTOM, lambda rep: rep.bottom_s),
)
CM_PER_M = 100.0
LEAST_TILT_DEG = 5.0
"""The axis of tilt reaches at least so far to either side: a level weight is to look level."""
KINDS = {Verdict.YES: "clean", Verdict.NO: "not clean", Verdict.UNKNOWN: "not judged"}
HATCH = {"clean": "", "not judged": ".", "not clean": "/", "tried, not counted": "x"}


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One place on the axis: a rep, or a motion that was tried and not counted."""

    rep: Rep
    label: str
    kind: str
    words: str


def reps(one: Set) -> go.Figure:
    """Draw one bar a rep: tempo in its four phases, range, and tilt at the top.

    Parameters
    ----------
    one
        The set. What was tried in it and not counted stands among its reps.

    Returns
    -------
    plotly.graph_objects.Figure
        Reps that are not clean are hatched and have a cross beside their number. Of sets that height
        carries, the range is that of travel.
    """
    attempts = _attempts(one)
    figure = make_subplots(
        rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.06, row_heights=[1.4, 1.0, 1.0]
    )
    _draw_tempo(figure, attempts)
    by_height = sum(rep.rep.carried_by is Channel.HEIGHT for rep in one.reps) > 0.5 * len(one.reps)
    _draw(
        figure,
        one,
        attempts,
        2,
        (lambda rep: CM_PER_M * rep.travel_m) if by_height else lambda rep: rep.rom_deg,
    )
    _draw(figure, one, attempts, 3, lambda rep: rep.tilt_top_deg)
    titles = ("Tempo (s)", theme.TRAVEL if by_height else theme.RANGE, theme.TILT)
    _lay_out(figure, set_name(one), attempts, titles)
    return figure


def _lay_out(
    figure: go.Figure, title: str, attempts: Sequence[_Attempt], titles: tuple[str, str, str]
) -> None:
    """Name the axes and the places on them."""
    theme.styled(figure, title, theme.AROUND_PX + 60 + 3 * theme.ROW_PX)
    places = list(range(1, len(attempts) + 1))
    figure.update_xaxes(tickvals=places, ticktext=[attempt.label for attempt in attempts])
    figure.update_xaxes(title_text="Rep", row=3)
    for row, words in enumerate(titles, start=1):
        figure.update_yaxes(title_text=words, row=row)
    tilts = [abs(attempt.rep.tilt_top_deg) for attempt in attempts]
    reach = max([LEAST_TILT_DEG, *(1.1 * tilt for tilt in tilts if math.isfinite(tilt))])
    figure.update_yaxes(theme.reaching(-reach, reach), row=3)
    figure.update_layout(barmode="stack", bargap=0.25)
    if not attempts:
        theme.says(figure, "no reps")


def _attempts(one: Set) -> list[_Attempt]:
    found = [_counted(rep) for rep in one.reps] + [_tried(motion) for motion in one.partials]
    return sorted(found, key=lambda attempt: attempt.rep.t_start_s)


def _counted(rep: JudgedRep) -> _Attempt:
    kind = KINDS[rep.judgement.clean]
    label = f"{rep.number} ✗" if theme.is_not_clean(rep) else str(rep.number)
    words = f"rep {rep.number}, {kind}"
    told = "; ".join(cue.value for cue in rep.cues)
    return _Attempt(rep.rep, label, kind, f"{words}: {told}" if told else words)


def _tried(motion: RejectedMotion) -> _Attempt:
    return _Attempt(motion.rep, "–", "tried, not counted", f"tried, not counted: {motion.reason.value}")  # noqa: RUF001


def _draw_tempo(figure: go.Figure, attempts: Sequence[_Attempt]) -> None:
    for phase, seconds in TEMPO:
        words = theme.PHASE_WORDS[phase]
        figure.add_bar(
            x=list(range(1, len(attempts) + 1)),
            y=[_known(seconds(attempt.rep)) for attempt in attempts],
            name=words,
            marker={"color": theme.PHASES[phase], "line": {"color": theme.INK, "width": 0.6}},
            customdata=[attempt.words for attempt in attempts],
            row=1,
            col=1,
            hovertemplate=f"{words} %{{y:.2f}} s<br>%{{customdata}}<extra></extra>",
        )


def _draw(
    figure: go.Figure, one: Set, attempts: Sequence[_Attempt], row: int, value: Callable[[Rep], float]
) -> None:
    """Draw one row of bars; each kind of attempt is a trace, so that it has a place in the legend."""
    color = theme.SIDES[one.side].color
    for kind, hatch in HATCH.items():
        places = [(at, attempt) for at, attempt in enumerate(attempts, start=1) if attempt.kind == kind]
        if not places:
            continue
        light = kind != "clean"
        figure.add_bar(
            x=[at for at, _ in places],
            y=[_known(value(attempt.rep)) for _, attempt in places],
            name=kind,
            legendgroup=kind,
            showlegend=row == 2,
            marker={
                "color": theme.GROUND if light else color,
                "line": {"color": color if kind != "tried, not counted" else theme.DIM, "width": 1.5},
                "pattern": {
                    "shape": hatch,
                    "fgcolor": theme.DIM if kind == "tried, not counted" else color,
                    "size": 6,
                    "fgopacity": 1.0,
                },
            },
            customdata=[attempt.words for _, attempt in places],
            row=row,
            col=1,
            hovertemplate="%{y:.1f}<br>%{customdata}<extra></extra>",
        )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
