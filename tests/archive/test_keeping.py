"""Foreign files become recordings: named after their start, never written over, saying what they were."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.archive.exports import in_folder, phyphox_files, zipped
from tracker.app.cli import BAD_INPUT, main
from tracker.archive.analyze import analyze
from tracker.archive.appending import MOST_ROWS, Appending
from tracker.archive.changed import ChangedResults, changed_results
from tracker.archive.header import this_software
from tracker.archive.importers import open_any
from tracker.archive.keeping import Told, keep
from tracker.archive.recording import read, read_header
from tracker.archive.unfinished import unfinished
from tracker.errors import InputError
from tracker.sensing.marks import Declared, Mark, Side

T = np.arange(150) / 50.0
ACC = np.tile([0.0, 0.0, 9.8], (150, 1))
GYR = np.full((150, 3), 0.01)
AT_SIX = Told(started="2026-02-01T18:00:00+01:00")
HEADER = "t_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2,gyr_x_rad_s,gyr_y_rad_s,gyr_z_rad_s"


def training(folder: Path, name: str = "training.zip") -> Path:
    return zipped(folder / name, phyphox_files(T, ACC, T, GYR))


def samples(folder: Path, said: str = "", acc: float = 9.8) -> Path:
    rows = (f"{t_s},0,0,{acc},0,0,0" for t_s in T)
    (folder / "leg day.csv").write_text("\n".join([f"{said}{HEADER}", *rows]), "utf-8")
    return folder / "leg day.csv"


def test_what_is_kept_is_what_was_read_and_says_where_it_is_from(tmp_path):
    path = training(tmp_path)
    kept, warnings = keep(path, tmp_path / "sessions")
    assert (kept, warnings) == (tmp_path / "sessions" / "2026-01-31_18-05-00.arrows", ())
    header = read_header(kept)
    assert (header.session_id, header.imported) == ("2026-01-31_18-05-00", "phyphox: training.zip")
    assert header.started == "2026-01-31T18:05:00.250+01:00"
    assert header.software.startswith("thrust-tracker ")
    direct, again = open_any(path), read(kept)
    assert [item for item in again.items if isinstance(item, Mark)] == [
        item for item in direct.items if isinstance(item, Mark)
    ]
    (_, mine), (_, theirs) = direct.items, again.items
    assert mine.data.tobytes() == theirs.data.tobytes()
    assert mine.t_ns.tolist() == theirs.t_ns.tolist()
    assert again.lost == ""


def test_two_that_began_in_one_second_get_a_name_each(tmp_path):
    first, _ = keep(training(tmp_path, "hers.zip"), tmp_path / "sessions")
    content = first.read_bytes()
    second, _ = keep(training(tmp_path, "his.zip"), tmp_path / "sessions")
    assert second.name == "2026-01-31_18-05-00_2.arrows"
    assert first.read_bytes() == content
    assert read_header(second).session_id == "2026-01-31_18-05-00_2"


def test_the_same_file_is_not_taken_twice(tmp_path):
    kept, _ = keep(training(tmp_path), tmp_path / "sessions")
    with pytest.raises(InputError, match=r"was imported before, as .*18-05-00\.arrows; delete that one"):
        keep(training(tmp_path), tmp_path / "sessions")
    assert list((tmp_path / "sessions").iterdir()) == [kept]


@pytest.mark.parametrize("said", ["# side: left\n# load_kg: 20\n", ""])
def test_samples_without_a_start_are_named_after_their_file(tmp_path, said):
    kept, _ = keep(samples(tmp_path, said), tmp_path / "sessions")
    assert kept.name == "leg day.arrows"
    assert len(read(kept).items) == (3 if said else 2)
    assert read_header(kept).imported == "samples: leg day.csv"


def test_what_is_doubtful_is_handed_on(tmp_path):
    _, (warning,) = keep(samples(tmp_path, acc=9.0), tmp_path / "sessions")
    assert warning.startswith("|acc| is 9.00 m/s2 where it is quietest")


def test_a_recording_is_no_foreign_file(tmp_path):
    kept, _ = keep(training(tmp_path), tmp_path / "other")
    with pytest.raises(InputError, match=r"is a recording already; copy it into .*sessions"):
        keep(kept, tmp_path / "sessions")


def test_nobody_goes_on_with_what_was_imported_a_moment_ago(tmp_path):
    kept, _ = keep(training(tmp_path), tmp_path / "sessions")
    now = datetime.fromisoformat(read_header(kept).started) + timedelta(minutes=1)
    assert unfinished(kept.parent, now, lambda _sensor: True) is None


def test_a_disk_that_refuses_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuse(_file, _rows):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Appending, "append", refuse)
    with pytest.raises(
        InputError, match=r"cannot be written \(No space left on device\); free some space or"
    ):
        keep(training(tmp_path), tmp_path / "sessions")
    assert list((tmp_path / "sessions").iterdir()) == []


def test_an_import_that_is_broken_off_leaves_nothing_that_would_count(tmp_path, monkeypatch):
    """Half a session stayed, and the whole one was refused as imported before."""

    def interrupted(_file, _rows):
        raise KeyboardInterrupt

    path = training(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Appending, "append", interrupted)
        with pytest.raises(KeyboardInterrupt):
            keep(path, tmp_path / "sessions")
    assert list((tmp_path / "sessions").iterdir()) == []
    kept, _ = keep(path, tmp_path / "sessions")
    assert read(kept).lost == ""


def unchanged(kept):
    return ChangedResults(kept.stem, this_software(), has_tables=True)


def test_another_training_in_a_file_of_the_same_name_is_kept_beside_the_first(tmp_path):
    """Exports of some apps are always called the same, and do not say when they began."""
    first, _ = keep(samples(tmp_path), tmp_path / "sessions")
    with pytest.raises(InputError, match="was imported before"):
        keep(samples(tmp_path), tmp_path / "sessions")
    second, _ = keep(samples(tmp_path, acc=9.7), tmp_path / "sessions")
    assert (first.name, second.name) == ("leg day.arrows", "leg day_2.arrows")
    for again in (9.8, 9.7):
        with pytest.raises(InputError, match="was imported before"):
            keep(samples(tmp_path, acc=again), tmp_path / "sessions", AT_SIX)
    third, _ = keep(samples(tmp_path, acc=9.6), tmp_path / "sessions", AT_SIX)
    assert third.name == "2026-02-01_18-00-00.arrows"


def test_what_is_told_of_a_file_stands_over_what_it_says(tmp_path):
    hers = Declared(side=Side.RIGHT, athlete="Ana")
    path = samples(tmp_path, "# side: left\n# load_kg: 20\n# start: 2026-01-31T18:05:00+01:00\n")
    kept, _ = keep(path, tmp_path / "sessions", replace(AT_SIX, declared=hers))
    whole = read(kept)
    assert (kept.stem, whole.header.started) == ("2026-02-01_18-00-00", AT_SIX.started)
    marks = [item.body for item in whole.items if isinstance(item, Mark)]
    said = [body for body in marks if isinstance(body, Declared)]
    assert said == [Declared(side=Side.LEFT, load_kg=20.0), hers]


def test_the_start_leg_and_load_of_a_file_that_says_none_can_be_told(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "home"))
    recorded = tmp_path / "thrusts.samples.csv"
    assert (
        main(["export", "recordings/both_sides.arrows", "--format", "samples", "--out", str(tmp_path)]) == 0
    )
    lines = (tmp_path / "both_sides.samples.csv").read_text("utf-8").splitlines(keepends=True)
    recorded.write_text("".join(line for line in lines if not line.startswith("#")), "utf-8")
    said = ["--side", "left", "--load-kg", "22.5", "--athlete", "Ana", "--tempo", "3-1-1-2"]
    assert main(["import", str(recorded), *said, "--started", "2026-11-01T18:05"]) == 0
    session = analyze(tmp_path / "home" / "sessions" / "2026-11-01_18-05-00.arrows")
    assert session.started == datetime(2026, 11, 1, 18, 5).astimezone().isoformat()
    assert [(one.side, one.load_kg, one.athlete) for one in session.sets] == 2 * [(Side.LEFT, 22.5, "Ana")]
    assert main(["export", "2026-11-01_18-05-00", "--format", "hevy", "--out", str(tmp_path)]) == 0


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (["a.csv", "--started", "yesterday"], "--started 'yesterday' is no date"),
        (["a.csv", "b.csv", "--started", "2026-11-01T18:05"], "import them one by one"),
        (["a.csv", "--exercise", "squat"], "squat"),
        (["a.csv", "--athlete", "A\nB"], "is no name"),
    ],
)
def test_what_cannot_be_told_is_refused_before_a_file_is_read(said, why, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "home"))
    assert main(["import", *said]) == BAD_INPUT
    assert why in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


def test_the_command_takes_many_and_tells_of_each(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "home"))
    unpacked = in_folder(tmp_path / "unpacked", phyphox_files(T, ACC, T, GYR))
    (tmp_path / "bad.csv").write_text("x\n1\n")
    said = ["import", str(unpacked), str(tmp_path / "bad.csv"), str(samples(tmp_path, acc=9.0))]
    assert main(said) == BAD_INPUT
    out, err = capsys.readouterr()
    home = tmp_path / "home" / "sessions"
    kept = ["2026-01-31_18-05-00.arrows", "leg day.arrows"]
    assert sorted(path.name for path in home.glob("*.arrows")) == kept
    assert all(changed_results(home / name) == unchanged(home / name) for name in kept)
    assert f"{unpacked}: recorded as {home / '2026-01-31_18-05-00.arrows'}" in out.replace("\n", "")
    assert "never rested" in out
    assert err.count("\n") == 1
    assert "has no column of samples" in err
    assert main(["analyze", str(unpacked)]) == 0
    assert main(["export", "2026-01-31_18-05-00", "--out", str(tmp_path / "out")]) == 0


@pytest.mark.parametrize("called", [".", "../My training", "My training/.."])
def test_a_folder_is_called_by_its_name_however_it_is_reached(called, tmp_path, monkeypatch):
    """`import .` wrote a session without a name, hidden; `analyze .` ended in a traceback."""
    files = phyphox_files(T, ACC, T, GYR)
    del files["meta/time.csv"]  # then nothing but its name says which session it is
    folder = in_folder(tmp_path / "My training", files)
    (folder / "My training").mkdir()
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(folder)
    assert main(["import", called]) == 0
    sessions = tmp_path / "home" / "sessions"
    assert [file.name for file in sessions.glob("*.arrows")] == ["My training.arrows"]
    assert read_header(sessions / "My training.arrows").imported == "phyphox: My training"
    assert main(["analyze", called, "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "My training.reps.csv").exists()


def test_a_foreign_file_is_kept_in_parts_so_that_damage_costs_a_part(tmp_path):
    t = np.arange(6000) / 50.0
    acc, gyr = np.tile(ACC, (40, 1)), np.tile(GYR, (40, 1))
    kept, _ = keep(zipped(tmp_path / "long.zip", phyphox_files(t, acc, t, gyr)), tmp_path / "sessions")
    content = bytearray(kept.read_bytes())
    whole, middle = read(kept), len(content) // 2
    content[middle] ^= 1
    kept.write_bytes(content)
    packets, left = (
        sum(len(item) for item in one.items if not isinstance(item, Mark)) for one in (whole, read(kept))
    )
    assert packets - left == MOST_ROWS
