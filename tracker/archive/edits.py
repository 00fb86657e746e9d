"""What the person said about a session afterwards: a file beside the recording that is only ever added to.

One line is one entry, JSON: what was said, when, and a name by which a later entry can undo it. The
recording is never touched.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from tracker.archive.edit_lines import NewerError, decode_entry, encode_entry
from tracker.archive.files import named
from tracker.archive.recording import SUFFIX as RECORDING
from tracker.coaching.edits import Edit, Entry, Undo, edits_of
from tracker.errors import InputError

SUFFIX = ".edits.jsonl"

_MOST_BYTES = 1 << 24
"""A larger file is not read: a correction takes 200 bytes, and nobody says 80,000 of them of a session."""

_MOST_TOLD = 3
"""So many lines that cannot be used are told one by one."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a file of edits holds.

    Attributes
    ----------
    entries
        All that could be read, in the order in which they were said.
    warnings
        What could not, one sentence each.
    """

    entries: tuple[Entry, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What still holds."""
        return edits_of(self.entries)


def edits_path(file: Path) -> Path:
    """Name the file of what was said about a session, given that of its first segment, or a foreign file.

    Examples
    --------
    >>> edits_path(Path("monday.arrows")).name, edits_path(Path("tuesday.csv.gz")).name
    ('monday.edits.jsonl', 'tuesday.csv.edits.jsonl')
    """
    file = named(file)
    return file.with_name(f"{file.name.removesuffix('.gz').removesuffix(RECORDING)}{SUFFIX}")


def read_edits(file: Path) -> Said:
    """Read what was said about a recording; nothing when there is no such file.

    A line that cannot be used is named, and the others hold; of a file that was cut in its last line
    what came before is whole.

    Raises
    ------
    InputError
        If the file is there and cannot be read.
    """
    path = edits_path(file)
    lines = _lines(path)
    entries: list[Entry] = []
    newer: list[str] = []
    damaged: list[str] = []
    for number, line in enumerate(lines, 1):
        try:
            entries += [decode_entry(line)] if line.strip() else []
        except NewerError:
            newer.append(f"line {number} is of a newer version and left out; update tracker.")
        except (ValueError, ArithmeticError, RecursionError) as error:
            is_cut = number == len(lines)
            what = "breaks off in its last line" if is_cut else f"line {number} is damaged"
            damaged.append(f"{what}; what was said there is left out ({error!s:.80}).")
    return Said(tuple(entries), tuple(f"{path.name}: {told}" for told in (*_few(newer), *_few(damaged))))


def _lines(path: Path) -> list[bytes]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} is over {_MOST_BYTES >> 20} MB, and no corrections; move it away")
        return path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); open it, or move it away") from error


def _few(told: list[str]) -> list[str]:
    """Tell many of a kind in one sentence: a file of something else is damaged in every line."""
    return told if len(told) <= _MOST_TOLD else [f"{told[0]} And so on: {len(told)} lines in all."]


def add_edit(file: Path, edit: Edit | Undo, when: datetime) -> Entry:
    """Write down one thing that was said; when this returns it is on the disk.

    It is one write at the file's end, so that what others say at the same time is kept, too; on Windows,
    where the system does not promise that, it was never tried.

    Parameters
    ----------
    file
        What it is about.
    edit
        What was said.
    when
        When it was said, with the offset from UTC.

    Raises
    ------
    InputError
        If nobody could read it again, or it cannot be written; what was said before stays.
    """
    path = edits_path(file)
    entry = Entry(uuid4().hex, when.isoformat(timespec="seconds"), edit)
    said = _readable(entry)
    try:
        with path.open("ab", buffering=0) as already:
            line = _ends_the_line_before(path) + said + b"\n"
            if already.write(line) != len(line):
                raise InputError(f"{path} has taken only a part; free some space and say it again")
            os.fsync(already.fileno())
    except OSError as error:
        why = f"{path} cannot be written ({error.strerror})"
        raise InputError(
            f"{why}; corrections stand beside the recording: make room or open its folder"
        ) from error
    return entry


def _readable(entry: Entry) -> bytes:
    """Write it as a line that can be read: a damaged one could not even be undone."""
    try:
        line = encode_entry(entry)
        decode_entry(line)
    except ValueError as error:
        raise InputError(f"this cannot be said: {error}") from error
    return line


def _ends_the_line_before(path: Path) -> bytes:
    """End a line that was cut, so that it spoils no other; an empty line says nothing."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        return b"" if file.read(1) in (b"", b"\n") else b"\n"
