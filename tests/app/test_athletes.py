"""`tracker athletes`: who trained, everything of one into a file, and back."""

import io
import json
import os
import sqlite3
import sys

import pandas as pd
import pytest

from tests.app.athletes import BOTH, contents, declared, trained
from tracker.app.cli import main
from tracker.app.exit_codes import BAD_INPUT
from tracker.archive import tables
from tracker.archive.analyze import analyze
from tracker.archive.appending import Appending
from tracker.archive.export.csv import write_tables
from tracker.archive.header import Header
from tracker.archive.library import Library
from tracker.archive.settings import library_index

NAMES = pytest.mark.parametrize(
    "name", ['Al "Iron" O\'Neil', "--../../etc\\passwd", "=\U0001f3cb\ufe0f\u200d\u2640"]
)


pytestmark = pytest.mark.usefixtures("sessions")


@pytest.fixture
def pack(tmp_path):
    """Where a backup goes."""
    return tmp_path / "backup.zip"


class Keyboard(io.StringIO):
    """A person who types."""

    def isatty(self):
        return True


def who(run):
    status, out, _ = run("list", "--json")
    assert status == 0
    return {one["name"]: (one["sessions"], one["sets"], one["reps"]) for one in json.loads(out)["athletes"]}


def test_it_is_listed_who_trained(sessions, run):
    trained(sessions, "monday", "Ana", "Bea")
    trained(sessions, "tuesday", "Ana")
    trained(sessions, "wednesday")
    declared(sessions / "thursday.arrows", "Zoe\u0308")
    trained(sessions, "friday", "Zo\u00eb")
    declared(sessions / "saturday.arrows", "Cy", sets=False)
    assert who(run) == {
        "Ana": (2, 3, 24),
        "Bea": (1, 1, 8),
        "Cy": (1, 0, 0),
        "Zo\u00eb": (2, 4, 32),
        None: (1, 2, 16),
    }
    _, out, _ = run("list")
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()[3:] if line.strip()}
    assert rows["Zo\u00eb"] == ["2", "4", "32", "2026-01-01", "2026-02-01"]
    assert "athlete not said" in out


def test_nobody_has_trained_yet(run):
    status, out, complaints = run("list")
    assert (status, complaints) == (0, [])
    assert "nobody has trained yet" in out
    assert who(run) == {}


@NAMES
def test_backed_up_deleted_and_restored_is_what_it_was(name, sessions, pack, run):
    trained(sessions, "monday", name)
    declared(sessions / "tuesday.arrows", name)
    write_tables(analyze(sessions / "monday.arrows"), sessions, "monday")
    os.utime(sessions / "monday.arrows", ns=(1, 1_600_000_000_123_456_789))
    trained(sessions, "wednesday", "Somebody else")
    before = contents(sessions)
    told = [table(analyze(sessions / "monday.arrows")) for table in tables.TABLES]
    assert run("backup", "--out", pack, "--", name)[0] == 0
    assert contents(sessions) == before
    assert run("delete", "--yes", "--", name)[0] == 0
    assert contents(sessions).keys() == {"wednesday.arrows", "wednesday.edits.jsonl"}
    assert run("restore", pack)[0] == 0
    assert contents(sessions) == before
    for was, now in zip(
        told, [table(analyze(sessions / "monday.arrows")) for table in tables.TABLES], strict=True
    ):
        pd.testing.assert_frame_equal(was, now)


def test_all_segments_and_leftovers_belong_to_their_session(sessions, run):
    trained(sessions, "monday", "Ana")
    (sessions / "monday.2.arrows").write_bytes(b"\xff\xff\xff\xffdamaged")
    (sessions / ".monday.reps.csv.0123").write_text("cut off by a crash")
    (sessions / "mondays.arrows").write_bytes(BOTH.read_bytes())
    before = contents(sessions)
    status, out, complaints = run("delete", "Ana", "--yes")
    assert contents(sessions).keys() == {"mondays.arrows"}
    assert (status, complaints) == (0, [])
    assert [name in out for name in before] == [name != "mondays.arrows" for name in before]


