"""Looking for sensors for a while, as a list."""

from contextlib import aclosing

from tracker.sensing.bluetooth.find import Found, discover


async def find(timeout_s, backend=None) -> list[Found]:
    """Supported sensors that are heard in that time, each once, with its last name."""
    found = {}
    async with aclosing(discover(timeout_s, backend)) as sensors:
        async for sensor in sensors:
            found[sensor.address] = sensor
    return list(found.values())
