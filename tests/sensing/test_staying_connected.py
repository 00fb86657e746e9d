"""All evening: links are lost and come back by themselves, and every rep that could be seen is counted."""

import asyncio
import time
from dataclasses import replace

import numpy as np
import pytest

from tests.reps import missed_and_invented, session_of, zero_s
from tracker.sensing.bluetooth.stream import LinkState, Wanted
from tracker.sensing.marks import Battery, Connected, Disconnected
from tracker.sensing.samples import Cause
from tracker.sensing.sensors import by_make
from tracker.virtual import jumping_clock
from tracker.virtual.air import Drop, LinkModel, Lose, OutOfRange
from tracker.virtual.chip import ordinary_chip
from tracker.virtual.imu import Imu, any_mounting
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals import PERIPHERALS
from tracker.virtual.radio import Radio
from tracker.virtual.script import Leg, WorkSet, sets_only

OTHERS = [make for make in PERIPHERALS if make != "open-lift" and not by_make(make).lag_s]
"""Where samples come late, the lifter's time at t_s = 0 is not known well enough to match reps by it."""

SEED = 11
TEN_MINUTES_S = 600.0
GYM = LinkModel(interval_s=0.03)
"""Bursts as phones and laptops make them."""
SESSION = sets_only(
    *(WorkSet((Leg.LEFT, Leg.RIGHT)[number % 2], reps=8) for number in range(7)), seed=SEED, rest_s=44.0
)


def evening(seed):
    """Ten losses of the link, a stall every other second that jitters the bursts, one packet in 100 lost."""
    rng = np.random.default_rng(seed)
    begins_s = 60.0 * np.arange(10) + rng.uniform(5.0, 50.0, 10)
    losses = [
        (at_s, kind(rng.uniform(0.6, 6.0)))
        for at_s, kind in zip(begins_s, (Drop, OutOfRange) * 5, strict=True)
    ]
    stalls = [(at_s, OutOfRange(rng.uniform(0.02, 0.3))) for at_s in np.arange(1.0, TEN_MINUTES_S, 2.0)]
    return (*losses, *stalls, (0.0, Lose(0.01, for_s=2 * TEN_MINUTES_S)))


@pytest.mark.parametrize(
    ("make", "seed"),
    [
        *(("open-lift", seed) for seed in (1, 4, 10)),
        *(pytest.param(make, 10, marks=pytest.mark.slow) for make in OTHERS),
    ],
)
def test_ten_minutes_with_ten_losses_of_the_link(heard, make, seed):
    began_s = time.process_time()
    performance = perform(SESSION)
    imu = Imu(performance.movement, any_mounting(SEED), ordinary_chip(SEED), seed=SEED)
    listener = heard(
        performance.duration_s,
        PERIPHERALS[make](imu),
        model=GYM,
        script=evening(seed),
        seed=seed,
        wanted=Wanted(make=make),
    )
    session = session_of(listener.items)
    assert performance.duration_s > TEN_MINUTES_S
    assert len(listener.marks(Connected)) == len(listener.marks(Disconnected)) == 11
    assert missed_and_invented(performance, session, zero_s(session)) == ([], [])
    assert len(session.sets) == 7  # a set goes on across a gap
    assert sum(len(work.reps) for work in session.sets) >= 44  # of 56; the others lie in gaps
    if make == "open-lift":
        assert time.process_time() - began_s < 10.0  # 2.6 s; the bar is 5 s


@pytest.mark.parametrize("away_s", [2.0, 7.0, 12.0])
@pytest.mark.parametrize("at_s", [14.0, 21.0])
def test_a_set_goes_on_across_a_gap(heard, at_s, away_s):
    """What is not seen is no pause: neither the reps before nor those after are lost."""
    performance = perform(sets_only(WorkSet(Leg.LEFT, reps=9), seed=SEED, rest_s=5.0))
    imu = Imu(performance.movement, any_mounting(SEED), ordinary_chip(SEED), rate_hz=50, seed=SEED)
    listener = heard(
        performance.duration_s + 15.0, PERIPHERALS["open-lift"](imu), script=((at_s, Drop(away_s)),)
    )
    session = session_of(listener.items)
    assert missed_and_invented(performance, session, zero_s(session)) == ([], [])
    assert len(session.sets) == 1
    assert session.sets[0].gap_s > away_s
    assert repr(session_of(listener.items, together=7)) == repr(session)


def test_found_connected_and_streaming_within_three_seconds(heard):
    listener = heard(5.0)
    assert listener.packets(0)[0].t_ns < 3e9  # 0.4 s


@pytest.mark.parametrize("away_s", [0.5, 1.7, 4.9, 5.1, 7.3, 19.9, 20.1, 33.0, 61.0, 247.0])
@pytest.mark.parametrize("trouble", [Drop, OutOfRange])
def test_back_within_two_seconds_of_being_in_reach_again(heard, trouble, away_s):
    listener = heard(away_s + 15.0, script=((5.0, trouble(away_s)),))
    first = listener.packets(1)[0]
    assert first.t_ns / 1e9 - (5.0 + away_s) < 2.0


