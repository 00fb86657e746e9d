"""A session, or all of an athlete, as one HTML file for people: it opens offline and prints on A4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tracker.archive.analyze import trace
from tracker.archive.edits import read_edits
from tracker.archive.export.exported import Exported
from tracker.archive.export.report.document import Figures, document
from tracker.archive.export.report.of_athlete import Part, athlete_report
from tracker.archive.export.report.of_session import Told, session_report, when_words
from tracker.archive.importers import open_any, stem
from tracker.coaching.edits import edit_words
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
    title = f"{told.name}, {when_words(told.session.started)}" if told.session.started else told.name
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
    title = f"{athlete}: {len(parts)} session{'' if len(parts) == 1 else 's'}"
    return document(title, list(athlete_report(athlete, parts, figures)), figures)


def told_of(path: Path, session: Session) -> Told:
    """Gather what a report says of a session beside its numbers, without its motion."""
    edits = read_edits(path).edits if session.edits else ()  # without them it is as it was recorded
    return Told(
        name=stem(path),
        session=session,
        corrections=tuple(map(edit_words, edits)),
        recorded_with=open_any(path).header.software,
    )
