"""Corrections of a recorded session: what is meant, whether it applies, and what it changes."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from tracker.app.changes import change_words
from tracker.app.named import first_recording_of
from tracker.app.terminal import Terminal
from tracker.archive.analyze import Derived
from tracker.archive.edits import Said, add_edit, read_edits
from tracker.archive.importers import open_any
from tracker.archive.segments import first_path
from tracker.coaching.editing import not_applicable, span_of
from tracker.coaching.edits import (
    ARep,
    Edit,
    Entry,
    Merge,
    NotARep,
    SessionSaid,
    SetSaid,
    Span,
    Split,
    Trim,
    Undo,
    edit_words,
    edits_of,
    standing,
)
from tracker.coaching.exercises import by_name
from tracker.coaching.results import Session, Set
from tracker.coaching.tempo import tempo_of
from tracker.errors import InputError
from tracker.sensing.samples import Declared, Side

Meaning: TypeAlias = Callable[[Session], Edit]
"""From the session as it is to what is meant in it."""


def declared_of(
    side: str | None, load_kg: float | None, athlete: str | None, exercise: str | None, tempo: str | None
) -> Declared:
    """Take the options of the command line.

    Raises
    ------
    InputError
        If nothing is said, or an exercise or a tempo is none.
    """
    if exercise is not None:
        by_name(exercise)
    if tempo is not None:
        tempo_of(tempo)
    said = Declared(None if side is None else Side(side), load_kg, athlete, exercise, tempo=tempo)
    if said == Declared():
        raise InputError("nothing is said; give --side, --load-kg, --athlete, --exercise or --tempo")
    return said


def set_was(number: int, said: Declared) -> Meaning:
    """Say what a set was."""
    return lambda session: SetSaid(_span(_set_of(session, number)), said)


def session_was(said: Declared) -> Meaning:
    """Say what all sets were."""
    return lambda _: SessionSaid(said)


def rep_was_none(place: str) -> Meaning:
    """Say that a rep, named SET.REP, was none."""

    def meant(session: Session) -> Edit:
        of_set, _, of_rep = place.partition(".")
        if not (of_set.isdecimal() and of_rep.isdecimal()):
            raise InputError(
                f"{place!r} names no rep; write SET.REP, like 2.4 for the fourth of the second set"
            )
        one = _set_of(session, int(of_set))
        reps = [judged.rep for judged in one.reps if judged.number == int(of_rep)]
        if not reps:
            raise InputError(f"set {one.number} has no rep {of_rep}; it has {len(one.reps)}")
        return NotARep(span_of(reps[0]))

    return meant


def motion_was_a_rep(t_s: float) -> Meaning:
    """Say that the motion at a time was a rep."""

    def meant(session: Session) -> Edit:
        spans = [span_of(motion.rep) for motion in session.rejected]
        around = [span for span in spans if span.from_s <= t_s <= span.to_s]
        if not around:
            near = sorted(spans, key=lambda span: abs(span.middle_s - t_s))[:5]
            times = ", ".join(f"{span.middle_s:.1f}" for span in near) or "there are none"
            raise InputError(f"nothing that was not counted lies at {t_s:.1f} s; the nearest, s: {times}")
        return ARep(min(around, key=lambda span: abs(span.middle_s - t_s)))

    return meant


def set_was_two(at_s: float) -> Meaning:
    """Say that the set around a time was two."""
    return lambda _: Split(at_s)


def sets_were_one(first: int, last: int) -> Meaning:
    """Say that sets, from one to another, were one."""

    def meant(session: Session) -> Edit:
        if not first < last:
            raise InputError(f"set {first} comes not before set {last}; name the earlier one first")
        return Merge(Span(_set_of(session, first).t_start_s, _set_of(session, last).t_end_s))

    return meant


def only_training(from_s: float | None, to_s: float | None) -> Meaning:
    """Say from when to when training was.

    Raises
    ------
    InputError
        If that is no time at all.
    """
    if from_s is None and to_s is None:
        raise InputError("nothing is said; give --from, --to or both")
    starts_s, ends_s = from_s or 0.0, math.inf if to_s is None else to_s
    if not (math.isfinite(starts_s) and starts_s < ends_s):
        raise InputError(f"--from {starts_s:g} comes not before --to {ends_s:g}")
    return lambda _: Trim(from_s, to_s)


def correct(terminal: Terminal, name: str, meaning: Meaning) -> None:
    """Write down what was said about a session, and show what it changes.

    Raises
    ------
    InputError
        If there is no such session, or nothing in it that could be meant, or it cannot be written down;
        then nothing has changed.
    """
    file, derived, said = _opened(name)
    before = derived.session(said.edits)
    edit = meaning(before)
    after = derived.session([*said.edits, edit])
    if not_applicable(edit) in after.warnings:
        raise InputError(f"{edit_words(edit)}: there is no such thing in {name}; see tracker analyze {file}")
    add_edit(file, edit, _now())
    _show(terminal, f"{name}: {edit_words(edit)}", before, after, said)


def undo(terminal: Terminal, name: str, number: int | None) -> None:
    """Take back what was said last and still holds, or an entry by its number.

    Raises
    ------
    InputError
        If there is no such entry.
    """
    file, derived, said = _opened(name)
    entry = _meant(said, name, number)
    undone = Entry("", "", Undo(entry.id))
    before = derived.session(said.edits)
    after = derived.session(edits_of([*said.entries, undone]))
    add_edit(file, Undo(entry.id), _now())
    _show(terminal, f"{name}: undone: {_words(said, entry)}", before, after, said)


def show_edits(terminal: Terminal, name: str) -> None:
    """List what was said about a session, and what of it holds."""
    said = read_edits(first_recording_of(name))
    if not said.entries:
        terminal.say(f"{name} is as it was recorded; tracker edit --help says what can be corrected")
    else:
        holds = standing(said.entries)
        rows = [
            (str(number), entry.when, _words(said, entry), "yes" if entry in holds else "")
            for number, entry in enumerate(said.entries, 1)
        ]
        terminal.listing("", "when", "said", "holds", rows=rows)
    for warning in said.warnings:
        terminal.say(f"note: {warning}")


def _opened(name: str) -> tuple[Path, Derived, Said]:
    file = first_recording_of(name)
    recording = open_any(file)
    if recording.header.segment > 1:
        first = first_path(file)
        raise InputError(f"{file} goes on with a session, and times count from its start; correct {first}")
    return file, Derived(recording), read_edits(file)


def _meant(said: Said, name: str, number: int | None) -> Entry:
    if number is not None:
        if not 1 <= number <= len(said.entries):
            raise InputError(f"{name} has no correction {number}; see tracker edit list {name}")
        return said.entries[number - 1]
    holds = standing(said.entries)
    if not holds:
        raise InputError(f"{name} has no correction that could be undone")
    return holds[-1]


def _words(said: Said, entry: Entry) -> str:
    if not isinstance(entry.edit, Undo):
        return edit_words(entry.edit)
    numbers = {other.id: number for number, other in enumerate(said.entries, 1)}
    return f"undo {numbers.get(entry.edit.of, 'what is not there')}"


def _show(terminal: Terminal, what: str, before: Session, after: Session, said: Said) -> None:
    terminal.say(what)
    for line in change_words(before, after):
        terminal.say(f"  {line}")
    for warning in (*said.warnings, *(w for w in after.warnings if w not in before.warnings)):
        terminal.say(f"note: {warning}")


def _set_of(session: Session, number: int) -> Set:
    if not 1 <= number <= len(session.sets):
        raise InputError(f"there is no set {number}; the session has {len(session.sets)}")
    return session.sets[number - 1]


def _span(one: Set) -> Span:
    return Span(one.t_start_s, one.t_end_s)


def _now() -> datetime:
    return datetime.now().astimezone()
