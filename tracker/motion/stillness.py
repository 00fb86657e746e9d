"""Whether the sensor lies untouched, from chunks of samples; and what it reads then."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tracker.sensing.samples import Floats

CHUNK_S = 0.25
"""Length of the stretches that are judged, s: short enough to show at once what is seen."""

GYR_SPREAD_RAD_S = np.radians(0.7)
ACC_SPREAD_M_S2 = 0.08
"""Least steady chunk, standard deviation per axis: three times the noise of cheap parts (0.1 deg/s, 2 mg),
and less than a hand's tremor (1 deg/s and more)."""

GYR_DRIFT_RAD_S = np.radians(0.5)
ACC_DRIFT_M_S2 = 0.06
"""How far a chunk's mean may be from the first one's: 0.35 deg of slope; turning slowly is not lying."""


@dataclass(slots=True)
class Stillness:
    """Follows chunks of samples; its state is the means of the chunks since it came to lie still."""

    _means: list[Floats] = field(default_factory=list)

    def step(self, acc_m_s2: Floats, gyr_rad_s: Floats) -> None:
        """Take in the next chunk, each of shape (n, 3)."""
        is_steady = (acc_m_s2.std(axis=0) < ACC_SPREAD_M_S2).all() and (
            gyr_rad_s.std(axis=0) < GYR_SPREAD_RAD_S
        ).all()
        if not is_steady:
            self._means.clear()
            return
        mean = np.concatenate([acc_m_s2.mean(axis=0), gyr_rad_s.mean(axis=0)])
        if self._means and not _is_near(mean, self._means[0]):
            self._means.clear()
        self._means.append(mean)

    @property
    def still_s(self) -> float:
        """How long it has been lying still, s."""
        return len(self._means) * CHUNK_S

    @property
    def acc_m_s2(self) -> Floats:
        """Mean specific force since, shape (3,), m/s2; only while it lies still."""
        return np.asarray(np.mean(self._means, axis=0)[:3])

    @property
    def gyr_rad_s(self) -> Floats:
        """Mean rate since, shape (3,), rad/s: the gyroscope's offset; only while it lies still."""
        return np.asarray(np.mean(self._means, axis=0)[3:])


def _is_near(mean: Floats, first: Floats) -> bool:
    off = np.abs(mean - first)
    return bool((off[:3] < ACC_DRIFT_M_S2).all() and (off[3:] < GYR_DRIFT_RAD_S).all())
