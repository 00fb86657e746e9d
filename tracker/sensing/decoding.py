"""Packets and marks of a recording -> samples on t_s and gaps, link by link."""

from __future__ import annotations

from tracker.errors import InputError
from tracker.sensing.clock import Released, Timeline
from tracker.sensing.marks import Calibrated, Connected, Disconnected, Mark
from tracker.sensing.samples import Packets
from tracker.sensing.sensors import by_make
from tracker.sensing.sensors.sensor import Decoder

_NOTHING: Released = (None, ())


class Decoding:
    """Decoder, calibration and clock, in that order; blocks may be cut anywhere.

    The connect mark of a link says how its packets decode, a `Calibrated` mark behind it what is taken
    off the acceleration of the packets that follow: here and nowhere else.
    """

    def __init__(self) -> None:
        self._decoders: dict[int, Decoder] = {}
        self._calibrations: dict[int, Calibrated] = {}
        self._timeline = Timeline()

    @property
    def zero_ns(self) -> int:
        """When the sample at t_s 0 came; see `Timeline`."""
        return self._timeline.zero_ns

    def is_new(self, link: int) -> bool:
        """Whether no mark has announced a link."""
        return link not in self._decoders

    def step(self, packets: Packets) -> Released:
        """Take in a block of packets.

        Raises
        ------
        InputError
            If no mark has announced their link.
        """
        if self.is_new(packets.link):
            raise InputError(
                f"packets of link {packets.link} come before the mark that says which sensor it is; "
                "the recording's beginning is missing"
            )
        readings = self._decoders[packets.link].decode(packets)
        if readings is None:
            return _NOTHING
        if calibrated := self._calibrations.get(packets.link):
            readings = readings.without_offset(calibrated.acc_offset_m_s2)
        return self._timeline.step(readings, packets.link)

    def step_mark(self, mark: Mark) -> Released:
        """Take in a mark; what was held back comes out when a link ends.

        Raises
        ------
        InputError
            If it names a make that is not supported, or its info cannot be understood.
        """
        match mark.body:
            case Connected() as connected:
                before = self._decoders.get(mark.link)
                decoder = by_make(connected.make).decoder(connected, before)
                released = self._timeline.link_down() if before is None else _NOTHING
                self._decoders[mark.link] = decoder
                return released
            case Calibrated() as calibrated:
                self._calibrations[mark.link] = calibrated
            case Disconnected():
                return self._timeline.link_down()
        return _NOTHING

    def finish(self) -> Released:
        """End the recording; what was held back comes out."""
        return self._timeline.finish()
