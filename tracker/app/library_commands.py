"""`tracker library`: what was recorded, listed and searched."""

from __future__ import annotations

from typing import Annotated

import typer

from tracker.app import options
from tracker.app.exit_codes import BAD_INPUT

library = typer.Typer(
    help="List and search what was recorded.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


@library.command("list")
def list_sessions(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORD", help="Parts of its name, note, tags, athlete or lift; all of them."),
    ] = None,
    athlete: Annotated[str | None, typer.Option(help="Who trained.")] = None,
    tag: Annotated[str | None, typer.Option(help="What it was tagged with.")] = None,
    since: options.Since = None,
    json: Annotated[bool, typer.Option("--json", help="Print all that is known as JSON.")] = False,
) -> int:
    """List sessions, the newest first."""
    from tracker.app.dates import moment_of
    from tracker.app.library import show_sessions
    from tracker.app.terminal import Terminal
    from tracker.archive.search import Search

    began = moment_of(since, "--since") if since else None
    search = Search(" ".join(words or []), athlete=athlete, tag=tag, since=began)
    show_sessions(Terminal(), search, as_json=json)
    return 0


@library.command()
def rebuild() -> int:
    """Analyse every session anew.

    What is listed is kept in an index that follows the recordings by itself; this makes it from nothing. The
    exit code is 2 when a session cannot be read.
    """
    from tracker.app.library import rebuild
    from tracker.app.terminal import Terminal

    return BAD_INPUT if rebuild(Terminal()) else 0


@library.command()
def changed(sessions: options.Sessions = None) -> int:
    """Say what this version makes of old sessions.

    It is compared with the tables that were written when they were recorded; what was corrected afterwards
    takes no part in it. A session that cannot be read is reported and the others are done; the exit code is
    then 2.
    """
    from tracker.app.library import show_changed
    from tracker.app.terminal import Terminal

    return BAD_INPUT if show_changed(Terminal(), sessions or []) else 0
