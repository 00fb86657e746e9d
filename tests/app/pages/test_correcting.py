"""Corrections on the review pages: what is typed, what it means on a page that is old, and the keyboard."""

import asyncio
import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.app.pages.browser import DESKTOP
from tests.app.pages.reviewed import RECORDINGS, recording, stands, table_of, was_none
from tracker.archive.analyze import analyze
from tracker.archive.edits import add_edit, read_edits
from tracker.coaching.edits import Tagged, Trim, Undo

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_a_page_older_than_the_session_means_what_it_shows(reviewed):
    """Its sets and reps have other numbers by now: what it says is of those that it shows."""
    name = "missed_lockouts"
    first, second = analyze(recording(reviewed, name)).sets
    async with (
        reviewed.at(f"/session/{name}/set/1") as elsewhere,
        reviewed.at(f"/session/{name}/set/2") as page,
    ):
        await was_none(page, 1).wait_for()
        await elsewhere.get_by_role("button", name="new set from here, rep 4").click()
        await expect(elsewhere.get_by_role("status")).to_contain_text("was two")

        await was_none(page, 1).click()
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
        await expect(page.locator(".note")).to_have_text("of my own")
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
            await was_none(page, 1).click()
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


async def test_a_refusal_of_an_old_page_offers_the_session_as_it_is(reviewed):
    name = "old_page"
    shutil.copy(RECORDINGS / "both_sides.arrows", recording(reviewed, name))
    async with reviewed.at(f"/session/{name}/set/1") as page:
        await was_none(page, 1).wait_for()
        add_edit(recording(reviewed, name), Trim(from_s=65.0), datetime.now().astimezone())
        await page.get_by_role("button", name="Right", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("there is no such thing")
        await page.get_by_role("button", name="Show the session as it is now").click()
        await expect(page.get_by_text("This set is none any more")).to_be_visible()
        await page.goto(f"{reviewed.origin}/session/{name}")
        await expect(page.get_by_text("only what is from 65.0 s")).to_have_count(2)


async def test_a_number_is_what_was_typed_or_refused(reviewed):
    name = "typed"
    shutil.copy(RECORDINGS / "both_sides.arrows", recording(reviewed, name))
    async with reviewed.at(f"/session/{name}/set/1") as page:
        load, say = page.get_by_label("Load of this set, kg"), page.get_by_role("button", name="Say so")
        for typed in ("-5", "501", "1e9", "22kg", "1,000", "NaN", ""):
            await load.fill(typed)
            await say.click()
            await expect(page.get_by_role("status")).to_contain_text(
                "is no " if typed else "undo what gave it"
            )
            await page.get_by_role("button", name="close what was said").click()
        assert not read_edits(recording(reviewed, name)).entries
        await load.fill("22,5")
        await load.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("load 22.5 kg")
        assert analyze(recording(reviewed, name)).sets[0].load_kg == 22.5
        await expect(load).to_have_value("22.5")
        await page.get_by_role("status").get_by_role("button", name="undo this").click()
        await expect(load).to_have_value("20")


async def test_a_correction_keeps_what_is_typed_elsewhere(reviewed):
    name = "typed_more"
    shutil.copy(RECORDINGS / "both_sides.arrows", recording(reviewed, name))
    async with reviewed.at(f"/session/{name}") as page:
        await page.get_by_label("Note").fill("the left knee")
        await page.get_by_label("Tags").fill("Cramp")
        await page.get_by_role("button", name="Keep the tags").click()
        await expect(page.get_by_text("#Cramp")).to_be_visible()
        await expect(page.get_by_label("Note")).to_have_value("the left knee")
        await page.get_by_label("Tags").fill("cramp")
        await page.get_by_role("button", name="Keep the tags").click()
        await expect(page.get_by_role("status")).to_contain_text("nothing is said")
        await page.get_by_role("button", name="Keep the note").click()
        await expect(page.get_by_role("status")).to_contain_text("noted: the left knee")
        await page.get_by_role("status").get_by_role("button", name="undo this").click()
        await expect(page.get_by_label("Note")).to_have_value("")


async def test_the_keyboard_alone(reviewed):
    name = "by_keyboard"
    shutil.copy(RECORDINGS / "both_sides.arrows", recording(reviewed, name))
    async with reviewed.at(f"/session/{name}/set/1") as page:
        right = page.get_by_role("button", name="Right", exact=True)
        await page.get_by_role("button", name="Left", exact=True).focus()
        await page.keyboard.press("Tab")
        await expect(right).to_be_focused()
        assert await right.evaluate("(it) => getComputedStyle(it).boxShadow") != "none"
        await page.keyboard.press("Enter")
        await expect(right).to_have_attribute("aria-pressed", "true")
        await expect(page.get_by_role("status")).to_contain_text("side right")
        await expect(right).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("status")).to_be_empty()
        await expect(right).to_be_focused()

        await was_none(page, 4).focus()
        await page.keyboard.press("Space")
        await expect(table_of(page, "Reps of set 1").get_by_role("row")).to_have_count(1 + 7)
        await expect(table_of(page, "Reps of set 1").get_by_role("row").nth(4)).to_be_focused()
        await page.keyboard.press("Enter")  # presses nothing
        await page.keyboard.press("Tab")
        await expect(was_none(page, 4)).to_be_focused()
        assert len(analyze(recording(reviewed, name)).sets[0].reps) == 7


