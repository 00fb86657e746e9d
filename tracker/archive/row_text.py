"""Rows of the library as text, to be kept in its index, and back: lists without names, for speed.

Only the index reads what is written here, and only if the same code has written it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tracker.archive.listed import Later, SessionRow, SetRow, SideRow
from tracker.coaching.measures import Measured
from tracker.coaching.results import Gate
from tracker.sensing.marks import Side

_SIDES = {side.value: side for side in Side}
_GATES = {gate.value: gate for gate in Gate}
_NAMES: dict[str, str] = {}  # each measure's name once, however many rows have it


def as_texts(row: SessionRow) -> tuple[str, str, str]:
    """Write a row: the session (of its file only the name), its sets, and its sides, all in ASCII."""
    head = [row.name, row.file.name, row.started, row.software, row.tags, row.note, row.edits]
    sets = [
        [
            *(one.number, one.side, one.athlete, one.exercise, one.load_kg, one.started),
            *(one.attempts, one.reps, one.clean, one.gate, one.gate_reason),
        ]
        for one in row.sets
    ]
    sides = [
        [
            *(one.started, one.athlete, one.exercise, one.side, one.sets, one.attempts, one.reps),
            *(one.judged, one.clean, one.load_kg_max, one.volume_kg, one.gate),
            [[each.measure, each.value, each.error] for each in one.measures],
        ]
        for one in row.sides
    ]
    return _text([*head, row.warnings, row.trouble]), _text(sets), _text(sides)


def from_texts(folder: Path, head: str, sets: str, sides: str) -> SessionRow:
    """Read a row back; its file lies in `folder`, and sets and sides are read when they are looked at."""
    name, file, started, software, tags, note, edits, warnings, trouble = json.loads(head)
    return SessionRow(
        *(name, folder / file, started, software, tuple(tags), note, edits, tuple(warnings), trouble),
        sets=Later(lambda: tuple([_set(name, one) for one in json.loads(sets)])),
        sides=Later(lambda: tuple([_side(name, one) for one in json.loads(sides)])),
    )


def _text(said: list[Any]) -> str:
    return json.dumps(said, separators=(",", ":"))


def _set(session: str, said: Sequence[Any]) -> SetRow:
    number, side, athlete, exercise, load_kg, started, attempts, reps, clean, gate, reason = said
    return SetRow(
        *(session, number, _SIDES[side], athlete, exercise, load_kg, started, attempts, reps, clean),
        *(_GATES[gate], reason),
    )


def _side(session: str, said: Sequence[Any]) -> SideRow:
    started, athlete, exercise, side, *counts, gate, measures = said
    typical = tuple([Measured(_NAMES.setdefault(name, name), *figures) for name, *figures in measures])
    return SideRow(*(session, started, athlete, exercise, _SIDES[side], *counts, _GATES[gate], typical))
