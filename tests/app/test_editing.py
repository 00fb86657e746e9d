"""A session that is open for corrections, while others say something of it, too."""

import math
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tracker.app.changes import change_words
from tracker.app.declaring import check_name
from tracker.app.editing import Correctable
from tracker.app.meanings import (
    noted,
    only_training,
    rep_was_none,
    session_was,
    set_was,
    set_was_two,
    sets_were_one,
    span_from,
    these_were_one,
    this_was_a_rep,
    this_was_none,
)
from tracker.app.wording import set_summary
from tracker.archive import tables
from tracker.archive.analyze import analyze
from tracker.archive.edits import add_edit, edits_path, read_edits
from tracker.coaching.editing import top_s
from tracker.coaching.edits import Noted, SessionSaid, Tagged
from tracker.coaching.group import Group
from tracker.coaching.leg_words import leg_sentences
from tracker.coaching.results import Verdict
from tracker.errors import InputError
from tracker.sensing.marks import Declared, Side

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


def test_what_a_page_shows_is_meant_by_its_buttons_whatever_its_number_is_when_they_are_heard(tmp_path):
    """A press that is heard while the page is drawn anew took out the rep behind the one that was pressed."""
    open_ = Correctable(Path(shutil.copy(RECORDING, tmp_path)), "rocking")
    first, second = open_.session(open_.said()).sets
    fourth, fifth = first.reps[3].rep, first.reps[4].rep
    pressed = [this_was_none(fourth), these_were_one(span_from(first, second))]
    open_.correct(rep_was_none("1.2"))
    at_s = 0.5 * (second.reps[1].rep.t_top_s + second.reps[2].rep.t_top_s)
    open_.correct(set_was_two(at_s))
    for meaning in pressed:
        open_.correct(meaning)
    [one] = open_.session(open_.said()).sets
    left = [judged.rep.t_top_s for judged in one.reps]
    assert fourth.t_top_s not in left
    assert fifth.t_top_s in left
    assert len(left) == len(first.reps) + len(second.reps) - 2


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


@pytest.mark.parametrize("name", ["rocking", "both_sides"])  # the second has motions that were not counted
def test_a_beginning_after_all_that_was_lifted_is_refused(tmp_path, name):
    """Undo would mend it; but who types 9999 for 99.99 had better hear of it than see an empty session."""
    file = Path(shutil.copy(RECORDING.with_stem(name), tmp_path))
    with pytest.raises(InputError, match="nothing was lifted then"):
        Correctable(file, name).correct(only_training(9999.0, None))
    assert not edits_path(file).exists()


def test_what_is_taken_over_from_one_of_two_sets_that_were_one_is_told(tmp_path):
    open_ = Correctable(Path(shutil.copy(RECORDING, tmp_path)), "rocking")
    open_.correct(set_was(2, Declared(load_kg=24.0, athlete="Ana")))
    merged = open_.correct(sets_were_one(1, 2))
    words = list(change_words(merged.before, merged.after))
    assert "all of set 1 counts as: left, 16 kg, Weighted one-leg hip thrust" in words
    assert "right: sets 1 -> 0, reps 7 -> 0" in words
    parted = open_.undo(2)
    assert not any("counts as" in line for line in change_words(parted.before, parted.after))
    open_.correct(set_was(1, Declared(Side.RIGHT, 24.0, "Ana")))
    alike = open_.correct(sets_were_one(1, 2))
    assert not any("counts as" in line for line in change_words(alike.before, alike.after))


def test_the_load_of_one_set_of_several_is_told(tmp_path):
    """The heaviest load stays what it was, and the volume alone would leave the reader to guess."""
    open_ = Correctable(Path(shutil.copy(RECORDING, tmp_path)), "rocking")
    open_.correct(session_was(Declared(side=Side.LEFT, load_kg=20.0)))
    told = open_.correct(set_was(2, Declared(load_kg=17.5)))
    [line] = change_words(told.before, told.after)
    assert line.startswith("left: load 20 kg -> 20 kg; 17.5 kg, volume")
    told = open_.correct(session_was(Declared(exercise="any_lift")))
    assert "exercise Any lift, counted only" in told.what
    [line] = change_words(told.before, told.after)
    assert "exercise Weighted one-leg hip thrust -> Any lift, counted only" in line
    assert "clean 10 -> not judged" in line


@pytest.mark.parametrize("name", ["Ana\u202e", "\u2066Ana", "Ana\nB", "x" * 81])
def test_a_name_stays_in_its_own_line(name):
    with pytest.raises(InputError, match="is no name"):
        check_name(name)


@pytest.mark.parametrize("name", ["Zoë", "مها", "👩‍👩‍👧", 'O\'Neil, "Z"'])
def test_a_name_has_any_letters(name):
    check_name(name)


def test_reps_of_which_none_could_be_judged_have_no_count_of_clean_ones():
    session = analyze(RECORDING)
    [one, *_] = session.sets
    unknown = [replace(rep, judgement=replace(rep.judgement, clean=Verdict.UNKNOWN)) for rep in one.reps]
    group = Group(session, (replace(one, reps=tuple(unknown)),))
    assert math.isnan(group.clean)
    assert group.rocking_alerts > 0
    [words, *_] = leg_sentences("Left", group)
    assert "none could be judged" in words
    assert " clean of " not in set_summary(group.first)
    some = replace(one, reps=(one.reps[0], *unknown[1:]))
    assert Group(session, (some,)).clean == some.clean


def both_sides(tmp_path):
    return Correctable(Path(shutil.copy(RECORDING.with_stem("both_sides"), tmp_path)), "both_sides")


def test_a_rep_that_nobody_measured_takes_no_share_of_range_from_the_others(tmp_path):
    open_ = both_sides(tmp_path)
    before = tables.reps(open_.session(open_.said())).rom_pct
    open_.correct(this_was_a_rep(open_.session(open_.said()).rejected[0].rep))
    after = tables.reps(open_.session(open_.said())).rom_pct
    assert math.isnan(after[0])
    assert after[1:].tolist() == before.tolist()


def test_what_does_not_apply_any_more_can_be_said_again_where_it_would(tmp_path):
    """The same words of an earlier correction made this one look as if it did not apply."""
    open_ = both_sides(tmp_path)

    def split():
        first, second, *_ = open_.session(open_.said()).sets[0].reps
        return open_.correct(set_was_two(0.5 * (top_s(first.rep) + top_s(second.rep))))

    added = open_.correct(this_was_a_rep(open_.session(open_.said()).rejected[0].rep))
    split()
    open_.undo(added.entry)
    open_.correct(this_was_a_rep(open_.session(open_.said()).rejected[0].rep))
    split()
    assert [len(one.reps) for one in open_.session(open_.said()).sets] == [1, 8, 8]


def test_who_would_widen_what_was_training_is_told_to_undo_what_left_it_out(tmp_path):
    open_ = both_sides(tmp_path)
    open_.correct(only_training(40.0, None))
    with pytest.raises(InputError, match="what was left out before stays left out until that is undone"):
        open_.correct(only_training(5.0, None))


@pytest.mark.parametrize("said", ["caf\udce9", "J\udcfcrgen"])
def test_what_is_no_text_is_not_written_down(said):
    for say in (noted, check_name):
        with pytest.raises(InputError, match="is no text"):
            say(said)


def test_what_is_no_text_in_a_file_is_read_with_question_marks(tmp_path):
    file = Path(shutil.copy(RECORDING, tmp_path))
    add_edit(file, Noted("caf\udce9"), datetime.now().astimezone())
    assert analyze(file).note == "caf?"
