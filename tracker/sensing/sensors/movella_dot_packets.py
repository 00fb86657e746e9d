"""Xsens and Movella DOT (firmware_notes/movella_dot.md): info and measurement packets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.errors import BadPacket, InputError
from tracker.sensing.clock import Unwrapper
from tracker.sensing.marks import Connected
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Floats, Ints, Packets, Readings
from tracker.sensing.sensors import payloads
from tracker.sensing.sensors.sensor import Decoder

CHARACTERISTIC_BYTES = (63, 40, 20)
"""Bytes of a notification of the long, the medium and the short characteristic, streams 0, 1 and 2."""

ACC_RANGE_M_S2, GYR_RANGE_DPS = 16 * 9.80665, 2000.0
"""The sensor's ranges; a value there has been clipped. No mode that is used says so by itself."""

IMPOSSIBLE = 2.0
"""So many times its range no calibration explains: such a packet is mangled or of another mode."""

WITHOUT_GRAVITY = frozenset({2, 3, 6, 7, 16, 22, 23})
"""Modes with "free acceleration": without gravity nothing shows which way is down when it drifts."""

STATE_BYTES = 3
"""What the measurement's control says: what is controlled, whether it measures, the payload mode."""

RATE_AT = 24
"""Offset of the output rate, u16 Hz, in what the device's control says."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A payload mode: the timestamp, u32 us, then float32 in this order, then zeros.

    Attributes
    ----------
    number
        By which it is asked for.
    stream
        Index of the characteristic that brings it.
    has_quaternion, has_acc, has_gyr
        w, x, y, z; specific force, m/s2; angular rate, deg/s.
    """

    number: int
    stream: int
    has_quaternion: bool = False
    has_acc: bool = False
    has_gyr: bool = False

    @property
    def floats(self) -> int:
        """Values in a packet."""
        return 4 * self.has_quaternion + 3 * self.has_acc + 3 * self.has_gyr

    @property
    def size(self) -> int:
        """Bytes of a packet before the zeros."""
        return 4 + 4 * self.floats


MODES = (
    Mode(26, 0, has_quaternion=True, has_acc=True, has_gyr=True),
    Mode(21, 1, has_acc=True, has_gyr=True),
    Mode(24, 1, has_quaternion=True, has_gyr=True),
    Mode(5, 2, has_quaternion=True),
)
"""Those that are used, best first. Our own orientation needs acceleration and angular rate, and so does
height; the sensor's own comes with them to be compared, and carries the angles where they are missing."""


@dataclass(frozen=True, slots=True)
class Info:
    """What the sensor says about its measurement: the payload mode and the output rate, Hz."""

    mode: Mode
    rate_hz: int


def read_info(value: bytes) -> Info:
    """Read the info: what the measurement's control says, then what the device's control says.

    Raises
    ------
    BadPacket
        If it is too short, has no rate, or names a mode that cannot be used.
    """
    if len(value) < STATE_BYTES + RATE_AT + 2:
        raise BadPacket(f"the sensor says {len(value)} bytes about its measurement; update its firmware")
    number = value[2]
    if number in WITHOUT_GRAVITY:
        raise BadPacket(
            f"payload mode {number} has acceleration without gravity; let tracker start the sensor"
        )
    mode = next((mode for mode in MODES if mode.number == number), None)
    if mode is None:
        raise BadPacket(f"payload mode {number} is not supported; let tracker start the sensor")
    rate_hz = read_rate_hz(value[STATE_BYTES:])
    if rate_hz == 0:
        raise BadPacket("the sensor says a rate of 0 Hz; switch it off and on")
    return Info(mode, rate_hz)


def read_rate_hz(device: bytes) -> int:
    """Read the output rate, Hz, from what the device's control says."""
    return int.from_bytes(device[RATE_AT : RATE_AT + 2], "little")


