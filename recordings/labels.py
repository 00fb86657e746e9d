"""Labels: what the virtual lifter really did, on the recording's own time, as CSV."""

from __future__ import annotations

import csv
import struct
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from tracker.sensing.marks import Mark
from tracker.sensing.samples import Packets
from tracker.virtual.chip import MICROSECONDS, DeviceClock
from tracker.virtual.truth import RepTruth, SetTruth, Truth

Floats: TypeAlias = NDArray[np.float64]

TIME_DECIMALS, ANGLE_DECIMALS, TRAVEL_DECIMALS = 4, 2, 2
"""To a tenth of a millisecond, which is what the truth is good to; to a hundredth of a degree and of a cm."""

_PACKET_HEADER = struct.Struct("<xBxxIH")
"""Samples, device time of the first, sample period: firmware_notes/open_lift_profile.md, read here on
its own, so that a mistake in the tracker's decoder cannot hide in the labels."""


@dataclass(frozen=True, slots=True)
class RepLabel:
    """One row of NAME.reps.csv; README.md tells what each column is."""

    rep: int
    set: int
    side: str
    t_start_s: float
    t_top_s: float
    t_leave_top_s: float
    t_end_s: float
    lockout: str
    rocking_peak_deg: float
    tilt_top_deg: float
    twist_deg: float
    rom_deg: float
    travel_cm: float
    gap_s: float


@dataclass(frozen=True, slots=True)
class SetLabel:
    """One row of NAME.sets.csv; README.md tells what each column is."""

    set: int
    side: str
    t_start_s: float
    t_end_s: float
    reps: int


Label = TypeVar("Label", RepLabel, SetLabel)

_TYPES = {"int": int, "float": float, "str": str}


class RecordedTime:
    """What became of true time in a recording: when its samples were taken, on its own t_s.

    Parameters
    ----------
    items
        What was recorded, from one board that was never switched off; shorter than the 71 minutes after
        which its counter starts again.
    clock
        The board's.
    """

    def __init__(self, items: Iterable[Packets | Mark], clock: DeviceClock) -> None:
        headers = [
            _PACKET_HEADER.unpack_from(packet.payload)
            for block in items
            if isinstance(block, Packets)
            for packet in block
        ]
        samples, device_us, period_us = np.array(headers, np.int64).T
        since_first_us = (device_us - device_us[0]) % 2**32
        self._clock = clock
        self._first_us = (int(device_us[0]) - clock.start_us) % 2**32
        self.samples_s: Floats = np.concatenate(
            [
                (first + np.arange(n) * period) / MICROSECONDS
                for first, n, period in zip(since_first_us, samples, period_us, strict=True)
            ]
        )

    def t_s(self, true_s: float) -> float:
        """Turn s from the start of the session into s on t_s, whose 0 is the first sample that arrived."""
        since_start_us = self._clock.us_at(true_s) - self._clock.start_us
        return round((since_start_us - self._first_us) / MICROSECONDS, TIME_DECIMALS)

    def gap_s(self, t_start_s: float, t_end_s: float) -> float:
        """Longest time between samples that touches a stretch of t_s; one period where none is missing."""
        first, after = self.samples_s.searchsorted([t_start_s, t_end_s])
        return round(float(np.diff(self.samples_s[first - 1 : after + 1]).max()), TIME_DECIMALS)


def rep_labels(truth: Truth, time: RecordedTime) -> tuple[RepLabel, ...]:
    """Label every rep, in order of time."""
    return tuple(_rep_label(rep, time) for rep in truth.reps)


def set_labels(truth: Truth, time: RecordedTime) -> tuple[SetLabel, ...]:
    """Label every set, in order of time."""
    return tuple(_set_label(work, time) for work in truth.sets)


def _rep_label(rep: RepTruth, time: RecordedTime) -> RepLabel:
    t_start_s, t_end_s = time.t_s(rep.t_start_s), time.t_s(rep.t_end_s)
    return RepLabel(
        rep=rep.rep,
        set=rep.set,
        side=rep.leg.value,
        t_start_s=t_start_s,
        t_top_s=time.t_s(rep.t_top_s),
        t_leave_top_s=time.t_s(rep.t_leave_top_s),
        t_end_s=t_end_s,
        lockout="yes" if rep.locked_out else "no",
        rocking_peak_deg=round(rep.rocking_peak_deg, ANGLE_DECIMALS),
        tilt_top_deg=round(rep.tilt_top_deg, ANGLE_DECIMALS),
        twist_deg=round(rep.twist_deg, ANGLE_DECIMALS),
        rom_deg=round(rep.rom_deg, ANGLE_DECIMALS),
        travel_cm=round(100.0 * rep.travel_m, TRAVEL_DECIMALS),
        gap_s=time.gap_s(t_start_s, t_end_s),
    )


def _set_label(work: SetTruth, time: RecordedTime) -> SetLabel:
    return SetLabel(work.set, work.leg.value, time.t_s(work.t_start_s), time.t_s(work.t_end_s), work.reps)


def write_labels(labels: Sequence[Label], path: Path) -> None:
    """Write labels of one kind, at least one, as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, [column.name for column in fields(labels[0])], lineterminator="\n")
        rows.writeheader()
        rows.writerows(asdict(label) for label in labels)


def read_labels(kind: type[Label], path: Path) -> tuple[Label, ...]:
    """Read labels back.

    Raises
    ------
    ValueError
        If the columns are not exactly those of a label: tracker's own tables have the same file names.
    """
    types = {column.name: _TYPES[str(column.type)] for column in fields(kind)}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != list(types):
            raise ValueError(f"{path} holds no labels: run python -m recordings to make it anew")
        return tuple(kind(**{name: types[name](cell) for name, cell in row.items()}) for row in rows)
