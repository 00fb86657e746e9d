"""What a person says of a session on its page: said, shown, undone."""

from __future__ import annotations

from asyncio import Lock
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from nicegui import ui
from nicegui.element import Element

from tracker.app.changes import change_words
from tracker.app.editing import Corrected
from tracker.app.meanings import Meaning
from tracker.app.pages.review.fields import Field
from tracker.app.pages.review.frame import Text, button, words_list
from tracker.app.pages.review.shelf import Opened, Shelf
from tracker.coaching.edits import undone
from tracker.errors import InputError, TrackerError

LOOKED_S = 3.0
"""So often a page looks whether its session's files are as they were; it reads none of them for that."""

NOTHING_STANDS = "nothing that was said on this page stands; the session's page lists all that was said"

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
    shown
        It, as the page shows it.
    redraw
        Shows it on the page as it is now.

    Attributes
    ----------
    shown
        The session as the page shows it. A set's or rep's number means the one that stands there, also
        when a correction from elsewhere has changed the numbers since.
    """

    def __init__(self, shelf: Shelf, name: str, shown: Opened, redraw: Callable[[], Awaitable[None]]) -> None:
        self.shown = shown
        self._shelf = shelf
        self._name = name
        self._redraw = redraw
        self._told = ui.element("div").classes("told").props('role="status"')
        self._said = ""
        self._turn = Lock()
        self._under_way: list[object] = []
        self._elsewhere = ""
        self._notice: Element | None = None
        self._made: list[str] = []
        self._undone: dict[str, str] = {}
        ui.on("undo_last", self._undo_last)
        ui.timer(LOOKED_S, self._look)

    async def correct(self, mean: Callable[[], Meaning], fields: Sequence[Field] = ()) -> None:
        """Say something; `mean` makes it of what the page shows, and of what is typed in some fields."""

        async def say() -> None:
            of, texts = self.shown, [field.text for field in fields]
            edit = mean()(of.session)

            async def change() -> Corrected:
                corrected = await self._shelf.correct(of, edit)
                self._made.append(corrected.entry)
                for field, text in zip(fields, texts, strict=True):
                    field.taken(text)
                return corrected

            await self._change(edit, change)

        await self._or_why(say)

    def saying(self, mean: Callable[[], Meaning]) -> Callable[[], Awaitable[None]]:
        """Give what a button does that says something."""
        return lambda: self.correct(mean)

    async def undo(self, entry: str) -> None:
        """Take back a correction by the id of its entry."""
        await self._or_why(lambda: self._take_back(entry))

    async def _take_back(self, entry: str) -> None:
        async def change() -> Corrected:
            corrected = await self._shelf.undo(self._name, entry)
            self._undone[corrected.entry] = entry
            self._made = [one for one in self._made if one != entry]
            if (again := self._undone.get(entry)) is not None:  # an undo was undone
                self._made.append(again)
            return corrected

        await self._change(entry, change)

    async def _undo_last(self) -> None:
        """Take back what was said last on this page and stands: once more, what was said before that."""

        async def take_back() -> None:
            entries = (await self._shelf.open(self._name)).said.entries
            stand = {entry.id for entry in entries} - undone(entries)  # some may have been undone elsewhere
            self._made = [one for one in self._made if one in stand]
            if not self._made:
                raise InputError(NOTHING_STANDS)
            await self._take_back(self._made[-1])

        await self._or_why(take_back)

    async def _change(self, what: object, change: Callable[[], Awaitable[Corrected]]) -> None:
        """Say one thing after the other; what was pressed twice in a row is said once."""
        if self._under_way and self._under_way[-1] == what:
            return
        self._under_way.append(what)
        try:
            async with self._turn:
                corrected = await change()
                self._show(corrected)  # seen at once; the figures take the browser a while
                with self._told:  # the button that was pressed may be gone, and with it its place on the page
                    await self._redraw()
        finally:
            self._under_way.remove(what)

    async def _or_why(self, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
        except TrackerError as error:
            self._say(str(error), failed=True)
            with self._told:
                self._close_button()
        self._focus_back()
        if not self._under_way:
            self._told.client.run_javascript("settled()")
        await self._look()

    async def _look(self) -> None:
        """Tell, once, that the page is not up to date: numbers that no longer hold must not just stand there.

        It is not drawn anew by itself, because somebody may be reading it or filling in its fields.
        """
        try:
            words = "" if await self._shelf.looks(self._name) == self.shown.looks else CHANGED
        except TrackerError as error:
            words = str(error)
        if self._turn.locked() or words == self._elsewhere:
            return
        if words == self._said:  # the refusal that stands there goes when it does not hold any more
            self._clear()
        if self._notice:
            self._notice.delete()
        self._elsewhere = words
        self._notice = self._tell_elsewhere(words) if words else None

    def _tell_elsewhere(self, words: str) -> Element:
        """Put it below what was said here, which can still be taken back."""

        async def renew() -> None:
            async with self._turn:
                with self._told:
                    await self._redraw()

        with self._told, ui.element("div") as notice:
            Text("strong", words).classes("trouble")
            button("Show the session as it is now", partial(self._or_why, renew))
            if not self._said:
                self._close_button()
        return notice

    def _say(self, words: str, *, failed: bool = False) -> None:
        self._clear()
        self._said, self._elsewhere = words, ""
        self._told.props["data-failed"] = str(failed).lower()
        with self._told:
            Text("strong", words)

    def _show(self, corrected: Corrected) -> None:
        self._say(corrected.what)
        with self._told:
            words_list([*change_words(corrected.before, corrected.after), *corrected.notes])
            undo = button("Undo", partial(self.undo, corrected.entry), name="undo this")
            undo.props["title"] = "Ctrl+Z takes back what was said on this page, from last to first"
            self._close_button()

    def _close_button(self) -> None:
        button("Close", self._close, name="close what was said").classes("close")

    def _close(self) -> None:
        self._clear()
        self._focus_back()

    def _clear(self) -> None:
        self._told.clear()
        self._said, self._notice = "", None

    def _focus_back(self) -> None:
        """Give the keyboard its place back: the button that was pressed may be drawn anew, or gone."""
        self._told.client.run_javascript("focusBack()")
