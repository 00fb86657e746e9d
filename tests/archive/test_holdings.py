"""Which files are a session's: by name, and by header where names could be of two."""

import gzip
import shutil
from pathlib import Path

from tracker.archive.appending import Appending
from tracker.archive.header import Header
from tracker.archive.holdings import holdings, is_being_recorded

RECORDING = Path(__file__).parents[2] / "recordings" / "rocking.arrows"


def segment(path, number, session="rocking"):
    Appending(path, Header(session, number, "")).close()


def found(folder):
    sessions, others = holdings(folder)
    return (
        {one.name: (one.first.name, {file.name for file in one.files}) for one in sessions},
        {file.name for file in others},
    )


def test_a_session_has_what_is_named_after_it(tmp_path):
    shutil.copy(RECORDING, tmp_path / "rocking.arrows")
    segment(tmp_path / "rocking.2.arrows", 2)
    (tmp_path / "rocking.3.arrows").write_bytes(b"not even a header")
    (tmp_path / "rocking.4.arrows.gz").write_bytes(gzip.compress(RECORDING.read_bytes())[:50])
    own = {"rocking.edits.jsonl", "rocking.reps.csv", ".rocking.reps.csv.0123", "rocking.samples.parquet"}
    for name in (*own, "rockings.reps.csv", "rocking", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "rocking.folder").mkdir()
    own |= {"rocking.arrows", "rocking.2.arrows", "rocking.3.arrows", "rocking.4.arrows.gz"}
    assert found(tmp_path) == (
        {"rocking": ("rocking.arrows", own)},
        {"rockings.reps.csv", "rocking", "notes.txt"},
    )


def test_a_name_that_looks_like_a_segments_may_be_another_sessions(tmp_path):
    shutil.copy(RECORDING, tmp_path / "a.arrows")
    shutil.copy(RECORDING, tmp_path / "a.2.arrows")
    (tmp_path / "a.2.reps.csv").touch()
    assert found(tmp_path)[0] == {
        "a": ("a.arrows", {"a.arrows"}),
        "a.2": ("a.2.arrows", {"a.2.arrows", "a.2.reps.csv"}),
    }


def test_what_is_left_of_a_session_keeps_its_name(tmp_path):
    segment(tmp_path / "rocking.2.arrows", 2)
    segment(tmp_path / "rocking.3.arrows", 3)
    (tmp_path / "rocking.edits.jsonl").touch()
    names = {"rocking.2.arrows", "rocking.3.arrows", "rocking.edits.jsonl"}
    assert found(tmp_path) == ({"rocking": ("rocking.2.arrows", names)}, set())


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert holdings(tmp_path / "none") == ((), ())


def test_whether_it_is_being_recorded(tmp_path):
    files = [tmp_path / "a.arrows", tmp_path / "gone.arrows"]
    writing = Appending(files[0], Header("a", 1, ""))
    assert is_being_recorded(files)
    writing.close()
    assert not is_being_recorded(files)
