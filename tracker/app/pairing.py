"""A sensor is found, chosen, checked and remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tracker.app.finding import Finding, State
from tracker.app.listening import HELD, Air, Listening, called, wanted_of
from tracker.app.looking import COLUMNS, Surroundings, look_round, named
from tracker.app.nicknames import unused
from tracker.app.sensors import remember
from tracker.app.shaking import shaken
from tracker.app.stream_findings import stream_findings
from tracker.app.terminal import Lines, Terminal
from tracker.archive.settings import load_sensors
from tracker.errors import BluetoothError, InputError
from tracker.sensing.bluetooth.find import Found
from tracker.sensing.marks import Connected
from tracker.sensing.sensors.sensor import Sensor
from tracker.sensing.stream_check import StreamCheck, check_stream

CHECK_S = 3.0
"""How long a sensor is listened to, s: its rate is known to 3 % then, and nobody waits for more."""

LEAST_SPAN_S = 2.5
"""From the first packet to the last at least, s: some makes send one in 1.5 s."""

LONGEST_CHECK_S, LOOK_EVERY = 9.0, 10
"""For one that is moved, s: time to lay down what was just shaken. It is looked at in every second."""

BLINK_S = 5.0
"""How long is waited while a sensor blinks, s."""

REDRAW_S = 0.1
"""How often progress is drawn, s."""

Show: TypeAlias = Callable[[str], None]
"""Shows what is going on now."""

SYSTEM = Air()
"""The system's radio."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A sensor that streams: who it is, what was measured, percent of battery (None: it does not say)."""

    connected: Connected
    check: StreamCheck
    battery: int | None

    def findings(self, sensor: Sensor) -> tuple[Finding, ...]:
        """Judge it, as a sensor of its make."""
        return stream_findings(self.check, sensor, self.connected.info, self.battery)


def pair(
    terminal: Terminal,
    nickname: str | None,
    runner: asyncio.Runner,
    air: Air = SYSTEM,
    *,
    which: str | None = None,
    with_others: bool = False,
) -> None:
    """Find a sensor, let the person choose, check its stream, and remember it.

    Parameters
    ----------
    terminal
        For the list, the question and what was found.
    nickname
        What to call it; None takes the name it has.
    runner
        Whose event loop the radio lives on.
    air
        The radio.
    which
        Name or address of the one that is wanted: then nothing is asked.
    with_others
        List devices that are not supported too.

    Raises
    ------
    BluetoothError
        If there is none, or it does not stream.
    InputError
        If the nickname is none or belongs to another sensor, or nobody can choose.
    """
    known = load_sensors()
    if nickname is not None:
        nickname = unused(nickname, known, which)
    terminal.say("Looking for sensors ...")
    with terminal.lines() as lines:
        around = runner.run(look_round(lines, air, known, which, with_others=with_others))
    found = named(around, which) if which else _chosen(terminal, runner, around, air)
    with terminal.lines() as lines:
        checked = runner.run(check(lines.show, found, air))
    sensor = remember(checked.connected, checked.battery, nickname)
    _tell(terminal, found, checked, sensor.nickname)


async def check(show: Show, found: Found, air: Air) -> Checked:
    """Let a sensor stream for `CHECK_S`.

    Raises
    ------
    BluetoothError
        If it does not.
    """
    name = called(found)
    async with Listening(wanted_of(found), air.receiver) as listening:
        begun = asyncio.create_task(listening.begun())
        try:
            while not begun.done():
                trouble = listening.receiver.trouble
                show(f"{name}: {listening.receiver.state.value} ... {trouble}".rstrip())
                await asyncio.wait((begun,), timeout=REDRAW_S)
        finally:
            begun.cancel()
        begun.result()
        measured = await _measured(show, name, listening)
    if measured.samples < 2:
        raise BluetoothError(f"{name} sends packets that are no samples; update its firmware, or tracker")
    return Checked(listening.connected, measured, listening.battery)


async def _measured(show: Show, name: str, listening: Listening) -> StreamCheck:
    """Measure for `CHECK_S`, and on until it has lain still, but not for ever."""
    measured, since_ns = check_stream(()), listening.receiver.t_ns()
    for tenth in range(1, round(LONGEST_CHECK_S / REDRAW_S) + 1):
        await asyncio.sleep(REDRAW_S)
        since_s = tenth * REDRAW_S
        show(f"{name} streams; lay it down and leave it still: {since_s:.1f} s")
        if since_s >= CHECK_S and tenth % LOOK_EVERY == 0:
            measured = check_stream(listening.heard, since_ns)
            if measured.is_resting and measured.span_s >= LEAST_SPAN_S:
                break
    return measured