class MovellaDotDecoder:
    """Makes SI units of measurement packets, one sample each.

    Parameters
    ----------
    info
        Mode and rate: the packets do not carry them.
    clock
        Unwraps the microseconds.
    """

    def __init__(self, info: Info, clock: Unwrapper) -> None:
        self.clock = clock
        self._mode = info.mode
        self._period_s = 1.0 / info.rate_hz
        self._layout = np.dtype([("us", "<u4"), ("values", "<f4", (info.mode.floats,))])

    def decode(self, packets: Packets) -> Readings | None:
        """Decode a block of packets; see `Decoder`."""
        if len(packets) == 0:
            return None
        sizes = payloads.lengths(packets)
        frames = payloads.heads(packets, self._layout)
        with np.errstate(invalid="ignore"):  # bytes that are no number are left out below
            values = frames["values"].astype(np.float64)
        is_good = self._has_the_layout(packets, sizes)
        is_good &= self._is_possible(values)
        kept = values[is_good]
        quaternion, acc, gyr = self._parts(kept)
        return Readings(
            device_s=self.clock.step(frames["us"][is_good]) / 1e6,
            acc_m_s2=acc,
            gyr_rad_s=None if gyr is None else gyr * math.radians(1.0),
            earth_from_sensor=None if quaternion is None else payloads.made_unit(quaternion),
            flags=_flags(acc, gyr, len(kept)),
            arrival_ns=packets.t_ns[is_good],
            period_s=self._period_s,
            undecodable_at=payloads.samples_before(is_good.astype(np.int64))[~is_good],
        )

    def _has_the_layout(self, packets: Packets, sizes: Ints) -> NDArray[np.bool_]:
        """From the right characteristic, long enough, and zeros behind the values.

        The zeros tell modes apart that come over the same characteristic.
        """
        longest = CHARACTERISTIC_BYTES[self._mode.stream]
        is_good: NDArray[np.bool_] = (packets.stream == self._mode.stream) & (sizes >= self._mode.size)
        is_good &= sizes <= longest
        if len(packets.data):
            behind = np.arange(self._mode.size, longest)
            filling = packets.data.take(packets.offsets[:-1, None] + behind, mode="clip")
            is_good &= ~((filling != 0) & (behind < sizes[:, None])).any(axis=1)
        return is_good

    def _is_possible(self, values: Floats) -> NDArray[np.bool_]:
        quaternion, acc, gyr = self._parts(values)
        is_good: NDArray[np.bool_] = np.asarray(np.isfinite(values).all(axis=1))
        if quaternion is not None:
            is_good &= payloads.are_unit(quaternion)
        if acc is not None:
            is_good &= (np.abs(acc) <= IMPOSSIBLE * ACC_RANGE_M_S2).all(axis=1)
        if gyr is not None:
            is_good &= (np.abs(gyr) <= IMPOSSIBLE * GYR_RANGE_DPS).all(axis=1)
        return is_good

    def _parts(self, values: Floats) -> tuple[Floats | None, Floats | None, Floats | None]:
        """Split columns into quaternion, acceleration and angular rate, as they were sent."""
        mode, acc_at = self._mode, 4 * self._mode.has_quaternion
        return (
            values[:, :4] if mode.has_quaternion else None,
            values[:, acc_at : acc_at + 3] if mode.has_acc else None,
            values[:, -3:] if mode.has_gyr else None,
        )


def _flags(acc_m_s2: Floats | None, gyr_dps: Floats | None, n: int) -> NDArray[np.uint8]:
    flags = np.zeros(n, np.uint8)
    if acc_m_s2 is not None:
        flags |= (np.abs(acc_m_s2) >= ACC_RANGE_M_S2).any(axis=1) * np.uint8(ACC_CLIPPED)
    if gyr_dps is not None:
        flags |= (np.abs(gyr_dps) >= GYR_RANGE_DPS).any(axis=1) * np.uint8(GYR_CLIPPED)
    return flags


def decoder(connected: Connected, before: Decoder | None = None) -> Decoder:
    """Make the decoder of a connection; see `MakeDecoder`."""
    try:
        info = read_info(connected.info)
    except BadPacket as error:
        raise InputError(str(error)) from error
    return MovellaDotDecoder(info, before.clock if isinstance(before, MovellaDotDecoder) else Unwrapper(32))
