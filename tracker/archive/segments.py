"""The files of a session's segments: what they are called, which belong together, read as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from glob import escape
from pathlib import Path

from tracker.archive.header import Header
from tracker.archive.joining import Joining
from tracker.archive.recording import SUFFIX, Recording, read, read_header
from tracker.errors import InputError

_NAME = re.compile(rf"(?P<stem>.+?)(\.(?P<segment>[1-9]\d*))?{re.escape(SUFFIX)}(\.gz)?")


def segment_path(first: Path, segment: int) -> Path:
    """Name the file of a session's segment, given that of its first.

    Examples
    --------
    >>> segment_path(Path("monday.arrows"), 2).name
    'monday.2.arrows'
    """
    return first if segment == 1 else first.with_name(f"{first.name.removesuffix(SUFFIX)}.{segment}{SUFFIX}")


def first_path(segment: Path) -> Path:
    """Name the file of a session's first segment, given that of any."""
    match = _NAME.fullmatch(segment.name)
    return segment.with_name(f"{match['stem']}{SUFFIX}") if match else segment


def with_later_segments(recording: Recording, path: Path, among: Sequence[Path] | None = None) -> Recording:
    """Join a session's first segment with those that lie beside it; any other recording stays as it is.

    Parameters
    ----------
    recording
        What the file holds.
    path
        The file. Where the first segment is gone, the first that is there stands for it.
    among
        See `session_files`.

    Raises
    ------
    InputError
        If a later segment is damaged inside.
    """
    files = session_files(path, recording.header, among)
    is_whole = len(files) == 1 and not recording.header.first_row
    if is_whole or files[0] != path:
        return recording
    joining = Joining(recording)
    for file in files[1:]:
        joining.add(read(file))
    return joining.recording()


def session_files(path: Path, header: Header, among: Sequence[Path] | None = None) -> tuple[Path, ...]:
    """Find all segments of a session that lie beside one, itself included, in their order.

    Parameters
    ----------
    path
        The file of one.
    header
        Of the same.
    among
        Files that lie beside it and may be such segments; None: the folder is looked through.
    """
    own = _NAME.fullmatch(path.name)
    if own is None:
        return (path,)
    stem = own["stem"] if header.segment > 1 else _without_ending(path)
    found = {header.segment: path}
    for file in path.parent.glob(f"{escape(stem)}.*") if among is None else among:
        name = _NAME.fullmatch(file.name)
        if name and (name["stem"] == stem or _without_ending(file) == stem):
            segment = int(name["segment"] or 1) if name["stem"] == stem else 1
            if segment not in found and _is_of(header, segment, file):
                found[segment] = file
    return tuple(file for _, file in sorted(found.items()))


def first_files(files: Sequence[Path]) -> list[Path]:
    """Leave out the files that are read together with another one of them."""
    read_with_another = set()
    for file in files:
        with suppress(InputError):  # whoever reads it says so
            first, *later = session_files(file, read_header(file))
            if first == file:
                read_with_another |= {segment.resolve() for segment in later}
    return [file for file in files if file.resolve() not in read_with_another]


def _without_ending(file: Path) -> str:
    return file.name.removesuffix(".gz").removesuffix(SUFFIX)


def _is_of(header: Header, segment: int, file: Path) -> bool:
    try:
        other = read_header(file)
    except InputError:  # a crash between making a file and writing its header leaves no row
        return False
    return (other.session_id, other.segment) == (header.session_id, segment)
