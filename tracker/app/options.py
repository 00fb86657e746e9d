"""The options of the command line: what may be typed, and what help says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

HEAVIEST_KG = 500.0
"""A load above this is a slip of the finger: it is more than the heaviest hip thrust with both legs."""

Leg = Literal["left", "right"]

LoadKg = Annotated[float | None, Option(min=0, max=HEAVIEST_KG, help="The weight, kg.")]
Exercise = Annotated[str | None, Option(help="The lift: one_leg_hip_thrust (the default) or any_lift.")]
Sensor = Annotated[str | None, Option(help="Which paired sensor, by nickname or its own name.")]

Side = Annotated[Leg | None, Option(help="The working leg.")]
Target = Annotated[int | None, Option(min=1, help="Reps the set aims for.")]
Tempo = Annotated[str | None, Option(help="Eccentric-bottom-concentric-top, s: 3-1-1-2")]
Athlete = Annotated[str | None, Option(help="Who trains.")]

WeakSide = Annotated[Leg | None, Option(help="The weak side; it goes first.")]
WeakFirst = Annotated[
    bool | None, Option("--weak-first/--no-weak-first", help="Begin each round with the weak side.")
]
StopAtWeak = Annotated[
    bool, Option("--stop-at-weak", help="Aim for the weak side's clean reps on the other.")
]
OneSide = Annotated[bool, Option("--one-side", help="Stay on the side that was said.")]
RestS = Annotated[float | None, Option(min=0, help="Rest after each set, s.")]

Page = Annotated[bool, Option("--page/--no-page", help="The live page, or this terminal only.")]
Share = Annotated[bool, Option("--share", help="Let other devices in the network see it.")]
Tls = Annotated[bool, Option("--tls", help="Serve it encrypted: a phone then stays awake.")]
Port = Annotated[int | None, Option(min=1, max=65535, help="Where the page is served.")]
InBrowser = Annotated[bool, Option("--browser/--no-browser", help="Open it in the browser.")]

WithVirtualLifter = Annotated[bool, Option("--demo", help="Watch a virtual lifter with a virtual sensor.")]
New = Annotated[bool, Option("--new", help="Start another session, even where one was interrupted.")]

Files = Annotated[
    list[Path], Argument(metavar="FILE", help="Recordings, samples (CSV, Parquet), exports of other apps.")
]
ForeignFiles = Annotated[
    list[Path], Argument(metavar="FILE", help="Exports of other apps (files, ZIPs, folders), or samples.")
]
Started = Annotated[
    str | None,
    Option(
        metavar="TIME", help="When it began, in local time, where the file does not say: 2026-11-01T18:05"
    ),
]

Sessions = Annotated[
    list[str] | None,
    Argument(metavar="SESSION", help="Names of recorded sessions, or files; all when none is named."),
]
Format = Annotated[
    Literal["csv", "parquet", "fit", "hevy", "strong", "html", "samples"],
    Option("--format", help="What to write: tables, for FIT, Hevy or Strong, a report, or samples."),
]
Since = Annotated[
    str | None, Option(metavar="DATE", help="Only what began then or later, in local time: 2026-11-01")
]
OnlyAthlete = Annotated[str | None, Option(metavar="NAME", help="Only the sets of one athlete.")]
Together = Annotated[
    str | None,
    Option(
        metavar="NAME",
        help="One file of this name for all of them, not one each; for csv, parquet, hevy and strong.",
    ),
]
OnlySide = Annotated[Leg | None, Option(help="Only the sets of one leg.")]
Per = Annotated[
    Literal["rep", "set", "side"] | None,
    Option(help="Only the table with a row for each of these; for csv and parquet."),
]
Out = Annotated[Path, Option(help="Folder for the files.")]
AsRecorded = Annotated[bool, Option("--as-recorded", help="Leave out what was corrected with tracker edit.")]
