"""A sensor that wants to be paired, on systems that pair in different ways."""

import asyncio

import pytest

from tests.bluez.boards import Private, board
from tests.sensing.conftest import Listener
from tracker.errors import BluetoothError
from tracker.sensing.marks import Connected, Disconnected
from tracker.virtual import jumping_clock
from tracker.virtual.air import Drop
from tracker.virtual.radio import Radio

ADDRESS = "F0:00:00:00:00:01"


def listened(seconds, client=lambda radio: radio.client, script=(), **sides):
    """Listen to a board that wants to be paired, over another kind of client."""

    async def main():
        radio = Radio(board(kind=Private), script=script)
        for side, value in sides.items():
            setattr(radio.station(ADDRESS).bond, side, value)
        radio.client = client(radio)
        listener = Listener(radio)
        await listener.listen(seconds)
        return listener, radio.station(ADDRESS).bond

    return jumping_clock.run(main())


def asks_the_person(after_s):
    """A client as on macOS: pair() is not there, the system asks at the first access."""

    def of(radio):
        class Client(radio.client):
            def _say_yes(self):
                self.radio.station(ADDRESS).bond.make()

            async def pair(self, *_, **__):
                if after_s is not None:
                    asyncio.get_running_loop().call_later(after_s, self._say_yes)
                raise NotImplementedError("Pairing is not available in Core Bluetooth.")

        return Client

    return of


def test_it_is_paired_once_and_streams():
    pairings = []

    def of(radio):
        class Client(radio.client):
            async def pair(self, *_, **__):
                pairings.append(True)
                await super().pair()

        return Client

    listener, bond = listened(20.0, of, script=((10.0, Drop()),))
    assert bond.holds
    assert len(pairings) == 1
    assert [bool(listener.packets(link)) for link in (0, 1)] == [True, True]
    assert listener.marks(Connected)[0].body.serial == "VIRTUAL-0001"


@pytest.mark.parametrize("after_s", [0.0, 0.5, 5.0, 18.0])
def test_where_the_system_asks_the_person_it_waits_for_the_yes(after_s):
    listener, _ = listened(30.0, asks_the_person(after_s))
    assert len(listener.marks(Connected)) == 1
    assert listener.packets(0)[0].t_ns / 1e9 < after_s + 2.5


def test_where_nobody_says_yes_it_ends_in_words():
    with pytest.raises(BluetoothError) as error:
        listened(600.0, asks_the_person(None))
    assert str(error.value) == (
        "reading from LIFT-V001 failed: it is not paired; say yes when the system asks, or "
        "forget it in the system's Bluetooth settings, then run tracker pair"
    )


def test_a_system_that_believes_it_is_paired_already_is_told_apart():
    """pair() does nothing there, and the sensor goes on refusing."""

    def of(radio):
        class Client(radio.client):
            async def pair(self, *_, **__):
                pass

        return Client

    with pytest.raises(BluetoothError, match=r"it is not paired; .* forget it in the system's"):
        listened(600.0, of)


def test_a_sensor_that_refuses_is_given_up_with_what_to_do():
    with pytest.raises(BluetoothError, match=r"pairing with LIFT-V001 failed .*then run tracker pair"):
        listened(600.0, allowed=False)


def test_a_sensor_that_has_lost_its_key_is_given_up_while_nothing_hangs():
    with pytest.raises(BluetoothError, match="the link was lost"):
        listened(600.0, central=True)


def test_macos_words_for_a_lost_key():
    from bleak.exc import BleakError

    def of(radio):
        class Client(radio.client):
            async def connect(self, *_, **__):
                raise BleakError("failed to connect: Peer removed pairing information")

        return Client

    with pytest.raises(BluetoothError) as error:
        listened(600.0, of)
    assert str(error.value) == (
        "connecting to LIFT-V001 failed: the sensor has forgotten the pairing; "
        "forget it in the system's Bluetooth settings, then run tracker pair"
    )


def test_a_loss_while_it_is_paired_is_tried_again():
    for at_s in (0.2, 0.22, 0.24, 0.26, 0.3):
        listener, _ = listened(20.0, script=((at_s, Drop()),))
        assert listener.marks(Disconnected)[-1].body.reason == "stopped"
