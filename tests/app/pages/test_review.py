"""The review pages as their reader has them: sessions on the disk, looked at and corrected in a real browser."""

import csv
import io
import shutil
import time
import zipfile
from contextlib import asynccontextmanager
from pathlib import Path

import pandas as pd
import pytest
from playwright.async_api import expect

from tests.app.pages.browser import SHOTS, accessible, opened, photographed, serving
from tracker.archive import tables
from tracker.archive.analyze import analyze
from tracker.archive.edits import read_edits
from tracker.archive.samples_file import read_samples

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

RECORDINGS = Path("recordings")
ODD = 'an "odd" evening\'s name 🏋 <b>&.arrows'


@pytest.fixture
def home(tmp_path):
    """A home with the reference sessions, and one that is damaged."""
    sessions = tmp_path / "sessions"
    sessions.mkdir()
    for recording in RECORDINGS.glob("*.arrows"):
        shutil.copy(recording, sessions)
    (sessions / "damaged.arrows").write_bytes((RECORDINGS / "rocking.arrows").read_bytes()[:300])
    return tmp_path


@asynccontextmanager
async def review(chromium, home, *options):
    """Start `tracker review`, and open it in a browser."""
    async with serving(home, "review", "review", *options) as (_, url), opened(chromium, url) as page:
        yield page


def recording(home, name):
    return home / "sessions" / f"{name}.arrows"


def table_of(page, caption):
    return page.get_by_role("table", name=caption)


async def go(page, address):
    await page.goto("/".join(page.url.split("/")[:3]) + address)


async def test_the_list(chromium, home):
    async with review(chromium, home) as page:
        shown = table_of(page, "Sessions, newest first")
        await expect(shown.get_by_role("row")).to_have_count(1 + 7)
        damaged = shown.get_by_role("row").filter(has_text="damaged")
        await expect(damaged).to_contain_text("take a copy that is whole")
        await page.locator(".figure .main-svg").first.wait_for()
        await photographed(page, "review_list", whole=True)
        await accessible(page)

        await page.get_by_label("Words").fill("both")
        await page.keyboard.press("Enter")
        await expect(shown.get_by_role("row")).to_have_count(1 + 1)
        await shown.get_by_role("link", name="both_sides").click()
        await expect(page.get_by_role("heading", name="both_sides")).to_be_visible()


async def test_a_session(chromium, home):
    async with review(chromium, home, "both_sides") as page:
        session = analyze(recording(home, "both_sides"))
        rows = table_of(page, "Sets of this session").get_by_role("row")
        await expect(rows).to_have_count(1 + len(session.sets))
        await page.locator(".figure .main-svg").first.wait_for()
        await photographed(page, "review_session", whole=True)
        await accessible(page)
        for measure in session.balance:
            inside = page.locator("tr.inside").filter(has_text=str(round(measure.noise_pct, 0))[:-2])
            assert measure.beyond_noise != "no" or await inside.count() >= 1

        await rows.nth(1).get_by_role("link").click()
        await expect(page.get_by_role("heading", name="Set 1")).to_be_visible()


