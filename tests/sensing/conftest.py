"""Boards on a virtual radio, and someone who listens to them through the real bleak objects."""

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.clock import Timeline
from tracker.sensing.marks import Connected, Disconnected, Mark
from tracker.sensing.samples import Packet, Packets
from tracker.sensing.sensors import by_make
from tracker.virtual import jumping_clock
from tracker.virtual.imu import Imu
from tracker.virtual.movement import Pose
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.radio import Radio


class Still:
    """A dumbbell that lies on the floor."""

    def pose(self, t_s):
        return Pose(np.zeros((len(t_s), 3)), np.tile([1.0, 0.0, 0.0, 0.0], (len(t_s), 1)))


def board(number=1, *, kind=OpenLift, rate_hz=100) -> OpenLift:
    return kind(Imu(Still(), rate_hz=rate_hz), number=number)


class Listener:
    """Takes what a receiver hands over."""

    def __init__(self, radio: Radio, wanted: Wanted = Wanted(), **options) -> None:  # noqa: B008
        self.items: list[Packet | Mark] = []
        self.receiver = Receiver(
            wanted,
            self._take,
            scanner_backend=radio.scanner,
            client_backend=radio.client,
            clock_ns=jumping_clock.clock_ns,
            **options,
        )

    def _take(self, item) -> None:
        self.items.append(item)

    async def listen(self, seconds: float) -> None:
        """Receive for a while, then stop."""
        running = asyncio.create_task(self.receiver.run())
        await asyncio.wait([running], timeout=seconds)
        self.receiver.stop()
        await running
        await self.receiver.close()

    def packets(self, link: int) -> list[Packet]:
        return [item for item in self.items if isinstance(item, Packet) and item.link == link]

    def marks(self, kind: type) -> list[Mark]:
        return [item for item in self.items if isinstance(item, Mark) and isinstance(item.body, kind)]

    def decoded(self):
        """Put all of it on t_s; samples of every block, and the gaps."""
        timeline, samples, gaps, decoder = Timeline(), [], [], None
        for item in self.items:
            match item:
                case Mark(body=Connected() as connected):
                    decoder = by_make(connected.make).decoder(connected)
                case Mark(body=Disconnected()):
                    timeline.link_down()
                case Packet():
                    block, more = timeline.step(decoder.decode(Packets.of([item])), item.link)
                    samples += [] if block is None else [block]
                    gaps += more
        return samples, gaps


def heard(seconds: float, *boards, wanted=Wanted(), **radio) -> Listener:  # noqa: B008
    """Listen to boards (one, when none is given) for a while."""

    async def main():
        listener = Listener(Radio(*(boards or [board()]), **radio), wanted)
        await listener.listen(seconds)
        return listener

    return jumping_clock.run(main())


@pytest.fixture
def make_board() -> Callable[..., OpenLift]:
    return board


@pytest.fixture
def make_listener() -> Callable[..., Listener]:
    return Listener


@pytest.fixture(name="heard")
def heard_fixture() -> Callable[..., Listener]:
    return heard
