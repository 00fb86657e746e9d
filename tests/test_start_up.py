"""Starting costs little: help is quick because nothing heavy is loaded for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"scipy", "pandas", "plotly", "pyarrow", "nicegui", "bleak", "numpy", "rich", "vqf"}

LIMIT_S = 0.3
"""For the whole process on a machine that does nothing else, so processor time is what is measured."""

TRIES = 5
"""The quickest of them is what the program costs; the others are what else the machine was doing."""


def loaded_by(code):
    """Top-level names of what Python has loaded after running `code`, which must end in exit 0."""
    end = "import sys; print(*sys.modules, file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", f"{code}\n{end}"], capture_output=True, text=True, check=True)
    return {module.split(".")[0] for module in run.stderr.split()}


@pytest.mark.parametrize(
    "code",
    [
        "import tracker",
        "import tracker.__main__",
        "import tracker.app.cli",
        "from tracker.app.cli import main; assert main(['--help']) == 0",
        "from tracker.app.cli import main; assert main(['analyze', '--help']) == 0",
    ],
)
def test_nothing_heavy_is_loaded(code):
    assert HEAVY & loaded_by(code) == set()


def test_the_list_of_heavy_modules_is_really_seen():
    assert HEAVY & loaded_by("import numpy") == {"numpy"}


def processor_s():
    """Processor time of all finished child processes, s."""
    times = os.times()
    return times.children_user + times.children_system


def test_help_comes_at_once():
    taken_s = []
    for _ in range(TRIES):
        before_s = processor_s()
        subprocess.run([sys.executable, "-m", "tracker", "--help"], check=True, stdout=subprocess.DEVNULL)
        taken_s.append(processor_s() - before_s)
    assert 0.0 < min(taken_s) < LIMIT_S


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", [["--help"], ["sensors"]])
def test_an_output_without_room_is_one_line(words):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tracker", *words], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
