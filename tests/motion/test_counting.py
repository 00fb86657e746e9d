"""Every rep and nothing else, whatever the sensor, the mounting, the start and the losses."""

import re
from itertools import pairwise

import numpy as np
import pytest

from tracker.coaching.exercises import ANY_LIFT, ONE_LEG_HIP_THRUST
from tracker.motion.counting import Counting
from tracker.motion.cycles import SLOW_DEG_S, SLOW_SHARE
from tracker.motion.events import Channel, Phase, Reason, Rejected, RepSeen, SetEnded, SetStarted, Stage
from tracker.sensing.samples import Samples
from tracker.virtual.chip import ordinary_chip
from tracker.virtual.imu import any_mounting
from tracker.virtual.lifter import perform
from tracker.virtual.script import Leg, PutDown, Rest, RollUp, Script, Tempo, Untouched, WalkIn

NEAR_S = 0.1
"""The bar for the duration of a rep; so far may a border lie from the truth."""
LEAVE_S = 0.3
"""A hold sinks by 3.5 % before the lowering has covered its 5 %, and all of a short rep's 5 %: when
that was, nobody can say sharply."""

LETTERS = {
    Stage.ANNOUNCED: "a",
    Stage.CONFIRMED: "c",
    Stage.REVISED: "r",
    Stage.WITHDRAWN: "w",
    Stage.SETTLED: "s",
}


def counted(*blocks, lift=ONE_LEG_HIP_THRUST):
    """Motion of each block, and all events."""
    counting, motions, events = Counting(lift.motion), [], []
    for motion, more in [*(counting.step(block) for block in blocks), counting.finish()]:
        motions.append(motion)
        events += more
    return motions, events


def events_of(*blocks, lift=ONE_LEG_HIP_THRUST):
    return counted(*blocks, lift=lift)[1]


def settled(events):
    return [event.rep for event in events if isinstance(event, RepSeen) and event.stage is Stage.SETTLED]


def sets_of(events):
    """How many reps each set has that ended."""
    ended = [event.set for event in events if isinstance(event, SetEnded)]
    last = [event.set for event in events if isinstance(event, RepSeen) and event.stage is Stage.SETTLED]
    assert sorted(set(last)) == ended
    return [last.count(number) for number in ended]


def expect_the_truth(events, truth):
    reps = settled(events)
    assert len(reps) == len(truth.reps)
    for name in ("t_start_s", "t_top_s", "t_end_s"):
        got = [getattr(rep, name) for rep in reps]
        assert got == pytest.approx([getattr(true, name) for true in truth.reps], abs=NEAR_S), name
    off_s = [rep.t_leave_top_s - true.t_leave_top_s for rep, true in zip(reps, truth.reps, strict=True)]
    assert np.median(np.abs(off_s)) < 0.06
    assert np.abs(off_s).max() < LEAVE_S
    assert sets_of(events) == [one.reps for one in truth.sets]


@pytest.fixture(scope="session")
def two_sets(lifter):
    """Both legs, from walking in to putting down, with missed lockouts and rocking reps."""

    def script(seed):
        return lifter.session(
            seed,
            lifter.set(lifter.missed(3, 12.0), lifter.rocked(5, 12.0)),
            lifter.set(lifter.rocked(2, -9.0), lifter.missed(6, 16.0), leg=Leg.RIGHT, reps=7),
        )

    return script


@pytest.mark.parametrize("seed", range(4))
def test_every_rep_counts_and_nothing_around_them(lifter, two_sets, seed):
    block, truth = lifter.sensed(
        two_sets(seed), mounting=any_mounting(seed), chip=ordinary_chip(seed), seed=seed
    )
    expect_the_truth(events_of(block), truth)


@pytest.mark.parametrize("rate_hz", [50, 104, 200])
def test_the_sample_rate_does_not_matter(lifter, two_sets, rate_hz):
    block, truth = lifter.sensed(
        two_sets(7), mounting=any_mounting(7), chip=ordinary_chip(7), rate_hz=rate_hz
    )
    expect_the_truth(events_of(block), truth)


def test_how_the_sensor_is_clipped_does_not_matter(lifter, two_sets):
    found = []
    for seed in range(3):
        events = events_of(lifter.sensed(two_sets(8), mounting=any_mounting(seed))[0])
        found.append(
            [(rep.t_start_s, rep.t_top_s, rep.t_end_s, rep.rom_deg / 50.0) for rep in settled(events)]
        )
    assert np.ptp(found, axis=0).max() < 0.06


