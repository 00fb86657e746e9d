"""Marks: what happens beside the stream of packets, or is said by people, and is recorded with it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias
from unicodedata import normalize

UNIT_WITHIN = 1e-6
"""How far the length of a stored unit vector may be from 1: it is written with all its digits."""

NO_LINK = -1
"""Link of a mark that belongs to no connection."""


class Side(StrEnum):
    """The working leg, as the person declared it; a sensor on the dumbbell cannot see it."""

    LEFT = "left"
    RIGHT = "right"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Connected:
    """A link came up. All that decoding needs is here, so that a recording explains itself.

    Attributes
    ----------
    make
        Key of the sensor's file in ``tracker.sensing.sensors``.
    name, address, serial, firmware
        As advertised or read; empty when the sensor does not say.
    info
        What the sensor answered about its scales, untouched; its decoder understands it.
    """

    make: str
    name: str = ""
    address: str = ""
    serial: str = ""
    firmware: str = ""
    info: bytes = b""


STOPPED = "stopped"
"""Reason of a link that we took down ourselves: nothing is lost."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """A link went down; `reason` is for people."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Battery:
    """The sensor's battery, percent of full."""

    percent: int


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What `tracker calibrate` found for the sensor of this link; it holds for the packets after it.

    Attributes
    ----------
    acc_offset_m_s2
        What the accelerometer reads beside the specific force, x, y, z in the sensor's frame. Decoded
        acceleration is taken less this (`without_offset`).
    long_axis
        Direction of the dumbbell's handle in the sensor's frame, a unit vector of either sign. All zero:
        not known.
    when
        ISO 8601 with offset, or "".

    Raises
    ------
    ValueError
        If there are not three finite numbers each, or `long_axis` has another length than 1 or 0.
    """

    acc_offset_m_s2: tuple[float, float, float] = (0.0, 0.0, 0.0)
    long_axis: tuple[float, float, float] = (0.0, 0.0, 0.0)
    when: str = ""

    def __post_init__(self) -> None:
        vectors = (self.acc_offset_m_s2, self.long_axis)
        if not all(len(vector) == 3 and all(map(math.isfinite, vector)) for vector in vectors):
            raise ValueError("a calibration is three finite numbers each for offset and long axis")
        if self.knows_axis and abs(math.hypot(*self.long_axis) - 1.0) > UNIT_WITHIN:
            raise ValueError("the long axis of a calibration is no unit vector")

    @property
    def knows_axis(self) -> bool:
        """Whether it says where the handle is."""
        return any(self.long_axis)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the person said about the sets that start from now on; empty fields change nothing.

    Attributes
    ----------
    side, load_kg, athlete, exercise
        The working leg, the weight, the person (`as_one`), a name from ``coaching.exercises``.
    target_reps, tempo
        What the set aims for, 0: nothing any more; tempo is eccentric-bottom-concentric-top in s, "3-1-1-2".
    """

    side: Side | None = None
    load_kg: float | None = None
    athlete: str | None = None
    exercise: str | None = None
    target_reps: int | None = None
    tempo: str | None = None

    def __post_init__(self) -> None:
        if self.athlete is not None:
            object.__setattr__(self, "athlete", as_one(self.athlete))


def as_one(name: str) -> str:
    r"""Give a name in the one way in which it is kept and compared.

    Letters with accents can be stored in two ways, and blanks around a name are there or not: nobody sees
    that. Capitals can be seen, and make another name.

    Examples
    --------
    >>> as_one("Zoe\u0308 ") == as_one("Zo\u00eb"), as_one("ana") == as_one("Ana")
    (True, False)
    """
    return " ".join(normalize("NFC", name).split())


@dataclass(frozen=True, slots=True)
class Stopped:
    """The person ended the session: what is open is settled."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """How fast the app answered in this session: ms from a packet's arrival, at the median, 95 % and 99 %.

    Attributes
    ----------
    events
        How many were decided.
    decided_ms
        Until an event was decided.
    seen_ms, heard_ms
        Until a browser had drawn it, and had scheduled its sound; empty when none looked or sounded.
    """

    events: int
    decided_ms: tuple[float, ...]
    seen_ms: tuple[float, ...] = ()
    heard_ms: tuple[float, ...] = ()


MarkBody: TypeAlias = Connected | Disconnected | Battery | Calibrated | Declared | Feedback | Stopped


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened beside the stream, at `t_ns` on the packets' clock.

    ``link`` is the connection it belongs to; `NO_LINK` when it belongs to none.
    """

    t_ns: int
    link: int
    body: MarkBody
