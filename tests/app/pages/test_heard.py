"""What is heard of a session: events made by hand, at random, and those of the reference recordings."""

from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.app.pages.heard import (
    LAST_ONE_RANK,
    NUMBER_RANK,
    SUMMARY_RANK,
    Heard,
    Hearing,
    Kind,
    Moment,
    SoundName,
    Spoken,
)
from tracker.app.replay import one_by_one
from tracker.archive.importers import open_any
from tracker.coaching.cues import RANK
from tracker.coaching.results import Cue, Rocking, Verdict
from tracker.motion.events import Stage
from tracker.path import Path as Way
from tracker.sensing.marks import STOPPED, Connected, Declared, Disconnected, Mark
from tracker.sensing.samples import Packet

RECORDINGS = sorted((Path(__file__).parents[3] / "recordings").glob("*.arrows"))
PACKET = Packet(0, 0, 0, b"")
MOMENTS = (Moment.TOP, Moment.BOTTOM)
REP, LOCKOUT, NO_LOCKOUT, ALERT, TAKEN_BACK, TARGET, SET_END, LINK_LOST, LINK_BACK = SoundName


class Listener:
    """A hearing, and all that it gave."""

    def __init__(self, path_step):
        self._hearing, self._path_step = Hearing(), path_step
        self.heard, self.spoken = [], []

    def take(self, *events, item=PACKET):
        return self.step(item, self._path_step(*events))

    def mark(self, body):
        return self.take(item=Mark(0, 0, body))

    def step(self, item, step):
        new = self._hearing.step(item, step)
        self.heard += new.heard
        self.spoken += new.spoken
        return list(new.heard)

    def sounds(self, moment):
        return [one.sound for one in self.heard if one.moment in (moment, Moment.ANY)]

    def net(self, moment):
        """Ticks less what was taken back."""
        counts = Counter(self.sounds(moment))
        return counts[REP] - counts[TAKEN_BACK]

    def words(self, kind):
        return [one.text for one in self.spoken if one.kind is kind]

    def cues(self):
        return [(one.text, one.moment) for one in self.spoken if one.kind is Kind.CUE]


@pytest.fixture
def listener(path_step):
    return Listener(path_step)


def with_judgement(event, **judgement):
    return replace(event, rep=replace(event.rep, judgement=replace(event.rep.judgement, **judgement)))


def undecided(event):
    return with_judgement(event, lockout=Verdict.UNKNOWN, clean=Verdict.UNKNOWN, rocking=Rocking.UNKNOWN)


def test_a_rep_ticks_once_at_each_moment_whatever_is_revised(listener, rep_event):
    announced = listener.take(undecided(rep_event(1, Stage.ANNOUNCED)))
    assert announced == [Heard(REP, Moment.TOP)]
    assert listener.take(undecided(rep_event(1, Stage.REVISED))) == []
    assert listener.take(undecided(rep_event(1))) == [Heard(REP, Moment.BOTTOM)]
    assert listener.take(rep_event(1, Stage.REVISED), rep_event(1, Stage.SETTLED)) == [Heard(LOCKOUT)]


def test_reps_confirmed_late_and_together_tick_each(listener, rep_event):
    first, second = rep_event(1), rep_event(2, clean=False)
    heard = listener.take(undecided(first), rep_event(1, Stage.REVISED), undecided(second), second)
    assert heard == [Heard(REP), Heard(LOCKOUT), Heard(REP), Heard(NO_LOCKOUT)]


def test_the_lockout_goes_with_the_count_as_it_is_known_then(listener, rep_event):
    heard = listener.take(rep_event(1, Stage.ANNOUNCED, clean=False))
    assert heard == [Heard(REP, Moment.TOP), Heard(NO_LOCKOUT, Moment.TOP)]
    heard = listener.take(rep_event(1, clean=True))
    assert heard == [Heard(REP, Moment.BOTTOM), Heard(LOCKOUT, Moment.BOTTOM)]


def test_a_lockout_unknown_at_the_top_is_told_to_all_when_it_is_known(listener, rep_event):
    listener.take(undecided(rep_event(1, Stage.ANNOUNCED)))
    assert listener.take(rep_event(1)) == [Heard(REP, Moment.BOTTOM), Heard(LOCKOUT)]


def test_what_becomes_known_of_an_earlier_rep_is_silent(listener, rep_event):
    listener.take(undecided(rep_event(1)), undecided(rep_event(2, Stage.ANNOUNCED)))
    assert listener.take(rep_event(1, Stage.REVISED, clean=False)) == []
    assert listener.words(Kind.CUE) == []


def test_only_who_heard_a_rep_hears_that_it_is_taken_back(listener, rep_event):
    listener.take(rep_event(1), undecided(rep_event(2, Stage.ANNOUNCED)))
    assert listener.take(rep_event(2, Stage.WITHDRAWN)) == [Heard(TAKEN_BACK, Moment.TOP)]
    assert listener.take(rep_event(1, Stage.WITHDRAWN)) == [Heard(TAKEN_BACK, Moment.ANY)]
    assert listener.take(rep_event(3, Stage.WITHDRAWN)) == []


