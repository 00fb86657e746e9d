"""`tracker athletes` on a disk that is read-only: one line, and nothing is lost."""

import pytest

from tests.app.athletes import contents, trained
from tests.app.read_only import on_read_only
from tracker.app.cli import main
from tracker.app.exit_codes import BAD_INPUT


@pytest.fixture
def sessions(sessions):
    """The folder of the recorded sessions, with one of Ana's in it."""
    trained(sessions, "monday", "Ana")
    return sessions


def test_what_only_reads_works(sessions, tmp_path):
    listed = on_read_only(sessions.parent, "athletes", "list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "Ana" in listed.stdout
    done = on_read_only(sessions.parent, "athletes", "backup", "Ana", "--out", tmp_path / "ana.zip")
    assert (done.returncode, done.stderr) == (0, "")
    assert main(["athletes", "restore", str(tmp_path / "ana.zip")]) == 0


def test_nothing_is_deleted_where_it_cannot_be_written_down(sessions):
    before = contents(sessions)
    done = on_read_only(sessions.parent, "athletes", "delete", "Ana", "--yes")
    assert done.returncode == BAD_INPUT
    assert done.stderr.startswith("tracker: nothing was deleted: ")
    assert done.stderr.count("\n") == 1
    assert contents(sessions) == before


def test_a_deletion_that_the_disk_refuses_is_told_until_it_is_ended(sessions, capsys):
    before = contents(sessions)
    done = on_read_only(sessions, "athletes", "delete", "Ana", "--yes")
    assert done.returncode == BAD_INPUT
    assert "cannot be deleted (Read-only file system)" in done.stderr
    assert done.stderr.count("\n") == 1
    assert contents(sessions) == before
    assert main(["athletes", "list"]) == 0
    assert "was being deleted when that was cut off" in capsys.readouterr().err
    assert main(["athletes", "delete", "Ana", "--yes"]) == 0
    assert contents(sessions) == {}
    assert {path.name for path in sessions.parent.iterdir()} == {"sessions", "cache"}


def test_nothing_is_restored_or_backed_up_to_it(sessions, tmp_path):
    pack = tmp_path / "ana.zip"
    assert main(["athletes", "backup", "Ana", "--out", str(pack)]) == 0
    (sessions / "monday.arrows").unlink()
    before = contents(sessions)
    for words in (["restore", pack], ["backup", "Ana", "--replace", "--out", sessions / "ana.zip"]):
        done = on_read_only(sessions, "athletes", *words)
        assert done.returncode == BAD_INPUT
        assert done.stderr.count("\n") == 1
        assert contents(sessions) == before
