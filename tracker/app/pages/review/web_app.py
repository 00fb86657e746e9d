"""The web app of review: its addresses, and what each of them answers."""

from __future__ import annotations

from fastapi import FastAPI, Response
from nicegui import app as assets
from nicegui import ui

from tracker.app.pages.live_page import STATIC
from tracker.app.pages.review.addresses import EXPORT, REPORT, SESSION, SET
from tracker.app.pages.review.files import answer, athlete_answer
from tracker.app.pages.review.frame import Text, framed
from tracker.app.pages.review.session_list import Asked, session_list
from tracker.app.pages.review.session_page import session_page
from tracker.app.pages.review.set_page import set_page
from tracker.app.pages.review.shelf import Shelf
from tracker.errors import TrackerError

COUNTING_MAY_TAKE_S = 60.0
"""A long session of any_lift takes seconds to be counted; only then its page is there."""


def web_app(shelf: Shelf) -> FastAPI:
    """Make the app that serves the review pages; once in a process, for NiceGUI keeps its pages for good.

    Parameters
    ----------
    shelf
        What is shown.
    """
    web = FastAPI(openapi_url=None)
    assets.add_static_files("/tracker", STATIC)

    @ui.page("/", title="tracker", response_timeout=COUNTING_MAY_TAKE_S)
    async def sessions(
        words: str = "", athlete: str = "", tag: str = "", since: str = "", measure: str = "", page: int = 1
    ) -> None:
        asked = Asked(words, athlete, tag, since, measure or Asked().measure, page)
        await session_list(shelf, asked)

    @ui.page(SESSION, title="tracker", response_timeout=COUNTING_MAY_TAKE_S)
    async def one_session(name: str) -> None:
        try:
            await session_page(shelf, name)
        except TrackerError as error:
            _not_there(error)

    @ui.page(SET, title="tracker", response_timeout=COUNTING_MAY_TAKE_S)
    async def one_set(name: str, number: int) -> None:
        try:
            await set_page(shelf, name, number)
        except TrackerError as error:
            _not_there(error)

    @web.get(REPORT)
    async def of_athlete(athlete: str, words: str = "", tag: str = "", since: str = "") -> Response:
        return await athlete_answer(shelf, Asked(words, athlete, tag, since))

    @web.get(EXPORT)
    async def files(name: str, what: str) -> Response:
        return await answer(shelf, name, what)

    assets.config.quasar_config["loadingBar"]["skipHijack"] = True  # nothing on these pages loads for long
    ui.run_with(web, title="tracker", language="en-US", show_welcome_message=False, tailwind=False)
    return web


def _not_there(error: TrackerError) -> None:
    """Say in a page of its own why there is none."""
    with framed("Not there", ("Sessions", "/")):
        Text("p", str(error)).classes("trouble").props('role="alert"')