def _tell(terminal: Terminal, found: Found, checked: Checked, nickname: str) -> None:
    told = checked.findings(found.sensor)
    terminal.say(f"{called(found)} ({found.sensor.title}) streams:")
    for one in told:
        terminal.finding(one)
    doubts = sum(one.state is not State.FINE for one in told)
    end = f"Look at {doubts} of {len(told)}" if doubts else "All fine"
    terminal.say(f"{end}. It is remembered as {nickname}: tracker train counts with it.")


def _chosen(terminal: Terminal, runner: asyncio.Runner, around: Surroundings, air: Air) -> Found:
    """The only one, or the one that the person chooses."""
    sensors = around.sensors
    if len(sensors) > 1 or around.with_others:
        terminal.listing(*COLUMNS, rows=around.rows())
    if len(sensors) == 1:
        _require_free(sensors[0])
        return sensors[0]
    if len({(one.sensor.make, one.name) for one in sensors}) < len(sensors):
        terminal.say("Some look alike: answer s, then shake the one you want.")
    can_blink = any(one.sensor.identify for one in sensors)
    blink = ", b1 to have number 1 blink" if can_blink else ""
    question = f"Which one? 1-{len(sensors)}, s to shake the one you want{blink}: "
    chosen = None
    while chosen is None:
        chosen = _answered(terminal, runner, sensors, question, air)
    if chosen.is_held:
        terminal.say(f"{called(chosen)}: {HELD}, and loses it now")
    return chosen


def _answered(
    terminal: Terminal, runner: asyncio.Runner, sensors: list[Found], question: str, air: Air
) -> Found | None:
    """Ask once, and do what the answer says; None when nothing is chosen yet."""
    with_b, number = _parsed(answer := _asked(terminal, sensors, question))
    if answer == "s":
        return _shaken(terminal, runner, sensors, air)
    if not 1 <= number <= len(sensors):
        no_such = f"there is no {answer}; " if answer else ""
        blink = ", s or b1" if any(one.sensor.identify for one in sensors) else " or s"
        terminal.say(f"{no_such}1 to {len(sensors)}{blink}")
        return None
    if not with_b:
        return sensors[number - 1]
    with terminal.lines() as lines:
        runner.run(_blinked(lines, sensors[number - 1], air))
    return None


def _require_free(found: Found) -> None:
    """Take nothing from another program unasked: BluetoothError."""
    if found.is_held:
        name = called(found)
        raise BluetoothError(f"{name}: {HELD}; end that program, or take it over with --sensor {name}")


def _parsed(answer: str) -> tuple[bool, int]:
    """Whether it asks for a blink, and of which number (0: none)."""
    digits = answer.removeprefix("b")
    return digits != answer, int(digits) if digits.isdecimal() else 0


def _shaken(terminal: Terminal, runner: asyncio.Runner, sensors: list[Found], air: Air) -> Found | None:
    with terminal.lines() as lines:
        found = runner.run(shaken(lines, sensors, air))
    if found is not None:
        terminal.say(f"That is number {sensors.index(found) + 1}: {called(found)}, {found.address}")
    return found


def _asked(terminal: Terminal, sensors: list[Found], question: str) -> str:
    try:
        return terminal.ask(question).lower()
    except InputError as error:
        names = ", ".join(f"{one.name} {one.address}".strip() for one in sensors)
        raise InputError(
            f"{len(sensors)} sensors are in reach and nobody can choose; run it in a terminal, or name one "
            f"with --sensor: {names}"
        ) from error


async def _blinked(lines: Lines, found: Found, air: Air) -> None:
    """Have a sensor blink, and hold the link meanwhile: it may stop when it is let go of."""
    name = called(found)
    if found.is_held:
        lines.say(f"{name} does not blink: {HELD}")
        return
    lines.show(f"connecting to {name} ...")
    connection = air.connection(found)
    try:
        await connection.open()
        if await connection.identify():
            lines.say(f"{name} blinks now")
            await asyncio.sleep(BLINK_S)
        else:
            lines.say(f"{name} has no light that can be asked to blink; answer s and shake it")
    except BluetoothError as error:
        lines.say(f"{name} does not blink: {error}")
    finally:
        await connection.close()
