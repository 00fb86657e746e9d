"""A set of a lift that nobody has described: found, followed and settled by its reps being alike.

The counterpart of search.py and open_set.py for lifts that may start either way, turn any way or
hardly at all. What repeats is looked at every few seconds, at rows that do not depend on how the
stream is cut; when the set is over the whole of it is read once more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tracker.motion.bearings import Bearings
from tracker.motion.dumbbell import Frame
from tracker.motion.events import (
    Channel,
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
from tracker.motion.gates import ALONE
from tracker.motion.height import Accelerometer, standstills
from tracker.motion.history import History
from tracker.motion.likeness import ALIKE, TEMPO, Likeness, Repeat
from tracker.motion.measure import measured, outlined
from tracker.motion.orientation import Oriented
from tracker.motion.phases import EARLY, LATE, Borders
from tracker.motion.settings import LiftSettings
from tracker.motion.view import View
from tracker.sensing.samples import Floats

LOOK_S = 2.0
"""How often is looked: about once a rep."""

BEFORE_SET_S = 12.0
"""So much before the first rep is read with the set: one more rep, the slowest, and a breath."""

AROUND_S = 1.5
"""So much before the first rep is looked at to measure it: the reversal and a standstill lie there, s."""


class RepeatSearch:
    """Look for a run of like cycles; state: what is alike so far, and the row of the next look."""

    def __init__(self, first: int, settings: LiftSettings) -> None:
        self._first = self._row = first
        self._settings = settings
        self._known: Likeness | None = None

    def next(self, history: History) -> RunFound | None:
        """The first run of like cycles, or None when all rows are read."""
        step = max(1, round(LOOK_S / history.period_s))
        while self._row + step <= history.end:
            self._row += step
            found = self._likeness(history).read(history, self._row)
            if found:
                return RunFound(found, self._likeness(history), self._row)
        return None

    def last(self, history: History) -> RunFound | None:
        """What can be found when nothing comes after."""
        if history.end <= self._first:
            return None
        likeness = self._likeness(history)
        found = likeness.read(history, history.end, whole=True)
        return RunFound(found, likeness, history.end) if found else None

    def _likeness(self, history: History) -> Likeness:
        if self._known is None:
            self._known = Likeness(self._first, self._settings, history.period_s)
        return self._known


@dataclass(frozen=True, slots=True, eq=False)
class RunFound:
    """A run of like cycles, what found it, and the row at which it was looked for."""

    cycles: list[Repeat]
    likeness: Likeness
    row: int


class RepeatedSet:
    """One set from its discovery to its settlement; see `OpenSet`, which it stands in for.

    Attributes
    ----------
    number
        Of the set.
    over
        Row at which it was over; None while it goes on.
    bearings
        How rows are shown; whoever shows them takes these away.
    settled
        None: nobody has said which way such a lift goes out, so its rows have no sure angles.
    """

    settled: None = None

    def __init__(
        self,
        history: History,
        number: int,
        found: RunFound,
        floor: int,
        settings: LiftSettings,
        new_candidate: Callable[[], int],
    ) -> None:
        self.number = number
        self.over: int | None = None
        self.bearings: list[Bearings] = []
        self._history = history
        self._found = found
        self._row = found.row
        self._floor = floor
        self._settings = settings
        self._new_candidate = new_candidate
        self._live: list[Rep] = []

    def begin(self) -> list[MotionEvent]:
        """The first events: the set is on, and these reps are in it."""
        now = self._history.time(self._row - 1)
        reps = self._confirmed(self._found.cycles, now)
        return [SetStarted(now, self.number, self._live[0].t_start_s), *reps]

    def advance(self) -> list[MotionEvent]:
        """Go on to the last row there is, or to the end of the set."""
        events: list[MotionEvent] = []
        step = max(1, round(LOOK_S / self._history.period_s))
        while self.over is None and self._row + step <= self._history.end:
            self._row += step
            likeness = self._found.likeness
            cycles = likeness.read(self._history, self._row)
            if self._history.time(cycles[0].start) > self._live[-1].t_end_s + self._settings.set_pause_s:
                self.over = cycles[0].start  # a longer set has begun meanwhile
                break
            events += self._confirmed(cycles, self._history.time(self._row - 1))
            if self._is_over(cycles[-1], likeness.known):
                self.over = self._row
        return events

    def _is_over(self, last: Repeat, known: int) -> bool:
        """Whether a rep like the last one, after the longest pause, would have been seen."""
        time = self._history.time
        one_more_s = TEMPO * (time(last.stop) - time(last.start))
        return time(known) > time(last.stop) + self._settings.set_pause_s + one_more_s

    def _confirmed(self, cycles: list[Repeat], now: float) -> list[MotionEvent]:
        """Take in the cycles that have not been seen."""
        last_s = self._live[-1].t_end_s if self._live else -np.inf
        time = self._history.time
        new = [one for one in cycles if 0.5 * (time(one.start) + time(one.stop)) > last_s]
        if not new:
            return []
        frame, reps = measured_repeats(self._history, new)
        self._take_bearings(frame, reps, new[-1].stop)
        fresh = [replace(rep, candidate=self._new_candidate()) for rep in reps]
        self._live += fresh
        return [RepSeen(now, Stage.CONFIRMED, self.number, rep) for rep in fresh]

    def _take_bearings(self, frame: Frame, reps: list[Rep], bottom: int) -> None:
        range_deg = np.nan if self.over is not None else float(np.median([rep.rom_deg for rep in reps]))
        self.bearings.append(Bearings.at(self._history, bottom, self._row, frame, range_deg))

    def settle(self, stop: int) -> tuple[list[MotionEvent], float | None]:
        """The last word on every rep, and when the last of them ended (None: no reps)."""
        now, self._row, self.over = self._history.time(stop - 1), stop, stop
        begin = max(self._floor, self._history.row_at(self._live[0].t_start_s - BEFORE_SET_S))
        cycles = Likeness(begin, self._settings, self._history.period_s).read(self._history, stop, whole=True)
        if not cycles:
            return [*self._withdrawn(self._live, now), SetEnded(now, self.number, now, now)], None
        frame, reps = measured_repeats(self._history, cycles)
        self._take_bearings(frame, reps, cycles[-1].stop)
        kept, events = self._as_seen(reps, now)
        gone = [rep for rep in self._live if rep.candidate not in {one.candidate for one in kept}]
        events = self._withdrawn(gone, now) + events
        events += [RepSeen(now, Stage.SETTLED, self.number, rep) for rep in kept]
        last_end_s = kept[-1].t_end_s
        return [*events, SetEnded(now, self.number, kept[0].t_start_s, last_end_s)], last_end_s

    def _as_seen(self, reps: list[Rep], now: float) -> tuple[list[Rep], list[MotionEvent]]:
        """Give each rep the number under which it was seen; one that was not is told."""
        free = list(self._live)
        kept: list[Rep] = []
        events: list[MotionEvent] = []
        for rep in reps:
            live = next((one for one in free if _same(one, rep)), None)
            if live is None:
                kept.append(replace(rep, candidate=self._new_candidate()))
                events.append(RepSeen(now, Stage.CONFIRMED, self.number, kept[-1]))
            else:
                free.remove(live)
                kept.append(replace(rep, candidate=live.candidate))
        return kept, events

    def _withdrawn(self, reps: list[Rep], now: float) -> list[MotionEvent]:
        events: list[MotionEvent] = []
        for rep in [replace(rep, confidence=ALONE) for rep in reps]:
            events += [
                RepSeen(now, Stage.WITHDRAWN, self.number, rep),
                Rejected(now, RejectedMotion(Reason.ALONE, rep)),
            ]
        return events


def _same(one: Rep, two: Rep) -> bool:
    """Whether two measurements are of one rep: the middle of each lies in the other."""
    return one.t_start_s < two.t_top_s < one.t_end_s or two.t_start_s < one.t_top_s < two.t_end_s


def measured_repeats(history: History, cycles: list[Repeat]) -> tuple[Frame, list[Rep]]:
    """Measure cycles on the axis that their ways out give together."""
    paths = [_path(history.cut(one.start, one.stop + 1)) for one in cycles]
    peaks = [one.start + int(path.argmax()) for one, (path, _) in zip(cycles, paths, strict=True)]
    tops = [history.cut(row, row + 1) for row in peaks]
    lows = [history.cut(one.start, one.start + 1) for one in cycles]
    drives = np.array([(top.turned - low.turned)[:, 0] for top, low in zip(tops, lows, strict=True)])
    frame = Frame.of(drives, np.array([top.up[:, 0] for top in tops]))
    first = max(history.start, cycles[0].start - round(AROUND_S / history.period_s))
    view = View.of(history.cut(first, cycles[-1].stop + 1), first, frame, history.period_s)
    reps = []
    for one, (path, turns) in zip(cycles, paths, strict=True):
        rep = _measured_with_height(view, _borders(path, one.start - first))
        strain = (1 - one.agreement) / (1 - ALIKE)
        carried = Channel.LIFT if turns else Channel.HEIGHT
        confidence = 1 - strain**2 / 2 if strain <= 1 else 0.5 / strain**2
        reps.append(replace(rep, rom_deg=abs(rep.rom_deg), carried_by=carried, confidence=confidence))
    return frame, reps


def _measured_with_height(view: View, b: Borders) -> Rep:
    still, first = standstills(view, b), view.first
    climb = Accelerometer().climb(view.rows, still.before - first, still.top - first)
    # which way such a lift goes out, nobody has said
    rep = measured(outlined(view, b))
    velocity_m_s = climb.velocity_m_s(rep.t_top_s - rep.t_start_s)
    return replace(rep, travel_m=abs(climb.height_m), mean_velocity_m_s=abs(velocity_m_s))


def _path(rows: Oriented) -> tuple[Floats, bool]:
    """How far out a cycle is at each row, rad and m, and whether turning makes most of that."""
    share = np.linspace(0.0, 1.0, len(rows))
    away = rows.up - (rows.up[:, :1] + (rows.up[:, -1:] - rows.up[:, :1]) * share)
    turned = away[0] * away[0] + away[1] * away[1] + away[2] * away[2]
    since_s = rows.t_s - rows.t_s[0]
    height = rows.height - rows.height[0] - rows.velocity[0] * since_s
    drift = 0.5 * (rows.velocity[-1] - rows.velocity[0]) * since_s * share
    height = np.nan_to_num(height - drift)
    height = height - height[-1] * share
    risen = height * height
    return np.asarray(np.sqrt(turned + risen)), bool(turned.max() >= risen.max())


def _borders(path: Floats, low: int) -> Borders:
    """Where the way out and the way back of a cycle begin and end; it begins at row `low` of a view."""
    last = len(path) - 1
    peak = min(max(1, int(path.argmax())), last - 1)
    far = np.flatnonzero(path >= LATE * path[peak])
    near = path <= EARLY * path[peak]
    top, leave = min(int(far[0]), peak), max(int(far[-1]), peak)
    start = int(np.flatnonzero(near[:top])[-1]) if near[:top].any() else 0
    end = leave + int(near[leave:].argmax()) if near[leave:].any() else last
    return Borders(
        low, low + start, low + top, low + peak, low + leave, low + max(end, leave + 1), low + last
    )
