"""Arguments in, exit codes out. What a command needs is imported when it runs, so that help is quick.

Exit codes: 0 done, 1 a bug (with its traceback), 2 wrong use or bad input (one line that says what to
do), 130 interrupted with everything saved.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from errno import ENOSPC
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.app.athlete_commands import athletes
from tracker.app.edit_commands import edit
from tracker.app.exit_codes import BAD_INPUT
from tracker.app.library_commands import library
from tracker.app.live_commands import live
from tracker.app.sensor_commands import sensors, setting_up
from tracker.app.session_commands import sessions
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from tracker.app.terminal import Terminal

app = typer.Typer(
    help="Counts and judges weighted one-leg hip thrusts from a Bluetooth sensor on the dumbbell.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(live)
app.add_typer(sessions)
app.add_typer(setting_up)
app.add_typer(sensors, name="sensors")
app.add_typer(edit, name="edit")
app.add_typer(athletes, name="athletes")
app.add_typer(library, name="library")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        What stands after ``tracker``; None takes the process's own.

    Returns
    -------
    int
        The exit code.
    """
    said = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = app(args=said or ["--help"], prog_name="tracker", standalone_mode=False)
    except typer.TyperException as error:
        return _complain(f"{error.format_message().removesuffix('.')}. See tracker --help.")
    except TrackerError as error:
        return _complain(str(error))
    except OSError as error:
        if error.errno != ENOSPC or error.filename is not None:
            raise
        return _complain("the output has no room where it goes; free some space or send it elsewhere.")
    return status or 0


def _say_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        _terminal().say(f"tracker {version('thrust-tracker')}")
        raise typer.Exit


@app.callback()
def about(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version it is."),
    ] = False,
) -> None:
    """Take what stands before any command."""


def _terminal() -> Terminal:
    from tracker.app.terminal import Terminal

    return Terminal()


def _complain(message: str) -> int:
    _terminal().complain(" ".join(message.split()))
    return BAD_INPUT
