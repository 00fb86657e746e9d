"""An event loop whose clock starts at 0 and jumps to the next timer whenever nothing is ready.

Minutes of a session pass in the time their events take to compute, always in the same order and at the
same instants. For worlds that live inside the process: nobody outside (a socket, a thread) is waited for.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

NANOSECONDS = 1_000_000_000


class JumpingLoop(asyncio.SelectorEventLoop):
    """A selector loop that never waits: the time it would have waited for has passed at once."""

    def __init__(self) -> None:
        self._now_s = 0.0
        super().__init__(_Jumper(self))

    def time(self) -> float:
        """Return the loop's own time, s; 0 when it was made."""
        return self._now_s

    def jump(self, seconds: float) -> None:
        """Let time pass."""
        self._now_s += seconds


class _Jumper(selectors.DefaultSelector):
    """Asked to wait for a time, it lets that time pass instead."""

    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everything waits and no timer is set: this would never end")
        if timeout > 0:
            self._loop.jump(timeout)
        return super().select(0)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a new jumping loop, like asyncio.run.

    Raises
    ------
    RuntimeError
        If everything waits and no timer is set, so that nothing could ever happen again.

    Examples
    --------
    >>> import asyncio
    >>> async def ten_minutes() -> float:
    ...     await asyncio.sleep(600)
    ...     return asyncio.get_running_loop().time()
    >>> run(ten_minutes())
    600.0
    """
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main)


def clock_ns() -> int:
    """Return the running loop's time in ns, to stand in for time.monotonic_ns."""
    return round(asyncio.get_running_loop().time() * NANOSECONDS)
