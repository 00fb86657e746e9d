"""Who has declared what: the person's words beside those that the flow had declared itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from tracker.coaching.declared import together
from tracker.coaching.plan import NOTHING_SAID, Next
from tracker.sensing.marks import Declared, Side


@dataclass(frozen=True, slots=True)
class Said:
    """What was said so far.

    Attributes
    ----------
    person
        All that the person said.
    corrected, corrected_s
        What the person said for the set that comes next, and when last, s on t_s.
    used
        What was said so for the set that is on; it holds again if that set was none.
    holds
        What stands in the marks that were heard, the person's and ours.
    unheard
        What we asked to declare and have not heard as a mark yet, in order.
    """

    person: Declared = NOTHING_SAID
    corrected: Declared = NOTHING_SAID
    corrected_s: float = -math.inf
    used: Declared = NOTHING_SAID
    holds: Declared = NOTHING_SAID
    unheard: tuple[Declared, ...] = ()

    def hear(self, declared: Declared, now_s: float) -> Said:
        """Take in a mark: ours if it is one that we have asked for, else the person's."""
        said = replace(self, holds=together(self.holds, declared))
        if declared in self.unheard:
            at = self.unheard.index(declared)
            return replace(said, unheard=self.unheard[:at] + self.unheard[at + 1 :])
        return replace(
            said,
            person=together(self.person, declared),
            corrected=together(self.corrected, declared),
            corrected_s=now_s,
        )

    def begin_set(self, t_start_s: float) -> Said:
        """A set has taken what was said for it; what was said after its start is for the one after it."""
        if self.corrected_s > t_start_s:
            return replace(self, unheard=())
        return replace(self, corrected=NOTHING_SAID, used=self.corrected, unheard=())

    def give_back(self) -> Said:
        """That set was none: what was said for it holds for the next one."""
        return replace(self, corrected=together(self.used, self.corrected), used=NOTHING_SAID)

    def ask(self, proposal: Next, *, with_target: bool) -> tuple[Said, Declared | None]:
        """Say what has to be declared so that the proposal holds; None when it does already."""
        expected = self.holds
        for declared in self.unheard:
            expected = together(expected, declared)
        missing = _missing(proposal, expected, with_target)
        if missing == NOTHING_SAID:
            return self, None
        return replace(self, unheard=(*self.unheard, missing)), missing


def _missing(proposal: Next, expected: Declared, with_target: bool) -> Declared:
    """Return what differs; nothing while the side is not known."""
    if proposal.side is Side.UNKNOWN:
        return NOTHING_SAID
    load_kg, target_reps = proposal.load_kg, proposal.target_reps or 0
    return Declared(
        side=None if proposal.side is expected.side else proposal.side,
        load_kg=None if math.isnan(load_kg) or load_kg == expected.load_kg else load_kg,
        target_reps=target_reps if with_target and target_reps != (expected.target_reps or 0) else None,
    )
