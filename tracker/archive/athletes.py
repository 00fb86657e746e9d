"""Who is in a recorded session: what each has done in it, and who is named in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tracker.archive.edits import SUFFIX as EDITS
from tracker.archive.edits import read_edits
from tracker.archive.holdings import Holding
from tracker.archive.listed import SessionRow
from tracker.archive.recording import SUFFIX, read, read_header
from tracker.coaching.edits import SessionSaid, SetSaid
from tracker.coaching.names import NOBODY
from tracker.errors import InputError
from tracker.sensing.marks import Declared, Mark, as_one


@dataclass(frozen=True, slots=True)
class Share:
    """How many sets of a session are one athlete's, and how many reps were counted in them."""

    sets: int = 0
    reps: int = 0


@dataclass(frozen=True, slots=True)
class People:
    """Who is in a session.

    Attributes
    ----------
    holding
        The session.
    named
        Every name in its marks and corrections, also in those that do not hold any more.
    shares
        What each athlete has done, corrections applied; "" stands for sets of which nobody said. Empty where
        there is no set.
    day
        When it began, ISO 8601; "" when that is not known.
    trouble
        Why it cannot be read in full, in one line; "" when it can. Whose sets it holds is not known then.
    """

    holding: Holding
    named: frozenset[str]
    shares: Mapping[str, Share] = field(default_factory=dict)
    day: str = ""
    trouble: str = ""

    @property
    def athletes(self) -> frozenset[str]:
        """Whose session it is: by the sets, or where there is none by what is named."""
        return frozenset(self.shares) or self.named

    def includes(self, name: str) -> bool:
        """Whether it is a session of the athlete's, too."""
        return as_one(name) in self.athletes

    def only_names(self, name: str) -> bool:
        """Whether the athlete is named in it, and all sets are of others."""
        return as_one(name) in self.named - self.athletes

    def others(self, name: str) -> tuple[str, ...]:
        """Say who else is in it."""
        return tuple(sorted(one or NOBODY for one in self.athletes - {as_one(name)}))


@dataclass(frozen=True, slots=True)
class Named:
    """Who is named in what of a session can be read, and what of it cannot, in one line, or ""."""

    names: frozenset[str] = frozenset()
    unread: str = ""


def names_in(holding: Holding) -> Named:
    """Read who is named in a session: in marks and corrections."""
    names = corrected_names(holding.files)
    unread = ""
    session_id = _session_id(holding.first)
    for file in holding.recordings:
        with suppress(InputError):
            recording = read(file)
            if session_id and recording.header.session_id != session_id:
                unread = f"{file} is of another session"
            damage = "; ".join(filter(None, (*recording.warnings, recording.lost)))
            unread = f"{file}: {damage}" if recording.is_damaged else unread
            marks = (item.body for item in recording.items if isinstance(item, Mark))
            names += _athletes(body for body in marks if isinstance(body, Declared))
    return Named(frozenset(names), unread)


def corrected_names(files: Iterable[Path]) -> list[str]:
    """Name who is named in corrections, whichever segment of a session they lie beside."""
    names: list[str] = []
    for file in files:
        if file.name.endswith(EDITS):
            with suppress(InputError):
                entries = read_edits(file.with_name(file.name.removesuffix(EDITS) + SUFFIX)).entries
                edits = (entry.edit for entry in entries)
                names += _athletes(edit.said for edit in edits if isinstance(edit, SetSaid | SessionSaid))
    return names


def _session_id(file: Path) -> str:
    """Tell which session a recording is of; "" where it cannot be read, which others say."""
    try:
        return read_header(file).session_id
    except InputError:
        return ""


def people_in(holding: Holding, named: Named, row: SessionRow) -> People:
    """Say who is in a session, given who is named in it, and its row in the library."""
    shares: dict[str, Share] = {}
    for one in row.sets:
        name = as_one(one.athlete)
        so_far = shares.get(name, Share())
        shares[name] = Share(so_far.sets + 1, so_far.reps + one.reps)
    return People(holding, named.names, shares, row.started[:10], row.trouble or named.unread)


def _athletes(said: Iterable[Declared]) -> list[str]:
    return [as_one(one.athlete) for one in said if one.athlete]


@dataclass(frozen=True, slots=True)
class Athlete:
    """What one athlete has done.

    Attributes
    ----------
    name
        "" for sets of which nobody said whose they are.
    sessions, sets, reps
        How many; reps are those that were counted.
    first, last
        Days of the first and the last session, ISO 8601; "" where no session knows.
    """

    name: str
    sessions: int
    sets: int
    reps: int
    first: str
    last: str


def athletes_in(sessions: Sequence[People]) -> tuple[Athlete, ...]:
    """Sum up who trained, in order of their names; those without a set are among them."""
    names = {name for people in sessions for name in people.athletes}
    return tuple(
        _athlete(name, [people for people in sessions if name in people.athletes]) for name in sorted(names)
    )


def _athlete(name: str, own: Sequence[People]) -> Athlete:
    shares = [people.shares.get(name, Share()) for people in own]
    days = sorted(people.day for people in own if people.day)
    return Athlete(
        name=name,
        sessions=len(own),
        sets=sum(share.sets for share in shares),
        reps=sum(share.reps for share in shares),
        first=days[0] if days else "",
        last=days[-1] if days else "",
    )
