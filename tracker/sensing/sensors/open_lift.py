"""The open lift-IMU profile, version 1 (firmware_notes/open_lift_profile.md): its name and its start."""

from __future__ import annotations

import struct

from tracker.errors import BadPacket, BluetoothError, RefusedError
from tracker.sensing.sensors.conversation import Asking, Conversation, Read, Subscribe, Write, hear_answer
from tracker.sensing.sensors.open_lift_packets import decoder, read_info
from tracker.sensing.sensors.sensor import Sensor

MAKE = "open-lift"

SERVICE = "eb0a0001-637a-4d45-a0eb-46f92eab61e6"
STREAM = "eb0a0002-637a-4d45-a0eb-46f92eab61e6"
CONTROL = "eb0a0003-637a-4d45-a0eb-46f92eab61e6"
INFO = "eb0a0004-637a-4d45-a0eb-46f92eab61e6"

WANTED_RATE_HZ = 100
"""The filters downstream are tuned there, and the radio carries it with ease (design note 4)."""

WANTED_SAMPLES = 5
"""Samples in a packet: one packet each 50 ms at 100 Hz, the latency bar, at 20 packets/s."""

ANSWER_TIMEOUT_S = 2.0
"""For the answer to a command, s: many connection intervals, and nobody waits longer in silence."""

BLINK_S = 5
"""How long it blinks when asked to, s: time to look round."""

_START, _STOP, _IDENTIFY, _IS_ANSWER = 0x01, 0x02, 0x04, 0x80
_ANSWER_BYTES = 2
_TYPE_ACC_GYR, _CAN_ACC_GYR = 0, 0b001
_DONE, _NOT_NOW = 0, 4
_CONFIG_ID_AT = 10
_REFUSALS = {
    1: "it does not know the command; update its firmware",
    2: "it expects another length of command; update its firmware, or tracker",
    3: "it does not support the rate that it offers; update its firmware",
    _NOT_NOW: "it is busy and does not stop; switch it off and on",
}


def reread() -> Conversation:
    """Read the info again and check it.

    Raises
    ------
    RefusedError
        If it cannot be used.
    """
    value = (yield Read(INFO)) or b""
    try:
        read_info(value)
    except BadPacket as error:
        raise RefusedError(str(error)) from error
    return value


def start() -> Conversation:
    """Start acceleration and angular rate at the rate nearest to `WANTED_RATE_HZ`.

    The stream is subscribed to before it starts, so that its first packet is heard, and the info is
    read again when starting has changed it.

    Raises
    ------
    BluetoothError
        If the board refuses, does not answer, or its info cannot be used; RefusedError where asking again
        is of no use.
    """
    value = yield from reread()
    info = read_info(value)
    if not info.types & _CAN_ACC_GYR:
        raise RefusedError("the sensor cannot send acceleration with angular rate; update its firmware")
    yield Subscribe(CONTROL)
    yield Subscribe(STREAM)
    rate_hz = min(info.rates_hz, key=lambda rate: abs(rate - WANTED_RATE_HZ))
    command = struct.pack("<BHBB", _START, rate_hz, _TYPE_ACC_GYR, WANTED_SAMPLES)
    status, said = yield from _command(command)
    if status == _NOT_NOW:  # it still streams for a link that it has not seen end
        yield from _command(bytes([_STOP]))
        status, said = yield from _command(command)
    if status != _DONE:
        why = _REFUSALS.get(status, f"it answers with status {status}; update tracker")
        error = BluetoothError if status == _NOT_NOW else RefusedError
        raise error(f"the sensor did not start: {why}")
    return value if said[:1] == bytes([info.config_id]) else (yield from reread())


def _command(command: bytes) -> Asking[tuple[int, bytes]]:
    head = bytes([_IS_ANSWER | command[0]])
    yield Write(CONTROL, command)
    said = yield from hear_answer(
        CONTROL, ANSWER_TIMEOUT_S, lambda heard: heard[:1] == head and len(heard) >= _ANSWER_BYTES
    )
    if said is None:
        raise BluetoothError("the sensor does not answer; switch it off and on")
    return said[1], said[_ANSWER_BYTES:]


def identify() -> Asking[None]:
    """Have the board blink for `BLINK_S`; also while it streams.

    Raises
    ------
    BluetoothError
        If it refuses or does not answer.
    """
    yield Subscribe(CONTROL)
    status, _ = yield from _command(bytes([_IDENTIFY, BLINK_S]))
    if status != _DONE:
        raise BluetoothError("the sensor did not blink; find it by shaking it instead")


def is_outdated(info: bytes, payload: bytes) -> bool:
    """Tell whether a packet was made with another config id than the info's."""
    return payload[_CONFIG_ID_AT : _CONFIG_ID_AT + 1] not in (b"", info[1:2])


OPEN_LIFT = Sensor(
    make=MAKE,
    title="open lift-IMU",
    decoder=decoder,
    service_uuid=SERVICE,
    stream_uuids=(STREAM,),
    start=start,
    reread=reread,
    identify=identify,
    is_outdated=is_outdated,
)
