"""The segments of a session read as one, wherever they were cut; and which session is gone on with."""

import gzip
import os
import shutil
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.archive.appending import Appending
from tracker.archive.header import Header
from tracker.archive.importers import open_any
from tracker.archive.joining import CLOCK_SET, CUT_OFF, LONGEST_PAUSE
from tracker.archive.recording import Recording, Writer, read
from tracker.archive.rows import as_row
from tracker.archive.segments import first_files, segment_path
from tracker.archive.session_writer import SessionWriter
from tracker.archive.unfinished import unfinished
from tracker.errors import InputError
from tracker.sensing.marks import Battery, Connected, Declared, Disconnected, Mark, Side, Stopped
from tracker.sensing.samples import Packet

STARTED = datetime.fromisoformat("2026-01-31T18:05:00+01:00")
LIFT = Connected("open-lift", "Lift", serial="0001")
S = 1_000_000_000


def rows_of(recording: Recording) -> list[Packet | Mark]:
    return [row for item in recording.items for row in ([item] if isinstance(item, Mark) else item)]


def run_of(packets: int, *, stopped: bool = False) -> list[Packet | Mark]:
    """One run of the program: connected after a second, ten packets a second."""
    rows = [Mark(0, -1, Declared(side=Side.LEFT)), Mark(S, 0, LIFT)]
    rows += [Packet(S + n * S // 10, 0, 0, bytes([n % 256]) * (n % 9)) for n in range(packets)]
    rows.insert(len(rows) // 2, Mark(rows[len(rows) // 2 - 1].t_ns, 0, Battery(80)))
    return [*rows, Mark(rows[-1].t_ns, 0, Disconnected("stopped")), Mark(99 * S, -1, Stopped())][
        : None if stopped else -2
    ]


def write(path, rows, segment=1, after=timedelta(0), session_id=None):
    started = (STARTED + after).isoformat(timespec="milliseconds")
    header = Header(session_id or path.name.split(".")[0], segment, started)
    with SessionWriter(path, header) as writer:
        for row in rows:
            writer.write(row)
    return segment_path(path, segment)


def cut_end(path):
    """Take away the end of the stream: nobody closed the file."""
    path.write_bytes(path.read_bytes()[:-8])


@pytest.fixture
def monday(tmp_path):
    """A session of which both segments were cut off; the second began 20 s after the first."""
    first = write(tmp_path / "monday.arrows", run_of(100))
    second = write(first, run_of(50), 2, timedelta(seconds=20))
    for file in (first, second):
        cut_end(file)
    return first


def test_a_session_of_two_runs_is_one(monday):
    rows = rows_of(open_any(monday))
    end = Mark(10_900_000_000, 0, Disconnected(CUT_OFF))
    moved = [
        Packet(row.t_ns + 20 * S, 1, row.stream, row.payload)
        if isinstance(row, Packet)
        else Mark(row.t_ns + 20 * S, row.link + (row.link >= 0), row.body)
        for row in run_of(50)
    ]
    assert rows[: len(run_of(100))] == run_of(100)
    assert rows[len(run_of(100))] == end
    assert [row.t_ns for row in rows] == sorted(row.t_ns for row in rows)
    assert [row.link for row in rows[-len(moved) :]] == [row.link for row in moved]
    assert rows[-len(moved) :] == moved


def test_what_was_cut_is_told_once_for_each_run(monday):
    recording = open_any(monday)
    assert recording.lost.count("breaks off") == 2
    assert recording.warnings == ()


def test_a_run_that_ended_its_links_gets_no_other_end(tmp_path):
    first = write(tmp_path / "monday.arrows", run_of(100, stopped=True))
    write(first, run_of(50, stopped=True), 2, timedelta(seconds=120))
    bodies = [row.body for row in rows_of(open_any(first)) if isinstance(row, Mark)]
    assert bodies.count(Disconnected("stopped")) == 2
    assert Disconnected(CUT_OFF) not in bodies


@pytest.mark.parametrize("minutes", [-10, 45, -60 * 24 * 365, 60 * 24 * 365])
def test_a_system_clock_that_was_set_never_makes_time_run_backwards(tmp_path, minutes):
    first = write(tmp_path / "monday.arrows", run_of(100))
    write(first, run_of(50), 2, timedelta(minutes=minutes))
    write(first, run_of(50), 3, timedelta(minutes=minutes, seconds=30))
    recording = open_any(first)
    times_ns = [row.t_ns for row in rows_of(recording)]
    assert times_ns == sorted(times_ns)
    starts_ns = [row.t_ns for row in rows_of(recording) if isinstance(row, Mark) and row.body == LIFT]
    assert starts_ns == [S, 11_900_000_000, 41_900_000_000]  # behind the last packet, then by the clock again
    assert recording.warnings == (CLOCK_SET,)


def test_the_longest_pause_is_one_that_can_be_right(tmp_path):
    """A start looks at the clock, reads the session, and begins some seconds later."""
    first = write(tmp_path / "monday.arrows", run_of(100))
    cut_end(first)
    longest = timedelta(seconds=10.9) + LONGEST_PAUSE
    assert found(tmp_path, longest) == "monday.2.arrows"
    assert found(tmp_path, longest + timedelta(seconds=1)) is None
    write(first, run_of(50), 2, longest + timedelta(seconds=20))
    assert open_any(first).warnings == ()


def test_a_segment_that_is_gone_is_told(tmp_path):
    first = write(tmp_path / "monday.arrows", run_of(10))
    write(first, run_of(10), 3, timedelta(seconds=20))
    assert "missing: 2 to 2" in open_any(first).warnings[0]


def test_a_run_whose_first_segment_is_gone_is_read_by_the_marks_that_the_next_one_repeats(tmp_path):
    first = write(tmp_path / "monday.arrows", run_of(10))
    started = (STARTED + timedelta(seconds=20)).isoformat()
    header = Header("monday", 3, started, first_row=7, repeats=1)
    with Writer(segment_path(first, 3), header) as writer:
        writer.write(Mark(S, 0, LIFT))
        writer.write(Packet(2 * S, 0, 0, b"later"))
    recording = open_any(first)
    assert rows_of(recording)[-2:] == [Mark(21 * S, 1, LIFT), Packet(22 * S, 1, 0, b"later")]
    assert "7 packets after 20.0 s are in no segment that is there" in recording.lost


def test_an_empty_segment_that_a_crash_left_is_passed_over(monday):
    whole = rows_of(open_any(monday))
    segment_path(monday, 3).touch()
    assert rows_of(open_any(monday)) == whole


def test_a_file_that_only_has_such_a_name_is_no_segment(monday):
    whole = rows_of(open_any(monday))
    with Writer(segment_path(monday, 3), Header("other", 3, "")) as writer:
        writer.write(Mark(0, 0, Battery(1)))
    shutil.copy(monday, segment_path(monday, 4))
    assert rows_of(open_any(monday)) == whole
    assert rows_of(open_any(segment_path(monday, 3))) == [Mark(0, 0, Battery(1))]


def test_compressed_segments_belong_together_too(monday):
    whole = rows_of(open_any(monday))
    for file in (monday, segment_path(monday, 2)):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    assert rows_of(open_any(monday.with_name("monday.arrows.gz"))) == whole


def test_of_several_files_each_session_is_read_once(monday, tmp_path):
    other = write(tmp_path / "monday.5.arrows", run_of(5), session_id="monday.5")
    bad = tmp_path / "bad.arrows"
    bad.touch()
    second = segment_path(monday, 2)
    assert first_files([second, bad, other, monday]) == [bad, other, monday]
    assert first_files([second]) == [second]
    assert rows_of(open_any(second)) == run_of(50)


def found(folder, after, is_wanted=lambda _: True):
    """What a start so long after the first segment's would go on with: the name of its next segment."""
    now = STARTED + after
    session = unfinished(folder, now, is_wanted)
    if session is None:
        return None
    with session:
        header = session.header(now.isoformat())
        return segment_path(session.path, header.segment).name


def test_the_session_that_was_cut_off_a_short_while_ago_goes_on(monday):
    assert found(monday.parent, timedelta(minutes=5)) == "monday.3.arrows"
    assert found(monday.parent, LONGEST_PAUSE) == "monday.3.arrows"
    assert found(monday.parent, LONGEST_PAUSE + timedelta(minutes=1)) is None


def test_a_segment_without_a_header_leaves_its_number_unused(monday):
    segment_path(monday, 3).touch()
    assert found(monday.parent, timedelta(minutes=5)) == "monday.4.arrows"


def test_a_session_that_was_ended_does_not_go_on(monday):
    write(monday, run_of(10, stopped=True), 3, timedelta(seconds=60))
    assert found(monday.parent, timedelta(minutes=5)) is None


def test_one_that_was_ended_after_it_keeps_it_from_going_on(monday):
    write(monday.with_name("tuesday.arrows"), run_of(10, stopped=True), 1, timedelta(seconds=60))
    assert found(monday.parent, timedelta(minutes=5)) is None


def test_a_session_that_another_program_records_is_left_to_it(monday):
    now = STARTED + timedelta(minutes=2)
    path = monday.with_name("tuesday.arrows")
    with SessionWriter(path, Header("tuesday", 1, now.isoformat())) as running:
        running.write(Mark(0, 0, LIFT))
        running.flush()
        assert found(monday.parent, timedelta(minutes=5)) == "monday.3.arrows"
    assert found(monday.parent, timedelta(minutes=5)) == "tuesday.2.arrows"


def test_who_goes_on_with_a_session_keeps_others_from_it(monday):
    now = STARTED + timedelta(minutes=2)
    with unfinished(monday.parent, now, lambda _: True) as mine:
        assert mine.path == monday
        assert found(monday.parent, timedelta(minutes=2)) is None
    assert found(monday.parent, timedelta(minutes=2)) == "monday.3.arrows"


def test_the_session_of_another_sensor_is_passed_over(monday):
    other = [
        Mark(row.t_ns, row.link, Connected("polar")) if row == Mark(S, 0, LIFT) else row for row in run_of(9)
    ]
    write(monday.with_name("tuesday.arrows"), other, 1, timedelta(seconds=60))
    assert found(monday.parent, timedelta(minutes=5), lambda sensor: sensor == LIFT) == "monday.3.arrows"
    assert found(monday.parent, timedelta(minutes=5), lambda sensor: sensor.serial == "0002") is None


def test_a_clock_that_was_set_in_the_session_does_not_hide_when_it_was_written(monday):
    days = timedelta(days=3)
    assert found(monday.parent, days) is None
    written = (STARTED + days - timedelta(minutes=5)).timestamp()
    os.utime(segment_path(monday, 2), (written, written))
    assert found(monday.parent, days) == "monday.3.arrows"


@pytest.mark.parametrize("content", [b"", b"\xff\xff\xff\xffnothing", b"t_s,acc\n"])
def test_files_that_cannot_be_read_keep_nobody_from_training(monday, content):
    monday.with_name("bad.arrows").write_bytes(content)
    assert found(monday.parent, timedelta(minutes=5)) == "monday.3.arrows"
    monday.write_bytes(content)
    segment_path(monday, 2).write_bytes(content)
    assert found(monday.parent, timedelta(minutes=5)) is None


def test_nothing_goes_on_where_nothing_is(tmp_path):
    assert found(tmp_path / "none", timedelta(0)) is None


FLUSHED = run_of(60, stopped=True)


@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_cut_anywhere_and_gone_on_with_no_flushed_row_is_lost(data, tmp_path_factory):
    """Any number of crashes, each anywhere in the bytes, and a pause of any length after each."""
    path = tmp_path_factory.mktemp("cut") / "monday.arrows"
    expected, after = [], timedelta(0)
    header = Header("monday", 1, STARTED.isoformat())
    for _ in range(data.draw(st.integers(1, 4))):
        file = write(path, FLUSHED, header.segment, after)
        content = file.read_bytes()
        file.write_bytes(content[: data.draw(st.integers(0, len(content) - 9))])
        try:
            expected += [rows_of(read(file))]
        except InputError:
            expected += [[]]
        after += timedelta(seconds=data.draw(st.integers(100, 1000)))
        session = unfinished(path.parent, STARTED + after, lambda _: True)
        if session is None:
            break
        with session:
            header = session.header((STARTED + after).isoformat())
    check(path, expected)


def check(path, expected):
    try:
        got = rows_of(open_any(path))
    except InputError:
        assert expected == [[]]
        return
    times_ns = [row.t_ns for row in got]
    assert times_ns == sorted(times_ns)
    own = [row for row in got if not (isinstance(row, Mark) and row.body == Disconnected(CUT_OFF))]
    flushed = [row for rows in expected for row in rows]
    assert [content_of(row) for row in own] == [content_of(row) for row in flushed]


def content_of(row):
    return row.payload if isinstance(row, Packet) else row.body


def of_one_run(path, rows, at, overlap):
    """Segments of a run: the second begins at row `at`, with the marks and the last `overlap` rows again."""
    marks = [as_row(row) for row in rows[:2]]
    headers = (
        Header("monday", 1, STARTED.isoformat()),
        Header("monday", 2, STARTED.isoformat(), "", at - overlap, 2),
    )
    parts = (rows[:at], rows[at - overlap :])
    files = (path, segment_path(path, 2))
    for file, header, part, repeated in zip(files, headers, parts, ((), marks), strict=True):
        appending = Appending(file, header, repeated)
        for first in range(0, len(part), 10):
            appending.append([as_row(row) for row in part[first : first + 10]])
        appending.close()
    return files


@pytest.mark.parametrize("overlap", [0, 5])
@pytest.mark.parametrize(("segment", "missing"), [(0, range(20, 30)), (1, range(0)), (1, range(70, 80))])
def test_rows_that_are_damaged_in_a_segment_put_no_others_in_their_place(tmp_path, overlap, segment, missing):
    """The second begins with marks that the first has; they may be what is damaged."""
    rows = run_of(100)
    files = of_one_run(tmp_path / "monday.arrows", rows, 60, overlap)
    content = bytearray(files[segment].read_bytes())
    payloads = [rows[n - overlap if segment else n].payload for n in missing]
    at = content.index(b"".join(payloads) if missing else LIFT.serial.encode())
    content[at] ^= 1
    files[segment].write_bytes(content)
    lost = {id(rows[n]) for n in (n - overlap if segment else n for n in missing)}
    recording = open_any(tmp_path / "monday.arrows")
    assert rows_of(recording) == [row for row in rows if id(row) not in lost]
    assert any("The recording is damaged" in words for words in recording.warnings)
