"""One recording against its labels. What matches what, and what an error is, is said by score.py alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

import tracker
from tests.accuracy.data import Recording, analyse, load_score

Outcome: TypeAlias = tuple[dict[str, int], dict[str, list[float]], dict[str, list[int]]]
"""What score.py says of a recording: how many of what, errors by measure, verdicts by judgement."""

WITHOUT_ABSTENTION = {"lockout": "yes", "overarch": "no", "bounce": "no", "rocking_alert": "none"}
"""A verdict for every judgement, none of them positive."""

FEWEST_FOR_SPREAD = 3
"""A set of fewer reps has no spread worth the name."""


@dataclass(frozen=True)
class Asked:
    """How many reps have a label for a judgement: those it is true of, and those it is not."""

    positive: int
    negative: int


@dataclass(frozen=True)
class Mistakes:
    """What was counted wrong; each at the time of its top, s on t_s."""

    missed: tuple[float, ...]
    ghosts: tuple[float, ...]
    partials: tuple[float, ...]

    def __bool__(self) -> bool:
        return bool(self.missed or self.ghosts or self.partials)


@dataclass(frozen=True)
class Candidate:
    """A motion the tracker considered: what it made of it, and whether a labelled rep was there."""

    confidence: float
    counted: bool
    is_rep: bool


@dataclass(frozen=True)
class Scored:
    """A recording of hip thrusts, held against its labels."""

    recording: Recording
    outcome: Outcome
    asked: dict[str, Asked]
    labelled_partials: int
    mistakes: Mistakes
    travel_spreads_cm: tuple[float, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Counted:
    """A recording of which only the number of reps is known."""

    recording: Recording
    true: int
    found: int

    @property
    def error(self) -> int:
        """Reps counted too many; negative: too few."""
        return self.found - self.true


def score_thrusts(recording: Recording, score_file: Path, tables: Path) -> Scored:
    """Analyse a recording of hip thrusts and score its tables."""
    score = load_score(score_file)
    session = analyse(recording, tables)
    labels, label_sets = (score.read(recording.labels(kind)) for kind in ("truth", "truth_sets"))
    reps, sets = (score.read(tables / f"{recording.name}.{kind}.csv") for kind in ("reps", "sets"))
    outcome = score.score_recording(labels, label_sets, reps, sets)
    decided = score.score_recording(labels, label_sets, reps.assign(**WITHOUT_ABSTENTION), sets)
    matching = Matching(score, labels, score.counted(reps))
    return Scored(
        recording,
        outcome,
        {key: Asked(fn, tn) for key, (_, _, fn, tn, _) in decided[2].items()},
        sum(not full for full in matching.full),
        matching.mistakes(),
        matching.spreads_in_sets(outcome[1]["travel_cm"]),
        judged_candidates(score, labels, session),
    )


def score_count(recording: Recording, score_file: Path, tables: Path) -> Counted:
    """Analyse a recording of another lift and count its reps."""
    score = load_score(score_file)
    analyse(recording, tables)
    true = int(score.read(recording.labels("count"))["reps"].iloc[0])
    return Counted(recording, true, len(score.counted(score.read(tables / f"{recording.name}.reps.csv"))))


class Matching:
    """Which label goes with which of the found motions.

    Parameters
    ----------
    score
        The scoring, see `load_score`.
    labels
        Labelled reps and partial reps.
    found
        Motions with a column t_top_s.
    """

    def __init__(self, score: Any, labels: pd.DataFrame, found: pd.DataFrame) -> None:
        self.full = [score.opinion(cell) is True for cell in labels["counts"]]
        self.label_of: dict[int, int] = {j: i for i, j in score.match(labels, found)}
        self._labels, self._found = labels, found
        self._matters = [
            not (
                score.number(label, "received") < score.MIN_RECEIVED
                or score.number(label, "longest_gap_s") > score.MAX_GAP_S
            )
            for _, label in labels.iterrows()
        ]

    def matters(self, found: int) -> bool:
        """False for a motion whose label lost too many samples to be held against anyone."""
        return found not in self.label_of or self._matters[self.label_of[found]]

    def is_rep(self, found: int) -> bool:
        """True when the motion's label is a full rep."""
        return found in self.label_of and self.full[self.label_of[found]]

    def mistakes(self) -> Mistakes:
        """What was missed, invented, or counted though partial."""
        matched = set(self.label_of.values())
        missed = [i for i, full in enumerate(self.full) if full and self._matters[i] and i not in matched]
        wrong = [j for j in range(len(self._found)) if self.matters(j) and not self.is_rep(j)]
        return Mistakes(
            _tops(self._labels, missed),
            _tops(self._found, [j for j in wrong if j not in self.label_of]),
            _tops(self._found, [j for j in wrong if j in self.label_of]),
        )

    def spreads_in_sets(self, errors: list[float]) -> tuple[float, ...]:
        """Standard deviation of the errors in each set; `errors` are those of the hits, in order."""
        hits = sorted(i for j, i in self.label_of.items() if self.full[i] and self._matters[i])
        by_set = pd.Series(errors, dtype=float).groupby(self._labels["set"].iloc[hits].to_numpy())
        return tuple(float(one.std()) for _, one in by_set if one.notna().sum() >= FEWEST_FOR_SPREAD)


def judged_candidates(score: Any, labels: pd.DataFrame, session: tracker.Session) -> tuple[Candidate, ...]:
    """Every counted rep and every rejected motion, and whether it was a rep.

    A rejected motion can only belong to a label that no counted rep belongs to.
    """
    counted = [rep.rep for one in session.sets for rep in one.reps]
    rejected = [motion.rep for motion in session.rejected]
    of_counted = Matching(score, labels, _top_table(counted))
    left = labels.drop(index=list(of_counted.label_of.values()))
    of_rejected = Matching(score, left.reset_index(drop=True), _top_table(rejected))
    return tuple(
        Candidate(motion.confidence, motions is counted, matching.is_rep(number))
        for motions, matching in ((counted, of_counted), (rejected, of_rejected))
        for number, motion in enumerate(motions)
        if matching.matters(number)
    )


def _top_table(motions: list[tracker.Rep]) -> pd.DataFrame:
    return pd.DataFrame({"t_top_s": [motion.t_top_s for motion in motions]})


def _tops(table: pd.DataFrame, rows: list[int]) -> tuple[float, ...]:
    return tuple(float(table["t_top_s"].iloc[row]) for row in rows)
