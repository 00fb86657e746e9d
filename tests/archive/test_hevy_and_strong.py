"""The CSV files of other apps: exact headers, exact rows, read back, no formula."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from tests.archive.by_hand import LEFT, NOTHING, RIGHT, SESSION
from tracker.archive import tables
from tracker.archive.export.exported import Exported
from tracker.archive.export.hevy import hevy_files
from tracker.archive.export.strong import duration, strong_files
from tracker.sensing.marks import Side

HEVY = (
    '"title","start_time","end_time","description","exercise_title","superset_id","exercise_notes","set_index",'
    '"set_type","weight_kg","reps","distance_km","duration_seconds","rpe"\n'
)
STRONG = (
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,"
    "Distance,Seconds,Notes,Workout Notes,RPE\n"
)
LIFT = "Weighted one-leg hip thrust"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def hevy(session) -> str:
    return hevy_files(Exported(Path(), session))[".hevy.csv"].decode()


def strong(session) -> str:
    return strong_files(Exported(Path(), session))[".strong.csv"].decode()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def leg_of(title: str) -> str:
    return title.removeprefix(LIFT).strip(" ()").lower() or "unknown"


def test_hevy_byte_for_byte():
    workout = f'"{LIFT}","31 Jan 2026, 18:05","31 Jan 2026, 18:06","Ana; monday"'
    assert hevy(SESSION) == HEVY + (
        f'{workout},"{LIFT} (Left)",,"clean 2 of 3",0,"normal",20,2,,,\n'
        f'{workout},"{LIFT} (Left)",,"clean 2 of 3",1,"normal",22.5,1,,,\n'
        f'{workout},"{LIFT} (Right)",,"",0,"normal",,1,,,\n'
    )


def test_strong_byte_for_byte():
    workout = f'2026-01-31 18:05:00,"{LIFT}",2m'
    assert strong(SESSION) == STRONG + (
        f'{workout},"{LIFT} (Left)",1,20.0,2,0,0,"clean 1 of 2","Ana; monday",\n'
        f'{workout},"{LIFT} (Left)",2,22.5,1,0,0,"clean 1 of 1","Ana; monday",\n'
        f'{workout},"{LIFT} (Right)",1,,1,0,0,"","Ana; monday",\n'
    )


@pytest.mark.parametrize(("write", "header"), [(hevy, HEVY), (strong, STRONG)])
def test_nothing_found_is_a_header(write, header):
    assert write(NOTHING) == header


@pytest.mark.parametrize(
    ("write", "title", "weight", "reps"),
    [(hevy, "exercise_title", "weight_kg", "reps"), (strong, "Exercise Name", "Weight", "Reps")],
)
def test_read_back_the_sets_are_those_of_the_table(write, title, weight, reps):
    alternating = tuple(
        replace(one, number=number, load_kg=20.0 + number / 4)
        for number, one in enumerate((LEFT, RIGHT, LEFT, RIGHT, replace(LEFT, side=Side.UNKNOWN)), 1)
    )
    session = replace(SESSION, sets=alternating)
    read = [(leg_of(row[title]), float(row[weight]), float(row[reps])) for row in rows(write(session))]
    table = tables.sets(session)
    expected = list(zip(table.side, table.load_kg, table.reps, strict=True))
    assert read == sorted(expected, key=lambda one: ["left", "right", "unknown"].index(one[0]))


def test_sets_are_counted_for_each_leg():
    session = replace(SESSION, sets=(LEFT, RIGHT, LEFT, RIGHT))
    assert [row["set_index"] for row in rows(hevy(session))] == ["0", "1", "0", "1"]
    assert [row["Set Order"] for row in rows(strong(session))] == ["1", "2", "1", "2"]


@pytest.mark.parametrize(("number", "month"), list(enumerate(MONTHS, 1)))
def test_months_are_english_and_days_have_no_zero_before_them(number, month):
    session = replace(SESSION, started=f"2026-{number:02}-01T07:05:00-05:00")
    assert rows(hevy(session))[0]["start_time"] == f"1 {month} 2026, 07:05"


@pytest.mark.parametrize("write", [hevy, strong])
@pytest.mark.parametrize("text", ["=1+1", "+49 170", "-5", "@home", "\tx", "\rx"])
def test_what_a_person_wrote_is_never_a_formula(write, text):
    for changed in (
        replace(SESSION, sets=(replace(LEFT, athlete=text),)),
        replace(SESSION, session_id=text, sets=(replace(LEFT, athlete=""),)),
    ):
        cells = [cell for row in rows(write(changed)) for cell in row.values()]
        assert any(cell.startswith(f"'{text}") for cell in cells)
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


@pytest.mark.parametrize("write", [hevy, strong])
@pytest.mark.parametrize("text", ["Ana, Bo", 'the "big" one', "two\nlines", "Ä é 漢 🏋️"])
def test_other_text_comes_through_as_it_is(write, text):
    (row,) = rows(write(replace(SESSION, sets=(replace(LEFT, athlete=text),))))
    assert f"{text}; monday" in row.values()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0, "1m"), (89.0, "1m"), (91.0, "2m"), (3599.0, "1h"), (3660.0, "1h 1m"), (36000.0, "10h")],
)
def test_how_long_a_workout_lasted(seconds, said):
    assert duration(seconds) == said
