"""What options of the command line may say, where a command is not the only one to have it or it is long."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

HEAVIEST_KG = 500.0
"""A load above this is a slip of the finger: it is more than the heaviest hip thrust with both legs."""

Side = Literal["left", "right"]
LoadKg = Annotated[float | None, typer.Option(min=0, max=HEAVIEST_KG, help="The weight, kg.")]
Exercise = Annotated[str | None, typer.Option(help="The lift: one_leg_hip_thrust (the default) or any_lift.")]
PairedSensor = Annotated[str | None, typer.Option(help="Which paired sensor, by nickname or its own name.")]
Files = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="Recordings, or samples as CSV or Parquet.")
]

WeakFirst = Annotated[
    bool | None, typer.Option("--weak-first/--no-weak-first", help="Begin each round with the weak side.")
]
StopAtWeak = Annotated[
    bool, typer.Option("--stop-at-weak", help="Aim for the weak side's clean reps on the other.")
]
OnPage = Annotated[bool, typer.Option("--page/--no-page", help="The live page, or this terminal only.")]
WithDemo = Annotated[bool, typer.Option("--demo", help="Watch a virtual lifter with a virtual sensor.")]
AnotherSession = Annotated[
    bool, typer.Option("--new", help="Start another session, even where one was interrupted.")
]

Sessions = Annotated[
    list[str] | None,
    typer.Argument(metavar="SESSION", help="Names of recorded sessions, or files; all when none is named."),
]
Format = Annotated[
    Literal["csv", "parquet", "fit", "hevy", "strong", "samples"],
    typer.Option("--format", help="What to write: tables, for FIT, Hevy or Strong, or the sensor's samples."),
]
Since = Annotated[
    str | None, typer.Option(metavar="DATE", help="Only what began then or later, in local time: 2026-11-01")
]
OneSide = Annotated[Side | None, typer.Option(help="Only the sets of one leg.")]
Per = Annotated[
    Literal["rep", "set", "side"] | None,
    typer.Option(help="Only the table with a row for each of these; for csv and parquet."),
]
