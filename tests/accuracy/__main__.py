"""`python -m tests.accuracy`: analyse all labelled recordings, print the figures, write ACCURACY.md."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from tests.accuracy.data import (
    COUNTS,
    PROJECT,
    THRUSTS,
    load_score,
    recordings,
    score_file,
    shared_folder,
)
from tests.accuracy.page import as_page, as_report, tables
from tests.accuracy.scoring import Counted, Scored, score_count, score_thrusts

PAGE = PROJECT / "ACCURACY.md"

PROCESSES = 2
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Two processes share two cores; more threads would only be in each other's way."""

WRONG_USE = 2

T = TypeVar("T", Scored, Counted)


def main() -> int:
    """Print and write the figures; give the exit code."""
    shared = shared_folder()
    if shared is None:
        print("no labelled recordings found: name their folder in TRACKER_SHARED", file=sys.stderr)
        return WRONG_USE
    scored, counted = score_all(shared)
    score = load_score(score_file(shared))
    every = tables(scored, counted, score)
    print(as_report(every))
    PAGE.write_text(as_page(every, score), encoding="utf-8")
    return 0


def score_all(shared: Path) -> tuple[list[Scored], list[Counted]]:
    """Analyse and score every recording; the results are in order of their names."""
    os.environ.update(ONE_THREAD)  # before the processes start and load numpy
    thrusts, others = recordings(shared, THRUSTS), recordings(shared, COUNTS)
    with TemporaryDirectory() as folder, ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        score, into = score_file(shared), Path(folder)
        scored = pool.map(partial(score_thrusts, score_file=score, tables=into), thrusts)
        counted = pool.map(partial(score_count, score_file=score, tables=into), others)
        return shown(scored, len(thrusts), "thrusts"), shown(counted, len(others), "other lifts")


def shown(results: Iterator[T], of: int, what: str) -> list[T]:
    """Collect results with a progress bar, on a terminal only."""
    console = Console(stderr=True)
    return list(track(results, what, of, console=console, transient=True, disable=not console.is_terminal))


if __name__ == "__main__":
    sys.exit(main())
