"""Bad input to commands that read sessions: one line each, nothing written, and everything else is done."""

import shutil

import pytest

from tests.app.athletes import BOTH, contents
from tests.app.read_only import on_read_only
from tracker.app.cli import main
from tracker.app.exit_codes import BAD_INPUT
from tracker.archive.appending import COPIED

TOO_LARGE = 2 << 30
"""Bytes; the file has a hole for most of them."""


def newer(path):
    path.write_bytes(BOTH.read_bytes().replace(b'"version": 1', b'"version": 9'))


def cut_in_its_header(path):
    path.write_bytes(BOTH.read_bytes()[:40])


def without_its_sensor(path):
    """Its mark, and all that it stands beside once more."""
    content = BOTH.read_bytes()
    at = content.index(b"Connected")
    path.write_bytes(content[:at] + bytes(2 * COPIED) + content[at + 2 * COPIED :])


def of_two_gigabytes(path):
    path.write_bytes(b"t_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2\r\n")
    with path.open("r+b") as file:
        file.truncate(TOO_LARGE)


@pytest.fixture
def sessions(sessions):
    """The folder of the recorded sessions, with one that is whole in it."""
    shutil.copy(BOTH, sessions / "whole.arrows")
    return sessions


@pytest.fixture
def one_line(capsys):
    """Run a command that ends with 2; give the one line of what is wrong."""

    def run(*words):
        capsys.readouterr()
        assert main([*map(str, words)]) == BAD_INPUT
        [line] = capsys.readouterr().err.splitlines()
        return line

    return run


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (newer, "newer version"),
        (cut_in_its_header, "cut in its header"),
        (without_its_sensor, "beginning is missing"),
        (of_two_gigabytes, "over 256 MB"),
    ],
)
@pytest.mark.parametrize("name", ["bad", 'the "bad" o\'ne \U0001f3cb', "b\x1b[2Jad\nsession"])
def test_a_session_that_cannot_be_used_is_one_line_and_the_others_are_done(
    spoil, says, name, sessions, tmp_path, one_line
):
    bad = sessions / f"{name}.arrows"
    spoil(bad)
    out = tmp_path / "out"
    for words in (
        ["analyze", bad, sessions / "whole.arrows", "--out", out],
        ["export", "--out", out, "--format", "parquet"],
        ["edit", "set", name, "1", "--side", "left"],
        ["import", bad],
        ["athletes", "list"],
    ):
        line = one_line(*words)
        assert says in line or (words[0] == "import" and "is a recording already" in line)
        assert "\x1b" not in line
    assert {file.name.split(".")[0] for file in out.iterdir()} == {"whole"}
    assert {file.name for file in sessions.iterdir()} == {"whole.arrows", bad.name}


def test_a_foreign_file_of_two_gigabytes_is_not_read(sessions, tmp_path, one_line):
    file = tmp_path / "samples.csv"
    of_two_gigabytes(file)
    for verb in (["analyze"], ["import"], ["export"], ["edit", "undo"], ["athletes", "restore"]):
        assert "samples.csv" in one_line(*verb, file)
    assert {path.name for path in sessions.iterdir()} == {"whole.arrows"}


def test_corrections_of_two_gigabytes_are_not_read(sessions, tmp_path, one_line):
    of_two_gigabytes(sessions / "whole.edits.jsonl")
    for words in (
        ["analyze", sessions / "whole.arrows"],
        ["export", "--out", tmp_path / "out"],
        ["edit", "list", "whole"],
        ["athletes", "list"],
    ):
        assert "over 16 MB" in one_line(*words)


def test_corrections_that_are_none_are_told_in_one_line(sessions, tmp_path, capsys):
    (sessions / "whole.edits.jsonl").write_bytes(b"\xff\xfe\n" * 500)
    assert main(["export", "--out", str(tmp_path)]) == 0
    [note] = [line for line in capsys.readouterr().out.splitlines() if "edits.jsonl" in line]
    assert "500 lines in all" in note


def test_corrections_that_are_cut_are_told_and_those_before_hold(sessions, tmp_path, capsys):
    assert main(["edit", "set", "whole", "1", "--athlete", "Ana"]) == 0
    assert main(["edit", "drop", "whole", "2.1"]) == 0
    edits = sessions / "whole.edits.jsonl"
    edits.write_bytes(edits.read_bytes()[:-20])
    for words in (
        ["export", "--out", tmp_path],
        ["analyze", sessions / "whole.arrows"],
        ["edit", "list", "whole"],
    ):
        capsys.readouterr()
        assert main([*map(str, words)]) == 0
        assert capsys.readouterr().out.count("breaks off in its last line") == 1
    assert main(["athletes", "backup", "Ana", "--out", str(tmp_path / "ana.zip")]) == 0
    before = contents(sessions)
    assert main(["athletes", "delete", "Ana", "--yes", "--with-shared"]) == 0
    assert main(["athletes", "restore", str(tmp_path / "ana.zip")]) == 0
    assert contents(sessions) == before


@pytest.mark.parametrize("name", ["A\nna", "\x1b[2JAna", "Ana\x00"])
def test_a_name_with_control_characters_is_none(name, sessions, one_line):
    assert "is no name" in one_line("edit", "session", "whole", "--athlete", name)
    assert {path.name for path in sessions.iterdir()} == {"whole.arrows"}


def test_a_read_only_disk_is_one_line_and_nothing_is_lost(sessions, tmp_path):
    samples = tmp_path / "samples"
    assert main(["export", "whole", "--format", "samples", "--out", str(samples)]) == 0
    before = contents(sessions)
    for words in (
        ["edit", "drop", "whole", "2.1"],
        ["import", samples / "whole.samples.csv"],
        ["export", "--out", sessions.parent / "out"],
        ["analyze", sessions / "whole.arrows", "--out", sessions.parent / "out"],
    ):
        done = on_read_only(sessions.parent, *words)
        assert (done.returncode, done.stderr.count("\n")) == (BAD_INPUT, 1), done.stderr
        assert "(Read-only file system)" in done.stderr
    assert contents(sessions) == before
