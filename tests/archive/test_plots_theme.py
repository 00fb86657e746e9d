"""What all figures have in common: how they look, and how large they are."""

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.archive.figures import LARGEST_JSON, motion, points, session, trace, traces
from tracker import plots
from tracker.archive.plots import theme
from tracker.archive.plots.decimated import thinned
from tracker.motion.events import Phase
from tracker.sensing.marks import Side


def test_left_and_right_look_the_same_in_all_figures():
    both = session("both_sides")
    for one in both.sets:
        look = theme.SIDES[one.side]
        assert trace(plots.course(both, one.number, motion("both_sides")), "Lift").line.color == look.color
        assert traces(plots.reps(one), "clean")[0].marker.color == look.color
    figure = plots.trend(points((Side.LEFT, 1.0, 1.0), (Side.RIGHT, 1.0, 1.0)), "reps")
    for side in (Side.LEFT, Side.RIGHT):
        drawn, look = trace(figure, side.value), theme.SIDES[side]
        assert (drawn.marker.color, drawn.marker.symbol, drawn.line.dash) == (
            look.color,
            look.symbol,
            look.dash,
        )


def luminance(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_text_and_marks_stand_out_of_the_ground():
    assert min(contrast(text, theme.GROUND) for text in (theme.INK, theme.DIM)) >= 4.5
    assert min(contrast(look.color, theme.GROUND) for look in theme.SIDES.values()) >= 3.0
    assert contrast(theme.FAINT, theme.GROUND) >= 3.0
    assert contrast("#000000", "#ffffff") == 21.0


@pytest.mark.parametrize("name", ["both_sides", "packet_loss"])
def test_figures_are_small(name):
    one = session(name).sets[0]
    for figure in (
        plots.course(session(name), 1, motion(name)),
        plots.reps(one),
        plots.overlay(one, motion(name)),
        plots.balance(session(name)),
    ):
        assert isinstance(figure, go.Figure)
        assert 1000 < len(figure.to_json()) < LARGEST_JSON


@pytest.mark.parametrize("bins", [1, 7, 50, 10_000])
def test_thinning_loses_no_extreme_and_no_hole(bins):
    rng = np.random.default_rng(1)
    t_s, values = np.arange(3000) / 100.0, rng.normal(size=3000)
    values[1000:1100] = np.nan
    t_s[2000:] += 3.0
    t_thin, thin = thinned(t_s, values, bins)
    assert (np.nanmin(thin), np.nanmax(thin)) == (
        np.float32(np.nanmin(values)),
        np.float32(np.nanmax(values)),
    )
    assert len(thin) <= min(3001, 2 * bins + 10)
    at = int(np.searchsorted(t_thin, 20.0))
    assert np.isnan(thin[at : at + 2]).any()
    assert np.all(np.diff(t_thin) >= 0.0)
    unknown = t_thin[np.isnan(thin) & (t_thin < 15.0)]
    assert (unknown.min(), unknown.max()) == (10.0, 10.99)


def test_thinning_nothing_is_nothing():
    for t_s in (np.zeros(0), np.zeros(1)):
        assert len(thinned(t_s, t_s)[0]) == len(t_s)


def test_phases_have_words_and_colours_for_the_tempo():
    assert list(theme.PHASES) == list(theme.PHASE_WORDS) == [phase for phase in Phase if phase]