@pytest.mark.parametrize("from_s", [0.5, 9.0, 14.0, 15.3])
def test_when_the_recording_starts_does_not_matter(lifter, two_sets, from_s):
    block, truth = lifter.sensed(two_sets(9), mounting=any_mounting(9), from_s=from_s)
    reps = settled(events_of(block))
    tops_s = [rep.t_top_s for rep in reps]
    wanted_s = [true.t_top_s for true in truth.reps if true.t_start_s > from_s]
    assert tops_s[-len(wanted_s) :] == pytest.approx(wanted_s, abs=NEAR_S)
    assert len(tops_s) - len(wanted_s) in {0, int(truth.reps[0].t_start_s < from_s)}


@pytest.mark.parametrize(
    "tempo",
    [
        Tempo(lower_s=1.0, bottom_s=0.0, drive_s=0.8, hold_s=0.0),
        Tempo(lower_s=4.0, bottom_s=1.0, drive_s=3.0, hold_s=2.0),
        Tempo(lower_s=2.0, bottom_s=4.0, drive_s=1.0, hold_s=0.3),
    ],
    ids=["touch and go", "slow", "long bottoms"],
)
def test_the_tempo_does_not_matter(lifter, tempo):
    script = lifter.session(10, lifter.set(tempo=tempo), lifter.set(tempo=tempo, reps=4))
    block, truth = lifter.sensed(script, mounting=any_mounting(10), chip=ordinary_chip(10))
    events = events_of(block)
    assert sets_of(events) == [6, 4]
    tops_s = [rep.t_top_s for rep in settled(events)]
    assert tops_s == pytest.approx([true.t_top_s for true in truth.reps], abs=NEAR_S)


@pytest.mark.parametrize(("rom_deg", "travel_m"), [(12.0, 0.35), (25.0, 0.3), (65.0, 0.4)])
def test_the_range_does_not_matter(lifter, rom_deg, travel_m):
    work = lifter.set(rom_deg=rom_deg, travel_m=travel_m)
    acts = (WalkIn(4.0), Untouched(2.0), RollUp(), Rest(4.0), work, Rest(2.0), PutDown(), Untouched())
    block, truth = lifter.sensed(Script(acts, 11, rom_deg + 10.0), mounting=any_mounting(11))
    events = events_of(block)
    assert sets_of(events) == [6]
    tops_s = [rep.t_top_s for rep in settled(events)]
    assert tops_s == pytest.approx([true.t_top_s for true in truth.reps], abs=NEAR_S)


@pytest.mark.parametrize("seed", range(8))
def test_setting_up_and_putting_down_are_no_reps(lifter, seed):
    script = Script((*lifter.session(seed, lifter.set()).acts[:6], PutDown(), Untouched(), WalkIn()), seed)
    events = events_of(lifter.sensed(script, mounting=any_mounting(seed), chip=ordinary_chip(seed))[0])
    assert settled(events) == []
    assert [event for event in events if isinstance(event, SetEnded)] == []


@pytest.mark.parametrize("short_deg", [8.0, 14.0, 18.0])
def test_a_rep_without_lockout_still_counts(lifter, short_deg):
    script = lifter.session(12, lifter.set(lifter.missed(1, short_deg), lifter.missed(4, short_deg)))
    block, truth = lifter.sensed(script, mounting=any_mounting(12))
    expect_the_truth(events_of(block), truth)


@pytest.mark.parametrize("peak_deg", [-14.0, 7.0, 14.0])
def test_a_rep_that_rocks_still_counts(lifter, peak_deg):
    script = lifter.session(13, lifter.set(*(lifter.rocked(rep, peak_deg) for rep in (2, 5))))
    block, truth = lifter.sensed(script, mounting=any_mounting(13))
    events = events_of(block)
    expect_the_truth(events, truth)
    found = [rep.rocking_peak_deg for rep in settled(events)]
    assert [found[1], found[4]] == pytest.approx([peak_deg] * 2, abs=2.5)
    assert np.abs([found[0], *found[2:4], found[5]]).max() < 3.0