async def test_a_side_is_corrected_and_undone(chromium, home):
    async with review(chromium, home) as page:
        await go(page, "/session/both_sides/set/1")
        await page.locator(".figure .main-svg").first.wait_for()
        await photographed(page, "review_set", whole=True)
        await accessible(page)
        before = analyze(recording(home, "both_sides"))
        assert [one.side for one in before.sets] == ["left", "right"]

        began = time.perf_counter()
        await page.get_by_role("button", name="Right", exact=True).click()
        await expect(page.get_by_role("button", name="Right", exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
        print(f"a corrected side is shown after {time.perf_counter() - began:.2f} s")
        await expect(page.get_by_role("status")).to_contain_text("side right")
        await accessible(page)
        after = analyze(recording(home, "both_sides"))
        assert [one.side for one in after.sets] == ["right", "right"]

        await go(page, "/session/both_sides")
        await expect(table_of(page, "Sets of this session")).to_contain_text("Set 1, right")
        await page.get_by_role("button", name="undo correction 1").click()
        await expect(table_of(page, "Sets of this session")).to_contain_text("Set 1, left")
        await expect(page.get_by_role("status")).to_contain_text("undone")
        assert analyze(recording(home, "both_sides")).sets == before.sets
        assert len(read_edits(recording(home, "both_sides")).entries) == 2


async def test_a_motion_that_was_a_rep(chromium, home):
    name = "both_sides"
    before = analyze(recording(home, name))
    async with review(chromium, home) as page:
        await go(page, f"/session/{name}/set/1")
        reps = table_of(page, "Reps of set 1").get_by_role("row")
        await expect(reps).to_have_count(1 + len(before.sets[0].reps))
        promote = table_of(page, "Motions around set 1").get_by_role("button").last
        await promote.click()
        await expect(page.get_by_role("status")).to_contain_text("was a rep")
        await photographed(page, "review_promoted", whole=True)
        after = analyze(recording(home, name))
        assert sum(len(one.reps) for one in after.sets) == 1 + sum(len(one.reps) for one in before.sets)
        await page.get_by_role("status").get_by_role("button", name="undo").click()
        await expect(page.get_by_role("status")).to_contain_text("undone")
        assert analyze(recording(home, name)).sets == before.sets


async def test_what_cannot_be_said_is_told_and_changes_nothing(chromium, home):
    async with review(chromium, home, "rocking") as page:
        await page.get_by_label("From, s").fill("100")
        await page.get_by_label("To, s").fill("50")
        await page.get_by_role("button", name="Leave out the rest").click()
        await expect(page.get_by_role("status")).to_contain_text("comes not before")
        assert read_edits(recording(home, "rocking")).entries == ()


async def test_tags_and_a_note(chromium, home):
    async with review(chromium, home, "rocking") as page:
        await page.get_by_label("Tags, with commas").fill("cramp, <i>late</i>")
        await page.get_by_role("button", name="Keep the tags").click()
        await expect(page.locator(".facts")).to_contain_text("#<i>late</i>")
        await page.get_by_label("Note").fill("left foot too far away")
        await page.get_by_role("button", name="Keep the note").click()
        await expect(page.locator(".note")).to_have_text("left foot too far away")
        await go(page, "/?tag=cramp")
        await expect(table_of(page, "Sessions, newest first").get_by_role("row")).to_have_count(2)
        await go(page, "/?words=too+far")
        await expect(table_of(page, "Sessions, newest first").get_by_role("row")).to_have_count(2)


async def test_files(chromium, home):
    async with review(chromium, home, "rocking") as page:
        session = analyze(recording(home, "rocking"))
        got = await downloaded(page, "csv")
        zipped = zipfile.ZipFile(io.BytesIO(got))
        read = pd.read_csv(zipped.open("rocking.sides.csv"))
        assert list(read["reps"]) == list(tables.sides(session)["reps"])
        hevy = (await downloaded(page, "hevy")).decode()
        assert len(list(csv.reader(io.StringIO(hevy)))) == 1 + len(session.sets)
        for what in ("parquet", "fit", "strong"):
            assert await downloaded(page, what)
        samples = zipfile.ZipFile(io.BytesIO(await downloaded(page, "samples")))
        assert len(read_samples(samples.read("rocking.samples.csv"), Path("rocking.samples.csv")).t_s) > 5000


async def downloaded(page, what):
    async with page.expect_download() as download:
        await page.get_by_role("navigation", name="files").get_by_role("link", name=what, exact=True).click()
    return Path(await (await download.value).path()).read_bytes()


async def test_a_page_on_paper(chromium, home):
    async with review(chromium, home) as page:
        await go(page, "/session/both_sides/set/1")
        await page.locator(".figure .main-svg").first.wait_for()
        pdf = await page.pdf(format="A4", path=SHOTS / "review_set.pdf")
        assert pdf.startswith(b"%PDF")
        assert 1 <= pdf.count(b"/Type /Page\n") <= 5


@pytest.mark.parametrize(
    "address",
    [
        "/session/..%2F..%2Fsettings",
        "/session/%2Fetc%2Fpasswd",
        "/session/nobody",
        "/session/..%2Frocking/set/1",
        "/session/damaged",
        "/session/both_sides/set/9",
        "/?since=yesterday",
    ],
)
async def test_addresses_that_lead_nowhere(chromium, home, address):
    outside = home / "rocking.arrows"
    shutil.copy(RECORDINGS / "rocking.arrows", outside)
    async with review(chromium, home) as page:
        await go(page, address)
        text = await page.locator("body").inner_text()
        assert "Traceback" not in text
        assert "Internal" not in text
        assert "Course" not in text


async def test_a_name_with_everything_in_it(chromium, home):
    shutil.copy(RECORDINGS / "rocking.arrows", home / "sessions" / ODD)
    async with review(chromium, home) as page:
        name = ODD.removesuffix(".arrows")
        await page.get_by_role("link", name=name).click()
        await expect(page.get_by_role("heading", name=name)).to_be_visible()
        await table_of(page, "Sets of this session").get_by_role("link").first.click()
        await page.get_by_role("button", name="Right", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("side right")
        assert await downloaded_by_address(page, "hevy")


async def downloaded_by_address(page, what):
    address = page.url.partition("/set/")[0] + f"/export/{what}"
    answer = await page.request.get(address)
    assert answer.ok
    return await answer.body()
