"""Calibrating a paired sensor on its dumbbell, step by step, in words."""

from __future__ import annotations

import asyncio
import math

from tracker.app.listening import Item, Listening, MakeReceiver
from tracker.app.sensors import calibrated, chosen, now, wanted
from tracker.app.terminal import Lines, Terminal
from tracker.archive.settings import KnownSensor
from tracker.errors import BluetoothError, InputError
from tracker.motion.calibration import (
    FULL_TURN_DEG,
    ROLLED_DEG,
    STILL_S,
    Calibration,
    Progress,
    Step,
    Trouble,
)
from tracker.motion.orientation import GRAVITY_M_S2
from tracker.motion.reversal import Found
from tracker.sensing.bluetooth.stream import Receiver
from tracker.sensing.decoding import Decoding
from tracker.sensing.marks import Calibrated, Disconnected, Mark
from tracker.sensing.samples import Packets, Samples

LONGEST_S = 600.0
"""After this nobody is there any more, s."""

REDRAW_S = 0.1
"""How often it is looked at and drawn, s."""

_ASKS = {
    Step.LIE: "1 of 3  Lay the dumbbell on the floor, clear of everything, and take your hands off.",
    Step.TURN: "2 of 3  Turn it end for end on the same spot, so that its ends swap places. Hands off again.",
    Step.ROLL: "3 of 3  Roll it a full turn along the floor toward you, slowly; let it come to rest.",
}

_ADVICE = {
    Trouble.NOT_TURNED: "turn it like the hand of a clock, from 12 to 6",
    Trouble.ROLLED_ONLY: "start again, and let its ends swap places",
    Trouble.UNEVEN: "roll it once more, without lifting an end",
    Trouble.STEEP: "start again where both ends lie level",
    Trouble.OFFSET: "start again, and put it down where it lay",
    Trouble.LOST: "bring the computer nearer, and start again",
}


def calibrate(
    terminal: Terminal,
    nickname: str | None,
    runner: asyncio.Runner,
    make_receiver: MakeReceiver = Receiver,
) -> None:
    """Guide through a calibration, and remember it with the sensor.

    Parameters
    ----------
    terminal
        For what to do and how it goes.
    nickname
        Of a paired sensor; None takes the only one.
    runner
        Whose event loop the radio lives on.
    make_receiver
        The radio, where it is not the system's.

    Raises
    ------
    BluetoothError
        If the sensor is not there, or does not stream.
    InputError
        If no sensor is paired, several are and none is named, or this one cannot be calibrated.
    """
    sensor = _paired(nickname)
    terminal.say(f"Calibrating {sensor.nickname}: leave the sensor clipped on as you train with it.")
    try:
        with terminal.lines() as lines:
            guide = Guide(lines, sensor)
            runner.run(_guided(guide, lines, sensor, make_receiver))
    except KeyboardInterrupt:
        before = "as it was before" if sensor.calibration else "not calibrated"
        terminal.say(f"Ended before it was done: {sensor.nickname} is {before}")
        raise
    if guide.found is None:
        raise InputError(
            f"nothing was calibrated in {LONGEST_S / 60:.0f} minutes; run tracker calibrate again"
        )
    found = guide.found
    calibrated(sensor.nickname, Calibrated(found.acc_offset_m_s2, found.long_axis, now()))
    for line in result_words(found):
        terminal.say(line)


def forget_calibration(terminal: Terminal, nickname: str | None) -> None:
    """Forget what was calibrated; recordings keep what they were made with.

    Raises
    ------
    InputError
        If no sensor is paired, or several are and none is named.
    """
    sensor = _paired(nickname)
    calibrated(sensor.nickname, None)
    terminal.say(f"{sensor.nickname} is not calibrated any more; its recordings stay as they are")


def _paired(nickname: str | None) -> KnownSensor:
    sensor = chosen(nickname)
    if sensor is None:
        raise InputError("no sensor is paired; run tracker pair first")
    return sensor


