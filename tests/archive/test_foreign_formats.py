"""Columns, units, signs and clocks of each foreign format; and what does not fit is refused in one line."""

import json

import numpy as np
import pytest

from tests.archive import exports
from tests.archive.at_rest import (
    ACC,
    CHUNKS,
    GYR,
    T,
    android,
    ios,
    ios_standardised,
    logbook,
    movella,
    movesense_csv,
    phyphox,
    readings,
    refusal,
    showcase,
    witmotion,
)
from tests.archive.exports import in_folder, zipped
from tracker.archive.importers import open_any


@pytest.mark.parametrize(
    ("write", "title", "started", "time_within_s"),
    [
        (phyphox, "phyphox", "2026-01-31T18:05:00.250+01:00", 1e-9),
        (android, "Sensor Logger", "2026-01-31T18:05:00.250+01:00", 1e-9),
        (ios, "Sensor Logger", "2026-01-31T18:05:00.250+01:00", 1e-9),
        (ios_standardised, "Sensor Logger", "2026-01-31T18:05:00.250+01:00", 1e-9),
        (movella, "Movella DOT", "2026-01-31T18:05:00.250+01:00", 1e-9),
        (witmotion, "WitMotion", "", 1e-9),
        (showcase, "Movesense", "", 1e-3),
        (logbook, "Movesense", "2026-01-31T17:05:01.250+00:00", 1e-3),
        (movesense_csv, "Movesense", "2026-01-31T17:05:00.250+00:00", 1e-3),
    ],
)
def test_it_comes_out_in_si_upwards_and_on_its_own_clock(tmp_path, write, title, started, time_within_s):
    path = write(tmp_path)
    header = open_any(path).header
    assert (header.started, header.imported) == (started, f"{title}: {path.name}")
    read = readings(path)
    assert len(read) == len(T)
    np.testing.assert_allclose(read.device_s - read.device_s[0], T, atol=time_within_s)
    np.testing.assert_allclose(read.acc_m_s2, ACC, atol=1e-5)
    np.testing.assert_allclose(read.gyr_rad_s, GYR, atol=1e-6)


def without(*names):
    return lambda files: {name: files[name] for name in files if name not in names}


def in_file(name, old, new):
    def edit(files):
        assert old in files[name]
        return files | {name: files[name].replace(old, new)}

    return edit


def swap(old, new):
    def edit(content):
        assert old in content
        return content.replace(old, new)

    return edit


def renamed(old, new):
    return lambda files: {(new if name == old else name): content for name, content in files.items()}


def cut_to(size):
    return lambda content: content[:size]


def row_moved(name, row, to):
    """Put a line of a file somewhere else."""

    def edit(files):
        lines = files[name].splitlines(keepends=True)
        lines.insert(to, lines.pop(row))
        return files | {name: "".join(lines)}

    return edit


PAUSED = '"START",1.000000000E0,100.0,"2026-01-31 18:05:00.250 UTC+01:00"\n'

