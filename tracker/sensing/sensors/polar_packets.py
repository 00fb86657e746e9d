"""Polar's two streams (firmware_notes/polar.md), made one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.errors import BadPacket, InputError
from tracker.sensing.marks import Connected
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Floats, Ints, Packets, Readings
from tracker.sensing.sensors.polar_clock import NONE_YET, FrameClock, OneClock, Timed
from tracker.sensing.sensors.polar_frames import AXES, Frame, Kind, Scale, read_frame, read_info
from tracker.sensing.sensors.sensor import Decoder

_SECOND_NS = 1_000_000_000

WAIT_NS = 6 * _SECOND_NS
"""How long a sample waits for the other stream, on the sensor's clock; a frame spans 3 s at most."""

SPAN_PERIODS = 1.5
"""Between two samples further apart than this one was lost: nothing is drawn across."""

_NEVER = np.iinfo(np.int64).max


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
        self._one_clock = OneClock()
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
                timed = self._timed(frame, packet.t_ns)
            if timed is None:
                bad.append(self._packets)
            else:
                parts[frame.kind].append(timed)
            self._packets += 1
        return self._readings(self._join.step(parts[Kind.ACC], parts[Kind.GYR]), bad)

    def _timed(self, frame: Frame, arrival_ns: int) -> Timed | None:
        clock = self._clocks[frame.kind]
        frame = self._one_clock.step(frame, arrival_ns, is_known=clock.period_ns is not None)
        return clock.step(frame, self._packets, arrival_ns)

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
