"""A virtual Polar Verity Sense. It says that it is virtual: in its model, serial number and revisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from tracker.virtual.imu import Imu, Moving, Readout
from tracker.virtual.keyframes import Floats
from tracker.virtual.movement import Pose
from tracker.virtual.peripherals.board import (
    BATTERY_LEVEL,
    BATTERY_SERVICE,
    FIRMWARE,
    HARDWARE,
    INFORMATION_SERVICE,
    MODEL,
    SERIAL,
    Board,
)
from tracker.virtual.peripherals.peripheral import (
    INSUFFICIENT_AUTHENTICATION,
    AttError,
    Characteristic,
    Service,
)
from tracker.virtual.peripherals.polar_layout import (
    PMD_CONTROL,
    PMD_DATA,
    PMD_SERVICE,
    Measurement,
    Op,
    Param,
    Reply,
    decode_params,
    encode_features,
    encode_params,
    encode_reply,
)
from tracker.virtual.peripherals.polar_stream import Stream

HEART_RATE_SERVICE = "0000180d-0000-1000-8000-00805f9b34fb"
"""All that a Verity Sense advertises of its services, as far as is known."""
GYRO_LATER_S = 0.0031
"""The gyroscope's samples are taken so much later than the accelerometer's: the streams are independent."""

RATES_HZ = (26, 52, 104, 208, 416)
NORMAL: dict[Measurement, dict[Param, tuple[int, ...]]] = {
    Measurement.ACC: {Param.RATE: (52,), Param.RANGE: (8,)},
    Measurement.GYRO: {Param.RATE: (52,), Param.RANGE: (2000,)},
}
SDK_MODE: dict[Measurement, dict[Param, tuple[int, ...]]] = {
    Measurement.ACC: {Param.RATE: RATES_HZ, Param.RANGE: (2, 4, 8, 16)},
    Measurement.GYRO: {Param.RATE: RATES_HZ, Param.RANGE: (250, 500, 1000, 2000)},
}
COMMON: dict[Param, tuple[int, ...]] = {Param.RESOLUTION: (16,), Param.CHANNELS: (3,)}
REFUSALS = {
    Param.RATE: Reply.INVALID_RATE,
    Param.RESOLUTION: Reply.INVALID_RESOLUTION,
    Param.RANGE: Reply.INVALID_RANGE,
    Param.CHANNELS: Reply.INVALID_CHANNELS,
}

SERVICES = (
    Service(
        PMD_SERVICE,
        (Characteristic(PMD_CONTROL, ("read", "write", "indicate")), Characteristic(PMD_DATA, ("notify",))),
    ),
    Service(BATTERY_SERVICE, (Characteristic(BATTERY_LEVEL, ("read", "notify")),)),
    Service(
        INFORMATION_SERVICE,
        tuple(Characteristic(uuid, ("read",)) for uuid in (MODEL, SERIAL, FIRMWARE, HARDWARE)),
    ),
)


@dataclass(frozen=True, slots=True)
class _Later:
    """What is seen a little later."""

    moving: Moving
    by_s: float

    def pose(self, t_s: Floats) -> Pose:
        return self.moving.pose(t_s + self.by_s)


class Polar(Board):
    """The sensor: two streams that go on until they are stopped, even when nobody listens any more.

    Parameters
    ----------
    imu
        What it measures; its clock's zero is the sensor's default time.
    number
        Tells several apart.
    has_gyroscope, has_sdk_mode
        What an H10, or an old firmware, has not.
    is_bonded
        False: nobody may subscribe (as with firmware 3.0.16).
    is_in_charger
        True: it refuses to stream.
    """

    advertised = (HEART_RATE_SERVICE,)
    services = SERVICES

    def __init__(
        self,
        imu: Imu,
        *,
        number: int = 1,
        has_gyroscope: bool = True,
        has_sdk_mode: bool = True,
        is_bonded: bool = True,
        is_in_charger: bool = False,
    ) -> None:
        said = {
            PMD_CONTROL: encode_features(gyroscope=has_gyroscope, sdk_mode=has_sdk_mode),
            BATTERY_LEVEL: bytes([87]),
            MODEL: b"Virtual Sense",
            SERIAL: f"VIRTUAL{number:03d}".encode(),
            FIRMWARE: b"2.1.0-virtual",
            HARDWARE: b"virtual",
        }
        model = "Sense" if has_gyroscope else "H10"
        super().__init__(imu, f"Polar {model} V{number:07d}", f"F0:00:00:00:05:{number:02X}", said)
        self.is_bonded = is_bonded
        self.is_in_charger = is_in_charger
        self.is_in_sdk_mode = False
        self._has_sdk_mode = has_sdk_mode
        later = replace(imu, moving=_Later(imu.moving, GYRO_LATER_S), seed=imu.seed + 1)
        data = partial(self.send, PMD_DATA)
        self.streams = {
            Measurement.ACC: Stream(Measurement.ACC, imu, 0.0, data),
            Measurement.GYRO: Stream(Measurement.GYRO, later, GYRO_LATER_S, data),
        }
        if not has_gyroscope:
            del self.streams[Measurement.GYRO]

    @property
    def is_streaming(self) -> bool:
        """Whether any of the streams runs."""
        return any(stream.is_running for stream in self.streams.values())

    def due(self, samples: Readout) -> None:
        """Do nothing: the streams have timers of their own."""

    def subscribed(self, uuid: str, /) -> None:
        """Take note that the central wants it; AttError when they are not bonded."""
        if not self.is_bonded:
            raise AttError(INSUFFICIENT_AUTHENTICATION)
        super().subscribed(uuid)

    def write(self, _uuid: str, data: bytes, /) -> None:
        """Obey a command and answer it."""
        op, measurement = data[:1], data[1:2]
        status, params = self._obey(int.from_bytes(op), int.from_bytes(measurement), data[2:])
        self.send(PMD_CONTROL, encode_reply(int.from_bytes(op), int.from_bytes(measurement), status, params))

    def _obey(self, op: int, measurement: int, params: bytes) -> tuple[Reply, bytes]:
        if op not in list(Op):
            return Reply.INVALID_OP, b""
        if measurement == Measurement.SDK_MODE and self._has_sdk_mode and op in (Op.START, Op.STOP):
            return self._switch_sdk_mode(on=op == Op.START), b""
        if measurement not in self.streams:
            return Reply.INVALID_MEASUREMENT, b""
        kind = Measurement(measurement)
        match op:
            case Op.SETTINGS:
                return Reply.OK, encode_params(self._offers(kind))
            case Op.SDK_SETTINGS:
                return Reply.OK, encode_params(SDK_MODE[kind] | COMMON)
            case Op.STOP:
                self.streams[kind].stop()
                return Reply.OK, b""
        return self._start(kind, params)

    def _switch_sdk_mode(self, *, on: bool) -> Reply:
        if self.is_in_charger:
            return Reply.IN_CHARGER
        if on == self.is_in_sdk_mode:
            return Reply.ALREADY
        if self.is_streaming:
            return Reply.INVALID_STATE
        self.is_in_sdk_mode = on
        return Reply.OK

    def _offers(self, kind: Measurement) -> Mapping[Param, tuple[int, ...]]:
        return {**(SDK_MODE if self.is_in_sdk_mode else NORMAL)[kind], **COMMON}

    def _start(self, kind: Measurement, raw: bytes) -> tuple[Reply, bytes]:
        stream = self.streams[kind]
        if self.is_in_charger:
            return Reply.IN_CHARGER, b""
        if stream.is_running:
            return Reply.ALREADY, b""
        try:
            params = decode_params(raw)
        except ValueError:
            return Reply.INVALID_LENGTH, b""
        offers = self._offers(kind)
        if set(params) != set(offers):
            return Reply.INVALID_PARAMETER, b""
        for param, choices in offers.items():
            if params[param] not in choices:
                return REFUSALS[param], b""
        stream.imu = self._set(kind, stream.imu, params)
        stream.start(self.loop, self._born_s)
        chip = stream.imu.chip
        factor = chip.acc_lsb_g if kind is Measurement.ACC else chip.gyr_lsb_dps
        return Reply.OK, encode_params({Param.FACTOR: (factor,)})

    def _set(self, kind: Measurement, imu: Imu, params: Mapping[int, int]) -> Imu:
        ends = params[Param.RANGE]
        is_acc = kind is Measurement.ACC
        chip = replace(imu.chip, acc_range_g=ends) if is_acc else replace(imu.chip, gyr_range_dps=ends)
        return replace(imu, rate_hz=params[Param.RATE], chip=chip)