def test_a_session_with_a_segment_that_is_damaged_inside_goes_only_when_it_is_said(sessions, pack, run):
    declared(sessions / "monday.arrows", "Ana")
    later = declared(sessions / "monday.2.arrows", "Ana", sets=False, segment=2)
    later.write_bytes(later.read_bytes().replace(b'"mark"', b'"mork"'))
    before = contents(sessions)
    status, _, [complaint] = run("delete", "Ana", "--yes")
    assert status == BAD_INPUT
    assert "monday.2.arrows: the recording is damaged after" in complaint
    assert run("backup", "Ana", "--out", pack)[0] == 0
    assert contents(sessions) == before
    assert run("delete", "Ana", "--yes", "--with-shared")[0] == 0
    assert run("restore", pack)[0] == 0
    assert contents(sessions) == before


def test_behind_damage_there_may_be_sets_of_others(sessions, run):
    file = trained(sessions, "monday", "Ana")
    content = file.read_bytes()
    file.write_bytes(content[:5000] + b"\xff" * 400 + content[5400:])
    status, _, [complaint] = run("delete", "Ana", "--yes")
    assert status == BAD_INPUT
    assert "monday may be of others, too" in complaint
    assert "recording is damaged after" in complaint
    assert file.exists()
    file.write_bytes(content[:5000])  # cut off: behind that there is nothing
    assert run("delete", "Ana", "--yes")[0] == 0


def test_a_session_of_two_is_left_whole_unless_it_is_said(sessions, run):
    trained(sessions, "monday", "Ana", "Bea")
    trained(sessions, "tuesday", "Ana")
    shared = {"monday.arrows", "monday.edits.jsonl"}
    status, _, [complaint] = run("delete", "Ana", "--yes")
    assert status == BAD_INPUT
    assert "monday is of Bea, too" in complaint
    assert "--with-shared" in complaint
    assert contents(sessions).keys() == shared
    status, out, complaints = run("delete", "Ana", "--yes", "--with-shared")
    assert (status, complaints) == (0, [])
    assert "with what is of Bea" in out
    assert not contents(sessions)


def test_sets_of_nobody_keep_a_session_too(sessions, run):
    trained(sessions, "monday")
    assert main(["edit", "set", "monday", "1", "--athlete", "Ana"]) == 0
    status, _, [complaint] = run("delete", "Ana", "--yes")
    assert status == BAD_INPUT
    assert "athlete not said" in complaint
    assert len(contents(sessions)) == 2


def test_a_session_in_which_a_name_is_all_that_is_left_is_told(sessions, run):
    declared(sessions / "monday.arrows", "Anna")
    assert main(["edit", "session", "monday", "--athlete", "Ana"]) == 0
    status, _, complaints = run("delete", "Anna", "--yes")
    assert status == BAD_INPUT
    assert "monday names Anna" in complaints[0]
    assert "did you mean Ana?" in complaints[1]
    assert who(run) == {"Ana": (1, 2, 16)}


def test_what_cannot_be_read_is_left_and_told(sessions, pack, run):
    trained(sessions, "monday", "Ana")
    (sessions / "broken.arrows").write_bytes(b"no recording")
    for words in (["list"], ["backup", "Ana", "--out", pack], ["delete", "Ana", "--yes"]):
        status, _, [complaint] = run(*words)
        assert status == BAD_INPUT
        assert str(sessions / "broken.arrows") in complaint
    assert contents(sessions).keys() == {"broken.arrows"}


def test_what_is_being_recorded_is_left_and_told(sessions, pack, run):
    trained(sessions, "monday", "Ana")
    trained(sessions, "tuesday", "Ana")
    now = Appending(sessions / "tuesday.2.arrows", Header("both_sides", 2, "2026-01-01T18:20:00+00:00"))
    try:
        for words in (["backup", "Ana", "--out", pack], ["delete", "Ana", "--yes"]):
            status, out, [complaint] = run(*words)
            assert status == BAD_INPUT
            assert "tuesday is being recorded right now" in complaint
            assert "1 session" in out
        assert contents(sessions).keys() == {"tuesday.arrows", "tuesday.edits.jsonl", "tuesday.2.arrows"}
    finally:
        now.close()
    assert run("delete", "Ana", "--yes")[0] == 0
    assert not contents(sessions)


