"""The live feed: a websocket to each page, on which what has become known is pushed at once.

Nothing is polled, and nobody waits for a slow page: what it has not been sent yet is kept as one
message, the newest of what is replaced and all of what is not. A page that comes, or comes back, gets
everything first. The feed has a socket of its own, beside the one of the page's buttons, because here
a lost message needs no repeating: the next holds what is true by then.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from tracker.app.now import NOTHING_YET, Now
from tracker.app.pages.delays import Delays
from tracker.app.pages.heard import Heard, Hearing, Spoken
from tracker.app.pages.shown import Pulse, Pulses, Shown, shown
from tracker.app.screen import Item
from tracker.path import Step
from tracker.sensing.marks import Disconnected, Mark

MOST_PULSES = 400
"""Pulses kept for a page that stalls or comes late: 20 s of the fastest sensor's packets, which the trace
shows."""

Clock: TypeAlias = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Told:
    """What one packet decided.

    Attributes
    ----------
    arrived_ms
        When the packet came, on the session's clock.
    heard, spoken
        What it sounds like.
    """

    arrived_ms: float
    heard: tuple[Heard, ...]
    spoken: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class News:
    """One message; None and empty where nothing is new.

    Attributes
    ----------
    shown, pulses, told
        What is to be seen now, where the dumbbell was, what was decided.
    over
        The session is over, and no other message will come.
    """

    shown: Shown | None = None
    pulses: tuple[Pulse, ...] = ()
    told: tuple[Told, ...] = ()
    over: bool = False

    def then(self, later: News) -> News:
        """Join what was not sent yet with what came after it."""
        return News(
            later.shown or self.shown,
            (self.pulses + later.pulses)[-MOST_PULSES:],
            self.told + later.told,
            later.over,
        )


class Mailbox:
    """What one page has not been sent yet."""

    def __init__(self, first: News) -> None:
        self._news = first
        self._there = asyncio.Event()
        self._there.set()

    def put(self, news: News) -> None:
        """Add news, if it is any."""
        if news == News():
            return
        self._news = self._news.then(news)
        self._there.set()

    async def take(self) -> News:
        """Wait for news, and take all there is."""
        await self._there.wait()
        self._there.clear()
        news, self._news = self._news, News()
        return news


class Feed:
    """Shows a session to every page that looks; an `Onlooker`.

    Attributes
    ----------
    delays
        How long packets took to be seen and heard.
    """

    def __init__(self) -> None:
        self.delays = Delays()
        self._clock_ns: Clock | None = None
        self._now = NOTHING_YET
        self._link = ""
        self._shown = shown(self._now, self._link)
        self._pulses = Pulses()
        self._recent: deque[Pulse] = deque(maxlen=MOST_PULSES)
        self._hearing = Hearing()
        self._over = False
        self._mailboxes: set[Mailbox] = set()
        self._listeners: dict[int, Callable[[Shown], None]] = {}

    def listen(self, listener: Callable[[Shown], None]) -> Callable[[], None]:
        """Have somebody told what is shown, now and whenever it changes; gives what ends it."""
        key = id(listener)
        self._listeners[key] = listener
        listener(self._shown)
        return lambda: self._listeners.pop(key, None) and None

    def follow(self, clock_ns: Clock) -> None:
        """Measure by this clock, which packets are stamped with; what was before is not told aloud."""
        self._clock_ns = clock_ns

    def step(self, item: Item | None, step: Step, now: Now) -> None:
        """Take in one item and what became of it, and send it."""
        told = self._tell(item, step)
        self._now = now
        self._over = item is None
        pulses = self._moved(item, step)
        self._recent.extend(pulses)
        self._send(News(self._if_new(), pulses, told, self._over))

    def refresh(self, link: str) -> None:
        """Send the state of the link, when it is another."""
        self._link = link
        if now := self._if_new():
            self._send(News(now, over=self._over))

    async def serve(self, socket: WebSocket) -> None:
        """Send to one page until it goes away or the session is over, and hear what it answers."""
        await socket.accept()
        mailbox = Mailbox(News(self._shown, tuple(self._recent), over=self._over))
        self._mailboxes.add(mailbox)
        hearing = asyncio.create_task(self._hear(socket))
        sending = asyncio.create_task(_send_all(socket, mailbox))
        try:
            await asyncio.wait((hearing, sending), return_when="FIRST_COMPLETED")
        finally:
            self._mailboxes.discard(mailbox)
            await _ended(hearing, sending)

    def _send(self, news: News) -> None:
        for mailbox in self._mailboxes:
            mailbox.put(news)

    def _if_new(self) -> Shown | None:
        now = shown(self._now, self._link)
        if now == self._shown:
            return None
        self._shown = now
        for listener in list(self._listeners.values()):
            listener(now)
        return now

    def _moved(self, item: Item | None, step: Step) -> tuple[Pulse, ...]:
        """Say where the dumbbell is, and when that is not known any more: no tone may go on then."""
        if item is None:
            return ()
        arrived_ms = float(np.max(item.t_ns)) / 1e6
        moved = [self._pulses.step(step.motion, arrived_ms)] if len(step.motion) else []
        is_lost = isinstance(item, Mark) and isinstance(item.body, Disconnected)
        if is_lost and (last := [*self._recent, *moved][-1:]):
            moved.append(replace(last[0], phase="unknown", in_phase_s=0.0, tilt_deg=None, trace=()))
        return tuple(moved)

    def _tell(self, item: Item | None, step: Step) -> tuple[Told, ...]:
        to_hear = self._hearing.step(item, step)
        if self._clock_ns is None or not (step.events or to_hear.heard):
            return ()
        now_ns = self._clock_ns()
        arrived_ns = now_ns if item is None else int(np.max(item.t_ns))
        self.delays.decided((now_ns - arrived_ns) / 1e9)
        return (Told(arrived_ns / 1e6, to_hear.heard, to_hear.spoken),)

    async def _hear(self, socket: WebSocket) -> None:
        """Answer what a page asks about the clock, and note when it showed and sounded an event."""
        while (message := await socket.receive())["type"] == "websocket.receive":
            if socket.application_state is not WebSocketState.CONNECTED:
                return  # it asked while it was told goodbye
            match _object(message.get("text") or ""):
                case {"ping": (int() | float()) as sent} if self._clock_ns is not None:
                    answer = {"pong": sent, "now_ms": self._clock_ns() / 1e6}
                    await socket.send_text(orjson.dumps(answer).decode())
                case {"seen_ms": (int() | float()) as delay_ms}:
                    self.delays.seen(delay_ms / 1e3)
                case {"heard_ms": (int() | float()) as delay_ms}:
                    self.delays.heard(delay_ms / 1e3)


async def _ended(*tasks: asyncio.Task[None]) -> None:
    """Cancel all of them, then raise what one has failed with; a page that has left is no failure."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    for task in tasks:
        with suppress(asyncio.CancelledError, WebSocketDisconnect):
            task.result()


async def _send_all(socket: WebSocket, mailbox: Mailbox) -> None:
    over = False
    while not over:
        news = await mailbox.take()
        await socket.send_text(orjson.dumps(news).decode())
        over = news.over
    await socket.close()


def _object(text: str) -> Any:  # noqa: ANN401
    """Read what a page said; nothing is understood when it is no JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