def test_settings_that_the_sensor_has_forgotten_meanwhile_are_made_again(heard, make_board):
    class Forgetful(type(make_board())):
        def disconnected(self):
            super().disconnected()
            self._reconfigure(replace(self.imu, rate_hz=200))

    listener = heard(30.0, make_board(kind=Forgetful), script=((10.0, Drop(away_s=2.0)),))
    samples, gaps = listener.decoded()
    assert [gap.cause for gap in gaps] == [Cause.LINK_DOWN]
    assert {block.link for block in samples} == {0, 1}
    assert [block.period_s for block in samples] == pytest.approx([0.01] * len(samples), rel=0.01)


def test_a_sensor_that_is_switched_off_is_searched_for_until_told_to_stop(make_board, make_listener):
    async def main():
        listener = make_listener(Radio(make_board(), script=((5.0, Drop(away_s=1e6)),)))
        listening = asyncio.create_task(listener.listen(3600.0))
        await asyncio.sleep(3000.0)
        shown = listener.receiver.state, listener.receiver.trouble
        await listening
        return listener, shown

    listener, (state, trouble) = jumping_clock.run(main())
    assert state is LinkState.LOST
    assert trouble.startswith("no LIFT-V001 found within 5 s; is it switched on, near")
    assert [mark.body.reason for mark in listener.marks(Disconnected)] == ["the link was lost"]


def test_a_battery_that_runs_low_is_told_each_minute(make_board, make_listener):
    class Emptying(type(make_board())):
        def read(self, uuid):
            value = super().read(uuid)
            return bytes([max(0, 20 - int(self.now_s / 10))]) if len(value) == 1 else value

    async def main():
        listener = make_listener(Radio(make_board(kind=Emptying)))
        await listener.listen(190.0)
        return listener

    assert [mark.body.percent for mark in jumping_clock.run(main()).marks(Battery)] == [20, 14, 8, 2]


class TestTwoAtOnce:
    """One sensor for each athlete, in one program."""

    @staticmethod
    def both(make_board, make_listener, seconds, script=(), second_s=0.0):
        async def main():
            radio = Radio(make_board(1), make_board(2))
            for at_s, number, trouble in script:
                loop = asyncio.get_running_loop()
                loop.call_later(at_s, radio.stations[number].suffer, trouble)
            listeners = [make_listener(radio, Wanted(name=f"LIFT-V00{number}")) for number in (1, 2)]

            async def late():
                await asyncio.sleep(second_s)
                await listeners[1].listen(seconds - second_s)

            await asyncio.gather(listeners[0].listen(seconds), late())
            return listeners

        return jumping_clock.run(main())

    @pytest.mark.parametrize("second_s", [0.0, 0.05, 0.12, 10.0])
    def test_both_stream(self, make_board, make_listener, second_s):
        for listener in self.both(make_board, make_listener, 20.0, second_s=second_s):
            samples, gaps = listener.decoded()
            assert gaps == []
            assert sum(map(len, samples)) > 950

    def test_whoever_wants_any_gets_one_that_the_other_does_not_have(self, make_board, make_listener):
        async def main():
            radio = Radio(make_board(1), make_board(2))
            listeners = [make_listener(radio), make_listener(radio)]
            await asyncio.gather(*(listener.listen(10.0) for listener in listeners))
            return [mark.body.name for listener in listeners for mark in listener.marks(Connected)]

        assert sorted(jumping_clock.run(main())) == ["LIFT-V001", "LIFT-V002"]

    def test_one_that_is_away_does_not_hold_up_the_other(self, make_board, make_listener):
        script = ((5.0, 0, Drop(away_s=100.0)), (30.0, 1, Drop(away_s=1.0)), (60.0, 1, OutOfRange(20.0)))
        first, second = self.both(make_board, make_listener, 120.0, script)
        assert first.packets(1)[0].t_ns / 1e9 < 105.0 + 2.0
        assert second.packets(1)[0].t_ns / 1e9 < 31.0 + 2.0
        assert second.packets(2)[0].t_ns / 1e9 < 80.0 + 2.0

    def test_one_scan_serves_both_and_ends_with_the_last(self, make_board, make_listener):
        """BlueZ refuses a second one of the same program."""

        async def main():
            radio = Radio(make_board(1), make_board(2))
            scanning = []

            class Single(radio.scanner):
                async def start(self):
                    assert not scanning
                    scanning.append(self)
                    await super().start()

                async def stop(self):
                    if self in scanning:
                        scanning.remove(self)
                    await super().stop()

            radio.scanner = Single
            listeners = [make_listener(radio, Wanted(name=f"LIFT-V00{number}")) for number in (1, 2)]
            await asyncio.gather(*(listener.listen(5.0) for listener in listeners))
            return scanning, [len(listener.packets(0)) > 80 for listener in listeners]

        assert jumping_clock.run(main()) == ([], [True, True])
