"""`tracker sensors`: those that were paired."""

from __future__ import annotations

from typing import Annotated

import typer

sensors = typer.Typer(
    help="List, rename or forget the sensors that were paired.",
    rich_markup_mode=None,
    invoke_without_command=True,
)


@sensors.callback()
def list_sensors(context: typer.Context) -> int:
    """List, rename or forget the sensors that were paired."""
    from tracker.app.sensors import show
    from tracker.app.terminal import Terminal

    if context.invoked_subcommand is None:
        show(Terminal())
    return 0


@sensors.command()
def rename(
    nickname: Annotated[str, typer.Argument(help="Its nickname, or its own name.")],
    new: Annotated[str, typer.Argument(help="What to call it from now on.")],
) -> int:
    """Give a sensor another name."""
    from tracker.app.sensors import rename

    rename(nickname, new)
    return 0


@sensors.command()
def forget(nickname: Annotated[str, typer.Argument(help="Its nickname, or its own name.")]) -> int:
    """Forget a sensor; its recordings stay."""
    from tracker.app.sensors import forget

    forget(nickname)
    return 0
