import json
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.archive.batches import sealed
from tracker.archive.gathering import FLUSH_S
from tracker.archive.header import Header
from tracker.archive.recording import Recording, Writer, parse, read
from tracker.archive.session_writer import begin
from tracker.errors import InputError
from tracker.sensing.marks import Battery, Calibrated, Connected, Declared, Disconnected, Mark, Side, Stopped
from tracker.sensing.samples import Packet, Packets

HEADER = Header("monday", 2, "2026-01-31T18:05:00+01:00", "thrust-tracker 9.9")
BODIES = [
    Connected("open-lift", "Lift é", "AA:BB", "0042", "1.2", bytes(range(256))),
    Connected("samples"),
    Disconnected("out of range"),
    Battery(80),
    Calibrated(),
    Calibrated((0.1, -1 / 3, 2e-17), (0.6, 0.0, -0.8), "2026-01-31T18:05:00+01:00"),
    Declared(),
    Declared(Side.LEFT, 22.5, "Ana \ud800", "any_lift", 12, "3-1-X-2"),
    Stopped(),
]

AXES = [(0.0, 0.0, 0.0), (0.0, 0.0, 1.0), (-0.6, 0.8, 0.0)]

numbers = st.integers(-(2**15), 2**15 - 1)
times = st.integers(-(2**63), 2**63 - 1)
texts = st.text(max_size=20)
bodies = st.one_of(
    st.builds(Connected, texts, texts, texts, texts, texts, st.binary(max_size=30)),
    st.builds(Disconnected, texts),
    st.builds(Battery, st.integers(0, 100)),
    st.builds(Calibrated, st.tuples(*3 * [st.floats(-2, 2)]), st.sampled_from(AXES), texts),
    st.builds(
        Declared,
        st.none() | st.sampled_from(Side),
        st.none() | st.floats(0, 500),
        st.none() | texts,
        st.none() | texts,
        st.none() | st.integers(1, 50),
        st.none() | texts,
    ),
    st.just(Stopped()),
)
packets = st.builds(Packet, times, st.integers(0, 2), numbers, st.binary(max_size=40))
marks = st.builds(Mark, times, numbers, bodies)


def rows_of(recording: Recording) -> list[Packet | Mark]:
    """The items again as the rows they were written from."""
    rows = []
    for item in recording.items:
        rows += [item] if isinstance(item, Mark) else list(item)
    return rows


def write(path: Path, rows, header=HEADER) -> Path:
    with Writer(path, header) as writer:
        for row in rows:
            writer.write(row)
    return path


def stream(n: int, link: int = 0, start_ns: int = 0) -> list[Packet]:
    return [Packet(start_ns + i * 100_000_000, link, i % 2, bytes([i % 256]) * (i % 7)) for i in range(n)]


@pytest.mark.parametrize("body", BODIES, ids=repr)
def test_a_mark_is_read_back_as_it_was(tmp_path, body):
    mark = Mark(123_456_789, 1, body)
    assert rows_of(read(write(tmp_path / "a.arrows", [mark]))) == [mark]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.one_of(packets, marks), max_size=30))
def test_any_rows_are_read_back_as_they_were(rows, tmp_path_factory):
    recording = read(write(tmp_path_factory.mktemp("any") / "a.arrows", rows))
    assert rows_of(recording) == rows
    assert recording.header == HEADER
    assert recording.lost == ""


def test_packets_of_one_link_between_marks_are_one_block(tmp_path):
    down, up = Mark(5, 0, Disconnected("gone")), Mark(6, 1, Connected("open-lift"))
    rows = [*stream(25), down, up, *stream(3, link=1), *stream(4, link=2)]
    items = read(write(tmp_path / "a.arrows", rows)).items
    assert [len(item) if isinstance(item, Packets) else item for item in items] == [25, down, up, 3, 4]
    assert [item.link for item in items] == [0, 0, 1, 1, 2]


def test_the_file_is_the_arrow_stream_that_is_documented(tmp_path):
    path = write(tmp_path / "a.arrows", [Packet(7, 1, 3, b"\x01\x02"), Mark(8, -1, Battery(55))])
    reader = pa.ipc.open_stream(path.read_bytes())
    table = reader.read_all()
    assert [(field.name, str(field.type)) for field in table.schema] == [
        ("t_ns", "int64"),
        ("kind", "int8"),
        ("link", "int16"),
        ("stream", "int16"),
        ("payload", "binary"),
    ]
    assert table.drop_columns("payload").to_pylist() == [
        {"t_ns": 7, "kind": 0, "link": 1, "stream": 3},
        {"t_ns": 8, "kind": 1, "link": -1, "stream": -1},
    ]
    assert table["payload"][0].as_py() == b"\x01\x02"
    assert json.loads(table["payload"][1].as_py()) == {"mark": "Battery", "percent": 55}
    assert json.loads(table.schema.metadata[b"tracker"]) == {
        "format": "tracker-recording",
        "version": 1,
        "session_id": "monday",
        "segment": 2,
        "started": "2026-01-31T18:05:00+01:00",
        "software": "thrust-tracker 9.9",
    }


