"""A figure beside its bar, and tables of them as Markdown and for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

NOT_MEASURED = "-"


class Limit(Enum):
    """Which side of a bar is the good one."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True)
class Bar:
    """What a figure should reach."""

    limit: Limit
    value: float


@dataclass(frozen=True)
class Figure:
    """One number as it is printed: `decimals` places, then the unit; nan is not measured."""

    value: float
    decimals: int = 0
    unit: str = ""
    bar: Bar | None = None

    @property
    def reached(self) -> bool:
        """Whether the unrounded number is as good as its bar; what was not measured reaches none."""
        if self.bar is None:
            return True
        if self.bar.limit is Limit.AT_LEAST:
            return self.value >= self.bar.value
        return self.value <= self.bar.value

    def __str__(self) -> str:
        if math.isnan(self.value):
            return NOT_MEASURED
        rounded = round(self.value, self.decimals) + 0.0  # + 0.0: no "-0.00" for people
        return f"{rounded:.{self.decimals}f}{self.unit}"


@dataclass(frozen=True)
class Table:
    """Rows of text under a head; the first column names, the others are aligned to the right."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def at_least(value: float) -> Bar:
    """A bar that more is better than."""
    return Bar(Limit.AT_LEAST, value)


def at_most(value: float) -> Bar:
    """A bar that less is better than."""
    return Bar(Limit.AT_MOST, value)


def bars(figures: Sequence[Figure]) -> tuple[str, str]:
    """Say what the bars of some figures are, in their order, and whether all are reached.

    Examples
    --------
    >>> bars([Figure(30.0, unit=" ms", bar=at_most(25)), Figure(40.0, unit=" ms", bar=at_most(100))])
    ('at most 25 ms; at most 100 ms', 'NO: 30 ms')
    >>> bars([Figure(0.99, 2, bar=at_least(0.95))])
    ('at least 0.95', 'yes')
    >>> bars([Figure(7.0)])
    ('', '')
    """
    barred = [(figure, figure.bar) for figure in figures if figure.bar]
    said = "; ".join(f"{bar.limit.value} {bar.value:g}{figure.unit}" for figure, bar in barred)
    missed = [str(figure) for figure, _ in barred if not figure.reached]
    if not barred or not missed:
        return said, "yes" if barred else ""
    return said, "NO" if len(barred) == 1 else "NO: " + ", ".join(missed)


def with_bars(name: str, *figures: Figure) -> tuple[str, ...]:
    """Make a row: a name, its figures, their bars, and whether they are reached."""
    return (name, *map(str, figures), *bars(figures))


def as_markdown(table: Table, mark: str = "###") -> str:
    """Write a table under its title, which is marked as a heading."""
    ruler = ("---", *("---:" for _ in table.head[1:]))
    lines = ["| " + " | ".join(cells) + " |" for cells in (table.head, ruler, *table.rows)]
    return "\n\n".join(part for part in (f"{mark} {table.title}", table.note, "\n".join(lines)) if part)


def as_text(table: Table) -> str:
    """Lay a table out in columns."""
    lines = (table.head, *table.rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    title = f"== {table.title} ==" + (f"  {table.note}" if table.note else "")
    return "\n".join([title, *(_aligned(cells, widths) for cells in lines)])


def _aligned(cells: Iterable[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.rjust(width) if column else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join((first, *others)).rstrip()