def test_a_rep_that_comes_again_after_it_was_withdrawn_ticks_again(listener, rep_event):
    listener.take(rep_event(1), rep_event(1, Stage.WITHDRAWN), rep_event(1))
    assert listener.net(Moment.TOP) == listener.net(Moment.BOTTOM) == 1


def test_rocking_alerts_once(listener, rep_event):
    noticed = with_judgement(rep_event(1), rocking=Rocking.NOTICE)
    rocked = with_judgement(rep_event(1, Stage.REVISED), rocking=Rocking.ALERT)
    severe = with_judgement(rep_event(1, Stage.REVISED), rocking=Rocking.SEVERE)
    assert listener.take(noticed) == [Heard(REP), Heard(LOCKOUT)]
    assert listener.take(rocked, severe) == [Heard(ALERT)]


def test_the_target_is_reached_at_the_moment_that_is_counted(listener, rep_event):
    listener.mark(Declared(target_reps=3))
    assert listener.take(rep_event(1), rep_event(2)).count(Heard(TARGET)) == 0
    assert Heard(TARGET, Moment.TOP) in listener.take(rep_event(3, Stage.ANNOUNCED))
    bottom = [Heard(one, Moment.BOTTOM) for one in (REP, LOCKOUT, TARGET)]
    assert listener.take(rep_event(3)) == bottom
    assert TARGET not in [one.sound for one in listener.take(rep_event(4))]
    assert listener.words(Kind.LAST_ONE) == ["Last one"]


def test_a_target_declared_for_the_next_set_does_not_touch_the_open_one(listener, rep_event, set_event):
    listener.mark(Declared(target_reps=3))
    listener.take(set_event(1), rep_event(1))
    listener.mark(Declared(target_reps=2))
    listener.take(rep_event(2))
    assert TARGET not in listener.sounds(Moment.ANY)
    listener.take(set_event(1, ended=True, reps=2), rep_event(1, set=2), rep_event(2, set=2))
    assert listener.sounds(Moment.ANY).count(TARGET) == 1


def test_a_target_that_is_taken_back_is_reached_again(listener, rep_event):
    listener.mark(Declared(target_reps=2))
    ghost = [undecided(rep_event(2, Stage.ANNOUNCED)), rep_event(2, Stage.WITHDRAWN)]
    listener.take(rep_event(1), *ghost, rep_event(2, candidate=999))
    assert listener.sounds(Moment.TOP).count(TARGET) == 2
    assert listener.sounds(Moment.BOTTOM).count(TARGET) == 1


def test_a_mark_without_a_target_leaves_it(listener, rep_event):
    listener.mark(Declared(target_reps=1))
    listener.mark(Declared(load_kg=20.0))
    listener.take(rep_event(1))
    assert TARGET in listener.sounds(Moment.ANY)


@pytest.mark.parametrize(
    ("reps", "short", "words"), [(8, (3,), "8 reps, 7 clean"), (1, (), "1 rep, 1 clean")]
)
def test_the_end_of_a_set_is_heard_and_said(listener, set_event, reps, short, words):
    assert listener.take(set_event(1, ended=True, reps=reps, short=short)) == [Heard(SET_END)]
    assert listener.words(Kind.SUMMARY) == [words]


def test_of_a_lift_that_is_only_counted_the_reps_are_said(listener, set_event):
    ended = set_event(1, ended=True, reps=2)
    unjudged = tuple(
        replace(rep, judgement=replace(rep.judgement, rocking=Rocking.UNKNOWN, clean=Verdict.UNKNOWN))
        for rep in ended.set.reps
    )
    listener.take(replace(ended, set=replace(ended.set, reps=unjudged)))
    assert listener.words(Kind.SUMMARY) == ["2 reps"]


def test_a_set_of_no_rep_ends_in_silence(listener, set_event):
    assert listener.take(set_event(1), set_event(1, ended=True)) == []
    assert listener.spoken == []


def test_cues_have_their_rank_and_are_told_once(listener, rep_event):
    listener.take(rep_event(1, clean=False), rep_event(1, Stage.REVISED, clean=False))
    told = [one for one in listener.spoken if one.kind is Kind.CUE]
    up = Cue.ALL_THE_WAY_UP
    assert told == [Spoken(up.value, RANK[up], Kind.CUE, Moment.ANY, rep_event(1).rep.rep.candidate)]


def test_at_the_top_only_what_can_be_mended_there_is_said(listener, rep_event):
    top, down = rep_event(1, Stage.ANNOUNCED), rep_event(1)
    cues = (Cue.ALL_THE_WAY_UP, Cue.STRAIGHT_UP)
    listener.take(replace(top, rep=replace(top.rep, cues=cues)))
    assert listener.cues() == [(Cue.ALL_THE_WAY_UP, Moment.TOP)]
    listener.take(replace(down, rep=replace(down.rep, cues=cues)))
    assert listener.cues()[1:] == [(Cue.ALL_THE_WAY_UP, Moment.BOTTOM), (Cue.STRAIGHT_UP, Moment.ANY)]


