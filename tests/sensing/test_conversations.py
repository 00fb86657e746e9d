"""What holds for the conversations of every make: they end, whatever the sensor says."""

import struct

import pytest

from tracker.errors import BluetoothError
from tracker.sensing.sensors import SENSORS
from tracker.sensing.sensors.conversation import Expect, Read

MOST_STEPS = 3000
"""The longest that ends of itself is WitMotion's, which asks for each register three times."""

POLAR_WITH_A_GYROSCOPE = bytes.fromhex("0F 6E 02")
MEASURING = bytes([1, 1, 26]) + bytes(29)
INFO = struct.pack("<BBHIffHHBBH", 1, 7, 100, 1, 2**-11, 0.07, 16, 2000, 0b111, 1, 100)
READ = {"polar": POLAR_WITH_A_GYROSCOPE, "movella-dot": MEASURING, "open-lift": INFO}
"""What lets a conversation go on to its questions."""

NAMES = ("start", "stop", "reread", "identity", "battery", "identify")


@pytest.mark.parametrize("chatter", [b"", b"\0", b"\x81", b"\2\x63" + bytes(200), b"\x55\x61" + bytes(18)])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sensor", SENSORS, ids=lambda sensor: sensor.make)
def test_it_ends_when_something_else_is_said_for_ever(sensor, name, chatter):
    make = getattr(sensor, name)
    if make is None:
        return
    conversation, answer, steps = make(), None, 0
    try:
        while steps < MOST_STEPS:
            step = conversation.send(answer)
            steps += 1
            match step:
                case Read():
                    answer = READ.get(sensor.make, chatter)
                case Expect(timeout_s=timeout_s):
                    answer = chatter if timeout_s else None
                case _:
                    answer = None
    except (StopIteration, BluetoothError):
        pass
    assert steps < MOST_STEPS
