"""org.bluez.Adapter1: the computer's radio."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from dbus_fast import Message, Variant

from tests.bluez.agents import AgentManager
from tests.bluez.device import Device
from tests.bluez.habits import Habits
from tests.bluez.objects import NOTHING, Answer, Exported, Refusal, Tree
from tracker.virtual.peripherals.peripheral import Peripheral
from tracker.virtual.radio import Listening, Radio

PATH = "/org/bluez/hci0"
ADDRESS = "00:1A:7D:DA:71:01"


class Adapter(Exported):
    """The adapter: it scans for whoever asks, and keeps the devices that it has heard."""

    interface = "org.bluez.Adapter1"

    def __init__(
        self,
        tree: Tree,
        radio: Radio,
        agents: AgentManager,
        habits: Habits,
        work: Callable[[Coroutine[object, object, None]], None],
    ) -> None:
        super().__init__(
            tree,
            PATH,
            {
                "Address": Variant("s", ADDRESS),
                "AddressType": Variant("s", "public"),
                "Name": Variant("s", "virtual"),
                "Alias": Variant("s", "virtual"),
                "Powered": Variant("b", radio.adapter_on),
                "Discoverable": Variant("b", False),
                "Pairable": Variant("b", True),
                "Discovering": Variant("b", False),
                "UUIDs": Variant("as", []),
                "Modalias": Variant("s", "usb:v1D6Bp0246d0542"),
                "Roles": Variant("as", ["central", "peripheral"]),
            },
        )
        self.radio = radio
        self.agents = agents
        self.habits = habits
        self.work = work
        self._scanning_for: set[str] = set()
        self._listening: Listening | None = None
        self.methods = {
            "SetDiscoveryFilter": self._set_filter,
            "StartDiscovery": self._start_discovery,
            "StopDiscovery": self._stop_discovery,
            "RemoveDevice": self._remove_device,
        }

    @property
    def devices(self) -> list[Device]:
        """All devices that it knows."""
        return [exported for exported in self.tree.under(self.path) if isinstance(exported, Device)]

    def require_power(self) -> None:
        """Refuse what an adapter that is off cannot do."""
        if not self["Powered"]:
            raise Refusal("NotReady", "Resource Not Ready")

    def set(self, name: str, value: Variant) -> None:
        """Take a property that a program sets."""
        if name == "Powered":
            self.switch(value.value)
        else:
            super().set(name, value)

    def switch(self, on: bool) -> None:
        """Switch it on or off, which ends scans and links."""
        if not on:
            self._scanning_for.clear()
            self._stop_listening()
        self.radio.switch_adapter(on)
        self.change(Powered=Variant("b", on))

    def forget_program(self, name: str) -> None:
        """Stop scanning for a program that has ended."""
        self._scanning_for.discard(name)
        if not self._scanning_for:
            self._stop_listening()

    def removed(self) -> None:
        """Stop scanning: it is unplugged."""
        self._scanning_for.clear()
        self._stop_listening()

    async def _set_filter(self, _: Message) -> Answer:
        self.require_power()
        return NOTHING

    async def _start_discovery(self, message: Message) -> Answer:
        self.require_power()
        if message.sender in self._scanning_for:
            raise Refusal("InProgress", "Operation already in progress")
        self._scanning_for.add(message.sender or "")
        if self._listening is None:
            self._listening = Listening(self.radio, self._heard)
            self.change(Discovering=Variant("b", True))
        return NOTHING

    async def _stop_discovery(self, message: Message) -> Answer:
        self.require_power()
        if message.sender not in self._scanning_for:
            raise Refusal("Failed", "No discovery started")
        self.forget_program(message.sender or "")
        return NOTHING

    async def _remove_device(self, message: Message) -> Answer:
        device = self.tree.get(message.body[0])
        if not isinstance(device, Device):
            raise Refusal("DoesNotExist", "Does Not Exist")
        self.remove(device)
        return NOTHING

    def remove(self, device: Device) -> None:
        """Forget a device and its key, as the system's settings do."""
        device.end()
        self.radio.station(str(device["Address"])).bond.central = False
        self.tree.remove(device.path)

    def _heard(self, peripheral: Peripheral) -> None:
        device = Device(self, peripheral)
        known = self.tree.get(device.path)
        if isinstance(known, Device):
            known.heard()
        else:
            self.tree.add(device)

    def _stop_listening(self) -> None:
        if self._listening:
            self._listening.stop()
            self._listening = None
            self.change(Discovering=Variant("b", False))
            for device in self.devices:
                device.scan_ended()
