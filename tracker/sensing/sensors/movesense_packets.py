"""Movesense (firmware_notes/movesense.md): what the connect mark says, and the notifications."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.errors import BadPacket, InputError
from tracker.sensing.marks import Connected
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Floats, Ints, Packet, Packets, Readings
from tracker.sensing.sensors import payloads
from tracker.sensing.sensors.movesense_clock import PacketClock, first_period_s
from tracker.sensing.sensors.sensor import Decoder

RESPONSE, DATA, DATA_PART2 = 1, 2, 3
"""First byte of a notification: an answer, a packet or its first part, its second part."""

PATHS = {b"/Meas/IMU6/104": (104, 8), b"/Meas/IMU6/52": (52, 4)}
"""What can be subscribed to, the best first: nominal rate, Hz, and samples in a packet."""

HEAD_BYTES, STAMP_BYTES = 2, 4
SAMPLE_BYTES = 24
"""Six float32: all of a packet's acceleration comes before all of its angular rate."""

JOIN_WITHIN_NS = 60_000_000
"""Longest time from a packet's first part to its second, ns: they are sent together, so one connection
interval at most (45 ms asked for); the second part of the next packet comes 77 ms later."""

G_M_S2 = 9.80665
ACC_RANGES_G, GYR_RANGES_DPS = (2, 4, 8, 16), (125, 245, 500, 1000, 2000)
END_OF_RANGE = 0.999
"""Share of a range from which a value counts as clipped: 16-bit counts of 0.244 mg end at 0.9995 of 8 g."""

_HEAD = np.dtype([("code", "u1"), ("ref", "u1")])


@dataclass(frozen=True, slots=True)
class Info:
    """What the connect mark says about a stream.

    Attributes
    ----------
    ref
        Of the subscription; notifications with another one are something else's.
    samples
        In a packet.
    period_s
        Sample period that the first packets showed, s.
    acc_range_m_s2, gyr_range_rad_s
        Ends of the ranges; infinite when the sensor did not say.
    """

    ref: int
    samples: int
    period_s: float
    acc_range_m_s2: float
    gyr_range_rad_s: float


def write_info(ref: int, path: bytes, acc_config: bytes, gyr_config: bytes, stamps: bytes) -> bytes:
    """Put what was learnt while starting into the connect mark.

    Parameters
    ----------
    ref, path
        Of the subscription.
    acc_config, gyr_config
        What the sensor answered about its ranges, untouched; b"" when it did not.
    stamps
        Of the first packets, four bytes each, untouched.
    """
    fields = b"".join(bytes([len(field)]) + field for field in (path, acc_config, gyr_config))
    return bytes([ref]) + fields + stamps


