"""Tables and CSV files of a session that is written down by hand, so that every cell can be."""

import csv
import io
import math
from dataclasses import replace

import pandas as pd
import pytest

from tests.archive.by_hand import (
    BACK_OFF,
    GO,
    GOOD,
    LEFT,
    LEFT_AGAIN,
    NAN,
    NO_GATE,
    NOTHING,
    RIGHT,
    SESSION,
    rep,
)
from tracker.archive import tables
from tracker.archive.export.csv import as_csv, as_plain_text, write_tables
from tracker.coaching.results import (
    Gate,
    GateDecision,
    JudgedRep,
    Verdict,
)
from tracker.errors import InputError
from tracker.motion.events import Channel
from tracker.sensing.marks import Side

COLUMNS = {
    "reps": "session_id set side rep counted start_time t_start_s t_top_s t_leave_top_s t_end_s "
    "concentric_s top_hold_s eccentric_s bottom_s tempo rom_deg travel_cm rom_pct carried_by lockout "
    "top_short_deg overshoot_deg overarch tilt_top_deg tilt_top_change_deg rocking_peak_deg rocking_alert "
    "low_side twist_deg bounce slide_deg peak_speed_deg_s mean_velocity_m_s clean cues gap_s confidence "
    "said_by load_kg",
    "sets": "session_id set side athlete exercise load_kg start_time t_start_s t_end_s rest_before_s "
    "attempts reps clean lockout_rate concentric_s top_hold_s eccentric_s bottom_s tempo_spread_s "
    "rom_deg_first rom_deg_last rom_decay_pct depth_change_deg slide_deg tilt_top_deg rocking_alerts cues "
    "gate gate_reason gap_s",
    "sides": "session_id start_time athlete exercise side sets load_kg_max volume_kg attempts reps clean "
    "lockout_rate concentric_s top_hold_s eccentric_s bottom_s rom_deg travel_cm tilt_top_deg "
    "rocking_alerts gate",
    "balance": "session_id measure left right difference_pct stronger_side noise_pct beyond_noise",
    "motions": "t_start_s t_end_s kind reason rom_deg travel_cm confidence set rep",
}
TABLES = (tables.reps, tables.sets, tables.sides, tables.balance, tables.motions)


def rows(table: pd.DataFrame) -> list[dict[str, str]]:
    """Cells as they stand in the CSV."""
    return list(csv.DictReader(io.StringIO(as_csv(table).decode(), newline="")))


@pytest.mark.parametrize("session", [SESSION, NOTHING], ids=["session", "nothing"])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_the_columns_are_those_of_the_contract(table, session):
    frame = table(session)
    assert " ".join(frame.columns) == COLUMNS[table.__name__]
    assert frame.dtypes.equals(table(SESSION).dtypes)
    header = as_csv(frame).split(b"\r\n")[0]
    assert header.decode() == COLUMNS[table.__name__].replace(" ", ",")


def test_a_counted_rep():
    assert rows(tables.reps(SESSION))[0] == {
        "session_id": "monday",
        "set": "1",
        "side": "left",
        "rep": "1",
        "counted": "yes",
        "start_time": "2026-01-31T18:05:10.000+01:00",
        "t_start_s": "10.0",
        "t_top_s": "10.8",
        "t_leave_top_s": "11.8",
        "t_end_s": "14.0",
        "concentric_s": "0.8",
        "top_hold_s": "1.0",
        "eccentric_s": "2.2",
        "bottom_s": "0.5",
        "tempo": "2-0-1-1",
        "rom_deg": "50.0",
        "travel_cm": "35.6",
        "rom_pct": "100.0",
        "carried_by": "lift",
        "lockout": "yes",
        "top_short_deg": "0.0",
        "overshoot_deg": "1.5",
        "overarch": "no",
        "tilt_top_deg": "-1.23",
        "tilt_top_change_deg": "0.0",
        "rocking_peak_deg": "2.0",
        "rocking_alert": "none",
        "low_side": "right",
        "twist_deg": "0.5",
        "bounce": "unknown",
        "slide_deg": "",
        "peak_speed_deg_s": "112.3",
        "mean_velocity_m_s": "0.444",
        "clean": "yes",
        "cues": "",
        "gap_s": "0.0",
        "confidence": "0.988",
        "said_by": "sensor",
        "load_kg": "20.0",
    }


