"""Many sessions analysed at once, each core with a process of its own; few of them here and now."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from tracker.archive.listed import SessionRow
from tracker.archive.listing import read_row

FEW = 12
"""So many take no longer here than it takes to start other processes and to load everything into them."""


def read_rows(files: Sequence[Path], processes: int | None = None) -> Iterator[SessionRow]:
    """Analyse sessions; each row comes as soon as it is ready, in any order.

    Parameters
    ----------
    files
        Their first segments.
    processes
        How many at once; None takes one for each core.

    Notes
    -----
    Processes are spawned, as macOS and Windows do it: a script that is run by its name keeps what it does
    below ``if __name__ == "__main__"``. Where they cannot be started, or one is killed, what is left is
    analysed here.
    """
    count = min(processes or _cores(), len(files))
    if count < 2 or len(files) <= FEW:
        yield from map(read_row, files)
        return
    left = dict.fromkeys(files)
    try:
        for row in _spread(files, count):
            left.pop(row.file)
            yield row
    except BrokenProcessPool:
        yield from map(read_row, left)


def _spread(files: Sequence[Path], count: int) -> Iterator[SessionRow]:
    pool = ProcessPoolExecutor(count, get_context("spawn"), initializer=gc.freeze)
    try:
        for done in as_completed([pool.submit(read_row, file) for file in files]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
