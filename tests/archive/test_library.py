"""The library: every session is a row that follows its files, and nothing in the folder breaks the others."""

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tracker
from tracker.archive.appending import COPIED
from tracker.archive.edits import add_edit, edits_path
from tracker.archive.header import Header
from tracker.archive.library import Library
from tracker.archive.listing import side_rows
from tracker.archive.recording import Writer, read
from tracker.archive.search import Search
from tracker.coaching.edits import Noted, SessionSaid, SetSaid, Span, Tagged, Trim
from tracker.coaching.measures import measured
from tracker.sensing.marks import Declared, Mark, Side

RECORDINGS = Path(__file__).parents[2] / "recordings"
NOW = datetime(2026, 1, 31, 18, 5, tzinfo=UTC)
AWKWARD = "it's \"Mon%day\"; -- 🏋 Ä'"


@pytest.fixture
def folder(tmp_path):
    """Two sessions with two sets each."""
    folder = tmp_path / "sessions"
    folder.mkdir()
    for name in ("both_sides", "rocking"):
        shutil.copy(RECORDINGS / f"{name}.arrows", folder)
    return folder


@pytest.fixture
def index(tmp_path):
    return tmp_path / "cache" / "library.sqlite"


def empty_session(path, session_id=None, segment=1):
    """Write a session of a moment, in which nothing happened."""
    with Writer(path, Header(session_id or path.stem, segment, "2026-02-01T10:00:00+01:00")) as writer:
        writer.write(Mark(0, -1, Declared(side=Side.LEFT)))
    return path


def names(library, search=None):
    return [row.name for row in library.sessions(search or Search())]


def refreshed(library):
    done = library.refresh()
    return sorted(row.name for row in done.analysed), done.gone


def test_a_row_says_what_the_session_says(folder, index):
    file = folder / "both_sides.arrows"
    add_edit(file, SessionSaid(Declared(athlete="Ána 🏋")), NOW)
    add_edit(file, SetSaid(Span(69.9, 105.8), Declared(load_kg=22.5)), NOW)
    add_edit(file, Tagged((AWKWARD, "easy"), ()), NOW)
    add_edit(file, Noted("two\nlines"), NOW)
    session = tracker.analyze(file)
    with Library(folder, index) as library:
        library.refresh()
        [row] = library.sessions(Search("both"))
    assert (row.name, row.file, row.started, row.trouble) == ("both_sides", file, session.started, "")
    assert row.software == read(file).header.software
    assert (row.tags, row.note, row.edits) == ((AWKWARD, "easy"), "two\nlines", 2)
    assert [(one.side, one.athlete, one.load_kg) for one in row.sets] == [
        (Side.LEFT, "Ána 🏋", 20.0),
        (Side.RIGHT, "Ána 🏋", 22.5),
    ]
    assert [(one.reps, one.attempts, one.clean, one.gate, one.gate_reason) for one in row.sets] == [
        (len(one.reps), len(one.reps) + len(one.partials), one.clean, one.gate.gate, one.gate.reason)
        for one in session.sets
    ]
    assert [one.started[:19] for one in row.sets] == ["2026-01-01T18:00:17", "2026-01-01T18:01:10"]
    assert [one.side for one in row.sides] == [Side.LEFT, Side.RIGHT]
    assert repr(row.sides) == repr(side_rows("both_sides", session))
    assert repr([one.measures for one in row.sides]) == repr([measured([one]) for one in session.sets])


def test_sets_of_an_athlete_a_lift_and_a_leg_are_summed_up_together(folder):
    file = folder / "both_sides.arrows"
    add_edit(file, SessionSaid(Declared(side=Side.RIGHT, load_kg=10.0)), NOW)
    session = tracker.analyze(file)
    [together] = side_rows("x", session)
    assert (together.sets, together.reps, together.side) == (2, 16, Side.RIGHT)
    assert (together.load_kg_max, together.volume_kg) == (10.0, 160.0)
    add_edit(file, SetSaid(Span(69.9, 105.8), Declared(athlete="Jo")), NOW)
    assert [one.athlete for one in side_rows("x", tracker.analyze(file))] == ["", "Jo"]


def test_only_what_is_new_or_has_changed_is_analysed(folder, index):
    with Library(folder, index) as library:
        assert refreshed(library) == (["both_sides", "rocking"], 0)
        assert refreshed(library) == ([], 0)
    with Library(folder, index) as library:
        assert refreshed(library) == ([], 0)
        add_edit(folder / "rocking.arrows", Tagged(("cramp",)), NOW)
        assert refreshed(library) == (["rocking"], 0)
        shutil.copy(RECORDINGS / "disconnect.arrows", folder)
        (folder / "both_sides.arrows").unlink()
        (folder / "notes.txt").write_text("no session")
        assert refreshed(library) == (["disconnect"], 1)
        assert sorted(names(library)) == ["disconnect", "rocking"]
        edits_path(folder / "rocking.arrows").unlink()
        assert refreshed(library) == (["rocking"], 0)
        assert library.notes == ()


