"""A set while it goes on: reps as they come, then the last word on all of them.

Live, a rep is measured with what is known then. When the set is over, the whole stretch is read once
more on the axis that all its drives give, and the two are reconciled: nothing changes silently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tracker.motion.bearings import Bearings
from tracker.motion.cycles import Cycles, Turn
from tracker.motion.dumbbell import Frame
from tracker.motion.events import (
    MotionEvent,
    Reason,
    Rejected,
    RejectedMotion,
    Rep,
    RepSeen,
    SetEnded,
    SetStarted,
    Stage,
)
from tracker.motion.gates import ALONE, RISE_SHARE, Cycle, Usual, judged
from tracker.motion.height import Accelerometer
from tracker.motion.history import History
from tracker.motion.measure import Outline
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
    weighed,
)
from tracker.motion.settings import LiftSettings
from tracker.motion.view import Angles, View

BEFORE_S = 1.5
"""So much before a bottom is looked at with the rep after it: the reversal lies there, s."""

BEFORE_SET_S = 12.0
"""So much before the first rep is read with the set: longer than the pause that ends a set."""

SINKING_S = 1.5
"""A weight that is lowered before its first drive, as in a squat, comes down within this time."""

LONGEST_GAP_S = 30.0
"""A set goes on across a gap up to this; beyond it nobody knows what happened meanwhile."""


@dataclass(slots=True, eq=False)
class _Live:
    """A rep as it is known now, and as the last event told it."""

    candidate: int
    stage: Stage
    cycle: Cycle
    told: Rep | None = None

    @property
    def outline(self) -> Outline:
        return self.cycle.outline

    def rep(self) -> Rep:
        """All that it measured."""
        return self.cycle.as_candidate(self.candidate)


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
        self._new_candidate = new_candidate
        self._good = [cycle for cycle in cycles if cycle.reason is None]
        self._usual: Usual | None = Usual.of(self._good)
        self._accelerometer = Accelerometer()
        learn(self._accelerometer, history, self._good)
        self._last_end_s = self._good[-1].outline.t_end_s
        self._live: list[_Live] = []
        self._refused: list[Outline] = []
        self._larger, self._reconsidered_to = 0, -1
        self._follow(self._good[-1])
        self.bearings: list[Bearings] = []

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
            known = [one.cycle for one in self._live if one.stage is not Stage.ANNOUNCED]
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
        if self._live and self._live[-1].stage is Stage.ANNOUNCED:
            last = self._live[-1].outline.t_top_s
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
        if self._larger > len(self._live):
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
        if self._seen(drive) is not None or drive.rom_deg < self._settings.full_share * self.usual.range_deg:
            return []
        now = self._history.time(self._known)
        before = self._live[-1] if self._live else None
        events = self._counted(cycle, Stage.ANNOUNCED, now)
        if before is not None and before.stage is not Stage.ANNOUNCED:
            before.cycle = before.cycle._replace(bottom_s=rested_s(self._history, before.cycle, cycle))
            before.stage = Stage.REVISED
            events = self._told(before, now) + events
        return events

    def _reached_bottom(self, turn: Turn) -> list[MotionEvent]:
        """Confirm, revise or withdraw the rep that has just come down."""
        cycle = self._measured(turn.row if turn.final else turn.known, turn.known)
        cycle = judged(cycle, self.frame, self.usual, self._settings)
        live, now = self._seen(cycle.outline), self._history.time(self._known)
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
            events = self._withdrawn(live, cycle.reason, now)
        if cycle.peak > self._reconsidered_to:
            self._larger += cycle.outline.rom_deg > LIKE[1] * self.usual.range_deg
        return events

    def _reconsidered(self, now: float) -> list[MotionEvent]:
        """More movements were far larger than the reps: those may have been partial ones."""
        self._larger, self._reconsidered_to = 0, self._known
        before = self.frame
        cycles, kept = self._read_once_more(self._known + 1) if self._live else ([], [])
        if not kept:
            self.frame = before
            return []
        events = self._reconciled(cycles, kept, now)
        self._live.sort(key=lambda live: live.outline.t_start_s)
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

    def _seen(self, outline: Outline) -> _Live | None:
        return next((live for live in reversed(self._live) if _same(live.outline, outline)), None)

    def _counted(self, cycle: Cycle, stage: Stage, now: float) -> list[MotionEvent]:
        """Take a rep in, or take its new numbers over."""
        live = self._seen(cycle.outline)
        if live is None:
            live = _Live(self._new_candidate(), stage, cycle)
            self._live.append(live)
        live.stage, live.cycle = stage, cycle
        if stage is not Stage.ANNOUNCED:
            self._last_end_s = max(self._last_end_s, cycle.outline.t_end_s)
            self._usual = None
        return self._told(live, now)

    def _told(self, live: _Live, now: float) -> list[MotionEvent]:
        """Tell a rep, unless it is revised and reads as before, or is open and nobody looks."""
        if not (self._tells or live.stage is Stage.SETTLED):
            return []
        before, live.told = live.told, live.rep()
        if live.stage is Stage.REVISED and live.told == before:
            return []
        return [RepSeen(now, live.stage, self.number, live.told)]

    def _withdrawn(self, live: _Live, reason: Reason, now: float) -> list[MotionEvent]:
        self._live.remove(live)
        self._refused.append(live.outline)
        rep = live.rep()
        refused = Rejected(now, RejectedMotion(reason, rep))
        return [RepSeen(now, Stage.WITHDRAWN, self.number, rep), refused] if self._tells else [refused]

    def settle(self, stop: int) -> tuple[list[MotionEvent], float | None]:
        """The last word on every rep, on one axis, and when the last of them ended (None: no reps)."""
        now = self._history.time(max(stop - 1, self._known))  # after all that has been told
        none = SetEnded(now, self.number, now, now)  # nothing in it was a rep after all
        if not self._live:
            self._take_bearings()
            return [none], None
        cycles, kept = self._read_once_more(stop)
        events = self._reconciled(cycles, kept, now)
        events += self._others(cycles, [cycle.outline for cycle in kept], now)
        self._take_bearings()
        if not kept:
            return [*events, none], None
        for cycle in kept:
            events += self._counted(cycle, Stage.SETTLED, now)
        ended = self._ended(cycles, kept, now)
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
        events: list[MotionEvent] = []
        for live in list(self._live):
            if not any(_same(live.outline, cycle.outline) for cycle in kept):
                reason, confidence = _why_not(live.outline, cycles)
                live.cycle = live.cycle._replace(confidence=confidence)
                events += self._withdrawn(live, reason, now)
        for cycle in kept:
            seen = self._seen(cycle.outline)
            if seen is None or seen.stage is Stage.ANNOUNCED:
                events += self._counted(cycle, Stage.CONFIRMED, now)
        return events

    def _read_once_more(self, stop: int) -> tuple[list[Cycle], list[Cycle]]:
        """Every movement of the set on the axis that its drives give together, and those that count."""
        self.frame = refined(self._history, [live.cycle for live in self._live], self.frame.handle)
        begin = self._history.row_at(self._live[0].outline.t_start_s - BEFORE_SET_S)
        cycles = read(
            self._history, max(self._begin, begin), stop, self.frame, self.usual.range_deg, self._settings
        )
        kept = chain(self._history, cycles, self._settings.set_pause_s)
        if kept and self._began_from_the_top(kept):
            return [_refused(cycle, Reason.LOWERED_FIRST) for cycle in cycles], []
        return cycles, kept

    def _began_from_the_top(self, kept: list[Cycle]) -> bool:
        """Whether it was lowered before the first drive and stayed up after the last, as in a squat."""
        least_m = RISE_SHARE * Usual.of(kept).travel_m
        last = self._live[-1]
        if last.stage is not Stage.ANNOUNCED or self._history.breaks(last.cycle.peak, self._known + 1):
            return False
        low, peak = last.cycle.low, last.cycle.peak
        view = View.of(self._history.cut(low, peak + 1), low, self.frame, self._history.period_s)
        if not weighed(last.cycle, view, self._accelerometer).climb.height_m >= least_m:
            return False
        bottom = kept[0].still.before
        first = max(self._history.start, bottom - round(SINKING_S / self._history.period_s))
        rows = self._history.cut(first, bottom + 1)
        return self._accelerometer.above_m(rows, bottom - first) >= least_m

    def _others(self, cycles: list[Cycle], kept: list[Outline], now: float) -> list[MotionEvent]:
        """What was looked at and not counted, unless it has been said already."""
        said = [*kept, *self._refused]
        rest = [c for c in cycles if not any(_same(c.outline, outline) for outline in said)]
        rest = [_refused(cycle, Reason.ALONE) for cycle in rest]
        return [
            Rejected(now, RejectedMotion(c.reason or Reason.ALONE, c.as_candidate(self._new_candidate())))
            for c in rest
        ]


def _same(one: Outline, two: Outline) -> bool:
    """Whether two outlines are of one rep: their drives overlap."""
    return one.t_start_s < two.t_top_s and two.t_start_s < one.t_top_s


def _refused(cycle: Cycle, reason: Reason) -> Cycle:
    """A movement that passed its gates, and does not count all the same."""
    return cycle._replace(reason=reason, confidence=ALONE) if cycle.reason is None else cycle


def _why_not(outline: Outline, cycles: list[Cycle]) -> tuple[Reason, float]:
    """Why a rep that was shown did not stay one, and how sure it still looks."""
    for cycle in cycles:
        if _same(cycle.outline, outline) and cycle.reason is not None:
            return cycle.reason, cycle.confidence
    return Reason.ALONE, ALONE
