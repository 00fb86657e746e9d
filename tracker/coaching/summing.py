"""A session summed up: its sets judged one after another, and what they say together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from tracker.coaching.balance import balance_of
from tracker.coaching.declared import Declarations
from tracker.coaching.results import Session, Set
from tracker.coaching.sensor import clip_of, sensor_warnings
from tracker.coaching.sets import Surroundings, set_of
from tracker.coaching.works import Counted
from tracker.sensing.marks import Side

TELLING_GAP_S = 0.5
"""Less time without samples than this is bridged, and costs no rep."""


def sum_up(counted: Counted, declarations: Declarations, session_id: str, started: str) -> Session:
    """Judge all that was counted.

    Parameters
    ----------
    counted
        The sets, and what lies around them.
    declarations
        What was said of them while recording, and what is said now.
    session_id, started
        Of the recording.

    Raises
    ------
    InputError
        If a set was said to be an exercise that is not known, or to have a tempo that is none.
    """
    sets = tuple(_sets(counted, declarations))
    ended = [work.ended for work in counted.works if work.ended is not None]
    return Session(
        session_id=session_id,
        started=started,
        sets=sets,
        rejected=tuple(sorted(counted.rejected, key=lambda motion: motion.rep.t_start_s)),
        balance=balance_of([one for one in sets if one.exercise == sets[-1].exercise]),
        gaps=tuple(counted.gaps),
        warnings=(*warnings_of(sets), *sensor_warnings(ended)),
        clip=clip_of(ended),
        tilt_sure_deg=max((one.tilt_sure_deg for one in ended), default=math.nan),
    )


def _sets(counted: Counted, declarations: Declarations) -> Iterator[Set]:
    before_s = math.nan
    for number, work in enumerate(counted.works, 1):
        around = Surroundings(
            number=number,
            terms=declarations.at(work.t_start_s, number, work.said),
            t_before_s=before_s,
            rejected=counted.rejected,
            gaps=counted.gaps,
            counted_by_person=work.counted_by_person,
        )
        yield set_of(work.so_far, work.t_start_s, work.t_end_s, around)
        before_s = work.t_end_s


def warnings_of(sets: Sequence[Set]) -> Iterator[str]:
    """Say what must be known of the numbers of some sets."""
    clipped = sum(rep.rep.clipped for one in sets for rep in one.reps)
    if clipped:
        yield f"Reps in which a sensor reached the end of its range: {clipped}. Their angles are not judged."
    missing_s = sum(one.gap_s for one in sets)
    if missing_s >= TELLING_GAP_S:
        yield f"Time without samples inside sets: {missing_s:.1f} s. A rep in it may not be counted."
    without_side = sum(one.side is Side.UNKNOWN for one in sets)
    if without_side:
        yield f"Sets of which the leg was not said: {without_side}. Say it to compare left and right."
