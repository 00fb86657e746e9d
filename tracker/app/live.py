"""A session while it happens: received, recorded, counted and shown, one task each."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypeAlias

from tracker.app.screen import Item
from tracker.app.terminal import REFRESH_S, View
from tracker.archive.joining import AT_THE_START, Place
from tracker.path import Path as Way
from tracker.path import Step
from tracker.sensing.bluetooth.connection import DROPPED
from tracker.sensing.bluetooth.stream import Receiver
from tracker.sensing.marks import NO_LINK, Declared, Mark, MarkBody, Stopped
from tracker.sensing.samples import Packet

Arrived: TypeAlias = Packet | Mark
MakeReceiver: TypeAlias = Callable[[Callable[[Arrived], None]], Receiver]

MOST_UNSEEN = 5000
"""Steps kept for a screen that does not follow: minutes of packets; older ones it never shows."""

Follow: TypeAlias = Callable[[Mark], Mark | None]
"""Gives the mark that has to stand behind another one, or None."""


class Recorder(Protocol):
    """Whoever keeps what happens: `SessionWriter`, or `Writer` where one file is enough."""

    @property
    def path(self) -> Path:
        """The session's first file."""

    @property
    def trouble(self) -> str:
        """Why what comes now is not on the disk, for the screen; "" while all is well."""

    def write(self, item: Arrived) -> None:
        """Take a packet or a mark; never waits for the disk."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is left; InputError when that cannot be done."""


def nothing_follows(_: Mark) -> None:
    """Leave the marks as they come."""


COUNTING_FAILED = "counting has failed, the recording goes on; Ctrl-C ends it and says why"


class LiveSession:
    """Takes what a receiver hears to the recording, then to the path, then to whoever looks on.

    A later task that fails does not stop an earlier one: when the screen fails the set is counted and
    recorded, when the counting fails it is recorded. What has failed is raised at the end. A disk that
    refuses stops nothing either, where the writer is a `SessionWriter`.

    Parameters
    ----------
    make_receiver
        Makes the receiver, given where to put what it hears.
    make_writer
        Opens the recording; called when a sensor has been found, so that none is left when it was not.
    way
        The path.
    view
        Who looks on.
    declared
        What the person said before the start.
    follow
        Is handed every mark of the receiver; what it gives is recorded and counted behind it.
    last_word
        Asked when all is over for something more to record.
    place
        Where in a session that goes on this one stands: how the path and the view get its items.

    Attributes
    ----------
    counted
        True when all that was recorded has gone down the path.
    recorder
        Who keeps what happens; None before a sensor is found.
    """

    def __init__(
        self,
        make_receiver: MakeReceiver,
        make_writer: Callable[[], Recorder],
        way: Way,
        view: View,
        declared: Declared,
        follow: Follow = nothing_follows,
        last_word: Callable[[], MarkBody | None] = lambda: None,
        place: Place = AT_THE_START,
    ) -> None:
        self._place = place
        self._follow = follow
        self._last_word = last_word
        self._arrived: asyncio.Queue[Arrived | Declared | None] = asyncio.Queue()
        self._recorded: asyncio.Queue[Arrived | None] = asyncio.Queue()
        self._unseen: deque[tuple[Item | None, Step]] = deque(maxlen=MOST_UNSEEN)
        self._news = asyncio.Event()
        self.counted = False
        self.recorder: Recorder | None = None
        self._receiver = make_receiver(self._arrived.put_nowait)
        self._make_writer = make_writer
        self._way = way
        self._view = view
        self._declared = declared

    @property
    def recording(self) -> Path | None:
        """The session's first file; None before a sensor is found."""
        return self.recorder.path if self.recorder else None

    def declare(self, declared: Declared) -> None:
        """Say something about the sets that start from now on."""
        self._arrived.put_nowait(declared)

    def t_ns(self) -> int:
        """Give the time on the clock of the session's packets, ns."""
        return self._receiver.t_ns() + self._place.t_ns

    def stop(self) -> None:
        """End the session."""
        self._receiver.stop()

    async def run(self) -> None:
        """Receive until `stop` is called or this is cancelled; what has arrived is kept either way.

        Raises
        ------
        BluetoothError
            If no sensor is found.
        InputError
            If the recording cannot be begun, or something of it could not be written to the end.
        """
        receiving = asyncio.create_task(self._receiver.run())
        receiving.add_done_callback(lambda _: self._arrived.put_nowait(None))
        recording = asyncio.create_task(self._record())
        recording.add_done_callback(lambda _: self._recorded.put_nowait(None))
        counting = asyncio.create_task(self._count())
        showing = asyncio.create_task(self._show(counting))
        drawing = asyncio.create_task(self._draw(counting, showing))
        tasks = (receiving, recording, counting, showing, drawing)
        try:
            await asyncio.wait((recording,))
        finally:
            self.stop()
            await asyncio.wait(tasks)
            for failure in [task.exception() for task in tasks]:
                if failure:
                    raise failure

    async def close(self) -> None:
        """Wait until the sensor has been let go of."""
        await self._receiver.close()

    async def _record(self) -> None:
        item = await self._arrived.get()
        if item is None:
            return
        with self._make_writer() as writer:
            self.recorder = writer
            t_ns = 0
            if self._declared != Declared():
                self._keep(writer, Mark(t_ns, NO_LINK, self._declared))
            while item is not None:
                if isinstance(item, Declared):
                    item = Mark(t_ns, NO_LINK, item)  # with what came before it: time never runs backwards
                self._keep(writer, item)
                if isinstance(item, Mark) and (following := self._follow(item)):
                    self._keep(writer, following)
                t_ns, item = item.t_ns, await self._arrived.get()
            if last := self._last_word():
                self._keep(writer, Mark(self._receiver.t_ns(), NO_LINK, last))
            self._keep(writer, Mark(self._receiver.t_ns(), NO_LINK, Stopped()))

    def _keep(self, writer: Recorder, item: Arrived) -> None:
        writer.write(item)
        self._recorded.put_nowait(self._place.put(item))

    async def _count(self) -> None:
        while (item := await self._recorded.get()) is not None:
            self._tell(item, self._way.receive(item))
        self._tell(None, self._way.finish())
        self.counted = True

    def _tell(self, item: Item | None, step: Step) -> None:
        self._unseen.append((item, step))
        self._news.set()

    def _link_words(self) -> str:
        """What the receiver is doing, what went wrong last, if that says more, and what is not recorded."""
        state, trouble = self._receiver.state, self._receiver.trouble
        link = state.value if trouble in ("", DROPPED) else f"{state.value}: {trouble.partition(';')[0]}"
        return f"{link}; {unsaved}" if self.recorder and (unsaved := self.recorder.trouble) else link

    async def _show(self, counting: asyncio.Task[None]) -> None:
        """Hand every step over as soon as it is known."""
        counting.add_done_callback(lambda _: self._news.set())
        over = False
        while not over:
            over = counting.done()
            self._news.clear()
            while self._unseen:
                self._view.step(*self._unseen.popleft())
            if not over:
                await self._news.wait()

    async def _draw(self, counting: asyncio.Task[None], showing: asyncio.Task[None]) -> None:
        """Have what was shown drawn at a pace that the eye follows, and once more at the end."""
        while not showing.done():
            self._view.refresh(self._link_words())
            await asyncio.wait((showing,), timeout=REFRESH_S)
        if not showing.exception():
            self._view.refresh(COUNTING_FAILED if counting.exception() else self._link_words())
