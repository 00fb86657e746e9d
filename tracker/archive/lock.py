"""Who writes a recording: the operating system's lock on its file, gone with the process that held it.

On Windows it was never tried.
"""

from __future__ import annotations

import sys
from typing import IO

if sys.platform == "win32":
    import msvcrt

    FAR = 0x7FFF_0000
    """Where the locked byte lies: there a lock keeps others from reading, and no recording is so long."""

    def take(file: IO[bytes]) -> bool:
        """Lock an open file for as long as it stays open; False when another one has it."""
        at = file.tell()
        file.seek(FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(at)
        return True

else:
    import fcntl

    def take(file: IO[bytes]) -> bool:
        """Lock an open file for as long as it stays open; False when another one has it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks: nobody can have one
            return True
        return True
