"""A live session through the virtual radio: recorded first, the same as its own replay, hard to stop."""

import asyncio
import errno
from functools import partial

import numpy as np
import pytest

from tracker.app.live import LiveSession
from tracker.app.replay import one_by_one, play
from tracker.archive.importers import open_any
from tracker.archive.recording import read
from tracker.archive.session_writer import UnsavedError, begin
from tracker.errors import BluetoothError
from tracker.path import Path as Way
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.marks import Connected, Declared, Disconnected, Mark, Side, Stopped
from tracker.sensing.samples import Cause, Packet
from tracker.virtual.air import Drop, Lose, OutOfRange
from tracker.virtual.imu import Imu, Mounting
from tracker.virtual.jumping_clock import clock_ns, run
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.radio import Radio
from tracker.virtual.script import Leg, WorkSet, sets_only

PERFORMANCE = perform(sets_only(WorkSet(Leg.LEFT, reps=4), seed=3))
STARTED = "2026-01-31T18:05:00+01:00"
TROUBLES = ((9.0, Lose(0.3, 1.0)), (14.0, Drop(away_s=0.8)), (22.0, OutOfRange(away_s=1.5)))
AFTER_S = PERFORMANCE.duration_s + 0.5
NOTHING_SAID = Declared()


class Onlooker:
    """Somebody who remembers all that was shown; `trouble` is raised at the step of that number."""

    def __init__(self, trouble=None, at_step=0):
        self.steps = []
        self.links = []
        self._trouble = trouble
        self._at_step = at_step

    def step(self, item, step):
        if self._trouble and len(self.steps) == self._at_step:
            raise self._trouble
        self.steps.append((item, step))

    def refresh(self, link):
        if link not in self.links[-1:]:
            self.links.append(link)

    @property
    def items(self):
        return [item for item, _ in self.steps if item is not None]

    @property
    def events(self):
        return [event for _, step in self.steps for event in step.events]

    def motion(self, name):
        return np.concatenate([getattr(step.motion, name) for _, step in self.steps])


def live(
    folder,
    view,
    *,
    way=None,
    during=(),
    script=(),
    stop_s=AFTER_S,
    cancel_s=None,
    declared=NOTHING_SAID,
    world=None,
    performance=PERFORMANCE,
):
    """Hold one session on the jumping clock; `during` is (time, what to call with the session)."""

    async def session():
        radio = world() if world else Radio(OpenLift(Imu(performance.movement, Mounting())), script=script)
        receiver = partial(
            Receiver,
            Wanted(),
            scanner_backend=radio.scanner,
            client_backend=radio.client,
            clock_ns=clock_ns,
        )
        writer = partial(begin, folder, "test", STARTED)
        session = LiveSession(receiver, writer, way or Way(), view, declared)
        loop = asyncio.get_running_loop()
        for at_s, call in during:
            loop.call_later(at_s, call, session)
        loop.call_later(stop_s, session.stop)
        if cancel_s:
            loop.call_later(cancel_s, asyncio.current_task().cancel)
        try:
            await session.run()
        finally:
            await session.close()

    run(session())


def bodies(items):
    return [item.body for item in items if isinstance(item, Mark)]


def payloads(items):
    return [item.payload for item in items if isinstance(item, Packet)]


def same(one, other):
    """Equal to the last bit, with nan equal to nan: a frozen dataclass shows all its values in full."""
    return repr(one) == repr(other)


@pytest.mark.parametrize("script", [(), TROUBLES], ids=["calm", "troubled"])
def test_a_live_session_and_its_recording_replayed_are_the_same(tmp_path, script):
    seen, replayed = Onlooker(), Onlooker()
    live(tmp_path, seen, script=script, declared=Declared(side=Side.LEFT))
    recording = read(tmp_path / "test.arrows")
    run(play(recording, replayed, speed=4.0))

    assert recording.lost == ""
    assert list(one_by_one(recording.items)) == seen.items == replayed.items
    assert len(seen.events) > 4
    assert same(seen.events, replayed.events)
    for name in ("t_s", "lift_deg", "tilt_deg", "twist_deg", "height_m", "turning_deg_s", "phase"):
        np.testing.assert_array_equal(seen.motion(name), replayed.motion(name), strict=True)


