"""Where the same movement comes again and again: a set of a lift that nobody has described.

A rep of any lift ends where it began and is like the rep before it: in how gravity's direction turns
in the sensor's frame and in how fast the sensor rises and falls. So a stretch of rows is cut into
cycles such that neighbours agree as much as possible. Half a rep does not agree with the other half,
for what rose comes down; two reps taken for one agree, but give fewer agreements; walking about,
sitting down and racking a weight agree with nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tracker.motion.cells import Cells
from tracker.motion.history import History
from tracker.motion.settings import LiftSettings
from tracker.sensing.samples import Floats

SHORTEST_S, LONGEST_S = 1.2, 10.0
"""A cycle's duration: hasty rows take 1.3 s; 4 s up, 4 s down and a breath are the slowest tempo
coaches ask for."""

STRIDE_S, SLOW_SHARE = 1.0, 0.3
"""The mean over a pair of steps, 1.0-1.2 s, leaves at most a fifth of what walking swings and shakes,
and more than this share of a rep of 1.3 s: steps are as alike as reps are, but quicker."""

POINTS = 16
"""Cycles are compared at so many points of their duration, whatever their tempo."""

ALIKE = 0.6
"""Two cycles agree when no more than 40 % of their energy is difference. Reps that follow one another
have 0.95, with a limp or a grind 0.75; fidgeting 0.5 and less."""

CLOSED_SHARE = 0.25
"""A cycle ends within this share of its range of where it began, else it is a way into or out of
the lift."""

TEMPO = 1.6
"""A rep takes at most so many times as long as its neighbour: one that grinds, or the first in haste."""

PAUSE_COST = 0.3
"""Reps on both sides of a pause must agree by so much more, as reps do that follow one another (0.9):
else an odd rep between two good ones would be passed over as a pause."""

LEAST_REPS = 3
"""Two alike movements happen by chance while a weight is set up; three that agree are a set."""

LEAST_SCORE = 0.5
"""Agreement beyond ALIKE of a whole set: three reps that agree at 0.85."""

CUT_OFF = 0.5
"""Where the recording begins and ends inside a rep, half a rep and more is one."""

PEAK_TO_PEAK = 2 * np.sqrt(2.0)
"""Range of a swing over its root mean square."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """One cycle: its first row, the row at which it ends, and how well it agrees (1 at most)."""

    start: int
    stop: int
    agreement: float


_Span = tuple[int, int, float]
"""First cell, cell behind the last one, agreement."""


class _Cycle(NamedTuple):
    """One cycle, in cells, and the best chain that it ends."""

    start: int
    stop: int
    agreement: float
    score: float
    before: _Cycle | None

    def chain(self) -> list[_Cycle]:
        """All of them, in order of time."""
        chain: list[_Cycle] = [self]
        while (before := chain[-1].before) is not None:
            chain.append(before)
        return chain[::-1]


class _Shaped(NamedTuple):
    """A cycle with its shape (4 * POINTS,) about its mean pose (3,), and the shape's energy."""

    shape: Floats
    pose: Floats
    energy: float
    cycle: _Cycle


