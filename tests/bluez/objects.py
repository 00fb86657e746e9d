"""Objects on the bus: paths, interfaces, properties, and the signals that tell of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from dbus_fast import Message, Variant
from dbus_fast.aio import MessageBus

OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"

Answer: TypeAlias = tuple[str, list[object]]
"""A signature and the values of a reply."""
NOTHING: Answer = ("", [])
Method: TypeAlias = Callable[[Message], Awaitable[Answer]]


class Refusal(Exception):
    """An error reply; a name without dots is one of BlueZ's own."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name if "." in name else f"org.bluez.Error.{name}"


class Exported:
    """One object: a path, its interface, the values of its properties, its methods by name."""

    interface: str

    def __init__(self, tree: Tree, path: str, values: Mapping[str, Variant]) -> None:
        self.tree = tree
        self.path = path
        self.values = dict(values)
        self.methods: dict[str, Method] = {}

    def __getitem__(self, name: str) -> object:
        return self.values[name].value

    def change(self, **values: Variant) -> None:
        """Set properties and tell who listens, also when they are what they were."""
        self.values |= values
        self._tell(values, [])

    def lose(self, *names: str) -> None:
        """Take properties away and tell who listens."""
        gone = [name for name in names if self.values.pop(name, None) is not None]
        if gone:
            self._tell({}, gone)

    def set(self, name: str, value: Variant) -> None:
        """Take a property that a program sets."""
        self.change(**{name: value})

    def removed(self) -> None:
        """End what is under way: the object is gone."""

    def _tell(self, values: Mapping[str, Variant], gone: list[str]) -> None:
        if self.path in self.tree:
            self.tree.signal(
                self.path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [self.interface, dict(values), gone]
            )


class Tree:
    """All objects of one service."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self._objects: dict[str, Exported] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._objects

    def get(self, path: str) -> Exported | None:
        """Give the object at a path, None where there is none."""
        return self._objects.get(path)

    def under(self, path: str) -> list[Exported]:
        """Give all objects below a path, the deepest last."""
        return [self._objects[one] for one in sorted(self._objects) if one.startswith(f"{path}/")]

    def add(self, exported: Exported) -> None:
        """Add an object and tell of it."""
        self._objects[exported.path] = exported
        shown = {exported.interface: exported.values}
        self.signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [exported.path, shown])

    def remove(self, path: str) -> None:
        """Remove an object and all below it, and tell of it."""
        for exported in [*reversed(self.under(path)), self._objects[path]]:
            exported.removed()
            del self._objects[exported.path]
            self.signal(
                "/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [exported.path, [exported.interface]]
            )

    def signal(self, path: str, interface: str, member: str, signature: str, body: list[object]) -> None:
        """Send a signal, if the bus still stands."""
        if self._bus.connected:
            self._bus.send(Message.new_signal(path, interface, member, signature, body))

    def method(self, message: Message) -> Method:
        """Find what answers a call; Refusal when nothing does."""
        if message.interface == OBJECT_MANAGER:
            return self._managed_objects
        exported = self._objects.get(message.path or "")
        if exported is None:
            raise Refusal(
                "org.freedesktop.DBus.Error.UnknownObject", f'Method "{message.member}" doesn\'t exist'
            )
        method = (
            exported.methods.get(message.member or "") if message.interface == exported.interface else None
        )
        if message.interface == PROPERTIES:
            method = {"Get": self._get, "GetAll": self._get_all, "Set": self._set}.get(message.member or "")
        if method is None:
            raise Refusal("org.freedesktop.DBus.Error.UnknownMethod", f"no method {message.member}")
        return method

    async def _managed_objects(self, _: Message) -> Answer:
        shown = {path: {exported.interface: exported.values} for path, exported in self._objects.items()}
        return "a{oa{sa{sv}}}", [shown]

    async def _get(self, message: Message) -> Answer:
        return "v", [self._objects[message.path or ""].values[message.body[1]]]

    async def _get_all(self, message: Message) -> Answer:
        return "a{sv}", [self._objects[message.path or ""].values]

    async def _set(self, message: Message) -> Answer:
        _, name, value = message.body
        self._objects[message.path or ""].set(name, value)
        return NOTHING
