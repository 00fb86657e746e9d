"""The one way through the house: it does not matter how the stream is cut into blocks, nor what is lost."""

from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from tracker.coaching.results import GapEvent, RepEvent, SetEvent
from tracker.errors import InputError
from tracker.motion.bearings import Show
from tracker.motion.events import Clip, Motion, Stage
from tracker.path import Path
from tracker.sensing.marks import Battery, Calibrated, Connected, Declared, Disconnected, Mark, Side, Stopped
from tracker.sensing.samples import Cause, Packet, Packets
from tracker.sensing.sensors import sample_blocks
from tracker.virtual.chip import ordinary_chip
from tracker.virtual.imu import Imu, any_mounting
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals.open_lift import RATES_HZ
from tracker.virtual.peripherals.open_lift_layout import Flags, PacketType, encode_info, encode_packet
from tracker.virtual.script import Leg, Tempo, WorkSet, sets_only

BRISK = Tempo(lower_s=1.2, bottom_s=0.3, drive_s=0.9, hold_s=0.4)
NOWHERE = -1
RATE_HZ, SAMPLES = 50, 5
PERIOD_S = 1.0 / RATE_HZ
"""The lowest rate there is keeps the tests quick."""
CHANNELS = ("t_s", "lift_deg", "tilt_deg", "twist_deg", "height_m", "turning_deg_s", "phase")
QUATERNIONS = (PacketType.ACC_GYR_QUATERNION, PacketType.QUATERNION)


@cache
def imu_of(reps_of_sets, rest_s, rate_hz=RATE_HZ):
    legs = (Leg.LEFT, Leg.RIGHT)
    works = [WorkSet(legs[n % 2], reps, BRISK) for n, reps in enumerate(reps_of_sets)]
    played = perform(sets_only(*works, seed=5, rest_s=rest_s))
    imu = Imu(played.movement, any_mounting(5), ordinary_chip(5), rate_hz=rate_hz, seed=5)
    return imu, played


def connected(imu, link=0, at_s=0.0):
    info = encode_info(
        config_id=1,
        rate_hz=imu.rate_hz,
        boot_id=7,
        chip=imu.chip,
        rates_hz=RATES_HZ,
        board="virtual board",
        imu="virtual chip",
    )
    return Mark(round(at_s * 1e9), link, Connected("open-lift", name="LIFT-V001", info=info))


