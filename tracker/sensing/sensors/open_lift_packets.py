"""The open lift-IMU profile, version 1 (firmware_notes/open_lift_profile.md): info and stream packets."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.errors import BadPacket, InputError
from tracker.sensing.clock import Unwrapper
from tracker.sensing.marks import Connected
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Floats, Ints, Packets, Readings
from tracker.sensing.sensors import payloads
from tracker.sensing.sensors.sensor import Decoder

G_M_S2 = 9.80665
"""Standard gravity, m/s2: what the sensor's g means (ISO 80000-3)."""

_PROFILE = 1
_ACC_GYR, _WITH_QUATERNION, _ONLY_QUATERNION = 0x10, 0x11, 0x12
"""A packet's first byte: version 1 and its type."""

_SAMPLE_WORDS = np.zeros(256, np.int64)
"""16-bit words in a sample, for each first byte; 0 where it is not ours."""
_SAMPLE_WORDS[[_ACC_GYR, _WITH_QUATERNION, _ONLY_QUATERNION]] = 6, 10, 4

_HEAD = np.dtype(
    {
        "names": ["kind", "samples", "sequence", "first_us", "period_us", "config_id", "flags"],
        "formats": ["u1", "u1", "<u2", "<u4", "<u2", "u1", "u1"],
    }
)
_NONE = np.empty(0, np.int64)
_END_OF_RANGE = 32767
"""Counts, of either sign, at which a 16-bit converter has run out."""

_Q15 = 32768.0


@dataclass(frozen=True, slots=True)
class Info:
    """What the board says about its scales.

    Attributes
    ----------
    config_id
        Changes whenever a rate or a range changes; packets with another one cannot be scaled.
    acc_lsb_g, gyr_lsb_dps
        g and deg/s for each count.
    types
        Bit i: it can send packets of type i.
    rates_hz
        Rates it can be set to, Hz.
    """

    config_id: int
    acc_lsb_g: float
    gyr_lsb_dps: float
    types: int
    rates_hz: tuple[int, ...]


_INFO = struct.Struct("<BBHIffHHBB")


def read_info(value: bytes) -> Info:
    """Read the info characteristic.

    Raises
    ------
    BadPacket
        If it is too short, of another version, or without usable scales or rates.
    """
    if len(value) < _INFO.size:
        raise BadPacket(
            f"the sensor's info is {len(value)} bytes, not at least {_INFO.size}; update its firmware"
        )
    version, config_id, rate_hz, _boot, acc_lsb_g, gyr_lsb_dps, _acc, _gyr, types, count = _INFO.unpack_from(
        value
    )
    if version != _PROFILE:
        raise BadPacket(f"the sensor speaks version {version} of its profile, not {_PROFILE}; update tracker")
    if not (0 < acc_lsb_g < math.inf and 0 < gyr_lsb_dps < math.inf):
        raise BadPacket(
            f"the sensor's scales are {acc_lsb_g:g} g and {gyr_lsb_dps:g} deg/s; update its firmware"
        )
    if len(value) < _INFO.size + 2 * count:
        raise BadPacket(f"the sensor's info ends within its {count} rates; update its firmware")
    rates_hz = struct.unpack_from(f"<{count}H", value, _INFO.size) or (rate_hz,)
    return Info(config_id, acc_lsb_g, gyr_lsb_dps, types, rates_hz)


