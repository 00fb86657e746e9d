"""`tracker edit`: a correction is written down, told with what it changes, and in all tables from then on."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tracker.app.cli import main
from tracker.app.exit_codes import BAD_INPUT
from tracker.archive.edits import edits_path, read_edits
from tracker.archive.header import Header
from tracker.archive.recording import Writer, read

RECORDING = Path(__file__).parents[2] / "recordings" / "both_sides.arrows"


@pytest.fixture
def monday(tmp_path, monkeypatch):
    """A recorded session: a set of 8 for either side, and a motion at 9.8 s that was carried."""
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "home"))
    folder = tmp_path / "home" / "sessions"
    folder.mkdir(parents=True)
    return Path(shutil.copy(RECORDING, folder / "monday.arrows"))


def said_by(*words, capsys):
    capsys.readouterr()
    assert main(["edit", *words]) == 0
    return capsys.readouterr().out


def sets_of(session, tmp_path, *options):
    assert main(["export", session, "--out", str(tmp_path / "out"), *options]) == 0
    return pd.read_csv(tmp_path / "out" / f"{session}.sets.csv")


@pytest.mark.parametrize(
    ("words", "what", "changes"),
    [
        (
            ["set", "2", "--side", "left", "--load-kg", "22.5"],
            "the set at 69.9-105.8 s: side left, load 22.5 kg",
            [
                "left: sets 1 -> 2, reps 8 -> 16",
                "load 20 kg -> 20 kg; 22.5 kg",
                "right: sets 1 -> 0, reps 8 -> 0",
            ],
        ),
        (
            ["session", "--athlete", "Ana"],
            "the session: athlete Ana",
            ["left: athlete not said -> Ana", "right: athlete not said -> Ana"],
        ),
        (["drop", "2.4"], "the rep at 85.7 s was none", ["right: reps 8 -> 7, clean 8 -> 7"]),
        (["count", "9.8"], "the motion at 9.8 s was a rep", ["left: reps 8 -> 9"]),
        (["split", "30"], "the set around 30.0 s was two", ["left: sets 1 -> 2"]),
        (["merge", "1", "2"], "the sets between", ["left: reps 8 -> 16", "right: sets 1 -> 0"]),
        (
            ["trim", "--from", "15", "--to", "90"],
            "only what is from 15.0 s to 90.0 s was training",
            ["right: reps 8 -> 4, clean 8 -> 4"],
        ),
    ],
    ids=lambda words: words[0] if isinstance(words, list) else "",
)
@pytest.mark.usefixtures("monday")
def test_every_correction_says_what_it_is_and_what_it_changes_and_can_be_undone(
    words, what, changes, tmp_path, capsys
):
    before = sets_of("monday", tmp_path)
    verb, *rest = words
    first, *others = said_by(verb, "monday", *rest, capsys=capsys).splitlines()
    assert first.startswith("monday: ")
    assert what in first
    assert [change for change in changes if change not in "\n".join(others)] == []
    after = sets_of("monday", tmp_path)
    assert not after.equals(before)
    assert sets_of("monday", tmp_path, "--as-recorded").equals(before)
    assert f"undone: {what}" in said_by("undo", "monday", capsys=capsys)
    assert sets_of("monday", tmp_path).equals(before)


def test_analyze_and_export_tell_the_same_corrected_session(monday, tmp_path, capsys):
    said_by("drop", "monday", "2.4", capsys=capsys)
    by_export = sets_of("monday", tmp_path)
    assert main(["analyze", str(monday), "--out", str(tmp_path / "there")]) == 0
    assert pd.read_csv(tmp_path / "there" / "monday.sets.csv").equals(by_export)
    assert list(by_export.reps) == [8, 7]
    assert "corrections: 1 (tracker edit list)" in capsys.readouterr().out
    assert main(["analyze", str(monday), "--as-recorded"]) == 0
    assert "corrections" not in capsys.readouterr().out


@pytest.mark.usefixtures("monday")
def test_corrections_are_listed_with_what_of_them_was_undone(capsys):
    assert "as it was recorded" in said_by("list", "monday", capsys=capsys)
    said_by("split", "monday", "30", capsys=capsys)
    said_by("drop", "monday", "1.2", capsys=capsys)
    said_by("undo", "monday", "1", capsys=capsys)
    lines = [line.split() for line in said_by("list", "monday", capsys=capsys).splitlines() if "20" in line]
    assert [(line[0], line[-1]) for line in lines] == [("1", "yes"), ("2", "none"), ("3", "1")]
    assert main(["edit", "undo", "monday", "1"]) == BAD_INPUT
    assert "undone already" in capsys.readouterr().err
    said_by("undo", "monday", "3", capsys=capsys)
    lines = [line.split() for line in said_by("list", "monday", capsys=capsys).splitlines() if "20" in line]
    assert [line[-1] == "yes" for line in lines] == [False, False, True, False]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["set", "tuesday", "1", "--side", "left"], "tuesday"),
        (["set", "monday", "3", "--side", "left"], "the session has 2"),
        (["set", "monday", "0", "--side", "left"], "no set 0"),
        (["set", "monday", "1"], "say another side"),
        (["set", "monday", "1", "--side", "both"], "left"),
        (["set", "monday", "1", "--load-kg", "900"], "--load-kg"),
        (["session", "monday", "--exercise", "squat"], "any_lift"),
        (["session", "monday", "--tempo", "fast"], "3-1-1-2"),
        (["drop", "monday", "2"], "SET.REP"),
        (["drop", "monday", "2.x"], "SET.REP"),
        (["drop", "monday", "2.9"], "it has 8"),
        (["count", "monday", "60"], "9.8"),
        (["count", "monday", "nan"], "nearest"),
        (["split", "monday", "60"], "no such thing"),
        (["merge", "monday", "2", "1"], "earlier one first"),
        (["merge", "monday", "1", "3"], "no set 3"),
        (["trim", "monday"], "say when training began"),
        (["trim", "monday", "--from", "9", "--to", "3"], "from 9 s to 3 s"),
        (["trim", "monday", "--from", "nan"], "from nan s"),
        (["trim", "monday", "--to", "nan"], "to nan s"),
        (["trim", "monday", "--to", "-3"], "to -3 s"),
        (["undo", "monday"], "no correction"),
        (["undo", "monday", "7"], "no correction 7"),
        (["list", "tuesday"], "tuesday"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_one_line_and_nothing_is_written(words, says, monday, capsys):
    assert main(["edit", *words]) == BAD_INPUT
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert says in told.err
    assert not edits_path(monday).exists()


def test_a_later_part_of_a_session_is_corrected_by_its_first(monday, capsys):
    with Writer(monday.with_name("monday.2.arrows"), Header("both_sides", 2, "")) as writer:
        writer.write(read(RECORDING).items[0])
    assert main(["edit", "split", str(monday.with_name("monday.2.arrows")), "30"]) == BAD_INPUT
    assert str(monday) in capsys.readouterr().err


def test_a_damaged_entry_is_told_with_every_correction_and_in_the_list(monday, capsys):
    edits_path(monday).write_text("{\n")
    assert "line 1 is damaged" in said_by("split", "monday", "30", capsys=capsys)
    assert "line 1 is damaged" in said_by("list", "monday", capsys=capsys)
    assert len(read_edits(monday).edits) == 1


@pytest.mark.usefixtures("monday")
def test_a_correction_that_rested_on_an_undone_one_is_told(capsys):
    said_by("count", "monday", "9.8", capsys=capsys)
    said_by("drop", "monday", "1.1", capsys=capsys)
    assert "note:" not in said_by("undo", "monday", "1", capsys=capsys)  # the motion is none either way
    said_by("split", "monday", "30", capsys=capsys)
    said_by("merge", "monday", "1", "2", capsys=capsys)
    assert "does not apply" in said_by("undo", "monday", "4", capsys=capsys)
