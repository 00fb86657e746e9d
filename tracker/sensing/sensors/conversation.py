"""What has to be said to a sensor, step by step and without I/O.

A conversation is a generator: it yields a step, is sent the answer, and returns the bytes that its
decoder will need (the `info` of the connect mark). ``bluetooth.talk`` carries it out over the radio;
a test answers it from a list. A step that fails raises BluetoothError where it was yielded: a
conversation that knows another way catches it there.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar


@dataclass(frozen=True, slots=True)
class Write:
    """Write `data` to a characteristic; the answer is None.

    With `response` the step ends when the sensor has taken it, without one it ends at once.
    """

    uuid: str
    data: bytes
    response: bool = True


@dataclass(frozen=True, slots=True)
class Read:
    """Read a characteristic; the answer is its value, b"" when the sensor does not have it."""

    uuid: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Ask for a characteristic's notifications or indications, if nobody has yet; the answer is None.

    Those of the sensor's `stream_uuids` are passed on as packets from here on; all of them can be
    expected.
    """

    uuid: str


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Ask for a characteristic's notifications no more, if somebody had; the answer is None."""

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


Step: TypeAlias = Write | Read | Subscribe | Unsubscribe | Expect | Wait

T = TypeVar("T")

Asking: TypeAlias = Generator[Step, bytes | None, T]
"""Yields steps, is sent answers, returns what was asked for; raises BluetoothError when that fails."""

Conversation: TypeAlias = Asking[bytes]
"""The one that starts the stream: returns info; raises BluetoothError when the sensor cannot be used."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a sensor is; "" for what it does not say."""

    serial: str = ""
    firmware: str = ""


SERIAL, FIRMWARE, BATTERY_LEVEL = (
    f"0000{short}-0000-1000-8000-00805f9b34fb" for short in ("2a25", "2a26", "2a19")
)
"""Characteristics that the Bluetooth SIG defines and most sensors have."""


MOST_OTHERS = 100
"""Notifications of other things that are passed over while an answer is waited for, so that it ends: more
than come in two seconds beside any stream."""


def hear_answer(
    uuid: str, timeout_s: float, fits: Callable[[bytes], bool], most: int = MOST_OTHERS
) -> Asking[bytes | None]:
    """Wait for the notification that answers a question, past others.

    Parameters
    ----------
    uuid
        Of the characteristic that brings it.
    timeout_s
        For each notification, s.
    fits
        Tells whether a notification is the answer; it is handed each of them once.
    most
        Notifications after which it is given up.

    Returns
    -------
    Its bytes; None when nothing comes for `timeout_s`, or nothing but other things.
    """
    for _ in range(most):
        said = yield Expect(uuid, timeout_s)
        if said is None or fits(said):
            return said
    return None


def read_identity() -> Asking[Identity]:
    """Ask the SIG's device information service who the sensor is."""
    serial = yield Read(SERIAL)
    firmware = yield Read(FIRMWARE)
    return Identity(_text(serial), _text(firmware))


def read_battery() -> Asking[int | None]:
    """Ask the SIG's battery service, percent; None when the sensor does not say."""
    value = yield Read(BATTERY_LEVEL)
    return min(value[0], 100) if value else None


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace").strip("\0 ")
