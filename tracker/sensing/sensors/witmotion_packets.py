"""What WitMotion frames hold (firmware_notes/witmotion.md): SI units, device time, and the info."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.errors import InputError
from tracker.sensing.counted_clock import CountedClock
from tracker.sensing.marks import Connected
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Floats, Ints, Packet, Packets, Readings
from tracker.sensing.sensors.payloads import are_unit, made_unit
from tracker.sensing.sensors.sensor import Decoder
from tracker.sensing.sensors.witmotion_frames import (
    ACC,
    EULER,
    GYR,
    QUATERNION,
    TIME,
    Framer,
    Frames,
    Shape,
    places,
)
from tracker.sensing.sensors.witmotion_time import LAYOUT, TimeOfDay, are_times, since_2000_ms

G_M_S2 = 9.80665
"""Standard gravity, m/s2: what the sensor's g means (ISO 80000-3)."""

_FULL = 32768
_ACC_M_S2 = 16 * G_M_S2 / _FULL
_GYR_RAD_S = math.radians(2000) / _FULL
_EULER_RAD = math.pi / _FULL
"""One count; the ranges cannot be changed."""

_END_OF_RANGE = 32767
"""Counts, of either sign, at which a 16-bit value has run out."""

_VECTOR, _FOUR = ("<i2", (3,)), ("<i2", (4,))
_FIELDS: dict[int, tuple[str, Any]] = {
    TIME: ("time", LAYOUT),
    ACC: ("acc", _VECTOR),
    GYR: ("gyr", _VECTOR),
    QUATERNION: ("quaternion", _FOUR),
    EULER: ("euler", _VECTOR),
}
"""Name and format of the fields that are read, by their bit."""


@dataclass(frozen=True, slots=True)
class Info:
    """How the sensor was found and set when the link began; what it did not answer is None.

    Attributes
    ----------
    setup_packets
        How many packets of the link came before it was set: they hold its former rate and fields.
    rate_hz
        Samples a second, as its register said, or as they were counted; 0 when neither is known.
    mask
        Second byte of the frames that it sends; None when it was not seen.
    rate_code, algorithm, output, version
        What its registers 0x03, 0x24, 0x0E and 0x2E answered.
    """

    setup_packets: int = 0
    rate_hz: float = 0.0
    mask: int | None = None
    rate_code: int | None = None
    algorithm: int | None = None
    output: int | None = None
    version: int | None = None

    def encode(self) -> bytes:
        """Write it for the connect mark."""
        return _INFO.pack(
            _INFO_FORMAT,
            min(self.setup_packets, 0xFFFF),
            round(self.rate_hz * 10),
            *(
                _UNKNOWN if word is None else word
                for word in (self.mask, self.rate_code, self.algorithm, self.output, self.version)
            ),
        )


_INFO = struct.Struct("<BHH5i")
_INFO_FORMAT, _UNKNOWN = 1, -1


def read_info(value: bytes) -> Info:
    """Read what `Info.encode` wrote.

    Raises
    ------
    InputError
        If it is something else.
    """
    if len(value) != _INFO.size or value[0] != _INFO_FORMAT:
        raise InputError(
            "what the recording says about its WitMotion sensor is not understood "
            f"({value.hex() or 'nothing'}); update tracker"
        )
    _, setup_packets, rate_dhz, *words = _INFO.unpack(value)
    return Info(setup_packets, rate_dhz / 10, *(None if word == _UNKNOWN else word for word in words))


class WitMotionDecoder:
    """Makes SI units of the stream.

    Parameters
    ----------
    info
        How the sensor was set.

    Attributes
    ----------
    shape
        Of its frames, None until it was learnt.

    Notes
    -----
    Device time is the sensor's own where its frames carry it, else counted (`CountedClock`); frames that
    carry none and come at a rate that nobody knows are left out.
    """

    def __init__(self, info: Info) -> None:
        self._setup_packets = info.setup_packets
        self._framer = Framer(info.mask)
        self._stated_s = 1.0 / info.rate_hz if info.rate_hz > 0 else None
        self._time = TimeOfDay()
        self._counted = CountedClock(self._stated_s) if self._stated_s else None

    @property
    def shape(self) -> Shape | None:
        """What the frames have; None until it was learnt."""
        return self._framer.shape

    def decode(self, packets: Packets) -> Readings | None:
        """Decode a block of packets; see `Decoder`."""
        if len(packets) == 0:
            return None
        skipped = min(self._setup_packets, len(packets))
        self._setup_packets -= skipped
        frames = self._framer.step(packets.cut(skipped, len(packets)))
        if self.shape is None:
            return _readings(np.zeros(0, _layout(_NO_SHAPE)), frames, np.empty(0, np.bool_))
        fields = frames.raw.view(_layout(self.shape))[:, 0]
        is_good = _are_plausible(fields)
        has_time = "time" in (fields.dtype.names or ())
        if not has_time and self._counted is None:
            is_good[:] = False
        readings = _readings(fields, frames, is_good)
        if has_time:
            device_s = self._time.step(since_2000_ms(fields["time"][is_good]), readings.arrival_ns)
            return replace(readings, device_s=device_s, period_s=self._stated_s)
        if self._counted is None:
            return readings
        packet = np.arange(len(frames.counts)).repeat(frames.counts)
        return self._counted.step(readings, np.bincount(packet[is_good], minlength=len(frames.counts)))


