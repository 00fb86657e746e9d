"""The web app of one live session: opened before it, told what happens in it, closed after it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tracker.app.live import LiveSession
from tracker.app.pages.feed import Feed
from tracker.app.pages.live_page import web_app
from tracker.app.pages.site import Opening, Site
from tracker.app.terminal import Terminal


class LiveSite(Site):
    """The site of a live session, as a context: its port is open inside.

    Parameters
    ----------
    terminal
        Where its address is printed.
    opening
        How it is opened.

    Attributes
    ----------
    feed
        What the pages show; an `Onlooker`.
    """

    def __init__(self, terminal: Terminal, opening: Opening) -> None:
        super().__init__(terminal, opening, "live page")
        self.feed = Feed()

    @asynccontextmanager
    async def open(self, live: LiveSession) -> AsyncIterator[None]:
        """Serve the page of a session while the context is open."""
        self.feed.follow(live.t_ns)
        async with self.serving(web_app(self.feed, live, self.guest_url)):
            yield
