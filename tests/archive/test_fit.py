"""FIT files, read back with Garmin's own decoder and with another."""

import io
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fitdecode
import pytest
from garmin_fit_sdk import Decoder, Stream

from tests.archive.by_hand import LEFT, NOTHING, RIGHT, SESSION
from tracker.archive import tables
from tracker.archive.analyze import analyze
from tracker.archive.export.exported import Exported, of_side
from tracker.archive.export.fit import fit_files
from tracker.errors import InputError
from tracker.sensing.marks import Side

RECORDING = Path(__file__).parents[2] / "recordings" / "both_sides.arrows"
START = datetime(2026, 1, 31, 17, 5, tzinfo=UTC)
OWN = ("eccentric_s", "bottom_s", "concentric_s", "top_hold_s", "tilt_top_deg", "lockout_rate", "clean")
SESSIONS = pytest.mark.parametrize(
    "session",
    [SESSION, analyze(RECORDING), replace(NOTHING, started=SESSION.started)],
    ids=["by_hand", "recorded", "nothing"],
)


def fit(session) -> bytes:
    return fit_files(Exported(Path(), session))[".fit"]


def by_sdk(content: bytes) -> dict[str, list[dict]]:
    """Messages by kind, as the official decoder reads them; developer fields under their names."""
    checked = Decoder(Stream.from_byte_array(bytearray(content)))
    assert checked.is_fit()
    assert checked.check_integrity()  # and has read to the end by that
    messages, errors = Decoder(Stream.from_byte_array(bytearray(content))).read()
    assert errors == []
    names = {one["key"]: one["field_name"] for one in messages["field_description_mesgs"]}
    for one in messages.get("set_mesgs", []):
        one |= {names[key]: value for key, value in one.pop("developer_fields", {}).items()}
    return {kind.removesuffix("_mesgs"): found for kind, found in messages.items()}


def by_fitdecode(content: bytes) -> dict[str, list[dict]]:
    """The same, as another decoder reads them; it raises on what is not as it should be."""
    messages: dict[str, list[dict]] = {}
    strictly = {"check_crc": fitdecode.CrcCheck.RAISE, "error_handling": fitdecode.ErrorHandling.RAISE}
    with fitdecode.FitReader(io.BytesIO(content), **strictly) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage):
                fields = {field.name: field.value for field in frame.fields if field.value is not None}
                messages.setdefault(frame.name, []).append(fields)
    return messages


READERS = pytest.mark.parametrize("read", [by_sdk, by_fitdecode])


@READERS
@SESSIONS
def test_it_is_an_activity(read, session):
    messages = read(fit(session))
    (file_id,), (whole,), (activity,) = messages["file_id"], messages["session"], messages["activity"]
    assert (file_id["type"], file_id["manufacturer"]) == ("activity", "development")
    assert (whole["sport"], whole["sub_sport"], whole["num_laps"]) == ("training", "strength_training", 1)
    assert activity["num_sessions"] == len(messages["lap"]) == 1
    assert [event["event_type"] for event in messages["event"]] == ["start", "stop_all"]
    start = datetime.fromisoformat(session.started)
    assert abs(whole["start_time"] - start) <= timedelta(seconds=0.5)
    end_s = session.sets[-1].t_end_s if session.sets else 0.0
    assert whole["total_elapsed_time"] == pytest.approx(end_s, abs=5e-4)


@READERS
@SESSIONS
def test_the_sets_read_back_are_those_of_the_table(read, session):
    found = [one for one in read(fit(session)).get("set", []) if one["set_type"] == "active"]
    table = tables.sets(session)
    assert [one["repetitions"] for one in found] == table.reps.tolist()
    assert [one["side"] for one in found] == table.side.tolist()
    assert [one.get("weight", math.nan) for one in found] == pytest.approx(
        table.load_kg.tolist(), nan_ok=True
    )
    durations = (table.t_end_s - table.t_start_s).tolist()
    assert [one["duration"] for one in found] == pytest.approx(durations, abs=1e-3)
    for name in OWN:
        read_back = [one.get(name, math.nan) for one in found]
        stands_there = table[name].astype("float64").tolist()
        assert read_back == pytest.approx(stands_there, rel=1e-6, nan_ok=True), name


@SESSIONS
def test_each_set_is_a_weighted_single_leg_hip_raise(session):
    for one in by_sdk(fit(session)).get("set", []):
        if one["set_type"] == "active":
            assert (one["category"], one["category_subtype"]) == ("hip_raise", 31)


def test_fitdecode_names_the_lift_too():
    first = by_fitdecode(fit(SESSION))["set"][0]
    assert first["category"] in ("hip_raise", ("hip_raise",))


def test_between_two_sets_is_a_rest():
    sets = by_sdk(fit(SESSION))["set"]
    assert [one["set_type"] for one in sets] == ["active", "rest", "active", "rest", "active"]
    assert [one["message_index"] for one in sets] == list(range(5))
    assert [one["duration"] for one in sets] == [13.5, 36.5, 4.0, 36.5, 4.0]
    assert sets[1]["start_time"] == START + timedelta(seconds=24)  # 23.5, in whole seconds
    assert sets[1]["timestamp"] == START + timedelta(seconds=60)
    assert "category" not in sets[1]


def test_before_the_first_set_is_no_rest_also_of_one_side():
    sets = by_sdk(fit(of_side(SESSION, Side.RIGHT)))["set"]
    assert [(one["set_type"], one["side"]) for one in sets] == [("active", "right")]


def test_what_fields_mean_stands_in_the_file():
    described = by_sdk(fit(SESSION))["field_description"]
    units = {one["field_name"]: one.get("units") for one in described}
    seconds = dict.fromkeys(("eccentric_s", "bottom_s", "concentric_s", "top_hold_s"), "s")
    assert units == {"side": None, **seconds, "tilt_top_deg": "deg", "lockout_rate": None, "clean": "reps"}


def test_what_was_not_measured_is_no_field():
    one = by_sdk(fit(replace(SESSION, sets=(RIGHT,))))["set"][0]
    assert {"weight", "weight_display_unit", "lockout_rate", "clean"} & set(one) == set()
    assert one["side"] == "right"


def test_a_lift_that_fit_does_not_know_is_told_as_unknown():
    one = by_sdk(fit(replace(SESSION, sets=(replace(LEFT, exercise="any_lift"),))))["set"][0]
    assert (one["category"], "category_subtype" in one) == ("unknown", False)


def test_local_time_is_that_of_the_recording():
    (activity,) = by_sdk(fit(SESSION))["activity"]
    local = datetime(1989, 12, 31) + timedelta(seconds=activity["local_timestamp"])
    assert local - activity["timestamp"].replace(tzinfo=None) == timedelta(hours=1)


def test_two_sessions_have_a_number_each():
    numbers = {
        by_sdk(fit(replace(SESSION, session_id=name)))["file_id"][0]["serial_number"]
        for name in ("a", "b", "")
    }
    assert len(numbers) == 3
    assert 0 not in numbers


@pytest.mark.parametrize(
    "impossible",
    [
        replace(SESSION, started="1985-01-31T18:05:00+01:00"),
        replace(SESSION, started="0001-01-01T00:00:00"),
        replace(SESSION, sets=(replace(LEFT, load_kg=5000.0),)),
    ],
    ids=["before 1990", "long before", "5 t"],
)
def test_what_fit_has_no_room_for_is_one_line(impossible):
    with pytest.raises(InputError, match=r"^monday cannot be written as FIT \(.*export it as csv$"):
        fit(impossible)