@cache
def sent(imu, until_s, kind=PacketType.ACC_GYR, samples=SAMPLES):
    """The board's packets, each as it arrives over link 0."""
    readout = imu.read(0, imu.first_at(until_s) // samples * samples)
    packets = []
    for number in range(len(readout.device_us) // samples):
        part = readout.cut(number * samples, (number + 1) * samples)
        payload = encode_packet(
            kind,
            sequence=number,
            device_us=int(part.device_us[0]),
            period_us=round(imu.period_us),
            config_id=1,
            flags=Flags(0),
            counts=part.counts,
            quaternions=part.earth_from_sensor,
        )
        packets.append(Packet(int(part.true_s[-1] * 1e9) + 10_000_000, 0, 0, payload))
    return packets


@dataclass(frozen=True)
class Known:
    """All that became known, in a form that == compares to the last bit, nan included."""

    motion: dict[str, bytes]
    events: tuple[str, ...]
    session: str


def walked(items, **options):
    """Send items down the path; the path, the joined motion and all events."""
    path = Path(**options)
    steps = [*(path.receive(item) for item in items), path.finish()]
    motion = Motion(*(np.concatenate([getattr(step.motion, name) for step in steps]) for name in CHANNELS))
    return path, motion, [event for step in steps for event in step.events]


def known(items, **options):
    path, motion, events = walked(items, **options)
    return Known(
        {name: getattr(motion, name).tobytes() for name in CHANNELS},
        tuple(repr(event) for event in events),
        repr(path.session()),
    )


def in_blocks(items, is_cut):
    """Join packets of one link that follow one another, save where there is a cut before one."""
    blocks, waiting = [], []
    for number, item in enumerate(items):
        goes_on = isinstance(item, Packet) and waiting and waiting[-1].link == item.link
        if waiting and not (goes_on and not is_cut(number)):
            blocks.append(Packets.of(waiting))
            waiting = []
        if isinstance(item, Packet):
            waiting.append(item)
        else:
            blocks.append(item)
    return [*blocks, Packets.of(waiting)] if waiting else blocks


def all_at_once(items):
    return in_blocks(items, lambda _: False)


def settled(events, number):
    return [
        event
        for event in events
        if isinstance(event, RepEvent) and event.stage is Stage.SETTLED and event.set == number
    ]


@cache
def eventful():
    """Two sets with lost, broken and doubled packets, marks between them, and a link that comes back."""
    imu, played = imu_of((4, 4), 12.0)
    first, second = (of_set.t_start_s for of_set in played.truth.sets)
    off_s = played.truth.sets[0].t_end_s + 1.0
    rng = np.random.default_rng(3)
    items = [connected(imu)]
    for packet in sent(imu, played.duration_s):
        t_s = packet.t_ns / 1e9
        if off_s < t_s < off_s + 1.5 or first + 4.0 < t_s < first + 4.7 or rng.random() < 0.03:
            continue
        link = int(t_s > off_s)
        if link and items[-1].link == 0:
            items += [Mark(packet.t_ns - 9, 0, Disconnected("out of range")), connected(imu, 1, t_s)]
        packet = replace(packet, link=link)
        if rng.random() < 0.01:
            packet = replace(packet, payload=packet.payload[:-1])
        items += [packet] * (1 + int(rng.random() < 0.01))
        if len(items) % 75 == 0:
            side = (Side.LEFT, Side.RIGHT)[int(t_s > second - 4.0)]
            items += [Mark(packet.t_ns, link, Battery(80)), Mark(packet.t_ns, NOWHERE, Declared(side=side))]
    return [*items, Mark(items[-1].t_ns, NOWHERE, Stopped())]


def test_the_eventful_recording_is_eventful():
    path, motion, events = walked(all_at_once(eventful()))
    session = path.session()
    assert [len(one.reps) for one in session.sets] in ([3, 4], [4, 4])  # one has a hole of 0.7 s
    assert {gap.cause for gap in session.gaps} == {Cause.LOST, Cause.UNDECODABLE, Cause.LINK_DOWN}
    assert any(isinstance(event, SetEvent) for event in events)
    assert np.isfinite(motion.lift_deg).mean() > 0.4


def test_one_packet_at_a_time_is_the_same_as_all_at_once():
    assert known(eventful()) == known(all_at_once(eventful()))


def test_turning_is_known_before_anybody_knows_how_the_sensor_is_clipped():
    _, motion, _ = walked(eventful())
    is_clip_known = np.isfinite(motion.lift_deg)
    assert np.isfinite(motion.turning_deg_s).all()
    assert not is_clip_known[motion.t_s < 5.0].any()
    assert motion.turning_deg_s[motion.t_s < 5.0].max() < 15.0  # resting, with a fidget
    about_handle = np.abs(np.gradient(motion.lift_deg[is_clip_known], motion.t_s[is_clip_known]))
    is_fast = (about_handle > 60.0) & (about_handle < 200.0)  # more is a seam where the frame became another
    assert is_fast.sum() > 100
    np.testing.assert_array_less(0.8 * about_handle[is_fast], motion.turning_deg_s[is_clip_known][is_fast])


def test_what_nobody_looks_at_settles_the_same():
    watched, _, _ = walked(eventful())
    alone = Path(show=Show.NOTHING)
    told = [event for item in all_at_once(eventful()) for event in alone.receive(item).events]
    assert repr(alone.session()) == repr(watched.session())
    assert {event.stage for event in told if isinstance(event, RepEvent)} == {Stage.SETTLED}
    assert all(event.ended for event in told if isinstance(event, SetEvent))


def test_what_is_looked_at_afterwards_is_told_as_when_nobody_looks():
    unseen, afterwards = (known(eventful(), show=show) for show in (Show.NOTHING, Show.SETTLED))
    assert (afterwards.events, afterwards.session) == (unseen.events, unseen.session)
    _, motion, _ = walked(eventful())
    assert afterwards.motion["t_s"] == motion.t_s.tobytes()
    assert afterwards.motion["turning_deg_s"] == motion.turning_deg_s.tobytes()


@given(
    seed=st.integers(0, 2**32 - 1),
    share=st.sampled_from([0.003, 0.03, 0.3]),
    show=st.sampled_from([Show.AS_THEY_COME, Show.SETTLED]),
)
@settings(deadline=None, max_examples=15)
def test_cutting_anywhere_changes_nothing(seed, share, show):
    rng = np.random.default_rng(seed)
    is_cut = rng.random(len(eventful())) < share
    cut = in_blocks(eventful(), lambda number: is_cut[number])
    assert known(cut, show=show) == known(all_at_once(eventful()), show=show)


@cache
def calibrated_eventful():
    """The same with a calibration behind each connection."""
    x, y, z = (
        Rotation.from_quat(any_mounting(5).dumbbell_from_sensor, scalar_first=True).inv().as_matrix().T[0]
    )
    calibration = Calibrated((0.05, -0.1, 0.02), (-float(x), -float(y), -float(z)))
    items = []
    for item in eventful():
        items.append(item)
        if isinstance(item, Mark) and isinstance(item.body, Connected):
            items.append(Mark(item.t_ns, item.link, calibration))
    return items


@given(seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=3)
def test_cutting_a_calibrated_recording_anywhere_changes_nothing(seed):
    is_cut = np.random.default_rng(seed).random(len(calibrated_eventful())) < 0.03
    whole = known(all_at_once(calibrated_eventful()))
    assert known(in_blocks(calibrated_eventful(), lambda number: is_cut[number])) == whole
    assert whole != known(all_at_once(eventful()))


def test_a_calibration_holds_for_its_link_only():
    def is_second(item):
        return isinstance(item, Mark) and isinstance(item.body, Calibrated) and item.link == 1

    marked = [item for item in calibrated_eventful() if not is_second(item)]
    one, _, _ = walked(all_at_once(marked))
    both, _, _ = walked(all_at_once(calibrated_eventful()))
    tilts = [
        [judged.rep.tilt_top_deg for judged in path.session().sets[0].reps]
        for path in (one, both, walked(all_at_once(eventful()))[0])
    ]
    assert tilts[0] == tilts[1] != tilts[2]
    assert (one.session().clip, both.session().clip) == (Clip.NOT_CALIBRATED, Clip.AS_CALIBRATED)


@pytest.mark.parametrize("kind", QUATERNIONS)
def test_cutting_changes_nothing_for_any_kind_of_packet(kind):
    imu, played = imu_of((3,), 3.0)
    items = [connected(imu), *sent(imu, played.duration_s, kind)]
    whole = known(all_at_once(items))
    assert known(in_blocks(items, lambda number: number % 7 == 0)) == whole
    assert known(items) == whole


def test_what_is_forgotten_during_long_rests_is_never_missed():
    imu, played = imu_of((3, 3), 70.0)
    items = [connected(imu), *sent(imu, played.duration_s, samples=20)]
    for show in Show:
        assert known(items, show=show) == known(all_at_once(items), show=show)
    path, _, _ = walked(all_at_once(items))
    assert [len(one.reps) for one in path.session().sets] == [3, 3]


def test_samples_of_an_imported_file_may_be_cut_too():
    imu, played = imu_of((4,), 4.0)
    readout = imu.read(0, imu.first_at(played.duration_s))
    acc_m_s2, gyr_rad_s = imu.chip.si(readout.counts)
    info, rows = sample_blocks.encode_rows(readout.true_s, acc_m_s2, gyr_rad_s, None)
    mark = Mark(0, 0, Connected(sample_blocks.MAKE, info=info))
    results = []
    for size in (len(rows), 1000, 37, 3):
        starts = range(0, len(rows), size)
        results.append(known([mark, *(Packet(0, 0, 0, rows[n : n + size].tobytes()) for n in starts)]))
    assert all(result == results[0] for result in results)


def test_every_sample_comes_out_once_in_order():
    imu, played = imu_of((4,), 4.0)
    packets = sent(imu, played.duration_s)
    _, motion, _ = walked([connected(imu), *packets])
    assert len(motion) == SAMPLES * len(packets)
    assert np.diff(motion.t_s) == pytest.approx(PERIOD_S, abs=2e-6)
    assert motion.t_s[0] == 0.0


def test_it_finds_what_the_lifter_did():
    imu, played = imu_of((4, 4), 12.0)
    path, _, events = walked([connected(imu), *sent(imu, played.duration_s, samples=20)])
    session = path.session()
    assert [len(one.reps) for one in session.sets] == [4, 4]
    tops_s = [rep.rep.t_top_s for one in session.sets for rep in one.reps]
    assert tops_s == pytest.approx([true.t_top_s for true in played.truth.reps], abs=0.1)
    times_s = [event.t_s for event in events]
    assert times_s == sorted(times_s)


def test_a_packet_that_does_not_decode_becomes_a_gap():
    imu, played = imu_of((4,), 4.0)
    packets = sent(imu, played.duration_s)
    bad = [replace(packets[100], payload=payload) for payload in (b"", b"\x10", packets[100].payload[:-3])]
    items = [connected(imu), *packets[:100], *bad, *packets[101:]]
    path, motion, events = walked(items)
    (told,) = [event.gap for event in events if isinstance(event, GapEvent)]
    assert (told.cause, told.duration_s) == (Cause.UNDECODABLE, pytest.approx(0.12, abs=1e-5))
    assert path.session().gaps == (told,)
    assert len(motion) == SAMPLES * len(packets)  # the hole is bridged
    assert len(path.session().sets[0].reps) == 4


def test_a_gap_is_told_when_motion_has_come_to_its_end():
    imu, played = imu_of((4,), 4.0)
    path, shown_s, found = Path(), -1.0, False
    packets = sent(imu, played.duration_s)
    for item in [connected(imu), *packets[:100], *packets[103:]]:
        step = path.receive(item)
        shown_s = step.motion.t_s[-1] if len(step.motion) else shown_s
        for event in step.events:
            assert event.t_s <= shown_s
            found |= isinstance(event, GapEvent)
    assert found


def test_packets_before_their_connect_mark_are_refused():
    imu, played = imu_of((4,), 4.0)
    first, *_ = sent(imu, played.duration_s)
    with pytest.raises(InputError, match="the recording's beginning is missing"):
        Path().receive(first)
    path = Path()
    path.receive(connected(imu))
    path.receive(first)
    with pytest.raises(InputError, match="link 1"):
        path.receive(replace(first, link=1))


def test_a_mark_that_cannot_be_understood_is_refused():
    with pytest.raises(InputError, match=r"no sensor of make 'abacus' .* polar$"):
        Path().receive(Mark(0, 0, Connected("abacus")))
    with pytest.raises(InputError, match="no exercise is called"):
        Path().receive(Mark(0, NOWHERE, Declared(exercise="knitting")))


@pytest.mark.parametrize("n_packets", [None, 0, 1, 2])
def test_hardly_anything_is_no_reason_to_fail(n_packets):
    imu, _ = imu_of((4,), 4.0)
    items = [] if n_packets is None else [connected(imu), *sent(imu, 1.0, samples=1)[:n_packets]]
    path, motion, events = walked(items)
    assert len(motion) == (n_packets or 0)
    assert events == []
    assert path.session().sets == ()


def test_stopping_settles_and_finishing_again_tells_nothing_more():
    imu, played = imu_of((4,), 4.0)
    path = Path()
    items = [connected(imu), *sent(imu, played.duration_s), Mark(0, NOWHERE, Stopped())]
    *_, stopped = [path.receive(item) for item in items]
    assert [event.stage for event in stopped.events if isinstance(event, RepEvent)][-4:] == [
        Stage.SETTLED
    ] * 4
    before = path.session()
    for again in (path.finish(), path.receive(items[-1])):
        assert (len(again.motion), again.events) == (0, ())
    assert repr(path.session()) == repr(before)


@pytest.fixture(scope="module")
def exercise_changed():
    """Steps of two sets with another exercise declared between them, and the number of the mark's step."""
    imu, played = imu_of((4, 4), 12.0)
    change_ns = round((played.truth.sets[0].t_end_s + 2.0) * 1e9)
    items = [connected(imu), *sent(imu, played.duration_s)]
    at = next(n for n, item in enumerate(items) if item.t_ns > change_ns)
    items.insert(at, Mark(change_ns, NOWHERE, Declared(exercise="any_lift")))
    path = Path()
    return path, [*(path.receive(item) for item in items), path.finish()], at


def test_another_exercise_settles_what_was_counted_so_far(exercise_changed):
    _, steps, at = exercise_changed
    assert len(settled(steps[at].events, 1)) == 4
    assert not any(
        isinstance(event, SetEvent) and event.ended for step in steps[:at] for event in step.events
    )


def test_the_sets_of_another_exercise_count_too(exercise_changed):
    path, steps, _ = exercise_changed
    assert len(settled([event for step in steps for event in step.events], 2)) == 4
    assert [one.exercise for one in path.session().sets] == ["one_leg_hip_thrust", "any_lift"]
    candidates = [rep.rep.candidate for one in path.session().sets for rep in one.reps]
    assert len(set(candidates)) == len(candidates)


def test_another_exercise_makes_no_gap(exercise_changed):
    path, steps, _ = exercise_changed
    assert path.session().gaps == ()
    t_s = np.concatenate([step.motion.t_s for step in steps])
    assert np.diff(t_s) == pytest.approx(PERIOD_S, abs=2e-6)


def test_the_same_exercise_again_settles_nothing():
    imu, played = imu_of((4,), 4.0)
    items = [connected(imu), *sent(imu, played.duration_s)]
    again = Mark(items[80].t_ns, NOWHERE, Declared(exercise="one_leg_hip_thrust"))
    assert known([*items[:80], again, *items[80:]]).motion == known(items).motion


def test_sides_go_with_the_sets_that_start_after_they_were_declared():
    imu, played = imu_of((4, 4), 12.0)
    second_s = played.truth.sets[1].t_start_s
    marks = [Mark(0, NOWHERE, Declared(side=Side.LEFT, load_kg=20.0))]
    marks.append(Mark(round((second_s - 3.0) * 1e9), NOWHERE, Declared(side=Side.RIGHT)))
    items = sorted([*marks, *sent(imu, played.duration_s)], key=lambda item: item.t_ns)
    path, _, _ = walked(all_at_once([connected(imu), *items]))
    assert [(one.side, one.load_kg) for one in path.session().sets] == [(Side.LEFT, 20.0), (Side.RIGHT, 20.0)]


def test_each_rep_keeps_its_number_from_announcement_to_settlement():
    _, _, events = walked(all_at_once(eventful()))
    reps = sorted((e for e in events if isinstance(e, RepEvent)), key=lambda e: e.rep.rep.candidate)
    for _, seen in groupby(reps, key=lambda e: e.rep.rep.candidate):
        stages = [event.stage for event in seen]
        assert stages[-1] in {Stage.SETTLED, Stage.WITHDRAWN}
        assert Stage.SETTLED not in stages[:-1]


def test_the_session_starts_with_its_first_sample_not_with_the_search_for_the_sensor():
    imu, _ = imu_of((2,), 3.0)
    late = [replace(packet, t_ns=packet.t_ns + 12_000_000_000) for packet in sent(imu, 2.0)]
    path = Path(started="2026-01-31T18:05:00.000+01:00")
    for item in (connected(imu, at_s=12.0), *late):
        path.receive(item)
    first_s = 12.0 + sent(imu, 2.0)[0].t_ns / 1e9
    assert path.session().started == f"2026-01-31T18:05:{first_s:06.3f}+01:00"
