"""The 12-minute recording that speed and memory are measured on, and the summary of what was measured."""

from types import SimpleNamespace

import numpy as np
import pytest

from tracker.archive.header import Header
from tracker.archive.recording import Writer
from tracker.sensing.marks import Connected, Mark
from tracker.sensing.samples import Packet
from tracker.virtual.chip import ordinary_chip
from tracker.virtual.imu import Imu, any_mounting
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals.open_lift import RATES_HZ
from tracker.virtual.peripherals.open_lift_layout import Flags, PacketType, encode_info, encode_packet
from tracker.virtual.script import (
    Leg,
    PickUp,
    PutDown,
    Rest,
    RollUp,
    Scoot,
    Script,
    Untouched,
    WalkIn,
    WorkSet,
)

SAMPLES = 72_000
"""12 minutes at 100 Hz."""
SAMPLES_IN_PACKET = 10

SAID = pytest.StashKey[list[str]]()


def _session():
    """Four sets a leg with a minute of rest between sets: 12 minutes and a bit."""
    acts = [WalkIn(), Untouched(), PickUp(), RollUp(), Scoot(), Rest(4.0)]
    for leg in (Leg.LEFT, Leg.RIGHT) * 4:
        acts += [WorkSet(leg, reps=9), Rest(45.0)]
    return perform(Script((*acts, PutDown(), Untouched(60.0)), seed=1))


def _packets(imu, readout):
    for number in range(SAMPLES // SAMPLES_IN_PACKET):
        part = readout.cut(number * SAMPLES_IN_PACKET, (number + 1) * SAMPLES_IN_PACKET)
        payload = encode_packet(
            PacketType.ACC_GYR,
            sequence=number,
            device_us=int(part.device_us[0]),
            period_us=round(imu.period_us),
            config_id=1,
            flags=Flags(0),
            counts=part.counts,
            quaternions=part.earth_from_sensor,
        )
        yield Packet(int(part.true_s[-1] * 1e9) + 10_000_000, 0, 0, payload)


@pytest.fixture(scope="session")
def twelve_minutes(tmp_path_factory):
    """The recording as a file and as items, its samples as arrays, and how many reps are in it."""
    played = _session()
    imu = Imu(played.movement, any_mounting(1), ordinary_chip(1), seed=1)
    readout = imu.read(0, SAMPLES)
    info = encode_info(
        config_id=1,
        rate_hz=imu.rate_hz,
        boot_id=1,
        chip=imu.chip,
        rates_hz=RATES_HZ,
        board="virtual board",
        imu="virtual chip",
    )
    items = [Mark(0, 0, Connected("open-lift", name="LIFT-V001", info=info)), *_packets(imu, readout)]
    path = tmp_path_factory.mktemp("benchmark") / "twelve_minutes.arrows"
    with Writer(path, Header("twelve_minutes", 1, "2026-01-31T18:05:00+01:00")) as writer:
        for item in items:
            writer.write(item)
    acc_m_s2, gyr_rad_s = (np.ascontiguousarray(values) for values in imu.chip.si(readout.counts))
    reps = sum(rep.t_end_s < SAMPLES / imu.rate_hz for rep in played.truth.reps)
    return SimpleNamespace(path=path, items=items, acc_m_s2=acc_m_s2, gyr_rad_s=gyr_rad_s, reps=reps)


@pytest.fixture
def say(request):
    """Put a sentence into the summary at the end of the run."""
    return request.config.stash.setdefault(SAID, []).append


def pytest_terminal_summary(terminalreporter, config):
    """Print what was measured, each figure beside its bar."""
    said = config.stash.get(SAID, [])
    if said:
        terminalreporter.section("speed and memory")
    for sentence in said:
        terminalreporter.write_line(sentence)