def test_the_same_rows_give_the_same_bytes(tmp_path):
    rows = [Mark(0, 0, BODIES[0]), *stream(500), Mark(10**12, -1, Stopped())]
    first, second = (write(tmp_path / name, rows).read_bytes() for name in ("a.arrows", "b.arrows"))
    assert first == second


def test_a_header_names_this_software_by_itself():
    assert Header("x", 1, "").software.startswith("thrust-tracker ")


def test_a_start_never_touches_an_old_recording(tmp_path):
    old = write(tmp_path / "a.arrows", stream(3)).read_bytes()
    with pytest.raises(InputError, match=r"a\.arrows is there already"):
        Writer(tmp_path / "a.arrows", HEADER)
    assert (tmp_path / "a.arrows").read_bytes() == old


def test_sessions_that_begin_in_the_same_second_get_a_name_each(tmp_path):
    names = []
    for _ in range(3):
        with begin(tmp_path / "new", "monday", "") as writer:
            names.append((writer.path.name, read(writer.path).header.session_id))
    assert names == [
        ("monday.arrows", "monday"),
        ("monday_2.arrows", "monday_2"),
        ("monday_3.arrows", "monday_3"),
    ]
    assert {read(path).header.segment for path in (tmp_path / "new").iterdir()} == {1}


def test_many_that_begin_at_the_same_moment_get_a_name_each(tmp_path):
    together = threading.Barrier(8)

    def begun(_):
        together.wait()
        with begin(tmp_path, "monday", "") as writer:
            return writer.path

    with ThreadPoolExecutor(8) as athletes:
        paths = list(athletes.map(begun, range(8)))
    assert len({read(path).header.session_id for path in paths}) == 8


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot be written \(File exists\); .* another folder"):
        Writer(tmp_path / "file" / "a.arrows", HEADER)


def test_what_was_flushed_is_readable_while_the_recording_goes_on(tmp_path):
    path = tmp_path / "a.arrows"
    with Writer(path, HEADER) as writer:
        assert rows_of(read(path)) == []
        writer.write(stream(1)[0])
        writer.flush()
        assert rows_of(read(path)) == stream(1)
        writer.flush()


def test_silence_does_not_keep_a_packet_from_the_disk(tmp_path):
    path = tmp_path / "a.arrows"
    with Writer(path, HEADER) as writer:
        writer.write(stream(1)[0])
        given_up = time.monotonic() + 10 * FLUSH_S
        while not (rows := rows_of(read(path))) and time.monotonic() < given_up:
            pass
        assert rows == stream(1)


def test_writing_after_the_end_is_a_bug_and_closing_twice_is_none(tmp_path):
    writer = Writer(tmp_path / "a.arrows", HEADER)
    writer.close()
    writer.close()
    writer.flush()
    with pytest.raises(ValueError, match="closed"):
        writer.write(stream(1)[0])


@pytest.fixture(scope="module")
def batches(tmp_path_factory) -> tuple[bytes, list[tuple[int, int]]]:
    """A recording's bytes, and after each whole batch: the file's size and how many rows it holds."""
    path = tmp_path_factory.mktemp("cut") / "a.arrows"
    ends = []
    rows = 0
    with Writer(path, HEADER) as writer:
        ends.append((path.stat().st_size, 0))
        for size in (1, 3, 5):
            for packet in stream(size, start_ns=rows):
                writer.write(packet)
            writer.write(Mark(rows, 0, Battery(size)))
            writer.flush()
            rows += size + 1
            ends.append((path.stat().st_size, rows))
    return path.read_bytes(), ends


def test_a_file_cut_at_any_byte_reads_up_to_its_last_whole_batch(batches):
    content, ends = batches
    whole = rows_of(parse(content, Path("a")))
    assert len(whole) == ends[-1][1]
    for cut in range(ends[0][0], len(content)):
        recording = parse(content[:cut], Path("a"))
        end, rows = max(end for end in ends if end[0] <= cut)
        assert rows_of(recording) == whole[:rows], cut
        last_s = whole[rows - 1].t_ns / 1e9 if rows else 0.0
        assert recording.lost.startswith(f"the recording breaks off after {last_s:.1f} s"), cut
        assert f" {cut - end} bytes " in recording.lost, cut
    assert parse(content, Path("a")).lost == ""


def test_a_file_cut_in_its_header_is_refused(batches):
    content, ends = batches
    for cut in range(ends[0][0]):
        with pytest.raises(InputError, match=r"^a holds no recording"):
            parse(content[:cut], Path("a"))


def test_a_tail_of_zeros_as_a_power_cut_leaves_it_is_lost_and_no_more(batches):
    content, ends = batches
    recording = parse(content[: ends[2][0]] + bytes(512), Path("a"))
    assert len(rows_of(recording)) == ends[2][1]
    assert "512 bytes" in recording.lost


