"""What is said to a Movesense, answered from a script and without I/O."""

import struct
from collections.abc import Mapping

import pytest

from tracker.errors import BluetoothError
from tracker.sensing.sensors import by_make
from tracker.sensing.sensors.conversation import (
    BATTERY_LEVEL,
    FIRMWARE,
    SERIAL,
    Expect,
    Identity,
    Read,
    Subscribe,
    Wait,
    Write,
)
from tracker.sensing.sensors.movesense import COMMAND, NOTIFY

MOVESENSE = by_make("movesense")

HELLO = bytes.fromhex("00 01")
HUSH = bytes.fromhex("02 63")
ACC = bytes.fromhex("04 02") + b"/Meas/Acc/Config\0"
GYR = bytes.fromhex("04 03") + b"/Meas/Gyro/Config\0"
AT_104 = bytes.fromhex("01 63") + b"/Meas/IMU6/104\0"
AT_52 = bytes.fromhex("01 63") + b"/Meas/IMU6/52\0"
LEVEL = bytes.fromhex("04 04") + b"/System/Energy/Level\0"
RESTART = bytes.fromhex("07 05 05")

OK = bytes.fromhex("01 63 c8 00")
NOT_FOUND = bytes.fromhex("01 63 94 01")
STAMPS = b"".join(struct.pack("<I", at_ms) for at_ms in (500, 577, 654, 731, 808))


def packets(first_ms=500, *, n=8, count=5, ref=0x63) -> list[bytes]:
    """What a subscription brings: packets of n samples, those that need it in two parts."""
    notifications = []
    for at_ms in range(first_ms, first_ms + 77 * count, 77):
        body = struct.pack("<I", at_ms) + bytes(24 * n)
        notifications.append(bytes([2, ref]) + body[:152])
        if body[152:]:
            notifications.append(bytes([3, ref]) + body[152:])
    return notifications


ANSWERS = {
    HUSH: [NOT_FOUND],
    ACC: [bytes.fromhex("01 02 c8 00 08")],
    GYR: [bytes.fromhex("01 03 c8 00 d007")],
    AT_104: [OK, *packets()],
    AT_52: [OK, *packets(n=4)],
    LEVEL: [bytes.fromhex("01 04 c8 00 57")],
    RESTART: [bytes.fromhex("01 05 ca 00")],
}
INFO = b"\x63" + b"\x0e/Meas/IMU6/104" + b"\1\x08" + b"\2\xd0\x07" + STAMPS


def converse(conversation, answers: Mapping[bytes, list[bytes]] | None = None, reads=None):
    """Carry a conversation out; give the commands it wrote and what it returned.

    `answers` has the notifications that come after a command, and replaces some of `ANSWERS`.
    """
    commands, waiting, answer = [], [], None
    while True:
        try:
            step = conversation.send(answer)
        except StopIteration as end:
            return commands, end.value
        answer = None
        match step:
            case Write(uuid, data, response):
                assert (uuid, response) == (COMMAND, True)
                commands.append(data)
                waiting += {**ANSWERS, **(answers or {})}.get(data, [])
            case Expect(uuid):
                assert uuid == NOTIFY
                answer = waiting.pop(0) if waiting else None
            case Read(uuid):
                answer = (reads or {}).get(uuid, b"")
            case Subscribe(uuid):
                assert uuid == NOTIFY
                assert not commands  # nothing is asked before answers can be heard
            case Wait():
                raise AssertionError("time is waited for in Expect, where data may end it")


