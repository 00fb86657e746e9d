"""`tracker athletes` where names are alike, files are links, a deletion was cut off: others keep theirs."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from tests.app.athletes import contents, declared, trained
from tracker.app.cli import BAD_INPUT
from tracker.archive.appending import Appending
from tracker.archive.header import Header
from tracker.archive.recording import read_header
from tracker.archive.settings import library_index

pytestmark = pytest.mark.usefixtures("sessions")


@pytest.fixture
def note(sessions):
    """Write down what was to go of Ana when a deletion was cut off."""

    def write(*files):
        sessions.with_name("deleting.json").write_text(json.dumps({"athlete": "Ana", "files": files}))
        return sessions.with_name("deleting.json")

    return write


def test_a_compressed_recording_of_another_session_is_not_deleted_with_it(sessions, run):
    trained(sessions, "monday", "Ana")
    bea = declared(sessions / "bea.arrows", "Bea")
    (sessions / "monday.arrows.gz").write_bytes(gzip.compress(bea.read_bytes()))
    bea.unlink()
    before = contents(sessions)
    status, _, complaints = run("delete", "Ana", "--yes")
    assert contents(sessions) == before
    assert status == BAD_INPUT
    assert "monday.arrows.gz is of another session" in complaints[0]


def test_corrections_beside_a_later_segment_name_their_athlete(sessions, run):
    declared(sessions / "monday.2.arrows", "Bea", segment=2)
    trained(sessions, "other", "Ana")
    (sessions / "other.edits.jsonl").rename(sessions / "monday.edits.jsonl")
    (sessions / "other.arrows").unlink()
    status, _, complaints = run("delete", "Ana", "--yes")
    assert any("monday names Ana" in complaint for complaint in complaints)
    assert status == BAD_INPUT


def test_corrections_without_a_recording_are_told(sessions, run):
    trained(sessions, "monday", "Ana")
    trained(sessions, "tuesday", "Ana")
    trained(sessions, "friday", "Bea")
    (sessions / "monday.arrows").unlink()
    (sessions / "friday.arrows").unlink()
    status, _, [complaint] = run("delete", "Ana", "--yes")
    assert "monday.edits.jsonl names Ana" in complaint
    assert status == BAD_INPUT
    assert contents(sessions).keys() == {"monday.edits.jsonl", "friday.edits.jsonl"}


def test_what_a_link_leads_to_is_told(sessions, run, tmp_path):
    file = trained(sessions, "monday", "Ana")
    elsewhere = file.rename(tmp_path / "elsewhere.arrows")
    file.symlink_to(elsewhere)
    status, _, [complaint] = run("delete", "Ana", "--yes")
    assert str(elsewhere) in complaint
    assert status == BAD_INPUT
    assert elsewhere.exists()
    assert not contents(sessions)


def test_what_was_to_go_before_and_is_recorded_now_stays(sessions, run, note):
    file = declared(sessions / "monday.arrows", "Ana")
    written = note("monday.arrows")
    header = read_header(file)
    going_on = Appending(sessions / "monday.2.arrows", Header(header.session_id, 2, ""))
    try:
        status, _, complaints = run("delete", "Ana", "--yes")
    finally:
        going_on.close()
    assert file.exists()
    assert written.exists()
    assert status == BAD_INPUT
    assert "monday is being recorded right now" in complaints[-1]
    assert run("delete", "Ana", "--yes")[0] == 0
    assert not contents(sessions)


def test_what_was_agreed_to_before_is_not_said_to_be_left(sessions, run, note):
    trained(sessions, "monday", "Ana", "Bea")
    note("monday.edits.jsonl", "monday.arrows")
    status, out, complaints = run("delete", "Ana", "--yes")
    assert "with what is of Bea" in out
    assert (status, complaints) == (0, [])
    assert not contents(sessions)


def test_what_others_came_to_share_since_stays(sessions, run, note):
    trained(sessions, "monday", "Ana", "Bea")
    shutil.copy(sessions / "monday.arrows", sessions / "monday.arrows.gz")
    note("monday.edits.jsonl", "monday.arrows")
    before = contents(sessions)
    assert run("delete", "Ana", "--yes")[0] == BAD_INPUT
    assert contents(sessions) == before


def test_an_index_that_cannot_be_used_is_told(sessions, run):
    trained(sessions, "monday", "Ana")
    index = library_index()
    if index.exists():
        index.unlink()
    index.mkdir(parents=True)
    status, out, _ = run("list")
    assert status == 0
    assert "the library's index is kept in memory" in out


def test_nothing_is_restored_beside_a_compressed_recording_of_that_name(sessions, run, tmp_path):
    trained(sessions, "monday", "Ana")
    pack = tmp_path / "ana.zip"
    assert run("backup", "Ana", "--out", pack)[0] == 0
    assert run("delete", "Ana", "--yes")[0] == 0
    bea = declared(tmp_path / "bea.arrows", "Bea")
    (sessions / "monday.arrows.gz").write_bytes(gzip.compress(bea.read_bytes()))
    status, _, [complaint] = run("restore", pack)
    assert contents(sessions).keys() == {"monday.arrows.gz"}
    assert "another session has its name" in complaint
    assert status == BAD_INPUT


@pytest.mark.parametrize("step", range(1, 7))
def test_a_deletion_that_is_cut_off_at_any_step_is_ended_by_the_next(step, sessions, run, monkeypatch):
    trained(sessions, "monday", "Ana", "Bea")
    trained(sessions, "monday_2", "Ana")
    trained(sessions, "monday.x", "Bea")
    (sessions / "monday.x.reps.csv").touch()
    bea = {name: known for name, known in contents(sessions).items() if name.startswith("monday.x.")}
    unlink, gone = Path.unlink, []

    def cut_off(path, missing_ok=False):
        in_question = path.parent == sessions or path.name == "deleting.json"
        gone.extend([path] if in_question else [])
        if in_question and len(gone) == step:
            raise KeyboardInterrupt
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as power:
        power.setattr(Path, "unlink", cut_off)
        status = run("delete", "Ana", "--yes", "--with-shared")[0]
    assert (status == 0) == (step > 5)
    if status:
        assert run("delete", "Ana", "--yes")[0] == 0
    assert contents(sessions) == bea
    assert not sessions.with_name("deleting.json").exists()
