"""What is wrong with Bluetooth here, and what to do about each finding."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from shutil import disk_usage

from tracker.app.finding import Finding, State
from tracker.app.listening import HELD, Air, called
from tracker.app.looking import Surroundings, signal_words
from tracker.app.pairing import SYSTEM, check
from tracker.app.terminal import Terminal
from tracker.archive.files import require_writable
from tracker.archive.settings import HOME, KnownSensor, load_sensors, sessions_folder
from tracker.errors import BluetoothError, InputError, TrackerError
from tracker.sensing.bluetooth.find import Found
from tracker.sensing.bluetooth.host import Blocked, Host, look
from tracker.sensing.bluetooth.stream import Wanted

SEARCH_S = 5.0
"""How long to look for sensors, s: one that is switched on is heard within two."""

OLDEST_BLUEZ = (5, 55)
"""bleak speaks to this one and newer."""

SESSION_BYTES = 50_000_000
"""Room that a long evening's recording takes, with much to spare: an hour at 200 Hz is 12 MB."""


def system_findings(host: Host, *, scans: bool = False) -> Iterator[Finding]:
    """Say what the computer and its system bring along; what scans is an adapter, seen or not."""
    own = f"tracker {version('thrust-tracker')}"
    said = f"{own}, {host.system} {host.release}, Python {host.python}, bleak {host.bleak}"
    yield Finding("versions", State.FINE, said)
    if host.in_wsl:
        yield Finding(
            "system",
            State.WRONG,
            "this is Linux inside Windows, which is not given the computer's Bluetooth",
            "run tracker in Windows itself",
        )
    if host.system == "Linux":
        yield _bluez_finding(host.bluez)
        if host.adapters or not scans:  # a container that is given the bus only sees none
            yield _adapter_finding(host.adapters or ())
        yield from map(_blocked_finding, host.blocked)
    if host.agent_refusal is not None:
        yield _agent_finding(host.agent_refusal)


def scan_finding(trouble: str) -> Finding:
    """Say whether the adapter can be used, from what scanning with it said ("" when all went well)."""
    if not trouble:
        return Finding("scan", State.FINE, "the adapter scans, so it is switched on and permitted")
    said, _, advice = trouble.partition("; ")
    return Finding("scan", State.WRONG, said, advice)


def sensor_findings(known: Sequence[KnownSensor], found: Sequence[Found]) -> Iterator[Finding]:
    """Say which sensors are in reach, and which paired ones are not."""
    if not found and not known:
        yield Finding(
            "sensors",
            State.LOOK,
            "none is in reach",
            "switch yours on, end its connection to a phone app, bring it near, then run tracker pair",
        )
    for one in found:
        said = f"{called(one)} ({one.sensor.title}), signal: {signal_words(one.rssi, is_held=one.is_held)}"
        yield Finding("in reach", State.FINE, said)
    for sensor in known:
        if not any(_may_be(sensor, one) for one in found):
            yield Finding(
                "paired",
                State.LOOK,
                f"{sensor.nickname} is not in reach",
                "switch it on, bring it near, and end its connection to a phone app: it takes one at a time",
            )


def recordings_finding(folder: Path) -> Finding:
    """Say whether a session can be recorded: the folder may be written, and has room."""
    try:
        require_writable(folder, HOME)
    except InputError as error:
        said, _, advice = str(error).partition("; ")
        return Finding("recordings", State.WRONG, said, advice)
    there = next(path for path in (folder, *folder.parents) if path.exists())  # made with the first session
    return room_finding(folder, disk_usage(there).free)


def room_finding(folder: Path, free_bytes: int) -> Finding:
    """Say whether there is room for a session."""
    if free_bytes < SESSION_BYTES:
        return Finding(
            "recordings",
            State.WRONG,
            f"{free_bytes / 1e6:.0f} MB are free in {folder}",
            f"free {SESSION_BYTES / 1e6:.0f} MB, so that a session has room",
        )
    return Finding("recordings", State.FINE, f"they go to {folder}, which has room")


def settings_finding(trouble: str, known: Sequence[KnownSensor]) -> Finding:
    """Say whether the settings can be read ("" for `trouble` when they can)."""
    if trouble:
        said, _, advice = trouble.partition("; ")
        return Finding("settings", State.WRONG, said, advice)
    names = ", ".join(sensor.nickname for sensor in known)
    return Finding("settings", State.FINE, f"paired: {names}" if names else "no sensor is paired yet")


