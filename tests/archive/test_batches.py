"""Damage inside a recording: no changed byte is taken for data, and what is whole is read."""

import random
from pathlib import Path

import pyarrow as pa
import pytest

from tracker.archive import batches
from tracker.archive.appending import COPIED, Appending
from tracker.archive.batches import END_OF_STREAM, MOST_HOLES, Hole, checked, found_in, sealed
from tracker.archive.header import Header, as_metadata
from tracker.archive.recording import parse
from tracker.archive.rows import FIELDS, PACKET, Row, as_batch, as_row
from tracker.sensing.marks import Connected, Declared, Mark, Side

PLAIN = pa.schema(FIELDS, metadata=as_metadata(Header("monday", 1, "2026-01-31T18:05:00+01:00")))
SCHEMA = checked(PLAIN)
BEGIN = SCHEMA.serialize().to_pybytes()
BATCHES = [
    as_batch([Row(10**9 * n + i, PACKET, 0, 0, bytes([n, i] * 10)) for i in range(4)], SCHEMA)
    for n in range(5)
]
SIZE = len(sealed(BATCHES[0], 0))
CONTENT = BEGIN + b"".join(sealed(batch, 4 * n) for n, batch in enumerate(BATCHES)) + END_OF_STREAM


def start(number):
    """First byte of a batch."""
    return len(BEGIN) + number * SIZE


def changed(at, octets):
    return CONTENT[:at] + octets + CONTENT[at + len(octets) :]


def numbers(found):
    """Which of the batches were read."""
    return [BATCHES.index(batch) for batch in found.batches]


def test_what_was_written_is_read_and_any_reader_of_arrow_reads_it():
    assert found_in(CONTENT) == (SCHEMA, BATCHES, [], END_OF_STREAM)
    assert list(pa.ipc.open_stream(CONTENT)) == BATCHES


def test_a_recording_without_checksums_is_read_as_ever():
    parts = (PLAIN, *BATCHES)
    older = b"".join(part.serialize().to_pybytes() for part in parts) + END_OF_STREAM
    assert found_in(older) == (PLAIN, BATCHES, [], END_OF_STREAM)


@pytest.mark.parametrize("number", [0, 2, 4])
def test_no_changed_byte_of_a_batch_is_taken_for_data(number):
    for at in range(start(number), start(number + 1)):
        content = changed(at, bytes([CONTENT[at] ^ 0x40]))
        found = found_in(content)
        assert numbers(found) == [n for n in range(5) if n != number], at
        assert found.holes == ([Hole(number, SIZE, 4, 4)] if number < 4 else [])
        read = parse(content, Path("a"))
        assert "recording is damaged after" in "".join((*read.warnings, read.lost))


def test_a_last_batch_that_is_damaged_before_the_stream_was_closed_was_not_cut():
    content = changed(start(5) - 9, b"\1\2")[: start(5)]
    assert parse(content, Path("a")).lost == (
        f"the recording is damaged after 3.0 s: the {SIZE} bytes from there on are left out"
    )


def test_what_is_read_of_a_damaged_stream_is_what_was_written():
    chance = random.Random(9)
    for _ in range(3000):
        damaged = bytearray(CONTENT)
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(BEGIN), len(CONTENT))
            size = chance.choice((1, 1, 20, 600))
            damaged[at : at + size] = chance.choice((b"\0", b"\xff", chance.randbytes(1))) * size
        read = numbers(found_in(bytes(damaged)))
        assert read == sorted(set(read))


def test_it_is_said_where_a_recording_is_damaged():
    one = parse(changed(start(2) + SIZE - 9, b"\1\2"), Path("a"))
    assert (one.lost, one.warnings) == (
        "",
        ("The recording is damaged after 1.0 s: 4 packets there are left out.",),
    )
    assert (one.is_damaged, one.absent_first, one.absent) == (True, 0, 4)
    two = parse(changed(start(1), b"?" * 8)[: start(3)] + changed(start(4) - 9, b"??")[start(3) :], Path("a"))
    assert two.warnings == (
        "The recording is damaged after 0.0 s and in 1 more place: 8 packets there are left out.",
    )
    first = parse(changed(start(0) + 40, b"??"), Path("a"))
    assert first.warnings == ("The recording is damaged after 0.0 s: 4 packets there are left out.",)
    assert (first.absent_first, first.absent) == (4, 4)


