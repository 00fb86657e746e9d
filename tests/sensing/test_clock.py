"""Device time: counters that wrap, gaps, periods, and where a new link is placed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.sensing.clock import Timeline, Unwrapper
from tracker.sensing.samples import Cause, Gap, Readings, Samples


def readings(
    device_s, *, arrival_s=None, period_s=0.01, undecodable_at=(), is_t_s=False, first_value=0.0
) -> Readings:
    """Readings at the given device times; the values tell samples apart."""
    device_s = np.asarray(device_s, float)
    n = len(device_s)
    arrival_s = device_s if arrival_s is None else np.broadcast_to(arrival_s, n)
    return Readings(
        device_s=device_s,
        acc_m_s2=first_value + np.arange(3.0 * n).reshape(n, 3),
        gyr_rad_s=None,
        earth_from_sensor=None,
        flags=np.arange(n, dtype=np.uint8),
        arrival_ns=np.rint(np.asarray(arrival_s) * 1e9).astype(np.int64),
        period_s=period_s,
        is_t_s=is_t_s,
        undecodable_at=np.array(undecodable_at, np.int64),
    )


def times(samples: Samples | None) -> list[float]:
    return [] if samples is None else samples.t_s.tolist()


class TestUnwrapper:
    def test_counts_on_through_many_turns(self):
        true = np.cumsum(np.full(1000, 37))
        assert np.array_equal(Unwrapper(8).step(true % 256), true)

    def test_u32_microseconds_wrap_after_71_58_minutes(self):
        before, after = 2**32 - 50_000, 0
        counts = Unwrapper(32).step(np.array([before, after], np.uint32))
        assert np.diff(counts).tolist() == [50_000]
        assert counts[1] / 1e6 / 60 == pytest.approx(71.58, abs=0.01)

    def test_a_late_count_steps_back_and_not_a_turn_ahead(self):
        assert Unwrapper(16).step(np.array([65535, 2, 0, 3])).tolist() == [65535, 65538, 65536, 65539]

    @settings(deadline=None)
    @given(
        steps=st.lists(st.integers(-127, 127), max_size=60),
        first=st.integers(0, 255),
        cuts=st.lists(st.integers(0, 60), max_size=5),
    )
    def test_cutting_changes_nothing(self, steps, first, cuts):
        true = first + np.cumsum([0, *steps])
        unwrapper = Unwrapper(8)
        blocks = np.split(true % 256, sorted(cuts))
        assert np.concatenate([unwrapper.step(block) for block in blocks]).tolist() == true.tolist()


class TestOneLink:
    def test_starts_at_zero_and_keeps_the_device_s_spacing(self):
        device_s = 4000.0 + np.arange(100) * 0.0101
        samples, gaps = Timeline().step(readings(device_s, arrival_s=7.0), link=0)
        assert samples.t_s[0] == 0.0
        assert np.array_equal(samples.t_s, device_s - 4000.0)
        assert gaps == ()

    def test_arrival_in_batches_spaces_nothing(self):
        device_s = np.arange(40) * 0.01
        arrival_s = np.repeat([0.1, 0.2, 0.9, 0.9], 10)
        samples, gaps = Timeline().step(readings(device_s, arrival_s=arrival_s), link=0)
        assert np.array_equal(samples.t_s, device_s)
        assert gaps == ()

    def test_the_stated_period_is_held_for_the_link(self):
        timeline = Timeline()
        first, _ = timeline.step(readings([0.0, 0.01], period_s=0.01), link=0)
        second, _ = timeline.step(readings([0.02, 0.03], period_s=0.0101), link=0)
        assert (first.period_s, second.period_s) == (0.01, 0.01)

    @pytest.mark.parametrize(("spacing_s", "is_gap"), [(0.0149, False), (0.0151, True), (0.02, True)])
    def test_more_than_a_period_and_a_half_is_a_gap(self, spacing_s, is_gap):
        _, gaps = Timeline().step(readings([0.0, 0.01, 0.01 + spacing_s]), link=0)
        assert gaps == ((Gap(0.01, 0.01 + spacing_s, Cause.LOST),) if is_gap else ())

    def test_a_gap_between_two_blocks_is_seen(self):
        timeline = Timeline()
        timeline.step(readings([0.0, 0.01]), link=0)
        _, gaps = timeline.step(readings([0.06, 0.07]), link=0)
        assert gaps == (Gap(0.01, 0.06, Cause.LOST),)

    def test_undecodable_packets_name_their_gap_and_no_other(self):
        device_s = [0.00, 0.01, 0.05, 0.06, 0.10, 0.11]
        _, gaps = Timeline().step(readings(device_s, undecodable_at=[4]), link=0)
        assert [gap.cause for gap in gaps] == [Cause.LOST, Cause.UNDECODABLE]

    def test_undecodable_packets_at_the_end_of_a_block_name_the_gap_of_the_next(self):
        timeline = Timeline()
        timeline.step(readings([0.0, 0.01], undecodable_at=[2]), link=0)
        assert timeline.step(readings([], undecodable_at=[0]), link=0) == (None, ())
        _, gaps = timeline.step(readings([0.05]), link=0)
        assert gaps == (Gap(0.01, 0.05, Cause.UNDECODABLE),)

    def test_what_comes_twice_or_late_is_left_out(self):
        device_s = [0.00, 0.01, 0.04, 0.05, 0.02, 0.03, 0.04, 0.05, 0.06]
        samples, gaps = Timeline().step(readings(device_s), link=0)
        assert times(samples) == [0.00, 0.01, 0.04, 0.05, 0.06]
        assert samples.flags.tolist() == [0, 1, 2, 3, 8]
        assert samples.acc_m_s2[-1].tolist() == [24.0, 25.0, 26.0]
        assert gaps == (Gap(0.01, 0.04, Cause.LOST),)

    def test_a_block_of_nothing_but_late_samples_is_nothing(self):
        timeline = Timeline()
        timeline.step(readings([0.0, 0.01]), link=0)
        assert timeline.step(readings([0.0, 0.01]), link=0) == (None, ())

    def test_imported_times_pass_untouched(self):
        t_s = np.linspace(0.3, 20.0, 1000) ** 1.0001
        timeline = Timeline()
        samples, gaps = timeline.step(readings(t_s, period_s=None, is_t_s=True), link=0)
        assert np.array_equal(samples.t_s, t_s)
        assert samples.period_s == pytest.approx(0.0197, abs=0.0001)
        assert gaps == ()
        assert timeline.finish() == (None, ())

    @pytest.mark.parametrize("cut", [0, 4, 5, 6])
    def test_a_time_far_ahead_of_its_arrival_does_not_silence_the_link(self, cut):
        device_s = 0.01 * np.arange(12)
        arrival_s = device_s.copy()
        device_s[5] += 2000.0
        timeline, got = Timeline(), []
        for part in (slice(cut), slice(cut, None)):
            got += times(timeline.step(readings(device_s[part], arrival_s=arrival_s[part]), 0)[0])
        assert got == pytest.approx([0.01 * n for n in range(12) if n != 5])

    def test_a_clock_that_is_a_percent_fast_is_believed_all_evening(self):
        arrival_s = np.arange(0.0, 10_000.0, 10.0)
        assert len(times(Timeline().step(readings(1.009 * arrival_s, arrival_s=arrival_s), 0)[0])) == 1000


class TestMeasuredPeriod:
    """A sensor without a period of its own: counters that miss, rates that are not the nominal ones."""

    def test_the_first_second_is_held_back_and_measures(self):
        timeline = Timeline()
        device_s = np.arange(150) / 95.0
        for i in range(95):
            assert timeline.step(readings([device_s[i]], period_s=None), link=0) == (None, ())
        samples, _ = timeline.step(readings([device_s[95]], period_s=None), link=0)
        assert len(samples) == 96
        assert samples.period_s == pytest.approx(1 / 95)

    def test_lost_samples_do_not_move_the_median(self):
        device_s = np.delete(np.arange(200) * 0.01, [20, 21, 22, 50, 70])
        samples, gaps = Timeline().step(readings(device_s, period_s=None), link=0)
        assert samples.period_s == pytest.approx(0.01)
        assert [round(gap.duration_s, 3) for gap in gaps] == [0.04, 0.02, 0.02]

    def test_a_slow_sensor_waits_for_enough_spacings(self):
        timeline = Timeline()
        assert timeline.step(readings(np.arange(10) * 0.2, period_s=None), link=0) == (None, ())
        samples, _ = timeline.step(readings([2.0], period_s=None), link=0)
        assert samples.period_s == pytest.approx(0.2)

    @pytest.mark.parametrize("end", [Timeline.finish, Timeline.link_down])
    def test_the_end_releases_what_is_held(self, end):
        timeline = Timeline()
        timeline.step(readings([5.0, 5.02, 5.04], period_s=None), link=0)
        samples, gaps = end(timeline)
        assert times(samples) == pytest.approx([0.0, 0.02, 0.04])
        assert samples.period_s == pytest.approx(0.02)
        assert gaps == ()

    def test_a_lone_sample_is_nothing(self):
        timeline = Timeline()
        timeline.step(readings([5.0], period_s=None), link=0)
        assert timeline.finish() == (None, ())

    def test_another_link_must_not_swallow_what_is_held(self):
        timeline = Timeline()
        timeline.step(readings([0.0, 0.01], period_s=None), link=0)
        with pytest.raises(ValueError, match="link_down"):
            timeline.step(readings([0.0]), link=1)


class TestNewLink:
    @pytest.mark.parametrize(
        ("measured_again_s", "kept_s"), [(0.0102, 0.01), (0.0098, 0.01), (0.0104, 0.0104), (0.02, 0.02)]
    )
    def test_a_period_that_is_measured_again_on_a_new_link_is_the_same_one(self, measured_again_s, kept_s):
        timeline = Timeline()
        timeline.step(readings([0.0, 0.01], period_s=0.01), link=0)
        timeline.link_down()
        samples, _ = timeline.step(readings([0.0, 0.01], arrival_s=5.0, period_s=measured_again_s), link=1)
        assert samples.period_s == kept_s

    def at_100_hz(self, timeline: Timeline, duration_s: float, latency_s: float = 0.02, drift: float = 0.0):
        """Let a first link run, its device's clock at 1000 s, one packet each 50 ms."""
        first_s = np.arange(0, duration_s, 0.05)
        device_s = (1000.0 + first_s[:, None] + np.arange(5) * 0.01).ravel()
        arrival_s = np.repeat(3.0 + first_s * (1 + drift) + latency_s, 5)
        return timeline.step(readings(device_s, arrival_s=arrival_s), link=0)

    def test_is_placed_by_the_host_s_clock(self):
        timeline = Timeline()
        before, _ = self.at_100_hz(timeline, 60.0)
        timeline.link_down()
        # 7 s after the first link's last packet, from a board that has started anew
        samples, gaps = timeline.step(readings([0.5, 0.51], arrival_s=3.0 + 59.95 + 7.0 + 0.02), link=1)
        assert samples.t_s[0] == pytest.approx(66.95, abs=1e-6)
        assert samples.t_s[1] - samples.t_s[0] == pytest.approx(0.01)
        assert gaps == (Gap(before.t_s[-1], samples.t_s[0], Cause.LINK_DOWN),)
        assert samples.link == 1

    @pytest.mark.parametrize(
        ("device_s", "start_s"), [(1062.5, 62.5), (1071.5, 71.5), (1080.0, 66.95), (0.5, 66.95)]
    )
    def test_is_placed_by_a_device_s_clock_that_goes_on_unless_that_was_set(self, device_s, start_s):
        timeline = Timeline()
        self.at_100_hz(timeline, 60.0)
        timeline.link_down()
        new = replace(readings([device_s, device_s + 0.01], arrival_s=3.0 + 66.95 + 0.02), goes_on=True)
        samples, _ = timeline.step(new, link=1)
        assert samples.t_s[0] == pytest.approx(start_s, abs=1e-6)

    def test_the_first_one_says_when_t_s_began(self):
        timeline = Timeline()
        self.at_100_hz(timeline, 10.0)
        timeline.link_down()
        timeline.step(readings([0.5, 0.51], arrival_s=20.0), link=1)
        assert timeline.zero_ns == 3_020_000_000

    def test_drift_of_the_first_link_s_clock_is_seen_through(self):
        timeline = Timeline()
        self.at_100_hz(timeline, 100.0, drift=0.001)
        timeline.link_down()
        samples, _ = timeline.step(readings([0.0], arrival_s=3.0 + 120.0 * 1.001 + 0.02), link=1)
        assert samples.t_s[0] == pytest.approx(120.0, abs=1e-3)

    def test_never_overlaps_the_last_sample(self):
        timeline = Timeline()
        before, _ = self.at_100_hz(timeline, 10.0)
        timeline.link_down()
        samples, gaps = timeline.step(readings([0.0], arrival_s=0.0), link=1)
        assert samples.t_s[0] == before.t_s[-1] + 0.01
        assert [gap.cause for gap in gaps] == [Cause.LINK_DOWN]

    def test_has_a_period_of_its_own(self):
        timeline = Timeline()
        timeline.step(readings([0.0, 0.01]), link=0)
        timeline.link_down()
        samples, gaps = timeline.step(readings([0.0, 0.02, 0.04], arrival_s=2.0, period_s=0.02), link=1)
        assert samples.period_s == 0.02
        assert len(gaps) == 1

    def test_a_link_that_brought_nothing_changes_nothing(self):
        timeline = Timeline()
        self.at_100_hz(timeline, 20.0)
        timeline.link_down()
        timeline.step(readings([], undecodable_at=[0]), link=1)
        timeline.link_down()
        samples, gaps = timeline.step(readings([0.0], arrival_s=3.0 + 30.0 + 0.02), link=2)
        assert samples.t_s[0] == pytest.approx(30.0, abs=1e-6)
        assert len(gaps) == 1
