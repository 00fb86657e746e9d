"""A table of the archive as an HTML table: chosen columns, rounded for reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pandas as pd

from tracker.archive.export.report.columns import Shown
from tracker.archive.export.report.markup import Markup, element
from tracker.archive.trends import titled
from tracker.coaching.balance import WHOLE_PCT, noise_words
from tracker.coaching.progression import gate_words
from tracker.coaching.results import Gate


def tabled(table: pd.DataFrame, columns: Sequence[Shown], caption: str) -> Markup:
    """Write a table.

    Parameters
    ----------
    table
        One of `tracker.archive.tables`.
    columns
        Which of its columns, and how. Each cell of the head says the column's name, as ``data-column``.
    caption
        Above it.
    """
    head = element("tr", *(element("th", one.head, scope="col", data_column=one.name) for one in columns))
    rows = [_row(row, columns) for row in table.to_dict("records")]
    return _scrolled(caption, element("thead", head), element("tbody", *rows))


def side_by_side(sides: pd.DataFrame, columns: Sequence[Shown], caption: str) -> Markup:
    """Write a table with a column for each of its rows: few rows of many columns stand better so.

    Parameters
    ----------
    sides, columns, caption
        As for `tabled`; the first column names the rows, and here the columns.
    """
    first, *others = columns
    rows = sides.to_dict("records")
    heads = (element("th", str(row[first.name]), scope="col") for row in rows)
    head = element("tr", element("th", first.head, scope="col"), *heads)
    body = (
        element(
            "tr",
            element("th", one.head, scope="row", data_column=one.name),
            *(_cell(row[one.name], one) for row in rows),
        )
        for one in others
    )
    return _scrolled(caption, element("thead", head), element("tbody", *body), class_="across")


def number(value: Any, column: Shown) -> str:  # noqa: ANN401
    """Write a number; "" where there is none.

    Examples
    --------
    >>> angle, load = Shown("a", "", "", 1), Shown("b", "", "", 2, is_load=True)
    >>> number(1.26, angle), number(float("nan"), angle), number(-0.01, angle), number(22.5, load)
    ('1.3', '', '0.0', '22.5')
    """
    if pd.isna(value):
        return ""
    told = f"{round(float(value), column.decimals) + 0.0:.{column.decimals}f}"  # + 0.0: no "-0.0" for people
    return told.rstrip("0").rstrip(".") if column.is_load and "." in told else told


def _scrolled(caption: str, *parts: Markup, **attributes: str) -> Markup:
    """Let what is too wide for a phone be scrolled there, with the keyboard as well."""
    whole = element("table", element("caption", caption), *parts, **attributes)
    return element("div", whole, class_="scroll", role="region", aria_label=caption, tabindex="0")


def _row(row: dict[Any, Any], columns: Sequence[Shown]) -> Markup:
    is_inside = row.get("beyond_noise") == "no"
    cells = (_cell(row[column.name], column) for column in columns)
    return element("tr", *cells, **({"class_": "inside"} if is_inside else {}))


def _cell(value: Any, column: Shown) -> Markup:  # noqa: ANN401
    if not isinstance(value, str):
        told = noise_words(value) if _hides_all(value, column) else number(value, column)
        return element("td", told, class_="number")
    words = _WORDS[column.name](value) if column.name in _WORDS else value
    return element("td", words, **({"class_": "words"} if len(words) > LONG else {}))


def _hides_all(value: Any, column: Shown) -> bool:  # noqa: ANN401
    """Whether it is a noise band so wide that its number tells nothing."""
    return column.name == "noise_pct" and value > WHOLE_PCT


_WORDS: Final[dict[str, Callable[[str], str]]] = {
    "measure": titled,
    "gate": lambda gate: gate_words(Gate(gate)),
}
"""Columns whose text people read otherwise than a program does."""

LONG = 12
"""Text of more letters needs room, or it stands in a column of single words."""
