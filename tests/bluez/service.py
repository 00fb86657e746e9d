"""org.bluez on a bus: answers calls, one task each, and follows programs that end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus

from tests.bluez.adapter import Adapter
from tests.bluez.agents import AgentManager
from tests.bluez.gatt import GattCharacteristic
from tests.bluez.habits import Habits
from tests.bluez.objects import Refusal, Tree
from tracker.virtual.radio import Radio

NAME = "org.bluez"


class Service:
    """org.bluez, from `start` to `stop`.

    Attributes
    ----------
    adapter
        The computer's only one; it may be unplugged.
    calls
        Names of the methods that were called, in order.
    """

    def __init__(self, radio: Radio, habits: Habits) -> None:
        self._radio = radio
        self._habits = habits
        self._tasks: set[asyncio.Task[None]] = set()
        self._bugs: list[BaseException] = []
        self.calls: list[str] = []

    async def start(self, with_adapter: bool) -> None:
        """Show the adapter, then the name on the bus, so that nobody sees half of it."""
        self._bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        self._bus.add_message_handler(self._received)
        await self._bus.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="AddMatch",
                signature="s",
                body=["type='signal',member='NameOwnerChanged'"],
            )
        )
        self.tree = Tree(self._bus)
        self.agents = AgentManager(self.tree, self._bus)
        self.tree.add(self.agents)
        self.adapter = Adapter(self.tree, self._radio, self.agents, self._habits, self.work)
        if with_adapter:
            self.tree.add(self.adapter)
        await self._bus.request_name(NAME)

    async def stop(self) -> None:
        """Leave the bus; raises what went wrong in here meanwhile."""
        if self.adapter.path in self.tree:
            self.tree.remove(self.adapter.path)
        for task in self._tasks:
            task.cancel()
        self._bus.disconnect()
        await asyncio.gather(self._bus.wait_for_disconnect(), *self._tasks, return_exceptions=True)
        if self._bugs:
            raise self._bugs[0]

    def work(self, doing: Coroutine[object, object, None]) -> None:
        """Do something beside."""
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (bug := task.exception()):
            self._bugs.append(bug)

    def _received(self, message: Message) -> bool:
        if message.message_type is MessageType.SIGNAL:
            if message.member == "NameOwnerChanged" and not message.body[2]:
                self.work(self._program_ended(message.body[0]))
            return False
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        self.work(self._answer(message))
        return True

    async def _answer(self, message: Message) -> None:
        member = message.member or ""
        self.calls.append(member)
        try:
            await asyncio.sleep(self._habits.delay_s.get(member, 0.0))
            if self._habits.refuse.get(member):
                raise self._habits.refuse[member].popleft()
            reply = Message.new_method_return(message, *await self.tree.method(message)(message))
        except Refusal as refusal:
            reply = Message.new_error(message, refusal.name, str(refusal))
        if self._bus.connected:
            self._bus.send(reply)

    async def _program_ended(self, name: str) -> None:
        self.agents.forget(name)
        self.adapter.forget_program(name)
        for exported in self.tree.under(self.adapter.path):
            if isinstance(exported, GattCharacteristic):
                await exported.forget(name)
