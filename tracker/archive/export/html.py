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
from tracker.archive.export.report.of_session import Told, day_and_minute, session_report
from tracker.archive.importers import open_any, stem
from tracker.coaching.counts import counted
from tracker.coaching.edits import Edit, Noted, SessionSaid, Split, Tagged, Trim, edit_words
from tracker.coaching.names import NOBODY
from tracker.coaching.results import Session, Set


def html_files(exported: Exported) -> dict[str, bytes]:
    """Write the one file; by the ending of its name.

    Raises
    ------
    InputError
        If the recording, or what was said of it, cannot be read any more.
    """
    figures = Figures()
    told = replace(
        told_of(exported.path, exported.session),
        motion=trace(exported.path, as_recorded=exported.as_recorded),
    )
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
    title = f"{athlete or NOBODY.capitalize()}: {counted(len(parts), 'session')}"
    return document(title, list(athlete_report(athlete, parts, figures)), figures)


def told_of(path: Path, session: Session, whole: Session | None = None) -> Told:
    """Gather what a report says of a session beside its numbers, without its motion.

    Parameters
    ----------
    path
        The file.
    session
        What it holds, with its corrections.
    whole
        Where that is a part, such as an athlete's: all of it. What was said of the rest is left out.
    """
    edits = read_edits(path).edits if session.edits else ()  # without them it is as it was recorded
    if whole is not None:
        edits = tuple(edit for edit in edits if _is_of(edit, session, whole))
    return Told(
        name=stem(path),
        session=session,
        corrections=tuple(map(edit_words, edits)),
        recorded_with=open_any(path).header.software,
    )


def _is_of(edit: Edit, part: Session, whole: Session) -> bool:
    """Whether something was said of a part of a session."""
    athletes = {one.athlete for one in part.sets}
    match edit:
        case SessionSaid(said):
            return said.athlete is None or said.athlete in athletes
        case Trim():
            return True
        case Tagged() | Noted():  # of whom, nobody knows
            return all(one.athlete in athletes for one in whole.sets)
        case Split(at_s):
            return _nearest(whole, at_s) in part.sets
        case _:
            return _nearest(whole, edit.at.middle_s) in part.sets


def _nearest(session: Session, t_s: float) -> Set:
    """Find the set that something at a time belongs to: a rep that was none may lie beside what is left."""
    return min(session.sets, key=lambda one: max(one.t_start_s - t_s, t_s - one.t_end_s, 0.0))
