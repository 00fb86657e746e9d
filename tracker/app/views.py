"""Two ways to look on while a session runs: a panel that is drawn in place, and plain lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live

from tracker.app.led import Led, led_lines
from tracker.app.link_wording import LOST, lost_words, mark_words, split_words
from tracker.app.now import NOTHING_YET, Now
from tracker.app.panel import panel
from tracker.app.screen import Item
from tracker.app.wording import event_words, kind_of
from tracker.coaching.results import Event, RepEvent
from tracker.path import Step
from tracker.sensing.marks import Mark


class LivePanel:
    """The panel, drawn in place."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._now = NOTHING_YET
        self._drawn: object = None
        self._lost_at_s = math.nan
        self._ink = "#" if console.options.ascii_only else "█"
        self._live = Live(console=console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def step(self, _item: Item | None, _step: Step, now: Now) -> None:
        """Take in what is known; nothing is drawn yet."""
        self._now = now

    def refresh(self, link: str) -> None:
        """Draw the panel, when it is another."""
        link = lost_words(link, self._lost_for_s(link))
        screen, led, size = self._now.screen, Led.by(self._now.flow), self._console.size
        drawing = (screen, led, link, size)
        if drawing != self._drawn:
            self._drawn = drawing
            self._live.update(panel(screen, led, link, size.height, self._ink), refresh=True)

    def _lost_for_s(self, link: str) -> float:
        """Time since the link was lost, s, through vain attempts to connect; 0 while it holds."""
        if link.startswith("streaming"):
            self._lost_at_s = math.nan
        if math.isnan(self._lost_at_s):
            if not link.startswith(LOST):
                return 0.0
            self._lost_at_s = self._console.get_time()
        return self._console.get_time() - self._lost_at_s


class PlainLines:
    """One line for each mark and event; for a rep only when it becomes another in kind, not in a decimal."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._before = NOTHING_YET
        self._shown = ("", "")
        self._kinds: dict[int, Hashable] = {}

    def step(self, item: Item | None, step: Step, now: Now) -> None:
        """Print the marks and events that have something to say."""
        if isinstance(item, Mark) and (words := mark_words(item.body)):
            self._say(words)
        for event in step.events:
            if self._is_news(event):
                self._say(f"{event.t_s:8.2f} s  {event_words(event)}")
        for line in led_lines(self._before.flow, now.flow):
            self._say(line)
        self._before = now

    def refresh(self, link: str) -> None:
        """Print the state of the link, and what is not recorded, when either is another."""
        before, self._shown = self._shown, split_words(link)
        if self._shown[0] != before[0]:
            self._say(f"link: {self._shown[0]}")
        if self._shown[1] != before[1]:
            self._say(self._shown[1] or "recorded again, with all that was kept in memory")

    def _is_news(self, event: Event) -> bool:
        if not isinstance(event, RepEvent):
            return True
        candidate, kind = event.rep.rep.candidate, kind_of(event)
        was, self._kinds[candidate] = self._kinds.get(candidate), kind
        return kind != was
