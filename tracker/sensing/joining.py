"""Blocks that were held back, put end to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import accumulate
from typing import Any, TypeVar

import numpy as np

from tracker.sensing.samples import Ints, Readings, Samples

_Block = TypeVar("_Block", Readings, Samples)


def joined(blocks: Sequence[_Block]) -> _Block:
    """Put blocks end to end.

    A channel that none of them has stays None, and one without it adds nothing. What is said once, as the
    period, is what the first one says that has samples: an empty block may not know it.
    """
    if len(blocks) == 1:
        return blocks[0]
    filled = [block for block in blocks if len(block)] or blocks[-1:]
    channels: dict[str, Any] = {}
    for spec in fields(filled[0]):
        arrays = [getattr(block, spec.name) for block in filled]
        arrays = [array for array in arrays if isinstance(array, np.ndarray)]
        if arrays:
            channels[spec.name] = np.concatenate(arrays)
    if "undecodable_at" in channels:
        channels["undecodable_at"] = _undecodable_at(blocks)
    return replace(filled[0], **channels)


def _undecodable_at(blocks: Sequence[Any]) -> Ints:
    """Count from the start of the first block, of empty ones too: a bad packet may be all they brought."""
    starts = accumulate((len(block) for block in blocks), initial=0)
    shifted = [block.undecodable_at + start for block, start in zip(blocks, starts, strict=False)]
    return np.concatenate(shifted)
