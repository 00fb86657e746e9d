"""`tracker export --athlete`: the sets of one, and nothing of another."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tracker.app.cli import main
from tracker.app.exit_codes import BAD_INPUT
from tracker.archive.analyze import analyze
from tracker.archive.export.exported import Exported
from tracker.archive.export.formats import FORMATS

RECORDINGS = Path(__file__).parents[2] / "recordings"
BOTH, ROCKING = RECORDINGS / "both_sides.arrows", RECORDINGS / "rocking.arrows"


pytestmark = pytest.mark.usefixtures("sessions")


@pytest.fixture
def monday(sessions):
    """A session of two: its first set, of the left leg, is Ana's, and the second, of the right, Bea's."""
    monday = Path(shutil.copy(BOTH, sessions / "monday.arrows"))
    say("set", "monday", "1", "--athlete", "Ana")
    say("set", "monday", "2", "--athlete", "Bea")
    return monday


def say(*words):
    assert main(["edit", *words]) == 0


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("name", [name for name, one in FORMATS.items() if one.has_sets and name != "html"])
def test_the_others_are_left_out(name, monday, sessions, out):
    shutil.copy(ROCKING, sessions / "tuesday.arrows")
    assert main(["export", "--athlete", "Bea", "--format", name, "--out", str(out)]) == 0
    session = analyze(monday)
    hers = replace(session, sets=session.sets[1:], rejected=session.sets[1].partials, balance=())
    wanted = FORMATS[name].files(Exported(monday, hers))
    assert contents(out) == {f"monday{ending}": content for ending, content in wanted.items()}


def test_what_is_one_athletes_alone_is_exported_as_it_is(sessions, out, tmp_path):
    shutil.copy(BOTH, sessions / "monday.arrows")
    say("session", "monday", "--athlete", "Ana")
    assert main(["export", "--athlete", "Ana", "--out", str(out)]) == 0
    assert main(["export", "--out", str(tmp_path / "whole")]) == 0
    assert len(pd.read_csv(out / "monday.balance.csv")) > 0
    assert contents(out) == contents(tmp_path / "whole")


def test_the_balance_is_that_of_her_own_sets(sessions, out):
    shutil.copy(BOTH, sessions / "monday.arrows")
    say("split", "monday", "30")
    say("session", "monday", "--athlete", "Ana")
    say("set", "monday", "1", "--athlete", "Bea")
    assert main(["export", "--athlete", "Ana", "--out", str(out)]) == 0
    left = pd.read_csv(out / "monday.reps.csv").query("side == 'left' and counted == 'yes'")
    balance = pd.read_csv(out / "monday.balance.csv").set_index("measure")
    assert 0 < len(left) < 8
    assert balance.loc["rom_deg"].left == pytest.approx(left.rom_deg.median(), abs=0.01)


@pytest.mark.usefixtures("monday")
def test_samples_are_one_stream_and_go_only_whole(sessions, out, capsys):
    shutil.copy(ROCKING, sessions / "tuesday.arrows")
    say("session", "tuesday", "--athlete", "Ana")
    capsys.readouterr()
    assert main(["export", "--athlete", "Ana", "--format", "samples", "--out", str(out)]) == BAD_INPUT
    told = capsys.readouterr().err
    assert "monday.arrows has sets of others" in told
    assert told.count("\n") == 1
    assert contents(out).keys() == {"tuesday.samples.csv", "tuesday.samples.parquet"}


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Zoe\u0308", "Zo\u00eb"),
        (" Ana  Lee ", "Ana Lee"),
        ('Al "Iron" O\'Neil; ../\\ --', 'Al "Iron" O\'Neil; ../\\ --'),
        ("\U0001f3cb\ufe0f", "\U0001f3cb\ufe0f"),
    ],
    ids=["accent", "blanks", "punctuation", "emoji"],
)
def test_a_name_may_hold_anything(said, asked, sessions, out):
    shutil.copy(BOTH, sessions / "monday.arrows")
    say("session", "monday", "--athlete", said)
    assert main(["export", "--athlete", asked, "--out", str(out)]) == 0
    assert set(pd.read_csv(out / "monday.sets.csv").athlete) == {asked}


@pytest.mark.parametrize(("asked", "says"), [("ana", "did you mean Ana?"), ("Wu", "tracker athletes list")])
@pytest.mark.usefixtures("monday")
def test_a_name_that_nobody_has_is_one_line(asked, says, out, capsys):
    capsys.readouterr()
    assert main(["export", "--athlete", asked, "--out", str(out)]) == BAD_INPUT
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
    assert not out.exists()


@pytest.mark.usefixtures("monday")
def test_nothing_that_was_said_of_others_stands_in_her_files(out):
    say("set", "monday", "2", "--load-kg", "33")
    say("note", "monday", "Bea has knee pain")
    say("tag", "monday", "bea-rehab")
    for what in FORMATS:
        if FORMATS[what].has_sets:
            assert main(["athletes", "export", "Ana", "--format", what, "--out", str(out)]) == 0
    assert {"Ana.html", "monday.hevy.csv", "monday.reps.csv"} <= contents(out).keys()
    for name, content in contents(out).items():
        for word in (b"athlete Bea", b"bea-rehab", b"knee pain", b"33 kg"):
            assert word not in content, name
