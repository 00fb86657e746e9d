"""One recorded session as a row of the library."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tracker.archive.analyze import Derived, file_named
from tracker.archive.edits import read_edits
from tracker.archive.importers import open_any
from tracker.archive.letters import is_text, whole_letters
from tracker.archive.listed import SessionRow, SetRow, SideRow
from tracker.archive.recording import SUFFIX, read_header
from tracker.coaching.group import Group, start_time
from tracker.coaching.measures import measured
from tracker.coaching.results import Session, Set
from tracker.errors import InputError

_PASSING = frozenset(
    {
        *(errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EBUSY, errno.EAGAIN, errno.EINTR),
        *(errno.EMFILE, errno.ENFILE, errno.ENOMEM),
    }
)


def name_of(file: Path) -> str:
    """Name a session after its first file.

    Examples
    --------
    >>> name_of(Path("sessions/monday.arrows"))
    'monday'
    """
    return file.name.removesuffix(SUFFIX)


def read_row(file: Path, among: Sequence[Path] | None = None) -> SessionRow:
    """Analyse a session, with what was said of it; one that cannot be read is a row that says why.

    Parameters
    ----------
    file
        Its first segment; later ones are read with it.
    among
        Files beside it that may be later segments; None: its folder is looked through.
    """
    if not is_text(file.name):
        return _troubled(file, f"{file} has a name that is no text; give its files another one")
    try:
        recording = open_any(file, among)
        said = read_edits(file)
        with file_named(file):
            session = Derived(recording).session(said.edits)
    except InputError as error:
        return _troubled(file, str(error), is_passing=_may_pass(error.__cause__))
    except Exception as error:  # noqa: BLE001 (our bug in one session must not hide all the others)
        why = f"{file} cannot be analysed, which is a bug ({type(error).__name__}: {error})"
        why = f"{why}; tracker analyze {file} shows where"
        return _troubled(file, why, is_passing=isinstance(error, MemoryError))
    name = name_of(file)
    return SessionRow(
        name=name,
        file=file,
        started=session.started,
        software=recording.header.software,
        tags=session.tags,
        note=session.note,
        edits=session.edits,
        warnings=(*said.warnings, *session.warnings),
        sets=tuple(_set_row(name, session, one) for one in session.sets),
        sides=side_rows(name, session),
    )


def side_rows(name: str, session: Session) -> tuple[SideRow, ...]:
    """Sum up what each athlete did of each lift with each leg, in the order in which they began."""
    groups: dict[tuple[str, str, str], list[Set]] = {}
    for one in session.sets:
        groups.setdefault((one.athlete, one.exercise, one.side.value), []).append(one)
    return tuple(_side_row(name, Group(session, tuple(sets))) for sets in groups.values())


def _may_pass(cause: BaseException | None) -> bool:
    """Whether a disk, or a system short of something, may give tomorrow what it refuses now."""
    return isinstance(cause, OSError) and cause.errno in _PASSING


def _troubled(file: Path, why: str, *, is_passing: bool = False) -> SessionRow:
    started = software = ""
    with suppress(InputError):  # what is damaged may still say when it began
        header = read_header(file)
        started, software = header.started, header.software
    name, trouble = map(whole_letters, (name_of(file), " ".join(why.split())))
    return SessionRow(name, file, started, software, trouble=trouble, is_passing=is_passing)


def _set_row(name: str, session: Session, one: Set) -> SetRow:
    group = Group(session, (one,))
    return SetRow(
        session=name,
        number=one.number,
        side=one.side,
        athlete=one.athlete,
        exercise=one.exercise,
        load_kg=one.load_kg,
        started=start_time(session, one.t_start_s),
        attempts=group.attempts,
        reps=len(one.reps),
        clean=group.clean,
        gate=one.gate.gate,
        gate_reason=one.gate.reason,
    )


def _side_row(name: str, group: Group) -> SideRow:
    return SideRow(
        session=name,
        started=start_time(group.session, group.first.t_start_s),
        athlete=group.first.athlete,
        exercise=group.first.exercise,
        side=group.first.side,
        sets=len(group.sets),
        attempts=group.attempts,
        reps=len(group.reps),
        judged=group.judged,
        clean=group.clean,
        load_kg_max=group.load_kg_max,
        volume_kg=group.volume_kg,
        gate=group.gate,
        measures=measured(group.sets),
    )
