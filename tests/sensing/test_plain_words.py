"""What goes wrong inside bleak comes out as one line that says what to do."""

import asyncio
import errno
import re
import socket
import sys

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
    BleakGATTProtocolError,
)

from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.agent import agent_refusal
from tracker.sensing.bluetooth.find import nearby
from tracker.sensing.bluetooth.plain_words import UnpairedError, bounded

NOT_PAIRED = BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"])


async def failing(error: BaseException):
    async with bounded(1.0, "connecting to LIFT-0001", "bring it nearer"):
        raise error


@pytest.mark.parametrize("reason", BleakBluetoothNotAvailableReason)
async def test_every_reason_for_no_bluetooth_has_words_and_advice(reason):
    with pytest.raises(BluetoothError, match=r"; .+"):
        await failing(BleakBluetoothNotAvailableError("org.bluez.Error.Gibberish", reason))


@pytest.mark.parametrize("error", [BleakError("le-abort"), OSError("le-abort"), EOFError("le-abort")])
async def test_a_failure_says_what_was_being_done_and_what_to_do(error):
    with pytest.raises(
        BluetoothError, match=r"^connecting to LIFT-0001 failed \(le-abort\); bring it nearer$"
    ):
        await failing(error)


@pytest.mark.parametrize("error", [*map(BleakGATTProtocolError, (0x05, 0x08, 0x0C, 0x0F)), NOT_PAIRED])
async def test_a_sensor_that_wants_to_be_paired_says_where(error):
    with pytest.raises(UnpairedError, match="is not paired; say yes when the system asks"):
        await failing(error)


async def test_a_missing_service_of_the_system_is_named():
    with pytest.raises(BluetoothError, match="no Bluetooth service running; start it"):
        await failing(FileNotFoundError(2, "No such file or directory"))


class InvalidAddressError(ValueError):
    """What dbus-fast raises, which other systems than Linux lack."""


@pytest.mark.parametrize(
    "error",
    [
        InvalidAddressError("address did not contain a transport"),
        OSError(errno.EINVAL, "Invalid argument"),
        socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
    ],
)
async def test_an_address_that_is_none_is_named_with_its_variable(monkeypatch, error):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "garbage")
    with pytest.raises(
        BluetoothError, match=r"^DBUS_SYSTEM_BUS_ADDRESS is no bus address: 'garbage'; unset it$"
    ):
        await failing(error)


async def test_an_address_where_nothing_is_is_named_with_its_variable(monkeypatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nope")
    with pytest.raises(BluetoothError, match=r"start it .* or unset DBUS_SYSTEM_BUS_ADDRESS, .*/nope"):
        await failing(FileNotFoundError(2, "No such file or directory"))


async def test_any_other_value_error_is_a_bug(monkeypatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "garbage")
    with pytest.raises(ValueError, match="bug"):
        await failing(ValueError("bug"))


@pytest.mark.skipif(sys.platform != "linux", reason="the message bus is Linux's")
@pytest.mark.parametrize("address", ["garbage", "unix:path="])
async def test_the_search_says_so_too(monkeypatch, address):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    with pytest.raises(BluetoothError, match="DBUS_SYSTEM_BUS_ADDRESS is no bus address"):
        async for _ in nearby(0.1):
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="the message bus is Linux's")
@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("garbage", "^DBUS_SYSTEM_BUS_ADDRESS is no bus address: 'garbage'; unset it$"),
        ("unix:path=", "is no bus address"),
        ("unix:path=/nope", "no Bluetooth service running; .* or unset DBUS_SYSTEM_BUS_ADDRESS"),
    ],
)
async def test_what_offers_the_agent_says_so_too(monkeypatch, address, says):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    assert re.search(says, await agent_refusal() or "")


async def test_what_never_answers_is_given_up():
    with pytest.raises(BluetoothError, match=r"took longer than 0.01 s; bring it nearer"):
        async with bounded(0.01, "connecting to LIFT-0001", "bring it nearer"):
            await asyncio.Event().wait()


async def test_bugs_and_cancelling_pass_through():
    with pytest.raises(ZeroDivisionError):
        await failing(ZeroDivisionError())
    with pytest.raises(asyncio.CancelledError):
        await failing(asyncio.CancelledError())