@dataclass(frozen=True, slots=True, eq=False)
class _Ended:
    """The cycles that one may follow that begins at a certain place, one per row of each array."""

    shapes: Floats
    poses: Floats
    energies: Floats
    lengths: Floats
    scores: Floats
    cycles: list[_Cycle]

    @classmethod
    def of(cls, ended: list[_Shaped], rested: list[_Shaped]) -> _Ended:
        """Put together what ends there and what ended a pause before."""
        both = [*ended, *rested]
        cycles = [one.cycle for one in both]
        scores = np.array([cycle.score for cycle in cycles])
        scores[len(ended) :] -= PAUSE_COST
        return cls(
            shapes=np.array([one.shape for one in both]),
            poses=np.array([one.pose for one in both]),
            energies=np.array([one.energy for one in both]),
            lengths=np.array([float(cycle.stop - cycle.start) for cycle in cycles]),
            scores=scores,
            cycles=cycles,
        )

    def followed_by(self, cycle: _Cycle, shape: Floats, pose: Floats, energy: float) -> _Cycle:
        """The cycle behind the chain that gives it the best score, or alone."""
        off = self.poses - pose
        common = 2 * np.einsum("ad,d->a", self.shapes, shape) - POINTS * (off * off).sum(axis=1)
        agreement = common / (self.energies + energy)
        ratio = self.lengths / (cycle.stop - cycle.start)
        total = self.scores + agreement - ALIKE
        total[(ratio > TEMPO) | (ratio < 1 / TEMPO)] = 0.0
        best = int(total.argmax())
        if total[best] <= 0:
            return cycle
        return cycle._replace(
            agreement=float(agreement[best]), score=float(total[best]), before=self.cycles[best]
        )


class Likeness:
    """Follow a stretch of rows and know at any time its most convincing run of like cycles.

    State: the cells, for each place where cycles may end those that do, and the best chain so far.
    """

    def __init__(self, first: int, settings: LiftSettings, period_s: float) -> None:
        self._cells = cells = Cells(first, period_s)
        self._from_start = first == 0
        self._least = (np.radians(settings.turn_deg[0]) / PEAK_TO_PEAK) ** 2
        self._pause = cells.count(settings.set_pause_s)
        self._lengths = np.arange(max(2, cells.count(SHORTEST_S)), cells.count(LONGEST_S) + 1)
        at = (np.arange(POINTS) + 0.5) * self._lengths[:, None] / POINTS
        self._below = at.astype(np.intp)
        self._share = at - self._below
        self._ended: dict[int, _Ended] = {}
        self._best_ends: dict[int, _Shaped] = {}
        self._sums = np.zeros((5, 1))
        self._next = 0
        self._best: _Cycle | None = None

    def read(self, history: History, stop: int, whole: bool = False) -> list[Repeat]:
        """Go on to row `stop`; the best run so far, in order of time, empty when nothing convinces.

        `whole` when nothing comes after: then it may end, or have begun, in the middle of a rep.
        """
        self._cells.read(history, stop, whole)
        self._sum_up(whole)
        while self._next < self._sums.shape[1] - 1:
            self._end_at(self._next)
            self._next += 1
        if self._best is None or self._best.score < LEAST_SCORE:
            return []
        chain = [(one.start, one.stop, one.agreement) for one in self._best.chain()]
        if len(chain) < LEAST_REPS:
            return []
        chain[0] = chain[0][0], chain[0][1], chain[1][2]  # it has nothing before it to agree with
        if whole:
            chain = _with_cut_off(self._cells.values, chain, self._from_start)
        rows = [*self._cells.rows, stop - 1]
        return [Repeat(rows[a], rows[b], agreement) for a, b, agreement in chain]

    @property
    def known(self) -> int:
        """The row up to which it is settled what moved."""
        return self._cells.rows[-1] if len(self._cells) else -1

    def _end_at(self, cell: int) -> None:
        """Put every cycle that ends here behind the chain it agrees with most."""
        ended = self._closed(cell)
        if ended:
            best = max(ended, key=_score)
            if self._best is None or best.cycle.score > self._best.score:
                self._best = best.cycle
            self._best_ends[cell] = best
        rested = [one for end, one in self._best_ends.items() if end < cell]
        if ended or rested:
            self._ended[cell] = _Ended.of(ended, rested)
        self._ended.pop(cell - int(self._lengths[-1]), None)
        self._best_ends.pop(cell - self._pause, None)

    def _sum_up(self, whole: bool) -> None:
        """Running sums of the cells without steps, and of their squares, as far as these are known."""
        half = self._cells.count(STRIDE_S) // 2
        values, done = np.nan_to_num(self._cells.values), self._sums.shape[1] - 1
        ready = values.shape[1] - (0 if whole else half)
        if ready <= done:
            return
        at = np.arange(done, ready) + np.arange(-half, half + 1)[:, None]
        slow = values[:, np.clip(at, 0, values.shape[1] - 1)].mean(axis=1)
        new = np.concatenate([slow, (slow * slow).sum(axis=0, keepdims=True)])
        self._sums = np.concatenate([self._sums, self._sums[:, -1:] + new.cumsum(axis=1)], axis=1)

    def _slow(self, starts: NDArray[np.intp], cell: int) -> Floats:
        """Energy of cycles that end here, without steps."""
        sums, n = self._sums[:, cell, None] - self._sums[:, starts], cell - starts
        off = sums[0] * sums[0] + sums[1] * sums[1] + sums[2] * sums[2] + sums[3] * sums[3]
        return np.asarray((sums[4] - off / n) / n)

    def _closed(self, cell: int) -> list[_Shaped]:
        """The cycles that end here: they are large enough and come back to where they began."""
        values = self._cells.values
        lengths = self._lengths[: int(np.searchsorted(self._lengths, cell, side="right"))]
        starts = cell - lengths
        at = starts[:, None] + self._below[: len(lengths)]
        share = self._share[: len(lengths)]
        curves = values[:, at] * (1 - share) + values[:, at + 1] * share
        poses = curves[:3].mean(axis=2)
        curves[:3] -= poses[:, :, None]
        energies = (curves * curves).sum(axis=(0, 2))
        apart = values[:, cell, None] - values[:, starts]
        limit = (CLOSED_SHARE * PEAK_TO_PEAK) ** 2 * energies / POINTS
        good = (energies >= POINTS * self._least) & ((apart * apart).sum(axis=0) <= limit)
        good &= self._slow(starts, cell) >= SLOW_SHARE**2 * energies / POINTS
        shaped = []
        for k in np.flatnonzero(good).tolist():
            shape, pose, energy = curves[:, k].ravel(), poses[:, k], float(energies[k])
            before = self._ended.get(int(starts[k]))
            cycle = _Cycle(int(starts[k]), cell, 1.0, 0.0, None)
            if before is not None:
                cycle = before.followed_by(cycle, shape, pose, energy)
            shaped.append(_Shaped(shape, pose, energy, cycle))
        return shaped


