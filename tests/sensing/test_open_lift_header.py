"""The C header of the open profile: what a board sends with it is what the decoder reads."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.sensing.vectors import FOLDER
from tracker.sensing.marks import Connected
from tracker.sensing.samples import ACC_CLIPPED, GYR_CLIPPED, Packet, Packets
from tracker.sensing.sensors import by_make
from tracker.sensing.sensors.conversation import Expect, Read, Write
from tracker.sensing.sensors.open_lift_packets import read_info

HEADER = FOLDER.parent / "open_lift_profile.h"
BOARD = Path(__file__).with_name("open_lift_board.c")
STRICT = ("-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wshadow")
INFO = "i 7 100 123456789 1 2048 70 1000 16 2000 7\n"  # 2**-11 g and 0.07 deg/s a count
LSB_G, LSB_DPS = 2**-11, float(np.float32(0.07))

needs_gcc = pytest.mark.skipif(
    shutil.which("gcc") is None, reason="gcc is not installed: sudo apt install gcc"
)
needs_gpp = pytest.mark.skipif(
    shutil.which("g++") is None, reason="g++ is not installed: sudo apt install g++"
)
pytestmark = needs_gcc


def compiled(source: Path, to: Path, *how: str) -> Path:
    command = [*how, *STRICT, f"-I{HEADER.parent}", str(source), "-o", str(to)]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return to


@pytest.fixture(scope="module")
def board(tmp_path_factory) -> Callable[[str], list[tuple[str, str]]]:
    """The C program: takes lines, gives what it says in (word, value)."""
    program = compiled(BOARD, tmp_path_factory.mktemp("c") / "board", "gcc", "-std=c99")

    def does(lines: str) -> list[tuple[str, str]]:
        ran = subprocess.run([program], input=lines, capture_output=True, text=True, check=True)
        return [(word, value) for word, _, value in (line.partition(" ") for line in ran.stdout.splitlines())]

    return does


def of(said, word) -> list[bytes]:
    return [bytes.fromhex(value) for name, value in said if name == word]


def decoded(info, packets):
    decoder = by_make("open-lift").decoder(Connected("open-lift", info=info))
    return decoder.decode(Packets.of([Packet(i, 0, 0, packet) for i, packet in enumerate(packets)]))


def script(kind, per_packet, words, *, first_us=0, period_us=10_000, acc_end=32767, gyr_end=32767):
    """What a board does that sends rows of acc, gyr and quaternion."""
    lines = [INFO, f"b {kind} {per_packet} {acc_end} {gyr_end}\n"]
    for number, row in enumerate(words.tolist(), start=1):
        lines.append("s " + " ".join(map(str, row)) + "\n")
        if number % per_packet == 0:
            last_us = (first_us + (number - 1) * period_us) % 2**32
            lines.append(f"f {last_us} {period_us} 0\n")
    return "".join(lines)


@needs_gpp
def test_an_arduino_sketch_can_include_it(tmp_path):
    sketch = tmp_path / "sketch.cpp"
    sketch.write_text('#include "open_lift_profile.h"\nint main() { return 0; }\n')
    compiled(sketch, tmp_path / "sketch", "g++", "-std=c++11")


STUBS = """
#include <stdint.h>
#include <stddef.h>
uint32_t micros(void), random_number(void);
void set_up_chip(int, int, int), set_info(const uint8_t *, size_t), advertise(void), empty_fifo(void);
void use_rate(int), notify_control(const uint8_t *, size_t), read_fifo(int16_t *, int16_t *);
int notify_stream(const uint8_t *, size_t), fifo_has_overflowed(void);
uint16_t fifo_samples(void);
void fifo_interrupt(void), setup(void), control_written(const uint8_t *, size_t), loop(void);
"""


def test_the_outline_of_a_sketch_in_the_note_is_right_c(tmp_path):
    note = HEADER.with_suffix(".md").read_text("utf-8")
    [outline] = re.findall(r"```c\n(.*?)```", note, re.DOTALL)
    sketch = tmp_path / "sketch.c"
    sketch.write_text(STUBS + outline.replace("...(", "("))
    compiled(sketch, tmp_path / "sketch.o", "gcc", "-std=c99", "-c")


def test_it_needs_no_floating_point_and_allocates_nothing(tmp_path):
    unit = tmp_path / "unit.c"
    unit.write_text('#include "open_lift_profile.h"\n')
    ran = subprocess.run(
        ["gcc", "-std=c99", "-E", "-P", f"-I{HEADER.parent}", unit],
        capture_output=True,
        text=True,
        check=True,
    )
    ours = ran.stdout[ran.stdout.index("OPEN_LIFT_ACC_GYR") :]
    assert not [word for word in ("float", "double", "malloc", "calloc") if word in ours]


def test_info_is_read_as_it_was_meant(board):
    said = board(INFO)
    info = read_info(of(said, "info")[0])
    assert (info.config_id, info.acc_lsb_g, info.gyr_lsb_dps) == (7, LSB_G, LSB_DPS)
    assert (info.types, info.rates_hz) == (7, (50, 100, 200))
    assert of(said, "info")[0].endswith(b"\x07C board\x07no chip")
    assert of(said, "short") == [b""]


def test_scales_are_the_nearest_floats(board):
    rng = np.random.default_rng(4)
    ratios = rng.integers(1, 1 << 32, (3000, 2)) >> rng.integers(0, 32, (3000, 2))
    ratios = np.maximum(ratios, 1)
    ratios[:4] = [[70, 1000], [488, 1_000_000], [1, 2048], [(1 << 32) - 1, 1]]
    said = board("".join(f"r {over} {under}\n" for over, under in ratios))
    assert [np.frombuffer(value, ">f4")[0] for value in of(said, "float")] == [
        np.float32(int(over) / int(under)) for over, under in ratios
    ]
    assert of(board("r 0 1 r 1 0"), "float") == [bytes(4)] * 2


@pytest.mark.parametrize(("kind", "most"), [(0, 19), (1, 11), (2, 29)])
@pytest.mark.parametrize("per_packet", [1, 5, None])
def test_packets_hold_exactly_what_was_put_in(board, kind, most, per_packet):
    per_packet = per_packet or most
    rng = np.random.default_rng(kind)
    words = rng.integers(-32000, 32000, (20 * per_packet, 10))
    words[:, 6:] = np.rint(32767 * unit(rng.normal(size=(len(words), 4))))
    said = board(script(kind, per_packet, words, first_us=2**32 - 55_000))
    packets = of(said, "packet")
    assert [value for word, value in said if word == "full"] == (["0"] * (per_packet - 1) + ["1"]) * 20
    got = decoded(of(said, "info")[0], packets)
    assert got.undecodable == 0
    assert got.device_s.tolist() == [(2**32 - 55_000 + 10_000 * i) / 1e6 for i in range(len(words))]
    assert [int.from_bytes(packet[2:4], "little") for packet in packets] == list(range(20))
    if kind == 2:
        assert got.acc_m_s2 is None
    else:
        assert (got.acc_m_s2 == words[:, :3] * (LSB_G * 9.80665)).all()
        assert (got.gyr_rad_s == words[:, 3:6] * np.radians(LSB_DPS)).all()
    if kind == 0:
        assert got.earth_from_sensor is None
    else:
        assert got.earth_from_sensor == pytest.approx(unit(words[:, 6:] / 32768), abs=1e-12)


def unit(quaternions):
    return quaternions / np.linalg.norm(quaternions, axis=1)[:, None]


def test_the_first_vector_of_the_notes_comes_out_byte_for_byte(board):
    vectors = json.loads((FOLDER / "open_lift.json").read_text("utf-8"))["vectors"]
    [expected] = [vector for vector in vectors if vector["name"].startswith("two samples of acceleration")]
    words = np.array([[0, 0, 2048, 100, -100, 0, 0, 0, 0, 0], [16, -16, 2032, 0, 0, 1000, 0, 0, 0, 0]])
    said = board(
        INFO + "b 0 2 32767 32767\ns 0 0 0 0 0 0 0 0 0 0\nf 0 10000 0\n" * 5
    )  # the sixth has number 5
    lines = INFO + "b 0 1 9 9\n" + "s 0 0 0 0 0 0 0 0 0 0\nf 0 10000 0\n" * 5
    said = board(lines + script(0, 2, words, first_us=1_000_000).removeprefix(INFO))
    assert of(said, "packet")[-1].hex() == expected["packets"][0]["hex"]


def test_what_stands_at_the_end_of_its_range_flags_its_packet(board):
    words = np.zeros((6, 10), int)
    words[0, 2], words[2, 4], words[4, 0] = -28571, 28571, 28570  # 2000 deg/s at 0.07 is count 28571
    said = board(script(0, 2, words, acc_end=28571, gyr_end=28571))
    assert [packet[11] for packet in of(said, "packet")] == [1, 2, 0]
    got = decoded(of(said, "info")[0], of(said, "packet"))
    assert got.flags.tolist() == [ACC_CLIPPED] * 2 + [GYR_CLIPPED] * 2 + [0] * 2


def test_loss_is_flagged_once_and_the_last_packet_may_be_short(board):
    sample = "s 0 0 0 0 0 0 0 0 0 0\n"
    said = board(
        f"{INFO}b 0 2 99 99\nl\n{sample}{sample}f 10000 10000 16\n{sample}f 20000 10000 128\nf 0 1 128\n"
    )
    first, last, nothing = of(said, "packet")
    assert (first[1], first[11]) == (2, 0b0001_0100)
    assert (last[1], last[11]) == (1, 0b1000_0000)
    assert nothing == b""


def test_a_sample_without_room_is_lost_and_said(board):
    lines = INFO + "b 2 255 0 0\n" + "s 0 0 0 0 0 0 32767 0 0 0\n" * 31 + "f 280000 10000 0\n"
    [packet] = of(board(lines), "packet")
    assert (len(packet), packet[1], packet[11]) == (12 + 29 * 8, 29, 0b100)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("01 6400 00 05", "81 00 07 6400"),
        ("01 6500 00 05", "81 03"),
        ("01 6400 03 05", "81 03"),
        ("01 6400 00 14", "81 03"),
        ("01 6400 00 00", "81 03"),
        ("01 6400 01 0C", "81 03"),
        ("01 6400 00", "81 02"),
        ("02", "82 00"),
        ("02 00", "82 02"),
        ("03 0807060504030201", "83 00 0807060504030201 04030201"),
        ("03", "83 02"),
        ("04 05", "84 00"),
        ("05", "85 00"),
        ("06 1000 d007", "86 00 07"),
        ("07", "87 01"),
        ("00", "80 01"),
        ("ff 01 02", "ff 01"),
    ],
)
def test_commands_are_read_and_answered_as_the_table_says(board, command, answer):
    said = board(INFO + "c " + command.replace(" ", "") + "\n")
    assert of(said, "answer") == [bytes.fromhex(answer)]


def test_the_fields_of_commands_arrive(board):
    assert ("seconds", "9") in board(INFO + "c 0409\n")
    assert ("ranges", "16 2000") in board(INFO + "c 061000d007\n")


def test_tracker_s_own_start_is_understood_and_answered(board):
    info = of(board(INFO), "info")[0]
    conversation, answer, said = by_make("open-lift").start(), None, b""
    while True:
        try:
            step = conversation.send(answer)
        except StopIteration as end:
            returned = end.value
            break
        answer = None
        match step:
            case Read():
                answer = info
            case Write(data=data):
                [said] = of(board(f"{INFO}c {data.hex()}\n"), "answer")
            case Expect():
                answer = said
    assert returned == info


def test_the_period_is_measured_from_the_fifo(board):
    period_x256 = 256 * 10_000
    for _ in range(160):
        [(_, period)] = board(f"p {period_x256} 52083 5\n")  # 96 Hz, sold as 100
        period_x256 = int(period)
    assert (period_x256 + 128) // 256 == pytest.approx(10_417, abs=1)
    assert board("p 2560000 50000 0 p 2560000 4294967295 5") == [("period", "2560000")] * 2


def test_quaternions_of_thirty_bits_are_rounded_to_fifteen(board):
    values = [1 << 30, -(1 << 30), 0, 16384, 16383, -16385, 759250125, -759250125]
    said = board("".join(f"q {value}\n" for value in values))
    assert [int(value) for _, value in said] == [32767, -32768, 0, 1, 0, -1, 23170, -23170]
