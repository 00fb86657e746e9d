"""The sensors that are known: remembered, listed, renamed, forgotten, met again."""

import pytest

from tracker.app.cli import main
from tracker.app.sensors import Encounters, calibrated, chosen, remember, wanted
from tracker.archive.settings import load_sensors
from tracker.errors import InputError
from tracker.sensing.bluetooth.stream import Wanted
from tracker.sensing.marks import Battery, Calibrated, Connected, Disconnected, Mark

HIS = Connected("open-lift", "LIFT-0001", "F0:01", serial="0001")
HERS = Connected("open-lift", "LIFT-0002", "F0:02", serial="0002")
CALIBRATED = Calibrated((0.1, 0.0, 0.0), (1.0, 0.0, 0.0), "2026-01-31T18:05:00+01:00")


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path))


def test_two_sensors_of_one_name_get_two_nicknames():
    twin = Connected("open-lift", HIS.name, "F0:03", serial="0003")
    assert remember(HIS, 50).nickname == "LIFT-0001"
    assert remember(twin, 50).nickname == "LIFT-0001 2"
    with pytest.raises(InputError, match="another --name"):
        remember(HERS, None, "LIFT-0001")


def test_a_sensor_without_a_serial_number_is_known_by_name_and_address():
    nameless = Connected("open-lift", "LIFT", "F0:04")
    remember(nameless, 50, "mine")
    assert remember(nameless, 40).nickname == "mine"
    assert remember(Connected("open-lift", "LIFT", "F0:05"), 40).nickname == "LIFT"


def test_a_sensor_with_a_serial_number_is_the_same_at_another_address():
    remember(HIS, 50, "his")
    elsewhere = Connected("open-lift", HIS.name, "6E400001-B5A3-F393-E0A9-E50E24DCCA9E", serial="0001")
    assert remember(elsewhere, 40).nickname == "his"
    assert [known.address for known in load_sensors()] == [elsewhere.address]


def test_which_sensor_is_wanted():
    assert wanted(chosen(None)) == Wanted()
    remember(HIS, 50, "his")
    assert wanted(chosen(None)) == wanted(chosen("his")) == Wanted("open-lift", "LIFT-0001", "F0:01", "0001")
    with pytest.raises(InputError, match="his"):
        chosen("theirs")


@pytest.mark.parametrize("own", ["LIFT-0001", "lift-0001", "0001", "f0:01"])
def test_a_paired_sensor_is_known_by_its_own_name_too(own):
    remember(HIS, 50, "Bar")
    remember(HERS, 50, "hers")
    assert chosen(own).nickname == "Bar"


def test_a_nickname_goes_before_an_own_name_and_twins_need_theirs():
    remember(HIS, 50, "Bar")
    remember(HERS, 50, "LIFT-0001")
    assert chosen("LIFT-0001").serial == "0002"
    remember(Connected("open-lift", "LIFT-0001", "F0:03", serial="0003"), 50, "twin")
    remember(HERS, 50, "hers")
    with pytest.raises(InputError, match=r"2 paired sensors are called lift-0001; .* nickname: Bar, twin"):
        chosen("lift-0001")
    with pytest.raises(InputError, match="no paired sensor is called "):
        chosen("")


def test_of_several_none_is_taken_that_was_not_named():
    remember(HIS, 50, "his")
    remember(HERS, 50, "hers")
    assert wanted(chosen("hers")).serial == "0002"
    with pytest.raises(InputError, match=r"2 sensors are paired: his \(LIFT-0001\), hers .* --sensor"):
        chosen(None)


def test_listed_renamed_forgotten(capsys):
    assert main(["sensors"]) == 0
    assert "tracker pair" in capsys.readouterr().out
    remember(HIS, 50, "his")
    remember(HERS, None, "hers")
    calibrated("hers", CALIBRATED)
    assert main(["sensors"]) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("his", "50 %", "hers", "0002", "today", "2026-01-31"))
    assert main(["sensors", "rename", "his", "hers"]) == 2
    assert main(["sensors", "rename", "his", "mine"]) == 0
    assert main(["sensors", "forget", "hers"]) == 0
    assert [known.nickname for known in load_sensors()] == ["mine"]


def test_renamed_and_forgotten_by_its_own_name():
    remember(HIS, 50, "his")
    remember(HERS, 50, "hers")
    assert main(["sensors", "rename", "LIFT-0001", "mine"]) == 0
    assert main(["sensors", "forget", "0002"]) == 0
    assert [known.nickname for known in load_sensors()] == ["mine"]


def test_a_sensor_may_be_renamed_to_the_name_it_has():
    remember(HIS, 50, "his")
    assert main(["sensors", "rename", "his", "his"]) == 0


@pytest.mark.parametrize("blank", ["", "  ", "-", "\t\n"])
def test_a_name_without_a_letter_or_digit_is_refused(blank, capsys):
    remember(HIS, 50, "his")
    assert main(["sensors", "rename", "his", blank]) == 2
    assert "a name needs a letter or digit" in capsys.readouterr().err
    assert [known.nickname for known in load_sensors()] == ["his"]


def test_blanks_around_a_name_are_left_out():
    remember(HIS, 50, "his")
    assert main(["sensors", "rename", "his", "  gym 2 "]) == 0
    assert [known.nickname for known in load_sensors()] == ["gym 2"]


def test_pairing_again_keeps_the_calibration():
    remember(HIS, 50, "his")
    calibrated("his", CALIBRATED)
    remember(HIS, 40)
    assert [known.calibration for known in load_sensors()] == [CALIBRATED]


def test_a_calibration_can_be_forgotten():
    remember(HIS, 50, "his")
    calibrated("his", CALIBRATED)
    assert main(["calibrate", "--forget"]) == 0
    assert [known.calibration for known in load_sensors()] == [None]


def met(*marks):
    """Let the known sensors meet these marks; what was given back for each."""
    encounters = Encounters(load_sensors())
    following = [encounters.step(mark) for mark in marks]
    encounters.save()
    return following


def test_a_calibrated_sensor_is_followed_by_its_calibration_once_a_link():
    remember(HIS, 50, "his")
    calibrated("his", CALIBRATED)
    following = met(
        Mark(5, 0, HIS), Mark(6, 0, HIS), Mark(7, 0, Battery(40)), Mark(8, 0, Disconnected()), Mark(9, 1, HIS)
    )
    assert following == [Mark(5, 0, CALIBRATED), None, None, None, Mark(9, 1, CALIBRATED)]


def test_one_that_is_not_calibrated_or_not_paired_is_not():
    remember(HIS, 50)
    assert met(Mark(5, 0, HIS), Mark(6, 1, HERS)) == [None, None]


def test_meeting_a_sensor_updates_its_battery_and_when_it_was_seen(monkeypatch):
    monkeypatch.setattr("tracker.app.sensors.now", lambda: "2026-01-31T18:05:00+01:00")
    remember(HIS, 50, "his")
    remember(HERS, 70, "hers")
    monkeypatch.setattr("tracker.app.sensors.now", lambda: "2026-02-01T07:00:00+01:00")
    met(Mark(0, 0, HERS), Mark(1, 0, Battery(66)), Mark(2, 0, Battery(65)))
    his, hers = load_sensors()
    assert (his.battery, his.last_seen[:10]) == (50, "2026-01-31")
    assert (hers.battery, hers.last_seen[:10]) == (65, "2026-02-01")


def test_a_stranger_is_not_remembered_by_meeting_it(tmp_path):
    met(Mark(0, 0, HIS), Mark(1, 0, Battery(66)))
    assert not list(tmp_path.iterdir())
