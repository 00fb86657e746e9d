"""Debian's chromium, and pages in it, as every test of a page starts and looks at them."""

import asyncio
import os
import re
import shutil
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium")
MISSING = "chromium is not installed (Debian: apt-get install chromium)"

SHOTS = Path("out/pages")
"""Where the screenshots go, for people to look at."""

DESKTOP, PHONE = (1280, 800), (390, 844)

GONE = "Resize must be passed a displayed plot div element."
"""Plotly's word where NiceGUI fits a figure once more that is off the page already; nobody sees it."""

expect.set_options(timeout=20_000)  # a machine that is busy with others takes its time

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def started(*more_flags: str) -> AsyncIterator[Browser]:
    """Start it; each of its contexts has a cookie jar of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*_FLAGS, *more_flags])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def serving(
    home: Path, title: str, command: str, *options: str, **variables: str
) -> AsyncIterator[tuple[Process, str]]:
    """Start a command that serves pages; gives its process, and the address that lets one browser in."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tracker", command, "--no-browser", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=os.environ | {"TRACKER_HOME": str(home)} | variables,
    )
    try:
        url = ""
        while not url:
            line = (await process.stdout.readline()).decode()
            assert line, "it ended before it said where its page is"
            url = "".join(re.findall(rf"{title}: (\S+)", line))
        yield process, url
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.communicate()


@asynccontextmanager
async def opened(
    chromium: Browser, url: str, size: tuple[int, int] = DESKTOP, before: str = ""
) -> AsyncIterator[Page]:
    """Open a page in a browser of its own; an error in it, or a request to anybody else, fails the test."""
    context = await chromium.new_context(viewport={"width": size[0], "height": size[1]})
    async with another(context, url, before) as page:
        yield page
    await context.close()


@asynccontextmanager
async def another(context: BrowserContext, url: str, before: str = "") -> AsyncIterator[Page]:
    """Open one more page in a browser that is known already; otherwise as `opened`."""
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(error.stack) if error.message != GONE else None)
    page.on("request", lambda request: wrong.append(request.url) if not _own(request.url, url) else None)
    await page.add_init_script(before)
    await page.goto(url)
    yield page
    await page.close()
    assert not wrong, wrong


def _own(asked: str, url: str) -> bool:
    origin = "/".join(url.split("/")[:3]) + "/"
    return asked.startswith((origin, "data:", "blob:"))


async def accessible(page: Page) -> None:
    """Assert that axe finds nothing on the page as it is now."""
    result = await Axe().run(page)
    assert result.violations_count == 0, result.generate_report()


async def photographed(page: Page, name: str, *, whole: bool = False) -> None:
    """Take a picture as a laptop and as a phone show it; nothing may stick out at the side."""
    for kind, (width, height) in (("phone", PHONE), ("desktop", DESKTOP)):
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_timeout(100)
        await page.screenshot(path=SHOTS / f"{name}_{kind}.png", full_page=whole)
        sticking_out = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sticking_out <= 0, (name, kind)
