"""Bytes of a Movella DOT as the sensor writes them, from firmware_notes/movella_dot.md."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from tracker.virtual.chip import GRAVITY_M_S2, Chip
from tracker.virtual.imu import Readout
from tracker.virtual.keyframes import Floats

(
    CONFIGURATION_SERVICE,
    DEVICE_INFO,
    DEVICE_CONTROL,
    DEVICE_REPORT,
    MEASUREMENT_SERVICE,
    CONTROL,
    LONG,
    MEDIUM,
    SHORT,
    DOT_BATTERY_SERVICE,
    DOT_BATTERY,
) = (
    f"1517{short}-4947-11e9-8646-d663bd873d93"
    for short in (
        *("1000", "1001", "1002", "1004"),
        *("2000", "2001", "2002", "2003", "2004"),
        *("3000", "3001"),
    )
)

COMPANY = 0x0886
"""Movella's number at the Bluetooth SIG."""

PADDED_BYTES = {LONG: 63, MEDIUM: 40, SHORT: 20}
"""What a notification is filled up to with zeros."""

RATES_HZ = (1, 4, 10, 12, 15, 20, 30, 60)
"""Output rates of streaming; 120 Hz is for recording on the sensor."""

_DEVICE_INFO = struct.Struct("<6s3BH5BIQ6s")
_DEVICE_CONTROL = struct.Struct("<7BB16sHB5x")


@dataclass(frozen=True, slots=True)
class Layout:
    """What a payload mode brings, in this order, and over which characteristic."""

    characteristic: str
    fields: tuple[str, ...]


LAYOUTS = {
    3: Layout(MEDIUM, ("quaternion", "free_acc")),
    5: Layout(SHORT, ("quaternion",)),
    6: Layout(SHORT, ("free_acc",)),
    21: Layout(MEDIUM, ("acc", "gyr")),
    24: Layout(MEDIUM, ("quaternion", "gyr")),
    26: Layout(LONG, ("quaternion", "acc", "gyr")),
}
"""The modes that the virtual sensor knows; a real one knows more."""


def encode_sample(mode: int, samples: Readout, chip: Chip) -> bytes:
    """Encode the first sample: time, values, zeros."""
    acc_m_s2, gyr_rad_s = chip.si(samples.counts[:1])
    values = {
        "quaternion": samples.earth_from_sensor[0],
        "acc": acc_m_s2[0],
        "gyr": np.degrees(gyr_rad_s[0]),
        "free_acc": _free(acc_m_s2[0], samples.earth_from_sensor[0]),
    }
    layout = LAYOUTS[mode]
    time = struct.pack("<I", int(samples.device_us[0]) & 0xFFFF_FFFF)
    payload = time + b"".join(values[field].astype("<f4").tobytes() for field in layout.fields)
    return payload.ljust(PADDED_BYTES[layout.characteristic], b"\0")


def _free(acc_m_s2: Floats, earth_from_sensor: Floats) -> Floats:
    """Acceleration in the earth's frame, gravity taken off."""
    acc: Floats = Rotation.from_quat(earth_from_sensor, scalar_first=True).apply(acc_m_s2)
    acc[2] -= GRAVITY_M_S2
    return acc


def encode_device_info(*, address: str, firmware: tuple[int, int, int], serial: int, product: bytes) -> bytes:
    """Encode who the sensor is; the build's date is that of nothing."""
    reversed_address = bytes.fromhex(address.replace(":", ""))[::-1]
    return _DEVICE_INFO.pack(reversed_address, *firmware, 2023, 7, 1, 0, 0, 0, 0, serial, product)


def encode_device_control(*, tag: bytes, rate_hz: int) -> bytes:
    """Encode the settings: sleep after 10 min alone and 30 min idle, general filter profile."""
    return _DEVICE_CONTROL.pack(0, 0, 0, 10, 0, 30, 0, len(tag), tag, rate_hz, 0)
