"""Every sensor's packet vectors decode to what their note says; none is without any."""

import numpy as np
import pytest

from tests.sensing.vectors import VECTORS
from tracker.sensing.samples import Packets
from tracker.sensing.sensors import SENSORS, by_make

FIELDS = ("device_s", "acc_m_s2", "gyr_rad_s", "earth_from_sensor")


@pytest.mark.parametrize("vector", VECTORS, ids=str)
def test_the_packets_hold_the_readings(vector):
    readings = by_make(vector.make).decoder(vector.connected).decode(Packets.of(vector.packets))
    assert readings is not None
    for field in FIELDS:
        expected, decoded = vector.readings[field], getattr(readings, field)
        assert (expected is None) == (decoded is None), field
        if expected is not None:
            np.testing.assert_allclose(decoded, expected, rtol=1e-6, atol=1e-9, err_msg=field)
    assert list(readings.flags) == vector.readings["flags"]
    assert list(readings.undecodable_at) == vector.readings["undecodable_at"]


def test_every_sensor_with_a_radio_has_vectors():
    assert {vector.make for vector in VECTORS} == {sensor.make for sensor in SENSORS if sensor.service_uuid}
