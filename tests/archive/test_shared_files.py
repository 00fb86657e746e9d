"""Every labelled development recording opens; they lie beside the project, not in it."""

import os
from pathlib import Path

import pytest

from tracker.archive.importers import open_any
from tracker.sensing.samples import Packets
from tracker.sensing.sensors.sample_blocks import SAMPLE_BLOCKS

SHARED = Path(os.environ.get("TRACKER_SHARED", Path(__file__).parents[3] / "shared"))
FILES = sorted((SHARED / "data").glob("*/*.samples.parquet"))

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FILES, reason=f"no recordings under {SHARED}/data: set TRACKER_SHARED"),
]


def test_every_recording_opens_and_decodes_whole():
    for file in FILES:
        connected, block = open_any(file).items
        assert isinstance(block, Packets)
        readings = SAMPLE_BLOCKS.decoder(connected.body).decode(block)
        assert readings.undecodable == 0
        assert readings.acc_m_s2.shape == readings.gyr_rad_s.shape == (len(readings), 3)
        assert (readings.earth_from_sensor is not None) == bool(connected.body.info[0] & 4)