async def test_who_presses_twice_says_it_once(reviewed):
    name = "pressed_twice"
    shutil.copy(RECORDINGS / "both_sides.arrows", recording(reviewed, name))
    async with reviewed.at(f"/session/{name}/set/1") as page:
        before = len(analyze(recording(reviewed, name)).sets[0].reps)
        await stands(page)
        await was_none(page, 3).evaluate("(it) => it.scrollIntoView({ block: 'center' })")
        place = await was_none(page, 3).bounding_box()
        middle = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        await page.mouse.click(*middle)
        await expect(page.get_by_role("status").get_by_role("button", name="undo this")).to_be_visible()
        await expect(table_of(page, "Reps of set 1").get_by_role("row")).to_have_count(before)
        await page.mouse.down(click_count=2)  # the second of two clicks, where the next rep is now
        await page.mouse.up(click_count=2)
        await page.get_by_role("button", name="Right", exact=True).dblclick()
        await expect(page.get_by_role("status")).to_contain_text("side right")
        assert len(read_edits(recording(reviewed, name)).entries) == 2
        assert len(analyze(recording(reviewed, name)).sets[0].reps) == before - 1


async def test_rows_that_move_take_no_press_that_was_meant_for_another(reviewed):
    """Where the fourth rep was, the fifth stands when the second was none."""
    name = "rows_move"
    shutil.copy(RECORDINGS / "both_sides.arrows", recording(reviewed, name))
    before = analyze(recording(reviewed, name)).sets[0].reps
    async with reviewed.at(f"/session/{name}/set/1") as page:
        await stands(page)
        await was_none(page, 3).evaluate("(it) => it.scrollIntoView({ block: 'center' })")
        places = [await was_none(page, rep).bounding_box() for rep in (2, 4)]
        second, fourth = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in places]
        await page.mouse.click(*second)
        rows = table_of(page, "Reps of set 1").get_by_role("row")
        await expect(rows).to_have_count(len(before))
        await page.mouse.click(*fourth)  # at once, as who had aimed before
        await page.locator("html.settling").wait_for(state="detached")
        assert len(read_edits(recording(reviewed, name)).entries) == 1
        await page.mouse.click(*fourth)
        await expect(rows).to_have_count(len(before) - 1)
        tops = [judged.rep.t_top_s for judged in analyze(recording(reviewed, name)).sets[0].reps]
        assert tops == [judged.rep.t_top_s for judged in (before[0], *before[2:4], *before[5:])]


async def test_the_leg_that_was_pressed_last_holds(reviewed):
    name = "pressed_last"
    shutil.copy(RECORDINGS / "both_sides.arrows", recording(reviewed, name))
    async with reviewed.at(f"/session/{name}/set/1") as page:
        await stands(page)
        await page.evaluate(
            """() => ["right", "left", "right"].forEach((side) =>
              document.querySelector(`.sides .${side}`).click())"""
        )
        async with asyncio.timeout(20):
            while len(entries := read_edits(recording(reviewed, name)).entries) < 3:
                await page.wait_for_timeout(50)
        assert [entry.edit.said.side for entry in entries] == ["right", "left", "right"]
        await expect(page.locator(".sides [aria-pressed=true]")).to_have_text("Right")


