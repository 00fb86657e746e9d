"""What a sensor's file says about its make."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from tracker.sensing.samples import Connected, Packets, Readings
from tracker.sensing.sensors.conversation import Conversation


class Decoder(Protocol):
    """Makes readings of the packets of one connection; it carries the device's clock along."""

    def decode(self, packets: Packets) -> Readings | None:
        """Decode a block of packets, cut anywhere; None when there is no packet in it.

        It never raises: a packet that does not follow the layout is left out and counted in
        `Readings.undecodable`.
        """


class MakeDecoder(Protocol):
    """Makes a decoder from what the connect mark says."""

    def __call__(self, connected: Connected, before: Decoder | None = None) -> Decoder:
        """Make the decoder.

        Parameters
        ----------
        connected
            The connect mark's body.
        before
            The decoder so far, when the mark is another one of the same link (the sensor's info has
            changed): the device's clock goes on.

        Raises
        ------
        InputError
            If `connected.info` cannot be understood.
        """


def _says_nothing() -> Conversation:
    yield from ()
    return b""


def _never(info: bytes, payload: bytes) -> bool:  # noqa: ARG001
    return False


@dataclass(frozen=True, slots=True)
class Sensor:
    """One make of sensor.

    Attributes
    ----------
    make
        Its key, as in the connect mark; never changes.
    title
        Its name for people.
    decoder
        Makes the decoder of a connection.
    service_uuid
        The GATT service that it advertises, in lower case; "" for what has no radio.
    stream_uuids
        The characteristics whose notifications are recorded; the index is `Packet.stream`.
    start
        The conversation from a fresh connection to a running stream.
    reread
        The conversation that only reads the info again.
    is_outdated
        Whether a payload says that the info (first argument) is no longer true. It never raises.
    """

    make: str
    title: str
    decoder: MakeDecoder
    service_uuid: str = ""
    stream_uuids: tuple[str, ...] = ()
    start: Callable[[], Conversation] = _says_nothing
    reread: Callable[[], Conversation] = _says_nothing
    is_outdated: Callable[[bytes, bytes], bool] = _never

    def recognises(self, name: str, service_uuids: Collection[str]) -> bool:  # noqa: ARG002
        """Tell by an advertisement whether it is one of this make.

        Parameters
        ----------
        name
            The advertised name, "" when there is none.
        service_uuids
            The advertised services, in any case.
        """
        return self.service_uuid != "" and self.service_uuid in {uuid.lower() for uuid in service_uuids}
