"""Find the labelled recordings beside the project, and write the tracker's tables of one of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import tracker

PROJECT = Path(__file__).parents[2]

THRUSTS = "thrust_dev"
"""Simulated one-leg hip thrusts; every rep is labelled."""
COUNTS = "real_counts"
"""People doing other lifts; only the number of reps is known."""

OVERRIDES = {THRUSTS: tracker.Overrides(), COUNTS: tracker.Overrides(exercise="any_lift")}

SAMPLES = ".samples.parquet"


@dataclass(frozen=True)
class Recording:
    """One labelled recording: SCENARIO__REST in a folder; its labels lie beside it."""

    folder: Path
    name: str

    @property
    def scenario(self) -> str:
        """What is in it; for recordings of people, the data set."""
        return self.name.partition("__")[0]

    @property
    def samples(self) -> Path:
        """The file that the tracker reads."""
        return self.folder / f"{self.name}{SAMPLES}"

    def labels(self, kind: str) -> Path:
        """The file of labels of this kind: truth, truth_sets, count."""
        return self.folder / f"{self.name}.{kind}.csv"


def shared_folder() -> Path | None:
    """Where data and scoring lie: in `TRACKER_SHARED`, else beside the project; None when not there."""
    folder = Path(os.environ.get("TRACKER_SHARED") or PROJECT.parent / "shared")
    return folder if score_file(folder).is_file() and recordings(folder, THRUSTS) else None


def score_file(shared: Path) -> Path:
    """The program that matches found reps with labels."""
    return shared / "eval" / "score.py"


def recordings(shared: Path, data_set: str) -> list[Recording]:
    """All recordings of a data set, in order of their names."""
    files = sorted((shared / "data" / data_set).glob(f"*{SAMPLES}"))
    return [Recording(file.parent, file.name.removesuffix(SAMPLES)) for file in files]


@cache
def load_score(file: Path) -> ModuleType:
    """Load the scoring from its file; the folder it lies in is only read, so no bytecode is left there."""
    module = ModuleType("score")
    module.__file__ = str(file)
    exec(compile(file.read_text(), file, "exec"), module.__dict__)
    return module


def analyse(recording: Recording, tables: Path) -> tracker.Session:
    """Analyse a recording and write the tables that `tracker analyze --out` writes."""
    session = tracker.analyze(recording.samples, OVERRIDES[recording.folder.name])
    tracker.write_tables(session, tables, recording.name)
    return session
