"""`tracker train` in a process of its own, and a browser that watches its page."""

from __future__ import annotations

import asyncio
import csv
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page

from tests.app.pages.browser import DESKTOP, opened, serving

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
    async with serving(home, "live page", "train", *options, **variables) as (process, url):
        yield Training(process, url, home)


@asynccontextmanager
async def watched(chromium: Browser, url: str, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Page]:
    """Open the live page in a browser of its own, and remember what it shows."""
    async with opened(chromium, url, size, before=f"({WATCH})()") as page:
        await page.get_by_role("button", name="Stop").wait_for()
        yield page


async def at_stage(page: Page, stage: str, timeout_s: float = 60.0) -> None:
    """Wait until the page shows a stage of the session."""
    await page.locator(f".live[data-stage='{stage}']").wait_for(timeout=1e3 * timeout_s)