def test_the_recording_tells_the_whole_story(tmp_path):
    def say(session):
        session.declare(Declared(side=Side.RIGHT))

    live(tmp_path, Onlooker(), script=TROUBLES, during=[(5.0, say)], declared=Declared(side=Side.LEFT))
    items = list(one_by_one(read(tmp_path / "test.arrows").items))
    story = [type(body) for body in bodies(items)]
    assert story[0] is Declared
    assert story[-1] is Stopped
    assert story.count(Connected) == story.count(Disconnected) == 3
    assert bodies(items).count(Declared(side=Side.RIGHT)) == 1
    times_ns = [item.t_ns for item in items]
    assert times_ns == sorted(times_ns)
    assert sum(isinstance(item, Packet) for item in items) > 300


def test_what_is_said_meanwhile_stands_where_it_was_said(tmp_path):
    live(
        tmp_path,
        Onlooker(),
        during=[(5.0, lambda session: session.declare(Declared(side=Side.RIGHT)))],
        stop_s=8.0,
    )
    items = list(one_by_one(read(tmp_path / "test.arrows").items))
    [said] = [item for item in items if isinstance(item, Mark) and isinstance(item.body, Declared)]
    assert said.t_ns / 1e9 == pytest.approx(5.0, abs=0.1)


@pytest.mark.parametrize("trouble", [OSError(errno.EIO, "terminal gone"), KeyError("a bug of the panel")])
def test_the_set_goes_on_when_the_screen_fails(tmp_path, trouble):
    way = Way()
    with pytest.raises(type(trouble)):
        live(tmp_path, Onlooker(trouble, at_step=100), way=way)
    live(tmp_path / "again", whole := Onlooker())
    recording = read(tmp_path / "test.arrows")
    assert recording.lost == ""
    assert payloads(one_by_one(recording.items)) == payloads(whole.items)
    assert [len(done.reps) for done in way.session().sets] == [4]


class BrokenWay(Way):
    """A path with a bug that shows after some seconds."""

    def receive(self, item):
        if item.t_ns > 10e9:
            raise ZeroDivisionError
        return super().receive(item)


def test_the_recording_goes_on_when_the_counting_fails(tmp_path):
    onlooker = Onlooker()
    with pytest.raises(ZeroDivisionError):
        live(tmp_path, onlooker, way=BrokenWay())
    items = list(one_by_one(read(tmp_path / "test.arrows").items))
    assert isinstance(items[-1].body, Stopped)
    assert items[-1].t_ns / 1e9 == pytest.approx(AFTER_S, abs=0.2)
    assert "counting has failed" in onlooker.links[-1]


@pytest.fixture
def limit():
    """Set how large a file may grow, bytes: 20 kB are 8 s of packets, 0 is a full disk, -1 as it was."""
    resource = pytest.importorskip("resource", reason="no limits on files here")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def grow(size):
        resource.setrlimit(resource.RLIMIT_FSIZE, (before[0] if size < 0 else size, before[1]))

    yield grow
    grow(-1)


def test_a_limit_on_files_costs_no_packet(tmp_path, limit):
    seen, replayed = Onlooker(), Onlooker()
    limit(20_000)
    live(tmp_path, seen, script=TROUBLES, declared=Declared(side=Side.LEFT))
    recording = open_any(tmp_path / "test.arrows")
    run(play(recording, replayed, speed=4.0))
    assert len(list(tmp_path.iterdir())) > 2
    assert recording.lost == ""
    assert list(one_by_one(recording.items)) == seen.items == replayed.items
    assert same(seen.events, replayed.events)


def in_step(limit, size):
    """Set the limit when all before has been written: the disk's thread does not run on the jumping clock."""

    def now(session):
        session.recorder.flush()
        limit(size)

    return now


