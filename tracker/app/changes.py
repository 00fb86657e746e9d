"""What a correction has changed, in words: before and after, side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tracker.app.wording import joined, load_words
from tracker.coaching.exercises import title_of
from tracker.coaching.group import Group
from tracker.coaching.names import LEG_NAMES
from tracker.coaching.progression import gate_words
from tracker.coaching.results import Session, Set
from tracker.sensing.marks import Side

NOT_SAID, NOT_JUDGED, NOT_KNOWN = "not said", "not judged", "not known"
"""Instead of a figure; the dash of the tables would stand before an arrow like a minus."""

NOTHING_CHANGED = "no figure of a side changes"


def change_words(before: Session, after: Session) -> Iterator[str]:
    """Say for each side which of its figures have changed, in a line; in one when nothing has.

    Parameters
    ----------
    before, after
        The session without and with a correction.
    """
    said = before.tags != after.tags or before.note != after.note
    if before.tags != after.tags:
        yield f"tags: {', '.join(after.tags) or 'none'}"
    if before.note != after.note:
        yield f"note: {after.note or 'none'}"
    for side in Side:
        was, now = _figures(before, side), _figures(after, side)
        known = [name for name in was if name in now]  # of a side without sets there is little to say
        changed = [f"{name} {was[name]} -> {now[name]}" for name in known if was[name] != now[name]]
        if changed:
            said = True
            yield f"{LEG_NAMES[side]}: {', '.join(changed)}"
    yield from _taken_over(before, after)
    if not said:
        yield NOTHING_CHANGED


def _taken_over(before: Session, after: Session) -> Iterator[str]:
    """Say what holds for a set that was several of which something else was said."""
    for one in after.sets:
        within = [was for was in before.sets if one.t_start_s <= was.t_start_s <= one.t_end_s]
        if len({_said(was) for was in within}) > 1:
            yield f"all of set {one.number} counts as: {_said(one)}"


def _said(one: Set) -> str:
    return joined(LEG_NAMES[one.side], load_words(one.load_kg), one.athlete, title_of(one.exercise))


def _figures(session: Session, side: Side) -> dict[str, str]:
    group = Group(session, tuple(one for one in session.sets if one.side is side))
    counts = {"sets": str(len(group.sets)), "reps": str(len(group.reps))}
    if not group.sets:
        return counts
    return counts | {
        "clean": _count(group.clean),
        "attempts": str(group.attempts),
        "lockout rate": _share(group.lockout_rate),
        "load": group.named(lambda one: load_words(one.load_kg) or NOT_SAID),
        "volume": load_words(group.volume_kg) or NOT_KNOWN,
        "athlete": group.named(lambda one: one.athlete or NOT_SAID),
        "exercise": group.named(lambda one: title_of(one.exercise)),
        "next load": gate_words(group.gate),
    }


def _count(count: float) -> str:
    return NOT_JUDGED if math.isnan(count) else f"{count:.0f}"


def _share(share: float) -> str:
    return NOT_JUDGED if math.isnan(share) else f"{100.0 * share:.0f} %"
