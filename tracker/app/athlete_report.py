"""`tracker export --format html --athlete NAME`: one file of all that somebody trained."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tracker.app.batch import each
from tracker.app.exporting import Choice
from tracker.app.terminal import Terminal
from tracker.archive.analyze import analyze
from tracker.archive.export.exported import of_side
from tracker.archive.export.html import athlete_html, told_of
from tracker.archive.export.report.of_athlete import Part, part_of
from tracker.archive.files import replace_files
from tracker.archive.library import Library
from tracker.archive.listed import SessionRow
from tracker.archive.search import Search, searchable
from tracker.archive.settings import library_index, sessions_folder
from tracker.errors import InputError

LONGEST_NAME = 80
"""Letters of a name in the name of a file: systems allow 255 bytes, and a letter may take three."""


def check_asked(what: str, names: Sequence[str], choice: Choice) -> None:
    """Refuse what such a report does not know.

    Raises
    ------
    InputError
        If another format is wanted, single sessions, or what was recorded without corrections.
    """
    if what != "html":
        raise InputError(f"--athlete makes one report; say --format html with it, or leave it out for {what}")
    if names:
        raise InputError("--athlete makes one report of all sessions; name none, or use --since")
    if choice.as_recorded:
        raise InputError("--athlete takes sessions as they were corrected; leave --as-recorded out")


def export_athlete(terminal: Terminal, athlete: str, choice: Choice, out: Path) -> int:
    """Write the report of one athlete.

    Sessions that cannot be read are told: whose they are cannot be known.

    Parameters
    ----------
    terminal
        For the progress, and a line about what was written.
    athlete
        As said in the sets; in any case of letters where nobody is called exactly so.
    choice
        Which side, and since when.
    out
        Folder for the file.

    Returns
    -------
    int
        How many sessions could not be used.

    Raises
    ------
    InputError
        If nobody of that name has trained, or two have who are spelled otherwise.
    """
    rows, unreadable = _sessions(choice)
    name = _spelled(athlete, rows)
    parts: list[Part] = []
    own = {row.file: row for row in rows if any(one.athlete == name for one in row.sets)}
    failed = each(terminal, list(own), "analyzing", lambda file: parts.append(_part(own[file], name, choice)))
    for row in unreadable:
        terminal.complain(f"{row.trouble}; whose it is cannot be said")
    if parts:
        path = out / f"{file_name(name)}.html"
        replace_files({path: athlete_html(name, parts)})
        terminal.say(f"{name}: {len(parts)} session{'' if len(parts) == 1 else 's'}, in {path}")
    return failed + len(unreadable)


def file_name(athlete: str) -> str:
    """Make of a name what every system takes as the name of a file.

    Examples
    --------
    >>> file_name("Ana"), file_name("a/b: <c>"), file_name("...")
    ('Ana', 'a_b_ _c_', 'athlete')
    """
    plain = re.sub(r"[^\w\- ]", "_", athlete)[:LONGEST_NAME].strip(" ")
    return plain if plain.strip("_ ") else "athlete"


def _sessions(choice: Choice) -> tuple[list[SessionRow], list[SessionRow]]:
    """Find all sessions since then, those that can be read and those that cannot."""
    with Library(sessions_folder(), library_index()) as library:
        library.refresh()
        rows = library.sessions(Search(since=choice.since))
    return [row for row in rows if not row.trouble], [row for row in rows if row.trouble]


def _spelled(athlete: str, rows: Sequence[SessionRow]) -> str:
    """Find out who is meant."""
    known = sorted({one.athlete for row in rows for one in row.sets if one.athlete})
    if athlete in known:
        return athlete
    alike = [name for name in known if searchable(name) == searchable(athlete)]
    if len(alike) == 1:
        return alike[0]
    why = (
        f"several are called so: {', '.join(alike)}" if alike else f"known are: {', '.join(known) or 'none'}"
    )
    raise InputError(f"no set was done by {athlete}; {why}")


def _part(row: SessionRow, athlete: str, choice: Choice) -> Part:
    """Analyse a session, and leave of it what is asked for."""
    session = part_of(analyze(row.file), athlete)
    sets = tuple(one for one in row.sets if one.athlete == athlete)
    sides = tuple(one for one in row.sides if one.athlete == athlete)
    if choice.side:
        session = of_side(session, choice.side)
        sets = tuple(one for one in sets if one.side is choice.side)
        sides = tuple(one for one in sides if one.side is choice.side)
    return Part(replace(row, sets=sets, sides=sides), told_of(row.file, session, athlete))
