"""Recorded sessions of people, and what of them lies in a folder."""

import shutil
from pathlib import Path

from tracker.app.cli import main
from tracker.archive.header import Header
from tracker.archive.recording import Writer, read
from tracker.sensing.marks import NO_LINK, Declared, Mark

RECORDINGS = Path(__file__).parents[2] / "recordings"
BOTH = RECORDINGS / "both_sides.arrows"


def trained(folder: Path, session: str, *athletes: str) -> Path:
    """Record a session of two sets: all of one athlete, or one set each."""
    file = Path(shutil.copy(BOTH, folder / f"{session}.arrows"))
    if len(athletes) == 1:
        assert main(["edit", "session", session, "--athlete", athletes[0]]) == 0
    for number, athlete in enumerate(athletes, 1):
        if len(athletes) > 1:
            assert main(["edit", "set", session, str(number), "--athlete", athlete]) == 0
    return file


def declared(file: Path, athlete: str, *, sets: bool = True, segment: int = 1) -> Path:
    """Record a session in which the athlete was said before it began; without a set, nothing was lifted."""
    known = read(BOTH)
    with Writer(file, Header("declared", segment, f"2026-02-01T18:{segment}0:00+01:00")) as writer:
        writer.write(Mark(0, NO_LINK, Declared(athlete=athlete)))
        for item in known.items if sets else known.items[:1]:
            for row in [item] if isinstance(item, Mark) else item:
                writer.write(row)
    return file


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file by its name: its bytes, and when it was changed."""
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}
