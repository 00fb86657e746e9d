"""One entry of a file of edits as one line of JSON, made from the dataclasses themselves.

Everything is checked when it is read: the file may have been cut, or changed by hand.
"""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from tracker.archive.letters import whole_letters
from tracker.coaching.edits import Edit, Entry, Noted, SessionSaid, SetSaid, Tagged, Undo
from tracker.coaching.exercises import by_name
from tracker.coaching.tempo import tempo_of
from tracker.errors import InputError
from tracker.sensing.marks import Declared

VERSION = 2
"""Of the entries; a reader leaves out one of a higher version, because it may mean other things."""

_SINCE: dict[type, int] = {Tagged: 2, Noted: 2}
"""The version that brought a kind of entry, where it is not the first: it is written as of that one, so that
older readers know that they don't know it, and still read the others."""

_VERSION, _ID, _WHEN, _KIND = "version", "id", "when", "edit"
_EDITS: dict[str, type[Edit | Undo]] = {kind.__name__: kind for kind in (*get_args(Edit), Undo)}


class NewerError(ValueError):
    """An entry of a newer version."""


def encode_entry(entry: Entry) -> bytes:
    """Write an entry; fields that say nothing are left out.

    Examples
    --------
    >>> from tracker.coaching.edits import Split
    >>> encode_entry(Entry("ab", "2026-01-31T18:05:00+01:00", Split(61.5)))
    b'{"version": 1, "id": "ab", "when": "2026-01-31T18:05:00+01:00", "edit": "Split", "at_s": 61.5}'
    """
    head = {
        _VERSION: _SINCE.get(type(entry.edit), 1),
        _ID: entry.id,
        _WHEN: entry.when,
        _KIND: type(entry.edit).__name__,
    }
    return json.dumps(head | _plain(entry.edit), allow_nan=False).encode()


def decode_entry(line: bytes) -> Entry:
    """Read an entry.

    Raises
    ------
    NewerError
        If it is of a newer version.
    ValueError
        If it is not whole, or says what no entry can say.
    """
    try:
        said = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError("no JSON") from error
    if not isinstance(said, dict) or type(said.get(_VERSION)) is not int:
        raise ValueError("no entry")
    if said.pop(_VERSION) > VERSION:
        raise NewerError
    name, when, kind = (_text(said.pop(key, None)) for key in (_ID, _WHEN, _KIND))
    datetime.fromisoformat(when)
    if kind not in _EDITS:
        raise ValueError(f"nobody can say {kind!r}")
    edit: Edit | Undo = _read(_EDITS[kind], said)
    if isinstance(edit, SetSaid | SessionSaid):
        _check(edit.said)
    return Entry(name, when, edit)


def _plain(body: Any) -> dict[str, Any]:  # noqa: ANN401
    values = {field.name: getattr(body, field.name) for field in fields(body)}
    return {
        name: _plain(value) if is_dataclass(value) else value
        for name, value in values.items()
        if value is not None
    }


def _read(kind: Any, said: Any) -> Any:  # noqa: ANN401
    """Make a dataclass of what was read; a field that is not there takes its default."""
    hints = get_type_hints(kind)
    if not isinstance(said, dict) or said.keys() - hints.keys():
        raise ValueError(f"{said!r} is no {kind.__name__}")
    try:
        return kind(**{name: _value(hints[name], plain) for name, plain in said.items()})
    except TypeError as error:
        raise ValueError(f"{said!r} is no whole {kind.__name__}") from error


def _value(hint: Any, plain: Any) -> Any:  # noqa: ANN401
    [kind] = [arg for arg in get_args(hint) if arg is not type(None)] if _may_be_none(hint) else [hint]
    if is_dataclass(kind):
        return _read(kind, plain)
    if get_origin(kind) is tuple and isinstance(plain, list):
        return tuple(_value(get_args(kind)[0], one) for one in plain)
    if kind is float and type(plain) in (int, float) and math.isfinite(plain):
        return float(plain)
    if kind is str and isinstance(plain, str):
        return whole_letters(plain)
    if type(plain) is kind and kind is not float:
        return plain
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    raise ValueError(f"{plain!r} is no {getattr(kind, '__name__', kind)}")


def _may_be_none(hint: Any) -> bool:  # noqa: ANN401
    return get_origin(hint) is UnionType


def _text(said: object) -> str:
    if not isinstance(said, str) or not said:
        raise ValueError(f"{said!r} is no text")
    return said


def _check(said: Declared) -> None:
    """Look up what is said by name."""
    try:
        if said.exercise is not None:
            by_name(said.exercise)
        if said.tempo is not None:
            tempo_of(said.tempo)
    except InputError as error:
        raise ValueError(str(error)) from error
    if said.load_kg is not None and said.load_kg < 0.0:
        raise ValueError(f"{said.load_kg:g} kg is no load")
