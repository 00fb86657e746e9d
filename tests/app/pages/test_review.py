"""The review pages as their reader has them: sessions looked at and corrected in a real browser."""

import asyncio
import csv
import io
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from playwright.async_api import expect

from tests.app.pages.browser import PHONE, SHOTS, accessible, photographed
from tests.app.pages.reviewed import ODD, RECORDINGS, recording, stands, table_of, was_none
from tracker.archive import tables
from tracker.archive.analyze import analyze
from tracker.archive.edits import add_edit, read_edits
from tracker.archive.samples_file import read_samples
from tracker.coaching.edits import SessionSaid
from tracker.coaching.results import Verdict
from tracker.sensing.marks import Declared

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_the_list(reviewed):
    async with reviewed.at("/") as page:
        shown = table_of(page, "Sessions, newest first")
        await expect(shown.get_by_role("row")).to_have_count(1 + 8)
        damaged = shown.get_by_role("row").filter(has_text="damaged")
        await expect(damaged).to_contain_text("it was cut in its header, or is damaged")
        await page.locator(".figure .main-svg").first.wait_for()
        await photographed(page, "review_list", whole=True)
        await accessible(page)

        right_first = shown.get_by_role("row").filter(has_text="missed_lockouts")
        await expect(right_first).to_contain_text("left hold; right back off")  # as the columns stand

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
        grey = sum(measure.beyond_noise is Verdict.NO for measure in session.balance)
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


async def test_figures_fit_on_paper_and_are_on_the_screen_what_they_were(reviewed):
    async with reviewed.at("/session/both_sides/set/1") as page:
        await stands(page)
        sizes = (
            "[...document.querySelectorAll('.figure')].map((one) => "
            "[one._fullLayout.width, one._fullLayout.height, one.layout.width ?? null, one.style.zoom])"
        )
        before = await page.evaluate(sizes)
        await page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        for (_, height, *_), (width, lower, _, zoom) in zip(before, await page.evaluate(sizes), strict=True):
            assert width * float(zoom) == pytest.approx(680, abs=1)
            assert lower == pytest.approx(0.8 * height, abs=1)
        await page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        await page.wait_for_timeout(500)
        assert await page.evaluate(sizes) == before


async def test_a_page_on_paper(reviewed):
    async with reviewed.at("/session/both_sides/set/1") as page:
        await page.locator(".figure .main-svg").first.wait_for()
        pdf = await page.pdf(format="A4", path=SHOTS / "review_set.pdf")
        assert pdf.startswith(b"%PDF")
        assert 1 <= pdf.count(b"/Type /Page\n") <= 5
        await page.emulate_media(media="print")
        for only_buttons in ("In space", "This set was"):
            await expect(page.get_by_text(only_buttons, exact=True)).to_be_hidden()
        await expect(page.get_by_text("Rep by rep", exact=True)).to_be_visible()
        await expect(table_of(page, "Reps of set").get_by_text("correct it")).to_be_hidden()


@pytest.mark.parametrize(
    "address",
    [
        "/session/..%2F..%2Fsettings",
        "/session/%2Fetc%2Fpasswd",
        "/session/nobody",
        "/session/..%2Foutside/set/1",
        "/session/damaged",
        "/session/both_sides/set/9",
        "/session/both_sides/set/first",
        "/?since=yesterday",
        "/?page=last",
        "/nowhere",
    ],
)
async def test_addresses_that_lead_nowhere(reviewed, address):
    async with reviewed.at(address) as page:
        text = await page.locator("body").inner_text()
        assert "Traceback" not in text
        assert "Internal" not in text
        assert "Course" not in text
        goes_on = page.get_by_role("link", name="Sessions").or_(page.get_by_label("Words"))
        await expect(goes_on.first).to_be_visible()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/session/nobody", "no session is called nobody"),
        ("/session/both_sides/set/-1", "there is no set -1"),
        ("/session/both_sides/set/1.5", "there is no set 1.5"),
        ("/session/both_sides/set/9", "there is no set 9; the session has 2"),
        ("/nowhere", "there is no such page"),
        ("/session/both_sides/set/1%0a", "no page has a line break in its address"),
        ("/report?athlete=nobody&since=yesterday", "is no date"),
    ],
)
async def test_what_is_not_there_is_not_found(reviewed, address, says):
    answer = await reviewed.context.request.get(reviewed.origin + address)
    assert answer.status == 404
    assert says in await answer.text()


