"""Blocks put end to end: channels, what is said once, and where packets did not decode."""

import numpy as np

from tests.sensing.test_clock import readings
from tracker.sensing.joining import joined


def test_arrays_go_on_and_what_is_said_once_is_the_first_one_s():
    whole = joined([readings([0.0, 0.01], period_s=0.01), readings([0.02], period_s=0.02)])
    assert whole.device_s.tolist() == [0.0, 0.01, 0.02]
    assert whole.acc_m_s2[-1].tolist() == [0.0, 1.0, 2.0]
    assert whole.gyr_rad_s is None
    assert whole.period_s == 0.01


def test_a_block_without_samples_says_nothing_but_that_packets_were_bad():
    empty = readings([], period_s=None, undecodable_at=[0, 0])
    whole = joined([readings([0.0], undecodable_at=[1]), empty, readings([0.01, 0.02], undecodable_at=[1])])
    assert whole.period_s == 0.01
    assert whole.undecodable_at.tolist() == [1, 1, 1, 2]
    assert len(joined([empty, empty])) == 0


def test_one_block_stays_as_it_is():
    block = readings([0.0, 0.01])
    assert np.array_equal(joined([block]).device_s, block.device_s)
