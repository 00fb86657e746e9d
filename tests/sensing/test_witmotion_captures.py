"""Packets that others caught on real WitMotion sensors decode to what their authors say."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests.sensing.test_witmotion_packets import block, decoder
from tracker.sensing.sensors.witmotion_packets import quaternions_of

CAPTURES = Path(os.environ.get("TRACKER_SHARED") or Path(__file__).parents[3] / "shared") / (
    "data/sensor_captures/witmotion.json"
)


@pytest.fixture(scope="module")
def captures():
    if not CAPTURES.exists():
        pytest.skip("the packets that others published are not beside the project")
    said = json.loads(CAPTURES.read_text("utf-8"))["vectors"]
    return [(bytes.fromhex(one["hex"]), one["expected"]) for one in said if "hex" in one]


def test_published_frames_decode_to_what_their_authors_say(captures):
    frames = [(frame, expected) for frame, expected in captures if frame[1] in (0x61, 0xA4)]
    assert len(frames) >= 10
    for frame, expected in frames:
        got = decoder(rate_hz=10.0).decode(block(*[frame] * 30, every_s=0.1))
        assert got.undecodable == 0
        assert np.degrees(got.gyr_rad_s[0]) == pytest.approx(np.array(expected["gyro_dps"]), abs=1e-9)
        if "acc_g" in expected:
            assert got.acc_m_s2[0] / 9.80665 == pytest.approx(np.array(expected["acc_g"]), abs=1e-9)
        if "quat_wxyz" in expected:
            assert got.earth_from_sensor[0] == pytest.approx(np.array(expected["quat_wxyz"]), abs=1e-4)


def test_published_angles_quaternion_and_gravity_of_one_pose_agree(captures):
    by_head = {frame[:6].hex(): expected for frame, expected in captures}
    angles_deg = by_head["5561d7ffd7ff"]["euler_rpy_deg"]
    pose = Rotation.from_quat(quaternions_of(np.radians([angles_deg]))[0], scalar_first=True)
    said = Rotation.from_quat(by_head["557151001a36"]["decoded"]["quat_wxyz"], scalar_first=True)
    assert np.degrees((pose * said.inv()).magnitude()) < 0.1
    up = np.array(by_head["5561d7ffd7ff"]["acc_g"])
    assert pose.apply(up / np.linalg.norm(up)) == pytest.approx([0.0, 0.0, 1.0], abs=np.sin(np.radians(1.5)))


def test_published_frames_of_28_bytes_are_50_ms_apart(captures):
    frames = [frame for frame, _ in captures if len(frame) == 28][:2]
    got = decoder().decode(block(*frames, frames[1]))
    assert np.diff(got.device_s)[0] == pytest.approx(0.05)
