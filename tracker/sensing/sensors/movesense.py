"""Movesense HR+, HR2, MD and Flash over the GATT SensorData Protocol (firmware_notes/movesense.md)."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.errors import BluetoothError, RefusedError
from tracker.sensing.sensors.conversation import (
    Asking,
    Conversation,
    Expect,
    Identity,
    Subscribe,
    Write,
    hear_answer,
    read_battery,
    read_identity,
)
from tracker.sensing.sensors.movesense_packets import (
    DATA,
    DATA_PART2,
    HEAD_BYTES,
    PATHS,
    RESPONSE,
    SAMPLE_BYTES,
    STAMP_BYTES,
    decoder,
    write_info,
)
from tracker.sensing.sensors.sensor import Sensor

MAKE = "movesense"

SERVICE = "34802252-7185-4d5d-b431-630e7050e8f0"
COMMAND = "34800001-7185-4d5d-b431-630e7050e8f0"
NOTIFY = "34800002-7185-4d5d-b431-630e7050e8f0"

ANSWER_S = 2.0
"""For the answer to a request, s: a hundred times what it takes. One given up on is lost to the sensor."""

QUIET_S = 0.5
"""For the answer to an unsubscription, s: some firmware gives none."""

DATA_S = 2.0
"""For a packet of a new subscription, s; they come every 77 ms. Some rates are accepted and never come."""

FIRST_STAMPS = 5
"""Packets whose stamps are looked at before the start is done: 0.4 s, and the rate is known to 0.3 %."""

MOST_A_SECOND = 60
"""Notifications of other things that are passed over in a second of waiting, so that it ends: twice what
the fastest stream brings."""

_HELLO, _SUBSCRIBE, _UNSUBSCRIBE, _GET, _SYSTEM_MODE = 0, 1, 2, 4, 7
_HELLO_REF, _ACC_REF, _GYR_REF, _BATTERY_REF, _RESTART_REF, _STREAM_REF = 1, 2, 3, 4, 5, 0x63
_RESTART = 5
_DONE = (200, 202)
_NO_SLOT_LEFT = 429
_STATUS_BYTES = 2
_STATUSES = range(100, 600)
_HELLO_WORDS = 5
_FULL_PERCENT = 100

_OFF_AND_ON = "take its battery out and put it in again"
_SILENT, _BUSY = -1, 503
_REFUSALS = {
    _SILENT: f"it sends nothing; {_OFF_AND_ON}, or update its firmware",
    404: "its firmware has no motion stream; update it with the maker's phone app",
    _BUSY: f"it is busy; try again, or {_OFF_AND_ON}",
    507: f"it has no memory left for a stream; {_OFF_AND_ON}",
}


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    data: bytes


def identity() -> Asking[Identity]:
    """Say hello; the serial number is also the end of the advertised name.

    Firmware that greets without saying who it is, like the maker's sample app, is asked for the SIG's
    device information instead.

    Raises
    ------
    BluetoothError
        If it does not answer: not knowing who it is would make it a stranger.
    """
    yield Subscribe(NOTIFY)
    hello = yield from _response(bytes([_HELLO, _HELLO_REF]), ANSWER_S, set())
    if hello is None:
        raise BluetoothError(
            f"the Movesense does not answer; {_OFF_AND_ON}, or update its firmware to 2.3 or newer"
        )
    if _read_status(hello) == _NO_SLOT_LEFT and len(hello) == _STATUS_BYTES:
        yield from _restart()
    words = hello[1:].decode(errors="replace").split("\0")
    if len(words) < _HELLO_WORDS:
        return (yield from read_identity())
    serial, product, _, app, app_version = words[:_HELLO_WORDS]
    return Identity(serial, f"{product}, {app} {app_version}, protocol {hello[0]}")


def start() -> Conversation:
    """Start acceleration and angular rate at 104 Hz, or 52 Hz where that is refused or stays silent.

    What an earlier link has left running is ended first. The ranges are read, because they cannot be
    set and must be known to see clipping.

    Raises
    ------
    BluetoothError
        If there is no stream to be had; RefusedError where asking again is of no use. A sensor whose
        request slots are used up is restarted.
    """
    yield Subscribe(NOTIFY)
    left_running: set[int] = set()
    yield from _unsubscribe(_STREAM_REF, left_running)
    for ref in sorted(left_running - {_STREAM_REF}):
        yield from _unsubscribe(ref, set())
    acc_config = yield from _config(_ACC_REF, b"/Meas/Acc/Config")
    gyr_config = (yield from _config(_GYR_REF, b"/Meas/Gyro/Config")) if acc_config is not None else b""
    statuses = []
    for path in PATHS:
        status = yield from _subscribe(path)
        if status in _DONE:
            stamps = yield from _first_stamps(path)
            if stamps:
                return write_info(_STREAM_REF, path, acc_config or b"", gyr_config or b"", stamps)
            yield from _unsubscribe(_STREAM_REF, set())
            status = _SILENT
        statuses.append(status)
    raise _refusal(statuses[0])


def stop() -> Asking[None]:
    """End the subscription: it might outlive the link."""
    yield from _unsubscribe(_STREAM_REF, set())


def battery() -> Asking[int | None]:
    """Ask for the battery's level, percent, also between the packets of a stream."""
    yield Subscribe(NOTIFY)
    answer = yield from _ask(bytes([_GET, _BATTERY_REF]) + b"/System/Energy/Level\0", ANSWER_S, set())
    if answer is not None and answer.status in _DONE and len(answer.data) == 1:
        return min(answer.data[0], _FULL_PERCENT)
    return (yield from read_battery())


