"""Marks as the JSON that a recording keeps, made from the dataclasses themselves.

A new mark needs nothing here: its fields are read off its class.
"""

from __future__ import annotations

import json
from dataclasses import fields
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from tracker.sensing.marks import MarkBody

_KIND = "mark"
_BODIES: dict[str, type[MarkBody]] = {body.__name__: body for body in get_args(MarkBody)}


def encode_mark(body: MarkBody) -> bytes:
    """Write a mark's body as JSON: its class under "mark", then its fields; bytes as hex.

    Examples
    --------
    >>> from tracker.sensing.marks import Battery
    >>> encode_mark(Battery(80))
    b'{"mark": "Battery", "percent": 80}'
    """
    said = {_KIND: type(body).__name__}
    said |= {field.name: _plain(getattr(body, field.name)) for field in fields(body)}
    return json.dumps(said).encode()


def decode_mark(payload: bytes) -> MarkBody:
    """Read a mark's body; a field that is not there takes its default.

    Raises
    ------
    ValueError
        If the bytes are not JSON, or name a mark or a field that this version does not have.
    """
    said = json.loads(payload)
    try:
        body = _BODIES[said.pop(_KIND)]
        hints = get_type_hints(body)
        return body(**{name: _value(hints[name], plain) for name, plain in said.items()})
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"no mark of this version: {payload[:80]!r}") from error


def _plain(value: Any) -> Any:  # noqa: ANN401
    return value.hex() if isinstance(value, bytes) else value


def _value(hint: Any, plain: Any) -> Any:  # noqa: ANN401
    if plain is None:
        return None
    if get_origin(hint) is tuple:
        return tuple(plain)
    for kind in get_args(hint) or (hint,):
        if kind is bytes:
            return bytes.fromhex(plain)
        if issubclass(kind, Enum):
            return kind(plain)
    return plain
