"""Groups of scored recordings, and score.py's summary of a group as figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, TypeAlias

from tests.accuracy.bars import EMPTY_PCT
from tests.accuracy.scoring import Asked, Scored
from tests.accuracy.tables import Bar, Figure

SLIDING, OVERARCH, NOTHING = "sliding", "overarch", "nothing_happens"
"""Scenarios that are looked at by themselves."""

Group: TypeAlias = Sequence[Scored]

NO_ERRORS = {"median_abs": math.nan, "p95_abs": math.nan, "bias": math.nan, "n": 0, "empty": 0}
NO_VERDICTS = {"tp": 0, "fp": 0, "fn": 0, "abstained": 0, "f1": None}


def of_scenarios(scored: Group, *names: str) -> Group:
    """The recordings of these scenarios."""
    return [one for one in scored if one.recording.scenario in names]


def without_scenarios(scored: Group, *names: str) -> Group:
    """The recordings of all other scenarios."""
    return [one for one in scored if one.recording.scenario not in names]


def share(part: float, whole: float) -> float:
    """In percent; nan of nothing."""
    return 100.0 * part / whole if whole else math.nan


class Summary:
    """score.py's summary of a group of recordings.

    Parameters
    ----------
    score
        The scoring, see `data.load_score`.
    group
        At least one recording.
    """

    def __init__(self, score: ModuleType, group: Group) -> None:
        self._said: dict[str, Any] = score.summarise([one.outcome for one in group])
        self._group = group

    def count(self, key: str, bar: Bar | None = None) -> Figure:
        """How many: recordings, true, found, hit, ghosts, ghosts_outside_sets, partials_counted, sets."""
        return Figure(self._said[key], bar=bar)

    def rate(self, key: str, bar: Bar | None = None) -> Figure:
        """Of the reps: precision, recall, f1; nan where there are none to find."""
        return Figure(_known(self._said[key]) if self._said["true"] else math.nan, 4, bar=bar)

    def exact_sets(self, bar: Bar | None = None) -> Figure:
        """Share of the sets with every rep right and nothing else."""
        return Figure(100.0 * _known(self._said["exact_sets"]), 1, " %", bar)

    def asked(self, judgement: str) -> Asked:
        """How many reps have a label for this judgement."""
        asked = [one.asked[judgement] for one in self._group]
        return Asked(sum(one.positive for one in asked), sum(one.negative for one in asked))

    def verdicts(self, judgement: str, *keys: str) -> tuple[Figure, ...]:
        """How many verdicts of a judgement: tp, fp, fn, abstained."""
        said = self._said.get(judgement, NO_VERDICTS)
        return tuple(Figure(said[key]) for key in keys)

    def verdict_f1(self, judgement: str, bar: Bar | None = None) -> Figure:
        """F1 of a judgement; nan where no label is positive."""
        f1 = _known(self._said.get(judgement, NO_VERDICTS)["f1"])
        return Figure(f1 if self.asked(judgement).positive else math.nan, 4, bar=bar)

    def reps(self, measure: str) -> Figure:
        """How many errors of a measure there are, empty ones included."""
        errors = self._errors(measure)
        return Figure(errors["n"] + errors["empty"])

    def error(self, measure: str, kind: str, decimals: int, unit: str, bar: Bar | None = None) -> Figure:
        """Error of a measure: median_abs, p95_abs, bias."""
        return Figure(self._errors(measure)[kind], decimals, unit, bar)

    def empty(self, measure: str) -> Figure:
        """Share of the reps without this measure."""
        errors = self._errors(measure)
        return Figure(share(errors["empty"], errors["n"] + errors["empty"]), 1, " %", EMPTY_PCT)

    def _errors(self, measure: str) -> dict[str, float]:
        errors: dict[str, float] = self._said.get(measure, NO_ERRORS)
        return errors


Summarise: TypeAlias = Callable[[Group], Summary]


def _known(value: float | None) -> float:
    return math.nan if value is None else value
