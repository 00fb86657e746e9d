"""How the air between a board and a central behaves, and the troubles that may come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class LinkModel:
    """How the air behaves.

    Attributes
    ----------
    interval_s
        Connection interval; packets leave at these events only, so they arrive in bursts.
    packets_per_event
        How many fit into one event.
    buffer_packets
        The board's transmit buffer; what does not fit is dropped by the board.
    mtu
        Longer notifications are cut.
    supervision_s
        Silence after which the central gives a link up; 0.42 s is Linux's default.
    advertising_s
        Time between advertisements; a connection is made at one of them.
    """

    interval_s: float = 0.015
    packets_per_event: int = 6
    buffer_packets: int = 32
    mtu: int = 247
    supervision_s: float = 0.42
    advertising_s: float = 0.1


@dataclass(frozen=True, slots=True)
class Drop:
    """The board ends the link and does not come back for `away_s`."""

    away_s: float = 0.0


@dataclass(frozen=True, slots=True)
class OutOfRange:
    """Silence for `away_s`: the link breaks when it is longer than the supervision timeout."""

    away_s: float


@dataclass(frozen=True, slots=True)
class Lose:
    """For `for_s` each notification is lost with this probability, on its way through the central's stack."""

    probability: float
    for_s: float


@dataclass(frozen=True, slots=True)
class RefuseConnections:
    """The next `count` connection attempts fail."""

    count: int = 1


Trouble: TypeAlias = Drop | OutOfRange | Lose | RefuseConnections
