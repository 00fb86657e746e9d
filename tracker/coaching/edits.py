"""What the person says about a session afterwards: corrections as data, each by time and never by number.

Tags and a note are said in the same way; no figure follows from them.

Newer code may find other sets and reps in the same recording, so an edit keeps from when to when the set
or the motion lasted that it means. Where that is not found any more, the edit does not apply.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

from tracker.coaching.exercises import title_of
from tracker.sensing.marks import Declared, as_one

NOTE_SHOWN = 80
"""So many letters of a note stand in a list of what was said; all of it, which may be pages, in the file."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a set or a motion lasted, s on t_s."""

    from_s: float
    to_s: float

    @property
    def middle_s(self) -> float:
        """Half-way, s."""
        return 0.5 * (self.from_s + self.to_s)

    def shared_s(self, other: Span) -> float:
        """How long both go on at once, s; nan when a time is not known."""
        return max(0.0, min(self.to_s, other.to_s) - max(self.from_s, other.from_s))


@dataclass(frozen=True, slots=True)
class SetSaid:
    """Side, load, athlete, exercise or tempo of a set was another one; its reps stay as they were counted."""

    at: Span
    said: Declared


@dataclass(frozen=True, slots=True)
class SessionSaid:
    """The same of all sets. Another exercise moves otherwise: the session is counted anew as that."""

    said: Declared


@dataclass(frozen=True, slots=True)
class NotARep:
    """A rep that was none."""

    at: Span


@dataclass(frozen=True, slots=True)
class ARep:
    """A motion that was not counted, and was a rep."""

    at: Span


@dataclass(frozen=True, slots=True)
class Split:
    """A set that was two: reps whose top comes before `at_s` and those after it."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Merge:
    """Sets that were one: all that lie within the span."""

    at: Span


@dataclass(frozen=True, slots=True)
class Trim:
    """Only what lies between these times, s on t_s, was training; None leaves that end open."""

    from_s: float | None = None
    to_s: float | None = None

    def holds(self, t_s: float) -> bool:
        """Whether a time lies between them."""
        return (self.from_s is None or self.from_s <= t_s) and (self.to_s is None or t_s <= self.to_s)


@dataclass(frozen=True, slots=True)
class Tagged:
    """Words to find the session by: some that it gets, some that it loses."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Noted:
    """What there is to say of the session; it stands for what was noted before, "" for nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class Undo:
    """An earlier entry, named by its id, does not hold; undoing an undo brings back what it took."""

    of: str


Remark: TypeAlias = Tagged | Noted
"""What changes no figure."""

Correction: TypeAlias = SetSaid | SessionSaid | NotARep | ARep | Split | Merge | Trim
"""What everything is derived from anew."""

Edit: TypeAlias = Correction | Remark


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was said.

    Attributes
    ----------
    id
        Its name among the session's entries.
    when
        When it was said, ISO 8601 with offset.
    edit
        What.
    """

    id: str
    when: str
    edit: Edit | Undo


