"""Parts of a review page: each takes what it shows of a session, and stays where it is on the page.

What is typed, where the keyboard is and how far somebody zoomed in live in the elements of the browser. So a
correction makes no element anew whose content it leaves as it was, and none that somebody works in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from nicegui import ui
from plotly.graph_objects import Figure

from tracker.app.pages.review.frame import Drawing

ShownT = TypeVar("ShownT")
PieceT = TypeVar("PieceT")

Work: TypeAlias = Callable[[Callable[[], Figure]], Awaitable[Figure]]
"""Does something beside the page's loop."""


class Parts(Generic[ShownT]):
    """The parts of one page, in the order in which they were put there.

    Parameters
    ----------
    shown
        What they show at first.
    work
        Makes the figures, which take a tenth of a second each: the rest of the page is seen meanwhile.

    Attributes
    ----------
    shown
        What they show.
    """

    def __init__(self, shown: ShownT, work: Work) -> None:
        self.shown = shown
        self._work = work
        self._quick: list[Callable[[ShownT], object]] = []
        self._figures: list[_Place[ShownT]] = []

    def kept(self, show: Callable[[ShownT], object]) -> None:
        """Add a part whose elements stay; `show` gives them what they show."""
        show(self.shown)
        self._quick.append(show)

    def drawn(self, of: Callable[[ShownT], PieceT], draw: Callable[[PieceT], object]) -> None:
        """Add a part that is drawn anew when its piece of what is shown is another one.

        `draw` sees nothing but that piece, so the same piece makes the same part.
        """
        place = ui.element("div")
        before = ""

        def show(shown: ShownT) -> None:
            nonlocal before
            piece = of(shown)
            if (now := repr(piece)) == before:  # as text, in which NaN is equal to NaN
                return
            before = now
            place.clear()
            with place:
                draw(piece)

        self.kept(show)

    def figure(
        self, make: Callable[[ShownT], Figure], says: Callable[[ShownT], str], *, height_px: int
    ) -> None:
        """Add a figure.

        Parameters
        ----------
        make
            Makes it.
        says
            What it shows, for those who do not see it.
        height_px
            How high it is, about: what stands below it does not move when it comes.
        """
        self._figures.append(_Place(make, says, height_px))

    async def show(self, shown: ShownT) -> None:
        """Show something else: first what is quick, then the figures."""
        self.shown = shown
        for show in self._quick:
            show(shown)
        await self.show_figures()

    async def show_figures(self) -> None:
        """Show one figure after the other; no more of them when something else is to be shown meanwhile."""
        shown = self.shown
        for place in self._figures:
            drawn = await self._work(partial(place.make, shown))
            if shown is not self.shown:
                return
            place.show(drawn, shown)


class _Place(Generic[ShownT]):
    """Where a figure is, from when it is made."""

    def __init__(
        self, make: Callable[[ShownT], Figure], says: Callable[[ShownT], str], height_px: int
    ) -> None:
        self.make = make
        self._says = says
        self._element = ui.element("div").classes("place").style(f"--height: {height_px}px")
        self._drawing: Drawing | None = None

    def show(self, drawn: Figure, shown: ShownT) -> None:
        if self._drawing:
            self._drawing.show(drawn, self._says(shown))
            return
        with self._element:
            self._drawing = Drawing(drawn, self._says(shown))
