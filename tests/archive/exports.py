"""What other apps would write of a movement: own constants, nothing of the readers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np

Sampler = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Gives acc (m/s2) and gyr (rad/s) at times (s)."""

START = datetime(2026, 1, 31, 17, 5, 0, 250_000, tzinfo=UTC)
"""When the exports below say that their time 0 was."""


def zipped(path: Path, files: dict[str, str]) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def in_folder(path: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(content, "utf-8")
    return path


def table(names: Sequence[str], columns: np.ndarray, form: str = "%.9E", separator: str = ",") -> str:
    quoted = separator.join(f'"{name}"' for name in names)
    return "\n".join([quoted, *(separator.join(form % cell for cell in row) for row in columns), ""])


def phyphox_files(
    acc_t: np.ndarray, acc: np.ndarray, gyr_t: np.ndarray, gyr: np.ndarray, separator=",", decimal="."
) -> dict[str, str]:
    """A simple experiment, as the app's DataExport writes it."""
    names = [
        ("Accelerometer.csv", ("X (m/s^2)", "Y (m/s^2)", "Z (m/s^2)"), acc_t, acc),
        ("Gyroscope.csv", ("X (rad/s)", "Y (rad/s)", "Z (rad/s)"), gyr_t, gyr),
    ]
    files = {
        name: table(("Time (s)", *columns), np.column_stack([t, values]), separator=separator)
        for name, columns, t, values in names
    }
    times = ['"event"', '"experiment time"', '"system time"', '"system time text"']
    epoch_s = START.timestamp()
    first = ['"START"', "0.000000000E0", f"{epoch_s:.3f}", '"2026-01-31 18:05:00.250 UTC+01:00"']
    last = ['"PAUSE"', "9.000000000E2", f"{epoch_s + 900:.3f}", '"2026-01-31 18:20:00.250 UTC+01:00"']
    files["meta/time.csv"] = "\n".join(separator.join(row) for row in (times, first, last)) + "\n"
    files["meta/device.csv"] = separator.join(['"property"', '"value"']) + "\n"
    if decimal != ".":
        files = {name: content.replace(".", decimal) for name, content in files.items()}
    return files


def sensor_logger_files(
    streams: dict[str, tuple[np.ndarray, np.ndarray]], platform: str, standardisation: str = "false"
) -> dict[str, str]:
    """Tables of sensors, each with its times (s) and values x, y, z."""
    zero_ns = round(START.timestamp() * 1000) * 1_000_000
    files = {}
    for sensor, (t, values) in streams.items():
        rows = [
            f"{zero_ns + round(at * 1e9)},{at:.9f},{z:.12f},{y:.12f},{x:.12f}"
            for at, (x, y, z) in zip(t.tolist(), values.tolist(), strict=True)
        ]
        files[f"{sensor}.csv"] = "\n".join(["time,seconds_elapsed,z,y,x", *rows, ""])
    files["Metadata.csv"] = (
        "version,device name,recording epoch time,recording time,recording timezone,platform,appVersion,"
        "device id,sensors,sampleRateMs,standardisation,platform version\n"
        f"3,Somebody's phone,{zero_ns // 1_000_000},2026-01-31_17-05-00,Europe/Berlin,{platform},1.64,"
        f"x,Gyroscope|Accelerometer,10|10,{standardisation},18\n"
    )
    return files


def movella_text(t: np.ndarray, acc: np.ndarray, gyr: np.ndarray, zero_us: int = 0) -> str:
    """Custom mode 5 without quaternions; rows end with a comma, as exports do."""
    lines = [
        "sep=,",
        "DeviceTag:,Xsens DOT",
        "FirmwareVersion:,2.4.0",
        "AppVersion:,2023.6.0",
        "SyncStatus:,Un-synced",
        "OutputRate:,60Hz",
        "StartTime: ,2026-01-31_18:05:00_250 +0100",
        "© Movella Technologies B. V. 2005-2026",
        "",
        "PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z",
    ]
    for number, (at, a, g) in enumerate(zip(t.tolist(), acc, np.degrees(gyr), strict=True)):
        ticks = (zero_us + round(at * 1e6)) % 2**32
        cells = ",".join(f"{value:.6f}" for value in (*a, *g))
        lines.append(f"{number},{ticks},{cells},")
    return "\n".join(lines) + "\n"


def witmotion_text(
    t: np.ndarray, acc: np.ndarray, gyr: np.ndarray, separator: str = "\t", decimal: str = "."
) -> str:
    names = ["Time", "Device name", "Chip Time()"]
    names += [f"Acceleration {axis}(g)" for axis in "XYZ"]
    names += [f"Angular velocity {axis}(°/s)" for axis in "XYZ"]
    lines = [separator.join(names)]
    for at, a, g in zip(t.tolist(), acc / 9.80665, np.degrees(gyr), strict=True):
        now = datetime(2024, 3, 19, 16, 44, 16) + timedelta(milliseconds=round(at * 1000))
        chip = f"{now.year}-{now.month}-{now.day} {now:%H:%M:%S}:{now.microsecond // 1000:03d}"
        cells = [f"{value:.6f}".replace(".", decimal) for value in (*a, *g)]
        lines.append(separator.join([" 16:44:16.000", "WT901(aa:bb)", chip, *cells]) + separator)
    return "\r\n".join(lines) + "\r\n"


def movesense_chunks(
    t: np.ndarray, acc: np.ndarray, gyr: np.ndarray, zero_ms: int, size: int = 8
) -> list[dict[str, object]]:
    def vectors(values: np.ndarray) -> list[dict[str, float]]:
        return [dict(zip("xyz", row, strict=True)) for row in values.tolist()]

    return [
        {
            "ArrayAcc": vectors(acc[start : start + size]),
            "ArrayGyro": vectors(np.degrees(gyr[start : start + size])),
            "Timestamp": (zero_ms + round(float(t[start]) * 1000)) % 2**32,
        }
        for start in range(0, len(t), size)
    ]


def movesense_logbook(chunks: list[dict[str, object]], zero_ms: int) -> str:
    clock = {"relativeTime": zero_ms, "utcTime": round(START.timestamp() * 1e6)}
    entries = [{"TimeDetailed": clock}, *({"MeasIMU6": chunk} for chunk in chunks)]
    return json.dumps({"Samples": entries})


def movesense_csv_files(t: np.ndarray, acc: np.ndarray, gyr: np.ndarray, zero_ms: int) -> dict[str, str]:
    files = {}
    for sensor, values in (("Acc", acc), ("Gyro", np.degrees(gyr))):
        head = f"Timestamp_ms,X,Y,Z,RelativeTime,{zero_ms / 1000},UTC,{START:%Y-%m-%d %H:%M:%S}.250"
        rows = [
            f"{int(zero_ms + at * 1000)}," + ",".join(f"{value:.6f}" for value in row)
            for at, row in zip(t.tolist(), values, strict=True)
        ]
        files[f"log_1_MeasIMU6_{sensor}.csv"] = "\r\n".join([head, *rows, ""])
    return files
