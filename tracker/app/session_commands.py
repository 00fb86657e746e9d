"""The commands about what was recorded: analyse, import, look at, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tracker.app import options
from tracker.app.exit_codes import BAD_INPUT

sessions = typer.Typer()


@sessions.command()
def analyze(
    files: options.Files,
    sides: Annotated[str, typer.Option(help="Working leg of each set, or one for all: left,right,left")] = "",
    load_kg: options.LoadKg = None,
    exercise: options.Exercise = None,
    out: Annotated[Path | None, typer.Option(help="Folder for five tables (CSV) per file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the tables as JSON.")] = False,
    as_recorded: options.AsRecorded = False,
) -> int:
    """Count and judge what recordings and other files hold.

    A file that cannot be used is reported and the others are done; the exit code is then 2.
    """
    from tracker.app.batch import analyze_files, overrides_of
    from tracker.app.terminal import Terminal

    overrides = overrides_of(sides, load_kg, exercise)
    failed = analyze_files(Terminal(), files, overrides, out, as_json=json, as_recorded=as_recorded)
    return BAD_INPUT if failed else 0


@sessions.command("import")
def import_(
    files: options.ForeignFiles,
    side: options.Side = None,
    load_kg: options.LoadKg = None,
    athlete: options.Athlete = None,
    exercise: options.Exercise = None,
    tempo: options.Tempo = None,
    started: options.Started = None,
) -> int:
    """Copy files of other apps to your sessions.

    phyphox, Sensor Logger, Movella DOT, WitMotion, Movesense, and samples as CSV or Parquet. Each becomes a
    recording that is named after its start; none is written over. What the options say holds for all sets of
    all files; tracker edit says it of one. A file that cannot be used is reported and the others are done;
    the exit code is then 2.
    """
    from tracker.app.declaring import declared_of
    from tracker.app.importing import import_files, told_of
    from tracker.app.terminal import Terminal

    said = declared_of(side=side, load_kg=load_kg, athlete=athlete, exercise=exercise, tempo=tempo)
    return BAD_INPUT if import_files(Terminal(), files, told_of(files, said, started)) else 0


@sessions.command()
def review(
    session: Annotated[
        str | None, typer.Argument(metavar="SESSION", help="Name of a recorded session; all without one.")
    ] = None,
    share: options.Share = False,
    tls: options.Tls = False,
    port: options.Port = None,
    browser: options.InBrowser = True,
) -> int:
    """Look at recorded sessions in the browser, and correct them.

    Sessions with their trends, legs side by side, every set as a picture. What is corrected there is what
    tracker edit corrects. Ctrl-C ends it.
    """
    import asyncio

    from tracker.app.pages.site import Opening
    from tracker.app.review import review
    from tracker.app.terminal import Terminal

    with asyncio.Runner() as runner:
        review(Terminal(), session, Opening(share, tls, port, browser), runner)
    return 0


@sessions.command()
def export(
    sessions: options.Sessions = None,
    what: options.Format = "csv",
    since: options.Since = None,
    side: options.OnlySide = None,
    per: options.Per = None,
    out: options.Out = Path(),
    as_recorded: options.AsRecorded = False,
    athlete: options.OnlyAthlete = None,
    together: options.Together = None,
) -> int:
    """Write recorded sessions for other programs, or for people.

    A session that cannot be used is reported and the others are done; the exit code is then 2.
    """
    from tracker.app.athlete_report import export_chosen
    from tracker.app.exporting import choice_of
    from tracker.app.terminal import Terminal

    choice = choice_of(what, since, side, per, as_recorded=as_recorded, athlete=athlete, together=together)
    return BAD_INPUT if export_chosen(Terminal(), sessions or [], choice, out) else 0
