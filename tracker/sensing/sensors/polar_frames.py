"""Polar's measurement data (firmware_notes/polar.md): settings, scales and frames, without times."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tracker.errors import BadPacket
from tracker.sensing.samples import Floats, Ints

G_M_S2 = 9.80665
"""Standard gravity, m/s2: what the sensor's g means (ISO 80000-3)."""

AXES = 3
_LONGEST_PART = 255
"""Bytes that an answer in the info may have; what is known makes a tenth of it."""

MOST_SAMPLES = 1000
"""Samples that a frame may claim; one of 244 bytes holds 600 at most, but bytes can claim anything."""

MOST_RATE_HZ = 1000
"""The fastest that Polar offers is 416 Hz; a stated rate beyond this is mangled."""

_COUNTS, _MILLI_G, _FLOATS = 0x80, 0x81, 0x81
_RAW_MILLI_G = 0x01
_END_OF_RANGE = 32767
"""Counts, of either sign, at which a 16-bit converter has run out."""

_FASTEST_DPS = 4000.0
"""No gyroscope of this kind measures more, deg/s."""

_FRAME = struct.Struct("<BQB")
_BLOCK = struct.Struct("<BB")
_LATEST_NS = 1 << 62
"""146 years after 2000: a later time is mangled."""

_WIDEST = 32
"""Bits of a difference; more than a word has say nothing more."""

_WEIGHTS = [np.array([1 << bit for bit in range(width)], np.int64) for width in range(_WIDEST + 1)]
"""For each width: what the bits of a number count, the lowest first; the highest is the sign."""
for _weights in _WEIGHTS[1:]:
    _weights[-1] *= -1


class Kind(IntEnum):
    """The measurements that are asked for, by the sensor's numbers."""

    ACC = 2
    GYR = 5


_KINDS = {int(kind): kind for kind in Kind}


class Setting(IntEnum):
    """What a measurement can be set to, by the sensor's numbers."""

    RATE_HZ = 0
    RESOLUTION_BITS = 1
    RANGE = 2
    RANGE_MILLI = 3
    CHANNELS = 4
    FACTOR = 5


