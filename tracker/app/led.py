"""What the flow says, in words: the same on the panel and in plain lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from tracker.app.flow import Flow
from tracker.app.under_way import FlowStage
from tracker.app.wording import advice_words, joined, load_words
from tracker.coaching.plan import Next
from tracker.sensing.marks import Side


@dataclass(frozen=True, slots=True)
class Led:
    """What the panel says beside the reps; empty words are not shown.

    Attributes
    ----------
    checklist
        Before the first set.
    now
        What to do now, or why this side is next.
    warning
        The side that is left out.
    rest, next, load
        How long the rest lasts, what comes after it, and whether that side's load may go up.
    """

    checklist: tuple[str, ...] = ()
    now: str = ""
    warning: str = ""
    rest: str = ""
    next: str = ""
    load: str = ""

    @classmethod
    def by(cls, flow: Flow) -> Self:
        """Put a flow into words."""
        if flow.stage is not FlowStage.REST:
            ready = "ready: " if flow.stage is FlowStage.READY else ""
            return cls(flow.checklist, ready + flow.still_words, flow.warning)
        gate = flow.next.gate
        return cls(
            now=flow.heavy_words or flow.next.why,
            warning=flow.warning,
            rest=rest_words(flow),
            next=next_words(flow.next),
            load=advice_words(gate),
        )


def rest_words(flow: Flow) -> str:
    """Say how long the rest lasts and how long it is to be; empty outside of one."""
    rested_s, target_s = flow.rested_s(flow.now_s), flow.rest_target_s
    return "" if rested_s is None or target_s is None else f"{int(rested_s)} of {target_s:.0f} s"


def next_words(proposal: Next) -> str:
    """Say side, weight and target; empty where nothing is proposed.

    Examples
    --------
    >>> from tracker.coaching.plan import next_of
    >>> from tracker.sensing.marks import Declared
    >>> next_words(next_of((), Declared(Side.LEFT, 20.0, target_reps=8)))
    'left, 20 kg, target 8'
    """
    if proposal.side is Side.UNKNOWN:
        return ""
    target = f"target {proposal.target_reps}" if proposal.target_reps else ""
    return joined(proposal.side.value, load_words(proposal.load_kg), target)


def led_lines(before: Flow, now: Flow) -> Iterator[str]:
    """Say what is new between two items, one line each."""
    if now.checklist and before.stage is FlowStage.WAITING and now.stage is not FlowStage.WAITING:
        yield f"check: {'; '.join(now.checklist)}"
    if now.stage is FlowStage.REST and (before.stage is not now.stage or before.next != now.next):
        words = next_words(now.next)
        yield f"rest {now.next.rest_s:.0f} s; " + (f"next {words}: {now.next.why}" if words else now.next.why)
    if now.warning and now.warning != before.warning:
        yield f"note: {now.warning}"
