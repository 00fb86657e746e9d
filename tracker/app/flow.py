"""A live session by itself: set up, hold still, set, rest, the other side, until it is stopped.

Nobody taps between lying down and putting the weight away: a set begins with its first reps and is over
when they stay away, and the side, the weight and the target of the next one are declared by the flow.
What the person says beats that, for the next set. Time comes from the samples alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tracker.app.said import Said
from tracker.app.screen import Item
from tracker.app.still_check import StillCheck
from tracker.app.under_way import BEFORE_THE_FIRST_SET, FlowStage, UnderWay
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST, by_name
from tracker.coaching.plan import NO_WISHES, NOTHING_SAID, Next, Wishes, next_of
from tracker.coaching.results import Event, RepEvent, Set, SetEvent
from tracker.path import Step
from tracker.sensing.marks import Calibrated, Connected, Declared, Disconnected, Mark, MarkBody, Stopped

NOTHING_DECLARED, NOTHING_SEEN, NOTHING_PLANNED = Said(), StillCheck(), next_of((), NOTHING_SAID)


@dataclass(frozen=True, slots=True)
class Flow:
    """Where the session is and what comes next.

    Attributes
    ----------
    wishes
        How the person wants to be led.
    stage
        Where the session is.
    next
        The set that comes next; while one is on, what that one was to be.
    declare
        What has to be declared now, once: it is None again with the next item.
    now_s
        Time of the last sample, s on t_s.
    rest_since_s
        When the last set ended: its last bottom; None before.
    still
        What is seen of the weight outside of a set.
    sets
        Those that are over.
    said
        What was declared, and by whom.
    under_way
        The set that is on; None outside of one.
    is_calibrated
        Whether this link's sensor knows its handle.
    """

    wishes: Wishes = NO_WISHES
    stage: FlowStage = FlowStage.WAITING
    next: Next = NOTHING_PLANNED
    declare: Declared | None = None
    now_s: float = 0.0
    rest_since_s: float | None = None
    still: StillCheck = NOTHING_SEEN
    sets: tuple[Set, ...] = ()
    said: Said = NOTHING_DECLARED
    under_way: UnderWay | None = None
    is_calibrated: bool = False

    @property
    def checklist(self) -> tuple[str, ...]:
        """What the sensor cannot see, before the first set."""
        is_before = self.stage in BEFORE_THE_FIRST_SET
        return by_name(self._exercise).checklist if is_before else ()

    @property
    def warning(self) -> str:
        """The side that is left out, in words; empty when none is."""
        return self.next.warning

    @property
    def still_words(self) -> str:
        """What is seen of the weight before and between sets; empty where it does not matter."""
        if self.stage in (FlowStage.WAITING, FlowStage.SET, FlowStage.OVER):
            return ""
        return "; ".join(words for words in (self.still.words, self.heavy_words) if words)

    @property
    def heavy_words(self) -> str:
        """The end that hangs low, in words; absolute tilt is worth a word where it is calibrated."""
        return self.still.heavy_words if self.is_calibrated else ""

    @property
    def rest_target_s(self) -> float | None:
        """How long the rest is to be, s; None outside of one."""
        return self.next.rest_s if self.stage is FlowStage.REST else None

    def rested_s(self, now_s: float) -> float | None:
        """How long the rest lasts at a time, s; None outside of one."""
        if self.stage is not FlowStage.REST or self.rest_since_s is None:
            return None
        return max(0.0, now_s - self.rest_since_s)

    @property
    def _exercise(self) -> str:
        return self.said.holds.exercise or ONE_LEG_HIP_THRUST.name

    def following(self, *more: Set) -> Next:
        """What follows the sets that are over, and these, of the same athlete and exercise."""
        athlete, exercise = self.said.holds.athlete or "", self._exercise
        own = [one for one in (*self.sets, *more) if (one.athlete, one.exercise) == (athlete, exercise)]
        return next_of(own, self.said.person, self.wishes, self.said.corrected)


def flow_of(wishes: Wishes = NO_WISHES) -> Flow:
    """Begin a session."""
    return replace(Flow(wishes), next=Flow(wishes).following())


def after_interruption(flow: Flow) -> Flow:
    """Return the flow for a run that goes on: what was asked for and is not recorded is asked for anew."""
    under_way = flow.under_way and replace(flow.under_way, was_asked=False)
    return replace(flow, said=replace(flow.said, unheard=()), under_way=under_way)


def step(flow: Flow, item: Item | None, made: Step) -> Flow:
    """Return the flow after one item of the session and what the path made of it; None ends it."""
    flow = _moved(replace(flow, declare=None), made)
    for event in made.events:
        flow = _after_event(flow, event)
    if item is None:
        flow = replace(flow, stage=FlowStage.OVER)
    elif isinstance(item, Mark):
        flow = _after_mark(flow, item.body)
    return _asking(_checked(flow))


def _moved(flow: Flow, made: Step) -> Flow:
    if not len(made.motion):
        return flow
    now_s = made.motion.t_s.item(-1)
    if flow.stage is FlowStage.SET:
        return replace(flow, now_s=now_s)
    return replace(flow, now_s=now_s, still=flow.still.after(made.motion))


def _checked(flow: Flow) -> Flow:
    """Go through the stages before the first set, as the weight is handled; none of them holds it up."""
    if flow.stage not in BEFORE_THE_FIRST_SET[1:]:
        return flow
    stage = flow.stage
    if flow.still.lies:
        stage = FlowStage.SET_UP
    elif flow.still.is_held_still:
        stage = FlowStage.READY
    elif flow.stage is FlowStage.SET_UP and flow.still.was_moved:
        stage = FlowStage.STILL
    return flow if stage is flow.stage else replace(flow, stage=stage)


def _after_mark(flow: Flow, body: MarkBody) -> Flow:
    match body:
        case Connected():
            return replace(_linked(flow, FlowStage.SET_UP), is_calibrated=False)
        case Disconnected():
            return _linked(flow, FlowStage.WAITING)
        case Calibrated():
            return replace(flow, is_calibrated=body.knows_axis)
        case Declared():
            return _planned(replace(flow, said=flow.said.hear(body, flow.now_s)))
        case Stopped():
            return replace(flow, stage=FlowStage.OVER)
        case _:
            return flow


def _linked(flow: Flow, stage: FlowStage) -> Flow:
    """Before the first set the stage comes and goes with the link; a set or a rest goes on without it."""
    return replace(flow, stage=stage) if flow.stage in BEFORE_THE_FIRST_SET else flow


def _after_event(flow: Flow, event: Event) -> Flow:
    match event:
        case SetEvent(ended=False, set=known):
            under_way = UnderWay(known, flow.stage)
            said = flow.said.begin_set(known.t_start_s)
            return replace(flow, stage=FlowStage.SET, under_way=under_way, said=said, still=NOTHING_SEEN)
        case SetEvent(set=done):
            return _set_over(flow, done)
        case RepEvent() if flow.under_way is not None:
            under_way = flow.under_way.after(event)
            stage = FlowStage.SET if under_way.reps else under_way.came_from
            return replace(flow, stage=stage, under_way=under_way)
        case _:
            return flow


def _set_over(flow: Flow, done: Set) -> Flow:
    """Rest; or go back to what was before, when the set was none."""
    if not done.reps:
        stage = flow.under_way.came_from if flow.under_way else flow.stage
        return _planned(replace(flow, stage=stage, under_way=None, said=flow.said.give_back()))
    return _planned(
        replace(
            flow,
            stage=FlowStage.REST,
            sets=(*flow.sets, done),
            under_way=None,
            rest_since_s=done.t_end_s,
        )
    )


def _planned(flow: Flow) -> Flow:
    """Propose anew; what a set was to be does not change while it is on."""
    return flow if flow.under_way is not None else replace(flow, next=flow.following())


def _asking(flow: Flow) -> Flow:
    """Ask for what has to be declared so that what comes next holds."""
    if flow.stage is FlowStage.OVER:
        return flow
    under_way = flow.under_way
    if under_way is None:
        said, missing = flow.said.ask(flow.next, with_target=True)
    elif under_way.looks_over(flow.now_s):
        flow = replace(flow, under_way=replace(under_way, was_asked=True))
        said, missing = flow.said.ask(flow.following(under_way.so_far()), with_target=False)
    else:
        return flow
    return flow if missing is None else replace(flow, said=said, declare=missing)
