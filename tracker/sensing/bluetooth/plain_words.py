"""bleak's troubles in plain words, and a bound on every call to it."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import gaierror

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from tracker.errors import BluetoothError, RefusedError

BUS_ADDRESS = "DBUS_SYSTEM_BUS_ADDRESS"
"""Environment variable of Linux: where the system's message bus is, in place of the usual address."""

PAIR_AGAIN = "forget it in the system's Bluetooth settings, then run tracker pair"
"""What mends a pairing that one side has forgotten."""

_SAY_YES = "say yes when the system asks"

_OFF = "Bluetooth is switched off; switch it on and try again"
_NO_SERVICE = "this computer has no Bluetooth service running; start it (sudo systemctl start bluetooth)"
_DENIED = "Bluetooth was denied to this program; allow it in the system's privacy settings"

_UNAVAILABLE = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: "this computer has no Bluetooth adapter; plug one in",
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: (
        "this computer's Bluetooth adapter is too old for sensors (no Bluetooth LE); plug in a newer one"
    ),
    BleakBluetoothNotAvailableReason.POWERED_OFF: _OFF,
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: _DENIED,
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: (
        "the system does not let this program use Bluetooth; ask whoever administers it"
    ),
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: _DENIED,
    BleakBluetoothNotAvailableReason.UNKNOWN: "Bluetooth is not available; switch it off and on",
}

_BUS, _BLUEZ = "org.freedesktop.DBus.Error.", "org.bluez.Error."

_SAID_BY_LINUX = {
    _BUS + "ServiceUnknown": _NO_SERVICE,
    _BUS + "NameHasNoOwner": _NO_SERVICE,
    _BUS + "AccessDenied": (
        "the system does not let you use Bluetooth; join the group bluetooth "
        "(sudo usermod -aG bluetooth $USER), then log in again"
    ),
    _BLUEZ + "NotReady": _OFF,
    _BLUEZ + "InProgress": (
        "the Bluetooth adapter is busy; close other programs that use Bluetooth and try again"
    ),
}
"""What D-Bus and BlueZ say about the whole of Bluetooth, whatever was being done."""

_UNPAIRED = (
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHORIZATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION_KEY_SIZE,
)

_FORGOTTEN_ON_MACOS = "Peer removed pairing information"


class UnpairedError(BluetoothError):
    """The sensor does not answer before it is paired."""


@asynccontextmanager
async def bounded(timeout_s: float, doing: str, advice: str) -> AsyncIterator[None]:
    """Bound calls to bleak, which has no time limit of its own for most, and put what fails into words.

    Parameters
    ----------
    timeout_s
        How long they may take together, s.
    doing
        What is being done, as the start of a sentence: "connecting to LIFT-0001".
    advice
        What to do when it fails.

    Raises
    ------
    UnpairedError
        If the sensor refuses because it is not paired.
    RefusedError
        If it lacks a service.
    BluetoothError
        If they fail or take longer.
    """
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except TimeoutError as error:
        raise BluetoothError(f"{doing} took longer than {timeout_s:g} s; {advice}") from error
    except BleakBluetoothNotAvailableError as error:
        raise BluetoothError(_UNAVAILABLE[error.reason]) from error
    except (FileNotFoundError, ConnectionRefusedError) as error:  # of the system's message bus
        raise BluetoothError(_no_service()) from error
    except (BleakError, OSError, EOFError, ValueError) as error:
        if _is_no_address(error):
            raise BluetoothError(_no_address()) from error
        if isinstance(error, ValueError):
            raise
        raise _in_words(error, doing, advice) from error


def bus_words(error: Exception) -> str:
    """Say why the system's message bus is not to be spoken to; "" when the error says nothing."""
    if isinstance(error, (FileNotFoundError, ConnectionRefusedError)):
        return _no_service()
    return _no_address() if _is_no_address(error) else str(error)


def _is_no_address(error: Exception) -> bool:
    """Whether it is what the message bus says to an address that cannot be one."""
    if not os.environ.get(BUS_ADDRESS):
        return False
    if isinstance(error, ValueError):  # its class is of a package that only Linux has
        return type(error).__name__ == "InvalidAddressError"
    return isinstance(error, gaierror) or (isinstance(error, OSError) and error.errno == errno.EINVAL)


def _no_address() -> str:
    return f"{BUS_ADDRESS} is no bus address: {os.environ[BUS_ADDRESS]!r}; unset it"


def _no_service() -> str:
    if address := os.environ.get(BUS_ADDRESS):
        return f"{_NO_SERVICE}, or unset {BUS_ADDRESS}, which is {address!r}"
    return _NO_SERVICE


def _wants_pairing(error: Exception) -> bool:
    if isinstance(error, BleakGATTProtocolError):
        return error.code in _UNPAIRED
    return (
        isinstance(error, BleakDBusError)
        and error.dbus_error == _BLUEZ + "NotPermitted"
        and error.dbus_error_details == "Not paired"
    )


def _in_words(error: Exception, doing: str, advice: str) -> BluetoothError:
    if _wants_pairing(error):
        return UnpairedError(f"{doing} failed: it is not paired; {_SAY_YES}, or {PAIR_AGAIN}")
    if isinstance(error, BleakCharacteristicNotFoundError):
        return RefusedError(
            f"{doing} failed: it lacks a service that is needed; update its firmware, or use another model"
        )
    if isinstance(error, BleakDBusError) and error.dbus_error in _SAID_BY_LINUX:
        return BluetoothError(_SAID_BY_LINUX[error.dbus_error])
    if _FORGOTTEN_ON_MACOS in str(error):
        return BluetoothError(f"{doing} failed: the sensor has forgotten the pairing; {PAIR_AGAIN}")
    return BluetoothError(f"{doing} failed ({error}); {advice}")
