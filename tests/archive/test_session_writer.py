"""A session on a disk that refuses: the set goes on, nothing is lost, and what is in trouble is said."""

import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from tracker.archive import appending
from tracker.archive.header import Header
from tracker.archive.importers import open_any
from tracker.archive.recording import Recording, read, read_header
from tracker.archive.session_writer import SILENT_S, SessionWriter, UnsavedError, begin
from tracker.archive.unfinished import unfinished
from tracker.errors import InputError
from tracker.sensing.marks import Calibrated, Connected, Declared, Disconnected, Mark, Side, Stopped
from tracker.sensing.samples import Packet

resource = pytest.importorskip("resource", reason="no limits on files here")

STARTED = "2026-01-31T18:05:00+01:00"
BEGINNING = [
    Mark(0, 0, Connected("open-lift", "Lift")),
    Mark(0, 0, Calibrated((0.1, 0.0, 0.0))),
    Mark(0, -1, Declared(side=Side.LEFT)),
    Mark(1, -1, Declared(load_kg=20.0)),
]


def rows_of(recording: Recording) -> list[Packet | Mark]:
    return [row for item in recording.items for row in ([item] if isinstance(item, Mark) else item)]


def stream(first: int, last: int, size: int = 100) -> list[Packet]:
    """Packets first..last-1, ten a second."""
    return [Packet(n * 100_000_000, 0, 0, bytes([n % 256]) * size) for n in range(first, last)]


def hand_over(writer, rows):
    for row in rows:
        writer.write(row)
    writer.flush()


def segments(folder):
    return sorted((path.name for path in folder.iterdir()), key=lambda name: (len(name), name))