@pytest.mark.parametrize(
    ("what", "kind"),
    [("fit", "application/octet-stream"), ("csv", "application/zip"), ("html", "text/html; charset=utf-8")],
)
async def test_a_file_is_sent_as_what_it_is_on_any_system(reviewed, what, kind):
    """A system's own list of endings calls .fit a picture of the stars."""
    answer = await reviewed.context.request.get(f"{reviewed.origin}/session/rocking/export/{what}")
    assert answer.headers["content-type"] == kind


async def test_a_phone_has_all_of_a_list_in_sight(reviewed):
    async with reviewed.at("/") as page:
        await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        for address, caption in (("/", "Sessions, newest first"), ("/session/both_sides", "Sets of this")):
            await page.goto(reviewed.origin + address)
            await table_of(page, caption).wait_for()
            assert await page.evaluate(
                "[...document.querySelectorAll('.wide')].every((one) => one.scrollWidth <= one.clientWidth)"
            )


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


async def test_a_replay_is_run_by_keyboard(reviewed):
    name = "replayed"
    shutil.copy(RECORDINGS / "both_sides.arrows", recording(reviewed, name))
    async with reviewed.at(f"/session/{name}/set/1") as page:
        await page.get_by_role("button", name="Replay the set in 3D").press("Enter")
        play = page.get_by_role("button", name="play")
        await expect(play).to_be_focused()
        slider, told = page.get_by_role("slider", name="time in the set"), page.locator(".film span")
        start_s = analyze(recording(reviewed, name)).sets[0].t_start_s
        await expect(told).to_have_text(f"{start_s:.1f} s drive")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await expect(slider).to_be_focused()
        for _ in range(12):
            await page.keyboard.press("ArrowRight")
        reached = (await slider.get_attribute("aria-valuetext")).partition(" ")[0]
        assert start_s + 1.0 < float(reached) < start_s + 4.0
        handle = "(it) => it.closest('section').querySelector('.figure').data[1].z"
        there = await slider.evaluate(handle)
        await play.press("Enter")
        await expect(told).not_to_contain_text(reached)
        await page.get_by_role("button", name="pause").press("Enter")
        assert await slider.evaluate(handle) != there
        await accessible(page)
        wound = await told.inner_text()
        await was_none(page, 4).click()
        await expect(page.get_by_role("status")).to_contain_text("was none")
        await expect(table_of(page, "Reps of set 1").get_by_role("row")).to_have_count(8)
        await expect(told).to_have_text(wound)
        await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        await page.wait_for_function(
            "[...document.querySelectorAll('.figure canvas')].every((one) => one.clientWidth <= innerWidth)"
        )


async def test_a_list_that_comes_back_into_sight_is_as_the_sessions_are_now(reviewed):
    """Every tab of a browser without a screen is in sight, so the browser's word for it is said here."""
    name = "elsewhere"
    shutil.copy(RECORDINGS / "rocking.arrows", recording(reviewed, name))
    comes_back = "document.dispatchEvent(new Event('visibilitychange'))"
    async with reviewed.at("/?words=elsewhere") as page:
        row = table_of(page, "Sessions, newest first").get_by_role("row").filter(has_text=name)
        await expect(row).to_contain_text("16 kg")
        add_edit(recording(reviewed, name), SessionSaid(Declared(load_kg=31.0)), datetime.now().astimezone())
        await page.get_by_label("Words").fill("else")
        await page.evaluate(comes_back)  # what is typed is not taken away
        await page.wait_for_timeout(500)
        await expect(row).to_contain_text("16 kg")
        await page.get_by_label("Words").fill("elsewhere")
        await page.evaluate(comes_back)
        await expect(row).to_contain_text("31 kg")


async def test_a_long_name_widens_no_page(reviewed):
    name = "a_session_" + "of_a_long_evening_" * 6
    shutil.copy(RECORDINGS / "rocking.arrows", recording(reviewed, name))
    async with reviewed.at("/") as page:
        await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        for address in ("/", f"/session/{name}", f"/session/{name}/set/1"):
            await page.goto(reviewed.origin + address)
            await page.get_by_role("heading", level=1).wait_for()
            await page.wait_for_timeout(1000)
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], address
    recording(reviewed, name).unlink()
