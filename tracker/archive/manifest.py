"""What a backup says about itself: JSON, with the size and the hash of each file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

from tracker.archive.header import this_software

FORMAT = "tracker-athlete-backup"
VERSION = 1
"""Of the format; a reader refuses a higher one, because it may mean other things by the same names."""

_HASH_DIGITS = 64
"""Of SHA-256, in hexadecimal."""

_LATEST_NS = 1 << 62
"""No file was changed later, ns since 1970: that is the year 2116."""

_T = TypeVar("_T", str, int)


class NewerError(ValueError):
    """A backup of a newer version; the message names what wrote it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One file of a session.

    Attributes
    ----------
    session
        Name of the session.
    name
        Of the file, without a folder.
    size
        Bytes.
    sha256
        In hexadecimal.
    changed_ns
        When it was changed last, ns since 1970: from that `tracker train` knows what was cut off just now.
    """

    session: str
    name: str
    size: int
    sha256: str
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: everything of an athlete, written by `software`."""

    athlete: str
    files: tuple[Stored, ...]
    software: str = field(default_factory=this_software)


def encode_manifest(manifest: Manifest) -> bytes:
    """Write a manifest as JSON."""
    return json.dumps({"format": FORMAT, "version": VERSION, **asdict(manifest)}, indent=1).encode()


def decode_manifest(content: bytes) -> Manifest:
    """Read a manifest; everything in it is checked, for it may come from anywhere.

    Raises
    ------
    NewerError
        If it is of a newer version.
    ValueError
        If it is not whole, or says what no manifest can say.
    """
    try:
        said = _table(json.loads(content))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if said.get("format") != FORMAT:
        raise ValueError("it says of itself that it is something else")
    if _said(said, "version", int) > VERSION:
        raise NewerError(_said(said, "software", str))
    files = said.get("files")
    if not isinstance(files, list):
        raise ValueError("it lists no files")
    stored = tuple(map(_stored, files))
    if len({one.name for one in stored}) < len(stored):
        raise ValueError("it has a file twice")
    return Manifest(_said(said, "athlete", str), stored, _said(said, "software", str))


def _stored(said: object) -> Stored:
    table = _table(said)
    session, name, sha256 = (_said(table, key, str) for key in ("session", "name", "sha256"))
    size, changed_ns = (_said(table, key, int) for key in ("size", "changed_ns"))
    if not is_plain(name) or not session or not name.startswith(f"{session}."):
        raise ValueError(f"it has a file that belongs to no session: {name!r}")
    if size < 0 or not 0 <= changed_ns < _LATEST_NS or len(sha256) != _HASH_DIGITS:
        raise ValueError(f"what it says of {name!r} cannot be")
    return Stored(session, name, size, sha256, changed_ns)


def is_plain(name: str) -> bool:
    """Whether a file of this name lies in its folder, and not elsewhere, on this system.

    Examples
    --------
    >>> is_plain("monday.arrows"), is_plain("../monday.arrows"), is_plain(".."), is_plain("")
    (True, False, False, False)
    """
    return name not in ("", ".", "..") and "\0" not in name and Path(name).name == name


def _table(said: object) -> Mapping[str, object]:
    if not isinstance(said, dict):
        raise ValueError(f"{said!r:.40} is no table")
    return said


def _said(table: Mapping[str, object], key: str, kind: type[_T]) -> _T:
    value = table.get(key)
    if type(value) is not kind:
        raise ValueError(f"its {key} is {value!r:.40}")
    return value
