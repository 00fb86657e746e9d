"""Frames out of a WitMotion stream (firmware_notes/witmotion.md): they have a header, but no length.

A frame's second byte says which fields it has, and so how long it is; yet models that add the time of
day to the default frame do not say so. The length is learnt from where the header comes again, and the
stream is then followed by length: the header's bytes occur inside frames too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.sensing.samples import Bytes, Ints, Packets
from tracker.sensing.sensors import payloads

FIRST, REPLY = 0x55, 0x71
"""A frame's first byte; and the second of an answer to a question, which comes between the frames."""

REPLY_BYTES = 20
HEAD_BYTES = 2

TIME, ACC, GYR, MAG, QUATERNION, VELOCITY, EULER = 0x80, 0x40, 0x20, 0x08, 0x04, 0x02, 0x01
_FIELD_BYTES = {TIME: 8, ACC: 6, GYR: 6, MAG: 6, QUATERNION: 8, VELOCITY: 12, EULER: 6}
"""The bits of the second byte, in the order of the fields, and how long each field is."""

DEFAULT, DEFAULT_WITH_TIME_BYTES = 0x61, 28
"""What sensors send as delivered: 20 bytes; some models append the time to it."""

_IS_REPLY = 0x10
_REPEATS = 3
"""Headers in a row that tell the length: chance makes them once in 2**48 bytes."""

_LEARN_BYTES = 600
"""Kept while the length is not known: three of the longest frames with answers between them, twice."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the frames of a stream have: the bits of their second byte, and their length."""

    mask: int
    size: int

    def begins(self, head: bytes) -> bool:
        """Tell whether a header is one of this stream's, or of an answer; a byte alone may be."""
        return head in (bytes([FIRST, self.mask])[: len(head)], bytes([FIRST, REPLY])[: len(head)])

    def size_at(self, data: bytes, at: int) -> int:
        """Give the length of what begins there; 0 for nothing that is known."""
        head = data[at : at + HEAD_BYTES]
        if not self.begins(head):
            return 0
        return REPLY_BYTES if head[1:] == bytes([REPLY]) else self.size


def _fields_of(mask: int) -> tuple[tuple[int, int], ...]:
    """Give each field's bit and place, in order."""
    bits = [bit for bit in _FIELD_BYTES if mask & bit]
    ends = np.cumsum([HEAD_BYTES, *(_FIELD_BYTES[bit] for bit in bits)]).tolist()
    return tuple(zip(bits, ends, strict=False))


def places(shape: Shape) -> dict[int, int]:
    """Give where in a frame each field begins, by its bit."""
    fields = dict(_fields_of(shape.mask))
    if shape.mask == DEFAULT and shape.size == DEFAULT_WITH_TIME_BYTES:
        fields[TIME] = DEFAULT_WITH_TIME_BYTES - _FIELD_BYTES[TIME]
    return fields


def _shapes_of(mask: int) -> tuple[Shape, ...]:
    """Give the lengths that frames of this mask can have; none for a mask that tells no orientation."""
    if mask & _IS_REPLY or not (mask & (QUATERNION | EULER) or (mask & ACC and mask & GYR)):
        return ()
    size = HEAD_BYTES + sum(length for bit, length in _FIELD_BYTES.items() if mask & bit)
    longer = (Shape(mask, DEFAULT_WITH_TIME_BYTES),) if mask == DEFAULT else ()
    return (Shape(mask, size), *longer)


_SHAPES = {mask: _shapes_of(mask) for mask in range(256)}


def learn(data: bytes, mask: int | None = None) -> Shape | None:
    """Find out what the frames are: the shape whose header comes `_REPEATS` times in a row.

    Parameters
    ----------
    data
        The stream, from anywhere on.
    mask
        The only one that counts, when it is known.
    """
    at = data.find(FIRST)
    while 0 <= at < len(data) - HEAD_BYTES:
        found = data[at + 1]
        for shape in _SHAPES[found] if mask in (None, found) else ():
            if _repeats(data, at, shape):
                return shape
        at = data.find(FIRST, at + 1)
    return None


