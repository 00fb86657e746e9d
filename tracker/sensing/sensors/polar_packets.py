"""Polar's two streams (firmware_notes/polar.md): when their samples were taken, and both as one."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tracker.errors import BadPacket, InputError
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Connected, Floats, Ints, Packets, Readings
from tracker.sensing.sensors.polar_frames import AXES, Frame, Kind, Scale, read_frame, read_info
from tracker.sensing.sensors.sensor import Decoder

_SECOND_NS = 1_000_000_000

FOLLOWS = 0.1
"""A frame whose samples span their nominal time within this share follows the one before. Parts run
a few percent off; the smallest frame that can be lost is a quarter of the largest."""

AHEAD_NS = 10 * _SECOND_NS
"""A frame whose time is so far ahead, since the frame before and beyond what passed between their
arrivals, is mangled: taken at its word it would silence the stream."""

WAIT_NS = 6 * _SECOND_NS
"""How long a sample waits for the other stream, on the sensor's clock; a frame spans 3 s at most."""

SPAN_PERIODS = 1.5
"""Between two samples further apart than this one was lost: nothing is drawn across."""

_NEVER = np.iinfo(np.int64).max


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


@dataclass(frozen=True, slots=True, eq=False)
class Both:
    """Angular rate, and the acceleration at the same times.

    Attributes
    ----------
    gyr
        n samples as they came; but their packet is the one that brought the later of the two streams.
    acc_m_s2
        Shape (n, 3).
    acc_is_clipped
        Shape (n,), of either sample that it was drawn from.
    """

    gyr: Timed
    acc_m_s2: Floats
    acc_is_clipped: NDArray[np.bool_]


class Join:
    """Puts the acceleration on the times of the angular rate.

    The angular rate is left as it was measured, for it is what is integrated. The acceleration is
    drawn straight between its samples before and after, never beyond them and never across a lost
    one: there, samples are left out.

    Parameters
    ----------
    span_ns
        Two samples of acceleration further apart have lost one between them.

    Notes
    -----
    A sample that the other stream leaves behind by `WAIT_NS` is given up. That is judged by the order
    of the packets, so blocks may be cut anywhere. The state is what waits.
    """

    def __init__(self, span_ns: float) -> None:
        self._span_ns = span_ns
        self._acc = self._gyr = NONE_YET
        self._newest_gyr_ns: int | None = None

    def step(self, acc_parts: list[Timed], gyr_parts: list[Timed]) -> Both:
        """Take in the next samples of both; give those that are settled."""
        acc, gyr = self._acc.then(*acc_parts), self._gyr.then(*gyr_parts)
        after = acc.t_ns.searchsorted(gyr.t_ns)
        given_up = _left_behind(gyr)
        is_settled = (after < len(acc)) | (given_up != _NEVER)
        both = self._drawn(acc, gyr, after, given_up)
        self._gyr = gyr.at(~is_settled)
        if len(gyr):
            self._newest_gyr_ns = int(gyr.t_ns[-1])
        self._acc = acc.at(self._is_needed(acc))
        return both

    def _drawn(self, acc: Timed, gyr: Timed, after: Ints, given_up: Ints) -> Both:
        """Draw the acceleration where there is one before and after, in time."""
        if len(acc) == 0:
            return Both(gyr.at(slice(0)), np.empty((0, AXES)), np.empty(0, np.bool_))
        end = np.minimum(after, len(acc) - 1)
        start = end - (acc.t_ns[end] != gyr.t_ns)
        is_good = (after < len(acc)) & (start >= 0) & (acc.packet[end] < given_up)
        is_good &= acc.t_ns[end] - acc.t_ns[start] <= self._span_ns
        is_good &= gyr.packet < _left_behind(acc)[start]
        gyr, start, end = gyr.at(is_good), start[is_good], end[is_good]
        way_ns = acc.t_ns[end] - acc.t_ns[start]
        share = (gyr.t_ns - acc.t_ns[start]) / np.maximum(way_ns, 1)
        drawn = acc.values[start] + share[:, None] * (acc.values[end] - acc.values[start])
        whole = Timed(
            gyr.t_ns,
            gyr.values,
            gyr.is_clipped,
            np.maximum(gyr.packet, acc.packet[end]),
            np.maximum(gyr.arrival_ns, acc.arrival_ns[end]),
            gyr.prompt_ns,
        )
        return Both(whole, drawn, acc.is_clipped[start] | acc.is_clipped[end])

    def _is_needed(self, acc: Timed) -> NDArray[np.bool_]:
        """Say which samples one of the angular rate may still lie between."""
        is_needed: NDArray[np.bool_] = _left_behind(acc) == _NEVER
        next_ns = int(self._gyr.t_ns[0]) if len(self._gyr) else self._newest_gyr_ns
        if next_ns is not None:
            is_needed[: max(0, int(acc.t_ns.searchsorted(next_ns, "right")) - 1)] = False
        return is_needed


def _left_behind(timed: Timed) -> Ints:
    """Give for each sample the packet by which its own stream is more than `WAIT_NS` ahead of it."""
    ahead = timed.t_ns.searchsorted(timed.t_ns + WAIT_NS, "right")
    return np.append(timed.packet, _NEVER)[ahead]


class PolarDecoder:
    """Makes SI units of the frames of both streams.

    Parameters
    ----------
    scales
        How both were started.
    """

    def __init__(self, scales: dict[Kind, Scale]) -> None:
        self._scales = scales
        self._clocks = {kind: FrameClock(scale.rate_hz) for kind, scale in scales.items()}
        self._join = Join(SPAN_PERIODS * _SECOND_NS / scales[Kind.ACC].rate_hz)
        self._packets = 0

    def decode(self, packets: Packets) -> Readings | None:
        """Decode a block of packets; see `Decoder`."""
        if len(packets) == 0:
            return None
        parts: dict[Kind, list[Timed]] = {kind: [] for kind in Kind}
        bad = []
        for packet in packets:
            try:
                frame = read_frame(packet.payload if packet.stream == 0 else b"", self._scales)
            except BadPacket:
                timed = None
            else:
                timed = self._clocks[frame.kind].step(frame, self._packets, packet.t_ns)
            if timed is None:
                bad.append(self._packets)
            else:
                parts[frame.kind].append(timed)
            self._packets += 1
        return self._readings(self._join.step(parts[Kind.ACC], parts[Kind.GYR]), bad)

    def _readings(self, both: Both, bad: list[int]) -> Readings:
        period_ns = self._clocks[Kind.GYR].period_ns
        flags = both.acc_is_clipped * np.uint8(ACC_CLIPPED) + both.gyr.is_clipped * np.uint8(GYR_CLIPPED)
        return Readings(
            device_s=both.gyr.t_ns / 1e9,
            acc_m_s2=both.acc_m_s2,
            gyr_rad_s=both.gyr.values,
            earth_from_sensor=None,
            flags=flags,
            arrival_ns=both.gyr.arrival_ns,
            period_s=None if period_ns is None else period_ns / 1e9,
            goes_on=True,
            undecodable_at=both.gyr.packet.searchsorted(np.array(bad, np.int64)),
            prompt_ns=both.gyr.prompt_ns,
        )


def decoder(connected: Connected, before: Decoder | None = None) -> Decoder:  # noqa: ARG001
    """Make the decoder of a connection; see `MakeDecoder`. The sensor's clock needs no carrying on."""
    try:
        return PolarDecoder(read_info(connected.info))
    except BadPacket as error:
        raise InputError(f"{error}") from error
