"""How long people wait who review a session of 12 minutes: for a set's page, and to see what they corrected.

In Debian's chromium, frame by frame. As in `test_speed`: printed beside its bar, never asserted.
"""

import shutil
from pathlib import Path
from statistics import median

import pytest

from tests.app.pages.browser import CHROMIUM, MISSING, another, started
from tests.app.pages.reviewed import recording, reviewing, was_none
from tracker.archive.edits import read_edits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason=MISSING)]

PAGE_BAR_MS = 2000
CORRECTION_BAR_MS = 1000

NAME = "twelve_minutes"
SEEN = Path(__file__).with_name("seen.js").read_text("utf-8")


async def seen_ms(page):
    """When what was seen, once all of it is: ms since the page was asked for, or since a press."""
    await page.wait_for_function("window.seen.figures")
    return await page.evaluate("window.seen")


def waited(seen, what):
    times_ms = sorted(one[what] for one in seen)
    return f"{median(times_ms):.0f} ms at the median, {times_ms[-1]:.0f} ms at most"


@pytest.fixture
def rounds(request):
    return 8 if request.config.getoption("benchmark_enable") else 2


async def test_waiting_for_a_page_and_for_corrections(rounds, twelve_minutes, tmp_path, say):
    (tmp_path / "sessions").mkdir()
    shutil.copy(twelve_minutes.path, tmp_path / "sessions" / f"{NAME}.arrows")
    opened, sides, reps = [], [], []
    async with started() as chromium, reviewing(chromium, tmp_path) as reviewed:
        address = f"{reviewed.origin}/session/{NAME}/set/2"
        for _ in range(rounds):
            async with another(reviewed.context, address, SEEN) as page:
                opened.append(await seen_ms(page))
        async with another(reviewed.context, address, SEEN) as page:
            await seen_ms(page)
            for number in range(rounds):
                await page.get_by_role("button", name=("Left", "Right")[number % 2], exact=True).click()
                sides.append(await seen_ms(page))
            for _ in range(rounds // 2):
                for pressed in (was_none(page, 4), page.get_by_role("button", name="undo this")):
                    await pressed.click()
                    reps.append(await seen_ms(page))
        entries = read_edits(recording(reviewed, NAME)).entries
    assert len(entries) == len(sides) + len(reps)
    if rounds > 2:
        first, later = opened[0], opened[1:]
        say(
            f"a set's page of 12 minutes takes a press after {waited(later, 'buttons')}, "
            f"all its figures stand after {waited(later, 'figures')}; the bar is {PAGE_BAR_MS}. "
            f"The first one after the start: {first['buttons']:.0f} and {first['figures']:.0f} ms"
        )
        for what, seen in (("side", sides), ("rep", reps)):
            say(
                f"what a corrected {what} changes is told after {waited(seen, 'words')}, "
                f"all figures show it after {waited(seen, 'figures')}; the bar is {CORRECTION_BAR_MS}"
            )
