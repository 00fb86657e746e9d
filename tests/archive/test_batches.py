"""Damage inside a recording: no changed byte is taken for data, and what is whole is read."""

import random
from pathlib import Path

import pyarrow as pa
import pytest

from tracker.archive import batches
from tracker.archive.batches import END_OF_STREAM, MOST_HOLES, Hole, checked, found_in, sealed
from tracker.archive.header import Header, as_metadata
from tracker.archive.recording import parse
from tracker.archive.rows import FIELDS, PACKET, Row, as_batch

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
        assert found.holes == ([Hole(number, SIZE, 4)] if number < 4 else [])
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
