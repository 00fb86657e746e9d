"""A backup: in full or not at all; a bad one is refused in one line before anything is written."""

import json
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.archive.backup import Backup, write_backup
from tracker.archive.holdings import holdings
from tracker.archive.manifest import FORMAT, VERSION
from tracker.archive.restoring import Outcome, restore
from tracker.errors import InputError

RECORDING = Path(__file__).parents[2] / "recordings" / "both_sides.arrows"
CONTENT = b"what the sensor said"


@pytest.fixture(scope="module")
def sessions(tmp_path_factory):
    """A folder with a session of two files."""
    folder = tmp_path_factory.mktemp("sessions")
    shutil.copy(RECORDING, folder / "monday.arrows")
    (folder / "monday.edits.jsonl").write_bytes(b'{"version": 1}\n')
    return folder


@pytest.fixture(scope="module")
def whole(sessions, tmp_path_factory):
    """A backup of it."""
    target = tmp_path_factory.mktemp("backup") / "ana.zip"
    write_backup(target, "Ana", holdings(sessions)[0])
    return target


def bring_back(path: Path, folder: Path) -> None:
    with Backup(path) as backup:
        backup.check()
        list(restore(backup, folder))


def refused(path: Path, folder: Path) -> str:
    """Why a backup is refused; nothing was written."""
    with pytest.raises(InputError) as told:
        bring_back(path, folder)
    assert not folder.exists()
    assert "\n" not in str(told.value)
    return str(told.value)


def listed(**other: object) -> dict[str, object]:
    """What a manifest says of a file."""
    known = {"session": "monday", "name": "monday.arrows", "size": len(CONTENT)}
    return {**known, "sha256": sha256(CONTENT).hexdigest(), "changed_ns": 0, **other}


def manifest(*files: object, **other: object) -> bytes:
    known = {"format": FORMAT, "version": VERSION, "athlete": "Ana", "software": "thrust-tracker 9.9"}
    return json.dumps({**known, "files": files, **other}).encode()


