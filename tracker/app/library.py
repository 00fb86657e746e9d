"""The library in the terminal: sessions listed, made anew, and compared with what was said of them once."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from time import monotonic

from tracker.app.batch import each
from tracker.app.named import sessions_named
from tracker.app.terminal import Terminal
from tracker.app.wording import NOT_MEASURED, minute_words
from tracker.archive.changed import ROW, ChangedResults, Difference, changed_results
from tracker.archive.header import this_software
from tracker.archive.library import Library
from tracker.archive.listed import SessionRow, known_sum
from tracker.archive.search import EVERYTHING, Search
from tracker.archive.settings import library_index, sessions_folder
from tracker.coaching.counts import counted
from tracker.coaching.names import LEG_NAMES, athlete_names


def show_sessions(terminal: Terminal, search: Search, *, as_json: bool) -> None:
    """List the sessions that are looked for, after a look at what has changed.

    Raises
    ------
    InputError
        If the sessions folder cannot be read.
    """
    with Library(sessions_folder(), library_index()) as library:
        with terminal.progress("reading what is new") as progress:
            library.refresh(progress=progress)
        rows = library.sessions(search)
        notes = library.notes
    if as_json:
        terminal.data(json.dumps({"sessions": [_plain(row) for row in rows]}, indent=2))
        return
    if rows:
        terminal.listing(
            *("session", "began", "athlete", "reps", "clean", "tags", ""), rows=map(_cells, rows)
        )
    elif search == EVERYTHING:
        terminal.say(f"no session is recorded in {sessions_folder()}; run tracker train, or tracker import")
    else:
        terminal.say("no session is like that; tracker library list shows all")
    for note in (*(row.trouble for row in rows if row.trouble), *notes):
        terminal.say(f"note: {note}")


def rebuild(terminal: Terminal) -> int:
    """Analyse every session anew; say how many, how long it took, and what cannot be read.

    Returns
    -------
    int
        How many cannot be read.

    Raises
    ------
    InputError
        If the sessions folder cannot be read.
    """
    begun_s = monotonic()
    with Library(sessions_folder(), library_index()) as library:
        with terminal.progress("analyzing") as progress:
            done = library.rebuild(progress)
        notes = library.notes
    for row in done.unreadable:
        terminal.complain(row.trouble)
    read = len(done.analysed) - len(done.unreadable)
    left_out = f", {len(done.unreadable)} could not be read" if done.unreadable else ""
    terminal.say(f"{counted(read, 'session')} in {monotonic() - begun_s:.1f} s{left_out}")
    for note in notes:
        terminal.say(f"note: {note}")
    return len(done.unreadable)


def show_changed(terminal: Terminal, names: Sequence[str]) -> int:
    """Say what differs between the tables of the day a session was recorded and those of today.

    Parameters
    ----------
    terminal
        For a few lines about each session.
    names
        Of sessions, or files; none for all.

    Returns
    -------
    int
        How many could not be compared.

    Raises
    ------
    InputError
        If there is none, or none of a given name.
    """

    def show_one(file: Path) -> None:
        for line in changed_words(changed_results(file)):
            terminal.say(line)

    return each(terminal, sessions_named(names), "comparing", show_one)


def changed_words(changed: ChangedResults) -> Iterator[str]:
    """Say in lines what differs."""
    made_by = changed.software or "an unknown version"
    if not changed.has_tables:
        yield f"{changed.session}: no tables were kept of that day ({made_by})"
    elif not changed.differences:
        yield f"{changed.session}: no figure differs ({made_by})"
    else:
        yield f"{changed.session}: {made_by} -> {this_software()}"
        by_row: dict[str, list[Difference]] = {}
        for one in changed.differences:
            by_row.setdefault(one.of, []).append(one)
        for of, differences in by_row.items():
            yield f"  {of}: {', '.join(map(_difference_words, differences))}"


def _difference_words(one: Difference) -> str:
    if one.figure == ROW:
        reps = counted(int(one.was or one.now), "rep")
        return f"{reps}, not there {'any more' if one.was else 'before'}"
    by = "" if math.isnan(one.change) else f" ({one.change:+.4g})"
    return f"{one.figure} {one.was or NOT_MEASURED} -> {one.now or NOT_MEASURED}{by}"


def _cells(row: SessionRow) -> tuple[str, ...]:
    began = minute_words(row.started) if row.started else NOT_MEASURED
    athletes = ", ".join(athlete_names(one.athlete for one in row.sets))
    said = "cannot be read" if row.trouble else row.note
    reps, clean = (", ".join(_by_side(row, figure)) for figure in ("reps", "clean"))
    return row.name, began, athletes, reps, clean, ", ".join(row.tags), " ".join(said.split())


def _by_side(row: SessionRow, figure: str) -> Iterator[str]:
    for of_side in dict.fromkeys(one.side for one in row.sides):
        total = known_sum(getattr(one, figure) for one in row.sides if one.side is of_side)
        yield f"{LEG_NAMES[of_side]} {NOT_MEASURED if math.isnan(total) else f'{total:.0f}'}"


def _plain(value: object) -> object:
    """Make what JSON can say of rows; what was not measured is null."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str | int):
        return value
    return [_plain(one) for one in value] if isinstance(value, Sequence) else str(value)
