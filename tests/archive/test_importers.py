import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv, parquet

from tracker.archive.header import Header
from tracker.archive.importers import open_any, stem
from tracker.archive.plausible import rest_acc_m_s2
from tracker.archive.recording import Recording, Writer
from tracker.errors import InputError
from tracker.sensing.marks import Connected, Declared, Mark, Side
from tracker.sensing.samples import Packet, Packets, Readings
from tracker.sensing.sensors.sample_blocks import SAMPLE_BLOCKS

ACC = ("acc_x_m_s2", "acc_y_m_s2", "acc_z_m_s2")
GYR = ("gyr_x_rad_s", "gyr_y_rad_s", "gyr_z_rad_s")
QUATERNION = ("qw", "qx", "qy", "qz")
ALL = ("t_s", *ACC, *GYR, *QUATERNION)
SAID = {
    "side": "left",
    "load_kg": "22.5",
    "athlete": "Ana",
    "start": "2026-01-31T18:05:00+01:00",
    "exercise": "any_lift",
}


def still(seconds: float = 3.0, rate_hz: float = 50.0, gravity_m_s2: float = 9.81) -> dict[str, np.ndarray]:
    """A dumbbell on the floor, with a little noise, as columns."""
    chance = np.random.default_rng(3)
    n = round(seconds * rate_hz)
    columns = {"t_s": np.arange(n) / rate_hz}
    columns |= {name: chance.normal(0.0, 0.01, n) for name in (*ACC, *GYR)}
    columns["acc_z_m_s2"] += gravity_m_s2
    columns |= {name: np.full(n, 1.0 if name == "qw" else 0.0) for name in QUATERNION}
    return columns


def only(*names: str) -> dict[str, np.ndarray]:
    columns = still()
    return {name: columns[name] for name in names}


def changed(name: str, row: int, value: float) -> dict[str, np.ndarray]:
    columns = still()
    columns[name][row] = value
    return columns


def as_csv(path: Path, columns: dict, said: dict[str, str] | None = None) -> Path:
    with path.open("wb") as file:
        file.writelines(f"# {key}: {value}\n".encode() for key, value in (said or {}).items())
        csv.write_csv(pa.table(columns), file)
    return path


def as_parquet(path: Path, columns: dict, said: dict[str, str] | None = None) -> Path:
    parquet.write_table(pa.table(columns).replace_schema_metadata(said), path)
    return path


def readings(recording: Recording) -> Readings:
    """What the path will read from an imported file."""
    connected = next(item for item in recording.items if isinstance(item, Mark)).body
    return SAMPLE_BLOCKS.decoder(connected).decode(packets(recording))


def packets(recording: Recording) -> Packets:
    (block,) = (item for item in recording.items if isinstance(item, Packets))
    return block


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        open_any(path)
    message = str(refused.value)
    assert message.startswith(f"{path} ")
    assert "\n" not in message
    return message.removeprefix(f"{path} ")


@pytest.mark.parametrize(("write", "name"), [(as_csv, "monday.samples.csv"), (as_parquet, "monday.parquet")])
def test_a_samples_file_is_a_recording_of_its_samples(tmp_path, write, name):
    columns = still()
    recording = open_any(write(tmp_path / name, columns, SAID))
    said = "2026-01-31T18:05:00+01:00"
    assert recording.header == Header("monday", 1, said, "", imported=f"samples: {name}")
    assert recording.items[:2] == (
        Mark(0, 0, Connected("samples", "monday", info=b"\x07")),
        Mark(0, -1, Declared(Side.LEFT, 22.5, "Ana", "any_lift")),
    )
    assert (recording.lost, recording.warnings) == ("", ())
    read = readings(recording)
    assert read.is_t_s
    assert np.array_equal(read.device_s, columns["t_s"])
    assert np.array_equal(read.acc_m_s2, np.column_stack([columns[name] for name in ACC]))
    assert np.array_equal(read.gyr_rad_s, np.column_stack([columns[name] for name in GYR]))
    assert np.array_equal(read.earth_from_sensor, np.column_stack([columns[name] for name in QUATERNION]))
    assert read.undecodable == 0


@pytest.mark.parametrize("write", [as_csv, as_parquet])
@pytest.mark.parametrize(
    ("names", "info"),
    [
        (("t_s", *QUATERNION), 4),
        (("t_s", *ACC, *GYR), 3),
        (("t_s", *ACC, *QUATERNION), 5),
        (("t_s", *GYR, *QUATERNION), 6),
        (tuple(reversed(ALL)), 7),
    ],
)
def test_any_subset_that_is_enough_is_read_in_any_order(tmp_path, write, names, info):
    recording = open_any(write(tmp_path / "a", only(*names)))
    assert recording.items[0].body.info == bytes([info])
    read = readings(recording)
    parts = (read.acc_m_s2, read.gyr_rad_s, read.earth_from_sensor)
    assert [part is not None for part in parts] == [bool(info & 1 << bit) for bit in range(3)]
    assert len(recording.items) == 2  # nothing was declared


