"""Polar Verity Sense (firmware_notes/polar.md): its name, its start and its end."""

from __future__ import annotations

import struct
from collections.abc import Callable

from tracker.errors import BadPacket, BluetoothError, InputError, RefusedError
from tracker.sensing.marks import Connected
from tracker.sensing.sensors.conversation import Asking, Conversation, Read, Subscribe, Write, hear_answer
from tracker.sensing.sensors.polar_frames import (
    SETTING_FORMATS,
    Kind,
    Setting,
    pack_info,
    read_info,
    read_settings,
)
from tracker.sensing.sensors.polar_packets import decoder
from tracker.sensing.sensors.sensor import Decoder, Sensor

MAKE = "polar"

SERVICE = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

WANTED_RATE_HZ = 104
"""The rate in its SDK mode that is nearest to 100 Hz, which the filters downstream are tuned to. Twice
that would halve the lag, but has been seen to lose packets."""

LAG_S = 1.0
"""Between a movement and its samples, s: frames are sent when they are full, in 0.5 to 1.5 s."""

ANSWER_TIMEOUT_S = 2.0
"""For the answer to a command, s: many connection intervals, and nobody waits longer in silence."""

MOST_PARTS = 8
"""Notifications that one answer may come in; settings fit into one or two."""

_SETTINGS, _START, _STOP = 0x01, 0x02, 0x03
_SDK_MODE = 9
_IS_ANSWER, _IS_FEATURES = 0xF0, 0x0F
_STATUS_AT, _MORE_AT, _PARAMETERS_AT = 3, 4, 5
_HAS_ACC, _HAS_GYR, _HAS_SDK_MODE = 1 << 2, 1 << 5, 1 << 1
_DONE, _ALREADY, _INVALID_STATE = 0, 6, 12
_OLD_FIRMWARE = "it does not know the command; update its firmware with the Polar Flow app"
_OTHER_SETTINGS = (
    "it does not accept the settings that it offers; update its firmware with the Polar Flow app"
)
_REFUSALS = {
    1: _OLD_FIRMWARE,
    2: _OLD_FIRMWARE,
    3: _OLD_FIRMWARE,
    4: _OTHER_SETTINGS,
    5: _OTHER_SETTINGS,
    _ALREADY: "it streams already and does not stop; switch it off and on",
    7: _OTHER_SETTINGS,
    8: _OTHER_SETTINGS,
    9: _OTHER_SETTINGS,
    10: "this computer's Bluetooth accepts only short packets; try another Bluetooth adapter",
    11: _OTHER_SETTINGS,
    _INVALID_STATE: "it is busy, as with a recording of its own; end that, or switch it off and on",
    13: "it is in its charger; take it out of its charger",
    14: "its memory is full; empty it with the Polar Flow app",
}
_NO_GYROSCOPE = "this Polar has no gyroscope, so it cannot see a dumbbell turn; use a Polar Verity Sense"


def start() -> Conversation:
    """Start acceleration and angular rate, in SDK mode at `WANTED_RATE_HZ` where that can be had.

    Without SDK mode, or when it is refused, they start as in normal mode: 52 Hz and 8 g.

    Raises
    ------
    BluetoothError
        If it has no gyroscope, refuses, or does not answer; RefusedError where asking again is of no use.
    """
    features = (yield Read(CONTROL)) or b""
    if len(features) < 3 or features[0] != _IS_FEATURES or not features[1] & _HAS_GYR:
        raise RefusedError(_NO_GYROSCOPE)
    if not features[1] & _HAS_ACC:
        raise RefusedError("this Polar sends no acceleration; update its firmware with the Polar Flow app")
    yield Subscribe(CONTROL)
    yield Subscribe(DATA)
    if features[2] & _HAS_SDK_MODE and (yield from _enter_sdk_mode()):
        status, info = yield from _start_both()
        if status == _DONE:
            return info
        yield from stop()
    status, info = yield from _start_both()
    if status != _DONE:
        why = _REFUSALS.get(status, f"it answers with status {status}; update tracker")
        error = BluetoothError if status in (_ALREADY, _INVALID_STATE) else RefusedError
        raise error(f"the Polar did not start: {why}")
    return info


