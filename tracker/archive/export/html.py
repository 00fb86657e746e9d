"""A session as one HTML file for people: it opens offline, prints on A4, reads on a phone."""

from __future__ import annotations

from tracker.archive.analyze import trace
from tracker.archive.edits import read_edits
from tracker.archive.export.exported import Exported
from tracker.archive.export.report.document import Figures, document
from tracker.archive.export.report.of_session import Told, session_report, when_words
from tracker.archive.importers import open_any, stem
from tracker.coaching.edits import edit_words


def html_files(exported: Exported) -> dict[str, bytes]:
    """Write the one file; by the ending of its name.

    Raises
    ------
    InputError
        If the recording, or what was said of it, cannot be read any more.
    """
    figures = Figures()
    told = told_of(exported)
    title = f"{told.name}, {when_words(told.session.started)}" if told.session.started else told.name
    return {".html": document(title, list(session_report(told, figures)), figures)}


def told_of(exported: Exported) -> Told:
    """Gather what a report says of a session beside its numbers."""
    session = exported.session
    edits = read_edits(exported.path).edits if session.edits else ()  # without them it is as it was recorded
    return Told(
        name=stem(exported.path),
        session=session,
        corrections=tuple(map(edit_words, edits)),
        recorded_with=open_any(exported.path).header.software,
        motion=trace(exported.path),
    )