class Guide:
    """Takes what a sensor sends to the calibration, and says what to do and what did not work.

    Parameters
    ----------
    lines
        Where it is said.
    sensor
        The sensor.

    Attributes
    ----------
    found
        The calibration; None before its end.
    """

    def __init__(self, lines: Lines, sensor: KnownSensor) -> None:
        self.found: Found | None = None
        self._lines = lines
        self._sensor = sensor
        self._decoding = Decoding()
        self._calibration = Calibration()
        self._progress: Progress | None = None

    def step(self, item: Item) -> None:
        """Take in a packet or a mark.

        Raises
        ------
        InputError
            If the sensor sends no acceleration or no angular rate.
        """
        if isinstance(item, Mark):
            self._decoding.step_mark(item)
            if isinstance(item.body, Disconnected) and self.found is None:
                self._begin_again()
            return
        samples, _ = self._decoding.step(Packets.of([item]))
        if samples is not None and self.found is None:
            self._tell(self._calibration.step(self._checked(samples)))

    def show(self) -> None:
        """Show how the step goes."""
        if self._progress is not None:
            self._lines.show(progress_words(self._progress))

    def _checked(self, samples: Samples) -> Samples:
        if samples.acc_m_s2 is None or samples.gyr_rad_s is None:
            raise InputError(
                f"{self._sensor.nickname} sends no acceleration with angular rate and cannot be calibrated; "
                "changes of tilt are sure without it"
            )
        return samples

    def _begin_again(self) -> None:
        failures = self._progress.failures + 1 if self._progress else 0
        self._calibration = Calibration(failures)
        if self._progress is not None:
            self._tell(Progress(trouble=Trouble.LOST, failures=failures))

    def _tell(self, progress: Progress) -> None:
        before, self._progress = self._progress, progress
        self.found = progress.found
        if before is not None and (before.step, before.failures) == (progress.step, progress.failures):
            return
        if progress.trouble is not None:
            self._lines.say(
                f"        That did not work: {progress.trouble.value}; {_ADVICE[progress.trouble]}."
            )
        elif before is not None:
            self._lines.say("        Good.")
        if progress.step in _ASKS and (before is None or before.step is not progress.step):
            self._lines.say(_ASKS[progress.step])


async def _guided(guide: Guide, lines: Lines, sensor: KnownSensor, make_receiver: MakeReceiver) -> None:
    """Follow the sensor until it is calibrated, or nobody is there any more."""
    lines.show(f"connecting to {sensor.nickname} ...")
    async with Listening(wanted(sensor), make_receiver) as listening:
        await listening.begun()
        read = 0
        for _ in range(round(LONGEST_S / REDRAW_S)):
            if listening.is_over:
                raise BluetoothError(
                    f"{sensor.nickname}: {listening.receiver.trouble or 'the radio has stopped'}"
                )
            heard = listening.heard[read:]
            read += len(heard)
            for item in heard:
                guide.step(item)
            if guide.found is not None:
                return
            guide.show()
            await asyncio.sleep(REDRAW_S)


def progress_words(progress: Progress) -> str:
    """Say how the step that is on goes.

    Examples
    --------
    >>> progress_words(Progress(still_s=1.5))
    '        lies still: 1.5 of 3 s'
    """
    lies = f"lies still: {min(progress.still_s, STILL_S):.1f} of {STILL_S:.0f} s"
    if progress.step is Step.ROLL:
        rolled = f"rolled {progress.rolled_deg:.0f} of {FULL_TURN_DEG:.0f} deg"
        if progress.rolled_deg >= ROLLED_DEG:
            return f"        {rolled}, enough when it rests; {lies}"
        return f"        {rolled}{'; roll on' if progress.still_s else ''}"
    if progress.still_s == 0.0:
        return "        it moves; waiting until it lies still"
    if progress.step is Step.TURN and progress.still_s >= STILL_S:
        return "        lies still, not turned yet"
    return f"        {lies}"


def result_words(found: Found) -> tuple[str, ...]:
    """Say what a calibration gave and what it is worth."""
    offset = math.hypot(*found.acc_offset_m_s2)
    tilt_deg = math.degrees(math.asin(min(1.0, offset / GRAVITY_M_S2)))
    slope_deg = abs(found.slope_deg)
    return (
        f"Calibrated: {offset:.2f} m/s2 along the handle is the accelerometer's own and is taken off now.",
        f"It would have shown as {tilt_deg:.1f} deg of tilt. The floor slopes by {slope_deg:.1f} deg.",
        "It holds as long as the sensor stays clipped on as it is, and makes absolute tilt sure to about "
        "half a degree (measured on virtual sensors, on no real one yet).",
    )