async def test_presses_in_a_blink_mean_the_reps_that_were_pressed(reviewed):
    """The first redraws the table. What is pressed later is a button that is gone, never another one.

    Only a script is so quick: for people the other rows are greyed until they stand again.
    """
    name = "in_a_blink"
    shutil.copy(RECORDINGS / "both_sides.arrows", recording(reviewed, name))
    before = [judged.rep.t_top_s for judged in analyze(recording(reviewed, name)).sets[0].reps]
    pressed = before[1:4]
    async with reviewed.at(f"/session/{name}/set/1") as page:
        await stands(page)
        await page.evaluate(
            """() => [2, 3, 4].forEach((rep) =>
              document.querySelector(`[aria-label^="rep ${rep} at"][aria-label$="was none"]`).click())"""
        )
        await expect(page.get_by_role("status")).to_contain_text("was none")
        rows = table_of(page, "Reps of set 1").get_by_role("row")
        async with asyncio.timeout(20):
            while True:
                await page.wait_for_timeout(1000)
                left = [judged.rep.t_top_s for judged in analyze(recording(reviewed, name)).sets[0].reps]
                if await rows.count() == 1 + len(left):
                    break
        assert pressed[0] not in left
        assert set(before) - set(left) <= set(pressed)


async def test_nothing_typed_is_lost_while_the_page_is_drawn_anew(reviewed):
    """No pause between what is pressed and typed: the letters meet a page that is being drawn."""
    name = "typed_at_once"
    shutil.copy(RECORDINGS / "both_sides.arrows", recording(reviewed, name))
    async with reviewed.at(f"/session/{name}/set/1") as page:
        load = page.get_by_label("Load of this set, kg")
        await stands(page)
        for load_kg, side in ((22.5, "Right"), (17.5, "Left"), (31.25, "Right")):
            await page.get_by_role("button", name=side, exact=True).evaluate("(it) => it.click()")
            await load.evaluate("(it) => { it.focus(); it.select(); }")
            await page.keyboard.type(f"{load_kg:g}")
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("status")).to_contain_text(f"load {load_kg:g} kg")
            first = analyze(recording(reviewed, name)).sets[0]
            assert (first.load_kg, first.side) == (load_kg, side.lower())
            await expect(load).to_be_focused()
        assert len(read_edits(recording(reviewed, name)).entries) == 6


@pytest.mark.parametrize("rep", [1, 2, 8])
async def test_a_figure_stays_as_it_was_zoomed_in(reviewed, rep):
    """Without its first or last rep the set, and its axis, begin or end elsewhere."""
    name = f"zoomed{rep}"
    shutil.copy(RECORDINGS / "both_sides.arrows", recording(reviewed, name))
    async with reviewed.at(f"/session/{name}/set/1") as page:
        course = page.locator(".figure").first
        await course.locator(".main-svg").first.wait_for()
        range_of_x = "(it) => it.layout.xaxis.range.map(Number)"
        whole = await course.evaluate(range_of_x)
        reps = page.locator(".figure").nth(1)
        before = await reps.evaluate("(it) => JSON.stringify(it.data)")
        box = await course.locator(".draglayer .nsewdrag").first.bounding_box()
        middle_y = box["y"] + box["height"] / 2
        await page.mouse.move(box["x"] + box["width"] * 0.3, middle_y)
        await page.mouse.down()
        await page.mouse.move(box["x"] + box["width"] * 0.6, middle_y, steps=5)
        await page.mouse.up()
        await page.wait_for_function(
            "(whole) => document.querySelector('.figure').layout.xaxis.range[0] > whole[0]", arg=whole
        )
        zoomed = await course.evaluate(range_of_x)
        await was_none(page, rep).click()
        await expect(page.get_by_role("status")).to_contain_text("was none")
        await page.wait_for_function(
            "(before) => JSON.stringify(document.querySelectorAll('.figure')[1].data) !== before", arg=before
        )
        assert await course.evaluate(range_of_x) == zoomed


