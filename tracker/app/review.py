"""`tracker review`: the recorded sessions as pages in the browser, until Ctrl-C."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from tracker.app.named import first_recording_of
from tracker.app.pages.review.addresses import session_address
from tracker.app.pages.review.shelf import Shelf
from tracker.app.pages.review.web_app import web_app
from tracker.app.pages.site import Opening, Site
from tracker.app.terminal import Terminal
from tracker.archive.importers import stem
from tracker.archive.library import Library
from tracker.archive.segments import first_path
from tracker.archive.settings import library_index, sessions_folder


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
    file = _beginning(first_recording_of(name)) if name else None
    path = session_address(stem(file)) if file else "/"
    with ExitStack() as whatever_happens:
        library = whatever_happens.enter_context(_library(file))
        with terminal.busy("looking through the sessions"):
            library.refresh()
        shelf = whatever_happens.enter_context(closing(Shelf(library)))
        site = whatever_happens.enter_context(Site(terminal, opening, "review", path))
        terminal.say("Ctrl-C ends it")
        with suppress(KeyboardInterrupt):  # it is how this ends, and everything is saved when it is said
            runner.run(_serve(site, shelf))


def _beginning(file: Path) -> Path:
    """Give the first segment of the session that a file is a part of, where it is there."""
    first = first_path(file)
    return first if first.exists() else file


async def _serve(site: Site, shelf: Shelf) -> None:
    async with site.serving(web_app(shelf)):
        await asyncio.Event().wait()  # nothing sets it: Ctrl-C ends it


def _library(file: Path | None) -> Library:
    """Give the library that a file is in: another folder of recordings is one as long as it is shown."""
    folder = sessions_folder()
    if file is None or file.resolve().parent == folder.resolve():
        return Library(folder, library_index())
    return Library(file.resolve().parent, None)
