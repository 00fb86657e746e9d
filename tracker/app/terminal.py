"""All that is printed: the live panel, plain lines in a pipe, tables, progress, questions.

On a terminal a session is a panel that is drawn over and over. In a pipe or a file it is one plain
line for each event, without control characters.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import TracebackType
from typing import Protocol, Self, TextIO, TypeVar

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live
from rich.progress import Progress, track
from rich.table import Table
from rich.text import Text

from tracker.app.console import STATE_CELLS, console_for, print_line
from tracker.app.finding import Finding
from tracker.app.now import Now
from tracker.app.screen import Item
from tracker.app.views import LivePanel, PlainLines
from tracker.app.wording import session_cells, tilt_words
from tracker.coaching.results import Session
from tracker.coaching.summary import nothing_found
from tracker.errors import InputError
from tracker.path import Step

REFRESH_S = 0.1
"""Time between two drawings of the panel, s: smooth to the eye, and little work for a small board."""

T = TypeVar("T")


class View(Protocol):
    """Whoever is shown a session while it runs."""

    def step(self, item: Item | None, step: Step) -> None:
        """Take in one item and what the path made of it; None when the path has its last word."""

    def refresh(self, link: str) -> None:
        """Draw what is to be seen now; `link` is its state in words, behind "; " what is not recorded."""


class Onlooker(Protocol):
    """Whoever looks on beside the guide, who says what is known; otherwise as `View`."""

    def step(self, item: Item | None, step: Step, now: Now) -> None:
        """Take in one item, what the path made of it, and what is known by then."""

    def refresh(self, link: str) -> None:
        """Draw what is to be seen now."""


class Terminal:
    """Where people read: a pair of text streams, each a terminal or a pipe.

    Parameters
    ----------
    out
        For results; in a pipe somebody's program reads it.
    err
        For errors and progress.
    """

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out = console_for(out or sys.stdout)
        self._err = console_for(err or sys.stderr)

    def say(self, line: str) -> None:
        """Print one plain line; a terminal breaks it between words."""
        print_line(self._out, line)

    def data(self, text: str) -> None:
        """Print what a program reads, as it is."""
        self._out.print(text, soft_wrap=True)

    def complain(self, line: str) -> None:
        """Print one line where errors go."""
        print_line(self._err, f"tracker: {line}")

    def picture(self, draw: Callable[..., str], style: str) -> None:
        """Print what is drawn in characters, in "#" where the terminal is ASCII only; nothing in a pipe."""
        if self._out.is_terminal:
            drawn = draw(ascii_only=self._out.options.ascii_only)
            self._out.print(Text(drawn, style=style, no_wrap=True), overflow="crop", crop=True)

    def ask(self, question: str) -> str:
        """Ask, and wait for a line; where nobody is at the keyboard a line that waits is taken.

        Raises
        ------
        InputError
            If nobody can answer.
        """
        nobody = "this needs an answer from the keyboard; run it in a terminal"
        if not sys.stdin.isatty():
            if not (answer := sys.stdin.readline()):
                raise InputError(nobody)
            self.say(question.rstrip())
            return answer.strip()
        try:
            return self._out.input(question, markup=False).strip()
        except EOFError as error:
            raise InputError(nobody) from error

    def tracked(self, items: Sequence[T], doing: str) -> Iterable[T]:
        """Go through items with a progress bar; without one in a pipe, or when there is one item."""
        silent = not self._err.is_terminal or len(items) < 2
        return track(items, doing, console=self._err, transient=True, disable=silent)

    @contextmanager
    def progress(self, doing: str) -> Iterator[Callable[[int, int], None]]:
        """Open a progress bar that is told how many are done, of how many; none in a pipe, or for one."""
        with Progress(console=self._err, transient=True, disable=not self._err.is_terminal) as bar:
            task = bar.add_task(doing, visible=False)
            yield lambda done, total: bar.update(task, completed=done, total=total, visible=total > 1)

    def busy(self, doing: str) -> AbstractContextManager[object]:
        """Show that something is going on; one plain line in a pipe."""
        if self._err.is_terminal:
            return self._err.status(doing)
        self._err.print(doing, soft_wrap=True)
        return nullcontext()

    def session(self, session: Session) -> None:
        """Print a session's sets as a table, and what a reader of the numbers must know."""
        table = Table("set", "side", "load", "reps", "clean", "attempts", "range", "alerts", "next load")
        for row in session_cells(session):
            table.add_row(*row)
        if session.sets:
            self._out.print(table)
        else:
            self.say(nothing_found(session))
        if tilt := tilt_words(session):
            self.say(tilt)
        for done in session.sets:
            self.say(f"set {done.number}, next load: {done.gate.reason}")
        if session.edits:
            self.say(f"corrections: {session.edits} (tracker edit list); without them: --as-recorded")
        for warning in session.warnings:
            self.say(f"note: {warning}")

    def listing(self, *columns: str, rows: Iterable[Sequence[str]]) -> None:
        """Print a plain table."""
        self._out.print(_table(columns, rows))

    def finding(self, finding: Finding) -> None:
        """Print what was looked at, how it stands, and below it what to do."""
        print_line(
            self._out, f"{finding.state:>{STATE_CELLS}}  {finding.topic}: {finding.said}", finding.state
        )
        if finding.advice:
            self.say(f"       -> {finding.advice}")

    def lines(self) -> AbstractContextManager[Lines]:
        """Open lines that stay, with something below them that changes; in a pipe only the former."""
        if self._out.is_terminal and not self._out.is_dumb_terminal:
            return LiveLines(self._out)
        return nullcontext(QuietLines(self))

    def live(self) -> AbstractContextManager[Onlooker]:
        """Open the live panel; plain lines where the output is no terminal that can redraw."""
        if self._out.is_terminal and not self._out.is_dumb_terminal:
            return LivePanel(self._out)
        return nullcontext(PlainLines(self.say))


