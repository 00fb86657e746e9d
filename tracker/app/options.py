"""What options of the command line may say, where a command is not the only one to have it or it is long."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

HEAVIEST_KG = 500.0
"""A load above this is a slip of the finger: it is more than the heaviest hip thrust with both legs."""

Side = Literal["left", "right"]
LoadKg = Annotated[float | None, typer.Option(min=0, max=HEAVIEST_KG, help="The weight, kg.")]
Exercise = Annotated[str | None, typer.Option(help="The lift: one_leg_hip_thrust (the default) or any_lift.")]

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
