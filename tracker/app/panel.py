"""The panel as rich text: a Screen in, something rich can draw out. Nothing here prints."""

from __future__ import annotations

import math

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tracker.app.led import Led
from tracker.app.link_wording import link_words, split_words
from tracker.app.screen import Screen
from tracker.app.wording import degrees, rep_cells, set_words
from tracker.coaching.results import RepEvent, Verdict
from tracker.motion.events import Phase, Stage

DIGIT_ROWS = 5
"""Height of the big digits, lines: with doubled columns, read from two metres on a laptop."""

TILT_SCALE_DEG = 12.0
"""Ends of the tilt gauge, deg: a little more than severe rocking (10 deg)."""

GAUGE_CELLS = 31
"""Width of the gauge, characters; odd, so that level has a cell of its own."""

LEVEL_DEG = 2.0
"""Tilt that the gauge still shows as level, deg: about what an uncalibrated sensor is sure to (1.2)."""

PANEL_LINES = 15
"""Lines of the panel without its set table."""

_DIGITS = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": ("  #", "  #", "  #", "  #", "  #"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
}

_STYLE_OF = {Verdict.YES: "green", Verdict.NO: "yellow", Verdict.UNKNOWN: ""}


def panel(screen: Screen, led: Led, link: str, height: int, ink: str = "█") -> RenderableType:
    """Draw the whole panel.

    Parameters
    ----------
    screen
        What to show.
    led
        What to do now, and next.
    link
        State of the link in words; what is not recorded may stand behind it.
    height
        Lines of the terminal: the set table shows as many of its last reps as fit.
    ink
        The character that big digits are made of; "#" where the terminal is ASCII only.
    """
    head = Table.grid(padding=(0, 3))
    head.add_row(big_number(screen, ink), _resting(screen, led) if led.rest else _facts(screen))
    link, unsaved = split_words(link)
    body = Group(head, Text(), tilt_gauge(screen.tilt_deg), _trouble(unsaved), _cue(screen, led))
    rows = max(1, height - PANEL_LINES)
    below = set_table(screen.reps[-rows:]) if screen.reps or not led.checklist else _checklist(led, rows)
    return Group(
        Panel(body, title=set_words(screen), subtitle=link_words(screen, link), padding=(0, 1)),
        below,
        Text(),  # room for the ^C that a terminal echoes: after a full line it would begin another
    )


def big_number(screen: Screen, ink: str = "█") -> Text:
    """Draw the newest rep's number; dim and with a question mark while it is undecided."""
    newest = screen.reps[-1] if screen.reps else None
    number = newest.rep.number if newest else 0
    undecided = newest is not None and newest.stage is Stage.ANNOUNCED
    rows = ["  ".join(_DIGITS[digit][row] for digit in str(number)) for row in range(DIGIT_ROWS)]
    wide = ["".join(ink * 2 if cell == "#" else "  " for cell in row) for row in rows]
    wide[-1] += " ?" if undecided else "  "
    return Text("\n".join(wide), style="dim" if undecided else "bold", no_wrap=True)


def tilt_gauge(tilt_deg: float) -> Text:
    """Draw the dumbbell's tilt as a mark on a line; to the right when the right end is high."""
    if math.isnan(tilt_deg):
        return Text("left " + "-" * GAUGE_CELLS + " right   tilt -", style="dim")
    half = GAUGE_CELLS // 2
    place = half + round(max(-1.0, min(1.0, tilt_deg / TILT_SCALE_DEG)) * half)
    cells = ["-"] * GAUGE_CELLS
    cells[half] = "+"
    cells[place] = "O"
    level = abs(tilt_deg) <= LEVEL_DEG
    high = "level" if level else ("right end high" if tilt_deg > 0 else "left end high")
    words = f"left {''.join(cells)} right   tilt {degrees(tilt_deg, signed=True)}, {high}"
    return Text(words, style="green" if level else "yellow")


def set_table(reps: tuple[RepEvent, ...]) -> Table:
    """Lay out the reps of a set, newest last."""
    table = Table(expand=True, box=None)
    for heading in ("rep", "range", "tempo", "lockout", "tilt", "rocking"):
        table.add_column(heading, no_wrap=True, overflow="crop")
    for event in reps:
        style = "dim" if event.stage is Stage.ANNOUNCED else _STYLE_OF[event.rep.judgement.clean]
        table.add_row(*rep_cells(event), style=style)
    return table


def _facts(screen: Screen) -> Table:
    facts = Table.grid(padding=(0, 2))
    target = f" (target {screen.said.target_reps})" if screen.said.target_reps else ""
    facts.add_row("clean", Text(f"{screen.clean} of {screen.attempts} attempts{target}", style="bold"))
    facts.add_row("undecided", str(screen.undecided))
    facts.add_row("phase", "-" if screen.phase is Phase.UNKNOWN else screen.phase.name.lower())
    decided = [event for event in screen.reps if event.stage is not Stage.ANNOUNCED]
    facts.add_row("tempo", rep_cells(decided[-1])[2] if decided else "-")
    return facts


def _resting(screen: Screen, led: Led) -> Table:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(no_wrap=True, min_width=5)
    facts.add_column(no_wrap=True)
    facts.add_row("clean", f"{screen.clean} of {screen.attempts} attempts")
    facts.add_row("rest", Text(led.rest, style="bold"))
    facts.add_row("next", Text(led.next or "-", style="bold"))
    facts.add_row("load", led.load)
    return facts


def _checklist(led: Led, rows: int) -> Table:
    checks = Table.grid(padding=(0, 2))
    for check in led.checklist[: rows + 1]:  # the set table has a line of headings more
        checks.add_row(" check", check)
    return checks


def _cue(screen: Screen, led: Led) -> Text:
    """Say the cue of a rep while a set is on, else what is to be done."""
    if screen.in_set and screen.cue:
        return Text(screen.cue.upper(), style="bold yellow")
    if led.warning:
        return Text(led.warning, style="bold yellow")
    return Text(led.now or "-", style="" if led.now else "dim")


def _trouble(words: str) -> Text:
    return Text(words, style="bold red", no_wrap=True, overflow="ellipsis")
