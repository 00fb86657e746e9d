"""A table of the archive as an HTML table: chosen columns, rounded for reading."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tracker.archive.export.report.columns import Shown
from tracker.archive.export.report.markup import Markup, element


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
    whole = element(
        "table", element("caption", caption), element("thead", head), element("tbody", *rows)
    )
    return element("div", whole, class_="scroll", role="region", aria_label=caption, tabindex="0")


def _row(row: dict[str, object], columns: Sequence[Shown]) -> Markup:
    is_inside = row.get("beyond_noise") == "no"
    cells = (_cell(row[column.name], column.decimals) for column in columns)
    return element("tr", *cells, **({"class_": "inside"} if is_inside else {}))


def _cell(value: object, decimals: int) -> Markup:
    if isinstance(value, str):
        return element("td", value.replace("_", " ") if value == "back_off" else value)
    return element("td", number(value, decimals), class_="number")


def number(value: object, decimals: int) -> str:
    """Write a number; "" where there is none.

    Examples
    --------
    >>> number(1.25, 1), number(12, 0), number(float("nan"), 1), number(-0.01, 1)
    ('1.2', '12', '', '0.0')
    """
    if value is pd.NA or value is None or value != value:
        return ""
    return f"{round(float(str(value)), decimals) + 0.0:.{decimals}f}"
