"""A real browser for the pages, and a guard with what stands behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route

from tests.app.pages.asking import DOOR, Behind
from tests.app.pages.browser import CHROMIUM, MISSING, started
from tests.app.pages.reviewed import Reviewed, filled, reviewing
from tracker.app.pages.access import Guard
from tracker.app.pages.tickets import Tickets

ORIGIN = "http://localhost"
"""Nothing listens there: every request is answered from the package."""

BLANK = "<!doctype html><title>blank</title>"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's chromium, one for all tests; they run on the session's loop, as its messages do."""
    if not CHROMIUM:
        pytest.skip(MISSING)
    async with started("--autoplay-policy=no-user-gesture-required") as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def workbench(chromium: Browser) -> AsyncIterator[Page]:
    """One empty page for all that leaves no traces."""
    async with _empty_page(chromium) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def blank(chromium: Browser) -> AsyncIterator[Page]:
    """An empty page with a storage of its own; it can import the modules of `static/`."""
    async with _empty_page(chromium) as page:
        yield page


@asynccontextmanager
async def _empty_page(chromium: Browser) -> AsyncIterator[Page]:
    """Open a page; an error on it fails the test."""
    context = await chromium.new_context()
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.route(f"{ORIGIN}/**", _answer)
    await page.goto(ORIGIN)
    yield page
    await context.close()
    assert errors == []


async def _answer(route: Route) -> None:
    name = route.request.url.removeprefix(f"{ORIGIN}/")
    if not name:
        await route.fulfill(body=BLANK, content_type="text/html")
        return
    static = files("tracker.app.pages") / "static" / name
    await route.fulfill(body=static.read_text(), content_type="text/javascript")


@pytest.fixture
def tickets() -> Tickets:
    return Tickets()


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def guard(behind: Behind, tickets: Tickets) -> Guard:
    return Guard(behind, DOOR, tickets)


@pytest.fixture
def cookie(tickets: Tickets) -> str | None:
    return tickets.spend(tickets.issue())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reviewed(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Reviewed]:
    """One server, and one folder of sessions, for all tests of a file."""
    async with reviewing(chromium, filled(tmp_path_factory.mktemp("review"))) as all_of_it:
        yield all_of_it