async def test_a_set_that_was_two_and_one_again(reviewed):
    """The page stays with the set that begins there, and what is typed of it with the page."""
    name = "split"
    shutil.copy(RECORDINGS / "both_sides.arrows", recording(reviewed, name))
    reps = [len(one.reps) for one in analyze(recording(reviewed, name)).sets]
    async with reviewed.at(f"/session/{name}/set/1") as page:
        await page.get_by_label("Load of this set, kg").fill("22.5")
        await page.get_by_role("button", name="new set from here, rep 3").click()
        await expect(table_of(page, "Reps of set 1").get_by_role("row")).to_have_count(1 + 2)
        await page.get_by_role("button", name="Say so").click()
        await expect(page.get_by_role("status")).to_contain_text("load 22.5 kg")
        loads = [(len(one.reps), one.load_kg) for one in analyze(recording(reviewed, name)).sets]
        assert loads == [(2, 22.5), (reps[0] - 2, 20.0), (reps[1], 20.0)]

        await page.get_by_role("link", name="Set 2").click()
        await expect(page.get_by_label("Load of this set, kg")).to_have_value("20")
        await expect(page.get_by_role("button", name="One set with Set 3, right, 20 kg")).to_be_visible()
        await page.get_by_role("button", name="One set with Set 1, left, 22.5 kg").click()
        await expect(page.get_by_role("heading", name="Set 1")).to_be_visible()
        assert [len(one.reps) for one in analyze(recording(reviewed, name)).sets] == reps


async def test_a_tag_from_elsewhere_is_not_taken_off(reviewed):
    name = "tags"
    file = recording(reviewed, name)
    shutil.copy(RECORDINGS / "both_sides.arrows", file)
    add_edit(file, Tagged(add=("hot",)), datetime.now().astimezone())
    async with reviewed.at(f"/session/{name}") as page:
        await page.get_by_label("Tags").fill("Knee, knee, late")
        add_edit(file, Tagged(add=("hip",)), datetime.now().astimezone())
        await page.get_by_role("button", name="Show the session as it is now").click()
        await expect(page.locator(".facts")).to_contain_text("#hot · #hip")
        await expect(page.get_by_label("Tags")).to_have_value("Knee, knee, late")
        await page.get_by_label("Tags").press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("tagged Knee, late, no longer tagged hot")
        assert analyze(file).tags == ("hip", "Knee", "late")
        await expect(page.get_by_label("Tags")).to_have_value("hip, Knee, late")


async def test_a_notice_is_put_away_and_goes_when_it_does_not_hold(reviewed):
    name = "comes_and_goes"
    file, away = recording(reviewed, name), recording(reviewed, name).with_suffix(".away")
    shutil.copy(RECORDINGS / "both_sides.arrows", file)
    async with reviewed.at(f"/session/{name}") as page:
        status = page.get_by_role("status")
        file.rename(away)
        await expect(status).to_contain_text("no session is called comes_and_goes")
        away.rename(file)
        await expect(status).to_be_empty()

        add_edit(file, Tagged(add=("hip",)), datetime.now().astimezone())
        await expect(status).to_contain_text("changed elsewhere")
        await page.keyboard.press("Escape")
        await expect(status).to_be_empty()


async def test_another_recording_takes_no_correction_of_the_one_that_is_shown(reviewed):
    name = "replaced"
    file = recording(reviewed, name)
    shutil.copy(RECORDINGS / "both_sides.arrows", file)
    async with reviewed.at(f"/session/{name}/set/1") as page:
        right = page.get_by_role("button", name="Right", exact=True)
        await right.wait_for()
        shutil.copy(RECORDINGS / "missed_lockouts.arrows", file)
        await right.click()
        await expect(page.get_by_role("status")).to_contain_text("has changed since it was shown")
        assert not read_edits(file).entries
        await page.get_by_role("button", name="Show the session as it is now").click()
        await expect(page.get_by_role("status").get_by_text("changed elsewhere")).to_have_count(0)
        await right.click()
        await expect(page.get_by_role("status")).to_contain_text("side right")


