"""Numbers from text with a header line: the columns that are wanted, whatever separates them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from tracker.archive.imports.source import Source, decoded
from tracker.sensing.samples import Floats, Ints


@dataclass(frozen=True, slots=True)
class TextTable:
    """Rows of text below a header line.

    Attributes
    ----------
    source
        Named where something is wrong.
    names
        Of the columns.
    separator
        Between them, in the header as in the rows.
    rows
        All below the header.
    """

    source: Source
    names: tuple[str, ...]
    separator: str
    rows: bytes

    def require(self, wanted: Sequence[str], advice: str) -> None:
        """See to it that columns are there, once each.

        Raises
        ------
        InputError
            If one is not; `advice` says what is expected.
        """
        for name in wanted:
            if self.names.count(name) != 1:
                lack = "has the column {} twice" if name in self.names else "has no column {}"
                self.source.refuse(f"{lack.format(name)}; {advice}")

    def numbers(self, wanted: Sequence[str]) -> Floats:
        """Read columns as numbers, shape (n, len(wanted)); nan where a cell is empty or says NaN.

        Raises
        ------
        InputError
            If one holds something else, or the rows are no table.
        """
        table = self._read(dict.fromkeys(wanted, pa.float64()))
        return np.column_stack([_array(table.column(name), np.float64) for name in wanted])

    def integers(self, wanted: str) -> Ints:
        """Read a column of whole numbers to the last digit, shape (n,).

        Raises
        ------
        InputError
            If it holds something else.
        """
        column = self._read({wanted: pa.int64()}).column(wanted)
        if column.null_count:
            self.source.refuse(f"has an empty cell in {wanted}; export it again")
        whole: Ints = _array(column, np.int64)
        return whole

    def texts(self, wanted: str) -> list[str]:
        """Read a column as text, without spaces around it."""
        column = self._read({wanted: pa.binary()}).column(wanted)
        return [decoded(cell or b"").strip() for cell in column.to_pylist()]

    def _read(self, types: Mapping[str, pa.DataType]) -> pa.Table:
        first = self.rows.partition(b"\n")[0].rstrip(b"\r")
        if not first.strip():
            self.source.refuse("holds no samples; choose a file with at least one set in it")
        names = _padded(self.names, len(first.split(self.separator.encode())))
        read = csv.ReadOptions(column_names=names)
        parse = csv.ParseOptions(delimiter=self.separator)
        is_comma = self.separator != "," and b"," in first
        convert = csv.ConvertOptions(
            include_columns=list(types), column_types=dict(types), decimal_point="," if is_comma else "."
        )
        try:
            return csv.read_csv(BytesIO(self.rows), read, parse, convert)
        except (pa.ArrowException, OSError) as error:
            self.source.refuse(
                f"is cut or holds text for numbers ({str(error).splitlines()[0]}); export it again"
            )


def text_table(source: Source, content: bytes) -> TextTable:
    """Take a file for a table whose first line names the columns.

    What separates them is what stands after the first name: a tab, a semicolon or a comma.
    """
    line, _, rows = content.partition(b"\n")
    header = decoded(line.rstrip(b"\r"))
    separator = next((mark for mark in ("\t", ";") if mark in header), ",")
    names = tuple(name.strip().strip('"').strip() for name in header.split(separator))
    return TextTable(source, names, separator, rows)


def column_names(source: Source, name: str) -> tuple[str, ...]:
    """Read the names of a file's columns, and nothing else of it."""
    return text_table(source, source.head(name)).names


def _padded(names: Sequence[str], columns: int) -> list[str]:
    """Give columns without a name one of their own: rows may end with the separator, the header without."""
    kept = list(names[:columns])  # a header may end with it where rows do not
    return [name or f" {number}" for number, name in enumerate(kept + [""] * (columns - len(kept)))]


def _array(column: pa.ChunkedArray[Any], kind: type[np.generic]) -> np.ndarray[Any, Any]:
    whole = column.combine_chunks()
    if whole.null_count:
        return whole.to_numpy(zero_copy_only=False)  # nan where a cell is empty
    return np.asarray(np.from_dlpack(whole), kind)  # to_numpy would import pandas: 0.3 s
