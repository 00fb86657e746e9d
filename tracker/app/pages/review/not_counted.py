"""The motions of a session that were not counted: each with its reason, and the way to count it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from tracker.app.meanings import this_was_a_rep
from tracker.app.pages.review.corrections import Corrections
from tracker.app.pages.review.frame import Cell, Text, button, table
from tracker.app.wording import NOT_MEASURED, range_words
from tracker.coaching.editing import span_of
from tracker.coaching.results import Session, Set
from tracker.motion.events import RejectedMotion, Rep


def not_counted_around(session: Session, one: Set) -> tuple[RejectedMotion, ...]:
    """Give the motions that were not counted between the set before and the set after."""
    before_s = max((other.t_end_s for other in session.sets[: one.number - 1]), default=-math.inf)
    after_s = min((other.t_start_s for other in session.sets[one.number :]), default=math.inf)
    return tuple(
        motion
        for motion in session.rejected
        if motion.rep.t_start_s >= before_s and not motion.rep.t_start_s >= after_s
    )


def not_counted_table(caption: str, motions: Sequence[RejectedMotion], corrections: Corrections) -> None:
    """Draw motions that were not counted, each with its reason, and a button that makes it a rep."""
    if not motions:
        Text("p", "Nothing else was lifted and brought back.")
        return
    rows = [_motion_row(motion, corrections) for motion in motions]
    table(caption, ("at", "why", "range", "like a rep", "correct it"), rows, stacks=True)


def _motion_row(motion: RejectedMotion, corrections: Corrections) -> Sequence[Cell]:
    rep = motion.rep
    return (
        at_words(rep),
        motion.reason.value,
        range_words(rep),
        f"{100.0 * rep.confidence:.0f} %" if math.isfinite(rep.confidence) else NOT_MEASURED,
        lambda: button(
            "It was a rep",
            corrections.saying(partial(this_was_a_rep, rep)),
            name=f"the motion at {at_words(rep)} was a rep",
        ),
    )


def at_words(rep: Rep) -> str:
    """Write when a motion was, by the time that corrections name it by."""
    return f"{span_of(rep).middle_s:.1f} s"
