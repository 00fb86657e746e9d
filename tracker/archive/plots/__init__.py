"""The figures, as plotly makes them: for pages, report and notebooks (`tracker.plots`).

Each function gives a `plotly.graph_objects.Figure`, whose data is what the session says, unrounded. Left
and right have the same colour, mark and line in all of them (theme.py).
"""

from __future__ import annotations

from tracker.archive.plots.calendar_of_days import calendar
from tracker.archive.plots.course_of_set import course
from tracker.archive.plots.over_sessions import trend
from tracker.archive.plots.replay_of_set import replay
from tracker.archive.plots.reps_laid_over import overlay
from tracker.archive.plots.reps_of_set import reps
from tracker.archive.plots.two_sides import balance

__all__ = ["balance", "calendar", "course", "overlay", "replay", "reps", "trend"]
