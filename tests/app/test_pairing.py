"""`tracker pair` over the virtual radio: found, chosen, checked, remembered."""

import asyncio
import io
import signal
from functools import partial

import numpy as np
import pytest

from tracker.app.listening import Air
from tracker.app.pairing import pair
from tracker.app.terminal import Terminal
from tracker.archive.settings import load_sensors, settings_file
from tracker.errors import BluetoothError, InputError
from tracker.sensing.bluetooth.connection import Connection
from tracker.sensing.bluetooth.find import nearby
from tracker.sensing.bluetooth.stream import Receiver
from tracker.sensing.sensors import by_make
from tracker.virtual.air import Lose, RefuseConnections
from tracker.virtual.imu import Imu
from tracker.virtual.jumping_clock import JumpingLoop
from tracker.virtual.movement import Pose
from tracker.virtual.peripherals import PERIPHERALS
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.radio import Radio


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path))


class Lying:
    """A dumbbell on the floor that is shaken between two times: 5 cm to and fro, three times a second."""

    def __init__(self, shaken_s=(0.0, 0.0)):
        self._from_s, self._to_s = shaken_s

    def pose(self, t_s):
        is_shaken = (t_s > self._from_s) & (t_s < self._to_s)
        along_m = np.where(is_shaken, 0.05 * np.sin(6.0 * np.pi * (t_s - self._from_s)), 0.0)
        way = np.column_stack([along_m, 0.0 * t_s, 0.0 * t_s])
        return Pose(way, np.tile([1.0, 0.0, 0.0, 0.0], (len(t_s), 1)))


def board(number=1, *, shaken_s=(0.0, 0.0), name=None, kind=OpenLift, battery=None):
    made = kind(
        Imu(Lying(shaken_s)), number=number, battery_percent=60 + number if battery is None else battery
    )
    made.name = name or made.name
    return made


class Headphones(OpenLift):
    """A device that is no sensor."""

    advertised = ("0000110b-0000-1000-8000-00805f9b34fb",)


def headphones():
    return board(99, kind=Headphones, name="JBL Tune")


async def world(boards, radio):
    return Radio(*boards, **radio)


