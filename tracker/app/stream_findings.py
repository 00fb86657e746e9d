"""What a stream check found, in words a lifter understands: fine, or look at this and do that."""

from __future__ import annotations

import math

from tracker.app.finding import Finding, State
from tracker.app.link_wording import LOW_PERCENT
from tracker.archive.plausible import NORMAL_AT_REST_M_S2, POSSIBLE_AT_REST_M_S2, SLOW_PERIOD_S
from tracker.sensing.sensors.sensor import Sensor
from tracker.sensing.stream_check import StreamCheck

RATE_OFF = 0.1
"""A rate that differs by more from what the sensor says: three seconds of bursts are measured to 3 %."""

LOST = 0.01
"""Loss that should be looked at: beyond it a rep in a set has a hole."""

DRIFT_DEG_S = 5.0
"""Gyroscope offset that should be looked at: cheap parts reach it, and 10 is the most that is believed."""


def stream_findings(
    check: StreamCheck, sensor: Sensor, info: bytes, battery: int | None
) -> tuple[Finding, ...]:
    """Judge a stream check.

    Parameters
    ----------
    check
        What was measured.
    sensor, info
        The make, and what it answered about itself when it was started.
    battery
        Percent; None when it does not say.
    """
    found = [_rate(check), _loss(check), *_rest(check), _clock(sensor.has_clock(info)), _battery(battery)]
    if sensor.lag_s:
        said = f"its samples come {sensor.lag_s:g} s late, and so do counts and cues"
        found.append(Finding("delay", State.LOOK, said, "for cues in time use another sensor"))
    return tuple(found)


def _rate(check: StreamCheck) -> Finding:
    rate, stated = check.rate_hz, check.stated_hz
    if math.isnan(rate):
        said = "too few came to tell how many a second"
        return Finding("samples", State.LOOK, said, "bring it nearer and pair it once more")
    said = f"{rate:.0f} a second"
    if abs(rate - stated) > RATE_OFF * stated:
        said += f", not {stated:.0f} as it says"
        return Finding("samples", State.LOOK, said, "switch it off and on, and bring it nearer")
    if stated * SLOW_PERIOD_S < 1.0:
        said += ", so fast reps may be missed"
        return Finding("samples", State.LOOK, said, "set it to 50 or more in its maker's app")
    return Finding("samples", State.FINE, f"{said}, as it says")


def _loss(check: StreamCheck) -> Finding:
    percent = 100.0 * check.lost_share
    if check.lost_share < LOST:
        return Finding("radio", State.FINE, f"{percent:.1f} % lost" if percent >= 0.05 else "nothing lost")
    advice = "bring the computer nearer, with nothing but air between it and the dumbbell"
    return Finding("radio", State.LOOK, f"{percent:.0f} % lost", advice)


def _rest(check: StreamCheck) -> list[Finding]:
    if not check.is_resting:
        said = "it was moved, so what it reads at rest could not be checked"
        return [Finding("rest", State.LOOK, said, "lay it down and pair it once more")]
    found = []
    if not math.isnan(check.acc_m_s2):
        found.append(_gravity(check.acc_m_s2))
    if not math.isnan(check.gyr_rad_s):
        found.append(_drift(math.degrees(check.gyr_rad_s)))
    return found


def _gravity(acc_m_s2: float) -> Finding:
    low, high = NORMAL_AT_REST_M_S2
    said = f"{acc_m_s2:.2f} m/s2 at rest"
    if low <= acc_m_s2 <= high:
        return Finding("gravity", State.FINE, f"{said} (9.81 is right)")
    low, high = POSSIBLE_AT_REST_M_S2
    if low <= acc_m_s2 <= high:
        return Finding(
            "gravity", State.LOOK, f"{said} where 9.81 is right", "calibrate it in its maker's app"
        )
    return Finding("gravity", State.LOOK, f"{said} is no gravity", "reset it in its maker's app")


def _drift(drift_deg_s: float) -> Finding:
    said = f"{drift_deg_s:.1f} deg/s at rest"
    if drift_deg_s <= DRIFT_DEG_S:
        return Finding("turning", State.FINE, f"{said}, which is taken off")
    advice = "leave it still for a minute after switching it on"
    return Finding("turning", State.LOOK, f"{said} is much", advice)


def _clock(has_clock: bool) -> Finding:
    counted = "its packets are not known to carry a time, so its samples are counted"
    return Finding("clock", State.FINE, "the sensor's own" if has_clock else counted)


def _battery(percent: int | None) -> Finding:
    if percent is None:
        return Finding("battery", State.FINE, "it does not say")
    if percent > LOW_PERCENT:
        return Finding("battery", State.FINE, f"{percent} %")
    return Finding("battery", State.LOOK, f"{percent} %", "charge it before you train")
