"""All sessions of one athlete as a report: trends, bests, the weak side, then each session in short."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from tracker.archive import plots, tables
from tracker.archive.export.report.columns import SIDES, Shown
from tracker.archive.export.report.document import Figures
from tracker.archive.export.report.markup import Markup, element, listing
from tracker.archive.export.report.of_session import Told, closing, day_and_minute, facts_list
from tracker.archive.export.report.tabled import tabled
from tracker.archive.header import this_software
from tracker.archive.listed import SessionRow, moment_s
from tracker.archive.progress import day, only, progress_words
from tracker.archive.trends import in_time, points_of, undated_words
from tracker.coaching.exercises import by_name
from tracker.coaching.summary import summary_of

FOLLOWED: Final = (
    *("clean", "load_kg_max", "clean_rate", "lockout_rate", "rom_deg"),
    *("concentric_s", "top_hold_s", "eccentric_s", "tilt_top_deg"),
)
"""The trends that are drawn."""

SESSIONS: Final = (
    Shown("when", "when", "day of the session"),
    Shown("session", "session", "its name"),
    *(column for column in SIDES if column.name not in ("volume_kg", "bottom_s")),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One session: its row in the library, and what it holds of the athlete."""

    row: SessionRow
    told: Told


def athlete_report(athlete: str, parts: Sequence[Part], figures: Figures) -> Iterator[Markup]:
    """Write what stands below the heading of an athlete's report.

    Parameters
    ----------
    athlete
        As said in the sets.
    parts
        Sessions with sets of the athlete, in any order.
    figures
        Where the trends' figures go.
    """
    dated = in_time(part.row for part in parts)
    facts = {"Athlete": athlete or "not said", "Sessions": str(len(parts))}
    if dated:
        facts |= {"From": day(dated[0].started), "To": day(dated[-1].started)}
    yield facts_list(facts | {"Report by": this_software()})
    rows = [part.row for part in parts]
    for exercise in dict.fromkeys(one.exercise for row in rows for one in row.sets):
        yield from _lift(athlete, exercise, rows, figures)
    yield element("h2", "Sessions")
    yield tabled(_every_session(parts), SESSIONS, "Every session, each side")
    newest_first = [part for row in reversed(dated) for part in parts if part.row is row]
    for part in (*newest_first, *(part for part in parts if moment_s(part.row.started) is None)):
        yield element("section", *_session(part))
    yield from closing([part.told.session for part in parts], SESSIONS)


def _lift(athlete: str, exercise: str, rows: Sequence[SessionRow], figures: Figures) -> Iterator[Markup]:
    own = only(rows, athlete, exercise)
    yield element("h2", f"{by_name(exercise).title}: progress")
    left_out = undated_words(own)
    yield listing((*progress_words(own), *([left_out] if left_out else [])), class_="summary")
    for measure in FOLLOWED:
        points = points_of([side for row in own for side in row.sides], measure)
        if points:
            figure = plots.trend(points, measure)
            yield figures.place(figure, f"{figure.layout.title.text} over the sessions, with 95 % bands")


def _every_session(parts: Sequence[Part]) -> pd.DataFrame:
    """Put the sides of all sessions under one another, the newest first."""
    ordered = sorted(parts, key=_began_s, reverse=True)
    return pd.concat(
        tables.sides(part.told.session).assign(when=part.row.started[:10], session=part.row.name)
        for part in ordered
    )


def _began_s(part: Part) -> float:
    """When it began, s since 1970; before all others where nobody knows it."""
    began_s = moment_s(part.row.started)
    return -math.inf if began_s is None else began_s


def _session(part: Part) -> Iterator[Markup]:
    session, row = part.told.session, part.row
    yield element("h3", f"{day_and_minute(row.started)}: {row.name}" if row.started else row.name)
    if row.note or row.tags:
        yield element("p", "; ".join(said for said in (row.note, ", ".join(row.tags)) if said))
    yield listing(summary_of(session), class_="summary")
    if part.told.corrections:
        yield element("p", "Corrected by a person:", class_="note")
        yield listing(part.told.corrections, class_="note")
    if session.warnings:
        yield listing(session.warnings, class_="note")
