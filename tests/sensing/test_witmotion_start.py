"""The conversation that starts a WitMotion sensor, answered from a script and without I/O."""

import struct

import pytest

from tracker.errors import BluetoothError, InputError
from tracker.sensing.marks import Connected
from tracker.sensing.sensors import by_make
from tracker.sensing.sensors.conversation import Expect, Subscribe, Wait, Write
from tracker.sensing.sensors.witmotion import COMMAND, STREAM
from tracker.sensing.sensors.witmotion_packets import Info, read_info

UNLOCK = bytes.fromhex("ffaa6988b5")
HZ = {6: 10, 7: 20, 8: 50, 9: 100, 0x0B: 200}
SAVE = 0x00


def timed(ms: int) -> bytes:
    time = struct.pack("<6BH", 15, 1, 1, 0, 0, ms // 1000, ms % 1000)
    return bytes([0x55, 0xE4]) + time + struct.pack("<10h", 0, 0, 2048, *[0] * 3, 32767, 0, 0, 0)


DEFAULT = bytes([0x55, 0x61]) + struct.pack("<9h", 0, 0, 2048, *[0] * 6)
DATED = DEFAULT + bytes.fromhex("0f01010000000000")
VIBRATION = bytes([0x55, 0x61]) + struct.pack("<13h", 3, 5, 2, 0, 0, 0, 2512, 12, 9, 11, 0, 0, 0)
OLD = bytes.fromhex("5551 0100 0200 0008 2800 db") + bytes.fromhex("5552 0000 0000 0000 2800 cf")


class Scripted:
    """What the sensor on the other side would do: registers, a stream, and how well it answers."""

    def __init__(self, registers=None, *, answers=True, obeys=(), frame=None, real_hz=None, deaf_to=0):
        self.registers = {0x03: 6, 0x0E: 0x61, 0x24: 0, 0x2E: 13115, 0x64: 392} | (registers or {})
        self.answers = answers
        self.obeys = obeys or (0x03, 0x0E, 0x24)
        self.frame = frame
        self.real_hz = real_hz
        self.deaf_to = deaf_to
        self.written: list[bytes] = []
        self.waiting: list[bytes] = []
        self.heard = 0
        self.waited_s = 0.0
        self.due = 0.0
        self.sent = 0
        self.subscribed = False

    def write(self, data):
        self.written.append(data)
        register, value = data[2], int.from_bytes(data[3:], "little")
        if register == 0x27:
            if self.answers and not self.deaf_to:
                words = [self.registers.get(value + i, 0) for i in range(8)]
                self.waiting.append(struct.pack("<BBH8H", 0x55, 0x71, value, *words))
            self.deaf_to = max(0, self.deaf_to - 1)
        elif UNLOCK in self.written and register in self.obeys:
            self.registers[register] = value

    def wait(self, duration_s):
        self.waited_s += duration_s
        has_time = self.registers[0x0E] == 0xE4
        self.due += duration_s * (self.real_hz if self.real_hz is not None else HZ[self.registers[0x03]])
        while self.due >= 1 and self.subscribed:
            self.sent += 1
            self.waiting.append(self.frame or (timed(10 * self.sent) if has_time else DEFAULT))
            self.due -= 1

    def carry_out(self, conversation):
        answer = None
        while True:
            try:
                step = conversation.send(answer)
            except StopIteration as end:
                return end.value
            answer = None
            match step:
                case Subscribe(uuid):
                    assert uuid == STREAM
                    self.subscribed = True
                case Write(uuid, data):
                    assert uuid == COMMAND
                    self.write(data)
                case Wait(duration_s):
                    self.wait(duration_s)
                case Expect(uuid, timeout_s):
                    assert (uuid, timeout_s) == (STREAM, 0.0)
                    answer = self.waiting.pop(0) if self.waiting else None
                    self.heard += answer is not None

    def started(self):
        return read_info(self.carry_out(by_make("witmotion").start()))

    def set_to(self) -> dict[int, int]:
        """Registers that were written."""
        commands = [data for data in self.written if data[2] not in (0x27, 0x69)]
        return {data[2]: int.from_bytes(data[3:], "little") for data in commands}


def test_sets_rate_six_axes_and_output_and_reads_them_back():
    sensor = Scripted()
    info = sensor.started()
    assert sensor.set_to() == {0x03: 9, 0x24: 1, 0x0E: 0xE4}
    assert (info.rate_hz, info.mask, info.rate_code, info.algorithm, info.output) == (100.0, 0xE4, 9, 1, 0xE4)
    assert info.version == 13115
    first_setting = next(i for i, data in enumerate(sensor.written) if data[2] not in (0x27, 0x69))
    assert UNLOCK in sensor.written[:first_setting]
    for register in (0x03, 0x24, 0x0E):
        question = bytes([0xFF, 0xAA, 0x27, register, 0])
        assert question in sensor.written[:first_setting]
        assert question in sensor.written[first_setting:]


def test_takes_little_time():
    sensor = Scripted()
    sensor.started()
    assert sensor.waited_s < 2.0


def test_never_saves_to_flash():
    for sensor in (Scripted(), Scripted(answers=False), Scripted({0x0E: 1}), Scripted(obeys=(0x03,))):
        sensor.started()
        assert SAVE not in sensor.set_to()


def test_a_sensor_that_is_set_already_is_not_written_to():
    sensor = Scripted({0x03: 9, 0x0E: 0xE4, 0x24: 1})
    info = sensor.started()
    assert sensor.set_to() == {}
    assert (info.rate_hz, info.mask) == (100.0, 0xE4)


@pytest.mark.parametrize("other", [0, 1, 4, 0xA4, 0x84])
def test_the_output_is_left_alone_where_its_register_does_not_read_61(other):
    sensor = Scripted({0x0E: other}, frame=DEFAULT)
    info = sensor.started()
    assert sensor.set_to() == {0x03: 9, 0x24: 1}
    assert (info.mask, info.output, info.rate_hz) == (0x61, other, 100.0)


@pytest.mark.parametrize("frame", [timed(0)[:-8] + bytes(8), timed(0)], ids=["no quaternion", "time stands"])
def test_an_output_that_sends_nothing_good_is_taken_back(frame):
    class Untried(Scripted):
        def wait(self, duration_s):
            self.frame = frame if self.registers[0x0E] == 0xE4 else DEFAULT
            super().wait(duration_s)

    sensor = Untried()
    info = sensor.started()
    assert (sensor.registers[0x0E], info.mask, info.output, info.rate_hz) == (0x61, 0x61, 0x61, 100.0)


def test_an_answer_that_is_lost_is_asked_for_again():
    info = Scripted(deaf_to=2).started()
    assert (info.rate_code, info.rate_hz) == (9, 100.0)


def test_what_was_not_taken_is_said_and_used_as_it_stands():
    info = Scripted(obeys=(0x24,)).started()
    assert (info.rate_code, info.rate_hz, info.algorithm, info.output, info.mask) == (6, 10.0, 1, 0x61, 0x61)
    info = Scripted(obeys=(0x03,)).started()
    assert (info.rate_hz, info.algorithm, info.mask) == (100.0, 0, 0x61)


@pytest.mark.parametrize("real_hz", [10, 20, 50, 100, 200])
def test_firmware_that_answers_nothing_streams_as_it_stands_at_the_measured_rate(real_hz):
    sensor = Scripted(answers=False, real_hz=real_hz)
    info = sensor.started()
    assert sensor.set_to() == {}
    assert (info.rate_hz, info.mask) == (real_hz, 0x61)
    assert (info.rate_code, info.algorithm, info.output, info.version) == (None, None, None, None)


def test_a_register_that_does_not_tell_the_truth_is_not_believed():
    assert Scripted({0x03: 9, 0x0E: 0}, frame=DEFAULT, real_hz=50).started().rate_hz == 50.0


def test_neither_is_it_where_the_sensor_s_own_time_tells_the_rate():
    info = Scripted({0x03: 9, 0x0E: 0xE4, 0x24: 1}, real_hz=50).started()
    assert (info.rate_code, info.rate_hz, info.mask) == (9, 0.0, 0xE4)  # 0: by that time


def test_a_rate_code_that_models_disagree_on_is_measured():
    assert (
        Scripted({0x03: 0x0A, 0x0E: 0}, obeys=(0x24,), frame=DEFAULT, real_hz=200).started().rate_hz == 200.0
    )


def test_frames_with_the_time_behind_them_are_kept_as_they_are():
    info = Scripted({0x0E: 0}, frame=DATED).started()
    assert (info.mask, info.rate_hz) == (0x61, 100.0)


def test_the_packets_from_before_it_was_set_are_counted():
    sensor = Scripted()
    info = sensor.started()
    assert 0 < info.setup_packets < sensor.heard


@pytest.mark.parametrize(
    ("sensor", "says"),
    [
        (Scripted(answers=False, real_hz=0), "sends nothing; switch it off and on"),
        (Scripted(answers=False, frame=OLD), "11 bytes, an older protocol .* use a Bluetooth 5 model"),
        (Scripted(frame=VIBRATION), "28 bytes without a time .* vibration sensors .* use one"),
        (Scripted(answers=False, frame=b"\x01\x02\x03" * 5), "sends what is not known .* defaults"),
    ],
)
def test_a_refusal_names_the_next_step(sensor, says):
    with pytest.raises(BluetoothError, match=says):
        sensor.started()


@pytest.mark.parametrize(
    ("hundredths", "percent"),
    [
        (420, 100), (396, 100), (395, 90), (392, 75), (379, 50), (368, 15), (349, 5), (340, 5), (339, 0),
        (480, None), (840, None), (0, None),
    ],
)  # fmt: skip
def test_the_battery_goes_by_the_maker_s_table_and_usb_power_tells_nothing(hundredths, percent):
    sensor = Scripted({0x64: hundredths})
    assert sensor.carry_out(by_make("witmotion").battery()) == percent


def test_a_battery_that_is_not_answered_for_is_unknown():
    assert Scripted(answers=False).carry_out(by_make("witmotion").battery()) is None


@pytest.mark.parametrize("name", ["WT901BLE67", "WT901BLE68", "WT9011DCL-BT50", "WTSDCL"])
def test_is_recognised_by_name_as_its_service_is_not_always_advertised(name):
    assert by_make("witmotion").recognises(name, ())
    assert not by_make("witmotion").recognises("WTVB01-BT50", ())
    assert by_make("witmotion").recognises("", ("0000FFE5-0000-1000-8000-00805F9A34FB",))


class TestInfo:
    def test_comes_back_as_it_was_written(self):
        for info in (Info(), Info(3, 100.0, 0xE4, 9, 1, 0xE4, 13115), Info(rate_hz=0.2, mask=0x61)):
            assert read_info(info.encode()) == info

    @pytest.mark.parametrize("value", [b"", b"\2" + Info().encode()[1:], Info().encode()[:-1]])
    def test_what_is_not_understood_is_refused(self, value):
        with pytest.raises(InputError, match="update tracker"):
            by_make("witmotion").decoder(Connected("witmotion", info=value))
