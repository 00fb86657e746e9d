"""A table as a list of columns: name, what a cell holds, where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import pandas as pd

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Kind:
    """What the cells of a column hold.

    Attributes
    ----------
    dtype
        Of the DataFrame's column.
    decimals
        A number is rounded to so many; None for what is no decimal number.
    """

    dtype: str
    decimals: int | None = None


TEXT = Kind("str")
COUNT = Kind("Int64")
"""A whole number, or none."""

# The only place that rounds: to a tenth or less of what the measurement is sure to.
S = Kind("float64", 3)
DEG = Kind("float64", 2)
CM = Kind("float64", 1)
DEG_S = Kind("float64", 1)
M_S = Kind("float64", 3)
KG = Kind("float64", 2)
PCT = Kind("float64", 1)
SHARE = Kind("float64", 3)
"""Of 1; also values of mixed units."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column.

    Attributes
    ----------
    name
        With its unit.
    kind
        What its cells hold.
    value
        The cell of a row; nan, None and "" stand for not measured.
    """

    name: str
    kind: Kind
    value: Callable[[Row], object]


def lay_out(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> pd.DataFrame:
    """Make a table; without rows it has its columns all the same."""
    return pd.DataFrame({column.name: _cells(column, rows) for column in columns})


def _cells(column: Column[Row], rows: Sequence[Row]) -> pd.Series:
    values = [column.value(row) for row in rows]
    if column.kind.decimals is None:
        return pd.Series(values, dtype=column.kind.dtype)
    numbers = np.array(values, np.float64)
    known = np.where(np.isfinite(numbers), numbers, np.nan)
    rounded = np.round(known, column.kind.decimals) + 0.0  # + 0.0: no "-0.0" for people
    return pd.Series(rounded, dtype=column.kind.dtype)
