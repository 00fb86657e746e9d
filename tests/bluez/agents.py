"""org.bluez.AgentManager1: who may say yes when a device is paired."""

from __future__ import annotations

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from tests.bluez.objects import NOTHING, Answer, Exported, Refusal, Tree

AGENT = "org.bluez.Agent1"


class AgentManager(Exported):
    """Keeps the agents that programs register; the newest default one is asked."""

    interface = "org.bluez.AgentManager1"

    def __init__(self, tree: Tree, bus: MessageBus) -> None:
        super().__init__(tree, "/org/bluez", {})
        self._bus = bus
        self._agents: dict[str, str] = {}
        self._defaults: list[str] = []
        self.methods = {
            "RegisterAgent": self._register,
            "RequestDefaultAgent": self._become_default,
            "UnregisterAgent": self._unregister,
        }

    def asked(self, sender: str = "") -> str | None:
        """Who is asked when a program, or BlueZ on its own (""), pairs: its agent, else the default."""
        if sender in self._agents:
            return sender
        return self._defaults[-1] if self._defaults else None

    async def allows(self, owner: str, device_path: str) -> bool:
        """Ask an agent whether a device may be paired."""
        reply = await self._bus.call(
            Message(
                destination=owner,
                path=self._agents[owner],
                interface=AGENT,
                member="RequestAuthorization",
                signature="o",
                body=[device_path],
            )
        )
        return reply is not None and reply.message_type is MessageType.METHOD_RETURN

    def forget(self, owner: str) -> None:
        """Drop the agent of a program that has ended."""
        self._agents.pop(owner, None)
        self._defaults = [one for one in self._defaults if one != owner]

    async def _register(self, message: Message) -> Answer:
        if message.sender in self._agents:
            raise Refusal("AlreadyExists", "Already Exists")
        self._agents[message.sender or ""] = message.body[0]
        return NOTHING

    async def _become_default(self, message: Message) -> Answer:
        if message.sender not in self._agents:
            raise Refusal("DoesNotExist", "Does Not Exist")
        self._defaults.append(message.sender)
        return NOTHING

    async def _unregister(self, message: Message) -> Answer:
        self.forget(message.sender or "")
        return NOTHING
