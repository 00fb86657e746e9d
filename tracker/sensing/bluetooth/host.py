"""What this computer says about its own Bluetooth, before any sensor is asked."""

from __future__ import annotations

import asyncio
import platform
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tracker.sensing.bluetooth.agent import agent_refusal

BLUETOOTHCTL_S = 3.0
"""For BlueZ's own command to say its version, s."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A radio that the kernel keeps silent: by software (a setting), by hardware (a switch or key)."""

    name: str
    by_software: bool
    by_hardware: bool


@dataclass(frozen=True, slots=True)
class Host:
    """The computer, as far as Bluetooth goes.

    Attributes
    ----------
    system
        "Linux", "Darwin" (macOS) or "Windows".
    release
        The system's version.
    python, bleak
        Versions.
    bluez
        BlueZ's version, (5, 66); None where there is none, or where it does not say.
    adapters
        Adapters that the Linux kernel knows ("hci0"); None on other systems, which do not list them.
    blocked
        Adapters that rfkill blocks.
    in_wsl
        True in the Windows Subsystem for Linux.
    agent_refusal
        Why BlueZ does not let us pair sensors, "" when it does; None where there is none to be asked.
    """

    system: str
    release: str
    python: str
    bleak: str
    bluez: tuple[int, int] | None
    adapters: tuple[str, ...] | None
    blocked: tuple[Blocked, ...]
    in_wsl: bool
    agent_refusal: str | None = None


async def look(root: Path = Path("/")) -> Host:
    """Look at the computer.

    Parameters
    ----------
    root
        Where the Linux kernel's ``sys`` is.
    """
    system = platform.system()
    is_linux = system == "Linux"
    return Host(
        system=system,
        release=platform.release(),
        python=platform.python_version(),
        bleak=version("bleak"),
        bluez=await _bluez() if is_linux else None,
        adapters=_adapters(root) if is_linux else None,
        blocked=_blocked(root) if is_linux else (),
        in_wsl="microsoft" in platform.release().lower(),
        agent_refusal=await agent_refusal() if is_linux else None,
    )


async def _bluez() -> tuple[int, int] | None:
    command = shutil.which("bluetoothctl")
    if command is None:
        return None
    process = await asyncio.create_subprocess_exec(
        command, "--version", stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
    )
    said = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(BLUETOOTHCTL_S):
            said, _ = await process.communicate()
    if process.returncode is None:
        process.kill()
        await process.wait()
    numbers = re.search(rb"(\d+)\.(\d+)", said)
    return (int(numbers[1]), int(numbers[2])) if numbers else None


def _adapters(root: Path) -> tuple[str, ...]:
    entries = sorted((root / "sys/class/bluetooth").glob("hci*"))
    return tuple(entry.name for entry in entries if ":" not in entry.name)  # hci0:64 is a connection


def _blocked(root: Path) -> tuple[Blocked, ...]:
    radios = [
        Blocked(_said(entry, "name"), _said(entry, "soft") == "1", _said(entry, "hard") == "1")
        for entry in sorted((root / "sys/class/rfkill").glob("rfkill*"))
        if _said(entry, "type") == "bluetooth"
    ]
    return tuple(radio for radio in radios if radio.by_software or radio.by_hardware)


def _said(entry: Path, what: str) -> str:
    try:
        return (entry / what).read_text("utf-8").strip()
    except OSError:
        return ""