class Together:
    """Several who look on, one after the other.

    One that fails is left out, and the others go on: a terminal that is gone costs no page. The first
    failure is raised when all is over.
    """

    def __init__(self, *onlookers: Onlooker) -> None:
        self._onlookers = list(onlookers)
        self._failure: Exception | None = None
        self._is_over = False

    def step(self, item: Item | None, step: Step, now: Now) -> None:
        """Hand one item on."""
        self._is_over = item is None
        self._each(lambda onlooker: onlooker.step(item, step, now))

    def refresh(self, link: str) -> None:
        """Have everything drawn."""
        self._each(lambda onlooker: onlooker.refresh(link))

    def _each(self, tell: Callable[[Onlooker], None]) -> None:
        for onlooker in tuple(self._onlookers):
            try:
                tell(onlooker)
            except Exception as error:  # noqa: BLE001 (raised at the end)
                self._onlookers.remove(onlooker)
                self._failure = self._failure or error
        if self._is_over and self._failure:
            raise self._failure


class Lines(Protocol):
    """Lines that stay, and something below them that is drawn anew."""

    def say(self, line: str) -> None:
        """Print a line that stays."""

    def note(self, line: str) -> None:
        """Print a line where nothing is shown: elsewhere it is to be seen."""

    def show(self, now: str) -> None:
        """Show what holds now, in the place of what was shown before."""

    def show_listing(self, *columns: str, rows: Iterable[Sequence[str]], below: str) -> None:
        """Show a table and a line below it, in the place of what was shown before."""


class LiveLines:
    """On a terminal; what was shown last is gone at the end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(
            console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def say(self, line: str) -> None:
        """Print a line that stays."""
        print_line(self._console, line)

    def note(self, line: str) -> None:
        """Print nothing."""

    def show(self, now: str) -> None:
        """Show what holds now, in the place of what was shown before."""
        self._live.update(Text(now), refresh=True)

    def show_listing(self, *columns: str, rows: Iterable[Sequence[str]], below: str) -> None:
        """Show a table and a line below it, in the place of what was shown before."""
        self._live.update(Group(_table(columns, rows), Text(below)), refresh=True)


class QuietLines:
    """In a pipe: lines that stay, nothing else."""

    def __init__(self, terminal: Terminal) -> None:
        self.say = self.note = terminal.say

    def show(self, now: str) -> None:
        """Show nothing."""

    def show_listing(self, *columns: str, rows: Iterable[Sequence[str]], below: str) -> None:
        """Show nothing."""


def _table(columns: Iterable[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(*columns, box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    return table
