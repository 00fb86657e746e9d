"""A NiceGUI page behind the guard, in a real browser."""

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from tests.app.pages.browser import CHROMIUM, MISSING, started

NAME = "tracker.example"
"""A name that the browser looks up on this computer: to it this is a device in the network, not itself."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason=MISSING),
]


@contextmanager
def served(name):
    """Run the page in a process of its own; gives the address with a token."""
    words = [sys.executable, "-m", "tests.app.pages.guarded_page", name]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as page:
        try:
            yield page.stdout.readline().strip()
        finally:
            page.terminate()
            _, complaints = page.communicate(timeout=60)
    assert complaints == ""


@dataclass
class Heard:
    """What a page did: its requests, its websockets, and whatever it or the browser complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.sockets.append(socket.url))
        self.page.on("console", lambda said: self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))


@pytest.mark.parametrize(("name", "by_a_link"), [("127.0.0.1", False), (NAME, True)])
async def test_the_page_works_with_the_token_and_asks_nobody_else(name, by_a_link):
    with served(name) as url:
        async with started(f"--host-resolver-rules=MAP {NAME} 127.0.0.1") as browser:
            heard = Heard(await (await browser.new_context()).new_page())
            await (follow_a_link if by_a_link else Page.goto)(heard.page, url)
            await press_the_button(heard.page)
            assert heard.page.url == url.partition("?")[0]
            assert heard.complaints == []
            asked = [each for each in heard.requests if not each.startswith("data:")]
            assert len(asked) > 10
            assert {urlsplit(each).netloc for each in asked + heard.sockets} == {urlsplit(url).netloc}
            assert len(heard.sockets) == 1
            await heard.page.reload()
            await heard.page.get_by_role("button", name="press").wait_for()
            await nothing_for_a_stranger(await (await browser.new_context()).new_page(), url)


async def follow_a_link(page, url):
    """Come from another site, as from a message that is read in the browser."""
    await page.goto(f"data:text/html,<link rel=icon href=data:,><a href='{url}'>a link</a>")
    await page.get_by_text("a link").click()


async def press_the_button(page):
    await page.get_by_text("nobody pressed").wait_for()
    await page.get_by_role("button", name="press").click()
    await page.get_by_text("pressed", exact=True).wait_for()
    await expect(page.locator("canvas")).to_be_visible()
    await expect(page.locator("svg")).to_be_visible()


async def nothing_for_a_stranger(page, url):
    for used_or_none in (url, url.partition("?")[0]):
        answer = await page.goto(used_or_none)
        assert answer.status == 403
        assert "You are not let in" in await page.locator("body").inner_text()