def test_a_try_is_rejected_with_its_reason_and_its_measurements(lifter):
    block, truth = lifter.sensed(lifter.session(14, lifter.set(lifter.missed(4, 30.0))))
    events = events_of(block)
    within_set = [
        event.motion
        for event in events
        if isinstance(event, Rejected) and event.motion.rep.t_start_s > truth.reps[0].t_start_s
    ]
    (rejected,) = within_set
    assert rejected.reason is Reason.TOO_SMALL
    assert rejected.rep.rom_deg == pytest.approx(truth.reps[3].rom_deg, abs=2.0)
    assert rejected.rep.t_top_s == pytest.approx(truth.reps[3].t_top_s, abs=NEAR_S)
    tops_s = [true.t_top_s for true in truth.reps if true.rep != 4]
    assert [rep.t_top_s for rep in settled(events)] == pytest.approx(tops_s, abs=NEAR_S)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("tail_s", [2.0, 20.0])
def test_a_set_of_one_rep_counts(lifter, seed, tail_s):
    block, truth = lifter.sensed(
        lifter.session(30 + seed, lifter.set(reps=1), tail_s=tail_s), mounting=any_mounting(seed)
    )
    expect_the_truth(events_of(block), truth)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("times", [(3.0, 2.5, 1.5, 2.0), (2.0, 5.0, 1.0, 1.0)])
def test_a_slow_set_with_a_breath_between_reps_is_one_set(lifter, seed, times):
    """Each rep and the breath after it take as long as the pause that ends a set."""
    work = lifter.set(tempo=Tempo(*times))
    block, truth = lifter.sensed(lifter.session(seed, work), chip=ordinary_chip(seed), seed=seed)
    assert sets_of(events_of(block)) == [len(truth.reps)]


@pytest.mark.parametrize("reps", [1, 2])
@pytest.mark.parametrize("rest_s", [30.0, 65.0, 110.0])
def test_a_short_set_is_found_however_long_the_rest_after_it(by_hand, reps, rest_s):
    angles, heights, t_s = [(0.0, -40.0)], [(0.0, 0.2)], 6.0
    for _ in range(reps):
        for after_s, lift_deg, height_m in ((0.0, -40, 0.2), (1.0, 0, 0.6), (1.8, 0, 0.6), (3.2, -40, 0.2)):
            angles.append((t_s + after_s, lift_deg))
            heights.append((t_s + after_s, height_m))
        t_s += 4.0
    keys = [(t_s + rest_s, -40), (t_s + rest_s + 1.0, -30), (t_s + rest_s + 4.0, -30)]
    times = np.arange(0.0, keys[-1][0], 0.02)
    made = by_hand.rows(
        times,
        by_hand.along(times, *angles, *keys),
        height_m=by_hand.along(times, *heights, (keys[-1][0], 0.2)),
    )
    whole = by_hand.samples(made, 0.02)
    blocks = [by_hand.part(whole, slice(n, n + 50)) for n in range(0, len(times), 50)]
    assert sets_of(events_of(*blocks)) == [reps]


def test_events_never_go_back_in_time(lifter):
    """Smaller movements after a set are a set of their own, found while the first was still open."""
    tries = [lifter.missed(number, 30.0) for number in (7, 8, 9)]
    block, _ = lifter.sensed(lifter.session(36, lifter.set(*tries, reps=9)), mounting=any_mounting(36))
    told_s = [event.t_s for event in events_of(block)]
    assert told_s == sorted(told_s)


def test_height_comes_back_after_a_link_without_it(by_hand, lifter):
    block, truth = lifter.sensed(lifter.session(37, lifter.set(reps=4), lifter.set(reps=4)))
    change_s = truth.sets[0].t_end_s + 6.0
    before = by_hand.part(block, block.t_s < change_s, acc_m_s2=None, gyr_rad_s=None)
    after = by_hand.part(block, block.t_s > change_s + 1.0, link=1, earth_from_sensor=None)
    travels = [rep.travel_m for rep in settled(events_of(before, after))]
    assert np.isnan(travels[:4]).all()
    assert np.isfinite(travels[4:]).all()


