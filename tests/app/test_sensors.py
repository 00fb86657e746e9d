"""The sensors that are known, and how one becomes known."""

import asyncio
import io
import signal
from functools import partial

import pytest

from tracker.app.cli import main
from tracker.app.pairing import pair
from tracker.app.sensors import remember, wanted
from tracker.app.terminal import Terminal
from tracker.archive.settings import load_sensors
from tracker.errors import BluetoothError, InputError
from tracker.sensing.bluetooth.find import find
from tracker.sensing.bluetooth.stream import Receiver, Wanted
from tracker.sensing.samples import Connected
from tracker.virtual.imu import Imu
from tracker.virtual.jumping_clock import JumpingLoop
from tracker.virtual.lifter import perform
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.radio import Radio
from tracker.virtual.script import Rest, Script

AT_REST = perform(Script((Rest(30.0),))).movement
HIS = Connected("open-lift", "LIFT-0001", "F0:01", serial="0001")
HERS = Connected("open-lift", "LIFT-0002", "F0:02", serial="0002")


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path))


async def world(*boards):
    return Radio(*boards)


def paired(monkeypatch, *boards, answers=("",), nickname=None, interrupt_s=None):
    """Pair over the virtual radio, on the jumping clock; what was printed."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
    out = io.StringIO()
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        loop = runner.get_loop()
        radio = runner.run(world(*boards))
        if interrupt_s:
            loop.call_later(interrupt_s, signal.raise_signal, signal.SIGINT)
        pair(
            Terminal(out, out),
            nickname,
            runner,
            partial(find, backend=radio.scanner),
            partial(
                Receiver,
                scanner_backend=radio.scanner,
                client_backend=radio.client,
                clock_ns=lambda: round(loop.time() * 1e9),
            ),
        )
    return out.getvalue()


def board(number):
    return OpenLift(Imu(AT_REST), number=number, battery_percent=60 + number)


def test_the_one_that_is_chosen_is_checked_and_remembered(monkeypatch):
    said = paired(monkeypatch, board(1), board(2), answers=["2"])
    assert "LIFT-V001" in said
    assert "LIFT-V002 streams 100 samples a second and is remembered" in said
    [known] = load_sensors()
    assert (known.nickname, known.make, known.serial) == ("LIFT-V002", "open-lift", "VIRTUAL-0002")
    assert known.battery == 62
    assert known.last_seen


def test_an_answer_that_is_no_number_of_the_list_is_asked_for_again(monkeypatch):
    paired(monkeypatch, board(1), answers=["0", "2", "one", "1"], nickname="mine")
    assert [known.nickname for known in load_sensors()] == ["mine"]


def test_pairing_again_keeps_the_name_and_the_sensor_once(monkeypatch):
    paired(monkeypatch, board(1), nickname="mine")
    paired(monkeypatch, board(1))
    assert [known.nickname for known in load_sensors()] == ["mine"]
    paired(monkeypatch, board(1), nickname="ours")
    assert [known.nickname for known in load_sensors()] == ["ours"]


def test_no_sensor_is_an_error_that_says_what_to_do(monkeypatch):
    with pytest.raises(BluetoothError, match="phone app"):
        paired(monkeypatch)


class Mute(OpenLift):
    """A board that accepts everything and never sends a packet."""

    def connected(self, notify):
        super().connected(lambda uuid, data: notify(uuid, data) if data[0] & 0x80 else True)


def test_a_sensor_that_connects_and_sends_nothing_is_not_remembered(monkeypatch):
    with pytest.raises(BluetoothError, match="sends no samples"):
        paired(monkeypatch, Mute(Imu(AT_REST)))
    assert load_sensors() == ()


@pytest.mark.usefixtures("_slow_goodbyes")
def test_ctrl_c_during_the_check_lets_go_of_the_sensor(monkeypatch):
    board = OpenLift(Imu(AT_REST))
    farewells = []
    monkeypatch.setattr(board, "disconnected", lambda: farewells.append("gone"))
    with pytest.raises(KeyboardInterrupt):
        paired(monkeypatch, board, interrupt_s=7.0)
    assert farewells == ["gone"]
    assert load_sensors() == ()


def test_nobody_to_choose_is_an_error(monkeypatch):
    with pytest.raises(InputError, match="terminal"):
        paired(monkeypatch, board(1), answers=[])


def test_two_sensors_of_one_name_get_two_nicknames():
    twin = Connected("open-lift", HIS.name, "F0:03", serial="0003")
    assert remember(HIS, 50).nickname == "LIFT-0001"
    assert remember(twin, 50).nickname == "LIFT-0001 2"
    with pytest.raises(InputError, match="another --name"):
        remember(HERS, None, "LIFT-0001")


def test_a_sensor_without_a_serial_number_is_known_by_name_and_address():
    nameless = Connected("open-lift", "LIFT", "F0:04")
    remember(nameless, 50, "mine")
    assert remember(nameless, 40).nickname == "mine"
    assert remember(Connected("open-lift", "LIFT", "F0:05"), 40).nickname == "LIFT"


def test_which_sensor_is_wanted():
    assert wanted(None) == Wanted()
    remember(HIS, 50, "his")
    assert wanted(None) == wanted("his") == Wanted("open-lift", "LIFT-0001", "F0:01", "0001")
    remember(HERS, 50, "hers")
    assert wanted(None) == Wanted()
    assert wanted("hers").serial == "0002"
    with pytest.raises(InputError, match="his, hers"):
        wanted("theirs")


def test_listed_renamed_forgotten(capsys):
    assert main(["sensors"]) == 0
    assert "tracker pair" in capsys.readouterr().out
    remember(HIS, 50, "his")
    remember(HERS, None, "hers")
    assert main(["sensors"]) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("his", "50 %", "hers", "0002"))
    assert main(["sensors", "rename", "his", "hers"]) == 2
    assert main(["sensors", "rename", "his", "mine"]) == 0
    assert main(["sensors", "forget", "hers"]) == 0
    assert [known.nickname for known in load_sensors()] == ["mine"]


def test_a_sensor_may_be_renamed_to_the_name_it_has():
    remember(HIS, 50, "his")
    assert main(["sensors", "rename", "his", "his"]) == 0
