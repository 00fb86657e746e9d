import os
import tomllib
from pathlib import Path

import pytest

from tracker.archive.files import replace_files, require_writable
from tracker.archive.settings import (
    KnownSensor,
    library_index,
    load_sensors,
    save_sensors,
    sessions_folder,
    settings_file,
)
from tracker.errors import InputError
from tracker.sensing.marks import Calibrated

CALIBRATED = Calibrated((0.01, -1 / 3, 0.0), (0.6, 0.0, -0.8), "2026-01-31T18:05:00+01:00")
ONE = KnownSensor(
    "gym", "open-lift", "Lift 0042", "0042", "AA:BB", "2026-01-31T18:05:00+01:00", 80, CALIBRATED
)
OTHER = KnownSensor('the "old" one = Ä', "open-lift")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_home_variable_moves_settings_and_sessions(home):
    assert settings_file().parent == home
    assert sessions_folder().parent == home
    assert library_index().parent == home / "cache"


def test_without_it_they_lie_where_the_system_keeps_such_things(monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", "")
    assert "tracker" in settings_file().parts
    assert "tracker" in sessions_folder().parts
    assert "tracker" in library_index().parts


def test_nobody_is_known_at_first(home):
    assert load_sensors() == ()
    assert not home.exists()


def test_sensors_are_remembered_in_order():
    save_sensors([ONE, OTHER])
    assert load_sensors() == (ONE, OTHER)
    save_sensors([OTHER])
    assert load_sensors() == (OTHER,)
    save_sensors([])
    assert load_sensors() == ()


def test_saving_leaves_one_file_and_what_else_it_holds(home):
    home.mkdir()
    settings_file().write_text("[thresholds]\nrocking_alert_deg = 5.5\n")
    save_sensors([ONE])
    assert [path.name for path in home.iterdir()] == ["settings.toml"]
    said = tomllib.loads(settings_file().read_text())
    assert said["thresholds"] == {"rocking_alert_deg": 5.5}
    assert said["sensors"][0]["nickname"] == "gym"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sensors = [", "cannot be read"),
        ("\udcff", "cannot be read"),
        ('[[sensors]]\nnickname = "x"\n', "has a sensor that is not understood"),
        ('[[sensors]]\nnickname = "x"\nmake = "y"\ncolour = "red"\n', "has a sensor that is not understood"),
        (
            '[[sensors]]\nnickname = "x"\nmake = "y"\ncalibration = {long_axis = [1.0, 1.0, 0.0]}\n',
            "has a sensor that is not understood",
        ),
        (
            '[[sensors]]\nnickname = "x"\nmake = "y"\ncalibration = 3\n',
            "has a sensor that is not understood",
        ),
        ("sensors = 3\n", "has a sensor that is not understood"),
        ("sensors = [3]\n", "has a sensor that is not understood"),
    ],
)
def test_broken_settings_are_told_and_kept(home, text, message):
    home.mkdir()
    settings_file().write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(InputError) as refused:
        load_sensors()
    assert str(refused.value).startswith(f"{settings_file()} {message}")
    assert "\n" not in str(refused.value)
    assert settings_file().read_bytes() == text.encode(errors="surrogateescape")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("nickname = 3", "nickname is 3"),
        ('nickname = ""', "nickname is missing"),
        ("battery = 900", "battery is 900"),
        ("battery = true", "battery is True"),
        ('battery = "full"', "battery is 'full'"),
        ('last_seen = "nonsense"', "last_seen is 'nonsense'"),
        ("last_seen = 2026-01-31", "last_seen is datetime.date"),
        ("address = [1]", r"address is \[1\]"),
        ('colour = "red"', "colour is no field"),
        ("calibration = 3", "calibration is 3"),
        ("calibration = {when = 3}", "calibration.when is 3"),
        ('calibration = {long_axis = ["a", "b", "c"]}', "calibration.long_axis is "),
        ("calibration = {acc_offset_m_s2 = 3.0}", "calibration.acc_offset_m_s2 is 3.0"),
        ("calibration = {axis = [1.0]}", "axis is no field"),
    ],
)
def test_a_field_of_a_wrong_kind_is_named_with_its_file(home, line, field):
    home.mkdir()
    others = [other for other in ('nickname = "x"', 'make = "y"') if other[:4] != line[:4]]
    settings_file().write_text("\n".join(["[[sensors]]", *others, line]))
    with pytest.raises(InputError, match=rf"settings\.toml has a sensor .* \({field}.*\); mend or remove it"):
        load_sensors()


def test_settings_that_cannot_be_written_are_told(home):
    home.touch()
    with pytest.raises(InputError, match="cannot be written"):
        save_sensors([ONE])


def test_a_file_is_replaced_for_all_who_could_read_it_or_not_at_all(tmp_path):
    opened = tmp_path / "opened"
    opened.touch()
    written = tmp_path / "written"
    replace_files({written: b"new"})
    assert (written.read_bytes(), written.stat().st_mode) == (b"new", opened.stat().st_mode)
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="folder cannot be written"):
        replace_files({tmp_path / "other": b"new", tmp_path / "folder": b"new"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "opened", "other", "written"]


def test_a_folder_that_can_be_written_is_as_it_was(tmp_path):
    require_writable(tmp_path / "a" / "b", "--out")
    assert list(tmp_path.iterdir()) == []
    require_writable(tmp_path, "--out")
    assert tmp_path.is_dir()


@pytest.mark.parametrize("place", ["file", "file/below", "closed", "closed/below"])
def test_a_folder_that_cannot_be_written_is_told(tmp_path, monkeypatch, place):
    (tmp_path / "file").touch()
    (tmp_path / "closed").mkdir(mode=0o500)
    if os.geteuid() == 0:  # nothing is closed to the administrator
        monkeypatch.setattr("os.access", lambda path, _: path != tmp_path / "closed")
        place = place.replace("closed/below", "closed")
    with pytest.raises(InputError, match=r"cannot be written \(.+\); choose another folder \(--out\)$"):
        require_writable(tmp_path / place, "--out")
