"""Shake the one you want: sensors that look alike are told apart by which of them moves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import numpy as np

from tracker.app.listening import HELD, Air, Listening, called, wanted_of
from tracker.app.terminal import Lines
from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.find import Found
from tracker.sensing.decoding import Decoding
from tracker.sensing.marks import Disconnected, Mark
from tracker.sensing.samples import Floats, Packet, Packets, Samples

MOST_AT_ONCE = 5
"""Sensors that are listened to together: adapters hold seven links, some fewer."""

WATCH_S = 30.0
"""How long is waited for one of them to be shaken, s."""

LOOK_S = 0.25
"""How often is looked, s."""

RECENT_S = 1.5
"""What counts as now, s: three or four shakes."""

SHAKEN_RAD_S, SHAKEN_M_S2 = 2.0, 4.0
"""Spread (standard deviation, over all axes) of a sensor that is shaken: knocks at the bench make a tenth."""

STANDS_OUT = 4.0
"""So many times as much as any other is the one; its neighbour on the bench moves by less."""


@dataclass(slots=True)
class _Candidate:
    """One sensor that is listened to, by its number in the list; how much it has been moved of late."""

    number: int
    found: Found
    listening: Listening
    decoding: Decoding
    recent: list[Samples]
    read: int = 0

    def moved(self) -> float:
        """How much it moves now; 1 is being shaken."""
        heard = self.listening.heard[self.read :]
        self.read += len(heard)
        for item in heard:
            self._take(item)
        if not self.recent:
            return 0.0
        now_s = self.recent[-1].t_s[-1]
        self.recent = [block for block in self.recent if block.t_s[-1] > now_s - RECENT_S]
        acc = _spread([block.acc_m_s2 for block in self.recent])
        gyr = _spread([block.gyr_rad_s for block in self.recent])
        return max(acc / SHAKEN_M_S2, gyr / SHAKEN_RAD_S)

    def _take(self, item: Packet | Mark) -> None:
        if isinstance(item, Mark):
            self.decoding.step_mark(item)
            if isinstance(item.body, Disconnected):
                self.recent.clear()
            return
        samples, _ = self.decoding.step(Packets.of([item]))
        if samples is not None:
            self.recent.append(samples)


def _spread(blocks: Sequence[Floats | None]) -> float:
    """Standard deviation over all axes; 0 where it is not measured."""
    measured = [block for block in blocks if block is not None]
    return float(np.linalg.norm(np.concatenate(measured).std(axis=0))) if measured else 0.0


async def shaken(lines: Lines, candidates: Sequence[Found], air: Air) -> Found | None:
    """Listen to all of them and tell which one is shaken; None when that does not become clear.

    They are connected to one after the other: some systems cannot connect to two at once. One that
    cannot be listened to, or that another program is connected to, is said and left out.
    """
    async with AsyncExitStack() as letting_go:
        watched: list[_Candidate] = []
        for number, found in _free(lines, candidates)[:MOST_AT_ONCE]:
            lines.show(f"connecting to number {number}, {called(found)} ...")
            listening = await letting_go.enter_async_context(Listening(wanted_of(found), air.receiver))
            try:
                await listening.begun()
            except BluetoothError as error:
                lines.say(f"left out: {error}")
            else:
                watched.append(_Candidate(number, found, listening, Decoding(), []))
        if not watched:
            return None
        lines.say("Shake the one you want for two seconds, and leave the others alone.")
        return await _watch(lines, watched)


def _free(lines: Lines, candidates: Sequence[Found]) -> list[tuple[int, Found]]:
    """Give those that nobody is connected to, with their numbers."""
    for one in candidates:
        if one.is_held:
            lines.say(f"left out: {called(one)}: {HELD}")
    return [(number, one) for number, one in enumerate(candidates, start=1) if not one.is_held]


async def _watch(lines: Lines, watched: Sequence[_Candidate]) -> Found | None:
    several = False
    for look in range(round(WATCH_S / LOOK_S)):
        await asyncio.sleep(LOOK_S)
        moved = [candidate.moved() for candidate in watched]
        ranks = np.argsort(moved)
        best, second = moved[ranks[-1]], moved[ranks[-2]] if len(moved) > 1 else 0.0
        lines.show(_bars(watched, moved, WATCH_S - look * LOOK_S))
        if best >= 1.0 and best >= STANDS_OUT * second:
            return watched[int(ranks[-1])].found
        if second >= 1.0 and not several:
            several = True
            lines.say("More than one moves. Hold only the one you want, and lay the others down.")
    lines.say("Several moved, so it is not clear which one you want." if several else "None of them moved.")
    return None


def _bars(watched: Sequence[_Candidate], moved: Sequence[float], left_s: float) -> str:
    """How much each of them moves, one line each."""
    rows = [
        f"  {one.number}  {called(one.found):<20.20} {'#' * min(20, round(10 * much)) or '.':<20}"
        for one, much in zip(watched, moved, strict=True)
    ]
    return "\n".join([*rows, f"  {left_s:.0f} s left"])
