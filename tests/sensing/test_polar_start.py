"""The conversation that starts a Polar, answered from a script and without I/O."""

import pytest

from tracker.errors import BluetoothError, RefusedError
from tracker.sensing.sensors import SENSORS, by_make
from tracker.sensing.sensors.conversation import Expect, Read, Subscribe, Write
from tracker.sensing.sensors.polar import CONTROL, DATA
from tracker.sensing.sensors.polar_frames import Kind, Scale, read_info

VERITY = bytes.fromhex("0F 6E 02") + bytes(14)
WITHOUT_SDK_MODE = bytes.fromhex("0F 6E 00") + bytes(14)
H10 = bytes.fromhex("0F 05 00") + bytes(14)

SDK_ON, SDK_OFF = bytes.fromhex("02 09"), bytes.fromhex("03 09")
ASK_ACC, ASK_GYR = bytes.fromhex("01 02"), bytes.fromhex("01 05")
STOP_ACC, STOP_GYR = bytes.fromhex("03 02"), bytes.fromhex("03 05")
START_ACC = bytes.fromhex("02 02  00 01 6800  01 01 1000  02 01 1000  04 01 03")  # 104 Hz, 16 bit, 16 g, 3
START_GYR = bytes.fromhex("02 05  00 01 6800  01 01 1000  02 01 D007  04 01 03")
NORMAL_ACC = bytes.fromhex("02 02  00 01 3400  01 01 1000  02 01 0800  04 01 03")  # 52 Hz, 8 g
NORMAL_GYR = bytes.fromhex("02 05  00 01 3400  01 01 1000  02 01 D007  04 01 03")

RATES = "00 05 1A00 3400 6800 D000 A001"
SDK_ACC = bytes.fromhex(f"F0 01 02 00 00 {RATES} 01 01 1000  02 04 0200 0400 0800 1000  04 01 03")
SDK_GYR = bytes.fromhex(f"F0 01 05 00 00 {RATES} 01 01 1000  02 04 FA00 F401 E803 D007  04 01 03")
PLAIN_ACC = bytes.fromhex("F0 01 02 00 00 00 01 3400 01 01 1000 02 01 0800 04 01 03")
PLAIN_GYR = bytes.fromhex("F0 01 05 00 00 00 01 3400 01 01 1000 02 01 D007 04 01 03")
ACC_STARTED = bytes.fromhex("F0 02 02 00 00 05 01 0000003A")  # factor 2**-11
GYR_STARTED = bytes.fromhex("F0 02 05 00 00 05 01 0000803D")  # factor 2**-4


def said(command: bytes, status=0) -> bytes:
    return bytes([0xF0, *command[:2], status])


IN_SDK_MODE = {
    SDK_ON: [said(SDK_ON)],
    ASK_ACC: [SDK_ACC],
    ASK_GYR: [SDK_GYR],
    START_ACC: [ACC_STARTED],
    START_GYR: [GYR_STARTED],
}
IN_NORMAL_MODE = {
    ASK_ACC: [PLAIN_ACC],
    ASK_GYR: [PLAIN_GYR],
    NORMAL_ACC: [ACC_STARTED],
    NORMAL_GYR: [GYR_STARTED],
}
STOPPING = {STOP_ACC: [said(STOP_ACC)], STOP_GYR: [said(STOP_GYR)], SDK_OFF: [said(SDK_OFF)]}


def converse(answers, features=VERITY, conversation=None):
    """Carry out a conversation; each command takes the next of its answers. Give steps and result."""
    left = {command: list(them) for command, them in answers.items()}
    heard, steps, answer = [], [], None
    conversation = conversation or by_make("polar").start()
    while True:
        try:
            step = conversation.send(answer)
        except StopIteration as end:
            assert not any(left.values())
            return steps, end.value
        steps.append(step)
        answer = None
        match step:
            case Read(uuid):
                assert uuid == CONTROL
                answer = features
            case Write(uuid, data):
                assert uuid == CONTROL
                if left.get(data):
                    next_one = left[data].pop(0)
                    heard += next_one if isinstance(next_one, list) else [next_one]
            case Expect():
                answer = heard.pop(0) if heard else None


def written(steps) -> list[bytes]:
    return [step.data for step in steps if isinstance(step, Write)]


def test_in_sdk_mode_at_104_hz_and_the_widest_ranges():
    steps, info = converse(IN_SDK_MODE)
    assert steps[:3] == [Read(CONTROL), Subscribe(CONTROL), Subscribe(DATA)]
    assert written(steps) == [SDK_ON, ASK_ACC, START_ACC, ASK_GYR, START_GYR]
    assert read_info(info) == {Kind.ACC: Scale(104, 16, 2**-11), Kind.GYR: Scale(104, 2000, 2**-4)}


def test_firmware_without_sdk_mode_starts_as_it_can():
    steps, info = converse(IN_NORMAL_MODE, WITHOUT_SDK_MODE)
    assert written(steps) == [ASK_ACC, NORMAL_ACC, ASK_GYR, NORMAL_GYR]
    assert read_info(info)[Kind.ACC] == Scale(52, 8, 2**-11)


