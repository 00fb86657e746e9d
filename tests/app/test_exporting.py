"""`tracker export`: which sessions, what of them, where to; what is wrong in one line."""

import io
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tracker.app.cli import main
from tracker.app.exit_codes import BAD_INPUT
from tracker.archive import tables
from tracker.archive.analyze import analyze
from tracker.archive.export.exported import NAMING_THEIR_SESSION, Exported
from tracker.archive.export.formats import FORMATS
from tracker.archive.recording import Writer, read
from tracker.sensing.marks import Mark

RECORDINGS = Path(__file__).parents[2] / "recordings"
BOTH, ROCKING = RECORDINGS / "both_sides.arrows", RECORDINGS / "rocking.arrows"


pytestmark = pytest.mark.usefixtures("sessions")


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()} if folder.exists() else set()


def one_line(capsys) -> str:
    said = capsys.readouterr().err
    assert said.startswith("tracker: ")
    assert said.count("\n") == 1, said
    return said


def copy(recording: Path, to: Path, *, cut_off: bool = False, **header) -> Path:
    """Write a recording again with another header; without its last words when it was cut off."""
    known = read(recording)
    with Writer(to, replace(known.header, **header)) as writer:
        for item in known.items[: -2 if cut_off else None]:
            for row in [item] if isinstance(item, Mark) else item:
                writer.write(row)
    return to


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_under_the_sessions_name(name, out):
    assert main(["export", str(BOTH), "--format", name, "--out", str(out)]) == 0
    assert names(out)
    assert all(file.startswith("both_sides.") for file in names(out))
    assert main(["export", str(BOTH), "--format", name, "--out", str(out)]) == 0  # and once more over it


@pytest.mark.parametrize("name", FORMATS)
def test_the_segments_of_a_session_are_exported_once_and_together(name, sessions, out):
    first = copy(BOTH, sessions / "monday.arrows", cut_off=True, session_id="monday")
    later = {"segment": 2, "started": "2026-01-01T18:10:00+00:00"}
    copy(ROCKING, sessions / "monday.2.arrows", session_id="monday", **later)
    assert main(["export", "--format", name, "--out", str(out)]) == 0
    whole = analyze(first)
    assert len(whole.sets) == len(analyze(BOTH).sets) + len(analyze(ROCKING).sets)
    assert {path: path.read_bytes() for path in out.iterdir()} == {
        out / f"monday{ending}": content
        for ending, content in FORMATS[name].files(Exported(first, whole)).items()
    }


@pytest.mark.parametrize("name", FORMATS)
def test_a_session_that_cannot_be_read_is_told_and_the_others_are_done(name, sessions, out, capsys):
    shutil.copy(BOTH, sessions / "a.arrows")
    (sessions / "b.arrows").write_bytes(b"no recording")
    shutil.copy(ROCKING, sessions / "c.arrows")
    assert main(["export", "--format", name, "--out", str(out)]) == BAD_INPUT
    assert "b.arrows" in one_line(capsys)
    assert {file.split(".")[0] for file in names(out)} == {"a", "c"}


def test_a_session_that_is_named_twice_is_exported_once(sessions, out):
    shutil.copy(BOTH, sessions / "monday.arrows")
    assert main(["export", "monday", "monday", str(sessions / "monday.arrows"), "--out", str(out)]) == 0
    assert len(names(out)) == 5


def test_one_side(out):
    assert main(["export", str(BOTH), "--side", "right", "--out", str(out)]) == 0
    for table in ("reps", "sets", "sides"):
        assert set(pd.read_csv(out / f"both_sides.{table}.csv").side) == {"right"}
    assert len(pd.read_csv(out / "both_sides.balance.csv")) == 0


@pytest.mark.parametrize(("per", "table"), [("rep", "reps"), ("set", "sets"), ("side", "sides")])
def test_one_table(per, table, out):
    arguments = ["export", str(BOTH), "--per", per, "--side", "left", "--format", "parquet"]
    assert main([*arguments, "--out", str(out)]) == 0
    assert names(out) == {f"both_sides.{table}.parquet"}
    content = io.BytesIO((out / f"both_sides.{table}.parquet").read_bytes())
    assert set(pd.read_parquet(content).side) == {"left"}


