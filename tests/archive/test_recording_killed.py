"""A process that records at 100 Hz is killed without warning: what it wrote a second before is there."""

import random
import signal
import subprocess
import sys
from pathlib import Path

from tracker.archive.recording import read
from tracker.sensing.marks import Mark

MAY_BE_LOST_NS = 1_000_000_000

RECORDING = """
import sys, threading, time
from pathlib import Path
from tracker.archive.header import Header
from tracker.archive.recording import Writer
from tracker.sensing.marks import Battery, Mark
from tracker.sensing.samples import Packet

pause = threading.Event()
with Writer(Path(sys.argv[1]), Header("killed", 1, "2026-01-31T18:05:00+01:00")) as writer:
    started_ns = time.monotonic_ns()
    number = 0
    while True:
        t_ns = time.monotonic_ns() - started_ns
        number += 1
        row = Mark(t_ns, 0, Battery(50)) if number % 70 == 0 else Packet(t_ns, 0, 0, bytes(number % 9))
        writer.write(row)
        print(t_ns, flush=True)
        pause.wait(0.01)
"""


def record(path: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", RECORDING, path], stdout=subprocess.PIPE, text=True)


def test_sigkill_at_a_random_moment_loses_at_most_the_last_second(tmp_path):
    chance = random.Random(2)
    moments_ns = [round(chance.uniform(0.05, 1.5) * 1e9) for _ in range(4)]
    recorders = {record(tmp_path / f"{moment_ns}.arrows"): moment_ns for moment_ns in moments_ns}
    for recorder, moment_ns in sorted(recorders.items(), key=lambda each: each[1]):
        handed_over = [int(recorder.stdout.readline())]
        while handed_over[-1] < moment_ns:
            handed_over.append(int(recorder.stdout.readline()))
        recorder.kill()
        handed_over += map(int, recorder.communicate(timeout=60)[0].splitlines())
        assert recorder.returncode == -signal.SIGKILL
        saved = saved_times_ns(tmp_path / f"{moment_ns}.arrows")
        assert saved[: len(handed_over)] == handed_over[: len(saved)]
        assert all(t_ns > handed_over[-1] - MAY_BE_LOST_NS for t_ns in handed_over[len(saved) :])


def saved_times_ns(path: Path) -> list[int]:
    recording = read(path)
    assert recording.header.session_id == "killed"
    assert recording.lost
    return [
        t_ns
        for item in recording.items
        for t_ns in ([item.t_ns] if isinstance(item, Mark) else item.t_ns.tolist())
    ]
