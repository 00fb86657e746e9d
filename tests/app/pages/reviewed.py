"""`tracker review` as it runs over a folder of sessions, for every test of its pages."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.app.pages.browser import DESKTOP, another, serving

RECORDINGS = Path("recordings")
ODD = 'an "odd" evening\'s name 🏋 <b>&.arrows'


@dataclass
class Reviewed:
    """`tracker review` as it runs: its sessions, and a browser that was let in."""

    home: Path
    context: BrowserContext
    origin: str

    @asynccontextmanager
    async def at(self, address):
        """Open one of its pages."""
        async with another(self.context, self.origin + address) as page:
            yield page


def filled(home: Path) -> Path:
    """Give a home the reference sessions, a damaged one, one with an odd name, and one beside the library."""
    sessions = home / "sessions"
    sessions.mkdir()
    for file in RECORDINGS.glob("*.arrows"):
        shutil.copy(file, sessions)
    shutil.copy(RECORDINGS / "rocking.arrows", sessions / ODD)
    shutil.copy(RECORDINGS / "rocking.arrows", home / "outside.arrows")
    (sessions / "damaged.arrows").write_bytes((RECORDINGS / "rocking.arrows").read_bytes()[:300])
    return home


@asynccontextmanager
async def reviewing(chromium: Browser, home: Path) -> AsyncIterator[Reviewed]:
    """Serve a home, and let a browser in."""
    async with serving(home, "review", "review") as (_, url):
        context = await chromium.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        await (await context.new_page()).goto(url)
        yield Reviewed(home, context, "/".join(url.split("/")[:3]))
        await context.close()


def recording(reviewed: Reviewed, name: str) -> Path:
    """Name a session's file."""
    return reviewed.home / "sessions" / f"{name}.arrows"


def table_of(page: Page, caption: str) -> Locator:
    """Find a table by what it holds."""
    return page.get_by_role("table", name=caption)


def was_none(page: Page, rep: int) -> Locator:
    """Find the button that says that a rep was none."""
    return page.get_by_role("button", name=re.compile(rf"^rep {rep} at .* was none$"))


async def stands(page: Page) -> None:
    """Wait until a set's page has all its figures: it is connected then, and nothing on it moves any more."""
    await expect(page.locator(".figure:has(.main-svg)")).to_have_count(3)
