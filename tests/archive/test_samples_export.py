"""Samples that were exported are read back as what they were."""

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from tracker.archive import tables
from tracker.archive.analyze import analyze
from tracker.archive.export.exported import Exported
from tracker.archive.export.samples import samples_files
from tracker.archive.header import Header
from tracker.archive.recording import Writer
from tracker.archive.samples_file import read_samples
from tracker.coaching.declared import Overrides
from tracker.errors import InputError
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.marks import Connected, Declared, Mark, Side
from tracker.sensing.samples import Packet
from tracker.sensing.sensors.sample_blocks import MAKE, encode_rows
from tracker.virtual import jumping_clock
from tracker.virtual.chip import DeviceClock, ordinary_chip
from tracker.virtual.imu import Imu, any_mounting
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals import PERIPHERALS
from tracker.virtual.radio import Radio
from tracker.virtual.script import Leg, WorkSet, sets_only

RECORDINGS = sorted((Path(__file__).parents[2] / "recordings").glob("*.arrows"))
MOTION = ["acc_x_m_s2", "acc_y_m_s2", "acc_z_m_s2", "gyr_x_rad_s", "gyr_y_rad_s", "gyr_z_rad_s"]
QUATERNION = ["qw", "qx", "qy", "qz"]
GIVES_ORIENTATION = {"witmotion", "movella-dot"}
ENDINGS = pytest.mark.parametrize("ending", [".samples.csv", ".samples.parquet"])


def still(names: list[str]) -> dict[str, np.ndarray]:
    """Three seconds of a dumbbell on the floor, with numbers of all lengths."""
    chance = np.random.default_rng(5)
    columns = {"t_s": np.arange(150) / 49.7}
    columns |= {name: chance.normal(0.0, 0.01, 150) for name in names}
    if "acc_z_m_s2" in names:
        columns["acc_z_m_s2"] += 9.81
    if "qw" in names:
        columns["qw"] += 1.0
    return columns


def exported(path: Path, **said) -> dict[str, bytes]:
    return samples_files(Exported(path, replace(analyze(path), **said)))


@ENDINGS
@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_what_is_read_back_gives_the_same_tables(recording, ending, tmp_path):
    session = analyze(recording)
    path = tmp_path / f"{recording.stem}{ending}"
    path.write_bytes(samples_files(Exported(recording, session))[ending])
    sides = tuple(one.side for one in session.sets)
    back = analyze(path, Overrides(sides=sides))
    assert sum(len(one.reps) for one in session.sets) > 0
    for table in tables.TABLES:
        pd.testing.assert_frame_equal(table(back), table(session))
    spans = [[(gap.t_start_s, gap.t_end_s) for gap in one.gaps] for one in (back, session)]
    assert spans[0] == spans[1]  # not the causes: a samples file cannot say that a link was down


def trained(make: str, path: Path) -> Path:
    """A set of five with a sensor of a make, over the virtual radio."""
    played = perform(sets_only(WorkSet(Leg.LEFT, 5), seed=4, rest_s=4.0))
    imu = Imu(played.movement, any_mounting(4), ordinary_chip(4), DeviceClock(), seed=4)

    async def train(writer: Writer) -> None:
        radio = Radio(PERIPHERALS[make](imu))
        receiver = Receiver(
            Wanted(),
            writer.write,
            scanner_backend=radio.scanner,
            client_backend=radio.client,
            clock_ns=jumping_clock.clock_ns,
        )
        asyncio.get_running_loop().call_later(played.duration_s + 3.0, receiver.stop)
        await receiver.run()
        await receiver.close()

    with Writer(path, Header(make, 1, "2026-01-31T18:05:00+01:00")) as writer:
        jumping_clock.run(train(writer))
    return path


@pytest.mark.parametrize("make", PERIPHERALS)
def test_of_whatever_sensor_they_are_the_reps_are_the_same(make, tmp_path):
    """A sample period that is no round number is measured anew: that moves times and angles a little."""
    recording = trained(make, tmp_path / f"{make}.arrows")
    content = exported(recording)[".samples.parquet"]
    (tmp_path / f"{make}.samples.parquet").write_bytes(content)
    reps, back = tables.reps(analyze(recording)), tables.reps(analyze(tmp_path / f"{make}.samples.parquet"))
    assert len(reps) == 5
    for column, allowed in {"t_start_s": 0.005, "t_top_s": 0.005, "t_end_s": 0.005, "rom_deg": 0.1}.items():
        assert back[column].to_numpy() == pytest.approx(reps[column].to_numpy(), abs=allowed), column
    for column in ("set", "side", "rep", "lockout", "rocking_alert", "clean", "cues"):
        assert back[column].tolist() == reps[column].tolist(), column
    assert ("qw" in parquet.read_schema(io.BytesIO(content)).names) is (make in GIVES_ORIENTATION)