SETTING_FORMATS = {
    Setting.RATE_HZ: "H",
    Setting.RESOLUTION_BITS: "H",
    Setting.RANGE: "H",
    Setting.RANGE_MILLI: "I",
    Setting.CHANNELS: "B",
    Setting.FACTOR: "f",
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How one measurement was started.

    Attributes
    ----------
    rate_hz
        Nominal; the true one is a few percent off.
    end
        End of the range, g or deg/s; None when it was not said.
    factor
        What samples are multiplied by; None when the sensor did not say.
    """

    rate_hz: int
    end: float | None
    factor: float | None


def read_settings(parameters: bytes) -> dict[Setting, tuple[float, ...]]:
    """Read what settings there are and their values, up to the first one that is not known.

    Parameters
    ----------
    parameters
        Id, number of values, values; again and again.

    Raises
    ------
    BadPacket
        If they end within a value.
    """
    settings: dict[Setting, tuple[float, ...]] = {}
    at = 0
    while at + 2 <= len(parameters) and parameters[at] in SETTING_FORMATS:
        setting, count = Setting(parameters[at]), parameters[at + 1]
        values = struct.Struct(f"<{count}{SETTING_FORMATS[setting]}")
        if at + 2 + values.size > len(parameters):
            raise BadPacket("the sensor's settings end within a value; update tracker")
        settings[setting] = values.unpack_from(parameters, at + 2)
        at += 2 + values.size
    return settings


def pack_info(*said: bytes) -> bytes:
    """Join the start commands and their answers, each behind its length, for the connect mark.

    Raises
    ------
    BadPacket
        If one is too long for that.
    """
    if max(map(len, said)) > _LONGEST_PART:
        raise BadPacket("the sensor says more about its start than is known; update tracker")
    return b"".join(bytes([len(part)]) + part for part in said)


def read_info(info: bytes) -> dict[Kind, Scale]:
    """Read how both measurements were started from what `pack_info` joined.

    Raises
    ------
    BadPacket
        If one of them is missing or cannot be used.
    """
    parts = list(_parts(info))
    scales = {}
    for command, answer in zip(parts[0::2], parts[1::2], strict=False):
        kind = _KINDS.get(int.from_bytes(command[1:2]))
        if kind is not None:
            scales[kind] = _scale(read_settings(command[2:]), read_settings(answer[5:]))
    if len(scales) != len(Kind):
        raise BadPacket("it is not known how the sensor was started; pair it again, or update tracker")
    return scales


def _scale(asked: dict[Setting, tuple[float, ...]], said: dict[Setting, tuple[float, ...]]) -> Scale:
    rates_hz, ends, factors = asked.get(Setting.RATE_HZ), asked.get(Setting.RANGE), said.get(Setting.FACTOR)
    if not rates_hz or not 0 < rates_hz[0] <= MOST_RATE_HZ:
        raise BadPacket("it is not known at which rate the sensor streams; pair it again, or update tracker")
    if factors and not 0 < factors[0] < math.inf:
        raise BadPacket(f"the sensor's factor is {factors[0]:g}; switch it off and on")
    return Scale(int(rates_hz[0]), ends[0] if ends else None, factors[0] if factors else None)


def _parts(info: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(info):
        yield info[at + 1 : at + 1 + info[at]]
        at += 1 + info[at]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One notification of one measurement.

    Attributes
    ----------
    kind
        Which.
    last_ns
        When its last sample was taken, ns since 2000 on the sensor's clock.
    values
        Shape (n, 3), n > 0, m/s2 or rad/s.
    is_clipped
        Shape (n,), whether an axis stood at the end of its range.
    """

    kind: Kind
    last_ns: int
    values: Floats
    is_clipped: NDArray[np.bool_]


def read_frame(payload: bytes, scales: dict[Kind, Scale]) -> Frame:
    """Decode a notification.

    Raises
    ------
    BadPacket
        If it does not follow the layout, is of another measurement, or has no scale.
    """
    if len(payload) < _FRAME.size:
        raise BadPacket("a frame that ends within its header")
    number, last_ns, layout = _FRAME.unpack_from(payload)
    kind = _KINDS.get(number & 0x3F)
    if kind is None or not 0 < last_ns < _LATEST_NS:
        raise BadPacket("a frame of something else")
    read = _acceleration if kind is Kind.ACC else _angular_rate
    values, is_clipped = read(layout, payload[_FRAME.size :], scales[kind])
    if len(values) == 0:
        raise BadPacket("a frame without samples")
    unit = G_M_S2 if kind is Kind.ACC else math.pi / 180
    return Frame(kind, last_ns, values * unit, np.logical_or.reduce(is_clipped, axis=1))


def _acceleration(layout: int, body: bytes, scale: Scale) -> tuple[Floats, NDArray[np.bool_]]:
    """Give g, and where it was clipped."""
    if layout == _COUNTS and scale.factor is not None:
        counts = _deltas(body, "<i2")
        return counts.astype(np.float64) * scale.factor, np.abs(counts) >= _END_OF_RANGE
    if layout == _MILLI_G:
        acc_g = _deltas(body, "<i2") * (scale.factor or 1.0) / 1000
    elif layout == _RAW_MILLI_G and len(body) % 6 == 0:
        acc_g = np.frombuffer(body, "<i2").reshape(-1, AXES) / 1000
    else:
        raise BadPacket(f"frames of type 0x{layout:02x} are not known for acceleration")
    return acc_g, np.abs(acc_g) >= (scale.end or math.inf)


def _angular_rate(layout: int, body: bytes, scale: Scale) -> tuple[Floats, NDArray[np.bool_]]:
    """Give deg/s, and where it was clipped."""
    if layout == _COUNTS and scale.factor is not None:
        counts = _deltas(body, "<i2")
        return counts.astype(np.float64) * scale.factor, np.abs(counts) >= _END_OF_RANGE
    if layout != _FLOATS:
        raise BadPacket(f"frames of type 0x{layout:02x} are not known for angular rate")
    words = _deltas(body, "<i4").astype(np.int32)  # the sums wrap, as the sensor's do
    with np.errstate(invalid="ignore"):
        gyr_dps = words.view(np.float32).astype(np.float64) * (scale.factor or 1.0)
    end = scale.end or _FASTEST_DPS
    if not (np.abs(gyr_dps) <= 2 * end).all():  # false for nan, too
        raise BadPacket("angular rates beyond all sense")
    return gyr_dps, np.abs(gyr_dps) >= end


def _deltas(body: bytes, reference: str) -> Ints:
    """Undo delta compression: a reference sample, then blocks of differences; shape (n, 3)."""
    kind = np.dtype(reference)
    at = AXES * kind.itemsize
    if len(body) < at:
        raise BadPacket("a frame that ends within its reference sample")
    parts = [np.frombuffer(body, kind, AXES).astype(np.int64)[None]]
    left = MOST_SAMPLES
    while at < len(body):
        differences, at = _block(body, at, min(8 * kind.itemsize + 1, _WIDEST), left)
        left -= len(differences)
        parts.append(differences)
    values: Ints = np.concatenate(parts).cumsum(axis=0)
    if kind.itemsize == 2 and (values != values.astype(np.int16)).any():
        raise BadPacket("differences that lead out of 16 bits")
    return values


def _block(body: bytes, at: int, widest: int, most: int) -> tuple[Ints, int]:
    """Read a block of at most `most` differences; give them, shape (n, 3), and where the next begins."""
    if at + _BLOCK.size > len(body):
        raise BadPacket("a frame that ends within a block's header")
    width, count = _BLOCK.unpack_from(body, at)
    bits = AXES * width * count
    start = at + _BLOCK.size
    end = start + (bits + 7) // 8
    if width > widest or count > most or end > len(body):
        raise BadPacket("a block that is longer than its frame")
    packed = np.frombuffer(body, np.uint8, end - start, start)
    unpacked = np.unpackbits(packed, bitorder="little")[:bits]
    differences: Ints = unpacked.reshape(AXES * count, width) @ _WEIGHTS[width]
    return differences.reshape(count, AXES), end
