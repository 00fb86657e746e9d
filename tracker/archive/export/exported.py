"""What every format begins with: a session, or one side of it, and how it is told to other apps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

import pandas as pd

from tracker.archive import tables
from tracker.coaching.balance import balance_of
from tracker.coaching.exercises import by_name
from tracker.coaching.group import Group, start_time
from tracker.coaching.names import athlete_names
from tracker.coaching.results import BalanceMeasure, Session, Set
from tracker.coaching.summing import warnings_of
from tracker.errors import InputError
from tracker.sensing.marks import Side, as_one

Table: TypeAlias = Callable[[Session], pd.DataFrame]

PER: Final = {"rep": tables.reps, "set": tables.sets, "side": tables.sides}
"""The table that has a row for each of these."""


NAMING_THEIR_SESSION: Final = tuple(table for table in tables.TABLES if table is not tables.motions)
"""The tables whose rows say which session they are of."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One session on its way into files.

    Attributes
    ----------
    path
        The file it was read from.
    session
        What it holds, or one side of that.
    tables
        Which of its tables are wanted, for formats that hold tables.
    as_recorded
        Whether the session is without what was corrected afterwards.
    """

    path: Path
    session: Session
    tables: tuple[Table, ...] = tables.TABLES
    as_recorded: bool = False


def of_side(session: Session, side: Side) -> Session:
    """Leave out the other leg.

    Sets keep their numbers, and the rest before each is still that after the set before it, of whichever
    leg. One leg has no balance; of the motions that were not counted only those inside its sets are its.
    """
    sets = tuple(one for one in session.sets if one.side is side)
    return _only(session, sets, ())


def of_athlete(session: Session, name: str) -> Session:
    """Leave out the sets of others; left is compared with right anew, over the athlete's own sets.

    Sets keep their numbers. Where others trained, too, the motions that were not counted are the athlete's
    inside of sets only, and note and tags are left out: of whom they are, nobody knows.
    """
    sets = tuple(one for one in session.sets if as_one(one.athlete) == as_one(name))
    if len(sets) == len(session.sets):
        return session
    own = _only(session, sets, balance_of([one for one in sets if one.exercise == sets[-1].exercise]))
    return replace(own, note="", tags=())


def _only(session: Session, sets: tuple[Set, ...], balance: tuple[BalanceMeasure, ...]) -> Session:
    """Leave of a session some sets, what was tried in them, and what must be known of them."""
    of_all = set(warnings_of(session.sets))
    others = (warning for warning in session.warnings if warning not in of_all)
    return replace(
        session,
        sets=sets,
        rejected=tuple(motion for one in sets for motion in one.partials),
        balance=balance,
        warnings=(*warnings_of(sets), *others),
    )


def moment(session: Session, t_s: float) -> datetime:
    """Say when something was, in the time zone of the recording.

    Raises
    ------
    InputError
        If the session does not know when it began.
    """
    said = start_time(session, t_s)
    if not said:
        raise InputError(
            f"{session.session_id} does not say when it began, and this format cannot do without; say it "
            "with tracker import --started 2026-01-31T18:05, of the file that it was made of or of its "
            "samples (--format samples), and export that"
        )
    return datetime.fromisoformat(said)


def exercise_title(one: Set) -> str:
    """Name a set's lift and leg in one: apps without a column for the leg tell them apart by it.

    Examples
    --------
    A set of the left leg is "Weighted one-leg hip thrust (Left)"; one of an unknown leg goes without.
    """
    title = by_name(one.exercise).title
    return title if one.side is Side.UNKNOWN else f"{title} ({one.side.value.capitalize()})"


def by_title(session: Session) -> dict[str, list[Set]]:
    """Sets under their titles: those that came first stand first."""
    sets: dict[str, list[Set]] = {}
    for one in session.sets:
        sets.setdefault(exercise_title(one), []).append(one)
    return sets


def described(session: Session) -> str:
    """Say who trained, where that is known, and in which session."""
    return "; ".join([*athlete_names(one.athlete for one in session.sets), session.session_id])


def clean_of(session: Session, sets: Sequence[Set]) -> str:
    """Say how many reps of sets were clean; "" where none was judged."""
    group = Group(session, tuple(sets))
    return "" if math.isnan(group.clean) else f"clean {group.clean:.0f} of {len(group.reps)}"
