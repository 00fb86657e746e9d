"""The first page: every session, found by words, athlete, tag or day; when there was training, and trends."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

from nicegui import ui

from tracker import plots
from tracker.app.dates import moment_of
from tracker.app.pages.review.addresses import list_address, report_address, session_address
from tracker.app.pages.review.frame import Cell, Drawing, Text, framed, link, section, table, words_list
from tracker.app.pages.review.shelf import Listed, Shelf
from tracker.app.wording import NOT_MEASURED, joined, when_words
from tracker.archive.listed import SessionRow, SetRow, SideRow, known_sum
from tracker.archive.progress import news_of, only, standing_words
from tracker.archive.search import EVERYTHING, Search, searchable
from tracker.archive.trends import TRENDS, points_of, titled, undated_words
from tracker.coaching.counts import counted
from tracker.coaching.exercises import title_of
from tracker.coaching.names import LEG_NAMES, NOBODY, athlete_names
from tracker.coaching.progression import gate_words
from tracker.errors import InputError
from tracker.sensing.marks import Side, as_one

LATELY = 300
"""Sessions that trends, bests and calendar look at, the newest of those that are found: two or three years of
one athlete, drawn in a blink."""


ON_A_PAGE = 20
"""Sessions on one page of the list: some weeks; what is below them is not too far away on a phone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; "" where it says nothing.

    Attributes
    ----------
    words, athlete, tag, since
        As `Search`.
    measure
        Whose trend is drawn.
    page
        Of the list, from 1.
    """

    words: str = ""
    athlete: str = ""
    tag: str = ""
    since: str = ""
    measure: str = TRENDS[0]
    page: int = 1


async def session_list(shelf: Shelf, asked: Asked) -> None:
    """Build the page."""
    try:
        search, trouble = search_of(asked), ""
    except InputError as error:
        search, trouble = EVERYTHING, str(error)
    found = await shelf.list(search)
    asked = replace(asked, athlete=meant_by(asked.athlete, found.athletes))
    with framed("Sessions"):
        words_list(found.notes, "notes")
        _search(asked, found)
        if trouble:
            Text("p", trouble).classes("trouble").props('role="alert"')
        rows = [row for row in found.rows if not asked.athlete or of_athlete(row, asked.athlete).sets]
        _sessions(asked, rows)
        lately = [of_athlete(row, asked.athlete) for row in rows[:LATELY]]
        _progress(asked, lately)
        if any(row.started for row in lately):
            with section("When"):
                Drawing(plots.calendar(lately), "Reps on each day; the table above has the sessions")


def search_of(asked: Asked) -> Search:
    """Take what is asked for as a search; InputError where a day is none."""
    since = moment_of(asked.since, "since") if asked.since else None
    return Search(asked.words, asked.athlete or None, tag=asked.tag or None, since=since)


def _search(asked: Asked, found: Listed) -> None:
    """Draw the search as a form of the web's own: Enter sends it, and the address keeps it."""
    with ui.element("form").props('role="search" method="get" action="/"').classes("search"):
        _field("Words", "words", asked.words)
        _choice("Athlete", "athlete", asked.athlete, found.athletes)
        _choice("Tag", "tag", asked.tag, found.tags)
        _field("Since", "since", asked.since, "date")
        Text("button", "Find").props('type="submit"')
        if asked != Asked():
            link("All sessions", list_address())
        if asked.athlete:
            link(f"Report of {asked.athlete}", report_address(**asdict(asked) | {"measure": "", "page": 1}))


def _field(label: str, name: str, value: str, kind: str = "search") -> None:
    with ui.element("label"):
        Text("span", label)
        ui.element("input").props.update({"type": kind, "name": name, "value": value})


def _choice(label: str, name: str, value: str, choices: Sequence[str]) -> None:
    with ui.element("label"):
        Text("span", label)
        with ui.element("select") as select:
            select.props["name"] = name
            for choice in ("", *choices):
                option = Text("option", choice or "all")
                option.props["value"] = choice
                if choice == value:
                    option.props["selected"] = True


def _progress(asked: Asked, rows: Sequence[SessionRow]) -> None:
    """Show how one athlete gets on: two people's reps in one line would mean nothing."""
    latest = last_trained(rows, asked.athlete)
    if latest is None:
        return
    own = only(rows, latest.athlete, latest.exercise)
    with section(joined("Over time", latest.athlete or NOBODY, title_of(latest.exercise))):
        if others := _others(asked, rows, latest):
            Text("p", f"Not of {others}: choose an athlete above.").classes("fine")
        words_list([*standing_words(own), *filter(None, [undated_words(own)])])
        if news := news_of(own):
            with ui.element("details"):
                Text("summary", "What is new since last time")
                words_list(news)
        measure = asked.measure if asked.measure in TRENDS else TRENDS[0]
        with ui.element("nav").classes("measures").props('aria-label="what the trend is of"'):
            for other in TRENDS:
                here = link(titled(other), list_address(**asdict(asked) | {"measure": other}))
                if other == measure:
                    here.props["aria-current"] = "true"
        points = points_of([one for row in own for one in row.sides], measure)
        Drawing(plots.trend(points, measure), f"{titled(measure)} over time, left and right")


