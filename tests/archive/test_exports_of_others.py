"""A training written as each app would write it is counted as the same samples are."""

from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv

import tracker
from tests.archive import exports
from tracker.archive.keeping import keep
from tracker.virtual.imu import any_mounting, sense
from tracker.virtual.lifter import perform
from tracker.virtual.script import Leg, WorkSet, sets_only

REPS = (4, 3)
COLUMNS = ("acc_x_m_s2", "acc_y_m_s2", "acc_z_m_s2", "gyr_x_rad_s", "gyr_y_rad_s", "gyr_z_rad_s")


@cache
def performance():
    return perform(sets_only(*(WorkSet(Leg.RIGHT, reps) for reps in REPS), seed=5, rest_s=14.0))


def sampled(mounting_seed: int, t_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    sensed = sense(performance().movement, any_mounting(mounting_seed), t_s)
    return sensed.acc_m_s2, sensed.gyr_rad_s


def instants(rate_hz: float, offset_s: float, seed: int, jitter: float = 0.2) -> np.ndarray:
    """When a phone takes samples: about evenly."""
    n = int((performance().duration_s - 1.0) * rate_hz)
    shaken = np.random.default_rng(seed).uniform(-jitter, jitter, n)
    return offset_s + (np.arange(n) + shaken) / rate_hz


def counts(path: Path) -> list[int]:
    return [len(one.reps) for one in tracker.analyze(path).sets]


def same_samples(folder: Path, t_s: np.ndarray, mounting_seed: int) -> Path:
    acc, gyr = sampled(mounting_seed, t_s)
    columns = {"t_s": t_s} | dict(zip(COLUMNS, np.hstack([acc, gyr]).T, strict=True))
    csv.write_csv(pa.table(columns), folder / "same.samples.csv")
    return folder / "same.samples.csv"


def phyphox(folder, mounting, rate_hz, seed):
    acc_t, gyr_t = instants(rate_hz, 0.5, seed), instants(rate_hz, 0.503, seed + 1)
    separator, decimal = ((",", "."), ("\t", "."), (";", "."), ("\t", ","), (";", ","))[seed % 5]
    acc, gyr = sampled(mounting, acc_t)[0], sampled(mounting, gyr_t)[1]
    files = exports.phyphox_files(acc_t, acc, gyr_t, gyr, separator, decimal)
    return exports.zipped(folder / "training.zip", files), gyr_t


def android(folder, mounting, rate_hz, seed):
    acc_t, gyr_t = instants(rate_hz, 0.5, seed), instants(rate_hz, 0.503, seed + 1)
    acc, gyr = sampled(mounting, acc_t)[0], sampled(mounting, gyr_t)[1]
    streams = {
        "TotalAcceleration": (acc_t, acc),
        "Gyroscope": (gyr_t, gyr),
        "Accelerometer": (acc_t, acc * 0.1),
    }
    return exports.in_folder(folder / "phone", exports.sensor_logger_files(streams, "android")), gyr_t


def ios(folder, mounting, rate_hz, seed):
    """All signs the other way round, and gravity told by itself: here a slowly turning part of it."""
    t = instants(rate_hz, 0.5, seed)
    acc, gyr = sampled(mounting, t)
    gravity = acc / np.linalg.norm(acc, axis=1)[:, None] * 9.80665
    sign, said = ((-1.0, "false"), (1.0, "true"))[seed % 2]
    streams = {
        "Gravity": (t, sign * gravity),
        "Gyroscope": (t, gyr),
        "Accelerometer": (t, sign * (acc - gravity)),
    }
    return exports.zipped(folder / "phone.zip", exports.sensor_logger_files(streams, "ios", said)), t


def movella(folder, mounting, _rate_hz, seed):
    t = instants(60.0, 0.0, seed, jitter=0.0) + 1.0
    content = exports.movella_text(t, *sampled(mounting, t), zero_us=2**32 - 20_000_000)
    (folder / "dot.csv").write_text(content, "utf-8")
    return folder / "dot.csv", t


def witmotion(folder, mounting, _rate_hz, seed):
    t = instants(100.0, 0.5, seed, jitter=0.0)
    content = exports.witmotion_text(
        t, *sampled(mounting, t), *(("\t", "."), ("\t", ","), (",", "."))[seed % 3]
    )
    (folder / "wit.txt").write_bytes(content.encode(("utf-8", "gb18030", "utf-8-sig")[seed % 3]))
    return folder / "wit.txt", t


def movesense(folder, mounting, _rate_hz, seed):
    t = instants(104.0, 0.5, seed, jitter=0.0)
    chunks = exports.movesense_chunks(t, *sampled(mounting, t), zero_ms=2**32 - 20_000)
    path = folder / "sense.json"
    path.write_text(exports.movesense_logbook(chunks, zero_ms=2**32 - 20_000), "utf-8")
    return path, t


def movesense_csv(folder, mounting, _rate_hz, seed):
    t = instants(104.0, 0.5, seed, jitter=0.0)
    return exports.in_folder(folder / "sense", exports.movesense_csv_files(t, *sampled(mounting, t), 5000)), t


@pytest.mark.parametrize("write", [phyphox, android, ios, movella, witmotion, movesense, movesense_csv])
@settings(max_examples=3, deadline=None)
@given(mounting=st.integers(0, 50), rate_hz=st.floats(50.0, 200.0), seed=st.integers(0, 59))
def test_an_export_counts_as_the_same_samples_do(write, mounting, rate_hz, seed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    path, t_s = write(folder, mounting, rate_hz, seed)
    found = counts(path)
    assert found == counts(same_samples(folder, t_s, mounting)) == list(REPS)
    kept, warnings = keep(path, folder / "sessions")
    assert counts(kept) == found
    assert warnings == ()
