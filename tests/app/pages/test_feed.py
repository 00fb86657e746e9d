"""The live feed: what pages are sent, when, and what they may answer."""

import asyncio
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.websockets import WebSocket

from tracker.app.guide import Guide
from tracker.app.pages.feed import MOST_PULSES, Feed
from tracker.app.pages.shown import TRACE_STEP, Pulses
from tracker.coaching.plan import NO_WISHES
from tracker.motion.events import Motion, Phase, Stage
from tracker.sensing.marks import Connected, Declared, Disconnected, Mark, Side
from tracker.sensing.samples import Packet

NOW_NS = 7_000_000_000
ARRIVED = Packet(NOW_NS - 4_000_000, 0, 0, b"")
"""Came 4 ms ago."""


SAID = (
    *('{"ping": 12.5}', '{"seen_ms": 21.0}', '{"heard_ms": 9}'),
    *("no JSON", "[1]", "null", "{}", '{"ping": null}', '{"heard_ms": "soon"}'),
    *('{"seen_ms": -1}', '{"seen_ms": 1e99}'),
)
"""What makes sense, what is something else, and what cannot be."""


class Browser:
    """One end of a websocket, in memory."""

    def __init__(self, feed):
        self._said = asyncio.Queue()
        self._said.put_nowait({"type": "websocket.connect"})
        self.heard = []
        self.is_ready = asyncio.Event()
        self.is_ready.set()
        self.closed = False
        socket = WebSocket({"type": "websocket", "headers": []}, self._said.get, self._take)
        self.task = asyncio.create_task(feed.serve(socket))

    async def _take(self, message):
        await self.is_ready.wait()
        if message["type"] == "websocket.send":
            self.heard.append(json.loads(message["text"]))
        self.closed |= message["type"] == "websocket.close"

    def say(self, text):
        self._said.put_nowait({"type": "websocket.receive", "text": text})

    def say_bytes(self, content):
        self._said.put_nowait({"type": "websocket.receive", "bytes": content})

    async def leave(self):
        self._said.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await self.task


async def settled():
    """Let everything run that can run."""
    for _ in range(20):
        await asyncio.sleep(0)


def guide_of(feed):
    """Who tells it what is known."""
    return Guide(feed, NO_WISHES, lambda _: None)


@pytest.fixture
def feed():
    """A feed that knows the time."""
    made = Feed()
    made.follow(lambda: NOW_NS)
    return made


@pytest.fixture
def guide(feed):
    """Who tells it what is known."""
    return guide_of(feed)


async def test_who_comes_is_told_everything_and_then_each_event_at_once(
    feed, guide, path_step, rep_event, set_event
):
    guide.step(Mark(0, 0, Connected("open-lift", "LIFT-1")), path_step())
    guide.step(ARRIVED, path_step(set_event(), rep_event(1)))
    page = Browser(feed)
    await settled()
    assert [news["shown"]["number"] for news in page.heard] == [1]
    assert page.heard[0]["shown"]["sensor"] == "LIFT-1"
    guide.step(ARRIVED, path_step(rep_event(2, Stage.ANNOUNCED), phase=Phase.TOP, tilt_deg=3.2))
    await settled()
    (news,) = page.heard[1:]
    assert (news["shown"]["number"], news["shown"]["undecided"]) == (2, True)
    assert (news["pulses"][0]["phase"], news["pulses"][0]["tilt_deg"]) == ("top", 3.2)
    assert news["told"][0]["arrived_ms"] == ARRIVED.t_ns / 1e6
    assert {"sound": "rep", "moment": "top"} in news["told"][0]["heard"]
    await page.leave()


async def test_a_slow_page_misses_no_event_and_is_sent_the_newest_state(
    feed, guide, path_step, rep_event, set_event
):
    page = Browser(feed)
    await settled()
    page.is_ready.clear()
    guide.step(ARRIVED, path_step(set_event()))
    await settled()
    for number in range(1, 4):
        guide.step(ARRIVED, path_step(rep_event(number)))
    for at in range(2 * MOST_PULSES):
        guide.step(ARRIVED, path_step(phase=Phase.DRIVE, t_s=float(at)))
    page.is_ready.set()
    await settled()
    last = page.heard[-1]
    assert last["shown"]["number"] == 3
    assert sum(len(news["told"]) for news in page.heard) == 4
    assert len(last["pulses"]) == MOST_PULSES
    assert last["pulses"][-1]["t_s"] == 2 * MOST_PULSES - 1
    await page.leave()


async def test_where_the_dumbbell_is_is_not_known_when_the_sensor_is_lost(feed, guide, path_step):
    page = Browser(feed)
    guide.step(Mark(0, 0, Disconnected("never seen")), path_step())
    guide.step(ARRIVED, path_step(phase=Phase.TOP, t_s=3.0, tilt_deg=8.0))
    guide.step(Mark(NOW_NS, 0, Disconnected("link lost")), path_step())
    await settled()
    seen, lost = [pulse for news in page.heard for pulse in news["pulses"]]
    assert (seen["phase"], seen["tilt_deg"]) == ("top", 8.0)
    assert (lost["phase"], lost["tilt_deg"]) == ("unknown", None)
    assert lost["t_s"] == seen["t_s"] == 3.0
    assert lost["arrived_ms"] == seen["arrived_ms"] == ARRIVED.t_ns / 1e6
    await page.leave()


