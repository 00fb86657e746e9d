"""Tables of the recordings of which only the number of reps is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.accuracy import bars
from tests.accuracy.scoring import Counted
from tests.accuracy.summary import share
from tests.accuracy.tables import Figure, Table, with_bars

FAR_OFF = 2
"""A count that is wrong by so much is listed."""


def count_table(counted: Sequence[Counted]) -> Table:
    """How near the counts are, by data set."""
    rows = []
    for data_set, (exact_bar, within_1_bar) in bars.COUNTS_PCT.items():
        error = np.array([one.error for one in counted if one.recording.scenario == data_set])
        if not len(error):
            continue
        figures = (
            Figure(len(error)),
            Figure(share(int((error == 0).sum()), len(error)), 1, " %", exact_bar),
            Figure(share(int((abs(error) <= 1).sum()), len(error)), 1, " %", within_1_bar),
            Figure(float(abs(error).mean()), 2),
            Figure(float(error.mean()), 2),
        )
        rows.append(with_bars(data_set, *figures))
    head = ("data set", "recordings", "exact", "within 1", "mean abs. error", "bias", "bars", "reached")
    return Table("Other lifts of people, counts only", head, tuple(rows))


def rest_table(counted: Sequence[Counted]) -> Table:
    """What was counted where people rested."""
    rows = tuple(
        with_bars(one.recording.name, Figure(one.found, bar=bars.GHOSTS)) for one in counted if one.true == 0
    )
    return Table("Counted at rest", ("recording", "ghosts", "bar", "reached"), rows)


def far_off_table(counted: Sequence[Counted]) -> Table:
    """Counts that are wrong by two or more."""
    rows = tuple(
        (one.recording.name, str(one.true), str(one.found), f"{one.error:+d}")
        for one in counted
        if abs(one.error) >= FAR_OFF
    )
    return Table(f"Counts off by {FAR_OFF} or more", ("recording", "true", "found", "error"), rows)