def test_one_session_is_refreshed_by_itself(folder, index):
    with Library(folder, index) as library:
        library.refresh()
        for name in ("rocking", "both_sides"):
            add_edit(folder / f"{name}.arrows", Noted("said"), NOW)
        library.refresh([folder / "rocking.arrows"])
        assert names(library, Search("said")) == ["rocking"]
        (folder / "both_sides.arrows").unlink()
        library.refresh([folder / "rocking.arrows"])
        assert sorted(names(library)) == ["both_sides", "rocking"]
        library.refresh([folder / "both_sides.arrows"])
        assert names(library) == ["rocking"]


def test_what_other_code_has_said_is_analysed_anew(folder, index):
    with Library(folder, index) as library:
        library.refresh()
    with sqlite3.connect(index) as file:
        file.execute("UPDATE sessions SET seen = 'of other code', state = 'of other code'")
    file.close()
    with Library(folder, index) as library:
        assert refreshed(library) == (["both_sides", "rocking"], 0)


def test_a_rebuild_analyses_all_and_tells_how_far_it_is(folder, index):
    told = []
    with Library(folder, index) as library:
        library.refresh()
        before = repr(library.sessions())
        (folder / "rocking.arrows").rename(folder / "other.arrows")
        done = library.rebuild(lambda done, total: told.append((done, total)))
        assert (sorted(row.name for row in done.analysed), done.gone) == (["both_sides", "other"], 1)
        assert repr(library.sessions()) == before.replace("'rocking'", "'other'").replace(
            "/rocking.", "/other."
        )
    assert told == [(0, 2), (1, 2), (2, 2)]


@pytest.mark.parametrize("done", [0, 1])
def test_what_a_refresh_had_not_reached_when_it_was_interrupted_is_analysed_by_the_next(folder, index, done):
    """Files that are named alike are looked at together: none may hide behind another that is known."""
    with Library(folder, index, processes=1) as library:
        library.refresh()

    def interrupted(so_far, _):
        if so_far == done:
            raise KeyboardInterrupt

    for number in (2, 3):
        empty_session(folder / f"both_sides.{number}.arrows", session_id=f"another {number}")
    with Library(folder, index, processes=1) as library, pytest.raises(KeyboardInterrupt):
        library.refresh(progress=interrupted)
    with Library(folder, index, processes=1) as library:
        left = [f"both_sides.{number}" for number in (2, 3)][done:]
        assert refreshed(library) == (left, 0)
        assert refreshed(library) == ([], 0)
        assert len(names(library)) == 4


def test_what_is_deleted_while_it_is_analysed_does_not_come_back(folder, index):
    def deleted(*_):
        (folder / "both_sides.arrows").unlink(missing_ok=True)

    with Library(folder, index, processes=1) as library:
        library.rebuild(deleted)
        assert names(library) == ["rocking"]


def test_segments_are_one_session_however_many_files_are_named_alike(folder, index):
    monday = empty_session(folder / "monday.arrows")
    second = empty_session(folder / "monday.2.arrows", "monday", 2)
    empty_session(folder / "monday.5.arrows", "another one")
    with Library(folder, index) as library:
        library.refresh()
        assert sorted(names(library, Search("monday"))) == ["monday", "monday.5"]
        add_edit(monday, Noted("said"), NOW)
        assert refreshed(library) == (["monday"], 0)
        second.unlink()
        assert refreshed(library) == (["monday"], 0)
        monday.unlink()
        assert library.refresh().gone == 1
        assert names(library, Search("monday")) == ["monday.5"]