def read_info(info: bytes) -> Info:
    """Read it back.

    Raises
    ------
    BadPacket
        If it is cut short or names a path that is not known.
    """
    fields, at = [], 1
    for _ in range(3):
        length = info[at] if at < len(info) else len(info)
        fields.append(info[at + 1 : at + 1 + length])
        at += 1 + length
    path, acc_config, gyr_config = fields
    if at > len(info) or path not in PATHS:
        raise BadPacket(f"the Movesense's info ({info.hex()}) names no known stream; pair it again")
    rate_hz, samples = PATHS[path]
    stamps = np.frombuffer(info, "<u4", (len(info) - at) // STAMP_BYTES, at)
    return Info(
        ref=info[0],
        samples=samples,
        period_s=first_period_s(stamps, samples, 1.0 / rate_hz),
        acc_range_m_s2=_range(acc_config, "<B", ACC_RANGES_G) * G_M_S2,
        gyr_range_rad_s=math.radians(_range(gyr_config, "<H", GYR_RANGES_DPS)),
    )


def _range(config: bytes, layout: str, known: tuple[int, ...]) -> float:
    if len(config) != struct.calcsize(layout):
        return math.inf
    value: int = struct.unpack(layout, config)[0]
    return value if value in known else math.inf


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Which of n notifications bring a packet or a part of one, end one, or are no part of any layout."""

    is_kept: NDArray[np.bool_]
    ends_packet: NDArray[np.bool_]
    is_bad: NDArray[np.bool_]
    waiting: int | None


class MovesenseDecoder:
    """Joins the two parts of each packet and makes SI units of them.

    Answers and other subscriptions' data come in the same characteristic and are passed over. A part
    whose other half was lost is left out and shows as a loss in the packets' stamps.

    Parameters
    ----------
    info
        What the connect mark says.
    clock
        Times the packets; that of the decoder before on the same link.
    """

    def __init__(self, info: Info, clock: PacketClock) -> None:
        self.clock = clock
        self._info = info
        self._waiting: Packet | None = None
        triples = ("<f4", (info.samples, 3))
        self._layout = np.dtype([("stamp_ms", "<u4"), ("acc", *triples), ("gyr", *triples)])
        none = np.empty(0, np.int64)
        self._nothing = self._readings(np.empty(0, self._layout), none, none)

    def decode(self, packets: Packets) -> Readings | None:
        """Decode a block of notifications; see `Decoder`."""
        if len(packets) == 0:
            return None
        if self._waiting is not None:
            packets = _behind(self._waiting, packets)
        sizes = payloads.lengths(packets)
        parts = self._parts(packets, sizes)
        self._waiting = None if parts.waiting is None else packets[parts.waiting]
        if not (parts.ends_packet | parts.is_bad).any():  # live, every other notification is a first part
            return self._nothing
        joined = payloads.bodies(packets, sizes, parts.is_kept, HEAD_BYTES).view(self._layout)
        is_good = _are_numbers(joined["acc"]) & _are_numbers(joined["gyr"])
        ends = np.flatnonzero(parts.ends_packet)
        parts.is_bad[ends[~is_good]] = True
        counts = np.zeros(len(packets), np.int64)
        counts[ends[is_good]] = self._info.samples
        bad_at = payloads.samples_before(counts)[parts.is_bad]
        return self._readings(joined[is_good], packets.t_ns[ends[is_good]], bad_at)

    def _parts(self, packets: Packets, sizes: Ints) -> _Parts:
        heads = payloads.heads(packets, _HEAD)
        is_framed = (packets.stream == 0) & (sizes >= HEAD_BYTES)
        is_data = is_framed & ((heads["code"] == DATA) | (heads["code"] == DATA_PART2))
        is_bad = ~is_data & ~(is_framed & (heads["code"] == RESPONSE))
        ours = np.flatnonzero(is_data & (heads["ref"] == self._info.ref))
        is_second = heads["code"][ours] == DATA_PART2
        missing = self._layout.itemsize - (sizes[ours] - HEAD_BYTES)
        is_whole = ~is_second & (missing == 0)
        waits = ~is_second & (missing > 0)
        meets = waits[:-1] & is_second[1:] & (np.diff(packets.t_ns[ours]) <= JOIN_WITHIN_NS)
        fits = missing[:-1] + missing[1:] == self._layout.itemsize
        is_kept, ends_packet = np.zeros((2, len(packets)), np.bool_)
        ends_packet[ours[is_whole]] = True
        ends_packet[ours[1:][meets & fits]] = True
        is_kept[ours[:-1][meets & fits]] = True
        is_bad[ours[1:][meets & ~fits]] = True
        is_bad[ours[~is_second & (missing < 0)]] = True
        waiting = int(ours[-1]) if waits[-1:].any() else None
        return _Parts(is_kept | ends_packet, ends_packet, is_bad, waiting)

    def _readings(self, joined: NDArray[np.void], arrival_ns: Ints, bad_at: Ints) -> Readings:
        acc_m_s2 = joined["acc"].reshape(-1, 3).astype(np.float64)
        gyr_rad_s = np.radians(joined["gyr"].reshape(-1, 3).astype(np.float64))
        return Readings(
            device_s=self.clock.step(joined["stamp_ms"]).ravel(),
            acc_m_s2=acc_m_s2,
            gyr_rad_s=gyr_rad_s,
            earth_from_sensor=None,
            flags=_clipped(acc_m_s2, self._info.acc_range_m_s2, ACC_CLIPPED)
            | _clipped(gyr_rad_s, self._info.gyr_range_rad_s, GYR_CLIPPED),
            arrival_ns=arrival_ns.repeat(self._info.samples),
            period_s=self._info.period_s,
            undecodable_at=bad_at,
        )


def _are_numbers(values: NDArray[np.float32]) -> NDArray[np.bool_]:
    are: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(values), axis=(1, 2))
    return are


def _clipped(values: Floats, range_end: float, flag: int) -> NDArray[np.uint8]:
    flags = np.zeros(len(values), np.uint8)
    flags[(np.abs(values) >= END_OF_RANGE * range_end).any(axis=1)] = flag
    return flags


def _behind(first: Packet, packets: Packets) -> Packets:
    """Put a packet before a block of the same link."""
    payload = np.frombuffer(first.payload, np.uint8)
    return Packets(
        t_ns=np.concatenate([np.array([first.t_ns], np.int64), packets.t_ns]),
        link=packets.link,
        stream=np.concatenate([np.array([first.stream], np.int16), packets.stream]),
        offsets=np.concatenate([np.zeros(1, np.int64), packets.offsets + len(payload)]),
        data=np.concatenate([payload, packets.data]),
    )


def decoder(connected: Connected, before: Decoder | None = None) -> Decoder:
    """Make the decoder of a connection; see `MakeDecoder`."""
    try:
        info = read_info(connected.info)
    except BadPacket as error:
        raise InputError(str(error)) from error
    if isinstance(before, MovesenseDecoder):
        return MovesenseDecoder(info, before.clock)
    return MovesenseDecoder(info, PacketClock(info.samples, info.period_s))