def test_what_was_tried_and_not_counted_stands_between_the_reps_and_is_none():
    first, partial, last = rows(tables.reps(SESSION))[:3]
    assert [row["counted"] for row in (first, partial, last)] == ["yes", "no", "yes"]
    assert [row["rep"] for row in (first, partial, last)] == ["1", "", "2"]
    assert (partial["set"], partial["side"], partial["rom_deg"], partial["rom_pct"]) == (
        "1",
        "left",
        "20.0",
        "40.0",
    )
    assert {partial[name] for name in ("lockout", "overarch", "bounce", "clean")} == {"unknown"}
    assert {partial[name] for name in ("rocking_alert", "low_side", "cues", "tempo", "top_short_deg")} == {""}


def test_the_last_rep_of_a_set():
    last = rows(tables.reps(SESSION))[2]
    assert (last["bottom_s"], last["tempo"], last["concentric_s"]) == ("", "", "1.4")
    assert (last["lockout"], last["rocking_alert"], last["clean"], last["rom_pct"]) == (
        "no",
        "severe",
        "no",
        "80.0",
    )
    assert last["cues"] == "All the way up; Steady the weight"


def test_range_in_percent_is_of_the_channel_that_carried_the_rep():
    carried = [
        rep(1, 0.0, 10.0, carried_by=Channel.HEIGHT),
        rep(2, 5.0, 12.0, carried_by=Channel.HEIGHT, travel_m=0.178),
    ]
    unknown = rep(3, 10.0, 10.0, carried_by=Channel.HEIGHT, travel_m=NAN)
    reps = tuple(JudgedRep(i + 1, one, GOOD, ()) for i, one in enumerate([*carried, unknown]))
    table = tables.reps(replace(SESSION, sets=(replace(LEFT, reps=reps, partials=()),)))
    assert table["rom_pct"].tolist()[:2] == [100.0, 50.0]
    assert math.isnan(table["rom_pct"].iloc[2])


def test_a_set():
    assert rows(tables.sets(SESSION))[0] == {
        "session_id": "monday",
        "set": "1",
        "side": "left",
        "athlete": "Ana",
        "exercise": "one_leg_hip_thrust",
        "load_kg": "20.0",
        "start_time": "2026-01-31T18:05:10.000+01:00",
        "t_start_s": "10.0",
        "t_end_s": "23.5",
        "rest_before_s": "",
        "attempts": "3",
        "reps": "2",
        "clean": "1",
        "lockout_rate": "0.5",
        "concentric_s": "1.1",
        "top_hold_s": "0.7",
        "eccentric_s": "2.2",
        "bottom_s": "0.5",
        "tempo_spread_s": "0.0",
        "rom_deg_first": "",
        "rom_deg_last": "",
        "rom_decay_pct": "",
        "depth_change_deg": "",
        "slide_deg": "",
        "tilt_top_deg": "-1.23",
        "rocking_alerts": "1",
        "cues": "All the way up x1; Steady the weight x1",
        "gate": "back_off",
        "gate_reason": "back_off",
        "gap_s": "0.123",
    }
    assert [row["rest_before_s"] for row in rows(tables.sets(SESSION))] == ["", "36.5", "36.5"]
    assert [row["lockout_rate"] for row in rows(tables.sets(SESSION))] == ["0.5", "1.0", ""]
    assert [row["tempo_spread_s"] for row in rows(tables.sets(SESSION))][1:] == ["", ""]


