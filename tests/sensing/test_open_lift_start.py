"""The conversation that starts an open-profile board, answered from a script and without I/O."""

import struct

import pytest

from tracker.errors import BluetoothError
from tracker.sensing.sensors import by_make
from tracker.sensing.sensors.conversation import Expect, Read, Subscribe, Wait, Write
from tracker.sensing.sensors.open_lift import CONTROL, INFO, STREAM, is_outdated

START = bytes.fromhex("01 6400 00 05")  # 100 Hz, type 0, 5 samples a packet
STARTED = bytes.fromhex("81 00 07 6400")
NOT_NOW = bytes.fromhex("81 04")
STOPPED = bytes.fromhex("82 00")


def info(*, config=7, types=0b111, rates=(50, 100, 200)) -> bytes:
    head = struct.pack("<BBHIffHHBB", 1, config, rates[0], 1, 2**-11, 0.07, 16, 2000, types, len(rates))
    return head + struct.pack(f"<{len(rates)}H", *rates) + b"\1A\1B"


INFO_7 = info()


def converse(infos=(INFO_7,), answers=(STARTED,), conversation=None):
    """Carry out a conversation, the start where none is given; its steps and what it returned."""
    to_read, to_say, steps = list(infos), list(answers), []
    conversation = conversation or by_make("open-lift").start()
    answer = None
    while True:
        try:
            step = conversation.send(answer)
        except StopIteration as end:
            assert (to_read, to_say) == ([], [])
            return steps, end.value
        steps.append(step)
        match step:
            case Read(uuid):
                assert uuid == INFO
                answer = to_read.pop(0)
            case Expect(uuid):
                assert uuid == CONTROL
                answer = to_say.pop(0) if to_say else None
            case Write() | Subscribe() | Wait():
                answer = None


def written(steps) -> list[bytes]:
    return [step.data for step in steps if isinstance(step, Write)]


def test_subscribes_before_it_starts_so_that_nothing_is_lost():
    steps, returned = converse()
    assert steps[:4] == [Read(INFO), Subscribe(CONTROL), Subscribe(STREAM), Write(CONTROL, START)]
    assert returned == info()


@pytest.mark.parametrize(("rates", "chosen"), [((50, 100, 200), 100), ((26, 104, 208), 104), ((50,), 50)])
def test_asks_for_the_rate_nearest_to_100_hz(rates, chosen):
    steps, _ = converse(infos=[info(rates=rates)])
    assert written(steps) == [struct.pack("<BHBB", 1, chosen, 0, 5)]


def test_reads_the_info_again_when_starting_changed_it():
    _, returned = converse(infos=[info(config=6), info(config=7)])
    assert returned == info(config=7)


def test_a_board_that_still_streams_is_stopped_first():
    steps, _ = converse(answers=[NOT_NOW, STOPPED, STARTED])
    assert written(steps) == [START, b"\2", START]


def test_answers_to_something_else_are_passed_over():
    _, returned = converse(answers=[b"", b"\x84\0", b"\x81", STARTED])
    assert returned == info()


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ([], "does not answer; switch it off and on"),
        ([b"\x81\1"], "update its firmware"),
        ([b"\x81\2"], "update its firmware"),
        ([b"\x81\3"], "update its firmware"),
        ([b"\x81\x63"], "status 99; update tracker"),
        ([NOT_NOW, STOPPED, NOT_NOW], "switch it off and on"),
    ],
)
def test_a_refusal_names_the_next_step(answers, says):
    with pytest.raises(BluetoothError, match=says):
        converse(answers=answers)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (b"\2" + info()[1:], "version 2 .* update tracker"),
        (b"", "update its firmware"),
        (info(types=0b100), "cannot send acceleration with angular rate"),
    ],
)
def test_a_board_that_cannot_be_used_is_left_alone(value, says):
    with pytest.raises(BluetoothError, match=says):
        converse(infos=[value])


def test_a_packet_with_another_config_id_outdates_the_info():
    head = bytes.fromhex("1002 3412 40420f00 1027")
    assert not is_outdated(info(config=7), head + b"\7\0")
    assert is_outdated(info(config=7), head + b"\x08\0")
    assert not is_outdated(info(config=7), head)
    assert not is_outdated(info(config=7), b"")


def test_a_board_is_asked_to_blink_for_five_seconds():
    steps, _ = converse((), (bytes.fromhex("84 00"),), by_make("open-lift").identify())
    assert steps[:2] == [Subscribe(CONTROL), Write(CONTROL, bytes.fromhex("04 05"))]


def test_a_board_that_refuses_to_blink_is_to_be_shaken():
    with pytest.raises(BluetoothError, match="shaking"):
        converse((), (bytes.fromhex("84 01"),), by_make("open-lift").identify())
