"""`tracker review` before its pages are open: what it is asked for, and what it refuses."""

import asyncio
import shutil
import socket
from pathlib import Path

import pytest

from tests.app.pages.browser import serving
from tracker.app.cli import main
from tracker.app.exit_codes import BAD_INPUT

RECORDING = Path(__file__).parents[2] / "recordings" / "rocking.arrows"


@pytest.fixture(autouse=True)
def sessions(tmp_path, monkeypatch):
    """The folder of the recorded sessions."""
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path))
    folder = tmp_path / "sessions"
    folder.mkdir()
    shutil.copy(RECORDING, folder / "monday.arrows")
    return folder


def test_a_session_that_is_not_there_is_one_line(capsys):
    assert main(["review", "tuesday", "--no-browser"]) == BAD_INPUT
    assert capsys.readouterr().err.startswith("tracker: no session or file is called tuesday;")


def test_a_port_that_is_taken_is_one_line(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["review", "--no-browser", "--port", port]) == BAD_INPUT
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("tracker: no page can be served at 127.0.0.1")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("monday", "/session/monday"),
        ("sessions/monday.arrows", "/session/monday"),
        ("sessions/monday.2.arrows", "/session/monday"),
        ("elsewhere/any.arrows", "/session/any"),
    ],
)
@pytest.mark.slow
def test_it_begins_with_the_session_that_is_named(asked, shown, tmp_path, sessions):
    (sessions / "monday.2.arrows").write_bytes(b"")  # a crash's leftover
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(RECORDING, tmp_path / "elsewhere" / "any.arrows")
    name = str(tmp_path / asked) if "/" in asked else asked

    async def address():
        async with serving(tmp_path, "review", "review", name) as (_, url):
            return url

    url = asyncio.run(address())
    assert url.partition("?")[0].endswith(shown)
