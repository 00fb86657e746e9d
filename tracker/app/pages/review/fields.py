"""Fields of a page: what is typed in them, as what it means."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from nicegui import ui
from nicegui.elements.mixins.value_element import ValueElement

from tracker.app.declaring import declared_of
from tracker.coaching.exercises import EXERCISES
from tracker.coaching.results import Set
from tracker.errors import InputError
from tracker.sensing.samples import Declared, Side

FieldT = TypeVar("FieldT", bound=ValueElement[Any])

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
        raise InputError(f"{text:.20} is no number here; write one like 22.5")
    return float(text.replace(",", "."))


class Fields:
    """The fields of one page, by their labels.

    Whenever the page is drawn anew they are made anew; what was typed in one and not said yet stays in it.
    """

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, ValueElement[Any]]] = {}

    def line(self, label: str, shown: str = "") -> ui.input:
        """Make a field for some words or a number; `shown` is what holds now."""
        return self._styled(label, shown, ui.input(label, value=self._typed(label, shown)))

    def lines(self, label: str, shown: str = "") -> ui.textarea:
        """Make a field for a text."""
        made = ui.textarea(label, value=self._typed(label, shown)).props("autogrow")
        return self._styled(label, shown, made)

    def choice(self, label: str, shown: str, among: dict[str, str]) -> ui.select:
        """Make a field for one of some things; "" for nothing is chosen."""
        value = self._typed(label, shown) or None
        return self._styled(label, shown, ui.select(among, label=label, value=value, clearable=not shown))

    def said(self, fields: Sequence[ValueElement[Any]]) -> None:
        """Take what is typed in some of them as said: from now on they show what holds."""
        self._made = {label: made for label, made in self._made.items() if made[1] not in fields}

    def _typed(self, label: str, shown: str) -> str:
        if label not in self._made:
            return shown
        was, field = self._made[label]
        typed = field.value or ""
        return shown if typed == was else typed

    def _styled(self, label: str, shown: str, made: FieldT) -> FieldT:
        made.props("outlined dense stack-label")
        self._made[label] = shown, made
        return made


class SetFields:
    """Fields for what a set, or all sets, were; what is left as it is is not said.

    Parameters
    ----------
    fields
        Of the page.
    what
        They are about.
    one
        The set, whose fields show what holds; None for all sets, whose fields are empty.
    say
        Says it, when the button or Enter is pressed.

    Attributes
    ----------
    all
        The fields themselves.
    """

    def __init__(self, fields: Fields, what: str, one: Set | None, say: Callable[[], object]) -> None:
        load = "" if one is None or math.isnan(one.load_kg) else f"{one.load_kg:g}"
        athlete, exercise = (one.athlete, one.exercise) if one else ("", "")
        self._was = load, athlete, exercise
        lifts = {each.name: each.title for each in EXERCISES}
        self.all = (
            fields.line(f"Load of {what}, kg", load).props('inputmode="decimal"'),
            fields.line(f"Athlete of {what}", athlete),
            fields.choice(f"Lift of {what}", exercise, lifts),
        )
        for field in self.all[:2]:
            field.on("keydown.enter", say)

    def declared(self, side: Side | None = None) -> Declared:
        """Give what is said with them; InputError where it cannot be."""
        load, athlete, exercise = (
            None if now == was else now for now, was in zip(self._now(), self._was, strict=True)
        )
        if "" in (load, athlete):
            raise InputError("a load or a name cannot be said to be none; undo what gave it")
        return declared_of(
            side=side.value if side else None,
            load_kg=None if load is None else number_of(load),
            athlete=athlete,
            exercise=exercise or None,
            tempo=None,
        )

    def _now(self) -> tuple[str, ...]:
        return tuple((field.value or "").strip() for field in self.all)
