"""Bytes of Polar's measurement data as the sensor writes them, from firmware_notes/polar.md."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tracker.virtual.chip import Counts

PMD_SERVICE = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
PMD_CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
PMD_DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

FRAME_LIMIT = 232
"""Bytes of the longest frame."""
BLOCK_LIMIT = 255
"""Differences that a block's one-byte count can say."""
SINCE_2000_NS = 536_580_000 * 1_000_000_000
"""What a Verity Sense's clock shows when its battery was empty: 2017-01-01 10:00."""

_HEADER = struct.Struct("<BQB")
_DELTA_COUNTS = 0x80
_VALUE = {0: "H", 1: "H", 2: "H", 3: "I", 4: "B", 5: "f"}


class Measurement(IntEnum):
    """What can be asked for; the last is the mode, not a measurement."""

    ACC = 2
    GYRO = 5
    SDK_MODE = 9


class Op(IntEnum):
    """First byte of what is written to the control point."""

    SETTINGS = 1
    START = 2
    STOP = 3
    SDK_SETTINGS = 4


class Param(IntEnum):
    """What a measurement can be set to."""

    RATE = 0
    RESOLUTION = 1
    RANGE = 2
    CHANNELS = 4
    FACTOR = 5


class Reply(IntEnum):
    """Status of an answer."""

    OK = 0
    INVALID_OP = 1
    INVALID_MEASUREMENT = 2
    INVALID_LENGTH = 4
    INVALID_PARAMETER = 5
    ALREADY = 6
    INVALID_RESOLUTION = 7
    INVALID_RATE = 8
    INVALID_RANGE = 9
    INVALID_CHANNELS = 11
    INVALID_STATE = 12
    IN_CHARGER = 13


def encode_features(*, gyroscope: bool, sdk_mode: bool) -> bytes:
    """Encode what reading the control point says: PPG, ACC and PPI are always there."""
    return bytes([0x0F, 0b0000_1110 | gyroscope << 5 | gyroscope << 6, sdk_mode << 1]).ljust(17, b"\0")


def encode_params(params: Mapping[Param, Sequence[float]]) -> bytes:
    """Encode settings: id, number of values, values."""
    return b"".join(
        struct.pack(f"<BB{len(values)}{_VALUE[param]}", param, len(values), *values)
        for param, values in params.items()
    )


def decode_params(raw: bytes) -> dict[int, int]:
    """Decode what a start command sets; each has one value. ValueError when it does not follow the layout."""
    params = {}
    while raw:
        try:
            size = struct.calcsize("<" + _VALUE[raw[0]])
            if raw[1] != 1 or len(raw) < 2 + size:
                raise ValueError(raw)
        except (KeyError, IndexError) as error:
            raise ValueError(raw) from error
        params[raw[0]] = int.from_bytes(raw[2 : 2 + size], "little")
        raw = raw[2 + size :]
    return params


def encode_reply(op: int, measurement: int, status: Reply, params: bytes = b"") -> bytes:
    """Encode an answer; what was refused is answered without parameters."""
    more = b"\0" + params if status is Reply.OK else b""
    return bytes([0xF0, op, measurement, status]) + more


def frame_header(measurement: Measurement, last_ns: int) -> bytes:
    """Encode the header of a compressed frame whose last sample was taken at `last_ns`."""
    return _HEADER.pack(measurement, last_ns, _DELTA_COUNTS)


def encode_reference(counts: Counts) -> bytes:
    """Encode the first sample of a frame, shape (3,)."""
    return struct.pack("<3h", *counts.tolist())


def encode_block(counts: Counts) -> bytes:
    """Compress samples, shape (n + 1, 3), against one another; the first is in the frame already."""
    whole = counts.astype(np.int64)
    deltas = (whole[1:] - whole[:-1]).ravel()
    if len(deltas) == 0:
        return b""
    width = max(int(delta if delta >= 0 else ~delta).bit_length() for delta in deltas) + 1
    return bytes([width, len(deltas) // 3]) + _packed(deltas, width)


def _packed(numbers: NDArray[np.int64], width: int) -> bytes:
    """Put signed numbers of `width` bits one after the other, lowest bit first, into whole bytes."""
    total = sum((int(number) & (1 << width) - 1) << width * i for i, number in enumerate(numbers))
    return total.to_bytes((width * len(numbers) + 7) // 8, "little")