def test_sdk_mode_that_is_refused_is_done_without():
    steps, _ = converse(IN_NORMAL_MODE | {SDK_ON: [said(SDK_ON, 3)]})
    assert written(steps) == [SDK_ON, ASK_ACC, NORMAL_ACC, ASK_GYR, NORMAL_GYR]


def test_a_stream_that_is_refused_in_sdk_mode_is_started_in_normal_mode():
    answers = IN_SDK_MODE | STOPPING | IN_NORMAL_MODE
    answers |= {ASK_ACC: [SDK_ACC, PLAIN_ACC], START_GYR: [said(START_GYR, 8)], ASK_GYR: [SDK_GYR, PLAIN_GYR]}
    steps, info = converse(answers)
    assert written(steps)[-8:] == [
        START_GYR, STOP_ACC, STOP_GYR, SDK_OFF, ASK_ACC, NORMAL_ACC, ASK_GYR, NORMAL_GYR
    ]  # fmt: skip
    assert read_info(info)[Kind.GYR].rate_hz == 52


def test_what_streams_already_is_stopped_and_started():
    answers = IN_SDK_MODE | {
        SDK_ON: [said(SDK_ON, 12), said(SDK_ON, 6)],
        STOP_ACC: [said(STOP_ACC)] * 2,
        STOP_GYR: [said(STOP_GYR, 6)],
        START_ACC: [said(START_ACC, 6), ACC_STARTED],
    }
    steps, _ = converse(answers)
    assert written(steps) == [
        SDK_ON, STOP_ACC, STOP_GYR, SDK_ON, ASK_ACC, START_ACC, STOP_ACC, START_ACC, ASK_GYR, START_GYR
    ]  # fmt: skip


def test_an_answer_in_several_parts_and_answers_to_something_else_are_understood():
    in_parts = [b"", b"\xf0", said(STOP_GYR), SDK_ACC[:4] + b"\1" + SDK_ACC[5:12], b"\0" + SDK_ACC[12:]]
    steps, _ = converse(IN_SDK_MODE | {ASK_ACC: [in_parts]})
    assert START_ACC in written(steps)


@pytest.mark.parametrize("features", [H10, b"", b"\x0f", b"\xf0\x6e\x02"])
def test_a_polar_without_gyroscope_is_refused(features):
    with pytest.raises(BluetoothError, match=r"has no gyroscope.*; use a Polar Verity Sense"):
        converse({}, features)


@pytest.mark.parametrize("name", ["Polar H10 12345678", "Polar OH1 12345678", "Polar H9 12345678"])
def test_one_that_is_known_to_have_none_is_recognised_to_be_refused(name):
    [sensor] = [sensor for sensor in SENSORS if sensor.recognises(name, ())]
    assert "no gyroscope" in sensor.title
    with pytest.raises(BluetoothError, match="has no gyroscope"):
        converse({}, conversation=sensor.start())


def test_a_verity_sense_is_recognised_by_its_name():
    [sensor] = [sensor for sensor in SENSORS if sensor.recognises("Polar Sense 12345678", ("180d",))]
    assert sensor.make == "polar"


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (13, "in its charger; take it out"),
        (12, "busy.*switch it off and on"),
        (6, "streams already and does not stop"),
        (1, "update its firmware"),
        (7, "update its firmware"),
        (10, "another Bluetooth adapter"),
        (14, "memory is full"),
        (99, "status 99; update tracker"),
    ],
)
def test_a_refusal_names_the_next_step(status, says):
    refused = {NORMAL_ACC: [said(NORMAL_ACC, status)] * 2, STOP_ACC: [said(STOP_ACC)]}
    with pytest.raises(BluetoothError, match=f"the Polar did not start: .*{says}"):
        converse(IN_NORMAL_MODE | refused, WITHOUT_SDK_MODE)


def test_silence_is_said():
    with pytest.raises(BluetoothError, match="does not answer; switch it off and on"):
        converse({})


@pytest.mark.parametrize(
    "offered", ["F0 01 02 00 00", "F0 01 02 00", "F0 01 02 00 00 00 00", "F0010200000005"]
)
def test_settings_that_cannot_be_used_are_refused(offered):
    with pytest.raises(BluetoothError, match="; update"):
        converse({ASK_ACC: [bytes.fromhex(offered)]}, WITHOUT_SDK_MODE)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("F0 02 05 00 00 05 01 00000000", "factor is 0; switch it off and on"),
        ("F0 02 05 00 00 05 01 0000C07F", "factor is nan; switch it off and on"),
        ("F0 02 05 00 00 05 01 0000", "end within a value; update tracker"),
        ("F0 02 05 00 00" + "00 7F" + 254 * "00", "more about its start than is known; update tracker"),
        ("F0 02 05 00 00" + "04 FB" + 251 * "00", "more about its start than is known; update tracker"),
    ],
)
def test_a_start_whose_scale_no_decoder_understands_is_refused(answer, says):
    with pytest.raises(RefusedError, match=says):
        converse(IN_SDK_MODE | {START_GYR: [bytes.fromhex(answer)]})


def test_stopping_ends_both_streams_and_sdk_mode():
    steps, _ = converse(STOPPING, conversation=by_make("polar").stop())
    assert written(steps) == [STOP_ACC, STOP_GYR, SDK_OFF]


def test_it_is_known_to_lag():
    assert by_make("polar").lag_s == 1.0
