"""Many sessions analysed at once, each core with a process of its own; few of them here and now."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context

from tracker.archive.inventory import Found
from tracker.archive.listed import SessionRow
from tracker.archive.listing import read_row

FEW = 12
"""So many take no longer here than it takes to start other processes and to load everything into them."""


def read_rows(sessions: Sequence[Found], processes: int | None = None) -> Iterator[SessionRow]:
    """Analyse sessions; each row comes as soon as it is ready, in any order.

    Parameters
    ----------
    sessions
        Which.
    processes
        How many at once; None takes one for each core.

    Notes
    -----
    Processes are spawned, as macOS and Windows do it: a script that is run by its name keeps what it does
    below ``if __name__ == "__main__"``. Where they cannot be started, or one is killed, what is left is
    analysed here.
    """
    count = min(processes or _cores(), len(sessions))
    left = {found.file: found.among for found in sessions}
    if count > 1 and len(sessions) > FEW:
        with suppress(BrokenProcessPool, OSError):
            for row in _spread(sessions, count):
                del left[row.file]
                yield row
    yield from map(read_row, left, left.values())


def _spread(sessions: Sequence[Found], count: int) -> Iterator[SessionRow]:
    pool = ProcessPoolExecutor(count, get_context("spawn"), initializer=_begin)
    try:
        for done in as_completed([pool.submit(read_row, found.file, found.among) for found in sessions]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Prepare a process: Ctrl-C is for the one that started it, and what is loaded stays."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
