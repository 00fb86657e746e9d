"""The web app of review: its addresses, and what each of them answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from fastapi import FastAPI, Request, Response
from nicegui import Client, ui
from nicegui import app as assets

from tracker.app.pages.live_page import STATIC
from tracker.app.pages.review.addresses import EXPORT, REPORT, SESSION, SET
from tracker.app.pages.review.files import answer, athlete_answer
from tracker.app.pages.review.frame import Text, framed
from tracker.app.pages.review.session_list import Asked, session_list
from tracker.app.pages.review.session_page import session_page
from tracker.app.pages.review.set_page import set_page
from tracker.app.pages.review.shelf import Shelf
from tracker.errors import InputError, TrackerError

COUNTING_MAY_TAKE_S = 60.0
"""A long session of any_lift takes seconds to be counted; only then its page is there."""

AWAY_S = 120.0
"""So long a page may be silent, because its phone sleeps or draws figures, before it has to be loaded anew:
what is typed in it would be gone, and its address may mean another set by then."""


def web_app(shelf: Shelf) -> FastAPI:
    """Make the app that serves the review pages; once in a process, for NiceGUI keeps its pages for good.

    Parameters
    ----------
    shelf
        What is shown.
    """
    web = FastAPI(openapi_url=None)
    assets.add_static_files("/tracker", STATIC)
    _serve_pages(shelf)
    _serve_files(web, shelf)
    web.middleware("http")(_one_line)
    assets.config.quasar_config["loadingBar"]["skipHijack"] = True  # nothing on these pages loads for long
    ui.run_with(
        web,
        title="tracker",
        language="en-US",
        show_welcome_message=False,
        tailwind=False,
        reconnect_timeout=AWAY_S,
    )
    return web


def _serve_pages(shelf: Shelf) -> None:
    @ui.page("/", title="tracker", response_timeout=COUNTING_MAY_TAKE_S)
    async def sessions(
        words: str = "", athlete: str = "", tag: str = "", since: str = "", measure: str = "", page: str = "1"
    ) -> None:
        asked = Asked(words, athlete, tag, since, measure or Asked().measure, _number(page) or 1)
        with _or_why():
            await session_list(shelf, asked)

    @ui.page(SESSION, title="tracker", response_timeout=COUNTING_MAY_TAKE_S)
    async def one_session(name: str) -> None:
        with _or_why():
            await session_page(shelf, name)

    @ui.page(SET, title="tracker", response_timeout=COUNTING_MAY_TAKE_S)
    async def one_set(name: str, number: str) -> None:
        with _or_why():
            if not (which := _number(number)):
                raise InputError(f"there is no set {number:.20}")
            await set_page(shelf, name, which)

    @assets.exception_handler(404)
    async def nowhere(request: Request, _: Exception) -> Response:
        with Client(ui.page(""), request=request) as client, _or_why():
            raise InputError("there is no such page")
        return client.build_response(request, 404)


def _serve_files(web: FastAPI, shelf: Shelf) -> None:
    @web.get(REPORT)
    async def of_athlete(athlete: str = "", words: str = "", tag: str = "", since: str = "") -> Response:
        return await athlete_answer(shelf, Asked(words, athlete, tag, since))

    @web.get(EXPORT)
    async def files(name: str, what: str) -> Response:
        return await answer(shelf, name, what)


async def _one_line(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse an address with a line break: the pages' router reads its first line, and a page half loads."""
    if request.scope["path"].splitlines() != [request.scope["path"]]:
        why = "no page has a line break in its address; rename the session's files\n"
        return Response(why, 404, media_type="text/plain")
    return await answer(request)


@contextmanager
def _or_why() -> Iterator[None]:
    """Say in a page of its own why there is none."""
    try:
        yield
    except TrackerError as error:
        ui.context.client.status_code = 404
        with framed("Not there", ("Sessions", "/")):
            Text("p", str(error)).classes("trouble").props('role="alert"')


def _number(text: str) -> int:
    """Read a number of an address; 0, which nothing has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 9 else 0
