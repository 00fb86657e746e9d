"""Who keeps what is known of a live session, and declares the next set, so that nobody has to tap."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from tracker.app.flow import after_interruption, flow_of, step
from tracker.app.now import Now
from tracker.app.screen import Item, Screen, seen
from tracker.app.terminal import Onlooker
from tracker.coaching.plan import Wishes
from tracker.path import Step
from tracker.sensing.marks import Declared


class Guide:
    """A `View` that says what is known to who looks on, and declares what the flow asks for.

    Parameters
    ----------
    onlooker
        Who looks on.
    wishes
        How the person wants to be led.
    declare
        Where declarations go: they come back as marks.
    """

    def __init__(self, onlooker: Onlooker, wishes: Wishes, declare: Callable[[Declared], None]) -> None:
        self._onlooker = onlooker
        self._now = Now(Screen(), flow_of(wishes))
        self._declare = declare

    def catch_up(self, before: Iterable[tuple[Item, Step]]) -> None:
        """Take in what was before an interruption: what had to be declared in it was, but the last word."""
        for item, made in before:
            self._know(item, made)
            self._onlooker.step(item, made, self._now)
        self._now = replace(self._now, flow=after_interruption(self._now.flow))

    def step(self, item: Item | None, made: Step) -> None:
        """Take in one item."""
        self._know(item, made)
        if self._now.flow.declare is not None:
            self._declare(self._now.flow.declare)
        self._onlooker.step(item, made, self._now)

    def refresh(self, link: str) -> None:
        """Have it drawn."""
        self._onlooker.refresh(link)

    def _know(self, item: Item | None, made: Step) -> None:
        self._now = Now(seen(self._now.screen, item, made), step(self._now.flow, item, made))