@pytest.fixture
def in_new_york(monkeypatch):
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone of a process cannot be set here")
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_new_york")
@pytest.mark.parametrize(
    ("since", "exported"),
    [
        ("2026-01-01", {"evening", "night"}),
        ("2026-01-02", {"night"}),  # 03:00 UTC is still the day before
        ("20260102", {"night"}),
        ("2026-01-01T22:00", {"evening", "night"}),
        ("2026-01-01T22:00:01", {"night"}),
        ("2026-01-02T06:00+01:00", {"night"}),
        ("2026-01-03", set()),
    ],
)
def test_since_is_local_time(since, exported, sessions, out, capsys):
    copy(BOTH, sessions / "evening.arrows", started="2026-01-02T03:00:00+00:00")
    copy(BOTH, sessions / "night.arrows", started="2026-01-02T06:00:00+01:00")
    assert main(["export", "--since", since, "--out", str(out), "--per", "set"]) == 0
    assert {file.split(".")[0] for file in names(out)} == exported
    assert capsys.readouterr().out.count("left out") == 2 - len(exported)


@pytest.mark.usefixtures("in_new_york")
@pytest.mark.parametrize(
    "started", ["0001-01-01T00:00:00", "2026-01-01T23:59:59", "2026-01-02T04:59:59+00:00"]
)
def test_whatever_a_file_says_of_its_start_can_be_compared(started, sessions, out):
    copy(BOTH, sessions / "a.arrows", started=started)
    assert main(["export", "--since", "2026-01-02", "--out", str(out)]) == 0
    assert names(out) == set()


def test_what_does_not_know_when_it_began_is_left_out_and_told(tmp_path, out, capsys):
    file = tmp_path / "a.csv"
    rows = [f"{n / 50},0,0,9.81,0,0,0" for n in range(200)]
    header = "t_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2,gyr_x_rad_s,gyr_y_rad_s,gyr_z_rad_s"
    file.write_text("\n".join([header, *rows]))
    assert main(["export", str(file), "--since", "2026-01-01", "--out", str(out)]) == 0
    assert "does not say when it began" in capsys.readouterr().out
    assert not out.exists()
    assert main(["export", str(file), "--format", "fit", "--out", str(out)]) == BAD_INPUT
    assert "--started" in one_line(capsys)


def test_a_file_is_not_written_over_by_its_own_export(tmp_path, out, capsys):
    assert main(["export", str(BOTH), "--format", "samples", "--out", str(tmp_path)]) == 0
    file = tmp_path / "both_sides.samples.csv"
    before = file.read_bytes()
    capsys.readouterr()
    arguments = ["export", str(file), "--format", "samples", "--out"]
    assert main([*arguments, str(tmp_path)]) == BAD_INPUT
    assert "--out" in one_line(capsys)
    assert file.read_bytes() == before
    assert main([*arguments, str(out)]) == 0


def test_what_a_reader_must_know_is_said(tmp_path, out, capsys):
    cut = tmp_path / "cut.arrows"
    cut.write_bytes(BOTH.read_bytes()[:-3])
    assert main(["export", str(cut), "--out", str(out)]) == 0
    assert "note: the recording breaks off" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--since", "yesterday"], "2026-11-01"),
        (["--since", "2026-13-01"], "2026-11-01"),
        (["--since", "0001-01-01T00:00"], "2026-11-01"),
        (["--side", "both"], "left"),
        (["--per", "year"], "rep"),
        (["--format", "doc"], "parquet"),
        (["--format", "fit", "--per", "set"], "--per"),
        (["--format", "samples", "--side", "left"], "--side"),
    ],
)
def test_wrong_use_is_one_line_and_writes_nothing(arguments, says, out, capsys):
    assert main(["export", str(BOTH), *arguments, "--out", str(out)]) == BAD_INPUT
    assert says in one_line(capsys)
    assert not out.exists()


@pytest.mark.parametrize("what", ["fit", "hevy", "strong"])
def test_a_recording_without_a_start_is_exported_as_the_advice_says(what, tmp_path, out, capsys):
    file = copy(BOTH, tmp_path / "a.arrows", started="")
    assert main(["export", str(file), "--format", what, "--out", str(out)]) == BAD_INPUT
    assert "--format samples" in one_line(capsys)
    assert main(["export", str(file), "--format", "samples", "--out", str(tmp_path)]) == 0
    samples = tmp_path / "a.samples.csv"
    assert main(["import", str(samples), "--started", "2026-01-31T18:05"]) == 0
    assert main(["export", "2026-01-31_18-05-00", "--format", what, "--out", str(out)]) == 0
    assert len(names(out)) == 1


