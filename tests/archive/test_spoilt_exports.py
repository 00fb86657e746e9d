"""Exports that are cut, spoilt, enormous or none at all: one line, and nothing else happens."""

import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.archive.at_rest import (
    T,
    android,
    ios,
    logbook,
    movella,
    movesense_csv,
    phyphox,
    readings,
    refusal,
    showcase,
    witmotion,
)
from tests.archive.exports import zipped
from tracker.archive import files as whole_files
from tracker.archive.importers import open_any
from tracker.archive.imports import source as sources
from tracker.errors import InputError

WRITERS = [phyphox, android, ios, movella, witmotion, showcase, logbook, movesense_csv]


@pytest.mark.parametrize("write", WRITERS)
@settings(max_examples=40, deadline=None)
@given(
    where=st.floats(0.0, 1.0),
    length=st.integers(0, 40),
    is_unpacked=st.booleans(),
    spoilt=st.one_of(st.binary(max_size=40), st.sampled_from([b"nan", b"1e400", b"9" * 30, b"\n", b",;\t"])),
)
def test_a_file_that_is_spoilt_anywhere_is_read_or_refused(
    write, where, length, is_unpacked, spoilt, tmp_path_factory
):
    """Nothing but `InputError` may come out; a file of a folder is spoilt in all of them."""
    path = write(tmp_path_factory.mktemp("any"))
    path = unpacked(path) if is_unpacked and path.suffix == ".zip" else path
    for file in filter(Path.is_file, path.rglob("*") if path.is_dir() else [path]):
        content = file.read_bytes()
        at = int(where * len(content))
        file.write_bytes(content[:at] + spoilt + content[at + length :])
    message = refused_or_read(path)
    assert message is None or (message.startswith(str(path)) and "\n" not in message)


def refused_or_read(path: Path) -> str | None:
    try:
        open_any(path)
    except InputError as error:
        return str(error)
    return None


def unpacked(path: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(path.with_suffix(""))
    return path.with_suffix("")


@pytest.mark.parametrize("write", [movella, witmotion])
def test_a_byte_order_mark_does_not_matter(tmp_path, write):
    assert len(readings(write(tmp_path, lambda content: "\ufeff" + content))) == len(T)


@pytest.mark.parametrize("where", ["../outside.csv", "/outside.csv", "C:\\outside.csv"])
def test_nothing_of_a_zip_is_written_to_the_disk(tmp_path, where):
    folder = tmp_path / "in"
    folder.mkdir()
    path = phyphox(folder, lambda files: files | {where: "Time (s)\n1\n"})
    before = sorted(tmp_path.rglob("*"))
    assert len(readings(path)) == len(T)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_does(tmp_path, monkeypatch):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Gyroscope.csv", "Time (s),X (rad/s)\n" + "0" * 3_000_000)
    monkeypatch.setattr(sources, "MOST_BYTES", 2_000_000)
    assert refusal(path) == "is over 256 MB, unpacked; cut it into single trainings"


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2 * 10**9)  # takes no room on the disk
    assert refusal(path) == "is over 256 MB, unpacked; cut it into single trainings"


def test_gzip_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(whole_files, "MOST_BYTES", 1_000_000)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"0" * 3_000_000))
    assert refusal(path).startswith("is over 0 MB, unpacked; cut it")


def test_too_many_files_are_no_recording(tmp_path):
    for number in range(sources.MOST_FILES + 1):
        (tmp_path / f"{number}.csv").touch()
    assert refusal(tmp_path) == "holds over 1000 files; name the folder or ZIP of one recording"


@pytest.mark.parametrize("cut", [5, 300, -30])
def test_a_zip_that_was_cut_is_refused(tmp_path, cut):
    path = android(tmp_path)
    path.write_bytes(path.read_bytes()[:cut])
    assert refusal(path) == "is a cut or damaged ZIP; export it again"


def test_a_zip_that_was_changed_inside_is_refused(tmp_path):
    path = phyphox(tmp_path)
    content = bytearray(path.read_bytes())
    content[200:260] = bytes(60)
    path.write_bytes(content)
    assert refusal(path).endswith("export it again")


def test_a_zip_of_something_else_is_refused(tmp_path):
    path = zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": "<xml/>"})
    assert refusal(path).startswith("holds no export that is known (phyphox, Sensor Logger, Movella DOT, Wit")
