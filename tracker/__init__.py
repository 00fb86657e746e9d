"""Counts and judges weighted one-leg hip thrusts from an IMU on the dumbbell.

The public API, loaded when it is first used::

    session = tracker.analyze("monday.arrows")
    for one in session.sets:
        print(one.side, len(one.reps), "reps,", one.clean, "clean")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.errors import BluetoothError, InputError, TrackerError

if TYPE_CHECKING:
    from tracker.archive import plots, tables
    from tracker.archive.analyze import analyze, trace
    from tracker.archive.export.csv import write_tables
    from tracker.coaching.declared import Overrides
    from tracker.coaching.results import (
        BalanceMeasure,
        Cue,
        Gate,
        GateDecision,
        JudgedRep,
        Judgement,
        Rocking,
        Session,
        Set,
        Speaker,
        Verdict,
    )
    from tracker.motion.events import Channel, Motion, Phase, Reason, RejectedMotion, Rep
    from tracker.sensing.marks import Side
    from tracker.sensing.samples import Cause, Gap
else:
    from importlib import import_module

    _HOMES = {
        "tracker.archive.analyze": ("analyze", "trace"),
        "tracker.archive.export.csv": ("write_tables",),
        "tracker.coaching.declared": ("Overrides",),
        "tracker.coaching.results": (
            *("BalanceMeasure", "Cue", "Gate", "GateDecision", "JudgedRep", "Judgement", "Rocking"),
            *("Session", "Set", "Speaker", "Verdict"),
        ),
        "tracker.motion.events": ("Channel", "Motion", "Phase", "Reason", "RejectedMotion", "Rep"),
        "tracker.sensing.marks": ("Side",),
        "tracker.sensing.samples": ("Cause", "Gap"),
    }
    _MODULES = {"plots": "tracker.archive.plots", "tables": "tracker.archive.tables"}
    _HOME = {name: home for home, names in _HOMES.items() for name in names}

    def __getattr__(name: str) -> object:
        if name in _MODULES:
            return import_module(_MODULES[name])
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOME[name]), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *_HOME, *_MODULES})


__all__ = [
    "BalanceMeasure",
    "BluetoothError",
    "Cause",
    "Channel",
    "Cue",
    "Gap",
    "Gate",
    "GateDecision",
    "InputError",
    "JudgedRep",
    "Judgement",
    "Motion",
    "Overrides",
    "Phase",
    "Reason",
    "RejectedMotion",
    "Rep",
    "Rocking",
    "Session",
    "Set",
    "Side",
    "Speaker",
    "TrackerError",
    "Verdict",
    "analyze",
    "plots",
    "tables",
    "trace",
    "write_tables",
]