@ENDINGS
@pytest.mark.parametrize("names", [MOTION, QUATERNION, [*MOTION, *QUATERNION], [*MOTION[3:], *QUATERNION]])
def test_every_channel_that_the_sensor_has_comes_through_untouched(names, ending, tmp_path):
    columns = still(names)
    source = tmp_path / "floor.parquet"
    parquet.write_table(pa.table(columns), source)
    content = exported(source)[ending]
    if ending == ".samples.csv":
        below = [line for line in content.splitlines(keepends=True) if not line.startswith(b"#")]
        table = csv.read_csv(io.BytesIO(b"".join(below))).to_pandas()
    else:
        table = parquet.read_table(io.BytesIO(content)).to_pandas()
    assert list(table) == ["t_s", *names]
    for name, values in columns.items():
        assert np.array_equal(table[name], values), name


def test_the_header_of_the_csv_is_that_which_is_read(tmp_path):
    source = tmp_path / "floor.parquet"
    parquet.write_table(pa.table(still(MOTION)), source)
    content = exported(source)[".samples.csv"]
    lines = [line for line in content.split(b"\n") if not line.startswith(b"#")]
    assert lines[0] == b"t_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2,gyr_x_rad_s,gyr_y_rad_s,gyr_z_rad_s"
    assert len(lines) == 152
    assert b"\r" not in content


@ENDINGS
@pytest.mark.parametrize(
    ("athlete", "read"),
    [
        ("Ana", "Ana"),
        ("two\nlines", "two lines"),
        ("C#", "C#"),
        ("=1+1", "=1+1"),
        ("a: b", "a: b"),
        ("coach; @ana", "coach; @ana"),
        ("coach;'=ana, '-", "coach;'=ana, '-"),
        ("", None),
    ],
)
def test_what_holds_for_all_sets_is_said_above(athlete, read, ending):
    recording = RECORDINGS[0]
    sets = tuple(
        replace(one, athlete=athlete, load_kg=22.5, side=Side.LEFT) for one in analyze(recording).sets
    )
    content = exported(recording, sets=sets, started="2026-01-31T18:05:00.350+01:00")[ending]
    found = read_samples(content, Path("x"))
    assert found.declared == Declared(Side.LEFT, 22.5, read, "one_leg_hip_thrust")
    assert found.started == "2026-01-31T18:05:00.350000+01:00"


@pytest.mark.parametrize(
    ("athlete", "line"),
    [
        ("Ana,=1+1", "# athlete: Ana,'=1+1"),
        ('Ana; "@home"', '# athlete: Ana; "\'@home"'),
        ("Ana, Bo", "# athlete: Ana, Bo"),
        ("a=b", "# athlete: a=b"),
    ],
)
def test_no_cell_of_a_line_above_is_a_formula(athlete, line):
    recording = RECORDINGS[0]
    sets = tuple(replace(one, athlete=athlete) for one in analyze(recording).sets)
    assert line in exported(recording, sets=sets)[".samples.csv"].decode().splitlines()


@ENDINGS
def test_what_changed_is_left_out_and_the_order_of_sides_is_told(ending):
    recording = RECORDINGS[0]
    first = analyze(recording).sets[0]
    sets = (replace(first, athlete="Ana", side=Side.LEFT), replace(first, load_kg=5.0, side=Side.RIGHT))
    content = exported(recording, sets=sets, started="")[ending]
    assert read_samples(content, Path("x")).declared == Declared(exercise="one_leg_hip_thrust")
    assert b"left,right" in content


@pytest.mark.parametrize("sides", [(Side.UNKNOWN,), ()])
def test_what_nobody_said_is_not_said(sides):
    recording = RECORDINGS[0]
    one = replace(analyze(recording).sets[0], load_kg=float("nan"), athlete="")
    sets = tuple(replace(one, side=side) for side in sides)
    declared = read_samples(exported(recording, sets=sets)[".samples.csv"], Path("x")).declared
    assert (declared.side, declared.load_kg, declared.athlete) == (None, None, None)


def two_sensors(path: Path) -> Path:
    """One that gives its orientation, and in its place another that does not."""
    columns = still([*MOTION, *QUATERNION])
    acc, gyr, quaternion = (
        np.column_stack([columns[name] for name in names]) for names in (MOTION[:3], MOTION[3:], QUATERNION)
    )
    with Writer(path, Header("two", 1, "")) as writer:
        for link, orientation in enumerate((quaternion, None)):
            info, rows = encode_rows(columns["t_s"] + 10.0 * link, acc, gyr, orientation)
            t_ns = 10_000_000_000 * link
            writer.write(Mark(t_ns, link, Connected(MAKE, name=str(link), info=info)))
            writer.write(Packet(t_ns, link, 0, rows.tobytes()))
    return path


def test_a_channel_that_only_one_of_two_sensors_has_is_left_out(tmp_path):
    content = exported(two_sensors(tmp_path / "two.arrows"))[".samples.parquet"]
    table = parquet.read_table(io.BytesIO(content))
    assert table.column_names == ["t_s", *MOTION]
    assert table.num_rows == 300


def test_a_recording_without_samples_is_refused(tmp_path):
    with Writer(tmp_path / "none.arrows", Header("none", 1, "")) as writer:
        writer.write(Mark(0, -1, Declared(Side.LEFT)))
    with pytest.raises(InputError, match=r"none\.arrows holds no samples"):
        exported(tmp_path / "none.arrows")
