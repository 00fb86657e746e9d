"""What is meant by a set's number, a rep's place or a time, in the session as it is now."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from tracker.app.declaring import check_name, check_text
from tracker.coaching.editing import span_of
from tracker.coaching.edits import (
    ARep,
    Edit,
    Merge,
    NotARep,
    Noted,
    SessionSaid,
    SetSaid,
    Span,
    Split,
    Tagged,
    Trim,
    single_tags,
)
from tracker.coaching.results import Session, Set
from tracker.errors import InputError
from tracker.motion.events import Rep
from tracker.sensing.marks import Declared

Meaning: TypeAlias = Callable[[Session], Edit]
"""From the session as it is to what is meant in it; InputError where nothing is."""


def set_was(number: int, said: Declared) -> Meaning:
    """Say what a set was; InputError for nothing."""
    something_said = _something(said)

    def meant(session: Session) -> Edit:
        one = set_of(session, number)
        return SetSaid(span_from(one, one), something_said)

    return meant


def this_set_was(one: Set, said: Declared) -> Meaning:
    """Say what a set was: this one, whatever its number is by now; InputError for nothing."""
    something_said = _something(said)
    return lambda _: SetSaid(span_from(one, one), something_said)


def session_was(said: Declared) -> Meaning:
    """Say what all sets were; InputError for nothing."""
    something_said = _something(said)
    return lambda _: SessionSaid(something_said)


def rep_was_none(place: str) -> Meaning:
    """Say that a rep, named SET.REP, was none."""

    def meant(session: Session) -> Edit:
        of_set, _, of_rep = place.partition(".")
        if not (of_set.isdecimal() and of_rep.isdecimal()):
            raise InputError(
                f"{place!r} names no rep; write SET.REP, like 2.4 for the fourth of the second set"
            )
        one = set_of(session, int(of_set))
        reps = [judged.rep for judged in one.reps if judged.number == int(of_rep)]
        if not reps:
            raise InputError(f"set {one.number} has no rep {of_rep}; it has {len(one.reps)}")
        return NotARep(span_of(reps[0]))

    return meant


def this_was_none(rep: Rep) -> Meaning:
    """Say that a rep was none: this one, whatever its number is by now."""
    return lambda _: NotARep(span_of(rep))


def motion_was_a_rep(t_s: float) -> Meaning:
    """Say that the motion at a time was a rep."""

    def meant(session: Session) -> Edit:
        spans = [span_of(motion.rep) for motion in session.rejected]
        around = [span for span in spans if span.from_s <= t_s <= span.to_s]
        if not around:
            near = sorted(spans, key=lambda span: abs(span.middle_s - t_s))[:5]
            times = ", ".join(f"{span.middle_s:.1f}" for span in near)
            nearest = f"the nearest, s: {times}" if times else "all that was lifted is counted"
            raise InputError(f"nothing that was not counted lies at {t_s:.1f} s; {nearest}")
        return ARep(min(around, key=lambda span: abs(span.middle_s - t_s)))

    return meant


def this_was_a_rep(motion: Rep) -> Meaning:
    """Say that a motion that was not counted was a rep."""
    return lambda _: ARep(span_of(motion))


def set_was_two(at_s: float) -> Meaning:
    """Say that the set around a time was two."""
    return lambda _: Split(at_s)


def sets_were_one(first: int, last: int) -> Meaning:
    """Say that sets, from one to another, were one."""

    def meant(session: Session) -> Edit:
        if not first < last:
            raise InputError(f"set {first} comes not before set {last}; name the earlier one first")
        return Merge(span_from(set_of(session, first), set_of(session, last)))

    return meant


def span_from(first: Set, last: Set) -> Span:
    """Give the time from the beginning of a set to the end of another one."""
    return Span(first.t_start_s, last.t_end_s)


def these_were_one(at: Span) -> Meaning:
    """Say that the sets of some time were one, whatever their numbers are by now."""
    return lambda _: Merge(at)


def only_training(from_s: float | None, to_s: float | None) -> Meaning:
    """Say from when to when training was.

    Raises
    ------
    InputError
        If that is no time at all.
    """
    if from_s is None and to_s is None:
        raise InputError("nothing is said; say when training began, when it ended, or both")
    starts_s, ends_s = from_s or 0.0, math.inf if to_s is None else to_s
    if not (0.0 <= starts_s < ends_s and math.isfinite(starts_s)):
        since = "" if from_s is None else f" from {from_s:g} s"
        until = "" if to_s is None else f" to {to_s:g} s"
        raise InputError(f"training cannot last{since}{until}; say an end behind the beginning")
    return lambda _: Trim(from_s, to_s)


def tagged_with(add: Sequence[str], remove: Sequence[str]) -> Meaning:
    """Give a session tags, and take some from it.

    Raises
    ------
    InputError
        If nothing is said, or a tag is too long or has a control character in it.
    """
    tags, others = (tuple(single_tags(said).values()) for said in (add, remove))
    if not (tags or others):
        raise InputError("nothing is said; give a word to tag it with, or one to take off")
    for tag in tags:
        check_name(tag)

    def meant(session: Session) -> Edit:
        has = single_tags(session.tags)
        if missing := [tag for tag in others if tag.casefold() not in has]:
            raise InputError(f"it has no tag {missing[0]!r}; its tags: {', '.join(session.tags) or 'none'}")
        if not others and all(tag.casefold() in has for tag in tags):
            raise InputError(f"it is tagged so already; its tags: {', '.join(session.tags)}")
        return Tagged(tags, others)

    return meant


def tags_were(seen: Sequence[str], now: Sequence[str]) -> Meaning:
    """Give a session the tags that it has now in somebody's eyes, for those that were seen there.

    Tags that came from elsewhere meanwhile were not meant, and stay.
    """
    before, after = map(single_tags, (seen, now))

    def meant(session: Session) -> Edit:
        has = single_tags(session.tags)
        add = [tag for key, tag in after.items() if key not in has]
        remove = [tag for key, tag in before.items() if key in has and key not in after]
        return tagged_with(add, remove)(session)

    return meant


def noted(text: str) -> Meaning:
    """Note something of a session, in the place of what was noted before; "" takes that away.

    Raises
    ------
    InputError
        If it is no text.
    """
    check_text(text)

    def meant(session: Session) -> Edit:
        if text.strip() == session.note:
            raise InputError(
                "that is its note already" if session.note else "it has no note; say what to note"
            )
        return Noted(text.strip())

    return meant


def set_of(session: Session, number: int) -> Set:
    """Find a set by its number; InputError where there is none."""
    if not 1 <= number <= len(session.sets):
        raise InputError(f"there is no set {number}; the session has {len(session.sets)}")
    return session.sets[number - 1]


def _something(said: Declared) -> Declared:
    if said == Declared():
        raise InputError("nothing is said; say another side, load, athlete, exercise or tempo")
    return said