class OpenLiftDecoder:
    """Makes SI units of stream packets.

    Parameters
    ----------
    info
        The board's scales.
    clock
        Unwraps its microseconds; that of the decoder before when the info of the same link changed.
    """

    def __init__(self, info: Info, clock: Unwrapper) -> None:
        self.clock = clock
        self._info = info
        self._kind: int | None = None
        self._m_s2 = info.acc_lsb_g * G_M_S2
        self._rad_s = math.radians(info.gyr_lsb_dps)

    def decode(self, packets: Packets) -> Readings | None:
        """Decode a block of packets; see `Decoder`."""
        if len(packets) == 0:
            return None
        sizes = payloads.lengths(packets)
        heads = payloads.heads(packets, _HEAD)
        is_good = self._follow_the_layout(packets, sizes, heads)
        words = self._words(packets, sizes, is_good)
        if len(words) and self._kind != _ACC_GYR:
            is_good[is_good] = _have_unit_quaternions(words, heads["samples"][is_good])
            words = self._words(packets, sizes, is_good)
        if is_good.all():
            return self._readings(words, heads, packets.t_ns, _NONE)
        counts = (heads["samples"] * is_good).astype(np.int64)
        bad_at = payloads.samples_before(counts)[~is_good]
        return self._readings(words, heads[is_good], packets.t_ns[is_good], bad_at)

    def _follow_the_layout(self, packets: Packets, sizes: Ints, heads: NDArray[Any]) -> NDArray[np.bool_]:
        kinds = heads["kind"]
        expected = _HEAD.itemsize + 2 * _SAMPLE_WORDS[kinds] * heads["samples"]
        is_good: NDArray[np.bool_] = (
            (sizes == expected)
            & (expected > _HEAD.itemsize)
            & (heads["period_us"] > 0)
            & (heads["config_id"] == self._info.config_id)
            & (packets.stream == 0)
        )
        if self._kind is None and is_good.any():
            self._kind = int(kinds[is_good.argmax()])  # the first one's, and no other on this link
        is_good &= kinds == (self._kind or _ACC_GYR)
        return is_good

    def _words(self, packets: Packets, sizes: Ints, is_good: NDArray[np.bool_]) -> NDArray[np.int16]:
        words = payloads.bodies(packets, sizes, is_good, _HEAD.itemsize).view("<i2")
        return words.reshape(-1, int(_SAMPLE_WORDS[self._kind or _ACC_GYR]))

    def _readings(
        self, words: NDArray[np.int16], heads: NDArray[Any], arrival_ns: Ints, bad_at: Ints
    ) -> Readings:
        counts = heads["samples"].astype(np.int64)
        period_us = heads["period_us"].astype(np.int64)
        # the time of the block's sample 0, had this packet's period held since then; exact integers
        zero_us = self.clock.step(heads["first_us"]) - payloads.samples_before(counts) * period_us
        device_us = zero_us.repeat(counts) + np.arange(len(words)) * period_us.repeat(counts)
        has_counts = self._kind != _ONLY_QUATERNION
        counted = words[:, 0:6].T.astype(np.float64, order="C")
        return Readings(
            device_s=device_us / 1e6,
            acc_m_s2=_scaled(counted[0:3], self._m_s2) if has_counts else None,
            gyr_rad_s=_scaled(counted[3:6], self._rad_s) if has_counts else None,
            earth_from_sensor=_unit_quaternions(words) if self._kind != _ACC_GYR else None,
            flags=_flags(heads["flags"].repeat(counts), counted if has_counts else None),
            arrival_ns=arrival_ns.repeat(counts),
            period_s=int(period_us[0]) / 1e6 if len(heads) else None,
            undecodable_at=bad_at,
        )


def _scaled(counts: Floats, unit: float) -> Floats:
    """Counts of three axes, (3, n) -> (n, 3); along an axis it takes half as long as row by row."""
    rows = np.empty((counts.shape[1], 3))
    np.multiply(counts, unit, out=rows.T)
    return rows


def _flags(said: NDArray[np.uint8], counts: Floats | None) -> NDArray[np.uint8]:
    flags: NDArray[np.uint8] = said & np.uint8(ACC_CLIPPED | GYR_CLIPPED)  # the profile has the same bits
    if counts is not None and counts.size and max(counts.max(), -counts.min()) >= _END_OF_RANGE:
        at_end = np.abs(counts) >= _END_OF_RANGE
        flags |= at_end[0:3].any(axis=0) * np.uint8(ACC_CLIPPED)
        flags |= at_end[3:6].any(axis=0) * np.uint8(GYR_CLIPPED)
    return flags


def _quaternions(words: NDArray[np.int16]) -> Floats:
    return words[:, -4:].astype(np.float64) / _Q15


def _unit_quaternions(words: NDArray[np.int16]) -> Floats:
    return payloads.made_unit(_quaternions(words))


def _have_unit_quaternions(words: NDArray[np.int16], samples: NDArray[np.uint8]) -> NDArray[np.bool_]:
    is_unit = payloads.are_unit(_quaternions(words))
    first = payloads.samples_before(samples.astype(np.int64))
    have: NDArray[np.bool_] = np.logical_and.reduceat(is_unit, first)
    return have


def decoder(connected: Connected, before: Decoder | None = None) -> Decoder:
    """Make the decoder of a connection; see `MakeDecoder`."""
    try:
        info = read_info(connected.info)
    except BadPacket as error:
        raise InputError(str(error)) from error
    return OpenLiftDecoder(info, before.clock if isinstance(before, OpenLiftDecoder) else Unwrapper(32))
