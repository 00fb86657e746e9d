"""A sensor is found, chosen, checked and remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tracker.app.sensors import remember
from tracker.app.terminal import Terminal
from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.find import Found, find
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.samples import Battery, Connected, Mark, Packet, Packets

FIND_S = 5.0
"""How long to look for sensors, s: one that is switched on is heard within two."""

START_S = 30.0
"""How long connecting and starting may take, s: slow systems need ten for the connection alone."""

CHECK_S = 3.0
"""How long a sensor has to stream to be taken as working, s."""

Search: TypeAlias = Callable[[float], Awaitable[list[Found]]]
MakeReceiver: TypeAlias = Callable[[Wanted, Callable[[Packet | Mark], None]], Receiver]


@dataclass(frozen=True, slots=True)
class Checked:
    """A sensor that streams: who it is, samples a second, percent of battery (None: it does not say)."""

    connected: Connected
    rate_hz: float
    battery: int | None


def pair(
    terminal: Terminal,
    nickname: str | None,
    runner: asyncio.Runner,
    search: Search = find,
    make_receiver: MakeReceiver = Receiver,
) -> None:
    """Find a sensor, let the person choose, check that it streams, and remember it.

    Parameters
    ----------
    terminal
        For the question.
    nickname
        What to call it; None takes the name it has.
    runner
        Whose event loop the radio lives on.
    search, make_receiver
        The radio, where it is not the system's.

    Raises
    ------
    BluetoothError
        If there is none, or it does not stream.
    InputError
        If the nickname belongs to another sensor, or nobody can choose.
    """
    with terminal.busy("Looking for sensors; switch yours on and bring it near ..."):
        found = runner.run(_found(search))
    chosen = _choose(terminal, found)
    with terminal.busy(f"Checking {chosen.name or chosen.address} ..."):
        checked = runner.run(check(chosen, make_receiver))
    sensor = remember(checked.connected, checked.battery, nickname)
    terminal.say(f"{sensor.nickname} streams {checked.rate_hz:.0f} samples a second and is remembered")


async def check(found: Found, make_receiver: MakeReceiver) -> Checked:
    """Let a sensor stream for `CHECK_S`.

    Raises
    ------
    BluetoothError
        If it does not.
    """
    heard: list[Packet | Mark] = []
    streams = asyncio.Event()

    def hear(item: Packet | Mark) -> None:
        heard.append(item)
        if isinstance(item, Packet):
            streams.set()

    receiver = make_receiver(Wanted(found.sensor.make, found.name, found.address), hear)
    receiving = asyncio.create_task(receiver.run())
    first = asyncio.create_task(streams.wait())
    try:
        await asyncio.wait((receiving, first), timeout=START_S, return_when=asyncio.FIRST_COMPLETED)
        if first.done():
            await asyncio.sleep(CHECK_S)
    finally:  # after Ctrl-C too: a sensor that is not let go of cannot be found again
        first.cancel()
        receiver.stop()
        await asyncio.wait((receiving,))
        await receiver.close()
    receiving.result()
    return _checked(found, heard)


def _checked(found: Found, heard: Sequence[Packet | Mark]) -> Checked:
    bodies = [item.body for item in heard if isinstance(item, Mark)]
    connected = [body for body in bodies if isinstance(body, Connected)]
    battery = [body.percent for body in bodies if isinstance(body, Battery)]
    packets = [item for item in heard if isinstance(item, Packet)]
    last_link = [packet for packet in packets if packet.link == packets[-1].link]
    readings = found.sensor.decoder(connected[-1]).decode(Packets.of(last_link)) if last_link else None
    if readings is None or len(readings) < 2:
        name = found.name or found.address
        raise BluetoothError(f"{name} connects but sends no samples; switch it off and on")
    rate_hz = (len(readings) - 1) / float(readings.device_s[-1] - readings.device_s[0])
    return Checked(connected[-1], rate_hz, battery[-1] if battery else None)


async def _found(search: Search) -> list[Found]:
    found = await search(FIND_S)
    if not found:
        raise BluetoothError(
            f"no sensor found within {FIND_S:g} s; is it switched on, near, "
            "and no longer connected to a phone app?"
        )
    return found


def _choose(terminal: Terminal, found: Sequence[Found]) -> Found:
    rows = [
        (
            str(number),
            one.name,
            one.sensor.title,
            one.address,
            "connected" if one.rssi is None else f"{one.rssi} dBm",
        )
        for number, one in enumerate(found, start=1)
    ]
    terminal.listing("", "name", "make", "address", "signal", rows=rows)
    while True:
        answer = terminal.ask(f"Which one? 1-{len(found)} [1] ") or "1"
        if answer.isdecimal() and 1 <= int(answer) <= len(found):
            return found[int(answer) - 1]
