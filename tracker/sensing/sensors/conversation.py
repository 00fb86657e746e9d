"""What has to be said to a sensor, step by step and without I/O.

A conversation is a generator: it yields a step, is sent the answer, and returns the bytes that its
decoder will need (the `info` of the connect mark). ``bluetooth.talk`` carries it out over the radio;
a test answers it from a list.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Write:
    """Write `data` to a characteristic, with response; the answer is None."""

    uuid: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Read:
    """Read a characteristic; the answer is its value."""

    uuid: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Ask for a characteristic's notifications; the answer is None.

    Those of the sensor's `stream_uuids` are passed on as packets from here on; all of them can be
    expected.
    """

    uuid: str


@dataclass(frozen=True, slots=True)
class Expect:
    """Wait for the next notification not yet expected; the answer is its bytes, None after `timeout_s`."""

    uuid: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Give the sensor time; the answer is None."""

    duration_s: float


Step: TypeAlias = Write | Read | Subscribe | Expect | Wait

Conversation: TypeAlias = Generator[Step, bytes | None, bytes]
"""Yields steps, is sent answers, returns info; raises BluetoothError when the sensor cannot be used."""
