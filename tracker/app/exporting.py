"""Recorded sessions, and files, into the formats of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.app.batch import each, name_for
from tracker.app.dates import moment_of
from tracker.app.named import require_elsewhere, sessions_named
from tracker.app.terminal import Terminal
from tracker.archive.analyze import analyze
from tracker.archive.athlete_names import not_known
from tracker.archive.export.exported import NAMING_THEIR_SESSION, PER, Exported, Table, of_athlete, of_side
from tracker.archive.export.formats import FORMATS, Format
from tracker.archive.files import replace_files
from tracker.archive.header import Header
from tracker.archive.importers import open_any
from tracker.archive.recording import read_header
from tracker.archive.tables import TABLES
from tracker.coaching.counts import counted
from tracker.coaching.results import Session
from tracker.errors import InputError
from tracker.sensing.marks import Side


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
    athlete
        Whose sets; None for everybody's. A session without one is left out.
    together
        Name of the one file for all sessions; None for files of each.
    """

    format: Format
    side: Side | None = None
    tables: tuple[Table, ...] = TABLES
    since: datetime | None = None
    as_recorded: bool = False
    athlete: str | None = None
    together: str | None = None


def choice_of(
    what: str,
    since: str | None,
    side: str | None,
    per: str | None,
    *,
    as_recorded: bool = False,
    athlete: str | None = None,
    together: str | None = None,
) -> Choice:
    """Take the options of the command line as a choice.

    Raises
    ------
    InputError
        If the format does not know sides or tables or holds one session, or `since` is no date.
    """
    format_ = FORMATS[what]
    if per and not format_.has_tables:
        raise InputError(f"--per chooses among the tables of csv and parquet; leave it out for {what}")
    if side and not format_.has_sets:
        raise InputError(f"--side chooses among sets; leave it out for {what}")
    if together is not None:
        _check_together(together, what)
    wanted = (PER[per],) if per else TABLES if together is None else NAMING_THEIR_SESSION
    moment = moment_of(since, "--since") if since else None
    return Choice(format_, Side(side) if side else None, wanted, moment, as_recorded, athlete, together)


def _check_together(name: str, what: str) -> None:
    if not FORMATS[what].joined:
        several = ", ".join(each for each, format_ in FORMATS.items() if format_.joined)
        raise InputError(
            f"a file of {what} holds one session; leave out --together, or choose among {several}"
        )
    if Path(name).name != name or not name.strip(".") or not name.isprintable():
        raise InputError(f"{name!r} names no file; say a name without a folder (--out chooses that)")


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
    exporting = _Exporting(terminal, choice, out)
    failed = each(terminal, sessions_named(names), "exporting", exporting.export)
    exporting.finish()
    return failed


class _Exporting:
    """Writes the files of session after session, each under a name of its own, or together in the end."""

    def __init__(self, terminal: Terminal, choice: Choice, out: Path) -> None:
        self._terminal = terminal
        self._choice = choice
        self._out = out
        self._taken: set[str] = set()
        self._athletes: set[str] = set()
        self._found = False
        self._read: list[Path] = []
        self._parts: dict[str, list[bytes]] = {}

    def export(self, file: Path) -> None:
        """Write the files of one session; say what was done, and what a reader of them must know."""
        if left_out := _why_left_out(file, self._choice.since):
            self._terminal.say(f"{file}: {left_out}")
            return
        session = self._wanted(file, analyze(file, as_recorded=self._choice.as_recorded))
        if session is None:
            return
        contents = self._choice.format.files(
            Exported(file, session, self._choice.tables, self._choice.as_recorded)
        )
        sets = counted(len(session.sets), "set")
        if self._choice.together is None:
            self._terminal.say(
                f"{file}: {sets}, {self._write(name_for(file, self._taken), contents, [file])}"
            )
        else:
            for ending, content in contents.items():
                self._parts.setdefault(ending, []).append(content)
            self._terminal.say(f"{file}: {sets}")
        self._read.append(file)
        for warning in session.warnings:
            self._terminal.say(f"note: {warning}")

    def finish(self) -> None:
        """Write what is to be together.

        Raises
        ------
        InputError
            If it cannot be written, or an athlete was named of whom there is no set.
        """
        if self._choice.athlete is not None and not self._found:
            raise not_known(self._choice.athlete, self._athletes)
        join, name = self._choice.format.joined, self._choice.together
        if join and name is not None and self._parts:
            contents = {ending: join(parts) for ending, parts in self._parts.items()}
            sessions = counted(len(self._read), "session")
            self._terminal.say(f"{sessions} {self._write(name, contents, self._read)}")

    def _write(self, name: str, contents: Mapping[str, bytes], read: Sequence[Path]) -> str:
        """Write files, but not over those that they were made of; say where they are."""
        written = {self._out / f"{name}{ending}": content for ending, content in contents.items()}
        if over := {path.resolve() for path in read} & {path.resolve() for path in written}:
            raise InputError(
                f"{over.pop()} would be written over by its own export; choose another folder (--out)"
            )
        replace_files(written)
        return f"in {self._out}: {', '.join(path.name for path in written)}"

    def _wanted(self, file: Path, session: Session) -> Session | None:
        """Leave out the sets that are not wanted; None where nothing of the athlete is left."""
        choice = self._choice
        if choice.athlete is not None:
            self._athletes |= {one.athlete for one in session.sets}
            own = of_athlete(session, choice.athlete)
            if not own.sets:
                return None
            self._found = True
            if not choice.format.has_sets and own is not session:
                raise InputError(
                    f"{file} has sets of others, too, and its samples are one stream; export it by name"
                )
            session = own
        return of_side(session, choice.side) if choice.side else session


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