def appended(path, rows, size=10):
    """Write rows to a file, so many at once; give what it holds, and where each batch ends in it."""
    file = Appending(path, Header("monday", 1, "2026-01-31T18:05:00+01:00"))
    ends = [path.stat().st_size]
    for first in range(0, len(rows), size):
        file.append(rows[first : first + size])
        ends.append(path.stat().st_size)
    file.end()
    file.close()
    return path.read_bytes(), ends


def mark(t_ns, body):
    return as_row(Mark(t_ns, 0, body))


MARKED = [
    mark(0, Connected("witmotion", name="a")),
    *(Row(10**8 * n, PACKET, 0, 0, bytes([n] * 20)) for n in range(1, 15)),
    mark(15 * 10**8, Declared(side=Side.LEFT)),
    *(Row(10**8 * n, PACKET, 0, 0, bytes([n] * 20)) for n in range(16, 60)),
    mark(6 * 10**9, Declared(side=Side.RIGHT)),
]
LONG = [*MARKED, *(Row(10**8 * n, PACKET, 0, 0, bytes([n % 256] * 20)) for n in range(61, 1200))]


def rows_of(recording):
    rows = []
    for item in recording.items:
        rows += [as_row(item)] if isinstance(item, Mark) else map(as_row, item)
    return rows


@pytest.mark.parametrize("size", [1, 7, 10, 30])
def test_marks_in_a_lost_block_of_the_disk_stand_beside_what_follows(size, tmp_path):
    """The sensor's first mark says what its packets mean: without it nothing could be read."""
    content, ends = appended(tmp_path / "a.arrows", LONG, size)
    assert all(begin < COPIED for begin in ends[1:3])
    for at in range(ends[0], ends[0] + 9000, 600):
        damaged = content[:at] + bytes(4096) + content[at + 4096 :]
        assert len(damaged) == len(content)
        read = parse(damaged, Path("a"))
        gone = {
            row
            for row in range(len(LONG))
            if ends[row // size] < at + 4096 and at < ends[row // size + 1] and LONG[row].kind == PACKET
        }
        assert rows_of(read) == [row for number, row in enumerate(LONG) if number not in gone]
        assert f": {len(gone)} packets there are left out." in read.warnings[0]
        assert (read.absent, read.absent_first) == (len(gone), 0)


def test_marks_are_lost_with_all_that_they_stand_beside(tmp_path):
    content, ends = appended(tmp_path / "a.arrows", LONG, 10)
    after = next(number for number, end in enumerate(ends) if end > ends[7] + COPIED)
    read = parse(content[: ends[0]] + bytes(ends[after] - ends[0]) + content[ends[after] :], Path("a"))
    assert rows_of(read) == LONG[10 * after :]
    assert (read.absent, read.absent_first) == (10 * after, 10 * after)


def test_a_damaged_mark_alone_costs_nothing_and_is_told(tmp_path):
    content, ends = appended(tmp_path / "a.arrows", MARKED, size=1)
    damaged = bytearray(content)
    damaged[ends[1] - 3] ^= 1
    read = parse(bytes(damaged), Path("a"))
    assert rows_of(read) == MARKED
    assert read.warnings == (
        "The recording is damaged after 0.0 s: what stood there stands elsewhere once more.",
    )
    assert (read.is_damaged, read.absent, read.absent_first) == (True, 0, 0)


def test_a_whole_recording_has_each_mark_once_for_us_and_for_any_reader_of_arrow(tmp_path):
    content, _ = appended(tmp_path / "a.arrows", MARKED, size=7)
    assert rows_of(parse(content, Path("a"))) == MARKED
    assert sum(batch.num_rows for batch in pa.ipc.open_stream(content)) == len(MARKED)


def test_cut_and_damaged_are_both_said():
    cut = parse(changed(start(1) + SIZE - 9, b"\1\2")[: start(4) + 30], Path("a"))
    assert cut.warnings == ("The recording is damaged after 0.0 s: 4 packets there are left out.",)
    assert cut.lost.startswith("the recording breaks off after 3.0 s: it was not closed, and 30 bytes of")


def test_a_search_for_whole_batches_ends(monkeypatch):
    """Each damaged place costs a copy of the rest; a file of nothing else is given up."""
    runs = []
    monkeypatch.setattr(batches, "_run", lambda *given, run=batches._run: runs.append(1) or run(*given))
    broken = bytes(8) + bytes(sealed(BATCHES[0], 0))[8:]
    content = BEGIN + (broken + sealed(BATCHES[0], 0)) * 3 * MOST_HOLES
    found = found_in(content)
    assert len(found.batches) == len(found.holes) == MOST_HOLES
    assert len(runs) < 4 * MOST_HOLES
    assert parse(content, Path("a")).is_damaged
