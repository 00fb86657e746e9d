"""What every review page is made of: a frame with the way back, headings, tables, links and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from plotly.graph_objects import Figure

from tracker.archive.letters import whole_letters
from tracker.archive.plots.theme import TOUCH_SCRIPT

_TOOLS = {"displaylogo": False, "responsive": True, "modeBarButtonsToRemove": ["select2d", "lasso2d"]}
"""Of a figure: zoom, pan, and a picture of it; nothing in it can be selected."""

PROSE = 28
"""Words of more letters than this are broken into lines; shorter ones stay on theirs."""

Cell: TypeAlias = "str | Callable[[], object]"
"""What stands in a cell of a table: words, or what draws something else there."""


class Text(TextElement):
    """Words in an element of HTML; whatever they are, they stay words.

    Parameters
    ----------
    tag
        The element.
    text
        The words.
    """

    def __init__(self, tag: str, text: str) -> None:
        super().__init__(tag=tag, text=whole_letters(text))


@contextmanager
def framed(title: str, *way: tuple[str, str]) -> Iterator[Callable[[str], None]]:
    """Frame a page; gives what puts another title in the place of this one.

    Parameters
    ----------
    title
        Its heading, and the browser's title.
    way
        Names and addresses of the pages above this one.
    """
    ui.page_title(f"{title} - tracker" if way else "tracker")
    ui.add_head_html('<link rel="stylesheet" href="/tracker/review.css">')
    ui.add_head_html('<script src="/tracker/review.js"></script>')
    ui.add_head_html(f"<script>{TOUCH_SCRIPT.read_text('utf-8')}</script>")
    with ui.element("header").classes("top"), ui.element("nav").props('aria-label="way back"'):
        for name, address in way:
            link(name, address)
            Text("span", "/").props('aria-hidden="true"')
        here = Text("span", title)
        here.props('aria-current="page"')
    with ui.element("div").classes("page"):  # NiceGUI's own frame is the main landmark
        heading = Text("h1", title)

        def retitled(to: str) -> None:
            ui.page_title(f"{to} - tracker")
            for words in (here, heading):
                words.text = to

        yield retitled


@contextmanager
def section(heading: str, kind: str = "") -> Iterator[Element]:
    """Put a part of a page under its heading."""
    with ui.element("section").classes(kind) as part:
        Text("h2", heading)
        yield part


def link(text: str, address: str) -> Text:
    """Write a link to another page."""
    words = Text("a", text)
    words.props["href"] = address
    return words


def button(text: str, act: Callable[[], object], *, name: str = "") -> ui.button:
    """Make a button; `name` says more to those who do not see where it stands."""
    made = ui.button(text, on_click=act, color=None).props("unelevated no-caps dense").classes("act")
    if name:
        made.props["aria-label"] = name
    return made


def table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, stacks: bool = False
) -> list[Element]:
    """Draw a table; the first cell of a row names it. A narrow screen scrolls it sideways.

    Parameters
    ----------
    caption
        What it holds, for those who do not see what stands above it.
    columns
        Their headings.
    rows
        As many cells each; of one that has fewer the last cell takes the room of those that are missing.
    stacks
        Whether a narrow screen shows its rows below each other, each cell with its heading, instead: where
        a row is acted on, its buttons must be in sight.

    Returns
    -------
    list of Element
        The rows.
    """
    wide = ui.element("div").classes("wide")
    wide.props.update({"tabindex": "0", "role": "region", "aria-label": caption})
    with wide, ui.element("table").classes("stacks" if stacks else ""):
        Text("caption", caption).classes("unseen")
        with ui.element("thead"), ui.element("tr"):
            for column in columns:
                Text("th", column).props('scope="col"')
        with ui.element("tbody"):
            return [_row(cells, columns) for cells in rows]


def _row(cells: Sequence[Cell], columns: Sequence[str]) -> Element:
    with ui.element("tr") as row:
        for place, cell in enumerate(cells):
            with ui.element("td") if place else ui.element("th").props('scope="row"') as box:
                if isinstance(cell, str):
                    box.props["data-heading"] = columns[place]
                if place == len(cells) - 1 and len(cells) < len(columns):
                    box.props["colspan"] = str(len(columns) - place)
                if not isinstance(cell, str):
                    cell()
                elif cell:
                    Text("span", cell).classes("prose" if len(cell) > PROSE else "")
    return row


class Drawing(ui.plotly):
    """A figure on a page. It takes other content without being made anew, and stays zoomed in then.

    Parameters
    ----------
    drawn
        The figure.
    says
        What it shows, for those who do not see it: its numbers stand in a table.
    """

    def __init__(self, drawn: Figure, says: str) -> None:
        super().__init__(_content(drawn))
        self._json = drawn.to_json()
        self.classes("figure").props.update({"role": "group", "aria-label": says})
        if drawn.layout.height:  # what stands below does not move when the browser draws it
            self.style(f"min-height: {drawn.layout.height:.0f}px")

    def show(self, drawn: Figure, says: str) -> None:
        """Show another figure in its place."""
        self.props["aria-label"] = says
        if (json := drawn.to_json()) != self._json:
            self._json = json
            self.update_figure(_content(drawn))


def _content(drawn: Figure) -> dict[str, Any]:
    return {**drawn.update_layout(uirevision="stays").to_plotly_json(), "config": _TOOLS}


def words_list(lines: Sequence[str], kind: str = "") -> None:
    """List sentences; nothing where there are none."""
    if lines:
        with ui.element("ul").classes(kind):
            for line in lines:
                Text("li", line)
