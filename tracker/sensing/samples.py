"""The types that leave the radio: packets, readings, samples and gaps.

Packets, with the marks between them, are the junction between live and recorded: what a recording keeps.
Readings are what a decoder makes of packets, in SI units on the device's own clock. Samples are
readings placed on the recording's time, `t_s`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import accumulate
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bytes: TypeAlias = NDArray[np.uint8]

ACC_CLIPPED = 1
"""Sample flag: the accelerometer stood at the end of its range."""
GYR_CLIPPED = 2
"""Sample flag: the gyroscope stood at the end of its range."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One notification, untouched.

    Attributes
    ----------
    t_ns
        When it arrived, on the host's monotonic clock, ns since the recording started.
    link
        Number of the connection within the recording, from 0; a reconnect is a new link.
    stream
        Which of the sensor's notifying characteristics sent it, from 0.
    payload
        The bytes.
    """

    t_ns: int
    link: int
    stream: int
    payload: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Packets:
    """A block of packets of one link, in order of arrival.

    Attributes
    ----------
    t_ns
        Shape (n,), arrival of each packet, ns since the recording started.
    link
        The connection all of them came over.
    stream
        Shape (n,), the characteristic each came from.
    offsets
        Shape (n + 1,): packet i is ``data[offsets[i]:offsets[i + 1]]``.
    data
        Shape (bytes,), all payloads one after another.
    """

    t_ns: Ints
    link: int
    stream: NDArray[np.int16]
    offsets: Ints
    data: Bytes

    def __len__(self) -> int:
        return len(self.t_ns)

    def __getitem__(self, index: int) -> Packet:
        payload = self.data[self.offsets[index] : self.offsets[index + 1]].tobytes()
        return Packet(int(self.t_ns[index]), self.link, int(self.stream[index]), payload)

    def __iter__(self) -> Iterator[Packet]:
        return (self[index] for index in range(len(self)))

    @classmethod
    def of(cls, packets: Sequence[Packet]) -> Self:
        """Make a block of packets of one link; raises ValueError for none or for several links."""
        links = {packet.link for packet in packets}
        if len(links) != 1:
            raise ValueError(f"a block holds the packets of one link, not of {len(links)}")
        ends = accumulate(len(packet.payload) for packet in packets)
        return cls(
            t_ns=np.array([packet.t_ns for packet in packets], np.int64),
            link=links.pop(),
            stream=np.array([packet.stream for packet in packets], np.int16),
            offsets=np.array([0, *ends], np.int64),
            data=np.frombuffer(b"".join(packet.payload for packet in packets), np.uint8),
        )

    def cut(self, start: int, stop: int) -> Packets:
        """Packets start..stop-1 as a block of their own (views, no copy)."""
        offsets = self.offsets[start : stop + 1]
        data = self.data[offsets[0] : offsets[-1]]
        return Packets(self.t_ns[start:stop], self.link, self.stream[start:stop], offsets - offsets[0], data)


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Decoded values of one link, in SI units, on the device's own clock.

    Attributes
    ----------
    device_s
        Shape (n,), s, unwrapped; its origin is the device's own. It rises, save where a packet came
        twice or late.
    acc_m_s2
        Shape (n, 3), specific force (+9.81 on the axis that points up at rest), or None.
    gyr_rad_s
        Shape (n, 3), angular rate, right-handed, or None.
    earth_from_sensor
        Shape (n, 4), unit quaternions w, x, y, z, earth z up, as the sensor computed them, or None.
    flags
        Shape (n,), uint8, ACC_CLIPPED and GYR_CLIPPED.
    arrival_ns
        Shape (n,), arrival of the packet that brought each sample.
    prompt_ns
        Shape (n,), when each would have arrived but for the time that its packet took to fill, where that
        is not the same for all packets or the decoder has a clock of the host's; None where `arrival_ns`
        says it.
    period_s
        The device's own statement of its sample period, s; None when it makes none.
    is_t_s
        True when device_s already is the recording's t_s (imported files): it passes untouched.
    goes_on
        True when device_s goes on from one link to the next, for a sensor whose clock outlives both.
    undecodable_at
        Shape (k,), for each packet of the block that did not follow the layout and was left out: the
        index of the sample that came next (n when none did), rising.
    """

    device_s: Floats
    acc_m_s2: Floats | None
    gyr_rad_s: Floats | None
    earth_from_sensor: Floats | None
    flags: NDArray[np.uint8]
    arrival_ns: Ints
    period_s: float | None
    is_t_s: bool = False
    goes_on: bool = False
    undecodable_at: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    prompt_ns: Ints | None = None

    def __len__(self) -> int:
        return len(self.device_s)

    @property
    def undecodable(self) -> int:
        """How many packets of the block did not follow the layout."""
        return len(self.undecodable_at)

    def without_offset(self, acc_offset_m_s2: tuple[float, float, float]) -> Readings:
        """Take the accelerometer's offset off; flags stay, for they say what the chip could not read."""
        if self.acc_m_s2 is None:
            return self
        return replace(self, acc_m_s2=self.acc_m_s2 - np.array(acc_offset_m_s2))


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """A block of readings on the recording's time.

    Attributes
    ----------
    t_s
        Shape (n,), s from the first sample of the recording, strictly rising, device time.
    acc_m_s2, gyr_rad_s, earth_from_sensor, flags
        As in `Readings`.
    period_s
        The link's sample period, s, held constant for the link.
    link
        The connection they came over.
    """

    t_s: Floats
    acc_m_s2: Floats | None
    gyr_rad_s: Floats | None
    earth_from_sensor: Floats | None
    flags: NDArray[np.uint8]
    period_s: float
    link: int

    def __len__(self) -> int:
        return len(self.t_s)


class Cause(StrEnum):
    """Why samples are missing."""

    LOST = "packets lost"
    UNDECODABLE = "packets did not decode"
    LINK_DOWN = "link was down"


@dataclass(frozen=True, slots=True)
class Gap:
    """Time without samples: from the last sample before to the first one after, s on t_s."""

    t_start_s: float
    t_end_s: float
    cause: Cause

    @property
    def duration_s(self) -> float:
        """Length of the gap, s."""
        return self.t_end_s - self.t_start_s
