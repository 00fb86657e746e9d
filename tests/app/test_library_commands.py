"""`tracker library`, tags and notes: found, made anew, compared."""

import json
import shutil
from pathlib import Path

import pytest

from tracker.app.cli import main
from tracker.app.exit_codes import BAD_INPUT
from tracker.app.library import changed_words
from tracker.archive.changed import ROW, ChangedResults, Difference
from tracker.archive.header import this_software
from tracker.archive.recording import Writer, read
from tracker.archive.settings import library_index
from tracker.sensing.marks import Mark

RECORDINGS = Path(__file__).parents[2] / "recordings"


@pytest.fixture
def sessions(sessions):
    """Two recorded sessions, of which Monday's was tagged and noted."""
    shutil.copy(RECORDINGS / "both_sides.arrows", sessions / "monday.arrows")
    shutil.copy(RECORDINGS / "rocking.arrows", sessions / "tuesday.arrows")
    assert main(["edit", "tag", "monday", "easy", "at  home"]) == 0
    assert main(["edit", "note", "monday", "left knee felt odd"]) == 0
    return sessions


def said_by(*words, capsys, status=0):
    capsys.readouterr()
    assert main([*words]) == status
    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err
    return told.out if status == 0 else told.out + told.err


def found(*words, capsys):
    listed = json.loads(said_by("library", "list", *words, "--json", capsys=capsys))
    return [session["name"] for session in listed["sessions"]]


@pytest.mark.usefixtures("sessions")
def test_sessions_are_listed_with_what_was_done_and_said(capsys):
    lines = said_by("library", "list", capsys=capsys).splitlines()
    [monday] = [line for line in lines if "monday" in line]
    assert "2026-01-01 18:00" in monday
    assert monday.count("left 8, right 8") == 2
    assert "easy, at home" in monday
    assert "left knee felt odd" in monday
    assert library_index().exists()


@pytest.mark.usefixtures("sessions")
def test_sessions_are_searched(capsys):
    assert found(capsys=capsys) == ["tuesday", "monday"]
    assert found("ODD", "mon", capsys=capsys) == ["monday"]
    assert found("--tag", "At Home", capsys=capsys) == ["monday"]
    assert found("--athlete", "Ana", capsys=capsys) == []
    assert found("--since", "2026-01-03", capsys=capsys) == []
    assert "no session is like that" in said_by("library", "list", "x", capsys=capsys)
    assert "--since 'soon' is no date" in said_by(
        "library", "list", "--since", "soon", capsys=capsys, status=BAD_INPUT
    )


@pytest.mark.usefixtures("sessions")
def test_json_says_all_that_is_known_and_null_for_what_is_not(capsys):
    listed = json.loads(said_by("library", "list", "monday", "--json", capsys=capsys))
    [monday] = listed["sessions"]
    assert (monday["tags"], monday["edits"], monday["trouble"]) == (["easy", "at home"], 0, "")
    assert [(one["side"], one["reps"]) for one in monday["sets"]] == [("left", 8), ("right", 8)]
    errors = {each["measure"]: each["error"] for each in monday["sides"][0]["measures"]}
    assert errors["reps"] is None
    assert errors["rom_deg"] > 0


def test_nothing_recorded_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path))
    assert "no session is recorded" in said_by("library", "list", capsys=capsys)
    assert "0 sessions" in said_by("library", "rebuild", capsys=capsys)


def test_a_session_that_cannot_be_read_is_told_and_the_others_are_there(sessions, capsys):
    assert said_by("library", "rebuild", capsys=capsys).startswith("2 sessions in ")
    (sessions / "bad.arrows").write_text("hello")
    told = said_by("library", "rebuild", capsys=capsys, status=BAD_INPUT)
    assert ", 1 could not be read" in told
    assert f"tracker: {sessions / 'bad.arrows'}" in told
    listed = said_by("library", "list", capsys=capsys)
    assert "cannot be read" in listed
    assert f"note: {sessions / 'bad.arrows'}" in listed
    assert "monday" in listed


def test_the_index_may_be_deleted(sessions, capsys):
    library_index().parent.mkdir()
    library_index().write_text("no index")
    assert found(capsys=capsys) == ["tuesday", "monday"]
    shutil.rmtree(library_index().parent)
    assert found(capsys=capsys) == ["tuesday", "monday"]
    assert sorted(path.name for path in sessions.iterdir()) == [
        *("monday.arrows", "monday.edits.jsonl", "tuesday.arrows"),
    ]