def test_damage_is_read_or_refused_but_never_a_crash(batches):
    content, _ = batches
    chance = random.Random(5)
    for _ in range(2000):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with suppress(InputError):
            rows_of(parse(bytes(damaged), Path("a")))


def with_header(said: object) -> bytes:
    schema = pa.schema([pa.field("t_ns", pa.int64())], metadata={"tracker": json.dumps(said)})
    return schema.serialize().to_pybytes()


def test_a_start_that_is_no_time_is_damage(tmp_path):
    path = write(tmp_path / "a.arrows", [], header=Header("a", 1, "Monday"))
    with pytest.raises(InputError, match="damaged header"):
        read(path)


def test_a_batch_without_rows_is_none(tmp_path):
    content = write(tmp_path / "a.arrows", stream(1)).read_bytes()
    schema = pa.ipc.open_stream(content).schema
    empty = pa.RecordBatch.from_pylist([], schema=schema)
    parts = (part.serialize().to_pybytes() for part in (schema, empty))
    assert parse(b"".join(parts), Path("a")).items == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            with_header({"format": "tracker-recording", "version": 2, "software": "tracker 7"}),
            "newer version (tracker 7); update",
        ),
        (with_header({"format": "tracker-recording", "version": 1}), "damaged header; take a copy"),
        (with_header({"format": "tracker-recording", "version": "x"}), "damaged header; take a copy"),
        (with_header([]), "damaged header; take a copy"),
        (with_header({"format": "other"}), "no recording; choose"),
        (pa.schema([]).serialize().to_pybytes(), "no recording; choose"),
    ],
)
def test_a_stream_that_is_not_ours_or_not_for_us_is_refused(content, message):
    with pytest.raises(InputError) as refused:
        parse(content, Path("a.arrows"))
    assert message in str(refused.value)
    assert str(refused.value).startswith("a.arrows ")


@pytest.mark.parametrize(
    "payload",
    [
        *(b'{"mark": "Levitated"}', b'{"mark": "Battery", "volts": 3}', b'{"percent": 3}', b"[]", b"\xff"),
        b'{"mark": "Calibrated", "long_axis": [1, 1, 0]}',
        b'{"mark": "Calibrated", "long_axis": [1, 0]}',
        b'{"mark": "Calibrated", "acc_offset_m_s2": [NaN, 0, 0]}',
        b'{"mark": "Calibrated", "acc_offset_m_s2": ["a", 0, 0]}',
        b'{"mark": "Calibrated", "acc_offset_m_s2": 3}',
    ],
)
def test_a_mark_of_another_version_is_refused(tmp_path, payload):
    content = write(tmp_path / "a.arrows", [Packet(0, 0, 0, payload)]).read_bytes()
    batch = next(iter(pa.ipc.open_stream(content)))
    as_mark = batch.set_column(1, batch.schema.field(1), pa.array([1], pa.int8()))
    with pytest.raises(InputError, match="is damaged inside"):
        parse(batch.schema.serialize().to_pybytes() + bytes(sealed(as_mark, 0)), Path("a"))


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tracker.archive.header import Header
from tracker.archive.recording import Writer
from tracker.errors import InputError
from tracker.sensing.samples import Packet
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    with Writer(Path(sys.argv[1]), Header("full", 1, "")) as writer:
        for i in range(100):
            writer.write(Packet(i * 100_000_000, 0, 0, bytes(1000)))
            writer.flush()
except InputError as error:
    print(error)
    print(writer.rows, str(error) == writer.trouble)
"""


def test_a_full_disk_is_told_and_what_was_saved_stays(tmp_path):
    path = tmp_path / "a.arrows"
    told = subprocess.run(
        [sys.executable, "-c", FULL_DISK, path], capture_output=True, text=True, check=True, timeout=60
    )
    error, rows = told.stdout.splitlines()
    assert error == f"{path} cannot be written (File too large); free some space or choose another folder"
    assert told.stderr == ""
    recording = read(path)
    assert rows == f"{len(rows_of(recording))} True"
    assert 10 <= len(rows_of(recording)) < 20
    assert "unfinished batch" in recording.lost


def test_a_disk_that_is_full_from_the_start_leaves_no_file(tmp_path):
    path = tmp_path / "a.arrows"
    full = FULL_DISK.replace("20_000, 20_000", "100, 100")
    told = subprocess.run([sys.executable, "-c", full, path], capture_output=True, text=True, timeout=60)
    assert "cannot be written" in told.stdout
    assert not path.exists()


WITHOUT_PANDAS = """
import sys
from pathlib import Path
from tracker.archive.header import Header
from tracker.archive.recording import Writer, read
from tracker.sensing.samples import Packet
with Writer(Path(sys.argv[1]), Header("a", 1, "")) as writer:
    writer.write(Packet(0, 0, 0, b"abc"))
assert len(read(Path(sys.argv[1])).items) == 1
print("pandas" in sys.modules)
"""


def test_recording_a_set_does_not_load_pandas(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_PANDAS, tmp_path / "a.arrows"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stdout == "False\n"