def standing(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Leave out what was undone, and the undos.

    Examples
    --------
    >>> one, two = Entry("a", "", Split(61.5)), Entry("b", "", Trim(from_s=10.0))
    >>> [entry.id for entry in standing([one, two, Entry("c", "", Undo("a"))])]
    ['b']
    >>> [entry.id for entry in standing([one, Entry("c", "", Undo("a")), Entry("d", "", Undo("c"))])]
    ['a']
    """
    said = list(entries)
    taken_back = undone(said)
    return tuple(one for one in said if one.id not in taken_back and not isinstance(one.edit, Undo))


def undone(entries: Sequence[Entry]) -> frozenset[str]:
    """Name the entries that were taken back, undos that were undone among them."""
    taken_back: set[str] = set()
    for entry in reversed(entries):
        if isinstance(entry.edit, Undo) and entry.id not in taken_back:
            taken_back.add(entry.edit.of)
    return frozenset(taken_back)


def edits_of(entries: Iterable[Entry]) -> tuple[Edit, ...]:
    """Give what holds, in the order in which it was said."""
    return tuple(entry.edit for entry in standing(entries) if not isinstance(entry.edit, Undo))


def counted_as(edits: Sequence[Edit]) -> str | None:
    """Name the exercise that the whole session was, as it was said last; None when nobody said."""
    said = [edit.said.exercise for edit in edits if isinstance(edit, SessionSaid)]
    return next((exercise for exercise in reversed(said) if exercise is not None), None)


def tags_of(edits: Iterable[Edit]) -> tuple[str, ...]:
    """Give the tags that are left, in the order they were first given; case tells no two apart.

    Examples
    --------
    >>> tags_of([Tagged(("easy", "Cramp")), Tagged(("cramp", "home"), remove=("Easy",))])
    ('Cramp', 'home')
    """
    tags: dict[str, str] = {}
    for edit in edits:
        if isinstance(edit, Tagged):
            for key, tag in single_tags(edit.add).items():
                tags.setdefault(key, tag)
            for key in single_tags(edit.remove):
                tags.pop(key, None)
    return tuple(tags.values())


def single_tags(said: Iterable[str]) -> dict[str, str]:
    """Give tags by what tells them apart, each as it was written first; a comma stands between two.

    Examples
    --------
    >>> single_tags(["Heavy, cramp", "heavy"])
    {'heavy': 'Heavy', 'cramp': 'cramp'}
    """
    tags: dict[str, str] = {}
    for tag in (as_one(part) for text in said for part in text.split(",")):
        if tag:
            tags.setdefault(tag.casefold(), tag)
    return tags


def note_of(edits: Iterable[Edit]) -> str:
    """Give what was noted last; "" when nothing was."""
    notes = [edit.text for edit in edits if isinstance(edit, Noted)]
    return notes[-1] if notes else ""


def edit_words(edit: Edit) -> str:
    """Say an edit in a few words.

    Examples
    --------
    >>> edit_words(NotARep(Span(82.0, 86.4)))
    'the rep at 84.2 s was none'
    >>> edit_words(SessionSaid(Declared(athlete="Ana", load_kg=20.0)))
    'the session: load 20 kg, athlete Ana'
    """
    return _remark_words(edit) if isinstance(edit, Tagged | Noted) else _correction_words(edit)


def _correction_words(edit: Correction) -> str:
    match edit:
        case SetSaid(at, said):
            return f"the set at {at.from_s:.1f}-{at.to_s:.1f} s: {_declared_words(said)}"
        case SessionSaid(said):
            return f"the session: {_declared_words(said)}"
        case NotARep(at):
            return f"the rep at {at.middle_s:.1f} s was none"
        case ARep(at):
            return f"the motion at {at.middle_s:.1f} s was a rep"
        case Split(at_s):
            return f"the set around {at_s:.1f} s was two"
        case Merge(at):
            return f"the sets between {at.from_s:.1f} and {at.to_s:.1f} s were one"
        case Trim():
            return _trim_words(edit)


def _remark_words(edit: Remark) -> str:
    if isinstance(edit, Noted):
        return f"noted: {_beginning(edit.text)}" if edit.text else "the note was taken away"
    tags = [f"tagged {', '.join(edit.add)}"] if edit.add else []
    tags += [f"no longer tagged {', '.join(edit.remove)}"] if edit.remove else []
    return ", ".join(tags)


def _beginning(note: str) -> str:
    """Write a note on one line; of a long one how it begins."""
    line = " ".join(note.split())
    return line if len(line) <= NOTE_SHOWN else f"{line[:NOTE_SHOWN].rstrip()} ..."


def _declared_words(said: Declared) -> str:
    known = {field.name: getattr(said, field.name) for field in fields(said)}
    words = {name: f"{value}" for name, value in known.items() if value is not None}
    if said.load_kg is not None:
        words["load_kg"] = f"{said.load_kg:g} kg"
    if said.exercise is not None:
        words["exercise"] = title_of(said.exercise)
    return ", ".join(f"{name.removesuffix('_kg').replace('_', ' ')} {value}" for name, value in words.items())


def _trim_words(trim: Trim) -> str:
    starts = "" if trim.from_s is None else f" from {trim.from_s:.1f} s"
    ends = "" if trim.to_s is None else f" to {trim.to_s:.1f} s"
    return f"only what is{starts}{ends} was training"


def duration_s(span: Span) -> float:
    """How long it lasted, s; nan when a time is not known, and 0 at the least."""
    return math.nan if math.isnan(span.from_s + span.to_s) else max(0.0, span.to_s - span.from_s)