def test_a_set_that_begins_with_tries_is_counted_by_its_reps(lifter):
    """Two partial reps agree before the first two full ones do."""
    tries = (lifter.missed(1, 37.0), lifter.missed(2, 37.0))
    block, truth = lifter.sensed(lifter.session(33, lifter.set(*tries, reps=7)), mounting=any_mounting(33))
    events = events_of(block)
    full = [true.t_top_s for true in truth.reps[2:]]
    assert [rep.t_top_s for rep in settled(events)] == pytest.approx(full, abs=NEAR_S)
    assert len(sets_of(events)) == 1
    told_s = [e.t_s for e in events if isinstance(e, RepSeen) and e.stage is Stage.CONFIRMED]
    assert min(told_s) < truth.reps[5].t_top_s  # while the set goes on, not when it is over


def test_fatigue_takes_range_and_no_reps(lifter):
    """Every rep is a little shorter than the one before; the last have half the first ones' range."""
    faults = [lifter.missed(number, 2.0 * (number - 1)) for number in range(2, 13)]
    block, truth = lifter.sensed(lifter.session(34, lifter.set(*faults, reps=12)), mounting=any_mounting(34))
    assert len(settled(events_of(block))) == len(truth.reps)


@pytest.mark.parametrize("stays_up", [True, False])
def test_what_is_lowered_first_is_no_thrust(by_hand, stays_up):
    """A squat, the weight held at the chest: down from standing, up again, and it ends standing."""
    angles, heights, t_s = [(0.0, 0.0)], [(0.0, 1.2)], 3.0
    for _ in range(6):
        for after_s, lift_deg, height_m in ((0.0, 0, 1.2), (1.2, -25, 0.8), (1.6, -25, 0.8), (2.6, 0, 1.2)):
            angles.append((t_s + after_s, lift_deg))
            heights.append((t_s + after_s, height_m))
        t_s += 3.6
    end_s = t_s + 14.0
    last = (0, 1.2) if stays_up else (-25, 0.8)
    angles += [(t_s, 0), (t_s + 1.5, last[0]), (end_s, last[0])]
    heights += [(t_s, 1.2), (t_s + 1.5, last[1]), (end_s, last[1])]
    times = np.arange(0.0, end_s, 0.01)
    made = by_hand.rows(times, by_hand.along(times, *angles), height_m=by_hand.along(times, *heights))
    found = settled(events_of(by_hand.samples(made, 0.01)))
    assert len(found) == (0 if stays_up else 6)  # one that ends at the bottom may be a thrust seen late


def test_what_rises_on_the_way_back_is_no_rep(by_hand):
    """The weight is taken off the hips and put back higher, with the very angles of a rep."""
    angles, heights, t_s = [(0.0, -40.0)], [(0.0, 0.2)], 4.0
    for number in range(6):
        end_m = 0.8 if number == 0 else 0.2
        for after_s, lift_deg, height_m in ((0.0, -40, 0.2), (1.0, 0, 0.5), (1.8, 0, 0.5), (3.4, -40, end_m)):
            angles.append((t_s + after_s, lift_deg))
            heights.append((t_s + after_s, height_m))
        t_s += 4.0
        if number == 0:  # and down again with nothing turning
            heights += [(t_s, 0.8), (t_s + 1.2, 0.2)]
            angles += [(t_s, -40), (t_s + 1.2, -40)]
            t_s += 2.0
    angles.append((t_s + 14.0, -40))
    heights.append((t_s + 14.0, 0.2))
    times = np.arange(0.0, t_s + 14.0, 0.01)
    made = by_hand.rows(times, by_hand.along(times, *angles), height_m=by_hand.along(times, *heights))
    reps = settled(events_of(by_hand.samples(made, 0.01)))
    assert len(reps) == 5
    assert reps[0].t_start_s > 9.0


@pytest.mark.parametrize("seed", [15, 16])
def test_the_events_of_a_rep_come_in_order(lifter, two_sets, seed):
    events = events_of(lifter.sensed(two_sets(seed), mounting=any_mounting(seed))[0])
    times_s = [event.t_s for event in events]
    assert times_s == sorted(times_s)
    candidates = {event.rep.candidate for event in events if isinstance(event, RepSeen)}
    for candidate in candidates:
        seen = [e for e in events if isinstance(e, RepSeen) and e.rep.candidate == candidate]
        word = "".join(LETTERS[event.stage] for event in seen)
        assert re.fullmatch("a?cr*s|a?(cr*)?w", word), word
        assert len({event.set for event in seen}) == 1
        for event in seen:
            known_s = event.rep.t_top_s if event.stage is Stage.ANNOUNCED else event.rep.t_end_s
            assert not known_s > event.t_s  # nothing is told of the future; nan is not known yet


