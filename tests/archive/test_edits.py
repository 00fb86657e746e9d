"""The file of what was said afterwards: cut, damaged, newer, shared by two processes; and what reads it."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tracker
from tracker.archive import tables
from tracker.archive.analyze import Derived
from tracker.archive.edit_lines import decode_entry, encode_entry
from tracker.archive.edits import Said, add_edit, edits_path, read_edits
from tracker.archive.importers import open_any
from tracker.coaching.editing import span_of
from tracker.coaching.edits import (
    ARep,
    Edit,
    Entry,
    Merge,
    NotARep,
    Noted,
    SessionSaid,
    SetSaid,
    Span,
    Split,
    Tagged,
    Trim,
    Undo,
)
from tracker.errors import InputError
from tracker.motion.events import Reason
from tracker.sensing.marks import Declared, Side

RECORDING = Path(__file__).parents[2] / "recordings" / "both_sides.arrows"
NOW = datetime(2026, 1, 31, 18, 5, tzinfo=UTC)
EACH = [
    SetSaid(Span(69.9, 105.8), Declared(side=Side.LEFT, load_kg=22.5)),
    SessionSaid(Declared(athlete='Ána 🏋 "quoted"\n/../x', exercise="any_lift", tempo="3-1-X-2")),
    NotARep(Span(83.93, 87.5)),
    ARep(Span(9.38, 10.12)),
    Split(30.0),
    Merge(Span(31.5, 105.8)),
    Trim(from_s=3.0),
    Tagged(('Ána 🏋 "quoted"/..', "easy"), remove=("cramp",)),
    Noted("left knee\nfelt odd"),
    Undo("a"),
]
SECONDS = st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture
def file(tmp_path):
    """A file that does not exist beside which edits are written."""
    return tmp_path / "monday.arrows"


@pytest.fixture
def recording(tmp_path):
    return Path(shutil.copy(RECORDING, tmp_path / "monday.arrows"))


def test_every_kind_of_edit_is_among_these():
    assert {type(edit) for edit in EACH} == {*get_args(Edit), Undo}


def test_nothing_said_is_no_file(file):
    assert read_edits(file) == Said()


def test_what_is_said_is_read_back_in_order(file):
    entries = [add_edit(file, edit, NOW) for edit in EACH]
    assert read_edits(file) == Said(tuple(entries))
    assert [entry.edit for entry in entries] == EACH
    assert {entry.when for entry in entries} == {"2026-01-31T18:05:00+00:00"}
    assert len({entry.id for entry in entries}) == len(EACH)
    assert edits_path(file).read_bytes().count(b"\n") == len(EACH)


@given(SECONDS, SECONDS, st.text())
def test_times_and_names_come_back_to_the_last_bit(from_s, to_s, name):
    for edit in (Trim(from_s, to_s), SetSaid(Span(from_s, to_s), Declared(athlete=name))):
        entry = Entry("a", "2026-01-31T18:05:00+00:00", edit)
        line = encode_entry(entry)
        assert b"\n" not in line
        assert decode_entry(line) == entry


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_cut_anywhere_reads_up_to_its_last_whole_entry_and_goes_on(tmp_path, data):
    file = tmp_path / "cut.arrows"
    edits_path(file).unlink(missing_ok=True)
    entries = [add_edit(file, edit, NOW) for edit in EACH]
    whole = edits_path(file).read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    edits_path(file).write_bytes(whole[:cut])
    left = whole[:cut].count(b"\n") + (whole[cut : cut + 1] == b"\n")
    said = read_edits(file)
    assert said.entries == tuple(entries[:left])
    is_within = cut > 0 and whole[cut - 1 : cut + 1].count(b"\n") == 0
    assert len(said.warnings) == is_within
    assert all("breaks off in its last line" in warning for warning in said.warnings)
    another = add_edit(file, EACH[0], NOW)
    after = read_edits(file)
    assert after.entries == (*entries[:left], another)
    assert ["is damaged" in warning for warning in after.warnings] == [True] * is_within


def line(**changes):
    said = {"version": 1, "id": "a", "when": "2026-01-31T18:05:00+00:00", "edit": "Split", "at_s": 1.0}
    return json.dumps(said | changes)


DAMAGED = [
    "hello",
    "[]",
    "[" * 100_000,
    "\x00",
    line(version="1"),
    line(id=3),
    line(id=""),
    line(when="yesterday"),
    line(edit="Jump"),
    line(edit=["Split"]),
    line(at_s="1"),
    line(at_s=None),
    line(at_s=True),
    line(at_s=10**400),
    line(colour="red"),
    line(at_s=1.0).replace("1.0", "NaN"),
    line(edit="Merge"),
    line(edit="Undo", at_s=None),
    json.dumps(json.loads(line(edit="NotARep", at=3.0)) | {"at_s": 0}),
    line(edit="SessionSaid", said={"side": "both"}),
    line(edit="SessionSaid", said={"exercise": "knitting"}),
    line(edit="SessionSaid", said={"tempo": "slow"}),
    line(edit="SessionSaid", said={"load_kg": -1.0}),
    json.dumps({**json.loads(line(edit="Tagged")), "add": "easy"}),
    line(edit="Noted"),
]


@pytest.mark.parametrize("damaged", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_line_is_named_and_the_others_hold(file, damaged):
    first = add_edit(file, EACH[0], NOW)
    with edits_path(file).open("a") as said:
        said.write(f"{damaged}\n")
    last = add_edit(file, EACH[2], NOW)
    assert read_edits(file).entries == (first, last)
    [warning] = read_edits(file).warnings
    assert warning.startswith("monday.edits.jsonl: line 2 is damaged")
    assert "\n" not in warning


def test_bytes_that_are_no_text_are_a_damaged_line(file):
    edits_path(file).write_bytes(b"\xff\xfe\n\n \r\n" + line().encode() + b"\r\n")
    said = read_edits(file)
    assert [entry.edit for entry in said.entries] == [Split(1.0)]
    assert len(said.warnings) == 1


def test_an_entry_of_a_newer_version_is_named_and_the_others_hold(file):
    edits_path(file).write_text(f"{line(version=3, edit='Dream')}\n{line()}\n")
    said = read_edits(file)
    assert [entry.edit for entry in said.entries] == [Split(1.0)]
    assert said.warnings == (
        "monday.edits.jsonl: line 1 is of a newer version and left out; update tracker.",
    )


SPEAKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tracker.archive.edits import add_edit
from tracker.coaching.edits import Split

print("ready", flush=True)
sys.stdin.read(1)
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 50):
    add_edit(Path(sys.argv[1]), Split(float(number)), datetime.now(UTC))
"""


