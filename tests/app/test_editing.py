"""A session that is open for corrections, while others say something of it, too."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tracker.app.editing import Correctable
from tracker.app.meanings import only_training, rep_was_none, session_was, set_was
from tracker.archive.edits import add_edit, edits_path, read_edits
from tracker.coaching.edits import Noted, SessionSaid, Tagged
from tracker.errors import InputError
from tracker.sensing.samples import Declared, Side

RECORDING = Path("recordings/rocking.arrows")


def test_an_undo_takes_back_its_own_correction_when_another_was_written_just_before_it(tmp_path):
    file = Path(shutil.copy(RECORDING, tmp_path))
    open_ = Correctable(file, "rocking")

    def meant(_):
        add_edit(file, Tagged(add=("sleepy",)), datetime.now().astimezone())
        return Noted("of my own")

    corrected = open_.correct(meant)
    open_.undo(corrected.entry)
    now = open_.session(open_.said())
    assert (now.note, now.tags) == ("", ("sleepy",))
    assert [type(entry.edit).__name__ for entry in read_edits(file).entries] == ["Tagged", "Noted", "Undo"]


@pytest.mark.parametrize(
    "meaning",
    [
        rep_was_none("1.2"),
        set_was(1, Declared(side=Side.LEFT, load_kg=30.0)),
        session_was(Declared(athlete="Ana")),
    ],
)
def test_what_is_so_already_is_not_said_again(tmp_path, meaning):
    """One undo would not have brought the rep back."""
    file = Path(shutil.copy(RECORDING, tmp_path))
    open_ = Correctable(file, "rocking")
    edit = meaning(open_.session(open_.said()))
    open_.correct(lambda _: edit)
    with pytest.raises(InputError, match="it is so already"):
        open_.correct(lambda _: edit)
    assert len(read_edits(file).entries) == 1


@pytest.mark.parametrize("load_kg", [-5.0, float("nan")])
def test_what_could_not_be_read_again_is_not_written(tmp_path, load_kg):
    """Nobody could have undone it."""
    file = Path(shutil.copy(RECORDING, tmp_path))
    with pytest.raises(InputError, match="this cannot be said"):
        add_edit(file, SessionSaid(Declared(load_kg=load_kg)), datetime.now().astimezone())
    assert not edits_path(file).exists()


def test_training_begins_with_the_recording_at_the_earliest():
    with pytest.raises(InputError, match="cannot last from -5 s"):
        only_training(-5.0, None)