def doctor(
    terminal: Terminal,
    runner: asyncio.Runner,
    *,
    as_json: bool = False,
    air: Air = SYSTEM,
    root: Path = Path("/"),
) -> bool:
    """Look at everything, and tell what was found.

    Parameters
    ----------
    terminal
        For the findings.
    runner
        Whose event loop the radio lives on.
    as_json
        Print them as JSON, for a program.
    air
        The radio.
    root
        Where the Linux kernel's ``sys`` is.

    Returns
    -------
    bool
        True when something has to be mended before anything works.
    """
    known, trouble = _known()
    findings = [recordings_finding(sessions_folder()), settings_finding(trouble, known)]
    host = runner.run(look(root))
    with terminal.busy("Looking for sensors ..."):
        found, trouble = runner.run(_found(air))
    findings += [*system_findings(host, scans=not trouble), scan_finding(trouble)]
    if not trouble:
        findings += sensor_findings(known, found)
        for one in _tried(known, found):
            findings += _streams(terminal, runner, air, one)
    if as_json:
        terminal.data(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            terminal.finding(finding)
    return any(finding.state is State.WRONG for finding in findings)


def _known() -> tuple[tuple[KnownSensor, ...], str]:
    try:
        return load_sensors(), ""
    except TrackerError as error:
        return (), str(error)


async def _found(air: Air) -> tuple[list[Found], str]:
    around = Surroundings((), False, {})
    try:
        async with aclosing(air.nearby(SEARCH_S)) as devices:
            async for device in devices:
                around.devices[device.address] = device
    except BluetoothError as error:
        return [], str(error)
    return around.sensors, ""


def _tried(known: Sequence[KnownSensor], found: Sequence[Found]) -> list[Found]:
    """Those whose stream is tried: the paired ones, else the only one there; never a stranger's."""
    paired = [one for one in found if any(_may_be(sensor, one) for sensor in known)]
    return paired if known or len(found) > 1 else list(found)


def _streams(terminal: Terminal, runner: asyncio.Runner, air: Air, found: Found) -> list[Finding]:
    """Have a sensor stream, and say how it does."""
    name = called(found)
    if found.is_held:
        advice = "end that program, then run tracker doctor again"
        return [Finding(name, State.LOOK, f"{HELD}, so it was not tried", advice)]
    try:
        with terminal.busy(f"Listening to {name}; lay it down and leave it still ..."):
            checked = runner.run(check(_show_nothing, found, air))
    except TrackerError as error:  # what it says of itself may be no good either
        said, _, advice = str(error).removeprefix(f"{name}: ").partition("; ")
        return [Finding(name, State.WRONG, said, advice)]
    return [replace(one, topic=f"{name}, {one.topic}") for one in checked.findings(found.sensor)]


def _show_nothing(_: str) -> None:
    """The findings are all that is printed, for a program may read them."""


def _bluez_finding(bluez: tuple[int, int] | None) -> Finding:
    if bluez is None:
        return Finding(
            "BlueZ",
            State.LOOK,
            "its version is not known, for its command bluetoothctl is missing",
            "install your system's bluez package, if scanning fails below",
        )
    said = f"version {bluez[0]}.{bluez[1]}"
    if bluez < OLDEST_BLUEZ:
        oldest = ".".join(map(str, OLDEST_BLUEZ))
        return Finding("BlueZ", State.WRONG, said, f"update your system: it has to be {oldest} or newer")
    return Finding("BlueZ", State.FINE, said)


def _adapter_finding(adapters: Sequence[str]) -> Finding:
    if not adapters:
        return Finding(
            "adapter",
            State.WRONG,
            "the system sees no Bluetooth adapter",
            "plug one in, or switch the built-in one on; a container or virtual machine has to be given it",
        )
    return Finding("adapter", State.FINE, ", ".join(adapters))


def _blocked_finding(blocked: Blocked) -> Finding:
    if blocked.by_hardware:
        return Finding(
            "switch",
            State.WRONG,
            f"{blocked.name} is switched off by a key or switch of the computer",
            "switch it on there (often a function key, or flight mode)",
        )
    return Finding(
        "switch",
        State.WRONG,
        f"{blocked.name} is switched off in the system",
        "run: rfkill unblock bluetooth",
    )


def _agent_finding(refusal: str) -> Finding:
    if not refusal:
        return Finding(
            "pairing", State.FINE, "the system lets tracker say yes when a sensor wants to be paired"
        )
    return Finding(
        "pairing",
        State.LOOK,
        f"the system does not let tracker say yes when a sensor wants to be paired ({refusal})",
        "if scanning works below, pair such a sensor in the system's Bluetooth settings",
    )


def _may_be(sensor: KnownSensor, found: Found) -> bool:
    return Wanted(sensor.make, sensor.name, sensor.address, sensor.serial).fits(found)
