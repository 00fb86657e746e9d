"""Receiving from one sensor until told to stop: search, connect, stream, and again after every loss."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing, nullcontext
from dataclasses import dataclass
from enum import StrEnum

from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import BaseBleakScanner

from tracker.errors import BluetoothError, RefusedError
from tracker.sensing.bluetooth.agent import agent_for
from tracker.sensing.bluetooth.connection import Connection, Sink
from tracker.sensing.bluetooth.find import Found, discover

FIRST_TIMEOUT_S = 20.0
"""How long the first search looks, s: a switched-on sensor is heard within two; the rest is for
switching it on."""

FIRST_TRIES = 5
"""Failures in a row to connect or start, before the first stream, after which nobody should wait on; a
refusal that stands is told at once."""

SCAN_S = 5.0
"""How long one scan for a lost sensor takes, s: a scan hears nothing more when Bluetooth was switched off and
on meanwhile, so it is begun anew now and then."""

PAUSE_S, LONGEST_PAUSE_S = 0.2, 1.0
"""Pause before trying again, s: at once for a drop-out, doubling to spare an adapter in trouble, and still
short enough to be back within 2 s of the sensor's being in reach."""


_HELD: set[str] = set()
"""Addresses of the sensors that this program's receivers hold: the system lists them as connected, but each
serves one athlete."""


class _StrangerError(BluetoothError):
    """It is another sensor than the wanted one, and is not asked again."""


