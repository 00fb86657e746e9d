"""A report as a reader of HTML sees it: its tables, its text, its elements."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Table:
    """Caption, and rows of cells; of the cells in the head or at the side also the columns they name."""

    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    is_across: bool = False

    def records(self) -> list[dict[str, str]]:
        """Rows as they stand in the archive's table: one of sides stands across."""
        if not self.is_across:
            return [dict(zip(self.columns, row, strict=True)) for row in self.rows[1:]]
        _, *names = self.rows[0]
        cells = [dict(zip(self.columns, column, strict=True)) for column in zip(*self._body(), strict=True)]
        return [{"side": name, **cell} for name, cell in zip(names, cells, strict=True)]

    def _body(self):
        return [row[1:] for row in self.rows[1:]]


class Report(HTMLParser):
    """Reads a report.

    Attributes
    ----------
    tables, elements, attributes, text
        Its tables in order, the names of all elements, all attributes, and what is shown.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self._into: list[str] = []
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs
        self._into.append(tag)
        said = dict(attrs)
        if tag == "table":
            self.tables.append(Table(is_across=said.get("class") == "across"))
        if tag == "tr":
            self.tables[-1].rows.append([])
        if tag in ("td", "th"):
            self.tables[-1].rows[-1].append("")
        if "data-column" in said:
            self.tables[-1].columns.append(said["data-column"])

    def handle_endtag(self, tag):
        while self._into and self._into.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"script", "style", "title"} & set(self._into):
            self.text += data
        if self._into[-1:] == ["caption"]:
            self.tables[-1].caption += data
        if self._into[-1:] in (["td"], ["th"]):
            self.tables[-1].rows[-1][-1] += data

    def table(self, caption: str) -> Table:
        """The one table of that caption."""
        [table] = [table for table in self.tables if table.caption == caption]
        return table
