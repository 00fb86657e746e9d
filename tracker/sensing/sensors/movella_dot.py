"""Xsens and Movella DOT (firmware_notes/movella_dot.md): its name, its start, and what it answers."""

from __future__ import annotations

import struct
from contextlib import suppress

from tracker.errors import BluetoothError, RefusedError
from tracker.sensing.sensors.conversation import (
    Asking,
    Conversation,
    Expect,
    Identity,
    Read,
    Subscribe,
    Unsubscribe,
    Wait,
    Write,
)
from tracker.sensing.sensors.movella_dot_packets import (
    MODES,
    RATE_AT,
    STATE_BYTES,
    Mode,
    decoder,
    read_rate_hz,
)
from tracker.sensing.sensors.sensor import Sensor

MAKE = "movella-dot"

(DEVICE_INFO, DEVICE_CONTROL, SERVICE, CONTROL, LONG, MEDIUM, SHORT, BATTERY) = (
    f"1517{short}-4947-11e9-8646-d663bd873d93"
    for short in ("1001", "1002", "2000", "2001", "2002", "2003", "2004", "3001")
)
STREAMS = (LONG, MEDIUM, SHORT)

WANTED_RATE_HZ = 60
"""The fastest that it streams."""

FIRST_PACKET_S = 1.0
"""For the first packet after the start, s: sixty packets' time. One that does not come in it will not."""

STOP_PAUSE_S, STOP_TRIES = 0.2, 15
"""Between telling a sensor to stop and asking whether it has; three seconds in all, which others grant it."""

_MEASUREMENT, _START, _STOP = 1, 1, 0
_VISIT_IDENTIFY, _VISIT_RATE = 0x01, 0x10
_VERSION_AT, _SERIAL_AT, _DEVICE_INFO_BYTES = 6, 20, 34


def start() -> Conversation:
    """Start the best payload mode that the sensor accepts, at `WANTED_RATE_HZ`.

    The characteristic that belongs to the mode is subscribed to before the start: after it, nothing would
    come. How firmware refuses a mode that it does not know is not documented, so a mode counts as
    accepted when the sensor says that it measures in it and a packet long enough has come.

    Raises
    ------
    BluetoothError
        If it does not stop what it measures for somebody else, does not take the rate, or sends
        nothing in any mode; RefusedError where asking again is of no use.
    """
    yield from _stop_measuring()
    device = yield from _set_rate()
    for mode in MODES:
        state = yield from _start_in(mode)
        if state is not None:
            return state + device
        yield from _stop_measuring()
        yield Unsubscribe(STREAMS[mode.stream])  # or it might bring frames of the next mode as well
    tried = ", ".join(str(mode.number) for mode in MODES)
    raise BluetoothError(
        f"the sensor sends nothing in any payload mode that can be used ({tried}); switch it off and on, "
        "or update its firmware with the maker's app"
    )


def stop() -> Asking[None]:
    """Stop measuring, so that the sensor may sleep and the next one finds it idle."""
    yield from _stop_measuring()


def _start_in(mode: Mode) -> Asking[bytes | None]:
    """Start one mode and give what the sensor then says of its measurement; None if it does not work."""
    wanted = bytes([_MEASUREMENT, _START, mode.number])
    try:
        yield Subscribe(STREAMS[mode.stream])
        yield Write(CONTROL, wanted)
    except BluetoothError:
        return None
    packet = yield Expect(STREAMS[mode.stream], FIRST_PACKET_S)
    state = yield from _state()
    return state if state == wanted and packet is not None and len(packet) >= mode.size else None


def _stop_measuring() -> Asking[None]:
    for _ in range(STOP_TRIES):
        state = yield from _state()
        if state[1] == _STOP:
            return
        yield Write(CONTROL, bytes([_MEASUREMENT, _STOP, state[2]]))
        yield Wait(STOP_PAUSE_S)
    raise RefusedError("the sensor goes on measuring when told to stop; switch it off and on")


def _state() -> Asking[bytes]:
    said = (yield Read(CONTROL)) or b""
    if len(said) < STATE_BYTES:
        raise RefusedError("the sensor does not say whether it measures; update its firmware")
    return said[:STATE_BYTES]


def _set_rate() -> Asking[bytes]:
    """Set the rate unless it is set, and give what the device's control says then."""
    said = yield from _device()
    if read_rate_hz(said) != WANTED_RATE_HZ:
        wanted = _changed(said, _VISIT_RATE, RATE_AT, struct.pack("<H", WANTED_RATE_HZ))
        with suppress(BluetoothError):  # refused or not, what it says then is what holds
            yield Write(DEVICE_CONTROL, wanted)
        said = yield from _device()
    if read_rate_hz(said) != WANTED_RATE_HZ:
        raise RefusedError(
            f"the sensor stays at {read_rate_hz(said)} Hz instead of {WANTED_RATE_HZ} Hz; end its recording "
            "or synchronisation in the maker's app, or switch it off and on"
        )
    return said


def _device() -> Asking[bytes]:
    said = (yield Read(DEVICE_CONTROL)) or b""
    if len(said) < RATE_AT + 2:
        raise RefusedError("the sensor does not say its rate; update its firmware")
    return said


def _changed(device: bytes, visit: int, at: int, value: bytes) -> bytes:
    """Change one field and mark it as the only one that is to be looked at."""
    return bytes([visit]) + device[1:at] + value + device[at + len(value) :]


def identity() -> Asking[Identity]:
    """Ask for serial number, in hexadecimal, and firmware; "" where the answer is too short for them."""
    said = (yield Read(DEVICE_INFO)) or b""
    if len(said) < _DEVICE_INFO_BYTES:
        return Identity()
    firmware = ".".join(str(part) for part in said[_VERSION_AT : _VERSION_AT + 3])
    (serial,) = struct.unpack_from("<Q", said, _SERIAL_AT)
    return Identity(f"{serial:X}" if serial else "", firmware)


def battery() -> Asking[int | None]:
    """Ask for the battery's percent; a second byte says whether it charges."""
    said = yield Read(BATTERY)
    return min(said[0], 100) if said else None


def identify() -> Asking[None]:
    """Have it blink for ten seconds."""
    said = yield from _device()
    yield Write(DEVICE_CONTROL, _changed(said, _VISIT_IDENTIFY, 1, b"\1"))


MOVELLA_DOT = Sensor(
    make=MAKE,
    title="Movella DOT",
    decoder=decoder,
    service_uuid=SERVICE,
    names=("Movella DOT", "Xsens DOT"),
    stream_uuids=STREAMS,
    start=start,
    stop=stop,
    identity=identity,
    battery=battery,
    identify=identify,
)