@pytest.fixture
def two_days(sessions):
    """A monday and a tuesday, with a file between them that is no recording."""
    copy(BOTH, sessions / "monday.arrows", session_id="monday")
    (sessions / "no.arrows").write_bytes(b"no recording")
    copy(ROCKING, sessions / "tuesday.arrows", session_id="tuesday", started="2026-01-02T18:05:00+01:00")


@pytest.mark.usefixtures("two_days")
@pytest.mark.parametrize("name", ["hevy", "strong"])
def test_sessions_together_are_the_rows_of_each_under_one_header(name, out, tmp_path, capsys):
    apart = tmp_path / "apart"
    assert main(["export", "--format", name, "--out", str(apart)]) == BAD_INPUT
    assert main(["export", "--format", name, "--out", str(out), "--together", "all"]) == BAD_INPUT
    assert f"2 sessions in {out}: all.{name}.csv" in capsys.readouterr().out
    [written] = out.iterdir()
    monday, tuesday = ((apart / f"{day}.{name}.csv").read_bytes() for day in ("monday", "tuesday"))
    assert written.read_bytes() == monday + tuesday.split(b"\n", 1)[1]


@pytest.mark.usefixtures("two_days")
@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_tables_together_hold_what_those_of_each_session_do(name, sessions, out):
    load = {"csv": pd.read_csv, "parquet": pd.read_parquet}[name]
    assert main(["export", "--format", name, "--out", str(out), "--together", "all"]) == BAD_INPUT
    assert names(out) == {f"all.{table}.{name}" for table in ("reps", "sets", "sides", "balance")}
    days = [analyze(sessions / f"{day}.arrows") for day in ("monday", "tuesday")]
    for table in NAMING_THEIR_SESSION:
        together, apart = load(out / f"all.{table.__name__}.{name}"), [table(day) for day in days]
        assert len(together) == sum(map(len, apart))
        assert together.columns.tolist() == apart[0].columns.tolist()
        assert together.session_id.tolist() == [one for of_day in apart for one in of_day.session_id]
    reps = load(out / f"all.reps.{name}")
    assert reps.rom_deg.tolist() == pytest.approx(
        [judged for day in days for judged in tables.reps(day).rom_deg], nan_ok=True
    )


@pytest.mark.usefixtures("two_days")
def test_one_side_since_a_day_together(out):
    wanted = ["--per", "side", "--side", "left", "--since", "2026-01-02"]
    assert main(["export", *wanted, "--out", str(out), "--together", "all"]) == BAD_INPUT
    assert names(out) == {"all.sides.csv"}
    sides = pd.read_csv(out / "all.sides.csv")
    assert sides.session_id.tolist() == ["tuesday"]
    assert sides.side.tolist() == ["left"]


@pytest.mark.parametrize("name", [name for name, one in FORMATS.items() if not one.joined])
def test_a_format_of_one_session_is_not_written_together(name, out, capsys):
    assert main(["export", str(BOTH), "--format", name, "--out", str(out), "--together", "all"]) == BAD_INPUT
    assert "choose among csv, parquet, hevy, strong" in one_line(capsys)
    assert not names(out)


@pytest.mark.parametrize("bad", ["", "..", "a/b", "a\nb"])
def test_a_name_that_is_none_is_refused_before_anything_is_read(bad, out, capsys):
    assert main(["export", str(BOTH), "--out", str(out), "--together", bad]) == BAD_INPUT
    assert "names no file" in one_line(capsys)


def test_a_file_together_is_not_written_over_what_it_is_made_of(out, capsys):
    assert main(["export", str(BOTH), "--format", "samples", "--out", str(out)]) == 0
    samples = (out / "both_sides.samples.csv").rename(out / "all.sets.csv")
    before = samples.read_bytes()
    capsys.readouterr()
    assert main(["export", str(samples), str(ROCKING), "--together", "all", "--out", str(out)]) == BAD_INPUT
    assert "all.sets.csv would be written over" in one_line(capsys)
    assert samples.read_bytes() == before


def test_a_report_as_recorded_draws_what_was_recorded(sessions, out):
    shutil.copy(BOTH, sessions / "monday.arrows")
    assert main(["export", "--format", "html", "--out", str(out)]) == 0
    report = (out / "monday.html").read_bytes()
    assert b"Lift (deg)" in report
    assert main(["edit", "session", "monday", "--exercise", "any_lift"]) == 0
    assert main(["export", "--format", "html", "--out", str(out)]) == 0
    assert b"Lift (deg)" not in (out / "monday.html").read_bytes()
    assert main(["export", "--format", "html", "--as-recorded", "--out", str(out)]) == 0
    assert (out / "monday.html").read_bytes() == report
