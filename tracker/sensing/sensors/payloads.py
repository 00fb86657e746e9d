"""Taking a block of packets apart with numpy, without a loop over packets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.sensing.samples import Bytes, Ints, Packets


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
