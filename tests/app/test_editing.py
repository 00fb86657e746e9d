"""A session that is open for corrections, while others say something of it, too."""

import shutil
from datetime import datetime
from pathlib import Path

from tracker.app.editing import Correctable
from tracker.archive.edits import add_edit, read_edits
from tracker.coaching.edits import Noted, Tagged

RECORDING = Path("recordings/rocking.arrows")


def test_the_number_of_a_correction_is_its_own_when_another_was_written_just_before_it(tmp_path):
    file = Path(shutil.copy(RECORDING, tmp_path))
    open_ = Correctable(file, "rocking")

    def meant(_):
        add_edit(file, Tagged(add=("sleepy",)), datetime.now().astimezone())
        return Noted("of my own")

    corrected = open_.correct(meant)
    open_.undo(corrected.number)
    now = open_.session(open_.said())
    assert (now.note, now.tags) == ("", ("sleepy",))
    assert [type(entry.edit).__name__ for entry in read_edits(file).entries] == ["Tagged", "Noted", "Undo"]
