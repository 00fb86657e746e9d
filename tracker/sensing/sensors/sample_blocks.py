"""Imported samples: a "sensor" that sends blocks of float64 rows, so that a foreign file is a recording.

The info is one byte: bit 0 acceleration, bit 1 angular rate, bit 2 quaternion. A payload is rows of
little-endian float64, row after row: t_s, then those of acc x, y, z (m/s2), gyr x, y, z (rad/s) and
w, x, y, z (earth_from_sensor) that the info names. This file alone knows the layout.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tracker.errors import InputError
from tracker.sensing.marks import Connected
from tracker.sensing.samples import Floats, Ints, Packets, Readings
from tracker.sensing.sensors import payloads
from tracker.sensing.sensors.sensor import Decoder, Sensor

MAKE = "samples"

_FLOAT = np.dtype("<f8")
_WIDTHS = (3, 3, 4)
"""Columns of acceleration, angular rate and quaternion; bit i of the info says whether they are there."""


def encode_rows(
    t_s: Floats, acc_m_s2: Floats | None, gyr_rad_s: Floats | None, earth_from_sensor: Floats | None
) -> tuple[bytes, Floats]:
    """Write samples as rows.

    Parameters
    ----------
    t_s
        Shape (n,), s.
    acc_m_s2, gyr_rad_s
        Shape (n, 3), or None.
    earth_from_sensor
        Shape (n, 4), w, x, y, z, or None.

    Returns
    -------
    info, rows
        The connect mark's info; and shape (n, columns): any run of its rows, as bytes, is a payload.
    """
    parts = (acc_m_s2, gyr_rad_s, earth_from_sensor)
    info = sum(1 << bit for bit, part in enumerate(parts) if part is not None)
    columns = [t_s, *(part for part in parts if part is not None)]
    return bytes([info]), np.column_stack(columns).astype(_FLOAT)


class SampleBlocksDecoder:
    """Reads the rows back; nothing is converted and nothing carried."""

    def __init__(self, info: bytes) -> None:
        if len(info) != 1 or not 1 <= info[0] < 1 << len(_WIDTHS):
            raise InputError(
                f"the imported samples do not say what they hold ({info!r}); import the file again"
            )
        self._widths = [width if info[0] & 1 << bit else 0 for bit, width in enumerate(_WIDTHS)]

    def decode(self, packets: Packets) -> Readings | None:
        """Decode a block of packets; see `Decoder`."""
        if len(packets) == 0:
            return None
        columns = 1 + sum(self._widths)
        sizes = payloads.lengths(packets)
        counts, rest = np.divmod(sizes, columns * _FLOAT.itemsize)
        is_good = (counts > 0) & (rest == 0) & (packets.stream == 0)
        rows = _rows(packets, sizes, is_good, columns)
        if not np.isfinite(rows).all():
            first = payloads.samples_before(counts[is_good])
            is_good[is_good] = np.logical_and.reduceat(np.isfinite(rows).all(axis=1), first)
            rows = _rows(packets, sizes, is_good, columns)
        counts = np.where(is_good, counts, 0)
        parts = np.split(rows[:, 1:], np.cumsum(self._widths)[:-1], axis=1)
        acc, gyr, quaternion = (np.ascontiguousarray(part) for part in parts)
        return Readings(
            device_s=rows[:, 0],
            acc_m_s2=acc if self._widths[0] else None,
            gyr_rad_s=gyr if self._widths[1] else None,
            earth_from_sensor=quaternion if self._widths[2] else None,
            flags=np.zeros(len(rows), np.uint8),
            arrival_ns=np.repeat(packets.t_ns, counts),
            period_s=None,
            is_t_s=True,
            undecodable_at=payloads.samples_before(counts)[~is_good],
        )


def _rows(packets: Packets, sizes: Ints, is_good: NDArray[np.bool_], columns: int) -> Floats:
    return payloads.bodies(packets, sizes, is_good, 0).view(_FLOAT).reshape(-1, columns)


def _decoder(connected: Connected, before: Decoder | None = None) -> Decoder:  # noqa: ARG001
    return SampleBlocksDecoder(connected.info)


SAMPLE_BLOCKS = Sensor(make=MAKE, title="imported samples", decoder=_decoder)
