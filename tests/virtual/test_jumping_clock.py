"""The loop's clock jumps, keeps its order, and refuses to wait for ever."""

import asyncio
import time

import pytest

from tracker.virtual.jumping_clock import clock_ns, run


def test_an_hour_passes_at_once_and_in_order():
    async def main():
        happened = []

        async def at(seconds, name):
            await asyncio.sleep(seconds)
            happened.append((name, clock_ns()))

        await asyncio.gather(at(3600.0, "late"), at(0.5, "early"), at(60.0, "middle"))
        return happened

    began_s = time.perf_counter()
    assert run(main()) == [
        ("early", 500_000_000),
        ("middle", 60_000_000_000),
        ("late", 3_600_000_000_000),
    ]
    assert time.perf_counter() - began_s < 1.0


def test_timeouts_follow_the_jumping_clock():
    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30.0):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run(main()) == pytest.approx(30.0)


def test_waiting_for_nothing_is_an_error_not_a_hang():
    async def main():
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="never end"):
        run(main())
