"""A file in, a session out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tracker.archive.importers import open_any
from tracker.archive.recording import Recording
from tracker.coaching.declared import Overrides
from tracker.coaching.results import Session
from tracker.errors import InputError
from tracker.path import Path as Way


def analyze(path: str | Path, overrides: Overrides | None = None) -> Session:
    """Say what a recording, a samples file (CSV or Parquet), or an export of another app holds.

    Parameters
    ----------
    path
        The file.
    overrides
        What the person says now; it beats what the file says.

    Returns
    -------
    Session
        Sets, reps and all else; what is doubtful about the file comes first in its warnings.

    Raises
    ------
    InputError
        If the file cannot be used; one line that says why and what to do.
    """
    recording = open_any(Path(path))
    try:
        return session_of(recording, overrides)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def session_of(recording: Recording, overrides: Overrides | None = None) -> Session:
    """Send what a recording holds down the one path."""
    header = recording.header
    way = Way(overrides, session_id=header.session_id, started=header.started, show=False)
    for item in recording.items:
        way.receive(item)
    way.finish()
    session = way.session()
    lost = (recording.lost,) if recording.lost else ()
    return replace(session, warnings=(*lost, *recording.warnings, *session.warnings))
