"""Bytes of the GATT SensorData Protocol as a Movesense writes them, from firmware_notes/movesense.md."""

from __future__ import annotations

import struct
from enum import IntEnum

import numpy as np

from tracker.virtual.keyframes import Floats

GSP_SERVICE = "34802252-7185-4d5d-b431-630e7050e8f0"
GSP_COMMAND = "34800001-7185-4d5d-b431-630e7050e8f0"
GSP_NOTIFY = "34800002-7185-4d5d-b431-630e7050e8f0"
ADVERTISED = ("0000fdf3-0000-1000-8000-00805f9b34fb", "0000180d-0000-1000-8000-00805f9b34fb")
"""Its maker's identifier and the heart rate service; beside the name there is no room for its own."""

FIRST_PART_BYTES = 152
"""Of a packet in its first notification; where real firmware cuts is not known, only that samples are cut."""


class Command(IntEnum):
    """First byte of what is written."""

    HELLO = 0
    SUBSCRIBE = 1
    UNSUBSCRIBE = 2
    GET = 4
    SYSTEM_MODE = 7


class Code(IntEnum):
    """First byte of a notification."""

    RESPONSE = 1
    DATA = 2
    DATA_PART2 = 3


class Status(IntEnum):
    """Of a response, as in HTTP."""

    OK = 200
    ACCEPTED = 202
    BAD_REQUEST = 400
    NOT_FOUND = 404
    TOO_MANY_REQUESTS = 429
    NO_ROOM = 507


def encode_hello(ref: int, serial: str, product: str, address: str, app: str, version: str) -> bytes:
    """Encode the answer to HELLO: it has a protocol version and no status."""
    texts = (serial, product, address, app, version)
    return bytes([Code.RESPONSE, ref, 1]) + b"".join(text.encode() + b"\0" for text in texts)


def encode_response(ref: int, status: int, data: bytes = b"", *, big_endian: bool = False) -> bytes:
    """Encode any other answer; the maker's sample app sends some statuses big-endian."""
    return struct.pack(">BBH" if big_endian else "<BBH", Code.RESPONSE, ref, status) + data


def encode_imu6(ref: int, stamp_ms: int, acc_m_s2: Floats, gyr_dps: Floats) -> list[bytes]:
    """Encode a packet of samples as the one or two notifications it needs.

    Parameters
    ----------
    ref
        Of the subscription.
    stamp_ms
        When the first sample was taken; its low 32 bits are sent.
    acc_m_s2, gyr_dps
        Shapes (n, 3); all of the first comes before all of the second.
    """
    stamp = struct.pack("<I", stamp_ms & 0xFFFF_FFFF)
    body = stamp + acc_m_s2.astype("<f4").tobytes() + gyr_dps.astype("<f4").tobytes()
    first, second = body[:FIRST_PART_BYTES], body[FIRST_PART_BYTES:]
    notifications = [bytes([Code.DATA, ref]) + first]
    if second:
        notifications.append(bytes([Code.DATA_PART2, ref]) + second)
    return notifications


def encode_acc_config(range_g: int) -> bytes:
    """Encode /Meas/Acc/Config."""
    return struct.pack("<B", range_g)


def encode_gyr_config(range_dps: int) -> bytes:
    """Encode /Meas/Gyro/Config."""
    return struct.pack("<H", range_dps)


def path_of(payload: bytes) -> str:
    """Read a path, which ends at its zero byte; the zero may be missing."""
    return payload.partition(b"\0")[0].decode(errors="replace")


def packet_samples(rate_hz: int) -> int:
    """How many samples of a rate make a packet: 13 packets come in a second."""
    return max(1, int(np.rint(rate_hz / 13)))