REFUSED = [
    (phyphox, without("Gyroscope.csv"), "has no gyroscope samples; expected are tables with Time (s) and Ac"),
    (phyphox, without("Accelerometer.csv"), "has no accelerometer samples; expected are tables with Time (s"),
    (phyphox, renamed("Accelerometer.csv", "Linear Accelerometer.csv"), "has acceleration without gravity o"),
    (phyphox, in_file("Accelerometer.csv", "X (m/s^2)", "X (g)"), "has no accelerometer samples; expected"),
    (phyphox, in_file("Gyroscope.csv", "Y (rad/s)", "Y (deg/s)"), "has no column Y (rad/s); expected are ta"),
    (phyphox, in_file("Gyroscope.csv", "1.000000000E-01", "one"), "is cut or holds text for numbers ("),
    (phyphox, in_file("Gyroscope.csv", "\n2.000000000E-02,", "\nNaN,"), "has no number for the gyroscope"),
    (phyphox, renamed("meta/device.csv", "again/Gyroscope.csv"), "has Gyroscope.csv more than once ("),
    (phyphox, in_file("meta/time.csv", "1769879100.250", "1E300"), "has a start in meta/time.csv that"),
    (phyphox, row_moved("Gyroscope.csv", 9, 5), "has the gyroscope at 0.08 s after 0.16 s in row 6; sort th"),
    (phyphox, in_file("meta/time.csv", '"PAUSE"', PAUSED + '"PAUSE"'), "was paused while the phone's clock "),
    (phyphox, in_file("Gyroscope.csv", "-2.000000000E-02", "NaN"), "has no accelerometer samples beside the"),
    (android, without("Metadata.csv"), "has no Metadata.csv, which says which way the phone's acceleration "),
    (android, in_file("Metadata.csv", ",android,", ",toaster,"), 'says "platform: toaster" in Metadata.csv;'),
    (android, without("TotalAcceleration.csv"), "has no TotalAcceleration.csv; switch Total Acceleration on"),
    (android, without("Gyroscope.csv"), "has no Gyroscope.csv; switch the gyroscope on in the app"),
    (android, in_file("Gyroscope.csv", "z,y,x", "yaw,y,x"), "has no column z; expected are the columns time"),
    (android, renamed("Accelerometer.csv", "again/Gyroscope.csv"), "has Gyroscope.csv more than once (Gyros"),
    (android, lambda files: files | {"Gyroscope.csv": "time,seconds_elapsed,z,y,x\n"}, "holds no samples; c"),
    (android, lambda files: files | {"Gyroscope.csv": ""}, "has no column time; expected are the columns ti"),
    (ios, without("Gravity.csv"), "has no Gravity.csv; switch Accelerometer and Gravity on in the app: on i"),
    (movella, swap("DeviceTag:,Xsens DOT\n", ""), "has no lines DeviceTag: and FirmwareVersion: above its t"),
    (movella, swap("Acc_X,Acc_Y,Acc_Z", "FreeAcc_X,FreeAcc_Y,FreeAcc_Z"), "has not enough columns; expected"),
    (movella, swap("Gyr_Z", "Gyr_W"), "has no column Gyr_Z; expected are SampleTimeFine and Acc_X..Z"),
    (movella, cut_to(400), "is cut or holds text for numbers ("),
    (movella, swap(",4293967296,", ",5293967296,"), "has a time outside of 0 to 2^32, where its clock begin"),
    (movella, swap(",4294007296,", ",4293907296,"), "has a time that runs backwards in row 3; sort the rows"),
    (witmotion, swap("Chip Time()", "Chip()"), "has no column Chip Time(); the other time is when samples a"),
    (witmotion, swap("Angular velocity X(°/s)", "Angular velocity X(rad/s)"), "has no column Angular veloci"),
    (witmotion, swap("16:44:16:020", "16:44:16:20"), 'has the Chip Time() "2024-3-19 16:44:16:20" in row 2;'),
    (witmotion, swap("16:44:16:020", "16:44:66:020"), 'has the Chip Time() "2024-3-19 16:44:66:020" in row '),
    (witmotion, swap("16:44:16:040", "16:44:16:010"), "has the sensor at 0.01 s after 0.02 s in row 3; sort"),
    (witmotion, lambda content: content.replace("WT901(aa:bb)", "other", 1), "has several sensors in one ta"),
    (witmotion, cut_to(300), "is cut or holds text for numbers ("),
    (showcase, cut_to(999), "is cut or no JSON ("),
    (showcase, swap('"IMU9"', '"ECG"'), "holds no IMU samples; expected is JSON with chunks of Timestamp, A"),
    (showcase, swap('"ArrayGyro"', '"ArrayMagn"'), "has a chunk that is not as it should be ('ArrayGyro'); "),
    (showcase, swap('"Timestamp": 7160', '"Timestamp": null'), "has a chunk that is not as it should be ("),
    (showcase, swap('"Timestamp": 7160', '"Timestamp": 6160'), "has a time that runs backwards in row 2; so"),
    (logbook, swap('"utcTime"', '"utcDay"'), "has a chunk that is not as it should be ('utcTime'); expected"),
    (logbook, lambda _: '{"Samples": 3}', "holds no IMU samples; expected is JSON"),
    (logbook, lambda _: json.dumps({"Meas": {"IMU6": CHUNKS[:1]}}), "has a single chunk, which tells no rat"),
    (movesense_csv, without("log_1_MeasIMU6_Acc.csv"), "has no table of the Acc sensor; expected is a folde"),
]  # fmt: skip


@pytest.mark.parametrize(("write", "edit", "message"), REFUSED)
def test_what_does_not_fit_is_refused_with_what_was_expected(tmp_path, write, edit, message):
    assert refusal(write(tmp_path, edit=edit)).startswith(message)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "Time (s),Acceleration x (m/s^2)\n0,1\n", "has no column Acceleration y (m/s^2); expected"),
        (
            "TotalAcceleration.csv",
            "time,seconds_elapsed,z,y,x\n1,0,9.8,0,0\n",
            "has no Metadata.csv, which says",
        ),
        (
            "a.json",
            '[{"sensor":"Gyroscope","seconds_elapsed":"0"}]',
            "has no Metadata.csv, which says which way",
        ),
        (
            "a.csv",
            "Timestamp (ms),X: (m/s^2),Y: (m/s^2),Z: (m/s^2)\n",
            "has no table of the Acc sensor; expected",
        ),
        ("a.txt", "time\tDeviceName\tAccX(g)\tAsX(°/s)\n", "has no column Chip Time(); the other time is"),
        (
            "a.csv",
            "PacketCounter,SampleTimeFine,Acc_X\n",
            "has no lines DeviceTag: and FirmwareVersion: above",
        ),
        (
            "a.csv",
            "PacketCounter;SampleTimeFine;Acc_X\n",
            "has no column of samples, and is no export that is known; samples need t_s and",
        ),
    ],
)
def test_a_single_file_of_an_app_is_told_what_is_missing(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, "utf-8")
    assert refusal(tmp_path / name).startswith(message)


