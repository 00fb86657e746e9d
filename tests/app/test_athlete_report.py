"""`tracker export --format html --athlete`: one file of all that somebody trained."""

import shutil
import unicodedata
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.archive.read_report import Report
from tracker.app.cli import main
from tracker.app.exit_codes import BAD_INPUT
from tracker.archive.analyze import analyze
from tracker.archive.edits import add_edit
from tracker.archive.recording import Writer, read
from tracker.coaching.editing import span_of
from tracker.coaching.edits import NotARep, Noted, SessionSaid, SetSaid, Span, Tagged
from tracker.sensing.marks import Declared, Mark, Side

BOTH = Path(__file__).parents[2] / "recordings" / "both_sides.arrows"
WHEN = datetime.fromisoformat("2026-11-22T12:00:00+01:00")
EXPORT = ("export", "--format", "html")


pytestmark = pytest.mark.usefixtures("sessions")


@pytest.fixture
def trained(sessions):
    """Record a session of that day, done by somebody."""

    def make(day, athlete):
        known = read(BOTH)
        file = sessions / f"day{day}.arrows"
        header = replace(known.header, session_id=file.stem, started=f"2026-11-{day:02}T18:00:00+01:00")
        with Writer(file, header) as writer:
            for item in known.items:
                for row in [item] if isinstance(item, Mark) else item:
                    writer.write(row)
        add_edit(file, SessionSaid(Declared(athlete=athlete)), WHEN)
        return file

    return make


def one_line(capsys):
    said = capsys.readouterr().err
    assert said.startswith("tracker: ")
    assert said.count("\n") == 1, said
    return said


def time_of(one):
    return Span(one.t_start_s, one.t_end_s)


def report_of(out, name="Ana"):
    [file] = out.iterdir()
    assert file.name == f"{name}.html"
    return Report(file.read_bytes())


def test_all_her_sessions_and_nobody_elses(trained, out):
    for day, athlete in ((3, "Ana"), (5, "Ben"), (8, "Ana")):
        trained(day, athlete)
    assert main([*EXPORT, "--athlete", "Ana", "--out", str(out)]) == 0
    text = report_of(out).text
    assert "Ana: 2 sessions" in text
    assert "day3" in text
    assert "day8" in text
    assert "day5" not in text
    assert "Ben" not in text


def test_a_shared_session_says_nothing_of_the_other(trained, out):
    file = trained(3, "Ana")
    add_edit(file, SetSaid(Span(0.0, 60.0), Declared(athlete="Ben")), WHEN)
    assert main([*EXPORT, "--athlete", "Ana", "--out", str(out)]) == 0
    report = report_of(out)
    assert "Ben" not in report.text
    assert len(report.table("Every session, each side").records()) == 1


def test_what_was_said_of_the_others_sets_or_of_nobody_is_left_out(trained, out):
    file = trained(3, "Ana")
    bens, anas = analyze(file).sets
    for edit in (
        SetSaid(time_of(bens), Declared(athlete="Ben")),
        SetSaid(time_of(bens), Declared(load_kg=77.0, side=Side.UNKNOWN)),
        NotARep(span_of(bens.reps[0].rep)),
        NotARep(span_of(anas.reps[-1].rep)),
        Noted("Ben had back pain"),
        Tagged(("kneetape",)),
    ):
        add_edit(file, edit, WHEN)
    assert main([*EXPORT, "--athlete", "Ana", "--out", str(out)]) == 0
    text = report_of(out).text
    for of_ben in (
        "77 kg",
        f"{span_of(bens.reps[0].rep).middle_s:.1f} s",
        "back pain",
        "kneetape",
        "leg was not said",
    ):
        assert of_ben not in text
    assert f"the rep at {span_of(anas.reps[-1].rep).middle_s:.1f} s was none" in text


def test_a_session_without_the_side_that_is_asked_for_is_left_out(trained, out, capsys):
    for day, shared in ((3, True), (8, False)):
        file = trained(day, "Ana")
        if shared:  # the right leg was Ben's
            add_edit(file, SetSaid(time_of(analyze(file).sets[1]), Declared(athlete="Ben")), WHEN)
    right = ("--athlete", "Ana", "--side", "right", "--out", str(out))
    assert main([*EXPORT, *right]) == 0
    assert "Ana: 1 session" in report_of(out).text
    assert "No sets found" not in report_of(out).text
    (file.parent / "day8.arrows").unlink()
    assert main([*EXPORT, *right]) == BAD_INPUT
    assert "none of the sets of Ana that were looked at is of side right" in one_line(capsys)