def test_a_set_begins_before_its_first_rep_counts_and_ends_after_the_last_settled(lifter, two_sets):
    events = events_of(lifter.sensed(two_sets(15), mounting=any_mounting(15))[0])
    for number in (1, 2):
        of_set = [e for e in events if not isinstance(e, Rejected) and e.set == number]
        confirmed = [e for e in of_set if isinstance(e, RepSeen) and e.stage is Stage.CONFIRMED]
        (started,) = [e for e in of_set if isinstance(e, SetStarted)]
        assert of_set.index(started) < of_set.index(confirmed[0])
        assert isinstance(of_set[-1], SetEnded)
        reps = [e.rep for e in of_set if isinstance(e, RepSeen) and e.stage is Stage.SETTLED]
        assert (of_set[-1].t_start_s, of_set[-1].t_end_s) == (reps[0].t_start_s, reps[-1].t_end_s)


def test_reps_are_told_while_they_happen(lifter, two_sets):
    block, truth = lifter.sensed(two_sets(16), mounting=any_mounting(16))
    events = events_of(block)
    for of_set in truth.sets:
        for true in truth.reps:
            if true.set != of_set.set or true.rep < 3:
                continue
            stages = {
                event.stage: event.t_s
                for event in reversed(events)
                if isinstance(event, RepSeen) and abs(event.rep.t_top_s - true.t_top_s) < 0.3
            }
            assert stages[Stage.CONFIRMED] - true.t_end_s < 0.6
            if true.locked_out:
                assert stages[Stage.ANNOUNCED] - true.t_top_s < 0.3


def stops_rising_s(movement, true):
    """When a drive has come down to the speed that counts as still (motion/cycles.py), s."""
    t_s = np.arange(true.t_start_s, true.t_leave_top_s, 0.002)
    speed = np.gradient(movement.intended(t_s).lift_deg, t_s)
    fastest = speed.argmax()
    slow = speed[fastest:] <= max(SLOW_DEG_S, SLOW_SHARE * speed[fastest])
    return t_s[fastest + slow.argmax()]


@pytest.mark.parametrize("drive_s", [0.6, 1.1, 2.0])
def test_a_top_is_announced_within_150_ms_of_the_movements_having_stopped(lifter, by_hand, drive_s):
    script = lifter.session(5, lifter.set(reps=8, tempo=Tempo(2.0, 0.5, drive_s, 0.8)))
    block, truth = lifter.sensed(script)
    packets = [by_hand.part(block, slice(at, at + 2)) for at in range(0, len(block), 2)]  # one each 20 ms
    counting, announced_s = Counting(ONE_LEG_HIP_THRUST.motion), []
    for packet in packets:
        _, events = counting.step(packet)
        announced = any(isinstance(e, RepSeen) and e.stage is Stage.ANNOUNCED for e in events)
        announced_s += [packet.t_s[-1]] if announced else []
    movement = perform(script).movement
    for true in truth.reps[2:]:  # the first two of a set are told together, when they have come down
        delays_s = announced_s - stops_rising_s(movement, true)
        assert min(abs(delays_s)) <= 0.15


def test_the_dwell_at_the_bottom_is_filled_in_but_for_the_last(lifter, two_sets):
    block, truth = lifter.sensed(two_sets(15), mounting=any_mounting(15))
    reps = settled(events_of(block))
    for (rep, true), (_, following) in pairwise(zip(reps, truth.reps, strict=True)):
        if true.set == following.set:
            assert rep.bottom_s == pytest.approx(following.t_start_s - true.t_end_s, abs=NEAR_S)
        else:
            assert np.isnan(rep.bottom_s)
    assert np.isnan(reps[-1].bottom_s)


def test_every_sample_is_shown_once_and_phases_follow_the_truth(lifter, two_sets):
    block, truth = lifter.sensed(two_sets(15), mounting=any_mounting(15))
    motions, _ = counted(block)
    t_s, phase = (np.concatenate([getattr(motion, name) for motion in motions]) for name in ("t_s", "phase"))
    assert np.array_equal(t_s, block.t_s)
    for true in truth.reps:
        if true.rep < 4:
            continue
        drive = phase[(t_s > true.t_start_s) & (t_s < true.t_top_s)]
        lowering = phase[(t_s > true.t_leave_top_s) & (t_s < true.t_end_s)]
        assert (drive == Phase.DRIVE).mean() > 0.8
        assert (lowering == Phase.LOWERING).mean() > 0.8
    assert phase[t_s < truth.sets[0].t_start_s].max() == Phase.UNKNOWN


