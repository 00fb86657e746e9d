"""A D-Bus of our own, to stand in for the system's."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

DAEMON = "dbus-daemon"
VARIABLE = "DBUS_SYSTEM_BUS_ADDRESS"
"""Where every program looks for the system's bus."""

_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
    <allow send_requested_reply="true"/><allow receive_type="*"/>{more}
  </policy>
</busconfig>"""

_DENIED = '\n    <deny send_destination="org.bluez" send_interface="{interface}"/>'


class PrivateBus:
    """A dbus-daemon that this process takes for the system's, from `start` to `stop`.

    Parameters
    ----------
    denied
        Interfaces of org.bluez that nobody may call, as for a person outside the group bluetooth.
    """

    def __init__(self, denied: tuple[str, ...] = ()) -> None:
        self._denied = denied

    def start(self) -> Self:
        """Start the daemon and point this process to it."""
        self._folder = TemporaryDirectory(prefix="private-bus-")
        folder = Path(self._folder.name)
        more = "".join(_DENIED.format(interface=interface) for interface in self._denied)
        configuration = folder / "bus.conf"
        configuration.write_text(_CONFIGURATION.format(socket=folder / "bus", more=more))
        self._daemon = subprocess.Popen(
            [
                shutil.which(DAEMON) or DAEMON,
                f"--config-file={configuration}",
                "--nofork",
                "--print-address=1",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it complains about limits that matter to nobody here
            text=True,
        )
        assert self._daemon.stdout
        self.address = self._daemon.stdout.readline().strip()
        self._before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = self.address
        return self

    def kill(self) -> None:
        """End the daemon without a word, as when it crashes."""
        self._daemon.kill()
        self._daemon.wait()

    def stop(self) -> None:
        """End the daemon and give this process its old bus back."""
        self.kill()
        assert self._daemon.stdout
        self._daemon.stdout.close()
        if self._before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = self._before
        self._folder.cleanup()
