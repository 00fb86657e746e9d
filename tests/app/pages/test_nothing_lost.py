"""What may happen in the middle of a set, seen from the page: a kill, a full disk, a stall."""

import asyncio
import signal
from itertools import pairwise

import pytest

from tests.app.pages.training import at_stage, rows, training, watched
from tests.bluez.apart import apart
from tests.bluez.bus import VARIABLE
from tracker.archive.analyze import analyze

resource = pytest.importorskip("resource", reason="no limits on files here")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

STALL_S = 6.0

QUICKEST_REP_S = 2.0
"""The virtual lifter takes four seconds for one."""


async def counted(page):
    return int(await page.locator(".number").text_content())


async def counts_on(page, within_s=15.0):
    """Wait until there is a rep more."""
    now = await counted(page)
    await page.wait_for_function(
        "(now) => Number(document.querySelector('.number').textContent) > now",
        arg=now,
        timeout=1e3 * within_s,
    )


async def ended(page, session):
    await page.get_by_role("button", name="Stop").click()
    await page.get_by_role("button", name="End it").click()
    return await session.process.wait()


async def test_a_full_disk_is_said_and_costs_nothing(chromium, tmp_path):
    async with training(tmp_path, "--demo") as session, watched(chromium, session.url) as page:
        await at_stage(page, "set")
        _, most = resource.prlimit(session.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(session.process.pid, resource.RLIMIT_FSIZE, (0, most))
        await page.get_by_text("NOT RECORDED").wait_for()
        await counts_on(page)
        resource.prlimit(session.process.pid, resource.RLIMIT_FSIZE, (most, most))
        await page.get_by_text("NOT RECORDED").wait_for(state="detached")
        await counts_on(page)
        assert await ended(page, session) == 0
    counted_live = [int(row["reps"]) for row in rows(session.table("sets"))]
    first, *more = sorted((tmp_path / "demo").glob("*.arrows"), key=lambda path: len(path.name))
    assert more  # what had waited went into the next segment
    whole = analyze(first)
    assert [len(one.reps) for one in whole.sets] == counted_live
    assert whole.gaps == ()


async def test_a_stall_is_caught_up(chromium, tmp_path):
    async with training(tmp_path, "--demo") as session, watched(chromium, session.url) as page:
        await at_stage(page, "set")
        session.send(signal.SIGSTOP)
        await asyncio.sleep(STALL_S)
        session.send(signal.SIGCONT)
        await counts_on(page)
        assert await ended(page, session) == 0


@pytest.fixture
def bluetooth():
    """A BlueZ with one board on the dumbbell of a lifter who has just begun; gives the address of its bus."""
    with apart(boards=1, rate_hz=100) as address:
        if not address:
            pytest.skip("there is no dbus-daemon")
        yield address


@pytest.mark.dbus
async def test_a_killed_session_goes_on_and_the_page_with_it(chromium, tmp_path, bluetooth):
    said = ("--side", "left", "--load-kg", "20")
    bus = {VARIABLE: bluetooth}
    async with training(tmp_path, *said, **bus) as session, watched(chromium, session.url) as page:
        await at_stage(page, "set")
        await counts_on(page)
        before = await counted(page)
        session.send(signal.SIGKILL)
        await page.get_by_text("lost the tracker").wait_for()
    async with training(tmp_path, **bus) as session, watched(chromium, session.url) as page:
        await at_stage(page, "rest")
        assert "left, 20 kg" in await page.locator(".last h2").text_content()
        assert await ended(page, session) == 0
    first, second = sorted((tmp_path / "sessions").glob("*.arrows"), key=lambda path: len(path.name))
    assert second.name == f"{first.stem}.2.arrows"
    tops_s = [judged.rep.t_top_s for one in analyze(first).sets for judged in one.reps]
    assert len(tops_s) >= before
    assert all(later - sooner > QUICKEST_REP_S for sooner, later in pairwise(tops_s))  # none is counted twice