def test_what_a_file_has_besides_does_not_matter(tmp_path):
    plain = open_any(as_csv(tmp_path / "a.csv", still()))
    content = (tmp_path / "a.csv").read_text().splitlines()
    content[0] += ',"note"'
    content[1:] = [line + ',"left, then right"' for line in content[1:]]
    text = "\ufeff# just a remark\r\n#\r\n\r\n# mood: good\r\n" + "\r\n".join(content)
    (tmp_path / "b.csv").write_bytes(text.encode())
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("b.csv", "b.csv.gz"):
        other = open_any(tmp_path / name)
        assert np.array_equal(packets(other).data, packets(plain).data)
        assert other.header.session_id == "b"


def test_numbers_of_any_kind_are_read(tmp_path):
    columns = {name: pa.array(values).cast(pa.float32()) for name, values in still().items()}
    columns["t_s"] = pa.array(range(len(columns["qw"])))
    columns["qw"] = pa.array(["1.0"] * len(columns["qw"]))
    read = readings(open_any(as_parquet(tmp_path / "a", columns)))
    assert np.array_equal(read.device_s, np.arange(len(read)))
    assert np.array_equal(read.acc_m_s2[:, 0], columns["acc_x_m_s2"].to_numpy().astype(float))


def test_milliseconds_are_not_taken_for_seconds(tmp_path):
    columns = still()
    columns["t_s"] = columns["t_s"] * 1000.0
    with pytest.raises(InputError, match=r"likely milliseconds; give seconds"):
        open_any(as_csv(tmp_path / "a.csv", columns))


@pytest.mark.parametrize(("rate_hz", "warned"), [(10, True), (20, True), (25, False), (100, False)])
def test_a_rate_at_which_reps_are_missed_is_told(tmp_path, rate_hz, warned):
    columns = still()
    columns["t_s"] = np.arange(len(columns["t_s"])) / rate_hz
    warnings = open_any(as_csv(tmp_path / "a.csv", columns)).warnings
    assert any("reps may be missed" in sentence for sentence in warnings) is warned


def test_spaces_around_names_and_numbers_do_not_matter(tmp_path):
    tight = as_csv(tmp_path / "tight.csv", still())
    loose = tmp_path / "loose.csv"
    loose.write_text(tight.read_text().replace(",", ", "))
    assert packets(open_any(loose)).data.tobytes() == packets(open_any(tight)).data.tobytes()


