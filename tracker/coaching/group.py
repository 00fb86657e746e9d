"""What the reps of one set, or of all sets of a side, say together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.coaching.judgements import ALERTS
from tracker.coaching.progression import first_and_last, inner_of
from tracker.coaching.reference import middle
from tracker.coaching.results import Gate, JudgedRep, Session, Set, Verdict
from tracker.motion.events import Rep

FEWEST_FOR_CHANGE = 4
"""Reps that can show a change over a set: two to begin with and two to end with."""

_SPREAD_OF_MAD = 1.4826
"""Standard deviation over median absolute deviation, for normal scatter."""

_WORST_FIRST = (Gate.BACK_OFF, Gate.HOLD, Gate.GO)


@dataclass(frozen=True, slots=True)
class Group:
    """Sets that make one row: one set in ``sets``, a side's sets in ``sides``."""

    session: Session
    sets: tuple[Set, ...]

    @property
    def first(self) -> Set:
        """The set that names the row."""
        return self.sets[0]

    @property
    def reps(self) -> tuple[JudgedRep, ...]:
        """Counted reps."""
        return tuple(rep for one in self.sets for rep in one.reps)

    @property
    def inner(self) -> tuple[JudgedRep, ...]:
        """Reps of the set that can show a change."""
        return inner_of(self.reps)

    @property
    def attempts(self) -> int:
        """Counted reps, and motions that were tried and not counted."""
        return len(self.reps) + sum(len(one.partials) for one in self.sets)

    @property
    def judged(self) -> int:
        """How many reps are known to be clean or not."""
        return sum(rep.judgement.clean is not Verdict.UNKNOWN for rep in self.reps)

    @property
    def clean(self) -> float:
        """How many reps were locked out, level and without an alert; nan when that is known of none."""
        known = any(one.has_verdicts for one in self.sets)
        return sum(one.clean for one in self.sets) if known else math.nan

    @property
    def lockout_rate(self) -> float:
        """Share of locked-out reps among those that could be judged; nan when none could."""
        lockouts = Counter(rep.judgement.lockout for rep in self.reps)
        judged = lockouts[Verdict.YES] + lockouts[Verdict.NO]
        return lockouts[Verdict.YES] / judged if judged else math.nan

    @property
    def rocking_alerts(self) -> float:
        """How many reps rocked to an alert or worse; nan when none could be judged."""
        return sum(rep.judgement.rocking in ALERTS for rep in self.reps) if self.is_judged else math.nan

    @property
    def is_judged(self) -> bool:
        """Whether any rep could be judged: the reps of some lifts are only counted."""
        return any(one.is_judged for one in self.sets)

    @property
    def tempo_spread_s(self) -> float:
        """Spread of the reps' durations (drive to end of lowering), s, as 1.48 median absolute deviations."""
        durations = [rep.rep.t_end_s - rep.rep.t_start_s for rep in self.reps]
        if len(durations) < 2:  # one rep has no spread
            return math.nan
        usual = middle(durations)
        return _SPREAD_OF_MAD * middle([abs(duration - usual) for duration in durations])

    @property
    def rom_decay_pct(self) -> float:
        """Range lost from the first to the last reps of the set, % of the first."""
        first, last = self.first_and_last(rom_deg)
        return 100.0 * (first - last) / first if first > 0.0 else math.nan

    @property
    def cues(self) -> str:
        """Each cue with how often it was given, the most frequent first."""
        counts = Counter(cue for rep in self.reps for cue in rep.cues)
        return "; ".join(f"{cue.value} x{count}" for cue, count in counts.most_common())

    @property
    def load_kg_max(self) -> float:
        """The heaviest load; nan when none was said."""
        return max((one.load_kg for one in self.sets if not math.isnan(one.load_kg)), default=math.nan)

    @property
    def volume_kg(self) -> float:
        """Load times counted reps; nan when a set's load was not said."""
        return sum(one.load_kg * len(one.reps) for one in self.sets)

    @property
    def gate(self) -> Gate:
        """The worst of the sets' gates; unknown when no set decides."""
        gates = {one.gate.gate for one in self.sets}
        return next((gate for gate in _WORST_FIRST if gate in gates), Gate.UNKNOWN)

    def median(self, measure: Callable[[Rep], float]) -> float:
        """Median of a measure over the counted reps that have it; nan when none has."""
        return middle([measure(rep.rep) for rep in self.reps])

    def first_and_last(self, value: Callable[[JudgedRep], float]) -> tuple[float, float]:
        """Medians over the first and the last third of the reps, as the gate takes them.

        Fewer `inner` reps than `FEWEST_FOR_CHANGE`: nan.
        """
        inner = self.inner
        return first_and_last(inner, value) if len(inner) >= FEWEST_FOR_CHANGE else (math.nan, math.nan)

    def change(self, value: Callable[[JudgedRep], float]) -> float:
        """Last less first of `first_and_last`."""
        first, last = self.first_and_last(value)
        return last - first

    def named(self, name: Callable[[Set], str]) -> str:
        """Say what was declared for the sets; where they differ, each once, in order."""
        return "; ".join(dict.fromkeys(name(one) for one in self.sets))


def start_time(session: Session, t_s: float) -> str:
    """Time of day of `t_s`, ISO 8601 to the millisecond; "" when it or the start is not known."""
    if not session.started or math.isnan(t_s):
        return ""
    try:
        moment = datetime.fromisoformat(session.started) + timedelta(seconds=t_s)
    except OverflowError:  # after the year 9999
        return ""
    return moment.isoformat(timespec="milliseconds")


def concentric_s(rep: Rep) -> float:
    """Time of the drive, s."""
    return rep.t_top_s - rep.t_start_s


def top_hold_s(rep: Rep) -> float:
    """Time at the top, s."""
    return rep.t_leave_top_s - rep.t_top_s


def eccentric_s(rep: Rep) -> float:
    """Time of the lowering, s."""
    return rep.t_end_s - rep.t_leave_top_s


def rom_deg(rep: JudgedRep) -> float:
    """Range of lift, deg."""
    return rep.rep.rom_deg


def bottom_deg(rep: JudgedRep) -> float:
    """Lift at the bottom after the rep, without what the weight has slid, deg."""
    slide = rep.judgement.slide_deg
    return rep.rep.end_deg - (0.0 if math.isnan(slide) else slide)


def slide_deg(rep: JudgedRep) -> float:
    """How far the weight has slid, deg."""
    return rep.judgement.slide_deg
