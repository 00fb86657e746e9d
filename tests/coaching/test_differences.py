"""Differences that are told hold against the labels: two sets of one recording, as if of two legs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

import tracker
from tests.accuracy.data import THRUSTS, Recording, load_score, recordings, score_file, shared_folder
from tracker.coaching.measures import FEWEST_VALUES, Measured, measure_named, measured

LABELS = {
    "rom_deg": lambda label: label["rom_deg"],
    "travel_cm": lambda label: 100.0 * label["travel_m"],
    "concentric_s": lambda label: label["t_top_s"] - label["t_start_s"],
    "top_hold_s": lambda label: label["t_leave_top_s"] - label["t_top_s"],
    "eccentric_s": lambda label: label["t_end_s"] - label["t_leave_top_s"],
}
"""What the labels say of what the sides are compared by."""


class Known(NamedTuple):
    """A set as measured and as labelled, measure by measure."""

    recording: str
    found: dict[str, Measured]
    true: dict[str, float]


@pytest.fixture(scope="module")
def sets() -> list[Known]:
    shared = shared_folder()
    if shared is None:
        pytest.skip("labelled recordings lie in the shared folder: set TRACKER_SHARED")
    return [one for recording in recordings(shared, THRUSTS) for one in _known(recording, shared)]


def _known(recording: Recording, shared) -> Iterator[Known]:
    labels = pd.read_csv(recording.labels("truth"))
    score = load_score(score_file(shared))
    for one in tracker.analyze(recording.samples).sets:
        tops = pd.DataFrame({"t_top_s": [judged.rep.t_top_s for judged in one.reps]})
        of = labels.iloc[[label for label, _ in score.match(labels, tops)]]
        if len(of) >= FEWEST_VALUES:
            true = {name: float(np.median(say(of))) for name, say in LABELS.items()}
            yield Known(recording.name, {each.measure: each for each in measured([one])}, true)


def _told(one: Known, two: Known, name: str) -> bool:
    a, b = one.found[name], two.found[name]
    noise = measure_named(name).noise(max(a.value, b.value), math.hypot(a.error, b.error))
    return abs(a.value - b.value) > noise


@pytest.mark.slow
@pytest.mark.parametrize("name", LABELS)
def test_a_difference_that_is_told_is_one_by_the_labels(sets, name):
    """Within a recording all; between recordings, where the sensor sits elsewhere each time, 99 in 100."""
    told = wrong = 0
    for one, two in itertools.combinations(sets, 2):
        if not _told(one, two, name):
            continue
        found, true = (one.found[name].value - two.found[name].value, one.true[name] - two.true[name])
        if one.recording == two.recording:
            assert found * true > 0, f"{one.recording}: {found} told, {true} labelled"
        told += 1
        wrong += found * true <= 0
    assert told > 1000
    assert wrong <= told / 100
