"""Saying yes on Linux when a sensor is paired: BlueZ asks an agent, and only desktops have one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from tracker.sensing.bluetooth.plain_words import bus_words

if TYPE_CHECKING:
    from dbus_fast import Message

PATH = "/tracker/agent"
CAPABILITY = "NoInputNoOutput"
"""The sensors have neither keys nor a display, so there is nothing to compare."""

REGISTER_S = 2.0
"""For the bus and BlueZ to take the agent, s: both only note it down."""

_EXPECTED: set[str] = set()
"""How the paths of devices end that are being connected to: the newest agent is asked about all of them."""

_AGENT, _MANAGER = "org.bluez.Agent1", "org.bluez.AgentManager1"
_MAY_BE_PAIRED = ("RequestAuthorization", "RequestConfirmation", "AuthorizeService")


@asynccontextmanager
async def agent_for(address: str) -> AsyncIterator[None]:
    """Say yes to BlueZ's questions about one device, and no to those about any other.

    Where there is no BlueZ nothing happens: the other systems ask the person, or nobody.

    Parameters
    ----------
    address
        Of the device that may be paired.

    Notes
    -----
    While the context lasts this agent is the default one, because BlueZ pairs on its own when a
    characteristic wants it. Then the desktop's agent is the default one again. Whatever fails here is
    left to be said by the call that needs Bluetooth.
    """
    device = f"/dev_{address.replace(':', '_').upper()}"
    _EXPECTED.add(device)
    with ExitStack() as at_the_end:
        at_the_end.callback(_EXPECTED.discard, device)
        if sys.platform == "linux":
            await _register(at_the_end)
        yield


async def agent_refusal() -> str | None:
    """Offer the agent to BlueZ and take it back; tell why it was not taken, "" when it was.

    None where there is no BlueZ to offer it to.
    """
    if sys.platform != "linux":
        return None
    with ExitStack() as at_the_end:
        return await _register(at_the_end)


async def _register(at_the_end: ExitStack) -> str:
    """Register the agent until the end; tell why that failed, "" when it did not."""
    from dbus_fast import AuthError, BusType, InvalidAddressError, Message, MessageType
    from dbus_fast.aio import MessageBus

    try:
        async with asyncio.timeout(REGISTER_S):
            bus = MessageBus(bus_type=BusType.SYSTEM)
            at_the_end.callback(bus.disconnect)  # BlueZ forgets the agent with it
            await bus.connect()
            bus.add_message_handler(_answer)
            for member, signature, body in (
                ("RegisterAgent", "os", [PATH, CAPABILITY]),
                ("RequestDefaultAgent", "o", [PATH]),
            ):
                reply = await bus.call(
                    Message(
                        destination="org.bluez",
                        path="/org/bluez",
                        interface=_MANAGER,
                        member=member,
                        signature=signature,
                        body=body,
                    )
                )
                if reply is not None and reply.message_type is MessageType.ERROR:
                    return reply.error_name or "it refused"
    except (TimeoutError, OSError, EOFError, AuthError, InvalidAddressError) as error:
        return bus_words(error) or "it does not answer"
    return ""


def _answer(message: Message) -> Message | None:
    """Answer a question of BlueZ's; None for what is none."""
    from dbus_fast import Message

    if message.interface != _AGENT:
        return None
    if message.member in ("Cancel", "Release"):
        return Message.new_method_return(message)
    device = str(message.body[0]) if message.body else ""  # /org/bluez/hci0/dev_F0_00_00_00_00_01
    if message.member in _MAY_BE_PAIRED and device.endswith(tuple(_EXPECTED)):
        return Message.new_method_return(message)
    return Message.new_error(message, "org.bluez.Error.Rejected", "tracker pairs no other device")
