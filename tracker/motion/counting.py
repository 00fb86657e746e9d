"""The way through the room: samples in, motion and events out.

Looks for a set (search.py), follows it (open_set.py), settles it, and looks for the next one. Every
decision is taken at a row of the stream and uses nothing behind it, so it does not matter how the
stream is cut into blocks.
"""

from __future__ import annotations

import math
from itertools import count

import numpy as np

from tracker.motion.bearings import Bearings, Show, joined, unclipped, unseen
from tracker.motion.dumbbell import Frame
from tracker.motion.events import Motion, MotionEvent
from tracker.motion.grid import BROKEN
from tracker.motion.history import History
from tracker.motion.open_set import OpenSet
from tracker.motion.orientation import Orientation, Oriented
from tracker.motion.repeated import RepeatedSet, RepeatSearch, RunFound
from tracker.motion.reps import chain, read
from tracker.motion.search import KEPT_S, Candidate, Search
from tracker.motion.settings import LiftSettings
from tracker.motion.settled import Settling
from tracker.sensing.samples import Samples

LOOK_BACK_S = 12.0
"""How long before the first candidate a set may have begun: reps may rock too much to be one."""


class Counting:
    """Count the reps of a stream.

    State: the orientation, the rows since the last set, and the search or the open set.

    Parameters
    ----------
    settings
        How the lift moves.
    show
        What is shown of the rows. Unless that is done as they come, of the reps of a set that rises
        nothing is told before it is over.

    Attributes
    ----------
    handle
        Direction of the handle in the sensor's frame as it was calibrated, of either sign; None: not
        known. Sets that are found from now on are measured on it.
    seen_s
        Time of the last row that the last step brought; -inf when it brought none.
    """

    def __init__(self, settings: LiftSettings, show: Show = Show.AS_THEY_COME) -> None:
        self.handle: tuple[float, float, float] | None = None
        self.seen_s = -math.inf
        self._settings = settings
        self._how = show
        self._orientation = Orientation()
        self._history: History | None = None
        self._period_s = 0.0
        self._search = _search(0, settings)
        self._open: OpenSet | RepeatedSet | None = None
        self._floor = 0
        self._shown = self._decided = 0
        self._bearings: list[Bearings] = []
        self._settling = Settling()
        self._sets, self._candidates = 0, count(1)

    def step(self, samples: Samples) -> tuple[Motion, list[MotionEvent]]:
        """Take a block in; give back what became known."""
        self._period_s = samples.period_s
        return self._taken(self._orientation.step(samples))

    def finish(self) -> tuple[Motion, list[MotionEvent]]:
        """Settle what is open: the stream is over."""
        motion, events = self._taken(self._orientation.finish())
        events += self.turn_to(self._settings)
        return joined([motion, self._rest()]), events

    def turn_to(self, settings: LiftSettings) -> list[MotionEvent]:
        """Settle what is open and count another lift from here on."""
        events: list[MotionEvent] = []
        end = 0 if self._history is None else self._history.end
        if self._history is not None and self._open is None:
            found = self._search.last(self._history)
            events = [] if found is None else self._begin(self._history, found)
        if self._history is not None and self._open is not None:
            events += self._end(self._history, self._open, end)
            self._floor = end
        self._settings = settings
        self._search = _search(end, settings)
        return events

    def _taken(self, blocks: list[Oriented]) -> tuple[Motion, list[MotionEvent]]:
        events: list[MotionEvent] = []
        motions: list[Motion] = []
        for block in blocks:
            if self._history is None or (
                self._history.period_s != self._period_s and block.flags[0] & BROKEN
            ):
                events += self.turn_to(self._settings)
                motions.append(self._rest())
                self._history = self._started_anew()
            self._history.append(block)
            events += self._advance(self._history)
            motions.append(self._show(self._history))
            self._forget(self._history)
        self.seen_s = blocks[-1].t_s.item(-1) if blocks else -math.inf
        return joined(motions), events

    def _started_anew(self) -> History:
        """Rows of another sample period: numbers of rows mean nothing across it."""
        self._floor = self._shown = self._decided = 0
        self._search = _search(0, self._settings)
        self._bearings.clear()
        self._settling.start_anew()
        return History(self._period_s)

    def _advance(self, history: History) -> list[MotionEvent]:
        events: list[MotionEvent] = []
        while True:
            if self._open is None:
                found = self._search.next(history)
                if found is None:
                    return events
                events += self._begin(history, found)
            else:
                events += self._open.advance()
                if self._open.over is None:
                    return events
                events += self._end(history, self._open, self._open.over)

    def _begin(self, history: History, found: tuple[Candidate, ...] | RunFound) -> list[MotionEvent]:
        """Open a set if there is one where the search says."""
        if isinstance(found, tuple):
            return self._begin_lifts(history, found)
        self._sets += 1
        self._open = RepeatedSet(
            history, self._sets, found, self._floor, self._settings, lambda: next(self._candidates)
        )
        return self._open.begin()

    def _begin_lifts(self, history: History, found: tuple[Candidate, ...]) -> list[MotionEvent]:
        """Open a set if the stretch around two agreeing candidates, or a sure one, holds one."""
        one, two = found[0], found[-1]
        ups = [history.cut(each.top, each.top + 1).up[:, 0] for each in found]
        drives = np.radians([each.turned_deg for each in found])
        frame = Frame.of(drives, np.array(ups), None if self.handle is None else np.array(self.handle))
        begin = max(self._floor, one.start - round(LOOK_BACK_S / history.period_s))
        stop = two.known + 1
        range_deg = min(one.size_deg, two.size_deg)  # the other may be the first rep, from the floor
        cycles = read(history, begin, stop, frame, range_deg, self._settings)
        good = chain(history, cycles, self._settings.set_pause_s)
        if len(good) < len(found):
            return []
        self._sets += 1
        self._open = OpenSet(
            history,
            self._sets,
            (frame, good),
            begin,
            max(stop - 1, self._decided),
            self._settings,
            lambda: next(self._candidates),
            self._how is Show.AS_THEY_COME,
        )
        events = self._open.begin()
        return events + self._end(history, self._open, stop) if len(found) == 1 else events

    def _end(self, history: History, open_set: OpenSet | RepeatedSet, stop: int) -> list[MotionEvent]:
        """Settle a set and go on looking behind its last rep, or behind all of it if it was none."""
        events, last_end_s = open_set.settle(stop)
        if last_end_s is None:
            self._sets -= 1
        self._decided = max(self._decided, stop)
        self._floor = stop if last_end_s is None else history.row_at(last_end_s)
        self._search = _search(self._floor, self._settings)
        self._bearings += open_set.bearings
        if self._how is Show.SETTLED and open_set.settled is not None:
            self._settling.give_set(history, open_set.settled, stop)
        self._open = None
        return events

    def _show(self, history: History) -> Motion:
        """The rows that have not been shown, each with the bearings that held when it came."""
        if self._open is not None:
            self._bearings += self._open.bearings
            self._open.bearings.clear()
        if self._how is not Show.AS_THEY_COME:
            self._bearings.clear()
            if self._how is Show.SETTLED:
                return self._settling.taken()
            rows, self._shown = history.cut(self._shown, history.end), history.end
            return unseen(rows)
        edges = [b.row for b in self._bearings if self._shown < b.row < history.end]
        motions = []
        for stop in [*edges, history.end]:
            while len(self._bearings) > 1 and self._bearings[1].row <= self._shown:
                self._bearings.pop(0)
            rows = history.cut(self._shown, stop)
            here = self._bearings[0] if self._bearings and self._bearings[0].row <= self._shown else None
            motions.append(unclipped(rows) if here is None else here.motion(rows))
            self._shown = stop
        return joined(motions)

    def _forget(self, history: History) -> None:
        """Drop rows that no decision can need any more."""
        if self._open is None:
            keep_s = KEPT_S + LOOK_BACK_S
            needed = max(self._floor, history.end - round(keep_s / history.period_s))
            if self._how is Show.SETTLED:
                self._settling.give_before(history, needed)
            history.drop(needed)

    def _rest(self) -> Motion:
        """The rows that wait to be settled; nothing more comes in which they could be."""
        if self._how is Show.SETTLED and self._history is not None:
            self._settling.give_before(self._history, self._history.end)
        return self._settling.taken()


def _search(first: int, settings: LiftSettings) -> Search | RepeatSearch:
    """What looks for the next set from a row on."""
    return Search(first, settings) if settings.rises else RepeatSearch(first, settings)
