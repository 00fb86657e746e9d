"""The world in a process of its own: boards on lifters, and the BlueZ that serves them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def apart(boards: int, rate_hz: int) -> Iterator[str]:
    """Start it, with lifters who have just begun; gives the address of its bus, "" without a dbus-daemon."""
    world = subprocess.Popen(
        [sys.executable, "-m", "tests.bluez", str(boards), str(rate_hz)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield world.stdout.readline().strip() if world.stdout else ""
    finally:
        world.communicate("", timeout=10.0)
