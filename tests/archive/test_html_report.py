"""The HTML report: its numbers are those of the tables, no text of a user is markup, nothing is asked for."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from tests.archive.by_hand import NOTHING, SESSION
from tests.archive.read_report import Report
from tracker.archive import tables
from tracker.archive.analyze import analyze
from tracker.archive.export.exported import Exported, of_athlete
from tracker.archive.export.html import athlete_html, html_files
from tracker.archive.export.report.columns import BALANCE, REPS, SETS, SIDES
from tracker.archive.export.report.document import Figures, document
from tracker.archive.export.report.of_athlete import SESSIONS, Part
from tracker.archive.export.report.of_session import Told, session_report
from tracker.archive.listing import read_row
from tracker.archive.trends import titled
from tracker.coaching.declared import Overrides
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST
from tracker.coaching.progression import gate_of
from tracker.coaching.summary import summary_of

RECORDINGS = sorted((Path(__file__).parents[2] / "recordings").glob("*.arrows"))
FILE = RECORDINGS[0]
MOST_BYTES = 6_000_000
NASTY = "\"Ana\" <script>alert('1')</script> & Søn 🏋️ </title>"
POLICY = re.compile(rb'http-equiv="Content-Security-Policy" content="([^"]*)"')

every_recording = pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)


@cache
def session_of(file):
    return analyze(file)


@cache
def content_of(file):
    [(ending, content)] = html_files(Exported(file, session_of(file))).items()
    assert ending == ".html"
    return content


def reported(session, **told):
    figures = Figures()
    return document("a report", list(session_report(Told("a", session, **told), figures)), figures)


GATES = {"go": "go", "hold": "hold", "back_off": "back off", "unknown": "not judged"}
READ_AS = {"measure": titled, "gate": GATES.__getitem__}
"""Columns whose text a report says otherwise than the table."""


def assert_same(table, expected, columns):
    """Every cell is that of the archive's table, rounded as its column says; empty stays empty."""
    found = table.records()
    assert len(found) == len(expected)
    for row, record in zip(found, expected.to_dict("records"), strict=True):
        for column in columns:
            value = record[column.name]
            said = row[column.name]
            if isinstance(value, str):
                assert said == READ_AS.get(column.name, str)(value)
            elif pd.isna(value):
                assert said == ""
            elif column.name == "noise_pct" and value > 100.0:
                assert said == "any difference: they vary too much to tell"
            else:
                assert float(said) == pytest.approx(value, abs=0.51 * 10**-column.decimals)


@every_recording
def test_the_tables_are_those_of_the_session(file):
    session, report = session_of(file), Report(content_of(file))
    assert_same(report.table("Sums and medians of each side"), tables.sides(session), SIDES)
    assert_same(report.table("Every set"), tables.sets(session), SETS)
    balance = report.table("Left against right; grey is inside the noise")
    assert_same(balance, tables.balance(session), BALANCE)
    reps = tables.reps(session)
    for table, (number, rows) in zip(report.tables[-len(session.sets) :], reps.groupby("set"), strict=True):
        assert table.caption.startswith(f"Set {number}, ")
        assert_same(table, rows, REPS)


@every_recording
def test_every_sentence_of_the_summary_and_every_warning_stands_in_it(file):
    text = Report(content_of(file)).text
    for words in (*summary_of(session_of(file)), *session_of(file).warnings):
        assert words in text


@every_recording
def test_a_file_stays_small(file):
    assert len(content_of(file)) < MOST_BYTES


def test_without_scripts_it_says_what_is_missing():
    report = Report(content_of(FILE))
    assert report.elements.count("noscript") == 1
    assert "The figures are drawn by a script of this file, which does not run here" in report.text


def test_plotly_stands_in_it_once_and_a_figure_for_each_set_twice():
    content = content_of(FILE)
    assert content.count(b"plotly.js v") == 1
    assert content.count(b"data-figure=") == 1 + 2 * len(session_of(FILE).sets)


def test_its_policy_forbids_requests_and_any_script_but_its_own():
    [policy] = POLICY.findall(content_of(FILE))
    said = dict(part.split(" ", 1) for part in policy.decode().replace("&#x27;", "'").split("; "))
    assert said["default-src"] == "'none'"
    assert re.fullmatch(r"('sha256-[A-Za-z0-9+/=]{44}' ?){3}", said["script-src"])
    assert said["img-src"] == "data: blob:"
    assert "connect-src" not in said


def test_nothing_of_it_lies_elsewhere():
    attributes = dict.fromkeys(name for name, _ in Report(content_of(FILE)).attributes)
    assert not {"src", "href", "srcset", "action", "onclick", "onload"} & set(attributes)
    assert b"@import" not in content_of(FILE).partition(b"plotly.js v")[0]