def test_samples_that_arrived_together_are_one_packet(tmp_path):
    columns = still(seconds=0.2)
    columns["arrival_s"] = np.array([5.03] * 4 + [5.09] * 1 + [5.13] * 5)
    block = packets(open_any(as_parquet(tmp_path / "a", columns)))
    assert block.t_ns.tolist() == [0, 60_000_000, 100_000_000]
    assert (np.diff(block.offsets) // (11 * 8)).tolist() == [4, 1, 5]


def test_without_arrivals_a_packet_comes_with_its_last_sample(tmp_path):
    block = packets(open_any(as_parquet(tmp_path / "a", still(seconds=0.5))))
    assert (np.diff(block.offsets) // (11 * 8)).tolist() == [10, 10, 5]
    assert block.t_ns.tolist() == [0, 200_000_000, 300_000_000]


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(st.lists(st.floats(-50, 50), min_size=6, max_size=6), min_size=1, max_size=40),
    write=st.sampled_from([as_csv, as_parquet]),
)
def test_every_value_comes_through_untouched(rows, write, tmp_path_factory):
    columns = dict(zip((*ACC, *GYR), np.array(rows).T, strict=True))
    columns["t_s"] = 0.1 + np.arange(len(rows)) / 3
    for name in ACC:
        columns[name] = 9.81 / 3**0.5 + columns[name] * 1e-3
    read = readings(open_any(write(tmp_path_factory.mktemp("any") / "a", columns)))
    assert np.array_equal(read.device_s, columns["t_s"])
    expected = np.column_stack([columns[name] for name in (*ACC, *GYR)])
    assert np.array_equal(np.hstack([read.acc_m_s2, read.gyr_rad_s]), expected)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_recording_is_known_by_its_content(tmp_path, suffix):
    header = Header("live", 3, "2026-01-31T18:05:00+01:00", "x")
    with Writer(tmp_path / "a.arrows", header) as writer:
        writer.write(Packet(1, 0, 0, b"abc"))
    content = (tmp_path / "a.arrows").read_bytes()
    path = tmp_path / f"renamed{suffix}"
    path.write_bytes(gzip.compress(content) if suffix else content)
    recording = open_any(path)
    assert recording.header == header
    assert list(packets(recording)) == [Packet(1, 0, 0, b"abc")]


@pytest.mark.parametrize("write", [as_csv, as_parquet])
@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (only(*ACC, *GYR), "has no column t_s; samples need t_s and acc_x_m_s2,"),
        (only("t_s", *ACC), "has not enough columns; samples need t_s and"),
        (only("t_s", *GYR), "has not enough columns; samples need t_s and"),
        (only("t_s"), "has not enough columns; samples need t_s and"),
        ({"a": [1]}, "has no column of samples, and is no export that is known; samples need"),
        (only("t_s", *ACC[:2], *GYR), "has no column acc_z_m_s2; samples need"),
        (only("t_s", *ACC, *GYR, "qx"), "has no column qw; samples need"),
        ({name: values[:0] for name, values in still().items()}, "holds no samples; choose"),
        (changed("gyr_y_rad_s", 7, np.nan), "has no number in gyr_y_rad_s, row 8; leave such rows out"),
        (changed("qw", 0, np.inf), "has no number in qw, row 1; leave"),
        (changed("t_s", 149, np.nan), "has no number in t_s, row 150; leave"),
        (still() | {"arrival_s": np.full(150, np.nan)}, "has no number in arrival_s, row 1; leave"),
        (changed("t_s", 100, 1.5), "has t_s 1.5 after 1.98 in row 101; sort the rows by time"),
        (changed("t_s", 100, 1.98), "has t_s 1.98 after 1.98 in row 101; sort the rows by time"),
        (still() | {"arrival_s": -still()["t_s"]}, "has arrival_s running backwards; correct it or"),
        (still(gravity_m_s2=1.0), "has |acc| 1 at rest, which is not gravity in m/s2; export"),
        (still(gravity_m_s2=0.0), "at rest, which is not gravity in m/s2; export acceleration with gravity"),
        (still(gravity_m_s2=6.95), "has |acc| 6.95 at rest"),
        (still(gravity_m_s2=13.1), "has |acc| 13.1 at rest"),
        (changed("gyr_x_rad_s", 5, -140.0), "has gyr over 80 rad/s, likely deg/s; convert"),
        (changed("qw", 5, 0.0), "has no unit quaternion in row 6; scale"),
        (still() | {"t_s": np.arange(150) * 2e-6}, "has t_s 2e-06 s apart, likely stamped on arrival; give"),
        (still() | {"t_s": ["a"] * 150}, "is cut or is no samples file ("),
    ],
)  # fmt: skip
def test_a_samples_file_that_cannot_be_right_is_refused(tmp_path, write, columns, message):
    assert message in refusal(write(tmp_path / "bad.file", columns))


@pytest.mark.parametrize("write", [as_csv, as_parquet])
@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("side", "port", 'says "side: port"; write left, right or unknown'),
        ("load_kg", "heavy", 'says "load_kg: heavy"; write the weight as a number, in kg'),
        ("load_kg", "-3", 'says "load_kg: -3"; write'),
        ("load_kg", "nan", 'says "load_kg: nan"; write'),
        ("start", "Monday", 'says "start: Monday"; write it like 2026-01-31T18:05:00+01:00'),
    ],
)
def test_what_a_file_says_must_make_sense(tmp_path, write, key, value, message):
    assert refusal(write(tmp_path / "a", still(), {key: value})).startswith(message)


def test_fields_that_are_empty_say_nothing(tmp_path):
    assert len(open_any(as_csv(tmp_path / "a", still(), dict.fromkeys(SAID, ""))).items) == 2


