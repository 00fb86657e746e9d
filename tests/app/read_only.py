"""A disk that is read-only: mounted so for one command, in a mount namespace of its own (Linux).

For root permission bits bind nothing, so they make no read-only disk.
"""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_UNSHARE = ["unshare", "--map-root-user", "--mount"]


def on_read_only(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `tracker` while `folder` is on a read-only disk; skips the test where none can be made."""
    if not shutil.which("unshare") or subprocess.run([*_UNSHARE, "true"], capture_output=True).returncode:
        pytest.skip("no mount namespaces here")
    place = shlex.quote(str(folder))
    mounted = f"mount --bind {place} {place} && mount -o remount,bind,ro {place}"
    command = shlex.join([sys.executable, "-m", "tracker", *map(str, words)])
    return subprocess.run(
        [*_UNSHARE, "sh", "-c", f"{mounted} && exec {command}"], capture_output=True, text=True
    )
