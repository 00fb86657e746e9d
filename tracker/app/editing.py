"""Corrections of a recorded session: whether they apply, where they are kept, and what they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tracker.app.changes import change_words
from tracker.app.meanings import Meaning
from tracker.app.named import first_recording_of
from tracker.app.terminal import Terminal
from tracker.archive.analyze import Derived
from tracker.archive.edits import Said, add_edit, read_edits
from tracker.archive.importers import open_any
from tracker.archive.segments import first_path
from tracker.coaching.editing import not_applicable, span_of
from tracker.coaching.edits import Edit, Entry, Trim, Undo, edit_words, edits_of, standing, undone
from tracker.coaching.results import Session
from tracker.errors import InputError
from tracker.motion.events import Motion, Reason

WHOLE = Trim()
"""All of a session."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was said, and the session before and after it.

    Attributes
    ----------
    what
        In a few words.
    before, after
        The session without it and with it.
    notes
        What a reader must know of it, one sentence each.
    entry
        The id of its entry: what takes back this, and nothing that was said since.
    """

    what: str
    before: Session
    after: Session
    notes: tuple[str, ...]
    entry: str


class Correctable:
    """A recorded session that is open for corrections; it is counted once, when it is opened.

    What was said is read again each time: somebody else may have said something meanwhile.

    Parameters
    ----------
    file
        The recording, its first segment; or a foreign file.
    name
        What the person calls it.

    Raises
    ------
    InputError
        If it cannot be used, or is a later part of a session.
    """

    def __init__(self, file: Path, name: str) -> None:
        self._file = file
        self._name = name
        recording = open_any(self._file)
        if recording.header.segment > 1:
            why = f"{self._file} goes on with a session, and times count from its start"
            raise InputError(f"{why}; correct {first_path(self._file)}")
        self._derived = Derived(recording)

    def said(self) -> Said:
        """Read what was said of it; InputError where that cannot be read."""
        return read_edits(self._file)

    def session(self, said: Said) -> Session:
        """Give it with the corrections that hold."""
        session = self._derived.session(said.edits)
        return replace(session, warnings=(*said.warnings, *session.warnings))

    def motion(self, said: Said) -> Motion:
        """Give what the dumbbell did, sample by sample; asked for first, it brings the session along."""
        return self._derived.motion(said.edits)

    def correct(self, meaning: Meaning) -> Corrected:
        """Write down what was said.

        Raises
        ------
        InputError
            If nothing is there that could be meant, or it cannot be written down; nothing has changed then.
        """
        said = self.said()
        before = self._derived.session(said.edits)
        edit = meaning(before)
        after = self._derived.session([*said.edits, edit])
        unknown = not_applicable(edit)  # one of the same words may have been said before
        if after.warnings.count(unknown) > before.warnings.count(unknown):
            raise InputError(f"{edit_words(edit)}: there is no such thing in {self._name} as it is now")
        if _is_as_before(before, after):
            again = "; what was left out before stays left out until that is undone"
            why = again if isinstance(edit, Trim) and any(isinstance(one, Trim) for one in said.edits) else ""
            raise InputError(f"{edit_words(edit)}: it is so already, and nothing would change{why}")
        if isinstance(edit, Trim) and _is_something(before) and not _is_something(after, edit):
            raise InputError(f"{edit_words(edit)}: nothing was lifted then, and nothing would be left")
        return self._write(said, edit, edit_words(edit), (before, after))

    def undo(self, which: int | str | None = None) -> Corrected:
        """Take back what was said last and still holds, or an entry by its number, from 1, or by its id.

        Raises
        ------
        InputError
            If there is no such entry, or it is undone already, or the undo cannot be written down.
        """
        said = self.said()
        entry = self._meant(said.entries, which)
        undo = Undo(entry.id)
        edits = (said.edits, edits_of([*said.entries, Entry("", "", undo)]))
        before, after = map(self._derived.session, edits)
        return self._write(said, undo, f"undone: {entry_words(said.entries, entry)}", (before, after))

    def _meant(self, entries: Sequence[Entry], which: int | str | None) -> Entry:
        if which is None:
            holds = standing(entries)
            if not holds:
                raise InputError(f"{self._name} has no correction that could be undone")
            return holds[-1]
        numbered = [(number, entry) for number, entry in enumerate(entries, 1) if which in (number, entry.id)]
        if not numbered:
            named = f"correction {which}" if isinstance(which, int) else "such correction any more"
            raise InputError(f"{self._name} has no {named}; see tracker edit list {self._name}")
        [(number, entry)] = numbered
        if entry.id in undone(entries):
            raise InputError(f"correction {number} of {self._name} is undone already; undo its undo instead")
        return entry

    def _write(
        self, said: Said, edit: Edit | Undo, what: str, sessions: tuple[Session, Session]
    ) -> Corrected:
        before, after = sessions
        written = add_edit(self._file, edit, datetime.now().astimezone())
        new = (warning for warning in after.warnings if warning not in before.warnings)
        return Corrected(f"{self._name}: {what}", before, after, (*said.warnings, *new), written.id)


def _is_as_before(before: Session, after: Session) -> bool:
    """Whether a correction is without effect; compared as text, in which NaN is equal to NaN."""
    return repr(replace(after, edits=before.edits, warnings=before.warnings)) == repr(before)


def _is_something(session: Session, within: Trim = WHOLE) -> bool:
    """Whether there is a set, or a motion in that time that may yet be said to be a rep."""
    return bool(session.sets) or any(
        motion.reason is not Reason.OUTSIDE_OF_TRAINING and within.holds(span_of(motion.rep).middle_s)
        for motion in session.rejected
    )


def correctable(name: str) -> Correctable:
    """Open a session for corrections, by its name or its file.

    Raises
    ------
    InputError
        If there is no such session, or it cannot be used.
    """
    return Correctable(first_recording_of(name), name)


def show_corrected(terminal: Terminal, corrected: Corrected) -> None:
    """Print what was said and what it changes, side by side."""
    terminal.say(corrected.what)
    for line in change_words(corrected.before, corrected.after):
        terminal.say(f"  {line}")
    for note in corrected.notes:
        terminal.say(f"note: {note}")


def show_edits(terminal: Terminal, name: str) -> None:
    """List what was said about a session, and what of it was undone.

    Raises
    ------
    InputError
        If there is no such session, or what was said cannot be read.
    """
    said = read_edits(first_recording_of(name))
    if not said.entries:
        terminal.say(f"{name} is as it was recorded; tracker edit --help says what can be corrected")
    else:
        gone = undone(said.entries)
        rows = [
            (str(number), entry.when, entry_words(said.entries, entry), "yes" if entry.id in gone else "")
            for number, entry in enumerate(said.entries, 1)
        ]
        terminal.listing("", "when", "said", "undone", rows=rows)
    for warning in said.warnings:
        terminal.say(f"note: {warning}")


def entry_words(entries: Sequence[Entry], entry: Entry) -> str:
    """Say an entry in a few words; an undo by the number of what it takes back."""
    if not isinstance(entry.edit, Undo):
        return edit_words(entry.edit)
    numbers = {other.id: number for number, other in enumerate(entries, 1)}
    return f"the undo of correction {numbers.get(entry.edit.of, 'that is not there')}"
