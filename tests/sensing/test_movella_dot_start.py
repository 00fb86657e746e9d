"""The conversations with a DOT, answered by a sensor made of a few bytes and without I/O."""

import struct
from dataclasses import dataclass, field

import pytest

from tracker.errors import BluetoothError
from tracker.sensing.sensors import by_make
from tracker.sensing.sensors.conversation import Expect, Identity, Read, Subscribe, Unsubscribe, Wait, Write
from tracker.sensing.sensors.movella_dot import (
    BATTERY,
    CONTROL,
    DEVICE_CONTROL,
    DEVICE_INFO,
    LONG,
    MEDIUM,
    SHORT,
)
from tracker.sensing.sensors.movella_dot_packets import read_info

SENSOR = by_make("movella-dot")
STOPPED = bytes.fromhex("010004")  # as a stopped sensor was captured
BYTES = {LONG: 63, MEDIUM: 40, SHORT: 20}
NEEDED = {26: LONG, 21: MEDIUM, 24: MEDIUM, 5: SHORT}
TAG = bytes([0, 0, 0, 10, 0, 30, 0, 11]) + b"Movella DOT".ljust(16, b"\0")


def device_control(rate_hz=60) -> bytes:
    return TAG + struct.pack("<HB5x", rate_hz, 0)


@dataclass
class Dot:
    """What a DOT answers, as the note has it; `modes` is what its firmware knows."""

    state: bytes = STOPPED
    device: bytes = field(default_factory=device_control)
    modes: tuple[int, ...] = (26, 21, 24, 5)
    refuses_aloud: bool = False
    longest: int = 244
    stops_after: int = 1
    takes_rate: bool = True
    lacks: tuple[str, ...] = ()
    steps: list = field(default_factory=list)
    subscribed: list = field(default_factory=list)
    pending: list = field(default_factory=list)

    def answer(self, step):
        self.steps.append(step)
        match step:
            case Read(uuid):
                return {CONTROL: self.state, DEVICE_CONTROL: self.device}[uuid]
            case Subscribe(uuid) if uuid in self.lacks:
                raise BluetoothError("subscribing to the sensor failed")
            case Subscribe(uuid):
                self.subscribed.append(uuid)
            case Unsubscribe(uuid):
                self.subscribed = [one for one in self.subscribed if one != uuid]
            case Write(uuid, data):
                self.control(data) if uuid == CONTROL else self.set(data)
            case Expect(uuid):
                return self.pending.pop(0)[1] if self.pending and self.pending[0][0] == uuid else None
        return None

    def control(self, data):
        _, action, mode = data
        if action == 0:
            self.stops_after -= 1
            if self.stops_after <= 0:
                self.state = bytes([1, 0, self.state[2]])
        elif mode in self.modes:
            self.state = data
            uuid = NEEDED[mode]
            self.pending = [(uuid, bytes(BYTES[uuid])[: self.longest])] if uuid in self.subscribed else []
        elif self.refuses_aloud:
            raise BluetoothError("writing to the sensor failed")

    def set(self, data):
        if not self.takes_rate and self.refuses_aloud:
            raise BluetoothError("writing to the sensor failed")
        if data[0] & 0x10 and self.takes_rate:
            self.device = self.device[:24] + data[24:26] + self.device[26:]

    @property
    def written(self):
        return [(step.uuid, step.data) for step in self.steps if isinstance(step, Write)]

    def starts(self):
        return [data[2] for uuid, data in self.written if uuid == CONTROL and data[1] == 1]


def converse(dot, conversation=None):
    """Carry a conversation out as the radio does: a step that fails raises inside it."""
    conversation = conversation or SENSOR.start()
    try:
        step = next(conversation)
        while True:
            try:
                answer = dot.answer(step)
            except BluetoothError as error:
                step = conversation.throw(error)
            else:
                step = conversation.send(answer)
    except StopIteration as end:
        return end.value


