"""What every format has in common, and the tables as Parquet."""

import io
import math
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from pyarrow import parquet

from tests.archive.by_hand import LEFT, LEFT_AGAIN, NOTHING, PARTIAL, RIGHT, SESSION
from tracker.app import options
from tracker.archive import tables
from tracker.archive.analyze import analyze
from tracker.archive.export.exported import PER, Exported, described, exercise_title, of_side
from tracker.archive.export.formats import FORMATS
from tracker.archive.export.parquet import parquet_files
from tracker.errors import InputError
from tracker.sensing.marks import Side

RECORDING = Path(__file__).parents[2] / "recordings" / "both_sides.arrows"
ENDINGS = {
    "csv": [".reps.csv", ".sets.csv", ".sides.csv", ".balance.csv", ".motions.csv"],
    "parquet": [
        ".reps.parquet",
        ".sets.parquet",
        ".sides.parquet",
        ".balance.parquet",
        ".motions.parquet",
    ],
    "fit": [".fit"],
    "hevy": [".hevy.csv"],
    "strong": [".strong.csv"],
    "html": [".html"],
    "samples": [".samples.csv", ".samples.parquet"],
}
NEEDS_A_START = {"fit", "hevy", "strong"}
TABLES = pytest.mark.parametrize("table", tables.TABLES, ids=lambda table: table.__name__)


@pytest.fixture(scope="module")
def recorded():
    return Exported(RECORDING, analyze(RECORDING))


def test_the_command_line_offers_every_format():
    assert set(get_args(get_args(options.Format)[0])) == set(FORMATS) == set(ENDINGS)
    offered = get_args(get_args(get_args(options.Per)[0])[0])
    assert set(offered) == set(PER)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_session_gives_the_same_files(recorded, name):
    files = FORMATS[name].files(recorded)
    assert list(files) == ENDINGS[name]
    assert all(files.values())
    assert FORMATS[name].files(recorded) == files


@pytest.mark.parametrize("name", sorted(set(FORMATS) - NEEDS_A_START))
def test_a_session_without_a_start_can_be_written(recorded, name):
    assert list(FORMATS[name].files(replace(recorded, session=replace(SESSION, started="")))) == ENDINGS[name]


@pytest.mark.parametrize("name", sorted(NEEDS_A_START))
def test_a_format_that_needs_a_start_says_so(name):
    with pytest.raises(InputError, match=r"^monday does not say when it began, .*--started 20"):
        FORMATS[name].files(Exported(Path(), replace(SESSION, started="")))


@pytest.mark.parametrize("name", [name for name, one in FORMATS.items() if one.has_tables])
@pytest.mark.parametrize("per", PER)
def test_one_table_can_be_chosen(name, per):
    chosen = FORMATS[name].files(Exported(Path(), SESSION, (PER[per],)))
    every = FORMATS[name].files(Exported(Path(), SESSION))
    assert list(chosen.items()) == [(f".{per}s.{name}", every[f".{per}s.{name}"])]


def test_of_one_side_the_other_is_left_out_and_numbers_stay():
    left = of_side(SESSION, Side.LEFT)
    assert (left.sets, left.rejected, left.balance) == ((LEFT, LEFT_AGAIN), (PARTIAL,), ())
    right = of_side(SESSION, Side.RIGHT)
    assert (right.sets, right.rejected) == ((RIGHT,), ())
    assert tables.sets(right)["set"].tolist() == [3]
    assert set(tables.motions(left)["set"]) == {1, 2}


def test_a_leg_is_part_of_the_title_where_it_is_known():
    titles = [exercise_title(replace(LEFT, side=side)) for side in Side]
    assert titles == [
        "Weighted one-leg hip thrust (Left)",
        "Weighted one-leg hip thrust (Right)",
        "Weighted one-leg hip thrust",
    ]


@TABLES
@pytest.mark.parametrize("session", [SESSION, NOTHING], ids=["session", "nothing"])
def test_a_parquet_read_back_is_the_table(table, session):
    content = parquet_files(Exported(Path(), session))[f".{table.__name__}.parquet"]
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(content)), table(session))


@TABLES
def test_a_parquet_has_the_types_of_its_columns_whether_it_has_rows_or_not(table):
    name = f".{table.__name__}.parquet"
    full, empty = (
        parquet.read_schema(io.BytesIO(parquet_files(Exported(Path(), session))[name]))
        for session in (SESSION, NOTHING)
    )
    assert full.equals(empty)
    assert full.names == list(table(SESSION))
    assert {str(kind) for kind in full.types} <= {"large_string", "int64", "double"}


def test_a_parquet_says_where_it_is_from():
    content = parquet_files(Exported(Path(), SESSION))[".sets.parquet"]
    metadata = parquet.read_schema(io.BytesIO(content)).metadata
    assert {key: metadata[key] for key in (b"table", b"schema", b"session_id", b"started", b"software")} == {
        b"table": b"sets",
        b"schema": b"1",
        b"session_id": b"monday",
        b"started": b"2026-01-31T18:05:00+01:00",
        b"software": f"thrust-tracker {version('thrust-tracker')}".encode(),
    }


def test_in_parquet_what_was_not_measured_is_null_and_text_is_as_it_was_said():
    session = replace(SESSION, sets=(replace(RIGHT, athlete="=1+1"),))
    content = parquet_files(Exported(Path(), session))[".sets.parquet"]
    (row,) = parquet.read_table(io.BytesIO(content)).to_pylist()
    assert (row["load_kg"], row["clean"], row["athlete"]) == (None, None, "=1+1")
    assert math.isnan(RIGHT.load_kg)


def test_a_session_of_one_who_was_said_and_one_who_was_not_says_both():
    first, second = SESSION.sets[:2]
    mixed = replace(SESSION, sets=(replace(first, athlete="Ana"), replace(second, athlete="")))
    assert described(mixed) == f"Ana; athlete not said; {SESSION.session_id}"
    nobodys = replace(SESSION, sets=tuple(replace(one, athlete="") for one in SESSION.sets))
    assert described(nobodys) == SESSION.session_id