_NO_SHAPE = Shape(ACC | GYR, 14)


def _layout(shape: Shape) -> np.dtype[np.void]:
    read = [(*_FIELDS[bit], at) for bit, at in places(shape).items() if bit in _FIELDS]
    names, formats, offsets = zip(*read, strict=True)
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": shape.size})


def _are_plausible(fields: NDArray[Any]) -> NDArray[np.bool_]:
    """Say which frames can be ours: other devices of the maker send other things under the same header."""
    is_good: NDArray[np.bool_] = np.ones(len(fields), np.bool_)
    names = fields.dtype.names or ()
    if "time" in names:
        is_good &= are_times(fields["time"])
    if "quaternion" in names:
        is_good &= are_unit(_quaternions(fields))
    return is_good


def _readings(fields: NDArray[Any], frames: Frames, is_good: NDArray[np.bool_]) -> Readings:
    """Put the frames that are good into SI units; their time comes later."""
    names = fields.dtype.names or ()
    good = fields[is_good]
    acc, gyr = (good[name].astype(np.float64) if name in names else None for name in ("acc", "gyr"))
    return Readings(
        device_s=np.zeros(len(good)),
        acc_m_s2=None if acc is None else acc * _ACC_M_S2,
        gyr_rad_s=None if gyr is None else gyr * _GYR_RAD_S,
        earth_from_sensor=_orientation(good),
        flags=_at_end(acc, len(good)) * np.uint8(ACC_CLIPPED)
        | _at_end(gyr, len(good)) * np.uint8(GYR_CLIPPED),
        arrival_ns=frames.arrival_ns.repeat(frames.counts)[is_good],
        period_s=None,
        undecodable_at=_undecodable_at(frames, is_good),
    )


def _undecodable_at(frames: Frames, is_good: NDArray[np.bool_]) -> Ints:
    """Say before which sample each packet with something undecodable came: its first such place."""
    frame = np.flatnonzero(~is_good)
    packet = np.concatenate([frames.bad_packet, frames.counts.cumsum().searchsorted(frame, "right")])
    at = np.concatenate([frames.bad_at, frame])
    order = np.lexsort([at, packet])
    _, first = np.unique(packet[order], return_index=True)
    samples_before = np.concatenate([[0], is_good.cumsum()])
    before: Ints = samples_before[at[order][first]]
    return before


def _at_end(counts: Floats | None, n: int) -> NDArray[np.bool_]:
    if counts is None:
        return np.zeros(n, np.bool_)
    return np.asarray((np.abs(counts) >= _END_OF_RANGE).any(axis=1))


def _orientation(good: NDArray[Any]) -> Floats | None:
    """Give the sensor's own orientation: ours is compared with it, and takes its place where it must."""
    names = good.dtype.names or ()
    if "quaternion" in names:
        return made_unit(_quaternions(good))
    return quaternions_of(good["euler"] * _EULER_RAD) if "euler" in names else None


def _quaternions(fields: NDArray[Any]) -> Floats:
    scaled: Floats = fields["quaternion"].astype(np.float64) / _FULL
    return scaled


def quaternions_of(angles_rad: Floats) -> Floats:
    """Make earth_from_sensor of the sensor's angles.

    Parameters
    ----------
    angles_rad
        Shape (n, 3), roll, pitch, yaw, rad: the sensor is turned by roll about its x, that by pitch about
        y, that by yaw about z.

    Returns
    -------
    Shape (n, 4), w, x, y, z.
    """
    (cr, cp, cy), (sr, sp, sy) = np.cos(angles_rad.T / 2), np.sin(angles_rad.T / 2)
    return np.column_stack(
        [
            cr * cp * cy + sr * sp * sy,
            sr * cp * cy - cr * sp * sy,
            cr * sp * cy + sr * cp * sy,
            cr * cp * sy - sr * sp * cy,
        ]
    )


def look(payloads: Sequence[bytes]) -> tuple[int | None, int]:
    """Look at a stretch of stream: the second byte of its frames, if it has any, and how many are good.

    Frames that are told to have the time are only good when it rises from each to the next.
    """
    framer = Framer()
    frames = framer.step(Packets.of([Packet(0, 0, 0, payload) for payload in (*payloads, b"")]))
    if framer.shape is None:
        return None, 0
    fields = frames.raw.view(_layout(framer.shape))[:, 0]
    good = fields[_are_plausible(fields)]
    if framer.shape.mask & TIME and (np.diff(since_2000_ms(good["time"])) <= 0).any():
        return framer.shape.mask, 0
    return framer.shape.mask, len(good)


def decoder(connected: Connected, before: Decoder | None = None) -> Decoder:
    """Make the decoder of a connection; see `MakeDecoder`."""
    info = read_info(connected.info)
    return before if isinstance(before, WitMotionDecoder) else WitMotionDecoder(info)
