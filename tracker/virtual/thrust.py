"""The reps of one set: drive, hold, lowering, bottom, and the faults that were asked for."""

from __future__ import annotations

import numpy as np

from tracker.virtual.keyframes import Pulse
from tracker.virtual.script import Missed, Rocked, WorkSet
from tracker.virtual.stage import Stage
from tracker.virtual.truth import RepKeys

BRACE_S = 0.5
"""To take the weight firmly before the first drive."""
ARC_LEAN_DEG = -12.0
"""The hips' path leans 12 deg off vertical, toward the bench on the way up."""
COUPLED_TILT_DEG, COUPLED_TWIST_DEG = (1.0, 3.0), (2.0, 5.0)
"""Tilt and twist over a full range: a pelvis held by one leg is never square. The sign is drawn."""
SETTLE_DEG = (1.0, 2.0)
"""How far a hold sinks ..."""
SETTLE_SHARE = 0.035
"""... and at most this share of the range, so that sinking never looks like the lowering (5 %)."""
TEMPO_SPREAD = 0.05
"""Standard deviation of each phase's duration from rep to rep, as a share of it."""
TOP_SPREAD_DEG, BOTTOM_SPREAD_DEG = 0.5, 0.8
"""Standard deviation of tops and bottoms from rep to rep."""
ROCKING_SHARE = 0.75
"""A rocking bump fills this share of the time from mid-drive to mid-lowering."""


def play_set(act: WorkSet, stage: Stage) -> None:
    """Play the reps of one set, from floor to floor."""
    radius_m, lowest_deg = _arc(act, stage.seat_deg)
    stage.move(BRACE_S, held=1.0, arc_radius_m=radius_m, arc_start_deg=lowest_deg)
    stage.sets += 1
    thrust = _Thrust(act, stage)
    for rep in range(1, act.reps + 1):
        thrust.play(rep)


def _arc(act: WorkSet, seat_deg: float) -> tuple[float, float]:
    """Radius and start of the arc that rises `travel_m` over the range, its chord leaning as hips do."""
    half, lean = np.radians(act.rom_deg / 2.0), np.radians(ARC_LEAN_DEG)
    radius_m = act.travel_m / (2.0 * np.sin(half) * np.cos(lean))
    return float(radius_m), ARC_LEAN_DEG + act.rom_deg / 2.0 - seat_deg


class _Thrust:
    """The reps of one set, from floor to floor."""

    def __init__(self, act: WorkSet, stage: Stage) -> None:
        self._act = act
        self._stage = stage
        self._floor = stage.now
        self._short_deg = {fault.rep: fault.short_deg for fault in act.faults if isinstance(fault, Missed)}
        self._rocking_deg = {fault.rep: fault.peak_deg for fault in act.faults if isinstance(fault, Rocked)}
        self._tilt_per_deg = stage.signed(*COUPLED_TILT_DEG) / act.rom_deg
        self._twist_per_deg = stage.signed(*COUPLED_TWIST_DEG) / act.rom_deg

    def play(self, rep: int) -> None:
        stage, tempo = self._stage, self._act.tempo
        drive_s, hold_s, lower_s, bottom_s = (
            seconds * (1.0 + stage.some(TEMPO_SPREAD))
            for seconds in (tempo.drive_s, tempo.hold_s, tempo.lower_s, tempo.bottom_s)
        )
        last = rep == self._act.reps
        begun_s = stage.now.t_s
        self._rock(rep, begun_s + drive_s / 2.0, begun_s + drive_s + hold_s + lower_s / 2.0)
        self._turn_to(drive_s, self._top_deg(rep))
        top_s = stage.now.t_s
        stage.clank(0.3, 1.0)
        self._turn_to(hold_s, stage.now.hip_deg - self._settling_deg())
        self._turn_to(lower_s, 0.0 if last else self._bottom_deg())
        low_s = stage.now.t_s
        if last:
            stage.clank(2.0, 4.0)
        else:
            stage.move(bottom_s)
        locked_out = rep not in self._short_deg
        stage.keys.append(RepKeys(stage.sets, self._act.leg, rep, begun_s, top_s, low_s, locked_out))

    def _turn_to(self, duration_s: float, hip_deg: float) -> None:
        """Turn the hips, and tilt and twist with them: both stay linear in lift."""
        self._stage.move(
            duration_s,
            hip_deg=hip_deg,
            tilt_deg=self._floor.tilt_deg + self._tilt_per_deg * hip_deg,
            heading_deg=self._floor.heading_deg + self._twist_per_deg * hip_deg,
        )

    def _top_deg(self, rep: int) -> float:
        return self._stage.seat_deg - self._short_deg.get(rep, 0.0) + self._stage.some(TOP_SPREAD_DEG)

    def _bottom_deg(self) -> float:
        return self._stage.seat_deg - self._act.rom_deg + self._stage.some(BOTTOM_SPREAD_DEG)

    def _settling_deg(self) -> float:
        return min(float(self._stage.rng.uniform(*SETTLE_DEG)), SETTLE_SHARE * self._act.rom_deg)

    def _rock(self, rep: int, earliest_s: float, latest_s: float) -> None:
        if rep in self._rocking_deg:
            width_s = ROCKING_SHARE * (latest_s - earliest_s)
            start_s = self._stage.rng.uniform(earliest_s, latest_s - width_s)
            self._stage.rocking.append(Pulse(start_s, start_s + width_s, self._rocking_deg[rep]))