def stop() -> Asking[None]:
    """End both streams, which would drain its battery, and SDK mode, which keeps its pulse light off."""
    for measurement in (*Kind, _SDK_MODE):
        yield from _command(bytes([_STOP, measurement]))


def _enter_sdk_mode() -> Asking[bool]:
    status, _ = yield from _command(bytes([_START, _SDK_MODE]))
    if status == _INVALID_STATE:  # it still streams for a link that it has not seen end
        for kind in Kind:
            yield from _command(bytes([_STOP, kind]))
        status, _ = yield from _command(bytes([_START, _SDK_MODE]))
    return status in (_DONE, _ALREADY)


def _start_both() -> Asking[tuple[int, bytes]]:
    """Start both streams with settings that it offers now; give the status and, when done, the info."""
    said = []
    for kind in Kind:
        status, offered = yield from _command(bytes([_SETTINGS, kind]))
        if status != _DONE:
            return status, b""
        command = _start_command(kind, offered)
        status, started = yield from _command(command)
        if status == _ALREADY:  # for a link that it has not seen end, and perhaps with other settings
            yield from _command(bytes([_STOP, kind]))
            status, started = yield from _command(command)
        if status != _DONE:
            return status, b""
        said += [command, started]
    return _DONE, _checked_info(said)


def _checked_info(said: list[bytes]) -> bytes:
    """Make the info: what no decoder understands must not become a recording."""
    try:
        info = pack_info(*said)
        read_info(info)
    except BadPacket as error:
        raise RefusedError(str(error)) from error
    return info


def _start_command(kind: Kind, offered: bytes) -> bytes:
    """Choose the rate that is nearest to the wanted one, and the most of everything else."""
    try:
        settings = read_settings(offered[_PARAMETERS_AT:])
    except BadPacket as error:
        raise BluetoothError(str(error)) from error
    if not settings.get(Setting.RATE_HZ):
        raise RefusedError(
            "the Polar does not say which rates it offers; update its firmware with Polar Flow"
        )
    command = bytes([_START, kind])
    for setting, values in settings.items():
        if setting is Setting.FACTOR or not values:
            continue
        near = setting is Setting.RATE_HZ
        chosen = min(values, key=lambda rate: abs(rate - WANTED_RATE_HZ)) if near else max(values)
        command += struct.pack(f"<BB{SETTING_FORMATS[setting]}", setting, 1, int(chosen))
    return command


def _command(command: bytes) -> Asking[tuple[int, bytes]]:
    """Give the status, and the whole answer."""
    head = bytes([_IS_ANSWER, *command[:2]])
    yield Write(CONTROL, command)
    said = yield from _heard(lambda heard: heard[:_STATUS_AT] == head and len(heard) > _STATUS_AT)
    more = said[_MORE_AT:_PARAMETERS_AT]
    for _ in range(MOST_PARTS):
        if more in (b"", b"\0"):
            break
        part = yield from _heard(bool)
        more, said = part[:1], said + part[1:]
    return said[_STATUS_AT], said


def _heard(fits: Callable[[bytes], bool]) -> Asking[bytes]:
    said = yield from hear_answer(CONTROL, ANSWER_TIMEOUT_S, fits)
    if said is None:
        raise BluetoothError("the Polar does not answer; switch it off and on")
    return said


POLAR = Sensor(
    make=MAKE,
    title="Polar Verity Sense",
    decoder=decoder,
    service_uuid=SERVICE,
    names=("Polar Sense",),
    stream_uuids=(DATA,),
    start=start,
    stop=stop,
    lag_s=LAG_S,
)


def _refuse() -> Conversation:
    yield from ()
    raise RefusedError(_NO_GYROSCOPE)


def _no_decoder(connected: Connected, before: Decoder | None = None) -> Decoder:  # noqa: ARG001
    raise InputError(_NO_GYROSCOPE)


POLAR_WITHOUT_GYROSCOPE = Sensor(
    make="polar-heart-rate",
    title="Polar heart-rate sensor (no gyroscope)",
    decoder=_no_decoder,
    names=("Polar H10", "Polar H9", "Polar OH1"),
    start=_refuse,
)
"""Recognised to be refused in words: a lifter may wear one."""