def test_the_pauses_of_phyphox_are_put_back(tmp_path):
    paused = '"PAUSE",1.000000000E0,1769879101.250,""\n"START",1.000000000E0,1769879110.250,""\n'
    edit = in_file("meta/time.csv", '"PAUSE"', paused + '"PAUSE"')
    assert exports.START.timestamp() == 1769879100.25
    t_s = readings(phyphox(tmp_path, edit)).device_s
    np.testing.assert_allclose(t_s, np.where(T >= 1.0, T + 9.0, T), atol=1e-9)


@pytest.mark.parametrize("pack", [zipped, in_folder])
def test_phyphox_may_have_both_sensors_in_one_table(tmp_path, pack):
    names = ["Time (s)", *(f"Acceleration {axis} (m/s^2)" for axis in "xyz")]
    names += [f"Gyroscope {axis} (rad/s)" for axis in "xyz"]
    content = exports.table(names, np.column_stack([T, ACC, GYR]), separator=";")
    read = readings(pack(tmp_path / "a", {"Raw Data.csv": content}))
    np.testing.assert_allclose(np.hstack([read.acc_m_s2, read.gyr_rad_s]), np.hstack([ACC, GYR]), atol=1e-9)


def test_a_set_without_gravity_is_left_out_whatever_its_columns_are_called(tmp_path):
    def edit(files):
        names = ["Time (s)", *(f"Acceleration {axis} (m/s^2)" for axis in "xyz")]
        linear = exports.table(names, np.column_stack([T, 2 * ACC]))
        return {"Linear Acceleration.csv": linear} | files

    assert np.array_equal(readings(phyphox(tmp_path, edit)).acc_m_s2, ACC)


def test_columns_of_phyphox_that_are_filled_up_end_where_their_sensor_ends(tmp_path):
    longer = "NaN,NaN,NaN,NaN\n" * 7
    last = exports.phyphox_files(T, ACC, T, GYR)["Accelerometer.csv"][-66:]
    assert len(readings(phyphox(tmp_path, in_file("Accelerometer.csv", last, last + longer)))) == len(T)


def test_a_row_that_stands_there_twice_counts_once(tmp_path):
    line = exports.witmotion_text(T, ACC, GYR).splitlines(keepends=True)[9]
    assert len(readings(witmotion(tmp_path, lambda content: content.replace(line, line * 2)))) == len(T)


def test_acceleration_is_read_off_between_its_samples_and_never_across_a_hole(tmp_path):
    acc_t = np.delete(T - 0.007, slice(50, 60))
    rising = 9.8 + 0.01 * acc_t
    acc = np.column_stack([np.zeros((140, 2)), rising])
    read = readings(zipped(tmp_path / "a.zip", exports.phyphox_files(acc_t, acc, T, GYR)))
    assert sorted(set(T) - set(read.device_s.round(9))) == [*T[49:60], T[149]]
    np.testing.assert_allclose(read.acc_m_s2[:, 2], 9.8 + 0.01 * read.device_s, atol=1e-9)


def test_sensors_that_hardly_overlap_are_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", exports.phyphox_files(T + 2.0, ACC, T, GYR))
    assert refusal(path) == (
        "has accelerometer beside 33 % of the gyroscope's samples only; record both sensors at one rate"
    )


def test_quaternions_alone_are_enough_of_a_dot(tmp_path):
    lines = exports.movella_text(T, ACC, GYR).split("PacketCounter")[0]
    head = "PacketCounter,SampleTimeFine,Quat_W,Quat_X,Quat_Y,Quat_Z,FreeAcc_X,FreeAcc_Y,FreeAcc_Z\n"
    rows = "".join(f"{n},{n * 16667},0.8,0,0.6,0,0,0,0\n" for n in range(100))
    (tmp_path / "dot.csv").write_text(lines + head + rows, "utf-8")
    read = readings(tmp_path / "dot.csv")
    assert (read.acc_m_s2, read.gyr_rad_s) == (None, None)
    assert read.earth_from_sensor[7].tolist() == [0.8, 0.0, 0.6, 0.0]


def test_a_hole_in_movesense_stays_a_hole(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"Meas": {"IMU6": [*CHUNKS[:5], *CHUNKS[9:]]}}), "utf-8")
    steps = np.diff(readings(path).device_s)
    assert (steps > 0.03).sum() == 1
    assert steps.max() == pytest.approx(0.02 + 4 * 0.16, abs=1e-3)
