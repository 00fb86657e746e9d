"""What recordings are called: after their start, for in a folder they then stand in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import count


def named_after(started: datetime) -> str:
    """Name a session after its start.

    Examples
    --------
    >>> named_after(datetime(2026, 1, 31, 18, 5))
    '2026-01-31_18-05-00'
    """
    return f"{started:%Y-%m-%d_%H-%M-%S}"


def in_turn(name: str) -> Iterator[str]:
    """Give the names that a session may have where others have the first: ``ID``, ``ID_2``, ``ID_3`` ..."""
    return (name if number == 1 else f"{name}_{number}" for number in count(1))
