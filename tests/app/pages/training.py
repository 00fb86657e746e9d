"""`tracker train` in a process of its own, and a browser that watches its page."""

from __future__ import annotations

import asyncio
import csv
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page

SHOTS = Path("out/pages")
"""Where the screenshots go, for people to look at."""

DESKTOP, PHONE = (1280, 800), (390, 844)

WATCH = """() => {
  window.watched = [];
  window.spoken = [];
  const speak = speechSynthesis.speak.bind(speechSynthesis);
  speechSynthesis.speak = (words) => { window.spoken.push(words.text); speak(words); };
  const text = (name) => document.querySelector(name)?.textContent ?? "";
  const look = () => {
    const live = document.querySelector(".live");
    if (!live) return;
    const now = {
      stage: live.dataset.stage, side: live.dataset.side, number: Number(text(".number")),
      undecided: document.querySelector(".count").dataset.undecided === "true",
      clean: parseInt(text(".clean")), cue: text(".cue[data-on='true']"),
    };
    const last = window.watched.at(-1);
    if (JSON.stringify(now) !== JSON.stringify(last)) window.watched.push(now);
  };
  const all = { subtree: true, childList: true, characterData: true, attributes: true };
  new MutationObserver(look).observe(document, all);
}"""
"""Remembers everything that the page has shown, in order, and what it has said."""


@dataclass
class Training:
    """A session that runs: its process, the address that lets one browser in, and its folder."""

    process: asyncio.subprocess.Process
    url: str
    home: Path

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    @property
    def bare_url(self) -> str:
        """The address without the token."""
        return self.url.partition("?")[0]

    def table(self, name: str) -> Path:
        """The one table of that name that the session has written."""
        (path,) = (self.home / "demo").glob(f"*.{name}.csv")
        return path


def rows(table: Path) -> list[dict[str, str]]:
    """Read a table that a session has written."""
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@asynccontextmanager
async def training(home: Path, *options: str, **variables: str) -> AsyncIterator[Training]:
    """Start a session; it is interrupted at the end where it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tracker", "train", "--no-browser", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=os.environ | {"TRACKER_HOME": str(home)} | variables,
    )
    try:
        url = ""
        while not url:
            line = (await process.stdout.readline()).decode()
            assert line, "it ended before it said where its page is"
            url = "".join(re.findall(r"live page: (\S+)", line))
        yield Training(process, url, home)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.communicate()


@asynccontextmanager
async def watched(chromium: Browser, url: str, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Page]:
    """Open the page in a browser of its own; what goes wrong on it fails the test."""
    context = await chromium.new_context(viewport={"width": size[0], "height": size[1]})
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if not _own(request.url, url) else None)
    await page.add_init_script(f"({WATCH})()")
    await page.goto(url)
    await page.get_by_role("button", name="Stop").wait_for()
    yield page
    await context.close()
    assert wrong == []


def _own(asked: str, url: str) -> bool:
    return asked.startswith((url.partition("?")[0], "data:", "blob:"))


async def at_stage(page: Page, stage: str, timeout_s: float = 60.0) -> None:
    """Wait until the page shows a stage of the session."""
    await page.locator(f".live[data-stage='{stage}']").wait_for(timeout=1e3 * timeout_s)


async def photographed(page: Page, name: str) -> None:
    """Take a picture as a laptop and as a phone show it; nothing may stick out at the side."""
    for kind, (width, height) in (("phone", PHONE), ("desktop", DESKTOP)):
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_timeout(100)
        await page.screenshot(path=SHOTS / f"{name}_{kind}.png")
        sticking_out = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sticking_out <= 0, (name, kind)