@contextmanager
def no_file_beyond(size: int):
    """Let no file grow beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_without_trouble_it_is_one_file_as_ever(tmp_path):
    rows = [*BEGINNING, *stream(0, 30), Mark(3_000_000_000, -1, Stopped())]
    with begin(tmp_path, "monday", STARTED) as writer:
        hand_over(writer, rows)
        assert writer.trouble == ""
        assert writer.rows == len(rows)
    assert segments(tmp_path) == ["monday.arrows"]
    recording = open_any(writer.path)
    assert rows_of(recording) == rows
    assert (recording.lost, recording.warnings) == ("", ())


def test_a_file_that_may_not_grow_is_followed_by_the_next_at_once(tmp_path):
    rows = [*BEGINNING, *stream(0, 300)]
    with no_file_beyond(10_000), begin(tmp_path, "monday", STARTED) as writer:
        for start in range(0, len(rows), 10):
            hand_over(writer, rows[start : start + 10])
            assert writer.trouble == ""
            assert writer.rows == min(start + 10, len(rows))
    assert segments(tmp_path)[:3] == ["monday.arrows", "monday.2.arrows", "monday.3.arrows"]
    recording = open_any(writer.path)
    assert rows_of(recording) == rows
    assert (recording.lost, recording.warnings) == ("", ())


def test_a_later_segment_can_be_read_alone(tmp_path):
    rows = [*BEGINNING, *stream(0, 100)]
    with no_file_beyond(10_000), begin(tmp_path, "monday", STARTED) as writer:
        hand_over(writer, rows)
    second = open_any(tmp_path / "monday.2.arrows")
    said = [item.body for item in second.items if isinstance(item, Mark)]
    assert said == [BEGINNING[0].body, BEGINNING[1].body, Declared(side=Side.LEFT, load_kg=20.0)]
    assert second.header.repeats == 3
    assert second.header.first_row == len(rows_of(read(writer.path)))


def test_what_a_full_disk_refuses_is_written_when_there_is_room_again(tmp_path):
    before, during, after = stream(0, 50), stream(50, 400), stream(400, 500)
    with begin(tmp_path, "monday", STARTED) as writer:
        hand_over(writer, [*BEGINNING, *before])
        saved = writer.rows
        with no_file_beyond(0):
            hand_over(writer, during)
            assert writer.trouble == (
                "NOT RECORDED: the file has become too large; free some space, the set is kept in memory"
            )
            assert writer.rows == saved
            assert segments(tmp_path) == ["monday.arrows"]
        hand_over(writer, after)
        assert writer.trouble == ""
    assert segments(tmp_path) == ["monday.arrows", "monday.2.arrows"]
    assert rows_of(open_any(writer.path)) == [*BEGINNING, *before, *during, *after]


def test_what_was_kept_is_tried_once_more_at_the_end(tmp_path):
    rows = [*BEGINNING, *stream(0, 90)]
    writer = begin(tmp_path, "monday", STARTED)
    with no_file_beyond(0):
        hand_over(writer, rows[:60])
        hand_over(writer, rows[60:])
    assert writer.rows == 0
    writer.close()
    assert rows_of(open_any(writer.path)) == rows


def test_what_can_not_be_saved_to_the_end_is_said_with_what_was(tmp_path):
    writer = begin(tmp_path, "monday", STARTED)
    hand_over(writer, [*BEGINNING, *stream(0, 51)])
    with no_file_beyond(0):
        hand_over(writer, stream(51, 121))
        with pytest.raises(UnsavedError) as told:
            writer.close()
    assert str(told.value) == (
        f"{writer.path} holds the session up to 5 s; the 7 s after that could not be saved: "
        "the file has become too large; free some space before the next session"
    )
    writer.close()
    assert rows_of(open_any(writer.path)) == [*BEGINNING, *stream(0, 51)]


def test_a_folder_that_vanishes_is_made_again(tmp_path):
    folder = tmp_path / "sessions"
    with begin(folder, "monday", STARTED) as writer:
        hand_over(writer, [*BEGINNING, *stream(0, 50)])
        shutil.rmtree(folder)
        hand_over(writer, stream(50, 90))
        assert writer.trouble == ""
    recording = open_any(writer.path)
    marks = [item.body for item in recording.items if isinstance(item, Mark)]
    assert marks == [BEGINNING[0].body, BEGINNING[1].body, Declared(side=Side.LEFT, load_kg=20.0)]
    assert [row for row in rows_of(recording) if isinstance(row, Packet)] == stream(50, 90)
    assert recording.lost == "54 packets after 0.0 s are in no segment that is there"


def test_a_folder_that_cannot_be_made_again_is_said_and_waited_for(tmp_path):
    folder = tmp_path / "sessions"
    with begin(folder, "monday", STARTED) as writer:
        hand_over(writer, [*BEGINNING, *stream(0, 50)])
        moved = folder.rename(tmp_path / "moved")
        shutil.rmtree(moved)
        folder.touch()
        hand_over(writer, stream(50, 120))
        assert writer.trouble.startswith("NOT RECORDED: ")
        folder.unlink()
        hand_over(writer, stream(120, 200))
        assert writer.trouble == ""
    packets = [row for row in rows_of(open_any(writer.path)) if isinstance(row, Packet)]
    assert packets == stream(50, 200)


def test_memory_is_bounded_and_what_is_beyond_it_is_said(tmp_path):
    writer = begin(tmp_path, "monday", STARTED, most_kept=40)
    hand_over(writer, [*BEGINNING, *stream(0, 10)])
    gone = Mark(9_000_000_000, 0, Disconnected("gone"))
    with no_file_beyond(0):
        for packet in stream(10, 90):
            hand_over(writer, [packet])
        hand_over(writer, [gone])
        assert "memory is full too: what comes now is lost" in writer.trouble
    hand_over(writer, [back := Mark(15_000_000_000, -1, Declared(load_kg=5.0))])
    hand_over(writer, stream(151, 160))
    assert writer.trouble == ""
    with pytest.raises(UnsavedError, match="without 40 packets that came while neither disk nor memory"):
        writer.close()
    kept = [*BEGINNING, *stream(0, 50), gone, back, *stream(151, 160)]
    assert rows_of(open_any(writer.path)) == kept


def test_who_hands_over_a_packet_never_waits_for_a_disk_that_hangs(tmp_path, monkeypatch):
    asked, answers = threading.Event(), threading.Event()
    at_once, now_s = appending.os.fsync, 0.0
    path = tmp_path / "monday.arrows"
    writer = SessionWriter(path, Header("monday", 1, STARTED), clock_s=lambda: now_s)

    def hangs(descriptor):
        asked.set()
        answers.wait(60)
        at_once(descriptor)

    monkeypatch.setattr(appending.os, "fsync", hangs)
    for row in [*BEGINNING, *stream(0, 1000)]:
        writer.write(row)
    assert asked.wait(60)
    assert (writer.rows, writer.trouble) == (0, "")
    now_s = SILENT_S + 1.0
    assert writer.trouble == (
        "NOT RECORDED: the disk does not answer; look at its cable, the set is kept in memory"
    )
    answers.set()
    writer.close()
    assert writer.trouble == ""
    assert rows_of(open_any(writer.path)) == [*BEGINNING, *stream(0, 1000)]


def test_a_first_segment_that_cannot_be_made_is_an_error_at_once(tmp_path):
    with no_file_beyond(0), pytest.raises(InputError, match="free some space or choose another folder"):
        begin(tmp_path, "monday", STARTED)
    assert segments(tmp_path) == []


def test_of_a_backlog_as_much_is_saved_as_there_is_room_for(tmp_path):
    rows = [*BEGINNING, *stream(0, 500)]
    writer = begin(tmp_path, "monday", STARTED)
    hand_over(writer, rows[:20])
    with no_file_beyond(0):
        hand_over(writer, rows[20:])
    with no_file_beyond(10_000):  # less than a batch of the backlog takes
        writer.close()
    assert len(segments(tmp_path)) > 3
    recording = open_any(writer.path)
    assert rows_of(recording) == rows
    assert recording.lost == ""


def test_a_segment_that_took_nothing_leaves_no_file(tmp_path):
    with begin(tmp_path, "monday", STARTED) as writer:
        hand_over(writer, [*BEGINNING, *stream(0, 20)])
        with no_file_beyond(1000):  # room for a header, and for no batch
            hand_over(writer, stream(20, 80))
            assert writer.trouble
            assert segments(tmp_path) == ["monday.arrows"]


def test_a_refusal_after_all_was_written_does_not_double_it(tmp_path, monkeypatch):
    at_once = appending.os.fsync
    writer = begin(tmp_path, "monday", STARTED)
    hand_over(writer, [*BEGINNING, *stream(0, 10)])

    def fails_once(descriptor):
        at_once(descriptor)
        monkeypatch.setattr(appending.os, "fsync", at_once)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(appending.os, "fsync", fails_once)
    hand_over(writer, stream(10, 20))
    hand_over(writer, stream(20, 30))
    writer.close()
    assert segments(tmp_path) == ["monday.arrows", "monday.2.arrows"]
    assert len(rows_of(read(writer.path))) > read_header(tmp_path / "monday.2.arrows").first_row
    recording = open_any(writer.path)
    assert rows_of(recording) == [*BEGINNING, *stream(0, 30)]
    assert recording.lost == ""


def test_a_session_in_trouble_is_still_being_recorded_and_is_left_to_who_does(tmp_path):
    def go_on():
        return unfinished(tmp_path, datetime.fromisoformat(STARTED), lambda _: True)

    writer = begin(tmp_path, "monday", STARTED)
    hand_over(writer, [*BEGINNING, *stream(0, 20)])
    with no_file_beyond(0):
        hand_over(writer, stream(20, 40))
        assert go_on() is None
        with pytest.raises(UnsavedError):
            writer.close()
    session = go_on()
    assert session is not None
    with session:
        assert session.header(STARTED).segment == 2


def test_a_row_that_no_file_can_hold_is_a_bug_and_is_raised(tmp_path):
    writer = begin(tmp_path, "monday", STARTED)
    hand_over(writer, [*BEGINNING, Packet(1 << 64, 0, 0, b"")])
    with pytest.raises(OverflowError):
        writer.write(stream(0, 1)[0])
    with pytest.raises(OverflowError):
        writer.close()
    assert rows_of(read(writer.path)) == BEGINNING


FULL_DISK = """
import resource, sys
from pathlib import Path
from tracker.archive.session_writer import begin
from tracker.sensing.samples import Packet
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
with begin(Path(sys.argv[1]), "full", "") as writer:
    for i in range(100):
        writer.write(Packet(i * 100_000_000, 0, 0, bytes(1000)))
        writer.flush()
        assert not writer.trouble, writer.trouble
"""


def test_a_limit_of_the_system_costs_no_packet(tmp_path):
    subprocess.run([sys.executable, "-c", FULL_DISK, tmp_path], check=True, timeout=60)
    assert len(segments(tmp_path)) > 5
    recording = open_any(tmp_path / "full.arrows")
    assert [row.t_ns for row in rows_of(recording)] == [i * 100_000_000 for i in range(100)]


def test_a_session_that_goes_on_takes_its_own_segment_and_no_other(tmp_path):
    begin(tmp_path, "monday", STARTED).close()
    header = Header("monday", 2, STARTED)
    with SessionWriter(tmp_path / "monday.arrows", header) as writer:
        assert writer.segment.name == "monday.2.arrows"
        with pytest.raises(InputError, match="there already"):
            SessionWriter(tmp_path / "monday.arrows", header)
    assert read_header(Path(writer.segment)) == header