class TestIdentity:
    def test_hello_tells_serial_number_and_firmware(self):
        said = b"\1\1\1" + b"999900000001\0Movesense Flash\x0000:11\0GSP app\x002.3.1\0"
        commands, who = converse(MOVESENSE.identity(), {HELLO: [said]})
        assert commands == [HELLO]
        assert who == Identity("999900000001", "Movesense Flash, GSP app 2.3.1, protocol 1")

    def test_the_sample_app_greets_and_is_asked_for_its_device_information(self):
        reads = {SERIAL: b"174630000192", FIRMWARE: b"1.9"}
        _, who = converse(MOVESENSE.identity(), {HELLO: [b"\1\1Hello"]}, reads)
        assert who == Identity("174630000192", "1.9")

    def test_one_that_does_not_answer_is_no_stranger_but_an_error(self):
        with pytest.raises(BluetoothError, match=r"Movesense does not answer; take its battery out.* 2\.3"):
            converse(MOVESENSE.identity())

    def test_data_of_an_earlier_link_are_passed_over(self):
        said = b"\1\1\1" + b"1\0a\0b\0c\0d\0"
        _, who = converse(MOVESENSE.identity(), {HELLO: [*packets(), said]})
        assert who.serial == "1"

    def test_without_slots_it_is_restarted_and_not_taken_for_another(self):
        with pytest.raises(BluetoothError, match="was restarted"):
            converse(MOVESENSE.identity(), {HELLO: [bytes.fromhex("01 01 ad 01")]})

    @pytest.mark.parametrize(
        ("name", "services", "is_ours"),
        [
            ("Movesense 174630000192", (), True),
            ("Movesense 174630000192", ("0000fdf3-0000-1000-8000-00805f9b34fb",), True),
            ("", ("34802252-7185-4D5D-B431-630E7050E8F0",), True),
            ("Movesensory", (), False),
            ("Polar H10", ("0000180d-0000-1000-8000-00805f9b34fb",), False),
        ],
    )
    def test_it_is_recognised_by_its_name(self, name, services, is_ours):
        assert MOVESENSE.recognises(name, services) is is_ours


class TestStart:
    def test_ends_what_is_left_reads_the_ranges_and_subscribes(self):
        commands, info = converse(MOVESENSE.start())
        assert commands == [HUSH, ACC, GYR, AT_104]
        assert info == INFO

    def test_answers_may_come_between_the_data_of_others(self):
        _, info = converse(MOVESENSE.start(), {AT_104: [*packets(ref=0x20), OK, *packets()]})
        assert info == INFO

    def test_whatever_else_still_streams_is_ended_too(self):
        left = [*packets(ref=0x20, count=1), *packets(ref=0x07, count=1), OK]
        commands, info = converse(MOVESENSE.start(), {HUSH: left})
        assert commands == [HUSH, b"\2\x07", b"\2\x20", ACC, GYR, AT_104]
        assert info == INFO

    def test_an_unsubscription_without_an_answer_is_enough(self):
        assert converse(MOVESENSE.start(), {HUSH: []})[1] == INFO

    @pytest.mark.parametrize(
        "refusal", ["94 01", "f7 01", "01 f7", "fb 01", "01 fb"], ids=["404", "503", "503B", "507", "507B"]
    )
    def test_52_hz_is_taken_where_104_hz_is_refused(self, refusal):
        commands, info = converse(MOVESENSE.start(), {AT_104: [b"\1\x63" + bytes.fromhex(refusal)]})
        assert commands[-2:] == [AT_104, AT_52]
        assert info[1:15] == b"\x0d/Meas/IMU6/52"

    def test_52_hz_is_taken_where_104_hz_stays_silent(self):
        commands, info = converse(MOVESENSE.start(), {AT_104: [OK]})
        assert commands[-3:] == [AT_104, HUSH, AT_52]
        assert info[1:15] == b"\x0d/Meas/IMU6/52"

    def test_data_without_an_answer_are_an_answer(self):
        _, info = converse(MOVESENSE.start(), {AT_104: packets(count=100)})
        assert info[: -len(STAMPS)] == INFO[: -len(STAMPS)]

    def test_accepted_is_as_good_as_ok(self):
        assert converse(MOVESENSE.start(), {AT_104: [b"\1\x63\xca\x00", *packets()]})[1] == INFO

    def test_a_status_that_came_big_endian_is_understood(self):
        assert converse(MOVESENSE.start(), {AT_104: [b"\1\x63\x00\xc8", *packets()]})[1] == INFO

    def test_lost_halves_at_the_start_are_no_obstacle(self):
        brought = packets(count=6)
        del brought[3], brought[0]
        _, info = converse(MOVESENSE.start(), {AT_104: [OK, *brought]})
        assert info.endswith(struct.pack("<5I", 577, 654, 731, 808, 885))

    def test_a_range_that_is_refused_is_not_known(self):
        _, info = converse(MOVESENSE.start(), {ACC: [b"\1\2\x94\1"]})
        assert info == INFO.replace(b"\1\x08\2\xd0\x07", b"\0\2\xd0\x07")

    def test_after_one_range_without_an_answer_the_other_is_not_asked_for(self):
        """A request that is not answered costs the sensor a slot."""
        commands, info = converse(MOVESENSE.start(), {ACC: []})
        assert commands == [HUSH, ACC, AT_104]
        assert info == INFO.replace(b"\1\x08\2\xd0\x07", b"\0\0")

    @pytest.mark.parametrize("command", [HUSH, ACC, GYR, AT_104])
    def test_a_sensor_without_slots_is_restarted_and_says_so(self, command):
        refusal = b"\1" + command[1:2] + b"\xad\x01"
        steps = []
        with pytest.raises(BluetoothError, match=r"no free slot.* was restarted; it comes back"):
            converse(recorded(MOVESENSE.start(), steps), {command: [refusal]})
        assert [step.data for step in steps if isinstance(step, Write)][-1] == RESTART

    @pytest.mark.parametrize(
        ("answers", "says"),
        [
            ({AT_104: []}, "does not answer; take its battery out"),
            ({AT_104: [NOT_FOUND], AT_52: [NOT_FOUND]}, "no motion stream; update it"),
            ({AT_104: [b"\1\x63\xfb\x01"], AT_52: [b"\1\x63\xfb\x01"]}, "no memory left for a stream; take"),
            ({AT_104: [b"\1\x63\xf7\x01"], AT_52: [b"\1\x63\xf7\x01"]}, "busy; try again"),
            ({AT_104: [b"\1\x63\xe0\x01"], AT_52: [b"\1\x63\xe0\x01"]}, "status 480; update its firmware"),
            ({AT_104: [OK], AT_52: [OK]}, "sends nothing; take its battery out"),
            ({AT_104: [OK], AT_52: [NOT_FOUND]}, "sends nothing; take"),
            ({AT_104: [b"\1\x63\xfb\x01"], AT_52: [NOT_FOUND]}, "no memory left for a stream; take"),
            ({AT_104: [OK, *packets(n=5)]}, "packets of 124 instead of 196 bytes; update tracker"),
            ({AT_104: [b"\1\x63"], AT_52: [b"\1\x63"]}, "status 0; update"),
        ],
    )
    def test_a_refusal_names_the_sensor_and_the_next_step(self, answers, says):
        with pytest.raises(BluetoothError, match=f"the Movesense .*{says}"):
            converse(MOVESENSE.start(), answers)

    def test_a_stream_that_never_lets_an_answer_through_is_given_up(self):
        with pytest.raises(BluetoothError, match="does not answer"):
            converse(MOVESENSE.start(), {AT_104: packets(count=500, ref=0x20)})


