"""Calibrating a sensor on its dumbbell: lie still, turn end for end, lie still, roll.

Samples in, progress out; reversal.py has the mathematics.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

import numpy as np

from tracker.motion.grid import BROKEN
from tracker.motion.orientation import Orientation, Oriented
from tracker.motion.reversal import Found, Lying, found_of, rolled_about, swung_deg, turn_deg
from tracker.motion.stillness import CHUNK_S, Stillness
from tracker.sensing.samples import Floats, Samples

STILL_S = 3.0
"""How long it has to lie still, s: the mean's noise is far below a hundredth of a degree by then."""

TURNED_DEG = 150.0
"""Turning end for end is a half turn about something, rolled or not; 30 deg are left for a sloppy one."""

ROLLED_DEG = 270.0
"""So much of a circle that the plane of its points is sure; a full turn is asked for."""

FULL_TURN_DEG = 360.0

MOVED_DEG = 10.0
"""Lying otherwise than before by less than this, it was only knocked against."""

UNEVEN_DEG = 0.9
"""Points of a roll that lie so far from a plane (rms) come from a dumbbell that did not roll on a floor, and
the axis is off by as much. An even floor gives 0.05 (virtual); nobody has rolled a hexagonal one yet."""

STEEPEST_DEG = 10.0
"""A slope beyond this is no floor: one end lies on something."""

LARGEST_OFFSET_M_S2 = 1.5
"""The worst cheap parts read 0.8 m/s2 (80 mg) of nothing; beyond this something else is wrong."""


class Step(IntEnum):
    """What the person is asked to do."""

    LIE = 1
    TURN = 2
    ROLL = 3
    DONE = 4