def test_what_newer_code_says_is_compared_with_the_tables_of_the_day(sessions, tmp_path, capsys):
    told = said_by("library", "changed", "tuesday", capsys=capsys)
    assert told.startswith("tuesday: no tables were kept of that day (thrust-tracker")
    said_by("analyze", str(sessions / "monday.arrows"), "--out", str(tmp_path / "out"), capsys=capsys)
    for table in ("sets", "sides"):
        text = (tmp_path / "out" / f"monday.{table}.csv").read_text().replace(",8,8,", ",8,7,")
        (sessions / f"monday.{table}.csv").write_text(text)
    lines = said_by("library", "changed", capsys=capsys).splitlines()
    assert lines[0].startswith("monday: thrust-tracker")
    assert "  left: reps 7 -> 8 (+1)" in lines
    assert "  set 2: reps 7 -> 8 (+1)" in lines
    assert lines[-1].startswith("tuesday: ")
    shutil.copy(tmp_path / "out" / "monday.sets.csv", sessions)
    shutil.copy(tmp_path / "out" / "monday.sides.csv", sessions)
    assert "monday: no figure differs" in said_by("library", "changed", "monday", capsys=capsys)
    assert "nobody" in said_by("library", "changed", "nobody", capsys=capsys, status=BAD_INPUT)


@pytest.mark.parametrize("command", [["analyze", "{}/monday.arrows"], ["export", "monday"]])
def test_the_tables_of_the_day_are_not_written_over(sessions, command, capsys):
    (sessions / "monday.sets.csv").write_text("of that day")
    words = [word.format(sessions) for word in command]
    told = said_by(*words, "--out", str(sessions), capsys=capsys, status=BAD_INPUT)
    assert "choose another folder" in told
    assert (sessions / "monday.sets.csv").read_text() == "of that day"


@pytest.mark.usefixtures("sessions")
def test_tags_and_notes_are_corrected_and_undone(capsys):
    told = said_by("edit", "tag", "monday", "cramp", "--remove", "EASY", capsys=capsys)
    assert "tagged cramp, no longer tagged EASY" in told
    assert "tags: at home, cramp" in told
    assert "no figure" not in told
    assert "note: none" in said_by("edit", "note", "monday", "", capsys=capsys)
    assert "note: left knee felt odd" in said_by("edit", "undo", "monday", capsys=capsys)
    assert "tags: easy, at home" in said_by("edit", "undo", "monday", capsys=capsys)
    assert found("easy", "knee", capsys=capsys) == ["monday"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["tag", "monday"], "nothing is said"),
        (["tag", "monday", " "], "nothing is said"),
        (["tag", "monday", "Easy"], "tagged so already"),
        (["tag", "monday", "--remove", "cramp"], "no tag 'cramp'; its tags: easy, at home"),
        (["tag", "tuesday", "--remove", "cramp"], "its tags: none"),
        (["note", "monday", "left knee felt odd"], "its note already"),
        (["note", "tuesday", ""], "no note"),
    ],
    ids=" ".join,
)
def test_tags_and_notes_that_change_nothing_are_refused(words, says, sessions, capsys):
    before = (sessions / "monday.edits.jsonl").read_bytes()
    assert says in said_by("edit", *words, capsys=capsys, status=BAD_INPUT)
    assert (sessions / "monday.edits.jsonl").read_bytes() == before


@pytest.mark.usefixtures("sessions")
def test_tags_and_notes_change_no_table(tmp_path, capsys):
    for options in ([], ["--as-recorded"]):
        out = str(tmp_path / ("recorded" if options else "said"))
        said_by("export", "monday", "--out", out, *options, capsys=capsys)
    for path in (tmp_path / "said").iterdir():
        assert path.read_bytes() == (tmp_path / "recorded" / path.name).read_bytes()


def test_older_programs_know_that_tags_and_notes_are_newer(sessions):
    lines = (sessions / "monday.edits.jsonl").read_text().splitlines()
    assert [json.loads(line)["version"] for line in lines] == [2, 2]
    assert main(["edit", "split", "monday", "30"]) == 0
    assert json.loads((sessions / "monday.edits.jsonl").read_text().splitlines()[-1])["version"] == 1


def test_what_lacks_its_first_mark_is_named(sessions, capsys):
    known = read(sessions / "tuesday.arrows")
    file = sessions / "headless.arrows"
    with Writer(file, known.header) as writer:
        for packets in (item for item in known.items if not isinstance(item, Mark)):
            for packet in packets:
                writer.write(packet)
    told = " ".join(said_by("library", "list", "headless", capsys=capsys).split())
    assert f"note: {file}: packets of link 0 come before the mark" in told
    assert told.count(f"{file}:") == 1


def test_one_rep_is_one_rep():
    assert list(changed_words(changed("2", ""))) == [
        "monday: v1 -> " + this_software(),
        "  left: 2 reps, not there any more",
    ]
    assert "  left: 1 rep, not there before" in changed_words(changed("", "1"))


def changed(was, now):
    return ChangedResults("monday", "v1", True, (Difference("left", ROW, was, now),))