def test_change_over_a_set_leaves_out_its_ends_and_what_was_not_judged():
    # Inner reps: range 50 50 . 46 44 42 40, bottom rises 0 0 . 1 2 3 4, slide 0 0 . 0 1 1 1
    ranges = (70.0, 50.0, 50.0, 99.0, 46.0, 44.0, 42.0, 40.0, 80.0)
    bottoms = (0.0, 0.0, 0.0, 30.0, 1.0, 2.0, 3.0, 4.0, -20.0)
    slides = (NAN, 0.0, 0.0, 9.0, 0.0, 1.0, 1.0, 1.0, 9.0)
    verdicts = [Verdict.YES] * 3 + [Verdict.UNKNOWN] + [Verdict.YES] * 5
    reps = tuple(
        JudgedRep(
            i + 1,
            rep(i, 5.0 * i, ranges[i], end_deg=bottoms[i]),
            replace(GOOD, lockout=verdicts[i], slide_deg=slides[i]),
            (),
        )
        for i in range(9)
    )
    one = rows(tables.sets(replace(SESSION, sets=(replace(LEFT, reps=reps),))))[0]
    assert (one["rom_deg_first"], one["rom_deg_last"], one["rom_decay_pct"]) == ("50.0", "41.0", "18.0")
    assert (one["depth_change_deg"], one["slide_deg"]) == ("2.5", "1.0")


def test_spread_of_the_tempo_is_a_robust_standard_deviation():
    durations = (4.0, 4.1, 4.2, 4.4, 9.0)  # median 4.2, absolute deviations 0 0.1 0.2 0.2 4.8
    reps = tuple(JudgedRep(i, rep(i, 0.0, t_end_s=durations[i]), GOOD, ()) for i in range(5))
    spread_s = tables.sets(replace(SESSION, sets=(replace(LEFT, reps=reps),)))["tempo_spread_s"].item()
    assert spread_s == pytest.approx(1.4826 * 0.2, abs=5e-4)


def test_a_side():
    left, right = rows(tables.sides(SESSION))
    assert left == {
        "session_id": "monday",
        "start_time": "2026-01-31T18:05:10.000+01:00",
        "athlete": "Ana",
        "exercise": "one_leg_hip_thrust",
        "side": "left",
        "sets": "2",
        "load_kg_max": "22.5",
        "volume_kg": "62.5",
        "attempts": "4",
        "reps": "3",
        "clean": "2",
        "lockout_rate": "0.667",
        "concentric_s": "0.8",
        "top_hold_s": "1.0",
        "eccentric_s": "2.2",
        "bottom_s": "0.5",
        "rom_deg": "50.0",
        "travel_cm": "35.6",
        "tilt_top_deg": "-1.23",
        "rocking_alerts": "1",
        "gate": "back_off",
    }
    assert (right["side"], right["load_kg_max"], right["volume_kg"], right["gate"]) == (
        "right",
        "",
        "",
        "unknown",
    )


def test_volume_is_not_known_when_a_load_is_not():
    one = replace(RIGHT, side=Side.LEFT)
    (left,) = rows(tables.sides(replace(SESSION, sets=(LEFT, one))))
    assert (left["load_kg_max"], left["volume_kg"]) == ("20.0", "")


def test_an_undeclared_side_has_its_own_row_after_the_others():
    unknown = replace(LEFT, side=Side.UNKNOWN, athlete="Bo")
    sides = tables.sides(replace(SESSION, sets=(unknown, RIGHT, LEFT, replace(LEFT_AGAIN, athlete="Bo"))))
    assert sides["side"].tolist() == ["left", "right", "unknown"]
    assert sides["athlete"].tolist() == ["Ana; Bo", "Ana", "Bo"]


@pytest.mark.parametrize(
    ("gates", "worst"),
    [
        ((GO, NO_GATE), "go"),
        ((GO, BACK_OFF), "back_off"),
        ((GateDecision(Gate.HOLD, ""), GO), "hold"),
        ((NO_GATE, NO_GATE), "unknown"),
    ],
)
def test_a_side_is_as_ready_as_its_worst_set_that_decides(gates, worst):
    sets = tuple(replace(LEFT, gate=gate) for gate in gates)
    assert tables.sides(replace(SESSION, sets=sets))["gate"].tolist() == [worst]


def test_balance():
    first, second = rows(tables.balance(SESSION))
    assert first == {
        "session_id": "monday",
        "measure": "top_hold_s",
        "left": "1.0",
        "right": "0.89",
        "difference_pct": "11.0",
        "stronger_side": "left",
        "noise_pct": "5.0",
        "beyond_noise": "yes",
    }
    assert (second["left"], second["stronger_side"]) == ("", "")


