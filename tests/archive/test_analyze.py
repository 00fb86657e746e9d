"""From a file to a session; what the session says about reps is tested where reps are made."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

import tracker
from tracker.archive.analyze import Derived, session_of
from tracker.archive.edits import add_edit
from tracker.archive.header import Header
from tracker.archive.importers import open_any
from tracker.archive.recording import Writer, read
from tracker.coaching.edits import SessionSaid
from tracker.errors import InputError
from tracker.sensing.marks import Declared, Mark
from tracker.sensing.samples import Packet

COLUMNS = "t_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2,gyr_x_rad_s,gyr_y_rad_s,gyr_z_rad_s"
STARTED = "2026-01-31T18:05:00+01:00"


def at_rest(path: Path, said: str = "", gravity_m_s2: float = 9.81) -> Path:
    """Ten seconds of a dumbbell on the floor."""
    rows = (f"{t_s:.2f},0,0,{gravity_m_s2},0,0,0" for t_s in np.arange(0, 10, 0.02))
    path.write_text("\n".join([f"{said}{COLUMNS}", *rows]))
    return path


def test_a_file_without_reps_is_a_session_without_sets(tmp_path):
    path = at_rest(tmp_path / "floor.samples.csv", f"# start: {STARTED}\n# side: left\n")
    session = tracker.analyze(str(path))
    assert (session.session_id, session.started) == ("floor", STARTED)
    assert (session.sets, session.gaps, session.warnings) == ((), (), ())
    assert len(tracker.write_tables(session, tmp_path / "out", "floor")) == 5


def test_what_the_file_is_warned_of_reaches_the_session(tmp_path):
    session = tracker.analyze(at_rest(tmp_path / "a.csv", gravity_m_s2=8.5))
    assert len(session.warnings) == 1
    assert "8.50 m/s2" in session.warnings[0]


def test_an_imported_file_and_its_recording_are_the_same_session(tmp_path):
    imported = open_any(at_rest(tmp_path / "a.csv", "# athlete: Ana\n"))
    with Writer(tmp_path / "a.arrows", imported.header) as writer:
        for item in imported.items:
            for row in [item] if isinstance(item, Mark) else item:
                writer.write(row)
    assert session_of(read(tmp_path / "a.arrows")) == session_of(imported)


def test_what_a_cut_recording_lost_is_said_first(tmp_path):
    imported = open_any(at_rest(tmp_path / "a.csv"))
    with Writer(tmp_path / "a.arrows", imported.header) as writer:
        writer.write(imported.items[0])
    (tmp_path / "b.arrows").write_bytes((tmp_path / "a.arrows").read_bytes()[:-3])
    assert tracker.analyze(tmp_path / "a.arrows").warnings == ()
    assert tracker.analyze(tmp_path / "b.arrows").warnings[0].startswith("the recording breaks off")


def test_what_the_way_refuses_names_the_file(tmp_path):
    path = at_rest(tmp_path / "a.csv", "# exercise: knitting\n")
    with pytest.raises(InputError, match=rf"^{path}: no exercise is called 'knitting'"):
        tracker.analyze(path)
    assert tracker.analyze(path, tracker.Overrides(exercise="any_lift")).sets == ()


def test_a_recording_without_its_beginning_is_refused(tmp_path):
    with Writer(tmp_path / "a.arrows", Header("a", 1, "")) as writer:
        writer.write(Packet(0, 0, 0, b"abc"))
    with pytest.raises(InputError, match="the recording's beginning is missing"):
        tracker.analyze(tmp_path / "a.arrows")


REFERENCE = Path(__file__).parents[2] / "recordings" / "both_sides.arrows"


def test_motion_is_made_once_and_brings_the_same_session_along():
    derived = Derived(open_any(REFERENCE))
    motion = derived.motion()
    assert derived.motion() is motion
    assert repr(derived.session()) == repr(tracker.analyze(REFERENCE))
    assert derived.motion([SessionSaid(Declared(exercise="any_lift"))]) is not motion


def test_a_trace_is_the_motion_of_the_corrected_recording(tmp_path):
    path = Path(shutil.copy(REFERENCE, tmp_path))
    rises = tracker.trace(path)
    assert np.isfinite(rises.lift_deg).any()
    assert np.isnan(tracker.trace(path, tracker.Overrides(exercise="any_lift")).lift_deg).all()
    add_edit(path, SessionSaid(Declared(exercise="any_lift")), datetime(2026, 2, 1, tzinfo=UTC))
    assert np.isnan(tracker.trace(path).lift_deg).all()


def test_a_trace_of_what_cannot_be_used_names_the_file(tmp_path):
    path = at_rest(tmp_path / "a.csv", "# exercise: knitting\n")
    with pytest.raises(InputError, match=rf"^{path}: no exercise is called 'knitting'"):
        tracker.trace(path)
