"""What sessions are found by: words in any order and case, and what their sets are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.archive.index import Index, Seen
from tracker.archive.index_file import opened
from tracker.archive.listed import SessionRow, SetRow, SideRow
from tracker.archive.search import Search, searchable
from tracker.coaching.measures import Measured
from tracker.coaching.results import Gate
from tracker.sensing.marks import Side

FOLDER = Path("sessions")
SET = SetRow("", 1, Side.LEFT, "Ana", "one_leg_hip_thrust", 20.0, "", 8, 8, 7, Gate.GO, "all fine")
NAN = float("nan")
SIDE = SideRow(
    *("", "", "Ana", "any_lift", Side.RIGHT, 1, 8, 8, 0, NAN, NAN, NAN, Gate.UNKNOWN),
    (Measured("rom_deg", 50.1, NAN),),
)


def row(name, *sets, started="", **said):
    own = tuple(replace(one, session=name) for one in sets)
    return SessionRow(name, FOLDER / f"{name}.arrows", started, "x 1", sets=own, **said)


MONDAY = row(
    "monday", SET, replace(SET, side=Side.RIGHT, athlete="Jo"), tags=("Home",), started="2026-01-05T18:00:00"
)
TUESDAY = row(
    "tuesday",
    replace(SET, exercise="any_lift"),
    note="left knee\nfelt odd",
    started="2026-01-06T08:00:00+00:00",
)
OLD = row("old", tags=("Größe", "100%"))


@pytest.fixture
def find():
    index = Index(FOLDER, opened(FOLDER, None).connection)
    for each in (OLD, TUESDAY, MONDAY):
        index.put(each, Seen(each.name.encode(), each.name.encode(), "", ""))
    yield lambda *words, **search: [found.name for found in index.rows(Search(*words, **search))]
    index.close()


def test_the_newest_come_first_and_those_of_unknown_time_last(find):
    assert find() == ["tuesday", "monday", "old"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("MON", ["monday"]),
        ("day", ["tuesday", "monday"]),
        ("ana home", ["monday"]),
        ("home ANA", ["monday"]),
        ("home knee", []),
        ("hip_thrust", ["monday"]),
        ("knee odd", ["tuesday"]),
        ("knee\u00a0felt", ["tuesday"]),
        ("GRÖSSE", ["old"]),
        ("gro\u0308ße", ["old"]),
        ("%", ["old"]),
        ("_", ["tuesday", "monday"]),
        ("'", []),
        ("  ", ["tuesday", "monday", "old"]),
    ],
)
def test_all_words_are_there_in_any_order_and_case(find, words, found):
    assert find(words) == found


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"athlete": "ana"}, ["tuesday", "monday"]),
        ({"athlete": "an"}, []),
        ({"athlete": ""}, []),
        ({"athlete": "Jo", "side": Side.RIGHT}, ["monday"]),
        ({"athlete": "Jo", "side": Side.LEFT}, []),
        ({"exercise": "any_lift"}, ["tuesday"]),
        ({"tag": "HOME"}, ["monday"]),
        ({"tag": "hom"}, []),
        ({"words": "ana", "tag": "home"}, ["monday"]),
        ({"since": datetime(2026, 1, 6, 8, tzinfo=UTC)}, ["tuesday"]),
        ({"until": datetime(2026, 1, 6, 8, tzinfo=UTC)}, ["monday"]),
        ({"since": datetime(2026, 1, 6, 8, tzinfo=UTC) + timedelta(seconds=1)}, []),
    ],
    ids=str,
)
def test_sessions_are_found_by_what_their_sets_are(find, search, found):
    assert find(**search) == found


TEXT = st.text(st.characters(), max_size=20)  # with lone surrogates, as a broken file may hold


@settings(deadline=None)
@given(TEXT, TEXT, TEXT, TEXT, TEXT)
def test_any_text_is_kept_and_found_by_its_words(name, athlete, tag, note, other):
    index = Index(FOLDER, opened(FOLDER, None).connection)
    mine = row(f"x{name}", replace(SET, athlete=athlete, gate_reason=note), tags=(tag,), note=note)
    mine = replace(mine, file=FOLDER / "x.arrows", warnings=(other,))
    index.put(mine, Seen(b"x", b"x", "", ""))
    assert index.rows(Search()) == (mine,)
    words = searchable(f"{note} {tag}").split()
    for search in (Search(f"{note} {tag}"), Search(athlete=athlete), Search(tag=tag)):
        assert index.rows(search) == (mine,)
    assert index.rows(Search(" ".join(reversed(words)))) == (mine,)
    is_there = all(
        word in searchable(f"x{name}\n{tag}\n{note}\n{athlete}\n{SET.exercise}")
        for word in searchable(other).split()
    )
    assert index.rows(Search(other)) == ((mine,) if is_there else ())
    index.close()


def test_what_was_not_measured_comes_back_as_that():
    index = Index(FOLDER, opened(FOLDER, None).connection)
    mine = row("x", replace(SET, load_kg=NAN, clean=NAN))
    mine = replace(mine, sides=(replace(SIDE, session="x"),))
    index.put(mine, Seen(b"x", b"x", "", ""))
    [back] = index.rows(Search())
    assert (repr(back), back.sets[0].number, back.sides[:1]) == (repr(mine), 1, back.sides)
    index.close()
