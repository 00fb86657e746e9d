"""The consoles of a terminal and a pipe, and lines that break between words at a terminal's edge."""

from __future__ import annotations

import os
from io import TextIOWrapper
from textwrap import wrap
from typing import TextIO

from rich.console import Console
from rich.text import Text

from tracker.app.finding import State

PIPE_WIDTH = 120
"""Width of tables in a pipe or a file, characters: the widest summary row without wrapping."""

STATE_CELLS = 5
"""Width of a finding's state, characters."""

_STATE_STYLES = {State.FINE: "green", State.LOOK: "bold yellow", State.WRONG: "bold red"}

_CONTROLS = {code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}
"""A file's name or an athlete's that could move a terminal's cursor is printed without that."""

ADVICE = "-> "
"""What stands before an advice; what follows is aligned with its words."""


def wrapped(line: str, width: int, indent: int = 0) -> str:
    """Break a line between words; what follows is indented at least as the line is.

    Parameters
    ----------
    line
        The line; a word that is too long for it, such as a path, stays whole.
    width
        Of the terminal, characters.
    indent
        Of what follows, characters.

    Examples
    --------
    >>> print(wrapped("  -> charge it today", 14))
      -> charge it
         today
    """
    words = line.lstrip(" ")
    indent = max(indent, len(line) - len(words) + (len(ADVICE) if words.startswith(ADVICE) else 0))
    broken = wrap(
        line,
        max(width, 2 * indent),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )
    return "\n".join(broken)


def print_line(console: Console, line: str, state: State | None = None) -> None:
    """Print a line, broken between words on a terminal, its state at the beginning in colour."""
    line = line.translate(_CONTROLS)
    indent = 0 if state is None else STATE_CELLS + 2
    text = Text(wrapped(line, console.width, indent) if console.is_terminal else line)
    if state is not None:
        text.stylize(_STATE_STYLES[state], 0, STATE_CELLS)
    console.print(text, soft_wrap=True)


class _Console(Console):
    """A console whose reader may go away: then nothing more is said, and the work goes on."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


def console_for(file: TextIO) -> Console:
    """Make the console of a stream: without colours and control characters where it is no terminal."""
    is_terminal = file.isatty()
    if isinstance(file, TextIOWrapper):
        file.reconfigure(errors="replace")  # a name that the terminal cannot write must not end a set
    return _Console(
        file=file,
        force_terminal=is_terminal,
        width=None if is_terminal else PIPE_WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
    )
