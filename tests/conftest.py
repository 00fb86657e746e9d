"""A Bluetooth for this computer, for tests in any room."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.bluez.system import SystemBluetooth

collect_ignore_glob = [] if sys.platform == "linux" else ["bluez/*"]


@pytest.fixture
def system_bluetooth() -> Iterator[Callable[..., SystemBluetooth]]:
    """Give this computer a BlueZ, with the arguments of `SystemBluetooth`; mark the test `dbus`.

    bleak finds it as it finds a real one: nothing has to be passed as a backend.
    """
    if sys.platform != "linux":
        pytest.skip("BlueZ is Linux's")
    from tests.bluez.bus import DAEMON

    if not shutil.which(DAEMON):
        pytest.skip(f"{DAEMON} is not installed (Debian: apt-get install dbus)")
    from tests.bluez.system import SystemBluetooth

    with ExitStack() as whatever_happens:
        yield lambda *args, **options: whatever_happens.enter_context(SystemBluetooth(*args, **options))
