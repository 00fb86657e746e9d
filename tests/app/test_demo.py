"""The demo as a stranger runs it, in real time with nothing but the command; and with every make, quicker."""

import asyncio
import io
import os
import subprocess
import sys
from functools import partial
from time import monotonic

import pandas as pd
import pytest

from tracker.app.demo import show
from tracker.app.terminal import Terminal
from tracker.errors import InputError
from tracker.sensing.bluetooth.stream import Receiver
from tracker.virtual.jumping_clock import JumpingLoop
from tracker.virtual.peripherals import PERIPHERALS

LONGEST_S = 90.0


@pytest.mark.slow
def test_the_demo_ends_in_time_with_tables_of_both_legs(tmp_path):
    start_s = monotonic()
    run = subprocess.run(
        [sys.executable, "-m", "tracker", "demo", "--out", str(tmp_path / "demo")],
        capture_output=True,
        text=True,
        env=os.environ | {"TRACKER_HOME": str(tmp_path / "home")},
        timeout=2 * LONGEST_S,
    )
    assert run.returncode == 0, run.stderr
    assert monotonic() - start_s < LONGEST_S
    assert run.stderr == ""
    assert not [letter for letter in run.stdout if ord(letter) < 32 and letter != "\n"]
    assert str(tmp_path / "demo") in run.stdout.splitlines()[-1]
    assert not (tmp_path / "home").exists()

    [sides] = (tmp_path / "demo").glob("*.sides.csv")
    table = pd.read_csv(sides).set_index("side")
    assert list(table.reps[["left", "right"]]) == [5, 5]
    assert table.loc["right", "rocking_alerts"] == 1
    assert len(list((tmp_path / "demo").iterdir())) == 6  # the recording and its five tables


@pytest.mark.parametrize("make", PERIPHERALS)
def test_the_demo_counts_with_every_make(make, tmp_path, monkeypatch):
    loop = JumpingLoop()
    monkeypatch.setattr("asyncio.Runner", partial(asyncio.Runner, loop_factory=lambda: loop))
    quick = partial(Receiver, clock_ns=lambda: round(loop.time() * 1e9))
    monkeypatch.setattr("tracker.app.demo.Receiver", quick)
    assert not show(Terminal(io.StringIO(), io.StringIO()), tmp_path, make)
    [sides] = tmp_path.glob("*.sides.csv")
    assert list(pd.read_csv(sides).set_index("side").reps[["left", "right"]]) == [5, 5]


def test_a_folder_that_cannot_be_written_is_told_before_anything_starts(tmp_path):
    (tmp_path / "file").touch()
    out = io.StringIO()
    with pytest.raises(InputError, match=r"cannot be written .*; choose another folder \(--out\)"):
        show(Terminal(out, out), tmp_path / "file" / "demo")
    assert out.getvalue() == ""
