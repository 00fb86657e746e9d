"""A set while it goes on: reps as they come, then the last word on all of them.

Live, a rep is measured with what is known then. When the set is over, the whole stretch is read once
more on the axis that all its drives give, and the two are reconciled: nothing changes silently.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tracker.motion.bearings import Bearings
from tracker.motion.cycles import Cycles, Turn
from tracker.motion.dumbbell import Frame
from tracker.motion.events import (
    MotionEvent,
    Reason,
    SetEnded,
    SetStarted,
    Stage,
)
from tracker.motion.gates import Cycle, Usual, judged
from tracker.motion.height import Accelerometer
from tracker.motion.history import History
from tracker.motion.reps import (
    LIKE,
    NEIGHBOURS,
    chain,
    extent,
    learn,
    measured_cycle,
    read,
    refined,
    rested_s,
    risen_cycle,
    was_lowered_first,
    weighed,
)
from tracker.motion.settings import LiftSettings
from tracker.motion.settled import Settled
from tracker.motion.telling import Telling, refused
from tracker.motion.view import Angles, View

BEFORE_S = 1.5
"""So much before a bottom is looked at with the rep after it: the reversal lies there, s."""

BEFORE_SET_S = 12.0
"""So much before the first rep is read with the set: longer than the pause that ends a set."""

LONGEST_GAP_S = 30.0
"""A set goes on across a gap up to this; beyond it nobody knows what happened meanwhile."""


class OpenSet:
    """One set from its discovery to its settlement.

    Parameters
    ----------
    history
        The rows.
    number
        Of the set.
    found
        The axis and the reps by which it was found.
    begin, known
        The first row that may belong to it, and the row at which it was found.
    settings
        How the lift moves.
    new_candidate
        Gives numbers to reps.
    tells
        False when nobody looks at a set that is open: then only what will not change is told.

    Attributes
    ----------
    over
        Row at which it was over; None while it goes on.
    frame
        The axis, as known now.
    bearings
        How rows are shown; whoever shows them takes these away.
    settled
        How its rows are seen once it is settled; None before, and when it was none.
    """

    def __init__(
        self,
        history: History,
        number: int,
        found: tuple[Frame, list[Cycle]],
        begin: int,
        known: int,
        settings: LiftSettings,
        new_candidate: Callable[[], int],
        tells: bool = True,
    ) -> None:
        self._tells = tells
        self.frame, cycles = found
        self._history = history
        self.number = number
        self.over: int | None = None
        self._begin, self._known = begin, known
        self._before_rows = round(BEFORE_S / history.period_s)
        self._settings = settings
        self._good = [cycle for cycle in cycles if cycle.reason is None]
        self._usual: Usual | None = Usual.of(self._good)
        self._accelerometer = Accelerometer()
        learn(self._accelerometer, history, self._good)
        self._last_end_s = self._good[-1].outline.t_end_s
        self._telling = Telling(number, new_candidate, tells=tells)
        self._larger, self._reconsidered_to = 0, -1
        self._follow(self._good[-1])
        self.bearings: list[Bearings] = []
        self.settled: Settled | None = None

    def _follow(self, last: Cycle) -> None:
        """Go on looking for turns from a counted movement on."""
        self._angles = Angles(self._history, self.frame, last.low - self._before_rows)
        self._cycles = Cycles(self._angles, last.low, self.usual.range_deg)
        self._low = self._bottom = last.low
        self._peak, self._came_down = last.peak, False

    @property
    def usual(self) -> Usual:
        """What its reps have in common, as known now; an announced one says nothing yet."""
        if self._usual is None:
            known = [one.cycle for one in self._telling.live if one.stage is not Stage.ANNOUNCED]
            self._usual = Usual.of(known[-NEIGHBOURS:])
        return self._usual

    def begin(self) -> list[MotionEvent]:
        """The first events: the set is on, and these reps are in it."""
        now = self._history.time(self._known)
        self._take_bearings()
        first_s = self._good[0].outline.t_start_s
        events: list[MotionEvent] = [SetStarted(now, self.number, first_s)] if self._tells else []
        for cycle in self._good:
            events += self._counted(cycle, Stage.CONFIRMED, now)
        return events

    def advance(self) -> list[MotionEvent]:
        """Go on to the last row there is, or to the end of the set."""
        events: list[MotionEvent] = []
        while self.over is None:
            breaks = self._history.breaks(self._cycles.position + 1, self._history.end)
            deadline, broken = self._deadline(), breaks[0] if breaks else self._history.end
            stop = min(deadline, broken)
            turn = self._cycles.next(stop)
            if turn is not None:
                self._known = max(self._known, turn.known)
                events += self._turned(turn)
            elif stop >= self._history.end:
                break
            elif stop == deadline and self._deadline() > stop:
                continue  # a drive has begun meanwhile
            elif stop == broken and self._history.gap_s(broken) <= LONGEST_GAP_S:
                self._cycles = Cycles(self._angles, broken, self.usual.range_deg)
                self._bottom = self._low = self._peak = broken
            else:
                self.over = self._known = max(self._known, stop)
        return events

    def _deadline(self) -> int:
        """Row at which the set is over unless a drive is on its way."""
        last, pause_s = self._last_end_s, self._settings.set_pause_s
        if self._telling.live and self._telling.live[-1].stage is Stage.ANNOUNCED:
            last = self._telling.live[-1].outline.t_top_s
        if self._cycles.under_way:
            pause_s += self._settings.drive_s[1] + self._settings.lowering_s
        return self._history.row_after(last, pause_s)

    def _turned(self, turn: Turn) -> list[MotionEvent]:
        if turn.top:
            self._low, self._peak, self._came_down = self._bottom, turn.row, False
            return [] if turn.final else self._reached_top(turn)
        if turn.final and self._came_down:
            events = []  # told when it slowed down; what has changed since is told when the set settles
        else:
            events = self._reached_bottom(turn)
            self._came_down = True
        self._bottom = turn.row
        if self._larger > len(self._telling.live):
            events += self._reconsidered(self._history.time(self._known))
        self._take_bearings()
        return events

    def _take_bearings(self) -> None:
        if not self._tells:
            return
        range_deg = np.nan if self.over is not None else self.usual.range_deg
        self.bearings.append(Bearings.at(self._history, self._bottom, self._known + 1, self.frame, range_deg))

    def _reached_top(self, turn: Turn) -> list[MotionEvent]:
        """Announce a rep; a drive that starts long after the last one belongs to another set."""
        view = self._view(self._low, turn.known)
        cycle = risen_cycle(view, self._low, self._peak)
        drive = cycle.outline
        unseen_s = self._history.unseen_s(self._last_end_s, drive.t_start_s)
        if drive.t_start_s > self._last_end_s + self._settings.set_pause_s + unseen_s:
            self.over = turn.known
            return []
        if (
            self._telling.seen(drive) is not None
            or drive.rom_deg < self._settings.full_share * self.usual.range_deg
        ):
            return []
        now = self._history.time(self._known)
        before = self._telling.live[-1] if self._telling.live else None
        events = self._counted(cycle, Stage.ANNOUNCED, now)
        if before is not None and before.stage is not Stage.ANNOUNCED:
            before.cycle = before.cycle._replace(bottom_s=rested_s(self._history, before.cycle, cycle))
            before.stage = Stage.REVISED
            events = self._telling.tell(before, now) + events
        return events

    def _reached_bottom(self, turn: Turn) -> list[MotionEvent]:
        """Confirm, revise or withdraw the rep that has just come down."""
        cycle = self._measured(turn.row if turn.final else turn.known, turn.known)
        cycle = judged(cycle, self.frame, self.usual, self._settings)
        live, now = self._telling.seen(cycle.outline), self._history.time(self._known)
        if cycle.was_meant and cycle.outline.t_end_s > self._last_end_s:
            self._last_end_s = cycle.outline.t_end_s
        if cycle.reason is None:
            if not self._accelerometer.is_known:
                learn(self._accelerometer, self._history, [cycle])
            if live is None or live.stage is Stage.ANNOUNCED:
                return self._counted(cycle, Stage.CONFIRMED, now)
            return self._counted(cycle, Stage.REVISED, now)
        events = []
        if live is not None:
            live.cycle = cycle
            events = self._telling.withdraw(live, cycle.reason, now)
        if cycle.peak > self._reconsidered_to:
            self._larger += cycle.outline.rom_deg > LIKE[1] * self.usual.range_deg
        return events

    def _reconsidered(self, now: float) -> list[MotionEvent]:
        """More movements were far larger than the reps: those may have been partial ones."""
        self._larger, self._reconsidered_to = 0, self._known
        before = self.frame
        cycles, kept = self._read_once_more(self._known + 1) if self._telling.live else ([], [])
        if not kept:
            self.frame = before
            return []
        events = self._reconciled(cycles, kept, now)
        self._telling.live.sort(key=lambda live: live.outline.t_start_s)
        self._last_end_s = kept[-1].outline.t_end_s
        self._follow(kept[-1])
        return events

    def _measured(self, row: int, known: int) -> Cycle:
        """The rep since the last bottom, with what is known now."""
        view = self._view(self._low - self._before_rows, known)
        return weighed(
            measured_cycle(view, self._low, self._peak, max(row, self._peak)), view, self._accelerometer
        )

    def _view(self, first: int, known: int) -> View:
        first, period_s = max(self._history.start, first), self._history.period_s
        rows, angles = self._history.cut(first, known + 1), self._angles(first, known + 1)
        return View.with_angles(rows, first, self.frame, period_s, angles)

    def _counted(self, cycle: Cycle, stage: Stage, now: float) -> list[MotionEvent]:
        """Take a rep in, or take its new numbers over."""
        if stage is not Stage.ANNOUNCED:
            self._last_end_s = max(self._last_end_s, cycle.outline.t_end_s)
            self._usual = None
        return self._telling.count(cycle, stage, now)

    def settle(self, stop: int) -> tuple[list[MotionEvent], float | None]:
        """The last word on every rep, on one axis, and when the last of them ended (None: no reps)."""
        now = self._history.time(max(stop - 1, self._known))  # after all that has been told
        none = SetEnded(now, self.number, now, now)  # nothing in it was a rep after all
        if not self._telling.live:
            self._take_bearings()
            return [none], None
        cycles, kept = self._read_once_more(stop)
        events = self._reconciled(cycles, kept, now)
        events += self._telling.refuse_others(cycles, kept, now)
        self._take_bearings()
        if not kept:
            return [*events, none], None
        for cycle in kept:
            events += self._counted(cycle, Stage.SETTLED, now)
        ended = self._ended(cycles, kept, now)
        meant = [cycle for cycle in cycles if cycle.was_meant]
        self.settled = Settled(self.frame, self._begin, ended.t_start_s, ended.t_end_s, kept, meant)
        return [*events, ended], ended.t_end_s

    def _ended(self, cycles: list[Cycle], kept: list[Cycle], now: float) -> SetEnded:
        first_s, last_s = extent(cycles, kept)
        off_rad = self._history.cut(kept[0].low, kept[-1].peak + 1).disagreement
        x, y, z = self.frame.x.tolist()
        return SetEnded(
            now,
            self.number,
            first_s,
            last_s,
            handle=(x, y, z),
            disagreement_deg=float(np.degrees(np.median(off_rad))),
            clip=self.frame.clip,
            tilt_sure_deg=self.frame.sure_deg,
        )

    def _reconciled(self, cycles: list[Cycle], kept: list[Cycle], now: float) -> list[MotionEvent]:
        """Withdraw the live reps that are not kept, and take in those that are and were not seen."""
        events = self._telling.withdraw_others(cycles, kept, now)
        for cycle in kept:
            seen = self._telling.seen(cycle.outline)
            if seen is None or seen.stage is Stage.ANNOUNCED:
                events += self._counted(cycle, Stage.CONFIRMED, now)
        return events

    def _read_once_more(self, stop: int) -> tuple[list[Cycle], list[Cycle]]:
        """Every movement of the set on the axis that its drives give together, and those that count."""
        self.frame = refined(self._history, [live.cycle for live in self._telling.live], self.frame.handle)
        begin = self._history.row_at(self._telling.live[0].outline.t_start_s - BEFORE_SET_S)
        cycles = read(
            self._history, max(self._begin, begin), stop, self.frame, self.usual.range_deg, self._settings
        )
        kept = chain(self._history, cycles, self._settings.set_pause_s)
        last = self._last_at_its_top()
        if last and kept and was_lowered_first(self._history, kept, last, self._accelerometer, self.frame):
            return [refused(cycle, Reason.LOWERED_FIRST) for cycle in cycles], []
        return cycles, kept

    def _last_at_its_top(self) -> Cycle | None:
        """The last drive, when the weight stayed up after it; who stops there in the middle shows nothing."""
        last = self._telling.live[-1]
        stayed_s = self._history.time(self._history.end - 1) - last.outline.t_top_s
        is_up = last.stage is Stage.ANNOUNCED and stayed_s > self._settings.set_pause_s
        return last.cycle if is_up and not self._history.breaks(last.cycle.peak, self._known + 1) else None
