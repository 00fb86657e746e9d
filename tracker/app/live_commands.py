"""The commands that run a session: with a sensor, with a virtual one, or again from its recording."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tracker.app import options
from tracker.app.exit_codes import INTERRUPTED

live = typer.Typer()


@live.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for recording and tables.")] = Path("tracker-demo"),
    sensor: Annotated[str, typer.Option(metavar="MAKE", help="Which make of virtual sensor.")] = "open-lift",
) -> int:
    """Watch a virtual lifter train: a good minute.

    Its sensor is virtual too, and answers over the real Bluetooth interface. The recording and the
    tables are written as after any set.
    """
    from tracker.app.demo import show
    from tracker.app.terminal import Terminal

    return INTERRUPTED if show(Terminal(), out, sensor) else 0


@live.command()
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
    from tracker.app.terminal import Terminal
    from tracker.app.train import train, wishes_of

    declared = declared_of(
        side=side, load_kg=load_kg, athlete=athlete, exercise=exercise, target=target, tempo=tempo
    )
    wishes = wishes_of(weak_side, weak_first, stop_at_weak, one_side, rest_s)
    terminal = Terminal()
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


@live.command()
def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording, samples, or an export.")],
    speed: Annotated[float, typer.Option(min=0.1, max=1000, help="How many times as fast.")] = 1.0,
) -> int:
    """Show a recording as if it were live."""
    from tracker.app.replay import replay
    from tracker.app.terminal import Terminal

    replay(Terminal(), file, speed)
    return 0
