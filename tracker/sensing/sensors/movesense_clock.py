"""When the samples of a Movesense were taken, from one stamp in whole milliseconds for each packet."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.sensing.clock import Unwrapper
from tracker.sensing.samples import Floats, Ints

STAMP_BITS = 32
"""Width of a stamp: it starts again from zero after 49.7 days."""

OFF = 0.08
"""How far the chip's rate may be from the one it is sold with: twice the few percent that are known."""

MOST_STEPS = 13
"""Packets, 1 s, over which a period that is known to 0.3 % still tells how many were lost."""

WINDOW = 64
"""Packets that the line through the stamps goes back over, 5 s: the rounding, 0.3 ms of spread, is down to
0.1 ms, and a chip that warms up has not changed its rate yet."""

FIT = 4
"""Packets of a run from which its own slope is taken: with these the worst rounding leaves every sample
within 1 ms of the sensor's clock; with three it would not."""


class PacketClock:
    """Times the samples of packets that bring the time of their first sample, cut to milliseconds.

    A straight line is laid through the stamps of the packets so far and gives the times of the newest
    packet, so that neither the rounding nor a rate that is a few percent off shows. Lost packets are
    counted, and the line goes on. Where a step is no whole number of packets, or long, a new run begins:
    a new line, with the slope of the one before until it has `FIT` packets of its own.

    Parameters
    ----------
    samples
        In a packet.
    period_s
        The sample period as known before the first packet, s.

    Notes
    -----
    What has been timed is never timed again, and blocks may be cut anywhere: the sums are of whole numbers
    over the same packets. The state is the last `WINDOW` stamps and the last slope.
    """

    def __init__(self, samples: int, period_s: float) -> None:
        self._samples = samples
        self._packet_ms = self._slope_ms = 1e3 * period_s * samples
        self._unwrap = Unwrapper(STAMP_BITS)
        self._run_ms = np.empty(0, np.int64)

    def step(self, stamps_ms: NDArray[np.integer[Any]]) -> Floats:
        """Give the samples' times, shape (packets, samples), s, for the stamps of the next packets."""
        if len(stamps_ms) == 0:
            return np.empty((0, self._samples))
        new_ms = self._unwrap.step(stamps_ms)
        known_ms = np.concatenate([self._run_ms, new_ms])
        numbers, lengths = self._runs(known_ms)
        line_ms, slope_ms = self._lines(known_ms, numbers, lengths[len(self._run_ms) :])
        self._run_ms = known_ms[len(known_ms) - min(int(lengths[-1]), WINDOW - 1) :]
        within_ms = slope_ms[:, None] * (np.arange(self._samples) / self._samples)
        times: Floats = (new_ms[:, None] + (line_ms[:, None] + within_ms)) / 1e3
        return times

    def _runs(self, known_ms: Ints) -> tuple[Ints, Ints]:
        """Number the packets, the lost ones included; count those of each one's run up to it."""
        steps_ms = np.diff(known_ms)
        packets = np.rint(steps_ms / self._packet_ms)
        half_a_sample_ms = self._packet_ms / self._samples / 2
        goes_on = (packets >= 1) & (packets <= MOST_STEPS)
        goes_on &= np.abs(steps_ms - packets * self._packet_ms) <= half_a_sample_ms
        numbers = np.zeros(len(known_ms), np.int64)
        numbers[1:] = np.where(goes_on, packets, 0.0).cumsum()
        begins = np.ones(len(known_ms), np.bool_)
        begins[1:] = ~goes_on
        index = np.arange(len(known_ms))
        return numbers, index - np.maximum.accumulate(np.where(begins, index, 0)) + 1

    def _lines(self, known_ms: Ints, numbers: Ints, lengths: Ints) -> tuple[Floats, Floats]:
        """Fit a line for each new packet.

        Returns
        -------
        Shapes (packets,): where the line passes at the packet, ms from its stamp; its slope, ms a packet.
        """
        n = np.minimum(lengths, WINDOW)
        x, y = numbers[-len(n) :], known_ms[-len(n) :]
        far_x, far_y = _last_sums(numbers, n), _last_sums(known_ms, n)
        sum_x, sum_y = far_x - n * x, far_y - n * y  # with the newest packet as the origin
        sum_xx = _last_sums(numbers * numbers, n) - 2 * x * far_x + n * x * x
        sum_xy = _last_sums(numbers * known_ms, n) - x * far_y - y * far_x + n * x * y
        is_fit = n >= FIT
        own_ms = (n * sum_xy - sum_x * sum_y) / np.where(is_fit, n * sum_xx - sum_x * sum_x, 1)
        slope_ms = self._last_fitted(own_ms, is_fit)
        return (sum_y - slope_ms * sum_x) / n, slope_ms

    def _last_fitted(self, own_ms: Floats, is_fit: NDArray[np.bool_]) -> Floats:
        """Take the last slope that was fitted where there is none yet."""
        known_ms = np.concatenate([[self._slope_ms], own_ms])
        last = np.maximum.accumulate(np.where(is_fit, np.arange(1, len(known_ms)), 0))
        slopes_ms: Floats = known_ms[last]
        self._slope_ms = float(slopes_ms[-1])
        return slopes_ms


def _last_sums(values: Ints, n: Ints) -> Ints:
    """For each of the last len(n) values, the sum of the n[i] up to it.

    Whole numbers: where they overflow on the way, the differences are right again.
    """
    sums = np.concatenate([np.zeros(1, np.int64), values.cumsum()])
    ends = np.arange(len(sums) - len(n), len(sums))
    last: Ints = sums[ends] - sums[ends - n]
    return last


def first_period_s(stamps_ms: NDArray[np.integer[Any]], samples: int, nominal_s: float) -> float:
    """Give the sample period that a few stamps in a row show, s; the nominal one where they show none."""
    nominal_ms = 1e3 * nominal_s * samples
    steps_ms = np.diff(Unwrapper(STAMP_BITS).step(stamps_ms))
    steps_ms = steps_ms[np.abs(steps_ms - nominal_ms) <= OFF * nominal_ms]
    return float(steps_ms.mean()) / samples / 1e3 if len(steps_ms) else nominal_s