def test_a_full_disk_is_on_the_screen_and_the_set_goes_on(tmp_path, limit):
    """Full from 9 s to 21 s, in the set; what was kept meanwhile is written when there is room."""
    seen, replayed = Onlooker(), Onlooker()
    during = [(at_s, in_step(limit, size)) for at_s, size in ((9.0, 0), (12.0, 0), (21.0, -1), (29.0, -1))]
    live(tmp_path, seen, during=during, declared=Declared(side=Side.LEFT))
    recording = open_any(tmp_path / "test.arrows")
    run(play(recording, replayed, speed=4.0))
    full = (
        "streaming; NOT RECORDED: the file has become too large; free some space, the set is kept in memory"
    )
    assert full in seen.links
    assert seen.links[seen.links.index(full) + 1] == "streaming"
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["test.2.arrows", "test.arrows"]
    assert list(one_by_one(recording.items)) == seen.items
    assert same(seen.events, replayed.events)


def test_a_disk_that_stays_full_is_an_error_at_the_end_and_the_set_is_counted(tmp_path, limit):
    way, onlooker = Way(), Onlooker()
    with pytest.raises(UnsavedError, match=r"holds the session up to .* could not be saved"):
        live(tmp_path, onlooker, way=way, during=[(15.0, in_step(limit, 0))])
    limit(-1)
    assert [len(done.reps) for done in way.session().sets] == [4]
    assert "NOT RECORDED" in onlooker.links[-1]
    kept = list(one_by_one(read(tmp_path / "test.arrows").items))
    assert kept == onlooker.items[: len(kept)]
    assert kept[-1].t_ns / 1e9 == pytest.approx(15.0, abs=1.0)


@pytest.mark.parametrize("link_dies", [True, False])
def test_a_minute_in_which_the_program_stood_still_ends_nothing(tmp_path, link_dies):
    """As after a laptop's lid was shut: the link is gone or was silent, and the lifter goes on."""
    performance = perform(
        sets_only(WorkSet(Leg.LEFT, reps=4), WorkSet(Leg.RIGHT, reps=4), seed=3, rest_s=75.0)
    )
    first, second = performance.truth.sets

    def stand_still(_):
        asyncio.get_running_loop().jump(60.0)

    seen, replayed = Onlooker(), Onlooker()
    way = Way()
    live(
        tmp_path,
        seen,
        way=way,
        performance=performance,
        script=((first.t_end_s + 5.0, Drop(away_s=61.0)),) if link_dies else (),
        during=[(first.t_end_s + 5.1, stand_still)],
        stop_s=performance.duration_s,
    )
    recording = open_any(tmp_path / "test.arrows")
    run(play(recording, replayed, speed=4.0))
    assert [len(done.reps) for done in way.session().sets] == [4, 4]
    [gap] = way.session().gaps
    assert gap.duration_s == pytest.approx(60.0, abs=3.0)
    assert gap.cause is (Cause.LINK_DOWN if link_dies else Cause.LOST)
    assert ("lost, searching" in seen.links) is link_dies
    assert way.session().sets[1].t_start_s - way.session().sets[0].t_end_s == pytest.approx(
        second.t_start_s - first.t_end_s, abs=0.5
    )
    assert list(one_by_one(recording.items)) == seen.items
    assert same(seen.events, replayed.events)


def test_a_cancelled_session_keeps_all_that_has_arrived(tmp_path):
    onlooker = Onlooker()
    with pytest.raises(asyncio.CancelledError):
        live(tmp_path, onlooker, cancel_s=8.0)
    items = list(one_by_one(read(tmp_path / "test.arrows").items))
    assert items == onlooker.items
    assert bodies(items)[-2:] == [Disconnected("stopped"), Stopped()]
    assert items[-1].t_ns / 1e9 == pytest.approx(8.0, abs=0.2)


def test_without_a_sensor_nothing_is_recorded(tmp_path):
    with pytest.raises(BluetoothError, match="phone app"):
        live(tmp_path, Onlooker(), world=Radio, stop_s=60.0)
    assert list(tmp_path.iterdir()) == []


def test_the_link_is_shown_as_it_comes_and_goes(tmp_path):
    onlooker = Onlooker()
    live(tmp_path, onlooker, script=((5.0, Drop(away_s=2.0)),), stop_s=10.0)
    assert onlooker.links == [
        "searching",
        "connecting",
        "streaming",
        "lost, searching",
        "connecting",
        "streaming",
        "stopped",
    ]
