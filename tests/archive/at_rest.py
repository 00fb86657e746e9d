"""Three seconds of a sensor at rest, as each app exports them, and what becomes of them."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.archive import exports
from tests.archive.exports import in_folder, zipped
from tracker.archive.importers import open_any
from tracker.errors import InputError
from tracker.sensing.marks import Mark
from tracker.sensing.samples import Packets, Readings
from tracker.sensing.sensors.sample_blocks import SAMPLE_BLOCKS

T = np.arange(150) / 50.0
ACC = np.tile([0.3, -0.2, 9.8], (150, 1))
"""At rest on the back: specific force is up, and up is +z."""
GYR = np.column_stack([0.01 * np.sin(T), np.full(150, -0.02), np.full(150, 0.03)])


def readings(path: Path) -> Readings:
    recording = open_any(path)
    connected = next(item for item in recording.items if isinstance(item, Mark)).body
    (block,) = (item for item in recording.items if isinstance(item, Packets))
    return SAMPLE_BLOCKS.decoder(connected).decode(block)


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        open_any(path)
    message = str(refused.value)
    assert message.startswith(f"{path} ")
    assert "\n" not in message
    return message.removeprefix(f"{path} ")


def phyphox(path, edit=None):
    files = exports.phyphox_files(T, ACC, T, GYR)
    return zipped(path / "a.zip", edit(files) or files if edit else files)


def streams(sign=1.0, **others):
    both = {"Gyroscope": (T, GYR), "Accelerometer": (T, sign * np.array([0.3, -0.2, 0.0]) + 0 * ACC)}
    return both | {name: (T, sign * values) for name, values in others.items()}


def sensor_logger(path, platform="android", standardisation="false", edit=None, **others):
    sign = -1.0 if platform == "ios" and standardisation == "false" else 1.0
    files = exports.sensor_logger_files(streams(sign, **others), platform, standardisation)
    return zipped(path / "a.zip", edit(files) or files if edit else files)


def android(path, edit=None):
    return sensor_logger(path, edit=edit, TotalAcceleration=ACC)


def ios(path, standardisation="false", edit=None):
    down = np.array([0.0, 0.0, 9.8]) + 0 * ACC
    return sensor_logger(path, "ios", standardisation, edit, Gravity=down)


def ios_standardised(path, edit=None):
    return ios(path, "true", edit)


def as_text(name, content):
    def write(path, edit=None):
        (path / name).write_text(edit(content) if edit else content, "utf-8")
        return path / name

    return write


movella = as_text("dot.csv", exports.movella_text(T, ACC, GYR, zero_us=2**32 - 1_000_000))
witmotion = as_text("wit.txt", exports.witmotion_text(T, ACC, GYR))
CHUNKS = exports.movesense_chunks(T, ACC, GYR, zero_ms=7000)
showcase = as_text("imu.json", json.dumps({"Meas": {"IMU9": CHUNKS}}))
logbook = as_text("log.json", exports.movesense_logbook(CHUNKS, zero_ms=6000))


def movesense_csv(path, edit=None):
    files = exports.movesense_csv_files(T, ACC, GYR, 7000)
    return in_folder(path / "log", edit(files) or files if edit else files)