def _refusal(status: int) -> BluetoothError:
    unknown = f"it answers with status {status}; update its firmware, or tracker"
    error = BluetoothError if status in (_SILENT, _BUSY) else RefusedError
    return error(f"the Movesense did not start: {_REFUSALS.get(status, unknown)}")


def _subscribe(path: bytes) -> Asking[int]:
    """Subscribe; give the status. Data are an answer, too."""
    heard: set[int] = set()
    answer = yield from _request(bytes([_SUBSCRIBE, _STREAM_REF]) + path + b"\0", heard)
    if answer is None and _STREAM_REF not in heard:
        raise BluetoothError(f"the Movesense does not answer; {_OFF_AND_ON}")
    return _DONE[0] if answer is None else answer.status


def _config(ref: int, path: bytes) -> Asking[bytes | None]:
    """Read a range's resource: b"" when it is refused, None when nothing comes back."""
    answer = yield from _request(bytes([_GET, ref]) + path + b"\0", set())
    if answer is None:
        return None
    return answer.data[:255] if answer.status in _DONE else b""


def _unsubscribe(ref: int, heard: set[int]) -> Asking[None]:
    """End a subscription, if there is one; whose data still come meanwhile is added to `heard`."""
    answer = yield from _ask(bytes([_UNSUBSCRIBE, ref]), QUIET_S, heard)
    if answer is not None and answer.status == _NO_SLOT_LEFT:
        yield from _restart()


def _request(command: bytes, heard: set[int]) -> Asking[_Answer | None]:
    """Ask like `_ask`; a sensor that has no slot left for it is restarted."""
    answer = yield from _ask(command, ANSWER_S, heard)
    if answer is not None and answer.status == _NO_SLOT_LEFT:
        yield from _restart()
    return answer


def _restart() -> Asking[None]:
    """Restart a sensor that refuses all requests: neither time nor a new link gives the slots back."""
    yield from _ask(bytes([_SYSTEM_MODE, _RESTART_REF, _RESTART]), QUIET_S, set())
    raise BluetoothError(
        "the Movesense had no free slot for requests and was restarted; it comes back within seconds, "
        f"and if not, {_OFF_AND_ON}"
    )


def _ask(command: bytes, timeout_s: float, heard: set[int]) -> Asking[_Answer | None]:
    """Write a command; give its answer, None when there is none."""
    said = yield from _response(command, timeout_s, heard)
    if said is None:
        return None
    return _Answer(_read_status(said), said[_STATUS_BYTES:])


def _read_status(said: bytes) -> int:
    status = int.from_bytes(said[:_STATUS_BYTES], "little")
    swapped = int.from_bytes(said[:_STATUS_BYTES], "big")  # the maker's sample app sends some so
    return swapped if status not in _STATUSES and swapped in _STATUSES else status


def _response(command: bytes, timeout_s: float, heard: set[int]) -> Asking[bytes | None]:
    """Write a command; give what follows the head of the response to it.

    Packets in between are passed over, a bounded number of them, and their refs put into `heard`.
    """

    def fits(said: bytes) -> bool:
        if said[:1] == bytes([DATA]):
            heard.update(said[1:HEAD_BYTES])
        return said[:HEAD_BYTES] == bytes([RESPONSE, command[1]])

    yield Write(COMMAND, command)
    said = yield from hear_answer(NOTIFY, timeout_s, fits, round(timeout_s * MOST_A_SECOND))
    return None if said is None else said[HEAD_BYTES:]


def _first_stamps(path: bytes) -> Asking[bytes]:
    """Listen to the first packets; give their stamps, b"" when none come.

    Raises
    ------
    RefusedError
        If none of them is as long as the path's packets are.
    """
    _, samples = PATHS[path]
    expected = STAMP_BYTES + samples * SAMPLE_BYTES
    stamps: list[bytes] = []
    sizes = [0]
    for _ in range(round(DATA_S * MOST_A_SECOND)):
        is_enough = len(stamps) == FIRST_STAMPS and expected in sizes
        said = None if is_enough else (yield Expect(NOTIFY, DATA_S))
        if said is None:
            break
        body = said[HEAD_BYTES:]
        if said[:HEAD_BYTES] == bytes([DATA, _STREAM_REF]) and len(body) >= STAMP_BYTES:
            stamps = [*stamps, body[:STAMP_BYTES]][-FIRST_STAMPS:]
            sizes.append(len(body))
        elif said[:HEAD_BYTES] == bytes([DATA_PART2, _STREAM_REF]):
            sizes[-1] += len(body)
    if stamps and expected not in sizes:
        raise RefusedError(
            f"the Movesense sends packets of {max(sizes)} instead of {expected} bytes; update tracker"
        )
    return b"".join(stamps)


MOVESENSE = Sensor(
    make=MAKE,
    title="Movesense",
    decoder=decoder,
    service_uuid=SERVICE,
    names=("Movesense ",),
    stream_uuids=(NOTIFY,),
    start=start,
    stop=stop,
    identity=identity,
    battery=battery,
)
