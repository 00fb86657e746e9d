"""The live page as a lifter has it: a whole session with a virtual sensor, watched in a real browser."""

import pytest

from tests.app.pages.browser import accessible, photographed
from tests.app.pages.training import at_stage, rows, training, watched
from tracker.archive.recording import read
from tracker.sensing.marks import Declared, Feedback, Mark, Side

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


def marks(home, kind):
    (path,) = (home / "demo").glob("*.arrows")
    return [item.body for item in read(path).items if isinstance(item, Mark) and isinstance(item.body, kind)]


async def ended(page, session):
    await page.get_by_role("button", name="Stop").click()
    await page.get_by_role("button", name="End it").click()
    await at_stage(page, "over")
    assert await session.process.wait() == 0


async def tick_count(page):
    return await page.evaluate("window.tracker.sound.log.filter(({ sound }) => sound === 'rep').length")


def most_reps(seen, side):
    """The highest number that was shown as decided, and the clean ones with it."""
    decided = [one for one in seen if one["stage"] == "set" and one["side"] == side and not one["undecided"]]
    return max((one["number"], one["clean"]) for one in decided)


async def test_a_whole_session_from_the_page(chromium, tmp_path):
    async with (
        training(tmp_path, "--demo", "--tempo", "2-1-1-1") as session,
        watched(chromium, session.url) as page,
    ):
        await page.get_by_role("button", name="Sound").click()
        await photographed(page, "sound")
        await accessible(page)
        await page.get_by_role("button", name="Done").click()
        await photographed(page, "before")
        await accessible(page)

        await at_stage(page, "set")
        await page.locator(".count[data-undecided='true']").wait_for()
        await page.locator(".cue[data-on='true']").wait_for()
        await photographed(page, "set")
        await accessible(page)

        await at_stage(page, "rest")
        await photographed(page, "rest")
        await accessible(page)
        first = await page.evaluate("window.watched")
        ticks, spoken = await tick_count(page), await page.evaluate("window.spoken")

        await at_stage(page, "set")
        await page.reload()
        await at_stage(page, "set", timeout_s=5)  # it has caught up
        await page.locator(".level-words[data-state='alert'], .cue:has-text('Steady')").first.wait_for(
            timeout=30e3
        )
        await photographed(page, "alert")
        await at_stage(page, "rest")
        second = await page.evaluate("window.watched")
        await ended(page, session)
        await photographed(page, "over")

    left, right = rows(session.table("sets"))
    assert (left["side"], right["side"]) == ("left", "right")
    assert most_reps(first, "left") == (int(left["reps"]), int(left["clean"]))
    assert most_reps(second, "right") == (int(right["reps"]), int(right["clean"]))
    assert ticks == int(left["reps"])
    assert {"Slower down", f"{left['reps']} reps, {left['clean']} clean"} <= set(spoken)
    (feedback,) = marks(tmp_path, Feedback)
    assert len(feedback.seen_ms) == len(feedback.heard_ms) == 3


async def test_nobody_looks_without_a_token(chromium, tmp_path):
    async with training(tmp_path, "--demo") as session:
        stranger = await chromium.new_page()
        answer = await stranger.goto(session.bare_url)
        assert answer.status == 403
        await stranger.close()
        async with watched(chromium, session.url):
            pass
        late = await chromium.new_page()
        answer = await late.goto(session.url)  # the token was spent
        assert answer.status == 403
        await late.close()


async def test_the_keyboard_says_what_comes_next(chromium, tmp_path):
    async with training(tmp_path, "--demo") as session, watched(chromium, session.url) as page:
        await page.locator(".live[data-side='left']").wait_for()
        for name, key in (("Right", "Enter"), ("more load", "Space"), ("less target", "Enter")):
            await page.get_by_role("button", name=name).focus()
            await page.keyboard.press(key)
        await page.locator(".live[data-side='right']").wait_for()
        await page.get_by_text("22.5 kg").first.wait_for()
        await page.get_by_text("4 reps").first.wait_for()
        await page.get_by_role("button", name="Stop").click()
        await page.get_by_role("button", name="Go on").click()
        await ended(page, session)
    said = marks(tmp_path, Declared)
    assert Declared(side=Side.RIGHT) in said
    assert Declared(load_kg=22.5) in said


async def test_two_pages_show_the_same(chromium, tmp_path):
    async with training(tmp_path, "--demo") as session, watched(chromium, session.url) as one:
        other = await one.context.new_page()
        await other.goto(session.bare_url)
        await one.get_by_role("button", name="Right").click()
        await other.locator(".live[data-side='right']").wait_for()
        await other.get_by_role("button", name="Left").click()
        await one.locator(".live[data-side='left']").wait_for()


async def test_nothing_moves_for_who_asked_for_that(chromium, tmp_path):
    async with training(tmp_path, "--demo") as session, watched(chromium, session.url) as page:
        await page.emulate_media(reduced_motion="reduce")
        moving = await page.evaluate(
            "document.getAnimations().filter(({ playState }) => playState === 'running')"
        )
        assert moving == []
