"""The file around a report: one document that asks nobody for anything.

Its content security policy forbids every request; scripts run only by their hashes. Styles cannot have
hashes: plotly writes them into the page while it draws. plotly.js itself stands in the file, once, and
the figures as JSON that is no script.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from tracker.archive.export.report.markup import NOTHING, Markup, element, raw, together
from tracker.archive.header import this_software
from tracker.archive.plots.theme import TOUCH_SCRIPT


class Figures:
    """The figures of a document, in the order of their places in it."""

    def __init__(self) -> None:
        self._figures: list[str] = []

    def place(self, figure: go.Figure, words: str) -> Markup:
        """Take a figure in, and write its place.

        Parameters
        ----------
        figure
            From `tracker.plots`.
        words
            What it shows, for whoever does not see it; the tables hold its figures.
        """
        self._figures.append(str(figure.to_json()))
        height = figure.layout.height or DEFAULT_HEIGHT_PX
        drawn = element(
            "div",
            data_figure=str(len(self._figures) - 1),
            style=f"min-height:{height:.0f}px",
        )
        return element("figure", drawn, aria_label=words)

    def scripts(self) -> tuple[str, ...]:
        """Give the scripts that draw them; none without figures."""
        if not self._figures:
            return ()
        draws = (files(__package__) / "report.js").read_text("utf-8")
        return (get_plotlyjs(), draws, TOUCH_SCRIPT.read_text("utf-8"))

    def data(self) -> Markup:
        """Write them as JSON, and what whoever runs no scripts sees in their place."""
        if not self._figures:
            return NOTHING
        words = (
            "The figures are drawn by a script of this file, which does not run here; the tables are whole."
        )
        text = f"[{','.join(self._figures)}]".replace("<", "\\u003c")  # nothing in it can end the element
        json = raw("script", text, type="application/json", id="figures")
        return together(element("noscript", element("p", words)), json)


DEFAULT_HEIGHT_PX = 450
"""Of a figure that says none: plotly's own."""


def document(title: str, body: Sequence[str], figures: Figures) -> bytes:
    """Write the whole file.

    Parameters
    ----------
    title
        For the browser's tab, and the heading.
    body
        What stands below the heading.
    figures
        Those that were placed in the body.
    """
    scripts = figures.scripts()
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(scripts)),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="generator", content=this_software()),
        element("title", title),
        raw("style", (files(__package__) / "report.css").read_text("utf-8")),
    )
    told = (
        element("main", element("h1", title), *body),
        figures.data(),
        *(raw("script", one) for one in scripts),
    )
    page = element("html", head, element("body", *told), lang="en")
    return together(Markup("<!doctype html>\n"), page, "\n").encode("utf-8", "replace")


def _policy(scripts: Sequence[str]) -> str:
    """Forbid all but the file's own scripts and styles, and pictures that they make of the figures."""
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {hashes or QUOTED_NONE}",
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


QUOTED_NONE = "'none'"


def _hash(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()
