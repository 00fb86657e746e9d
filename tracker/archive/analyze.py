"""A file in, a session out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tracker.archive.edits import read_edits
from tracker.archive.importers import open_any
from tracker.archive.recording import Recording
from tracker.coaching.declared import Overrides
from tracker.coaching.edits import Edit, counted_as
from tracker.coaching.results import Session
from tracker.errors import InputError
from tracker.path import Path as Way


def analyze(path: str | Path, overrides: Overrides | None = None, *, as_recorded: bool = False) -> Session:
    """Say what a recording, a samples file (CSV or Parquet), or an export of another app holds.

    Parameters
    ----------
    path
        The file.
    overrides
        What the person says now; it beats what the file says, and what was said of it afterwards.
    as_recorded
        Leave out the corrections that lie beside the file.

    Returns
    -------
    Session
        Sets, reps and all else; what is doubtful about the file comes first in its warnings.

    Raises
    ------
    InputError
        If the file, or the corrections, cannot be used; one line that says why and what to do.
    """
    recording = open_any(Path(path))
    try:
        if as_recorded:
            return session_of(recording, overrides)
        said = read_edits(Path(path))
        session = Derived(recording, overrides).session(said.edits)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    return replace(session, warnings=(*said.warnings, *session.warnings))


def session_of(recording: Recording, overrides: Overrides | None = None) -> Session:
    """Send what a recording holds down the one path."""
    return Derived(recording, overrides).session()


class Derived:
    """A recording that was counted once: what follows from corrections is derived from that.

    Only when the whole session was another exercise is it counted anew.

    Parameters
    ----------
    recording
        What was recorded.
    overrides
        What the person says now; it beats marks and corrections.
    """

    def __init__(self, recording: Recording, overrides: Overrides | None = None) -> None:
        self._recording = recording
        self._overrides = overrides
        self._ways: dict[str | None, Way] = {}  # by the exercise that the session was counted as

    def session(self, edits: Sequence[Edit] = ()) -> Session:
        """Give the session as it is with these corrections.

        Raises
        ------
        InputError
            If the recording cannot be used, or a correction names an exercise that is not known.
        """
        exercise = counted_as(edits)
        if exercise not in self._ways:
            self._ways[exercise] = self._count(exercise)
        session = self._ways[exercise].session(edits)
        recording = self._recording
        lost = (recording.lost,) if recording.lost else ()
        return replace(session, warnings=(*lost, *recording.warnings, *session.warnings))

    def _count(self, exercise: str | None) -> Way:
        header = self._recording.header
        way = Way(
            self._overrides,
            counted_as=exercise,
            session_id=header.session_id,
            started=header.started,
            show=False,
        )
        for item in self._recording.items:
            way.receive(item)
        way.finish()
        return way
