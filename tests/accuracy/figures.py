"""Tables of the reps: how many were found, and how well each is measured."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from tests.accuracy import bars
from tests.accuracy.summary import (
    NOTHING,
    OVERARCH,
    SLIDING,
    Group,
    Summarise,
    of_scenarios,
    share,
    without_scenarios,
)
from tests.accuracy.tables import Figure, Table, with_bars

MEASURES = {
    "range": ("rom_deg", " deg", bars.RANGE_DEG),
    "travel": ("travel_cm", " cm", bars.TRAVEL_CM),
    "change of tilt at the top": ("tilt_top_change_deg", " deg", bars.TILT_CHANGE_DEG),
    "size of the twist": ("twist_deg", " deg", None),
}
"""Measure in the summary, unit, bar of the median."""


def short_table(scored: Group, summarise: Summarise) -> Table:
    """The figures to look at first."""
    total, not_sliding = summarise(scored), summarise(without_scenarios(scored, SLIDING))
    top = total.error("t_top_ms", "p95_abs", 0, " ms", bars.TIMES_MS["top"][1])
    rows = (
        with_bars("reps found and nothing else, F1", total.rate("f1", bars.F1)),
        with_bars("wrongly counted outside of sets", total.count("ghosts_outside_sets", bars.GHOSTS)),
        with_bars("sets exact", total.exact_sets(bars.EXACT_SETS_PCT)),
        with_bars("time of the top, absolute error, 95 %", top),
        with_bars(
            "missed lockout, F1, without sliding", not_sliding.verdict_f1("missed_lockout", bars.LOCKOUT_F1)
        ),
    )
    return Table("In short", ("what", "figure", "bar", "reached"), rows)


def rep_table(scored: Group, summarise: Summarise) -> Table:
    """Reps, sets, and what was counted and is none."""
    total, idle = summarise(scored), summarise(of_scenarios(scored, NOTHING))
    labelled = sum(one.labelled_partials for one in scored)
    partials = share(total.count("partials_counted").value, labelled)
    rows = (
        with_bars("recordings", total.count("recordings")),
        with_bars("reps that arrived", total.count("true")),
        with_bars("reps counted", total.count("found")),
        with_bars("of them right", total.count("hit")),
        with_bars("precision", total.rate("precision")),
        with_bars("recall", total.rate("recall")),
        with_bars("F1", total.rate("f1", bars.F1)),
        with_bars("ghosts", total.count("ghosts")),
        with_bars("ghosts where nothing happens", idle.count("ghosts", bars.GHOSTS)),
        with_bars("wrongly counted outside of sets", total.count("ghosts_outside_sets", bars.GHOSTS)),
        with_bars(f"partial reps counted, of {labelled}", total.count("partials_counted")),
        with_bars("share of partial reps counted", Figure(partials, 1, " %", bars.PARTIALS_COUNTED_PCT)),
        with_bars("sets", total.count("sets")),
        with_bars("sets exact", total.exact_sets(bars.EXACT_SETS_PCT)),
    )
    return Table("Reps and sets", ("what", "figure", "bar", "reached"), rows)


def time_table(scored: Group, summarise: Summarise) -> Table:
    """Errors of the borders of the phases."""
    groups = {
        "all": summarise(scored),
        "not sliding, overarch": summarise(without_scenarios(scored, SLIDING, OVERARCH)),
        "sliding": summarise(of_scenarios(scored, SLIDING)),
        "overarch": summarise(of_scenarios(scored, OVERARCH)),
    }
    rows = []
    for border, (median_bar, p95_bar) in bars.TIMES_MS.items():
        key = f"t_{border.replace(' ', '_')}_ms"
        for name, group in groups.items():
            median = group.error(key, "median_abs", 0, " ms", median_bar)
            p95 = group.error(key, "p95_abs", 0, " ms", p95_bar)
            rows.append(with_bars(f"{border}: {name}", group.reps(key), median, p95, group.empty(key)))
    head = ("border: recordings", "reps", "median", "95 %", "empty", "bars", "reached")
    return Table("Times in a rep, absolute error", head, tuple(rows))


def set_table(scored: Group, summarise: Summarise) -> Table:
    """Errors of the borders of the sets."""
    total, rows = summarise(scored), []
    for name, key in (("set start", "set_start_s"), ("set end", "set_end_s")):
        median = total.error(key, "median_abs", 2, " s")
        p95 = total.error(key, "p95_abs", 2, " s", bars.SET_BORDER_P95_S)
        rows.append(with_bars(name, total.reps(key), median, p95))
    head = ("border", "sets", "median", "95 %", "bar", "reached")
    return Table("Times of sets, absolute error", head, tuple(rows))


def measure_table(scored: Group, summarise: Summarise) -> Table:
    """Errors of what is measured of a rep."""
    total, rows = summarise(scored), []
    for name, (key, unit, bar) in MEASURES.items():
        median = total.error(key, "median_abs", 2, unit, bar)
        p95, bias = (total.error(key, kind, 2, unit) for kind in ("p95_abs", "bias"))
        rows.append(with_bars(name, total.reps(key), median, p95, bias, total.empty(key)))
    head = ("measure", "reps", "median", "95 %", "bias", "empty", "bars", "reached")
    return Table("Measures of a rep, absolute error", head, tuple(rows))


def travel_table(scored: Group) -> Table:
    """How far the errors of travel lie apart within a set."""
    spreads = [spread for one in scored for spread in one.travel_spreads_cm]
    median = float(np.median(spreads)) if spreads else math.nan
    figures = (Figure(len(spreads)), Figure(median, 2, " cm", bars.TRAVEL_SPREAD_CM))
    head = ("measure", "sets", "median", "bar", "reached")
    return Table("Spread of the error within a set", head, (with_bars("travel", *figures),))


def scenario_table(scored: Group, summarise: Summarise) -> Table:
    """Each scenario by itself."""
    rows = []
    for scenario in sorted({one.recording.scenario for one in scored}):
        total = summarise(of_scenarios(scored, scenario))
        keys = ("recordings", "true", "found", "hit", "ghosts", "partials_counted")
        counts = (total.count(key) for key in keys)
        top = (total.error("t_top_ms", kind, 0, " ms") for kind in ("median_abs", "p95_abs"))
        figures = (*counts, total.rate("f1"), total.count("sets"), total.exact_sets(), *top)
        rows.append((scenario, *map(str, figures)))
    head = ("scenario", "recordings", "true", "found", "right", "ghosts", "partials", "F1", "sets", "exact")
    return Table("Scenarios", (*head, "top, median", "top, 95 %"), tuple(rows))


def mistake_table(scored: Group) -> Table:
    """Every recording with a miss, a ghost or a counted partial rep, and when."""
    rows = tuple(
        (
            one.recording.name,
            *map(_moments, (one.mistakes.missed, one.mistakes.ghosts, one.mistakes.partials)),
        )
        for one in scored
        if one.mistakes
    )
    head = ("recording", "missed", "ghosts", "partials counted")
    return Table("Recordings with mistakes", head, rows, "Times of the tops, s on the recording's t_s.")


def _moments(times_s: Iterable[float]) -> str:
    return ", ".join(f"{time_s:.1f}" for time_s in times_s)