def paired(
    monkeypatch,
    *boards,
    answers=(),
    nickname=None,
    interrupt_s=None,
    which=None,
    with_others=False,
    **radio,
):
    """Pair over the virtual radio, on the jumping clock; what was printed."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
    out = io.StringIO()
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        loop = runner.get_loop()
        made = runner.run(world(boards, radio))
        if interrupt_s:
            loop.call_later(interrupt_s, signal.raise_signal, signal.SIGINT)
        clock = {"clock_ns": lambda: round(loop.time() * 1e9)}
        air = Air(
            partial(nearby, backend=made.scanner),
            partial(Receiver, scanner_backend=made.scanner, client_backend=made.client, **clock),
            lambda found: Connection(found, 0, clock["clock_ns"], made.client),
        )
        pair(Terminal(out, out), nickname, runner, air, which=which, with_others=with_others)
    return out.getvalue()


def test_the_only_one_is_taken_checked_and_remembered_without_a_question(monkeypatch):
    said = paired(monkeypatch, board(2)).splitlines()
    assert "found LIFT-V002, open lift-IMU, signal strong" in said
    assert "   ok  samples: 100 a second, as it says" in said
    assert "   ok  radio: nothing lost" in said
    assert "   ok  gravity: 9.81 m/s2 at rest (9.81 is right)" in said
    assert "   ok  turning: 0.0 deg/s at rest, which is taken off" in said
    assert "   ok  clock: the sensor's own" in said
    assert "   ok  battery: 62 %" in said
    assert said[-1] == "All fine. It is remembered as LIFT-V002: tracker train counts with it."
    [known] = load_sensors()
    assert (known.nickname, known.make, known.serial) == ("LIFT-V002", "open-lift", "VIRTUAL-0002")
    assert (known.battery, known.address) == (62, "F0:00:00:00:00:02")
    assert known.last_seen


@pytest.mark.parametrize("make", PERIPHERALS)
def test_every_make_is_paired_and_nothing_about_it_is_wrong(monkeypatch, make):
    said = paired(monkeypatch, PERIPHERALS[make](Imu(Lying()), number=3))
    [known] = load_sensors()
    assert known.make == make
    doubts = [line.strip() for line in said.splitlines() if line.startswith(" look")]
    lag_s = by_make(make).lag_s
    assert [line.partition(":")[0] for line in doubts] == (["look  delay"] if lag_s else [])


def test_of_several_the_one_that_is_chosen_is_taken(monkeypatch):
    said = paired(monkeypatch, board(1), board(2), answers=["0", "3", "", "one", "b", "2"])
    assert said.count("Which one?") == 6
    for wrong in ("0", "3", "one", "b"):
        assert f"\nthere is no {wrong}; 1 to 2, s or b1\n" in said
    assert "\n1 to 2, s or b1\n" in said
    assert [known.serial for known in load_sensors()] == ["VIRTUAL-0002"]


def test_pairing_again_keeps_the_name_and_the_sensor_once(monkeypatch):
    paired(monkeypatch, board(1), nickname="mine")
    said = paired(monkeypatch, board(1), board(2), answers=["1"])
    assert "mine" in next(line for line in said.splitlines() if "F0:00:00:00:00:01" in line)
    assert [known.nickname for known in load_sensors()] == ["mine"]
    paired(monkeypatch, board(1), nickname="ours")
    assert [known.nickname for known in load_sensors()] == ["ours"]


def test_one_that_is_named_is_taken_from_several_without_a_question(monkeypatch):
    paired(monkeypatch, board(1), board(2), board(3), which="lift-v002")
    paired(monkeypatch, board(1), board(2), board(3), which="F0:00:00:00:00:03")
    assert [known.serial for known in load_sensors()] == ["VIRTUAL-0002", "VIRTUAL-0003"]


def test_several_of_the_name_that_was_given_need_an_address(monkeypatch):
    with pytest.raises(BluetoothError, match=r"F0:00:00:00:00:01, F0:00:00:00:00:02"):
        paired(monkeypatch, board(1, name="WT"), board(2, name="WT"), which="WT")


@pytest.mark.parametrize(
    ("nickname", "which", "message"),
    [
        ("  ", None, "a name needs a letter or digit"),
        ("mine", None, "a paired sensor is called mine"),
        (" mine", "LIFT-V002", "a paired sensor is called mine"),
    ],
)
def test_a_name_that_cannot_be_given_is_refused_before_the_search(monkeypatch, nickname, which, message):
    paired(monkeypatch, board(1), nickname="mine")
    with pytest.raises(InputError, match=message):
        paired(monkeypatch, nickname=nickname, which=which)  # nothing is in reach, and that is not found out


def test_settings_that_cannot_be_read_are_told_before_the_search(monkeypatch):
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text("[[sensors")
    with pytest.raises(InputError, match="cannot be read"):
        paired(monkeypatch)


def test_one_that_is_paired_again_by_its_own_name_may_keep_its_nickname(monkeypatch):
    for _ in range(2):
        paired(monkeypatch, board(1), nickname="mine", which="LIFT-V001")
    assert [known.nickname for known in load_sensors()] == ["mine"]


def test_nobody_to_choose_is_an_error_that_says_how_to_name_one(monkeypatch):
    with pytest.raises(InputError, match=r"2 sensors .* --sensor: LIFT-V001 F0:00:00:00:00:01, LIFT-V002"):
        paired(monkeypatch, board(1), board(2))
    assert load_sensors() == ()


def test_no_sensor_is_an_error_that_says_what_to_do(monkeypatch):
    with pytest.raises(BluetoothError, match=r"phone app\? No other Bluetooth device was heard"):
        paired(monkeypatch)
    with pytest.raises(BluetoothError, match=r"phone app\? .* not supported: 1 \(tracker pair --all"):
        paired(monkeypatch, headphones())


def test_a_sensor_that_is_switched_on_late_is_found_all_the_same(monkeypatch):
    class Late(OpenLift):
        def power_on(self):
            super().power_on()
            self.advertised = ()
            self.loop.call_later(12.0, setattr, self, "advertised", OpenLift.advertised)

    assert "remembered" in paired(monkeypatch, board(kind=Late))


def test_bluetooth_that_is_off_is_said(monkeypatch):
    with pytest.raises(BluetoothError, match="Bluetooth is switched off; switch it on"):
        paired(monkeypatch, board(), adapter_on=False)


def test_other_devices_are_listed_only_when_asked_for(monkeypatch):
    said = paired(monkeypatch, headphones(), board(1), with_others=True)
    rows = [line for line in said.splitlines() if "F0:00:" in line]
    assert "LIFT-V001" in rows[0]
    assert "JBL Tune" in rows[1]
    assert "not supported" in rows[1]
    assert "JBL" not in paired(monkeypatch, headphones(), board(1), board(2), answers=["1"])


def test_a_device_that_is_no_sensor_is_refused_by_name(monkeypatch):
    with pytest.raises(
        BluetoothError, match=r"JBL Tune is in reach, but is no supported sensor.* open lift-IMU"
    ):
        paired(monkeypatch, headphones(), board(1), which="jbl tune")


def test_one_that_is_not_in_reach_is_said_with_those_that_are(monkeypatch):
    with pytest.raises(BluetoothError, match="no sensor called mine is in reach; in reach: LIFT-V001"):
        paired(monkeypatch, board(1), which="mine")


class Mute(OpenLift):
    """A board that accepts everything and never sends a packet."""

    def connected(self, notify):
        super().connected(lambda uuid, data: notify(uuid, data) if data[0] & 0x80 else True)


def test_a_sensor_that_connects_and_sends_nothing_is_named_and_not_remembered(monkeypatch):
    with pytest.raises(BluetoothError, match=r"LIFT-V001: .*(no samples|fell silent)"):
        paired(monkeypatch, board(kind=Mute))
    assert load_sensors() == ()


class Outdated(OpenLift):
    """A board whose info nobody understands."""

    def read(self, uuid, /):
        value = super().read(uuid)
        return b"\x09" + value[1:] if len(value) > 20 else value


def test_a_sensor_that_refuses_is_named_with_its_reason(monkeypatch):
    with pytest.raises(BluetoothError, match=r"^LIFT-V001: .*update"):
        paired(monkeypatch, board(kind=Outdated))


@pytest.mark.usefixtures("_slow_goodbyes")
def test_ctrl_c_during_the_check_lets_go_of_the_sensor(monkeypatch):
    one = board()
    farewells = []
    monkeypatch.setattr(one, "disconnected", lambda: farewells.append("gone"))
    with pytest.raises(KeyboardInterrupt):
        paired(monkeypatch, one, interrupt_s=7.0)
    assert farewells == ["gone"]
    assert load_sensors() == ()


def test_a_battery_that_is_low_and_a_link_that_loses_are_to_be_looked_at(monkeypatch):
    said = paired(monkeypatch, board(battery=12), script=((5.0, Lose(0.2, 20.0)),)).splitlines()
    assert " look  battery: 12 %" in said
    assert "       -> charge it before you train" in said
    [radio] = [line for line in said if " radio: " in line]
    assert radio.startswith(" look")
    assert "bring the computer nearer" in said[said.index(radio) + 1]
    assert said[-1].startswith("Look at 2 of 6. ")


def test_one_that_is_moved_is_waited_for_until_it_lies(monkeypatch):
    said = paired(monkeypatch, board(shaken_s=(0.0, 11.0)))
    assert "   ok  gravity" in said


def test_one_that_never_lies_is_paired_all_the_same_and_said(monkeypatch):
    said = paired(monkeypatch, board(shaken_s=(0.0, 99.0)))
    assert " look  rest: it was moved" in said
    assert len(load_sensors()) == 1


def test_one_that_is_to_blink_blinks_and_no_other(monkeypatch):
    one, two = board(1), board(2)
    said = paired(monkeypatch, one, two, answers=["b2", "2"])
    assert "LIFT-V002 blinks now" in said
    assert two.blinks_until_s > 5.0
    assert one.blinks_until_s == 0.0


class TestShaking:
    """Two that look alike: the one that is shaken is taken."""

    def twins(self, *shaken_s):
        return [board(number, name="TWIN", shaken_s=when) for number, when in enumerate(shaken_s, start=1)]

    def test_the_one_that_is_shaken_is_taken(self, monkeypatch):
        said = paired(monkeypatch, *self.twins((0, 0), (9.0, 14.0), (0, 0)), answers=["s"])
        assert "Some look alike" in said
        assert "That is number 2: TWIN, F0:00:00:00:00:02" in said
        assert [known.serial for known in load_sensors()] == ["VIRTUAL-0002"]

    def test_all_that_were_listened_to_are_let_go_of(self, monkeypatch):
        boards = self.twins((0, 0), (9.0, 14.0))
        paired(monkeypatch, *boards, answers=["s"])
        assert [one.is_streaming for one in boards] == [False, False]

    def test_when_none_moves_it_is_said_and_asked_again(self, monkeypatch):
        said = paired(monkeypatch, *self.twins((0, 0), (0, 0)), answers=["s", "1"])
        assert "None of them moved." in said
        assert [known.serial for known in load_sensors()] == ["VIRTUAL-0001"]

    def test_when_both_move_it_is_said_and_waited_for_one(self, monkeypatch):
        said = paired(monkeypatch, *self.twins((7.0, 14.0), (7.0, 18.0)), answers=["s"])
        assert "More than one moves. Hold only the one you want" in said
        assert [known.serial for known in load_sensors()] == ["VIRTUAL-0002"]

    def test_when_both_go_on_moving_it_is_not_guessed(self, monkeypatch):
        said = paired(monkeypatch, *self.twins((0.0, 99.0), (0.0, 99.0)), answers=["s", "2"])
        assert "not clear which one" in said

    def test_one_that_cannot_be_listened_to_is_left_out_by_name(self, monkeypatch):
        mute = board(1, name="TWIN", kind=Mute)
        said = paired(monkeypatch, mute, *self.twins((0, 0), (40.0, 99.0))[1:], answers=["s"])
        assert "left out: TWIN: " in said
        assert "That is number 2" in said

    def test_ctrl_c_lets_go_of_all(self, monkeypatch):
        boards = self.twins((0, 0), (0, 0))
        with pytest.raises(KeyboardInterrupt):
            paired(monkeypatch, *boards, answers=["s"], interrupt_s=12.0)
        assert [one.is_streaming for one in boards] == [False, False]


def test_a_connection_that_fails_at_first_is_tried_again(monkeypatch):
    assert "remembered" in paired(monkeypatch, board(), script=((4.0, RefuseConnections(2)),))
