"""The review pages as their reader has them: sessions looked at and corrected in a real browser."""

import asyncio
import csv
import io
import shutil
import zipfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect

from tests.app.pages.browser import DESKTOP, SHOTS, accessible, another, photographed, serving
from tracker.archive import tables
from tracker.archive.analyze import analyze
from tracker.archive.edits import add_edit, read_edits
from tracker.archive.samples_file import read_samples
from tracker.coaching.edits import Tagged, Undo
from tracker.coaching.results import Verdict

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

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


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The reference sessions, one that is damaged, one with an odd name, and one beside the library."""
    home = tmp_path_factory.mktemp("review")
    sessions = home / "sessions"
    sessions.mkdir()
    for file in RECORDINGS.glob("*.arrows"):
        shutil.copy(file, sessions)
    shutil.copy(RECORDINGS / "rocking.arrows", sessions / ODD)
    shutil.copy(RECORDINGS / "rocking.arrows", home / "outside.arrows")
    (sessions / "damaged.arrows").write_bytes((RECORDINGS / "rocking.arrows").read_bytes()[:300])
    return home


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reviewed(chromium, home):
    """One server for all tests."""
    async with serving(home, "review", "review") as (_, url):
        context = await chromium.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        await (await context.new_page()).goto(url)
        yield Reviewed(home, context, "/".join(url.split("/")[:3]))
        await context.close()


def recording(reviewed, name):
    return reviewed.home / "sessions" / f"{name}.arrows"


def table_of(page, caption):
    return page.get_by_role("table", name=caption)


async def test_the_list(reviewed):
    async with reviewed.at("/") as page:
        shown = table_of(page, "Sessions, newest first")
        await expect(shown.get_by_role("row")).to_have_count(1 + 8)
        damaged = shown.get_by_role("row").filter(has_text="damaged")
        await expect(damaged).to_contain_text("it was cut in its header, or is damaged")
        await page.locator(".figure .main-svg").first.wait_for()
        await photographed(page, "review_list", whole=True)
        await accessible(page)

        await page.get_by_label("Words").fill("both")
        await page.keyboard.press("Enter")
        await expect(shown.get_by_role("row")).to_have_count(1 + 1)
        await shown.get_by_role("link", name="both_sides").click()
        await expect(page.get_by_role("heading", name="both_sides")).to_be_visible()


async def test_a_session(reviewed):
    async with reviewed.at("/session/both_sides") as page:
        session = analyze(recording(reviewed, "both_sides"))
        rows = table_of(page, "Sets of this session").get_by_role("row")
        await expect(rows).to_have_count(1 + len(session.sets))
        await page.locator(".figure .main-svg").first.wait_for()
        await photographed(page, "review_session", whole=True)
        await accessible(page)
        grey = sum(measure.beyond_noise is not Verdict.YES for measure in session.balance)
        await expect(page.locator("tr.inside")).to_have_count(grey)

        await rows.nth(1).get_by_role("link").click()
        await expect(page.get_by_role("heading", name="Set 1")).to_be_visible()


async def test_a_side_is_corrected_and_undone(reviewed):
    async with reviewed.at("/session/both_sides/set/1") as page:
        await page.locator(".figure .main-svg").first.wait_for()
        await photographed(page, "review_set", whole=True)
        await accessible(page)
        before = analyze(recording(reviewed, "both_sides"))
        assert [one.side for one in before.sets] == ["left", "right"]

        await page.get_by_role("button", name="Right", exact=True).click()
        await expect(page.get_by_role("button", name="Right", exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
        await expect(page.get_by_role("status")).to_contain_text("side right")
        await accessible(page)
        after = analyze(recording(reviewed, "both_sides"))
        assert [one.side for one in after.sets] == ["right", "right"]

        await page.goto(reviewed.origin + "/session/both_sides")
        await expect(table_of(page, "Sets of this session")).to_contain_text("Set 1, right")
        await page.get_by_role("button", name="undo correction 1").click()
        await expect(table_of(page, "Sets of this session")).to_contain_text("Set 1, left")
        await expect(page.get_by_role("status")).to_contain_text("undone")
        assert analyze(recording(reviewed, "both_sides")).sets == before.sets
        assert len(read_edits(recording(reviewed, "both_sides")).entries) == 2


async def test_a_motion_that_was_a_rep(reviewed):
    name = "both_sides"
    before = analyze(recording(reviewed, name))
    async with reviewed.at(f"/session/{name}/set/1") as page:
        reps = table_of(page, "Reps of set 1").get_by_role("row")
        await expect(reps).to_have_count(1 + len(before.sets[0].reps))
        promote = table_of(page, "Motions around set 1").get_by_role("button").last
        await promote.click()
        await expect(page.get_by_role("status")).to_contain_text("was a rep")
        await photographed(page, "review_promoted", whole=True)
        after = analyze(recording(reviewed, name))
        assert sum(len(one.reps) for one in after.sets) == 1 + sum(len(one.reps) for one in before.sets)
        await page.get_by_role("status").get_by_role("button", name="undo").click()
        await expect(page.get_by_role("status")).to_contain_text("undone")
        assert analyze(recording(reviewed, name)).sets == before.sets


async def test_a_page_older_than_the_session_means_what_it_shows(reviewed):
    """Its sets and reps have other numbers by now: what it says is of those that it shows."""
    name = "missed_lockouts"
    first, second = analyze(recording(reviewed, name)).sets
    async with (
        reviewed.at(f"/session/{name}/set/1") as elsewhere,
        reviewed.at(f"/session/{name}/set/2") as page,
    ):
        await page.get_by_role("button", name="rep 1 was none").wait_for()
        await elsewhere.get_by_role("button", name="a new set began with rep 4").click()
        await expect(elsewhere.get_by_role("status")).to_contain_text("was two")

        await page.get_by_role("button", name="rep 1 was none").click()
        await expect(page.get_by_role("heading", name="Set 3")).to_be_visible()
        await expect(page).to_have_url(f"{reviewed.origin}/session/{name}/set/3")
        now = analyze(recording(reviewed, name)).sets
        assert [len(one.reps) for one in now] == [3, len(first.reps) - 3, len(second.reps) - 1]

        await elsewhere.get_by_role("status").get_by_role("button", name="undo this").click()
        await expect(elsewhere.get_by_role("status")).to_contain_text("undone: the set around")
        now = analyze(recording(reviewed, name)).sets
        assert [len(one.reps) for one in now] == [len(first.reps), len(second.reps) - 1]


async def test_a_page_notices_what_is_said_elsewhere(reviewed):
    name = "disconnect"
    file = recording(reviewed, name)
    async with reviewed.at(f"/session/{name}") as page:
        await page.get_by_label("Note").fill("of my own")
        await page.get_by_role("button", name="Keep the note").click()
        await page.get_by_role("status").get_by_role("button", name="undo this").wait_for()
        add_edit(file, Tagged(add=("sleepy",)), datetime.now().astimezone())
        show = page.get_by_role("status").get_by_role("button", name="Show the session as it is now")
        await show.click()
        await expect(page.get_by_text("#sleepy")).to_be_visible()
        await expect(show).to_have_count(0)

        await page.get_by_role("status").get_by_role("button", name="undo this").click()
        await expect(page.get_by_role("status")).to_contain_text("undone: noted: of my own")
        now = analyze(file)
        assert (now.note, now.tags) == ("", ("sleepy",))

        entries = read_edits(file).entries
        add_edit(file, Undo(entries[-2].id), datetime.now().astimezone())
        await show.wait_for()


async def test_the_page_of_a_set_that_is_none_any_more_shows_no_other(reviewed):
    name = "slow_tempo"
    reps = len(analyze(recording(reviewed, name)).sets[0].reps)
    async with reviewed.at(f"/session/{name}/set/1") as page:
        for left in range(reps, 0, -1):
            await expect(page.get_by_role("button", name="was none")).to_have_count(left)
            await page.get_by_role("button", name="rep 1 was none").click()
        await expect(page.get_by_text("This set is none any more")).to_be_visible()
        await page.get_by_role("status").get_by_role("button", name="undo this").click()
        await expect(page.get_by_role("button", name="was none")).to_have_count(1)


async def test_what_was_said_hides_little_of_the_page(reviewed):
    async with reviewed.at("/session/packet_loss") as page:
        await page.get_by_label("Note").fill("knee " * 4000)
        await page.get_by_role("button", name="Keep the note").click()
        await expect(page.get_by_role("status")).to_contain_text("noted: knee")
        assert (await page.get_by_role("status").bounding_box())["height"] <= 0.41 * DESKTOP[1]
        await page.get_by_role("button", name="close what was said").click()
        await expect(page.get_by_role("status")).to_be_empty()


async def test_what_cannot_be_said_is_told_and_changes_nothing(reviewed):
    async with reviewed.at("/session/rocking") as page:
        await page.get_by_label("From, s").fill("100")
        await page.get_by_label("To, s").fill("50")
        await page.get_by_role("button", name="Leave out the rest").click()
        await expect(page.get_by_role("status")).to_contain_text("cannot last from 100 s to 50 s")
        assert read_edits(recording(reviewed, "rocking")).entries == ()


async def test_tags_and_a_note(reviewed):
    async with reviewed.at("/session/rocking") as page:
        await page.get_by_label("Tags, with commas").fill("cramp, <i>late</i>")
        await page.get_by_role("button", name="Keep the tags").click()
        await expect(page.locator(".facts")).to_contain_text("#<i>late</i>")
        await page.get_by_label("Note").fill("left foot too far away")
        await page.get_by_role("button", name="Keep the note").click()
        await expect(page.locator(".note")).to_have_text("left foot too far away")
        await page.goto(reviewed.origin + "/?tag=cramp")
        await expect(table_of(page, "Sessions, newest first").get_by_role("row")).to_have_count(2)
        await page.goto(reviewed.origin + "/?words=too+far")
        await expect(table_of(page, "Sessions, newest first").get_by_role("row")).to_have_count(2)


async def test_files(reviewed):
    async with reviewed.at("/session/rocking") as page:
        session = analyze(recording(reviewed, "rocking"))
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


async def test_the_report_of_an_athlete(reviewed):
    async with reviewed.at("/session/slow_tempo") as page:
        await page.get_by_label("Athlete of all sets").fill('Zoë "Z"')
        await page.get_by_role("button", name="Say so").click()
        await expect(page.locator(".facts")).to_contain_text("Zoë")
        await page.goto(reviewed.origin + "/")
        await page.get_by_label("Athlete").select_option('Zoë "Z"')
        await page.get_by_role("button", name="Find").click()
        await page.get_by_role("link", name='Report of Zoë "Z"').click()
        await expect(page.get_by_role("heading", name='Zoë "Z": 1 session')).to_be_visible()
        await expect(page.locator("body")).not_to_contain_text("missed_lockouts")


async def downloaded(page, what):
    async with page.expect_download() as download:
        await page.get_by_role("navigation", name="files").get_by_role("link", name=what, exact=True).click()
    path = await (await download.value).path()
    return await asyncio.to_thread(path.read_bytes)


async def test_a_page_on_paper(reviewed):
    async with reviewed.at("/session/both_sides/set/1") as page:
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
        "/session/..%2Foutside/set/1",
        "/session/damaged",
        "/session/both_sides/set/9",
        "/?since=yesterday",
    ],
)
async def test_addresses_that_lead_nowhere(reviewed, address):
    async with reviewed.at(address) as page:
        text = await page.locator("body").inner_text()
        assert "Traceback" not in text
        assert "Internal" not in text
        assert "Course" not in text


async def test_a_name_with_everything_in_it(reviewed):
    async with reviewed.at("/") as page:
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