def test_an_idle_sensor_at_60_hz_is_only_subscribed_to_and_started():
    dot = Dot()
    assert converse(dot) == bytes.fromhex("01011a") + device_control()
    assert dot.steps == [
        Read(CONTROL),
        Read(DEVICE_CONTROL),
        Subscribe(LONG),
        Write(CONTROL, bytes.fromhex("01011a")),
        Expect(LONG, 1.0),
        Read(CONTROL),
    ]


@pytest.mark.parametrize("mode", NEEDED)
def test_what_it_returns_is_what_the_decoder_needs(mode):
    info = converse(Dot(modes=(mode,)))
    assert (read_info(info).mode.number, read_info(info).rate_hz) == (mode, 60)


@pytest.mark.parametrize("refuses_aloud", [True, False])
@pytest.mark.parametrize(
    ("modes", "tried"),
    [((21, 24, 5), [26, 21]), ((24, 5), [26, 21, 24]), ((5,), [26, 21, 24, 5])],
)
def test_firmware_that_does_not_know_a_mode_gets_the_next_one(modes, tried, refuses_aloud):
    dot = Dot(modes=modes, refuses_aloud=refuses_aloud)
    assert converse(dot)[2] == tried[-1]
    assert dot.starts() == tried
    assert dot.subscribed == [NEEDED[tried[-1]]]
    for step, before in zip(dot.steps[1:], dot.steps, strict=False):
        if isinstance(step, Write) and step.uuid == CONTROL and step.data[1] == 1:
            assert before == Subscribe(NEEDED[step.data[2]])


def test_firmware_without_the_long_characteristic_gets_the_next_mode():
    dot = Dot(lacks=(LONG,))
    assert converse(dot)[2] == 21
    assert dot.starts() == [21]


def test_a_link_that_cuts_packets_short_gets_a_mode_that_fits():
    dot = Dot(longest=20)
    assert converse(dot)[2] == 5
    assert dot.starts() == [26, 21, 24, 5]
    stops = [data for uuid, data in dot.written if uuid == CONTROL and data[1] == 0]
    assert stops == [bytes([1, 0, mode]) for mode in (26, 21, 24)]


def test_a_sensor_that_says_another_mode_than_it_was_told_is_not_believed():
    class Stubborn(Dot):
        def control(self, data):
            super().control(data)
            if self.state[1] == 1:
                self.state = bytes([1, 1, 4])

    with pytest.raises(BluetoothError, match="sends nothing in any payload mode"):
        converse(Stubborn())


def test_a_sensor_that_still_measures_for_somebody_is_stopped_first():
    dot = Dot(state=bytes.fromhex("010103"))
    converse(dot)
    assert dot.written[0] == (CONTROL, bytes.fromhex("010003"))
    assert isinstance(dot.steps[2], Wait)
    assert dot.starts() == [26]


def test_a_sensor_that_takes_its_time_to_stop_is_waited_for():
    dot = Dot(state=bytes.fromhex("010103"), stops_after=9)
    converse(dot)
    assert sum(isinstance(step, Wait) for step in dot.steps) == 9


def test_a_sensor_that_never_stops_is_given_up_after_three_seconds():
    dot = Dot(state=bytes.fromhex("010103"), stops_after=1000)
    with pytest.raises(BluetoothError, match="goes on measuring when told to stop; switch it off and on"):
        converse(dot)
    waited_s = sum(step.duration_s for step in dot.steps if isinstance(step, Wait))
    assert waited_s == pytest.approx(3.0)


@pytest.mark.parametrize("stored_hz", [1, 20, 30, 120])
def test_another_rate_is_set_before_the_start_and_nothing_else_is_touched(stored_hz):
    dot = Dot(device=device_control(stored_hz))
    info = converse(dot)
    uuid, data = dot.written[0]
    assert (uuid, data) == (DEVICE_CONTROL, b"\x10" + TAG[1:] + bytes.fromhex("3c00 00 0000000000"))
    assert info[3:] == device_control(60)


