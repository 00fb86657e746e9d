"""Recorded sessions, and files, into the formats of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.app.batch import each, name_for
from tracker.app.dates import moment_of
from tracker.app.named import require_elsewhere, sessions_named
from tracker.app.terminal import Terminal
from tracker.app.wording import sets_words
from tracker.archive.analyze import analyze
from tracker.archive.export.exported import PER, Exported, Table, of_side
from tracker.archive.export.formats import FORMATS, Format
from tracker.archive.files import replace_files
from tracker.archive.header import Header
from tracker.archive.importers import open_any
from tracker.archive.recording import read_header
from tracker.archive.tables import TABLES
from tracker.errors import InputError
from tracker.sensing.samples import Side


@dataclass(frozen=True, slots=True)
class Choice:
    """What to export of a session, and as what.

    Attributes
    ----------
    format
        How it is written.
    side
        Whose sets; None for both.
    tables
        Which tables, for a format that has them.
    since
        What began earlier is left out; None leaves nothing out.
    as_recorded
        Whether to leave out what was corrected afterwards.
    """

    format: Format
    side: Side | None = None
    tables: tuple[Table, ...] = TABLES
    since: datetime | None = None
    as_recorded: bool = False


def choice_of(
    what: str, since: str | None, side: str | None, per: str | None, *, as_recorded: bool = False
) -> Choice:
    """Take the options of the command line as a choice.

    Raises
    ------
    InputError
        If the format does not know sides or tables, or `since` is no date.
    """
    format_ = FORMATS[what]
    if per and not format_.has_tables:
        raise InputError(f"--per chooses among the tables of csv and parquet; leave it out for {what}")
    if side and not format_.has_sets:
        raise InputError(f"--side chooses among sets; leave it out for {what}")
    wanted = (PER[per],) if per else TABLES
    moment = moment_of(since, "--since") if since else None
    return Choice(format_, Side(side) if side else None, wanted, moment, as_recorded)


def export_sessions(terminal: Terminal, names: Sequence[str], choice: Choice, out: Path) -> int:
    """Export recorded sessions, by name, or files; all sessions when none is named.

    One that cannot be used is reported and the others are done.

    Parameters
    ----------
    terminal
        For a line about each session.
    names
        A session's segments are exported together, under its name.
    choice
        What to export.
    out
        Folder for the files.

    Returns
    -------
    int
        How many of them could not be used.

    Raises
    ------
    InputError
        If there is none, or none of a given name.
    """
    if choice.format.has_tables:
        require_elsewhere(out)
    files = sessions_named(names)
    taken: set[str] = set()
    return each(terminal, files, "exporting", lambda file: _export(terminal, file, choice, out, taken))


def _export(terminal: Terminal, file: Path, choice: Choice, out: Path, taken: set[str]) -> None:
    """Write the files of one session; say what was done, and what a reader of them must know."""
    if left_out := _why_left_out(file, choice.since):
        terminal.say(f"{file}: {left_out}")
        return
    session = analyze(file, as_recorded=choice.as_recorded)
    if choice.side:
        session = of_side(session, choice.side)
    name = name_for(file, taken)
    contents = choice.format.files(Exported(file, session, choice.tables))
    written = {out / f"{name}{ending}": content for ending, content in contents.items()}
    if file.resolve() in (path.resolve() for path in written):
        raise InputError(f"{file} would be written over by its own export; choose another folder (--out)")
    replace_files(written)
    sets = sets_words(len(session.sets))
    terminal.say(f"{file}: {sets}, in {out}: " + ", ".join(path.name for path in written))
    for warning in session.warnings:
        terminal.say(f"note: {warning}")


def _why_left_out(file: Path, since: datetime | None) -> str:
    """Say why a session is not among those since then; "" when it is."""
    if since is None:
        return ""
    started = _header(file).started
    if not started:
        return "left out, for it does not say when it began"
    began = datetime.fromisoformat(started)
    is_earlier = began < (since if began.tzinfo else since.replace(tzinfo=None))  # since is in local time
    return f"left out, for it began {started}" if is_earlier else ""


def _header(file: Path) -> Header:
    try:
        return read_header(file)
    except InputError:  # a foreign file, or one that cannot be used at all
        return open_any(file).header