@pytest.mark.parametrize("after_start_s", [-0.3, 0.2, 0.6, 1.8])
@pytest.mark.parametrize("gap_s", [0.3, 0.7, 2.5])
def test_a_gap_invents_no_rep_and_the_set_goes_on(by_hand, lifter, gap_s, after_start_s):
    block, truth = lifter.sensed(lifter.session(19, lifter.set(reps=8)), mounting=any_mounting(19))
    start_s = truth.reps[4].t_start_s + after_start_s
    lost = (block.t_s > start_s) & (block.t_s < start_s + gap_s)
    events = events_of(by_hand.part(block, ~lost))
    assert len(sets_of(events)) == 1
    reps = settled(events)
    wanted_s = {round(true.t_top_s, 3): 0 for true in truth.reps}
    for rep in reps:
        nearest = min(wanted_s, key=lambda top_s: abs(top_s - rep.t_top_s))
        assert abs(nearest - rep.t_top_s) < 0.3
        wanted_s[nearest] += 1
        assert rep.gap_s < 0.51
    assert set(wanted_s.values()) <= {0, 1}
    touched = [t for t in truth.reps if t.t_start_s < start_s + gap_s + 0.4 and t.t_end_s > start_s - 0.4]
    assert len(truth.reps) - len(reps) <= (0 if gap_s < 0.5 else len(touched))
    if gap_s < 0.5 and 0.0 <= after_start_s <= 1.5:
        assert max(rep.gap_s for rep in reps) == pytest.approx(gap_s, abs=0.02)


def test_a_dwell_with_a_hole_in_it_is_not_measured(by_hand, lifter):
    tempo = Tempo(lower_s=1.8, bottom_s=3.0, drive_s=1.1, hold_s=0.5)
    block, truth = lifter.sensed(lifter.session(35, lifter.set(tempo=tempo)), mounting=any_mounting(35))
    hole_s = truth.reps[2].t_end_s + 1.0
    events = events_of(by_hand.part(block, (block.t_s < hole_s) | (block.t_s > hole_s + 1.0)))
    reps = settled(events)
    assert len(reps) == len(truth.reps)
    assert np.isnan(reps[2].bottom_s)
    assert reps[1].bottom_s == pytest.approx(truth.reps[2].t_start_s - truth.reps[1].t_end_s, abs=NEAR_S)


def test_a_link_that_comes_back_between_reps_costs_none(by_hand, lifter):
    block, truth = lifter.sensed(lifter.session(20, lifter.set(reps=4), lifter.set(reps=4)))
    pause = truth.sets[0].t_end_s + 3.0
    lost = (block.t_s > pause) & (block.t_s < pause + 5.0)
    expect_the_truth(events_of(by_hand.part(block, ~lost)), truth)


@pytest.mark.parametrize(("first_hz", "then_hz"), [(100, 50), (50, 200)])
def test_a_link_may_come_back_at_another_rate(by_hand, lifter, first_hz, then_hz):
    script = lifter.session(21, lifter.set(reps=5), lifter.set(reps=5))
    before, truth = lifter.sensed(script, mounting=any_mounting(21), rate_hz=first_hz)
    after, _ = lifter.sensed(script, mounting=any_mounting(21), rate_hz=then_hz)
    change_s = truth.sets[0].t_end_s + 7.0
    events = events_of(
        by_hand.part(before, before.t_s < change_s), by_hand.part(after, after.t_s > change_s + 0.2, link=1)
    )
    expect_the_truth(events, truth)


def test_quaternions_alone_are_enough(by_hand, lifter, two_sets):
    block, truth = lifter.sensed(two_sets(15), mounting=any_mounting(15))
    events = events_of(by_hand.part(block, slice(None), acc_m_s2=None, gyr_rad_s=None))
    expect_the_truth(events, truth)
    assert np.isnan([rep.travel_m for rep in settled(events)]).all()


