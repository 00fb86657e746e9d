"""Arguments in, exit codes out. What a command needs is imported when it runs, so that help is quick.

Exit codes: 0 done, 1 a bug (with its traceback), 2 wrong use or bad input (one line that says what to
do), 130 interrupted with everything saved.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from errno import ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.app import options
from tracker.app.athlete_commands import athletes
from tracker.app.edit_commands import edit
from tracker.app.library_commands import library
from tracker.app.sensor_commands import sensors
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from tracker.app.terminal import Terminal

BAD_INPUT = 2
INTERRUPTED = 130

app = typer.Typer(
    help="Counts and judges weighted one-leg hip thrusts from a Bluetooth sensor on the dumbbell.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
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
        return _complain(f"{error.format_message()} See tracker --help.")
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


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for recording and tables.")] = Path("tracker-demo"),
    sensor: Annotated[str, typer.Option(metavar="MAKE", help="Which make of virtual sensor.")] = "open-lift",
) -> int:
    """Watch a virtual lifter train: a good minute.

    Its sensor is virtual too, and answers over the real Bluetooth interface. The recording and the
    tables are written as after any set.
    """
    from tracker.app.demo import show

    return INTERRUPTED if show(_terminal(), out, sensor) else 0


@app.command()
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

    overrides = overrides_of(sides, load_kg, exercise)
    failed = analyze_files(_terminal(), files, overrides, out, as_json=json, as_recorded=as_recorded)
    return BAD_INPUT if failed else 0


@app.command("import")
def import_(
    files: options.ForeignFiles,
) -> int:
    """Copy files of other apps to your sessions.

    phyphox, Sensor Logger, Movella DOT, WitMotion, Movesense, and samples as CSV or Parquet. Each becomes a
    recording that is named after its start; none is written over. A file that cannot be used is reported and
    the others are done; the exit code is then 2.
    """
    from tracker.app.importing import import_files

    return BAD_INPUT if import_files(_terminal(), files) else 0


@app.command()
def train(
    side: options.Side = None,
    load_kg: options.LoadKg = None,
    target: options.Target = None,
    tempo: options.Tempo = None,
    athlete: options.Athlete = None,
    sensor: options.Sensor = None,
    exercise: options.Exercise = None,
    weak_side: options.WeakSide = None,
    weak_first: options.WeakFirst = None,
    stop_at_weak: options.StopAtWeak = False,
    one_side: options.OneSide = False,
    rest_s: options.RestS = None,
    page: options.Page = True,
    share: options.Share = False,
    tls: options.Tls = False,
    port: options.Port = None,
    browser: options.InBrowser = True,
    demo: options.WithVirtualLifter = False,
    new: options.New = False,
) -> int:
    """Count the sets as they happen, and record them.

    The page shows them large enough to be read from two metres.

    Say the first side, and the sides take turns by themselves. The page's own button or Ctrl-C ends it with
    everything saved (exit code 130 after Ctrl-C). A session that was cut off less than half an hour ago goes
    on.
    """
    import asyncio

    from tracker.app.declaring import declared_of
    from tracker.app.holding import Asked
    from tracker.app.train import train, wishes_of

    declared = declared_of(
        side=side, load_kg=load_kg, athlete=athlete, exercise=exercise, target=target, tempo=tempo
    )
    wishes = wishes_of(weak_side, weak_first, stop_at_weak, one_side, rest_s)
    terminal = _terminal()
    site = None
    if page:
        from tracker.app.pages.live_site import LiveSite
        from tracker.app.pages.site import Opening

        site = LiveSite(terminal, Opening(share, tls, port, browser))
    with asyncio.Runner() as runner:
        asked = Asked(declared, wishes, site)
        if demo:
            from tracker.app import demo as with_a_virtual_sensor

            return INTERRUPTED if with_a_virtual_sensor.train(terminal, asked, runner) else 0
        return INTERRUPTED if train(terminal, asked, sensor, runner, new=new) else 0


@app.command()
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

    with asyncio.Runner() as runner:
        review(_terminal(), session, Opening(share, tls, port, browser), runner)
    return 0


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording, samples, or an export.")],
    speed: Annotated[float, typer.Option(min=0.1, max=1000, help="How many times as fast.")] = 1.0,
) -> int:
    """Show a recording as if it were live."""
    from tracker.app.replay import replay

    replay(_terminal(), file, speed)
    return 0


@app.command()
def export(
    sessions: options.Sessions = None,
    what: options.Format = "csv",
    since: options.Since = None,
    side: options.OnlySide = None,
    per: options.Per = None,
    out: options.Out = Path(),
    as_recorded: options.AsRecorded = False,
    athlete: options.OnlyAthlete = None,
) -> int:
    """Write recorded sessions for other programs, or for people.

    A session that cannot be used is reported and the others are done; the exit code is then 2.
    """
    from tracker.app.exporting import choice_of, export_sessions

    choice = choice_of(what, since, side, per, as_recorded=as_recorded, athlete=athlete)
    if athlete is not None and what == "html":
        from tracker.app.athlete_report import check_asked, export_athlete

        check_asked(sessions or [], choice)
        return BAD_INPUT if export_athlete(_terminal(), athlete, choice, out) else 0
    return BAD_INPUT if export_sessions(_terminal(), sessions or [], choice, out) else 0


@app.command()
def pair(
    nickname: Annotated[str | None, typer.Option("--name", help="What to call it from now on.")] = None,
    sensor: Annotated[str | None, typer.Option(help="Which one, by its own name or its address.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="List what is not supported too.")] = False,
) -> int:
    """Find a sensor, check it, remember it.

    Several in reach: choose by number, by shaking the one you want, or by its light. Without a terminal
    to ask in, name it with --sensor.
    """
    import asyncio

    from tracker.app.pairing import pair

    with asyncio.Runner() as runner:
        pair(_terminal(), nickname, runner, which=sensor, with_others=everything)
    return 0


@app.command()
def calibrate(
    sensor: options.Sensor = None,
    forget: Annotated[bool, typer.Option("--forget", help="Train without its calibration again.")] = False,
) -> int:
    """Make absolute tilt sure: lie, turn end for end, roll.

    Clip the sensor on as you train with it. It takes a minute on a floor, and holds until the sensor is
    clipped on otherwise: then calibrate again, or forget it.
    """
    import asyncio

    from tracker.app.calibrating import calibrate, forget_calibration

    if forget:
        forget_calibration(_terminal(), sensor)
        return 0
    with asyncio.Runner() as runner:
        calibrate(_terminal(), sensor, runner)
    return 0


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> int:
    """Look at Bluetooth here: what is wrong and how to mend it.

    The exit code is 2 when something has to be mended before anything works.
    """
    import asyncio

    from tracker.app.doctor import doctor

    with asyncio.Runner() as runner:
        return BAD_INPUT if doctor(_terminal(), runner, as_json=json) else 0


def _terminal() -> Terminal:
    from tracker.app.terminal import Terminal

    return Terminal()


def _complain(message: str) -> int:
    _terminal().complain(" ".join(message.split()))
    return BAD_INPUT
