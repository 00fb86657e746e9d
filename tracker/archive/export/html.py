"""A session, or all of an athlete, as one HTML file for people: it opens offline and prints on A4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tracker.archive.analyze import trace
from tracker.archive.athlete_names import as_one
from tracker.archive.edits import read_edits
from tracker.archive.export.exported import Exported
from tracker.archive.export.report.document import Figures, document
from tracker.archive.export.report.of_athlete import Part, athlete_report
from tracker.archive.export.report.of_session import Told, day_and_minute, session_report
from tracker.archive.importers import open_any, stem
from tracker.coaching.counts import counted
from tracker.coaching.edits import Edit, SessionSaid, SetSaid, edit_words
from tracker.coaching.results import Session


def html_files(exported: Exported) -> dict[str, bytes]:
    """Write the one file; by the ending of its name.

    Raises
    ------
    InputError
        If the recording, or what was said of it, cannot be read any more.
    """
    figures = Figures()
    told = replace(told_of(exported.path, exported.session), motion=trace(exported.path))
    title = f"{told.name}, {day_and_minute(told.session.started)}" if told.session.started else told.name
    return {".html": document(title, list(session_report(told, figures)), figures)}


def athlete_html(athlete: str, parts: Sequence[Part]) -> bytes:
    """Write the file of an athlete.

    Parameters
    ----------
    athlete
        The name.
    parts
        Sessions with sets of the athlete, in any order; at least one.
    """
    figures = Figures()
    title = f"{athlete}: {counted(len(parts), 'session')}"
    return document(title, list(athlete_report(athlete, parts, figures)), figures)


def told_of(path: Path, session: Session, athlete: str | None = None) -> Told:
    """Gather what a report says of a session beside its numbers, without its motion.

    Parameters
    ----------
    path
        The file.
    session
        What it holds, with its corrections.
    athlete
        Whose report it is: what was said of others is left out; None: everybody's.
    """
    edits = read_edits(path).edits if session.edits else ()  # without them it is as it was recorded
    if athlete is not None:
        edits = tuple(edit for edit in edits if _athlete_in(edit) in (None, as_one(athlete)))
    return Told(
        name=stem(path),
        session=session,
        corrections=tuple(map(edit_words, edits)),
        recorded_with=open_any(path).header.software,
    )


def _athlete_in(edit: Edit) -> str | None:
    said = edit.said.athlete if isinstance(edit, SetSaid | SessionSaid) else None
    return None if said is None else as_one(said)
