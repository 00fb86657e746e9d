"""What is known now of a live session: what was measured, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.app.flow import Flow, flow_of
from tracker.app.screen import Screen


@dataclass(frozen=True, slots=True)
class Now:
    """A session after one of its items.

    Attributes
    ----------
    screen
        What was measured.
    flow
        Where it stands, and what comes next.
    """

    screen: Screen
    flow: Flow


NOTHING_YET = Now(Screen(), flow_of())
"""Before the first item."""
