"""Taking a block of packets apart with numpy, without a loop over packets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.sensing.samples import Bytes, Floats, Ints, Packets

_UNIT_WITHIN = 0.05
"""How far a quaternion may be from length 1: rounding to 16 bits makes 0.0001, a field that is none more."""


def lengths(packets: Packets) -> Ints:
    """Give the payloads' lengths, shape (n,), bytes."""
    sizes: Ints = packets.offsets[1:] - packets.offsets[:-1]
    return sizes


def heads(packets: Packets, layout: np.dtype[np.void]) -> NDArray[Any]:
    """Read the header at the start of each payload.

    Returns
    -------
    Shape (n,), of `layout`. The header of a payload that is shorter than it means nothing.
    """
    if len(packets.data) == 0:
        return np.zeros(len(packets), layout)
    index = packets.offsets[:-1, None] + np.arange(layout.itemsize)
    return packets.data.take(index, mode="clip").view(layout)[:, 0]


def bodies(packets: Packets, sizes: Ints, is_kept: NDArray[np.bool_], head_bytes: int) -> Bytes:
    """Join what follows the headers of the packets that are kept.

    Parameters
    ----------
    packets, sizes
        n packets and their lengths, bytes.
    is_kept
        Shape (n,); a packet that is kept has at least `head_bytes`.
    head_bytes
        Length of the header that is skipped.
    """
    if is_kept.all() and (sizes == sizes[0]).all():  # nearly always: one reshape is ten times faster
        return packets.data.reshape(len(packets), -1)[:, head_bytes:].reshape(-1)
    spans = np.column_stack([np.where(is_kept, head_bytes, 0), sizes])
    spans[:, 1] -= spans[:, 0]
    is_body = np.column_stack([np.zeros_like(is_kept), is_kept])
    joined: Bytes = packets.data[np.repeat(is_body.ravel(), spans.ravel())]
    return joined


def samples_before(counts: Ints) -> Ints:
    """Give how many samples came before each packet, shape (n,), from how many each one brought."""
    return counts.cumsum() - counts


def are_unit(quaternions: Floats) -> NDArray[np.bool_]:
    """Say of quaternions, (n, 4) -> (n,), whether they are rotations."""
    is_unit: NDArray[np.bool_] = np.abs(_norms(quaternions) - 1.0) <= _UNIT_WITHIN
    return is_unit


def made_unit(quaternions: Floats) -> Floats:
    """Take what rounding did to the length off quaternions, (n, 4) -> (n, 4)."""
    return quaternions / _norms(quaternions)[:, None]


def _norms(quaternions: Floats) -> Floats:
    w, x, y, z = quaternions.T
    norms: Floats = np.sqrt(w * w + x * x + y * y + z * z)
    return norms
