"""WitMotion's Bluetooth sensors (firmware_notes/witmotion.md): their names, settings, start and battery."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from functools import partial

from tracker.errors import BluetoothError, RefusedError
from tracker.sensing.sensors.conversation import Asking, Conversation, Expect, Subscribe, Wait, Write
from tracker.sensing.sensors.sensor import Sensor
from tracker.sensing.sensors.witmotion_frames import DEFAULT, FIRST, REPLY, REPLY_BYTES, TIME, learn
from tracker.sensing.sensors.witmotion_packets import Info, decoder, look, read_info

MAKE = "witmotion"

SERVICE, STREAM, COMMAND = (f"0000{short}-0000-1000-8000-00805f9a34fb" for short in ("ffe5", "ffe4", "ffe9"))
"""The base ends in 9a34fb, unlike the SIG's 9b34fb: these are no 16-bit UUIDs."""

RATE, OUTPUT, ALGORITHM, VERSION, BATTERY_VOLTS = 0x03, 0x0E, 0x24, 0x2E, 0x64
"""Registers."""

SIX_AXES = 1
"""The algorithm that leaves the magnetometer out: plates and dumbbells would turn its heading."""

RATE_CODES_HZ = {1: 0.2, 2: 0.5, 3: 1.0, 4: 2.0, 5: 5.0, 6: 10.0, 7: 20.0, 8: 50.0, 9: 100.0, 0x0B: 200.0}
"""What register 0x03 means, Hz. 0x0A is 125 Hz on one model and 200 Hz elsewhere: it is measured."""

WANTED_RATE_CODE = 9
"""100 Hz: the filters downstream are tuned there; four frames make a notification, far below the 200
bytes at which it is cut."""

WITH_TIME = 0xE4
"""Output with time, acceleration, angular rate, quaternion: 30 bytes, so 120 in a notification at 100 Hz
(at 200 Hz it would be 240, and cut). Nobody has published that it works: it is tried, and taken back."""

SETTLE_S = 0.1
"""For the sensor to take a setting, s, as its maker's programs wait."""

LISTEN_S, LISTENS, TRIES = 0.08, 3, 3
"""An answer takes 60 ms; it is looked for so often after the question, and the question asked so often."""

WATCH_S, WATCHES = 0.5, 6
"""Length of a look at the stream, s, long enough to tell the default 10 Hz from 20; and how many at most."""

AGREES = 1.5
"""Frames counted in a look may differ by this factor from the rate: codes are a factor of two apart."""

_OLD_KINDS, _OLD_BYTES = range(0x50, 0x5B), 11
_KEPT_BYTES = 4096
_MOST_WAITING = 1000
_MOST_CELL_VOLTS = 4.4
_CELL_PERCENT = (
    (3.96, 100), (3.93, 90), (3.87, 75), (3.82, 60), (3.79, 50), (3.77, 40),
    (3.73, 30), (3.70, 20), (3.68, 15), (3.50, 10), (3.40, 5),
)  # fmt: skip
"""The maker's own table: from so many volts on, percent."""


@dataclass(slots=True)
class _Heard:
    """What came since the stream was subscribed to: how many packets, and the last of them."""

    packets: int = 0
    recent: list[bytes] = field(default_factory=list)

    def add(self, payloads: list[bytes]) -> None:
        self.packets += len(payloads)
        self.recent += payloads
        while sum(map(len, self.recent)) > _KEPT_BYTES:
            self.recent.pop(0)


def start() -> Conversation:
    """Have it send acceleration and angular rate, with its time where it can, at 100 Hz.

    Notifications begin with the subscription, at whatever is set, so the info tells how many came before
    the settings were in force. Nothing is saved in the sensor: what is set lasts until it is switched off.
    A sensor that answers no question streams as it stands, at the rate that is measured.

    Raises
    ------
    BluetoothError
        If nothing comes; RefusedError if what comes is not what these sensors send.
    """
    yield Subscribe(STREAM)
    heard = _Heard()
    info = Info(rate_code=(yield from _ask(heard, RATE)))
    if info.rate_code is not None:
        info = yield from _set_up(heard, info)
    setup_packets = heard.packets
    mask, per_s = yield from _watch(heard)
    if not per_s and info.output == WITH_TIME:
        yield from _write(heard, {OUTPUT: DEFAULT})
        info = replace(info, output=(yield from _ask(heard, OUTPUT)))
        setup_packets = heard.packets
        mask, per_s = yield from _watch(heard)
    if mask is None or not per_s:
        raise _why_not(b"".join(heard.recent))
    said_hz = RATE_CODES_HZ.get(info.rate_code or 0, 0.0)
    if not mask & TIME:
        rate_hz = yield from _agreed_rate(said_hz, per_s)
    else:  # else the period is measured by the sensor's own time
        rate_hz = said_hz if _agrees(said_hz, per_s) else 0.0
    return replace(info, setup_packets=setup_packets, rate_hz=rate_hz, mask=mask).encode()


def _set_up(heard: _Heard, found: Info) -> Asking[Info]:
    """Read what is set, change what should be otherwise, and read that back."""
    version = yield from _ask(heard, VERSION)
    output = yield from _ask(heard, OUTPUT)
    algorithm = yield from _ask(heard, ALGORITHM)
    values = {RATE: found.rate_code, ALGORITHM: algorithm, OUTPUT: output}
    wanted = {RATE: WANTED_RATE_CODE, ALGORITHM: SIX_AXES}
    if output == DEFAULT:  # on other firmware this register is another thing, and must not be touched
        wanted[OUTPUT] = WITH_TIME
    for _ in range(2):
        other = {register: value for register, value in wanted.items() if values[register] != value}
        if not other:
            break
        yield from _write(heard, other)
        for register in other:
            answer = yield from _ask(heard, register)
            values[register] = values[register] if answer is None else answer
    return Info(rate_code=values[RATE], algorithm=values[ALGORITHM], output=values[OUTPUT], version=version)


