"""Finding sensors on the virtual radio."""

import asyncio
from contextlib import aclosing

import pytest

from tests.sensing.finding import find
from tracker.errors import BluetoothError
from tracker.sensing.bluetooth.find import discover
from tracker.sensing.sensors import by_make
from tracker.virtual import jumping_clock
from tracker.virtual.peripherals.open_lift import OpenLift
from tracker.virtual.radio import Radio


class TestFind:
    def test_gives_each_sensor_once(self, make_board):
        async def main():
            return await find(2.0, Radio(make_board(1), make_board(2)).scanner)

        found = jumping_clock.run(main())
        assert sorted(one.name for one in found) == ["LIFT-V001", "LIFT-V002"]
        assert all(one.sensor is by_make("open-lift") and one.rssi < 0 for one in found)

    def test_what_was_found_comes_at_once_and_leaving_ends_the_scan(self, make_board):
        async def main():
            radio = Radio(make_board(1))
            stopped = []

            class Watched(radio.scanner):
                async def stop(self):
                    await super().stop()
                    stopped.append(asyncio.get_running_loop().time())

            async with aclosing(discover(20.0, Watched)) as sensors:
                found = await anext(sensors)
            return found.name, stopped

        name, stopped = jumping_clock.run(main())
        assert name == "LIFT-V001"
        assert stopped == [pytest.approx(0.1, abs=0.05)]

    def test_what_is_no_sensor_is_not_found(self, make_board):
        class Headphones(OpenLift):
            advertised = ("0000110b-0000-1000-8000-00805f9b34fb",)

        async def main():
            return await find(2.0, Radio(make_board(kind=Headphones)).scanner)

        assert jumping_clock.run(main()) == []

    def test_no_adapter_is_said(self):
        async def main():
            return await find(2.0, Radio(adapter_on=False).scanner)

        with pytest.raises(BluetoothError, match="switch it on"):
            jumping_clock.run(main())