async def test_what_was_said_is_taken_back_by_ctrl_z_wherever_the_keyboard_is(reviewed):
    name = "taken_back"
    shutil.copy(RECORDINGS / "rocking.arrows", recording(reviewed, name))
    async with reviewed.at(f"/session/{name}/set/1") as page:
        await stands(page)
        await was_none(page, 3).press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("was none")
        load = page.get_by_label("Load of this set")
        await load.fill("12")
        await page.keyboard.press("Control+z")  # of a field: what was typed
        await expect(page.get_by_role("status")).to_contain_text("was none")
        assert len(read_edits(recording(reviewed, name)).entries) == 1
        await was_none(page, 2).press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("reps 6 -> 5")
        await page.get_by_role("button", name="close what was said").click()
        for reps in (6, 7):  # also when nothing stands there any more, and what was said before that
            await page.keyboard.press("Control+z")
            await expect(page.get_by_role("status")).to_contain_text(f"-> {reps}")
            assert len(analyze(recording(reviewed, name)).sets[0].reps) == reps
        await page.keyboard.press("Control+z")
        await expect(page.get_by_role("status")).to_contain_text("nothing that was said on this page stands")
        assert len(read_edits(recording(reviewed, name)).entries) == 4


async def test_ctrl_z_goes_on_where_something_was_taken_back_elsewhere(reviewed):
    name = "taken_back_elsewhere"
    file = recording(reviewed, name)
    shutil.copy(RECORDINGS / "rocking.arrows", file)
    async with reviewed.at(f"/session/{name}") as page:
        note, status = page.get_by_label("Note"), page.get_by_role("status")
        for said in ("one", "two"):
            await note.fill(said)
            await page.get_by_role("button", name="Keep the note").click()
            await expect(status).to_contain_text(f"noted: {said}")
        add_edit(file, Undo(read_edits(file).entries[-1].id), datetime.now().astimezone())
        await page.get_by_role("heading", level=1).click()
        await page.keyboard.press("Control+z")
        await expect(status).to_contain_text("undone: noted: one")
        await page.keyboard.press("Control+z")
        await expect(status).to_contain_text("nothing that was said on this page stands")


async def test_what_was_said_of_all_sets_can_be_said_again_after_it_was_undone(reviewed):
    name = "said_again"
    shutil.copy(RECORDINGS / "rocking.arrows", recording(reviewed, name))
    async with reviewed.at(f"/session/{name}") as page:
        load, status = page.get_by_label("Load of all sets"), page.get_by_role("status")
        for _ in range(2):
            await expect(load).to_have_value("")
            await load.fill("31")
            await load.press("Enter")
            await expect(status).to_contain_text("the session: load 31 kg")
            await status.get_by_role("button", name="undo this").click()
            await expect(status).to_contain_text("undone: the session: load 31 kg")


async def test_a_file_with_a_longer_name_is_another_session(reviewed):
    name = "squat"
    for one in (name, f"{name} monday", f"{name}_2"):
        shutil.copy(RECORDINGS / "rocking.arrows", recording(reviewed, one))
    async with reviewed.at(f"/session/{name}/set/1") as page:
        await stands(page)
        for one in (f"{name} monday", f"{name}_2"):
            recording(reviewed, one).unlink()
        await was_none(page, 2).click()
        await expect(page.get_by_role("status")).to_contain_text("reps 7 -> 6")


async def test_a_name_that_is_no_text_keeps_no_other_session_from_being_seen(reviewed):
    odd = Path(os.fsdecode(os.fsencode(reviewed.home / "sessions") + b"/caf\xe9.arrows"))
    shutil.copy(RECORDINGS / "rocking.arrows", odd)
    async with reviewed.at("/?words=caf") as page:
        await expect(page.get_by_text("has a name that is no text").first).to_be_visible()
        await expect(page.get_by_text("caf?").first).to_be_visible()
    async with reviewed.at("/") as page:
        await page.get_by_role("heading", name="When").wait_for()
    shutil.move(odd, reviewed.home)