def _repeats(data: bytes, at: int, shape: Shape) -> bool:
    headers = 0
    while headers < _REPEATS and len(data) - at >= HEAD_BYTES and (size := shape.size_at(data, at)):
        headers += data[at + 1] == shape.mask
        at += size
    return headers == _REPEATS


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Frames of a block.

    Attributes
    ----------
    raw
        Shape (n, size), the frames' bytes.
    counts, arrival_ns
        Shape (k,), how many of them each packet ended, and when that packet came. Packets that were
        kept until the length was learnt are among them.
    bad_packet, bad_at
        Shape (j,), which of the packets had something that is no frame, and how many frames of the
        block came before it.
    """

    raw: Bytes
    counts: Ints
    arrival_ns: Ints
    bad_packet: Ints
    bad_at: Ints


class Framer:
    """Finds the frames of one link.

    Parameters
    ----------
    mask
        The second byte that its frames have; None takes the first that comes `_REPEATS` times.

    Attributes
    ----------
    shape
        As it was learnt; None until then.

    Notes
    -----
    The result does not depend on how the packets come in blocks. The state is the packets that wait
    for the length to be learnt, and then what has come of a frame that is not complete.
    """

    def __init__(self, mask: int | None = None) -> None:
        self.shape: Shape | None = None
        self._mask = mask
        self._waiting: list[tuple[int, bytes]] = []
        self._rest = b""

    def step(self, packets: Packets) -> Frames:
        """Find the frames of the next packets."""
        found = _Found()
        odd_ones = self._odd_ones(packets)
        packet = 0
        while packet < len(packets):
            stop = int(odd_ones[odd_ones.searchsorted(packet)])
            if self.shape and not self._rest and stop > packet:
                found.add_whole(packets.cut(packet, stop), self.shape.size)
                packet = stop
                continue
            is_learning = self.shape is None
            self._one(int(packets.t_ns[packet]), int(packets.stream[packet]), packets[packet].payload, found)
            packet += 1
            if is_learning and self.shape:
                odd_ones = self._odd_ones(packets)
        return found.frames(self.shape.size if self.shape else REPLY_BYTES)

    def _odd_ones(self, packets: Packets) -> Ints:
        """Give the packets that are more, or less, than whole frames; and their number behind them."""
        return np.append(np.flatnonzero(~self._are_whole(packets)), len(packets))

    def _are_whole(self, packets: Packets) -> NDArray[np.bool_]:
        """Say which packets are nothing but whole frames, as nearly all are."""
        if self.shape is None:
            return np.zeros(len(packets), np.bool_)
        sizes = payloads.lengths(packets)
        is_whole: NDArray[np.bool_] = (sizes > 0) & (sizes % self.shape.size == 0) & (packets.stream == 0)
        counts = np.where(is_whole, sizes // self.shape.size, 0)
        before = payloads.samples_before(counts)
        nth = np.arange(counts.sum()) - before.repeat(counts)
        starts = packets.offsets[:-1].repeat(counts) + nth * self.shape.size
        has_head = (packets.data[starts] == FIRST) & (packets.data[starts + 1] == self.shape.mask)
        if not has_head.all():
            is_whole[is_whole] = np.logical_and.reduceat(has_head, before[is_whole])
        return is_whole

    def _one(self, t_ns: int, stream: int, payload: bytes, found: _Found) -> None:
        if stream != 0:
            found.add(t_ns, [], 0)
            return
        if self.shape is not None:
            found.add(t_ns, *self._split(payload, self.shape))
            return
        self._waiting.append((t_ns, payload))
        self.shape = learn(b"".join(waiting for _, waiting in self._waiting), self._mask)
        if self.shape is not None:
            for waited_ns, waiting in self._waiting:
                found.add(waited_ns, *self._split(waiting, self.shape))
            self._waiting.clear()
        while sum(len(waiting) for _, waiting in self._waiting) > _LEARN_BYTES:
            found.add(self._waiting.pop(0)[0], [], 0)

    def _split(self, payload: bytes, shape: Shape) -> tuple[list[bytes], int | None]:
        """Give the frames that end in this packet, and how many came before what is none."""
        is_torn = self._rest != b"" and not _goes_on(self._rest, payload, shape)
        data = payload if is_torn else self._rest + payload
        frames: list[bytes] = []
        bad = 0 if is_torn else None
        at = 0
        while at < len(data):
            size = shape.size_at(data, at)
            if size == 0:
                bad = len(frames) if bad is None else bad
                at = _next_head(data, at + 1, shape)
            elif at + size > len(data):
                break
            else:
                if data[at + 1] == shape.mask:
                    frames.append(data[at : at + size])
                at += size
        self._rest = data[at:]
        return frames, bad


def _goes_on(rest: bytes, payload: bytes, shape: Shape) -> bool:
    """Tell whether a packet goes on with the frame that the one before began.

    Where that frame would end, another one begins or the packet ends. When it does not, the rest of the
    frame was lost: a packet with it, or the sensor cut its notification short.
    """
    joined = rest + payload[:1]
    size = shape.size_at(joined, 0)
    missing = size - len(rest)
    if size == 0:
        return False
    if missing > len(payload):
        return payload == b"" or not shape.begins(payload[:HEAD_BYTES])
    return shape.begins(payload[missing : missing + HEAD_BYTES])


def _next_head(data: bytes, at: int, shape: Shape) -> int:
    """Find where a frame begins again: at a header behind whose frame another begins or the packet ends."""
    while (at := data.find(FIRST, at)) >= 0:
        size = shape.size_at(data, at)
        if size and shape.begins(data[at + size : at + size + HEAD_BYTES]):
            return at
        at += 1
    return len(data)


class _Found:
    """Gathers frames, packet by packet or many packets at once."""

    def __init__(self) -> None:
        self._raw: list[Bytes] = []
        self._counts: list[Ints] = []
        self._arrival_ns: list[Ints] = []
        self._bad: list[tuple[int, int]] = []
        self._packets = self._frames = 0

    def add_whole(self, packets: Packets, size: int) -> None:
        counts = payloads.lengths(packets) // size
        self._add(packets.data, counts, packets.t_ns)

    def add(self, t_ns: int, frames: list[bytes], bad: int | None) -> None:
        if bad is not None:
            self._bad.append((self._packets, self._frames + bad))
        raw = np.frombuffer(b"".join(frames), np.uint8)
        self._add(raw, np.array([len(frames)], np.int64), np.array([t_ns], np.int64))

    def _add(self, raw: Bytes, counts: Ints, arrival_ns: Ints) -> None:
        self._raw.append(raw)
        self._counts.append(counts)
        self._arrival_ns.append(arrival_ns)
        self._packets += len(counts)
        self._frames += int(counts.sum())

    def frames(self, size: int) -> Frames:
        none = np.empty(0, np.int64)
        bad = np.array(self._bad, np.int64).reshape(-1, 2)
        return Frames(
            raw=np.concatenate([np.empty(0, np.uint8), *self._raw]).reshape(-1, size),
            counts=np.concatenate([none, *self._counts]),
            arrival_ns=np.concatenate([none, *self._arrival_ns]),
            bad_packet=bad[:, 0],
            bad_at=bad[:, 1],
        )
