"""Pairing and what is left of it on either side, over the virtual radio."""

import asyncio
from dataclasses import replace

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakError, BleakGATTProtocolError

from tests.bluez.boards import Private, board
from tracker.virtual.jumping_clock import run
from tracker.virtual.peripherals.board import BATTERY_LEVEL
from tracker.virtual.peripherals.open_lift import SERVICES
from tracker.virtual.peripherals.open_lift_layout import CONTROL, INFO, STREAM
from tracker.virtual.radio import Radio

ADDRESS = "F0:00:00:00:00:01"
NO_AUTHENTICATION, NO_ENCRYPTION = 0x05, 0x0F


def with_client(act, kind=Private, **sides):
    """Let `act` do something with a client that is connected to a board, their bond being as told."""

    async def main():
        radio = Radio(board(kind=kind))
        bond = radio.station(ADDRESS).bond
        for side, value in sides.items():
            setattr(bond, side, value)
        device = await BleakScanner.find_device_by_name("LIFT-V001", 2.0, backend=radio.scanner)
        client = BleakClient(device, backend=radio.client)
        await client.connect()
        return await act(client, bond)

    return run(main())


@pytest.mark.parametrize("sides", [{}, {"peripheral": True}])
def test_nothing_encrypted_is_answered_before_pairing(sides):
    async def act(client, _):
        codes = []
        for call in (
            client.read_gatt_char(INFO),
            client.write_gatt_char(CONTROL, b"\x02", response=True),
            client.start_notify(STREAM, lambda *_: None),
        ):
            with pytest.raises(BleakGATTProtocolError) as refused:
                await call
            codes.append(refused.value.code)
        return codes

    assert with_client(act, **sides) == [NO_ENCRYPTION if sides else NO_AUTHENTICATION] * 3


def test_after_pairing_everything_is_and_both_sides_remember():
    async def act(client, bond):
        await client.pair()
        assert await client.read_gatt_char(INFO)
        await client.start_notify(STREAM, lambda *_: None)
        await client.disconnect()
        await client.connect()
        assert await client.read_gatt_char(INFO)
        return bond.central, bond.peripheral, bond.holds

    assert with_client(act) == (True, True, True)


def test_what_is_not_encrypted_needs_no_pairing():
    class Half(Private):
        services = (replace(Private.services[0]), *SERVICES[1:])

    async def act(client, _):
        return bytes(await client.read_gatt_char(BATTERY_LEVEL))

    assert with_client(act, kind=Half) == b"\x57"


def test_a_peripheral_that_has_lost_its_key_loses_the_link():
    async def act(client, _):
        with pytest.raises(BleakError, match="lost"):
            await client.read_gatt_char(INFO)
        return client.is_connected

    assert with_client(act, central=True) is False


def test_pairing_can_be_refused_and_nobody_has_a_key_then():
    async def act(client, bond):
        with pytest.raises(BleakError, match="does not let itself be paired"):
            await client.pair()
        return bond.central, bond.peripheral

    assert with_client(act, allowed=False) == (False, False)


def test_unpairing_forgets_on_the_central_only():
    async def act(client, bond):
        await client.pair()
        await client.unpair()
        return bond.central, bond.peripheral, client.is_connected

    assert with_client(act) == (False, True, False)


def test_an_adapter_that_is_switched_off_ends_links_and_scans():
    async def main():
        radio = Radio(board())
        lost = asyncio.Event()
        device = await BleakScanner.find_device_by_name("LIFT-V001", 2.0, backend=radio.scanner)
        client = BleakClient(device, lambda _: lost.set(), backend=radio.client)
        await client.connect()
        radio.switch_adapter(False)
        assert lost.is_set()
        with pytest.raises(BleakBluetoothNotAvailableError):
            await BleakScanner.discover(1.0, backend=radio.scanner)
        radio.switch_adapter(True)
        assert await BleakScanner.discover(1.0, backend=radio.scanner)

    run(main())
