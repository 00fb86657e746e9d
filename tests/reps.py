"""Which of a virtual lifter's reps were counted, when links were lost meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

from tracker.coaching.results import Session
from tracker.motion.bearings import Show
from tracker.path import Path
from tracker.sensing.marks import Mark
from tracker.sensing.samples import Packet, Packets
from tracker.virtual.lifter import Performance

BRIDGED_S = 0.5
"""A shorter gap does not excuse a rep's being missed."""

SETTLES_S = 1.0
"""After a longer one the filters need so long before they see a rep again."""

MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""When receivers are said to have been made; the session tells how much later its first sample came."""


def session_of(items: Sequence[Packet | Mark], together: int = 50) -> Session:
    """Count what a receiver has handed over; how many packets go through together does not matter."""
    way = Path(started=MADE.isoformat(), show=Show.NOTHING)
    for is_packet, run in groupby(items, key=lambda item: isinstance(item, Packet) and item.link + 1):
        of_one_kind = list(run)
        if not is_packet:
            for mark in of_one_kind:
                way.receive(mark)
            continue
        for start in range(0, len(of_one_kind), together):
            way.receive(Packets.of(of_one_kind[start : start + together]))
    way.finish()
    return way.session()


def zero_s(session: Session, made_s: float = 0.0) -> float:
    """Give the lifter's time at t_s = 0, as the session tells it, when its receiver was made at `made_s`."""
    return made_s + (datetime.fromisoformat(session.started) - MADE).total_seconds()


def missed_and_invented(
    performance: Performance, session: Session, offset_s: float
) -> tuple[list[float], list[float]]:
    """Compare; the starts of reps that should have been counted and were not, and of those that were none.

    Parameters
    ----------
    performance
        What the lifter did.
    session
        What was counted.
    offset_s
        The lifter's time at t_s = 0, s.
    """
    gaps = [gap for gap in session.gaps if gap.duration_s > BRIDGED_S]
    spans = [(rep.rep.t_start_s, rep.rep.t_end_s) for work in session.sets for rep in work.reps]
    truths = [(rep.t_start_s - offset_s, rep.t_end_s - offset_s) for rep in performance.truth.reps]
    seen = [
        (start_s, end_s)
        for start_s, end_s in truths
        if not any(gap.t_start_s < end_s and start_s < gap.t_end_s + SETTLES_S for gap in gaps)
    ]
    missed = [truth[0] for truth in seen if sum(_is_same(truth, span) for span in spans) != 1]
    invented = [span[0] for span in spans if not any(_is_same(truth, span) for truth in truths)]
    return missed, invented


def _is_same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Two spans that share more than half of the shorter one."""
    shared_s = min(one[1], other[1]) - max(one[0], other[0])
    return shared_s > 0.5 * min(one[1] - one[0], other[1] - other[0])