def _with_cut_off(values: Floats, found: list[_Span], from_start: bool) -> list[_Span]:
    """Add the rep in whose middle the stream begins or ends, when what there is of it is half of it.

    The run may have been cut into cycles anywhere, so what is left over may lie at both ends.
    """
    n = values.shape[1]
    (first, second, _), (last, end, _) = found[0], found[-1]
    head, tail = first, n - end
    agreed = shares = 0.0, 0.0
    if from_start and 0 < head < second - first:
        agreed = _agreement(values[:, :head], values[:, second - head : second]), 0.0
        shares = head / (second - first), 0.0
    if 0 < tail < end - last:
        agreed = agreed[0], _agreement(values[:, end:], values[:, last : last + tail])
        shares = shares[0], tail / (end - last)
    left = [share if agreement >= ALIKE else 0.0 for share, agreement in zip(shares, agreed, strict=True)]
    if left[0] + left[1] < CUT_OFF:
        return found
    if left[0] > left[1]:
        return [(0, head, agreed[0]), *found]
    return [*found, (end, n, agreed[1])]


def _agreement(one: Floats, two: Floats) -> float:
    """Share of the energy of two pieces that is not difference; nan when one has a hole."""
    off = one - two
    power = 0.0
    for piece in (one, two):
        swing = piece.copy()
        swing[:3] -= piece[:3].mean(axis=1, keepdims=True)
        power += float((swing * swing).sum())
    return 1.0 - float((off * off).sum()) / power if power > 0 else 0.0


def _score(one: _Shaped) -> float:
    return one.cycle.score