@pytest.mark.parametrize("refuses_aloud", [True, False])
def test_a_rate_that_does_not_stick_is_refused_with_the_next_step(refuses_aloud):
    dot = Dot(device=device_control(20), takes_rate=False, refuses_aloud=refuses_aloud)
    with pytest.raises(BluetoothError, match="stays at 20 Hz instead of 60 Hz; end its recording"):
        converse(dot)
    assert dot.starts() == []


@pytest.mark.parametrize("refuses_aloud", [True, False])
def test_no_mode_at_all_names_the_next_step(refuses_aloud):
    with pytest.raises(BluetoothError, match=r"\(26, 21, 24, 5\); switch it off and on, or update"):
        converse(Dot(modes=(), refuses_aloud=refuses_aloud))


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"state": b""}, "does not say whether it measures; update its firmware"),
        ({"state": b"\1\0"}, "does not say whether it measures"),
        ({"device": b""}, "does not say its rate; update its firmware"),
        ({"device": bytes(16)}, "does not say its rate"),
    ],
)
def test_a_sensor_that_says_too_little_is_left_alone(broken, says):
    with pytest.raises(BluetoothError, match=says):
        converse(Dot(**broken))


def test_a_link_that_is_lost_in_the_middle_is_no_refusal():
    class Gone(Dot):
        def answer(self, step):
            if self.steps and isinstance(self.steps[-1], Subscribe):
                raise BluetoothError("the link was lost")
            return super().answer(step)

    with pytest.raises(BluetoothError, match="the link was lost"):
        converse(Gone())


def test_letting_go_stops_it():
    dot = Dot(state=bytes.fromhex("01011a"))
    converse(dot, SENSOR.stop())
    assert dot.written == [(CONTROL, bytes.fromhex("01001a"))]


def answered(conversation, *values):
    """Answer reads from a list; give the result and what was read."""
    asked, left = [], list(values)
    try:
        step = next(conversation)
        while True:
            asked.append(step)
            step = conversation.send(left.pop(0) if isinstance(step, Read) else None)
    except StopIteration as end:
        return end.value, asked


DEVICE = bytes.fromhex("8c82f1 6ecad4 020400 e707 07 13 0c1e00 01010000 8877665544332211") + b"XS-T02"


def test_serial_number_and_firmware_are_read_from_the_device_info():
    assert len(DEVICE) == 34
    who, asked = answered(SENSOR.identity(), DEVICE)
    assert who == Identity("1122334455667788", "2.4.0")
    assert asked == [Read(DEVICE_INFO)]


@pytest.mark.parametrize("said", [b"", DEVICE[:33]])
def test_an_answer_that_is_too_short_names_nobody(said):
    assert answered(SENSOR.identity(), said)[0] == Identity()


def test_a_serial_number_of_nothing_is_none():
    assert answered(SENSOR.identity(), DEVICE[:20] + bytes(8) + DEVICE[28:])[0] == Identity("", "2.4.0")


@pytest.mark.parametrize(
    ("said", "percent"), [(b"\x57\0", 87), (b"\x57\1", 87), (b"\xff\0", 100), (b"\0\0", 0), (b"", None)]
)
def test_the_battery_is_its_first_byte(said, percent):
    assert answered(SENSOR.battery(), said) == (percent, [Read(BATTERY)])


def test_blinking_is_asked_for_with_everything_else_as_it_was():
    _, asked = answered(SENSOR.identify(), device_control(30))
    assert asked[1] == Write(DEVICE_CONTROL, b"\x01\x01" + device_control(30)[2:])


@pytest.mark.parametrize("name", ["Movella DOT", "Xsens DOT"])
def test_it_is_recognised_by_its_name_which_is_all_that_it_advertises(name):
    assert SENSOR.recognises(name, ())
    assert not SENSOR.recognises("DOT", ())
