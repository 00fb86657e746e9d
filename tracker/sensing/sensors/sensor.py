"""What a sensor's file says about its make."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from tracker.sensing.marks import Connected
from tracker.sensing.samples import Packets, Readings
from tracker.sensing.sensors.conversation import (
    Asking,
    Conversation,
    Identity,
    read_battery,
    read_identity,
)


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


def _nothing_to_do() -> Asking[None]:
    yield from ()


def _always(info: bytes) -> bool:  # noqa: ARG001
    return True


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
        Its GATT service, in lower case; "" for what has no radio.
    names
        What advertised names start with, for a make that does not always advertise its service.
    stream_uuids
        The characteristics whose notifications are recorded; the index is `Packet.stream`.
    start
        The conversation from a fresh connection to a running stream.
    stop
        The conversation that ends the stream, for a sensor that would go on when the link has ended.
    reread
        The conversation that only reads the info again.
    identity, battery
        The conversations that ask who it is, and for the percent of its battery (None: it does not
        say); also while it streams.
    identify
        The conversation that has it blink, or None when it cannot.
    has_clock
        Whether, with that info, its packets are known to carry a time; else samples may have to be counted.
    lag_s
        How much later than they happen its samples come, s, where a lifter would notice; 0 elsewhere.
    is_outdated
        Whether a payload says that the info (first argument) is no longer true. It never raises.
    """

    make: str
    title: str
    decoder: MakeDecoder
    service_uuid: str = ""
    names: tuple[str, ...] = ()
    stream_uuids: tuple[str, ...] = ()
    start: Callable[[], Conversation] = _says_nothing
    stop: Callable[[], Asking[None]] = _nothing_to_do
    reread: Callable[[], Conversation] = _says_nothing
    identity: Callable[[], Asking[Identity]] = read_identity
    battery: Callable[[], Asking[int | None]] = read_battery
    identify: Callable[[], Asking[None]] | None = None
    has_clock: Callable[[bytes], bool] = _always
    lag_s: float = 0.0
    is_outdated: Callable[[bytes, bytes], bool] = _never

    def recognises(self, name: str, service_uuids: Collection[str]) -> bool:
        """Tell by an advertisement whether it is one of this make.

        Parameters
        ----------
        name
            The advertised name, "" when there is none.
        service_uuids
            The advertised services, in any case.
        """
        by_service = self.service_uuid != "" and self.service_uuid in {uuid.lower() for uuid in service_uuids}
        return by_service or name.startswith(self.names)
