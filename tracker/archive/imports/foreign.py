"""What every reader of a foreign format gives, and the units that are not SI."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from tracker.archive.imports.in_time import joined, without_doubles
from tracker.archive.imports.source import Source
from tracker.archive.samples_file import SamplesFile
from tracker.sensing.marks import Declared
from tracker.sensing.samples import Floats

G_M_S2 = 9.80665
"""Standard gravity, in which makers count acceleration."""

DEG_RAD = math.pi / 180.0


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which others write what a sensor measured.

    Attributes
    ----------
    title
        What people call it.
    fits
        Whether a source is of this format, by the names of its files and columns alone. One that is not
        complete fits too, so that `read` can say what is missing.
    read
        Reads it. Acceleration comes out as specific force, +9.81 m/s2 on the axis that points up at rest,
        and angular rate in rad/s. InputError, one line, when it is not as the format says.
    """

    title: str
    fits: Callable[[Source], bool]
    read: Callable[[Source], SamplesFile]


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """One sensor's samples.

    Attributes
    ----------
    t_s
        Shape (n,), s.
    values
        Shape (n, 3), m/s2 or rad/s.
    """

    t_s: Floats
    values: Floats

    def checked(self, sensor: str, source: Source) -> Stream:
        """Return it without doubles; see `without_doubles`."""
        return Stream(*without_doubles(self.t_s, self.values, sensor, source))


def at_gyroscope(source: Source, acc: Stream, gyr: Stream, started: str) -> SamplesFile:
    """Put acceleration on the gyroscope's instants; a phone samples each sensor when it likes.

    The gyroscope's times are kept: angles are integrated from it, while acceleration is only averaged and
    is smooth over a period. Samples of it that have no acceleration beside them are left out, as a gap.

    Raises
    ------
    InputError
        See `without_doubles` and `joined`.
    """
    acc, gyr = acc.checked("accelerometer", source), gyr.checked("gyroscope", source)
    acc_m_s2, is_there = joined(gyr.t_s, acc.t_s, acc.values, "accelerometer", source)
    return samples(gyr.t_s[is_there], started, acc_m_s2[is_there], gyr.values[is_there])


def samples(
    t_s: Floats,
    started: str,
    acc_m_s2: Floats | None,
    gyr_rad_s: Floats | None,
    earth_from_sensor: Floats | None = None,
) -> SamplesFile:
    """Give samples as a samples file would: nobody said anything about the session."""
    return SamplesFile(
        t_s=t_s,
        arrival_s=None,
        acc_m_s2=acc_m_s2,
        gyr_rad_s=gyr_rad_s,
        earth_from_sensor=earth_from_sensor,
        declared=Declared(),
        started=started,
    )
