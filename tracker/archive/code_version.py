"""Which code says what a recording holds: other code may say otherwise."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

_ROOMS = ("sensing", "motion", "coaching", "path.py", "archive")
_COUNTS_WITH = ("numpy", "scipy", "vqf")


@cache
def code_version() -> str:
    """Name the code that a result follows from: this program's, to the letter, and what it counts with."""
    package = Path(__file__).parents[1]
    digest = blake2b(digest_size=12)
    for room in _ROOMS:
        for file in sorted([package / room, *(package / room).rglob("*.py")]):
            if file.is_file():
                digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    digest.update("; ".join(f"{name} {version(name)}" for name in _COUNTS_WITH).encode())
    return digest.hexdigest()
