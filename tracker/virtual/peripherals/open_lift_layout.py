"""Bytes of the open lift-IMU profile as a board writes them, from firmware_notes/open_lift_profile.md."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import IntEnum, IntFlag

import numpy as np

from tracker.virtual.chip import COUNTS, Chip, Counts
from tracker.virtual.keyframes import Floats

STREAM = "eb0a0002-637a-4d45-a0eb-46f92eab61e6"
CONTROL = "eb0a0003-637a-4d45-a0eb-46f92eab61e6"
INFO = "eb0a0004-637a-4d45-a0eb-46f92eab61e6"
LIFT_SERVICE = "eb0a0001-637a-4d45-a0eb-46f92eab61e6"

PROFILE_VERSION = 1
PAYLOAD_LIMIT = 244
"""Bytes that fit into one notification at an MTU of 247."""

_PACKET_HEADER = struct.Struct("<BBHIHBB")
_INFO_HEADER = struct.Struct("<BBHIffHHBB")


class PacketType(IntEnum):
    """What a sample consists of."""

    ACC_GYR = 0
    ACC_GYR_QUATERNION = 1
    QUATERNION = 2


SAMPLE_BYTES = {PacketType.ACC_GYR: 12, PacketType.ACC_GYR_QUATERNION: 20, PacketType.QUATERNION: 8}


class Flags(IntFlag):
    """The flag byte of a packet; the virtual board's fusion has no magnetometer (bit 3)."""

    ACC_CLIPPED = 1 << 0
    GYR_CLIPPED = 1 << 1
    SAMPLES_LOST_BEFORE = 1 << 2
    BIAS_CORRECTED = 1 << 4
    LAST = 1 << 7


class Command(IntEnum):
    """First byte of what is written to Control."""

    START = 0x01
    STOP = 0x02
    TIME = 0x03
    IDENTIFY = 0x04
    ZERO = 0x05
    RANGES = 0x06


PARAMETERS = {
    Command.START: struct.Struct("<HBB"),
    Command.STOP: struct.Struct("<"),
    Command.TIME: struct.Struct("<Q"),
    Command.IDENTIFY: struct.Struct("<B"),
    Command.ZERO: struct.Struct("<"),
    Command.RANGES: struct.Struct("<HH"),
}


class Status(IntEnum):
    """Second byte of an answer."""

    DONE = 0
    UNKNOWN_COMMAND = 1
    WRONG_LENGTH = 2
    NOT_SUPPORTED = 3
    NOT_NOW = 4


def most_samples(kind: PacketType) -> int:
    """How many samples fit into one packet."""
    return (PAYLOAD_LIMIT - _PACKET_HEADER.size) // SAMPLE_BYTES[kind]


def encode_packet(
    kind: PacketType,
    *,
    sequence: int,
    device_us: int,
    period_us: int,
    config_id: int,
    flags: Flags,
    counts: Counts,
    quaternions: Floats,
) -> bytes:
    """Encode one stream packet.

    Parameters
    ----------
    kind, period_us, config_id, flags
        As in the note.
    sequence, device_us
        Counters; their low 16 and 32 bits are sent.
    counts, quaternions
        Shapes (n, 6), acc x, y, z, gyr x, y, z; and (n, 4), w, x, y, z.
    """
    header = _PACKET_HEADER.pack(
        PROFILE_VERSION << 4 | kind,
        len(counts),
        sequence & 0xFFFF,
        device_us & 0xFFFF_FFFF,
        period_us,
        config_id,
        flags,
    )
    match kind:
        case PacketType.ACC_GYR:
            return header + counts.astype("<i2").tobytes()
        case PacketType.QUATERNION:
            return header + _q15(quaternions).tobytes()
        case PacketType.ACC_GYR_QUATERNION:
            return header + np.hstack([counts.astype("<i2"), _q15(quaternions)]).tobytes()


def encode_info(
    *, config_id: int, rate_hz: int, boot_id: int, chip: Chip, rates_hz: Sequence[int], board: str, imu: str
) -> bytes:
    """Encode what Info says."""
    kinds = sum(1 << kind for kind in PacketType)
    header = _INFO_HEADER.pack(
        PROFILE_VERSION,
        config_id,
        rate_hz,
        boot_id,
        chip.acc_lsb_g,
        chip.gyr_lsb_dps,
        chip.acc_range_g,
        chip.gyr_range_dps,
        kinds,
        len(rates_hz),
    )
    return header + struct.pack(f"<{len(rates_hz)}H", *rates_hz) + _text(board) + _text(imu)


def encode_answer(command: int, status: Status, more: bytes) -> bytes:
    """Encode the answer to a command."""
    return bytes([0x80 | command, status]) + more


def _q15(quaternions: Floats) -> Counts:
    """Scale by 32768; 1.0, which does not fit, becomes 32767."""
    return np.clip(np.rint(quaternions * COUNTS), -COUNTS, COUNTS - 1).astype("<i2")


def _text(text: str) -> bytes:
    raw = text.encode()
    return bytes([len(raw)]) + raw
