"""Old recordings by newer code: against the tables of their day, which nothing writes over."""

import math
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tracker
from tracker.archive.changed import ROW, Difference, changed_results
from tracker.archive.edits import add_edit
from tracker.coaching.edits import Merge, Span
from tracker.errors import InputError

RECORDING = Path(__file__).parents[2] / "recordings" / "missed_lockouts.arrows"
NOW = datetime(2026, 1, 31, 18, 5, tzinfo=UTC)


@pytest.fixture
def monday(tmp_path):
    return Path(shutil.copy(RECORDING, tmp_path / "monday.arrows"))


@pytest.fixture
def kept(monday):
    """The recording, with the tables of its day."""
    tracker.write_tables(tracker.analyze(monday), monday.parent, "monday")
    return monday


def change(file, table, row, **cells):
    """Change what a table said; row from 0."""
    path = file.with_name(f"monday.{table}.csv")
    head, *rows = path.read_text().split("\n")
    said = dict(zip(head.strip().split(","), rows[row].strip().split(","), strict=False))
    rows[row] = ",".join((said | cells).values())
    path.write_text("\n".join([head.strip(), *(line.strip() for line in rows)]))


def test_without_tables_there_is_nothing_to_compare(monday):
    found = changed_results(monday)
    assert (found.session, found.has_tables, found.differences) == ("monday", False, ())
    assert found.software.startswith("thrust-tracker")


def test_no_figure_differs_whatever_was_corrected_since(kept):
    add_edit(kept, Merge(Span(0.0, 1000.0)), NOW)
    found = changed_results(kept)
    assert (found.has_tables, found.differences) == (True, ())


def test_what_differs_is_told_for_the_side_and_for_the_set_whose_counts_differ(kept):
    change(kept, "sides", 0, lockout_rate="0.500", rom_deg="")
    change(kept, "sets", 1, clean="4", rom_deg_first="1.00")
    first, second, third = changed_results(kept).differences
    assert (first.of, first.figure, first.was) == ("left", "lockout_rate", "0.500")
    assert first.change == pytest.approx(float(first.now) - 0.5)
    assert (second.figure, second.was) == ("rom_deg", "")
    assert math.isnan(second.change)
    assert third == Difference("set 2", "clean", "4", "6")


def test_a_set_that_is_new_or_gone_is_told_with_its_reps(kept):
    path = kept.with_name("monday.sets.csv")
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([*lines[:2], lines[2].replace(b",2,left", b",7,left"), b""]))
    assert changed_results(kept).differences == (
        Difference("set 7", ROW, "8", ""),
        Difference("set 2", ROW, "", "8"),
    )


def test_figures_that_came_later_are_not_compared(kept):
    path = kept.with_name("monday.sides.csv")
    path.write_text("side,reps\nright,8\nleft,7\n")
    assert changed_results(kept).differences == (Difference("left", "reps", "7", "8"),)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"a,b\n1,2\n", b"side,reps\nleft\n", b"side\nleft,3\n", b""]
)
def test_tables_that_are_none_are_one_line(kept, content):
    kept.with_name("monday.sides.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"monday\.sides\.csv") as error:
        changed_results(kept)
    assert "\n" not in str(error.value)