def packed(path: Path, said: bytes, files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as pack:
        for name, content in files.items():
            pack.writestr(name, content)
        pack.writestr("manifest.json", said, zipfile.ZIP_STORED)
    return path


ONE = {"sessions/monday.arrows": CONTENT}


def test_it_can_be_read_without_tracker(whole, sessions, tmp_path):
    with zipfile.ZipFile(whole) as pack:
        assert pack.testzip() is None
        pack.extractall(tmp_path)
        said = json.loads(pack.read("manifest.json"))
    unpacked = {file.name: file.read_bytes() for file in (tmp_path / "sessions").iterdir()}
    assert unpacked == {file.name: file.read_bytes() for file in sessions.iterdir()}
    assert (said["format"], said["version"], said["athlete"]) == ("tracker-athlete-backup", 1, "Ana")
    assert {one["name"]: one["sha256"] for one in said["files"]} == {
        name: sha256(content).hexdigest() for name, content in unpacked.items()
    }


def test_the_same_sessions_give_the_same_file(whole, sessions, tmp_path):
    write_backup(tmp_path / "again.zip", "Ana", holdings(sessions)[0])
    assert (tmp_path / "again.zip").read_bytes() == whole.read_bytes()


@pytest.mark.parametrize(
    ("said", "files", "why"),
    [
        (manifest(listed(name="../monday.arrows")), {"sessions/../monday.arrows": CONTENT}, "no session"),
        (manifest(listed(name="/monday.arrows")), {"sessions//monday.arrows": CONTENT}, "no session"),
        (manifest(listed(name="x/monday.arrows")), {"sessions/x/monday.arrows": CONTENT}, "no session"),
        (manifest(listed(name="..", session=".")), {"sessions/..": CONTENT}, "no session"),
        (manifest(listed(name="settings.toml")), {"sessions/settings.toml": CONTENT}, "no session"),
        (manifest(listed(name="monday.a\0")), ONE, "no session"),
        (manifest(listed()), {**ONE, "../../evil": b"x"}, "other files"),
        (manifest(listed()), {**ONE, "sessions/evil": b"x"}, "other files"),
        (manifest(listed()), {}, "other files"),
        (manifest(listed(), listed()), ONE, "twice"),
        (manifest(listed(sha256="0" * 64)), ONE, "not as it was written"),
        (manifest(listed(sha256="0")), ONE, "cannot be"),
        (manifest(listed(size=3)), ONE, "not as large"),
        (manifest(listed(size=-3)), ONE, "cannot be"),
        (manifest(listed(size=True)), ONE, "size is True"),
        (manifest(listed(changed_ns=1 << 80)), ONE, "cannot be"),
        (manifest(listed(changed_ns=None)), ONE, "changed_ns is None"),
        (manifest("monday.arrows"), ONE, "no table"),
        (manifest(listed(), version=2), ONE, "newer version (thrust-tracker 9.9); update tracker"),
        (manifest(listed(), version="1"), ONE, "version is '1'"),
        (manifest(listed(), format="zip"), ONE, "something else"),
        (manifest(listed(), files=3), ONE, "lists no files"),
        (manifest(listed(), athlete=3), ONE, "athlete is 3"),
        (b"[" * 100_000, ONE, "nested"),
        (b"\xff", ONE, "no whole backup"),
    ],
)
def test_a_pack_that_nobody_backed_up_writes_nothing(said, files, why, tmp_path):
    assert why in refused(packed(tmp_path / "bad.zip", said, files), tmp_path / "home" / "sessions")
    assert {path.name for path in tmp_path.iterdir()} == {"bad.zip"}


def test_what_unpacks_to_more_than_is_there_writes_nothing(tmp_path):
    bomb = bytes(50_000_000)
    said = manifest(listed(size=len(bomb), sha256=sha256(bomb).hexdigest()))
    path = packed(tmp_path / "bomb.zip", said, {"sessions/monday.arrows": bomb}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    assert "compressed" in refused(path, tmp_path / "sessions")


def test_files_that_lie_over_each_other_write_nothing(tmp_path):
    """The central directory names one file's bytes a hundred times."""
    content = bytes(10_000)
    names = [f"monday.{number:03}" for number in range(100)]
    files = [listed(name=name, size=len(content), sha256=sha256(content).hexdigest()) for name in names]
    path = packed(tmp_path / "one.zip", manifest(*files), {"sessions/monday.000": content})
    with zipfile.ZipFile(path, "a") as pack:
        first = pack.getinfo("sessions/monday.000")
        for name in names[1:]:
            info = zipfile.ZipInfo(f"sessions/{name}")
            info.file_size = info.compress_size = first.file_size
            info.CRC, info.header_offset = first.CRC, first.header_offset
            pack.filelist.append(info)
            pack.NameToInfo[info.filename] = info
        pack._didModify = True
    assert path.stat().st_size < 100_000
    assert "more than is in it" in refused(path, tmp_path / "sessions")


def test_a_manifest_that_is_compressed_writes_nothing(tmp_path):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("manifest.json", b" " * 100_000 + manifest())
    assert "no manifest" in refused(tmp_path / "bad.zip", tmp_path / "sessions")


def test_an_encrypted_pack_writes_nothing(whole, tmp_path):
    content = bytearray(whole.read_bytes())
    for at in range(len(content)):
        if content[at : at + 4] == b"PK\x01\x02":
            content[at + 8] |= 1
        elif content[at : at + 4] == b"PK\x03\x04":
            content[at + 6] |= 1
    (tmp_path / "bad.zip").write_bytes(content)
    assert "encrypted" in refused(tmp_path / "bad.zip", tmp_path / "sessions")


@pytest.mark.parametrize("name", ["missing.zip", "folder", "text.zip", "empty.zip"])
def test_what_is_no_pack_writes_nothing(name, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.zip").write_text("tracker")
    (tmp_path / "empty.zip").touch()
    assert str(tmp_path / name) in refused(tmp_path / name, tmp_path / "sessions")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0.0, 1.0, exclude_max=True))
def test_a_pack_that_is_cut_writes_nothing(share, whole, tmp_path):
    content = whole.read_bytes()
    (tmp_path / "cut.zip").write_bytes(content[: int(share * len(content))])
    refused(tmp_path / "cut.zip", tmp_path / "sessions")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_pack_with_a_byte_that_is_wrong_is_refused_or_gives_the_same_files(data, whole, sessions, tmp_path):
    content = bytearray(whole.read_bytes())
    from_the_end = data.draw(st.one_of(st.integers(1, 1200), st.integers(1, len(content))))
    content[-from_the_end] ^= data.draw(st.integers(1, 255))
    (tmp_path / "bad.zip").write_bytes(content)
    folder = tmp_path / "restored"
    try:
        bring_back(tmp_path / "bad.zip", folder)
    except InputError:
        assert not folder.exists()
    else:
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
            file.name: file.read_bytes() for file in sessions.iterdir()
        }
        shutil.rmtree(folder)