def _write(heard: _Heard, settings: dict[int, int]) -> Asking[None]:
    yield Write(COMMAND, b"\xff\xaa\x69\x88\xb5")  # unlocks settings for 10 s
    for register, value in settings.items():
        heard.add((yield from _listen(SETTLE_S)))
        yield Write(COMMAND, struct.pack("<BBBH", 0xFF, 0xAA, register, value))
    heard.add((yield from _listen(SETTLE_S)))


def _ask(heard: _Heard, register: int) -> Asking[int | None]:
    """Read a register; None when there is no answer."""
    said = b""
    for _ in range(TRIES):
        yield Write(COMMAND, struct.pack("<BBBH", 0xFF, 0xAA, 0x27, register))
        for _ in range(LISTENS):
            payloads = yield from _listen(LISTEN_S)
            heard.add(payloads)
            said += b"".join(payloads)
            answer = _answer(said, register)
            if answer is not None:
                return answer
    return None


def _answer(said: bytes, register: int) -> int | None:
    """Find the answer, which may stand behind frames; eight registers follow one another in it."""
    head = struct.pack("<BBH", FIRST, REPLY, register)
    at = said.find(head)
    if at < 0 or at + REPLY_BYTES > len(said):
        return None
    return int.from_bytes(said[at + len(head) : at + len(head) + 2], "little")


def _listen(duration_s: float) -> Asking[list[bytes]]:
    """Give what has come by the end of `duration_s`."""
    yield Wait(duration_s)
    payloads: list[bytes] = []
    while len(payloads) < _MOST_WAITING and (payload := (yield Expect(STREAM, 0.0))) is not None:
        payloads.append(payload)
    return payloads


def _watch(heard: _Heard) -> Asking[tuple[int | None, float]]:
    """Look at the stream until it shows what it is: the frames' second byte, and good frames a second."""
    payloads: list[bytes] = []
    mask, frames, looks = None, 0, 0
    while not frames and looks < WATCHES:
        more = yield from _listen(WATCH_S)
        heard.add(more)
        payloads += more
        looks += 1
        mask, frames = look(payloads)
    return mask, frames / (looks * WATCH_S)


def _agreed_rate(said_hz: float, per_s: float) -> Asking[float]:
    """Give the rate that is said if the stream agrees, else the one that two looks at it agree on, Hz."""
    for _ in range(WATCHES):
        if _agrees(said_hz, per_s):
            break
        said_hz = min(RATE_CODES_HZ.values(), key=partial(_unlike, max(per_s, 1 / WATCH_S)))
        _, frames = look((yield from _listen(WATCH_S)))
        per_s = frames / WATCH_S
    return said_hz


def _agrees(said_hz: float, per_s: float) -> bool:
    return said_hz / AGREES < per_s < said_hz * AGREES


def _unlike(rate_hz: float, other_hz: float) -> float:
    return max(rate_hz / other_hz, other_hz / rate_hz)


def _speaks_the_old_way(said: bytes) -> bool:
    """Tell whether these are frames of 11 bytes with a sum at their end."""
    frames = (said[at : at + _OLD_BYTES] for at in range(len(said) - _OLD_BYTES + 1))
    return any(
        frame[0] == FIRST and frame[1] in _OLD_KINDS and sum(frame[:-1]) & 0xFF == frame[-1]
        for frame in frames
    )


def _why_not(said: bytes) -> BluetoothError:
    if not said:
        return BluetoothError("the sensor sends nothing; switch it off and on, and close its maker's app")
    if _speaks_the_old_way(said):
        return RefusedError(
            "this WitMotion sensor sends frames of 11 bytes, an older protocol that tracker does not read; "
            "use a Bluetooth 5 model: WT901BLE67, WT901BLE68, WT901BLECL or WT9011DCL-BT50"
        )
    if learn(said, DEFAULT) is not None:
        return RefusedError(
            "this sensor sends frames of 28 bytes without a time in them, as vibration sensors (WTVB) do; "
            "use one that measures motion, such as the WT901BLE68"
        )
    return RefusedError(
        f"the sensor sends what is not known ({said[:8].hex(' ')} ...); set it back to its maker's defaults"
    )


def battery() -> Asking[int | None]:
    """Ask for the volts of its battery; percent by the maker's table.

    None on USB power, for two cells, and for 0 V, which is no battery but a register that is not there.
    """
    yield Subscribe(STREAM)
    hundredths = yield from _ask(_Heard(), BATTERY_VOLTS)
    if not hundredths or hundredths / 100 > _MOST_CELL_VOLTS:
        return None
    return next((percent for volts, percent in _CELL_PERCENT if hundredths >= round(100 * volts)), 0)


def sends_time(info: bytes) -> bool:
    """Tell whether its frames are known to carry a time; those of 28 bytes do too, and cannot be told."""
    mask = read_info(info).mask
    return mask is not None and bool(mask & TIME)


WITMOTION = Sensor(
    make=MAKE,
    title="WitMotion",
    decoder=decoder,
    service_uuid=SERVICE,
    names=("WT901", "WTSDCL"),
    stream_uuids=(STREAM,),
    start=start,
    battery=battery,
    has_clock=sends_time,
)
