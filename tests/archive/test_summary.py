"""The sentences about a session against its tables: each number in them is one that the tables have."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tests.archive.by_hand import NOTHING
from tracker.archive import tables
from tracker.archive.analyze import analyze
from tracker.coaching.balance import balance_of
from tracker.coaching.declared import Overrides
from tracker.coaching.measures import measure_named
from tracker.coaching.summary import nothing_found, summary_of
from tracker.motion.events import Clip, Reason, RejectedMotion
from tracker.sensing.marks import Side

RECORDINGS = sorted((Path(__file__).parents[2] / "recordings").glob("*.arrows"))
every_recording = pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)

LEGS = ("left", "right")


@cache
def session_of(file):
    return analyze(file)


def said(session, pattern):
    """What the one sentence that begins like this says; None where none does."""
    found = [match for words in summary_of(session) if (match := re.match(pattern, words))]
    assert len(found) <= 1
    return found[0] if found else None


def of_leg(table, leg):
    """The one row of a leg."""
    [row] = table[table["side"] == leg].to_dict("records")
    return row


def test_there_are_recordings_to_try():
    assert len(RECORDINGS) >= 6


@every_recording
@pytest.mark.parametrize("leg", LEGS)
def test_clean_reps_load_and_gate_are_those_of_the_tables(file, leg):
    session = session_of(file)
    row, one = of_leg(tables.sides(session), leg), of_leg(tables.sets(session), leg)
    words = said(
        session, rf"{leg.capitalize()}: (\d+) of (\d+) reps locked out and level at (\S+) kg.*; (.*)"
    )
    assert (int(words[1]), int(words[2]), float(words[3])) == (row["clean"], row["reps"], row["load_kg_max"])
    begins = {"go": "the load may go up", "hold": "hold the load", "back_off": "back off", "unknown": "next"}
    sentence = words[0]
    assert begins[row["gate"]] in sentence
    assert row["gate"] == "go" or one["gate_reason"] in sentence


@every_recording
@pytest.mark.parametrize("leg", LEGS)
def test_missed_lockouts_and_rocking_are_those_of_the_reps(file, leg):
    session = session_of(file)
    reps = tables.reps(session)
    reps = reps[(reps["side"] == leg) & (reps["counted"] == "yes")]
    for what, rows, column in (
        ("short of the lockout", reps.query("lockout == 'no'"), "top_short_deg"),
        ("the weight rocked", reps.query("rocking_alert in ('alert', 'severe')"), "rocking_peak_deg"),
    ):
        words = said(session, rf"{leg.capitalize()}: {what} in reps? (.*), by (\d+) deg at most")
        if rows.empty:
            assert words is None
        else:
            assert [int(number) for number in re.findall(r"\d+", words[1])] == list(rows["rep"])
            assert int(words[2]) == pytest.approx(rows[column].max(), abs=0.51)


@every_recording
def test_tempo_is_that_of_the_sides(file):
    session = session_of(file)
    words = said(session, r"Tempo .*: left (\S+), right (\S+)\.")
    for leg, tempo in zip(LEGS, words.groups(), strict=True):
        row = of_leg(tables.sides(session), leg)
        times = [row[column] for column in ("eccentric_s", "bottom_s", "concentric_s", "top_hold_s")]
        assert [float(part) for part in tempo.split("-")] == pytest.approx(times, abs=0.051)


def of_legs_that_differ(file):
    """The session, as if its right leg had climbed half as high and as fast."""
    session = session_of(file)
    sets = tuple(one if one.side is Side.LEFT else halved(one) for one in session.sets)
    return replace(session, sets=sets, balance=balance_of(sets))


def halved(one):
    return replace(one, reps=tuple(replace(judged, rep=half(judged.rep)) for judged in one.reps))


def half(rep):
    return replace(rep, travel_m=rep.travel_m / 2, mean_velocity_m_s=rep.mean_velocity_m_s / 2)


@every_recording
def test_differences_are_those_of_the_balance_beyond_noise(file):
    session = of_legs_that_differ(file)
    beyond = tables.balance(session).query("beyond_noise == 'yes'")
    assert {"travel_cm", "mean_velocity_m_s"} <= set(beyond["measure"])
    [told] = [words for words in summary_of(session) if words.startswith("Left against right")]
    told = told.removeprefix("Left against right, beyond what reps and sensor explain: ").removesuffix(".")
    told = told.split("; ")
    assert len(told) == len(beyond)
    for part, row in zip(told, beyond.to_dict("records"), strict=True):
        name = measure_named(row["measure"]).title
        words = re.fullmatch(rf"{name} (\S+) .*against (\S+) .*\((\w+) (\d+) % less\)", part)
        assert [float(words[1]), float(words[2])] == pytest.approx([row["left"], row["right"]], abs=0.51)
        assert words[3] == ("left" if row["left"] < row["right"] else "right")
        assert float(words[4]) == pytest.approx(row["difference_pct"], abs=0.51)


@every_recording
def test_no_difference_is_told_within_the_noise(file):
    session = session_of(file)
    assert tables.balance(session).query("beyond_noise == 'yes'").empty
    assert said(session, "Left against right") is None
    assert said(session, "Left and right differ by no more than reps and sensor explain") is not None


def test_where_range_was_lost_and_from_which_rep_on():
    """The last rep of the recording rises over its range again; had it not, range would be lost."""
    [file] = [file for file in RECORDINGS if file.stem == "missed_lockouts"]
    session = session_of(file)
    words = "Right: from the sixth rep on the range is lost at the top, the bottom stays."
    assert words not in summary_of(session)
    right, left = session.sets
    last = replace(right.reps[-1], rep=replace(right.reps[-1].rep, rom_deg=right.reps[-2].rep.rom_deg))
    fallen = replace(right, reps=(*right.reps[:-1], last))
    assert words in summary_of(replace(session, sets=(fallen, left)))


def test_what_is_missing_is_said():
    [file] = [file for file in RECORDINGS if file.stem == "disconnect"]
    session = session_of(file)
    gap_s = tables.sets(session)["gap_s"][0]
    assert f"Set 1: {gap_s:.1f} s without samples; a rep in it may be missing." in summary_of(session)
    assert "1 could not be judged" in summary_of(session)[0]


def test_only_without_calibration_it_is_said_what_that_costs():
    words = "Not calibrated: level is judged by how the tilt changes, not by the tilt itself."
    session = session_of(RECORDINGS[0])
    assert words in summary_of(session)
    assert words not in summary_of(replace(session, clip=Clip.AS_CALIBRATED))


def test_without_sides_nothing_is_compared():
    session = analyze(RECORDINGS[0], Overrides(sides=(Side.UNKNOWN, Side.UNKNOWN)))
    told = summary_of(session)
    assert told[0].startswith("Leg not said: 16 of 16 reps locked out and level in 2 sets at 20 kg")
    assert "The leg of 2 sets was not said, so left and right are not compared there." in told
    assert not any("Left" in words or "weak" in words for words in told)


def test_a_lift_that_is_only_counted_is_not_judged():
    session = analyze(RECORDINGS[0], Overrides(exercise="any_lift"))
    told = " ".join(summary_of(session))
    assert re.search(r"Left: \d+ reps at 20 kg, not judged\.", told)
    assert "locked out" not in told
    assert "load may" not in told
    assert "calibrated" not in told


def test_no_set():
    assert summary_of(NOTHING) == ("No sets found: nothing that was lifted and brought back.",)


def test_people_and_lifts_are_told_apart():
    left, right = session_of(RECORDINGS[0]).sets
    theirs = (replace(left, athlete="Ana"), replace(right, athlete="Ben", exercise="any_lift"))
    told = summary_of(replace(session_of(RECORDINGS[0]), sets=theirs, balance=balance_of(theirs)))
    assert told[0].startswith("Ana, Weighted one-leg hip thrust, Left: 8 of 8")
    assert any(words.startswith("Ben, Any lift, counted only, Right: 8 of 8") for words in told)
    assert not any(words.startswith("Left") for words in told)  # two people are not compared


def test_unequal_loads_are_said_where_the_legs_differ():
    session = of_legs_that_differ(RECORDINGS[0])
    left, right = session.sets
    heavier = replace(session, sets=(left, replace(right, load_kg=14.0)))
    words = "The loads differ, too: left up to 20 kg, right up to 14 kg."
    assert words in summary_of(heavier)
    assert words not in summary_of(session)


def test_loads_of_another_lift_are_not_held_against_each_other():
    session = of_legs_that_differ(RECORDINGS[0])
    left, right = session.sets
    others = tuple(replace(one, exercise="any_lift", load_kg=kg) for one, kg in ((left, 60.0), (right, 40.0)))
    told = summary_of(replace(session, sets=(*others, left, right)))
    assert any("Left against right, beyond" in words for words in told)
    assert not any("The loads differ" in words for words in told)


def test_the_weak_side_of_the_session():
    session = session_of(RECORDINGS[0])
    left, right = session.sets
    weaker = replace(left, reps=left.reps[:6])
    told = summary_of(replace(session, sets=(weaker, right)))
    assert (
        "Left is the weak side of this session: 6 clean reps against 8 in as many sets. "
        "Let it begin, and stop the right at as many clean reps." in told
    )
    assert "Apart from the reps of the weak side, left and right differ by no more than" in " ".join(told)
    assert not any("weak" in words for words in summary_of(session))


def test_the_weak_side_of_a_lift_that_is_not_judged_has_fewer_reps():
    [session] = [analyze(RECORDINGS[0], Overrides(exercise="any_lift"))]
    left, right = session.sets
    told = summary_of(replace(session, sets=(replace(left, reps=left.reps[:6]), right)))
    assert (
        "Left is the weak side of this session: 6 reps against 8 in as many sets. "
        "Let it begin, and stop the right at as many reps." in told
    )
    assert not any("clean" in words for words in told)


@every_recording
def test_what_is_not_measured_is_not_written(file):
    assert not any(re.search(r"\bnan\b", words) for words in summary_of(session_of(file)))


def test_one_motion_that_was_none_is_one():
    motion = session_of(RECORDINGS[0]).sets[0].reps[0]
    alone = replace(NOTHING, rejected=(RejectedMotion(Reason.TOO_SMALL, motion.rep),))
    assert nothing_found(alone).startswith("no sets found; of 1 motion that was looked at: 1 much smaller")
