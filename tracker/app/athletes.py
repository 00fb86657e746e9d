"""Everything about one athlete: who trained, all of it into one file, and back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from tracker.app.terminal import Terminal
from tracker.app.wording import NOT_MEASURED
from tracker.archive.athlete_names import not_known
from tracker.archive.athletes import Athlete, Named, People, athletes_in, names_in, people_in
from tracker.archive.backup import Backup, write_backup
from tracker.archive.deleting import cut_off_deletion
from tracker.archive.holdings import Holding, holdings, is_being_recorded
from tracker.archive.library import Library
from tracker.archive.listing import read_row
from tracker.archive.restoring import Outcome, Restored, restore
from tracker.archive.settings import deletion_note, library_index, sessions_folder
from tracker.coaching.counts import counted
from tracker.coaching.names import NOBODY
from tracker.errors import InputError


def list_athletes(terminal: Terminal, *, as_json: bool = False) -> int:
    """Say who trained: sessions, sets, reps, first and last day.

    Returns
    -------
    int
        How many sessions could not be read.
    """
    sessions = look(terminal, only_sets=True, tells_notes=not as_json)
    athletes = athletes_in(sessions)
    if as_json:
        unreadable = [
            {"file": str(one.holding.first), "error": one.trouble} for one in sessions if one.trouble
        ]
        people = [asdict(athlete) | {"name": athlete.name or None} for athlete in athletes]
        terminal.data(json.dumps({"athletes": people, "unreadable": unreadable}, indent=2))
    elif athletes:
        titles = ("athlete", "sessions", "sets", "reps", "first day", "last day")
        terminal.listing(*titles, rows=map(_cells, athletes))
    else:
        terminal.say(f"nobody has trained yet: no session is recorded in {sessions_folder()}")
    if cut_off := cut_off_deletion(deletion_note()):
        terminal.complain(cut_off_words(cut_off.athlete))
    return complain_of_unreadable(terminal, sessions)


def back_up(terminal: Terminal, name: str, out: Path, *, replace: bool) -> int:
    """Write all files of an athlete's sessions into one.

    Returns
    -------
    int
        How many sessions are not in it, and may be the athlete's.

    Raises
    ------
    InputError
        If the athlete has no session, or it cannot be written.
    """
    sessions = look(terminal)
    left = complain_of_unreadable(terminal, [one for one in sessions if not one.includes(name)])
    own = sessions_of(name, sessions)
    busy = [one.holding for one in own if is_being_recorded(one.holding.recordings)]
    kept = [one.holding for one in own if one.holding not in busy]
    if kept:
        manifest = write_backup(out, name, kept, replace=replace)
        size = sum(stored.size for stored in manifest.files)
        held = amount_words(len(kept), len(manifest.files), size)
        terminal.say(f"{out}: everything of {name} that is recorded here, {held}; read back, it is whole")
    for one in own:
        if (others := one.others(name)) and one.holding not in busy:
            terminal.say(f"note: {one.holding.name} is in it whole, with what is of {' and '.join(others)}")
    return left + complain_of_busy(terminal, busy)


def bring_back(terminal: Terminal, file: Path) -> int:
    """Put the files of a backup back; those that are there stay as they are.

    Returns
    -------
    int
        How many files and sessions could not be put back, because others have their names.

    Raises
    ------
    InputError
        If it is no backup that is whole: then nothing was put back. If the disk refuses.
    """
    if cut_off := cut_off_deletion(deletion_note()):
        raise InputError(cut_off_words(cut_off.athlete))
    with Backup(file) as backup:
        backup.check()
        restored = restore(backup, sessions_folder())
        of_sessions = groupby(restored, key=lambda one: one.stored.session)
        return sum(_say_restored(terminal, session, list(files)) for session, files in of_sessions)


def look(terminal: Terminal, *, only_sets: bool = False, tells_notes: bool = True) -> list[People]:
    """Find out who is in each recorded session.

    Parameters
    ----------
    terminal
        For the progress.
    only_sets
        Whether not to look who is named in a session that has sets: that takes opening it.
    tells_notes
        Whether to say what is to be known of the library's index.

    Raises
    ------
    InputError
        If the folder cannot be looked into.
    """
    found, _ = holdings(sessions_folder())
    with Library(sessions_folder(), library_index()) as library:
        library.refresh()
        rows = {row.file: row for row in library.sessions()}
        notes = library.notes if tells_notes else ()
    for note in notes:
        terminal.say(f"note: {note}")
    sessions = []
    for holding in terminal.tracked(found, "looking"):
        row = rows.get(holding.first) or read_row(holding.first)
        named = Named() if only_sets and row.sets else names_in(holding)
        sessions.append(people_in(holding, named, row))
    return sessions


def sessions_of(name: str, sessions: Sequence[People]) -> list[People]:
    """Choose the sessions of an athlete; InputError where there is none."""
    own = [one for one in sessions if one.includes(name)]
    if not own:
        raise not_known(name, (known for one in sessions for known in one.athletes))
    return own


def complain_of_unreadable(terminal: Terminal, sessions: Sequence[People]) -> int:
    """Tell each session that cannot be read, and so is not known to be anybody's; give how many."""
    unreadable = [one for one in sessions if one.trouble]
    for one in unreadable:
        terminal.complain(f"{one.trouble}; whose it is cannot be said")
    return len(unreadable)


def complain_of_busy(terminal: Terminal, busy: Sequence[Holding]) -> int:
    """Tell each session that is left out because it goes on; give how many."""
    for holding in busy:
        terminal.complain(f"{holding.name} is being recorded right now; left out, do it again afterwards")
    return len(busy)


def cut_off_words(name: str) -> str:
    """Say that a deletion was cut off, and what to do."""
    return f"everything of {name} was being deleted when that was cut off; tracker athletes delete ends it"


def amount_words(sessions: int, files: int, size: int) -> str:
    """Say how much it is.

    Examples
    --------
    >>> amount_words(1, 12, 1_234_567)
    '1 session, 12 files, 1,234,567 bytes'
    """
    return f"{counted(sessions, 'session')}, {counted(files, 'file')}, {size:,} bytes"


def _cells(athlete: Athlete) -> tuple[str, ...]:
    numbers = map(str, (athlete.sessions, athlete.sets, athlete.reps))
    days = (day or NOT_MEASURED for day in (athlete.first, athlete.last))
    return (athlete.name or NOBODY, *numbers, *days)


def _say_restored(terminal: Terminal, session: str, files: Sequence[Restored]) -> int:
    """Say what became of a session; give how much of it could not be put back."""
    outcomes = Counter(one.outcome for one in files)
    if outcomes[Outcome.HELD_BACK] or all(one.outcome is Outcome.TAKEN for one in files):
        terminal.complain(f"{session}: {Outcome.HELD_BACK.value}, nothing of this one was restored")
        return 1
    taken = [one for one in files if one.outcome is Outcome.TAKEN]
    done = [outcome for outcome in (Outcome.RESTORED, Outcome.THERE) if outcomes[outcome]]
    told = ", ".join(f"{counted(outcomes[outcome], 'file')} {outcome.value}" for outcome in done)
    terminal.say(f"{session}: {told}")
    for one in taken:
        terminal.complain(f"{one.path}: {one.outcome.value}; left as it is, move it away and restore again")
    return len(taken)