class Trouble(StrEnum):
    """Why a step did not work."""

    NOT_TURNED = "it was moved, but its ends have not swapped places"
    ROLLED_ONLY = "it was rolled where it should have been turned end for end"
    UNEVEN = "it did not roll along the floor: it was lifted or tipped on the way"
    STEEP = "it lay too steep: one end was on something"
    OFFSET = "the two ways it lay do not fit together: it was not turned on the same spot"
    LOST = "samples were missing for too long"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is.

    Attributes
    ----------
    step
        What is asked for.
    still_s
        How long it has been lying still, s.
    rolled_deg
        In the step ROLL: how far it has rolled.
    trouble
        Why the last step did not work; None when it did.
    failures
        How often one did not work so far.
    found
        In the step DONE: the calibration.
    """

    step: Step = Step.LIE
    still_s: float = 0.0
    rolled_deg: float = 0.0
    trouble: Trouble | None = None
    failures: int = 0
    found: Found | None = None


class Calibration:
    """Follows a dumbbell through the steps; blocks may be cut anywhere.

    Parameters
    ----------
    failures
        How often a step did not work before, over another link.

    Notes
    -----
    It decides at the end of every chunk of `CHUNK_S`, counted in samples, and at no other time. The rows of
    a roll are kept until it is over; while it lies or is handed about, none are.
    """

    def __init__(self, failures: int = 0) -> None:
        self._orientation = Orientation()
        self._stillness = Stillness()
        self._acc: list[Floats] = []
        self._gyr: list[Floats] = []
        self._roll: list[tuple[Floats, Floats]] = []
        self._turned_rad = np.zeros(3)
        self._now: Oriented | None = None
        self._poses: list[Lying] = []
        self._period_s = 0.0
        self._progress = Progress(failures=failures)

    def step(self, samples: Samples) -> Progress:
        """Take in a block with acceleration and angular rate; tell how far it is.

        Raises
        ------
        ValueError
            If the samples have no acceleration or no angular rate.
        """
        if samples.acc_m_s2 is None or samples.gyr_rad_s is None:
            raise ValueError("a calibration needs acceleration and angular rate")
        self._period_s = samples.period_s
        size = max(2, round(CHUNK_S / samples.period_s))
        for part in _cut_at_chunks(samples, sum(map(len, self._acc)), size):
            if self._progress.step is Step.DONE:
                break
            self._take(part)
            if sum(map(len, self._acc)) == size:
                self._look()
        return self._progress

    def _take(self, samples: Samples) -> None:
        assert samples.acc_m_s2 is not None
        assert samples.gyr_rad_s is not None
        self._acc.append(samples.acc_m_s2)
        self._gyr.append(samples.gyr_rad_s)
        for block in self._orientation.step(replace(samples, earth_from_sensor=None)):
            if self._now is not None and block.flags[0] & BROKEN:
                self._begin_again(Trouble.LOST)
            self._now = block.cut(len(block) - 1, len(block))

    def _look(self) -> None:
        """Judge the chunk that is full, and the step with it."""
        acc, gyr = np.concatenate(self._acc), np.concatenate(self._gyr)
        self._acc, self._gyr = [], []
        self._stillness.step(acc, gyr)
        if self._progress.step is Step.ROLL:
            self._roll.append((acc, (gyr - self._poses[-1].gyr_rad_s) * self._period_s))
            self._turned_rad += self._roll[-1][1].sum(axis=0)
        rolled_deg = math.degrees(float(np.linalg.norm(self._turned_rad)))
        self._progress = replace(self._progress, still_s=self._stillness.still_s, rolled_deg=rolled_deg)
        if self._stillness.still_s >= STILL_S and self._now is not None:
            still = self._stillness
            self._lies(Lying(still.acc_m_s2, still.gyr_rad_s, self._now.earth_from_sensor[:, 0]))

    def _lies(self, pose: Lying) -> None:
        """It has been lying still long enough for the step that is on."""
        if self._progress.step is Step.LIE:
            self._poses = [pose]
            self._go_on(Step.TURN)
        elif self._progress.step is Step.ROLL:
            if self._progress.rolled_deg >= ROLLED_DEG:
                self._finish()
        elif turn_deg(self._poses[0], pose) >= TURNED_DEG:
            self._poses = [self._poses[0], pose]
            self._go_on(Step.ROLL)
        elif turn_deg(self._poses[-1], pose) >= MOVED_DEG:
            self._poses = [self._poses[0], pose]
            self._go_on(Step.TURN, Trouble.NOT_TURNED)

    def _go_on(self, step: Step, trouble: Trouble | None = None) -> None:
        self._roll, self._turned_rad = [], np.zeros(3)
        failures = self._progress.failures + (trouble is not None)
        self._progress = Progress(step, trouble=trouble, failures=failures)

    def _begin_again(self, trouble: Trouble) -> None:
        self._poses = []
        self._stillness = Stillness()
        self._go_on(Step.LIE, trouble)

    def _finish(self) -> None:
        acc, turned = (np.concatenate(part) for part in zip(*self._roll, strict=True))
        axis, uneven_deg = rolled_about(acc, turned)
        one, two = self._poses
        found = found_of(axis, uneven_deg, one, two)
        if uneven_deg > UNEVEN_DEG:
            self._go_on(Step.ROLL, Trouble.UNEVEN)
        elif swung_deg(axis, one, two) < TURNED_DEG:
            self._begin_again(Trouble.ROLLED_ONLY)
        elif abs(found.slope_deg) > STEEPEST_DEG:
            self._begin_again(Trouble.STEEP)
        elif np.linalg.norm(found.acc_offset_m_s2) > LARGEST_OFFSET_M_S2:
            self._begin_again(Trouble.OFFSET)
        else:
            self._progress = Progress(Step.DONE, failures=self._progress.failures, found=found)


def _cut_at_chunks(samples: Samples, begun: int, size: int) -> Iterator[Samples]:
    """Cut a block where chunks are full; `begun` samples of the first one came before."""
    start, stop = 0, max(1, size - begun)
    while start < len(samples):
        assert samples.acc_m_s2 is not None
        assert samples.gyr_rad_s is not None
        part = slice(start, stop)
        yield replace(
            samples,
            t_s=samples.t_s[part],
            acc_m_s2=samples.acc_m_s2[part],
            gyr_rad_s=samples.gyr_rad_s[part],
            earth_from_sensor=None,
            flags=samples.flags[part],
        )
        start, stop = stop, stop + size
