"""A file in, a session out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tracker.archive.edits import Said, read_edits
from tracker.archive.importers import open_any
from tracker.archive.recording import Recording
from tracker.coaching.declared import Overrides
from tracker.coaching.edits import Edit, counted_as
from tracker.coaching.results import Session
from tracker.errors import InputError
from tracker.motion.bearings import Show, joined
from tracker.motion.events import Motion
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
    said = Said() if as_recorded else read_edits(Path(path))
    with file_named(path):
        session = Derived(recording, overrides).session(said.edits)
    return replace(session, warnings=(*said.warnings, *session.warnings))


def trace(path: str | Path, overrides: Overrides | None = None, *, as_recorded: bool = False) -> Motion:
    """Say what the dumbbell did in a recording, sample by sample.

    Parameters
    ----------
    path
        The file, as for `analyze`.
    overrides
        What the person says now; only the exercise matters here.
    as_recorded
        Leave out the corrections that lie beside the file.

    Returns
    -------
    Motion
        Each set, and up to 5 s before and after it, on the set's own axis with the last word on every rep;
        between sets, and in lifts that are only counted, only how fast the dumbbell turned.

    Raises
    ------
    InputError
        If the file, or the corrections, cannot be used; one line that says why and what to do.
    """
    recording = open_any(Path(path))
    said = Said() if as_recorded else read_edits(Path(path))
    with file_named(path):
        return Derived(recording, overrides).motion(said.edits)


@contextmanager
def file_named(path: str | Path) -> Iterator[None]:
    """Name the file in what the path refuses: it knows only what was recorded, and not where that lies."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


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
        self._motions: dict[str | None, Motion] = {}

    def session(self, edits: Sequence[Edit] = ()) -> Session:
        """Give the session as it is with these corrections.

        Raises
        ------
        InputError
            If the recording cannot be used, or a correction names an exercise that is not known.
        """
        exercise = counted_as(edits)
        if exercise not in self._ways:
            self._ways[exercise], _ = self._count(exercise, Show.NOTHING)
        session = self._ways[exercise].session(edits)
        recording = self._recording
        lost = (recording.lost,) if recording.lost else ()
        return replace(session, warnings=(*lost, *recording.warnings, *session.warnings))

    def motion(self, edits: Sequence[Edit] = ()) -> Motion:
        """Give what the dumbbell did, as `trace` does; asked for first, it brings the session along.

        Raises
        ------
        InputError
            As for `session`.
        """
        exercise = counted_as(edits)
        if exercise not in self._motions:
            self._ways[exercise], self._motions[exercise] = self._count(exercise, Show.SETTLED)
        return self._motions[exercise]

    def _count(self, exercise: str | None, show: Show) -> tuple[Way, Motion]:
        header = self._recording.header
        way = Way(
            self._overrides,
            counted_as=exercise,
            session_id=header.session_id,
            started=header.started,
            show=show,
        )
        steps = [*(way.receive(item) for item in self._recording.items), way.finish()]
        return way, joined([step.motion for step in steps])
