"""The HTML report in a real browser: opened from disk, it asks for nothing, is drawn, printed, accessible."""

import re
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.app.pages.browser import photographed
from tracker.archive.analyze import analyze
from tracker.archive.export.exported import Exported, of_athlete
from tracker.archive.export.html import athlete_html, html_files
from tracker.archive.export.report.of_athlete import Part
from tracker.archive.export.report.of_session import Told
from tracker.archive.listing import read_row

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

RECORDINGS = Path(__file__).parents[3] / "recordings"
MISSED, BOTH = RECORDINGS / "missed_lockouts.arrows", RECORDINGS / "both_sides.arrows"

A4_PT = (595, 842)
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1200, "height": 900}

DRAWN = "document.querySelectorAll('[data-figure] .main-svg').length > 0"


def a_session():
    return html_files(Exported(MISSED, analyze(MISSED)))[".html"]


def an_athlete():
    rows = [replace(read_row(file), started=f"2026-11-0{day}") for day, file in enumerate((MISSED, BOTH), 1)]
    return athlete_html("", [Part(row, Told(row.name, of_athlete(analyze(row.file), ""))) for row in rows])


@pytest.fixture(scope="module", params=[a_session, an_athlete], ids=["session", "athlete"])
def file(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("reports") / f"{request.param.__name__}.html"
    path.write_bytes(request.param())
    return path


@asynccontextmanager
async def opened(chromium, file, viewport):
    """Open a report from disk, drawn; any other request, complaint or error fails the test."""
    context = await chromium.new_context(viewport=viewport, offline=True)
    page = await context.new_page()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: seen.append(message.text))
    page.on("pageerror", lambda error: seen.append(str(error)))
    await page.goto(file.as_uri())
    await page.wait_for_function(DRAWN)
    yield page
    await context.close()
    assert seen == [file.as_uri()]


async def figures(page):
    """For each figure how many pixels it is wide, and how many lines, bars and shapes it has."""
    return await page.evaluate(
        "[...document.querySelectorAll('[data-figure]')].map((one) => [one.querySelector('.main-svg')"
        ".getBoundingClientRect().width, one.querySelectorAll('.trace, .shapelayer path').length])"
    )


async def test_it_is_drawn_and_fits_the_screen_and_asks_for_nothing(chromium, file):
    async with opened(chromium, file, DESKTOP) as page:
        drawn = await figures(page)
        assert len(drawn) >= 5
        assert all(200 < width <= DESKTOP["width"] and parts > 0 for width, parts in drawn)
        await photographed(page, file.stem)


async def test_axe_finds_nothing(chromium, file):
    context = await chromium.new_context(viewport=PHONE, bypass_csp=True)  # axe is a script of its own
    page = await context.new_page()
    await page.goto(file.as_uri())
    await page.wait_for_function(DRAWN)
    result = await Axe().run(page)
    await context.close()
    assert result.violations_count == 0, result.generate_report()


async def test_its_policy_stops_a_script_and_a_request_that_got_in(chromium, file, tmp_path):
    forged = tmp_path / "forged.html"
    smuggled = b'<script>document.title = "in"</script><img src="https://example.org/a.png">'
    forged.write_bytes(file.read_bytes().replace(b"</main>", smuggled + b"</main>"))
    context = await chromium.new_context()
    page = await context.new_page()
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    await page.goto(forged.as_uri())
    await page.wait_for_function(DRAWN)
    assert await page.title() != "in"
    await context.close()
    assert asked == [forged.as_uri()]


async def test_it_prints_on_a4_from_a_phone_too_and_is_as_before_afterwards(chromium, file):
    async with opened(chromium, file, PHONE) as page:
        before = await figures(page)
        pdf = await page.pdf(prefer_css_page_size=True)
        assert await figures(page) == before
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    assert len(boxes) >= 3
    for width, height in boxes:
        assert (float(width), float(height)) == pytest.approx(A4_PT, abs=1.0)


async def test_on_paper_every_figure_fits_between_the_margins_and_on_one_page(chromium, file):
    async with opened(chromium, file, DESKTOP) as page:
        await page.emulate_media(media="print")
        await page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        sizes = await page.evaluate(
            "[...document.querySelectorAll('figure')].map((one) => { const box = one.getBoundingClientRect();"
            " const drawn = one.querySelector('.main-svg').getBoundingClientRect();"
            " return [drawn.width, box.height]; })"
        )
        assert all(600 < width <= 681 and height < 1000 for width, height in sizes)
        kept = await page.evaluate(
            "[...document.querySelectorAll('figure, tr')].every((one) =>"
            " getComputedStyle(one).breakInside === 'avoid')"
        )
        assert kept
        colors = await page.evaluate(
            "['color', 'backgroundColor'].map((name) => getComputedStyle(document.body)[name])"
        )
        assert colors == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
