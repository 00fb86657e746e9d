"""Fields of a page: what is typed in them, as what it means."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.value_element import ValueElement

from tracker.app.declaring import declared_of
from tracker.coaching.exercises import EXERCISES
from tracker.coaching.results import Set
from tracker.errors import InputError
from tracker.sensing.marks import Declared

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_OF_THOUSANDS = re.compile(r"\d+,\d{3}")


def number_of(typed: str) -> float | None:
    """Read a number, with a point or a comma before its decimals; None for nothing.

    Raises
    ------
    InputError
        If it is none from zero up, or its comma may be one of thousands.

    Examples
    --------
    >>> number_of("22,5"), number_of("22.5"), number_of(" ")
    (22.5, 22.5, None)
    """
    text = typed.strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or _OF_THOUSANDS.fullmatch(text):
        raise InputError(f"{text:.20} is no number here; write one from 0 up, like 22.5")
    return float(text.replace(",", "."))


class Field:
    """A field of a page. It shows what holds, until somebody types in it; then it shows what is typed.

    It is the same element for as long as the page is open. Were it made anew while somebody types, letters
    that are on their way to it would be lost, and half of a number be said.

    Parameters
    ----------
    element
        Takes the text, and shows what holds.
    say
        Says what is typed, when Enter is pressed.
    """

    def __init__(self, element: ValueElement[Any], say: Callable[[], object] | None = None) -> None:
        self._element = element.props("outlined dense stack-label")
        self._empty = None if isinstance(element, ui.select) else ""
        self._holds = self._shown = self.text
        if say:
            element.on("keydown.enter", say)

    @property
    def text(self) -> str:
        """What is in it."""
        return str(self._element.value or "")

    @property
    def shown(self) -> str:
        """What held when somebody began to type in it: later words from elsewhere were not seen in it."""
        return self._shown

    @property
    def said(self) -> str | None:
        """What is typed, without spaces around it; None where that holds anyway."""
        text = self.text.strip()
        return None if text == self._holds.strip() else text

    def show(self, holds: str) -> None:
        """Take what holds now."""
        if self.text == self._holds:
            self._element.value = holds or self._empty
        self._holds = holds
        if self.text == holds:
            self._shown = holds

    def taken(self, text: str) -> None:
        """Know that a text of it was said: what holds is shown next, unless more was typed meanwhile."""
        self._holds = text


def line(label: str, say: Callable[[], object], holds: str = "") -> Field:
    """Make a field for some words."""
    return Field(ui.input(label, value=holds), say)


def number(label: str, say: Callable[[], object], holds: str = "") -> Field:
    """Make a field for a number: a text that we read, because the browser's own would drop a comma."""
    return Field(ui.input(label, value=holds).props('inputmode="decimal"'), say)


def lines(label: str, holds: str) -> Field:
    """Make a field for a text, in which Enter begins a line."""
    return Field(ui.textarea(label, value=holds).props("autogrow"))


def choice(label: str, among: Mapping[str, str], holds: str = "") -> Field:
    """Make a field for one of some things, or none."""
    return Field(ui.select(dict(among), label=label, value=holds or None, clearable=True))


class SetFields:
    """Fields for what a set, or all sets, were; what is left as it is is not said.

    Parameters
    ----------
    what
        They are about.
    say
        Says it, when Enter is pressed.
    one
        The set, whose fields show what holds; None for all sets, whose fields are empty.

    Attributes
    ----------
    all
        The fields themselves.
    """

    def __init__(self, what: str, say: Callable[[], object], one: Set | None = None) -> None:
        load, athlete, exercise = _held(one) if one else ("", "", "")
        self.all = (
            number(f"Load of {what}, kg", say, load),
            line(f"Athlete of {what}", say, athlete),
            choice(f"Lift of {what}", {each.name: each.title for each in EXERCISES}, exercise),
        )

    def show(self, one: Set) -> None:
        """Show what holds for a set now."""
        for field, holds in zip(self.all, _held(one), strict=True):
            field.show(holds)

    def empty(self) -> None:
        """Show nothing where something was said: what is typed once more is said once more."""
        for field in self.all:
            field.show("")

    def declared(self) -> Declared:
        """Give what is said with them; InputError where it cannot be."""
        load, athlete, exercise = said = [field.said for field in self.all]
        if "" in said:
            raise InputError("a load, a name or a lift cannot be said to be none; undo what gave it")
        return declared_of(
            side=None,
            load_kg=None if load is None else number_of(load),
            athlete=athlete,
            exercise=exercise,
            tempo=None,
        )


def _held(one: Set) -> tuple[str, str, str]:
    """Write load, athlete and lift of a set, "" for what is not known."""
    return "" if math.isnan(one.load_kg) else f"{one.load_kg:g}", one.athlete, one.exercise
