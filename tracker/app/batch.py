"""Many files, one after another: sessions in, tables out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from tracker.app.named import require_elsewhere
from tracker.app.terminal import Terminal
from tracker.archive import tables
from tracker.archive.analyze import analyze
from tracker.archive.export.csv import write_tables
from tracker.archive.importers import stem
from tracker.archive.segments import first_files
from tracker.coaching.counts import counted
from tracker.coaching.declared import Overrides
from tracker.coaching.exercises import by_name
from tracker.coaching.results import Session
from tracker.errors import InputError, TrackerError
from tracker.sensing.marks import Side


def overrides_of(sides: str, load_kg: float | None, exercise: str | None) -> Overrides:
    """Take the options of the command line as overrides.

    Raises
    ------
    InputError
        If a side is none of left, right and unknown, or the exercise is not known.
    """
    if exercise is not None:
        by_name(exercise)
    names = [name.strip() for name in sides.split(",")] if sides else []
    try:
        return Overrides(tuple(Side(name) for name in names), load_kg, exercise)
    except ValueError:
        raise InputError(
            f"{sides!r} names no sides; write left, right or unknown for each set: left,right"
        ) from None


def analyze_files(
    terminal: Terminal,
    files: Sequence[Path],
    overrides: Overrides,
    out: Path | None,
    *,
    as_json: bool = False,
    as_recorded: bool = False,
) -> int:
    """Analyse files one by one; one that cannot be used is reported, the others are done.

    Parameters
    ----------
    terminal
        For summaries, and the line about each file that failed.
    files
        Recordings or foreign files; a session's later segments are read with its first.
    overrides
        What the person says now.
    out
        Folder for the tables, STEM.reps.csv and so on; None writes none.
    as_json
        Print the tables of all files as one JSON document in place of summaries.
    as_recorded
        Leave out the corrections that lie beside the files.

    Returns
    -------
    int
        How many files could not be used.
    """
    if out:
        require_elsewhere(out)
    analysed: list[dict[str, object]] = []
    taken: set[str] = set()

    def analyze_one(file: Path) -> None:
        session = analyze(file, overrides, as_recorded=as_recorded)
        if out:
            write_tables(session, out, name_for(file, taken))
        if as_json:
            analysed.append({"file": str(file), **_document(session)})
        else:
            _summarise(terminal, file, session, out)

    def cannot(file: Path, why: str) -> None:
        analysed.append({"file": str(file), "error": why})

    failed = each(terminal, first_files(files), "analyzing", analyze_one, cannot)
    if as_json:
        terminal.data(json.dumps({"schema": tables.SCHEMA, "files": analysed}, indent=2))
    return failed


def each(
    terminal: Terminal,
    files: Sequence[Path],
    doing: str,
    act: Callable[[Path], None],
    cannot: Callable[[Path, str], None] = lambda file, why: None,  # noqa: ARG005
) -> int:
    """Do something with file after file; one that cannot be used is reported, the others are done.

    Parameters
    ----------
    terminal
        For the progress, and the line about each file that failed.
    files
        In order.
    doing
        What is being done, in a word.
    act
        Does it with one file.
    cannot
        Is told of each file that could not be used, and why.

    Returns
    -------
    int
        How many could not be used.
    """
    failed = 0
    for file in terminal.tracked(files, doing):
        try:
            act(file)
        except TrackerError as error:
            failed += 1
            terminal.complain(str(error))
            cannot(file, str(error))
    return failed


def name_for(file: Path, taken: set[str]) -> str:
    """Name what is written of a file, and take that name.

    Raises
    ------
    InputError
        If it is taken.
    """
    name = stem(file)
    if name in taken:
        raise InputError(
            f"{file} would write over what comes of another {name}; choose another folder for it"
        )
    taken.add(name)
    return name


def _summarise(terminal: Terminal, file: Path, session: Session, out: Path | None) -> None:
    sets = counted(len(session.sets), "set")
    terminal.say(f"{file}: {sets}" + (f", tables in {out}" if out else ""))
    terminal.session(session)


def _document(session: Session) -> dict[str, object]:
    plain = {table.__name__: json.loads(table(session).to_json(orient="records")) for table in tables.TABLES}
    return {
        "session_id": session.session_id,
        "warnings": list(session.warnings),
        "edits": session.edits,
        **plain,
    }
