"""`tracker edit`: what a person says about a session afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tracker.app import options

if TYPE_CHECKING:
    from tracker.app.meanings import Meaning

Name = Annotated[str, typer.Argument(metavar="SESSION", help="Name of a recorded session, or a file.")]
Side = Annotated[Literal["left", "right", "unknown"] | None, typer.Option(help="The leg that worked.")]
Athlete = Annotated[str | None, typer.Option(help="Who trained.")]
Exercise = Annotated[str | None, typer.Option(help="The lift: one_leg_hip_thrust or any_lift.")]
Tempo = Annotated[str | None, typer.Option(help="The tempo that was aimed for, s: 3-1-1-2")]

edit = typer.Typer(
    help="Correct a session; the recording stays as it is.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


@edit.command("set")
def say_of_set(
    session: Name,
    number: Annotated[int, typer.Argument(metavar="SET", help="Its number.")],
    side: Side = None,
    load_kg: options.LoadKg = None,
    athlete: Athlete = None,
    exercise: Exercise = None,
    tempo: Tempo = None,
) -> int:
    """Say what a set was: side, load, athlete, lift, tempo."""
    from tracker.app.declaring import declared_of
    from tracker.app.meanings import set_was

    said = declared_of(side=side, load_kg=load_kg, athlete=athlete, exercise=exercise, tempo=tempo)
    return _correct(session, set_was(number, said))


@edit.command("session")
def say_of_session(
    session: Name,
    side: Side = None,
    load_kg: options.LoadKg = None,
    athlete: Athlete = None,
    exercise: Exercise = None,
    tempo: Tempo = None,
) -> int:
    """Say the same of all its sets.

    As another lift the session is counted anew.
    """
    from tracker.app.declaring import declared_of
    from tracker.app.meanings import session_was

    said = declared_of(side=side, load_kg=load_kg, athlete=athlete, exercise=exercise, tempo=tempo)
    return _correct(session, session_was(said))


@edit.command()
def drop(
    session: Name,
    rep: Annotated[str, typer.Argument(metavar="SET.REP", help="The fourth rep of the second set: 2.4")],
) -> int:
    """Say that a rep was none."""
    from tracker.app.meanings import rep_was_none

    return _correct(session, rep_was_none(rep))


@edit.command()
def count(
    session: Name,
    at_s: Annotated[float, typer.Argument(metavar="AT_S", help="A time within it, s, as in motions.csv.")],
) -> int:
    """Say that a motion that was not counted was a rep."""
    from tracker.app.meanings import motion_was_a_rep

    return _correct(session, motion_was_a_rep(at_s))


@edit.command()
def split(
    session: Name,
    at_s: Annotated[float, typer.Argument(metavar="AT_S", help="A time between the two, s.")],
) -> int:
    """Say that a set was two."""
    from tracker.app.meanings import set_was_two

    return _correct(session, set_was_two(at_s))


@edit.command()
def merge(
    session: Name,
    first: Annotated[int, typer.Argument(metavar="FIRST", help="The earlier set.")],
    last: Annotated[int, typer.Argument(metavar="LAST", help="The later set.")],
) -> int:
    """Say that sets were one."""
    from tracker.app.meanings import sets_were_one

    return _correct(session, sets_were_one(first, last))


@edit.command()
def trim(
    session: Name,
    from_s: Annotated[float | None, typer.Option("--from", help="When training began, s.")] = None,
    to_s: Annotated[float | None, typer.Option("--to", help="When it was over, s.")] = None,
) -> int:
    """Say from when to when training was."""
    from tracker.app.meanings import only_training

    return _correct(session, only_training(from_s, to_s))


@edit.command()
def tag(
    session: Name,
    tags: Annotated[list[str] | None, typer.Argument(metavar="TAG", help="Words to find it by.")] = None,
    remove: Annotated[list[str] | None, typer.Option(metavar="TAG", help="A tag that it loses.")] = None,
) -> int:
    """Tag a session."""
    from tracker.app.meanings import tagged_with

    return _correct(session, tagged_with(tags or [], remove or []))


@edit.command()
def note(
    session: Name,
    text: Annotated[str, typer.Argument(metavar="TEXT", help='What there is to say of it; "" for nothing.')],
) -> int:
    """Note something of a session."""
    from tracker.app.meanings import noted

    return _correct(session, noted(text))


@edit.command()
def undo(
    session: Name,
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", help="As listed; what was said last by itself.")
    ] = None,
) -> int:
    """Take back a correction; undo an undo to have it again."""
    from tracker.app.editing import Correctable, show_corrected
    from tracker.app.terminal import Terminal

    show_corrected(Terminal(), Correctable(session).undo(number))
    return 0


@edit.command("list")
def list_edits(session: Name) -> int:
    """List the corrections, and which of them hold."""
    from tracker.app.editing import show_edits
    from tracker.app.terminal import Terminal

    show_edits(Terminal(), session)
    return 0


def _correct(session: str, meaning: Meaning) -> int:
    from tracker.app.editing import Correctable, show_corrected
    from tracker.app.terminal import Terminal

    show_corrected(Terminal(), Correctable(session).correct(meaning))
    return 0