def test_of_two_processes_that_speak_at_once_every_word_is_kept(file):
    speakers = [
        subprocess.Popen(
            [sys.executable, "-c", SPEAKER, file, str(first)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in (0, 50)
    ]
    for speaker in speakers:
        assert speaker.stdout.readline() == "ready\n"
    for speaker in speakers:
        speaker.stdin.write("!")
        speaker.stdin.close()
    for speaker in speakers:
        assert speaker.wait(60) == 0
        speaker.stdout.close()
    said = read_edits(file)
    assert said.warnings == ()
    assert sorted(edit.at_s for edit in said.edits) == [*map(float, range(100))]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_closed_folder_is_one_line(file):
    file.parent.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written"):
        add_edit(file, EACH[0], NOW)


def test_what_cannot_be_read_or_written_is_one_line(file):
    edits_path(file).mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        add_edit(file, EACH[0], NOW)
    with pytest.raises(InputError, match="cannot be read"):
        read_edits(file)


def test_a_recording_is_analysed_with_what_was_said_of_it(recording):
    before = recording.read_bytes()
    as_recorded = tracker.analyze(recording)
    rep = as_recorded.sets[1].reps[3].rep
    add_edit(recording, SetSaid(Span(69.9, 105.8), Declared(side=Side.LEFT, load_kg=22.5)), NOW)
    add_edit(recording, NotARep(Span(rep.t_start_s, rep.t_end_s)), NOW)
    session = tracker.analyze(recording)
    assert [(one.side, one.load_kg, len(one.reps)) for one in session.sets] == [
        (Side.LEFT, 20.0, 8),
        (Side.LEFT, 22.5, 7),
    ]
    assert session.balance == ()
    assert session.edits == 2
    assert Reason.TAKEN_OUT in {motion.reason for motion in session.rejected}
    assert repr(tracker.analyze(recording, as_recorded=True)) == repr(as_recorded)
    assert recording.read_bytes() == before


def test_the_tables_say_who_speaks(recording):
    add_edit(recording, ARep(Span(9.38, 10.12)), NOW)
    rep = tracker.analyze(recording).sets[1].reps[3].rep
    add_edit(recording, NotARep(Span(rep.t_start_s, rep.t_end_s)), NOW)
    session = tracker.analyze(recording)
    assert list(tables.reps(session).said_by) == ["person"] + ["sensor"] * 15
    motions = tables.motions(session)
    assert list(motions.reason[motions.kind == "rejected"]).count("taken out by the person") == 1


def test_what_could_not_be_read_and_what_does_not_apply_is_said_first(recording):
    add_edit(recording, Split(1.0), NOW)
    with edits_path(recording).open("a") as said:
        said.write("{")
    warnings = tracker.analyze(recording).warnings
    assert warnings[0].startswith("monday.edits.jsonl: breaks off in its last line")
    assert warnings[1] == (
        "A correction does not apply to what is counted now: the set around 1.0 s was two."
    )


def test_edits_that_cannot_be_read_stop_the_analysis_and_not_silently(recording):
    edits_path(recording).mkdir()
    with pytest.raises(InputError, match=r"monday\.edits\.jsonl cannot be read"):
        tracker.analyze(recording)
    assert len(tracker.analyze(recording, as_recorded=True).sets) == 2


def test_another_lift_is_counted_anew_and_the_undone_is_what_it_was(recording):
    derived = Derived(open_any(recording))
    before = derived.session()
    as_lift = derived.session([SessionSaid(Declared(exercise="any_lift"))])
    afresh = tracker.analyze(recording, tracker.Overrides(exercise="any_lift"))
    assert repr(replace(as_lift, edits=0)) == repr(afresh)
    assert repr(derived.session()) == repr(before) == repr(tracker.analyze(recording))


@pytest.mark.parametrize("name", ["both_sides", "disconnect"])
def test_the_span_of_a_rep_or_a_motion_means_it_and_no_other(name):
    derived = Derived(open_any(RECORDING.with_name(f"{name}.arrows")))
    session = derived.session()
    reps = [judged.rep for one in session.sets for judged in one.reps]
    rejected = [motion.rep for motion in session.rejected]
    assert reps
    assert rejected
    for rep in reps:
        after = derived.session([NotARep(span_of(rep))])
        assert [motion.rep for motion in after.rejected if motion.reason is Reason.TAKEN_OUT] == [rep]
    for rep in rejected:
        after = derived.session([ARep(span_of(rep))])
        by_person = [r for one in after.sets for r in one.reps if r.said_by is tracker.Speaker.PERSON]
        assert [judged.rep.candidate for judged in by_person] == [rep.candidate]


def test_what_was_said_of_a_foreign_file_lies_beside_it_by_its_whole_name(tmp_path):
    recorded, foreign = tmp_path / "monday.arrows", tmp_path / "monday.csv"
    assert edits_path(recorded) != edits_path(foreign)
    assert edits_path(recorded.with_name("monday.arrows.gz")) == edits_path(recorded)