CONTENTS = {
    "nothing": (b"", "is empty; choose a recording"),
    "compressed nothing": (gzip.compress(b""), "is empty; choose a recording"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is neither a recording nor samples as CSV or Parquet"),
    "spreadsheet text": ("t_s\tqw\n".encode("utf-16"), "is neither a recording nor samples"),
    "prose": (
        b"Dear Ana,\nhere is my training.\n",
        "has no column of samples, and is no export that is known; samples need",
    ),
    "remarks only": (
        b"# side: left\n# load_kg: 20\n",
        "has no column of samples, and is no export that is known; samples need",
    ),
    "one of our tables": (
        b"session_id,set,side\r\nx,1,left\r\n",
        "has no column of samples, and is no export that is known; samples need",
    ),
    "text for a number": (b"t_s,qw,qx,qy,qz\n0,1,0,0,0\n1,one,0,0,0\n", "is cut or is no samples file ("),
    "an empty cell": (b"t_s,qw,qx,qy,qz\n0,1,0,0,0\n1,,0,0,0\n", "has no number in qw, row 2"),
    "half a row": (b"t_s,qw,qx,qy,qz\n0,1,0,0,0\n1,1,0", "is cut or is no samples file ("),
    "a column twice": (b"t_s,qw,qw,qx,qy,qz\n0,1,1,0,0,0\n", "has the column qw twice; leave one out"),
    "half a stream": (b"\xff\xff\xff\xff\x10", "holds no recording: it was cut"),
    "half of Parquet": (b"PAR1\x15\x04", "is cut or is no samples file ("),
    "half of gzip": (gzip.compress(bytes(1000))[:-9], "is a cut or damaged gzip file; copy it again"),
    "bad gzip": (
        gzip.compress(bytes(1000))[:12] + b"\xff" * 30,
        "is a cut or damaged gzip file; copy it again",
    ),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_file_that_is_something_else_is_refused(tmp_path, kind):
    content, message = CONTENTS[kind]
    path = tmp_path / "file.arrows"
    path.write_bytes(content)
    assert refusal(path).startswith(message)


def test_of_a_recording_that_was_overwritten_is_said_that_it_is_damaged(tmp_path):
    """What is wrong with it as a table would lead nobody to it."""
    for name, is_damaged in (("monday.arrows", True), ("monday.csv", False)):
        path = tmp_path / name
        path.write_bytes(b"not what it was, line by line\n" * 9)
        assert refusal(path).endswith("damaged from its first byte on") == is_damaged


def test_a_parquet_file_cut_anywhere_is_refused(tmp_path):
    path = as_parquet(tmp_path / "a", still())
    content = path.read_bytes()
    for cut in range(4, len(content), 97):
        path.write_bytes(content[:cut])
        assert refusal(path).startswith("is cut or is no samples file (")


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path):
    assert refusal(tmp_path / "no.csv") == "cannot be read (No such file or directory); check the name"
    assert refusal(tmp_path).startswith(
        "holds no export that is known (phyphox, Sensor Logger, Movella DOT, "
    )


@pytest.mark.parametrize(
    ("gravity_m_s2", "warned"), [(9.25, True), (9.35, False), (10.25, False), (10.35, True), (7.05, True)]
)
def test_a_sensor_that_weighs_wrong_is_named(tmp_path, gravity_m_s2, warned):
    warnings = open_any(as_parquet(tmp_path / "a", still(gravity_m_s2=gravity_m_s2))).warnings
    assert len(warnings) == warned
    assert all(f"|acc| is {gravity_m_s2:.2f} m/s2 where" in warning for warning in warnings)


@pytest.mark.parametrize("has_gyr", [True, False])
@pytest.mark.parametrize("rate_hz", [25.0, 100.0])
def test_rest_is_where_it_is_quietest(has_gyr, rate_hz):
    columns = still(60.0, rate_hz)
    acc, gyr = (np.column_stack([columns[name] for name in names]) for names in (ACC, GYR))
    swinging = columns["t_s"] < 54
    beat = np.sin(7 * columns["t_s"][swinging])
    acc[swinging, 2] += 4 + 4 * beat
    gyr[swinging, 0] += 2 * beat
    rest = rest_acc_m_s2(columns["t_s"], acc, gyr if has_gyr else None)
    assert rest == pytest.approx(9.81, abs=0.02)


@pytest.mark.parametrize("n", [1, 2, 30])
def test_less_than_a_second_is_judged_as_a_whole(n):
    columns = still(rate_hz=50)
    acc, gyr = (np.column_stack([columns[name][:n] for name in names]) for names in (ACC, GYR))
    assert rest_acc_m_s2(columns["t_s"][:n], acc, gyr) == pytest.approx(9.81, abs=0.05)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("monday.arrows", "monday"),
        ("a/b/monday.2.arrows", "monday.2"),
        ("clean__s9001.samples.parquet", "clean__s9001"),
        ("x.samples.csv.gz", "x"),
        ("x.csv", "x"),
        ("x.parquet", "x"),
        ("x.arrows.gz", "x"),
        ("x.txt", "x"),
        ("x.json", "x"),
        ("x.zip", "x"),
        ("x.doc", "x.doc"),
        ("samples.csv", "samples"),
    ],
)
def test_the_stem_is_the_name_without_its_format(name, expected):
    assert stem(Path(name)) == expected
