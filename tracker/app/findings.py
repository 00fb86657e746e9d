"""What a stream check found, in words a lifter understands: fine, or look at this and do that."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tracker.archive.plausible import NORMAL_AT_REST_M_S2, POSSIBLE_AT_REST_M_S2, SLOW_PERIOD_S
from tracker.sensing.sensors.sensor import Sensor
from tracker.sensing.stream_check import StreamCheck

RATE_OFF = 0.1
"""A rate that differs by more from what the sensor says: three seconds of bursts are measured to 3 %."""

LOST = 0.01
"""Loss that should be looked at: beyond it a rep in a set has a hole."""

DRIFT_DEG_S = 5.0
"""Gyroscope offset that should be looked at: cheap parts reach it, and 10 is the most that is believed."""

LOW_PERCENT = 20
"""A battery at this or below may not last through the evening."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `words` say what was found and, where it is not fine, what to do."""

    what: str
    is_fine: bool
    words: str


def findings(check: StreamCheck, sensor: Sensor, battery: int | None) -> tuple[Finding, ...]:
    """Judge a stream check.

    Parameters
    ----------
    check
        What was measured.
    sensor
        The make.
    battery
        Percent; None when it does not say.
    """
    found = [_rate(check), _loss(check), *_rest(check), _clock(sensor), _battery(battery)]
    if sensor.lag_s:
        found.append(
            Finding(
                "delay",
                False,
                f"its samples come {sensor.lag_s:g} s late, and so do counts and cues; tables do not",
            )
        )
    return tuple(found)


def _rate(check: StreamCheck) -> Finding:
    rate, stated = check.rate_hz, check.stated_hz
    words = f"{rate:.0f} a second"
    if abs(rate - stated) > RATE_OFF * stated:
        words += f", not {stated:.0f} as it says; switch it off and on, and bring it nearer"
    elif stated * SLOW_PERIOD_S < 1.0:
        words += "; fast reps may be missed, set it to 50 or more in its maker's app"
    else:
        return Finding("samples", True, f"{words}, as it says")
    return Finding("samples", False, words)


def _loss(check: StreamCheck) -> Finding:
    percent = 100.0 * check.lost_share
    if check.lost_share < LOST:
        return Finding("radio", True, f"{percent:.1f} % lost" if percent >= 0.05 else "nothing lost")
    return Finding(
        "radio",
        False,
        f"{percent:.0f} % lost; bring the computer nearer, with nothing but air between it and the dumbbell",
    )


def _rest(check: StreamCheck) -> list[Finding]:
    if not check.is_resting:
        words = "it was moved, so its rest could not be checked; lay it down and pair it once more"
        return [Finding("at rest", False, words)]
    found = []
    if not math.isnan(check.acc_m_s2):
        found.append(_gravity(check.acc_m_s2))
    if not math.isnan(check.gyr_rad_s):
        found.append(_drift(math.degrees(check.gyr_rad_s)))
    return found


def _gravity(acc_m_s2: float) -> Finding:
    low, high = NORMAL_AT_REST_M_S2
    words = f"{acc_m_s2:.2f} m/s2 at rest"
    if low <= acc_m_s2 <= high:
        return Finding("gravity", True, f"{words} (9.81 is right)")
    low, high = POSSIBLE_AT_REST_M_S2
    if low <= acc_m_s2 <= high:
        return Finding("gravity", False, f"{words} where 9.81 is right; calibrate it in its maker's app")
    return Finding("gravity", False, f"{words}, which is no gravity; reset it in its maker's app")


def _drift(drift_deg_s: float) -> Finding:
    words = f"{drift_deg_s:.1f} deg/s at rest"
    if drift_deg_s <= DRIFT_DEG_S:
        return Finding("turning", True, f"{words}, which is taken off")
    return Finding("turning", False, f"{words} is much; leave it still for a minute after switching it on")


def _clock(sensor: Sensor) -> Finding:
    if sensor.has_clock:
        return Finding("clock", True, "the sensor's own")
    return Finding("clock", True, "none of its own: its samples are counted")


def _battery(percent: int | None) -> Finding:
    if percent is None:
        return Finding("battery", True, "it does not say")
    if percent > LOW_PERCENT:
        return Finding("battery", True, f"{percent} %")
    return Finding("battery", False, f"{percent} %; charge it before you train")