@pytest.mark.parametrize(
    ("answer", "stays"), [("yes\n", False), ("Y\n", False), ("\n", True), ("no\n", True)]
)
def test_a_person_is_asked(answer, stays, sessions, run, monkeypatch):
    trained(sessions, "monday", "Ana")
    before = contents(sessions)
    monkeypatch.setattr(sys, "stdin", Keyboard(answer))
    status, out, _ = run("delete", "Ana")
    assert status == 0
    assert out.index("monday.arrows") < out.index("delete all this of Ana?")
    assert ("nothing was deleted" in out) is stays
    assert contents(sessions) == (before if stays else {})


def test_in_a_pipe_it_has_to_be_said(sessions, run, monkeypatch):
    trained(sessions, "monday", "Ana")
    before = contents(sessions)
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    status, out, [complaint] = run("delete", "Ana")
    assert status == BAD_INPUT
    assert "--yes" in complaint
    assert "monday.arrows" in out
    assert contents(sessions) == before


def test_a_deletion_that_was_cut_off_is_told_and_ended(sessions, pack, run):
    trained(sessions, "monday", "Ana")
    trained(sessions, "tuesday", "Bea")
    assert run("backup", "Ana", "--out", pack)[0] == 0
    note = sessions.with_name("deleting.json")
    note.write_text(
        json.dumps({"athlete": "Ana", "files": ["monday.edits.jsonl", "monday.arrows", "monday.reps.csv"]})
    )
    (sessions / "monday.arrows").unlink()  # no recording says any more whose the rest is
    for words in (["list"], ["delete", "Bea", "--yes"], ["restore", pack]):
        assert "everything of Ana was being deleted when that was cut off" in run(*words)[2][0]
    assert contents(sessions).keys() == {"monday.edits.jsonl", "tuesday.arrows", "tuesday.edits.jsonl"}
    status, out, _ = run("delete", "Ana", "--yes")
    assert status == 0
    assert "cut off before: monday.edits.jsonl" in out
    assert contents(sessions).keys() == {"tuesday.arrows", "tuesday.edits.jsonl"}
    assert not note.exists()
    assert run("restore", pack)[0] == 0


def test_a_deletion_that_was_cut_off_at_its_last_step_is_ended(sessions, run):
    note = sessions.with_name("deleting.json")
    note.write_text(json.dumps({"athlete": "Ana", "files": ["monday.arrows"]}))
    note.with_name(".deleting.json.0f3a").write_text('{"athlete": "Ana"')  # half of an earlier one
    assert run("delete", "Ana", "--yes")[0] == 0
    assert not list(note.parent.glob("*deleting*"))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"athlete": 1, "files": []}',
        '{"athlete": "Ana", "files": ["../x"]}',
        '{"athlete": "Ana"}',
    ],
)
def test_a_note_of_a_deletion_that_nobody_wrote_deletes_nothing(content, sessions, run):
    trained(sessions, "monday", "Ana")
    sessions.with_name("deleting.json").write_text(content)
    sessions.with_name("x").write_text("outside")
    status, _, [complaint] = run("delete", "Ana", "--yes")
    assert status == BAD_INPUT
    assert "deleting.json" in complaint
    assert sessions.with_name("x").exists()
    assert len(contents(sessions)) == 2


@pytest.mark.parametrize("is_in_use", [False, True])
def test_the_index_of_the_library_forgets_too(is_in_use, sessions, run):
    for number in range(8):
        trained(sessions, f"monday{number}", "Anastasia")
    trained(sessions, "tuesday", "Bea")
    with Library(sessions, library_index()) as library:
        library.refresh()
        assert names_in_cache("Anastasia")
        if is_in_use:  # by the page of another process: what that one reads now stays readable to it
            reading = sqlite3.connect(library_index(), isolation_level=None)
            reading.execute("BEGIN")
            reading.execute("SELECT * FROM sessions").fetchone()
        assert run("delete", "Anastasia", "--yes")[0] == 0
        assert names_in_cache("Anastasia") == []
        if is_in_use:
            reading.close()
    assert who(run) == {"Bea": (1, 2, 16)}
    assert names_in_cache("Anastasia") == []