class LinkState(StrEnum):
    """What a receiver is doing, for the screen."""

    SEARCHING = "searching"
    CONNECTING = "connecting"
    STREAMING = "streaming"
    LOST = "lost, searching"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sensor is wanted; an empty field means any.

    Attributes
    ----------
    make, name, serial
        As its connect mark says them.
    address
        Only a hint when a serial number is given: some systems give every computer another one.
    """

    make: str = ""
    name: str = ""
    address: str = ""
    serial: str = ""

    def fits(self, found: Found) -> bool:
        """Tell whether a sensor that was found may be the one, as far as can be told from afar.

        One that cannot stream is only recognised to be refused: it has to be asked for.
        """
        address = "" if self.serial else self.address
        can_stream = bool(found.sensor.stream_uuids)
        return (
            (can_stream or found.sensor.make == self.make)
            and self.make in ("", found.sensor.make)
            and self.name in ("", found.name)
            and address.lower() in ("", found.address.lower())
        )

    @property
    def names_one(self) -> bool:
        """Whether it says which single sensor it is."""
        return bool(self.name or self.address or self.serial)

    @property
    def title(self) -> str:
        """What to call it in a message."""
        return self.name or self.serial or self.address or "sensor"


class Receiver:
    """Hands over everything that one sensor sends, through every loss of the link.

    Parameters
    ----------
    wanted
        Which sensor; the first that fits is taken, and kept to after a loss. When it names none, one
        that the system holds already is taken only when no other comes: it may serve another program.
    sink
        Is handed packets and marks in the order they happened, on the event loop; quick, please.
    scanner_backend, client_backend
        Another radio than the system's.
    clock_ns
        A monotonic clock, ns.
    first_timeout_s
        How long the first search may take, s.

    Attributes
    ----------
    state
        What it is doing.
    trouble
        Why it is not streaming, in one line; "" when all is well.
    """

    def __init__(
        self,
        wanted: Wanted,
        sink: Sink,
        *,
        scanner_backend: type[BaseBleakScanner] | None = None,
        client_backend: type[BaseBleakClient] | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        first_timeout_s: float = FIRST_TIMEOUT_S,
    ) -> None:
        self.state = LinkState.SEARCHING
        self.trouble = ""
        self._wanted = wanted
        self._sink = sink
        self._scanner_backend = scanner_backend
        self._client_backend = client_backend
        self._clock_ns = clock_ns
        self._start_ns = clock_ns()
        self._search_s = first_timeout_s
        self._links = 0
        self._failures = 0
        self._pause_s = PAUSE_S
        self._strangers: set[str] = set()
        self._work: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._farewells: set[asyncio.Task[None]] = set()

    def t_ns(self) -> int:
        """Give the time since this receiver was made, ns: the clock of all its packets and marks."""
        return self._clock_ns() - self._start_ns

    async def run(self) -> None:
        """Receive until `stop` is called or this is cancelled; a lost sensor is searched for for ever.

        It returns without waiting for the sensor to be let go of; `close` waits for that.

        Raises
        ------
        BluetoothError
            If Bluetooth is not available, or the sensor is not found or cannot be started the first
            time. Once it has streamed, nothing about the radio is raised.
        """
        if self._is_stopping:
            return
        work = self._work = asyncio.create_task(self._receive())
        try:
            await asyncio.wait([work])
        finally:
            self._is_stopping = True
            work.cancel()
            await asyncio.wait([work])
            self.state = LinkState.STOPPED
            if not work.cancelled():
                work.result()

    def stop(self) -> None:
        """End `run`; what has arrived and the mark of the end are handed over first."""
        self._is_stopping = True
        if self._work is not None:
            self._work.cancel()

    async def close(self) -> None:
        """Wait until the sensor has been let go of (BlueZ takes 2 s)."""
        if self._farewells:
            await asyncio.wait(self._farewells)

    async def _receive(self) -> None:
        while True:
            try:
                await self._hold(await self._search())
            except BluetoothError as error:
                self._failures += not isinstance(error, _StrangerError)
                self.trouble = str(error)
                if self._gives_up(error):
                    raise
            await asyncio.sleep(self._pause_s)
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def _gives_up(self, error: BluetoothError) -> bool:
        return self._links == 0 and (
            self.state is LinkState.SEARCHING
            or isinstance(error, RefusedError)
            or self._failures >= FIRST_TRIES
        )

    async def _search(self) -> Found:
        self.state = LinkState.LOST if self._links else LinkState.SEARCHING
        search_s = SCAN_S if self._links else self._search_s
        last_resort: Found | None = None
        async with aclosing(discover(search_s, self._scanner_backend)) as sensors:
            async for found in sensors:
                if self._wanted.fits(found) and found.address not in self._strangers | _HELD:
                    if self._wanted.names_one or not found.is_held:
                        return found
                    last_resort = last_resort or found
        if last_resort is not None and last_resort.address not in _HELD:
            return last_resort
        raise BluetoothError(
            f"no {self._wanted.title} found within {search_s:g} s; is it switched on, near, "
            "and no longer connected to a phone app? Then try again"
        )

    async def _hold(self, found: Found) -> None:
        """Keep the sensor to this receiver for as long as its link lasts."""
        if found.address not in _HELD:  # else another one has been quicker
            _HELD.add(found.address)
            try:
                await self._one_link(found)
            finally:
                _HELD.discard(found.address)

    async def _one_link(self, found: Found) -> None:
        self.state = LinkState.CONNECTING
        connection = Connection(found, self._links, self.t_ns, self._client_backend)
        agent = nullcontext() if self._client_backend else agent_for(found.address)
        try:
            async with agent:
                await self._start(connection, found)
            self.trouble = await connection.follow(self._sink)
            self.state = LinkState.LOST
        finally:
            farewell = asyncio.create_task(connection.close())
            self._farewells.add(farewell)
            farewell.add_done_callback(self._farewells.discard)
            if not self._is_stopping:
                await asyncio.shield(farewell)  # whoever stops meanwhile does not end it

    async def _start(self, connection: Connection, found: Found) -> None:
        there = await connection.open()
        if self._wanted.serial not in ("", there.serial):
            self._strangers.add(found.address)
            raise _StrangerError(
                f"{found.name} has serial number {there.serial}, not {self._wanted.serial}; "
                "switch on the one that is wanted"
            )
        await connection.start()
        self._wanted = Wanted(there.make, there.name, there.address, there.serial)
        self._links += 1
        self._failures, self._pause_s = 0, PAUSE_S
        self.state, self.trouble = LinkState.STREAMING, ""
