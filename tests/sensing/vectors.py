"""The packet vectors of firmware_notes: bytes and what they mean, for every sensor."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.sensing.marks import Connected
from tracker.sensing.samples import Packet

FOLDER = Path(__file__).parents[2] / "firmware_notes" / "vectors"


@dataclass(frozen=True)
class Vector:
    """Packets of one connection, in order, and the readings that they hold."""

    make: str
    name: str
    connected: Connected
    packets: tuple[Packet, ...]
    readings: dict[str, Any]

    def __str__(self):
        return f"{self.make}: {self.name}"


def _vectors(said):
    for vector in said["vectors"]:
        packets = tuple(
            Packet(
                round(1e9 * packet.get("arrival_s", 0.0)), 0, packet["stream"], bytes.fromhex(packet["hex"])
            )
            for packet in vector["packets"]
        )
        connected = Connected(said["make"], info=bytes.fromhex(vector["info"]))
        yield Vector(said["make"], vector["name"], connected, packets, vector["readings"])


def _packet(said):
    t_ns = round(1e9 * said.get("arrival_s", 0.0))
    return Packet(t_ns, 0, said["stream"], bytes.fromhex(said["hex"]))


VECTORS = tuple(
    vector
    for file in sorted(FOLDER.glob("*.json"))
    for vector in _vectors(json.loads(file.read_text("utf-8")))
)
