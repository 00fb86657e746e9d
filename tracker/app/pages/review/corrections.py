"""What a person says of a session on its page: said, shown, undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.value_element import ValueElement

from tracker.app.changes import change_words
from tracker.app.editing import Corrected
from tracker.app.meanings import Meaning
from tracker.app.pages.review.fields import Fields
from tracker.app.pages.review.frame import Text, button, words_list
from tracker.app.pages.review.shelf import Opened, Shelf
from tracker.errors import TrackerError

LOOKED_S = 3.0
"""So often a page looks whether its session's files are as they were; it reads none of them for that."""

CHANGED = "This session has changed elsewhere: something was said of it, or its recording is another one."


class Corrections:
    """Corrections of one session, made on one page.

    What was said last, what it changes and the way to take it back stand in one place of the page, which
    screen readers read out when it changes.

    Parameters
    ----------
    shelf
        Where the session is.
    name
        Of the session.
    redraw
        Draws the page as the session is now.

    Attributes
    ----------
    shown
        The session as the page shows it. A set's or rep's number means the one that stands there, also
        when a correction from elsewhere has changed the numbers since.
    fields
        Of the page.
    """

    shown: Opened

    def __init__(self, shelf: Shelf, name: str, redraw: Callable[[], Awaitable[None]]) -> None:
        self._shelf = shelf
        self._name = name
        self._redraw = redraw
        self._told = ui.element("div").classes("told").props('role="status"')
        self.fields = Fields()
        self._is_busy = False
        self._elsewhere = ""
        ui.timer(LOOKED_S, self._look)

    async def correct(self, mean: Callable[[], Meaning], fields: Sequence[ValueElement[Any]] = ()) -> None:
        """Say something; `mean` makes it of what is typed in some fields of the page."""

        def change() -> Awaitable[Corrected]:
            edit = mean()(self.shown.session)
            return self._shelf.correct(self._name, lambda _: edit)

        await self._change(change, fields)

    async def undo(self, entry: str) -> None:
        """Take back a correction by the id of its entry."""
        await self._change(lambda: self._shelf.undo(self._name, entry))

    async def _change(
        self, change: Callable[[], Awaitable[Corrected]], fields: Sequence[ValueElement[Any]] = ()
    ) -> None:
        async def changed() -> None:
            corrected = await change()
            self.fields.said(fields)
            self._show(corrected)  # seen at once; the figures take the browser a second
            await self._redraw()
            with self._told:
                button("Undo", partial(self.undo, corrected.entry), name="undo this")
                self._close_button()

        await self._once(changed)

    async def _once(self, act: Callable[[], Awaitable[None]]) -> None:
        if self._is_busy:  # a double click says it once
            return
        self._is_busy = True
        try:
            await act()
        except TrackerError as error:
            self._say(str(error), failed=True)
            with self._told:
                self._close_button()
        finally:
            self._is_busy = False
        self._focus_back()
        await self._look()

    async def _look(self) -> None:
        """Tell, once, that the page is not up to date: numbers that no longer hold must not just stand there.

        It is not drawn anew by itself, because somebody may be reading it or filling in its fields.
        """
        try:
            words = "" if await self._shelf.looks(self._name) == self.shown.looks else CHANGED
        except TrackerError as error:
            words = str(error)
        if self._is_busy or words == self._elsewhere:
            return
        self._elsewhere = words
        if words:
            self._tell_elsewhere(words)

    def _tell_elsewhere(self, words: str) -> None:
        """Put it below what was said here, which can still be taken back."""

        async def renew() -> None:
            await self._redraw()
            notice.delete()
            self._elsewhere = ""

        with self._told, ui.element("div") as notice:
            Text("strong", words).classes("trouble")
            button("Show the session as it is now", partial(self._once, renew))

    def _say(self, words: str, *, failed: bool = False) -> None:
        self._told.clear()
        self._elsewhere = words  # what is said already is not told again
        self._told.props["data-failed"] = str(failed).lower()
        with self._told:
            Text("strong", words)

    def _show(self, corrected: Corrected) -> None:
        self._say(corrected.what)
        with self._told:
            words_list([*change_words(corrected.before, corrected.after), *corrected.notes])

    def _close_button(self) -> None:
        button("Close", self._close, name="close what was said").classes("close")

    def _close(self) -> None:
        self._told.clear()
        self._focus_back()

    def _focus_back(self) -> None:
        """Give the keyboard its place back: the button that was pressed is drawn anew, or gone."""
        self._told.client.run_javascript("focusBack()")
