"""Whatever bytes come, a decoder does not raise, does not slow down and does not grow.

100,000 payloads for each sensor; the environment variable TRACKER_FUZZ sets another number.
"""

import os
import pickle
from time import perf_counter

import numpy as np
import pytest

from tests.sensing.vectors import VECTORS
from tracker.sensing.samples import Packet, Packets
from tracker.sensing.sensors import SENSORS, by_make

PAYLOADS = int(os.environ.get("TRACKER_FUZZ", "100000"))
BLOCK = 250
LONGEST_S = 60.0 * max(1.0, PAYLOADS / 100_000)
MOST_BYTES = 256 * 1024
"""Of a decoder's state; a second of any stream is a tenth of it."""

MAKES = sorted(sensor.make for sensor in SENSORS if sensor.service_uuid)


def garbage(rng, seeds):
    """A payload: random bytes, a good one, or a good one that was cut, lengthened, changed or joined."""
    seed = seeds[rng.integers(len(seeds))]
    match rng.integers(6):
        case 0:
            return rng.bytes(int(rng.integers(0, 260)))
        case 1:
            return seed
        case 2:
            return seed[: rng.integers(len(seed) + 1)]
        case 3:
            return seed + rng.bytes(int(rng.integers(1, 40)))
        case 4:
            return seed + seeds[rng.integers(len(seeds))]
        case _:
            changed = bytearray(seed)
            for _ in range(int(rng.integers(1, 4))):
                changed[rng.integers(len(changed))] = rng.integers(256)
            return bytes(changed)


@pytest.mark.slow
@pytest.mark.parametrize("make", MAKES)
def test_garbage_is_only_left_out(make):
    rng = np.random.default_rng(1)
    vectors = [vector for vector in VECTORS if vector.make == make]
    seeds = sorted({packet.payload for vector in vectors for packet in vector.packets if packet.payload})
    streams = len(by_make(make).stream_uuids)
    start_s, t_ns = perf_counter(), 0
    for vector in vectors:
        decoder = by_make(make).decoder(vector.connected)
        for _ in range(PAYLOADS // len(vectors) // BLOCK):
            packets = []
            for _ in range(BLOCK):
                t_ns += int(rng.integers(0, 100_000_000))
                packets.append(Packet(t_ns, 0, int(rng.integers(streams)), garbage(rng, seeds)))
            readings = decoder.decode(Packets.of(packets))
            if readings is not None and len(readings):
                assert len(readings.device_s) == len(readings.flags) == len(readings.arrival_ns)
                assert (np.diff(readings.undecodable_at) >= 0).all()
                for values in (readings.acc_m_s2, readings.gyr_rad_s, readings.earth_from_sensor):
                    assert values is None or np.isfinite(values).all()
                assert np.isfinite(readings.device_s).all()
        assert len(pickle.dumps(decoder)) < MOST_BYTES
    assert perf_counter() - start_s < LONGEST_S