def test_one_side_since_a_day(trained, out):
    for day in (3, 8):
        trained(day, "Ana")
    asked = ["--athlete", "Ana", "--side", "left", "--since", "2026-11-05", "--out", str(out)]
    assert main([*EXPORT, *asked]) == 0
    [row] = report_of(out).table("Every session, each side").records()
    assert (row["session"], row["side"]) == ("day8", "left")


def test_nobody_of_that_name_is_told(trained, out, capsys):
    trained(3, "Ana")
    assert main([*EXPORT, "--athlete", "ana", "--out", str(out)]) == BAD_INPUT
    assert "did you mean Ana?" in one_line(capsys)
    assert not out.exists()


def test_a_name_is_the_same_however_its_accents_are_stored(trained, out):
    trained(3, unicodedata.normalize("NFD", "Zoë"))
    assert main([*EXPORT, "--athlete", unicodedata.normalize("NFC", "Zoë"), "--out", str(out)]) == 0
    report_of(out, "Zoë")


def test_a_session_that_cannot_be_read_is_told_and_the_others_are_done(trained, sessions, out, capsys):
    trained(3, "Ana")
    (sessions / "bad.arrows").write_bytes(b"no recording")
    assert main([*EXPORT, "--athlete", "Ana", "--out", str(out)]) == BAD_INPUT
    assert "bad.arrows" in one_line(capsys)
    assert "Ana: 1 session" in report_of(out).text


@pytest.mark.parametrize("asked", ["day3", "--as-recorded"])
def test_what_it_does_not_know_is_refused(asked, out, capsys):
    assert main([*EXPORT, "--athlete", "Ana", asked, "--out", str(out)]) == BAD_INPUT
    assert "--athlete" in one_line(capsys)
    assert not out.exists()


def test_a_name_that_is_no_file_name(trained, out):
    trained(3, '../"A/B" 🏋️')
    assert main([*EXPORT, "--athlete", '../"A/B" 🏋️', "--out", str(out)]) == 0
    [file] = out.iterdir()
    assert file.name == "____A_B_ __ f5fbe832.html"
    assert '../"A/B" 🏋️: 1 session' in Report(file.read_bytes()).text


def test_an_athlete_has_one_file_however_often_it_is_asked_for(trained, out):
    file = trained(3, "Ana")
    assert main([*EXPORT, "--athlete", "Ana", "--out", str(out)]) == 0
    shutil.copy(file, file.with_name("copy.arrows"))
    assert main([*EXPORT, "--athlete", "Ana", "--out", str(out)]) == 0
    report_of(out)


def test_a_correction_is_hers_however_the_accents_of_her_name_are_stored(trained, out):
    trained(3, unicodedata.normalize("NFD", "Zoë"))
    assert main([*EXPORT, "--athlete", unicodedata.normalize("NFC", "Zoë"), "--out", str(out)]) == 0
    [file] = out.iterdir()
    assert "Corrected by a person:" in Report(file.read_bytes()).text


@pytest.fixture
def started(sessions):
    """Record a session of Ana's that began then."""

    def make(name, when):
        known = read(BOTH)
        with Writer(sessions / f"{name}.arrows", replace(known.header, started=when)) as writer:
            for item in known.items:
                for row in [item] if isinstance(item, Mark) else item:
                    writer.write(row)
        add_edit(sessions / f"{name}.arrows", SessionSaid(Declared(athlete="Ana")), WHEN)

    return make


def test_a_session_of_a_year_that_no_clock_counts_to_has_its_part(started, out):
    started("odd", "0001-01-01T00:00:00")
    assert main([*EXPORT, "--athlete", "Ana", "--out", str(out)]) == 0
    assert "Corrected by a person:" in report_of(out).text


def test_the_newest_is_first_wherever_it_was(started, out):
    started("east", "2026-11-03T23:00:00+14:00")
    started("west", "2026-11-03T12:00:00+00:00")
    assert main([*EXPORT, "--athlete", "Ana", "--out", str(out)]) == 0
    rows = report_of(out).table("Every session, each side").records()
    assert list(dict.fromkeys(row["session"] for row in rows)) == ["west", "east"]