def test_what_cannot_be_read_is_a_row_that_says_why_and_touches_no_other(folder, index):
    whole = (RECORDINGS / "rocking.arrows").read_bytes()
    (folder / "cut.arrows").write_bytes(whole[: len(whole) // 2])
    (folder / "header.arrows").write_bytes(whole[:100])
    (folder / "nothing.arrows").touch()
    (folder / "newer.arrows").write_bytes(whole.replace(b'"version": 1', b'"version": 7', 1))
    (folder / "text.arrows").write_text("hello")
    damaged = bytearray(whole)
    at = whole.index(b"Connected")
    damaged[at : at + 2 * COPIED] = b"\xff" * 2 * COPIED
    (folder / "inside.arrows").write_bytes(damaged)
    (folder / "folder.arrows").mkdir()
    edits_path(folder / "both_sides.arrows").mkdir()
    with Library(folder, index) as library:
        library.refresh()
        rows = {row.name: row for row in library.sessions()}
        assert refreshed(library) == ([], 0)
    assert len(rows["rocking"].sets) == 2
    assert rows["rocking"].trouble == ""
    assert any("breaks off" in warning for warning in rows["cut"].warnings)
    said = {
        "newer": "newer version",
        "nothing": "empty",
        "inside": "beginning is missing",
        "both_sides": "cannot be",
    }
    for name in ("header", "nothing", "newer", "text", "inside", "folder", "both_sides"):
        assert rows[name].trouble.startswith(str(folder))
        assert said.get(name, "") in rows[name].trouble
        assert "\n" not in rows[name].trouble
        assert (len(rows[name].sets), len(rows[name].sides)) == (0, 0)
    assert rows["inside"].started[:19] == rows["rocking"].started[:19]


def test_edits_that_were_cut_are_a_warning_of_the_row(folder, index):
    file = folder / "rocking.arrows"
    add_edit(file, Tagged(("kept",)), NOW)
    with edits_path(file).open("ab") as said:
        said.write(b'{"version": 2, "id"')
    with Library(folder, index) as library:
        library.refresh()
        [row] = library.sessions(Search(tag="kept"))
    assert "breaks off in its last line" in row.warnings[0]


@pytest.mark.parametrize("name", [AWKWARD, "a b", "100%", "_", "ä", "-x", "sessions"])
def test_a_session_may_have_any_name(folder, index, name):
    empty_session(folder / f"{name}.arrows")
    with Library(folder, index) as library:
        library.refresh()
        assert name in names(library)
        assert refreshed(library) == ([], 0)
        assert name in names(library, Search(name.upper()))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
def test_a_name_may_be_no_text_at_all(folder, index):
    path = folder / os.fsdecode(b"\xff\xfe.arrows")
    empty_session(path, "x")
    with Library(folder, index) as library:
        library.refresh()
        assert path in [row.file for row in library.sessions()]
        assert refreshed(library) == ([], 0)
        path.unlink()
        assert refreshed(library) == ([], 1)


def test_a_folder_that_is_taken_away_is_told(folder, index):
    with Library(folder, index) as library:
        library.refresh()
        assert library.notes == ()
        folder.rename(folder.with_name("elsewhere"))
        library.refresh()
        assert library.notes == (f"{folder} is not there, so no session is found",)


def test_a_folder_that_is_not_there_has_no_sessions(tmp_path, index):
    with Library(tmp_path / "none", index) as library:
        assert refreshed(library) == ([], 0)
        assert library.sessions() == ()


def test_a_link_that_leads_nowhere_is_a_row(folder, index):
    (folder / "lost.arrows").symlink_to(folder / "nowhere")
    with Library(folder, index) as library:
        library.refresh()
        [row] = library.sessions(Search("lost"))
    assert "cannot be read" in row.trouble


def test_the_index_of_another_folder_is_not_taken_for_this_one(folder, index, tmp_path):
    with Library(folder, index) as library:
        library.refresh()
    with Library(tmp_path / "other", index) as library:
        assert library.sessions() == ()


def spoilt_whole(index):
    index.write_bytes(b"no database at all" * 1000)


def spoilt_inside(index):
    content = bytearray(index.read_bytes())
    content[4096:] = bytes(range(256)) * (len(content[4096:]) // 256)
    index.write_bytes(content)


def cut(index):
    index.write_bytes(index.read_bytes()[:5000])


def emptied(index):
    index.write_bytes(b"")


def of_a_newer_version(index):
    with sqlite3.connect(index) as file:
        file.execute("DROP TABLE sessions")
        file.execute("CREATE TABLE sessions (dreams TEXT)")
        file.execute("PRAGMA user_version = 99")
    file.close()


@pytest.mark.parametrize("spoil", [spoilt_whole, spoilt_inside, cut, emptied, of_a_newer_version])
def test_a_spoilt_index_is_made_anew(folder, index, spoil):
    with Library(folder, index) as library:
        library.refresh()
        whole = repr(library.sessions())
    spoil(index)
    with Library(folder, index) as library:
        library.refresh()
        assert repr(library.sessions()) == whole
        assert library.notes == ()
    with Library(folder, index) as library:
        assert refreshed(library) == ([], 0)


def test_an_index_that_is_spoilt_while_it_is_open_is_made_anew(folder, index):
    with Library(folder, index) as library:
        library.refresh()
        whole = repr(library.sessions())
    with Library(folder, index) as library:
        spoilt_inside(index)
        assert repr(library.sessions()) == whole
        assert library.notes == ()


def test_an_index_that_cannot_be_made_is_kept_in_memory_and_that_is_said_in_a_line(folder, tmp_path):
    (tmp_path / "file").touch()
    with Library(folder, tmp_path / "file" / "library.sqlite") as library:
        library.refresh()
        assert sorted(names(library)) == ["both_sides", "rocking"]
        [note] = library.notes
    assert "kept in memory" in note
    assert "\n" not in note


def test_an_index_that_somebody_holds_is_copied_and_what_is_new_is_known_all_the_same(folder, index):
    with Library(folder, index) as library:
        library.refresh()
    holder = sqlite3.connect(index, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    empty_session(folder / "new.arrows")
    with Library(folder, index) as library:
        assert refreshed(library) == (["new"], 0)
        assert sorted(names(library)) == ["both_sides", "new", "rocking"]
        assert "locked" in library.notes[0]
    holder.execute("ROLLBACK")
    holder.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_index_is_copied_and_costs_no_analysis(folder, index):
    with Library(folder, index) as library:
        library.refresh()
    index.chmod(0o400)
    index.parent.chmod(0o500)
    folder.chmod(0o500)
    try:
        with Library(folder, index) as library:
            assert refreshed(library) == ([], 0)
            assert sorted(names(library)) == ["both_sides", "rocking"]
            assert "kept in memory" in library.notes[0]
    finally:
        folder.chmod(0o700)
        index.parent.chmod(0o700)


def test_without_a_file_the_index_is_in_memory_and_that_is_nothing_to_say(folder):
    with Library(folder, None) as library:
        assert refreshed(library) == (["both_sides", "rocking"], 0)
        assert library.notes == ()


LOOKS = """
import sys
from pathlib import Path
from tracker.archive.library import Library

with Library(Path(sys.argv[1]), Path(sys.argv[2])) as library:
    print("ready", flush=True)
    sys.stdin.read(1)
    for _ in range(3):
        library.rebuild()
    print(sorted(row.name for row in library.sessions()), library.notes)
"""


def test_of_two_processes_on_one_index_each_sees_all(folder, index):
    lookers = [
        subprocess.Popen(
            [sys.executable, "-c", LOOKS, folder, index],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for looker in lookers:
        assert looker.stdout.readline() == "ready\n"
    for looker in lookers:
        looker.stdin.write("!")
        looker.stdin.flush()
    for looker in lookers:
        said, _ = looker.communicate(timeout=60)
        assert said == "['both_sides', 'rocking'] ()\n"
    with Library(folder, index) as library:
        assert refreshed(library) == ([], 0)


UNGUARDED = """
import sys
from pathlib import Path
from tracker.archive.library import Library

library = Library(Path(sys.argv[1]), None, processes=2)
library.refresh()
print(len(library.sessions()))
"""


@pytest.mark.slow
@pytest.mark.parametrize("guarded", [True, False])
def test_many_are_analysed_in_processes_of_their_own_and_here_where_these_cannot_start(
    folder, tmp_path, guarded
):
    for number in range(15):
        empty_session(folder / f"s{number}.arrows")
    script = tmp_path / "script.py"
    body = UNGUARDED.replace("\nlibrary", '\nif __name__ == "__main__":\n    library', 1)
    script.write_text(body.replace("\nlibrary.", "\n    library.").replace("\nprint", "\n    print"))
    if not guarded:
        script.write_text(UNGUARDED)
    done = subprocess.run(
        [sys.executable, script, folder], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout == "17\n"
    assert ("bootstrapping" in done.stderr) is not guarded


def test_trimmed_away_is_a_session_without_sets(folder, index):
    add_edit(folder / "rocking.arrows", Trim(from_s=5000.0), NOW)
    with Library(folder, index) as library:
        library.refresh()
        [row] = library.sessions(Search("rocking"))
    assert (len(row.sets), row.edits, row.trouble) == (0, 1, "")


def test_what_a_disk_refused_once_is_read_the_next_time(folder, index, monkeypatch):
    """It had stayed in the index for good: the file is as it was, so nothing was read again."""
    (folder / "rocking.arrows").unlink()
    with Library(folder, index) as library:
        with monkeypatch.context() as patched:

            def refuse(_file):
                raise OSError(errno.EIO, "Input/output error")

            patched.setattr(Path, "read_bytes", refuse)
            assert refreshed(library) == (["both_sides"], 0)
        [row] = library.sessions()
        assert "Input/output error" in row.trouble
        assert refreshed(library) == (["both_sides"], 0)
        [row] = library.sessions()
        assert (row.trouble, len(row.sets)) == ("", 2)
        assert refreshed(library) == ([], 0)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take only text for a name")
def test_a_session_whose_name_is_no_text_is_a_row_that_says_so(folder, index):
    shutil.copy(RECORDINGS / "rocking.arrows", os.fsencode(folder) + b"/caf\xe9.arrows")
    with Library(folder, index) as library:
        library.refresh()
        troubled = [row for row in library.sessions() if row.trouble]
        assert len(troubled) == 1
        assert "has a name that is no text" in troubled[0].trouble
