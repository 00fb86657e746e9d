"""What every virtual peripheral has: an advertisement, GATT services, and something that answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Property: TypeAlias = Literal["read", "write", "write-without-response", "notify", "indicate"]

NOTIFYING: tuple[Property, ...] = ("notify", "indicate")
WRITABLE: tuple[Property, ...] = ("write", "write-without-response")

Notify: TypeAlias = Callable[[str, bytes], bool]
"""Hand a notification of a characteristic (UUID, bytes) to the radio; False when it had no room for it."""


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A GATT characteristic; within a peripheral its UUID occurs once.

    An `encrypted` one is refused until the link is encrypted, for which both sides have to be paired.
    """

    uuid: str
    properties: tuple[Property, ...]
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A GATT service."""

    uuid: str
    characteristics: tuple[Characteristic, ...]


class AttError(Exception):
    """The peripheral refuses a request with an error code of the Attribute Protocol."""

    def __init__(self, code: int) -> None:
        super().__init__(f"ATT error 0x{code:02x}")
        self.code = code


class Restarts(Exception):
    """The board restarts, having taken what was written: the link ends, and it is away for `away_s`."""

    def __init__(self, away_s: float) -> None:
        super().__init__(f"away for {away_s:g} s")
        self.away_s = away_s


READ_NOT_PERMITTED = 0x02
WRITE_NOT_PERMITTED = 0x03
INSUFFICIENT_AUTHENTICATION = 0x05
REQUEST_NOT_SUPPORTED = 0x06
INVALID_LENGTH = 0x0D
INSUFFICIENT_ENCRYPTION = 0x0F


class Peripheral(Protocol):
    """A board as the radio sees it. All calls come from the event loop; none may block."""

    @property
    def name(self) -> str:
        """Advertised name."""
        ...

    @property
    def address(self) -> str:
        """Bluetooth address."""
        ...

    @property
    def advertised(self) -> tuple[str, ...]:
        """Advertised service UUIDs."""
        ...

    @property
    def manufacturer_data(self) -> Mapping[int, bytes]:
        """What it advertises for its maker: company id to bytes."""
        ...

    @property
    def services(self) -> tuple[Service, ...]:
        """The GATT table."""
        ...

    def power_on(self) -> None:
        """Start: the session begins now, on the running loop's clock."""

    def connected(self, notify: Notify, /) -> None:
        """Take note that a central is there and how to send to it."""

    def disconnected(self) -> None:
        """Take note that the central is gone."""

    def subscribed(self, uuid: str, /) -> None:
        """Take note that the central wants a characteristic's notifications; AttError to refuse."""

    def unsubscribed(self, uuid: str, /) -> None:
        """Take note that it wants them no more."""

    def read(self, uuid: str, /) -> bytes:
        """Value of a readable characteristic."""
        ...

    def write(self, uuid: str, data: bytes, /) -> None:
        """Take what was written to a writable characteristic; AttError to refuse it, Restarts to restart."""
