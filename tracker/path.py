"""The one way through the house: packets and marks in, motion and events out.

Live, replay, demo, import and batch all go through here, so a live set and its own recording give
the same motion and the same events. A block may be one packet or an hour of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tracker.coaching.declared import Overrides
from tracker.coaching.edits import Edit
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST, by_name
from tracker.coaching.results import Event, Session
from tracker.coaching.session import SessionFold
from tracker.motion.bearings import Show, joined
from tracker.motion.counting import Counting
from tracker.motion.events import Motion, MotionEvent
from tracker.sensing.clock import Released
from tracker.sensing.decoding import Decoding
from tracker.sensing.marks import Calibrated, Connected, Declared, Mark, Stopped
from tracker.sensing.samples import Gap, Packet, Packets

AT_ONCE = 512
"""Packets that go through together: what an hour decodes to would not fit into a processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What became known: rows of motion, and events in the order in which they were decided."""

    motion: Motion
    events: tuple[Event, ...]


class Path:
    """Decoder, clock, motion, judgements and cues, in that order.

    Parameters
    ----------
    overrides
        What the person says now; it beats the recording's marks.
    counted_as
        The exercise that the person said afterwards it was; it beats the marks, too.
    session_id, started
        Of the recording. The session tells when its first sample came, which is later than the
        recording's start by the search for the sensor.
    show
        What `Step` has of the rows, and when. Unless that is done as they come, it has no reps of an open
        set, and a set that rises is in `session` when it is over.

    Raises
    ------
    InputError
        If the overrides, or `counted_as`, name an exercise that is not known.
    """

    def __init__(
        self,
        overrides: Overrides | None = None,
        *,
        counted_as: str | None = None,
        session_id: str = "",
        started: str = "",
        show: Show = Show.AS_THEY_COME,
    ) -> None:
        self._overrides = overrides or Overrides()
        self._said_now = self._overrides.exercise or counted_as
        self._exercise = by_name(self._said_now or ONE_LEG_HIP_THRUST.name)
        self._decoding = Decoding()
        self._show = show
        self._counting = Counting(self._exercise.motion, show)
        self._fold = SessionFold(self._overrides, session_id, started, tell=show is Show.AS_THEY_COME)
        self._gaps: list[Gap] = []
        self._t_s = 0.0

    def receive(self, item: Packet | Packets | Mark) -> Step:
        """Take the next packet, block of packets or mark.

        Raises
        ------
        InputError
            If packets come over a link that no mark has announced, or a mark cannot be understood.
        """
        if isinstance(item, Mark):
            return self._marked(item)
        packets = Packets.of([item]) if isinstance(item, Packet) else item
        if len(packets) <= AT_ONCE:
            return self._through(self._decoding.step(packets))
        starts = range(0, len(packets), AT_ONCE)
        cuts = (packets.cut(start, start + AT_ONCE) for start in starts)
        return _together([self._through(self._decoding.step(cut)) for cut in cuts])

    def finish(self) -> Step:
        """Settle what is open: nothing more will come."""
        waiting = self._through(self._decoding.finish())
        motion, events = self._counting.finish()
        handle = self._counting.handle
        self._counting = Counting(self._exercise.motion, self._show)
        self._counting.handle = handle
        return _together([waiting, Step(motion, self._in_order(events, math.inf))])

    def session(self, edits: Sequence[Edit] = ()) -> Session:
        """Everything so far, the open set included; its start is that of t_s.

        Parameters
        ----------
        edits
            What the person said afterwards and still holds.
        """
        session = self._fold.session(edits)
        return replace(session, started=_later(session.started, self._decoding.zero_ns))

    def _marked(self, mark: Mark) -> Step:
        is_new = self._decoding.is_new(mark.link)
        step = self._through(self._decoding.step_mark(mark))
        match mark.body:
            case Connected() if is_new:
                self._counting.handle = None
            case Calibrated() as calibrated:
                self._counting.handle = calibrated.long_axis if calibrated.knows_axis else None
            case Stopped():
                step = self.finish()
            case Declared() as declared:
                step = self._declared(declared)
        self._fold.step_mark(self._t_s, mark)
        return step

    def _declared(self, declared: Declared) -> Step:
        """Another lift moves otherwise: what was counted so far is settled first."""
        if declared.exercise is None or self._said_now is not None:
            return _NOTHING
        exercise = by_name(declared.exercise)
        if exercise == self._exercise:
            return _NOTHING
        self._exercise = exercise
        return Step(_NOTHING.motion, self._in_order(self._counting.turn_to(exercise.motion), -math.inf))

    def _through(self, released: Released) -> Step:
        samples, gaps = released
        self._gaps += gaps
        if samples is None:
            return _NOTHING
        self._t_s = float(samples.t_s[-1])
        motion, events = self._counting.step(samples)
        return Step(motion, self._in_order(events, self._counting.seen_s))

    def _in_order(self, events: list[MotionEvent], seen_s: float) -> tuple[Event, ...]:
        """Tell events and gaps in order of time; a gap waits until motion has come to its end."""
        ended = [gap for gap in self._gaps if gap.t_end_s <= seen_s]
        self._gaps = self._gaps[len(ended) :]
        told: list[MotionEvent | Gap] = sorted([*ended, *events], key=_known_s)
        return tuple(out for event in told for out in self._fold.step(event))


def _together(steps: list[Step]) -> Step:
    """One step of several, in order of time."""
    if len(steps) == 1:
        return steps[0]
    return Step(
        joined([step.motion for step in steps]), tuple(told for step in steps for told in step.events)
    )


def _later(started: str, by_ns: int) -> str:
    """Move a time of day on; one that is not known stays so."""
    if not started or not by_ns:
        return started
    moment = datetime.fromisoformat(started) + timedelta(microseconds=by_ns / 1000)
    return moment.isoformat(timespec="milliseconds")


def _known_s(event: MotionEvent | Gap) -> float:
    return event.t_end_s if isinstance(event, Gap) else event.t_s


_NOTHING = Step(joined([]), ())