def last_trained(rows: Sequence[SessionRow], athlete: str) -> SideRow | None:
    """Find who trained last, and what: of that athlete, where one is asked for.

    A lift that is only counted comes last: most trends have nothing of it.
    """
    done = [one for row in rows for one in row.sides if _is(one.athlete, athlete)]
    judged = (one for one in done if not math.isnan(one.clean))
    return next(judged, next(iter(done), None))


def of_athlete(row: SessionRow, athlete: str) -> SessionRow:
    """Leave of a session what one athlete did, where one is asked for: others may have shared it."""
    if not athlete or row.trouble:
        return row
    sets = tuple(one for one in row.sets if _is(one.athlete, athlete))
    return replace(row, sets=sets, sides=tuple(one for one in row.sides if _is(one.athlete, athlete)))


def _is(athlete: str, asked: str) -> bool:
    return not asked or athlete == asked


def meant_by(asked: str, known: Sequence[str]) -> str:
    """Choose the athlete of just that name, or else one whose name differs in its capitals only."""
    name = as_one(asked)
    alike = (one for one in known if searchable(one) == searchable(name))
    return name if name in known else next(alike, name)


def _others(asked: Asked, rows: Sequence[SessionRow], shown: SideRow) -> str:
    """Name those who trained, too, where nobody is asked for."""
    names = {one.athlete for row in rows for one in row.sides} - {shown.athlete}
    return "" if asked.athlete else ", ".join(sorted(name or NOBODY for name in names))


def _sessions(asked: Asked, rows: Sequence[SessionRow]) -> None:
    pages = max(1, math.ceil(len(rows) / ON_A_PAGE))
    page = min(max(1, asked.page), pages)
    shown = [of_athlete(row, asked.athlete) for row in rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]]
    with section(counted(len(rows), "session")):
        if not rows:
            Text(
                "p", "Nothing is found. tracker train records; tracker import takes what other apps recorded."
            )
            return
        legs = [leg for leg in LEG_NAMES if leg is not Side.UNKNOWN or _has(shown, leg)]
        columns = (
            "session",
            "began",
            "athlete",
            *(LEG_NAMES[leg] for leg in legs),
            "load",
            "next load",
            "said",
        )
        table("Sessions, newest first", columns, [_row(row, legs) for row in shown], stacks=True)
        if pages > 1:
            with ui.element("nav").classes("pages").props('aria-label="pages of the list"'):
                for other in _near(page, pages):
                    here = link(str(other), list_address(**asdict(asked) | {"page": other}))
                    if other == page:
                        here.props["aria-current"] = "page"


def _near(page: int, pages: int) -> Iterator[int]:
    """Give the numbers of the first page, the last, and those around this one."""
    near = {1, pages, *range(page - 2, page + 3)}
    yield from sorted(number for number in near if 1 <= number <= pages)


def _has(rows: Sequence[SessionRow], leg: Side) -> bool:
    return any(side.side is leg for row in rows for side in row.sides)


def _row(row: SessionRow, legs: Sequence[Side]) -> Sequence[Cell]:
    if row.trouble:
        return (row.name, row.trouble)
    return (
        partial(link, row.name, session_address(row.name)),
        when_words(row.started),
        ", ".join(athlete_names(one.athlete for one in row.sets)),
        *(_reps(row, leg) for leg in legs),
        _loads(row.sets),
        "; ".join(_next_load(row, leg) for leg in LEG_NAMES if _has([row], leg)),
        joined(*(f"#{tag}" for tag in row.tags), "corrected" if row.edits else "", row.note[:60]),
    )


def _loads(sets: Sequence[SetRow]) -> str:
    """Write the loads that were said, each once."""
    loads = sorted({one.load_kg for one in sets if not math.isnan(one.load_kg)})
    return f"{', '.join(f'{load:g}' for load in loads)} kg" if loads else ""


def _next_load(row: SessionRow, leg: Side) -> str:
    """Write what to do with a leg's load; where several people or lifts share the session, for each."""
    return f"{LEG_NAMES[leg]} {', '.join(gate_words(one.gate) for one in row.sides if one.side is leg)}"


def _reps(row: SessionRow, side: Side) -> str:
    """Write a leg's reps, and how many of those that were judged were clean."""
    own = [one for one in row.sides if one.side is side]
    if not own:
        return NOT_MEASURED
    clean = known_sum(one.clean for one in own)
    reps, judged = sum(one.reps for one in own), sum(one.judged for one in own)
    of = "" if judged == reps else f" of {judged}"
    return f"{reps}" if math.isnan(clean) else f"{reps}, {clean:.0f}{of} clean"
