"""When the samples of Polar's frames were taken (firmware_notes/polar.md)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from tracker.sensing.samples import Floats, Ints
from tracker.sensing.sensors.polar_frames import AXES, Frame, Kind

_SECOND_NS = 1_000_000_000

FOLLOWS = 0.1
"""A frame whose samples span their nominal time within this share follows the one before. Parts run
a few percent off; the smallest frame that can be lost is a quarter of the largest."""

AHEAD_NS = 10 * _SECOND_NS
"""A frame whose time is so far ahead, since the frame before and beyond what passed between their
arrivals, is mangled: taken at its word it would silence the stream. So is one that is so far back."""

_SET_NS = _SECOND_NS // 20
"""At least so much time passes where the clock was set, ns: the break must be seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """Samples of one stream, in order.

    Attributes
    ----------
    t_ns
        Shape (n,), when they were taken, rising.
    values
        Shape (n, 3), SI.
    is_clipped
        Shape (n,).
    packet
        Shape (n,), number, within the link, of the packet that made their time known.
    arrival_ns
        Shape (n,), when that packet arrived.
    prompt_ns
        Shape (n,), when each would have arrived, had it been the last of its frame: the others waited for
        the frame to fill.
    """

    t_ns: Ints
    values: Floats
    is_clipped: NDArray[np.bool_]
    packet: Ints
    arrival_ns: Ints
    prompt_ns: Ints

    def __len__(self) -> int:
        return len(self.t_ns)

    def at(self, index: slice | Ints | NDArray[np.bool_]) -> Timed:
        """Pick some of them."""
        return Timed(*(getattr(self, field.name)[index] for field in fields(self)))

    def then(self, *parts: Timed) -> Timed:
        """Append others."""
        return Timed(
            *(
                np.concatenate([getattr(part, field.name) for part in (self, *parts)])
                for field in fields(self)
            )
        )


_NO_TIMES = np.empty(0, np.int64)
NONE_YET = Timed(_NO_TIMES, np.empty((0, AXES)), np.empty(0, np.bool_), _NO_TIMES, _NO_TIMES, _NO_TIMES)


class FrameClock:
    """Says when the samples of one stream's frames were taken.

    A frame says when its last sample was taken; the others lie evenly between that and the end of the
    frame before. After a lost frame they go back from their own end at the period measured last. The
    first frame waits for one that follows it, because only that tells the period: the nominal one may
    be 5 % off, which is 70 ms at the far end of a long frame.

    Parameters
    ----------
    rate_hz
        Nominal.

    Attributes
    ----------
    period_ns
        As the first two frames measured it; None before.
    """

    def __init__(self, rate_hz: int) -> None:
        self.period_ns: float | None = None
        self._rate_hz = rate_hz
        self._last_period_ns = 0.0
        self._end_ns = 0
        self._arrival_ns = 0
        self._waiting: Frame | None = None

    def step(self, frame: Frame, packet: int, arrival_ns: int) -> Timed | None:
        """Give the samples whose times are known now; None when the frame came twice, late or mangled.

        Parameters
        ----------
        frame
            The next one of this stream.
        packet, arrival_ns
            Number and arrival of its packet.
        """
        since_ns, before_ns = frame.last_ns - self._end_ns, self._end_ns
        is_in_time = 0 < since_ns <= max(0, arrival_ns - self._arrival_ns) + AHEAD_NS
        if self.period_ns is not None and not is_in_time:
            return None
        follows = abs(since_ns * self._rate_hz / (len(frame.values) * _SECOND_NS) - 1.0) <= FOLLOWS
        self._end_ns, self._arrival_ns = frame.last_ns, arrival_ns
        first, self._waiting = self._waiting, None
        if self.period_ns is None and (first is None or not follows):
            self._waiting = frame
            return NONE_YET
        if follows:
            self._last_period_ns = since_ns / len(frame.values)
            t_ns = before_ns + since_ns * np.arange(1, len(frame.values) + 1) // len(frame.values)
        else:
            t_ns = self._back_from_the_end(frame)
        timed = self._timed(frame, t_ns, packet)
        if first is None:
            return timed if follows else timed.at(t_ns > before_ns)
        self.period_ns = self._last_period_ns
        return self._timed(first, self._back_from_the_end(first), packet).then(timed)

    def _back_from_the_end(self, frame: Frame) -> Ints:
        before_end_ns = np.rint(self._last_period_ns * np.arange(len(frame.values) - 1, -1, -1))
        t_ns: Ints = frame.last_ns - before_end_ns.astype(np.int64)
        return t_ns

    def _timed(self, frame: Frame, t_ns: Ints, packet: int) -> Timed:
        numbers, arrival_ns = np.full(len(t_ns), packet), np.full(len(t_ns), self._arrival_ns)
        prompt_ns = arrival_ns + (t_ns - self._end_ns)
        return Timed(t_ns, frame.values, frame.is_clipped, numbers, arrival_ns, prompt_ns)


class OneClock:
    """Lets both streams go on when the sensor's clock is set in the middle of a link.

    A frame whose time is far off is mangled; but when the next one, of either stream, is as far off, the
    clock was set. What passed meanwhile is then taken from their arrival.
    """

    def __init__(self) -> None:
        self._offset_ns = 0
        self._newest: dict[Kind, tuple[int, int]] = {}
        self._suspect: tuple[int, int] | None = None

    def step(self, frame: Frame, arrival_ns: int, *, is_known: bool) -> Frame:
        """Give the next frame with the time on a clock that was never set.

        Parameters
        ----------
        frame, arrival_ns
            As it was sent, and when it came.
        is_known
            False until its stream is known to run: before, one frame's word is as good as another's.
        """
        last_ns = frame.last_ns + self._offset_ns
        newest = self._newest.get(frame.kind) if is_known else None
        if newest is not None and not _is_near(newest, last_ns, arrival_ns):
            if self._suspect is None or not _is_near(self._suspect, frame.last_ns, arrival_ns):
                self._suspect = frame.last_ns, arrival_ns
                return replace(frame, last_ns=last_ns)
            last_ns = newest[0] + max(arrival_ns - newest[1], _SET_NS)
            self._offset_ns = last_ns - frame.last_ns
        self._newest[frame.kind], self._suspect = (last_ns, arrival_ns), None
        return replace(frame, last_ns=last_ns)


def _is_near(before: tuple[int, int], last_ns: int, arrival_ns: int) -> bool:
    """Whether a frame's time may follow that of one before; that one's time and arrival, ns."""
    passed_ns, waited_ns = last_ns - before[0], max(0, arrival_ns - before[1])
    return -AHEAD_NS <= passed_ns <= waited_ns + AHEAD_NS
