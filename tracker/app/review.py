"""`tracker review`: the recorded sessions as pages in the browser, until Ctrl-C."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, closing, suppress

from tracker.app.named import first_recording_of
from tracker.app.pages.review.addresses import session_address
from tracker.app.pages.review.shelf import Shelf
from tracker.app.pages.review.web_app import web_app
from tracker.app.pages.site import Opening, Site
from tracker.app.terminal import Terminal
from tracker.archive.importers import stem


def review(terminal: Terminal, name: str | None, opening: Opening, runner: asyncio.Runner) -> None:
    """Serve the review pages until interrupted.

    Parameters
    ----------
    terminal
        For the address, and progress where sessions have to be counted first.
    name
        Of the session to begin with; None begins with the list.
    opening
        How the pages are opened.
    runner
        Whose event loop they run on.

    Raises
    ------
    InputError
        If there is no session of that name in the library, or the port is taken.
    """
    path = session_address(stem(first_recording_of(name))) if name else "/"
    with ExitStack() as whatever_happens:
        shelf = whatever_happens.enter_context(closing(Shelf(_library(terminal))))
        site = whatever_happens.enter_context(Site(terminal, opening, "review", path))
        terminal.say("Ctrl-C ends it")
        with suppress(KeyboardInterrupt):  # it is how this ends, and everything is saved when it is said
            runner.run(_serve(site, shelf))


async def _serve(site: Site, shelf: Shelf) -> None:
    async with site.serving(web_app(shelf)):
        await asyncio.Event().wait()  # nothing sets it: Ctrl-C ends it
