"""What a person says of a session on its page: said, shown, undone."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from tracker.app.changes import change_words
from tracker.app.declaring import declared_of
from tracker.app.editing import Corrected
from tracker.app.meanings import Meaning
from tracker.app.options import HEAVIEST_KG
from tracker.app.pages.review.frame import Text, button, words_list
from tracker.app.pages.review.shelf import Opened, Shelf
from tracker.coaching.exercises import EXERCISES
from tracker.coaching.results import Set
from tracker.errors import TrackerError
from tracker.sensing.samples import Declared, Side

LOOKED_S = 3.0
"""So often a page looks whether something was said elsewhere: the file of corrections is read, no more."""

SAID_ELSEWHERE = "Something was said of this session elsewhere."


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
    """

    shown: Opened

    def __init__(self, shelf: Shelf, name: str, redraw: Callable[[], Awaitable[None]]) -> None:
        self._shelf = shelf
        self._name = name
        self._redraw = redraw
        self._told = ui.element("div").classes("told").props('role="status"')
        self._is_busy = False
        self._elsewhere = ""
        ui.timer(LOOKED_S, self._look)

    async def correct(self, mean: Callable[[], Meaning]) -> None:
        """Say something; `mean` makes it of what the page's fields hold."""

        def change() -> Awaitable[Corrected]:
            edit = mean()(self.shown.session)
            return self._shelf.correct(self._name, lambda _: edit)

        await self._change(change)

    async def undo(self, entry: str) -> None:
        """Take back a correction by the id of its entry."""
        await self._change(lambda: self._shelf.undo(self._name, entry))

    async def _change(self, change: Callable[[], Awaitable[Corrected]]) -> None:
        async def changed() -> None:
            corrected = await change()
            await self._redraw()
            self._show(corrected)

        await self._once(changed)

    async def _once(self, act: Callable[[], Awaitable[None]]) -> None:
        if self._is_busy:  # a double click says it once
            return
        self._is_busy = True
        try:
            await act()
        except TrackerError as error:
            self._say(str(error), failed=True)
        finally:
            self._is_busy = False

    async def _look(self) -> None:
        """Tell, once, that the page is not up to date: numbers that no longer hold must not just stand there.

        It is not drawn anew by itself, because somebody may be reading it or filling in its fields.
        """
        try:
            said = await self._shelf.said(self._name)
            words = "" if said.entries == self.shown.said.entries else SAID_ELSEWHERE
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
        self._elsewhere = ""
        self._told.props["data-failed"] = str(failed).lower()
        with self._told:
            Text("strong", words)

    def _show(self, corrected: Corrected) -> None:
        self._say(corrected.what)
        with self._told:
            words_list([*change_words(corrected.before, corrected.after), *corrected.notes])
            button("Undo", partial(self.undo, corrected.entry), name="undo this")
            button("Close", self._told.clear, name="close what was said")


class SetFields:
    """Fields for what a set, or all sets, were; what is left as it is is not said."""

    def __init__(self, what: str, one: Set | None = None) -> None:
        self._was = (one.load_kg, one.athlete) if one else (math.nan, "")
        load_kg, athlete = self._was
        self._load = ui.number(
            f"Load of {what}, kg",
            value=None if math.isnan(load_kg) else load_kg,
            min=0,
            max=HEAVIEST_KG,
            step=0.5,
        )
        self._athlete = ui.input(f"Athlete of {what}", value=athlete)
        names = {exercise.name: exercise.title for exercise in EXERCISES}
        self._exercise = ui.select(
            names, label=f"Lift of {what}", value=one.exercise if one else None, clearable=one is None
        )
        self._exercise_was = one.exercise if one else None
        for field in (self._load, self._athlete, self._exercise):
            field.props("outlined dense stack-label")

    def declared(self, side: Side | None = None) -> Declared:
        """Give what is said with them; InputError where it cannot be."""
        load_kg, athlete = self._load.value, (self._athlete.value or "").strip()
        exercise = self._exercise.value
        was_kg, was_athlete = self._was
        return declared_of(
            side=side.value if side else None,
            load_kg=None if load_kg is None or load_kg == was_kg else float(load_kg),
            athlete=athlete if athlete and athlete != was_athlete else None,
            exercise=exercise if exercise != self._exercise_was else None,
            tempo=None,
        )