def test_the_words_in_order_of_importance():
    assert SUMMARY_RANK < RANK[Cue.STEADY] < RANK[Cue.RIBS_DOWN] < LAST_ONE_RANK
    assert LAST_ONE_RANK < RANK[Cue.ALL_THE_WAY_UP] < max(RANK.values()) < NUMBER_RANK


def test_a_link_lost_in_a_set_is_heard_once_and_its_return_too(listener, rep_event):
    listener.take(rep_event(1))
    assert listener.mark(Disconnected("out of range")) == [Heard(LINK_LOST)]
    assert listener.mark(Disconnected("out of range")) == []
    assert listener.mark(Connected("open-lift")) == [Heard(LINK_BACK)]


def test_a_link_that_nobody_misses_goes_in_silence(listener, rep_event, set_event):
    assert listener.mark(Disconnected("out of range")) == []
    assert listener.mark(Connected("open-lift")) == []
    listener.take(rep_event(1))
    assert listener.mark(Disconnected(STOPPED)) == []
    listener.take(set_event(1, ended=True, reps=1))
    assert listener.mark(Disconnected("out of range")) == []


@given(told=st.lists(st.tuples(st.integers(1, 4), st.sampled_from(Stage)), max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # they only make events
def test_ticks_less_those_taken_back_are_the_reps_that_stand(told, rep_event, path_step):
    listener = Listener(path_step)
    stands = {Moment.TOP: set(), Moment.BOTTOM: set()}
    for number, stage in told:
        listener.take(rep_event(number, stage))
        if stage is Stage.WITHDRAWN:
            stands[Moment.TOP].discard(number)
            stands[Moment.BOTTOM].discard(number)
        else:
            stands[Moment.TOP].add(number)
            if stage in (Stage.CONFIRMED, Stage.SETTLED):
                stands[Moment.BOTTOM].add(number)
    assert {moment: listener.net(moment) for moment in MOMENTS} == {
        moment: len(reps) for moment, reps in stands.items()
    }


@cache
def played(file, whole=False):
    """Everything heard of a recording, live packet by packet or all at once, and its session."""
    way, listener = Way(), Listener(None)
    items = open_any(file).items
    for item in items if whole else one_by_one(items):
        listener.step(item, way.receive(item))
    listener.step(None, way.finish())
    return listener, way.session()


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
class TestReferenceSession:
    def test_there_are_as_many_ticks_as_reps(self, file):
        listener, session = played(file)
        reps = sum(len(one.reps) for one in session.sets)
        assert [listener.net(moment) for moment in MOMENTS] == [reps, reps]

    def test_who_counts_at_the_bottom_hears_no_rep_taken_back(self, file):
        listener, _ = played(file)
        assert TAKEN_BACK not in listener.sounds(Moment.BOTTOM)

    def test_every_lockout_is_heard_as_it_was_judged_at_last(self, file):
        listener, session = played(file)
        verdicts = [rep.judgement.lockout for one in session.sets for rep in one.reps]
        known = [LOCKOUT if verdict is Verdict.YES else NO_LOCKOUT for verdict in verdicts]
        assert [one for one in listener.sounds(Moment.BOTTOM) if one in (LOCKOUT, NO_LOCKOUT)] == known

    def test_every_set_ends_and_its_target_is_reached(self, file):
        listener, session = played(file)
        assert listener.sounds(Moment.BOTTOM).count(SET_END) == len(session.sets)
        assert len(listener.words(Kind.SUMMARY)) == len(session.sets)
        missed = file.stem == "disconnect"  # a rep of its first set fell into the gap
        assert listener.sounds(Moment.BOTTOM).count(TARGET) == len(session.sets) - missed

    def test_only_a_link_that_was_lost_is_missed(self, file):
        listener, _ = played(file)
        links = [one for one in listener.sounds(Moment.ANY) if one in (LINK_LOST, LINK_BACK)]
        assert links == ([LINK_LOST, LINK_BACK] if file.stem == "disconnect" else [])

    def test_blocks_do_not_matter(self, file):
        live, whole = played(file)[0], played(file, whole=True)[0]
        assert (live.heard, live.spoken) == (whole.heard, whole.spoken)


def test_a_rep_that_was_none_after_the_set_is_taken_back_at_the_top():
    """The weight is put down: a top is announced, and withdrawn."""
    listener, _ = played(next(file for file in RECORDINGS if file.stem == "both_sides"))
    assert listener.sounds(Moment.TOP).count(TAKEN_BACK) == 1
    assert Cue.WEIGHT_MOVED.value not in listener.words(Kind.CUE)