def test_motions_are_all_there_once_in_order_of_time():
    motions = rows(tables.motions(SESSION))
    assert [(row["kind"], row["set"], row["rep"], row["reason"]) for row in motions] == [
        ("rejected", "", "", "dumbbell was carried or turned over"),
        ("rep", "1", "1", ""),
        ("rejected", "1", "", "much smaller than the set's reps"),
        ("rep", "1", "2", ""),
        ("rep", "2", "1", ""),
        ("rep", "3", "1", ""),
    ]
    assert motions[0] == {
        "t_start_s": "2.0",
        "t_end_s": "6.0",
        "kind": "rejected",
        "reason": "dumbbell was carried or turned over",
        "rom_deg": "95.0",
        "travel_cm": "",
        "confidence": "0.988",
        "set": "",
        "rep": "",
    }


def test_without_a_start_there_is_no_time_of_day():
    assert set(tables.reps(replace(SESSION, started=""))["start_time"]) == {""}


@pytest.mark.parametrize("unknown", [math.inf, -math.inf, NAN])
def test_what_is_not_a_number_is_empty(unknown):
    sets = rows(tables.sets(replace(SESSION, sets=(replace(LEFT, rest_before_s=unknown, t_start_s=NAN),))))
    assert (sets[0]["rest_before_s"], sets[0]["t_start_s"], sets[0]["start_time"]) == ("", "", "")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_a_csv_read_back_is_the_table(table):
    frame = table(SESSION)
    empty = {name: [""] for name in frame.select_dtypes("number")}
    text = io.BytesIO(as_csv(frame))
    back = pd.read_csv(text, dtype=frame.dtypes.to_dict(), keep_default_na=False, na_values=empty)
    pd.testing.assert_frame_equal(back, frame)


NASTY = ("=1+1", "+49 170", "-5", "@home", "\tx", "\rx", '=HYPERLINK("http://x")')


@pytest.mark.parametrize("text", NASTY)
def test_what_a_person_wrote_is_never_a_formula(text):
    session = replace(SESSION, session_id=text, sets=(replace(LEFT, athlete=text),))
    for table, column in ((tables.sets, "athlete"), (tables.sides, "athlete"), (tables.reps, "session_id")):
        assert rows(table(session))[0][column] == f"'{text}"


def test_a_negative_number_stays_a_number():
    assert rows(tables.sets(SESSION))[0]["tilt_top_deg"] == "-1.23"


@pytest.mark.parametrize(
    "text", ["Ana, Bo", 'the "big" one', "two\nlines", "two\r\nlines", "Ä é 漢", "a=b", "'quoted"]
)
def test_other_text_comes_through_as_it_is(text):
    session = replace(SESSION, sets=(replace(LEFT, athlete=text),))
    assert rows(tables.sets(session))[0]["athlete"] == text == as_plain_text(text)


def test_five_files_are_written_and_nothing_else(tmp_path):
    files = write_tables(SESSION, tmp_path / "new" / "out", "monday")
    assert [file.name for file in files] == [f"monday.{name}.csv" for name in COLUMNS]
    assert sorted((tmp_path / "new" / "out").iterdir()) == sorted(files)
    for file, table in zip(files, TABLES, strict=True):
        assert file.read_bytes() == as_csv(table(SESSION))


def test_nothing_found_is_five_headers(tmp_path):
    for file in write_tables(NOTHING, tmp_path, "empty"):
        content = file.read_bytes()
        assert content.count(b"\r\n") == content.count(b"\n") == 1
        assert content.endswith(b"\r\n")


def test_writing_again_replaces(tmp_path):
    write_tables(SESSION, tmp_path, "monday")
    files = write_tables(NOTHING, tmp_path, "monday")
    assert [file.read_bytes() for file in files] == [as_csv(table(NOTHING)) for table in TABLES]


def test_a_file_that_cannot_be_replaced_is_told_and_nothing_half_written_stays(tmp_path):
    write_tables(NOTHING, tmp_path, "monday")
    (tmp_path / "monday.motions.csv").unlink()
    (tmp_path / "monday.motions.csv").mkdir()
    with pytest.raises(InputError, match=r"monday\.motions\.csv cannot be written \(Is a directory\); "):
        write_tables(SESSION, tmp_path, "monday")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"monday.{name}.csv" for name in COLUMNS
    )


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        write_tables(SESSION, tmp_path / "file", "monday")