def test_where_there_is_no_room_nothing_is_written(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100))
    assert "no room" in refused(whole, tmp_path / "sessions")


def test_what_the_disk_takes_only_a_part_of_is_not_there_at_all(whole, sessions, tmp_path):
    """In a process of its own: a file may not become larger than 100 kB there."""
    resource = pytest.importorskip("resource", reason="no limits on files here")
    assert resource
    code = """
import resource, signal, sys
from pathlib import Path
from tracker.archive.backup import Backup, write_backup
from tracker.archive.holdings import holdings
from tracker.archive.restoring import restore
from tracker.errors import InputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sessions, whole, out = map(Path, sys.argv[1:])
for act in (lambda: write_backup(out / "ana.zip", "Ana", holdings(sessions)[0]),
            lambda: list(restore(Backup(whole), out / "sessions"))):
    try:
        act()
    except InputError as error:
        print(error)
"""
    told = subprocess.run(
        [sys.executable, "-c", code, *map(str, (sessions, whole, tmp_path))],
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = told.stdout.splitlines()
    assert "ana.zip cannot be written (File too large)" in first
    assert "monday.arrows cannot be written (File too large)" in second
    assert {path.name for path in tmp_path.rglob("*")} == {"sessions", "monday.edits.jsonl"}


def test_a_file_that_cannot_be_read_gives_no_backup(sessions, tmp_path):
    folder = Path(shutil.copytree(sessions, tmp_path / "sessions"))
    found, _ = holdings(folder)
    (folder / "monday.edits.jsonl").unlink()
    with pytest.raises(InputError, match=r"monday.edits.jsonl cannot be read"):
        write_backup(tmp_path / "ana.zip", "Ana", found)
    assert {path.name for path in tmp_path.iterdir()} == {"sessions"}


@pytest.mark.parametrize("name", ["sessions", "file/ana.zip"])
def test_a_backup_that_has_no_place_is_one_line(name, sessions, tmp_path):
    (tmp_path / "sessions").mkdir()
    (tmp_path / "file").write_text("a file")
    with pytest.raises(InputError, match=r"is there already|cannot be written"):
        write_backup(tmp_path / name, "Ana", holdings(sessions)[0])
    assert {path.name for path in tmp_path.iterdir()} == {"sessions", "file"}


def test_a_name_that_is_too_long_is_one_line(tmp_path):
    name = f"monday.{'x' * 300}"
    pack = packed(tmp_path / "odd.zip", manifest(listed(name=name)), {f"sessions/{name}": CONTENT})
    folder = tmp_path / "sessions"
    folder.mkdir()
    with pytest.raises(InputError, match="nothing was restored"):
        bring_back(pack, folder)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("letters", ["x" * 248, "ü" * 124, "𝄞" * 62])
def test_the_longest_name_that_a_disk_takes_comes_back(letters, tmp_path):
    """While it is written a file has another name, which must not be longer."""
    folder, target = tmp_path / "sessions", tmp_path / "ana.zip"
    folder.mkdir()
    shutil.copy(RECORDING, folder / f"{letters}.arrows")
    write_backup(target, "Ana", holdings(folder)[0])
    bring_back(target, tmp_path / "back")
    assert (tmp_path / "back" / f"{letters}.arrows").read_bytes() == RECORDING.read_bytes()


def test_restored_files_are_told_one_by_one(whole, sessions, tmp_path):
    with Backup(whole) as backup:
        done = [(one.stored.name, one.outcome) for one in restore(backup, tmp_path / "new")]
        assert done == [("monday.edits.jsonl", Outcome.RESTORED), ("monday.arrows", Outcome.RESTORED)]
        assert {one.outcome for one in restore(backup, sessions)} == {Outcome.THERE}
