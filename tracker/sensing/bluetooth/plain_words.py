"""bleak's troubles in plain words, and a bound on every call to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from tracker.errors import BluetoothError

_UNAVAILABLE = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: "this computer has no Bluetooth adapter; plug one in",
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: (
        "this computer's Bluetooth adapter is too old for sensors (no Bluetooth LE); plug in a newer one"
    ),
    BleakBluetoothNotAvailableReason.POWERED_OFF: "Bluetooth is switched off; switch it on and try again",
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: (
        "Bluetooth was denied to this program; allow it in the system's privacy settings"
    ),
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: (
        "the system does not let this program use Bluetooth; ask whoever administers it"
    ),
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: (
        "Bluetooth was denied to this program; allow it in the system's privacy settings"
    ),
    BleakBluetoothNotAvailableReason.UNKNOWN: "Bluetooth is not available; switch it off and on",
}

_NEEDS_A_BOND = (
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHORIZATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION_KEY_SIZE,
    BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION,
)
_NOT_PAIRED = "Not paired"
"""How BlueZ says the same, without a code."""


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
    except FileNotFoundError as error:  # of the system's message bus
        raise BluetoothError(
            "this computer has no Bluetooth service running; start it (bluetoothd)"
        ) from error
    except BleakCharacteristicNotFoundError as error:
        raise BluetoothError(
            f"{doing} failed: it lacks a service that is needed; update its firmware, or use another model"
        ) from error
    except (BleakError, OSError, EOFError) as error:
        if _asks_for_a_bond(error):
            raise BluetoothError(
                f"{doing} was refused until sensor and computer are paired; "
                "pair it in the system's Bluetooth settings, then try again"
            ) from error
        raise BluetoothError(f"{doing} failed ({error}); {advice}") from error


def _asks_for_a_bond(error: Exception) -> bool:
    if isinstance(error, BleakGATTProtocolError):
        return error.code in _NEEDS_A_BOND
    return _NOT_PAIRED in str(error)
