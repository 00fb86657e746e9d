"""Bytes of WitMotion's Bluetooth sensors as one writes them, from firmware_notes/witmotion.md."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from scipy.spatial.transform import Rotation

from tracker.virtual.chip import GRAVITY_M_S2, Counts
from tracker.virtual.keyframes import Floats

SERVICE = "0000ffe5-0000-1000-8000-00805f9a34fb"
STREAM = "0000ffe4-0000-1000-8000-00805f9a34fb"
COMMAND = "0000ffe9-0000-1000-8000-00805f9a34fb"

FULL_SCALE = 32768
ACC_RANGE_G, GYR_RANGE_DPS, ANGLE_RANGE_DEG = 16.0, 2000.0, 180.0

HAS_TIME, HAS_ACC, HAS_GYR, HAS_QUATERNION, HAS_ANGLES = 0x80, 0x40, 0x20, 0x04, 0x01
DEFAULT_OUTPUT = HAS_ACC | HAS_GYR | HAS_ANGLES

SWITCHED_ON_AT = datetime(2015, 1, 1)
"""What the clock shows when the sensor is switched on."""

UNLOCK = bytes.fromhex("ffaa6988b5")
READ_REGISTER = 0x27
_COMMAND = struct.Struct("<BBBH")
_REPLY = struct.Struct("<BBH8H")
_TIME = struct.Struct("<6BH")

REGISTERS_IN_REPLY = 8


def read_command(data: bytes) -> tuple[int, int] | None:
    """Take a command apart: register and value; None for what is none."""
    if len(data) != _COMMAND.size or data[:2] != b"\xff\xaa":
        return None
    _, _, register, value = _COMMAND.unpack(data)
    return register, value


def encode_reply(first: int, values: Sequence[int]) -> bytes:
    """Encode the answer to a question: eight registers from `first` on."""
    return _REPLY.pack(0x55, 0x71, first, *(value & 0xFFFF for value in values))


def time_fields(device_ms: int) -> tuple[int, ...]:
    """Give year since 2000, month, day, hour, minute, second and ms, so long after switching on."""
    now = SWITCHED_ON_AT + timedelta(milliseconds=device_ms)
    return (now.year - 2000, now.month, now.day, now.hour, now.minute, now.second, now.microsecond // 1000)


def words_of(acc_m_s2: Floats, gyr_rad_s: Floats) -> Counts:
    """Scale to words, shape (n, 6): acc x, y, z, gyr x, y, z."""
    acc = acc_m_s2 / GRAVITY_M_S2 / ACC_RANGE_G
    gyr = np.degrees(gyr_rad_s) / GYR_RANGE_DPS
    return _words(np.hstack([acc, gyr]))


def encode_frames(
    output: int,
    words: Counts,
    earth_from_sensor: Floats,
    device_ms: Sequence[int],
    *,
    time_last: bool = False,
) -> list[bytes]:
    """Encode stream frames.

    Parameters
    ----------
    output
        Which fields: the frames' second byte.
    words
        Shape (n, 6), see `words_of`.
    earth_from_sensor
        Shape (n, 4), w, x, y, z.
    device_ms
        What the clock shows, ms since it was switched on.
    time_last
        Append the time to the frame without a sign of it in the second byte, as the WT901SDCL does.
    """
    quaternions = _words(earth_from_sensor) if output & HAS_QUATERNION else words
    angles = _angles(earth_from_sensor) if output & HAS_ANGLES else words  # what is not sent costs nothing
    frames = []
    for row, ms in enumerate(device_ms):
        time = _TIME.pack(*time_fields(ms))
        parts = {
            HAS_TIME: time,
            HAS_ACC: words[row, :3].tobytes(),
            HAS_GYR: words[row, 3:].tobytes(),
            HAS_QUATERNION: quaternions[row].tobytes(),
            HAS_ANGLES: angles[row].tobytes(),
        }
        body = b"".join(part for bit, part in parts.items() if output & bit)
        frames.append(bytes([0x55, output]) + body + (time if time_last else b""))
    return frames


def _angles(earth_from_sensor: Floats) -> Counts:
    """Give roll, pitch and yaw, shape (n, 3)."""
    yaw_pitch_roll = Rotation.from_quat(earth_from_sensor, scalar_first=True).as_euler("ZYX", degrees=True)
    return _words(yaw_pitch_roll[:, ::-1] / ANGLE_RANGE_DEG)


def _words(shares: Floats) -> Counts:
    """Scale shares of the full range; 1.0, which does not fit, becomes 32767."""
    return np.clip(np.rint(shares * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype("<i2")
