"""Who declares the next set in a live session, so that nobody has to tap."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tracker.app.flow import after_interruption, flow_of, step
from tracker.app.screen import Item
from tracker.app.terminal import View
from tracker.coaching.plan import Wishes
from tracker.path import Step
from tracker.sensing.samples import Declared


class Guide:
    """Looks on beside a view, and declares what the flow asks for.

    Parameters
    ----------
    view
        Who else looks on.
    wishes
        How the person wants to be led.
    declare
        Where declarations go: they come back as marks.
    """

    def __init__(self, view: View, wishes: Wishes, declare: Callable[[Declared], None]) -> None:
        self._view = view
        self._flow = flow_of(wishes)
        self._declare = declare

    def catch_up(self, seen: Iterable[tuple[Item, Step]]) -> None:
        """Take in what was before an interruption: what had to be declared in it was, but the last word."""
        for item, made in seen:
            self._flow = step(self._flow, item, made)
            self._view.step(item, made)
        self._flow = after_interruption(self._flow)

    def step(self, item: Item | None, made: Step) -> None:
        """Take in one item."""
        self._flow = step(self._flow, item, made)
        if self._flow.declare is not None:
            self._declare(self._flow.declare)
        self._view.step(item, made)

    def refresh(self, link: str) -> None:
        """Have the view drawn."""
        self._view.refresh(link)