def test_quaternions_with_a_gyroscope_and_no_acceleration_carry_the_lift_and_claim_no_height(
    by_hand, lifter, two_sets
):
    chip = ordinary_chip(16)
    block, truth = lifter.sensed(two_sets(16), mounting=any_mounting(16), chip=chip, rate_hz=60)
    motions, events = counted(by_hand.part(block, slice(None), acc_m_s2=None))
    expect_the_truth(events, truth)
    assert {rep.carried_by for rep in settled(events)} == {Channel.LIFT}
    for name in ("travel_m", "mean_velocity_m_s"):
        assert np.isnan([getattr(rep, name) for rep in settled(events)]).all(), name
    assert np.isnan(np.concatenate([motion.height_m for motion in motions])).all()


def test_any_lift_counts_a_lift_that_does_not_rise(by_hand):
    t_s = np.arange(0.0, 45.0, 0.01)
    made = by_hand.rows(t_s, by_hand.along(t_s, *by_hand.reps(8, low=0.0, top=70.0)))
    block = by_hand.samples(made, 0.01)
    assert sets_of(events_of(block, lift=ANY_LIFT)) == [8]
    assert settled(events_of(block)) == []  # what does not rise is no hip thrust


def still(n, period_s=0.01):
    acc_m_s2 = np.tile([0.0, 0.0, 9.81], (n, 1))
    return Samples(
        np.arange(n) * period_s, acc_m_s2, np.zeros((n, 3)), None, np.zeros(n, np.uint8), period_s, 0
    )


@pytest.mark.parametrize("n", [0, 1, 2, 5, 12, 9000])
def test_a_stream_without_movement_has_nothing_to_tell(n):
    motions, events = counted(*([still(n)] if n else []))
    assert sum(len(motion) for motion in motions) == n
    assert events == []


@pytest.mark.parametrize("n", [0, 1, 2, 3000])
def test_finishing_twice_tells_nothing_more(n):
    counting = Counting(ONE_LEG_HIP_THRUST.motion)
    if n:
        counting.step(still(n))
    counting.finish()
    motion, events = counting.finish()
    assert (len(motion), events) == (0, [])


def test_finishing_in_the_middle_of_a_set_settles_it(by_hand, lifter):
    block, truth = lifter.sensed(lifter.session(23, lifter.set(reps=6)), mounting=any_mounting(23))
    events = events_of(by_hand.part(block, block.t_s < truth.reps[4].t_start_s + 0.5))
    assert sets_of(events) == [4]
    tops_s = [true.t_top_s for true in truth.reps[:4]]
    assert [rep.t_top_s for rep in settled(events)] == pytest.approx(tops_s, abs=NEAR_S)


@pytest.mark.parametrize("stays_up_s", [0.1, 0.5])
def test_a_stream_that_begins_and_ends_with_the_weight_up_keeps_its_reps(by_hand, lifter, stays_up_s):
    """Switched on late, stopped in the middle: that looks like a squat, whose weight stays up at the end."""
    block, truth = lifter.sensed(lifter.session(19, lifter.set(reps=8)), mounting=any_mounting(19))
    begin_s, end_s = truth.reps[0].t_top_s + 0.1, truth.reps[6].t_top_s + stays_up_s
    reps = settled(events_of(by_hand.part(block, (block.t_s > begin_s) & (block.t_s < end_s))))
    assert [round(rep.t_top_s) for rep in reps] == [round(true.t_top_s) for true in truth.reps[1:6]]


@pytest.mark.parametrize("into", ["drive", "top", "lowering"])
@pytest.mark.parametrize("hole_s", [1.5, 6.0])
def test_a_rep_that_a_hole_cuts_off_is_said_to_lack_samples(by_hand, lifter, into, hole_s):
    block, truth = lifter.sensed(lifter.session(19, lifter.set(reps=8)), mounting=any_mounting(19))
    cut = truth.reps[4]
    start_s = {
        "drive": cut.t_top_s - 0.1,
        "top": cut.t_top_s + 0.1,
        "lowering": cut.t_leave_top_s + 0.2,
    }[into]
    lost = (block.t_s > start_s) & (block.t_s < start_s + hole_s)
    events = events_of(by_hand.part(block, ~lost))
    assert [rep for rep in settled(events) if abs(rep.t_top_s - cut.t_top_s) < 0.3] == []
    reasons = [
        event.motion.reason
        for event in events
        if isinstance(event, Rejected) and abs(event.motion.rep.t_top_s - cut.t_top_s) < 0.3
    ]
    assert reasons == [Reason.GAP] or (into == "drive" and not reasons)  # a top that was not seen has no time