def test_what_people_wrote_is_text():
    session = session_of(FILE)
    named = replace(
        session,
        sets=tuple(replace(one, athlete=NASTY) for one in session.sets),
        warnings=(NASTY,),
        tags=(NASTY,),
        note=NASTY,
    )
    content = reported(named, corrections=(NASTY,), recorded_with=NASTY)
    plain = Report(reported(session))
    report = Report(content)
    assert sorted(set(report.elements)) == sorted(set(plain.elements))
    assert report.elements.count("script") == plain.elements.count("script") == 4
    assert report.text.count(NASTY) == 6  # athlete, tag, note, recorded with, correction, warning
    assert b"<script>alert" not in content


def test_a_title_is_text_too():
    content = document(NASTY, [], Figures())
    assert content.count(b"</title>") == 1
    assert b"<h1>&quot;Ana&quot;" in content


def test_half_a_letter_does_not_stop_it():
    assert b"Ana ?" in document("Ana \ud83c", [], Figures())


def test_who_is_speaking():
    report = Report(reported(SESSION, corrections=("the rep at 84.2 s was none",)))
    assert "The sensor, with these corrections by a person:the rep at 84.2 s was none" in report.text
    assert "The sensor only: nothing was corrected." in Report(reported(session_of(FILE))).text


def test_what_the_sensor_cannot_see_stands_in_every_report():
    for content in (content_of(FILE), reported(NOTHING)):
        assert "Which leg worked: it is what somebody said." in Report(content).text


def test_where_several_trained_each_set_says_whose_it_is():
    left, right = session_of(FILE).sets
    mixed = replace(session_of(FILE), sets=(replace(left, athlete="Ana"), replace(right, athlete="Ben")))
    text = Report(reported(mixed)).text
    assert "Ana: 8 reps, 8 clean, 8 attempts." in text
    assert "Ben: 8 reps, 8 clean, 8 attempts." in text


def test_an_empty_session_is_said_and_has_no_figure_and_no_script():
    content = reported(NOTHING)
    report = Report(content)
    assert "No sets found: nothing that was lifted and brought back." in report.text
    assert report.tables == []
    assert "script" not in report.elements
    assert b"script-src &#x27;none&#x27;" in content


def test_a_session_without_sides_has_no_comparison():
    session = analyze(FILE, Overrides(exercise="one_leg_hip_thrust"))
    unsaid = replace(
        session, balance=(), sets=tuple(replace(one, side=type(one.side)("unknown")) for one in session.sets)
    )
    report = Report(reported(unsaid))
    assert "Left against right" not in {table.caption.partition(";")[0] for table in report.tables}
    assert "Set 1, leg not said, 20 kg" in report.text


def test_a_lift_that_is_only_counted():
    session = analyze(FILE, Overrides(exercise="any_lift"))
    report = Report(reported(session))
    assert "Any lift, counted only" in report.text
    assert "shin is vertical" not in report.text  # its set-up is not that of the thrust
    assert_same(report.table("Every set"), tables.sets(session), SETS)


def parts(athlete="", files=RECORDINGS[:3]):
    rows = [
        replace(read_row(file), started=f"2026-11-{day:02}T18:00:00") for day, file in enumerate(files, 1)
    ]
    told = [Told(row.name, of_athlete(session_of(row.file), athlete)) for row in rows]
    return [Part(row, one) for row, one in zip(rows, told, strict=True)]


def test_an_athletes_report_has_every_session_with_its_sentences():
    content = athlete_html("", parts())
    report = Report(content)
    for file in RECORDINGS[:3]:
        assert file.stem in report.text
        for words in summary_of(session_of(file)):
            assert words in report.text
    expected = pd.concat(tables.sides(session_of(file)) for file in reversed(RECORDINGS[:3]))
    assert_same(report.table("Every session, each side"), expected, (SIDES[0], *SESSIONS[3:]))
    assert content.count(b"data-figure=") == 9
    assert len(content) < MOST_BYTES


def test_an_athletes_report_says_what_the_trends_leave_out():
    [first, *others] = parts()
    undated = replace(first, row=replace(first.row, started="", sides=()))
    text = Report(athlete_html("", [undated, *others])).text
    assert f"Not in the trends, for it is not known when they were: {first.row.name}." in text


def test_others_are_not_in_an_athletes_part():
    session = session_of(FILE)
    left, right = session.sets
    mixed = replace(session, sets=(replace(left, athlete="Ana"), replace(right, athlete="Ben")))
    assert [one.athlete for one in of_athlete(mixed, "Ana").sets] == ["Ana"]
    assert of_athlete(mixed, "Ana").balance == ()
    assert str(of_athlete(session, "").balance) == str(session.balance)  # of nan as well


def test_a_set_of_one_rep_that_was_not_judged_is_said_in_plain_words():
    session = session_of(FILE)
    alone = replace(
        session.sets[0], reps=session.sets[0].reps[:1], partials=(), gate=gate_of((), ONE_LEG_HIP_THRUST)
    )
    text = Report(reported(replace(session, sets=(alone,)))).text
    assert "1 rep, 1 clean, 1 attempt. " in text
    assert "Next load not judged: it needs a set of 6 reps or more." in text
