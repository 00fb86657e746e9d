"""One thing that was looked at: how it stands, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a finding stands."""

    FINE = "ok"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    topic
        What was looked at, in a word or two.
    state
        FINE; LOOK when it may matter; WRONG when nothing works before it is mended.
    said
        What was found.
    advice
        What to do about it; "" when there is nothing to do.
    """

    topic: str
    state: State
    said: str
    advice: str = ""
