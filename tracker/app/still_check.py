"""Whether the weight lies, moves or is held still, from the rows of motion alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tracker.motion.events import Motion
from tracker.motion.grid import BRIDGE_S

STILL_S = 2.0
"""So long it has to be held still: a breath held, and longer than the stop between roll and brace."""

MOVES_DEG_S = 6.0
"""Turning that is more than a hold: tremor of the hands stays below 4 deg/s (simulated), the end of a drive
or a hand that lets go is above."""

MOVED_LATELY_S = 0.5
"""It is said to move for so long after it did: words that change faster are not read."""

LIES_S = 1.5
"""Untouched for so long it lies: shorter than `STILL_S`, so that a weight on the floor is never held."""

STIRS_DEG_S = 0.3
"""Change of turning that a hand makes all the time (0.7 deg/s and more, simulated) and a floor does not:
three times the noise of cheap parts. The change, because a gyroscope's offset is not known at the start."""

HEAVY_DEG = 5.0
"""Tilt of the held weight that is said: the notice for tilt in a set (coaching/exercises.py)."""


@dataclass(frozen=True, slots=True)
class StillCheck:
    """What is seen of the weight outside of a set; however rows are cut, the same comes out.

    Attributes
    ----------
    now_s
        Time of the last row, s on t_s; nan before the first.
    moved_s, stirred_s
        When it last moved or was taken up, and of the last row that a floor would not show.
    level_deg_s
        Turning at `stirred_s`.
    tilt_deg
        At the last row; nan while it is not known how the sensor is clipped.
    was_moved, lay
        Whether it has moved, and whether it has lain.
    """

    now_s: float = math.nan
    moved_s: float = math.nan
    stirred_s: float = math.nan
    level_deg_s: float = math.nan
    tilt_deg: float = math.nan
    was_moved: bool = False
    lay: bool = False

    @property
    def held_s(self) -> float:
        """How long it has been held still, s."""
        return 0.0 if self.lies or math.isnan(self.moved_s) else self.now_s - self.moved_s

    @property
    def lies(self) -> bool:
        """Whether nobody touches it."""
        return self.now_s - self.stirred_s >= LIES_S

    @property
    def is_held_still(self) -> bool:
        """Whether it has been held still for long enough."""
        return self.held_s >= STILL_S

    def after(self, motion: Motion) -> StillCheck:
        """Take in rows."""
        if not len(motion):
            return self
        moved_s, stirred_s, level = self.moved_s, self.stirred_s, self.level_deg_s
        was_moved, lay, before_s = self.was_moved, self.lay, self.now_s
        for t_s, turning in zip(motion.t_s.tolist(), motion.turning_deg_s.tolist(), strict=True):
            if t_s - before_s > BRIDGE_S:  # nobody knows what it did meanwhile
                moved_s = stirred_s = level = math.nan
            if moves := turning >= MOVES_DEG_S:
                moved_s, was_moved = t_s, True
            if moves or not abs(turning - level) <= STIRS_DEG_S:  # nan at first
                moved_s = t_s if t_s - stirred_s >= LIES_S else moved_s  # lying was no holding
                stirred_s, level = t_s, turning
            lay = lay or t_s - stirred_s >= LIES_S
            if math.isnan(moved_s):
                moved_s = t_s
            before_s = t_s
        return StillCheck(t_s, moved_s, stirred_s, level, motion.tilt_deg.item(-1), was_moved, lay)

    @property
    def words(self) -> str:
        """Say what is seen; empty before the first row."""
        if math.isnan(self.moved_s):
            return ""
        if self.lies:
            return "the weight lies untouched: roll it into the crease"
        if self.held_s < MOVED_LATELY_S:
            return f"it moves: hold it still in the crease for {STILL_S:g} s"
        if not self.is_held_still:
            return "still: hold on"
        return "held still"

    @property
    def heavy_words(self) -> str:
        """Say that an end hangs low; empty when none does.

        Which end is which is known after a set, and while the weight has not been laid down since: it may
        have been turned end for end.
        """
        if not (self.is_held_still and not self.lay and abs(self.tilt_deg) >= HEAVY_DEG):
            return ""
        low = "left" if self.tilt_deg > 0 else "right"  # positive: the right end is high
        return f"possibly {low}-heavy: its {low} end is {abs(self.tilt_deg):.0f} deg low"
