"""`tracker athletes`: everything about one athlete."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tracker.app import options
from tracker.app.exit_codes import BAD_INPUT

Name = Annotated[str, typer.Argument(metavar="NAME", help="Who, as in tracker athletes list.")]

athletes = typer.Typer(
    help="List who trained; back up or delete all of one.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


@athletes.command("list")
def list_athletes(
    json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> int:
    """List who trained, how much, and when."""
    from tracker.app.athletes import list_athletes
    from tracker.app.terminal import Terminal

    return BAD_INPUT if list_athletes(Terminal(), as_json=json) else 0


@athletes.command()
def backup(
    name: Name,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The ZIP file to write.")],
    replace: Annotated[bool, typer.Option("--replace", help="Write over an older file.")] = False,
) -> int:
    """Write everything of an athlete into one file.

    Recordings, corrections and tables of every session the athlete has a set in, as they are; the file is
    read back before it gets its name.
    """
    from tracker.app.athletes import back_up
    from tracker.app.terminal import Terminal

    return BAD_INPUT if back_up(Terminal(), name, out, replace=replace) else 0


@athletes.command()
def restore(file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")]) -> int:
    """Put a backup back; what is there is never written over."""
    from tracker.app.athletes import bring_back
    from tracker.app.terminal import Terminal

    return BAD_INPUT if bring_back(Terminal(), file) else 0


@athletes.command()
def export(
    name: Name,
    out: options.Out,
    what: options.Format = "csv",
) -> int:
    """Write an athlete's sets for other programs.

    The same as tracker export --athlete.
    """
    from tracker.app.athlete_report import export_chosen
    from tracker.app.exporting import choice_of
    from tracker.app.terminal import Terminal

    choice = choice_of(what, None, None, None, athlete=name)
    return BAD_INPUT if export_chosen(Terminal(), [], choice, out) else 0


@athletes.command()
def delete(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    with_shared: Annotated[
        bool, typer.Option("--with-shared", help="Also sessions in which others have sets, whole.")
    ] = False,
) -> int:
    """Delete everything of an athlete, after saying what that is.

    A session in which others have sets, too, is left whole, and the exit code is 2: its raw data is one
    stream, which cannot be taken apart.
    """
    from tracker.app.deleting import delete_athlete
    from tracker.app.terminal import Terminal

    return BAD_INPUT if delete_athlete(Terminal(), name, agreed=yes, with_shared=with_shared) else 0
