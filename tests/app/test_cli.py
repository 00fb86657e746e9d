"""The command line: help, exit codes, one line for each thing that is wrong."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer

from tracker.app import cli
from tracker.app.cli import main
from tracker.app.exit_codes import BAD_INPUT, INTERRUPTED

HEADER = "t_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2,gyr_x_rad_s,gyr_y_rad_s,gyr_z_rad_s"
RECORDING = Path(__file__).parents[2] / "recordings" / "both_sides.arrows"
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
TABLES = ("reps", "sets", "sides", "balance", "motions")


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "home"))


@pytest.fixture
def at_rest(tmp_path):
    """Write 20 s of a dumbbell that lies still as CSV, its columns changed by `spoil`."""

    def write(name="rest.csv", spoil=None, header=HEADER):
        rng = np.random.default_rng(1)
        rows = np.zeros((2000, 7))
        rows[:, 0] = np.arange(2000) / 100
        rows[:, 1:] = rng.normal(0, 0.01, (2000, 6))
        rows[:, 3] += 9.81
        if spoil:
            spoil(rows)
        path = tmp_path / name
        np.savetxt(path, rows, delimiter=",", header=header, comments="", fmt="%.9g")
        return path

    return write


def test_it_says_its_version(capsys):
    assert main(["--version"]) == 0
    assert re.fullmatch(r"tracker \d+\.\d+\.\d+\n", capsys.readouterr().out)


def one_line(capsys):
    """What was said on the error stream, which has to be one line."""
    said = capsys.readouterr().err
    assert said.startswith("tracker: ")
    assert said.count("\n") == 1, said
    assert "\x1b" not in said
    return said


def commands(group, path=()):
    for name, command in group.commands.items():
        yield (*path, name), command
        yield from commands(command, (*path, name)) if hasattr(command, "commands") else ()


COMMANDS = dict(commands(typer.main.get_command(cli.app)))


def test_the_commands_are_those_of_the_contract():
    first = {"demo", "analyze", "import", "train", "replay", "export", "pair", "calibrate", "sensors"}
    first |= {"edit", "library", "doctor", "athletes", "review"}
    edits = {"set", "session", "drop", "count", "split", "merge", "trim", "tag", "note", "undo", "list"}
    groups = {("sensors", name) for name in ("rename", "forget")} | {("edit", name) for name in edits}
    groups |= {("library", name) for name in ("list", "rebuild", "changed")}
    groups |= {("athletes", name) for name in ("list", "backup", "restore", "export", "delete")}
    assert set(COMMANDS) == {(name,) for name in first} | groups


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_and_every_option_has_help(path, capsys):
    assert main([*path, "--help"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 3
    command = COMMANDS[path]
    assert command.help
    assert [option.name for option in command.params if not option.help] == []
    assert not command.get_short_help_str(60).endswith("..."), "too long for the list of commands"


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_stands_in_the_readme(path):
    assert f"tracker {' '.join(path)}" in README


def test_nothing_said_shows_the_help(capsys):
    assert main([]) == 0
    assert "analyze" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["dance"], "dance"),
        (["analyze"], "FILE"),
        (["analyze", "x.csv", "--colour"], "--colour"),
        (["analyze", "x.csv", "--sides", "left,up"], "left, right"),
        (["analyze", "x.csv", "--load-kg", "heavy"], "--load-kg"),
        (["analyze", "x.csv", "--load-kg", "-3"], "--load-kg"),
        (["analyze", "x.csv", "--load-kg", "nan"], "--load-kg"),
        (["analyze", "x.csv", "--exercise", "squat"], "any_lift"),
        (["train", "--side", "both"], "left"),
        (["train", "--tempo", "fast"], "3-1-1-2"),
        (["train", "--target", "0"], "--target"),
        (["train", "--weak-side", "both"], "left"),
        (["train", "--rest-s", "-1"], "--rest-s"),
        (["train", "--exercise", "squat"], "any_lift"),
        (["train", "--sensor", "hers"], "tracker pair"),
        (["calibrate"], "tracker pair"),
        (["demo", "--sensor", "abacus"], "witmotion"),
        (["calibrate", "--sensor", "hers"], "tracker pair"),
        (["replay", "nowhere.arrows"], "nowhere.arrows"),
        (["replay", "x.csv", "--speed", "0"], "--speed"),
        (["import"], "FILE"),
        (["import", "nowhere.zip"], "nowhere.zip"),
        (["export"], "tracker train"),
        (["export", "monday"], "monday"),
        (["export", "--format", "doc"], "csv"),
        (["sensors", "rename", "his", "hers"], "his"),
        (["sensors", "forget", "his"], "his"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(arguments, says, capsys):
    assert main(arguments) == BAD_INPUT
    assert says in one_line(capsys)


def set_nan(rows):
    rows[500, 2] = np.nan


def turn_back(rows):
    rows[500, 0] = 1.0


def in_g(rows):
    rows[:, 1:4] /= 9.81


@pytest.mark.parametrize("spoil", [set_nan, turn_back, in_g])
def test_values_that_cannot_be_are_refused(at_rest, spoil, tmp_path, capsys):
    assert main(["analyze", str(at_rest(spoil=spoil)), "--out", str(tmp_path / "out")]) == BAD_INPUT
    assert "rest.csv" in one_line(capsys)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff" * 100, b"hello", b"t_s,acc_x_m_s2\n0,1\n"],
    ids=["empty", "binary", "text", "columns"],
)
@pytest.mark.parametrize("name", ["f.csv", "f.arrows", "f.parquet", "f"])
def test_what_is_no_session_is_refused(content, name, tmp_path, capsys):
    file = tmp_path / name
    file.write_bytes(content)
    for command in (["analyze"], ["replay"], ["export"]):
        assert main([*command, str(file)]) == BAD_INPUT
        assert name in one_line(capsys)


def test_a_file_without_reps_gives_five_tables_with_headers_only(at_rest, tmp_path):
    assert main(["analyze", str(at_rest()), "--out", str(tmp_path / "out")]) == 0
    tables = [pd.read_csv(tmp_path / "out" / f"rest.{table}.csv") for table in TABLES]
    assert [len(table) for table in tables] == [0] * 5
    assert all(len(table.columns) > 3 for table in tables)


def test_a_bad_file_among_many_is_reported_and_the_others_are_done(at_rest, tmp_path, capsys):
    good, bad, also_good = at_rest("a.csv"), at_rest("b.csv", spoil=in_g), at_rest("c.csv")
    assert main(["analyze", str(good), str(bad), str(also_good), "--out", str(tmp_path / "out")]) == BAD_INPUT
    assert "b.csv" in one_line(capsys)
    assert {file.name.split(".")[0] for file in (tmp_path / "out").iterdir()} == {"a", "c"}


def test_two_files_of_one_name_never_share_their_tables(at_rest, tmp_path, capsys):
    (tmp_path / "monday").mkdir()
    files = [str(at_rest("x.csv")), str(at_rest("monday/x.csv"))]
    assert main(["analyze", *files, "--out", str(tmp_path / "out")]) == BAD_INPUT
    assert "another folder" in one_line(capsys)
    assert main(["analyze", *files]) == 0


def test_json_holds_every_file_with_its_tables_or_its_error(at_rest, capsys):
    files = [str(at_rest("a.csv")), str(at_rest("b.csv", spoil=in_g))]
    assert main(["analyze", *files, "--json"]) == BAD_INPUT
    said = json.loads(capsys.readouterr().out)
    good, bad = said["files"]
    assert set(TABLES) <= set(good)
    assert (good["file"], bad["file"]) == tuple(files)
    assert "b.csv" in bad["error"]


@pytest.fixture
def recorded(tmp_path):
    """Three recordings in the sessions folder: monday in two segments, tuesday in one."""
    folder = tmp_path / "home" / "sessions"
    folder.mkdir(parents=True)
    for name in ("monday", "monday.2", "tuesday"):
        shutil.copy(RECORDING, folder / f"{name}.arrows")


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(
    ("named", "exported"),
    [
        ([], {"monday", "monday.2", "tuesday"}),
        (["monday"], {"monday", "monday.2"}),
        (["monday.2", "tuesday"], {"monday.2", "tuesday"}),
        ([str(RECORDING)], {RECORDING.stem}),
    ],
)
def test_sessions_are_exported_by_name_with_all_their_segments(named, exported, tmp_path):
    out = tmp_path / "out"
    assert main(["export", *named, "--out", str(out)]) == 0
    assert {file.name.rsplit(".", 2)[0] for file in out.iterdir()} == exported
    assert len(list(out.iterdir())) == len(TABLES) * len(exported)


@pytest.mark.usefixtures("recorded")
def test_a_name_that_no_session_has_is_one_line(capsys):
    assert main(["export", "mon*"]) == BAD_INPUT
    assert "mon*" in one_line(capsys)


def test_what_is_said_now_beats_what_was_recorded(tmp_path):
    out = ["--out", str(tmp_path)]
    assert main(["analyze", str(RECORDING), "--sides", "right,unknown", "--load-kg", "31.5", *out]) == 0
    sets = pd.read_csv(tmp_path / f"{RECORDING.stem}.sets.csv")
    assert list(sets.side) == ["right", "unknown"]
    assert set(sets.load_kg) == {31.5}


def test_a_replay_shows_what_the_recording_holds(capsys):
    assert main(["replay", str(RECORDING), "--speed", "1000"]) == 0
    said = capsys.readouterr().out
    assert "link: replay x 1000" in said
    assert "set 2 over: right" in said


def test_a_bug_shows_its_traceback_and_nothing_hides_it(at_rest, monkeypatch):
    monkeypatch.setattr("tracker.app.batch.analyze", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["analyze", str(at_rest())])


def tracker(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "tracker", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_an_interrupt_is_exit_code_130_without_a_traceback(at_rest):
    with tracker("replay", str(at_rest())) as process:
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED
    assert "Traceback" not in err


def test_a_reader_that_goes_away_stops_nothing(at_rest, tmp_path):
    with tracker("analyze", str(at_rest()), "--out", str(tmp_path / "out")) as process:
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 0
    assert err == ""
    assert len(list((tmp_path / "out").iterdir())) == len(TABLES)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the adapter cannot be hidden")
@pytest.mark.parametrize("command", ["train", "pair"])
def test_without_bluetooth_one_line_says_so_and_nothing_is_left(command, tmp_path):
    nowhere = {
        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/nowhere",
        "TRACKER_HOME": str(tmp_path / "home"),
    }
    with tracker(command, env=os.environ | nowhere) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == BAD_INPUT
    assert "Bluetooth" in err.splitlines()[-1]
    assert "Traceback" not in err
    assert not (tmp_path / "home").exists()


def test_no_control_characters_in_a_pipe_whatever_the_environment_asks_for(at_rest):
    colourful = os.environ | {"FORCE_COLOR": "1", "TTY_COMPATIBLE": "1"}
    with tracker("replay", str(at_rest()), "--speed", "1000", env=colourful) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert not [letter for letter in out + err if ord(letter) < 32 and letter != "\n"]


def test_the_package_runs_as_a_module_from_anywhere(tmp_path):
    with tracker("--help", cwd=Path(tmp_path)) as process:
        out, _ = process.communicate(timeout=60)
    assert out.startswith("Usage: tracker ")