def names_in_cache(name):
    """Files of the cache that hold a name's bytes, in any case."""
    files = [file for file in library_index().parent.rglob("*") if file.is_file()]
    return [file.name for file in files if name.casefold().encode() in file.read_bytes().lower()]


def test_a_sensor_that_is_called_so_is_told(sessions, run):
    trained(sessions, "monday", "Ana")
    sessions.with_name("settings.toml").write_text('[[sensors]]\nnickname = "ana\'s"\nmake = "open-lift"\n')
    assert "a sensor is still called ana's" in run("delete", "Ana", "--yes")[1]


@pytest.mark.parametrize("verb", ["backup", "delete", "export"])
def test_a_name_that_nobody_has_is_one_line(verb, sessions, pack, run):
    trained(sessions, "monday", "Ana")
    options = ["--yes"] if verb == "delete" else ["--out", pack]
    status, out, [complaint] = run(verb, "ana", *options)
    assert (status, out) == (BAD_INPUT, "")
    assert "did you mean Ana?" in complaint
    assert not pack.exists()


def test_a_recording_is_never_written_over_by_a_backup(sessions, run):
    trained(sessions, "monday", "Ana")
    before = contents(sessions)
    status, _, [complaint] = run("backup", "Ana", "--out", sessions / "monday.arrows", "--replace")
    assert status == BAD_INPUT
    assert "is no backup" in complaint
    assert contents(sessions) == before


def test_an_older_backup_is_replaced_only_when_it_is_said(sessions, pack, run):
    trained(sessions, "monday", "Ana")
    assert run("backup", "Ana", "--out", pack)[0] == 0
    older = pack.read_bytes()
    trained(sessions, "tuesday", "Ana")
    status, _, [complaint] = run("backup", "Ana", "--out", pack)
    assert status == BAD_INPUT
    assert "--replace" in complaint
    assert pack.read_bytes() == older
    assert run("backup", "Ana", "--out", pack, "--replace")[0] == 0
    assert "tuesday: 2 files there already" in run("restore", pack)[1]
    assert {file.name for file in pack.parent.iterdir()} == {"home", "backup.zip"}


def test_what_is_there_is_never_written_over(sessions, pack, run):
    for session in ("monday", "tuesday", "wednesday"):
        trained(sessions, session, "Ana")
    assert run("backup", "Ana", "--out", pack)[0] == 0
    with (sessions / "monday.edits.jsonl").open("a") as edits:  # said since
        edits.write("\n")
    (sessions / "tuesday.arrows").write_bytes(b"another session")
    (sessions / "tuesday.edits.jsonl").unlink()
    (sessions / "wednesday.arrows").unlink()
    before = contents(sessions)
    status, out, complaints = run("restore", pack)
    assert status == BAD_INPUT
    assert out.splitlines() == [
        "monday: 1 file there already",
        "wednesday: 1 file restored, 1 file there already",
    ]
    assert [complaint.split(":")[1].strip() for complaint in complaints] == [
        str(sessions / "monday.edits.jsonl"),
        "tuesday",
    ]
    after = contents(sessions)
    assert after.pop("wednesday.arrows")[0] == BOTH.read_bytes()
    assert after == before


def test_export_is_that_of_tracker_export(sessions, tmp_path, run):
    trained(sessions, "monday", "Ana", "Bea")
    assert run("export", "Ana", "--out", tmp_path / "one", "--format", "hevy")[0] == 0
    assert main(["export", "--athlete", "Ana", "--format", "hevy", "--out", str(tmp_path / "two")]) == 0
    one, two = ([file.read_bytes() for file in (tmp_path / name).iterdir()] for name in ("one", "two"))
    assert one == two
    assert len(one) == 1


@pytest.mark.parametrize("name", ["", "  "])
def test_without_a_name_nothing_is_deleted(name, sessions, capsys):
    """A variable that a script has not set must not delete what nobody is named in."""
    kept = sessions / "monday.arrows"
    kept.write_bytes(BOTH.read_bytes())
    assert main(["athletes", "delete", name, "--yes", "--with-shared"]) == BAD_INPUT
    assert "an empty name is nobody's" in capsys.readouterr().err
    assert kept.exists()
