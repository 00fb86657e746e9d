"""`tracker export --format html --athlete NAME`: one file of all that somebody trained."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from tracker.app.batch import each
from tracker.app.exporting import Choice, export_sessions
from tracker.app.terminal import Terminal
from tracker.archive.analyze import analyze
from tracker.archive.athlete_names import not_known
from tracker.archive.export.exported import of_athlete, of_side
from tracker.archive.export.formats import FORMATS
from tracker.archive.export.html import athlete_html, told_of
from tracker.archive.export.report.of_athlete import Part
from tracker.archive.files import replace_files
from tracker.archive.library import Library
from tracker.archive.listed import SessionRow, SetRow, SideRow
from tracker.archive.search import Search
from tracker.archive.settings import library_index, sessions_folder
from tracker.coaching.counts import counted
from tracker.coaching.names import NOBODY
from tracker.errors import InputError
from tracker.sensing.marks import Side, as_one

LONGEST_NAME = 80
"""Letters of a name in the name of a file: systems allow 255 bytes, and a letter may take three."""


def export_chosen(terminal: Terminal, names: Sequence[str], choice: Choice, out: Path) -> int:
    """Export as `export_sessions`; of an athlete, for people, one report in which nothing is said of others.

    Raises
    ------
    InputError
        As there; and for such a report, if single sessions are wanted, or without corrections.
    """
    if choice.athlete is None or choice.format is not FORMATS["html"]:
        return export_sessions(terminal, names, choice, out)
    _check_asked(names, choice)
    return _export_athlete(terminal, choice.athlete, choice, out)


def _check_asked(names: Sequence[str], choice: Choice) -> None:
    if names:
        raise InputError("--athlete makes one report of all sessions (html); name none, or use --since")
    if choice.as_recorded:
        raise InputError("--athlete takes sessions as they were corrected; leave --as-recorded out")


def _export_athlete(terminal: Terminal, athlete: str, choice: Choice, out: Path) -> int:
    """Write the report of one athlete.

    Sessions that cannot be read are told: whose they are cannot be known.

    Parameters
    ----------
    terminal
        For the progress, and a line about what was written.
    athlete
        As said in the sets.
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
        If nobody of that name has trained.
    """
    rows, unreadable = _sessions(choice)
    parts: list[Part] = []
    own = {row.file: row for row in _own(athlete, rows, choice.side)}
    failed = each(
        terminal, list(own), "analyzing", lambda file: parts.append(_part(own[file], athlete, choice.side))
    )
    for row in unreadable:
        terminal.complain(f"{row.trouble}; whose it is cannot be said")
    if parts:
        path = out / f"{file_name(athlete)}.html"
        replace_files({path: athlete_html(athlete, parts)})
        terminal.say(f"{athlete or NOBODY}: {counted(len(parts), 'session')}, in {path}")
    return failed + len(unreadable)


def parts_of(athlete: str, rows: Sequence[SessionRow]) -> list[Callable[[], Part]]:
    """Give what makes the parts of an athlete's report, for `athlete_html`; each takes its time.

    Raises
    ------
    InputError
        If none of the sessions has a set of the athlete; later, if one cannot be read any more.
    """
    return [partial(_part, row, athlete, None) for row in _own(athlete, rows, None)]


def file_name(athlete: str) -> str:
    """Make of a name what every system takes as the name of a file, and what no other name becomes.

    Examples
    --------
    >>> file_name("Ana"), file_name("a/b"), file_name("a:b"), file_name("...")
    ('Ana', 'a_b 07f4401c', 'a_b 3041a608', 'athlete 1a43b61b')
    """
    plain = re.sub(r"[^\w\- ]", "_", athlete)[:LONGEST_NAME].strip(" ")
    if plain == athlete:
        return plain
    return f"{plain if plain.strip('_ ') else 'athlete'} {zlib.crc32(athlete.encode()):08x}"


def _sessions(choice: Choice) -> tuple[list[SessionRow], list[SessionRow]]:
    """Find all sessions since then, those that can be read and those that cannot."""
    with Library(sessions_folder(), library_index()) as library:
        library.refresh()
        rows = library.sessions(Search(since=choice.since))
    return [row for row in rows if not row.trouble], [row for row in rows if row.trouble]


def _own(athlete: str, rows: Sequence[SessionRow], side: Side | None) -> list[SessionRow]:
    """Choose the sessions with sets of an athlete, and of that side; InputError where there is none."""
    own = [row for row in rows if any(as_one(athlete) == one.athlete for one in row.sets)]
    if not own:
        raise not_known(athlete, {one.athlete for row in rows for one in row.sets})
    with_side = [row for row in own if any(_is_wanted(one, athlete, side) for one in row.sets)]
    if not with_side:
        raise InputError(f"none of the sets of {athlete} that were looked at is of side {side}")
    return with_side


def _is_wanted(one: SetRow | SideRow, athlete: str, side: Side | None) -> bool:
    return one.athlete == as_one(athlete) and side in (None, one.side)


def _part(row: SessionRow, athlete: str, side: Side | None) -> Part:
    """Analyse a session, and leave of it what is asked for."""
    whole = analyze(row.file)
    session = own = of_athlete(whole, athlete)
    if side:
        session = of_side(own, side)
    if len(own.sets) < len(whole.sets):  # of whom they are, nobody knows
        row = replace(row, note="", tags=())
    sets = tuple(one for one in row.sets if _is_wanted(one, athlete, side))
    sides = tuple(one for one in row.sides if _is_wanted(one, athlete, side))
    return Part(replace(row, sets=sets, sides=sides), told_of(row.file, session, whole))