def recorded(conversation, steps):
    """Pass a conversation on and keep its steps."""
    answer = None
    while True:
        try:
            step = conversation.send(answer)
        except StopIteration as end:
            return end.value
        steps.append(step)
        answer = yield step


class TestBattery:
    def test_it_is_asked_between_the_packets_of_a_stream(self):
        answered = [*packets(), bytes.fromhex("01 04 c8 00 57"), *packets()]
        assert converse(MOVESENSE.battery(), {LEVEL: answered}) == ([LEVEL], 87)

    def test_more_than_full_is_full(self):
        assert converse(MOVESENSE.battery(), {LEVEL: [bytes.fromhex("01 04 c8 00 6e")]})[1] == 100

    @pytest.mark.parametrize(
        "answers", [[], [b"\1\4\xad\1"], [b"\1\4\x94\1"], [b"\1\4\xc8\0"], packets(count=300)]
    )
    def test_without_an_answer_the_sig_s_battery_service_is_asked_and_nothing_is_restarted(self, answers):
        assert converse(MOVESENSE.battery(), {LEVEL: answers}) == ([LEVEL], None)
        assert converse(MOVESENSE.battery(), {LEVEL: answers}, {BATTERY_LEVEL: b"\x32"})[1] == 50


def test_stopping_ends_the_subscription():
    assert converse(MOVESENSE.stop(), {HUSH: [*packets(), OK]}) == ([HUSH], None)
