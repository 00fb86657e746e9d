"""The public API: one screen of names, loaded when they are used."""

import subprocess
import sys

import pytest

import tracker

HEAVY = ("numpy", "scipy", "pandas", "pyarrow", "vqf", "bleak", "plotly")
LOADED = f"import sys, tracker; print([name for name in {HEAVY} if name in sys.modules])"
WAIT_S = 60.0


def test_importing_tracker_loads_nothing_heavy():
    told = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout == "[]\n"


@pytest.mark.parametrize("name", tracker.__all__)
def test_every_name_is_there(name):
    assert name in dir(tracker)
    assert getattr(tracker, name).__name__.rpartition(".")[2] == name


def test_other_names_are_not():
    with pytest.raises(AttributeError, match="'tracker' has no attribute 'analyse'"):
        tracker.analyse  # noqa: B018


@pytest.mark.parametrize("name", tracker.__all__)
def test_every_name_says_what_it_is(name):
    told = getattr(tracker, name).__doc__
    assert told
    assert not told.startswith(f"{name}(")  # what dataclasses say of themselves
