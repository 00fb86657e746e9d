"""What the sets say about the sensor itself: a clip that slips, an orientation of its own that is off."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tracker.motion.events import Clip, SetEnded

SLIPPED_DEG = 20.0
"""Turn of the sensor against the handle between two sets. Each set finds the handle to 6 deg (95 %), so two
differ by 8 without anything having moved, and a clip that slips turns by more than it takes to see it."""

OFF_DEG = 5.0
"""Our orientation is off by a degree or two; a sensor's own that differs by more has not settled, lags, or
was computed from other axes."""


def sensor_warnings(sets: Sequence[SetEnded]) -> Iterator[str]:
    """Say what a person should look at before the next set.

    Parameters
    ----------
    sets
        The sets that have ended, in order of time.
    """
    for number, (before, after) in enumerate(pairwise(sets), 1):
        turned_deg = _between_lines_deg(before.handle, after.handle)
        if turned_deg > SLIPPED_DEG:
            yield (
                f"Between set {number} and {number + 1} the sensor turned on the dumbbell by about "
                f"{turned_deg:.0f} deg. If nobody moved it, its clip slips."
            )
    moved = sum(one.clip is Clip.MOVED for one in sets)
    if moved:
        yield (
            f"In {moved} of {len(sets)} sets the dumbbell did not turn about the calibrated handle: its "
            "tilt is there as without calibration. If the sensor was clipped on anew, run tracker calibrate."
        )
    off = [one.disagreement_deg for one in sets if one.disagreement_deg > OFF_DEG]
    if off:
        yield (
            f"The sensor's own orientation differs from ours by up to {max(off):.0f} deg in {len(off)} of "
            f"{len(sets)} sets. Ours is used."
        )


def clip_of(sets: Sequence[SetEnded]) -> Clip:
    """Say of a whole session whether tilt was measured on the handle as it was calibrated."""
    clips = {one.clip for one in sets}
    if Clip.MOVED in clips:
        return Clip.MOVED
    return Clip.AS_CALIBRATED if clips == {Clip.AS_CALIBRATED} else Clip.NOT_CALIBRATED


def _between_lines_deg(
    one: tuple[float, float, float] | None, two: tuple[float, float, float] | None
) -> float:
    """Angle between two lines, 0 to 90 deg, for a dumbbell may be turned end for end; nan when unknown."""
    if one is None or two is None:
        return math.nan
    cosine = abs(sum(a * b for a, b in zip(one, two, strict=True)))
    return math.degrees(math.acos(min(1.0, cosine)))
