"""The commands about sensors: find one, calibrate it, what is wrong with Bluetooth, which are paired."""

from __future__ import annotations

from typing import Annotated

import typer

from tracker.app import options
from tracker.app.exit_codes import BAD_INPUT

setting_up = typer.Typer()

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


@setting_up.command()
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
    from tracker.app.terminal import Terminal

    with asyncio.Runner() as runner:
        pair(Terminal(), nickname, runner, which=sensor, with_others=everything)
    return 0


@setting_up.command()
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
    from tracker.app.terminal import Terminal

    if forget:
        forget_calibration(Terminal(), sensor)
        return 0
    with asyncio.Runner() as runner:
        calibrate(Terminal(), sensor, runner)
    return 0


@setting_up.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> int:
    """Look at Bluetooth here: what is wrong and how to mend it.

    The exit code is 2 when something has to be mended before anything works.
    """
    import asyncio

    from tracker.app.doctor import doctor
    from tracker.app.terminal import Terminal

    with asyncio.Runner() as runner:
        return BAD_INPUT if doctor(Terminal(), runner, as_json=json) else 0