async def test_what_is_the_same_is_not_sent_again(feed, guide, path_step):
    page = Browser(feed)
    await settled()
    feed.refresh("streaming")
    feed.refresh("streaming")
    guide.step(ARRIVED, path_step())
    await settled()
    assert [news["shown"] and news["shown"]["link"] for news in page.heard] == ["", "streaming"]
    await page.leave()


async def test_the_trouble_of_the_recording_has_a_place_of_its_own(feed):
    feed.refresh("streaming; NOT RECORDED: the disk is full; free some space")
    page = Browser(feed)
    await settled()
    shown = page.heard[0]["shown"]
    assert (shown["link"], shown["streams"]) == ("streaming", True)
    assert shown["trouble"] == "NOT RECORDED: the disk is full; free some space"
    await page.leave()


async def test_pages_learn_the_clock_and_what_they_answer_is_checked(
    feed, guide, path_step, rep_event, set_event
):
    page = Browser(feed)
    guide.step(ARRIVED, path_step(set_event(), rep_event(1)))
    for text in SAID:
        page.say(text)
    await settled()
    assert [news for news in page.heard if "pong" in news] == [{"pong": 12.5, "now_ms": NOW_NS / 1e6}]
    said = feed.delays.summary()
    assert (said.events, said.decided_ms, said.seen_ms, said.heard_ms) == (
        1,
        (4.0,) * 3,
        (21.0,) * 3,
        (9.0,) * 3,
    )
    await page.leave()


async def test_a_page_that_speaks_in_bytes_is_not_understood_and_stays(feed):
    page = Browser(feed)
    page.say_bytes(b"\x00\xff")
    page.say('{"ping": 1}')
    await settled()
    assert {"pong": 1, "now_ms": NOW_NS / 1e6} in page.heard
    await page.leave()


async def test_a_question_that_comes_after_the_end_is_no_failure(feed, guide, path_step):
    page = Browser(feed)
    await settled()
    guide.step(None, path_step())
    page.say('{"ping": 1}')
    await page.task
    assert page.closed


async def test_a_page_that_breaks_leaves_nothing_that_waits(feed):
    def broken():
        raise ValueError("no time")

    page = Browser(feed)
    await settled()
    feed.follow(broken)
    page.say('{"ping": 1}')
    with pytest.raises(ValueError, match="no time"):
        await page.task
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_end_is_told_and_closes(feed, guide, path_step):
    page = Browser(feed)
    guide.step(None, path_step())
    await page.task
    assert (page.heard[-1]["over"], page.heard[-1]["shown"]["stage"], page.closed) == (True, "over", True)
    late = Browser(feed)
    await late.task
    assert late.heard[0]["over"]


async def test_what_was_before_an_interruption_is_seen_and_not_heard(path_step, rep_event, set_event):
    feed = Feed()
    guide = guide_of(feed)
    guide.step(ARRIVED, path_step(set_event(), rep_event(1)))
    guide.step(ARRIVED, path_step(set_event(ended=True, reps=1)))
    feed.follow(lambda: NOW_NS)
    page = Browser(feed)
    await settled()
    assert page.heard[0]["shown"]["summaries"] == ["set 1, left, 20 kg, 1 of 1 counted, 1 clean, range 58°"]
    assert page.heard[0]["told"] == []
    assert feed.delays.summary() is None
    await page.leave()


async def test_buttons_are_told_what_holds_until_they_go(feed, guide, path_step):
    told = []
    forget = feed.listen(told.append)
    guide.step(Mark(0, -1, Declared(Side.RIGHT, 22.5)), path_step())
    forget()
    guide.step(Mark(0, -1, Declared(Side.LEFT)), path_step())
    assert [(one.side, one.load_kg) for one in told] == [("unknown", 0.0), ("right", 22.5)]


@given(cuts=st.lists(st.integers(1, 199), unique=True).map(sorted), seed=st.integers(0, 99))
def test_how_the_stream_is_cut_changes_no_point_of_the_trace(cuts, seed):
    random = np.random.default_rng(seed)
    t_s = np.arange(200) / 100.0
    lift_deg = np.where(random.random(200) < 0.2, np.nan, random.normal(size=200))
    phase = np.repeat(random.integers(0, 5, 10), 20).astype(np.uint8)
    columns = [lift_deg, np.zeros(200), np.zeros(200), np.zeros(200), np.zeros(200)]
    parts = zip([0, *cuts], [*cuts, 200], strict=True)
    pulses = Pulses()
    cut = [pulses.step(Motion(t_s[a:b], *(c[a:b] for c in columns), phase[a:b]), 0.0) for a, b in parts]
    whole = Pulses().step(Motion(t_s, *columns, phase), 0.0)
    assert sum((one.trace for one in cut), ()) == whole.trace
    assert len(whole.trace) == np.isfinite(lift_deg[::TRACE_STEP]).sum()
    assert (cut[-1].phase, cut[-1].in_phase_s) == (whole.phase, whole.in_phase_s)
