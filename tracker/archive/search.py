"""What sessions are looked for by, and the same as SQL with parameters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from os import fsencode

from tracker.archive.letters import whole_letters
from tracker.archive.listed import SessionRow
from tracker.sensing.marks import Side


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; None leaves it open.

    Attributes
    ----------
    words
        Each of them stands in the session's name, note or tags, or is part of an athlete's name or a lift's;
        in any order and case.
    athlete, side, exercise
        The session has a set of all that.
    tag
        It has this tag.
    since, until
        It began then or later, and before that; one of which nobody knows when it began did neither.
    name
        It is called exactly so.
    """

    words: str = ""
    athlete: str | None = None
    side: Side | None = None
    tag: str | None = None
    exercise: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    name: str | None = None


EVERYTHING = Search()

Value = str | float | bytes


def searchable(said: str) -> str:
    """Write text so that what people call the same is the same: in any case, however it is encoded."""
    return storable(unicodedata.normalize("NFC", said).casefold())


def storable(said: str) -> str:
    """Write text as SQLite takes it: in one way of storing accents, and without halves of letters."""
    return whole_letters(unicodedata.normalize("NFC", said))


def words_of(row: SessionRow) -> str:
    """Write together what words are looked for in, a line for each."""
    of_sets = dict.fromkeys(text for one in row.sets for text in (one.athlete, one.exercise))
    return "\n".join(map(searchable, (row.name, *row.tags, row.note, *of_sets)))


def condition(search: Search) -> tuple[str, list[Value]]:
    """Write a search as a condition on the table of sessions, with its parameters."""
    parts = list(_parts(search))
    return " AND ".join(["1", *(sql for sql, _ in parts)]), [value for _, values in parts for value in values]


def _parts(search: Search) -> Iterator[tuple[str, list[Value]]]:
    if search.name is not None:
        yield "name = ?", [fsencode(search.name)]
    for word in searchable(search.words).split():
        yield "instr(words, ?) > 0", [word]
    of_set = {
        "athlete": None if search.athlete is None else searchable(search.athlete),
        "exercise": None if search.exercise is None else searchable(search.exercise),
        "side": None if search.side is None else search.side.value,
    }
    asked = {column: value for column, value in of_set.items() if value is not None}
    if asked:
        equal = " AND ".join(f"{column} = ?" for column in asked)
        yield f"name IN (SELECT session FROM done WHERE {equal})", list(asked.values())
    if search.tag is not None:
        yield "name IN (SELECT session FROM tags WHERE tag = ?)", [searchable(search.tag)]
    if search.since is not None:
        yield "began_s >= ?", [search.since.timestamp()]
    if search.until is not None:
        yield "began_s < ?", [search.until.timestamp()]
