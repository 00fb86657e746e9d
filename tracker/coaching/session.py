"""The fold: motion events, marks and gaps go in one by one, judged sets and events come out.

What the person says afterwards enters here, too, when the session is summed up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tracker.coaching.declared import Declarations, Overrides
from tracker.coaching.editing import edited
from tracker.coaching.edits import Edit, Noted, Tagged, note_of, tags_of
from tracker.coaching.results import (
    Event,
    GapEvent,
    JudgedRep,
    RejectedEvent,
    RepEvent,
    Session,
    Set,
    SetEvent,
)
from tracker.coaching.sets import SetSoFar, Surroundings, last_known_s, set_of
from tracker.coaching.summing import sum_up
from tracker.coaching.works import Counted, Work
from tracker.motion.events import (
    MotionEvent,
    Rejected,
    RejectedMotion,
    RepSeen,
    SetEnded,
    SetStarted,
    Stage,
)
from tracker.sensing.marks import Declared, Mark, Side
from tracker.sensing.samples import Gap

AS_MARKED = Overrides()
"""Nothing is said now; the recording's marks hold."""


class SessionFold:
    """Everything one recording says, as of the last event.

    Parameters
    ----------
    overrides
        What the person says now; it beats the recording's marks.
    session_id, started
        Of the recording; they pass through to `Session`.
    tell
        False when only `session` matters: what becomes known of reps that may still change is not told.

    Raises
    ------
    InputError
        If the overrides name an exercise that is not known.

    Notes
    -----
    A rep of an open set is told again, as revised, when its number, its set, a verdict or a cue has
    changed. Its decimals follow the set's reference quietly: `session` has them at any time, and
    the settled events at the end.
    """

    def __init__(
        self,
        overrides: Overrides = AS_MARKED,
        session_id: str = "",
        started: str = "",
        *,
        tell: bool = True,
    ) -> None:
        self._tells = tell
        self._session_id = session_id
        self._started = started
        self._declarations = Declarations(overrides)
        self._open: dict[int, SetSoFar] = {}  # by motion's number of the set
        self._done: dict[int, Work] = {}
        self._told: dict[int, RepEvent] = {}  # by candidate, of the open sets
        self._rejected: list[RejectedMotion] = []
        self._gaps: list[Gap] = []

    def step_mark(self, t_s: float, mark: Mark) -> None:
        """Take in a mark that came at `t_s`; what it declares holds for sets that start after it.

        Raises
        ------
        InputError
            If it names an exercise that is not known, or a tempo that is none.
        """
        if isinstance(mark.body, Declared):
            self._declarations.add(t_s, mark.body)

    def step(self, event: MotionEvent | Gap) -> tuple[Event, ...]:
        """Take in one event; return what has become known by it."""
        match event:
            case RepSeen():
                return tuple(self._see_rep(event))
            case SetStarted():
                return self._start_set(event)
            case SetEnded():
                return tuple(self._end_set(event))
            case Rejected():
                self._rejected.append(event.motion)
                return (RejectedEvent(event.t_s, event.motion),)
            case Gap():
                self._gaps.append(event)
                return (GapEvent(event.t_end_s, event),)

    def session(self, edits: Sequence[Edit] = ()) -> Session:
        """Sum up everything so far, the open set included.

        Parameters
        ----------
        edits
            What the person said afterwards and still holds; what follows from it is derived anew.

        Raises
        ------
        InputError
            If an edit names an exercise that is not known, or a tempo that is none.
        """
        still_open = {
            key: Work(so_far, so_far.t_start_s, so_far.t_end_s) for key, so_far in self._open.items()
        }
        in_order = [work for _, work in sorted((self._done | still_open).items())]
        corrections = [edit for edit in edits if not isinstance(edit, Tagged | Noted)]
        counted, warnings = edited(Counted(in_order, self._rejected, self._gaps), corrections)
        session = sum_up(counted, self._declarations, self._session_id, self._started)
        return replace(
            session,
            warnings=(*warnings, *session.warnings),
            edits=len(corrections) - len(warnings),
            tags=tags_of(edits),
            note=note_of(edits),
        )

    def _see_rep(self, seen: RepSeen) -> Iterator[RepEvent]:
        candidate = seen.rep.candidate
        if seen.set in self._done:
            return
        if seen.stage is Stage.WITHDRAWN:
            self._take_out(candidate, self._open)
            if candidate in self._told:
                yield replace(self._told.pop(candidate), t_s=seen.t_s, stage=Stage.WITHDRAWN)
        else:
            self._take_out(candidate, [key for key in self._open if key != seen.set])
            self._open.setdefault(seen.set, SetSoFar()).put(seen.rep)
        if self._tells and seen.stage is not Stage.SETTLED:  # those are told together, when the set ends
            yield from self._tell(seen)

    def _take_out(self, candidate: int, keys: Iterable[int]) -> None:
        """Forget a rep: it was none, or it belongs to another set than thought when announced."""
        for key in list(keys):
            self._open[key].drop(candidate)
            if not self._open[key].reps:
                del self._open[key]

    def _tell(self, seen: RepSeen) -> Iterator[RepEvent]:
        """Tell the rep that was seen, and every other one that reads differently because of it."""
        for key, so_far in self._open.items():
            number = self._number(key)
            terms = self._declarations.at(so_far.t_start_s, number)
            for rep in so_far.judged(terms):
                candidate = rep.rep.candidate
                told, seen_now = self._told.get(candidate), candidate == seen.rep.candidate
                if seen_now or told is None or not _reads_the_same(told, number, terms.side, rep):
                    stage = seen.stage if seen_now else Stage.REVISED
                    self._told[candidate] = RepEvent(seen.t_s, stage, number, terms.side, rep)
                    yield self._told[candidate]

    def _start_set(self, started: SetStarted) -> tuple[SetEvent]:
        so_far = self._open.get(started.set, SetSoFar())
        known = self._set_of(started.set, so_far, started.t_start_s, so_far.t_end_s)
        return (SetEvent(started.t_s, False, known),)

    def _end_set(self, ended: SetEnded) -> Iterator[Event]:
        so_far = self._open.pop(ended.set, SetSoFar())
        tops_s = [rep.t_top_s for rep in so_far.reps]
        self._rejected = [motion for motion in self._rejected if not _holds_one(motion, tops_s)]
        done = self._set_of(ended.set, so_far, ended.t_start_s, ended.t_end_s)
        if done.reps:  # a set of none is told, and forgotten
            self._done[ended.set] = Work(so_far, ended.t_start_s, ended.t_end_s, ended)
        for rep in done.reps:
            self._told.pop(rep.rep.candidate, None)
            yield RepEvent(ended.t_s, Stage.SETTLED, done.number, done.side, rep)
        yield SetEvent(ended.t_s, True, done)

    def _set_of(self, key: int, so_far: SetSoFar, t_start_s: float, t_end_s: float) -> Set:
        number = self._number(key)
        around = Surroundings(
            number=number,
            terms=self._declarations.at(t_start_s, number),
            t_before_s=self._end_before_s(key),
            rejected=self._rejected,
            gaps=self._gaps,
        )
        return set_of(so_far, t_start_s, t_end_s, around)

    def _number(self, key: int) -> int:
        """Place of a set in the session, from 1: sets that vanished are not counted."""
        return 1 + sum(other < key for other in (*self._done, *self._open))

    def _end_before_s(self, key: int) -> float:
        before = max((other for other in self._done if other < key), default=None)
        return math.nan if before is None else self._done[before].t_end_s


def _holds_one(motion: RejectedMotion, tops_s: Sequence[float]) -> bool:
    """Whether a motion was rejected while the set went on and is one of its reps after all."""
    return any(motion.rep.t_start_s < top_s <= last_known_s(motion.rep) for top_s in tops_s)


def _reads_the_same(told: RepEvent, number: int, side: Side, rep: JudgedRep) -> bool:
    """Whether place, verdicts and cues are those that were told last."""
    was, now = told.rep.judgement, rep.judgement
    if told.rep is rep and told.set == number and told.side is side:
        return True
    same_place = told.set == number and told.side is side and told.rep.number == rep.number
    same_words = was.lockout is now.lockout and was.overarch is now.overarch and was.clean is now.clean
    return same_place and same_words and told.rep.cues == rep.cues
